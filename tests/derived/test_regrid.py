"""Rasters on another grid: classes stay classes, and nothing is averaged that has no mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geoplan.config import Project
from geoplan.derived import Wanted, derive_grid, derive_terrain
from geoplan.errors import DataError, UsageError
from geoplan.raster import About, Class, Grid, look, read, write_cog
from tests.raster.grids import LEFT, TOP, grid, numbered, write

LEGEND = (Class(1, "林地", "#00aa00"), Class(2, "耕地", "#ffff00"))


@pytest.fixture
def cover(tmp_path: Path) -> Path:
    """Return classes: columns of 1 1 2, four times, and a row without data."""
    cells = np.tile(np.array([1, 1, 2], dtype="uint8"), (12, 4))
    cells[0] = 0
    path = tmp_path / "cover.tif"
    made = grid(12, 12)
    about = About(legend=LEGEND)
    write_cog(path, made, blocks=[(made.whole, cells)], dtype="uint8", nodata=0, about=about)
    return path


def test_of_classes_the_commonest(cover: Path, tmp_path: Path, ready: Project) -> None:
    out = tmp_path / "out.tif"
    made = derive_grid(look(cover), Wanted(cell_m=300), out=out, project=ready)
    found = look(out)
    assert (found.kind, found.legend, found.dtype, found.nodata) == (
        *("categorical", LEGEND, "uint8"),
        0,
    )
    # Edges lie at multiples of 300 m, 100 m off from those of the raster in rows.
    assert found.grid.bounds == (LEFT, 3_998_700, LEFT + 1_200, 4_000_200)
    assert set(read(found).compressed()) == {1}
    assert made.notes[-1] == "cells of 100 m brought to 300 m: mode"
    assert found.tags["GEOPLAN_METHOD"] == "resampled: mode"
    assert found.tags["GEOPLAN_SOURCE"].startswith("cover.tif sha256 ")


def test_classes_are_not_averaged(cover: Path, tmp_path: Path, ready: Project) -> None:
    out = tmp_path / "out.tif"
    for method in ("average", "bilinear"):
        with pytest.raises(UsageError, match=f"holds classes, which have no mean; {method}"):
            derive_grid(look(cover), Wanted(cell_m=300), out=out, project=ready, resampling=method)
    derive_grid(look(cover), Wanted(cell_m=50), out=out, project=ready)
    assert set(read(look(out)).compressed()) == {1, 2}
    assert not list(tmp_path.glob(".out*"))


def test_of_amounts_the_mean(tmp_path: Path, ready: Project) -> None:
    dem = look(write(tmp_path / "a.tif", numbered(4, 4)))
    out = tmp_path / "out.tif"
    made = derive_grid(dem, Wanted(cell_m=200), out=out, project=ready)
    assert read(look(out)).tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert (made.facts.least, made.facts.mean, made.facts.most) == (2.5, 7.5, 12.5)
    derive_grid(dem, Wanted(cell_m=200), out=out, project=ready, resampling="nearest")
    assert set(read(look(out)).compressed()) <= set(range(16))


def test_on_the_grid_of_another_one(tmp_path: Path, ready: Project) -> None:
    like = write(tmp_path / "like.tif", numbered(2, 2))
    dem = look(write(tmp_path / "a.tif", numbered(4, 4)))
    out = tmp_path / "out.tif"
    derive_grid(dem, Wanted(grid_of=like), out=out, project=ready)
    assert read(look(out)).tolist() == [[0, 1], [4, 5]]


def test_directions_have_no_mean(tmp_path: Path, ready: Project) -> None:
    dem = look(write(tmp_path / "a.tif", numbered(9, 9)))
    aspect = tmp_path / "aspect.tif"
    derive_terrain("aspect", dem, out=aspect)
    out = tmp_path / "out.tif"
    made = derive_grid(look(aspect), Wanted(cell_m=300), out=out, project=ready)
    assert made.notes[-1].endswith(": nearest")
    assert look(out).nodata == -1
    with pytest.raises(UsageError, match="holds directions"):
        derive_grid(look(aspect), Wanted(cell_m=300), out=out, project=ready, resampling="average")


def test_a_class_that_would_mean_no_data_is_told(tmp_path: Path, ready: Project) -> None:
    path = write(tmp_path / "a.tif", np.full((3, 3), 255, dtype="uint8"), nodata=None)
    out = tmp_path / "out.tif"
    source = look(path, kind="categorical")
    with pytest.raises(DataError, match=r"255 would mean no data, but \d+ cells have that value"):
        derive_grid(source, Wanted(cell_m=100), out=out, project=ready)
    assert not out.exists()
    derive_grid(
        look(path, kind="categorical", nodata=7), Wanted(cell_m=100), out=out, project=ready
    )
    assert (look(out).nodata, set(read(look(out)).compressed())) == (7, {255})


def test_what_is_read_is_not_replaced(cover: Path, ready: Project) -> None:
    before = cover.read_bytes()
    with pytest.raises(UsageError, match="is a file that is read"):
        derive_grid(look(cover), Wanted(cell_m=300), out=cover, project=ready)
    assert cover.read_bytes() == before
    own = ready.maps_folder / "a.tif"
    own.parent.mkdir(exist_ok=True)
    with pytest.raises(UsageError, match="lies in the folder of maps"):
        derive_grid(look(cover), Wanted(cell_m=300), out=own, project=ready)


def test_only_a_unit(cover: Path, tmp_path: Path, ready: Project) -> None:
    out = tmp_path / "out.tif"
    made = derive_grid(look(cover), Wanted("西山", 1_000), out=out, project=ready)
    assert (made.grid.shape, made.facts.known) == ((10, 10), 0)
    assert isinstance(made.grid, Grid)
    assert TOP not in made.grid.bounds
