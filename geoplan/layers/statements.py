"""The catalogue as one table: every statement of every plan, with who is in it and its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from geoplan.gazetteer import Gazetteer
from geoplan.schema import Tables, records
from geoplan.schema.measures import QUANTITIES, figure_words

Row = dict[str, Any]
Reach = Literal["own", "above", "within"]
"""Why a statement is of a unit: it names it, a unit above it, or one inside it."""

COLUMNS = [
    *("theme", "theme_title", "layer", "layer_title", "statement", "kind"),
    *("class", "class_title", "today", "name", "name_en", "extent"),
    *("adcodes", "units", "places", "figures", "figures_en"),
    *("document", "title", "number", "section", "lines"),
    *("period_start", "period_end", "status", "inferred", "note"),
]


def statements(tables: Tables) -> pd.DataFrame:
    """Return one row for each feature, indicator and group of figures, by theme and layer.

    A figure that belongs to a layer or a class, not to one feature, is a row
    of kind ``figures``, for all units of that layer or class.

    `tables` are those of `geoplan.layers.tables`, without shapes. Columns are
    `COLUMNS`: `adcodes` are the units as named, by spaces; `figures` are what
    the plan prints about it.
    """
    made = [*_features(tables), *_totals(tables), *_indicators(tables)]
    order = {row["theme"]: row["order"] for row in records(tables["themes"])}
    made.sort(key=lambda row: (order.get(row["theme"], len(order)), row["layer"]))
    return pd.DataFrame(made, columns=COLUMNS)


def _common(tables: Tables) -> dict[str, Row]:
    """Return what statements of a layer share, by layer."""
    documents = {row["document"]: row for row in records(tables["documents"])}
    themes = {row["theme"]: row["title"] for row in records(tables["themes"])}
    return {
        row["layer"]: {
            "theme": row["theme"],
            "theme_title": themes[row["theme"]],
            "layer": row["layer"],
            "layer_title": row["title"],
            "document": row["document"],
            "title": documents[row["document"]]["title"],
            "number": documents[row["document"]]["number"],
            "period_start": documents[row["document"]]["period_start"],
            "period_end": documents[row["document"]]["period_end"],
            "status": row["status"],
        }
        for row in records(tables["layers"])
    }


def _features(tables: Tables) -> Iterable[Row]:
    common = _common(tables)
    classes = {row["class"]: row for row in records(tables["classes"])}
    named: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in records(tables["memberships"]):
        named[row["layer"], row["feature"]].append(row)
    figures = _figures(tables)
    for row in records(tables["features"]):
        members = named[row["layer"], row["feature"]]
        cls = classes[row["class"]]
        zh, en = figures.get(f"{row['layer']}/{row['feature']}", ("", ""))
        yield common[row["layer"]] | {
            "statement": row["feature"],
            "kind": "feature",
            "class": row["class"],
            "class_title": cls["title"],
            "today": cls["today"],
            "adcodes": " ".join(m["adcode"] for m in members),
            "units": "、".join(m["name"] for m in members),
            "figures": zh,
            "figures_en": en,
            **{key: row[key] for key in _COPIED},
        }


_COPIED = (
    *("name", "name_en", "extent", "places", "section", "lines"),
    *("period_start", "period_end", "inferred", "note"),
)


def _figures(tables: Tables) -> dict[str, tuple[str, str]]:
    """Return the claims of each subject as one text in Chinese and one in English."""
    texts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for claim in records(tables["stated"]):
        quantity = QUANTITIES[claim["quantity"]]
        zh, en = figure_words(claim)
        year = f"{claim['year']}年" if claim["year"] else ""
        texts[claim["of"]].append((f"{year}{quantity.zh}{zh}", f"{quantity.en} {en}"))
    return {
        key: ("；".join(zh for zh, _ in parts), "; ".join(en for _, en in parts))
        for key, parts in texts.items()
    }


def _totals(tables: Tables) -> Iterable[Row]:
    """Yield the figures of whole layers and classes, with all units that these name."""
    common = _common(tables)
    figures = _figures(tables)
    classes = {row["class"]: row for row in records(tables["classes"])}
    subjects = _subjects(tables)
    claims = {claim["of"]: claim for claim in reversed(records(tables["stated"]))}
    for of, claim in reversed(claims.items()):
        layer, _, part = of.partition("/")
        if of not in subjects:
            continue
        cls = classes[part] if part else {}
        yield common[layer] | {
            "statement": of,
            "kind": "figures",
            "class": part or None,
            "class_title": cls.get("title"),
            "name": cls.get("title") or common[layer]["layer_title"],
            "adcodes": " ".join(subjects[of]),
            "units": "、".join(subjects[of].values()),
            "figures": figures[of][0],
            "figures_en": figures[of][1],
            "section": claim["section"],
            "lines": str(claim["line"]),
        }


def _subjects(tables: Tables) -> dict[str, dict[str, str]]:
    """Return the units, code to name, that each layer and each class of it names."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in records(tables["memberships"]):
        for of in (row["layer"], f"{row['layer']}/{row['class']}"):
            found[of][row["adcode"]] = row["name"]
    return dict(found)


def _indicators(tables: Tables) -> Iterable[Row]:
    common = _common(tables)
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in records(tables["indicators"]):
        grouped[row["layer"], row["indicator"]].append(row)
    for rows in grouped.values():
        first = rows[0]
        yield common[first["layer"]] | {
            "statement": first["indicator"],
            "kind": "indicator",
            "class": None,
            "class_title": first["group"],
            "name": first["name"],
            "name_en": first["name_en"],
            "extent": None,
            "adcodes": first["adcode"],
            "units": first["unit"],
            "figures": "；".join(_reading(row)[0] for row in rows),
            "figures_en": "; ".join(_reading(row)[1] for row in rows),
            "section": first["section"],
            "lines": str(first["line"]),
            "note": first["note"],
        }


READINGS: Mapping[str, tuple[str, str]] = {
    "actual": ("实际", "actual"),
    "target": ("目标", "target"),
    "actual_growth": ("实际增长（或累计）", "actual growth or total"),
    "target_growth": ("目标增长（或累计）", "target growth or total"),
}


def _reading(row: Row) -> tuple[str, str]:
    zh, en = READINGS[row["reading"]]
    return f"{row['year']}年{zh}{row['printed']}", f"{en} {row['year']}: {row['printed']}"


@dataclass(frozen=True)
class Query:
    """Which statements are wanted; empty fields want all.

    `unit` is a code; a statement is of it when it names it, a unit above it
    or one inside it. `year` lies in the statement's period.
    """

    themes: Sequence[str] = ()
    documents: Sequence[str] = ()
    unit: str | None = None
    year: str | None = None


def select(table: pd.DataFrame, query: Query, *, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return the rows of `statements` that `query` wants, with the column `reach` before all.

    `reach` is ``own``, ``above`` or ``within`` where a unit is asked for, else empty.
    """
    kept = table
    if query.themes:
        kept = kept[kept["theme"].isin(query.themes)]
    if query.documents:
        kept = kept[kept["document"].isin(query.documents)]
    if query.year is not None:
        kept = kept[(kept["period_start"] <= query.year) & (query.year <= kept["period_end"])]
    reaches: list[Reach | None] = [None] * len(kept)
    if query.unit is not None:
        unit = query.unit
        reaches = [_reach(codes.split(), unit, gazetteer) for codes in kept["adcodes"]]
        wanted = [reach is not None for reach in reaches]
        kept = kept[wanted]
        reaches = [reach for reach in reaches if reach is not None]
    made: pd.DataFrame = kept.copy()
    made.insert(0, "reach", reaches)
    return made.reset_index(drop=True)


def _reach(codes: Sequence[str], unit: str, gazetteer: Gazetteer) -> Reach | None:
    if unit in codes:
        return "own"
    if any(code in codes for code in gazetteer.ancestors(unit)):
        return "above"
    if any(unit in gazetteer.ancestors(code) for code in codes if code in gazetteer.units):
        return "within"
    return None


def compare(table: pd.DataFrame, *, first: Sequence[str], second: Sequence[str]) -> pd.DataFrame:
    """Set the statements of two sets of documents side by side.

    Returns
    -------
    pandas.DataFrame
        One row for each theme, class and unit as named, sorted by them:
        `first` and `second` hold what each set says there, `change` is
        ``both``, ``first_only`` or ``second_only``. Indicators are compared
        by name instead of class.
    """
    cells: dict[tuple[str, ...], dict[int, list[str]]] = {}
    for row in records(table):
        side = 0 if row["document"] in first else 1 if row["document"] in second else None
        if side is None:
            continue
        indicator = row["kind"] == "indicator"
        label = row["name"] if indicator else row["class_title"] or row["layer_title"]
        units = zip(row["adcodes"].split(), row["units"].split("、"), strict=True)
        for code, unit in units:
            key = (row["theme"], row["theme_title"], row["class"] or "", label, code, unit)
            said = row["name"] if row["kind"] == "feature" else row["figures"]
            if row["figures"] and row["kind"] == "feature":
                said += f"（{row['figures']}）"
            texts = cells.setdefault(key, {0: [], 1: []})[side]
            if said not in texts:
                texts.append(said)
    rows = [(*key, "；".join(said[0]), "；".join(said[1])) for key, said in cells.items()]
    names = ["theme", "theme_title", "class", "class_title", "adcode", "unit", "first", "second"]
    made = pd.DataFrame(rows, columns=names)
    made["change"] = [
        "both"
        if row["first"] and row["second"]
        else f"{'first' if row['first'] else 'second'}_only"
        for row in records(made)
    ]
    return made
