"""``geoplan catalogue``: what it prints, and what it says to wrong input."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Command
from tests.plan_text import give_text
from tests.small import SmallProject, claim, feature, layer


@pytest.fixture
def plans(small: SmallProject) -> SmallProject:
    """Return a project with a line, a statement about the province, and a figure."""
    line = 'waypoints = ["东山", { name = "外州" }, "河口"]\n'
    inferred = 'inferred = { zh = "据图", en = "by the map" }\n'
    small.write_layer(
        layer(
            "roads",
            feature("r", "passes", class_="line_work") + line + inferred,
            feature("s", "statement", class_="mine"),
            claim("roads/r", 12.5, "km", quantity="length", relation="about"),
            document="plan-p",
            theme="works",
        ),
        name="roads",
    )
    return small


def test_without_a_filter_it_counts(command: Command, plans: SmallProject) -> None:
    result = command("catalogue", "-C", plans.root)
    assert result.code == 0
    lines = [line.split() for line in result.out.splitlines()]
    assert lines[0] == ["theme", "[1]", "[2]", "total"]
    assert ["zones", "分区", "2", "0", "2"] in lines
    assert ["total", "2", "2", "4"] in lines
    assert ["[1]", "plan-a"] in lines


def test_a_county_reads_its_plans_by_theme_with_citations(
    command: Command, plans: SmallProject
) -> None:
    result = command("catalogue", "-C", plans.root, "--unit", "910202")
    assert result.code == 0
    assert result.out.index("# 工程") < result.out.index("## 图层　《试省规划》")
    assert "- 要素　[类]" in result.out
    assert "长度约12.5公里；东山区、河口县；东山—外州—河口；第一章，第7行" in result.out
    assert "推定：据图" in result.out
    assert "另有 1 条针对所在市、省全域的表述；加 --all 列出" in result.out
    assert "不在规划范围：《甲州规划》（甲州市）" in result.out
    assert "已到期" not in result.out


def test_all_lists_what_is_said_of_the_whole_province(
    command: Command, plans: SmallProject
) -> None:
    result = command("catalogue", "-C", plans.root, "--unit", "910202", "--all")
    assert result.out.count("- 要素") == 2
    assert "另有" not in result.out


def test_expired_plans_say_so(command: Command, plans: SmallProject) -> None:
    config = plans.root / "geoplan.toml"
    config.write_text(config.read_text("utf-8") + 'as_of = "2021-01-01"\n', encoding="utf-8")
    result = command("catalogue", "-C", plans.root, "--theme", "works")
    assert "《试省规划》　已到期" in result.out


def test_json_has_every_column_a_line(command: Command, plans: SmallProject) -> None:
    rows = command("catalogue", "-C", plans.root, "--unit", "河口", "--json").lines()
    assert [(row["statement"], row["reach"]) for row in rows] == [("r", "own"), ("s", "above")]
    assert rows[0]["figures_en"] == "Length about 12.5 km"
    counted = command("catalogue", "-C", plans.root, "--count", "--json").lines()
    assert counted[-1]["total"] == 4


def test_nothing_said_is_said(command: Command, plans: SmallProject) -> None:
    result = command("catalogue", "-C", plans.root, "--year", "1999")
    assert (result.code, result.out.strip()) == (0, "没有相关内容；用 geoplan catalogue 看有哪些")


def test_two_periods_as_a_table_or_a_file(
    command: Command, plans: SmallProject, tmp_path: Path
) -> None:
    words = ("catalogue", "compare", "plan-a", "plan-p", "-C", plans.root)
    result = command(*words)
    assert result.code == 0
    assert "plan-a" in result.out
    assert "要素（长度约12.5公里）" in result.out
    out = tmp_path / "change.csv"
    result = command(*words, "--out", out)
    assert result.out.strip() == f"{out}: {out.read_text('utf-8').count(chr(10)) - 1} rows"
    assert {row["change"] for row in command(*words, "--json").lines()} == {
        "first_only",
        "second_only",
    }


def test_check_passes_or_fails_by_its_exit_code(command: Command, plans: SmallProject) -> None:
    folder = give_text(plans)
    (plans.root / "layers/zones/zones.toml").unlink()
    plans.write_layer(layer("a", feature("f", "statement", lines=[8])), name="a")
    words = ("catalogue", "check", "-C", plans.root, "--documents", folder)
    result = command(*words)
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("0 unverified\n")
    plans.write_layer(layer("a", feature("f", "statement", lines=[4])), name="a")
    result = command(*words)
    assert result.code == 1
    assert "a.toml:" in result.err
    assert "'要素' does not stand there" in result.err
    (event,) = command(*words, "--json").lines()
    assert len(event["faults"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--theme", "zone"), "theme 'zone' is not known. Did you mean zones"),
        (("--unit", "无名"), "'无名' is no unit or group"),
        (("--unit", "城区"), "'城区' is ambiguous"),
        (("--year", "20"), "write four digits"),
        (("--document", "x"), "document 'x' is not known"),
        (("compare", "2016-2020"), "Missing argument"),
        (("compare", "2016-2020", "2030-2035"), "no document's period lies in it"),
        (("compare", "plan-a", "plan-p", "--out", "x.doc"), "a name has to end in .csv"),
        (("check",), "give --documents FOLDER"),
        (("check", "--documents", "nowhere"), "there is no such folder"),
        (("--theme", "works", "check"), "options go behind the command: catalogue check"),
        (("chek",), "No such command"),
    ],
)
def test_wrong_input_is_one_message(
    command: Command, plans: SmallProject, words: tuple[str, ...], message: str
) -> None:
    where = ("-C", str(plans.root))
    behind = words[0] in ("compare", "check")
    result = command("catalogue", *words, *(where if behind or words[0][0] == "-" else ()))
    if message.startswith("options go behind"):
        result = command("catalogue", *words)
    assert result.code in (2, 3)
    assert message in " ".join(result.err.replace("│", " ").split())
    assert "Traceback" not in result.err


def test_options_before_a_command_are_refused(command: Command, plans: SmallProject) -> None:
    result = command("catalogue", "-C", plans.root, "check")
    assert result.code == 2
    assert "options go behind the command" in result.err


def test_help_has_examples(command: Command) -> None:
    for words in ((), ("compare",), ("check",)):
        result = command("catalogue", *words, "--help")
        assert result.code == 0
        assert "Example" in result.out
