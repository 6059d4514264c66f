"""What should divide a region without overlaps and gaps: told, and made so."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import Phase, given, settings

import geopandas as gpd
import shapely

from geoplan import crs, repair
from geoplan.errors import GeometryError, MissingCRSError
from geoplan.reading import Notice
from tests.repair.layers import CORNER, box, layer, placed, polygon

ALL = repair.Limits(share=math.inf, area_m2=math.inf, rows_share=1)
QUICK = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
AROUND = [
    box(0, 0, 300, 100),
    box(0, 100, 100, 200),
    box(200, 100, 300, 200),
    box(0, 200, 300, 300),
]
"""Four boxes around a square of 100 m."""


def by_code(notices: tuple[Notice, ...]) -> dict[str, Notice]:
    """Return notices by code; each code stands once."""
    found = {notice.code: notice for notice in notices}
    assert len(found) == len(notices)
    return found


def test_of_a_coverage_nothing_is_told() -> None:
    assert repair.coverage(layer(box(0, 0, 100, 100), box(100, 0, 200, 100))) == ()
    assert repair.coverage(layer(box(0, 0, 100, 100), box(900, 0, 950, 100))) == ()
    assert repair.coverage(layer()) == ()
    assert repair.coverage(layer(None, shapely.Polygon())) == ()


def test_an_overlap_and_a_sliver_are_told_apart() -> None:
    frame = layer(
        None,
        box(0, 0, 110, 100),
        box(100, 0, 200, 100),
        box(199.8, 0, 300, 100),
        box(900, 0, 950, 9),
    )
    found = by_code(repair.coverage(frame))
    assert set(found) == {"coverage.overlap", "coverage.sliver_overlap"}
    wide, thin = found["coverage.overlap"], found["coverage.sliver_overlap"]
    assert (wide.rows, wide.severity, wide.area_before_m2) == ((2, 3), "warning", 1000)
    assert wide.evidence == "rows 2 and 3: 1000.0 m2"
    assert (thin.rows, thin.severity) == ((3, 4), "info")
    assert thin.area_before_m2 == pytest.approx(20, rel=1e-6)


def test_what_a_sliver_is_can_be_told() -> None:
    frame = layer(box(0, 0, 110, 100), box(100, 0, 200, 100))  # 1000 m² by a perimeter of 220 m
    width = 2 * 1000 / 220
    for sliver_m, code in ((width - 0.01, "overlap"), (width + 0.01, "sliver_overlap")):
        assert set(by_code(repair.coverage(frame, sliver_m=sliver_m))) == {f"coverage.{code}"}


@pytest.mark.parametrize("inner", [box(0, 0, 100, 100), box(20, 20, 50, 50)])
def test_the_same_place_twice_is_an_overlap(inner: shapely.Geometry) -> None:
    found = by_code(repair.coverage(layer(box(0, 0, 100, 100), inner)))
    assert found["coverage.overlap"].area_before_m2 == pytest.approx(inner.area)


def test_a_gap_is_told_with_those_around_it() -> None:
    found = by_code(repair.coverage(layer(*AROUND)))
    assert set(found) == {"coverage.gap", "coverage.edges"}  # the long sides lack corners
    gap = found["coverage.gap"]
    assert (gap.count, gap.rows, gap.area_before_m2) == (1, (1, 2, 3, 4), pytest.approx(1e4))
    assert gap.evidence == "0.010000 km2 between rows 1, 2, 3, 4"


def test_an_island_in_a_gap_is_no_gap() -> None:
    found = by_code(repair.coverage(layer(*AROUND, box(120, 120, 160, 160))))
    assert found["coverage.gap"].area_before_m2 == pytest.approx(1e4 - 1600)


def test_a_gap_is_told_though_slits_lead_to_it() -> None:
    # Borders that miss one another by the last digits are no way out.
    shapes = [AROUND[0], box(0, 100 + 1e-6, 100, 200), *AROUND[2:]]
    found = by_code(repair.coverage(layer(*shapes)))
    assert found["coverage.gap"].area_before_m2 == pytest.approx(1e4, rel=1e-3)


def test_a_thin_gap_is_a_sliver() -> None:
    shapes = [AROUND[0], box(0, 100, 150, 200), box(150.5, 100, 300, 200), AROUND[3]]
    found = by_code(repair.coverage(layer(*shapes)))
    assert found["coverage.sliver_gap"].area_before_m2 == pytest.approx(50)
    assert "coverage.gap" not in found


def test_a_vertex_that_is_missing_on_one_side() -> None:
    frame = layer(box(0, 0, 100, 100), box(100, 0, 200, 50), box(100, 50, 200, 100))
    (notice,) = repair.coverage(frame)
    assert (notice.code, notice.severity, notice.count) == ("coverage.edges", "info", 3)
    assert notice.evidence.startswith("row 1: 100.0 m of border")


def test_only_a_part_of_many_is_looked_at_and_that_is_told() -> None:
    many = [box(100 * n, 0, 100 * n + 110, 100) for n in range(20)]
    found = by_code(repair.coverage(layer(*many), most=5))
    assert found["coverage.sampled"].message.startswith("only 5 of 20 polygons")
    overlaps = found["coverage.overlap"]
    assert overlaps.message.startswith("4 pair(s)")  # five that lie together have four borders
    assert max(overlaps.rows) - min(overlaps.rows) == 4


def test_widths_need_a_system() -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(0, 0, 1, 1)])
    with pytest.raises(MissingCRSError):
        repair.coverage(frame)
    with pytest.raises(MissingCRSError):
        repair.cleaned(frame)


def test_metres_are_metres_in_degrees_too() -> None:
    frame = layer(box(0, 0, 110, 100), box(100, 0, 200, 100)).to_crs(crs.DATA_CRS)
    assert by_code(repair.coverage(frame))["coverage.overlap"].area_before_m2 == pytest.approx(1000)


def whole(frame: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return the region of a layer in the work CRS."""
    return shapely.union_all(crs.any_to_work(frame.geometry.to_numpy(), frame.crs))


def test_what_two_claim_goes_to_one() -> None:
    frame = layer(box(0, 0, 110, 100), box(100, 0, 200, 100), name=["a", "b"])
    made = repair.cleaned(frame, limits=ALL)
    assert made.frame.area.tolist() == [11_000, 9_000]
    assert made.frame["name"].tolist() == ["a", "b"]
    notice = by_code(made.notices)["coverage.cleaned"]
    assert (notice.area_before_m2, notice.area_after_m2) == pytest.approx((21_000, 20_000))
    assert "1000.0 m2 claimed twice given to one" in notice.message
    assert "row 2: 0.010000 km2 to 9000.0 m2" in notice.evidence
    assert repair.coverage(made.frame) == ()


def test_a_narrow_gap_is_filled_and_a_wide_one_stays() -> None:
    shapes = [AROUND[0], box(0, 100, 150, 200), box(150.5, 100, 300, 200), AROUND[3]]
    made = repair.cleaned(layer(*shapes))
    assert made.frame.area.sum() == pytest.approx(90_000)
    assert "1 gap(s) of 50.0 m2 filled" in by_code(made.notices)["coverage.cleaned"].message
    kept = repair.cleaned(layer(*AROUND))
    assert kept.frame.area.sum() == pytest.approx(80_000)
    assert [n.code for n in repair.coverage(kept.frame)] == ["coverage.gap", "coverage.edges"][:1]


def test_a_coverage_is_not_touched() -> None:
    frame = layer(box(0, 0, 100, 100), None, box(100, 0, 200, 100))
    made = repair.cleaned(frame)
    assert made.frame.geometry.to_wkb().tolist() == frame.geometry.to_wkb().tolist()
    assert [notice.code for notice in made.notices] == ["repair.null"]


def test_what_lies_wholly_in_another_is_told() -> None:
    made = repair.cleaned(layer(box(0, 0, 100, 100), box(20, 20, 30, 30)), limits=ALL)
    assert by_code(made.notices)["coverage.vanished"].rows == (2,)
    assert made.frame.geometry.is_empty.tolist() == [False, True]


def test_beyond_a_limit_nothing_is_cleaned() -> None:
    frame = layer(box(0, 0, 110, 100), box(100, 0, 200, 100))
    with pytest.raises(GeometryError, match=r"4.76% of the layer; allowed is 1.00%") as e:
        repair.cleaned(frame)
    assert e.value.code == "repair.limit"


def test_repairs_and_cleaning_are_told_together() -> None:
    eight = polygon([(500, 0), (520, 20), (520, 0), (500, 20)])
    frame = layer(eight, box(0, 0, 110, 100), box(100, 0, 200, 100))
    made = repair.cleaned(frame, limits=ALL)
    assert set(by_code(made.notices)) == {"repair.self_crossing", "coverage.cleaned"}
    assert made.changed.tolist() == [0, 1, 2]
    assert made.reasons[1] == "made to fit its neighbours"


def test_old_vertices_keep_every_digit_in_degrees() -> None:
    frame = layer(box(0, 0, 110, 100), box(100, 0, 200, 100)).to_crs(crs.DATA_CRS)
    made = repair.cleaned(frame, limits=ALL)
    old = shapely.get_coordinates(frame.geometry.to_numpy())
    new = shapely.get_coordinates(made.frame.geometry.to_numpy())
    off = np.abs(new[:, None, :] - old[None, :, :]).max(axis=2).min(axis=1)
    # None is an old one whose last digits changed: it is the same, or well away.
    assert not ((off > 0) & (off < 1e-10)).any()
    assert (off == 0).sum() >= 8
    assert shapely.coverage_is_valid(made.frame.geometry.to_numpy())


def grid(moves: list[tuple[float, float]], side: int) -> list[shapely.Geometry]:
    """Return boxes of 100 m side by side, each corner moved by its own small step."""
    shapes = []
    steps = iter(moves)
    for row in range(side):
        for column in range(side):
            corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) + np.array([column, row])
            off = np.array([next(steps) for _ in corners])
            shapes.append(shapely.Polygon(100.0 * corners + off + CORNER))
    return shapes


step = st.sampled_from([-0.4, -0.01, 0.0, 0.0, 0.0, 1e-4, 0.3])


def outline(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a region without its holes; what is open by less than a micrometre is closed."""
    closed = shapely.buffer(shape, 1e-6, join_style="mitre")
    return shapely.union_all([shapely.Polygon(p.exterior) for p in shapely.get_parts(closed)])


@settings(max_examples=25, deadline=None, phases=QUICK)
@given(st.lists(st.tuples(step, step), min_size=36, max_size=36), st.booleans())
def test_the_outer_border_does_not_move(moves: list[tuple[float, float]], in_degrees: bool) -> None:
    frame = layer(*grid(moves, 3))
    if in_degrees:
        frame = frame.to_crs(crs.DATA_CRS)
    made = repair.cleaned(frame, gap_m=1.0, limits=ALL)
    before, after = whole(frame), whole(made.frame)
    # A step of degrees in a double is 1.6e-9 m; needles of that width are lost.
    allowed = 1e-3 if in_degrees else 1e-6
    if not in_degrees:  # there, a mouth of a slit may be closed by the last digit
        # `outline` closes slits narrower than two micrometres, some metres long at their tips.
        assert shapely.symmetric_difference(outline(before), outline(after)).area < 1e-4
    added = shapely.get_parts(shapely.difference(after, before))
    assert shapely.is_empty(shapely.buffer(added, -0.5)).all()
    assert shapely.difference(before, after).area < allowed
    assert made.frame.geometry.is_valid.all()
    shapes = crs.any_to_work(made.frame.geometry.to_numpy(), made.frame.crs)
    assert shapely.area(shapes).sum() == pytest.approx(after.area, abs=allowed)
    codes = {notice.code for notice in repair.coverage(made.frame)}
    assert not codes & {"coverage.overlap", "coverage.sliver_overlap", "coverage.gap"}
    if not in_degrees:
        assert shapely.coverage_is_valid(shapes)


@settings(max_examples=10, deadline=None, phases=QUICK)
@given(st.lists(st.tuples(step, step), min_size=16, max_size=16))
def test_areas_are_those_of_geos_but_for_who_gets_what(moves: list[tuple[float, float]]) -> None:
    shapes = np.array(grid(moves, 2), dtype=object)
    ours = repair.cleaned(layer(*shapes), gap_m=0.0001, limits=ALL).frame.area.sum()
    theirs = shapely.area(shapely.coverage_clean(shapes, snapping_distance=1e-9)).sum()
    assert ours == pytest.approx(theirs, abs=1e-3)


def test_layers_of_the_shipped_size_are_quick() -> None:
    shapes = grid([(0.0, 0.0)] * 4 * 900, 30)
    shapes[450] = placed(shapely.box(0, 1500, 105, 1600))
    found = by_code(repair.coverage(layer(*shapes)))
    assert found["coverage.overlap"].rows == (451, 452)


def test_what_is_thinner_than_the_grid_makes_no_fault() -> None:
    """A union on a grid leaves such a triangle as a line."""
    thin = polygon([(0, 500), (100, 500), (50, 500.001)])
    told = by_code(repair.coverage(layer(box(0, 0, 100, 100), box(50, 0, 150, 100), thin)))
    assert set(told) == {"coverage.overlap"}


def test_shapes_without_a_place_are_not_compared() -> None:
    near = [shapely.box(112, 37, 112.1, 37.1), shapely.box(112.05, 37, 112.15, 37.1)]
    far = shapely.box(1112, 37, 1112.1, 37.1)
    frame = gpd.GeoDataFrame(geometry=[*near, far], crs=crs.DATA_CRS)
    assert by_code(repair.coverage(frame))["coverage.overlap"].rows == (1, 2)
