"""What is wrong with shapes is mended and told, by kind, with areas that are mental arithmetic."""

from __future__ import annotations

import math
import pickle
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import Phase, given, settings

import geopandas as gpd
import shapely

from geoplan import crs, repair
from geoplan.errors import GeometryError
from geoplan.reading import Notice
from tests.repair.layers import CORNER, box, layer, placed, polygon, several

ALL = repair.Limits(share=math.inf, area_m2=math.inf, rows_share=1)
QUICK = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
SQUARE = [(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0)]
EIGHT = [(0.0, 0.0), (20.0, 20.0), (20.0, 0.0), (0.0, 20.0)]
"""Two triangles of 100 m² that meet in the middle; their signed areas add up to nothing."""


def star(points: int, step: int) -> list[tuple[float, float]]:
    """Return a star drawn in one go, with a radius of 10 m."""
    turns = (np.arange(points) * step % points) * 2 * np.pi / points
    return [(10 * math.cos(turn), 10 * math.sin(turn)) for turn in turns.tolist()]


def hole(*bounds: float) -> list[tuple[float, float]]:
    """Return the ring of a box."""
    return list(shapely.box(*bounds).exterior.coords)


def notices(made: repair.Mended) -> dict[str, Notice]:
    """Return notices by code; each code stands once."""
    found = {notice.code: notice for notice in made.notices}
    assert len(found) == len(made.notices)
    return found


BROKEN = [
    pytest.param(polygon(EIGHT), "self_crossing", 200, 200, "shell: Self-", id="a figure eight"),
    pytest.param(polygon([*EIGHT[2:], *EIGHT[:2]]), "self_crossing", 200, 200, "", id="begun on"),
    pytest.param(
        polygon([*SQUARE, SQUARE[0], *SQUARE[1:]]), "self_crossing", 400, 400, "", id="drawn twice"
    ),
    pytest.param(
        polygon([*SQUARE[:3], (20, 30), (20, 20), (0, 20)]), "self_crossing", 400, 400,
        "shell: Ring Self-intersection at 500020 4000020", id="a spike",
    ),
    pytest.param(
        polygon(hole(0, 0, 90, 90), hole(10, 10, 20, 20), [(40 + x, 40 + y) for x, y in EIGHT]),
        "self_crossing", 7800, 7800, "hole 2: Self-intersection at 500050 4000050",
        id="a hole that is a figure eight",
    ),
    pytest.param(
        several(box(50, 50, 60, 60), polygon(EIGHT)), "self_crossing", 300, 300,
        "shell of part 2: Self-", id="the second part",
    ),
    pytest.param(
        polygon(SQUARE, hole(30, 0, 40, 10)), "hole_outside", 300, 500, "hole 1: wholly outside",
        id="a hole elsewhere",
    ),
    pytest.param(
        polygon(SQUARE, hole(15, 0, 25, 10)), "hole_outside", 300, 350, "50.00% of it outside",
        id="a hole that reaches out",
    ),
    pytest.param(
        polygon(hole(0, 0, 90, 90), hole(10, 10, 80, 80), hole(20, 20, 30, 30)), "nested",
        8100 - 4900 - 100, 3200, "holes 1 and 2 overlap", id="a hole in a hole",
    ),
    pytest.param(
        several(box(0, 0, 40, 40), box(10, 10, 20, 20)), "nested", 1700, 1600, "part 2 in part 1",
        id="a part in a part",
    ),
    pytest.param(
        several(box(10, 10, 20, 20), box(0, 0, 40, 40)), "nested", 1700, 1600, "part 1 in part 2",
        id="the inner one first",
    ),
    pytest.param(
        several(box(0, 0, 20, 20), box(0, 0, 20, 20)), "nested", 800, 400, "part 2 in part 1",
        id="a part twice",
    ),
    pytest.param(
        several(box(0, 0, 20, 20), box(10, 10, 30, 30)), "overlapping_parts", 800, 700,
        "parts 1 and 2", id="parts that overlap",
    ),
    pytest.param(
        several(box(0, 0, 10, 10), box(10, 0, 20, 10)), "adjoining_parts", 200, 200, "share",
        id="parts side by side",
    ),
    pytest.param(
        polygon(hole(0, 0, 40, 40), [(0, 20), (20, 0), (40, 20), (20, 40)]), "disconnected",
        800, 800, "Interior is disconnected", id="a hole that touches four times",
    ),
    pytest.param(
        polygon(SQUARE, [(5, 5), (6, 6), (7, 7)]), "collapsed_ring", 400, 400,
        "hole 1 of 3 places in a line", id="a hole without width",
    ),
    pytest.param(
        polygon(SQUARE, [(5, 5), (5, 5), (5, 5)]), "too_few_points", 400, 400,
        "hole 1 has 1 place", id="a hole of one place",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "code", "before", "after", "words"), BROKEN)
def test_faults_are_told_with_area_before_and_after(
    shape: shapely.Geometry, code: str, before: float, after: float, words: str
) -> None:
    made = repair.mended(layer(box(1000, 0, 1100, 100), shape), limits=ALL)
    (notice,) = made.notices
    assert (notice.code, notice.rows, notice.count) == (f"repair.{code}", (2,), 1)
    assert (notice.area_before_m2, notice.area_after_m2) == pytest.approx((before, after))
    assert notice.evidence.startswith("row 2: ")
    assert words in notice.evidence
    assert made.frame.geometry.is_valid.all()
    assert made.frame.geometry[1].area == pytest.approx(after)
    assert made.changed.tolist() == [1]
    assert (made.before_m2[0], made.after_m2[0]) == pytest.approx((before, after))


@pytest.mark.parametrize("shape", [param.values[0] for param in BROKEN])
def test_mended_twice_is_mended_once(shape: shapely.Geometry) -> None:
    once = repair.mended(layer(box(1000, 0, 1100, 100), shape), limits=ALL)
    twice = repair.mended(once.frame)
    assert (twice.notices, twice.changed.tolist()) == ((), [])
    assert twice.frame.geometry.to_wkb().tolist() == once.frame.geometry.to_wkb().tolist()


def test_of_a_star_the_middle_is_what_changes() -> None:
    given_ = layer(polygon(star(5, 2)))
    (notice,) = repair.mended(given_, limits=ALL).notices
    middle = shapely.Polygon(star(5, 1)).area * ((3 - math.sqrt(5)) / 2) ** 2
    assert notice.area_before_m2 is not None
    assert notice.area_after_m2 is not None
    assert notice.area_after_m2 - notice.area_before_m2 == pytest.approx(middle, rel=1e-9)


def test_a_part_that_turns_the_other_way_may_be_a_hole() -> None:
    inner = shapely.reverse(box(10, 10, 20, 20))
    made = notices(repair.mended(layer(several(box(0, 0, 40, 40), inner)), limits=ALL))
    assert set(made) == {"repair.nested", "repair.winding"}
    assert made["repair.winding"].evidence == "row 1: part 2 in part 1"
    assert "too large by the inner part" in made["repair.winding"].proposal


def test_what_has_no_area_is_left_without_a_shape_and_its_row_stays() -> None:
    flat = polygon([(0, 0), (10, 10), (20, 20)])
    made = repair.mended(layer(flat, box(0, 0, 10, 10), name=["a", "b"]))
    assert made.frame["name"].tolist() == ["a", "b"]
    assert made.frame.geometry.is_empty.tolist() == [True, False]
    assert set(notices(made)) == {"repair.collapsed_ring", "repair.collapsed"}
    assert "no area left" in notices(made)["repair.collapsed"].evidence


def test_valid_shapes_are_the_same_objects() -> None:
    given_ = layer(box(0, 0, 10, 10), polygon(SQUARE, hole(5, 5, 10, 10)), box(50, 50, 60, 60))
    made = repair.mended(given_)
    assert made.notices == ()
    pairs = zip(made.frame.geometry, given_.geometry, strict=True)
    assert all(new is old for new, old in pairs)


def test_the_frame_that_is_given_stays_as_it_is() -> None:
    given_ = layer(polygon(EIGHT))
    repair.mended(given_, limits=ALL)
    assert given_.geometry.is_valid.tolist() == [False]


def test_order_and_index_and_attributes_stay() -> None:
    given_ = layer(polygon(EIGHT), None, box(0, 0, 9, 9), use=["x", "y", "z"]).set_index(
        np.array([7, 3, 5])
    )
    made = repair.mended(given_).frame
    assert made.index.tolist() == [7, 3, 5]
    assert made["use"].tolist() == ["x", "y", "z"]
    assert made.crs == given_.crs


def test_null_and_empty_are_told_apart() -> None:
    made = notices(repair.mended(layer(None, box(0, 0, 1, 1), shapely.Polygon(), None)))
    assert made["repair.null"].rows == (1, 4)
    assert made["repair.empty"].rows == (3,)


def test_a_layer_of_nothing() -> None:
    assert repair.mended(layer()).notices == ()
    assert set(notices(repair.mended(layer(None, None)))) == {"repair.null"}


def test_heights_and_measures_are_left_out() -> None:
    texts = [
        "POLYGON Z ((0 0 7, 10 0 7, 10 10 7, 0 0 7))",
        "POLYGON M ((20 0 7, 30 0 7, 30 10 7, 20 0 7))",
        "POLYGON ZM ((40 0 7 1, 50 0 7 1, 50 10 7 1, 40 0 7 1))",
    ]
    shapes = shapely.from_wkt(texts)
    made = repair.mended(layer(*shapes))
    assert notices(made)["repair.z_dropped"].rows == (1, 3)
    assert notices(made)["repair.m_dropped"].rows == (2, 3)
    assert not made.frame.geometry.has_z.any()
    assert not shapely.has_m(made.frame.geometry.to_numpy()).any()
    assert made.frame.area.tolist() == [50, 50, 50]


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_no_numbers_are_refused(number: float) -> None:
    bad = shapely.transform(box(0, 0, 9, 9), lambda xy: np.where(xy == xy.max(), number, xy))
    with pytest.raises(
        GeometryError, match=r"1 of 2 .* no finite numbers, the first is row 2"
    ) as e:
        repair.mended(layer(box(0, 0, 9, 9), bad))
    assert e.value.code == "repair.not_finite"


def many_boxes(count: int) -> list[shapely.Geometry]:
    """Return boxes side by side, of 100 m² each."""
    return [box(20 * n, 0, 20 * n + 10, 10) for n in range(count)]


def test_a_few_points_among_polygons_are_left_out() -> None:
    made = repair.mended(layer(*many_boxes(19), placed(shapely.Point(1, 2))))
    notice = notices(made)["repair.mixed_kinds"]
    assert (notice.rows, notice.message) == ((20,), "1 of 20 shape(s) are no polygons: left out")
    assert made.frame.geometry.iloc[-1].is_empty
    assert len(made.frame) == 20


def test_many_points_among_polygons_are_refused() -> None:
    shapes = [*many_boxes(8), placed(shapely.Point(1, 2))]
    with pytest.raises(GeometryError, match=r"1 of 9 features are no polygons.* row 9") as e:
        repair.mended(layer(*shapes))
    assert e.value.code == "repair.mixed_kinds"
    with pytest.raises(GeometryError, match="8 of 9 features are no points"):
        repair.mended(layer(*shapes), kind="points")


def test_of_a_collection_the_polygons_are_kept() -> None:
    inner = shapely.GeometryCollection([box(20, 0, 30, 10), placed(shapely.Point(5, 5))])
    line = placed(shapely.LineString([(0, 0), (5, 5)]))
    mixed = shapely.GeometryCollection([box(0, 0, 10, 10), inner, line])
    pure = shapely.GeometryCollection([box(0, 50, 10, 60)])
    made = repair.mended(layer(*many_boxes(9), mixed, pure))
    assert made.frame.area.tolist()[-2:] == [200, 100]
    assert notices(made)["repair.collections"].rows == (10,)


def test_polygons_of_a_collection_that_overlap_count_once() -> None:
    mixed = shapely.GeometryCollection([box(0, 0, 20, 20), box(10, 10, 30, 30)])
    made = repair.mended(layer(mixed), limits=ALL)
    assert made.frame.area.tolist() == [700]
    assert notices(made)["repair.overlapping_parts"].area_before_m2 == pytest.approx(800)


def test_lines_of_one_place_are_left_out() -> None:
    dot = placed(shapely.LineString([(1, 1), (1, 1)]))
    line = placed(shapely.LineString([(0, 0), (3, 4)]))
    made = repair.mended(layer(line, dot, shapely.multilinestrings([dot, line])))
    assert made.frame.length.tolist() == [5, 0, 5]
    assert notices(made)["repair.too_few_points"].rows == (2, 3)


def test_points_are_left_alone() -> None:
    points = [placed(shapely.Point(n, n)) for n in range(3)]
    assert repair.mended(layer(*points)).notices == ()


def test_a_slip_of_less_than_a_millimetre_costs_one_vertex() -> None:
    slip = [(0, 0), (20, 0), (20, 20), (10.0002, 20.0), (10.0, 20.0), (10.0001, 20.0), (0, 20)]
    made = repair.mended(layer(polygon(slip)))
    (notice,) = made.notices
    assert (notice.code, notice.severity) == ("repair.near_duplicates", "info")
    assert (notice.area_before_m2, notice.area_after_m2) == pytest.approx((400, 400))
    assert shapely.get_num_coordinates(made.frame.geometry[0]) == 6


def test_no_dust_is_left_by_a_repair() -> None:
    # A figure eight one lobe of which is a needle: 20 m long and a tenth of a millimetre wide.
    needle = [(0, 0), (40, 0.0002), (40, 0), (20, 0.0001), (0, 20)]
    made = repair.mended(layer(polygon(needle)), limits=ALL)
    assert made.frame.geometry[0].geom_type == "Polygon"
    assert shapely.is_valid(made.frame.geometry[0])


def test_near_vertices_of_valid_shapes_are_told_and_stay() -> None:
    twice = polygon([(0, 0), (20, 0), (20, 0), (20, 20)])
    near = polygon([(0, 0), (20, 0), (20, 0.0005), (20, 20)])
    far = polygon([(0, 0), (20, 0), (20, 0.002), (20, 20)])
    touching = several(box(0, 0, 10, 10), box(-10, -10, 0, 0))  # one ring ends where another begins
    made = repair.mended(layer(twice, near, far, touching))
    (notice,) = made.notices
    assert (notice.code, notice.severity, notice.rows) == ("repair.near_duplicates", "info", (1, 2))
    assert made.frame.geometry[0] is not None
    assert made.changed.tolist() == []


def test_polygons_drawn_as_lines_are_told_and_stay() -> None:
    thin = polygon([(0, 0), (1000, 0.0009), (2000, 0)])
    wide = polygon([(0, 0), (1000, 0.0021), (2000, 0)])
    made = repair.mended(layer(thin, wide))
    (notice,) = made.notices
    assert (notice.code, notice.severity, notice.rows) == ("repair.thin", "info", (1,))
    assert made.changed.tolist() == []


def test_near_is_in_metres_in_any_system() -> None:
    degrees = layer(polygon([(0, 0), (20, 0), (20, 0.0005), (20, 20)])).to_crs(crs.DATA_CRS)
    assert repair.mended(degrees).notices[0].code == "repair.near_duplicates"
    wide = layer(polygon([(0, 0), (20, 0), (20, 0.01), (20, 20)])).to_crs(crs.DATA_CRS)
    assert repair.mended(wide).notices == ()


def test_areas_are_on_the_ellipsoid_whatever_the_system() -> None:
    corners = ((0, 0, 20_000, 20_000), (10_000, 10_000, 30_000, 30_000))
    # Part by part: of invalid shapes, GEOS densifies what it thinks is meant.
    parts = several(*(shapely.segmentize(box(*bounds), 500) for bounds in corners))
    for system in (crs.DATA_CRS, crs.given("EPSG:4525"), crs.given("EPSG:3857")):
        fine = layer(parts).to_crs(system)
        (notice,) = repair.mended(fine, limits=ALL).notices
        assert notice.area_before_m2 == pytest.approx(8e8, rel=1e-6)
        assert notice.area_after_m2 == pytest.approx(7e8, rel=1e-6)


def test_areas_far_from_china_are_told_too() -> None:
    eight = shapely.Polygon([(-60, 0), (-59, 1), (-59, 0), (-60, 1)])
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=gpd.GeoSeries([eight], crs=crs.DATA_CRS))
    (notice,) = repair.mended(frame, limits=ALL).notices
    # A square degree at the equator is some 111.3 by 110.6 km.
    assert notice.area_after_m2 == pytest.approx(111.3e3 * 110.6e3 / 2, rel=1e-3)


def test_without_a_system_no_areas_are_told_but_the_share_is_limited() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)])
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=gpd.GeoSeries([parts]))
    with pytest.raises(GeometryError, match=r"area by 14.29% of the layer; allowed is 1.00%"):
        repair.mended(frame)
    made = repair.mended(frame, limits=repair.Limits(share=0.2))
    assert made.notices[0].area_after_m2 is None
    assert np.isnan(made.before_m2).all()
    assert made.frame.area.tolist() == [7]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({}, r"0.000100 km2 in all, 14.29% of the layer; allowed is 1.00%.* Rows: 1\. .*--repair"),
        ({"share": 1, "area_m2": 99}, "0.000100 km2 in row 1; allowed for one shape is 0.000099"),
        ({"share": 1}, "3 of 3 rows by more than 1 m2; allowed is 10%"),
    ],
)
def test_beyond_a_limit_it_stops(limits: dict[str, Any], words: str) -> None:
    parts = several(box(0, 0, 20, 20), box(10, 10, 30, 30))
    frame = layer(*[parts] * (3 if limits == {"share": 1} else 1))
    with pytest.raises(GeometryError, match=words) as e:
        repair.mended(frame, limits=repair.Limits(**limits))
    assert e.value.code == "repair.limit"
    assert pickle.loads(pickle.dumps(e.value)).code == "repair.limit"


def test_at_a_limit_it_goes_on() -> None:
    parts = several(box(0, 0, 20, 20), box(10, 10, 30, 30))
    limits = repair.Limits(share=100 / 700, area_m2=100, rows_share=1)
    assert repair.mended(layer(parts), limits=limits).frame.area.tolist() == [700]


def test_rows_that_stand_twice_are_told_and_kept_unless_asked() -> None:
    one, other = box(0, 0, 9, 9), box(20, 0, 29, 9)
    later = placed(shapely.Polygon([(9, 9), (0, 9), (0, 0), (9, 0)]))
    frame = layer(one, other, later, one, use=["x", "x", "x", "y"])
    made = repair.mended(frame)
    assert notices(made)["repair.duplicate_rows"].rows == (3,)
    assert notices(made)["repair.duplicate_shapes"].rows == (4,)
    assert len(made.frame) == 4
    dropped = repair.mended(frame, limits=repair.Limits(drop_duplicates=True))
    assert dropped.frame.index.tolist() == [0, 1, 3]
    assert "left out" in notices(dropped)["repair.duplicate_rows"].message


def test_attributes_that_are_missing_are_the_same() -> None:
    frame = layer(box(0, 0, 9, 9), box(0, 0, 9, 9), use=[None, None], size=[np.nan, np.nan])
    assert set(notices(repair.mended(frame))) == {"repair.duplicate_rows"}


def test_ids_that_stand_twice() -> None:
    frame = layer(*many_boxes(4), id=["a", "b", "a", None])
    notice = notices(repair.mended(frame, ids="id"))["repair.duplicate_ids"]
    assert (notice.rows, notice.evidence) == ((3,), "'a'")
    assert repair.mended(frame).notices == ()


def test_only_the_first_rows_are_named_and_all_are_counted() -> None:
    eights = [
        placed(
            shapely.transform(shapely.Polygon(EIGHT), lambda xy, n=n: xy + np.array([30 * n, 0]))
        )
        for n in range(25)
    ]
    (notice,) = repair.mended(layer(*eights)).notices
    assert (notice.count, notice.rows) == (25, tuple(range(1, 21)))
    assert notice.evidence.endswith("; … and 5 more")
    assert notice.area_after_m2 == pytest.approx(25 * 200)


@settings(max_examples=60, deadline=None, phases=QUICK)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=8),
        min_size=1,
        max_size=3,
    ),
    st.booleans(),
)
def test_whatever_is_drawn_becomes_sound(rings: list[Any], as_parts: bool) -> None:
    if as_parts:
        shape = shapely.MultiPolygon([(ring, []) for ring in rings])
    else:
        shape = shapely.Polygon(rings[0], rings[1:])
    made = repair.mended(layer(placed(shape)), limits=ALL)
    (fixed,) = made.frame.geometry
    assert shapely.is_valid(fixed)
    assert fixed.is_empty or fixed.geom_type in ("Polygon", "MultiPolygon")
    told = {notice.code for notice in made.notices} - {"repair.near_duplicates"}
    assert bool(told) == (not shapely.is_valid(shape))
    again = repair.mended(made.frame, limits=ALL)
    assert again.frame.geometry.to_wkb().tolist() == made.frame.geometry.to_wkb().tolist()
    if len(rings) == 1:
        around = winding(rings[0], PLACES)
        inside = shapely.contains(fixed, shapely.points(PLACES + CORNER))
        assert inside.tolist() == (around != 0).tolist()


PLACES = np.array([(x + 0.3713, y + 0.6177) for x in range(9) for y in range(9)])
"""Places on no line between two corners of a lattice of 10 by 10."""


def winding(ring: list[tuple[int, int]], places: np.ndarray) -> np.ndarray:
    """Return how often a ring goes around each place, counter-clockwise."""
    found = np.zeros(len(places), dtype=int)
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        left = (bx - ax) * (places[:, 1] - ay) - (places[:, 0] - ax) * (by - ay)
        found += (ay <= places[:, 1]) & (by > places[:, 1]) & (left > 0)
        found -= (ay > places[:, 1]) & (by <= places[:, 1]) & (left < 0)
    return found


@pytest.mark.parametrize("system", [4490, 4546])
def test_shapes_wider_than_the_earth_have_no_area(system: int) -> None:
    wide = [(0.0, 0.0), (1e30, 1e30), (1e30, 0.0), (0.0, 1e30)]
    frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(wide)], crs=system)
    made = repair.mended(frame, limits=ALL)
    assert shapely.is_valid(made.frame.geometry.iloc[0])
    assert np.isnan(made.after_m2).all()
    assert [n.area_after_m2 for n in made.notices if n.code == "repair.self_crossing"] == [None]
