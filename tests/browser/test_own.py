"""Pages of own layers in Chromium: offline, at both sizes, with figures and popups."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

import geopandas as gpd
import shapely

from geoplan import engine
from geoplan.config import load
from geoplan.own_map import Made, Options, map_file
from tests.browser.conftest import NARROW, WIDE, Open
from tests.publish import sample

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
PLACE = (112.75, 37.69)
"""In 榆次, where a plot lies."""


def plots() -> gpd.GeoDataFrame:
    """Return a hundred plots around a place in 榆次, in ten uses, one name of which attacks."""
    x, y = np.meshgrid(
        np.arange(10) * 0.04 + PLACE[0] - 0.2, np.arange(10) * 0.03 + PLACE[1] - 0.15
    )
    shapes = shapely.box(x.ravel(), y.ravel(), x.ravel() + 0.04, y.ravel() + 0.03)
    names = [sample.ATTACK if n == 55 else f"图斑{n}" for n in range(100)]
    uses = [f"用途{n % 10}" for n in range(100)]
    columns = {"use": uses, "name": names, "size": np.arange(100) * 1.5}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4490)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def project(folder: Path) -> Path:
    root = folder / "project"
    root.mkdir()
    return root


def page_of(frame: gpd.GeoDataFrame, folder: Path, project: Path, by: str, name: str) -> Made:
    path = folder / f"{name}.parquet"
    frame.to_parquet(path)
    named = Options(name="name" if "name" in frame else None)
    return map_file(path, by, project=load(project), out=folder / f"{name}.html", options=named)


@pytest.fixture(scope="module")
def single(folder: Path, project: Path) -> Made:
    return page_of(plots(), folder, project, "use", "plots")


def legend(page: Page) -> dict[str, list[str]]:
    """Return the cells of the legend's rows by class."""
    found: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll('#legend tr')].map(
            row => [...row.cells].map(cell => cell.textContent))"""
    )
    return {row[1]: row[2:] for row in found if len(row) == 4}


def click_at(page: Page, lon: float, lat: float) -> None:
    at = page.evaluate(
        "([x, y]) => { const p = map_atlas.latLngToContainerPoint([y, x]);"
        " const r = map_atlas.getContainer().getBoundingClientRect();"
        " return [p.x + r.left, p.y + r.top]; }",
        [lon, lat],
    )
    page.mouse.click(at[0], at[1])


@SIZES
def test_opens_offline_with_what_has_to_be_said(
    single: Made, opened: Open, size: tuple[int, int]
) -> None:
    page = opened(single.out, size=size)
    assert page.locator("h1").first.text_content() == "plots（按“use”分类）"
    assert page.locator(".folium-map path.item").count() == 100
    assert page.locator("#legend .own-step").text_content() == "100 个图形逐个按原样显示"
    assert page.locator("#own-notes li").count() >= 2
    assert "plots.parquet" in str(page.locator("#others").text_content())
    assert page.locator("#documents li").count() == 0
    assert page.locator(".tag", has_text="县域口径").count() == 0
    assert page.locator("body a[href]:not([href^='#'])").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_legend_has_the_figures_of_the_engine(single: Made, folder: Path, opened: Open) -> None:
    layers = [folder / "plots.parquet", sample.DATA / "counties.parquet"]
    table = engine.tabulate(layers, by=["use", "adcode"])
    page = opened(single.out)
    whole = (table.groupby("use")["net_m2"].sum() / 1e6).map("{:.2f}".format).to_dict()
    assert {name: cells[0] for name, cells in legend(page).items()} == whole
    page = opened(single.out, "#140702")
    own = table[table["adcode"] == "140702"].set_index("use")["net_m2"] / 1e6
    shown = {name: cells[0] for name, cells in legend(page).items() if cells[0] != "—"}
    assert shown == own.map("{:.2f}".format).to_dict()


def test_a_click_tells_of_the_shape_and_of_its_county(single: Made, opened: Open) -> None:
    page = opened(single.out, "#140702")
    page.wait_for_timeout(500)
    click_at(page, PLACE[0] + 0.02, PLACE[1] + 0.015)  # the 56th plot, whose name attacks
    popup = page.locator(".own-popup")
    popup.wait_for()
    assert popup.locator("b").text_content() == " ".join(sample.ATTACK.split())
    assert popup.locator("p").text_content() == "use：用途5"
    assert "榆次区" in str(page.locator("#panel h2").text_content())
    assert "个图形" in str(page.locator("#panel").text_content())
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
    page.click("#language")
    assert page.locator("#legend .own-step").text_content() == "100 shapes, each shown as it is"
    cited = page.locator("#panel cite").all_text_contents()
    assert cited
    assert all(text.startswith("plots.parquet, column use, 100 features") for text in cited)


def test_classes_that_are_off_do_not_answer(single: Made, opened: Open) -> None:
    page = opened(single.out, "#140702")
    page.click("#clear")
    page.wait_for_timeout(300)
    click_at(page, PLACE[0] + 0.02, PLACE[1] + 0.015)
    assert page.locator(".own-popup").count() == 0


def test_numbers_show_their_value(folder: Path, project: Path, opened: Open) -> None:
    made = page_of(plots(), folder, project, "size", "numbers")
    page = opened(made.out, "#140702")
    assert len(legend(page)) == 5
    page.wait_for_timeout(500)
    click_at(page, PLACE[0] + 0.02 + 0.04, PLACE[1] + 0.015)
    page.locator(".own-popup").wait_for()
    assert page.locator(".own-popup p").text_content() == "size：84"


def test_lines_and_points_have_lengths_and_numbers(
    folder: Path, project: Path, opened: Open
) -> None:
    ends = np.array([[PLACE, (PLACE[0] + 0.1 * n, PLACE[1] - 0.2)] for n in range(1, 11)])
    roads = gpd.GeoDataFrame(
        {"use": [f"类{n}" for n in range(10)]}, geometry=list(shapely.linestrings(ends)), crs=4490
    )
    page = opened(page_of(roads, folder, project, "use", "roads").out)
    assert page.locator("#legend th", has_text="长度（公里）").count() == 1
    assert all(float(cells[0]) > 20 and cells[1] == "1" for cells in legend(page).values())
    assert page.locator("#legend .own-mark path").count() == 10
    sites = roads.set_geometry(shapely.points(ends[:, 1]), crs=4490)
    page = opened(page_of(sites, folder, project, "use", "sites").out)
    assert [cells[1] for cells in legend(page).values()] == ["1"] * len(legend(page))
    click_at(page, *ends[0, 1])
    page.locator(".own-popup").wait_for()
    assert page.locator(".own-popup p").text_content() == "use：类0"


@SIZES
def test_many_shapes_are_merged_and_say_so(
    folder: Path, project: Path, opened: Open, size: tuple[int, int]
) -> None:
    x, y = np.meshgrid(np.arange(60) * 0.03 + 111.8, np.arange(40) * 0.03 + 36.8)
    shapes = shapely.box(x.ravel(), y.ravel(), x.ravel() + 0.03, y.ravel() + 0.03)
    frame = gpd.GeoDataFrame(
        {"use": np.where(np.arange(2400) % 60 < 30, "西", "东")}, geometry=shapes, crs=4490
    )
    made = page_of(frame, folder, project, "use", f"many-{size[0]}")
    page = opened(made.out, size=size)
    assert made.how == "merged"
    assert page.locator(".folium-map path.item").count() == 2
    said = str(page.locator("#legend .own-step").text_content())
    assert said.startswith(f"{made.shown} 个图形按类别合并显示")


def test_without_scripts_there_is_a_picture_and_the_notes(single: Made, opened: Open) -> None:
    page = opened(single.out, scripts=False)
    plain = page.locator("main.plain")
    assert plain.locator("svg.picture").count() == 1
    assert "100 个图形逐个按原样显示" in str(plain.text_content())
    assert json.dumps(sample.ATTACK) not in str(plain.inner_html())
