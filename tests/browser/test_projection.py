"""The projection of the screen, and lengths and areas on the ellipsoid, against PROJ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

import pyproj

from geoplan import crs
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

PLACES = [(112.5, 37.0), (110.23, 34.58), (114.56, 40.74), (111.4, 36.64), (113.0, 38.0)]
GEOD = pyproj.Geod(ellps="GRS80")


@pytest.fixture
def page(atlas: Path, opened: Open) -> Page:
    return opened(atlas / "jinzhong.html")


def test_places_in_metres_and_back(page: Page) -> None:
    meridian = page.evaluate("GEOPLAN.atlas.meridian")
    assert meridian == 112.5
    forward = pyproj.Transformer.from_crs(crs.DATA_CRS, crs.print_crs(meridian), always_xy=True)
    shown = page.evaluate(
        "all => all.map(([x, y]) => { const c = map_atlas.options.crs.projection;"
        " const m = c.project(L.latLng(y, x)), back = c.unproject(m);"
        " return [m.x, m.y, back.lng, back.lat]; })",
        PLACES,
    )
    for (x, y), (east, north, lng, lat) in zip(PLACES, shown, strict=True):
        assert np.hypot(*np.subtract(forward.transform(x, y), (east, north))) < 1e-3
        assert (lng, lat) == pytest.approx((x, y), abs=1e-9)


def test_lengths_and_areas_are_geodesic(page: Page) -> None:
    measured = page.evaluate(
        "all => { const at = all.map(([x, y]) => L.latLng(y, x));"
        " return [GEOPLAN.measure.length(at), GEOPLAN.measure.area(at)]; }",
        PLACES,
    )
    x, y = zip(*PLACES, strict=True)
    area, _ = GEOD.polygon_area_perimeter(x, y)
    assert measured[0] == pytest.approx(GEOD.line_length(x, y), abs=1e-3)
    assert measured[1] == pytest.approx(abs(area), rel=1e-6)


def test_one_place_has_no_length_and_no_area(page: Page) -> None:
    measured = page.evaluate(
        "() => { const at = L.latLng(37, 112);"
        " return [GEOPLAN.measure.length([at, at]), GEOPLAN.measure.area([at, at, at])]; }"
    )
    assert measured == [0, 0]
