"""What names stand for: shapes for distances, and grids; lists have no shape."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.config import Project
from geoplan.derived import Wanted
from geoplan.derived.names import SKETCH, SMALL_SCALE, grid_of, shapes_of
from geoplan.errors import DataError, GeoplanError, MissingCRSError, UnitError, UsageError
from geoplan.raster import snapped
from tests.raster.grids import grid, numbered, write
from tests.small import SIDE, SOUTH, WEST, box

GRID = snapped((WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), 1_000)


def test_a_river(ready: Project) -> None:
    for name in ("长河", "Long River"):
        found = shapes_of(name, GRID, project=ready)
        assert (found.title, found.indicative) == (name, False)
        assert found.notes == (f"{name}: {SMALL_SCALE}",)
        assert found.shapes[0].bounds[1] == pytest.approx(SOUTH + SIDE / 2)


def test_whole_units_are_their_counties(ready: Project) -> None:
    found = shapes_of("zones/zone-a", GRID, project=ready)
    assert found.title == "图层：要素"
    assert [note.split(":")[1] for note in found.notes] == [" borders of units are generalised"]
    assert "good to some 100 m" in found.notes[0]
    assert [shape.area for shape in found.shapes] == pytest.approx([2e8])
    assert sum(s.area for s in shapes_of("zones", GRID, project=ready).shapes) == pytest.approx(4e8)
    assert shapes_of("zones/zone_b", GRID, project=ready).title == "图层：要素"


def test_what_we_drew_is_called_so(ready: Project) -> None:
    axis = shapes_of("works/axis", GRID, project=ready)
    assert axis.indicative
    assert axis.notes == (f"works/axis: 1 of 1 shapes: {SKETCH}",)
    pit = shapes_of("works/pit", GRID, project=ready)
    assert pit.indicative
    assert pit.shapes[0].geom_type == "Point"
    assert axis.shapes[0].length == pytest.approx(SIDE, rel=1e-6)


def test_of_a_layer_what_has_a_shape_counts_and_the_rest_is_told(ready: Project) -> None:
    found = shapes_of("works", GRID, project=ready)
    assert len(found.shapes) == 3
    assert found.notes[1].startswith("works: left out, as they have no shape: 1 within (位于: ")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lists", "'lists' has no shape .* of 1 features are 1 within .*extent is not known"),
        ("works/field", "no shape to take a distance to"),
        ("works/axes", "Did you mean .*works/axis"),
        ("长江", "no file, layer, layer/feature or river.*rivers are: 长河"),
    ],
)
def test_lists_and_unknown_names_are_refused(name: str, said: str, ready: Project) -> None:
    with pytest.raises(UsageError, match=said):
        shapes_of(name, GRID, project=ready)


def saved(path: Path, *shapes: shapely.Geometry | None, state: object = crs.WORK_CRS) -> Path:
    gpd.GeoDataFrame(geometry=list(shapes), crs=state).to_parquet(path)
    return path


def test_a_file_of_any_shapes(tmp_path: Path, ready: Project) -> None:
    path = saved(
        tmp_path / "线.parquet", box(0, 0, 1, 1), None, shapely.Point(), shapely.Point(WEST, SOUTH)
    )
    found = shapes_of(str(path), GRID, project=ready)
    assert (found.title, found.source, len(found.shapes)) == ("线.parquet", "线.parquet", 2)


@pytest.mark.parametrize(
    ("shapes", "state", "error", "said"),
    [
        ([None], crs.WORK_CRS, DataError, "no features with a shape"),
        ([shapely.Point(np.inf, 1)], crs.WORK_CRS, DataError, "1 of 1 .* no finite numbers"),
        ([shapely.Point(1, 1)], None, MissingCRSError, "no coordinate system"),
        ([shapely.Point(112.1, 36.1)], "EPSG:4549", GeoplanError, "look like degrees"),
        ([shapely.Point(-70, -35)], "EPSG:4326", DataError, "other side of the earth"),
    ],
)
def test_files_that_are_wrong(
    shapes: list[shapely.Geometry | None],
    state: object,
    error: type[Exception],
    said: str,
    tmp_path: Path,
    ready: Project,
) -> None:
    path = saved(tmp_path / "a.parquet", *shapes, state=state)
    with pytest.raises(error, match=f"a.parquet: .*{said}"):
        shapes_of(str(path), GRID, project=ready)


def test_grids_over_units_have_edges_at_multiples_of_the_cell(ready: Project) -> None:
    made = grid_of(Wanted("西山", 300), ready)
    # 10 km from 650,000 and 4,010,000: whole cells about it.
    assert made.bounds == (649_800, 4_009_800, 660_000, 4_020_000)
    assert (made.crs, made.dx) == (crs.WORK_CRS, 300)
    assert grid_of(Wanted(cell_m=1_000), ready).shape == (20, 30)
    assert grid_of(Wanted("二山", 1_000), ready).shape == (10, 20)


def test_the_grid_of_a_raster(tmp_path: Path, ready: Project) -> None:
    path = write(tmp_path / "a.tif", numbered())
    assert grid_of(Wanted(grid_of=path), ready) == grid()


def test_too_little_or_two_things(tmp_path: Path, ready: Project) -> None:
    with pytest.raises(UsageError, match="--cell with their size"):
        grid_of(Wanted("西山"), ready)
    with pytest.raises(UsageError, match="leave --unit and --cell out"):
        grid_of(Wanted("西山", grid_of=tmp_path / "a.tif"), ready)
    with pytest.raises(UnitError, match=re.escape("'北山' is no unit or group")):
        grid_of(Wanted("北山", 100), ready)
    with pytest.raises(UsageError, match="above 0"):
        grid_of(Wanted("西山", -5), ready)
