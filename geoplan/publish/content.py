"""The data of one page: plain lists and dictionaries that become JSON.

Every geometry stands once: counties as shared arcs, features' own shapes in
one list that features point into.
"""

from __future__ import annotations

import json
from typing import Any, get_args

import pandas as pd

import shapely

from geoplan import schema
from geoplan.publish.atlas import STATES, Atlas, Texts
from geoplan.publish.claims import claim_data
from geoplan.publish.findings import finding_data
from geoplan.publish.generalise import Ground
from geoplan.publish.image_data import image_data, zonal_data
from geoplan.publish.indicators import indicator_data
from geoplan.publish.items import named_units, ordered_layers, shape_of
from geoplan.publish.matters import matter_data, rule_data
from geoplan.publish.notices import notices
from geoplan.publish.pages import Page
from geoplan.publish.quotes import Quotes
from geoplan.publish.rows import kept, rounded, rows_if_any, rows_of
from geoplan.publish.shapes import shape_data
from geoplan.publish.topology import Topology
from geoplan.publish.views.data import map_data, partial_layers, view_data

BASES: tuple[str, ...] = get_args(schema.Basis)
EXTENTS: tuple[str, ...] = get_args(schema.Extent)

_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def script_json(value: object) -> str:
    """Return `value` as JSON that may stand in a script element whatever its texts say."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for unsafe, escaped in _UNSAFE.items():
        text = text.replace(unsafe, escaped)
    return text


def page_data(
    atlas: Atlas,
    page: Page,
    *,
    ground: Ground,
    features: pd.DataFrame,
    error_m: float,
    quoted: bool = True,
) -> dict[str, Any]:
    """Return everything that the scripts of `page` read; figures in km², shares from 0 to 1.

    `features` are the atlas's, as simplified for display, by `error_m` at most.
    Statements have their sentences only where they are `quoted`.
    """
    shown = atlas.tables.rows("features")
    if features is not atlas.tables["features"]:
        shapes_of = zip(shown, features["geometry"], strict=True)
        shown = [row | {"geometry": shape} for row, shape in shapes_of]
    shapes: list[dict[str, Any]] = []
    texts = Texts()
    quotes = Quotes(atlas.tables, texts, statements=quoted)
    layers = ordered_layers(atlas.tables)
    partial = partial_layers(page, layers)
    made = {
        "page": _page(page) | map_data(atlas, page),
        "atlas": _atlas(atlas, error_m) | {"bare": int(bool(quotes) and not quoted)},
        "states": list(STATES),
        "bases": list(BASES),
        "extents": list(EXTENTS),
        "arcs": ground.arcs,
        "units": _units(atlas, page, ground.topology),
        "documents": _documents(atlas.tables),
        "themes": _themes(atlas.tables),
        "classes": _classes(atlas.tables),
        "class_ids": list(atlas.order.classes),
        "layers": [_layer(row, partial=row["layer"] in partial) for row in layers],
        "features": _features(atlas, shown, shapes=shapes, texts=texts, quotes=quotes),
        "shapes": shapes,
        "items": _items(atlas, shown),
        "coverage": _coverage(atlas, page),
        "states_of": [atlas.states[row["layer"]] for row in layers],
        "claims": claim_data(atlas, texts, quotes=quotes),
        "conflicts": matter_data(atlas, texts, quotes=quotes),
        "rules": rule_data(atlas.tables, quotes),
        "findings": finding_data(atlas.tables, page.counties, quotes=quotes),
        "indicators": indicator_data(atlas.tables, quotes),
        "views": view_data(atlas, page),
        "texts": texts.all,
    }
    return made | _images(atlas, page) if page.images else made


def _images(atlas: Atlas, page: Page) -> dict[str, Any]:
    rows = rows_if_any(atlas.tables, "zonal")
    return {
        "images": image_data(page.images),
        "zonal": zonal_data(page.images, rows, units=atlas.order.units),
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "file": page.file,
        "kind": page.kind,
        "title": list(page.title),
        "scope": page.scope,
        "theme": page.theme,
        "on": list(page.on),
        "also": list(page.also),
        "svg": page.svg,
    }


def _atlas(atlas: Atlas, error_m: float) -> dict[str, Any]:
    config = atlas.config
    return {
        "title": [config.title.zh, config.title.en],
        "as_of": atlas.as_of,
        "sensitivity": atlas.sensitivity,
        "review": config.review_number,
        "by": config.compiled_by,
        "on": config.compiled_on,
        "rules": int("rules" in atlas.reports or "conflicts" in atlas.reports),
        "notices": notices(atlas.tables),
        "error": round(error_m),
        "meridian": atlas.meridian,
        "base_map": config.base_map.for_page() if config.base_map else None,
        "latitude": round((atlas.bounds[1] + atlas.bounds[3]) / 2, 4),
    }


def _units(atlas: Atlas, page: Page, topology: Topology) -> list[dict[str, Any]]:
    kept = []
    for row in rows_of(atlas.tables, "units"):
        county = row["level"] == "county"
        unit = {
            "c": row["adcode"],
            "n": [row["name"], row["name_en"]],
            "py": row["pinyin"],
            "lv": row["level"],
            "up": row["parent"],
            "a": round(row["area_km2"], 4),
            "u": round(row["uncertainty_km2"], 4),
            "xy": [round(row["label_lon"], 4), round(row["label_lat"], 4)],
        }
        if county:
            unit["p"] = topology.units.get(row["adcode"], [])
            unit["in"] = int(row["adcode"] in page.counties)
        kept.append(unit)
    return kept


def _documents(tables: schema.Tables) -> dict[str, dict[str, Any]]:
    return {
        row["document"]: {
            "t": row["title"],
            "no": row["number"],
            "by": row["issuer"],
            "sc": row["scope"],
            "st": row["status"],
            "p": [row["period_start"], row["period_end"]],
        }
        for row in rows_of(tables, "documents")
    }


def _themes(tables: schema.Tables) -> list[dict[str, Any]]:
    rows = sorted(rows_of(tables, "themes"), key=lambda row: (row["order"], row["theme"]))
    return [{"id": row["theme"], "t": [row["title"], row["title_en"]]} for row in rows]


def _classes(tables: schema.Tables) -> dict[str, dict[str, Any]]:
    return {
        row["class"]: {
            "t": [row["title"], row["title_en"]],
            "now": [row["today"], row["today_en"] or row["today"]] if row["today"] else None,
            "col": row["colour"],
            "pat": row["pattern"],
            "o": row["order"],
        }
        for row in rows_of(tables, "classes")
    }


def _layer(row: dict[str, Any], *, partial: bool) -> dict[str, Any]:
    note = [row["note"], row["note_en"] or row["note"]] if row["note"] else None
    made = {
        "id": row["layer"],
        "th": row["theme"],
        "t": [row["title"], row["title_en"]],
        "d": row["document"],
        "sc": row["scope"],
        "k": row["kind"],
        "st": row["status"],
        "note": note,
    }
    made |= {"part": 1} if partial else {}
    return made | ({"div": row["partition"].split()} if row["partition"] else {})


def _features(
    atlas: Atlas,
    rows: list[dict[str, Any]],
    *,
    shapes: list[dict[str, Any]],
    texts: Texts,
    quotes: Quotes,
) -> list[dict[str, Any]]:
    order = atlas.order
    claimed = {row["of"] for row in rows_of(atlas.tables, "claims")}
    named = named_units(atlas.tables)
    at = {
        (item.layer, name): list(place)
        for item in atlas.items
        for name, place in zip(item.features, item.places, strict=True)
        if name in item.shaped
    }
    made = []
    for row in rows:
        codes = named.get((row["layer"], row["feature"]), [])
        feature: dict[str, Any] = {
            "l": order.layers[row["layer"]],
            "c": order.classes[row["class"]],
            "n": [row["name"], row["name_en"]],
            "x": EXTENTS.index(row["extent"]),
            "s": texts.put(row["section"]),
            "ln": row["lines"],
            "u": [order.units[code] for code in codes if code in order.units],
        }
        if (place := quotes.of_feature(row)) is not None:
            feature["q"] = place
        # Claims ask for a feature by name, and links of all but mere statements.
        if row["extent"] != "statement" or f"{row['layer']}/{row['feature']}" in claimed:
            feature["id"] = row["feature"]
        if (row["layer"], row["feature"]) in at:
            feature["at"] = at[row["layer"], row["feature"]]
        if row["places"] and row["extent"] == "passes":
            feature["pl"] = row["places"]
        if row["inferred"]:
            feature["inf"] = texts.put([row["inferred"], row["inferred_en"] or row["inferred"]])
        if row["note"]:
            feature["note"] = texts.put([row["note"], row["note_en"] or row["note"]])
        # A whole feature is its counties, which the page has already.
        shape = shape_of(row)
        if shape is not None and row["extent"] not in ("whole", "statement"):
            feature["g"] = len(shapes)
            shapes.append(_shape_data(atlas.tables, shape))
        made.append(feature)
    return made


def _shape_data(tables: schema.Tables, shape: shapely.Geometry) -> dict[str, Any]:
    # The shape is kept too, so that its id stays its own.
    return kept(tables, ("shape", id(shape)), make=lambda: (shape_data(shape), shape))[0]


def _coverage(atlas: Atlas, page: Page) -> list[list[Any]]:
    wanted = set(page.counties) | {
        row["adcode"] for row in rows_of(atlas.tables, "units") if row["level"] != "county"
    }
    order = atlas.order
    return [
        [
            order.units[row["adcode"]],
            order.layers[row["layer"]],
            order.classes[row["class"]],
            BASES.index(row["basis"]),
            rounded(row["area_net_km2"], 4),
            rounded(row["share_of_unit"], 6),
            rounded(row["length_km"], 2),
            row["count"],
        ]
        for row in rows_of(atlas.tables, "coverage")
        if row["adcode"] in wanted and row["state"] == "concerned"
    ]


def _items(atlas: Atlas, features: list[dict[str, Any]]) -> list[list[Any]]:
    """Return layer, class, basis, features and whether it is drawn, all but the last by place."""
    places = {(row["layer"], row["feature"]): i for i, row in enumerate(features)}
    return [
        [
            atlas.order.layers[item.layer],
            atlas.order.classes[item.cls],
            BASES.index(item.basis),
            [places[item.layer, name] for name in item.features],
            int(item.drawn),
        ]
        for item in atlas.items
    ]
