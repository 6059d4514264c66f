"""Shapes of users that cannot be right: refused with rows, or cut and told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import geopandas as gpd
import pyogrio
import shapely

from geoplan import crs
from geoplan.errors import DataError, GeometryError, LayerError
from tests.small import SmallProject, box, cell, degrees, slot

HALF = box(0, 1, 0.5, 2)
"""Half of county 910101: 50 km²."""

PARQUET = "layers/works/shapes.parquet"
WORLD = shapely.box(-180, -90, 180, 90)


def run(small: SmallProject, **keys: Any) -> dict[str, Any]:
    small.write_layer(slot(**keys))
    return small.layers()


def areas(tables: dict[str, Any]) -> list[float]:
    features = tables["features"].query("layer == 'redline'")
    return [s.area / 1e6 for s in crs.data_to_work(np.asarray(features.geometry))]


def write_degrees(small: SmallProject, *shapes: Any, state: object = 4490, **columns: Any) -> None:
    made = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4490)
    path = small.root / PARQUET
    path.parent.mkdir(parents=True, exist_ok=True)
    made.to_crs(state).to_parquet(path)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("suffix", ["parquet", "gpkg"])
def test_coordinate_that_is_no_number(small: SmallProject, suffix: str, number: float) -> None:
    corners = shapely.get_coordinates(HALF)
    corners[2, 1] = number
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon(corners)
    path = small.write_shapes([None, HALF, broken], name=f"layers/works/shapes.{suffix}")
    with pytest.raises(GeometryError, match=r"1 of 3 features .* numbers, the first is row 3") as e:
        run(small)
    assert str(path) in str(e.value)
    assert e.value.exit_code == 3


def test_rows_are_counted_as_in_the_file(small: SmallProject) -> None:
    small.write_shapes([None, HALF, shapely.Polygon(), HALF.boundary], name=PARQUET)
    with pytest.raises(GeometryError, match="1 of 4 features are no polygons, the first is row 4"):
        run(small)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["a", ""], "column 'BSM' is empty in 1 row.s., the first is row 2"),
        (["a", " "], "column 'BSM' is empty in 1 row.s., the first is row 2"),
        (["a\nb", "c"], "column 'BSM' holds characters .* in 1 row.s., the first is row 1"),
    ],
)
def test_ids_that_say_nothing(small: SmallProject, ids: list[str], message: str) -> None:
    small.write_shapes([HALF, cell("910202")], BSM=ids)
    with pytest.raises(DataError, match=message) as fault:
        run(small, id="BSM")
    assert fault.value.exit_code == 3


def test_name_that_is_no_text_of_one_line(small: SmallProject) -> None:
    small.write_shapes([HALF, cell("910202")], MC=["甲", "乙\x00"], name=PARQUET)
    with pytest.raises(DataError, match=r"column 'MC' holds characters .* the first is row 2"):
        run(small, name="MC")


def test_feature_without_a_name_is_called_like_its_layer(small: SmallProject) -> None:
    small.write_shapes([HALF, cell("910202")], MC=["甲", None])
    features = run(small, name="MC")["features"].query("layer == 'redline'")
    assert features["name"].tolist() == ["甲", "图层"]


@pytest.mark.parametrize("state", [4490, 3857])
def test_shape_of_the_whole_world_is_cut_and_told(small: SmallProject, state: int) -> None:
    world = shapely.box(-180, -85, 180, 85)
    write_degrees(small, world, degrees(HALF), state=state, BSM=["all", "half"])
    tables = run(small, id="BSM")
    assert areas(tables) == pytest.approx([600, 50], rel=1e-6)
    (dropped,) = tables["dropped"].to_dict("records")
    whole = crs.world_area_m2(np.array([world]))[0]
    assert (dropped["feature"], dropped["reason"]) == ("all", "outside_units")
    assert dropped["area_m2"] == pytest.approx(whole - 600e6, rel=1e-6)


def test_shape_up_to_the_poles(small: SmallProject) -> None:
    write_degrees(small, WORLD)
    assert areas(run(small)) == pytest.approx([600], rel=1e-6)


def test_shapes_far_outside_only(small: SmallProject) -> None:
    write_degrees(small, shapely.box(-60, -90, -50, -80))
    with pytest.raises(DataError, match=r"all 1 features lie outside the units: degrees -60, -90"):
        run(small)


def test_shape_far_outside_that_crosses_itself_is_told(small: SmallProject) -> None:
    bow_tie = shapely.Polygon([(-60, -90), (-50, -80), (-50, -90), (-60, -80)])
    write_degrees(small, degrees(HALF), bow_tie, BSM=["in", "far"])
    tables = run(small, id="BSM")
    assert areas(tables) == pytest.approx([50], rel=1e-6)
    repaired = tables["issues"].query("check == 'repaired'")
    assert repaired["subject"].tolist() == ["redline/far"]
    assert tables["dropped"]["feature"].tolist() == ["far"]


def test_coordinates_without_a_place_in_their_system(small: SmallProject) -> None:
    corners = [*shapely.get_coordinates(HALF)[:-1], (1e30, 4e6)]
    small.write_shapes([shapely.Polygon(corners)], name=PARQUET)
    with pytest.raises(DataError, match="state the system that the numbers are in"):
        run(small)


def test_shapefile_in_gb18030_is_read_and_told(small: SmallProject) -> None:
    path = small.root / "layers/works/shapes.shp"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = gpd.GeoDataFrame({"MC": ["晋中一"]}, geometry=[degrees(HALF)], crs=4490)
    pyogrio.write_dataframe(made, path, encoding="GB18030")
    stated = run(small, name="MC")
    path.with_suffix(".cpg").unlink()
    guessed = run(small, name="MC")
    for tables in (stated, guessed):
        assert tables["features"].query("layer == 'redline'")["name"].tolist() == ["晋中一"]
    assert stated["issues"].empty
    (issue,) = guessed["issues"].to_dict("records")
    assert (issue["check"], issue["severity"]) == ("encoding", "warning")
    assert issue["message"] == "shapes.shp: encoding assumed GB18030; put a .cpg beside it"


@pytest.mark.parametrize("name", ["STBHHX.gpkg", "stbhhx.gpkg", "Stbhhx.GPKG"])
def test_name_of_a_file_fits_in_either_case(small: SmallProject, name: str) -> None:
    made = small.write_shapes([HALF])
    made.rename(made.with_name(name))
    assert areas(run(small, path="STBHHX.*")) == pytest.approx([50], rel=1e-6)


def test_two_files_that_differ_in_case(small: SmallProject) -> None:
    for name in ("a.gpkg", "A.gpkg"):
        small.write_shapes([HALF], name=f"layers/works/{name}")
    with pytest.raises(LayerError, match=r"2 files fit 'A\.\*': A\.gpkg, a\.gpkg; keep one"):
        run(small, path="A.*")
