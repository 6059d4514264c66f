"""The page of a user's own layer, within its budget whatever the number of shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

import shapely

from geoplan import schema
from geoplan.config import Config
from geoplan.errors import StageError
from geoplan.publish.atlas import Atlas
from geoplan.publish.content import page_data, script_json
from geoplan.publish.frame import render, shell
from geoplan.publish.generalise import ground
from geoplan.publish.items import Item
from geoplan.publish.maps import page_html
from geoplan.publish.own.shapes import LAYER, Own, Step, steps
from geoplan.publish.pages import Entry, Page, page_of
from geoplan.publish.picture import counties as drawn_counties
from geoplan.publish.rows import Shown
from geoplan.publish.words import Pair, counted, pair
from geoplan.schema import Sensitivity

MARK = '<meta name="generator" content="geoplan map">'
"""Begins the head of every such page, by which it is told from files of other origin."""

PICTURE_WIDTH = 760


@dataclass(frozen=True, kw_only=True)
class OwnMap:
    """What the page says besides its shapes; `tables` are those of `Entry`, without features."""

    tables: schema.Tables
    config: Config
    file: str
    origin: str
    """A line of the head, which says what the page was made of."""
    title: Pair
    sensitivity: Sensitivity
    by: str
    notes: list[Pair]
    """What has to be said of the layer, whatever way it is shown."""


@dataclass(frozen=True)
class OwnText:
    """A page, and how its shapes are shown."""

    text: str
    step: Step
    note: Pair
    error_m: int


def own_text(about: OwnMap, own: Own) -> OwnText:
    """Return the page of a layer, shown in the most exact way that is within `budgets.page`.

    Raises `StageError` where there is none.
    """
    budget = about.config.budgets.page
    frame = sum(len(part.encode("utf-8")) for part in shell())
    least = None
    for step in steps(own, room=budget - frame):
        note = step_note(own, step)
        text = _text(about, own, step, note)
        size = len(text.encode("utf-8"))
        if size <= budget:
            return OwnText(text, step, note, int(step.facts.get("m", 0)))
        least = size if least is None else min(least, size)
    tried = f"the smallest way to show it has {least} bytes" if least else "there is no room at all"
    raise StageError(
        f"the page does not get within its budget of {budget} bytes: {tried}; its frame alone has "
        f"{frame}. Give a larger --budget, or a part of the file"
    )


def step_note(own: Own, step: Step) -> Pair:
    """Return what is said of the way in which shapes are shown."""
    key = f"own.step.{step.how}"
    if step.how == "cells":
        key = f"{key}.{own.kind}"
    elif step.how == "merged" and not step.facts["m"]:
        key = f"{key}_whole"
    return counted(key, **step.facts)


def _text(about: OwnMap, own: Own, step: Step, note: Pair) -> str:
    atlas, page = _atlas(about, own, step)
    pictured = replace(atlas, tables=_pictured(atlas, page))
    page = replace(page, svg=None)
    notes = [note, pair("own.figures"), *about.notes]
    head, body = page_html(atlas, page, pictured=pictured, notes=notes)
    counties = ground(atlas.tables, step.ground_m)
    features = atlas.tables["features"]
    data = page_data(atlas, page, ground=counties, features=features, error_m=counties.error_m)
    single = len(step.values) > 0  # each shape is a feature
    titles = [own.titles[cls][0] for cls in step.features["class"]] if single else []
    data["own"] = {
        "how": step.how,
        "kind": own.kind,
        "by": about.by,
        "section": list(own.section),
        "notes": [list(text) for text in notes],
        # A value that is the title of its class need not stand twice.
        "values": [
            None if value == title else value
            for value, title in zip(step.values, titles, strict=True)
        ],
    }
    return render(head=f"{MARK}\n{about.origin}\n{head}", body=body, data=script_json(data))


def _atlas(about: OwnMap, own: Own, step: Step) -> tuple[Atlas, Page]:
    tables = Shown({**about.tables, "features": step.features})
    items = list(_items(own, step))
    config = about.config
    if about.sensitivity != "public":  # a review number is that of a map that was reviewed
        config = config.model_copy(update={"review_number": None})
    atlas = Atlas(tables, config, items, (), "", about.sensitivity)
    entry = Entry(
        file=about.file,
        kind="own",
        title=about.title,
        menu=about.title,
        unit=config.scope,
        theme=LAYER,
    )
    return atlas, page_of(entry, tables, items=items)


def _items(own: Own, step: Step) -> Iterator[Item]:
    names: dict[str, list[str]] = {}
    for feature, cls in zip(step.features["feature"], step.features["class"], strict=True):
        names.setdefault(cls, []).append(feature)
    for cls in own.titles:
        if cls in names:
            found = tuple(names[cls])
            places = tuple(step.places[name] for name in found)
            yield Item(LAYER, cls, "geometry", found, places, frozenset(found), drawn=True)


def _pictured(atlas: Atlas, page: Page) -> Shown:
    """Return the tables with shapes for the static picture: without what is below a dot there."""
    made = Shown(atlas.tables)
    made.kept = atlas.tables.kept
    least = drawn_counties(atlas, page.scope, width=PICTURE_WIDTH).ground ** 2
    features = pd.DataFrame(atlas.tables["features"]).copy()
    features["geometry"] = [_large(shape, least) for shape in features["geometry"]]
    made["features"] = features
    return made


def _large(shape: Any, least_m2: float) -> Any:
    """Return a shape (degrees) without parts whose box is below `least_m2`, about; or None."""
    if shape is None or shapely.get_dimensions(shape) != 2:
        return shape
    parts = shapely.get_parts(shape)
    west, south, east, north = shapely.bounds(parts).T
    metres = 111_000.0**2 * np.cos(np.radians((south + north) / 2))
    kept = parts[(east - west) * (north - south) * metres >= least_m2]
    return shapely.multipolygons(kept) if len(kept) else None
