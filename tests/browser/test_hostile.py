"""Texts that try to run, to break out, or to hide: every page shows them as they are written."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from geoplan.build import build
from geoplan.errors import GeoplanError
from tests import small
from tests.browser import hostile
from tests.browser.conftest import Watched
from tests.browser.states import LANGUAGES, NARROW, WIDE, states, unfold_all
from tests.small import SmallProject

pytestmark = pytest.mark.browser

TRAPS = """
window.ran = [];
window.hacked = function () { window.ran.push('hacked'); };
['alert', 'confirm', 'prompt', 'open', 'print'].forEach(function (name) {
    window[name] = function () { window.ran.push(name); };
});
document.write = document.writeln = function () { window.ran.push('write'); };
"""

FOUND = """() => {
    const copy = document.documentElement.cloneNode(true);
    copy.querySelectorAll('script, style, noscript').forEach(node => node.remove());
    const attributes = ['title', 'aria-label', 'placeholder', 'alt'];
    const said = [...copy.querySelectorAll('*')].flatMap(
        node => attributes.map(name => node.getAttribute(name) || ''));
    const live = [...document.querySelectorAll('*')];
    return {
        texts: [copy.textContent, ...said].join('\\n'),
        tags: [...new Set(live.map(node => node.tagName.toLowerCase()))],
        handlers: live.flatMap(node => node.getAttributeNames()).filter(name => /^on/.test(name)),
        links: live.flatMap(node => ['href', 'src', 'action', 'data', 'xlink:href'].map(
            name => node.getAttribute(name)).filter(Boolean)),
        scripts: document.scripts.length,
        ran: window.ran,
    };
}"""

POINTED = f"""() => {{
    const found = {FOUND}, all = [];
    document.querySelectorAll('path.leaflet-interactive').forEach(shape => {{
        shape.dispatchEvent(new MouseEvent('mouseover', {{bubbles: true}}));
        all.push(found());
        shape.dispatchEvent(new MouseEvent('mouseout', {{bubbles: true}}));
    }});
    const of = name => [...new Set(all.flatMap(one => one[name]))];
    return {{
        texts: of('texts').join('\\n'), tags: of('tags'), handlers: of('handlers'),
        links: of('links'), scripts: document.scripts.length, ran: window.ran,
    }};
}}"""
"""The same, put together, while one shape after the other is pointed at."""

FORBIDDEN = {"iframe", "object", "embed", "base", "form", "img", "video", "audio", "applet"}
LINK = re.compile(
    r"^(#|[a-z0-9-]+\.html(#|$)|(tables|data|print)/[\w.-]+$|datapackage\.json$|data:,$|blob:)"
)

TITLES = ("〔", "规划", "文本", "需协调", "重叠矩阵", "数据溯源", "试省", "Plan", "甲州")
"""How titles of pages begin: with a text of people, or with one of ours."""

REPORTS = ("findings", "indicators", "figures", "matters", "matrix", "trace")
"""Pages whose heading is ours; the atlas's title stands in their ``title``."""

SCRIPTED = ("matrix", "trace")

UNSEEN = {"site", "note said", "note said en"}
"""Texts that no page shows: names of points, and notes on statements."""


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallProject, hostile.Texts]:
    """Return a project with hostile texts that was built as users build."""
    project, texts = hostile.write(tmp_path_factory.mktemp("attacked"))
    build(project.load())
    return project, texts


@pytest.fixture(scope="module")
def pages(attacked: tuple[SmallProject, hostile.Texts]) -> list[Path]:
    """Return its pages."""
    return sorted((attacked[0].root / "maps").glob("*.html"))


def check(page: Page, script: str = FOUND) -> str:
    """Check that nothing ran and nothing was made of texts; return all texts of the page."""
    found = page.evaluate(script)
    assert found["ran"] == []
    assert found["handlers"] == []
    # These two have a script of their own beside the one of all reports.
    assert found["scripts"] == (2 if Path(page.url.partition("#")[0]).stem in SCRIPTED else 1)
    assert not FORBIDDEN & set(found["tags"])
    assert [link for link in found["links"] if not LINK.match(link)] == []
    text: str = found["texts"]
    return text


def walk(page: Page, size: tuple[int, int]) -> Iterator[str]:
    """Yield the texts of a page in all its states, with all that can be pointed at pointed at."""
    yield check(page)
    if page.locator("#map_atlas").count() == 0:
        unfold_all(page)
        yield check(page)
        return
    for _ in states(page, size):
        yield check(page)
    codes = page.evaluate("GEOPLAN.units.filter(u => u.p && u.in).map(u => u.c)")
    for code in codes:
        page.evaluate(
            "code => { location.hash = code + (document.documentElement.lang === 'en'"
            " ? '&lang=en' : ''); }",
            code,
        )
        expect(page.locator("#panel")).to_contain_text(code)
        unfold_all(page)
        yield check(page)
    page.evaluate(
        "document.querySelectorAll('#tree input').forEach(box => box.checked || box.click())"
    )
    yield check(page, POINTED)
    page.fill("#search", hostile.ATTACK[:200])
    yield check(page)
    page.emulate_media(media="print")
    yield check(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_nothing_runs_and_every_text_stands_as_it_was_written(
    browser: Browser,
    attacked: tuple[SmallProject, hostile.Texts],
    pages: list[Path],
    size: tuple[int, int],
    language: str,
) -> None:
    read, dialogs, watched = "", [], Watched()
    with browser.new_context(viewport={"width": size[0], "height": size[1]}) as context:
        watched.watch(context)
        context.add_init_script(TRAPS)
        page = context.new_page()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for path in pages:
            page.emulate_media(media="screen")
            page.goto(f"{path.as_uri()}#lang={language}")
            read += "\n".join(walk(page, size))
            assert page.url.startswith(path.as_uri())
            assert page.title().startswith(TITLES)
    assert (dialogs, watched.requests, watched.complaints) == ([], [], [])
    every = {w: t for w, t in attacked[1].all.items() if w.endswith(" en") == (language == "en")}
    missing = {where for where, text in every.items() if text not in read}
    assert missing <= UNSEEN
    assert hostile.FORMULA in read
    assert hostile.LONG in read


@pytest.mark.parametrize("part", ["<b onclick='f()'>", "<img src=x>", "<a href='javascript:f()'>"])
def test_what_breaks_out_is_found(browser: Browser, pages: list[Path], part: str) -> None:
    with browser.new_context() as context:
        context.add_init_script(TRAPS)
        page = context.new_page()
        page.goto(pages[0].as_uri())
        check(page)
        page.evaluate("part => document.body.insertAdjacentHTML('beforeend', part)", part)
        with pytest.raises(AssertionError):
            check(page)


def test_what_runs_is_found(browser: Browser, pages: list[Path]) -> None:
    with browser.new_context() as context:
        context.add_init_script(TRAPS)
        page = context.new_page()
        page.goto(pages[0].as_uri())
        page.evaluate("hacked()")
        with pytest.raises(AssertionError):
            check(page)


def test_letters_from_right_to_left_turn_nothing_round(browser: Browser, pages: list[Path]) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(pages[0].with_name("overview.html").as_uri() + "#910202")
        page.wait_for_selector("body.has-panel")
        kinds = page.evaluate(
            "[...document.querySelectorAll('#panel h2, #panel span, #panel cite, #tree .t')]"
            ".map(node => getComputedStyle(node).unicodeBidi)"
        )
        assert len(kinds) > 5
        assert set(kinds) == {"isolate"}


def test_without_scripts_texts_are_texts_too(
    browser: Browser, attacked: tuple[SmallProject, hostile.Texts], pages: list[Path]
) -> None:
    watched = Watched()
    with browser.new_context(java_script_enabled=False) as context:
        watched.watch(context)
        page = context.new_page()
        for path in pages:
            page.goto(path.as_uri())
            text = page.locator("body").inner_text()
            assert page.locator("base, iframe, img, form, object, main script").count() == 0
            assert page.locator("svg [onload], [onerror], [onmouseover], [onfocus]").count() == 0
            assert attacked[1].all["review"] in text
            assert attacked[1].all["title"] in text or path.stem in REPORTS
    assert watched.requests == []


def test_all_pages_can_be_opened_from_the_index(browser: Browser, pages: list[Path]) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        for path in pages:
            page.goto(path.with_name("index.html").as_uri())
            if path.stem != "index":
                page.locator(f'a[href^="{path.name}"]').first.click()
                page.wait_for_load_state()
                assert page.url.startswith(path.as_uri())


def test_ids_that_scripts_know_are_only_ids(browser: Browser, pages: list[Path]) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(pages[0].with_name("overview.html").as_uri())
        page.wait_for_selector("body.ready")
        drawn = page.evaluate(
            "[...document.querySelectorAll('path.item.area')].map(p => p.getAttribute('fill'))"
        )
        # Classes keep their colours: 'constructor' is the first of the file, '7' the last.
        assert drawn == ["#800040", "#802040"]


def test_tables_and_readme_hold_texts_as_texts(
    attacked: tuple[SmallProject, hostile.Texts],
) -> None:
    maps, texts = attacked[0].root / "maps", attacked[1].all
    for path in sorted((maps / "tables").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    with (maps / "tables" / "layers.csv").open(encoding="utf-8-sig", newline="") as file:
        assert texts["layer 108"] in {row["title"] for row in csv.DictReader(file)}
    shapes = json.loads((maps / "data" / "features.geojson").read_text("utf-8"))
    assert texts["shape"] in {one["properties"]["name"] for one in shapes["features"]}
    readme = (maps / "README.md").read_text("utf-8")
    assert not re.search(r"<(script|img|svg|b |style|base|meta)", readme)


@pytest.mark.parametrize("what", hostile.INVISIBLE)
@pytest.mark.parametrize("where", ["title", "by", "review", "unit", "layer", "class", "shape"])
def test_what_nobody_sees_is_refused(where: str, what: str, small: SmallProject) -> None:
    spoil(small, where, f"甲{hostile.INVISIBLE[what]}乙")
    with pytest.raises(GeoplanError, match=r"U\+[0-9A-F]{4}|cannot be printed"):
        build(small.load())
    assert not (small.root / "maps" / "index.html").exists()


def spoil(project: SmallProject, where: str, text: str) -> None:
    """Put a text into one place of a small project."""
    quoted = json.dumps(text).replace("\x7f", "\\u007f")
    files = {
        "title": ("geoplan.toml", '"方格图集"', quoted),
        "by": ("geoplan.toml", "focus =", f"compiled_by = {quoted}\nfocus ="),
        "review": ("geoplan.toml", "focus =", f"review_number = {quoted}\nfocus ="),
        "unit": ("data/boundaries/gazetteer.csv", "河口县", text),
        "layer": ("layers/zones/zones.toml", '"图层"', quoted),
        "class": ("layers/classes.toml", 'zh = "类"', f"zh = {quoted}"),
    }
    if where == "shape":
        project.write_layer(small.slot(id="BSM", name="MC"))
        project.write_shapes([small.box(0.1, 0.1, 0.5, 0.5)], BSM=["1"], MC=[text])
        return
    name, old, new = files[where]
    path = project.root / name
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
