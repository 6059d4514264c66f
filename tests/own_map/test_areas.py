"""Amounts by county: against GEOS, with overlaps, at borders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.own_map.areas import Measured, in_cells, measured
from geoplan.publish.own.cells import LEAST_SHARE, MOST_CELLS, SIZES_M, cells_of
from tests.small import box, cell


def of(shapes: list[shapely.Geometry], codes: list[int], units: gpd.GeoDataFrame) -> Measured:
    """Measure polygons."""
    return measured("polygons", np.array(shapes), codes=np.array(codes), units=units)


def by(frame: pd.DataFrame, *names: str) -> dict[object, float]:
    """Return areas in km² by columns."""
    sums = frame.groupby(list(names))["amount"].sum()
    return {key: round(geometry.km2(int(value)), 6) for key, value in sums.items()}


def test_parts_are_those_that_geos_finds(small_units: gpd.GeoDataFrame) -> None:
    rng = np.random.default_rng(8)
    corners = rng.uniform([-0.2, -0.2], [2.8, 1.8], (40, 2))
    shapes = [
        box(x, y, x + w, y + w / 2)
        for (x, y), w in zip(corners, rng.uniform(0.1, 1, 40), strict=True)
    ]
    found = of(shapes, [0] * 40, small_units)
    wanted = {
        (row, code): shapely.area(shapely.intersection(shape, cell(code))) / 1e6
        for row, shape in enumerate(shapes)
        for code in small_units["adcode"][small_units["level"] == "county"]
    }
    wanted = {key: area for key, area in wanted.items() if area > 1e-6}
    parts = by(found.parts, "row", "adcode")
    assert parts == pytest.approx(wanted, abs=1e-3)
    total = sum(shapely.area(shape) for shape in shapes) / 1e6
    assert geometry.km2(int(found.parts["amount"].sum()) + found.outside) == pytest.approx(total)


def test_net_counts_a_place_once_for_each_class(small_units: gpd.GeoDataFrame) -> None:
    shapes = [box(0, 0, 1, 1), box(0.5, 0, 1.5, 1), box(0.5, 0, 1.5, 1), box(0.2, 0.2, 0.3, 0.3)]
    found = of(shapes, [0, 0, 1, 0], small_units)
    assert found.overlapping == 3
    assert not found.tiled
    net = by(found.net, "code", "adcode")
    assert net == pytest.approx(
        {(0, "910103"): 100, (0, "910104"): 50, (1, "910103"): 50, (1, "910104"): 50}, abs=1e-5
    )


def test_touching_shapes_are_a_coverage_and_share_nothing(small_units: gpd.GeoDataFrame) -> None:
    found = of([box(0, 0, 0.5, 1), box(0.5, 0, 1, 1)], [0, 0], small_units)
    assert (found.tiled, found.overlapping) == (True, 0)
    assert by(found.net, "code") == {0: 100.0}


def test_rows_without_a_place_count_nothing(small_units: gpd.GeoDataFrame) -> None:
    found = of([shapely.Polygon(), box(0, 0, 1, 1)], [0, 0], small_units)
    assert found.parts["row"].unique().tolist() == [1]
    assert found.totals.tolist()[0] == 0


@pytest.mark.parametrize("size", SIZES_M)
def test_cells_tile_the_plane_and_lie_where_they_always_do(size: float) -> None:
    near, far = np.array([box(0, 0, 0.4, 0.3)]), np.array([box(0.3, 0.1, 0.6, 0.5)])
    cells = cells_of(size, near)
    assert cells is not None
    whole = shapely.union_all(cells.shapes)
    assert shapely.contains(whole, near[0])
    assert shapely.area(cells.shapes).sum() == pytest.approx(shapely.area(whole), rel=1e-9)
    assert shapely.area(cells.shapes[0]) == pytest.approx(cells.area_m2)
    other = cells_of(size, far)
    assert other is not None
    centres = {tuple(np.round(xy, 3)) for xy in cells.centres}
    assert centres & {tuple(np.round(xy, 3)) for xy in other.centres}


def test_cells_are_drawn_by_their_share() -> None:
    cells = cells_of(5_000, np.array([box(0, 0, 1, 1)]))
    assert cells is not None
    drawn = cells.scaled(np.array([3, 4, 5]), np.array([1.0, 0.25, 0.0001]))
    shares = shapely.area(drawn) / cells.area_m2
    assert shares == pytest.approx([1, 0.25, LEAST_SHARE])
    assert shapely.contains(cells.shapes[[3, 4, 5]].tolist(), shapely.centroid(drawn)).all()


def test_too_many_cells_are_none() -> None:
    wide = np.array([box(0, 0, 60, 60)])
    assert cells_of(SIZES_M[0], wide) is None
    assert cells_of(SIZES_M[-1], wide) is not None
    assert MOST_CELLS > 10_000


def test_what_lies_in_cells_adds_up() -> None:
    shapes = np.array([box(0, 0, 0.7, 0.7), box(1.2, 0.3, 1.3, 0.4)])
    cells = cells_of(5_000, shapes)
    assert cells is not None
    found = in_cells("polygons", shapes, cells=cells.shapes)
    sums = found.groupby("row")["amount"].sum() / geometry.AREA_UNITS_PER_M2
    assert sums.tolist() == pytest.approx(shapely.area(shapes).tolist(), abs=1)
    lines = np.array([shapely.LineString(shapely.get_coordinates(shapes[0])[[0, 2]])])
    lengths = in_cells("lines", lines, cells=cells.shapes)["amount"]
    assert lengths.sum() == pytest.approx(shapely.length(lines[0]))
    spots = shapely.centroid(shapes)
    assert in_cells("points", spots, cells=cells.shapes)["amount"].tolist() == [1, 1]


def test_a_point_on_a_border_is_counted_once(small_units: gpd.GeoDataFrame) -> None:
    shapes = np.array([shapely.Point(*shapely.get_coordinates(box(1, 0.5, 1, 0.5))[0])])
    moved = crs.data_to_work(crs.work_to_data(shapes))
    found = measured("points", moved, codes=np.array([0]), units=small_units)
    assert len(found.parts) <= 1
    assert found.outside == 1 - len(found.parts)
