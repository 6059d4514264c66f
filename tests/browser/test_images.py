"""Rasters in Chromium: where pictures lie, on screen and in the sheet, and what is told of them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Png
from playwright.sync_api import Page, expect

import shapely

from geoplan import crs, raster
from geoplan.publish import outputs
from geoplan.publish.images import Image, Swatch
from geoplan.publish.own.raster import RasterMap, beside, raster_text
from tests.browser import target
from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.steps import bounds, box, click_county
from tests.publish import rastered, sample

pytestmark = pytest.mark.browser

COLOURS = ((255, 0, 0), (0, 160, 0), (0, 0, 255), (255, 220, 0))
CROSS = (548_000.0, 4_163_000.0)
"""Metres east and north of where four cells of the test picture meet, in 晋中."""
BARE = ".leaflet-pane svg, .leaflet-marker-pane, .leaflet-p-names-pane, .app { visibility: hidden }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the theme with rasters, and one with four coloured squares."""
    made = tmp_path_factory.mktemp("rasters")
    every = outputs(rastered.tables(), project=sample.project(made), as_of=sample.AS_OF)
    page = next(output for output in every if output.name == "terrain.html")
    (made / "terrain.html").write_bytes(page.content())
    (made / "squares.html").write_text(raster_text(_squares()), "utf-8", newline="\n")
    return made


def _squares() -> RasterMap:
    colours = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in COLOURS]
    cells = np.kron(np.array([[1, 2], [3, 4]]), np.ones((60, 80))).astype("uint8")
    png = raster.png(cells, colours)
    x, y = CROSS
    image = Image(
        id="squares",
        title=("四格", "Squares"),
        note=("格", "cells"),
        png=png,
        size=(160, 120),
        bounds=(x - 40_000, y - 30_000, x + 40_000, y + 30_000),
        meridian=112.5,
        legend=tuple(Swatch((c, c), c, f"k{i}") for i, c in enumerate(colours)),
        source="样例",
    )
    return RasterMap(
        tables=beside(sample.tables(), {"coal"}),
        config=sample.project(Path()).config,
        images=(image,),
        file="squares.html",
        origin="",
        title=("四格", "Squares"),
        sensitivity="internal",
    )


def place(page: Page, point: tuple[float, float]) -> tuple[float, float]:
    """Return where a point in metres lies on the screen, by PROJ's degrees, not rounded."""
    lon, lat = crs.print_to_data(_points([point]), 112.5)[0].coords[0]
    found = page.evaluate(
        "([x, y]) => { const p = map_atlas.project(L.latLng(y, x)), o = map_atlas.getPixelOrigin(),"
        " r = map_atlas.getPane('mapPane').getBoundingClientRect();"
        " return [p.x - o.x + r.left, p.y - o.y + r.top]; }",
        [lon, lat],
    )
    return found[0], found[1]


def _points(points: list[tuple[float, float]]) -> np.ndarray:
    return np.asarray(shapely.points(points))


def crossing(page: Page, near: tuple[float, float]) -> tuple[float, float]:
    """Return where the colours change, to the right and downwards, near a place on the screen."""
    shot = np.asarray(Png.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    x, y = round(near[0]), round(near[1])
    row, column = shot[y - 8, x - 15 : x + 15], shot[y - 15 : y + 15, x - 8]
    edges = [
        np.flatnonzero(np.abs(np.diff(part, axis=0)).sum(axis=1) > 90) for part in (row, column)
    ]
    assert [len(edge) for edge in edges] == [1, 1]
    return x - 14 + edges[0][0], y - 14 + edges[1][0]


@pytest.mark.parametrize("zoom", [6.5, 8, 9.75, 11.25])
def test_cells_lie_where_they_should_to_half_a_pixel(
    folder: Path, opened: Open, zoom: float
) -> None:
    page = opened(folder / "squares.html")
    lon, lat = crs.print_to_data(_points([CROSS]), 112.5)[0].coords[0]
    page.evaluate(
        "([x, y, z]) => map_atlas.setView([y, x], z, { animate: false })", [lon, lat, zoom]
    )
    page.add_style_tag(content=BARE)
    at = place(page, CROSS)
    found = crossing(page, at)
    # Edges between whole pixels of the screen, the place between them.
    assert np.abs(np.subtract(found, at)).max() <= 0.51


def test_the_picture_moves_with_the_map(folder: Path, opened: Open) -> None:
    page = opened(folder / "squares.html")
    page.add_style_tag(content=BARE)
    page.evaluate("map_atlas.panBy([37, -23], { animate: false })")
    at = place(page, CROSS)
    assert np.abs(np.subtract(crossing(page, at), at)).max() <= 0.51
    page.set_viewport_size({"width": 1100, "height": 700})
    page.wait_for_function("map_atlas.getSize().y < 700")
    at = place(page, CROSS)
    assert np.abs(np.subtract(crossing(page, at), at)).max() <= 0.51


def test_the_sheet_has_the_picture_in_its_place(folder: Path, opened: Open) -> None:
    page = opened(folder / "squares.html")
    page.click("#print")
    expect(page.locator("#printing .paper")).to_be_visible()
    # The sheet is laid out in true size: no transform of the preview.
    page.evaluate("document.querySelector('.paper').style.transform = 'none'")
    lon, lat = crs.print_to_data(_points([CROSS]), 112.5)[0].coords[0]
    found = page.evaluate(
        """([x, y]) => {
            const of = name => document.querySelector(name).getBoundingClientRect();
            const img = of('.paper .leaflet-p-images-pane img'), box = of('.paper .folium-map');
            const p = map_atlas.project(L.latLng(y, x)).subtract(map_atlas.getPixelOrigin());
            const pane = map_atlas.getPane('mapPane').getBoundingClientRect();
            const dx = img.left + img.width / 2 - pane.left - p.x;
            return [dx, img.top + img.height / 2 - pane.top - p.y, img.width, box.width];
        }""",
        [lon, lat],
    )
    assert np.abs(found[:2]).max() < 0.05
    assert found[2] < found[3]
    legend = page.locator(".p-legend")
    expect(legend.locator(".swatch.step")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(page.locator("#printing")).to_have_count(0)
    page.add_style_tag(content=BARE)
    at = place(page, CROSS)
    assert np.abs(np.subtract(crossing(page, at), at)).max() <= 0.51


def test_one_raster_is_on_at_a_time_and_its_legend_with_it(folder: Path, opened: Open) -> None:
    page = opened(folder / "terrain.html")
    legend, shown = page.locator("#legend"), page.locator(".leaflet-p-images-pane img")
    expect(shown).to_have_count(1)
    expect(legend).to_contain_text("1000–1200")
    expect(legend).to_contain_text("合成数据，不是实测")
    expect(legend).to_contain_text("每格约 28×22 公里")
    page.check(box(page, "covers|image"))
    expect(page.locator(box(page, "heights|image"))).not_to_be_checked()
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("alt", "地表覆盖（示例）")
    expect(legend.locator("tr", has_text="林地")).to_contain_text("75.0%")
    expect(legend).not_to_contain_text("1000–1200")
    page.click("#clear")
    expect(shown).to_have_count(0)
    expect(page.locator("path.veil")).to_have_count(0)
    expect(legend).to_contain_text("当前没有显示的图层")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_county_tells_its_figures_and_never_a_value_at_a_point(
    folder: Path, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(folder / "terrain.html", size=size)
    click_county(page, "140729")
    panel = page.locator("#panel .rasters")
    expect(panel).to_contain_text("栅格统计")
    rows = panel.locator("table.zonal tr").all_inner_texts()
    told = [row.split("\t") for row in rows]
    assert ["平均", "729 米"] in told
    assert ["90% 分位", "779 米"] in told
    assert [row[0].strip() for row in told if "%" in row[-1]] == ["林地", "耕地"]
    expect(panel).to_contain_text("有值部分占全境 100.0%，合 12.5 格")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    left, _, right, _ = bounds(page, "#panel")
    assert right - left <= size[0]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_english_and_the_table_and_the_strength_of_fills(folder: Path, opened: Open) -> None:
    page = opened(folder / "terrain.html", "#140729&lang=en&fill=40")
    expect(page.locator("#panel .rasters")).to_contain_text("Raster figures")
    expect(page.locator("#panel .rasters")).to_contain_text("cells of about 28 × 22 km")
    opacity = "getComputedStyle(document.querySelector('.leaflet-p-images-pane')).opacity"
    assert page.evaluate(opacity) == "0.4"
    page.click("#show-table")
    expect(page.locator("#plain")).to_contain_text("Heights (sample): by unit")


def test_without_scripts_the_picture_and_its_figures_are_there(folder: Path, opened: Open) -> None:
    page = opened(folder / "terrain.html", scripts=False)
    shot = np.asarray(Png.open(io.BytesIO(page.locator("figure svg").screenshot())).convert("RGB"))
    # Some thousand pixels have the colour of 600 to 800 m exactly.
    colour = bytes.fromhex(rastered.heights_colour(3)[1:])
    assert (shot == np.frombuffer(colour, dtype="uint8")).all(axis=2).sum() > 2000
    expect(page.locator("#plain")).to_contain_text("海拔（示例）：分县统计")


def test_pages_with_rasters_run_in_chrome_86(folder: Path) -> None:
    for path in sorted(folder.glob("*.html")):
        text = path.read_text("utf-8")
        for script in target.scripts(text):
            assert target.syntax_faults(script) == (), path.name
            if "Leaflet" not in script:
                assert target.own_faults(script) == (), path.name
        for style in target.contents(text, "style"):
            assert target.style_faults(style) == (), path.name


def test_keys_switch_rasters(folder: Path, opened: Open) -> None:
    page = opened(folder / "terrain.html")
    page.focus(box(page, "covers|image"))
    page.keyboard.press("Space")
    expect(page.locator(box(page, "covers|image"))).to_be_focused()
    expect(page.locator(".leaflet-p-images-pane img")).to_have_attribute("alt", "地表覆盖（示例）")
