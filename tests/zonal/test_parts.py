"""Blocks, windows and groups: the parts that a run is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shapely

from geoplan import crs, raster
from geoplan.raster import Grid, Window
from geoplan.zonal import gather, plan, quantiles, statistics
from geoplan.zonal.block import BLOCK, SIDE, Block, Place, block_of, places, reference_m2
from geoplan.zonal.cover import covers
from geoplan.zonal.keys import key_of
from geoplan.zonal.measure import cells_of, classes, merged, moments
from geoplan.zonal.work import COUNTED, HERE, KEPT, Kept, Ranges, Task, everything, quantiles_of
from geoplan.zonal.zones import pieces_of
from tests.raster.grids import LEFT, TOP, grid, write
from tests.zonal.given import SERIAL, box, zones


def block(
    height: int, width: int, missing: float = 0.0, seed: int = 0
) -> tuple[Block, np.ma.MaskedArray]:
    """Return a block of noise, a part of it without data, and its cells."""
    rng = np.random.default_rng(seed)
    values = rng.integers(-50, 50, (height, width)).astype("int16")
    cells = np.ma.MaskedArray(values, rng.random(values.shape) < missing)
    made = grid(width, height)
    return block_of(made, Place(0, made.whole), cells=cells), cells


SHAPES = [
    pytest.param(1, 1, id="one cell"),
    pytest.param(SIDE, SIDE, id="one square"),
    pytest.param(SIDE + 1, SIDE, id="a row more"),
    pytest.param(SIDE, SIDE + 1, id="a column more"),
    pytest.param(70, 200, id="filled up"),
]


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_cells_are_found_again_in_squares(height: int, width: int) -> None:
    made, cells = block(height, width, 0.2)
    at = made.position(np.arange(height * width))
    assert len(np.unique(at)) == height * width
    assert made.known.ravel()[at].tolist() == (~np.ma.getmaskarray(cells)).ravel().tolist()
    assert made.flat[at].tolist() == cells.filled(0).ravel().tolist()
    assert made.known.sum() == cells.count()
    assert made.real.sum() == height * width


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_boxes_of_squares_are_the_block(height: int, width: int) -> None:
    made, _ = block(height, width)
    boxes = made.boxes.ravel()
    assert shapely.area(boxes) / 10_000 == pytest.approx(made.real)
    assert shapely.union_all(boxes).equals(shapely.box(*made.grid.bounds))


@pytest.mark.parametrize("missing", [0.0, 0.3, 1.0])
def test_moments_of_squares_are_those_of_their_cells(missing: float) -> None:
    made, cells = block(70, 130, missing)
    for row, col in ((0, 0), (0, 2), (1, 1)):
        part = cells[row * SIDE : row * SIDE + SIDE, col * SIDE : col * SIDE + SIDE]
        found = [each[row * 3 + col] for each in made.squares]
        known = part.compressed().astype("float64")
        assert found[0] == found[2] == known.size
        assert found[1] == found[3] == part.size
        assert found[4] == known.sum()
        assert found[5] == pytest.approx(known.mean() if known.size else 0)
        assert found[6] == pytest.approx(((known - known.mean()) ** 2).sum() if known.size else 0)
        assert found[7] == (known.min() if known.size else np.inf)
        assert found[8] == (known.max() if known.size else -np.inf)


def test_blocks_of_a_grid_are_numbered_row_by_row() -> None:
    made = places(grid(2 * BLOCK + 1, BLOCK + 1))
    assert [each.number for each in made] == [0, 1, 2, 3, 4, 5]
    assert made[2].window == Window(0, 2 * BLOCK, BLOCK, 1)
    assert made[3].window == Window(BLOCK, 0, 1, BLOCK)


def test_the_reference_is_the_cell_in_the_middle() -> None:
    made = Grid(crs.DATA_CRS, 110, 40, 1, 1, 3, 5)
    assert reference_m2(made) == np.ravel(raster.cell_areas_m2(made))[2]
    assert reference_m2(grid()) == 10_000


LARGE = [
    pytest.param(box(0, 300, 300, 0), id="all"),
    pytest.param(box(10.5, 290.25, 288.75, 3), id="not on edges"),
    pytest.param(box(0, 300, 300, 0) - box(100, 200, 200, 100), id="a hole"),
    pytest.param(shapely.Point(LEFT + 15_000, TOP - 15_000).buffer(14_000, 90), id="round"),
    pytest.param(shapely.union(box(0, 200, 100, 0), box(150, 300, 300, 100)), id="two parts"),
]


@pytest.mark.parametrize("shape", LARGE)
def test_squares_and_edges_are_the_parts_of_all_cells(shape: shapely.Geometry) -> None:
    made, _ = block(300, 300, 0.1)
    pieces = pieces_of(np.array([shape]), made.grid)
    (cover,) = covers(made, pieces)
    (whole,) = raster.fractions(made.grid, [shape])
    share = np.zeros(made.known.size)
    np.add.at(share, cover.at, cover.share)
    for square in cover.inner.tolist():
        share[square * SIDE**2 : (square + 1) * SIDE**2] += 1
    expected = np.zeros(made.known.size)
    expected[made.position(whole.cells)] = whole.share
    inside = np.zeros(made.known.size, dtype=bool)
    inside[made.position(np.arange(300 * 300))] = True
    assert len(cover.inner) > 0
    assert share[inside] == pytest.approx(expected[inside], abs=2e-6)


@pytest.mark.parametrize("shape", LARGE)
def test_moments_and_classes_and_cells_tell_the_same(shape: shapely.Geometry) -> None:
    made, _ = block(300, 300, 0.1)
    (cover,) = covers(made, pieces_of(np.array([shape]), made.grid))
    sums, parts = moments(made, cover), classes(made, cover)
    cells = cells_of(made, cover, wanted=np.array([True]))
    assert parts.cells.sum() == pytest.approx(sums.cells[0], rel=1e-12)
    assert (parts.value * parts.cells).sum() == pytest.approx(sums.value_cells[0], rel=1e-9)
    assert cells.weight.sum() == pytest.approx(sums.weight[0], rel=1e-12)
    x = made.flat[cells.at]
    assert np.average(x, weights=cells.weight) == pytest.approx(sums.mean[0], abs=1e-9)
    assert (x.min(), x.max()) == (sums.least[0], sums.most[0])
    assert (np.diff(parts.value) > 0).all()


def test_cells_of_zones_that_are_not_wanted_are_left_out() -> None:
    made, _ = block(20, 20)
    pieces = pieces_of(np.array([box(0, 5, 5, 0), box(2, 9, 9, 2)]), made.grid)
    (cover,) = covers(made, pieces)
    found = cells_of(made, cover, wanted=np.array([False, True]))
    assert np.unique(found.owner).tolist() == [1]
    assert len(found.at) == 49


def test_moments_merge_in_any_grouping() -> None:
    made, cells = block(64, 128, 0.2)
    rows = type(made.squares)(*(each[:2] for each in made.squares))
    one = merged(np.zeros(2, dtype="int64"), rows, count=1)
    known = cells.compressed().astype("float64")
    assert one.mean[0] == pytest.approx(known.mean(), rel=1e-12)
    assert one.spread[0] / one.weight[0] == pytest.approx(known.var(), rel=1e-12)
    assert one.cells[0] == known.size


def test_a_shape_that_lies_nowhere_has_no_piece() -> None:
    made = pieces_of(np.array([None, shapely.Polygon(), box(0, 1, 1, 0)], dtype=object), grid())
    assert made.owner.tolist() == [2]
    assert made.size.tolist() == [1]


def test_parts_of_a_zone_are_pieces_with_the_size_of_all() -> None:
    shape = shapely.union(box(0, 1, 1, 0), box(2, 3, 4, 1))
    made = pieces_of(np.array([box(0, 1, 1, 0), shape]), grid())
    assert made.owner.tolist() == [0, 1, 1]
    assert made.size.tolist() == [1, 5, 5]


SPANS = [
    pytest.param((0, 1, 1, 0), (0, 0, 0, 0), id="one block"),
    pytest.param((511, 513, 513, 511), (0, 1, 0, 1), id="around a corner"),
    pytest.param((600, 600, 700, 520), (1, 1, 1, 1), id="the last"),
    pytest.param((-9, 1, 1, -9), (0, 0, 0, 0), id="partly outside"),
    pytest.param((-9, 9999, 9999, -9), (0, 1, 0, 1), id="more than all"),
]


@pytest.mark.parametrize(("at", "expected"), SPANS)
def test_blocks_below_a_box(at: tuple[int, ...], expected: tuple[int, ...]) -> None:
    west, south, east, north = at
    bounds = np.array([box(west, south, east, north).bounds])
    found = plan.spans(grid(700, 600), bounds)
    assert tuple(int(each[0]) for each in found) == expected
    assert found.any.tolist() == [True]


@pytest.mark.parametrize("at", [(1100, 10, 1150, 0), (0, -5, 10, -9), (-20, 10, -5, 0)])
def test_no_block_below_a_box_outside(at: tuple[int, ...]) -> None:
    west, south, east, north = at
    bounds = np.array([box(west, south, east, north).bounds, [np.nan] * 4])
    assert plan.spans(grid(700, 600), bounds).any.tolist() == [False, False]


def test_quantiles_are_found_by_the_size_of_a_zone() -> None:
    shapes = [box(0, 500, 500, 0), box(500, 20, 520, 0), box(0, 600, 700, 0), box(900, 1, 901, 0)]
    found = plan.methods(grid(700, 600), shapely.bounds(np.array(shapes)))
    assert found.tolist() == [HERE, KEPT, COUNTED, HERE]


@pytest.mark.parametrize("memory", [1, 3_000_000, 1 << 40])
def test_windows_have_each_block_that_zones_touch_once(tmp_path: Path, memory: int) -> None:
    source = raster.look(write(tmp_path / "a.tif", np.ones((1100, 1600), "int16"), tiled=True))
    pieces = pieces_of(np.array([box(0, 600, 10, 0), box(1100, 100, 1590, 0)]), source.grid)
    made = plan.windows(source, pieces, memory=memory)
    numbers = [place.number for each in made for place in each.places]
    assert sorted(numbers) == [0, 2, 3, 4]
    assert len(set(numbers)) == len(numbers)
    for each in made:
        assert all(place.window.row >= each.window.row for place in each.places)
        assert all(place.window.col >= each.window.col for place in each.places)
        assert each.window.col + each.window.width <= 1600
        assert each.window.row + each.window.height <= 1100
    assert max(len(each.places) for each in made) == (1 if memory == 1 else 2)


def test_groups_of_tasks_end_where_results_fill_the_memory(tmp_path: Path) -> None:
    source = raster.look(write(tmp_path / "a.tif", np.ones((20, 2000), "int16")))
    pieces = pieces_of(np.array([box(500, 20, 1990, 0)]), source.grid)

    def grouped(memory: int) -> list[int]:
        made = plan.tasks(source, pieces, method=np.array([KEPT]), wanted=(0.5,), memory=1)
        cells = np.array([29_800])
        return [len(group) for group in plan.groups(made, cells, memory=memory)]

    assert grouped(1) == [1, 1, 1, 1]
    assert grouped(29_800 * 24) == [2, 2]
    assert grouped(1 << 40) == [4]


STORED: list[Any] = [
    pytest.param({"tiled": True, "blockxsize": 16, "blockysize": 16}, id="small tiles"),
    pytest.param({"tiled": True, "blockxsize": 1024, "blockysize": 1024}, id="large tiles"),
    pytest.param({"tiled": True, "blockxsize": 48, "blockysize": 80}, id="odd tiles"),
    pytest.param({"blockysize": 1}, id="rows"),
    pytest.param({"blockysize": 600, "compress": "deflate"}, id="one strip"),
]


@pytest.mark.parametrize("stored", STORED)
def test_how_a_file_is_stored_does_not_change_a_bit(tmp_path: Path, stored: dict[str, Any]) -> None:
    rng = np.random.default_rng(8)
    values = rng.normal(0, 9, (600, 530)).astype("float32")
    shapes = [box(3.3, 590.1, 520.7, 4.2), box(500, 20.5, 520, 0.1), box(1.2, 2, 3, 1.1)]
    plain = raster.look(write(tmp_path / "a.tif", values))
    other = raster.look(write(tmp_path / "b.tif", values, **stored))
    one = statistics(plain, zones(*shapes), options=SERIAL)
    assert statistics(other, zones(*shapes), options=SERIAL).equals(one)


def test_rows_of_tiles_as_files_do_not_change_a_bit(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    values = rng.normal(0, 9, (600, 530)).astype("float32")
    folder = tmp_path / "tiles"
    folder.mkdir()
    whole = grid(530, 600)
    for n, window in enumerate(whole.tiles(211)):
        part = whole.part(window)
        place = raster.cells.affine(part)
        write(folder / f"{n}.tif", values[window.slices], transform=place)
    shapes = zones(box(3.3, 590.1, 520.7, 4.2), box(200, 220.5, 220, 200.1))
    one = statistics(raster.look(write(tmp_path / "a.tif", values)), shapes, options=SERIAL)
    assert statistics(raster.look(folder), shapes, options=SERIAL).equals(one)


def counted(x: np.ndarray, wanted: tuple[float, ...], parts: int) -> tuple[np.ndarray, int]:
    """Return quantiles of one zone from counts in parts, and how many passes they took."""
    dtype = x.dtype
    made = gather.Quantiles(wanted, np.array([parts - 1]), dtype=dtype)
    pieces = np.array_split(x, parts)

    def counts(asked: Ranges) -> list[Any]:
        found = []
        for piece in pieces:
            key = key_of(piece)
            for row in range(len(asked.owner)):
                low, high = asked.low[row], asked.high[row]
                kept = key[(key >= low) & (key <= high)].astype("uint64")
                bins = (kept - low) >> np.uint64(asked.shift[row])
                runs = quantiles.runs(
                    np.full(len(bins), int(asked.number[row])),
                    bins,
                    weight=quantiles.steps(np.ones(len(bins))),
                )
                found.append(gather.Partial([], [], [], [], [runs]))
        return found

    made.add(counts(everything(np.array([0]), dtype)), done=parts)
    passes = 1
    while (sought := made.take()) is not None:
        made.counted(sought, counts(sought.ranges))
        passes += 1
    return made.values[0], passes


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("parts", [1, 5])
def test_counts_by_bins_find_the_quantiles_of_numpy(dtype: str, parts: int) -> None:
    rng = np.random.default_rng(11)
    x = (rng.normal(60, 20, 5_000)).clip(0, 255).astype(dtype)
    wanted = (0.0, 0.1, 0.5, 0.733, 1.0)
    found, passes = counted(x, wanted, parts)
    expected = np.quantile(x.astype("float64"), wanted)
    assert found == pytest.approx(expected, rel=1e-12)
    assert passes == (1 if x.dtype.itemsize <= 2 else 2)


def test_one_value_many_times_is_every_quantile() -> None:
    found, _ = counted(np.full(3_000, 2.5), (0.0, 0.5, 1.0), 3)
    assert found.tolist() == [2.5, 2.5, 2.5]


def test_two_values_far_apart_have_their_median_between() -> None:
    x = np.array([-1e30, 1e30], dtype="float64")
    assert counted(x, (0.5,), 1)[0].tolist() == [0]


def test_quantiles_of_kept_cells_do_not_depend_on_the_unit_of_weights() -> None:
    rng = np.random.default_rng(12)
    key, weight = key_of(rng.normal(0, 1, 50).astype("float32")), rng.random(50)
    owner = np.zeros(50, dtype="int64")
    one, other = (
        quantiles_of(Kept(owner, key, weight * unit), 1, wanted=(0.3,), dtype=np.dtype("float32"))
        for unit in (1.0, 8.0)
    )
    assert one.tolist() == other.tolist()


def test_a_task_goes_to_another_process(tmp_path: Path) -> None:
    import pickle

    source = raster.look(write(tmp_path / "a.tif", np.ones((3, 4), "int16")))
    pieces = pieces_of(np.array([box(0, 3, 4, 0)]), source.grid)
    (task,) = plan.tasks(source, pieces, method=np.array([HERE]), wanted=(0.5,), memory=1 << 20)
    back = pickle.loads(pickle.dumps(task))
    assert isinstance(back, Task)
    assert back.source == source
    assert back.window == task.window
