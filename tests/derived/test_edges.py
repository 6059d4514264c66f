"""Derived grids at their edges: ties, no data, types of cells, tags and notes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.config import Project
from geoplan.derived import (
    LEVEL,
    Wanted,
    derive_classes,
    derive_distance,
    derive_grid,
    derive_shares,
    derive_terrain,
    distance_on,
    error_of,
    largest,
    side_m,
    target_of,
)
from geoplan.derived.make import NODATA
from geoplan.derived.segments import Segments, middle_of, nearest, segments_of
from geoplan.derived.terrain import FLATTENED, aspect_deg, flattening, gradient, slope_deg
from geoplan.derived.written import _met, titled
from geoplan.errors import DataError, UsageError
from geoplan.raster import Grid, Metric, look, read
from tests.raster.grids import LEFT, TOP, grid, numbered, write
from tests.small import box

ZERO = np.zeros((1, 1))


def square(cell_m: float) -> Metric:
    """Return the steps of square cells that run east and north."""
    return Metric(np.array([[cell_m]]), ZERO, ZERO, np.array([[-cell_m]]))


def shares(*classes: float) -> np.ndarray:
    """Return the shares of classes in one cell."""
    return np.array(classes, dtype="float64")[:, None, None]


@pytest.mark.parametrize(
    ("classes", "number"),
    [
        pytest.param([1.0], 1, id="all"),
        pytest.param([0.0], 0, id="nothing"),
        pytest.param([0.5], 1, id="half: before none"),
        pytest.param([0.49], 0, id="less than half"),
        pytest.param([0.3, 0.7], 2, id="second"),
        pytest.param([0.5, 0.5], 1, id="tie: the first"),
        pytest.param([0.2, 0.4, 0.4], 2, id="tie of later ones"),
        pytest.param([0.4, 0.2], 1, id="tie with none"),
        pytest.param([1 / 3, 1 / 3], 1, id="tie of three"),
        pytest.param([0.3333333, 0.3333334], 1, id="tie but for rounding"),
        pytest.param([0.33333, 0.33335], 2, id="no tie"),
        pytest.param([0.9, 0.95], 2, id="classes that overlap"),
        pytest.param([1.0, 1.0], 1, id="both cover all"),
    ],
)
def test_the_class_of_a_cell(classes: list[float], number: int) -> None:
    assert largest(shares(*classes)).tolist() == [[number]]


def test_the_last_of_many_classes_has_its_number() -> None:
    many = np.zeros((255, 1, 1))
    many[254] = 1
    assert largest(many).tolist() == [[255]]


@pytest.mark.parametrize(
    ("rise", "degrees"),
    [
        pytest.param(0.0, 0.0, id="level"),
        pytest.param(1.0, 45.0, id="one for one"),
        pytest.param(math.sqrt(3), 60.0, id="60 degrees"),
        pytest.param(1 / math.sqrt(3), 30.0, id="30 degrees"),
        pytest.param(1e9, 90.0, id="a wall"),
        pytest.param(-1.0, 45.0, id="downwards"),
    ],
)
def test_slopes_in_degrees(rise: float, degrees: float) -> None:
    assert slope_deg(np.array([rise]), np.array([0.0]))[0] == pytest.approx(degrees, abs=1e-6)
    assert slope_deg(np.array([0.0]), np.array([rise]))[0] == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    ("east", "north", "faces"),
    [
        pytest.param(-1, -1, 45, id="north-east"),
        pytest.param(-1, 1, 135, id="south-east"),
        pytest.param(1, 1, 225, id="south-west"),
        pytest.param(1, -1, 315, id="north-west"),
        pytest.param(1e-8, 1e-8, LEVEL, id="rounding is level"),
        pytest.param(1e-6, 0, 270, id="more than rounding"),
    ],
)
def test_where_ground_faces(east: float, north: float, faces: float) -> None:
    assert aspect_deg(np.array([east]), np.array([north]))[0] == pytest.approx(faces)


def test_where_heights_are_missing_ground_faces_nowhere_known() -> None:
    assert np.isnan(aspect_deg(np.array([np.nan]), np.array([np.nan])))[0]
    assert np.isnan(slope_deg(np.array([np.nan]), np.array([np.nan])))[0]


@pytest.mark.parametrize(
    ("heights", "east", "north"),
    [
        pytest.param([[0, 10, 20]] * 3, 0.1, 0.0, id="up to the east"),
        pytest.param([[20, 10, 0]] * 3, -0.1, 0.0, id="up to the west"),
        pytest.param([[20] * 3, [10] * 3, [0] * 3], 0.0, 0.1, id="up to the north"),
        pytest.param([[0] * 3, [10] * 3, [20] * 3], 0.0, -0.1, id="up to the south"),
        pytest.param([[5] * 3] * 3, 0.0, 0.0, id="level"),
        pytest.param([[0, 0, 0], [0, 99, 0], [0, 0, 0]], 0.0, 0.0, id="a peak has no side"),
        pytest.param([[0, 0, 8], [0, 0, 0], [0, 0, 0]], 0.01, 0.01, id="a corner counts once"),
        pytest.param([[0, 0, 0], [0, 0, 8], [0, 0, 0]], 0.02, 0.0, id="a side counts twice"),
    ],
)
def test_the_gradient_of_nine_heights(heights: Any, east: float, north: float) -> None:
    across, up = gradient(np.array(heights, dtype="float64"), square(100.0))
    assert across.tolist() == [[pytest.approx(east)]]
    assert up.tolist() == [[pytest.approx(north)]]


@pytest.mark.parametrize("place", [(r, c) for r in range(3) for c in range(3)])
def test_one_missing_height_of_nine_is_enough(place: tuple[int, int]) -> None:
    heights = np.zeros((3, 3))
    heights[place] = np.nan
    across, up = gradient(heights, square(100.0))
    assert np.isnan(across).all()
    assert np.isnan(up).all()


def test_what_is_said_of_coarse_cells_names_their_size() -> None:
    said = flattening(9_250.4)
    assert said.startswith("cells of 9,250 m level out hills and valleys")
    assert f"{FLATTENED[30]:g}° at 30 m" in said
    assert f"{FLATTENED[9_000]:g}° at 9,000 m" in said


def test_the_side_of_a_cell_is_that_of_a_square_as_large() -> None:
    assert side_m(grid(cell=100)) == pytest.approx(100, rel=1e-4)
    wide = Grid(crs.WORK_CRS, LEFT, TOP, 400.0, 100.0, 3, 3)
    assert side_m(wide) == pytest.approx(200, rel=1e-4)


@pytest.mark.parametrize(
    ("cells", "known", "total", "least", "most"),
    [
        pytest.param([[1, 2], [3, -9999]], 3, 6, 1, 3, id="one without"),
        pytest.param([[-9999] * 2] * 2, 0, 0, math.inf, -math.inf, id="all without"),
        pytest.param([[-5]], 1, -5, -5, -5, id="one"),
    ],
)
def test_facts_of_a_tile(cells: Any, known: int, total: float, least: float, most: float) -> None:
    assert _met(np.array(cells, dtype="float32"), NODATA) == (known, total, least, most)


@pytest.mark.parametrize(
    ("marks", "title"),
    [
        pytest.param({}, "坡度", id="none"),
        pytest.param({"synthetic": True}, "坡度（合成数据 synthetic）", id="made up"),
        pytest.param({"indicative": True}, "坡度（示意）", id="drawn by us"),
    ],
)
def test_marks_of_titles(marks: dict[str, bool], title: str) -> None:
    assert titled("坡度", **marks) == title


@pytest.mark.parametrize(
    ("x", "y", "far"),
    [
        pytest.param(5, 0, 0, id="on it"),
        pytest.param(5, 3, 3, id="beside it"),
        pytest.param(-3, 4, 5, id="before its start"),
        pytest.param(13, 4, 5, id="behind its end"),
        pytest.param(0, 0, 0, id="at its start"),
        pytest.param(10, -2, 2, id="beside its end"),
    ],
)
def test_the_distance_to_a_segment(x: float, y: float, far: float) -> None:
    line = segments_of(np.array([shapely.LineString([(0, 0), (10, 0)])], dtype=object))
    assert line.distances(x, y).tolist() == pytest.approx([far])
    found, _ = nearest(np.array([[float(x)]]), np.array([[float(y)]]), segments=line)
    assert found.tolist() == [[pytest.approx(far)]]


def test_of_two_as_near_the_first_gives_the_place() -> None:
    ends = np.array([-1.0, 1.0])
    two = Segments(ends, np.zeros(2), ends, np.zeros(2))
    far, place = nearest(np.array([[0.0]]), np.array([[0.0]]), segments=two)
    assert (far.tolist(), place.tolist()) == ([[1]], [[-1]])


def test_some_segments_are_taken_in_order() -> None:
    numbers = np.arange(4.0)
    made = Segments(numbers, numbers, numbers + 1, numbers)
    assert made.taken(np.array([2, 0])).ax.tolist() == [2, 0]
    assert made.taken(numbers > 1).bx.tolist() == [3, 4]
    assert len(made.taken(numbers > 9)) == 0


def test_the_middle_of_a_block_reaches_its_corners() -> None:
    x, y = np.meshgrid(np.arange(5.0), np.arange(5.0))
    assert middle_of(x, y) == pytest.approx((2, 2, math.sqrt(8)))
    assert middle_of(x[:1, :1], y[:1, :1]) == (0, 0, 0)


def test_inside_of_a_polygon_distance_is_nought_and_in_its_hole_not() -> None:
    ring = shapely.box(LEFT, TOP - 500, LEFT + 500, TOP).difference(
        shapely.box(LEFT + 100, TOP - 400, LEFT + 400, TOP - 100)
    )
    found = distance_on(np.array([ring], dtype=object), grid(5, 5))
    assert (found[0] == 0).all()
    assert (found[:, 0] == 0).all()
    assert found[2, 2] == pytest.approx(150, rel=0.03)
    assert found[1, 1] == pytest.approx(50, rel=0.03)


def test_a_ring_as_a_line_has_no_inside() -> None:
    line = shapely.box(LEFT, TOP - 300, LEFT + 300, TOP).exterior
    found = distance_on(np.array([line], dtype=object), grid(3, 3))
    assert found[1, 1] == pytest.approx(150, rel=0.03)
    assert (found > 0).all()


def test_heights_of_shapes_are_left_out() -> None:
    flat, high = (shapely.Point(LEFT, TOP), shapely.Point(LEFT, TOP, 5_000))
    one, two = (distance_on(np.array([s], dtype=object), grid()) for s in (flat, high))
    assert np.array_equal(one, two)


def test_shapes_that_are_missing_or_empty_do_not_count() -> None:
    point = shapely.Point(LEFT, TOP)
    mixed = np.array([None, shapely.Polygon(), point, shapely.LineString()], dtype=object)
    alone = np.array([point], dtype=object)
    assert np.array_equal(distance_on(mixed, grid()), distance_on(alone, grid()))
    with pytest.raises(UsageError, match="no shape to take a distance to"):
        target_of(mixed[:2], grid())


def test_the_error_of_distances_grows_with_the_grid_and_never_falls() -> None:
    found = [error_of(grid(n, n, 10_000.0)) for n in (1, 10, 40, 80)]
    assert found == sorted(found)
    assert found[0] == found[1]
    assert found[3] == pytest.approx(found[2] * 16, rel=0.1)


@pytest.mark.parametrize(
    ("dtype", "nodata", "kept"),
    [
        pytest.param("uint8", 0, 0, id="bytes"),
        pytest.param("int16", -1, -1, id="below zero"),
        pytest.param("uint16", None, 65_535, id="none stated: the greatest"),
        pytest.param("int32", None, 2_147_483_647, id="none stated, of 32 bits"),
    ],
)
def test_classes_keep_their_type_on_another_grid(
    dtype: str, nodata: float | None, kept: float, tmp_path: Path, ready: Project
) -> None:
    values = np.full((4, 4), 3, dtype=dtype)
    values[:2] = 7
    source = look(write(tmp_path / "a.tif", values, nodata=nodata), kind="categorical")
    out = tmp_path / "out.tif"
    derive_grid(source, Wanted(cell_m=50), out=out, project=ready)
    found = look(out)
    assert (found.dtype, found.nodata) == (dtype, kept)
    assert set(read(found).compressed()) == {3, 7}


def test_amounts_that_are_the_mark_of_no_data_are_refused(tmp_path: Path, ready: Project) -> None:
    values = np.full((3, 3), -9999.0, dtype="float32")
    source = look(write(tmp_path / "a.tif", values, nodata=-5))
    with pytest.raises(DataError, match=r"-9999 would mean no data, but 9 cells .*--nodata"):
        derive_grid(source, Wanted(cell_m=100), out=tmp_path / "out.tif", project=ready)
    assert not (tmp_path / "out.tif").exists()


@pytest.mark.parametrize("km", [0.0, -1.0, math.nan])
def test_a_greatest_distance_is_above_nought(km: float, tmp_path: Path, ready: Project) -> None:
    wanted = Wanted("西山", 5_000)
    with pytest.raises(UsageError, match=r"--max-km .*: give a distance above 0"):
        derive_distance("长河", wanted, out=tmp_path / "a.tif", project=ready, max_km=km)
    assert not (tmp_path / "a.tif").exists()


def test_cells_beyond_the_greatest_distance_have_none(tmp_path: Path, ready: Project) -> None:
    out = tmp_path / "a.tif"
    made = derive_distance("长河", Wanted(cell_m=1_000), out=out, project=ready, max_km=2.2)
    found = read(look(out))
    assert made.facts.most <= 2_200
    assert made.facts.known == found.count() < found.size
    assert made.notes[-1] == "cells farther than 2.2 km have no value"
    assert "0 inside of polygons" in look(out).tags["GEOPLAN_METHOD"]


@pytest.mark.parametrize(
    ("what", "unit", "expected"),
    [
        pytest.param("slope", "deg", 45, id="degrees"),
        pytest.param("percent", "%", 100, id="percent"),
        pytest.param("aspect", "deg", 270, id="aspect"),
    ],
)
def test_a_ramp_to_the_east(what: Any, unit: str, expected: float, tmp_path: Path) -> None:
    dem = look(write(tmp_path / "dem.tif", numbered(3, 9)[:1].repeat(5, axis=0) * 100))
    made = derive_terrain(what, dem, out=tmp_path / "a.tif")
    found = read(look(tmp_path / "a.tif")).compressed()
    assert made.unit == unit
    assert len(found) == 3 * 7
    # In the plane's west its east is the true one to some degrees only, metres to two percent.
    assert found.tolist() == pytest.approx([expected] * len(found), rel=0.05)
    assert "states no unit of heights; metres are assumed" in " ".join(made.notes)


def test_level_ground_is_told_apart_from_slopes_of_nought(tmp_path: Path) -> None:
    dem = look(write(tmp_path / "dem.tif", np.full((4, 4), 7, dtype="int16")))
    slope = derive_terrain("slope", dem, out=tmp_path / "s.tif")
    aspect = derive_terrain("aspect", dem, out=tmp_path / "a.tif")
    assert (slope.facts.known, slope.facts.most) == (4, 0)
    assert aspect.facts.known == 0
    assert aspect.notes[-1] == "-1: level ground, or no data"


def saved(path: Path, kinds: list[object], *shapes: shapely.Geometry) -> str:
    """Return a file of shapes with a column ``class``."""
    frame = gpd.GeoDataFrame({"class": kinds}, geometry=list(shapes), crs=crs.WORK_CRS)
    frame.to_parquet(path)
    return str(path)


def test_classes_that_overlap_compete_and_shares_hold_both(tmp_path: Path, ready: Project) -> None:
    name = saved(tmp_path / "a.parquet", ["a", "b"], box(0, 0, 1, 1), box(0, 0, 2, 1))
    wanted = Wanted(cell_m=10_000)
    one = derive_classes(name, wanted, out=tmp_path / "c.tif", project=ready)
    two = derive_shares(name, wanted, out=tmp_path / "s.tif", project=ready)
    assert [a["exact_km2"] for a in one.areas] == pytest.approx([100, 200])
    assert [a["cells_km2"] for a in one.areas] == pytest.approx([100, 100])
    assert [a["exact_km2"] for a in two.areas] == pytest.approx([100, 200])
    assert read(look(tmp_path / "c.tif")).filled(0).tolist() == [[0, 0, 0], [1, 2, 0]]
    bands = [read(look(tmp_path / "s.tif", band=b)).tolist() for b in (1, 2)]
    assert bands == [[[0, 0, 0], [1, 0, 0]], [[0, 0, 0], [1, 1, 0]]]


def test_a_class_too_small_for_any_cell_keeps_its_exact_area(
    tmp_path: Path, ready: Project
) -> None:
    name = saved(tmp_path / "a.parquet", ["a"], box(0.1, 0.1, 0.5, 0.5))
    made = derive_classes(name, Wanted(cell_m=10_000), out=tmp_path / "c.tif", project=ready)
    (area,) = made.areas
    assert area["exact_km2"] == pytest.approx(16)
    assert area["cells_km2"] == 0
    assert made.facts.known == 0
