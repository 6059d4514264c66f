"""Shared arcs: every border once, and the same polygons back."""

from __future__ import annotations

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.publish.topology import SCALE, Topology, encode, quantised, simplified, topology
from tests.publish import sample


def decode(flat: list[int]) -> list[tuple[int, int]]:
    points = np.cumsum(np.array(flat).reshape(-1, 2), axis=0)
    return [(int(x), int(y)) for x, y in points]


def polygon(made: Topology, code: str) -> shapely.Geometry:
    parts = []
    for rings in made.units[code]:
        lines = []
        for numbers in rings:
            line: list[tuple[int, int]] = []
            for n in numbers:
                arc = made.arcs[~n][::-1] if n < 0 else made.arcs[n]
                line += arc[1:] if line else arc
            lines.append(np.array(line) / SCALE)
        parts.append(shapely.Polygon(lines[0], lines[1:]))
    return shapely.MultiPolygon(parts)


def frame(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"adcode": list(shapes)}, geometry=list(shapes.values()), crs=crs.DATA_CRS
    )


def counties() -> gpd.GeoDataFrame:
    units = sample.units()
    return units[units["level"] == "county"]


def test_two_squares_share_one_arc() -> None:
    made = topology(frame(a=shapely.box(0, 0, 1, 1), b=shapely.box(1, 0, 2, 1)))
    assert len(made.arcs) == 3
    assert {n if n >= 0 else ~n for n in made.units["a"][0][0]} & {
        n if n >= 0 else ~n for n in made.units["b"][0][0]
    }


def test_an_enclave_is_one_arc_used_twice() -> None:
    inner = shapely.box(1, 1, 2, 2)
    outer = shapely.box(0, 0, 3, 3).difference(inner)
    made = topology(frame(inner=inner, outer=outer))
    assert len(made.arcs) == 2
    assert polygon(made, "outer").area == 8
    assert polygon(made, "inner").area == 1


def test_county_polygons_come_back_to_a_metre() -> None:
    rows = counties()
    made = topology(rows)
    for code, shape in zip(rows["adcode"], rows.geometry, strict=True):
        again = polygon(made, code)
        assert shapely.hausdorff_distance(again.boundary, shape.boundary) < 2 / SCALE


def test_borders_are_embedded_once() -> None:
    rows = counties()
    made = topology(rows)
    points = sum(len(arc) for arc in made.arcs)
    assert points < 0.7 * shapely.get_num_coordinates(rows.geometry.to_numpy()).sum()
    keys = [min(tuple(arc), tuple(arc[::-1])) for arc in made.arcs]
    assert len(set(keys)) == len(keys)


def test_encoding_is_exact() -> None:
    points = [(11_270_000, 3_780_000), (11_270_003, 3_779_999), (11_260_000, 3_780_001)]
    assert decode(encode(points)) == points


def test_repeated_points_are_left_out_but_a_single_one_is_kept() -> None:
    assert quantised(np.array([[1.0, 2.0], [1.0000001, 2.0], [1.1, 2.0]])) == [
        (100_000, 200_000),
        (110_000, 200_000),
    ]
    assert quantised(np.array([[1.0, 2.0]])) == [(100_000, 200_000)]


def test_simplification_keeps_a_valid_coverage_and_measures_its_error() -> None:
    rows = counties()
    fewer, error = simplified(rows, 1600)
    work = crs.data_to_work(fewer.geometry.to_numpy())
    before = shapely.get_num_coordinates(rows.geometry.to_numpy()).sum()
    assert shapely.coverage_is_valid(work, gap_width=0.0)
    assert shapely.get_num_coordinates(work).sum() < 0.7 * before
    assert 0 < error < 10_000
    assert list(fewer["adcode"]) == list(rows["adcode"])


def test_no_tolerance_changes_nothing() -> None:
    rows = counties()
    same, error = simplified(rows, 0)
    assert same is rows
    assert error == 0
