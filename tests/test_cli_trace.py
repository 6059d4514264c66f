"""The command that traces: what it prints, and its exit codes."""

from __future__ import annotations

import pytest

from tests.commands import Command
from tests.plan_text import give_text
from tests.small import SmallProject, feature, layer

Built = tuple[SmallProject, dict[str, str]]


def test_a_tree_is_printed_one_line_each(built: Built, command: Command) -> None:
    small, _ = built
    result = command("trace", "coverage:910100/zones/zone_a/geometry", "-C", small.root)
    assert result.code == 0
    told = result.out.splitlines()
    assert told[0].endswith("coverage:910100/zones/zone_a/geometry")
    assert any("图斑面积合计 200.000000 平方公里：与结果一致" in line for line in told)
    assert any("layers/zones/zones.toml 第 " in line for line in told)
    assert any("文本不在手边" in line for line in told)


def test_english_and_json(built: Built, command: Command) -> None:
    small, _ = built
    result = command("trace", "zones/zone-a", "--lang", "en", "-C", small.root)
    assert "the text is not at hand" in result.out
    assert "要素" not in result.out.replace("《甲州规划》", "")
    (found,) = command("trace", "zones/zone-a", "--json", "-C", small.root).lines()
    assert found["ref"] == "features:zones/zone-a"
    assert found["fails"] is False
    parts = found["parts"]
    assert isinstance(parts, list)
    assert parts[0]["origin"]["moved"] is False
    assert parts[0]["cited"]["lines"] == [7]


def test_a_citation_that_does_not_hold_ends_with_1(small: SmallProject, command: Command) -> None:
    folder = give_text(small)
    wrong = feature("wrong", members=["东山"], lines=[4], printed=["没有这句"])
    right = feature("right", members=["东山"], lines=[4], printed=["重点区"])
    small.write_layer(layer("works", wrong, right, theme="works"), name="works")
    assert command("build", "-q", "-C", small.root).code == 0
    options = ("--documents", folder, "-C", small.root)
    result = command("trace", "works/wrong", *options)
    assert result.code == 1
    assert "没有这句：未找到" in result.out
    result = command("trace", "works/right", *options)
    assert result.code == 0
    assert "已核对" in result.out
    assert "4: 东山县" in result.out


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        ("zones/zone-x", 3, "Did you mean zones/zone-"),
        ("r000000000000", 3, "no row has the id"),
        ("features:x", 2, "a row of features has 2 keys"),
        ("what:x", 2, "names no row"),
    ],
)
def test_unknown_rows(built: Built, command: Command, asked: str, code: int, told: str) -> None:
    result = command("trace", asked, "-C", built[0].root)
    assert result.code == code
    assert told in result.err
    assert "Traceback" not in result.err


def test_without_a_build(small: SmallProject, command: Command) -> None:
    result = command("trace", "zones", "-C", small.root)
    assert result.code == 3
    assert "nothing is built yet; run `geoplan build` first" in result.err
