"""Dossiers as pages: one file that needs nothing, texts that never run, links to traces."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest

from geoplan.publish import dossier_html, dossiers
from geoplan.word import docx_bytes
from geoplan.written import Cell, Head, Report, Row, Section, Table, Text
from tests.publish import sample
from tests.publish.sample import ATTACK

VOID = {"meta", "col", "br", "link", "img", "input"}


class Page(HTMLParser):
    """Counts elements and attributes, and checks that elements are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        """Check that it closes what is open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def made(*, attack: bool = False, key: str = "140729", trace: str | None = None) -> str:
    makers = dossiers(sample.tables(attack=attack), project=sample.project(Path("/x")))
    return dossier_html(makers.report("unit", key, lang="zh"), trace=trace)


@pytest.fixture(scope="module")
def page() -> str:
    return made()


def test_a_page_is_whole_and_needs_nothing(page: str) -> None:
    parsed = Page(page)
    assert not parsed.open
    assert not {"script", "link", "img", "iframe"} & set(parsed.tags)
    assert not [name for name, _ in parsed.attributes if name.startswith("on")]
    assert not re.findall(r"(?:src|href)=\"?(?:https?:)?//", page)
    assert "@import" not in page
    assert "url(" not in page.replace("url(#frame)", "")


def test_tables_have_heads_that_repeat_and_a_caption(page: str) -> None:
    tables = re.findall(r"<table.*?</table>", page, flags=re.DOTALL)
    assert len(tables) > 6
    for table in tables:
        facts = 'class="facts"' in table
        assert ("<thead>" in table) is not facts
        assert ("<caption>" in table) is not facts
    assert re.search(r"thead \{ display: table-header-group", page)
    assert "break-inside: avoid" in page


def test_claims_lie_across_the_paper(page: str) -> None:
    (wide,) = re.findall(r'<section class="wide">\s*<h2>(.*?)</h2>', page)
    assert wide.endswith("规划指标核验")
    assert "@page across { size: A4 landscape" in page


def test_refs_are_links_only_where_there_is_a_page_of_traces(page: str) -> None:
    assert "<a " not in page
    assert '<small class="ref">claims:c0</small>' in page
    linked = made(trace="../../maps/trace.html")
    assert 'href="../../maps/trace.html#claims%3Ac0"' in linked
    quiet = linked.count('<small class="ref screen">')
    assert quiet
    assert "coverage:" not in page
    assert Page(linked).tags.count("a") == page.count('class="ref"') + quiet
    assert re.search(r"@media print.*small\.ref\.screen \{ display: none", page, re.DOTALL)


@pytest.mark.parametrize("key", ["140729", "140781", "140700", "140000"])
def test_names_that_try_to_run_are_texts(key: str) -> None:
    text = made(attack=True, key=key)
    parsed = Page(text)
    assert not {"script", "img"} & set(parsed.tags)
    assert not [name for name, _ in parsed.attributes if name.startswith("on")]
    assert ATTACK in parsed.text
    assert "49" not in parsed.text.replace("149", "") or "{{ 7*7 }}" in parsed.text


def test_every_text_of_a_report_is_escaped() -> None:
    evil = ATTACK + "\0\x0b\ud800"
    table = Table((Head(evil),), (Row((Cell(evil, evil, evil),)), Row((Cell(evil),), "group")))
    report = Report(
        name="x",
        lang="zh",
        title=evil,
        subtitle=evil,
        secrecy=evil,
        marks=((evil, evil), ("", evil)),
        warning=evil,
        author=evil,
        day="",
        sections=(Section(evil, (Text(evil), Table(table.heads, table.rows, evil, (evil,)))),),
    )
    text = dossier_html(report, trace="trace.html")
    text.encode("utf-8")
    parsed = Page(text)
    assert not {"script", "img"} & set(parsed.tags)
    assert "\0" not in text
    shown = parsed.text.count(ATTACK)
    # Title twice, subtitle, secrecy, marks 3, heading, text, table 7, footer.
    assert shown == 17
    assert docx_bytes(report).startswith(b"PK")


def test_attacks_are_texts_in_word_too() -> None:
    makers = dossiers(sample.tables(attack=True), project=sample.project(Path("/x")))
    for key in ("140729", "140700"):
        report = makers.report("unit", key, lang="zh")
        book = docx.Document(io.BytesIO(docx_bytes(report)))
        shown = "\n".join(c.text for t in book.tables for row in t.rows for c in row.cells)
        assert ATTACK in shown


def test_both_languages_say_which_they_are() -> None:
    makers = dossiers(sample.tables(), project=sample.project(Path("/x")))
    for lang, tag in (("zh", "zh-CN"), ("en", "en")):
        text = dossier_html(makers.report("theme", "energy", lang=lang))  # type: ignore[arg-type]
        assert f'<html lang="{tag}">' in text
