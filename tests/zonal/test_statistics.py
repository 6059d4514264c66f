"""Statistics of zones: as exactextract, as numpy, and the same bits however they are computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource

import geopandas as gpd
import shapely
import shapely.affinity
from rasterio import Affine

from geoplan import crs, raster
from geoplan.errors import UsageError
from geoplan.zonal import Options, Zones, gather, parsed, plan, run, statistics
from geoplan.zonal.work import COUNTED, HERE, KEPT
from tests.raster.grids import LEFT, TOP, write
from tests.zonal.given import SERIAL, box, zones

HEIGHT, WIDTH = 560, 1100
"""Cells of 100 m: two rows and three columns of blocks."""

OPS = ["count", "mean", "stdev", "min", "max", "sum"]
QUANTILES = ["quantile(q=0.1)", "median", "quantile(q=0.9)"]
COLUMNS = ["cells", "mean", "stdev", "min", "max", "sum", "q10", "median", "q90"]


def shapes_of(count: int, seed: int = 1) -> list[shapely.Geometry]:
    """Return polygons of 1 m to 40 km: some with holes, some of several parts."""
    rng = np.random.default_rng(seed)
    made = []
    for n in range(count):
        x, y = LEFT + rng.uniform(0, WIDTH * 100), TOP - rng.uniform(0, HEIGHT * 100)
        shape = shapely.Point(x, y).buffer(10 ** rng.uniform(0.3, 4.6), quad_segs=1 + n % 7)
        size = shape.length
        if n % 3 == 0:
            shape = shape.difference(shapely.Point(x + 2, y).buffer(size / 20))
        if n % 4 == 0:
            shape = shape.union(shapely.affinity.translate(shape, size / 2, size / 9))
        made.append(shape)
    return made


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> raster.Source:
    """Return amounts that have no order, 5 % of them without data."""
    rng = np.random.default_rng(0)
    values = rng.normal(1000, 300, (HEIGHT, WIDTH)).astype("float32")
    values[rng.random(values.shape) < 0.05] = -9999
    file = tmp_path_factory.mktemp("noise") / "noise.tif"
    return raster.look(write(file, values, nodata=-9999, tiled=True))


@pytest.fixture(scope="module")
def many() -> Zones:
    """Return zones of all sizes."""
    return zones(*shapes_of(120))


@pytest.fixture(scope="module")
def measured(noise: raster.Source, many: Zones) -> pd.DataFrame:
    """Return what those zones have of the noise."""
    return statistics(noise, many, options=SERIAL)


def of_exactextract(source: raster.Source, given: Zones, ops: list[str]) -> pd.DataFrame:
    """Return what exactextract says."""
    frame = gpd.GeoDataFrame(given.names, geometry=list(given.shapes), crs=crs.WORK_CRS)
    cells = raster.read(source)
    west, south, east, north = source.grid.bounds
    wkt = frame.crs.to_wkt()
    there = NumPyRasterSource(
        cells, west, south, east, north, nodata=source.nodata or None, srs_wkt=wkt
    )
    return exact_extract(there, frame, ops, output="pandas")


def test_figures_are_those_of_exactextract(
    noise: raster.Source, many: Zones, measured: pd.DataFrame
) -> None:
    kinds = plan.methods(noise.grid, shapely.bounds(many.shapes))
    assert set(kinds.tolist()) == {HERE, KEPT, COUNTED}
    theirs = of_exactextract(noise, many, OPS + QUANTILES).to_numpy()
    assert np.isfinite(measured[COLUMNS[:-3]].to_numpy()[measured["cells"] > 0]).all()
    there = measured["cells"].to_numpy() > 0
    ours = measured[COLUMNS].to_numpy()
    assert there.sum() > 110
    assert ours[there][:, :6] == pytest.approx(theirs[there][:, :6], rel=1e-6)
    # Theirs takes cells of equal value in any order: two in a million apart.
    assert ours[there][:, 6:] == pytest.approx(theirs[there][:, 6:], rel=2e-6)


def test_the_note_says_what_has_to_be_known(measured: pd.DataFrame) -> None:
    small = measured["area_km2"] < 0.04
    assert (
        measured["note"][small]
        .isin(["is smaller than 4 cells", "lies partly outside of the raster"])
        .any()
    )
    outside = measured["note"] == "lies partly outside of the raster"
    assert (measured["share_covered"] + measured["share_nodata"])[outside].max() < 1
    whole = measured["note"] == ""
    both = measured["share_covered"] + measured["share_nodata"]
    assert both[whole].to_numpy() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        Options(scheduler="synchronous", memory=1),
        Options(scheduler="synchronous", memory=2_000_000),
        Options(scheduler="threads", workers=3),
    ],
)
def test_who_computes_and_how_much_at_once_does_not_change_a_bit(
    noise: raster.Source, many: Zones, measured: pd.DataFrame, options: Options
) -> None:
    pd.testing.assert_frame_equal(
        statistics(noise, many, options=options), measured, check_exact=True
    )


def test_processes_and_the_order_of_zones_do_not_change_a_bit(
    noise: raster.Source, many: Zones, measured: pd.DataFrame
) -> None:
    order = np.random.default_rng(5).permutation(len(many.shapes))
    turned = Zones(many.names.iloc[order], many.shapes[order])
    made = statistics(noise, turned, options=Options(scheduler="processes", workers=2))
    back = made.sort_values("zone", ignore_index=True)
    pd.testing.assert_frame_equal(back, measured, check_exact=True)


def test_many_passes_find_the_same_quantiles(
    noise: raster.Source, many: Zones, measured: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Bins of 2**29 keys, then of 2**26 …: a dozen passes instead of two.
    monkeypatch.setattr(gather, "MOST_ROWS", 50)
    monkeypatch.setattr(gather, "BINS_BITS", 3)
    monkeypatch.setattr("geoplan.zonal.work.BINS_BITS", 3)
    pd.testing.assert_frame_equal(
        statistics(noise, many, options=SERIAL), measured, check_exact=True
    )


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float64"])
def test_on_aligned_cells_figures_are_those_of_numpy(tmp_path: Path, dtype: str) -> None:
    rng = np.random.default_rng(2)
    values = rng.integers(0, 120, (530, 700)).astype(dtype)
    values[40:60, 40:60] = 7
    source = raster.look(write(tmp_path / "a.tif", values, nodata=7))
    at = [(10, 10, 14, 12), (0, 0, 700, 530), (500, 500, 530, 520), (100, 3, 400, 520)]
    table = statistics(source, zones(*(box(w, s, e, n) for w, n, e, s in at)), options=SERIAL)
    for row, (west, north, east, south) in zip(table.to_dict("records"), at, strict=True):
        cells = values[north:south, west:east].astype("float64")
        known = cells[cells != 7]
        assert row["cells"] == known.size
        assert row["share_nodata"] == pytest.approx(1 - known.size / cells.size, abs=1e-12)
        assert (row["min"], row["max"], row["sum"]) == (known.min(), known.max(), known.sum())
        assert row["mean"] == pytest.approx(known.mean(), rel=1e-12)
        assert row["stdev"] == pytest.approx(known.std(), rel=1e-12)
        wanted = np.quantile(known, [0.1, 0.5, 0.9])
        assert [row["q10"], row["median"], row["q90"]] == pytest.approx(wanted, rel=1e-9)


def test_parts_of_a_partition_add_up_to_the_whole(noise: raster.Source) -> None:
    rng = np.random.default_rng(4)
    seeds = shapely.MultiPoint(rng.uniform((LEFT, TOP - 50_000), (LEFT + 90_000, TOP), (40, 2)))
    whole = shapely.box(LEFT + 1234, TOP - 43_210, LEFT + 87_654, TOP - 321)
    parts = [cell & whole for cell in shapely.voronoi_polygons(seeds, extend_to=whole).geoms]
    made = statistics(noise, zones(whole, *(p for p in parts if not p.is_empty)), options=SERIAL)
    for column in ("area_km2", "cells", "sum"):
        assert made[column][1:].sum() == pytest.approx(made[column][0], rel=1e-9)
    assert made["min"][1:].min() == made["min"][0]


def test_classes_and_their_areas(tmp_path: Path) -> None:
    values = np.array([[1, 1, 2, 0], [1, 1, 2, 2], [3, 3, 3, 3]], dtype="uint8")
    file = write(tmp_path / "classes.tif", values, nodata=0)
    source = raster.look(file, kind="categorical")
    table = statistics(
        source,
        zones(box(1, 2, 3, 0), box(2, 1, 4, 0), box(3, 1, 4, 0), box(9, 9, 10, 8)),
        options=SERIAL,
    )
    assert list(table.columns) == [
        *("zone", "class", "title", "area_km2", "share_of_zone", "cells"),
        *("zone_km2", "share_covered", "share_nodata", "note"),
    ]
    rows = table[["zone", "class", "area_km2", "share_of_zone", "share_covered"]]
    assert rows.astype(object).where(rows.notna(), None).to_numpy().tolist() == [
        [0, 1, 0.02, 0.5, 1.0],
        [0, 2, 0.02, 0.5, 1.0],
        [1, 2, 0.01, 0.5, 0.5],
        [2, None, 0.0, 0.0, 0.0],
        [3, None, 0.0, 0.0, 0.0],
    ]
    assert table["note"].tolist()[-2:] == [
        "the raster has no data here",
        "lies outside of the raster",
    ]


def test_large_classes_are_counted_by_squares(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    values = rng.integers(1, 40_000, (HEIGHT, 600)).astype("uint16")
    source = raster.look(write(tmp_path / "c.tif", values, nodata=0), kind="categorical")
    shape = shapely.Point(LEFT + 28_000, TOP - 28_000).buffer(25_000)
    made = statistics(source, zones(shape), options=SERIAL)
    theirs = of_exactextract(source, zones(shape), ["unique", "frac"]).iloc[0]
    order = np.argsort(theirs["unique"])
    assert made["class"].tolist() == theirs["unique"][order].tolist()
    assert made["share_of_zone"].to_numpy() == pytest.approx(theirs["frac"][order], rel=1e-5)
    assert made["area_km2"].sum() == pytest.approx(shape.area / 1e6, rel=1e-12)


def test_the_smallest_zones_are_not_lost(tmp_path: Path) -> None:
    values = np.arange(12, dtype="int16").reshape(3, 4)
    source = raster.look(write(tmp_path / "a.tif", values))
    tiny = [box(1.5, 1.5, 1.5 + d, 1.5 - d) for d in (1e-2, 1e-5, 1e-7)]
    table = statistics(source, zones(*tiny), options=SERIAL)
    assert table["mean"].tolist() == [5, 5, 5]
    assert table["share_covered"].tolist() == [1, 1, 1]
    assert table["note"].tolist() == ["is smaller than 4 cells"] * 3
    assert table["cells"].tolist() == pytest.approx([1e-4, 1e-10, 1e-14], rel=1e-2)


def test_zones_without_a_shape_or_outside_have_a_row(tmp_path: Path) -> None:
    source = raster.look(write(tmp_path / "a.tif", np.ones((3, 4), dtype="int16")))
    given = zones(None, shapely.Polygon(), box(50, 60, 60, 50), box(3, 3, 5, 0), box(0, 3, 4, 0))
    table = statistics(source, given, options=SERIAL)
    assert table["note"].tolist() == [
        *["has no shape"] * 2,
        *("lies outside of the raster", "lies partly outside of the raster", ""),
    ]
    assert table["share_covered"].tolist() == [0, 0, 0, 0.5, 1]
    assert table["cells"].tolist() == [0, 0, 0, 3, 12]
    assert table["mean"].isna().tolist() == [True, True, True, False, False]
    assert table.attrs["met"]["has no shape"] == 2


def test_zones_may_overlap_and_stand_twice(tmp_path: Path) -> None:
    source = raster.look(write(tmp_path / "a.tif", np.arange(12, dtype="int16").reshape(3, 4)))
    table = statistics(
        source, zones(box(0, 2, 2, 0), box(0, 2, 2, 0), box(1, 3, 3, 1)), options=SERIAL
    )
    assert table["sum"].tolist() == [10, 10, 30]


def degrees(tmp_path: Path, values: np.ndarray) -> raster.Source:
    """Return a raster with cells of 10 degrees from 20 to 50 north."""
    place = Affine(10, 0, 95, 0, -10, 50)
    return raster.look(
        write(tmp_path / "d.tif", values, crs="EPSG:4490", nodata=0, transform=place)
    )


def test_in_degrees_a_cell_counts_by_its_area(tmp_path: Path) -> None:
    source = degrees(tmp_path, np.array([[1, 1], [2, 2], [3, 3]], dtype="int16"))
    area = np.ravel(raster.cell_areas_m2(source.grid))
    whole = crs.data_to_work(np.array([shapely.segmentize(shapely.box(97, 20, 113, 50), 0.5)]))
    table = statistics(source, Zones(pd.DataFrame({"n": [0]}), whole), options=SERIAL)
    assert table["mean"][0] == pytest.approx((area * [1, 2, 3]).sum() / area.sum(), rel=1e-3)
    assert table["mean"][0] > 2.03  # 2 if cells were taken as equal
    assert table["sum"][0] == pytest.approx(1.6 * 6, rel=1e-3)
    assert table["cells"][0] == pytest.approx(4.8, rel=1e-3)


def test_classes_in_degrees_have_the_area_of_the_ellipsoid(tmp_path: Path) -> None:
    values = np.array([[1, 1], [2, 2], [3, 3]], dtype="uint8")
    source = degrees(tmp_path, values)
    source = raster.look(source.path, kind="categorical")
    whole = crs.data_to_work(np.array([shapely.segmentize(shapely.box(95, 20, 115, 50), 0.1)]))
    table = statistics(source, Zones(pd.DataFrame({"n": [0]}), whole), options=SERIAL)
    area = 2 * np.ravel(raster.cell_areas_m2(source.grid)) / 1e6
    assert table["area_km2"].to_numpy() == pytest.approx(area, rel=1e-3)
    assert table["area_km2"].sum() == pytest.approx(whole[0].area / 1e6, rel=1e-9)


@pytest.mark.parametrize("code", ["EPSG:4547", "EPSG:4490", "EPSG:3857"])
def test_zones_are_brought_to_the_system_of_the_raster(tmp_path: Path, code: str) -> None:
    system = crs.given(code)
    shape = shapely.Point(LEFT, TOP).buffer(30_000)
    west, south, east, north = crs.bounds_to_any(
        shape.buffer(9_000).bounds, source=crs.WORK_CRS, target=system
    )
    cell = (east - west) / 600
    place = Affine(cell, 0, west, 0, -cell, north)
    rows = round((north - south) / cell)
    ramp = np.tile(np.arange(600, dtype="float32"), (rows, 1))
    source = raster.look(write(tmp_path / "r.tif", ramp, crs=code, transform=place))
    table = statistics(source, zones(shape), options=SERIAL)
    assert table["share_covered"][0] == 1
    # The reading of the middle column, since the zone is round and the ramp even.
    at = crs.xy_to_any(np.array([LEFT]), np.array([TOP]), source=crs.WORK_CRS, target=system)[0]
    assert table["mean"][0] == pytest.approx((at[0] - west) / cell - 0.5, abs=0.6)
    reference = raster.cell_areas_m2(source.grid)
    covered = table["cells"][0] * float(np.mean(reference))
    assert covered == pytest.approx(shape.area, rel=3e-3)


def test_a_polygon_of_many_points_is_cut_along_blocks(noise: raster.Source) -> None:
    shape = shapely.Point(LEFT + 55_000, TOP - 28_000).buffer(27_000, quad_segs=2_000)
    assert shapely.get_num_coordinates(shape) > 4_096
    one = statistics(noise, zones(shape), options=SERIAL)
    theirs = of_exactextract(noise, zones(shape), OPS).to_numpy()
    assert one[COLUMNS[:6]].to_numpy() == pytest.approx(theirs, rel=1e-6)


def test_each_block_is_read_once(
    noise: raster.Source, many: Zones, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = np.zeros(noise.grid.shape, dtype=int)
    real = raster.read

    def reading(source: raster.Source, window: raster.Window) -> np.ma.MaskedArray:
        seen[window.slices] += 1
        return real(source, window)

    monkeypatch.setattr(raster, "read", reading)
    statistics(
        noise, many, options=Options(quantiles=(), scheduler="synchronous", memory=3_000_000)
    )
    assert seen.max() == 1


def test_where_there_is_no_zone_nothing_is_read(
    noise: raster.Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = plan.windows(
        noise, run.pieces_of(np.array([box(3, 5, 5, 3)]), noise.grid), memory=1 << 30
    )
    assert [each.window for each in windows] == [raster.Window(0, 0, 512, 512)]


def test_much_work_is_for_processes(noise: raster.Source, monkeypatch: pytest.MonkeyPatch) -> None:
    options = Options(scheduler=None, workers=2)
    few = statistics(noise, zones(box(1, 2, 2, 1)), options=options)
    assert few.attrs["scheduler"] == "threads"
    monkeypatch.setattr(run, "WORTH_S", 0.0)
    run_here = run.cluster.run
    monkeypatch.setattr(
        run.cluster, "run", lambda f, t, **_: run_here(f, t, scheduler="synchronous")
    )
    assert (
        statistics(noise, zones(box(1, 2, 2, 1)), options=options).attrs["scheduler"] == "processes"
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"quantiles": (1.5,)}, "quantile 1.5: allowed are 0 to 1"),
        ({"quantiles": (0.5, 0.5)}, "given twice"),
        ({"workers": 0}, "0 workers"),
        ({"memory": 0}, "0 bytes"),
        ({"scheduler": "fast"}, "allowed: threads"),
    ],
)
def test_options_that_cannot_be_are_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Options(**changed)  # type: ignore[arg-type]


def test_quantiles_are_read() -> None:
    assert parsed("0.1, 0.5") == (0.1, 0.5)
    assert parsed("") == ()
    for text in ("half", "nan"):
        with pytest.raises(UsageError, match="write numbers from 0 to 1"):
            parsed(text)
