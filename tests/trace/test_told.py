"""A trace in words: figures in full, both languages, wide spaces, and what is said of sums."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geoplan.layers.citations import Word
from geoplan.trace import Branch, Trace, tree
from geoplan.trace.model import Cited, Figure, Member, Origin, Part, Piece, Sum

CITED = Cited(
    document="d",
    title="规划",
    number="政发〔2016〕1号",
    section="第一章　总则",
    lines=(3, 14),
    sha256="ab" * 32,
)
PART = Part(
    ref="features:a/b",
    name=("要素", "Feature"),
    layer="a",
    layer_title=("层", "Layer"),
    kind=("类", "Class"),
    extent="whole",
    members=(Member(id="m", adcode="01", name=("东山区", "Dongshan"), evidence="group"),),
    origin=Origin(file="f.toml", line=7, sha256_built="c" * 64, sha256_now="c" * 64),
    cited=CITED,
)


def flat(branch: Branch) -> list[Branch]:
    return [branch, *(found for below in branch.below for found in flat(below))]


def told(made: Trace, lang: str = "zh", *, everything: bool = False) -> list[str]:
    branches = flat(tree(made, lang=lang, everything=everything))  # type: ignore[arg-type]
    return [branch.text for branch in branches]


def tone(made: Trace, text: str) -> str:
    """Return the tone of the one line that holds `text`."""
    (found,) = [branch for branch in flat(tree(made)) if text in branch.text]
    return found.tone


def of_figures(*figures: Figure, table: str = "coverage", parts: tuple[Part, ...] = ()) -> Trace:
    name = ("结果甲", "Result A")
    return Trace(ref=f"{table}:x", table=table, name=name, figures=figures, parts=parts)


def with_cited(**changes: object) -> Trace:
    part = replace(PART, cited=replace(CITED, **changes))  # type: ignore[arg-type]
    return of_figures(parts=(part,), table="features")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3_512_345.0, "3512345"),
        (12_345_678, "12345678"),
        (1e15, "1000000000000000"),
        (200.0, "200"),
        (-0.98, "-0.98"),
        (-1e-9, "0"),
        (15.8612345678, "15.861235"),
    ],
)
def test_figures_are_told_in_full(value: float, shown: str) -> None:
    made = of_figures(Figure(column="published", value=value, measure="persons"), table="claims")
    assert f"原文数值：{shown} 人" in told(made)
    assert f"Published: {shown} persons" in told(made, "en")


def test_figures_of_indicative_shapes_are_about() -> None:
    figures = (
        Figure(column="area_net_km2", value=1_200_000.0, measure="km2"),
        Figure(column="share_of_unit", value=0.126, measure="share"),
        Figure(column="count", value=3, measure="features"),
        Figure(column="basis", value="indicative", measure="basis"),
    )
    assert "净面积：约 1200000 平方公里" in told(of_figures(*figures))
    assert "占本单元：约 12.6%" in told(of_figures(*figures))
    assert "Net area: c. 1200000 km²" in told(of_figures(*figures), "en")
    # Features are counted, not measured.
    (count,) = [line for line in told(of_figures(*figures)) if line.startswith("要素数")]
    assert "约" not in count
    exact = [line for line in told(of_figures(*figures[:3])) if "约" in line]
    assert exact == []


@pytest.mark.parametrize(("basis", "said"), [("list", True), ("indicative", False)])
def test_only_lists_are_said_to_be_lists(basis: str, said: bool) -> None:
    """A sketched axis has a length and no pieces, but is not counted by list."""
    made = of_figures(Figure(column="basis", value=basis, measure="basis"), parts=(PART,))
    assert ("按名录统计，没有叠加图斑" in told(made)) == said
    assert ("By list; there are no pieces" in told(made, "en")) == said
    # A state without any statement behind it was not counted at all.
    assert "按名录统计，没有叠加图斑" not in told(replace(made, parts=()))


def test_wide_spaces_stay_and_what_moves_a_cursor_does_not() -> None:
    made = with_cited(sentences=((3, "第一章　总则\u00a0一\r\x9b2J\u202e\u2028"),))
    (line,) = [line for line in told(made) if line.startswith("3: ")]
    assert line == "3: 第一章　总则\u00a0一\ufffd\ufffd2J\ufffd\ufffd"
    assert any("，第一章　总则  文本第 3、14 行" in line for line in told(made))


def test_each_language_has_its_own_signs() -> None:
    made = with_cited()
    assert "所列行政单元：东山区（由原文合称得出）" in told(made)
    assert "Units named: Dongshan (by a group named there)" in told(made, "en")
    assert any(line.startswith("出处：《规划》（政发〔2016〕1号），") for line in told(made))
    assert any(
        line.endswith("line 3, 14 of the text  sha256 abababababab") for line in told(made, "en")
    )
    assert told(made)[0] == "结果甲  features:x"
    assert told(made, "en")[0] == "Result A  features:x"


@pytest.mark.parametrize(
    ("now", "words", "loud"),
    [
        ("c" * 64, "与生成图集时一致", "quiet"),
        ("d" * 64, "生成图集后已改动", "bad"),
        (None, "文件已不存在", "bad"),
    ],
)
def test_a_file_is_told_with_what_became_of_it(now: str | None, words: str, loud: str) -> None:
    part = replace(PART, origin=replace(PART.origin, sha256_now=now))
    made = of_figures(parts=(part,), table="features")
    assert tone(made, words) == loud
    (line,) = [line for line in told(made) if words in line]
    assert line.startswith("图层文件：f.toml 第 7 行")
    assert ("sha256" in line) == (now is not None)


@pytest.mark.parametrize(
    ("proof", "zh", "en", "loud"),
    [
        ("verified", "已核对", "verified", "good"),
        ("not_found", "未找到", "not found", "bad"),
        ("no_text", "文本不在手边", "the text is not at hand", "quiet"),
        ("not_cited", "未引用行", "cites no line", "quiet"),
    ],
)
def test_proofs_are_told(proof: str, zh: str, en: str, loud: str) -> None:
    made = with_cited(proof=proof)
    assert tone(made, zh) == loud
    assert en in told(made, "en")
    assert made.fails == (proof == "not_found")
    assert made.as_json()["fails"] == made.fails


def test_words_that_are_missing_stand_out() -> None:
    words = (
        Word("words", "重点区", "printed"),
        Word("unit", "东山", "missing"),
        Word("unit", "南水", "inferred"),
    )
    made = with_cited(words=words, proof="not_found", faults=("features:a/b: 东山 is not there",))
    assert tone(made, "东山：未找到") == "bad"
    assert tone(made, "重点区：原文可见") == "quiet"
    assert tone(made, "南水：推定，原文未列") == "quiet"
    assert tone(made, "东山 is not there") == "bad"


def of_sum(result: float | None, equal: bool | None, n: int = 2) -> Trace:
    piece = Piece(
        ref="pieces:01/a/x",
        adcode="01",
        name=("东山区", "Dongshan"),
        classes="a/x",
        area_km2=0.123456,
    )
    total = n * piece.area_km2
    made = Sum(pieces=(piece,) * n, area_km2=total, result_km2=result, equal=equal)
    return replace(of_figures(), sum=made)


@pytest.mark.parametrize(
    ("result", "equal", "words", "loud"),
    [
        (0.246912, True, "：与结果一致", "good"),
        (0.25, False, "：与结果不一致", "bad"),
        (0.25, None, "只取两位有效数字", "quiet"),
        (0.251, None, "口径与图斑合计不同", "quiet"),
        (None, None, "口径与图斑合计不同", "quiet"),
    ],
)
def test_a_sum_says_whether_it_is_the_result(
    result: float | None, equal: bool | None, words: str, loud: str
) -> None:
    made = of_sum(result, equal)
    assert tone(made, "图斑面积合计 0.246912 平方公里") == loud
    assert any(words in line for line in told(made))


def test_long_lists_of_pieces_members_and_rows_are_cut() -> None:
    pieces = told(of_sum(None, None, n=15))
    assert sum("0.123456" in line for line in pieces) == 12
    assert "其余 3 项略  --all" in pieces
    assert sum("0.123456" in line for line in told(of_sum(None, None, n=15), everything=True)) == 15
    part = replace(PART, members=PART.members * 13)
    (named,) = [s for s in told(of_figures(parts=(part,)), "en") if s.startswith("Units named")]
    assert named.count("Dongshan") == 12
    assert named.endswith("; 1 more")
    rests = replace(of_figures(), rests=(("layers:a", ("层", "Layer")),) * 13)
    assert "13 rows rest on this" in told(rests, "en")
    assert "1 row rests on this" in told(replace(rests, rests=rests.rests[:1]), "en")
    assert "1 more  --all" in told(rests, "en")
