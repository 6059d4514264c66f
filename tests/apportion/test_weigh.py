"""Sums of cells below parts: against numpy on aligned grids, in any tiles, with nodata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shapely
from rasterio import Affine

from geoplan import crs
from geoplan.apportion import weights as module
from geoplan.apportion.weights import Ask, Weighed, weigh, weights_of
from geoplan.errors import DataError, UsageError
from geoplan.raster import look
from tests.raster import grids
from tests.raster.grids import LEFT, TOP

HA = 10_000
"""A cell of 100 m, in m²."""

NUMBERS = np.arange(12, dtype="float64").reshape(3, 4)


def square(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a box in degrees; its sides count in cells from the lower left of 4 x 3 cells."""
    bottom = TOP - 300
    edges = shapely.box(
        LEFT + 100 * west, bottom + 100 * south, LEFT + 100 * east, bottom + 100 * north
    )
    return crs.work_to_data(np.array([edges]))[0]


ALL = square(0, 0, 4, 3)


def source_of(folder: Path, values: np.ndarray = NUMBERS, **more: Any) -> Path:
    """Write values as a raster with cells of 100 m."""
    return grids.write(folder / "w.tif", values, **more)


def sums(path: Path, *shapes: shapely.Geometry, **how: Any) -> list[Weighed]:
    """Return the sums of shapes, each a part of one county."""
    ask = Ask(look(path), **how)
    return weigh(ask, {"1": [[shape] for shape in shapes]}, scheduler="synchronous")["1"]


@pytest.mark.parametrize(
    ("shape", "weight", "cells"),
    [
        pytest.param(ALL, 66, 12, id="all cells"),
        pytest.param(square(0, 0, 1, 1), 8, 1, id="the lower left cell"),
        pytest.param(square(3, 2, 4, 3), 3, 1, id="the upper right cell"),
        pytest.param(square(0, 1, 4, 2), 4 + 5 + 6 + 7, 4, id="a row"),
        pytest.param(square(1, 0, 2, 3), 1 + 5 + 9, 3, id="a column"),
        pytest.param(square(0.5, 0, 1.5, 1), 0.5 * 8 + 0.5 * 9, 1, id="halves of two"),
        pytest.param(square(0.5, 0.5, 1.5, 1.5), (4 + 5 + 8 + 9) / 4, 1, id="quarters of four"),
        pytest.param(square(1.25, 1.25, 1.75, 1.75), 5 / 4, 0.25, id="within one cell"),
        pytest.param(square(-1, 0, 1, 1), 8, 1, id="half beyond the edge"),
        pytest.param(square(-5, -5, 9, 9), 66, 12, id="around all"),
        pytest.param(square(4, 0, 5, 3), 0, 0, id="a neighbour of the grid"),
        pytest.param(square(9, 9, 10, 10), 0, 0, id="far away"),
    ],
)
def test_sums_are_mental_arithmetic(
    tmp_path: Path, shape: shapely.Geometry, weight: float, cells: float
) -> None:
    (found,) = sums(source_of(tmp_path), shape)
    assert found.weight == pytest.approx(weight, abs=1e-4)
    assert found.known_m2 == pytest.approx(cells * HA, abs=0.1)


def test_parts_keep_their_order_and_add_up_to_the_whole(tmp_path: Path) -> None:
    cuts = [square(0, 0, 1.3, 3), square(1.3, 0, 2.9, 1.1), square(1.3, 1.1, 2.9, 3)]
    found = sums(source_of(tmp_path), *cuts, square(2.9, 0, 4, 3), ALL)
    assert sum(each.weight for each in found[:4]) == pytest.approx(66, abs=1e-3)
    assert found[4].weight == pytest.approx(66, abs=1e-4)
    assert found[0].weight == pytest.approx((0 + 4 + 8) + 0.3 * (1 + 5 + 9), abs=1e-3)


def test_shapes_of_one_part_are_added(tmp_path: Path) -> None:
    both = [[square(0, 0, 1, 1), square(3, 2, 4, 3)]]
    ask = Ask(look(source_of(tmp_path)))
    found = weigh(ask, {"1": both}, scheduler="synchronous")["1"]
    assert found[0].weight == pytest.approx(8 + 3, abs=1e-4)


@pytest.mark.parametrize("tile", [1, 2, 3, 5])
def test_any_tile_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tile: int
) -> None:
    shapes = [ALL, square(0.3, 0.4, 3.7, 2.2)]
    one = sums(source_of(tmp_path), *shapes)
    monkeypatch.setattr(module, "TILE", tile)
    many = sums(source_of(tmp_path), *shapes)
    assert [each.weight for each in many] == pytest.approx([each.weight for each in one], 1e-6)
    assert [each.known_m2 for each in many] == pytest.approx([e.known_m2 for e in one], 1e-6)


@pytest.mark.parametrize(
    ("first", "count", "steps"),
    [
        pytest.param(0, 4, [(0, 4)], id="one step"),
        pytest.param(0, 10, [(0, 10)], id="a whole tile"),
        pytest.param(0, 11, [(0, 10), (10, 1)], id="one more"),
        pytest.param(9, 2, [(9, 1), (10, 1)], id="across an edge"),
        pytest.param(10, 10, [(10, 10)], id="from an edge"),
        pytest.param(7, 25, [(7, 3), (10, 10), (20, 10), (30, 2)], id="several"),
    ],
)
def test_steps_are_cut_at_multiples(
    monkeypatch: pytest.MonkeyPatch, first: int, count: int, *, steps: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(module, "TILE", 10)
    assert module._steps(first, count) == steps


@pytest.mark.parametrize(
    ("values", "more", "weight", "cells"),
    [
        pytest.param(np.where(NUMBERS < 6, -1, NUMBERS), {}, 51, 6, id="nodata below nought"),
        pytest.param(np.where(NUMBERS < 6, np.nan, NUMBERS), {}, 51, 6, id="no number"),
        pytest.param(np.where(NUMBERS < 6, np.inf, NUMBERS), {}, 51, 6, id="infinite"),
        pytest.param(np.zeros((3, 4)), {}, 0, 12, id="noughts are known"),
        pytest.param(np.full((3, 4), -1.0), {}, 0, 0, id="nothing is known"),
        pytest.param(NUMBERS.astype("uint8"), {"nodata": 0}, 66, 11, id="nought is nodata"),
        pytest.param(NUMBERS.astype("int64"), {}, 66, 12, id="whole numbers"),
        pytest.param(NUMBERS.astype("float32"), {}, 66, 12, id="short floats"),
        pytest.param(np.full((3, 4), 200, "uint8"), {"nodata": None}, 2400, 12, id="bytes"),
    ],
)
def test_cells_without_data_count_nothing(
    tmp_path: Path, values: np.ndarray, more: dict[str, Any], *, weight: float, cells: int
) -> None:
    (found,) = sums(source_of(tmp_path, values, **more), ALL)
    assert found.weight == pytest.approx(weight, abs=1e-3)
    assert found.known_m2 == pytest.approx(cells * HA, abs=0.1)


def test_densities_count_with_the_area_of_cells(tmp_path: Path) -> None:
    path = source_of(tmp_path)
    (found,) = sums(path, square(0.5, 0, 1.5, 1), density=True)
    assert found.weight == pytest.approx((0.5 * 8 + 0.5 * 9) * HA, rel=1e-5)
    (amounts,) = sums(path, square(0.5, 0, 1.5, 1))
    assert found.weight == pytest.approx(amounts.weight * HA, rel=1e-6)


def test_areas_of_cells_in_degrees_are_those_on_the_ground(tmp_path: Path) -> None:
    # Each cell is 0.01 degrees wide; one in the north is smaller than one in the south.
    place = Affine(0.01, 0, 112, 0, -1, 38)
    path = source_of(tmp_path, np.ones((3, 1)), transform=place, crs="EPSG:4490")
    north, south = (shapely.box(112, at, 112.01, at + 1) for at in (37, 35))
    upper, lower = sums(path, north, south, density=True)
    assert upper.weight == pytest.approx(crs.data_to_work(np.array([north]))[0].area, rel=2e-3)
    assert upper.weight < lower.weight
    assert upper.weight / lower.weight == pytest.approx(
        np.cos(np.radians(37.5)) / np.cos(np.radians(35.5)), rel=1e-3
    )


@pytest.mark.parametrize("code", ["EPSG:4547", "EPSG:32649", "EPSG:3857", "EPSG:4326"])
def test_rasters_in_other_systems(tmp_path: Path, code: str) -> None:
    system = crs.given(code)
    west, south, east, north = crs.bounds_to_any(
        (LEFT, TOP - 300, LEFT + 400, TOP), source=crs.WORK_CRS, target=system
    )
    place = Affine((east - west) / 8, 0, west, 0, (south - north) / 6, north)
    path = source_of(tmp_path, np.full((6, 8), 2.0), transform=place, crs=code)
    whole, half = sums(path, ALL, square(0, 0, 2, 3))
    assert half.weight / whole.weight == pytest.approx(0.5, abs=1e-3)
    assert whole.known_m2 == pytest.approx(12 * HA, rel=2e-3)


def test_a_system_in_which_the_units_have_no_place_gives_nothing(tmp_path: Path) -> None:
    south_pole = "+proj=ortho +lat_0=-90 +lon_0=0 +ellps=WGS84"
    path = source_of(tmp_path, crs=south_pole, transform=Affine(100, 0, 0, 0, -100, 0))
    assert sums(path, ALL) == [Weighed(0, 0)]


def test_classes_count_with_their_weights_and_areas(tmp_path: Path) -> None:
    kinds = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 3, 3]], "uint8")
    path = source_of(tmp_path, kinds, nodata=None)
    ask = Ask(look(path, kind="categorical"), by_class={1: 0.0, 2: 1.0, 3: 0.5})
    parts = {"1": [[square(0, 1, 4, 3)], [square(0, 0, 4, 1)], [ALL]]}
    found = weigh(ask, parts, scheduler="synchronous")["1"]
    assert [each.weight for each in found] == pytest.approx([4 * HA, 2 * HA, 6 * HA], rel=1e-5)
    assert [each.known_m2 for each in found] == pytest.approx([8 * HA, 4 * HA, 12 * HA], 1e-5)


def test_every_class_without_a_weight_is_named(tmp_path: Path) -> None:
    kinds = np.arange(12, dtype="uint8").reshape(3, 4)
    path = source_of(tmp_path, kinds, nodata=11)
    ask = Ask(look(path, kind="categorical"), by_class=dict.fromkeys(range(9), 1.0))
    with pytest.raises(UsageError, match=r"2 class\(es\) in the units have no weight: 9, 10; give"):
        weigh(ask, {"1": [[ALL]]}, scheduler="synchronous")
    inside = {"1": [[square(0, 1, 4, 3)]]}
    assert weigh(ask, inside, scheduler="synchronous")["1"][0].weight == pytest.approx(8 * HA)


@pytest.mark.parametrize(
    ("shapes", "told"),
    [
        pytest.param({"1": [ALL]}, r"2 cell\(s\) in 1 are below 0", id="one unit"),
        pytest.param(
            {"1": [square(0, 0, 1.5, 3)], "2": [square(1.5, 0, 4, 3)]},
            r"2 cell\(s\) in 1, 2 are below 0",
            id="a cell on the border of two is one cell",
        ),
        pytest.param(
            {"1": [square(0, 0, 1.5, 3), square(1.5, 0, 4, 3)]},
            r"2 cell\(s\) in 1 are below 0",
            id="and so it is between two parts of one",
        ),
        pytest.param(
            {"1": [square(0, 0, 1, 3)], "2": [square(2, 0, 4, 3)]},
            r"1 cell\(s\) in 2 are below 0",
            id="only cells of units",
        ),
    ],
)
@pytest.mark.parametrize("tile", [2, 512])
def test_cells_below_nought_are_counted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    shapes: dict[str, list[shapely.Geometry]],
    told: str,
    tile: int,
) -> None:
    values = NUMBERS.copy()
    values[1, 1] = values[2, 3] = -5
    monkeypatch.setattr(module, "TILE", tile)
    ask = Ask(look(source_of(tmp_path, values)))
    parts = {code: [[shape] for shape in every] for code, every in shapes.items()}
    with pytest.raises(DataError, match=told):
        weigh(ask, parts, scheduler="synchronous")


def test_only_five_units_are_named(tmp_path: Path) -> None:
    ask = Ask(look(source_of(tmp_path, np.full((3, 4), -5.0))))
    parts = {str(n): [[ALL]] for n in range(6)}
    with pytest.raises(DataError, match=r"12 cell\(s\) in 0, 1, 2, 3, 4 … are below 0"):
        weigh(ask, parts, scheduler="synchronous")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("--5=1", "write CLASS=WEIGHT", id="two signs"),
        pytest.param("-=1", "write CLASS=WEIGHT", id="a sign alone"),
        pytest.param("=1", "write CLASS=WEIGHT", id="no class"),
        pytest.param("1.5=1", "write CLASS=WEIGHT", id="a class with decimals"),
        pytest.param("1=", "'' is no number", id="no weight"),
        pytest.param("1=nan", "'nan' is no number", id="no number"),
        pytest.param("1=inf", "'inf' is no number", id="infinite"),
        pytest.param("1=2=3", "'2=3' is no number", id="two weights"),
        pytest.param("1=1,1=2", "class 1 stands there twice", id="twice"),
        pytest.param("1=1,01=2", "class 01 stands there twice", id="twice, spelt otherwise"),
        pytest.param(" , ,", "no class has a weight above 0", id="commas alone"),
    ],
)
def test_weights_that_are_none(tmp_path: Path, text: str, told: str) -> None:
    source = look(source_of(tmp_path, NUMBERS.astype("uint8"), nodata=None))
    with pytest.raises(UsageError, match=told):
        weights_of(text, source)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        pytest.param("1=1", {1: 1.0}, id="one"),
        pytest.param("-3=1", {-3: 1.0}, id="a class below nought"),
        pytest.param("1=0, 2 = 1e2 ,", {1: 0.0, 2: 100.0}, id="spaces and a comma behind"),
        pytest.param("1=0.5，2=1", {1: 0.5, 2: 1.0}, id="a wide comma"),
    ],
)
def test_weights_of_numbers(tmp_path: Path, text: str, made: dict[int, float]) -> None:
    source = look(source_of(tmp_path, NUMBERS.astype("uint8"), nodata=None))
    assert weights_of(text, source) == made
