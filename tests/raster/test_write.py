"""What is written can be read again, has overviews, and is whole or not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rasterio

from geoplan.errors import StageError, UsageError
from geoplan.raster import About, Class, Grid, Window, look, read, write_cog
from tests.raster.grids import grid, numbered

LEGEND = (Class(0, "不适宜", "#999999"), Class(1, "适宜 <b>", "#00aa00"))


def blocks(made: Grid, size: int = 1024) -> Iterator[tuple[Window, np.ndarray]]:
    """Yield cells numbered over the whole grid, as float32."""
    values = numbered(made.height, made.width, "float32")
    for window in made.tiles(size):
        yield window, values[window.slices]


def test_amounts_come_back(tmp_path: Path) -> None:
    path, made = tmp_path / "a.tif", grid(1100, 700)
    about = About(titles=("得分",), unit="m", tags={"model": "风电"})
    write_cog(path, made, blocks=blocks(made), dtype="float32", nodata=-9999, about=about)
    source = look(path)
    assert (source.grid, source.unit, source.tags["model"]) == (made, "m", "风电")
    assert np.array_equal(read(source), numbered(700, 1100, "float32"))
    with rasterio.open(path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1) == [2, 4]
        assert file.descriptions == ("得分",)
    assert [found.name for found in tmp_path.iterdir()] == ["a.tif"]


def test_classes_keep_colours_and_titles_and_are_not_averaged(tmp_path: Path) -> None:
    path, made = tmp_path / "a.tif", grid(1200, 600)
    cells = np.zeros((600, 1200), dtype="uint8")
    cells[:, ::2] = 1
    cells[0] = 255
    write_cog(
        path,
        made,
        blocks=[(made.whole, cells)],
        dtype="uint8",
        nodata=255,
        about=About(legend=LEGEND),
    )
    source = look(path)
    assert (source.kind, source.legend) == ("categorical", LEGEND)
    assert any("taken as amounts" in told for told in look(path, kind="continuous").decisions)
    with rasterio.open(path, overview_level=0) as file:
        assert set(np.unique(file.read(1))) <= {0, 1, 255}


def test_cells_of_no_window_have_no_data(tmp_path: Path) -> None:
    made = grid()
    write_cog(
        tmp_path / "a.tif",
        made,
        blocks=[(Window(0, 0, 1, 2), np.array([[7, 8]], dtype="int16"))],
        dtype="int16",
        nodata=-1,
    )
    assert read(look(tmp_path / "a.tif")).tolist() == [[7, 8, None, None], [None] * 4, [None] * 4]


def test_bands_have_titles(tmp_path: Path) -> None:
    made = grid()
    cells = np.stack([numbered(), numbered() + 100])
    write_cog(
        tmp_path / "a.tif",
        made,
        blocks=[(made.whole, cells)],
        dtype="int16",
        nodata=-1,
        about=About(titles=("林地", "草地")),
    )
    with rasterio.open(tmp_path / "a.tif") as file:
        assert file.descriptions == ("林地", "草地")
    assert read(look(tmp_path / "a.tif", band=2), Window(0, 0, 1, 2)).tolist() == [[100, 101]]


def test_the_same_input_gives_the_same_bytes_however_it_is_cut(tmp_path: Path) -> None:
    made = grid(1100, 700)
    for name, size in (("a", 1024), ("b", 512)):
        write_cog(
            tmp_path / f"{name}.tif", made, blocks=blocks(made, size), dtype="float32", nodata=-1
        )
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()


def test_what_fails_on_the_way_leaves_the_old_file(tmp_path: Path) -> None:
    path, made = tmp_path / "a.tif", grid()
    path.write_bytes(b"old")

    def failing() -> Iterator[tuple[Window, np.ndarray]]:
        yield made.whole, numbered()
        raise OSError("no space left")

    with pytest.raises(StageError, match=r"a\.tif: cannot be written: no space left"):
        write_cog(path, made, blocks=failing(), dtype="int16", nodata=-1)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.tif"]


@pytest.mark.parametrize(
    ("name", "words"), [("a.png", "end the name in .tif"), ("no/a.tif", "there is no folder")]
)
def test_wrong_targets_are_told_before_work(tmp_path: Path, name: str, words: str) -> None:
    def never() -> Iterator[tuple[Window, np.ndarray]]:
        raise AssertionError("work was begun")
        yield

    with pytest.raises(UsageError, match=words):
        write_cog(tmp_path / name, grid(), blocks=never(), dtype="int16", nodata=-1)
