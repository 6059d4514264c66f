"""The published folder: index, map pages, tables, shapes and a note on what it is."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from geoplan import crs, schema
from geoplan.config import Config, Project
from geoplan.errors import StageError
from geoplan.publish import statics
from geoplan.publish.atlas import Atlas
from geoplan.publish.audience import check_public, secrecy
from geoplan.publish.content import page_data, script_json
from geoplan.publish.frame import render, templates
from geoplan.publish.generalise import Display, merged
from geoplan.publish.geojson import write_geojson
from geoplan.publish.items import items, named_units
from geoplan.publish.pages import Page, plan_pages
from geoplan.publish.picture import svg
from geoplan.publish.reports import common, unit_name, write_reports
from geoplan.publish.rows import Shown
from geoplan.publish.tables import write_tables
from geoplan.publish.words import check_words
from geoplan.schema import records

NEEDED = (
    *("units", "sources", "documents", "themes", "classes", "layers", "features", "memberships"),
    *(
        "stated",
        "indicators",
        "findings",
        "coverage",
        "overlaps",
        "pieces",
        "claims",
        "dropped",
        "issues",
    ),
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
    shown = Shown({**tables, "features": merged(tables["features"], tables["layers"])})
    atlas = _atlas(shown, project.config, as_of)
    display = Display(_counties(atlas), shown["features"])
    out.mkdir(parents=True, exist_ok=True)
    written = [_write_page(atlas, page, display, out) for page in atlas.pages]
    files = write_tables(tables, out / "tables")
    written += [*files, *_write_shapes(tables, out / "data")]
    written += write_reports(atlas, out)
    return sorted(written)


def _atlas(tables: Shown, config: Config, as_of: str | None) -> Atlas:
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
    data = page_data(atlas, page, topology=arcs, features=features, error_m=error)
    return script_json(data)


def _page_html(atlas: Atlas, page: Page) -> tuple[str, str]:
    shared = common(atlas)
    head = templates().get_template("head.html.j2").render(title=page.title, **shared)
    template = templates().get_template("page.html.j2")
    body = template.render(
        page=page,
        rows=statics.layer_rows(atlas, page),
        units=statics.unit_rows(atlas, page),
        picture=svg(atlas, page, width=760, labels=True),
        scope=unit_name(atlas, page.scope),
        **shared,
    )
    return head, body


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
