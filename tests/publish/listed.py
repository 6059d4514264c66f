"""The sample atlas with listed maps of every kind, and what they need to have something to show.

Two documents name counties for coal: the old one, of 晋中 alone, 榆次 and
太谷; the new one, of the province, 太谷 and 矿区 (in 阳泉). A line goes
through three counties, and not in the order of their codes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from geoplan import schema
from geoplan.publish.atlas import Atlas
from geoplan.publish.items import items
from geoplan.publish.pages import Page, menu, page_of
from geoplan.publish.rows import Shown
from tests.publish import sample

STOPS = ("140781", "140727", "140702")

EXTRA: tuple[dict[str, Any], ...] = (
    {"layer": "coal-old", "class": "coal", "feature": "a", "name": "旧煤田", "section": "第三章"}
    | {"extent": "within", "drawn_by": "units", "u": ("140702", "140703")},
    {"layer": "coal-old", "class": "coal", "feature": "b", "name": "又一煤田", "section": "第三章"}
    | {"extent": "within", "drawn_by": "units", "u": ("140702",)},
    {"layer": "coal-new", "class": "coal", "feature": "a", "name": "新煤田", "section": "第五章"}
    | {"extent": "within", "drawn_by": "units", "u": ("140303", "140703")},
    {"layer": "route", "class": "axis", "feature": "line", "name": "发展轴", "section": "第四章"}
    | {"extent": "passes", "drawn_by": "waypoints", "u": STOPS, "places": "介休—祁县—榆次"},
)

LAYERS = {
    "coal-old": ("energy", "old", "140700", "expired"),
    "coal-new": ("energy", "new", "140000", "in_force"),
    "route": ("corridor_108", "old", "140700", "expired"),
}


def maps(text: str = "图") -> list[dict[str, Any]]:
    """Return one map of every kind; `text` stands in all titles and notes."""
    rows = [
        {"map": "closer", "kind": "detail", "theme": "corridor_108", "stops": "route/line"}
        | {"outline": "corridor-units/corridor", "views": "parks/park", "named": "parks/park"},
        {"map": "coal-zones", "kind": "together", "unit": "140700", "themes": "energy"}
        | {"layers": "zones/ecological_function", "outline": "zones"}
        | {"on": "zones/ecological_function coal-old/coal/list"},
        {"map": "periods", "kind": "compare", "earlier": "old", "later": "new"},
        {"map": "counts", "kind": "count", "documents": "old new"},
    ]
    for row in rows:
        title = f"{row['map']} {text}"
        row |= {"title": title, "title_en": title, "note": f"说明 {text}", "note_en": f"N {text}"}
    return rows


def tables(text: str = "图") -> dict[str, pd.DataFrame]:
    """Return the sample's tables with listed maps and what they show."""
    made = sample.tables(attack=text != "图")
    layers = [
        {"layer": layer, "theme": theme, "title": layer, "title_en": layer, "document": document}
        | {"scope": scope, "status": status, "kind": "vector", "sensitivity": "public"}
        | {"features": 1}
        for layer, (theme, document, scope, status) in LAYERS.items()
    ]
    return with_features(made, EXTRA, layers=layers) | {"maps": sample.table("maps", maps(text))}


def with_features(
    made: dict[str, pd.DataFrame],
    features: tuple[dict[str, Any], ...],
    *,
    layers: list[dict[str, Any]],
) -> dict[str, pd.DataFrame]:
    """Return tables with further layers and features; ``u`` are the units that one names."""
    rows = [{"name_en": row["name"], "lines": "7", **row} for row in features]
    named = [
        {"id": schema.row_id(row["layer"], row["feature"], code), "adcode": code, "line": 7}
        | {key: row[key] for key in ("layer", "class", "feature", "extent", "section")}
        | {"name": code, "evidence": "printed", "document": ""}
        for row in rows
        for code in row["u"]
    ]
    covered = {
        (code, row["layer"], row["class"]): {"adcode": code, "basis": "list", "count": 1}
        | {"layer": row["layer"], "class": row["class"], "state": "concerned"}
        for row in rows
        for code in row["u"]
    }
    more = {
        "layers": layers,
        "features": rows,
        "memberships": named,
        "coverage": [*covered.values()],
    }
    states = [
        {"adcode": code, "layer": layer["layer"], "class": "", "basis": "list"}
        | {"state": "no_data"}
        for layer in layers
        for code in sample.units()["adcode"]
        if not any(key[:2] == (code, layer["layer"]) for key in covered)
    ]
    more["coverage"] += states
    for name, added in more.items():
        made[name] = pd.concat([made[name], sample.table(name, added)], ignore_index=True)
    return made


def atlas_of(made: dict[str, pd.DataFrame]) -> tuple[Atlas, dict[str, Page]]:
    """Return an atlas of tables and its pages by file, as publishing makes them."""
    shown, config = Shown(made), sample.project(Path()).config
    entries, found = menu(shown, config), items(shown)
    atlas = Atlas(shown, config, found, entries, sample.AS_OF, "internal")
    return atlas, {entry.file: page_of(entry, shown, items=found) for entry in entries}
