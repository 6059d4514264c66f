"""The counties that geoplan carries, in every system that people hand them on in."""

from __future__ import annotations

import numpy as np
import pytest

import geopandas as gpd
import pyproj
import shapely

from geoplan import crs
from geoplan.config import shipped
from geoplan.crs.borders import FEWEST, Borders
from geoplan.reading import Notice
from geoplan.vector import read_vector
from tests.coordinates import codes, of, projected, proposals, scattered


@pytest.fixture(scope="module")
def counties() -> gpd.GeoDataFrame:
    """Return the shipped counties."""
    return read_vector(shipped() / "data/boundaries/counties.parquet")


@pytest.fixture(scope="module")
def borders(counties: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return their borders as lines."""
    return shapely.union_all(shapely.boundary(counties.geometry.to_numpy()))


@pytest.fixture(scope="module")
def vertices(counties: gpd.GeoDataFrame) -> np.ndarray:
    """Return their vertices."""
    return shapely.get_coordinates(counties.geometry.to_numpy())


@pytest.fixture(scope="module")
def area(counties: gpd.GeoDataFrame) -> crs.Bounds:
    """Return the box around them."""
    west, south, east, north = counties.total_bounds.tolist()
    return (west, south, east, north)


def moved(degrees: np.ndarray, east_m: float, north_m: float) -> np.ndarray:
    """Return places moved by metres."""
    shapes = crs.data_to_work(shapely.points(degrees))
    xy = shapely.get_coordinates(shapes) + np.array([east_m, north_m])
    return shapely.get_coordinates(crs.work_to_data(shapely.points(xy)))


def ask(
    numbers: np.ndarray, stated: int | None, area: crs.Bounds, borders: shapely.Geometry
) -> tuple[Notice, ...]:
    """Ask the detective, with borders."""
    system = None if stated is None else pyproj.CRS(stated)
    return crs.suspected(system, numbers, area=area, borders=borders)


@pytest.mark.parametrize(
    ("code", "kind", "first"),
    [
        (4525, "crs.zone_prefix", "EPSG:4525"),
        (4526, "crs.zone_prefix", "EPSG:4526"),
        (4497, "crs.zone_prefix", "EPSG:4497"),
        (4508, "crs.no_zone_prefix", "EPSG:4546"),  # 6° and 3° about 111°E are the same numbers
        (4546, "crs.no_zone_prefix", "EPSG:4546"),
        (4547, "crs.no_zone_prefix", "EPSG:4547"),
        (2361, "crs.zone_prefix", "EPSG:4525"),
        (32649, "crs.no_zone_prefix", "EPSG:32649"),
    ],
)
def test_the_counties_without_a_system(
    counties: gpd.GeoDataFrame,
    area: crs.Bounds,
    borders: shapely.Geometry,
    code: int,
    kind: str,
    first: str,
) -> None:
    handed_on = counties.to_crs(code)
    numbers = shapely.get_coordinates(handed_on.geometry.to_numpy())
    found = ask(numbers, None, area, borders)
    assert codes(found)[:2] == ["crs.missing", kind]
    option = proposals(found[0])[0].removeprefix("--assume-crs ")
    assert option == first
    read = handed_on.set_crs(crs.given(option), allow_override=True)
    areas = crs.to_work(read).area.to_numpy()
    want = crs.to_work(counties).area.to_numpy()
    assert np.abs(areas / want - 1).max() < 1e-6
    assert "0 m from the borders" in found[0].evidence or code == 2361


@pytest.mark.parametrize("stated", [4490, 4326, 4525, 4546, 4547, 3857])
def test_honest_counties(
    vertices: np.ndarray, area: crs.Bounds, borders: shapely.Geometry, stated: int
) -> None:
    assert ask(projected(vertices, stated), stated, area, borders) == ()


@pytest.mark.parametrize(("name", "code"), [("GCJ-02", "crs.gcj02"), ("BD-09", "crs.bd09")])
@pytest.mark.parametrize("stated", [4490, 4326, None])
def test_shifted_counties(
    counties: gpd.GeoDataFrame,
    area: crs.Bounds,
    borders: shapely.Geometry,
    name: str,
    code: str,
    stated: int | None,
) -> None:
    shifted = crs.shifted_from(counties.geometry.to_numpy(), name)
    notices = ask(shapely.get_coordinates(shifted), stated, area, borders)
    found = of(notices, code)
    assert found.severity == "error"
    first, _, other = found.proposal.partition("; ")
    assert first == f"--assume-crs {name}"
    assert "the system that it states" in other
    assert f" 0 m {name}" in found.evidence
    assert "1000 vertices" in found.evidence
    again = crs.unshifted(shifted, first.removeprefix("--assume-crs "))
    want = crs.data_to_work(counties.geometry.to_numpy())
    assert shapely.area(crs.data_to_work(again)) == pytest.approx(shapely.area(want), rel=1e-6)
    assert "crs.gcj02" not in codes(notices) or code == "crs.gcj02"


def test_one_shifted_county(
    counties: gpd.GeoDataFrame, area: crs.Bounds, borders: shapely.Geometry
) -> None:
    shifted = crs.shifted_from(counties.geometry.to_numpy()[[40]], "GCJ-02")
    found = ask(shapely.get_coordinates(shifted), 4326, area, borders)
    assert codes(found) == ["crs.gcj02"]


def test_shifted_counties_in_web_mercator(
    vertices: np.ndarray,
    counties: gpd.GeoDataFrame,
    area: crs.Bounds,
    borders: shapely.Geometry,
) -> None:
    shifted = crs.shifted_from(counties.geometry.to_numpy(), "GCJ-02")
    numbers = projected(shapely.get_coordinates(shifted), 3857)
    found = of(ask(numbers, 3857, area, borders), "crs.gcj02")
    assert found.proposal.startswith("bring the file to degrees (EPSG:4490), then --assume-crs")
    assert len(numbers) == len(vertices)


def test_shifted_counties_of_another_hand(
    counties: gpd.GeoDataFrame, area: crs.Bounds, borders: shapely.Geometry
) -> None:
    # Another agency draws the same border up to 100 m beside ours.
    xy = shapely.get_coordinates(counties.geometry.to_numpy())
    noise = np.random.default_rng(3).normal(0, 60, xy.shape)
    drawn = shapely.get_coordinates(
        crs.work_to_data(
            shapely.points(shapely.get_coordinates(crs.data_to_work(shapely.points(xy))) + noise)
        )
    )
    assert ask(drawn, 4490, area, borders) == ()
    shifted = shapely.get_coordinates(crs.shifted_from(shapely.points(drawn), "GCJ-02"))
    assert codes(ask(shifted, 4490, area, borders)) == ["crs.gcj02"]


@pytest.mark.parametrize(
    "place",
    [(0, 0), (300, 0), (-520, -100), (-560, 80), (560, 80), (0, 600), (0, -600), (1100, 650)],
)
def test_other_shifts_are_not_taken_for_them(
    vertices: np.ndarray, area: crs.Bounds, borders: shapely.Geometry, place: tuple[float, float]
) -> None:
    found = ask(moved(vertices, *place), 4490, area, borders)
    # 560 m to the east is what GCJ-02 does, and 1100 m to the north-east what BD-09 does.
    alike = {(560, 80): ["crs.gcj02"], (1100, 650): ["crs.bd09"]}
    assert codes(found) in ([], alike.get(place, []))


@pytest.mark.parametrize("name", crs.SHIFTED)
def test_places_in_the_middle_of_units_tell_nothing(
    counties: gpd.GeoDataFrame, area: crs.Bounds, borders: shapely.Geometry, name: str
) -> None:
    seats = shapely.point_on_surface(counties.geometry.to_numpy())
    assert ask(shapely.get_coordinates(seats), 4490, area, borders) == ()
    shifted = crs.shifted_from(seats, name)
    assert ask(shapely.get_coordinates(shifted), 4490, area, borders) == ()


def test_shapes_without_common_borders_tell_nothing(
    counties: gpd.GeoDataFrame, area: crs.Bounds, borders: shapely.Geometry
) -> None:
    rings = counties.geometry.to_numpy()
    for inner in (shapely.buffer(rings, -0.02), shapely.buffer(rings[:5], 0.01)):
        for name in crs.SHIFTED:
            xy = shapely.get_coordinates(crs.shifted_from(inner, name))
            assert ask(xy, 4490, area, borders) == ()


@pytest.mark.parametrize("east_m", [-900, -600, -300, 300, 600, 900])
def test_a_field_beside_a_straight_border_tells_nothing(east_m: float) -> None:
    # Unshifted, a field may lie nearer to one border; so it does when moved elsewhere.
    line = shapely.LineString([(112.5, 37.0), (112.5, 38.0)])
    field = scattered((112.49, 37.4, 112.51, 37.401))
    assert Borders(line).shift_of(moved(field, east_m, 0)) is None


@pytest.mark.parametrize("side", [0.002, 0.02, 0.2])
def test_honest_fields_near_borders_give_no_notice(
    vertices: np.ndarray, area: crs.Bounds, borders: shapely.Geometry, side: float
) -> None:
    known = Borders(borders)
    dice = np.random.default_rng(5)
    for corner in vertices[:: len(vertices) // 12]:
        x, y = corner + dice.normal(0, 0.008, 2)
        field = scattered((x, y, x + side, y + side * dice.uniform(0.05, 1)), 40)
        assert known.shift_of(field) is None
        if side < 0.05:
            assert known.median_m(field) is None
        else:
            numbers = projected(field, 4546)
            assert crs.suspected(pyproj.CRS(4546), numbers, area=area, borders=borders) == ()


def test_few_coordinates_tell_nothing(vertices: np.ndarray, borders: shapely.Geometry) -> None:
    shifted = shapely.get_coordinates(
        crs.shifted_from(shapely.points(vertices[: FEWEST - 1]), "GCJ-02")
    )
    assert Borders(borders).shift_of(shifted) is None
    assert Borders(borders).shift_of(np.repeat(shifted, 10, axis=0)) is None


@pytest.mark.parametrize(
    ("stated", "real"), [(4547, 4546), (4546, 4547), (32649, 4546), (4546, 32649)]
)
def test_another_meridian_is_found_by_the_borders(
    vertices: np.ndarray, area: crs.Bounds, borders: shapely.Geometry, stated: int, real: int
) -> None:
    numbers = projected(vertices, real)
    found = ask(numbers, stated, area, borders)
    assert codes(found) == ["crs.contradicting"]
    assert found[0].severity == "error"
    assert proposals(found[0])[0] == f"--assume-crs EPSG:{real}"
    assert "as stated" in found[0].evidence
    # Without borders nothing tells: data may lie on both sides of the units' edge.
    assert crs.suspected(pyproj.CRS(stated), numbers, area=area) == ()


def test_borders_rank_what_fits(
    counties: gpd.GeoDataFrame, area: crs.Bounds, borders: shapely.Geometry
) -> None:
    # One county fits about 111°E and about 114°E: a box cannot tell, its borders can.
    middle = shapely.get_x(shapely.centroid(counties.geometry.to_numpy()))
    one = counties[(middle > 111.3) & (middle < 111.7)].iloc[[0]]
    for code in (4546, 4547):
        numbers = shapely.get_coordinates(one.to_crs(code).geometry.to_numpy())
        found = ask(numbers, None, area, borders)
        assert proposals(found[0])[0] == f"--assume-crs EPSG:{code}"


def test_distances() -> None:
    square = shapely.box(112.0, 37.0, 113.0, 38.0)
    for lines in (shapely.boundary(square), square, shapely.MultiPolygon([square])):
        known = Borders(lines)
        far = known.distances_m(np.array([(112.0, 37.5), (112.5, 37.5)]))
        assert far[0] == pytest.approx(0, abs=50)  # edges are straight in the work system
        assert far[1] == pytest.approx(44_000, rel=0.05)
        along = np.column_stack([np.full(30, 112.0), np.linspace(37, 38, 30)])
        assert known.median_m(along) == pytest.approx(0, abs=50)
        # Few places, or a small field, lie beside a border by chance.
        assert known.median_m(along[:11]) is None
        assert known.median_m(np.column_stack([along[:, 0], np.linspace(37, 37.05, 30)])) is None


def test_nothing_to_measure() -> None:
    known = Borders(shapely.GeometryCollection())
    assert known.median_m(np.array([(112.0, 37.0)])) is None
    assert known.shift_of(scattered((112, 37, 113, 38))) is None
    there = Borders(shapely.LineString([(112, 37), (113, 38)]))
    assert there.median_m(np.full((3, 2), np.nan)) is None
    assert there.shift_of(np.full((30, 2), np.nan)) is None
