"""Static pictures: projected, escaped, small, everything in its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import shapely

from geoplan.publish.atlas import Atlas
from geoplan.publish.items import items
from geoplan.publish.pages import Page
from geoplan.publish.picture import counties, svg
from geoplan.publish.rows import Shown
from tests.publish import sample
from tests.publish.paging import every_page


@pytest.fixture(scope="module")
def atlas_of_tables(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    config = sample.project(tmp_path_factory.mktemp("project")).config
    tables = sample.tables(attack=True)
    tables["units"] = tables["units"].copy()
    tables["units"].loc[tables["units"]["adcode"] == "140729", "name"] = sample.ATTACK
    shown = Shown(tables)
    made = items(shown)
    pages = every_page(shown, config, items=made)
    return Atlas(shown, config, made, pages, sample.AS_OF, "internal")


def page(atlas: Atlas, file: str) -> Page:
    return next(p for p in atlas.pages if p.file == file and isinstance(p, Page))


def test_the_scope_fills_the_picture(atlas_of_tables: Atlas) -> None:
    made = counties(atlas_of_tables, "140700", width=400)
    inside = shapely.union_all([s for code, s in made.shapes.items() if code.startswith("1407")])
    west, north, east, south = inside.bounds
    assert 0 < west < 20
    assert 380 < east < 400
    assert 0 < north < south < made.height


def test_areas_are_true_to_two_percent(atlas_of_tables: Atlas) -> None:
    made = counties(atlas_of_tables, "140700", width=400)
    areas = sample.units().set_index("adcode")["area_km2"]
    drawn = made.shapes["140722"].area * made.ground**2 / 1e6
    assert drawn == pytest.approx(areas["140722"], rel=0.02)


def test_neighbours_still_share_their_borders(atlas_of_tables: Atlas) -> None:
    made = counties(atlas_of_tables, "140000", width=300)
    assert shapely.coverage_is_valid(list(made.shapes.values()))


def test_names_are_escaped(atlas_of_tables: Atlas) -> None:
    text = svg(atlas_of_tables, page(atlas_of_tables, "jinzhong.html"), width=400, labels=True)
    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_lists_are_hatched_and_zones_filled(atlas_of_tables: Atlas) -> None:
    zones = svg(atlas_of_tables, page(atlas_of_tables, "jinzhong.html"), width=400, labels=False)
    assert '<g fill="#e8923c" fill-opacity' in zones
    coal = svg(atlas_of_tables, page(atlas_of_tables, "energy.html"), width=400, labels=False)
    hatch = re.search(r'<g fill="url\(#(p-energy-\d)\)"', coal)
    assert hatch is not None
    pattern = re.search(f'<pattern id="{hatch[1]}".*?</pattern>', coal)
    assert pattern is not None
    assert 'stroke="#355070"' in pattern[0]
    assert '<g fill="#355070"' not in coal


def test_a_picture_without_names_has_no_text(atlas_of_tables: Atlas) -> None:
    text = svg(atlas_of_tables, page(atlas_of_tables, "overview.html"), width=320, labels=False)
    assert "<text" not in text
    assert len(text) < 60_000


def test_every_county_is_drawn_once_and_used_by_reference(atlas_of_tables: Atlas) -> None:
    text = svg(atlas_of_tables, page(atlas_of_tables, "overview.html"), width=320, labels=False)
    ids = re.findall(r'id="(c-[^"]+)"', text)
    assert len(ids) == len(set(ids)) == 16
    assert set(re.findall(r'href="#(c-[^"]+)"', text)) == set(ids)


def test_the_picture_on_a_page_has_scale_and_north(atlas: Path) -> None:
    text = (atlas / "overview.html").read_text("utf-8")
    assert re.search(r"\d+ km</text>", text)
    assert ">N</text>" in text
