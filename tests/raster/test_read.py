"""Cells by window, tiles as one raster, and cells brought to another grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rasterio
from rasterio import Affine

from geoplan import crs
from geoplan.errors import DataError, UsageError
from geoplan.raster import Grid, Window, look, method_for, read, read_on, snapped
from tests.raster.grids import LEFT, TOP, grid, numbered, write


def plain(cells: np.ma.MaskedArray) -> list[list[float | None]]:
    """Return cells as lists, None where there is no data."""
    values: list[list[float | None]] = cells.tolist()
    return values


def test_a_window_is_read(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered()))
    assert source.grid == grid()
    assert plain(read(source, Window(1, 2, 2, 2))) == [[6, 7], [10, 11]]
    assert read(source).shape == (3, 4)


def test_rows_from_south_to_north_are_turned(tmp_path: Path) -> None:
    upside = Affine(100, 0, LEFT, 0, 100, TOP - 300)
    source = look(write(tmp_path / "a.tif", numbered()[::-1], transform=upside))
    assert source.grid == grid()
    assert any("south to north" in told for told in source.decisions)
    assert plain(read(source, Window(0, 1, 2, 2))) == [[1, 2], [5, 6]]


def test_no_data_is_what_the_file_says_and_what_is_no_number(tmp_path: Path) -> None:
    values = np.array([[1, -1, np.nan], [np.inf, -np.inf, 2]], dtype="float32")
    assert plain(read(look(write(tmp_path / "a.tif", values)))) == [
        [1, None, None],
        [None, None, 2],
    ]


def test_a_nodata_value_that_is_given_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", numbered(1, 3), nodata=None)
    assert any("states no nodata" in told for told in look(path).decisions)
    assert plain(read(look(path))) == [[0, 1, 2]]
    assert plain(read(look(path, nodata=1))) == [[0, None, 2]]


def test_a_mask_of_the_file_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", numbered(1, 3), nodata=None)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(np.array([[255, 0, 255]], dtype="uint8"))
    assert plain(read(look(path))) == [[0, None, 2]]


def test_scale_and_offset_are_applied(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", numbered(1, 3))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.5,), (10,)
    source = look(path)
    assert plain(read(source)) == [[10, 10.5, 11]]
    assert any("x 0.5 + 10" in told for told in source.decisions)


def quarters(folder: Path) -> Path:
    """Write numbered cells, 4 x 4, as four tiles of 2 x 2; the last one is missing."""
    folder.mkdir()
    values = numbered(4, 4)
    for name, row, col in (("a", 0, 0), ("b", 0, 2), ("c", 2, 0)):
        place = Affine(100, 0, LEFT + col * 100, 0, -100, TOP - row * 100)
        write(folder / f"{name}.tif", values[row : row + 2, col : col + 2], transform=place)
    return folder


def test_tiles_of_a_folder_are_one_raster(tmp_path: Path) -> None:
    source = look(quarters(tmp_path / "t"))
    assert source.grid == grid(4, 4)
    assert [path.name for path in source.files] == ["a.tif", "b.tif", "c.tif"]
    assert plain(read(source, Window(1, 1, 2, 3))) == [[5, 6, 7], [9, None, None]]


def test_the_first_by_name_holds_where_tiles_overlap(tmp_path: Path) -> None:
    folder = quarters(tmp_path / "t")
    write(folder / "z.tif", np.full((4, 4), 99, dtype="int16"))
    source = look(folder)
    assert any("3 pair(s) of tiles overlap" in told for told in source.decisions)
    assert plain(read(source, Window(1, 1, 2, 2))) == [[5, 6], [9, 99]]


def test_one_tile_that_is_made_up_makes_the_whole_so(tmp_path: Path) -> None:
    folder = quarters(tmp_path / "t")
    assert not look(folder).synthetic
    with rasterio.open(folder / "b.tif", "r+") as file:
        file.update_tags(GEOPLAN_SYNTHETIC="1")
    assert look(folder).synthetic


def test_tiles_that_do_not_fit_are_all_named(tmp_path: Path) -> None:
    folder = quarters(tmp_path / "t")
    write(folder / "d.tif", numbered(2, 2), transform=Affine(50, 0, LEFT, 0, -50, TOP))
    write(folder / "e.tif", numbered(2, 2), crs="EPSG:4547")
    write(folder / "f.tif", numbered(2, 2).astype("float32"))
    with pytest.raises(DataError, match=r"3 of 6 tiles do not fit a\.tif") as told:
        look(folder)
    for words in ("d.tif: cells of 50 x 50", "e.tif: is in EPSG:4547", "f.tif: dtype float32"):
        assert words in str(told.value)


def test_cells_that_are_the_same_are_read_as_they_are(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered()))
    shifted = Grid(crs.WORK_CRS, LEFT + 300, TOP - 200, 100, 100, 2, 2)
    assert plain(read_on(source, shifted)) == [[11, None], [None, None]]
    assert read_on(source, shifted).dtype == "int16"


def test_amounts_are_averaged_on_coarser_cells(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered(4, 4)))
    coarse = grid(2, 2, 200)
    assert method_for(source, coarse) == "average"
    assert plain(read_on(source, coarse)) == [[2.5, 4.5], [10.5, 12.5]]
    assert method_for(source, grid(8, 8, 50)) == "bilinear"


def test_classes_are_never_averaged(tmp_path: Path) -> None:
    values = np.array([[1, 1, 9, 9], [1, 9, 9, 9]], dtype="uint8")
    source = look(write(tmp_path / "a.tif", values, nodata=0), kind="categorical")
    assert plain(read_on(source, grid(2, 1, 200))) == [[1, 9]]
    assert method_for(source, grid(2, 1, 200)) == "mode"
    fine = read_on(source, grid(16, 8, 25))
    assert set(np.unique(fine.compressed())) == {1, 9}
    with pytest.raises(UsageError, match="a mean of classes is none"):
        read_on(source, grid(2, 1, 200), resampling="average")


def test_another_system_is_reached_with_the_value_in_its_place(tmp_path: Path) -> None:
    degrees = Affine(0.01, 0, 112, 0, -0.01, 38)
    lon = np.tile(112.005 + 0.01 * np.arange(60), (60, 1)).astype("float64")
    source = look(write(tmp_path / "a.tif", lon, crs="EPSG:4490", transform=degrees))
    x, y = crs.xy_to_work(np.array([112.3]), np.array([37.7]), source=crs.DATA_CRS)
    made = snapped((x[0] - 900, y[0] - 900, x[0] + 900, y[0] + 900), 100)
    found = read_on(source, made)
    px, py = np.meshgrid(*made.centres())
    expected, _ = crs.xy_to_any(px, py, source=crs.WORK_CRS, target=crs.DATA_CRS)
    assert np.abs(found - expected).max() < 1e-6


def test_large_sources_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).normal(size=(120, 90)).astype("float32")
    source = look(write(tmp_path / "a.tif", values))
    made = grid(9, 12, 1000)
    whole = read_on(source, made)
    monkeypatch.setattr("geoplan.raster.cells.MOST_CELLS", 400)
    assert np.allclose(read_on(source, made), whole, rtol=0, atol=1e-6)
    blocks = values.reshape(12, 10, 9, 10).mean(axis=(1, 3))
    assert np.allclose(whole, blocks, atol=1e-6)


def test_a_file_that_was_exchanged_is_noticed(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered()))
    write(tmp_path / "a.tif", numbered(5, 5))
    with pytest.raises(DataError, match="was changed while it was read"):
        read(source)
