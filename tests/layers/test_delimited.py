"""Files of shapes: refused with a clear message, or repaired and cut with a row that tells it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import (
    DataError,
    GeometryError,
    ImplausibleCRSError,
    LayerError,
    MissingCRSError,
    UsageError,
)
from tests.small import CELLS, SIDE, SOUTH, WEST, SmallProject, box, cell, degrees, slot

HALF = box(0, 1, 0.5, 2)
"""Half of county 910101: 50 km²."""


def run(small: SmallProject, **keys: Any) -> dict[str, Any]:
    small.write_layer(slot(**keys))
    return small.layers()


def shape_of(tables: dict[str, Any]) -> Any:
    features = tables["features"].query("layer == 'redline'")
    return crs.data_to_work(np.asarray(features.geometry))


def test_file_in_the_slot_becomes_the_layer(small: SmallProject) -> None:
    small.write_shapes([HALF], BSM=["a-1"], MC=["甲"])
    tables = run(small, id="BSM", name="MC")
    (row,) = tables["features"].query("layer == 'redline'").to_dict("records")
    assert (row["feature"], row["name"], row["class"]) == ("a-1", "甲", "redline")
    assert (row["extent"], row["drawn_by"]) == ("delimited", "file")
    layer = tables["layers"].set_index("layer").loc["redline"]
    assert (layer["kind"], layer["features"]) == ("vector", 1)
    assert shape_of(tables)[0].area == pytest.approx(50e6, abs=0.01)


def test_empty_slot_is_a_layer_without_data(small: SmallProject) -> None:
    tables = run(small)
    layer = tables["layers"].set_index("layer").loc["redline"]
    assert (layer["kind"], layer["features"]) == ("slot", 0)
    coverage = small.run()["coverage"].query("layer == 'redline'")
    assert len(coverage) == 9
    assert set(coverage["state"]) == {"no_data"}
    assert coverage["area_net_km2"].isna().all()


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "parquet", "fgb", "gdb"])
def test_every_format_gives_the_same_area(small: SmallProject, suffix: str) -> None:
    # GeoJSON rounds degrees to 7 digits: 1 cm.
    state = "EPSG:4326" if suffix == "geojson" else crs.DATA_CRS
    small.write_shapes([HALF], name=f"layers/works/shapes.{suffix}", state=state, BSM=["a-1"])
    assert shape_of(run(small, id="BSM"))[0].area == pytest.approx(50e6, rel=1e-5)


def test_sources_of_the_configuration_come_first(small: SmallProject) -> None:
    small.write_shapes([cell("910102")])
    small.write_shapes([HALF], name="own/方 案.gpkg")
    with (small.root / "geoplan.toml").open("a", encoding="utf-8") as file:
        file.write('[sources]\nredline = "own/方 案.gpkg"\n')
    assert shape_of(run(small))[0].area == pytest.approx(50e6, abs=0.01)


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ('redline = "own/none.gpkg"', UsageError, "sources.redline = 'own/none.gpkg': no file"),
        ('zones = "a.gpkg"', LayerError, "sources names zones, which take.s. no file; .*: redline"),
        ('redlime = "a.gpkg"', LayerError, "sources names redlime"),
    ],
)
def test_wrong_sources_of_the_configuration(
    small: SmallProject, line: str, error: type[Exception], message: str
) -> None:
    with (small.root / "geoplan.toml").open("a", encoding="utf-8") as file:
        file.write(f"[sources]\n{line}\n")
    with pytest.raises(error, match=message):
        run(small)


def test_missing_file_of_a_layer_that_is_no_slot(small: SmallProject) -> None:
    with pytest.raises(LayerError, match=r"other.toml:8: there is no file .*shapes\.\*"):
        run(small, slot=False)


def test_two_files_that_fit_the_slot(small: SmallProject) -> None:
    small.write_shapes([HALF])
    small.write_shapes([HALF], name="layers/works/shapes.geojson", state="EPSG:4326")
    message = r"other.toml:8: 2 files fit 'shapes\.\*': shapes.geojson, shapes.gpkg; keep one"
    with pytest.raises(LayerError, match=message):
        run(small)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"BSN": ["a", "b"]}, "column.s. BSM missing; there are: BSN"),
        ({"BSM": ["a", "a"]}, "column 'BSM' repeats 1 value.s., for instance 'a'; ids must be"),
        ({"BSM": ["a", None]}, "column 'BSM' is empty in 1 row"),
    ],
)
def test_wrong_column(small: SmallProject, columns: dict[str, Any], message: str) -> None:
    path = small.write_shapes([HALF, box(1, 1, 2, 2)], **columns)
    with pytest.raises(DataError, match=message) as fault:
        run(small, id="BSM")
    assert str(path) in str(fault.value)
    assert fault.value.exit_code == 3


def test_shapes_in_degrees_of_web_maps_wait_for_a_decision(small: SmallProject) -> None:
    counties = np.array([degrees(cell(code)) for code in CELLS])
    shifted = crs.shifted_from(counties, "GCJ-02")
    frame = gpd.GeoDataFrame(geometry=shifted, crs=crs.DATA_CRS)
    made = small.write_shapes([HALF], name="layers/works/shapes.parquet")
    frame.to_parquet(made)
    with pytest.raises(ImplausibleCRSError, match=r"--assume-crs GCJ-02.*`assume_crs`") as raised:
        run(small)
    assert raised.value.code == "crs.gcj02"
    moved = run(small, assume_crs="GCJ-02")
    assert shapely.area(shape_of(moved)) == pytest.approx([SIDE**2] * 6, rel=1e-6)
    assert not moved["issues"]["check"].eq("crs_gcj02").any()
    kept = run(small, assume_crs="EPSG:4490")
    (issue,) = kept["issues"].query("check == 'crs_gcj02'").to_dict("records")
    assert issue["severity"] == "warning"
    assert "EPSG:4490 was given, and is taken" in issue["message"]


def test_no_crs_is_an_error_of_its_own(small: SmallProject) -> None:
    small.write_shapes([HALF], name="layers/works/shapes.parquet", state=None)
    with pytest.raises(MissingCRSError, match="1 features, but no coordinate system is stated"):
        run(small)


@pytest.mark.parametrize("state", ["EPSG:4490", "EPSG:4546"])
def test_numbers_that_do_not_fit_the_crs(small: SmallProject, state: str) -> None:
    # Metres said to be degrees, and degrees said to be metres.
    shape = HALF if state == "EPSG:4490" else degrees(HALF)
    made = small.write_shapes([shape], name="layers/works/shapes.parquet", state=crs.WORK_CRS)
    gpd.read_parquet(made).set_crs(state, allow_override=True).to_parquet(made)
    with pytest.raises(ImplausibleCRSError, match="states EPSG:"):
        run(small)


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Polygon()]])
def test_empty_layer(small: SmallProject, shapes: list[Any]) -> None:
    small.write_shapes(shapes, name="layers/works/shapes.parquet")
    with pytest.raises(DataError, match=f"the layer is empty: {len(shapes)} rows"):
        run(small)


def test_lines_in_a_delimited_layer(small: SmallProject) -> None:
    small.write_shapes([HALF, HALF.boundary], name="layers/works/shapes.parquet")
    with pytest.raises(GeometryError, match="1 of 2 features are no polygons, the first is row 2"):
        run(small)


def test_layer_outside_all_units(small: SmallProject) -> None:
    small.write_shapes([box(8, 8, 9, 9), box(9, 9, 10, 10)])
    with pytest.raises(DataError, match="all 2 features lie outside the units: degrees 11"):
        run(small)


def test_layer_partly_outside_is_cut_and_told(small: SmallProject) -> None:
    small.write_shapes([box(-1, 0, 0.5, 1), box(7, 7, 8, 8), HALF], BSM=["cut", "gone", "in"])
    tables = run(small, id="BSM")
    dropped = tables["dropped"].set_index("feature")
    assert dropped.loc["cut", "area_m2"] == pytest.approx(100e6, abs=1)
    assert dropped.loc["gone", "area_m2"] == pytest.approx(100e6, abs=1)
    assert set(dropped["reason"]) == {"outside_units"}
    assert list(tables["features"].query("layer == 'redline'")["feature"]) == ["cut", "in"]
    assert [s.area for s in shape_of(tables)] == pytest.approx([50e6, 50e6], abs=1)


def test_polygon_that_crosses_itself_is_repaired_and_told(small: SmallProject) -> None:
    # A bow tie: two triangles of 25 km²; both count, whichever way they turn.
    corners = np.array([(0, 0), (1, 1), (1, 0), (0, 1)]) * SIDE + [WEST, SOUTH]
    path = small.write_shapes([shapely.Polygon(corners)], BSM=["bow"])
    assert path.exists()
    tables = run(small, id="BSM")
    issue = tables["issues"].query("check == 'repaired'").iloc[0]
    assert issue["subject"] == "redline/bow"
    assert issue["measured"] == "+0.000000 km2"
    assert "shape repaired: shell: Self-intersection at" in issue["message"]
    assert shape_of(tables)[0].area == pytest.approx(50e6, abs=1)


def test_a_place_in_two_parts_counts_once_and_is_told(small: SmallProject) -> None:
    grown = shapely.MultiPolygon([box(0, 0, 1, 1), box(0.995, 0, 1.5, 1)])
    small.write_shapes([grown, box(0, 1, 1, 2)], BSM=["two", "one"])
    tables = run(small, id="BSM")
    issue = tables["issues"].query("check == 'repaired'").iloc[0]
    assert (issue["subject"], issue["measured"]) == ("redline/two", "-0.500000 km2")
    assert shape_of(tables)[0].area == pytest.approx(150e6, abs=1)


def test_a_repair_beyond_the_limit_stops(small: SmallProject) -> None:
    grown = shapely.MultiPolygon([box(0, 0, 1, 1), box(0.5, 0, 1.5, 1)])
    path = small.write_shapes([grown, box(0, 1, 1, 2)])
    with pytest.raises(GeometryError, match=r"by 50\.0000.. km2 in all, 20.00% of .*convert") as e:
        run(small)
    assert str(path) in str(e.value)
    assert e.value.code == "repair.limit"


def test_rows_of_another_kind_that_stand_twice_or_are_flat_are_told(small: SmallProject) -> None:
    cells = [box(x / 8, 0, (x + 0.5) / 8, 0.5) for x in range(16)]
    flat = shapely.Polygon([(WEST + n, SOUTH + n) for n in range(3)])
    small.write_shapes([*cells, cells[0], flat, HALF.boundary], name="layers/works/shapes.parquet")
    tables = run(small)
    checks = set(tables["issues"]["check"])
    assert {"repair_duplicate_rows", "repair_mixed_kinds", "repair_collapsed"} <= checks
    assert len(tables["features"].query("layer == 'redline'")) == 17
    flat_row = tables["issues"].query("check == 'repair_collapsed'").iloc[0]
    assert flat_row["subject"] == "redline"
    assert "rows 18" in flat_row["message"]
    assert "no area left" in flat_row["measured"]


def test_other_crs_is_reprojected_and_told(small: SmallProject) -> None:
    small.write_shapes([HALF], state="EPSG:4546")
    tables = run(small)
    issue = tables["issues"].query("check == 'reprojected'").iloc[0]
    assert (issue["severity"], issue["measured"][:9]) == ("info", "EPSG:4546")
    assert shape_of(tables)[0].area == pytest.approx(50e6, rel=1e-7)


def test_ids_come_from_the_shape_where_no_column_has_them(small: SmallProject) -> None:
    small.write_shapes([HALF, cell("910202"), HALF], name="layers/works/shapes.parquet")
    first = run(small)["features"].query("layer == 'redline'")["feature"].tolist()
    small.write_shapes([cell("910202"), HALF, HALF], name="layers/works/shapes.parquet")
    second = run(small)["features"].query("layer == 'redline'")["feature"].tolist()
    assert len(set(first)) == 3
    assert sorted(first) == sorted(second)


def test_third_dimension_is_left_out(small: SmallProject) -> None:
    small.write_shapes([shapely.force_3d(HALF, 5.0)])
    (shape,) = shape_of(run(small))
    assert not shape.has_z


def test_rows_without_a_shape_are_told(small: SmallProject) -> None:
    small.write_shapes([HALF, None], BSM=["a-1", "a-2"])
    tables = run(small, id="BSM")
    assert list(tables["features"].query("layer == 'redline'")["feature"]) == ["a-1"]
    (issue,) = tables["issues"].query("check == 'no_shape'").to_dict("records")
    assert (issue["measured"], issue["severity"]) == ("1 rows", "warning")


def test_one_of_several_layers_of_a_file(small: SmallProject) -> None:
    small.write_shapes([HALF], BSM=["a-1"])
    (path,) = (small.root / "layers").glob("*/shapes.gpkg")
    other = gpd.GeoDataFrame({"BSM": ["b-1"]}, geometry=[cell("910102")], crs=crs.WORK_CRS)
    other.to_file(path, layer="other", engine="pyogrio")
    with pytest.raises(DataError, match=r"holds 2 layers with shapes: .*other"):
        run(small, id="BSM")
    tables = run(small, id="BSM", layer="other")
    assert list(tables["features"].query("layer == 'redline'")["feature"]) == ["b-1"]
    with pytest.raises(DataError, match="has no layer 'nowhere'"):
        run(small, id="BSM", layer="nowhere")
