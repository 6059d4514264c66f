"""Steps of a picture: round limits that hold all values, open where more may lie beyond."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd

from geoplan import crs, raster
from geoplan.errors import StageError
from geoplan.kept import Kept
from geoplan.overlay.pictures import _edges, _lies_apart, _padded, picture_row, pictures_table
from geoplan.pictured import MOST_STEPS, bounded, colours_of, digits_of, edges_of
from geoplan.schema import frame
from tests.grids import of_counties, write_grid
from tests.overlay.test_pictures import BLUE, GRID, RED, made, scope, source
from tests.overlay.test_zonal import FACTS

FINE = raster.Grid(crs.DATA_CRS, 112.0, 38.0, 0.001, 0.001, 1000, 1000)


def steps(row: dict[str, Any]) -> list[tuple[float, float]]:
    """Return the limits in a legend."""
    parts = (part.split(" ") for part in row["legend"].split(";"))
    return [(float(low), float(high)) for low, high, _ in parts]


@pytest.mark.parametrize(
    ("low", "high"),
    [
        pytest.param(0.0, 1.0, id="parts"),
        pytest.param(0.3, 0.9, id="tenths that binary numbers lack"),
        pytest.param(-0.7, 0.7, id="about zero"),
        pytest.param(-1000.0, -999.0, id="below zero"),
        pytest.param(1e-7, 3e-7, id="tiny"),
        pytest.param(0.0, 8.8e8, id="huge"),
        pytest.param(2.999, 3.001, id="close"),
        pytest.param(99.0, 101.0, id="about a power"),
        pytest.param(0.0, 8.0, id="as many as steps"),
        pytest.param(0.0, 8.1, id="a little more"),
        pytest.param(1.0, 9.0, id="shifted"),
    ],
)
def test_steps_hold_all_values_are_even_and_few(low: float, high: float) -> None:
    found = edges_of(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    assert 3 <= len(found) - 1 <= MOST_STEPS
    widths = np.diff(found)
    assert widths == pytest.approx(np.full(len(widths), widths[0]), rel=1e-6)


@pytest.mark.parametrize("most", [1, 2, 3, 5, 20])
def test_there_are_at_most_as_many_steps_as_wanted(most: int) -> None:
    for low, high in ((0.0, 1.0), (-3.0, 5.0), (-1.0, 17.0), (12.0, 13.7)):
        found = edges_of(low, high, most=most)
        assert found[0] <= low
        assert found[-1] >= high
        if low >= 0:
            assert len(found) - 1 <= most


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(0, [], id="none"),
        pytest.param(1, ["#808080"], id="the middle"),
        pytest.param(2, ["#000000", "#ffffff"], id="both ends"),
        pytest.param(5, ["#000000", "#404040", "#808080", "#bfbfbf", "#ffffff"], id="quarters"),
    ],
)
def test_colours_between_black_and_white(count: int, expected: list[str]) -> None:
    assert list(colours_of(("#000000", "#ffffff"), count)) == expected


@pytest.mark.parametrize(
    ("low", "high", "digits"),
    [
        pytest.param(0, 100, 0, id="hundred"),
        pytest.param(0, 99, 1, id="less than hundred"),
        pytest.param(-50, 50, 0, id="about zero"),
        pytest.param(1000, 1001, 2, id="one"),
        pytest.param(0, 0.05, 4, id="twentieth"),
        pytest.param(0, 1e-12, 6, id="no more than six"),
        pytest.param(3, 1, 2, id="the wrong way round"),
    ],
)
def test_decimals(low: float, high: float, digits: int) -> None:
    assert digits_of(low, high) == digits


def test_what_is_small_enough_is_made_once() -> None:
    asked: list[int] = []

    def make(longest_px: int) -> raster.Picture:
        asked.append(longest_px)
        return raster.Picture(b"x" * 10, (0.0, 0.0, 1.0, 1.0), longest_px, 1)

    assert bounded(make, longest_px=50, most_bytes=10).width == 50
    assert asked == [50]
    assert bounded(make, longest_px=50, most_bytes=9).width == 50  # it is small as it is
    assert asked == [50, 50]


def fine(folder: Path, values: np.ndarray) -> raster.Source:
    """Return a raster with several cells under each pixel that steps are chosen by."""
    path = folder / "fine.tif"
    cells = np.broadcast_to(values, FINE.shape).astype("int16")
    raster.write_cog(path, FINE, blocks=[(FINE.whole, cells)], dtype="int16", nodata=-1)
    return raster.look(path, kind="continuous")


def limits(found: raster.Source, breaks: Sequence[float] = ()) -> tuple[float, ...]:
    """Return the limits of steps over the scope."""
    bounds = _padded(crs.data_to_print(scope().geometry.to_numpy(), 112.5))
    return _edges(found, crs.print_crs(112.5), bounds=bounds, breaks=breaks)


def test_one_value_alone_is_one_step(tmp_path: Path) -> None:
    row = made(picture_row("a", source(tmp_path, [7] * 16), scope=scope()))
    assert steps(row) == [(7, 7)]


def test_one_value_in_fine_cells_has_a_limit(tmp_path: Path) -> None:
    """Means of cells are shown: there may be others than those that were looked at."""
    found = fine(tmp_path, np.array(7))
    assert limits(found) == (-math.inf, 7, math.inf)


def test_fine_cells_have_open_steps_at_both_ends(tmp_path: Path) -> None:
    found = limits(fine(tmp_path, np.arange(1000)))
    assert (found[0], found[-1]) == (-math.inf, math.inf)
    assert list(found[1:-1]) == sorted(found[1:-1])
    assert 0 < found[1] < found[-2] < 1000


@pytest.mark.parametrize(
    "breaks",
    [
        pytest.param([5.0], id="one"),
        pytest.param([-10.0, 5.0, 500.0], id="beyond all values"),
    ],
)
def test_breaks_are_the_limits_whatever_the_values(breaks: list[float], tmp_path: Path) -> None:
    found = limits(source(tmp_path, np.arange(16)), breaks)
    assert found == (-math.inf, *breaks, math.inf)


@pytest.mark.parametrize("breaks", [[], [5.0]])
def test_without_a_value_there_are_no_limits(breaks: list[float], tmp_path: Path) -> None:
    assert limits(source(tmp_path, [-1] * 16), breaks) == ()


@pytest.mark.parametrize(
    ("west", "south", "apart"),
    [
        pytest.param(112.05, 37.05, False, id="within"),
        pytest.param(113.0, 37.05, True, id="touching in the east"),
        pytest.param(112.99, 37.05, False, id="a hundredth over the edge"),
        pytest.param(111.1, 37.05, True, id="touching in the west"),
        pytest.param(112.05, 38.0, True, id="touching in the north"),
        pytest.param(112.05, 36.0, True, id="to the south"),
        pytest.param(112.05, 36.2, False, id="over the southern edge"),
    ],
)
def test_rasters_that_touch_only_lie_apart(
    west: float, south: float, apart: bool, tmp_path: Path
) -> None:
    found = source(tmp_path, np.arange(16))
    box = (west, south, west + 0.9, south + 0.9)
    assert _lies_apart(found, box) is apart


def test_pictures_reach_beyond_the_scope_on_all_sides_alike() -> None:
    shapes = crs.data_to_print(scope().geometry.to_numpy(), 112.5)
    west, south, east, north = _padded(shapes)
    inner = shapes[0].bounds
    pads = [inner[0] - west, inner[1] - south, east - inner[2], north - inner[3]]
    assert pads == pytest.approx([pads[0]] * 4)
    assert pads[0] == pytest.approx(0.03 * max(inner[2] - inner[0], inner[3] - inner[1]))


def table(
    units: gpd.GeoDataFrame, paths: dict[str, Path], kept: Kept | None = None, **facts: Any
) -> pd.DataFrame:
    """Return the table of pictures of one raster of the small province."""
    classes = [{"class": c, "title": c, "title_en": c, "colour": k} for c, k in NAMES.items()]
    rows = [row | {"pattern": "solid", "order": i} for i, row in enumerate(classes)]
    tables = {"units": units, "rasters": frame("rasters", [FACTS | facts])}
    return pictures_table(
        tables | {"classes": frame("classes", rows)}, paths, kept=kept or Kept(None)
    )


NAMES = {"odd": RED, "even": BLUE}


def test_without_rasters_there_is_an_empty_table(small_units: gpd.GeoDataFrame) -> None:
    tables = {"units": small_units, "rasters": frame("rasters", [])}
    found = pictures_table(tables, {}, kept=Kept(None))
    assert len(found) == 0
    assert "png" in found.columns


def test_classes_have_the_colours_of_the_registry(
    small_units: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = write_grid(tmp_path / "a.tif", of_counties().astype("uint8"))
    facts: dict[str, Any] = {
        "raster_kind": "categorical",
        "measure": None,
        "values": "2=even 1=odd",
    }
    found = table(small_units, {"dem": path}, **facts)
    assert found["legend"].tolist() == [f"even {BLUE};odd {RED}"]
    assert found["cell_minutes"].isna().all()
    assert found["cell_width_m"].tolist() == pytest.approx([2500], rel=0.02)


def test_colours_and_breaks_are_those_of_the_layer(
    small_units: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = write_grid(tmp_path / "a.tif", of_counties())
    facts: dict[str, Any] = {"colours": f"{RED} {BLUE}", "breaks": "1234567.5"}
    found = table(small_units, {"dem": path}, **facts)
    assert found["legend"].tolist() == [f"-inf 1234567.5 {RED};1234567.5 inf {BLUE}"]


def test_a_picture_that_is_kept_is_not_made_again(
    small_units: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path, kept = write_grid(tmp_path / "a.tif", of_counties()), Kept(tmp_path / "kept")
    first = table(small_units, {"dem": path}, kept)
    again = table(small_units, {}, kept)
    pd.testing.assert_frame_equal(first, again)
    for changed in ({"sha256": "2"}, {"colours": f"{RED} {BLUE}"}, {"nodata": 3.0}):
        with pytest.raises(StageError, match="no file is given for the raster of dem"):
            table(small_units, {}, kept, **changed)
    # No picture depends on the measure.
    pd.testing.assert_frame_equal(first, table(small_units, {}, kept, measure="degree"))


def test_that_a_raster_lies_elsewhere_is_kept_too(
    small_units: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    kept = Kept(tmp_path / "kept")
    path = tmp_path / "far.tif"
    far = raster.Grid(crs.DATA_CRS, 20.0, 38.0, 0.25, 0.25, 4, 4)
    assert far.shape == GRID.shape
    cells = np.zeros(far.shape, dtype="int16")
    raster.write_cog(path, far, blocks=[(far.whole, cells)], dtype="int16", nodata=-1)
    assert len(table(small_units, {"dem": path}, kept)) == 0
    assert len(table(small_units, {}, kept)) == 0
