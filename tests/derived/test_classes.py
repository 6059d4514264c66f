"""Classes of layers and files: numbers, titles and colours; what cannot be one is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.config import Project
from geoplan.derived import Wanted, derive_classes, derive_shares
from geoplan.derived.classes import COLOURS, MOST
from geoplan.errors import DataError, GeoplanError, MissingCRSError, UsageError
from geoplan.raster import look, read
from tests.raster.grids import numbered, write
from tests.small import SIDE, SOUTH, WEST, box

CELL = Wanted(cell_m=5_000)


def saved(path: Path, *shapes: shapely.Geometry | None, **columns: list[object]) -> str:
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs.WORK_CRS).to_parquet(path)
    return str(path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.tif"


def test_the_registry_comes_first_and_others_by_name(
    tmp_path: Path, out: Path, ready: Project
) -> None:
    kinds: list[object] = ["x", "zone_b", None, "a", "zone_a"]
    name = saved(
        tmp_path / "a.parquet", *(box(i, 0, i + 1, 1) for i in range(5)), **{"class": kinds}
    )
    made = derive_classes(name, CELL, out=out, project=ready)
    assert [area["class"] for area in made.areas] == ["zone_a", "zone_b", "", "a", "x"]
    legend = look(out).legend
    assert [c.title for c in legend] == ["类", "类", "（空）", "a", "x"]
    assert [c.colour for c in legend] == ["#800040", "#801040", *COLOURS[2:5]]
    assert read(look(out))[-1].filled(0).tolist() == [5, 5, 2, 2, 3, 3]


def test_each_county_is_a_class(out: Path, ready: Project) -> None:
    made = derive_shares("counties", CELL, out=out, project=ready, by="adcode")
    assert [a["class"] for a in made.areas] == sorted(str(a["class"]) for a in made.areas)
    assert [a["exact_km2"] for a in made.areas] == pytest.approx([100] * 6, rel=1e-7)
    total = sum(read(look(out, band=band)).sum() for band in range(1, 7))
    assert total * 25 == pytest.approx(600, rel=1e-7)


def test_on_a_grid_in_degrees(tmp_path: Path, out: Path, ready: Project) -> None:
    west, south, east, north = crs.bounds_to_any(
        (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), source=crs.WORK_CRS, target=crs.DATA_CRS
    )
    step = 0.002
    like = write(
        tmp_path / "like.tif",
        numbered(int((north - south) / step) + 10, int((east - west) / step) + 10),
        crs="EPSG:4490",
        transform=(step, 0, west - 4 * step, 0, -step, north + 4 * step),
    )
    name = saved(tmp_path / "a.parquet", box(0, 0, 1, 1), **{"class": ["a"]})
    made = derive_classes(name, Wanted(grid_of=like), out=out, project=ready)
    (area,) = made.areas
    assert area["exact_km2"] == pytest.approx(100, rel=1e-5)
    assert area["cells_km2"] == pytest.approx(100, rel=0.01)


def test_outside_of_the_grid_nothing_counts(tmp_path: Path, out: Path, ready: Project) -> None:
    name = saved(tmp_path / "a.parquet", box(0, 0, 3, 2), **{"class": ["a"]})
    (area,) = derive_classes(name, Wanted("西山", 1_000), out=out, project=ready).areas
    assert area["exact_km2"] == pytest.approx(100, rel=1e-9)


def test_too_many_classes(tmp_path: Path, out: Path, ready: Project) -> None:
    shapes = [box(i / 300, 0, (i + 1) / 300, 1) for i in range(MOST + 1)]
    names: list[object] = [f"{i:03}" for i in range(MOST + 1)]
    name = saved(tmp_path / "a.parquet", *shapes, use=names)
    with pytest.raises(UsageError, match=r"has 256 classes by 'use', at most 255.*--by"):
        derive_classes(name, CELL, out=out, project=ready, by="use")
    assert not out.exists()


@pytest.mark.parametrize("by", ["geometry", "nothing"])
def test_a_column_that_is_none(by: str, tmp_path: Path, out: Path, ready: Project) -> None:
    name = saved(tmp_path / "a.parquet", box(0, 0, 1, 1), use=["a"], kind=["b"])
    with pytest.raises(UsageError, match=f"no column '{by}'; say --by with one of: use, kind"):
        derive_classes(name, CELL, out=out, project=ready, by=by)


def test_broken_shapes_are_repaired_and_missing_ones_left_out(
    tmp_path: Path, out: Path, ready: Project
) -> None:
    corners = shapely.get_coordinates(box(0, 0, 1, 1))[[0, 2, 1, 3, 0]]
    bow_tie = shapely.Polygon(corners)
    name = saved(tmp_path / "a.parquet", None, bow_tie, shapely.Polygon(), **{"class": ["a"] * 3})
    (area,) = derive_classes(name, CELL, out=out, project=ready).areas
    assert area["exact_km2"] == pytest.approx(50, rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "state", "error", "said"),
    [
        (box(0, 0, 1, 1), None, MissingCRSError, "coordinate system"),
        (shapely.box(112, 36, 113, 37), "EPSG:4549", GeoplanError, "look like degrees"),
        (
            shapely.LineString([(WEST, SOUTH), (WEST + 9, SOUTH)]),
            crs.WORK_CRS,
            DataError,
            "no polygons",
        ),
        (shapely.Polygon([(0, 0), (1, np.inf), (1, 0)]), crs.WORK_CRS, DataError, "no finite"),
    ],
)
def test_files_that_are_wrong(
    shape: shapely.Geometry,
    state: object,
    error: type[Exception],
    said: str,
    out: Path,
    ready: Project,
) -> None:
    path = out.parent / "a.parquet"
    gpd.GeoDataFrame({"class": ["a"]}, geometry=[shape], crs=state).to_parquet(path)
    with pytest.raises(error, match=said):
        derive_classes(str(path), CELL, out=out, project=ready)
    assert not out.exists()


def test_lists_have_no_area(out: Path, ready: Project) -> None:
    with pytest.raises(UsageError, match="no area to tabulate: of 1 features are 1 within"):
        derive_classes("lists", CELL, out=out, project=ready)
    with pytest.raises(UsageError, match="Did you mean zones"):
        derive_shares("zone", CELL, out=out, project=ready)
