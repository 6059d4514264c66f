"""Views as pages carry them and as pictures draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import shapely

from geoplan.publish.atlas import Atlas
from geoplan.publish.pages import Page
from geoplan.publish.rows import rows_of
from geoplan.publish.views.choose import Feature, View, views_of
from geoplan.publish.views.shows import own_layers
from geoplan.publish.words import Pair


def opening(views: list[View]) -> View:
    """Return the view that a page opens with: of a comparison the one that names most counties."""
    return max(views, key=lambda view: len(view.why)) if views[0].theme else views[0]


def view_data(atlas: Atlas, page: Page) -> list[dict[str, Any]]:
    """Return the views of a page as its scripts read them; features are pointed to by place."""
    places = {
        (row["layer"], row["feature"]): i for i, row in enumerate(atlas.tables.rows("features"))
    }
    return [_data(view, places) for view in views_of(atlas, page)]


def _data(view: View, places: Mapping[Feature, int]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": view.id,
        "t": list(view.title),
        "classes": [_band(band.title, band.colour, out=band.out) for band in view.bands],
        "of": dict(view.of),
        "why": {code: [places[f] for f in found] for code, found in view.why.items()},
        "area": int(view.measured),
    }
    for key, text in (("note", view.note), ("th", view.theme)):
        if text:
            made[key] = list(text)
    if view.document:
        made["d"] = view.document
    if view.numbers:
        made["n"] = dict(view.numbers)
    return made


def _band(title: Pair, colour: str, *, out: bool) -> dict[str, Any]:
    return {"t": list(title), "col": colour, **({"out": 1} if out else {})}


def map_data(atlas: Atlas, page: Page) -> dict[str, Any]:
    """Return what the scripts are told of a listed map, besides its views; often nothing."""
    made: dict[str, Any] = {}
    for key in ("outline", "named", "fit"):
        if getattr(page, key):
            made[key] = list(getattr(page, key))
    if page.shows is None:
        return made
    if page.shows.note:
        made["note"] = list(page.shows.note)
    if page.kind == "compare":
        made["opens"] = "table"
        made["sides"] = [list(page.shows.earlier), list(page.shows.later)]
    views = views_of(atlas, page)
    if views:
        made["view"] = opening(views).id
    stops = stops_of(atlas, page)
    if stops:
        made["stops"] = stops
    return made


def partial_layers(page: Page, layers: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Return the layers of which a page shows some classes only.

    Such a page can say where these classes are, and nothing of where they are not.
    """
    if page.theme is not None:
        return frozenset(row["layer"] for row in layers if row["theme"] != page.theme)
    every = frozenset(row["layer"] for row in layers)
    return every - own_layers(page.shows, layers) if page.shows is not None else frozenset()


def stops_of(atlas: Atlas, page: Page) -> list[list[Any]]:
    """Return code, longitude and latitude of the units along an axis, in the order of the text.

    A stop lies where the drawn axis of these units turns inside its county,
    else at the county's label.
    """
    layer, _, name = (page.shows.stops or "").partition("/") if page.shows else ("", "", "")
    codes = [
        row["adcode"]
        for row in rows_of(atlas.tables, "memberships")
        if (row["layer"], row["feature"]) == (layer, name)
    ]
    units = {row["adcode"]: row for row in rows_of(atlas.tables, "units")}
    turns = _turns(atlas, codes)
    made = []
    for code in dict.fromkeys(codes):
        unit = units[code]
        inside = shapely.contains_properly(unit["geometry"], np.array(turns, dtype=object))
        found = [point for point, is_in in zip(turns, inside, strict=True) if is_in]
        x, y = (found[0].x, found[0].y) if found else (unit["label_lon"], unit["label_lat"])
        made.append([code, round(x, 5), round(y, 5)])
    return made


def first_view(atlas: Atlas, page: Page) -> View | None:
    """Return the view that a page opens with, if it has any."""
    views = views_of(atlas, page)
    return opening(views) if views else None


def fitting(atlas: Atlas, page: Page) -> tuple[str, ...]:
    """Return the counties that fill a map at its opening; none where all of its scope do."""
    view = first_view(atlas, page)
    if view and view.bands[-1].out:
        last = len(view.bands) - 1
        return tuple(sorted(code for code, band in view.of.items() if band != last))
    return page.fit


def _turns(atlas: Atlas, codes: list[str]) -> list[shapely.Point]:
    """Return where the axis of these units turns: the only one that meets them all, or nothing."""
    axes = [
        row["geometry"]
        for row in rows_of(atlas.tables, "features")
        if row["drawn_by"] == "axis" and row["geometry"] is not None
    ]
    units = [row["geometry"] for row in rows_of(atlas.tables, "units") if row["adcode"] in codes]
    own = [axis for axis in axes if shapely.intersects(units, axis).all()]
    return list(shapely.points(shapely.get_coordinates(own[0]))) if len(own) == 1 else []


def fills_of_view(atlas: Atlas, page: Page) -> list[tuple[str, list[str]]]:
    """Return colours and counties of the view that a page opens with, for its picture."""
    first = first_view(atlas, page)
    if first is None:
        return []
    return [
        (band.colour, sorted(code for code, at in first.of.items() if at == i))
        for i, band in enumerate(first.bands)
    ]
