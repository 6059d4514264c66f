"""The catalogue as one table: every statement of every plan, with who is in it and its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Literal

import pandas as pd

from geoplan.schema import Tables, records
from geoplan.schema.measures import QUANTITIES
from geoplan.schema.wording import figure_words, reading_words

Row = dict[str, Any]
Reach = Literal["own", "above", "within", "drawn"]
"""Why a statement is of a unit: it names it, a unit above it, or one inside it; or it is drawn
somewhere in a plan of that area, and only the map says where."""

COLUMNS = [
    *("theme", "theme_title", "layer", "layer_title", "statement", "kind"),
    *("class", "class_title", "today", "name", "name_en", "extent"),
    *("adcodes", "units", "places", "figures", "figures_en", "years"),
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
    made = [*_features(tables), *_totals(tables), *_indicators(tables), *_files(tables)]
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
        label = (claim["label"] or quantity.zh, claim["label_en"] or quantity.en)
        texts[claim["of"]].append((f"{year}{label[0]}{zh}", f"{label[1]} {en}"))
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
        if part and part not in classes:
            continue
        named = subjects.get(of, {})
        cls = classes[part] if part else {}
        yield common[layer] | {
            "statement": of,
            "kind": "figures",
            "class": part or None,
            "class_title": cls.get("title"),
            "name": claim["label"] or cls.get("title") or common[layer]["layer_title"],
            "adcodes": " ".join(named),
            "units": "、".join(named.values()),
            "figures": figures[of][0],
            "figures_en": figures[of][1],
            "section": claim["section"],
            "lines": claim["lines"],
        }


def _subjects(tables: Tables) -> dict[str, dict[str, str]]:
    """Return the units, code to name, that each layer and each class of it names."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in records(tables["memberships"]):
        if row["evidence"] == "scope":  # said of the whole: no member
            continue
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
        told = [words for row in rows if (words := reading_words(row)) is not None]
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
            "figures": "；".join(zh for zh, _ in told),
            "figures_en": "; ".join(en for _, en in told),
            "years": " ".join(sorted({row["year"] for row in rows})),
            "section": first["section"],
            "lines": first["lines"],
            "note": first["note"],
        }


def _files(tables: Tables) -> Iterable[Row]:
    """Yield the layers that take their shapes from a file, which need a build to be read."""
    common = _common(tables)
    listed = {row["layer"] for row in records(tables["features"])}
    listed |= {row["layer"] for row in records(tables["indicators"])}
    for layer in records(tables["layers"]):
        if layer["layer"] not in listed:
            yield common[layer["layer"]] | {
                "statement": layer["layer"],
                "kind": "file",
                "name": layer["title"],
                "name_en": layer["title_en"],
                "adcodes": "",
                "units": "",
                "figures": "",
                "section": "",
                "lines": "",
                "note": layer["note"],
            }
