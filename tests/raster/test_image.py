"""Images of rasters: what is shown, where, and how large it is."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from geoplan import crs
from geoplan.errors import UsageError
from geoplan.raster import look, picture, png
from tests.raster.grids import grid, numbered, write

RED, GREEN, BLUE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)
COLOURS = ("#ff0000", "#00ff00", "#0000ff")
EVERYWHERE = (-1e9, -1e9, 1e9, 1e9)


def pixels(content: bytes) -> np.ndarray:
    """Return red, green, blue and alpha of every pixel."""
    return np.asarray(Image.open(BytesIO(content)).convert("RGBA"))


def test_png_has_a_palette_and_holes() -> None:
    found = pixels(png(np.array([[0, 1], [2, 3]], dtype="uint8"), COLOURS))
    assert found[0, 0, 3] == 0
    assert [tuple(found[p]) for p in ((0, 1), (1, 0), (1, 1))] == [RED, GREEN, BLUE]


def test_amounts_are_shown_in_steps_a_limit_belongs_to_the_upper_one(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered(1, 3), nodata=None))
    made = picture(source, crs.WORK_CRS, bounds=EVERYWHERE, colours=COLOURS, breaks=(1, 2))
    assert made.bounds == grid(3, 1).bounds
    assert (made.width, made.height) == (6, 2)  # two pixels a cell
    assert [tuple(p) for p in pixels(made.png)[0, ::2]] == [RED, GREEN, BLUE]


def test_classes_that_have_no_colour_and_no_data_are_not_shown(tmp_path: Path) -> None:
    values = np.array([[7, 3, 5, 0]], dtype="uint8")
    source = look(write(tmp_path / "a.tif", values, nodata=0), kind="categorical")
    made = picture(source, crs.WORK_CRS, bounds=EVERYWHERE, colours=COLOURS[:2], breaks=(7, 3))
    found = pixels(made.png)[0, ::2]
    assert [tuple(p) for p in found[:2]] == [RED, GREEN]
    assert found[2:, 3].tolist() == [0, 0]


def test_an_image_is_bounded_and_cut_to_the_map(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered(300, 600, "int32")))
    west, south, east, north = source.grid.bounds
    made = picture(
        source,
        crs.WORK_CRS,
        bounds=(west, south, (west + east) / 2, north),
        colours=COLOURS,
        breaks=(1, 2),
        longest_px=100,
    )
    assert (made.width, made.height) == (100, 100)
    assert made.bounds == (west, south, (west + east) / 2, north)


def test_another_system_leaves_corners_empty(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", np.ones((300, 300), dtype="int16")))
    made = picture(source, crs.print_crs(112.5), bounds=EVERYWHERE, colours=COLOURS[:1], breaks=())
    found = pixels(made.png)
    assert found[made.height // 2, made.width // 2].tolist() == list(RED)
    assert found[0, 0, 3] == 0


def test_a_raster_elsewhere_has_no_image(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered()))
    with pytest.raises(UsageError, match="lies outside of the map"):
        picture(source, crs.WORK_CRS, bounds=(0, 0, 1, 1), colours=COLOURS[:1], breaks=())
    with pytest.raises(UsageError, match="2 colours for 2 limits"):
        picture(source, crs.WORK_CRS, bounds=EVERYWHERE, colours=COLOURS[:2], breaks=(1, 2))


def test_the_same_image_has_the_same_bytes(tmp_path: Path) -> None:
    source = look(write(tmp_path / "a.tif", numbered()))
    made = [
        picture(source, crs.print_crs(112.5), bounds=EVERYWHERE, colours=COLOURS, breaks=(3, 6))
        for _ in range(2)
    ]
    assert made[0] == made[1]
