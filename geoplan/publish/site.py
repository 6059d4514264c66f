"""The published folder: index, map pages, tables, shapes and a note on what it is."""

from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from geoplan import crs, schema
from geoplan.config import Config, Project
from geoplan.errors import StageError
from geoplan.publish import statics
from geoplan.publish.audience import check_public, secrecy
from geoplan.publish.claims import claim_groups
from geoplan.publish.content import Atlas, page_data, script_json
from geoplan.publish.frame import render, styles, templates
from geoplan.publish.generalise import Display, merged
from geoplan.publish.geojson import write_geojson
from geoplan.publish.items import items, named_units
from geoplan.publish.notices import notices
from geoplan.publish.pages import Page, plan_pages
from geoplan.publish.picture import svg
from geoplan.publish.tables import write_tables
from geoplan.publish.words import check_words, pair, words
from geoplan.schema import records

NEEDED = (
    *("units", "sources", "documents", "themes", "classes", "layers", "features", "memberships"),
    *("coverage", "overlaps", "pieces", "claims", "dropped", "issues"),
)
TOLERANCES_M = (0.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0)
"""Steps of simplification that are tried until a page is within its budget."""


def publish(
    tables: schema.Tables, *, project: Project, out: Path, as_of: str | None = None
) -> list[Path]:
    """Write the atlas of `tables` into the empty folder `out`; return the files, sorted.

    Parameters
    ----------
    tables
        Tables of ``geoplan.schema``; areas in km², shapes in EPSG:4490.
    as_of
        Day of judgement, ``YYYY-MM-DD``; default: the configuration's.

    Raises
    ------
    StageError
        Where a table is missing, a code has no words, or a page cannot be
        brought within its budget.
    ConfigError
        Where a public atlas holds layers that are not public, or has no review number.
    """
    missing = [name for name in NEEDED if name not in tables]
    if missing:
        raise StageError(f"publish needs {len(missing)} more table(s): {', '.join(missing)}")
    check_public(tables["layers"], project)
    check_words(tables)
    shown = {**tables, "features": merged(tables["features"], tables["layers"])}
    atlas = _atlas(shown, project.config, as_of)
    display = Display(_counties(atlas), shown["features"])
    out.mkdir(parents=True, exist_ok=True)
    written = [_write_page(atlas, page, display, out) for page in atlas.pages]
    files = write_tables(tables, out / "tables")
    written += [*files, *_write_shapes(tables, out / "data")]
    written += [_write_index(atlas, out), _write_readme(atlas, out)]
    return sorted(written)


def _atlas(tables: schema.Tables, config: Config, as_of: str | None) -> Atlas:
    made = items(tables)
    pages = plan_pages(tables, config, items=made)
    mark = secrecy(tables["layers"], config.audience)
    return Atlas(tables, config, made, pages, as_of or config.as_of or "", mark)


def _write_page(atlas: Atlas, page: Page, display: Display, out: Path) -> Path:
    path = out / page.file
    budget = atlas.config.budgets.page
    head, body = _page_html(atlas, page)
    sizes = []
    for tolerance in TOLERANCES_M:
        text = render(head=head, body=body, data=_page_json(atlas, page, display, tolerance))
        sizes.append(len(text.encode("utf-8")))
        if sizes[-1] <= budget:
            path.write_text(text, encoding="utf-8", newline="\n")
            return path
    raise StageError(
        f"{page.file} has {sizes[-1]} bytes even when simplified to {TOLERANCES_M[-1]:.0f} m "
        f"({sizes[0]} as it is); budgets.page allows {budget}: raise it, or narrow the scope"
    )


def _counties(atlas: Atlas) -> gpd.GeoDataFrame:
    units = atlas.tables["units"]
    return gpd.GeoDataFrame(units[units["level"] == "county"], crs=crs.DATA_CRS)


def _page_json(atlas: Atlas, page: Page, display: Display, tolerance_m: float) -> str:
    arcs, features, error = display.at(tolerance_m)
    shown = replace(atlas, tables={**atlas.tables, "features": features})
    return script_json(page_data(shown, page, topology=arcs, error_m=error))


def _page_html(atlas: Atlas, page: Page) -> tuple[str, str]:
    common = _common(atlas)
    head = templates().get_template("head.html.j2").render(title=page.title, **common)
    template = templates().get_template("page.html.j2")
    body = template.render(
        page=page,
        rows=statics.layer_rows(atlas, page),
        units=statics.unit_rows(atlas, page),
        picture=svg(atlas, page, width=760, labels=True),
        scope=_name(atlas, page.scope),
        **common,
    )
    return head, body


def _common(atlas: Atlas) -> dict[str, Any]:
    return {
        "w": {key: tuple(value) for key, value in words().items()},
        "pair": pair,
        "config": atlas.config,
        "pages": atlas.pages,
        "as_of": atlas.as_of,
        "sources": records(atlas.tables["sources"]),
        "notices": notices(atlas.tables),
        "secrecy": pair(f"secrecy.{atlas.sensitivity}"),
        "documents": [
            row | {"citation": statics.citation(row, ""), "plan": statics.is_plan(row)}
            for row in records(atlas.tables["documents"])
        ],
    }


def _name(atlas: Atlas, code: str) -> tuple[str, str]:
    row = next(r for r in records(atlas.tables["units"]) if r["adcode"] == code)
    return row["name"], row["name_en"]


def _write_index(atlas: Atlas, out: Path) -> Path:
    tables = atlas.tables
    cards = [
        {
            "page": page,
            "picture": svg(atlas, page, width=320, labels=False),
            "scope": _name(atlas, page.scope),
            "layers": len(dict.fromkeys(row.layer for row in statics.layer_rows(atlas, page))),
        }
        for page in atlas.pages
    ]
    downloads = [(name, len(tables[name])) for name in schema.TABLES if name in tables]
    counts = {
        "documents": sum(statics.is_plan(row) for row in records(tables["documents"])),
        "layers": len(tables["layers"]),
        "units": int((tables["units"]["level"] == "county").sum()),
    }
    template = templates().get_template("index.html.j2")
    text = template.render(
        cards=cards,
        downloads=downloads,
        claims=claim_groups(atlas),
        lead=pair("index.lead", **counts),
        style=styles(),
        **_common(atlas),
    )
    path = out / "index.html"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _write_readme(atlas: Atlas, out: Path) -> Path:
    path = out / "README.md"
    # Markdown shows HTML as it is: data must not bring its own.
    common = {**_common(atlas), "plain": _plain}
    text = templates().get_template("README.md.j2").render(**common)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _plain(text: object) -> str:
    """Return `text` on one line, without what Markdown or HTML would act on."""
    line = " ".join(str(text).split())
    return html.escape(line, quote=False).translate({ord(c): f"\\{c}" for c in "|`*_[]"})


def _write_shapes(tables: schema.Tables, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    units, features = folder / "units.geojson", folder / "features.geojson"
    write_geojson(
        tables["units"],
        units,
        properties=("adcode", "name", "name_en", "level", "parent", "area_km2"),
    )
    named = named_units(tables)
    documents = tables["layers"].set_index("layer")["document"]
    rows = tables["features"].copy()
    rows["document"] = rows["layer"].map(documents)
    rows["units"] = [
        " ".join(named.get((row["layer"], row["feature"]), [])) for row in records(rows)
    ]
    write_geojson(
        rows,
        features,
        properties=(
            *("layer", "feature", "class", "name", "name_en", "extent"),
            *("document", "section", "units"),
        ),
    )
    return [units, features]
