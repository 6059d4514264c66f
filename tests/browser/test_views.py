"""Listed maps in a browser: radios, colours, legend, panel, deep links, stops and names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import pyproj

from geoplan import crs
from geoplan.publish import publish
from tests.browser.conftest import NARROW, WIDE, Open
from tests.browser.steps import box, click_county, copied
from tests.publish import listed, sample

pytestmark = pytest.mark.browser


@pytest.fixture
def maps(listed_maps: Path) -> Path:
    return listed_maps


@pytest.fixture(scope="module")
def hostile_maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile-maps")
    tables = listed.tables(sample.ATTACK)
    publish(tables, project=sample.project(folder), out=folder, as_of=sample.AS_OF)
    return folder


def radio(page: Page, view: str) -> str:
    return f'#tree input[type=radio][data-items="view:{view}"]'


def legend_rows(page: Page) -> list[str]:
    rows = page.locator("#legend tbody.view tr:not(.group)").all_inner_texts()
    return [re.sub(r"\s+", " ", row).strip() for row in rows]


def fills(page: Page) -> int:
    return page.locator(".folium-map path.view-fill").count()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_count_opens_with_its_first_document_and_changes_by_radio(
    maps: Path, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(maps / "counts.html", size=size)
    if size == NARROW:
        page.locator('#tabs button[data-sheet="layers"]').click()
    expect(page.locator(radio(page, "old"))).to_be_checked()
    before = legend_rows(page) if size == WIDE else []
    page.locator(radio(page, "new")).check()
    assert page.url.endswith("#view=new")
    if size == NARROW:
        page.locator('#tabs button[data-sheet="legend"]').click()
    else:
        assert before[-2] == "不在规划范围 5 个县"
    rows = legend_rows(page)
    # Coal lies somewhere in them: how much of a county, no plan says.
    assert rows == [
        "1 类 2 个县",
        "0 类（目录中未收录） 14 个县",
        "按县（市、区）个数计，不计面积",
    ]
    expect(page.locator("#legend tbody.view cite")).to_have_text("《新规划》")


def test_numbers_of_counties_and_classes_have_their_plural(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html", "#lang=en")
    rows = legend_rows(page)
    assert rows[0] == "1 class 5 counties"
    assert rows[-3:-1] == ["5 classes 1 county", "Outside the plan's scope 5 counties"]
    page.evaluate("location.hash = '#140721&lang=en'")
    expect(page.locator("#panel .part.here .tag")).to_have_text("1 class")


def test_expired_documents_say_so_wherever_a_view_names_them(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html", "#140702")
    label = page.locator("#tree .views label", has=page.locator('[data-items="view:old"]'))
    expect(label.locator(".mark.expired")).to_have_text("已到期")
    expect(label).to_have_class("expired")
    expect(page.locator("#legend tbody.view .group .mark")).to_have_text("已到期")
    expect(page.locator("#panel .part.here > .note .mark")).to_have_text("已到期")
    page.locator(radio(page, "new")).check()
    for part in ("#legend tbody.view", "#panel .part.here > .note"):
        expect(page.locator(f"{part} cite")).to_have_text("《新规划》")
        expect(page.locator(f"{part} .mark")).to_have_count(0)
    expect(page.locator("#plain .counted thead .mark .zh")).to_have_text(["已到期"])
    page = opened(maps / "corridor-108.html")
    expect(page.locator("#tree .views label.expired .mark")).to_have_text(["已到期"])
    expect(page.locator("#legend tbody.view .group .mark")).to_have_text("已到期")
    page = opened(maps / "periods.html", "#140703")
    here = page.locator("#panel .part.here .why")
    expect(here.nth(0).locator(".mark")).to_have_text(["已到期"])
    expect(here.nth(1).locator(".mark")).to_have_count(0)
    expect(page.locator("#plain .compared thead .mark .zh")).to_have_text(["已到期"])


def test_outside_the_scope_a_view_is_grey_as_every_map_is(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html")
    last = page.locator("path.view-fill").last
    assert last.get_attribute("fill") == "#dadedd"
    swatch = page.locator("#legend .swatch.view.out")
    assert swatch.evaluate("n => getComputedStyle(n).backgroundColor") == "rgb(218, 222, 221)"
    assert swatch.evaluate("n => getComputedStyle(n).backgroundImage") == "none"


def test_numbers_stand_beside_names_and_go_with_the_view(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html")
    assert "5" in page.locator(".chip.number").all_inner_texts()
    assert fills(page) == 6
    page.locator(radio(page, "none")).check()
    assert fills(page) == 0
    expect(page.locator(".chip.number")).to_have_count(0)
    expect(page.locator("#legend tbody.view")).to_have_count(0)
    assert page.url.endswith("#view=none")


def test_arrow_keys_change_the_view_and_keep_the_focus(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html")
    page.locator(radio(page, "old")).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(radio(page, "new"))).to_be_checked()
    expect(page.locator(radio(page, "new"))).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(radio(page, "none"))).to_be_checked()
    assert page.locator("#tree fieldset legend").inner_text() == "按文件统计"


def test_the_panel_says_what_a_number_is_made_of(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html", "#140702")
    here = page.locator("#panel .part.here")
    expect(here.locator(".tag")).to_have_text("5 个类别")
    expect(here.locator(".what")).to_have_text(
        ["重点开发区域", "108廊带示范区", "工业园区", "示意轴线", "煤炭"]
    )
    expect(here).to_contain_text("旧煤田、又一煤田")
    expect(here.locator("cite").last).to_have_text("第三章")
    click = page.locator(radio(page, "new"))
    click.check()
    expect(here.locator(".tag")).to_have_text("0 类（目录中未收录）")


def test_outside_the_scope_a_county_has_no_value(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html", "#140311&view=old")
    here = page.locator("#panel .part.here")
    expect(here.locator(".tag")).to_have_text("不在规划范围")
    expect(here.locator(".why")).to_have_count(0)


def test_a_comparison_has_both_sides_in_the_panel(maps: Path, opened: Open) -> None:
    page = opened(maps / "periods.html", "#140702")
    assert page.evaluate("GEOPLAN.page.opens") == "table"
    here = page.locator("#panel .part.here")
    expect(here.locator(".tag")).to_have_text("仅前一期列出")
    expect(here.locator("h5")).to_have_text(["前一期", "后一期"])
    expect(here.locator(".rest")).to_have_text("目录中未收录")
    expect(here.locator("cite").first).to_contain_text("《旧规划》")
    page.click("#hide-table")
    rows = legend_rows(page)
    assert [re.findall(r"(\d+) 个县", row)[0] for row in rows[:5]] == ["1", "1", "0", "9", "5"]
    assert not re.search(r"%|\d\.\d", " ".join(rows))
    page.locator("#language").click()
    expect(here.locator(".tag")).to_have_text("Earlier period only")


@pytest.mark.parametrize("wrong", ["#view=nothing", "#view=%", "#view=", "#view=constructor"])
def test_a_view_that_is_not_there_opens_the_first(maps: Path, opened: Open, wrong: str) -> None:
    page = opened(maps / "counts.html", wrong)
    expect(page.locator(radio(page, "old"))).to_be_checked()


def test_an_address_that_changes_changes_the_view(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html")
    page.evaluate("location.hash = '#140703&view=new'")
    expect(page.locator(radio(page, "new"))).to_be_checked()
    expect(page.locator("#panel h2")).to_have_text("太谷区")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_map_in_detail_numbers_its_stops_and_writes_names(
    maps: Path, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(maps / "corridor-108.html", size=size)
    numbers = {
        node.inner_text(): node.locator("xpath=..").inner_text()
        for node in page.locator(".name .stop").all()
    }
    assert {key: text.replace(key, "").strip() for key, text in numbers.items()} == {
        "1": "介休市",
        "2": "祁县",
        "3": "榆次区",
    }
    expect(page.locator(".turn")).to_have_count(3)
    if size == WIDE:  # on a small map there may be no room
        assert "介休工业园区" in page.locator(".name .line").all_inner_texts()
    outline = page.locator(".folium-map path.outline")
    assert outline.get_attribute("fill") == "none"
    if size == NARROW:
        page.locator('#tabs button[data-sheet="legend"]').click()
    expect(page.locator("#legend .stops")).to_have_text("轴线途经次序：1 介休市—2 祁县—3 榆次区")
    # A list has counts and no areas.
    assert not re.search(r"\d\.\d", " ".join(legend_rows(page)))


def test_the_corridor_fills_the_map(maps: Path, opened: Open) -> None:
    page = opened(maps / "corridor-108.html")
    wide = opened(maps / "main-function-zone.html")
    assert page.evaluate("map_atlas.getZoom()") > wide.evaluate("map_atlas.getZoom()") + 0.1


def test_themes_together_show_fill_and_outline_at_once(maps: Path, opened: Open) -> None:
    page = opened(maps / "coal-zones.html")
    expect(page.locator(box(page, "zones|ecological_function|geometry"))).to_be_checked()
    assert page.locator(".folium-map path.item.list").count() >= 1
    assert page.locator(".folium-map path.outline").get_attribute("fill") == "none"
    # Of the zones it has one class only: it says nothing of other counties about them.
    click_county(page, "140728")
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text("平遥县")
    expect(panel).not_to_contain_text("主体功能区划分")
    expect(panel.locator(".functions")).to_have_count(0)
    assert "主体功能区划分" not in copied(page)["text/plain"]
    page.evaluate("location.hash = '#140722'")
    expect(panel).to_contain_text("重点生态功能区")
    expect(panel.locator(".functions .what b")).to_have_text("重点生态功能区")


@pytest.mark.parametrize("name", ["coal-zones", "energy"])
def test_a_class_of_a_layer_makes_no_state_of_other_counties(
    maps: Path, opened: Open, name: str
) -> None:
    page = opened(maps / f"{name}.html", "#view=none")
    page.click("#clear")
    page.locator(box(page, "zones|ecological_function|geometry")).evaluate("box => box.click()")
    assert "未涉及" not in page.locator("#legend").inner_text()
    assert page.evaluate("GEOPLAN.layers.filter(l => l.part).map(l => l.id)").count("zones") == 1


@pytest.mark.parametrize(("name", "view"), [("counts", "old"), ("corridor-108", None)])
def test_the_sheet_fits_what_the_page_fits(
    maps: Path, opened: Open, name: str, view: str | None
) -> None:
    """On the sheet the counties that the page opens on fill the map, not all of its unit."""
    page = opened(maps / f"{name}.html", f"#view={view}" if view else "")
    codes = page.evaluate("GEOPLAN.page.fit || Object.keys(GEOPLAN.views[0].n)")
    page.click("#print")
    expect(page.locator(".p-numeric")).to_be_visible()
    shapes = sample.units().set_index("adcode").loc[codes].geometry
    middle = shapes.to_crs(crs.print_crs(112.5)).union_all().envelope.centroid
    lon, lat = pyproj.Transformer.from_crs(crs.print_crs(112.5), 4490, always_xy=True).transform(
        middle.x, middle.y
    )
    at, size = page.evaluate(
        "([x, y]) => { const p = map_atlas.latLngToContainerPoint([y, x]), s = map_atlas.getSize();"
        " return [[p.x, p.y], [s.x, s.y]]; }",
        [lon, lat],
    )
    assert at == pytest.approx([size[0] / 2, size[1] / 2], abs=4)


def test_listed_maps_stand_in_the_menu_below_the_themes(maps: Path, opened: Open) -> None:
    page = opened(maps / "counts.html")
    page.locator("#themes").click()
    texts = page.locator("#theme-list li").all_inner_texts()
    assert texts.index("综合图") > texts.index("能源基地")
    assert texts[texts.index("综合图") + 1 :][:3] == ["coal-zones 图", "periods 图", "counts 图"]
    expect(page.locator("#theme-list [aria-current] .zh")).to_have_text("counts 图")


def test_tables_of_views_stand_without_scripts(maps: Path, opened: Open) -> None:
    page = opened(maps / "periods.html", scripts=False)
    expect(page.locator("table.compared tbody tr").first).to_contain_text("重点开发区域")
    page = opened(maps / "counts.html", scripts=False)
    expect(page.locator("table.counted tbody tr")).to_have_count(16)


def test_hostile_titles_and_notes_are_text(hostile_maps: Path, opened: Open) -> None:
    for name in ("counts", "periods", "corridor-108", "coal-zones"):
        page = opened(hostile_maps / f"{name}.html", "#140781")
        assert page.evaluate("window.hacked") is None
        expect(page.locator("#tree .views p.note")).to_contain_text("onerror")
