"""Cells of a unit: quantiles by area, parts joined from tiles, values shortened for quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

import shapely

from geoplan import raster
from geoplan.overlay import cells as module
from geoplan.overlay.cells import BITS, Cells, gather
from tests.raster.grids import LEFT, TOP, write

PLAIN: dict[str, Any] = {"band": 1, "nodata": None, "assumed_crs": None}
AMOUNTS = PLAIN | {"raster_kind": "continuous"}
CLASSES = PLAIN | {"raster_kind": "categorical"}


def of(values: ArrayLike, areas: ArrayLike | None = None, *, coarse: bool = False) -> Cells:
    """Return whole cells of some values, of 1 m² each if no areas are given."""
    cells = np.asarray(values)
    size = np.ones(len(cells)) if areas is None else np.asarray(areas, dtype="float64")
    return module._gathered(cells, size, np.ones(len(cells)), coarse=coarse)


def box(west: float, north: float, east: float, south: float) -> shapely.Geometry:
    """Return a rectangle; its sides count in cells of 100 m from the grid's north-west."""
    return shapely.box(LEFT + 100 * west, TOP - 100 * south, LEFT + 100 * east, TOP - 100 * north)


def found(path: Path, *shapes: shapely.Geometry, row: Any = AMOUNTS) -> list[Cells | None]:
    """Return the cells of shapes in a raster."""
    return gather(path, row, outlines=np.array(shapes, dtype=object))


def one(path: Path, shape: shapely.Geometry, *, row: Any = AMOUNTS) -> Cells:
    """Return the cells of one shape that has some."""
    (made,) = found(path, shape, row=row)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        pytest.param([5], 0.0, 5, id="one cell, lowest"),
        pytest.param([5], 0.5, 5, id="one cell, middle"),
        pytest.param([5], 1.0, 5, id="one cell, highest"),
        pytest.param([0, 10], 0.0, 0, id="two cells, lowest"),
        pytest.param([0, 10], 0.25, 2.5, id="two cells, a quarter"),
        pytest.param([0, 10], 0.5, 5, id="two cells, middle"),
        pytest.param([10, 0], 0.5, 5, id="order does not matter"),
        pytest.param([0, 10], 1.0, 10, id="two cells, highest"),
        pytest.param([1, 2, 3], 0.5, 2, id="odd number"),
        pytest.param([1, 2, 3, 4], 0.5, 2.5, id="even number"),
        pytest.param([7, 7, 7, 7], 0.1, 7, id="all the same"),
        pytest.param([0, 0, 0, 9], 0.5, 0, id="most are the same"),
        pytest.param([0, 0, 0, 9], 0.9, 6.3, id="towards the other"),
        pytest.param([-3, -1], 0.5, -2, id="below zero"),
        pytest.param(list(range(11)), 0.1, 1, id="tenth of eleven"),
        pytest.param(list(range(11)), 0.9, 9, id="nine tenths of eleven"),
    ],
)
def test_quantiles_of_cells_of_one_size(
    values: Sequence[float], share: float, expected: float
) -> None:
    assert of(values).quantiles([share]) == pytest.approx([expected])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.75, 0.9, 1.0])
def test_quantiles_of_even_cells_are_those_of_numpy(share: float) -> None:
    values = np.random.default_rng(2).normal(0, 50, 37)
    assert of(values).quantiles([share])[0] == pytest.approx(np.quantile(values, share))


def test_quantiles_grow_with_their_share() -> None:
    rng = np.random.default_rng(4)
    made = of(rng.integers(0, 9, 60), rng.uniform(0.1, 3, 60))
    shares = np.linspace(0, 1, 41)
    steps = np.diff(made.quantiles(list(shares)))
    assert (steps >= 0).all()
    assert made.quantiles([0.0]) == [made.low]
    assert made.quantiles([1.0]) == [made.high]


def test_quantiles_do_not_depend_on_the_unit_of_area() -> None:
    made = of([1, 2, 5, 9], [1, 2, 3, 4])
    shares = [0.1, 0.5, 0.9]
    assert made.scaled(1e6).quantiles(shares) == pytest.approx(made.quantiles(shares))


def test_large_cells_pull_the_median() -> None:
    # Of cells of 1, 1 and 8 m²: the last stands at 8 * 2 + 2 * 2 = 20, half of all is at 10.
    made = of([0, 0, 10], [1, 1, 8])
    assert made.quantiles([0.5])[0] > of([0, 0, 10]).quantiles([0.5])[0]
    assert made.mean == pytest.approx(8)


def test_scaling_changes_areas_and_no_value() -> None:
    made, twice = of([1, 3], [2, 6]), of([1, 3], [2, 6]).scaled(2)
    assert twice.areas.tolist() == [4, 12]
    assert twice.least.tolist() == [4, 12]
    assert twice.most.tolist() == [4, 12]
    assert twice.counts.tolist() == made.counts.tolist()
    assert twice.mean == made.mean == 2.5
    assert (twice.low, twice.high) == (1, 3)


def test_equal_values_are_gathered() -> None:
    made = of([4, 1, 4, 4], [1, 5, 2, 3])
    assert made.distinct.tolist() == [1, 4]
    assert made.areas.tolist() == [5, 6]
    assert made.number.tolist() == [1, 3]
    assert made.least.tolist() == [5, 1]
    assert made.most.tolist() == [5, 3]
    assert made.mean == pytest.approx(29 / 11)


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5])
def test_parts_that_are_joined_are_the_whole(cut: int) -> None:
    values, areas = np.array([3, 1, 2, 3, 3, 1]), np.array([1.0, 2, 3, 4, 5, 6])
    whole = of(values, areas)
    made = module._joined([of(values[:cut], areas[:cut]), of(values[cut:], areas[cut:])])
    assert made is not None
    for name in ("distinct", "areas", "counts", "number", "least", "most"):
        assert getattr(made, name).tolist() == pytest.approx(getattr(whole, name).tolist())
    assert (made.low, made.high) == (1, 3)
    assert made.product == pytest.approx(whole.product)
    assert made.quantiles([0.3]) == pytest.approx(whole.quantiles([0.3]))


def test_a_part_alone_is_the_whole() -> None:
    alone = of([1])
    assert module._joined([alone]) is alone


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(0.0, id="zero"),
        pytest.param(1.0, id="one"),
        pytest.param(-1.0, id="minus one"),
        pytest.param(8_191.0, id="the largest whole of so many digits"),
        pytest.param(2.0**-30, id="small power"),
        pytest.param(-(2.0**40), id="large power"),
        pytest.param(0.375, id="few binary digits"),
    ],
)
def test_values_of_few_digits_are_not_shortened(value: float) -> None:
    assert module._shortened(np.array([value])).tolist() == [value]


@pytest.mark.parametrize("sign", [1, -1])
def test_others_keep_their_first_digits(sign: int) -> None:
    values = sign * np.random.default_rng(1).lognormal(0, 5, 500)
    off = module._shortened(values) / values - 1
    assert 0 < np.abs(off).max() <= 2.0**-BITS


def test_shortened_values_change_neither_mean_nor_ends() -> None:
    values = np.random.default_rng(9).normal(900, 1, 400)
    made, short = of(values), of(values, coarse=True)
    assert len(short.distinct) < len(made.distinct)
    assert short.mean == made.mean
    assert (short.low, short.high) == (made.low, made.high)
    assert int(short.number.sum()) == 400


@pytest.mark.parametrize(
    ("shape", "mean", "cells", "area_m2"),
    [
        pytest.param(box(0, 0, 1, 1), 0, 1, 10_000, id="a cell"),
        pytest.param(box(1, 1, 3, 2), 5.5, 2, 20_000, id="two cells"),
        pytest.param(box(0.5, 0, 1.5, 1), 0.5, 1, 10_000, id="halves of two"),
        pytest.param(box(0.75, 0, 1.75, 1), 0.75, 1, 10_000, id="a quarter and three"),
        pytest.param(box(0.4, 0.4, 0.6, 0.6), 0, 0.04, 400, id="within a cell"),
        pytest.param(box(0, 0, 4, 3), 5.5, 12, 120_000, id="all"),
        pytest.param(box(-2, 0, 1, 1), 0, 1, 10_000, id="beyond the west"),
        pytest.param(box(3, 2, 9, 9), 11, 1, 10_000, id="beyond the south-east"),
    ],
)
def test_a_shape_has_the_cells_under_it(
    shape: shapely.Geometry, mean: float, cells: float, area_m2: float, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.tif", np.arange(12, dtype="float32").reshape(3, 4))
    made = one(path, shape)
    assert made.mean == pytest.approx(mean, abs=1e-5)
    assert made.counts.sum() == pytest.approx(cells, abs=1e-5)
    assert made.areas.sum() == pytest.approx(area_m2, rel=1e-5)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(box(5, 0, 6, 1), id="to the east"),
        pytest.param(box(4, 0, 5, 1), id="touching an edge"),
        pytest.param(box(4, 3, 5, 4), id="touching a corner"),
        pytest.param(box(0, 0, 1, 1), id="on a cell without data"),
    ],
)
def test_where_no_cell_has_data_there_are_none(shape: shapely.Geometry, tmp_path: Path) -> None:
    values = np.arange(12, dtype="int16").reshape(3, 4)
    values[0, 0] = -1
    made = found(write(tmp_path / "a.tif", values), shape, box(1, 0, 2, 1))
    assert made[0] is None
    assert made[1] is not None
    assert made[1].mean == 1


def test_a_hole_and_two_parts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.arange(12, dtype="int16").reshape(3, 4))
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))  # all of nine but 5
    assert one(path, ring).mean == pytest.approx((45 - 5) / 8)
    parts = shapely.MultiPolygon([box(0, 0, 1, 1), box(3, 2, 4, 3)])
    assert one(path, parts).mean == pytest.approx(5.5)


def test_cells_without_data_are_no_part_of_the_area(tmp_path: Path) -> None:
    made = one(write(tmp_path / "a.tif", np.array([[-1, 4], [-1, 8]], "int16")), box(0, 0, 2, 2))
    assert made.areas.sum() == pytest.approx(20_000)
    assert made.mean == pytest.approx(6)
    assert (made.low, made.high) == (4, 8)


def test_classes_keep_their_numbers(tmp_path: Path) -> None:
    values = np.array([[1, 1, 200], [7, 200, 200]], dtype="uint8")
    path = write(tmp_path / "a.tif", values, nodata=None)
    made = one(path, box(0, 0, 3, 2), row=CLASSES)
    assert made.distinct.tolist() == [1, 7, 200]
    assert made.distinct.dtype.kind in "iu"
    assert made.counts.tolist() == pytest.approx([2, 1, 3])


def test_no_data_and_band_are_those_of_the_row(tmp_path: Path) -> None:
    bands = np.array([[[1, 2]], [[3, 9]]], dtype="int16")
    path = write(tmp_path / "a.tif", bands, nodata=None)
    shape = box(0, 0, 2, 1)
    assert one(path, shape).mean == pytest.approx(1.5)
    assert one(path, shape, row=AMOUNTS | {"band": 2}).mean == pytest.approx(6)
    assert one(path, shape, row=AMOUNTS | {"band": 2, "nodata": 9.0}).mean == pytest.approx(3)


def test_shapes_come_back_in_their_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.arange(12, dtype="int16").reshape(3, 4))
    shapes = [box(c, r, c + 1, r + 1) for r in (2, 0, 1) for c in (3, 0)]
    means = [made.mean for made in found(path, *shapes) if made]
    assert means == [11, 8, 3, 0, 7, 4]


def test_the_same_shape_twice_has_the_same_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.arange(12, dtype="int16").reshape(3, 4))
    first, second = found(path, box(0, 0, 2.5, 3), box(0, 0, 2.5, 3))
    assert first is not None
    assert second is not None
    assert first.mean == second.mean
    assert first.areas.tolist() == second.areas.tolist()


def test_a_part_that_rounding_leaves_is_no_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.tif", np.array([[1, 1000]], dtype="int16"))
    shape = box(0, 0, 1.01, 1)  # a hundredth of the second cell
    assert one(path, shape).high == 1000
    monkeypatch.setattr(module, "SLIVER", 0.02)
    assert one(path, shape).high == 1


def test_a_task_is_small_and_holds_what_touches_its_tile(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.zeros((3, 4), dtype="int16"))
    shapes = np.array([box(9, 9, 10, 10), box(0, 0, 1, 1), box(-3, 0, 2, 1)], dtype=object)
    (task,), inside = module._tasks(path, AMOUNTS, outlines=shapes)
    assert task.places == (1, 2)
    assert len(task.outlines) == 2
    assert inside.tolist() == pytest.approx([0, 1, 0.4])
    assert task.window == raster.Window(0, 0, 3, 4)
    assert not task.coarse


@pytest.mark.parametrize(
    ("dtype", "coarse"),
    [
        pytest.param("float32", True, id="real numbers"),
        pytest.param("int16", False, id="whole numbers have few values"),
    ],
)
def test_only_real_numbers_are_shortened(
    dtype: str, coarse: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_EXACT", 11)
    path = write(tmp_path / "a.tif", np.zeros((3, 4), dtype=dtype))
    ((task,), _) = module._tasks(path, AMOUNTS, outlines=np.array([box(0, 0, 4, 3)], dtype=object))
    assert task.coarse is coarse
