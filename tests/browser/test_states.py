"""Counties that nothing shown fills: their state on the map and in the legend."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import box, click_county, unfold

pytestmark = pytest.mark.browser

ZONES = [
    f"zones|{name}|geometry" for name in ("key_development", "farm_products", "ecological_function")
]
PARKS = "parks|park|list"
COAL = "coal|coal|list"


def rows(page: Page) -> list[list[str]]:
    return [
        [cell for cell in row.locator("td").all_inner_texts() if cell]
        for row in page.locator("#legend .states tr:not(.group)").all()
    ]


def only(page: Page, key: str) -> None:
    page.click("#clear")
    page.locator(box(page, key)).evaluate("box => box.click()")


def test_outside_a_plans_scope_land_is_grey(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    expect(page.locator("path.state-fill.grey")).to_have_count(1)
    expect(page.locator("path.state-fill.dots")).to_have_count(0)
    assert rows(page) == [["不在规划范围", "5 个县"]]
    page = opened(atlas / "jinzhong.html")
    assert rows(page) == []
    expect(page.locator("path.state-fill")).to_have_count(0)


def test_where_a_plan_lists_all_others_are_plain(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "jinzhong.html")
    only(page, PARKS)
    assert rows(page) == [["未涉及", "9 个县"]]
    expect(page.locator("path.state-fill")).to_have_count(0)


def test_a_class_that_is_switched_off_makes_no_county_unconcerned(
    atlas: Path, opened: Open
) -> None:
    page = opened(atlas / "jinzhong.html")
    page.click(box(page, ZONES[0]))
    assert rows(page) == []


def test_dots_say_why_nothing_is_known(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "energy.html")
    only(page, COAL)
    expect(page.locator("path.state-fill.dots")).to_have_count(1)
    found = rows(page)
    assert len(found) == 1
    assert found[0][0].startswith("仅有表述")
    page.click("#language")
    assert rows(page)[0][0].startswith("Statements only")
    assert rows(page)[0][1].endswith(" counties")


def test_the_map_says_of_each_county_what_its_page_says(atlas: Path, opened: Open) -> None:
    """With the layer of a theme on, the sign is that of the head of the county's panel."""
    page = opened(atlas / "overview.html")
    for code in ("140702", "140729", "140303", "140311"):
        page.evaluate("code => { location.hash = code; }", code)
        expect(page.locator("#panel")).to_contain_text(code)
        said = page.locator("#panel .part h4 .state").first.inner_text()
        assert said == ("涉及" if code.startswith("1407") else "不在规划范围")
        assert [row[0] for row in rows(page)] == ([] if said == "涉及" else [said])


def test_states_follow_what_is_shown_and_go_with_it(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    unfold(page, "能源基地")
    page.locator(box(page, COAL)).evaluate("box => box.click()")
    expect(page.locator("path.state-fill.grey")).to_have_count(0)
    expect(page.locator("path.state-fill.dots")).to_have_count(1)
    page.click("#clear")
    expect(page.locator("path.state-fill")).to_have_count(0)
    assert rows(page) == []


def test_a_selected_county_has_its_own_row_without_a_number(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html")
    click_county(page, "140311")
    assert rows(page) == [["不在规划范围"]]
    click_county(page, "140702")
    assert rows(page) == []
