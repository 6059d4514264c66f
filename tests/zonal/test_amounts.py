"""Amounts of zones on rasters of a few cells, whose answers are mental arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rasterio
import shapely
from rasterio import Affine

from geoplan import crs, raster
from geoplan.errors import UsageError
from geoplan.zonal import Options, statistics
from geoplan.zonal.table import names_of
from tests.raster.grids import LEFT, TOP, WORK, grid, numbered, write
from tests.zonal.given import SERIAL, amounts_of, box, zones

WHOLE = box(0, 3, 4, 0)
"""All cells of three rows and four columns."""

CASES = [
    pytest.param(box(0, 1, 1, 0), 1, 0, 0, 0, id="the first cell"),
    pytest.param(box(3, 3, 4, 2), 1, 11, 11, 11, id="the last cell"),
    pytest.param(box(0, 1, 4, 0), 4, 1.5, 0, 3, id="a row"),
    pytest.param(box(1, 3, 2, 0), 3, 5, 1, 9, id="a column"),
    pytest.param(WHOLE, 12, 5.5, 0, 11, id="all"),
    pytest.param(box(0.5, 1, 1.5, 0), 1, 0.5, 0, 1, id="half of two in a row"),
    pytest.param(box(0, 1.5, 1, 0.5), 1, 2, 0, 4, id="half of two in a column"),
    pytest.param(box(0.5, 1.5, 1.5, 0.5), 1, 2.5, 0, 5, id="a quarter of four"),
    pytest.param(box(0, 1, 1.25, 0), 1.25, 0.2, 0, 1, id="one and a quarter"),
    pytest.param(box(2.25, 1.75, 2.75, 1.25), 0.25, 6, 6, 6, id="a part of one"),
    pytest.param(box(-5, 1, 1, 0), 1, 0, 0, 0, id="from the west"),
    pytest.param(box(3, 3, 9, 2), 1, 11, 11, 11, id="to the east"),
    pytest.param(box(0, 1, 1, -5), 1, 0, 0, 0, id="from the north"),
    pytest.param(box(3, 9, 4, 2), 1, 11, 11, 11, id="to the south"),
    pytest.param(box(-9, 9, 9, -9), 12, 5.5, 0, 11, id="more than all"),
]


@pytest.mark.parametrize(("shape", "cells", "mean", "least", "most"), CASES)
def test_parts_of_cells_are_weights(
    tmp_path: Path, shape: shapely.Geometry, cells: float, mean: float, least: float, most: float
) -> None:
    row = amounts_of(tmp_path, numbered(), shape).iloc[0]
    assert row["cells"] == pytest.approx(cells)
    assert row["mean"] == pytest.approx(mean)
    assert row["sum"] == pytest.approx(cells * mean)
    assert row["min"] == least
    assert row["max"] == most
    assert least <= row["q10"] <= row["median"] <= row["q90"] <= most


ODD = [
    pytest.param(box(0, 3, 4, 0) - box(1, 2, 3, 1), 10, 5.5, id="a hole"),
    pytest.param(shapely.union(box(0, 1, 1, 0), box(3, 3, 4, 2)), 2, 5.5, id="two parts"),
    pytest.param(shapely.union(box(0, 1, 1, 0), box(8, 9, 9, 8)), 1, 0, id="one part outside"),
    pytest.param(
        shapely.Polygon([(LEFT, TOP), (LEFT + 200, TOP), (LEFT, TOP - 200)]),
        2,
        (0 * 1 + 1 * 0.5 + 4 * 0.5) / 2,
        id="a triangle",
    ),
    pytest.param(shapely.MultiPolygon([box(1, 2, 2, 1)]), 1, 5, id="a multi-polygon of one"),
    pytest.param(shapely.force_3d(box(1, 2, 2, 1), 77.0), 1, 5, id="with heights"),
    pytest.param(shapely.reverse(box(1, 2, 2, 1)), 1, 5, id="turned the other way"),
]


@pytest.mark.parametrize(("shape", "cells", "mean"), ODD)
def test_shapes_of_any_form(
    tmp_path: Path, shape: shapely.Geometry, cells: float, mean: float
) -> None:
    row = amounts_of(tmp_path, numbered(), shape).iloc[0]
    assert row["cells"] == pytest.approx(cells, rel=1e-6)
    assert row["mean"] == pytest.approx(mean, rel=1e-6)
    assert row["area_km2"] == pytest.approx(shape.area / 1e6)


def test_stdev_is_that_of_all_values_by_weight(tmp_path: Path) -> None:
    values = np.array([[2, 4, 4, 4], [5, 5, 7, 9]], dtype="float32")
    row = amounts_of(tmp_path, values, box(0, 2, 4, 0)).iloc[0]
    assert row["mean"] == 5
    assert row["stdev"] == 2


def test_stdev_of_large_equal_values_is_nothing(tmp_path: Path) -> None:
    row = amounts_of(tmp_path, np.full((3, 4), 1e15), box(0.3, 2.9, 3.7, 0.1)).iloc[0]
    assert row["stdev"] == 0
    assert row["mean"] == row["min"] == row["max"] == 1e15


def test_stdev_keeps_its_digits_beside_a_large_mean(tmp_path: Path) -> None:
    values = np.array([[1e9, 1e9 + 1], [1e9, 1e9 + 1]])
    assert amounts_of(tmp_path, values, box(0, 2, 2, 0))["stdev"][0] == 0.5


TYPES = [
    pytest.param("uint8", id="uint8"),
    pytest.param("int8", id="int8"),
    pytest.param("uint16", id="uint16"),
    pytest.param("int16", id="int16"),
    pytest.param("uint32", id="uint32"),
    pytest.param("int32", id="int32"),
    pytest.param("uint64", id="uint64"),
    pytest.param("int64", id="int64"),
    pytest.param("float32", id="float32"),
    pytest.param("float64", id="float64"),
]


@pytest.mark.parametrize("dtype", TYPES)
def test_every_type_of_cells_gives_the_same_figures(tmp_path: Path, dtype: str) -> None:
    row = amounts_of(tmp_path, numbered(dtype=dtype), WHOLE, nodata=0).iloc[0]
    assert row["cells"] == 11
    assert row["mean"] == 6
    assert row["sum"] == 66
    assert row["min"] == 1
    assert row["median"] == 6
    assert row["q10"] == pytest.approx(2)
    assert row["q90"] == pytest.approx(10)
    assert row["share_nodata"] == pytest.approx(1 / 12)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "float32", "float64"])
def test_values_below_zero_are_in_order(tmp_path: Path, dtype: str) -> None:
    values = np.array([[-3, 2, -1], [0, 1, -2]], dtype=dtype)
    row = amounts_of(tmp_path, values, box(0, 2, 3, 0), nodata=None).iloc[0]
    assert row["min"] == -3
    assert row["max"] == 2
    assert row["median"] == -0.5
    assert row["mean"] == -0.5


def test_cells_of_one_bit_are_amounts(tmp_path: Path) -> None:
    values = np.array([[1, 0], [1, 1]], dtype="uint8")
    row = amounts_of(tmp_path, values, box(0, 2, 2, 0), nodata=None, nbits=1).iloc[0]
    assert row["mean"] == 0.75
    assert row["sum"] == 3
    assert row["median"] == 1


NOTHING = [
    pytest.param(np.nan, None, id="NaN and none stated"),
    pytest.param(np.nan, np.nan, id="NaN as stated"),
    pytest.param(np.nan, -9999, id="NaN beside another"),
    pytest.param(np.inf, None, id="infinity"),
    pytest.param(-np.inf, None, id="minus infinity"),
    pytest.param(-9999, -9999, id="as stated"),
    pytest.param(3.4e38, None, id="beyond any amount"),
    pytest.param(-3.4e38, 7, id="below any amount"),
]


@pytest.mark.parametrize(("value", "nodata"), NOTHING)
def test_what_is_no_data_never_counts(tmp_path: Path, value: float, nodata: float | None) -> None:
    values = np.array([[1, value], [value, 3]], dtype="float32")
    row = amounts_of(tmp_path, values, box(0, 2, 2, 0), nodata=nodata).iloc[0]
    assert row["cells"] == 2
    assert row["mean"] == 2
    assert row["min"] == 1
    assert row["max"] == 3
    assert row["sum"] == 4
    assert row["median"] == 2
    assert row["share_covered"] == 0.5
    assert row["share_nodata"] == 0.5


@pytest.mark.parametrize("dtype", ["int16", "float32", "uint64"])
def test_a_raster_without_any_data(tmp_path: Path, dtype: str) -> None:
    row = amounts_of(tmp_path, np.full((3, 4), 7, dtype), WHOLE, nodata=7).iloc[0]
    assert row["note"] == "the raster has no data here"
    assert row["share_covered"] == 0
    assert row["share_nodata"] == 1
    assert row["cells"] == 0
    assert row[["mean", "stdev", "min", "max", "sum", "q10", "median", "q90"]].isna().all()


def test_nothing_but_zones_outside(tmp_path: Path) -> None:
    table = amounts_of(tmp_path, numbered(), box(5, 1, 6, 0), box(-3, -1, -2, -2))
    assert table["note"].tolist() == ["lies outside of the raster"] * 2
    assert table["share_covered"].tolist() == [0, 0]
    assert table["share_nodata"].tolist() == [0, 0]
    assert table["area_km2"].tolist() == pytest.approx([0.01, 0.01])
    assert table["mean"].isna().all()


def test_what_is_made_up_says_so_in_every_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", numbered())
    with rasterio.open(path, "r+") as file:
        file.update_tags(GEOPLAN_SYNTHETIC="1")
    shapes = zones(box(0, 3, 4, 0), box(5, 1, 6, 0))
    table = statistics(raster.look(path), shapes, options=SERIAL)
    assert table["note"].tolist() == [
        "synthetic 合成数据",
        "synthetic 合成数据; lies outside of the raster",
    ]


def test_a_zone_beside_the_raster_only_touches_it(tmp_path: Path) -> None:
    row = amounts_of(tmp_path, numbered(), box(4, 3, 5, 0)).iloc[0]
    assert row["note"] == "lies outside of the raster"
    assert row["cells"] == 0


def test_no_zone_gives_no_row(tmp_path: Path) -> None:
    table = amounts_of(tmp_path, numbered())
    assert len(table) == 0
    assert table.attrs["zones"] == 0
    assert "median" in table


def test_notes_are_counted(tmp_path: Path) -> None:
    far, half = box(9, 9, 10, 8), box(2, 3, 6, 0)
    table = amounts_of(tmp_path, numbered(), far, half, far, WHOLE, None)
    assert table.attrs["zones"] == 5
    assert table.attrs["met"] == {
        "lies outside of the raster": 2,
        "lies partly outside of the raster": 1,
        "has no shape": 1,
    }


SIZES = [
    pytest.param(2.0, 2.0, "", id="four cells"),
    pytest.param(2.0, 1.9, "is smaller than 4 cells", id="a little less"),
    pytest.param(0.5, 0.5, "is smaller than 4 cells", id="a part of one"),
]


@pytest.mark.parametrize(("width", "height", "note"), SIZES)
def test_zones_of_few_cells_say_so(tmp_path: Path, width: float, height: float, note: str) -> None:
    table = amounts_of(tmp_path, numbered(), box(0.5, 0.5 + height, 0.5 + width, 0.5))
    assert table["note"][0] == note


def test_scale_and_offset_come_before_all_figures(tmp_path: Path) -> None:
    path = write(tmp_path / "s.tif", numbered(), nodata=0)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.5,), (10.0,)
    row = statistics(raster.look(path), zones(WHOLE), options=SERIAL).iloc[0]
    assert row["cells"] == 11
    assert row["mean"] == 13
    assert row["min"] == 10.5
    assert row["max"] == 15.5
    assert row["sum"] == 143
    assert row["median"] == 13
    assert row["stdev"] == pytest.approx(np.sqrt(10) / 2)


def test_rows_from_the_south_are_turned(tmp_path: Path) -> None:
    place = Affine(100, 0, LEFT, 0, 100, TOP - 300)
    table = amounts_of(tmp_path, numbered(), box(0, 1, 4, 0), box(0, 3, 4, 2), transform=place)
    assert table["mean"].tolist() == [9.5, 1.5]


def test_another_band_is_measured(tmp_path: Path) -> None:
    values = np.stack([numbered(), numbered() + 100])
    path = write(tmp_path / "b.tif", values)
    table = statistics(raster.look(path, band=2), zones(WHOLE), options=SERIAL)
    assert table["mean"][0] == 105.5


def test_a_mask_of_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "m.tif"
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
        rasterio.open(
            path,
            "w",
            driver="GTiff",
            count=1,
            dtype="int16",
            height=3,
            width=4,
            crs=WORK,
            transform=Affine(100, 0, LEFT, 0, -100, TOP),
        ) as file,
    ):
        file.write(numbered()[None])
        file.write_mask(numbered() >= 8)
    row = statistics(raster.look(path), zones(WHOLE), options=SERIAL).iloc[0]
    assert row["cells"] == 4
    assert row["mean"] == 9.5
    assert row["share_nodata"] == pytest.approx(2 / 3)


def tiles(folder: Path, *columns: int) -> Path:
    """Write columns of the numbered cells as tiles of their own."""
    folder.mkdir()
    for column in columns:
        place = Affine(100, 0, LEFT + column * 100, 0, -100, TOP)
        write(folder / f"{column}.tif", numbered()[:, [column]], transform=place)
    return folder


def test_a_folder_of_tiles_is_as_one_file(tmp_path: Path) -> None:
    folder = raster.look(tiles(tmp_path / "tiles", 0, 1, 2, 3))
    one = raster.look(write(tmp_path / "a.tif", numbered()))
    given = zones(WHOLE, box(0.5, 2.5, 3.5, 0.5), box(1, 1, 2, 0))
    found = statistics(folder, given, options=SERIAL)
    assert found.equals(statistics(one, given, options=SERIAL))


def test_where_a_folder_has_no_tile_there_is_no_data(tmp_path: Path) -> None:
    folder = raster.look(tiles(tmp_path / "tiles", 0, 1, 3))
    row = statistics(folder, zones(WHOLE), options=SERIAL).iloc[0]
    assert row["cells"] == 9
    assert row["share_covered"] == 0.75
    assert row["share_nodata"] == 0.25
    assert row["sum"] == 66 - (2 + 6 + 10)


def test_columns_of_zones_come_back_and_give_way(tmp_path: Path) -> None:
    given = zones(WHOLE)
    given.names["mean"] = ["a"]
    given.names["zone_mean"] = ["b"]
    source = raster.look(write(tmp_path / "a.tif", numbered()))
    table = statistics(source, given, options=SERIAL)
    assert table.columns.is_unique
    assert table["mean"][0] == 5.5
    assert table["zone_mean"][0] == "b"
    assert table["zone_zone_mean"][0] == "a"


QUANTILES = [
    pytest.param((0.0, 1.0), ["q0", "q100"], [0, 11], id="ends"),
    pytest.param((0.5,), ["median"], [5.5], id="the median"),
    pytest.param((0.25, 0.75), ["q25", "q75"], [2.75, 8.25], id="quarters"),
    pytest.param((0.9, 0.1), ["q90", "q10"], [9.9, 1.1], id="in the order given"),
    pytest.param((0.07,), ["q7"], [0.77], id="rounded name"),
    pytest.param((), [], [], id="none"),
]


@pytest.mark.parametrize(("wanted", "names", "values"), QUANTILES)
def test_quantiles_have_columns(
    tmp_path: Path, wanted: tuple[float, ...], names: list[str], values: list[float]
) -> None:
    source = raster.look(write(tmp_path / "a.tif", numbered()))
    table = statistics(source, zones(WHOLE), options=Options(wanted, "synchronous"))
    assert names_of(wanted) == names
    assert list(table.columns)[10:-1] == names
    assert table[names].to_numpy().ravel().tolist() == pytest.approx(values)


def test_quantiles_whose_columns_would_have_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="columns have one name"):
        Options((0.12345671, 0.12345672))


def test_the_system_of_the_raster_may_count_in_feet(tmp_path: Path) -> None:
    feet = crs.given("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80 +units=us-ft +type=crs")
    shape = grid().bounds
    west, south, east, north = crs.bounds_to_any(shape, source=crs.WORK_CRS, target=feet)
    size = max(east - west, north - south) / 10
    place = Affine(size, 0, west - 5 * size, 0, -size, north + 5 * size)
    values = np.full((20, 20), 3, dtype="int16")
    row = amounts_of(tmp_path, values, WHOLE, crs=feet.to_wkt(), transform=place).iloc[0]
    assert row["mean"] == 3
    assert row["share_covered"] == 1
    cell_m2 = (size * 1200 / 3937) ** 2
    assert row["cells"] * cell_m2 == pytest.approx(120_000, rel=1e-4)
