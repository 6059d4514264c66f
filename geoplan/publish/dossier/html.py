"""Dossiers as pages that print: A4, without scripts, all in one file."""

from __future__ import annotations

from functools import cache
from html import escape
from urllib.parse import quote

from geoplan.publish.frame import templates
from geoplan.publish.words import ASSETS, pair
from geoplan.written import Picture, Report, Table, Text, plain

FONT = "SimHei, 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif"


def html_text(report: Report, *, trace: str | None = None) -> str:
    """Return a report as a page; `trace` is the address of the page that traces rows, if any."""
    return (
        templates()
        .get_template("dossier.html.j2")
        .render(
            report=report,
            style=_style(),
            plain=plain,
            kind=_kind,
            svg=_svg,
            widths=_widths,
            titled=_titled,
            trace=None if trace is None else lambda ref: f"{trace}#{quote(plain(ref), safe='')}",
            trace_word=pair("dossier.trace")[report.lang == "en"],
            colon=pair("dossier.colon")[report.lang == "en"],
        )
    )


@cache
def _style() -> str:
    return (ASSETS / "dossier.css").read_text("utf-8")


def _kind(block: object) -> str:
    return {Text: "text", Table: "table", Picture: "picture"}[type(block)]


def _svg(picture: Picture) -> str:
    # Its parts are escaped where they are made.
    return picture.svg(font=escape(FONT), label=escape(plain(picture.caption)))


def _widths(table: Table) -> list[str]:
    total = sum(head.width for head in table.heads)
    return [f"{100 * head.width / total:.2f}%" for head in table.heads]


def _titled(table: Table) -> bool:
    return any(head.title for head in table.heads)
