"""Layers given by id: written as files with what may have an area, and no word about the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

import geoplan
from geoplan import crs
from geoplan.build import read_tables, run_stages
from geoplan.config import Project
from geoplan.engine import tabulate
from geoplan.errors import DataError, StageError, UsageError
from geoplan.sources import COLUMNS, Source, is_file, resolved
from tests.small import CELLS, SmallProject, box, feature, layer, slot

Ready = Callable[..., Project]

COUNTY = 1e8
"""Area of a county of the small province, m²."""


@pytest.fixture
def ready(small: SmallProject) -> Ready:
    """Return a function that writes a layer and runs the stages that make the tables."""

    def run(*features: str, name: str = "other") -> Project:
        if features:
            small.write_layer(layer(name, *features, theme="works"))
        run_stages(small.load(), ["boundaries", "layers"])
        return small.load()

    return run


def areas(path: Path) -> list[float]:
    """Return the areas of a file, in m²."""
    return [float(area) for area in gpd.read_parquet(path).to_crs(crs.WORK_CRS).area]


def only(name: str, project: Project) -> Source:
    """Return what one id stands for."""
    (found,) = resolved([name], project)
    return found


@pytest.mark.parametrize(
    "name", ["a.parquet", "no/such/folder/a.GPKG", "a.shp", "a.gdb", "a.zip", "zones.geojson"]
)
def test_what_ends_like_a_file_is_one(name: str) -> None:
    assert is_file(name)
    assert resolved([name, Path(name)], None) == [Source(Path(name))] * 2
    assert Source(Path(name)).note == ""


def test_what_is_there_is_a_file_whatever_its_name(
    ready: Ready, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert not is_file("zones")
    Path("zones").mkdir()
    assert not is_file("zones")
    Path("zones").rmdir()
    Path("zones").write_bytes(b"")
    assert only("zones", ready()) == Source(Path("zones"))


def test_files_need_no_tables(small: SmallProject) -> None:
    assert resolved(["a.parquet"], small.load()) == [Source(Path("a.parquet"))]
    assert not (small.root / "build").exists()


def test_an_id_needs_a_project() -> None:
    with pytest.raises(UsageError, match=r"^zones: there is no such file, and no project to look"):
        resolved(["a.parquet", "zones"], None)


def test_whole_features_are_the_counties_that_they_name(ready: Ready) -> None:
    project = ready()
    found = only("zones", project)
    assert found == Source(project.build_folder / "engine" / "zones.parquet", features=2)
    assert found.note == ""
    read = gpd.read_parquet(found.path)
    assert list(read.columns) == [*COLUMNS, "geometry"]
    assert crs.name_of(read.crs) == crs.name_of(crs.DATA_CRS)
    assert read["layer"].tolist() == ["zones"] * 2
    assert read["class"].tolist() == ["zone_a", "zone_b"]
    assert read["feature"].tolist() == ["zone-a", "zone-b"]
    assert read["name"].tolist() == ["要素"] * 2
    assert read["extent"].tolist() == ["whole"] * 2
    assert read.geometry.geom_type.tolist() == ["Polygon"] * 2
    assert areas(found.path) == pytest.approx([2 * COUNTY] * 2, rel=1e-9)


def test_a_city_is_all_its_counties(ready: Ready) -> None:
    project = ready(feature("all", members=["甲州市"]), feature("both", members=["东山", "城区"]))
    found = only("other", project)
    assert areas(found.path) == pytest.approx([4 * COUNTY, 2 * COUNTY], rel=1e-9)
    whole = gpd.read_parquet(found.path).geometry
    assert whole.is_valid.all()
    assert whole[0].covers(whole[1])


def test_units_outside_of_what_is_shown_have_no_area(small: SmallProject, ready: Ready) -> None:
    text = (small.root / "geoplan.toml").read_text("utf-8")
    text = text.replace('scope = "910000"', 'scope = "910200"').replace('["910100"]', "[]")
    small.write("geoplan.toml", text)
    with pytest.raises(UsageError, match=r"of 2 features are 2 whole \(of units that are not"):
        only("zones", ready())


def test_shapes_of_a_file_are_taken_as_they_are(small: SmallProject, ready: Ready) -> None:
    small.write_layer(slot(id="no", name="word"), name="redline")
    shapes = [box(0.2, 0.2, 0.7, 0.7), box(1, 1, 1.5, 1.5)]
    small.write_shapes(shapes, no=["r1", "r2"], word=["甲", None])
    found = only("redline", ready())
    assert (found.features, found.indicative, found.note) == (2, 0, "")
    read = gpd.read_parquet(found.path)
    assert read["feature"].tolist() == ["r1", "r2"]
    assert read["extent"].tolist() == ["delimited"] * 2
    assert areas(found.path) == pytest.approx([COUNTY / 4] * 2, rel=1e-9)


MIXED = (
    feature("line", "indicative", axis=["东镇", "西镇"]),
    feature("strip", "indicative", buffer_of="line", buffer_km=2),
    feature("unit", members=["东山"]),
    feature("inside", "within", members=["南水"]),
    feature("way", "passes", waypoints=["东山", "西山"]),
    feature("word", "statement"),
)
"""One feature of every extent, and a line."""


def test_what_is_sketched_or_has_no_area_is_told(ready: Ready) -> None:
    found = only("other", ready(*MIXED))
    assert gpd.read_parquet(found.path)["feature"].tolist() == ["strip", "unit"]
    assert (found.features, found.indicative) == (2, 1)
    assert found.without == {"indicative": 1, "within": 1, "passes": 1, "statement": 1}
    assert found.note == (
        "other: 1 of 2 shapes are indicative: sketches of ours, whose areas have two digits at "
        "most; left out as they have no area: 1 indicative (drawn as lines), 1 passes (lines "
        "through the named units), 1 statement (without a shape), 1 within (somewhere in the "
        "named units)"
    )


def test_areas_by_class_of_an_id(ready: Ready) -> None:
    paths = [source.path for source in resolved(["zones", "other"], ready(*MIXED))]
    made = tabulate(paths, ["zones.class", "other.extent"], scheduler="synchronous")
    keyed = made.set_index(["zones.class", "other.extent"])["area_m2"]
    assert keyed["zone_a", "whole"] == pytest.approx(COUNTY, abs=0.01)
    assert keyed["zone_a", "indicative"] > 0


def test_a_file_is_replaced_only_where_it_changes(small: SmallProject, ready: Ready) -> None:
    found = only("zones", ready())
    content, then = found.path.read_bytes(), found.path.stat()
    only("zones", ready(feature("unit", members=["东山"])))
    assert found.path.stat() == then
    found.path.unlink()
    only("zones", small.load())
    assert found.path.read_bytes() == content
    found.path.write_bytes(content[:-1])
    only("zones", small.load())
    assert found.path.read_bytes() == content
    zones = small.root / "layers/zones/zones.toml"
    small.write("layers/zones/zones.toml", zones.read_text("utf-8").replace('"南水县", ', ""))
    assert only("zones", ready()).path.read_bytes() != content
    assert [path.name for path in found.path.parent.iterdir()] == ["zones.parquet"]


def test_two_projects_with_the_same_files_make_the_same_bytes(
    project_folder: Callable[..., SmallProject],
) -> None:
    made = []
    for name in ("one", "other"):
        small = project_folder(name)
        run_stages(small.load(), ["boundaries", "layers"])
        found = resolved(["zones", "counties", "cities"], small.load())
        made.append([source.path.read_bytes() for source in found])
    assert made[0] == made[1]


def test_an_id_given_twice_is_one_file(ready: Ready) -> None:
    one, other = resolved(["zones", Path("zones")], ready())
    assert one == other


def test_a_file_that_cannot_be_written(ready: Ready) -> None:
    project = ready()
    (project.build_folder / "engine").write_bytes(b"")
    with pytest.raises(StageError, match=r"zones.parquet: cannot be written: "):
        only("zones", project)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("zonse", ("'zonse' is no file and no layer of ", "Did you mean zones?", "counties")),
        ("citys", ("Did you mean cities?", "Layers with areas: zones, counties, cities")),
        ("other", ("'other' has no area to tabulate: of 3 features are 1 passes", "1 within (")),
        ("redline", ("'redline' is a slot that waits for its shapes", "[sources] of ")),
        ("sub/zones", ("'sub/zones' is no file and no layer",)),
        ("", ("'' is no file and no layer",)),
    ],
)
def test_ids_without_an_area_are_refused(
    small: SmallProject, ready: Ready, name: str, parts: Sequence[str]
) -> None:
    small.write_layer(slot(), name="redline")
    project = ready(*MIXED[3:])
    with pytest.raises(UsageError) as caught:
        resolved(["counties", name], project)
    assert [part for part in parts if part not in str(caught.value)] == [], str(caught.value)


def test_tables_that_are_not_there(small: SmallProject) -> None:
    with pytest.raises(DataError, match=r"units.parquet: .* run `geoplan run boundaries` first"):
        only("zones", small.load())
    run_stages(small.load(), ["boundaries"])
    with pytest.raises(DataError, match=r"layers.parquet: .* run `geoplan run layers` first"):
        only("counties", small.load())


@pytest.mark.parametrize(
    ("name", "stage", "said"),
    [
        ("layers/zones/zones.toml", "layers", "layers/zones/zones.toml changed"),
        ("data/boundaries/source.toml", "boundaries", "data/boundaries/source.toml changed"),
        ("geoplan.toml", "layers", "as_of changed"),
    ],
)
def test_tables_older_than_the_files(
    small: SmallProject, ready: Ready, name: str, stage: str, said: str
) -> None:
    ready()
    file = small.root / name
    more = 'as_of = "2019-01-01"\n' if name == "geoplan.toml" else "\n# changed\n"
    file.write_text(file.read_text("utf-8") + more, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        only("zones", small.load())
    assert f"the tables of stage '{stage}' are stale: {said} since; " in str(caught.value)
    assert f"run `geoplan run {stage}` and the stages after it, or `geoplan" in str(caught.value)
    assert only("zones", ready()).features == 2


def test_files_that_came_and_went_make_tables_stale(small: SmallProject, ready: Ready) -> None:
    ready(feature("unit", members=["东山"]))
    (small.root / "layers/works/other.toml").unlink()
    small.write("layers/works/more.toml", "")
    with pytest.raises(DataError, match=r"stale: layers/works/more.toml and 1 more changed since"):
        only("zones", small.load())


def test_a_file_of_shapes_that_went_away(small: SmallProject, ready: Ready) -> None:
    text = (small.root / "geoplan.toml").read_text("utf-8")
    small.write("geoplan.toml", f'{text}\n[sources]\nredline = "own/red.gpkg"\n')
    small.write_layer(slot(), name="redline")
    small.write_shapes([box(0, 0, 1, 1)], name="own/red.gpkg")
    project = ready()
    assert only("redline", project).features == 1
    (small.root / "own/red.gpkg").unlink()
    with pytest.raises(DataError, match=r"stale: sources/redline/red\.gpkg changed since"):
        only("redline", project)


def test_units_are_layers_too(ready: Ready) -> None:
    counties, cities = resolved(["counties", "cities"], ready())
    assert (counties.features, counties.note, cities.features) == (6, "", 2)
    read = pd.DataFrame(gpd.read_parquet(counties.path).drop(columns="geometry"))
    assert read.columns.tolist() == ["adcode", "name", "parent", "city"]
    assert read["adcode"].tolist() == sorted(CELLS)
    assert read["city"].tolist() == ["甲州市"] * 4 + ["乙州市"] * 2
    assert areas(counties.path) == pytest.approx([COUNTY] * 6, rel=1e-9)
    read = gpd.read_parquet(cities.path)
    assert read.columns.tolist() == ["adcode", "name", "parent", "geometry"]
    assert read["parent"].tolist() == ["910000"] * 2
    assert areas(cities.path) == pytest.approx([4 * COUNTY, 2 * COUNTY], rel=1e-9)


def test_a_layer_goes_before_units_of_the_same_name(ready: Ready) -> None:
    project = ready(feature("unit", members=["东山"]), name="counties")
    assert gpd.read_parquet(only("counties", project).path)["layer"].tolist() == ["counties"]


ZONES = "jinzhong-main-function-zones"


def test_shipped_zones_by_county_are_whole_counties(shipped_project: Project) -> None:
    paths = [source.path for source in resolved([ZONES, "counties"], shipped_project)]
    made = tabulate(paths, [f"{ZONES}.class", "adcode"], scheduler="synchronous")
    tables = read_tables(shipped_project, ["units", "memberships"])
    named = tables["memberships"][tables["memberships"]["layer"] == ZONES]
    keys = set(zip(named["class"], named["adcode"], strict=True))
    # Edges of the union are those of the counties, so there is nothing beside them.
    assert set(zip(made[f"{ZONES}.class"], made["adcode"], strict=True)) == keys
    assert len(keys) == 11
    whole = tables["units"].set_index("adcode")["area_km2"][made["adcode"]]
    np.testing.assert_allclose(made["area_m2"] / 1e6, whole, rtol=0, atol=1e-8)
    assert made.attrs["uncovered_m2"] == pytest.approx(
        tables["units"]["area_km2"][tables["units"]["level"] == "county"].sum() * 1e6
        - made["area_m2"].sum(),
        abs=0.1,
    )


def test_shipped_sketches_are_told(shipped_project: Project) -> None:
    found = only("g108-axis", shipped_project)
    assert (found.features, found.indicative, found.without) == (2, 2, {"indicative": 1})
    assert found.note.startswith("g108-axis: 2 of 2 shapes are indicative: sketches of ours")


def test_shipped_indicators_are_no_layer(shipped_project: Project) -> None:
    with pytest.raises(UsageError, match="'jinzhong-12fyp-results' has indicators only"):
        only("jinzhong-12fyp-results", shipped_project)


def test_every_shipped_layer_with_whole_units_is_written(shipped_project: Project) -> None:
    features = read_tables(shipped_project, ["features"])["features"]
    names = sorted(set(features["layer"][features["extent"] == "whole"]))
    assert len(names) == 3
    for name, found in zip(names, resolved(names, shipped_project), strict=True):
        own = features[(features["layer"] == name) & (features["extent"] == "whole")]
        read = gpd.read_parquet(found.path)
        assert read["feature"].tolist() == own["feature"].tolist()
        assert shapely.is_valid(read.geometry).all()


def test_tabulate_of_the_package_takes_ids(ready: Ready) -> None:
    project = ready(*MIXED)
    made = geoplan.tabulate(
        ["zones", "counties"], ["zones.class", "counties.name"], project=project
    )
    assert made["area_m2"].tolist() == pytest.approx([COUNTY] * 4, rel=1e-9)
    assert made.attrs["notes"] == []
    (note,) = geoplan.tabulate(["other", "counties"], ["adcode"], project=project).attrs["notes"]
    assert note.startswith("other: 1 of 2 shapes are indicative")
    with pytest.raises(UsageError, match=r"^zones: there is no such file, and no project"):
        geoplan.tabulate(["zones", "counties"], ["adcode"])
