"""Random shapes: areas are conserved, and equal those of a serial overlay of geopandas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.overlay.unit import Label, Shape, UnitTask, overlay_unit
from tests.small import CELLS, SIDE, SOUTH, WEST, cell

LABELS = [Label("own", c, "geometry") for c in ("zone_a", "zone_b", "mine")]

place = st.tuples(st.floats(-0.5, 3.5), st.floats(-0.5, 2.5))
size = st.floats(0.01, 1.5)
kind = st.integers(0, 2)
drawn = st.lists(st.tuples(place, size, kind, st.integers(3, 9)), min_size=1, max_size=8)

Drawn = list[tuple[tuple[float, float], float, int, int]]


def shapes_of(drawn: Drawn) -> list[tuple[int, shapely.Geometry]]:
    """Return star-shaped polygons around places, with their kind."""
    made = []
    for (x, y), radius, kind, corners in drawn:
        angles = np.linspace(0, 2 * np.pi, 2 * corners, endpoint=False)
        reach = np.where(np.arange(2 * corners) % 2, radius, radius * 0.4) * SIDE
        centre = np.array([WEST + x * SIDE, SOUTH + y * SIDE])
        spokes = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach[:, None]
        made.append((kind, shapely.Polygon(centre + spokes)))
    return made


def task(code: str, shapes: list[tuple[int, shapely.Geometry]]) -> UnitTask:
    drawn = tuple(Shape(LABELS[k], f"f{i}", shapely.to_wkb(g)) for i, (k, g) in enumerate(shapes))
    return UnitTask(code, shapely.to_wkb(cell(code)), (), drawn)


@settings(max_examples=40, deadline=None)
@given(drawn)
def test_areas_of_every_county_are_conserved_to_a_square_metre(drawn: Drawn) -> None:
    shapes = shapes_of(drawn)
    for code in CELLS:
        result = overlay_unit(task(code, shapes))
        pieces = [shapely.from_wkb(piece.wkb) for piece in result.pieces]
        areas = shapely.area(crs.data_to_work(np.array(pieces)))
        assert areas.sum() + result.dropped / 1e4 == pytest.approx(SIDE * SIDE, abs=1)
        assert [piece.area / 1e4 for piece in result.pieces] == pytest.approx(areas, abs=0.1)


@settings(max_examples=25, deadline=None)
@given(drawn)
def test_areas_equal_those_of_a_serial_identity_overlay(drawn: Drawn) -> None:
    shapes = shapes_of(drawn)
    counties = gpd.GeoDataFrame(
        {"adcode": list(CELLS)}, geometry=[cell(c) for c in CELLS], crs=crs.WORK_CRS
    )
    for i in sorted({kind for kind, _ in shapes}):
        cover = shapely.union_all([shape for kind, shape in shapes if kind == i])
        layer = gpd.GeoDataFrame({"kind": [i]}, geometry=[cover], crs=crs.WORK_CRS)
        counties = gpd.overlay(counties, layer, how="identity", keep_geom_type=True)
        counties = counties.rename(columns={"kind": f"kind_{i}"})
    kinds = [c for c in counties.columns if c.startswith("kind_")]
    expected: dict[tuple[str, tuple[int, ...]], float] = {}
    for row in counties.itertuples():
        on = tuple(int(c[5:]) for c in kinds if getattr(row, c) == int(c[5:]))
        key = (row.adcode, on)
        expected[key] = expected.get(key, 0.0) + row.geometry.area
    found = {
        (code, tuple(LABELS.index(label) for label in piece.labels)): piece.area / 1e4
        for code in CELLS
        for piece in overlay_unit(task(code, shapes)).pieces
    }
    found = {(code, tuple(sorted(on))): area for (code, on), area in found.items()}
    for key in set(expected) | set(found):
        assert found.get(key, 0.0) == pytest.approx(expected.get(key, 0.0), abs=2), key
