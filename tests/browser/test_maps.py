"""Maps in a browser: layers, legend, furniture, sheets, and what shows without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.steps import (
    MAPS,
    bounds,
    box,
    click_county,
    drawn,
    hidden_points,
    outline_points,
    unfold,
)
from tests.publish import sample

pytestmark = pytest.mark.browser

ZONE = "zones|key_development|geometry"
PARKS = "parks|park|list"
AXIS = "sketch|axis|indicative"


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("name", MAPS)
def test_every_map_opens_offline(
    atlas: Path, opened: Open, name: str, size: tuple[int, int]
) -> None:
    page = opened(atlas / f"{name}.html", size=size)
    expect(page.locator("#plate h1")).not_to_be_empty()
    assert page.locator(".folium-map path.county-line").count() == 1
    assert drawn(page) > 0
    assert page.locator(".name b:visible").count() >= 3
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size[0]


def test_the_index_opens_and_leads_to_every_map(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "index.html")
    assert page.locator("a.card").count() == len(MAPS)
    page.locator("a.card").first.click()
    page.wait_for_selector("body.ready")
    assert page.url.endswith("overview.html")


def test_ticking_a_class_draws_it_and_the_legend_follows(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    legend = page.locator("#legend")
    expect(legend).to_contain_text("重点开发区域")
    before = drawn(page)
    page.click(box(page, ZONE))
    assert drawn(page) == before - 1
    expect(legend).not_to_contain_text("重点开发区域")
    page.click(box(page, ZONE))
    assert drawn(page) == before
    expect(legend).to_contain_text("重点开发区域")


def test_the_legend_gives_area_and_share_of_the_scope(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    areas = sample.units().set_index("adcode")["area_km2"]
    own = sum(areas[code] for code in sample.ZONES["key_development"])
    row = page.locator("#legend tr", has=page.get_by_text("重点开发区域"))
    expect(row).to_contain_text(f"{own:.2f}")
    expect(row).to_contain_text(f"{100 * own / areas['140700']:.1f}%")
    expect(page.locator("#legend")).to_contain_text("县域口径")
    click_county(page, "140702")
    expect(row).to_contain_text(f"{areas['140702']:.2f}")
    expect(row).to_contain_text("100.0%")


def test_above_a_plans_scope_the_legend_says_whose_share_it_is(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    areas = sample.units().set_index("adcode")["area_km2"]
    own = sum(areas[code] for code in sample.ZONES["key_development"])
    legend = page.locator("#legend")
    row = legend.locator("tr", has=page.get_by_text("重点开发区域"))
    expect(legend.locator("th.n").nth(1)).to_have_text("占比")
    expect(legend.locator("td.layer .whose")).to_have_text(["占晋中市"])
    expect(row).to_contain_text(f"{100 * own / areas['140700']:.1f}%")
    page.click("#language")
    expect(legend.locator("td.layer .whose")).to_have_text(["share of Jinzhong City"])
    page.click("#language")
    click_county(page, "140702")
    expect(legend.locator("th.n").nth(1)).to_have_text("占本县")
    expect(legend.locator(".whose")).to_have_count(0)
    expect(row).to_contain_text("100.0%")
    page = opened(atlas / "jinzhong.html")
    expect(page.locator("#legend .whose")).to_have_count(0)


def test_a_register_without_status_has_no_mark(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "energy.html", "#140728")
    for place in ("#tree li.layer", "#legend tr", "#panel .of"):
        own = page.locator(place, has_text="地块")
        expect(own).not_to_have_count(0)
        expect(own.locator(".mark")).to_have_count(0)
    assert page.locator(".null, .undefined").count() == 0
    expect(page.locator("body")).not_to_contain_text("现行")


def test_lists_have_counts_and_never_an_area(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "corridor-108.html")
    page.click("#clear")
    page.click(box(page, PARKS))
    row = page.locator("#legend tr", has=page.get_by_text("工业园区", exact=True))
    expect(row).to_contain_text("2 个")
    assert re.search(r"\d+\.\d|%", row.inner_text()) is None
    fill = page.locator("path.item.list").first.get_attribute("fill")
    assert fill is not None
    assert fill.startswith("url(#hatch-")
    assert page.locator(".chip:visible").count() == 2


def test_many_lists_show_counts_instead_of_a_thicket_of_hatches(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "corridor-108.html")
    page.click(box(page, PARKS))
    expect(page.locator("path.item.list")).to_be_visible()
    page.evaluate("document.body.classList.add('many-lists')")
    expect(page.locator("path.item.list")).to_be_hidden()
    assert page.locator(".chip:visible").count() == 2


def test_indicative_shapes_are_off_apart_and_vanish_when_near(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "corridor-108.html")
    assert page.locator("path.vague").count() == 0
    unfold(page, "示意图形（由本图集推绘，非规划成果）")
    page.click(box(page, AXIS))
    assert page.locator("path.vague").count() == 1
    expect(page.locator("#legend")).to_contain_text("示意图形（由本图集推绘，非规划成果）")
    expect(page.locator("#legend")).to_contain_text("约 31 公里")
    page.evaluate("map_atlas.setZoom(11, {animate: false})")
    assert page.locator("path.vague").count() == 0
    page.evaluate("map_atlas.setZoom(9, {animate: false})")
    assert page.locator("path.vague").count() == 1


def test_related_layers_stand_with_the_theme_that_shows_them(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "energy.html")
    zone = "zones|ecological_function|geometry"
    theme = page.locator("#tree section.theme", has=page.get_by_text("能源基地", exact=True))
    expect(theme.locator(".related")).to_have_text("相关图层")
    for key in (zone, PARKS):
        expect(page.locator(box(page, key))).to_have_count(1)
        expect(theme.locator(box(page, key).removeprefix("#tree "))).to_be_checked()
    row = page.locator("#legend tr", has=page.get_by_text("重点生态功能区", exact=True))
    areas = sample.units().set_index("adcode")["area_km2"]
    own = sum(areas[code] for code in sample.ZONES["ecological_function"])
    expect(row).to_contain_text(f"{own:.2f}")
    expect(row).to_contain_text(f"{100 * own / areas['140700']:.1f}%")
    before = drawn(page)
    page.click(box(page, zone))
    assert drawn(page) == before - 1
    page = opened(atlas / "main-function-zone.html")
    expect(page.locator("#tree .related")).to_have_count(0)
    expect(page.locator(box(page, zone))).to_have_count(1)


def test_counts_in_the_tree_are_those_of_the_scope(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    tree = page.locator("#tree")
    expect(tree.locator("li.layer", has_text="煤炭基地")).to_contain_text("煤炭 · 0 个")
    expect(tree.locator("li.layer", has_text="重点工业园区")).to_contain_text("工业园区 · 2 个")


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("name", ["overview", "jinzhong"])
def test_the_scope_opens_clear_of_all_furniture(
    atlas: Path, opened: Open, name: str, size: tuple[int, int]
) -> None:
    page = opened(atlas / f"{name}.html", size=size)
    prefix = "14" if name == "overview" else "1407"
    assert hidden_points(page, prefix) == {}
    outline = outline_points(page, prefix)
    frame = bounds(page, ".folium-map")
    wide = max(x for x, _ in outline) - min(x for x, _ in outline)
    high = max(y for _, y in outline) - min(y for _, y in outline)
    assert max(wide / (frame[2] - frame[0]), high / (frame[3] - frame[1])) > 0.75


def test_the_page_names_its_sources(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    expect(page.locator("#status .sources")).to_have_text(
        "资料来源某省界线，非法定界线；点位：某库；河流：某图"
    )
    page.click("#sources summary")
    expect(page.locator("#base li")).to_have_text(
        ["某省界线，非法定界线", "点位：某库", "河流：某图"]
    )
    expect(page.locator("#documents li")).to_have_text(
        ["《旧规划》（市政发〔2016〕1号）已到期", "《新规划》"]
    )
    expect(page.locator("#others li")).to_have_text(["公开资料"])
    page.click("#language")
    expect(page.locator("#status .sources")).to_contain_text("Borders of A; Points © Some Base")
    expect(page.locator("#others h3")).to_have_text("Other sources")


def test_zoom_stops_at_about_one_to_200_000(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    page.evaluate("map_atlas.setZoom(18, {animate: false})")
    expect(page.locator("#scale")).to_contain_text(re.compile(r"^\s*\d+ 公里\s+1:[12]\d{5}\s*$"))
    scale = re.search(r"1:(\d+)", page.locator("#scale").inner_text())
    assert scale is not None
    assert 150_000 <= int(scale[1]) <= 220_000


def test_furniture_is_on_the_map(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    expect(page.locator("#review")).to_have_text("内部工作用图，未经地图审核，不得公开")
    expect(page.locator("#status")).to_contain_text(
        "CGCS2000；高斯－克吕格投影，中央经线 112.5°；面积为椭球面积"
    )
    expect(page.locator("#status")).to_contain_text(f"时效判断日{sample.AS_OF}")
    expect(page.locator("#status")).to_contain_text("非法定界线")
    expect(page.locator("#scale")).to_contain_text(re.compile(r"\d+ 公里\s+1:\d+"))
    expect(page.locator("#north")).to_be_visible()
    page.mouse.move(700, 400)
    expect(page.locator("#pointer")).to_have_text(re.compile(r"1\d\d\.\d{4}°E 3\d\.\d{4}°N"))


def test_the_keyboard_reaches_search_layers_and_closes_the_panel(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.focus(box(page, ZONE))
    before = drawn(page)
    page.keyboard.press("Space")
    assert drawn(page) == before - 1
    expect(page.locator(box(page, ZONE))).to_be_focused()


def test_names_do_not_collide(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    for _ in range(3):
        boxes = page.evaluate(
            "[...document.querySelectorAll('.name .set')].map(n => n.getBoundingClientRect())"
            ".filter(r => r.width).map(r => [r.left, r.top, r.right, r.bottom])"
        )
        touching = [
            (a, b)
            for i, a in enumerate(boxes)
            for b in boxes[i + 1 :]
            if a[0] < b[2] - 3 and b[0] < a[2] - 3 and a[1] < b[3] - 3 and b[1] < a[3] - 3
        ]
        assert touching == []
        page.click("#zoom-in")
        page.wait_for_timeout(400)


def test_narrow_screens_have_sheets(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html", size=NARROW)
    expect(page.locator("#layers")).to_be_hidden()
    page.click('#tabs [data-sheet="layers"]')
    expect(page.locator("#layers")).to_be_visible()
    page.click(box(page, ZONE))
    page.click('#tabs [data-sheet="legend"]')
    expect(page.locator("#layers")).to_be_hidden()
    expect(page.locator("#legend")).to_be_visible()
    expect(page.locator("#legend")).not_to_contain_text("重点开发区域")
    page.locator("#tabs button").first.click()
    expect(page.locator("#legend")).to_be_hidden()
    page.fill("#search", "平遥")
    page.press("#search", "Enter")
    expect(page.locator("#panel h2")).to_be_visible()
    page.click("#panel .close")
    expect(page.locator("#panel")).to_be_hidden()


@pytest.mark.parametrize("name", ["overview", "corridor-108"])
def test_without_scripts_a_picture_and_tables_show(atlas: Path, opened: Open, name: str) -> None:
    page = opened(atlas / f"{name}.html", scripts=False)
    expect(page.locator("main.plain svg.picture")).to_be_visible()
    expect(page.locator("main.plain")).to_contain_text("108廊带示范区")
    expect(page.locator("main.plain")).to_contain_text("《旧规划》")
    expect(page.locator("#layers")).to_be_hidden()


def test_the_index_speaks_both_languages(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "index.html")
    expect(page.locator("h1")).to_have_text(re.compile("山西省规划图集"))
    page.click("#language")
    expect(page.locator("h1 .en")).to_be_visible()
    expect(page.locator("h1 .zh")).to_be_hidden()
    expect(page.locator("#claims ~ .scroll").first).to_contain_text("Agrees")
    href = page.locator("a.card").first.get_attribute("href")
    assert href == "overview.html#lang=en"
