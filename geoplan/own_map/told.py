"""What is told of a page that was made: its figures, and what has to be known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geoplan import geometry
from geoplan.overlay.unit import LENGTH_UNITS_PER_KM
from geoplan.own_map.areas import Measured
from geoplan.own_map.classes import MOST_LETTERS, Classes
from geoplan.own_map.read import OwnLayer
from geoplan.own_map.tables import class_id
from geoplan.publish.words import counted, pair


@dataclass(frozen=True)
class Made:
    """The page that was made, and what it says."""

    out: Path
    bytes: int
    how: str
    """``whole``, ``simplified``, ``merged`` or ``cells``."""
    error_m: int
    kind: str
    features: int
    shown: int
    """Features that enter a county."""
    classes: pd.DataFrame
    """`class`, `features`, and by kind `area_km2` and `area_gross_km2`, or `length_km`."""
    outside: float
    """What lies outside the units: km², km or a number."""
    notes: list[str]


def notes_of(
    own: OwnLayer, classes: Classes, *, found: Measured, scope: Mapping[str, object]
) -> list[tuple[str, str]]:
    """Return what has to be said of the layer, where there is anything; `scope` is a unit."""
    notes: list[tuple[str, str]] = []
    if classes.method == "quantiles":
        notes.append(pair("own.quantiles", n=len(classes.classes) - ("" in classes.texts)))
    if classes.others:
        notes.append(pair("own.others", n=classes.others))
    if classes.grouped:
        zh = "；".join(f"{t[0]}（{'、'.join(own)}）" for t, own in classes.grouped)
        en = "; ".join(f"{t[1]} ({', '.join(own)})" for t, own in classes.grouped)
        notes.append((pair("own.grouped", list=zh)[0], pair("own.grouped", list=en)[1]))
    told = {
        "cut": classes.cut,
        "infinite": classes.infinite,
        "overlapping": found.overlapping,
        "repaired": own.repaired,
        "blank": own.blank,
        f"flat.{own.kind}": own.flat + own.collapsed,
    }
    notes += [counted(f"own.{key}", n=n, most=MOST_LETTERS) for key, n in told.items() if n]
    outside = len(own.shapes) - own.flat - int(found.parts["row"].nunique())
    amount = outside_amount(own, found)
    if outside or amount >= 0.005:
        key = f"own.{'outside' if outside else 'across'}.{own.kind}"
        zh, _ = counted(key, n=outside, value=f"{amount:.2f}", unit=scope["name"])
        _, en = counted(key, n=outside, value=f"{amount:.2f}", unit=scope["name_en"])
        notes.append((zh, en))
    if own.encoding is not None and own.encoding != "UTF-8":
        notes.append(pair("own.encoding", encoding=own.encoding))
    if own.mapping is not None:
        notes.append(pair("own.mapping", code=own.mapping, by=own.by))
    if own.assumed is not None:
        notes.append(pair("own.assumed", system=own.assumed))
    return notes


def noticed(own: OwnLayer) -> list[str]:
    """Return what else was noticed of the file, and does not stand among the notes of the page."""
    told = ("encoding.", "repair.null", "repair.empty", "crs.assumed")
    return [
        n.message
        for n in own.notices
        if (n.severity != "info" or n.code.startswith("format.")) and not n.code.startswith(told)
    ]


def outside_amount(own: OwnLayer, found: Measured) -> float:
    """Return what of a layer lies outside the units: km², km or a number of points."""
    if own.kind == "polygons":
        return geometry.km2(found.outside) + own.beyond_m2 / 1e6
    return found.outside / (LENGTH_UNITS_PER_KM if own.kind == "lines" else 1)


def summary_of(
    own: OwnLayer, classes: Classes, *, coverage: pd.DataFrame, scope: str
) -> pd.DataFrame:
    """Return a row for each class with its figures within the scope."""
    rows = coverage[(coverage["adcode"] == scope) & (coverage["class"] != "")].set_index("class")
    columns = {
        "polygons": ["area_net_km2", "area_gross_km2"],
        "lines": ["length_km"],
        "points": [],
    }[own.kind]
    titles = [c.title[0] for c in classes.classes]
    ids = [class_id(i) for i in range(len(titles))]
    figures = rows.reindex(ids)
    made = pd.DataFrame({"class": titles, "features": figures["count"].fillna(0).astype("int64")})
    for column in columns:
        made[column.replace("_net", "")] = figures[column].fillna(0.0)
    return made.reset_index(drop=True)
