"""Pictures of rasters: steps that are true, cells where they lie, the same bytes."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import geopandas as gpd
import shapely

from geoplan import crs, raster
from geoplan.overlay.pictures import picture_row

GRID = raster.Grid(crs.DATA_CRS, 112.0, 38.0, 0.25, 0.25, 4, 4)
RED, BLUE = "#ff0000", "#0000ff"


def scope(west: float = 112.05, south: float = 37.05) -> gpd.GeoDataFrame:
    """Return a unit 0.9 degrees wide, with 112.5 as the meridian of its maps."""
    box = shapely.box(west, south, west + 0.9, south + 0.9)
    return gpd.GeoDataFrame(geometry=[box], crs=crs.DATA_CRS)


def source(folder: Path, values: Any, *, kind: raster.Kind = "continuous") -> raster.Source:
    """Return 4 by 4 values, -1 for no data, as a raster in a file."""
    cells = np.asarray(values, dtype="int16").reshape(4, 4)
    path = folder / "grid.tif"
    blocks = [(GRID.whole, cells)]
    raster.write_cog(path, GRID, blocks=blocks, dtype="int16", nodata=-1)
    return raster.look(path, kind=kind)


def made(row: dict[str, Any] | None) -> dict[str, Any]:
    """Return a row that there is."""
    assert row is not None
    return row


def pixel(row: dict[str, Any], lon: float, lat: float) -> tuple[int, int, int, int]:
    """Return the colour of a picture at a place in degrees."""
    point = crs.data_to_print(np.array([shapely.Point(lon, lat)]), row["meridian"])[0]
    x = (point.x - row["west"]) / (row["east"] - row["west"]) * row["width"]
    y = (row["north"] - point.y) / (row["north"] - row["south"]) * row["height"]
    image = Image.open(io.BytesIO(b64decode(row["png"]))).convert("RGBA")
    assert image.size == (row["width"], row["height"])
    found: tuple[int, int, int, int] = image.getpixel((int(x), int(y)))
    return found


def test_each_cell_has_its_colour_where_it_lies(tmp_path: Path) -> None:
    values = np.arange(16) % 2
    classes = ((0, "even", RED), (1, "odd", BLUE))
    row = made(
        picture_row(
            "a", source(tmp_path, values, kind="categorical"), scope=scope(), classes=classes
        )
    )
    assert row["legend"] == f"even {RED};odd {BLUE}"
    assert row["meridian"] == 112.5
    for col in (1, 2):
        expected = (255, 0, 0, 255) if col % 2 == 0 else (0, 0, 255, 255)
        west = 112 + col * 0.25
        # In the middle, and half a pixel inside of both edges: nothing is blurred.
        for lon in (west + 0.125, west + 0.005, west + 0.245):
            assert pixel(row, lon, 37.4) == expected


def test_cells_without_data_and_values_of_no_class_are_transparent(tmp_path: Path) -> None:
    values = [-1] * 8 + [1] * 4 + [5] * 4
    row = made(
        picture_row(
            "a",
            source(tmp_path, values, kind="categorical"),
            scope=scope(),
            classes=((1, "one", RED),),
        )
    )
    assert pixel(row, 112.4, 37.6)[3] == 0
    assert pixel(row, 112.4, 37.4) == (255, 0, 0, 255)
    assert pixel(row, 112.4, 37.24)[3] == 0


def test_steps_are_round_and_hold_all_cells(tmp_path: Path) -> None:
    row = made(
        picture_row("a", source(tmp_path, np.arange(16) * 10), scope=scope(), colours=(RED, BLUE))
    )
    steps = [part.split(" ") for part in row["legend"].split(";")]
    assert [float(low) for low, *_ in steps] == [0, 20, 40, 60, 80, 100, 120, 140]
    assert steps[-1] == ["140", "160", BLUE]
    assert steps[0][2] == RED
    # Cell 6 (second row, third column) is 60: the step that begins with it.
    assert pixel(row, 112.6, 37.6)[:3] == tuple(bytes.fromhex(steps[3][2][1:]))


def test_given_breaks_are_kept_and_say_nothing_of_ends(tmp_path: Path) -> None:
    row = made(picture_row("a", source(tmp_path, np.arange(16)), scope=scope(), breaks=(4, 8)))
    assert [part.split(" ")[:2] for part in row["legend"].split(";")] == [
        ["-inf", "4"],
        ["4", "8"],
        ["8", "inf"],
    ]


def test_a_few_far_values_do_not_take_all_steps(tmp_path: Path) -> None:
    values = [*range(15), 30_000]
    row = made(picture_row("a", source(tmp_path, values), scope=scope()))
    # One cell in sixteen is no rarity; so it has to be one in many.
    assert "inf" not in row["legend"]
    fine = raster.Grid(crs.DATA_CRS, 112.0, 38.0, 0.01, 0.01, 100, 100)
    cells = np.tile(np.arange(100, dtype="int16"), (100, 1))
    cells[50, 50] = 30_000
    path = tmp_path / "fine.tif"
    raster.write_cog(path, fine, blocks=[(fine.whole, cells)], dtype="int16", nodata=-1)
    row = made(picture_row("a", raster.look(path, kind="continuous"), scope=scope()))
    steps = [part.split(" ") for part in row["legend"].split(";")]
    assert (steps[0][0], steps[-1][1]) == ("-inf", "inf")
    assert float(steps[-1][0]) < 100


@pytest.mark.parametrize(("west", "south"), [(120.0, 37.2), (112.05, 30.0)])
def test_a_raster_that_lies_elsewhere_has_no_picture(
    tmp_path: Path, west: float, south: float
) -> None:
    found = source(tmp_path, np.arange(16))
    assert picture_row("a", found, scope=scope(west, south)) is None


def test_a_raster_without_a_value_has_no_picture(tmp_path: Path) -> None:
    assert picture_row("a", source(tmp_path, [-1] * 16), scope=scope()) is None


def test_sizes_of_cells_are_told(tmp_path: Path) -> None:
    row = made(picture_row("a", source(tmp_path, np.arange(16)), scope=scope()))
    assert row["cell_minutes"] == pytest.approx(15)
    assert row["cell_width_m"] == pytest.approx(22_100, rel=0.01)
    assert row["cell_height_m"] == pytest.approx(27_750, rel=0.01)
    assert max(row["width"], row["height"]) <= 1200


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        rows.append(picture_row("a", source(tmp_path / name, np.arange(16)), scope=scope()))
    assert rows[0] == rows[1]
