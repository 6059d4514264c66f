"""Tables of one layer, in memory: what the publishing functions read of any other layer."""

from __future__ import annotations

import numpy as np
import pandas as pd

import geopandas as gpd

from geoplan.overlay.coverage import coverage_table
from geoplan.overlay.membership import Memberships
from geoplan.overlay.unit import Label, Piece, UnitResult
from geoplan.own_map.areas import Measured
from geoplan.own_map.classes import Class
from geoplan.own_map.read import OwnLayer
from geoplan.publish import LAYER
from geoplan.publish.words import counted, pair
from geoplan.schema import TABLES, Sensitivity, frame

DIGITS = 12
"""Digits of the file's sha256 that people see."""


def class_id(number: int) -> str:
    """Return the id of a class by its place in the legend."""
    return f"c{number + 1:02d}"


def own_tables(
    own: OwnLayer,
    classes: list[Class],
    *,
    units: gpd.GeoDataFrame,
    sources: pd.DataFrame,
    sensitivity: Sensitivity,
    shown: int,
) -> dict[str, pd.DataFrame]:
    """Return the tables of a layer of `shown` features, with no rows of features and coverage yet.

    The file is a document of its own that is no plan: without period and status.
    """
    scope = str(units["adcode"][units["parent"].isna()].iloc[0])
    document: dict[str, object] = {
        "document": LAYER,
        "title": own.file,
        "scope": scope,
        "sha256": own.digest,
    }
    zh, en = pair("own.theme")
    layer: dict[str, object] = {
        "layer": LAYER,
        "theme": LAYER,
        "title": own.title,
        "title_en": own.title,
        "document": LAYER,
        "scope": scope,
        "kind": "vector",
        "sensitivity": sensitivity,
        "features": shown,
        "file": own.file,
    }
    rows: dict[str, list[dict[str, object]]] = {
        "documents": [document],
        "themes": [{"theme": LAYER, "title": zh, "title_en": en, "order": 0}],
        "classes": [_class(i, c) for i, c in enumerate(classes)],
        "layers": [layer],
    }
    made = {name: frame(name, rows.get(name, [])) for name in TABLES if name not in _MADE_ELSEWHERE}
    return {**made, "units": units, "sources": sources}


_MADE_ELSEWHERE = ("units", "sources", "coverage", "pieces")


def _class(number: int, drawn: Class) -> dict[str, object]:
    today = drawn.today or (None, None)
    return {
        "class": class_id(number),
        "title": drawn.title[0],
        "title_en": drawn.title[1],
        "today": today[0],
        "today_en": today[1],
        "colour": drawn.colour,
        "pattern": drawn.pattern,
        "order": number,
    }


def section_of(own: OwnLayer) -> tuple[str, str]:
    """Return what is cited of the file: layer, column, rows, and how its sha256 begins."""
    layer = pair("own.layer", layer=own.layer) if own.layer else ("", "")
    digest = own.digest[:DIGITS]
    section = counted("own.section", by=own.by, n=len(own.shapes), digest=digest)
    return layer[0] + section[0], layer[1] + section[1]


def coverage_of(
    measured: Measured, codes: np.ndarray, *, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return the table `coverage` of a layer, as the overlay makes it."""
    labels = [Label(LAYER, class_id(i), "geometry") for i in range(len(tables["classes"]))]
    points = measured.kind == "points"
    amounts: dict[str, dict[tuple[Label, str], int]] = {}
    rows, places, sizes = (measured.parts[c].tolist() for c in ("row", "adcode", "amount"))
    for row, code, amount in zip(rows, places, sizes, strict=True):
        own = amounts.setdefault(code, {})
        own[labels[codes[row]], str(row)] = 0 if points else amount
    pieces: dict[str, list[Piece]] = {}
    for number, code, amount in measured.net.itertuples(index=False, name=None):
        pieces.setdefault(code, []).append(Piece((labels[int(number)],), int(amount), b""))
    polygons = measured.kind == "polygons"
    results = [
        UnitResult(
            code, tuple(pieces.get(code, ())), own if polygons else {}, {} if polygons else own, 0
        )
        for code, own in sorted(amounts.items())
    ]
    made = coverage_table(tables, Memberships.of(tables), results=results)
    if points:  # they were counted by lengths of nothing
        made["length_km"] = np.nan
    return made
