"""What rests on what: names of rows, members, both sides, lines, and files that changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.build import STAGES, run_stages
from geoplan.errors import DataError
from geoplan.schema import ref_of
from geoplan.trace import Tracer, trace
from tests.grids import of_counties, raster_class, raster_layer, write_grid
from tests.plan_text import LINES, TEXT, give_text
from tests.small import SmallProject, claim, feature, layer

AREA = feature("area", members=["东山", "西山"], lines=[4], printed=["重点区"])
AXIS = feature("axis", "indicative", class_="line_work", axis=["东镇", "西镇"], lines=[5])
LIST = feature("list", "within", class_="mine", members=["东山", "河口县"], lines=[5])
SAID = feature("said", "statement", class_="mine", lines=[6])


def made(small: SmallProject, *parts: str) -> tuple[Tracer, Path]:
    """Return what traces a built project with a layer of its own, and the folder of texts."""
    folder = give_text(small)
    small.write_layer(layer("works", *parts, theme="works"), name="works")
    run_stages(small.load(), STAGES[:-1])
    return Tracer(small.load(), folder), folder


@pytest.fixture
def tracer(small: SmallProject) -> Tracer:
    return made(small, AREA, AXIS, LIST, SAID, claim("works/area", 199, lines=[4]))[0]


def parts_of(tracer: Tracer, ref: str) -> list[str]:
    return [part.ref for part in tracer.trace(ref).parts]


def test_rows_are_called_by_unit_layer_and_class(tracer: Tracer) -> None:
    coverage = tracer.trace("coverage:910101/works/mine/list").name
    titles = tracer.index.title("classes", "mine")
    assert coverage == (f"东山区：图层：{titles[0]}", f"Dongshan District: Layer: {titles[1]}")
    (member,) = [
        row
        for row in tracer.index.rows("memberships")
        if (row["feature"], row["adcode"]) == ("list", "910202")
    ]
    assert tracer.trace(ref_of("memberships", member)).name == (
        "河口县：要素",
        "Hekou County: Feature",
    )
    assert tracer.trace("plan-a").name == ("甲州规划", "甲州规划")
    assert tracer.trace("plan-a@3").name == ("《甲州规划》第3行", "甲州规划, line 3")


def test_bases_do_not_mix(tracer: Tracer) -> None:
    assert parts_of(tracer, "coverage:910101/works/zone_a/geometry") == ["features:works/area"]
    assert parts_of(tracer, "coverage:910101/works/mine/list") == ["features:works/list"]
    axis = tracer.trace("coverage:910101/works/line_work/indicative")
    assert [part.ref for part in axis.parts] == ["features:works/axis"]
    assert axis.sum is None
    # What only says something concerns no unit.
    assert not [
        ref
        for row in tracer.index.rows("coverage")
        for ref in parts_of(tracer, ref_of("coverage", row))
        if ref == "features:works/said"
    ]


def test_a_list_of_counties_counts_for_the_units_above(tracer: Tracer) -> None:
    def named(code: str) -> list[str]:
        (part,) = tracer.trace(f"coverage:{code}/works/mine/list").parts
        return [member.adcode for member in part.members]

    assert named("910101") == ["910101"]
    assert named("910200") == ["910202"]
    assert named("910000") == ["910101", "910202"]


def test_an_overlap_has_the_features_of_both_sides(tracer: Tracer) -> None:
    rows = [
        row
        for row in tracer.index.rows("overlaps")
        if {row["layer_a"], row["layer_b"]} == {"works", "zones"} and row["adcode"] == "910101"
    ]
    assert {row["basis"] for row in rows} >= {"geometry", "list"}
    for row in rows:
        found = tracer.trace(row["id"])
        layers = {part.layer for part in found.parts}
        assert layers == {"works", "zones"}, row
        extents = {part.extent for part in found.parts}
        assert row["basis"] != "geometry" or extents == {"whole"}
        assert (found.sum is None) == (row["area_km2"] is None)


def test_pieces_lead_to_all_that_covers_them(tracer: Tracer) -> None:
    (row,) = [
        row
        for row in tracer.index.rows("pieces")
        if row["adcode"] == "910101" and row["classes"] == "works/zone_a;zones/zone_a"
    ]
    assert parts_of(tracer, ref_of("pieces", row)) == [
        "features:works/area",
        "features:zones/zone-a",
    ]


def test_a_claim_that_its_pieces_do_not_make_is_only_shown_beside(tracer: Tracer) -> None:
    (row,) = [r for r in tracer.index.rows("claims") if r["of"] == "works/area"]
    found = tracer.trace(row["id"])
    assert found.sum is not None
    assert found.sum.equal is True
    row["computed"] += 1
    wrong = tracer.trace(row["id"])
    assert wrong.sum is not None
    assert wrong.sum.equal is None
    row["quantity"] = "length"
    assert tracer.trace(row["id"]).sum is None


def test_registries_lead_down_to_their_rows(tracer: Tracer) -> None:
    def rests(asked: str) -> set[str]:
        return {ref for ref, _ in tracer.trace(asked).rests}

    assert rests("plan-a") >= {"layers:works", "layers:zones"}
    assert rests("themes:works") == {"layers:works"}
    assert rests("layers:works") == {
        f"features:works/{name}" for name in ("area", "axis", "list", "said")
    }
    assert "features:works/list" in rests("classes:mine")
    county = rests("910202")
    assert "coverage:910202/works/mine/list" in county
    assert not [ref for ref in county if not ref.startswith("coverage:910202/")]


def test_two_units_of_one_name_are_both_told(tracer: Tracer) -> None:
    with pytest.raises(DataError) as fault:
        tracer.trace("城区")
    told = "2 units are called '城区'; give the code of one: 910104 (甲州市), 910201 (乙州市)"
    assert str(fault.value) == told
    assert tracer.trace("河口").ref == "units:910202"


def test_lines_have_to_be_there(small: SmallProject) -> None:
    tracer, _ = made(small, AREA)
    assert tracer.trace(f"plan-a@{len(LINES)}").sentence == LINES[-1]
    with pytest.raises(DataError, match=f"the text has {len(LINES)} lines"):
        tracer.trace(f"plan-a@{len(LINES) + 1}")
    with pytest.raises(DataError, match="lines are counted from 1"):
        tracer.trace("plan-a@0")
    with pytest.raises(DataError, match="nothing is called"):
        tracer.trace("plan-a@" + "9" * 5000)
    # Without the text nobody knows how long it is, and nothing is told of it.
    assert trace(small.load(), "plan-a@99").sentence is None
    assert tracer.trace("plan-p@99").sentence is None


def test_an_altered_text_is_not_the_document(small: SmallProject) -> None:
    _, folder = made(small, AREA)
    text = folder / "any-name.txt"
    text.rename(folder / "another name.txt")
    (part,) = trace(small.load(), "works/area", documents=folder).parts
    assert part.cited.proof == "verified"
    (folder / "another name.txt").write_bytes((TEXT + "。").encode())
    with pytest.raises(DataError, match="none of its files has the sha256"):
        trace(small.load(), "works/area", documents=folder)
    (folder / "another name.txt").write_bytes(TEXT.replace("\n", "\r\n").encode())
    with pytest.raises(DataError, match="but for line ends or a byte order mark"):
        trace(small.load(), "works/area", documents=folder)


def test_a_document_without_its_text_is_not_verified(small: SmallProject) -> None:
    folder = give_text(small)
    other = layer("other", AREA, document="plan-p", theme="works")
    small.write_layer(other, name="other")
    run_stages(small.load(), STAGES[:-1])
    found = trace(small.load(), "other/area", documents=folder)
    assert found.parts[0].cited.proof == "no_text"
    assert found.parts[0].cited.sentences == ()
    assert not found.fails


def test_a_statement_that_left_its_file_is_told(small: SmallProject) -> None:
    _, folder = made(small, AREA, LIST)
    small.write_layer(layer("works", LIST, theme="works"), name="works")
    gone = trace(small.load(), "works/area", documents=folder)
    assert gone.fails
    (fault,) = gone.parts[0].cited.faults
    assert fault.startswith("features:works/area is not in layers/works/works.toml any more")
    # What stands in the text is shown none the less.
    assert gone.parts[0].cited.sentences == ((4, LINES[3]),)
    kept = trace(small.load(), "works/list", documents=folder)
    assert kept.parts[0].origin.moved
    assert not [word for word in kept.parts[0].cited.words if word.text == "重点区"]


def test_json_tells_moved_files(small: SmallProject) -> None:
    made(small, AREA)
    assert trace(small.load(), "works/area").as_json()["parts"][0]["origin"]["moved"] is False
    small.write_layer(layer("works", AREA, theme="works") + "\n# later\n", name="works")
    told = trace(small.load(), "works/area").as_json()
    assert told["parts"][0]["origin"]["moved"] is True
    # No path of a machine is in it.
    assert str(small.root) not in str(told)


def test_figures_of_cells_lead_to_the_raster_and_its_layer_file(small: SmallProject) -> None:
    land = raster_layer("land", kind="categorical", measure=None)
    small.write_layer(land + raster_class(1, "zone_a"), name="land")
    write_grid(small.root / "layers/works/land.tif", of_counties().astype("uint8"))
    small.write_layer(raster_layer("dem"), name="dem")
    write_grid(small.root / "layers/works/dem.tif", of_counties())
    tracer, _ = made(small, AREA)
    traced = tracer.trace("zonal:land/910101/zone_a")
    assert traced.name[1].startswith("Dongshan District: Raster: ")
    figures = {f.column: (round(f.value, 6), f.measure) for f in traced.figures}
    assert figures["area_km2"] == (100, "km2")
    assert figures["share_covered"] == (1, "share")
    (part,) = traced.parts
    assert part.ref == "rasters:land"
    assert part.name[0].startswith("layers/works/land.tif  sha256 ")
    assert (part.origin.file, part.origin.line) == ("layers/works/land.toml", 6)
    assert (part.cited.document, part.cited.proof) == ("plan-p", "not_cited")
    heights = {f.column: f.measure for f in tracer.trace("zonal:dem/910101/").figures}
    assert heights["mean"] == "m"
    told = {f.column: f.value for f in tracer.trace("rasters:dem").figures}
    assert told["path"] == "layers/works/dem.tif"
