"""The trace page: every reference leads somewhere, and it tells what `geoplan trace` tells."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from geoplan.config import Project
from geoplan.publish import outputs
from geoplan.schema import ref_of
from geoplan.trace import Trace, Tracer
from tests.browser.conftest import NARROW, WIDE, Open
from tests.publish import sample

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW])

TABLES = (
    *("coverage", "features", "memberships", "claims", "overlaps"),
    *("conflicts", "indicators", "findings"),
)
"""Tables whose rows the page answers for."""

TOLD = """refs => refs.map(ref => {
    const c = window.traceOf(ref);
    return c && {
        ref: c.ref, table: c.table, name: c.name,
        figures: c.figures.filter(f => f[1] !== null).map(f => f[0]),
        sum: c.sum && [c.sum.total, c.sum.equal,
            c.sum.pieces.map(p => [GEOPLAN.units[p[0]][0], p[1]])],
        parts: c.parts.map(p => [p.ref, p.name, p.kind, p.extent, p.file, p.at,
            p.document < 0 ? '' : GEOPLAN.documents[p.document][0], p.section, p.lines,
            p.members.map(m => GEOPLAN.units[m.u][0])]),
    };
})"""


def anchor(ref: str) -> str:
    return "#" + quote(ref, safe="")


def refs_of(rows: Any, name: str) -> list[str]:
    return [ref_of(name, row) for row in rows]


@pytest.fixture(scope="module")
def whole(
    shipped_project: Project, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Tracer]:
    """Return the trace page of the shipped data alone, and what the command says."""
    tracer = Tracer(shipped_project)
    made = outputs(tracer.index.tables, project=shipped_project, as_of="2025-09-01")
    path = tmp_path_factory.mktemp("trace") / "trace.html"
    path.write_bytes(next(o for o in made if o.name == "trace.html").content())
    return path, tracer


def test_the_page_is_within_its_budget(whole: tuple[Path, Tracer]) -> None:
    assert whole[0].stat().st_size <= 1_500_000
    assert '"bare":0' in whole[0].read_text("utf-8")


def test_every_reference_leads_somewhere(whole: tuple[Path, Tracer], opened: Open) -> None:
    path, tracer = whole
    page = opened(path)
    chance = Random(5)
    for name in TABLES:
        refs = refs_of(tracer.index.rows(name), name)
        refs = chance.sample(refs, 2000) if len(refs) > 2000 else refs
        told = page.evaluate(TOLD, refs)
        assert [ref for ref, found in zip(refs, told, strict=True) if not found] == []
        assert [found["ref"] for found in told] == refs
        inner = sorted({part[0] for found in told for part in found["parts"]})
        assert None not in page.evaluate(TOLD, inner)


def said(found: Trace) -> dict[str, Any]:
    """Return what the command says, in the form of the page."""
    figures = [f.column for f in found.figures]
    total = found.sum and [
        found.sum.area_km2,
        found.sum.equal,
        [[p.adcode, p.classes] for p in found.sum.pieces],
    ]
    parts = [
        [
            *(p.ref, list(p.name), list(p.kind), p.extent, p.origin.file, p.origin.line),
            *(p.cited.document, p.cited.section, list(p.cited.lines)),
            [m.adcode for m in p.members],
        ]
        for p in found.parts
    ]
    return {"figures": figures, "sum": total, "parts": parts}


def test_page_and_command_agree(whole: tuple[Path, Tracer], opened: Open) -> None:
    path, tracer = whole
    page = opened(path)
    chance = Random(50)
    refs = []
    for name in TABLES:
        every = refs_of(tracer.index.rows(name), name)
        refs += chance.sample(every, min(12, len(every)))
    # Areas are few: all that are exact.
    refs += [
        ref_of(name, row)
        for name in ("coverage", "overlaps")
        for row in tracer.index.rows(name)
        if row["basis"] == "geometry"
    ]
    assert len(refs) >= 50
    for ref, told in zip(refs, page.evaluate(TOLD, refs), strict=True):
        found = tracer.trace(ref)
        expected = said(found)
        assert told["name"] == list(found.name), ref
        assert told["figures"] == expected["figures"], ref
        assert (told["sum"] is None) == (expected["sum"] is None), ref
        if told["sum"]:
            assert told["sum"][0] == pytest.approx(expected["sum"][0], abs=1e-6), ref
            assert told["sum"][1:] == expected["sum"][1:], ref
        for part, own in zip(told["parts"], expected["parts"], strict=True):
            assert own[4].endswith(part[4]), ref
            assert part[:4] + part[5:] == own[:4] + own[5:], ref


def test_lines_and_short_names(whole: tuple[Path, Tracer], opened: Open) -> None:
    path, tracer = whole
    page = opened(path)
    line = tracer.trace("jinzhong-13fyp@13")
    rests = page.evaluate("window.traceOf('jinzhong-13fyp@13').rests.map(r => r.ref)")
    assert sorted(rests) == sorted(ref for ref, _ in line.rests)
    row = tracer.index.rows("claims")[0]
    ways = {row["id"]: f"claims:{row['id']}", "140729": "units:140729"}
    ways["jinzhong-108-corridor/demonstration-zone"] = (
        "features:jinzhong-108-corridor/demonstration-zone"
    )
    for asked, ref in ways.items():
        assert page.evaluate("asked => window.traceOf(asked).ref", asked) == ref
    for wrong in ("", "x", "coverage:140729", "features:a/b", "r0123456789ab", "x@3", "claims:=x"):
        assert page.evaluate("asked => window.traceOf(asked)", wrong) is None, wrong


@SIZES
def test_a_chain_is_shown(atlas: Path, opened: Open, size: tuple[int, int]) -> None:
    ref = "coverage:140729/zones/ecological_function/geometry"
    page = opened(atlas / "trace.html", anchor(ref), size=size)
    expect(page.locator("#trace h2")).to_have_text("灵石县：主体功能区划分：重点生态功能区")
    expect(page.locator("#trace .told")).to_contain_text("净面积")
    part = page.locator('#trace [data-ref="features:zones/ecological-function"]')
    expect(part).to_contain_text("《旧规划》（市政发〔2016〕1号），第一章第一节")
    expect(part).to_contain_text("文本第 13 行")
    expect(part.locator("dd").first).to_have_text("灵石县（原文列名）")
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    part.locator("p.what a").click()
    expect(page.locator("#trace .ref")).to_have_text("features:zones/ecological-function")
    page.go_back()
    expect(page.locator("#trace .ref")).to_have_text(ref)


def test_the_language_keeps_the_reference(atlas: Path, opened: Open) -> None:
    ref = "features:zones/ecological-function"
    page = opened(atlas / "trace.html", anchor(ref))
    page.click("#language")
    expect(page.locator("h1 .en")).to_be_visible()
    expect(page.locator("#trace h3")).to_have_text("Rests on 1 statement")
    assert page.url.endswith("&lang=en")
    page.reload()
    expect(page.locator("#trace h3")).to_have_text("Rests on 1 statement")
    page.click("#language")
    expect(page.locator("#trace h3")).to_have_text("所依据的内容 1 项")


def test_search_finds_names_units_and_references(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "trace.html")
    expect(page.locator("#how")).to_contain_text("点击地图县情面板或表格中的“溯源”")
    hits = page.locator("#hits li")
    for asked, first in (("lingshi", "灵石县"), ("南河", "南河"), ("PM2.5", "细颗粒物")):
        page.fill("#asked", asked)
        expect(hits.first).to_contain_text(first)
    page.fill("#asked", "没有这样的内容")
    expect(hits).to_have_text(["没有匹配的内容"])
    page.fill("#asked", "coverage:140729/zones/ecological_function/geometry")
    page.press("#asked", "Enter")
    expect(page.locator("#trace h2")).to_contain_text("重点生态功能区")
    expect(page.locator("#hits")).to_be_hidden()


def test_an_unknown_reference_says_so(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "trace.html", "#features%3Anone%2F%3Cb%3E")
    expect(page.locator("#trace .unknown")).to_contain_text("没有编号“features:none/<b>”")
    page.goto(page.url.split("#")[0] + "#%E0%A4%A")  # no text at all
    expect(page.locator("#trace .unknown")).to_be_visible()


def test_hostile_names_show_as_text(hostile: Path, opened: Open) -> None:
    page = opened(hostile / "trace.html", anchor("features:parks/one"))
    expect(page.locator("#trace h2")).to_have_text(sample.ATTACK)
    page.fill("#asked", "<img")
    expect(page.locator("#hits li").first).to_contain_text("<img src=x")
    page.wait_for_timeout(100)
    assert page.evaluate("[window.hacked, document.querySelectorAll('img').length]") in (
        [None, 0],
        [0, 0],
    )


def test_without_scripts_it_says_what_to_do(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "trace.html", scripts=False)
    expect(page.locator("noscript .zh")).to_contain_text("本页需要启用 JavaScript")
    expect(page.locator("noscript .zh")).to_be_visible()
    expect(page.locator("#how")).to_be_visible()
    expect(page.locator("#seek")).to_be_hidden()


def links(page: Page) -> list[tuple[str, str]]:
    """Return reference and name of all links to the trace page."""
    found: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('a.trace')].map("
        "a => [decodeURIComponent(a.href.split('#')[1].split('&')[0]),"
        " a.getAttribute('aria-label') || a.textContent])"
    )
    return [(ref, name) for ref, name in found]


@pytest.mark.parametrize("name", ["overview", "jinzhong", "energy", "corridor-108"])
def test_links_of_a_panel_lead_somewhere(atlas: Path, opened: Open, name: str) -> None:
    target = opened(atlas / "trace.html")
    for code in ("140729", "140702", "140781"):
        page = opened(atlas / f"{name}.html", f"#{code}")
        found = links(page)
        assert found
        told = target.evaluate("refs => refs.map(r => !!window.traceOf(r))", [r for r, _ in found])
        assert [ref for (ref, _), there in zip(found, told, strict=True) if not there] == []
        assert not [words for _, words in found if not re.match("溯源：.", words)]
    kinds = {ref.partition(":")[0] for ref, _ in found}
    assert "coverage" in kinds


def test_links_of_a_narrow_panel_are_in_sight(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", "#140729", size=NARROW)
    page.evaluate("document.querySelectorAll('#panel details').forEach(d => { d.open = true; })")
    boxes = page.evaluate(
        "[...document.querySelectorAll('#panel a.trace, #panel cite')].map("
        "node => node.getBoundingClientRect().right)"
    )
    assert len(boxes) > 10
    assert max(boxes) <= NARROW[0]


def test_a_panel_links_all_that_it_says(atlas: Path, opened: Open) -> None:
    page = opened(atlas / "overview.html", "#140729&lang=en")
    refs = [ref for ref, _ in links(page)]
    for start in ("coverage:140729/", "features:", "claims:", "conflicts:", "findings:"):
        assert any(ref.startswith(start) for ref in refs), start
    assert any("@" in ref for ref in refs)  # statements, by their line
    first = page.locator("#panel a.trace").first
    assert (first.get_attribute("href") or "").endswith("&lang=en")
    assert (first.get_attribute("aria-label") or "").startswith("Trace: ")


@pytest.mark.parametrize("name", ["index", "findings", "indicators"])
def test_links_of_tables_lead_somewhere(atlas: Path, opened: Open, name: str) -> None:
    target = opened(atlas / "trace.html")
    page = opened(atlas / f"{name}.html", "#lang=en")
    found = links(page)
    assert found
    told = target.evaluate("refs => refs.map(r => !!window.traceOf(r))", [r for r, _ in found])
    assert all(told)
    assert page.locator("a.trace").first.get_attribute("href").endswith("&lang=en")  # type: ignore[union-attr]
