"""One county cut into pieces: areas by mental arithmetic on a square of 100 km²."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import shapely

from geoplan import crs
from geoplan.overlay.unit import Label, Shape, UnitResult, UnitTask, overlay_unit
from tests.small import SIDE, SOUTH, WEST, box

A = Label("own", "zone_a", "geometry")
B = Label("own", "zone_b", "geometry")
W = Label("whole", "zone", "geometry")
KM2 = 10_000 * 1_000_000  # units of area in a square kilometre
M2 = 10_000
COUNTY = box(0, 0, 1, 1)

Drawn = tuple[Label, str, shapely.Geometry]


def cut(*drawn: Drawn, whole: tuple[Label, ...] = ()) -> UnitResult:
    shapes = tuple(Shape(label, key, shapely.to_wkb(shape)) for label, key, shape in drawn)
    return overlay_unit(UnitTask("910103", shapely.to_wkb(COUNTY), whole, shapes))


def areas(result: UnitResult) -> dict[tuple[Label, ...], float]:
    return {piece.labels: piece.area / KM2 for piece in result.pieces}


def test_county_without_anything_is_one_piece_without_labels() -> None:
    assert areas(cut()) == {(): 100.0}


def test_whole_label_covers_all_of_it() -> None:
    assert areas(cut(whole=(W,))) == {(W,): 100.0}


def test_half_is_covered_and_half_is_not() -> None:
    assert areas(cut((A, "f", box(0, 0, 0.5, 1)))) == {(): 50.0, (A,): 50.0}


def test_what_lies_outside_the_county_does_not_count() -> None:
    result = cut((A, "f", box(-5, -5, 0.5, 6)))
    assert areas(result)[A,] == pytest.approx(50.0)
    assert result.gross == {(A, "f"): 50 * KM2}


def test_two_features_on_the_same_place_are_once_net_and_twice_gross() -> None:
    result = cut((A, "f", COUNTY), (A, "g", COUNTY))
    assert areas(result) == {(A,): 100.0}
    assert result.gross == {(A, "f"): 100 * KM2, (A, "g"): 100 * KM2}


def test_hole_is_not_covered() -> None:
    ring = box(0, 0, 1, 1).difference(box(0.25, 0.25, 0.75, 0.75))
    assert areas(cut((A, "f", ring))) == {(): 25.0, (A,): 75.0}


def test_two_classes_and_a_whole_one_make_all_four_combinations() -> None:
    drawn = (A, "f", box(0, 0, 0.5, 1)), (B, "g", box(0, 0, 1, 0.5))
    assert areas(cut(*drawn, whole=(W,))) == {
        (W,): 25.0,
        (A, W): 25.0,
        (B, W): 25.0,
        (A, B, W): 25.0,
    }


@pytest.mark.parametrize("neighbour", [box(1, 0, 2, 1), box(1, 1, 2, 2), box(-1, 0, 0, 1)])
def test_shape_that_only_touches_leaves_no_trace(neighbour: shapely.Geometry) -> None:
    result = cut((A, "f", neighbour))
    assert areas(result) == {(): 100.0}
    assert result.gross == {}
    assert result.dropped == 0


def test_neighbours_with_a_common_edge_do_not_overlap() -> None:
    result = cut((A, "f", box(0, 0, 0.3, 1)), (B, "g", box(0.3, 0, 1, 1)))
    assert areas(result) == {(A,): 30.0, (B,): 70.0}


@pytest.mark.parametrize(("width_m", "kept"), [(0.00009, False), (0.00011, True)])
def test_sliver_below_a_square_metre_is_dropped_and_counted(width_m: float, kept: bool) -> None:
    # A strip along the western border of 10 km by a tenth of a millimetre: about 1 m².
    strip = shapely.box(WEST, SOUTH, WEST + width_m, SOUTH + SIDE)
    result = cut((A, "f", strip))
    assert ((A,) in areas(result)) == kept
    assert (result.dropped > 0) != kept
    total = sum(piece.area for piece in result.pieces) + result.dropped
    assert total == pytest.approx(100 * KM2, abs=M2)
    assert result.gross[A, "f"] == pytest.approx(width_m * SIDE * M2, rel=1e-2)


def test_pieces_come_as_degrees_with_their_area() -> None:
    (bare, covered) = cut((A, "f", box(0, 0, 0.5, 1))).pieces
    for piece in (bare, covered):
        shape = shapely.from_wkb(piece.wkb)
        assert 100 < shape.bounds[0] < 120
        assert shapely.area(crs.data_to_work(np.array([shape]))[0]) == pytest.approx(50e6, abs=1e-2)


def test_line_has_a_length_and_no_area() -> None:
    line = shapely.LineString([(WEST - SIDE, SOUTH + SIDE / 2), (WEST + SIDE, SOUTH + SIDE / 2)])
    label = Label("own", "line_work", "indicative")
    result = cut((label, "axis", line))
    inside = shapely.LineString([(WEST, SOUTH + SIDE / 2), (WEST + SIDE, SOUTH + SIDE / 2)])
    assert areas(result) == {(): 100.0}
    assert result.lengths == {(label, "axis"): pytest.approx(crs.geodesic_length_m(inside) * 1e4)}


def test_line_that_also_touches_the_border_keeps_its_length() -> None:
    # Along the middle, out of the county, and back to touch its corner: a line and a point.
    through = [(-0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5), (1.0, 1.0), (1.5, 0.9)]
    line = shapely.LineString([(WEST + x * SIDE, SOUTH + y * SIDE) for x, y in through])
    assert shapely.intersection(line, COUNTY).geom_type == "GeometryCollection"
    inside = shapely.LineString([(WEST, SOUTH + SIDE / 2), (WEST + SIDE, SOUTH + SIDE / 2)])
    label = Label("own", "line_work", "indicative")
    lengths = cut((label, "axis", line)).lengths
    assert lengths[label, "axis"] / 1e4 == pytest.approx(crs.geodesic_length_m(inside), abs=0.01)


def test_line_that_only_touches_has_no_length() -> None:
    line = shapely.LineString([(WEST + SIDE, SOUTH + 2 * SIDE), (WEST + 2 * SIDE, SOUTH)])
    result = cut((A, "axis", line))
    assert result.lengths == {}


def test_label_reads_as_layer_and_class() -> None:
    assert str(A) == "own/zone_a"
    assert str(Label("own", "zone_a", "indicative")) == "own/zone_a~"


def test_task_and_result_survive_pickling() -> None:
    task = UnitTask("910103", shapely.to_wkb(COUNTY), (W,), ())
    result = overlay_unit(pickle.loads(pickle.dumps(task)))
    assert pickle.loads(pickle.dumps(result)) == result
