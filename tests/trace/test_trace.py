"""Traces of a small project: chains, sums of pieces, files that moved, and proofs by the text."""

from __future__ import annotations

from math import fsum
from pathlib import Path

import pytest

from geoplan.build import STAGES, read_tables, run_stages
from geoplan.errors import DataError, UsageError
from geoplan.schema import ref_of
from geoplan.trace import Branch, Trace, Tracer, trace, tree
from geoplan.trace.model import Cited, Origin, Part
from tests.plan_text import TEXT, give_text
from tests.small import SmallProject, claim, feature, layer

ZONES = "layers/zones/zones.toml"


def lines(branch: Branch) -> list[str]:
    """Return all lines of a tree."""
    return [branch.text, *(line for below in branch.below for line in lines(below))]


def made(small: SmallProject, *parts: str, text: str = TEXT) -> tuple[SmallProject, Path]:
    """Return a built project with a layer of its own, and the folder with its text."""
    folder = give_text(small, text)
    small.write_layer(layer("works", *parts, theme="works"), name="works")
    run_stages(small.load(), STAGES[:-1])
    return small, folder


NAMED = feature("named", members=["东山", "西山"], lines=[4], printed=["重点区"])


def test_a_coverage_leads_to_pieces_features_file_and_line(small: SmallProject) -> None:
    project, folder = made(small, NAMED)
    found = trace(project.load(), "coverage:910100/works/zone_a/geometry", documents=folder)
    assert found.sum is not None
    assert found.sum.equal is True
    assert found.sum.area_km2 == pytest.approx(200, abs=1e-6)
    assert {piece.adcode for piece in found.sum.pieces} == {"910101", "910102"}
    (part,) = found.parts
    assert part.ref == "features:works/named"
    assert [m.adcode for m in part.members] == ["910101", "910102"]
    assert part.origin.file == "layers/works/works.toml"
    text = (project.root / part.origin.file).read_text("utf-8").split("\n")
    assert text[part.origin.line - 1] == "[[feature]]"
    assert not part.origin.moved
    assert part.cited.lines == (4,)
    assert part.cited.proof == "verified"
    assert part.cited.sentences == ((4, TEXT.split("\n")[3]),)
    assert [(w.text, w.state) for w in part.cited.words] == [
        ("重点区", "printed"),
        ("东山", "printed"),
        ("西山", "printed"),
    ]
    assert not found.fails


def test_a_county_has_its_own_members_only(small: SmallProject) -> None:
    project, _ = made(small, NAMED)
    found = trace(project.load(), "coverage:910102/works/zone_a/geometry")
    (part,) = found.parts
    assert [m.adcode for m in part.members] == ["910102"]
    assert part.cited.proof == "no_text"
    assert found.sum is not None
    assert {piece.adcode for piece in found.sum.pieces} == {"910102"}


@pytest.mark.parametrize(
    "wrong",
    [
        feature("named", members=["东山"], lines=[4], printed=["另一个区"]),
        feature("named", members=["河口县"], lines=[4], printed=["重点区"], extent="within"),
        feature("named", members=["东山"], lines=[2], printed=["重点区"]),
        feature("named", members=["东山"], lines=[99], printed=["重点区"]),
    ],
)
def test_what_does_not_stand_there_is_told(small: SmallProject, wrong: str) -> None:
    project, folder = made(small, wrong)
    found = trace(project.load(), "works/named", documents=folder)
    assert found.fails
    assert found.parts[0].cited.proof == "not_found"
    assert found.parts[0].cited.faults
    told = lines(tree(found))
    assert "未找到" in told
    assert "not found" in lines(tree(found, lang="en"))


def test_inferred_units_and_groups_are_no_faults(small: SmallProject) -> None:
    inferred = 'inferred = { zh = "推断", en = "Inferred", units = ["南水县"] }\n'
    parts = (
        feature("two", members=["二山", "南水县"], lines=[5], printed=["二山大水网"]) + inferred,
        feature("one", members=["东山"], lines=[4], printed=["重点区"]),
    )
    project, folder = made(small, *parts)
    found = trace(project.load(), "works/two", documents=folder)
    assert not found.fails
    states = {word.text: word.state for word in found.parts[0].cited.words}
    assert states == {"二山大水网": "printed", "二山": "group", "南水县": "inferred"}


def test_claims_indicators_and_findings_are_verified(small: SmallProject) -> None:
    good = claim("works/named", 5.5, "10k_mu", lines=[6]).replace("5.5", "5.50")
    wrong = claim("works/named", 7.5, "10k_mu", lines=[6])
    project, folder = made(small, NAMED, good, wrong)
    tracer = Tracer(project.load(), folder)
    proofs = {
        row["published"]: tracer.trace(ref_of("claims", row)).parts[0].cited.proof
        for row in tracer.index.rows("claims")
        if row["of"] == "works/named"
    }
    assert proofs == {5.5: "verified", 7.5: "not_found"}


INDICATOR = """
[[indicator]]
id = "output-of-works"
name = { zh = "产值", en = "Output" }
measure = "100m_yuan"
section = "一"
lines = [6]
readings = [{ kind = "actual", year = "2015", printed = "5.50" }]
"""


def test_a_figure_of_a_table_is_named_without_its_key(small: SmallProject) -> None:
    """The key of an indicator is ours; people read its layer, its name and its figure."""
    project, _ = made(small, NAMED, INDICATOR, claim("works/zone_a", 200))
    tracer = Tracer(project.load())
    names = {
        row["of"]: tracer.trace(ref_of("claims", row)).name
        for row in tracer.index.rows("claims")
        if row["layer"] == "works"
    }
    table, area = names["works/output-of-works"], names["works/zone_a"]
    assert table[0].startswith("图层：产值：")
    assert table[1].startswith("Layer: Output: ")
    assert "output-of-works" not in "".join(table)
    # A class has a title, which stands behind the layer's.
    assert area[0].startswith("图层：")
    assert area[0].count("：") == 3


def test_an_area_claim_has_its_pieces(small: SmallProject) -> None:
    project, _ = made(small, NAMED, claim("works/zone_a", 200))
    tracer = Tracer(project.load())
    (row,) = [r for r in tracer.index.rows("claims") if r["of"] == "works/zone_a"]
    found = tracer.trace(row["id"])
    assert found.table == "claims"
    assert found.sum is not None
    assert found.sum.equal is True
    assert [p.ref for p in found.parts] == [f"stated:{row['id']}", "features:works/named"]


def test_a_layer_file_that_moved_is_told(small: SmallProject) -> None:
    project, folder = made(small, NAMED)
    before = trace(project.load(), "works/named").parts[0].origin
    small.write_layer(layer("works", NAMED, theme="works") + "\n# later\n", name="works")
    after = trace(project.load(), "works/named", documents=folder)
    assert (before.moved, after.parts[0].origin.moved) == (False, True)
    assert after.parts[0].origin.sha256_built == before.sha256_built
    assert any("已改动" in line for line in lines(tree(after)))
    (small.root / "layers/works/works.toml").write_text("not toml [", encoding="utf-8")
    broken = trace(project.load(), "works/named", documents=folder)
    assert broken.fails
    (small.root / "layers/works/works.toml").unlink()
    gone = trace(project.load(), "works/named", documents=folder)
    assert gone.parts[0].origin.sha256_now is None
    assert any("文件已不存在" in line for line in lines(tree(gone)))


def test_what_rests_on_a_line(small: SmallProject) -> None:
    project, folder = made(small, NAMED, claim("works/named", 200, lines=[4]))
    found = trace(project.load(), "plan-a@4", documents=folder)
    refs = [ref for ref, _ in found.rests]
    assert refs[0] == "features:works/named"
    assert refs[1].startswith("claims:r")
    assert len(refs) == 2
    assert found.sentence == TEXT.split("\n")[3]
    assert trace(project.load(), "plan-a@3").rests == ()


def every_ref(tracer: Tracer) -> list[str]:
    return [ref_of(name, row) for name in tracer.index.tables for row in tracer.index.rows(name)]


def test_every_row_of_every_table_can_be_traced(
    published: tuple[SmallProject, dict[str, str]],
) -> None:
    tracer = Tracer(published[0].load())
    refs = every_ref(tracer)
    assert {ref.partition(":")[0] for ref in refs} >= {"coverage", "pieces", "units", "layers"}
    for ref in refs:
        found = tracer.trace(ref)
        assert found.ref == ref
        assert found.name[0]
        assert found.name[1]
        assert lines(tree(found, everything=True))[0].endswith(ref)
        if found.table == "coverage" and found.row["class"]:
            assert len(found.parts) == found.row["count"]
            assert found.sum is None or found.sum.equal is not False


def test_a_sum_is_that_of_its_pieces(published: tuple[SmallProject, dict[str, str]]) -> None:
    tracer = Tracer(published[0].load())
    found = tracer.trace("coverage:910100/zones/zone_a/geometry")
    assert found.sum is not None
    assert found.sum.area_km2 == fsum(piece.area_km2 for piece in found.sum.pieces)
    # A wrong result is told, not hidden.
    row = tracer.index.one("coverage", "910100", "zones", "zone_a", "geometry")
    assert row is not None
    row["area_net_km2"] += 2e-6
    wrong = tracer.trace("coverage:910100/zones/zone_a/geometry")
    assert wrong.sum is not None
    assert wrong.sum.equal is False
    assert any("与结果不一致" in line for line in lines(tree(wrong)))


@pytest.mark.parametrize(
    ("asked", "ref"),
    [
        ("zones/zone-a", "features:zones/zone-a"),
        ("zones", "layers:zones"),
        ("plan-a", "documents:plan-a"),
        ("910101", "units:910101"),
        (" units:910101 ", "units:910101"),
    ],
)
def test_short_names(published: tuple[SmallProject, dict[str, str]], asked: str, ref: str) -> None:
    assert trace(published[0].load(), asked).ref == ref


@pytest.mark.parametrize(
    ("asked", "kind", "told"),
    [
        ("zones/zone-c", DataError, "Did you mean zones/zone-"),
        ("features:zones/zone-c", DataError, "Did you mean zones/zone-"),
        ("r0123456789ab", DataError, "no row has the id 'r0123456789ab'"),
        ("conflicts:x", DataError, "The table conflicts is empty"),
        ("plan-b@3", DataError, "no document 'plan-b'. Did you mean plan-"),
        ("coverage", DataError, "name a row of it: coverage:adcode/layer/class/basis"),
        ("features:zones", UsageError, "a row of features has 2 keys, layer/feature; 1 given"),
        ("nothing:x", UsageError, "names no row"),
        ("", DataError, "nothing is called ''"),
    ],
)
def test_unknown_names_are_refused(
    published: tuple[SmallProject, dict[str, str]], asked: str, kind: type[Exception], told: str
) -> None:
    with pytest.raises(kind) as fault:
        trace(published[0].load(), asked)
    assert told in str(fault.value)


def test_without_a_build_there_is_nothing_to_trace(small: SmallProject) -> None:
    with pytest.raises(DataError, match="nothing is built yet"):
        trace(small.load(), "zones")


def test_a_folder_without_the_texts_is_told(small: SmallProject, tmp_path: Path) -> None:
    project, _ = made(small, NAMED)
    with pytest.raises(DataError, match="there is no such folder"):
        trace(project.load(), "zones", documents=tmp_path / "none")


def test_a_tree_moves_no_cursor_and_cuts_long_lists() -> None:
    part = Part(
        ref="features:a/b",
        name=("坏\x1b[2J名", "bad\x1b[2Jname"),
        layer="a",
        layer_title=("层", "Layer"),
        kind=("类", "Class"),
        origin=Origin(file="f.toml", line=1),
        cited=Cited(document="d", title="题", number=None, section="", lines=(), sha256=None),
    )
    found = Trace(ref="layers:a", table="layers", name=("层", "Layer"), parts=(part,) * 20)
    short, whole = lines(tree(found)), lines(tree(found, everything=True))
    assert len(short) < len(whole)
    assert any("其余 8 项略" in line for line in short)
    assert not [line for line in whole if "\x1b" in line]


def test_a_unit_is_found_by_its_name(published: tuple[SmallProject, dict[str, str]]) -> None:
    project = published[0].load()
    units = read_tables(project, ["units"])["units"].set_index("adcode")
    name = str(units.loc["910101", "name"])
    assert list(units["name"]).count(name) == 1
    assert trace(project, name).ref == "units:910101"
    with pytest.raises(DataError, match="nothing is called"):
        trace(project, name + "？")
