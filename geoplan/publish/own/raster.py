"""A page of rasters outside the atlas: a user's own grid, or the result of a model."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import pandas as pd

from geoplan import schema
from geoplan.config import Config
from geoplan.errors import StageError
from geoplan.publish.atlas import Atlas
from geoplan.publish.content import page_data, script_json
from geoplan.publish.frame import render
from geoplan.publish.generalise import displayed, ground
from geoplan.publish.grids import Grid
from geoplan.publish.images import Image
from geoplan.publish.items import inside_of, items
from geoplan.publish.maps import TOLERANCES_M, page_html
from geoplan.publish.own.page import MARK
from geoplan.publish.pages import Page
from geoplan.publish.rows import Shown
from geoplan.publish.words import Pair, pair
from geoplan.schema import Sensitivity

THEME = "raster"
"""The theme of images in the tables of such a page."""


@dataclass(frozen=True, kw_only=True)
class RasterMap:
    """What a page of rasters is made of."""

    tables: schema.Tables
    """Those of an atlas: `units`, `sources`, and what stands beside the images (`documents`,
    `themes`, `classes`, `layers`, `features`, `memberships`, `coverage`; others may be missing).
    `zonal` holds what the images say of units; its `layer` is the image's id."""
    config: Config
    images: tuple[Image, ...]
    """The first is on at opening."""
    file: str
    origin: str
    """A line of the head, which says what the page was made of."""
    title: Pair
    sensitivity: Sensitivity
    unit: str | None = None
    """The unit that the page is of; default: the scope of `config`."""
    fit: tuple[str, ...] = ()
    """Counties that fill the map at opening, if not all of `unit`."""
    on: tuple[str, ...] = ()
    """Items (``layer|class|basis``) that are on at opening besides the first image."""
    grids: tuple[Grid, ...] = ()
    """Tables beside the map."""
    notes: tuple[Pair, ...] = ()
    """What has to be said of the whole."""


def raster_text(about: RasterMap) -> str:
    """Return the page: shapes are simplified as far as its budget (`budgets.page`) asks for.

    Raises `StageError` where it does not get within it.
    """
    atlas, page = _atlas(about)
    budget = about.config.budgets.page
    head, body = page_html(atlas, page, notes=about.notes, grids=about.grids)
    head = f"{MARK}\n{about.origin}\n{head}"
    sizes = []
    for tolerance_m in TOLERANCES_M:
        counties = ground(atlas.tables, tolerance_m)
        features, error_m = displayed(atlas.tables["features"], tolerance_m)
        worst = max(counties.error_m, error_m)
        data = page_data(atlas, page, ground=counties, features=features, error_m=worst)
        text = render(head=head, body=body, data=script_json(data), images=True)
        sizes.append(len(text.encode("utf-8")))
        if sizes[-1] <= budget:
            return text
    raise StageError(
        f"{about.file}: the page has {sizes[-1]} bytes even when simplified ({sizes[0]} as it is); "
        f"its budget is {budget}: raise budgets.page, or show fewer rasters or layers"
    )


def _atlas(about: RasterMap) -> tuple[Atlas, Page]:
    tables = Shown(_with_images(about))
    config, unit = about.config, about.unit or about.config.scope
    if about.sensitivity != "public":  # a review number is that of a map that was reviewed
        config = config.model_copy(update={"review_number": None})
    made = items(tables)
    # There is no word on rules: none of its matters would be told.
    reports = frozenset({"rules"})
    atlas = Atlas(tables, config, made, (), "", about.sensitivity, reports)
    on = (*(image.key for image in about.images[:1]), *about.on)
    page = Page(
        file=about.file,
        kind="own",
        title=about.title,
        menu=about.title,
        unit=unit,
        scope=unit,
        counties=frozenset(inside_of(tables)[unit]),
        on=on,
        fit=about.fit,
        images=about.images,
    )
    return atlas, page


def _with_images(about: RasterMap) -> dict[str, pd.DataFrame]:
    """Return all tables of the schema, with a theme, a layer and a document for each image."""
    full = {name: about.tables.get(name) for name in schema.TABLES}
    made = {n: schema.frame(n, []) if t is None else t for n, t in full.items()}
    zh, en = pair("raster.theme")
    scope = about.unit or about.config.scope
    theme = {"theme": THEME, "title": zh, "title_en": en, "order": -1}
    documents = [_document(image, scope) for image in about.images]
    layers = [_layer(image, scope) for image in about.images]
    made["themes"] = _added("themes", made["themes"], [theme])
    made["documents"] = _added("documents", made["documents"], documents)
    made["layers"] = _added("layers", made["layers"], layers)
    if "zonal" in about.tables:
        made["zonal"] = about.tables["zonal"]
    return made


def _added(name: str, table: pd.DataFrame, rows: list[dict[str, object]]) -> pd.DataFrame:
    return schema.frame(name, [*schema.records(table), *rows])


def _document(image: Image, scope: str) -> dict[str, object]:
    # A source that is no plan: without period and status.
    return {"document": image.id, "title": image.source, "scope": scope, "sha256": ""}


def _layer(image: Image, scope: str) -> dict[str, object]:
    return {
        "layer": image.id,
        "theme": THEME,
        "title": image.title[0],
        "title_en": image.title[1],
        "document": image.id,
        "scope": scope,
        "kind": "raster",
        "sensitivity": image.sensitivity,
        "features": 0,
        "file": "",
    }


def beside(tables: schema.Tables, layers: Set[str]) -> schema.Tables:
    """Return of an atlas's tables what a page needs to show `layers`, and nothing else."""
    made = {name: tables[name] for name in ("units", "sources", "classes")}
    for name in ("layers", "features", "memberships", "coverage"):
        made[name] = tables[name][tables[name]["layer"].isin(layers)].reset_index(drop=True)
    used = {"documents": "document", "themes": "theme"}
    for name, column in used.items():
        there = tables[name][column].isin(made["layers"][column])
        made[name] = tables[name][there].reset_index(drop=True)
    return made
