"""Pages without a map: the index, the tables of indicators, and the README of the folder."""

from __future__ import annotations

import html
from functools import cache
from typing import Any

from geoplan import schema
from geoplan.publish import statics
from geoplan.publish.atlas import Atlas
from geoplan.publish.citations import citation, is_plan
from geoplan.publish.claims import claim_groups
from geoplan.publish.figures import figures, status_tally
from geoplan.publish.findings import finding_groups, finding_kinds
from geoplan.publish.frame import styles, templates
from geoplan.publish.indicators import indicator_tables
from geoplan.publish.matter_page import matter_page
from geoplan.publish.matters import matter_grades
from geoplan.publish.pages import Page
from geoplan.publish.paper.layout import sheet_name
from geoplan.publish.picture import svg
from geoplan.publish.rows import rows_of
from geoplan.publish.words import pair, words

INDICATORS, FINDINGS = "indicators.html", "findings.html"


def common(atlas: Atlas) -> dict[str, Any]:
    """Return what every template is given."""
    return {
        "w": _words(),
        "pair": pair,
        "config": atlas.config,
        "reports": atlas.reports,
        "pages": atlas.pages,
        "as_of": atlas.as_of,
        "secrecy": pair(f"secrecy.{atlas.sensitivity}"),
    }


@cache
def _words() -> dict[str, tuple[str, ...]]:
    return {key: tuple(value) for key, value in words().items()}


def written(template: str, atlas: Atlas, **values: Any) -> str:
    """Return a page of `template`, given `values` and what every template is given."""
    given = common(atlas) | values
    return templates().get_template(template).render(style=styles(), **given)


def _counts(tables: schema.Tables) -> dict[str, int]:
    return {
        "documents": sum(is_plan(row) for row in rows_of(tables, "documents")),
        "layers": len(rows_of(tables, "layers")),
        "units": int((tables["units"]["level"] == "county").sum()),
        "features": len(tables["features"]),
        "indicators": len(tables["indicators"][["layer", "indicator"]].drop_duplicates()),
        "findings": int(tables["findings"]["finding"].nunique()),
    }


def unit_name(atlas: Atlas, code: str) -> tuple[str, str]:
    """Return the name of a unit in Chinese and English."""
    row = next(r for r in rows_of(atlas.tables, "units") if r["adcode"] == code)
    return row["name"], row["name_en"]


def index_text(atlas: Atlas, pages: list[Page], *, sizes: dict[str, int]) -> str:
    """Return the index of `pages`; `sizes` are numbers of rows by table that can be downloaded."""
    tables = atlas.tables
    drawn: set[str] = set()
    cards = [
        {
            "page": page,
            "sheet": sheet_name(page.file),
            "picture": svg(atlas, page, width=320, labels=False, drawn=drawn),
            "scope": unit_name(atlas, page.scope),
            "layers": len({item.layer for item in statics.items_of(atlas, page)})
            + len(page.images),
        }
        for page in pages
    ]
    counts = _counts(tables)
    documents = [
        row | {"citation": citation(row, ""), "plan": is_plan(row)}
        for row in rows_of(tables, "documents")
    ]
    return written(
        "index.html.j2",
        atlas,
        cards=cards,
        downloads=list(sizes.items()),
        claims=claim_groups(atlas),
        claimed=status_tally(tables),
        kinds=finding_kinds(tables),
        grades=matter_grades(tables),
        counts=counts,
        lead=pair("index.lead", **counts),
        documents=documents,
        sources=rows_of(tables, "sources"),
    )


def indicators_text(atlas: Atlas) -> str:
    """Return the page of indicators."""
    made = indicator_tables(atlas.tables)
    return written("indicators.html.j2", atlas, indicators=made)


def figures_text(atlas: Atlas) -> str:
    """Return the page of figures."""
    return written("figures.html.j2", atlas, figures=figures(atlas))


def findings_text(atlas: Atlas) -> str:
    """Return the page of findings."""
    return written("findings.html.j2", atlas, groups=finding_groups(atlas.tables))


def matters_text(atlas: Atlas) -> str:
    """Return the page of matters to coordinate."""
    return written("matters.html.j2", atlas, **matter_page(atlas.tables))


def readme_text(atlas: Atlas) -> str:
    """Return the README of the folder."""
    # Markdown shows HTML as it is: data must not bring its own.
    sources = rows_of(atlas.tables, "sources")
    return written("README.md.j2", atlas, plain=_plain, sources=sources)


def _plain(text: object) -> str:
    """Return `text` on one line, without what Markdown or HTML would act on."""
    line = " ".join(str(text).split())
    return html.escape(line, quote=False).translate({ord(c): f"\\{c}" for c in "|`*_[]"})
