"""Pages without a map: the index, the tables of indicators, and the README of the folder."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from geoplan import schema
from geoplan.publish import statics
from geoplan.publish.atlas import Atlas
from geoplan.publish.citations import citation, is_plan
from geoplan.publish.claims import claim_groups
from geoplan.publish.findings import finding_groups, finding_kinds
from geoplan.publish.frame import styles, templates
from geoplan.publish.indicators import indicator_tables
from geoplan.publish.notices import notices
from geoplan.publish.picture import svg
from geoplan.publish.rows import rows_of
from geoplan.publish.words import pair, words

INDICATORS, FINDINGS = "indicators.html", "findings.html"


def write_reports(atlas: Atlas, out: Path) -> list[Path]:
    """Write the index, the README, and the pages of indicators and findings where there are any."""
    shared = common(atlas)
    indicators, findings = indicator_tables(atlas.tables), finding_groups(atlas.tables)
    made = [_write_index(atlas, out, shared), _write_readme(out, shared)]
    if indicators:
        made.append(_write(out / INDICATORS, "indicators.html.j2", indicators=indicators, **shared))
    if findings:
        made.append(_write(out / FINDINGS, "findings.html.j2", groups=findings, **shared))
    return made


def _write(path: Path, template: str, **values: Any) -> Path:
    text = templates().get_template(template).render(style=styles(), **values)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def common(atlas: Atlas) -> dict[str, Any]:
    """Return what every template is given."""
    return {
        "w": {key: tuple(value) for key, value in words().items()},
        "pair": pair,
        "config": atlas.config,
        "counts": _counts(atlas.tables),
        "pages": atlas.pages,
        "as_of": atlas.as_of,
        "sources": rows_of(atlas.tables, "sources"),
        "notices": notices(atlas.tables),
        "secrecy": pair(f"secrecy.{atlas.sensitivity}"),
        "documents": [
            row | {"citation": citation(row, ""), "plan": is_plan(row)}
            for row in rows_of(atlas.tables, "documents")
        ],
    }


def _counts(tables: schema.Tables) -> dict[str, int]:
    return {
        "documents": sum(is_plan(row) for row in rows_of(tables, "documents")),
        "layers": len(tables["layers"]),
        "units": int((tables["units"]["level"] == "county").sum()),
        "features": len(tables["features"]),
        "indicators": len(tables["indicators"][["layer", "indicator"]].drop_duplicates()),
        "findings": int(tables["findings"]["finding"].nunique()),
    }


def unit_name(atlas: Atlas, code: str) -> tuple[str, str]:
    """Return the name of a unit in Chinese and English."""
    row = next(r for r in rows_of(atlas.tables, "units") if r["adcode"] == code)
    return row["name"], row["name_en"]


def _write_index(atlas: Atlas, out: Path, shared: dict[str, Any]) -> Path:
    tables = atlas.tables
    drawn: set[str] = set()
    cards = [
        {
            "page": page,
            "picture": svg(atlas, page, width=320, labels=False, drawn=drawn),
            "scope": unit_name(atlas, page.scope),
            "layers": len({item.layer for item in statics.items_of(atlas, page)}),
        }
        for page in atlas.pages
    ]
    downloads = [(name, len(tables[name])) for name in schema.TABLES if name in tables]
    return _write(
        out / "index.html",
        "index.html.j2",
        cards=cards,
        downloads=downloads,
        claims=claim_groups(atlas),
        kinds=finding_kinds(tables),
        lead=pair("index.lead", **shared["counts"]),
        **shared,
    )


def _write_readme(out: Path, shared: dict[str, Any]) -> Path:
    # Markdown shows HTML as it is: data must not bring its own.
    return _write(out / "README.md", "README.md.j2", plain=_plain, **shared)


def _plain(text: object) -> str:
    """Return `text` on one line, without what Markdown or HTML would act on."""
    line = " ".join(str(text).split())
    return html.escape(line, quote=False).translate({ord(c): f"\\{c}" for c in "|`*_[]"})
