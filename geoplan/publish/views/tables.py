"""Tables of views that stand on a page without scripts: two periods side by side, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoplan.publish.atlas import Atlas
from geoplan.publish.citations import citation
from geoplan.publish.pages import Page
from geoplan.publish.rows import rows_of
from geoplan.publish.views.choose import (
    Feature,
    View,
    class_title,
    common_scope,
    key_of,
    theme_order,
    theme_title,
    views_of,
)
from geoplan.publish.views.naming import Naming
from geoplan.publish.words import Pair, coded, pair
from geoplan.sides import change_of, side_by_side


def view_tables(atlas: Atlas, page: Page) -> dict[str, Any]:
    """Return what ``views.html.j2`` is given; empty lists where a page has no such table."""
    return {
        "compared": compared_rows(atlas, page),
        "periods": period_titles(atlas, page),
        "counted": counted_rows(atlas, page),
        "counts": count_titles(atlas, page),
    }


@dataclass(frozen=True)
class Said:
    """Names that one section of a document has for a class, and where."""

    names: Pair
    source: str


@dataclass(frozen=True)
class Compared:
    """One class of a theme in two periods; `None` where a side has nothing in the catalogue."""

    theme: Pair
    cls: Pair
    earlier: list[Said]
    later: list[Said]
    counties: list[tuple[Pair, Pair]]
    """Which counties both periods name, or only one: a label, and their names."""


MARKS = "①②③④⑤⑥⑦⑧⑨⑩"


def compared_rows(atlas: Atlas, page: Page) -> list[Compared]:
    """Return every theme and class that either period has, in the order of the registries."""
    if page.kind != "compare" or page.shows is None:
        return []
    naming = Naming(atlas)
    cells = side_by_side(
        ((naming.document_of(f), key_of(naming, f), f) for f in naming.features),
        first=page.shows.earlier,
        second=page.shows.later,
    )
    made = []
    for key in sorted(cells, key=theme_order(atlas)):
        first, second = cells[key]
        made.append(
            Compared(
                theme_title(atlas, key[0]),
                class_title(atlas, key[1]),
                _said(naming, first, page.shows.earlier),
                _said(naming, second, page.shows.later),
                _counties(naming, page, first, second),
            )
        )
    return made


def _said(naming: Naming, features: list[Feature], side: tuple[str, ...]) -> list[Said]:
    groups: dict[tuple[str, str], list[Feature]] = {}
    for feature in features:
        where = (naming.document_of(feature), naming.features[feature]["section"])
        groups.setdefault(where, []).append(feature)
    return [
        Said(_names(naming, own), mark_of(document, side) + section)
        for (document, section), own in groups.items()
    ]


def mark_of(document: str, side: tuple[str, ...]) -> str:
    """Return the mark of a document among those of a period; none where it stands alone."""
    if len(side) == 1:
        return ""
    at = side.index(document)
    return MARKS[at] if at < len(MARKS) else f"({at + 1})"


def _names(naming: Naming, features: list[Feature]) -> Pair:
    rows = [naming.features[feature] for feature in features]
    return (
        "、".join(dict.fromkeys(row["name"] for row in rows)),
        "; ".join(dict.fromkeys(row["name_en"] for row in rows)),
    )


def _counties(
    naming: Naming, page: Page, first: list[Feature], second: list[Feature]
) -> list[tuple[Pair, Pair]]:
    units = {row["adcode"]: row for row in rows_of(naming.atlas.tables, "units")}
    sides = [
        {c for f in features for c in naming.counties.get(f, ()) if c in page.counties}
        for features in (first, second)
    ]
    groups: dict[str, list[str]] = {"both": [], "first_only": [], "second_only": [], "outside": []}
    inside = common_scope(naming, page)
    for code in sorted(sides[0] | sides[1]):
        here = [code] * (code in sides[0]), [code] * (code in sides[1])
        # Whether the other period would name it, nobody can say.
        groups[change_of(here) if code in inside else "outside"].append(code)
    return [
        (
            pair(f"view.{change}"),
            (
                "、".join(units[c]["name"] for c in codes),
                ", ".join(units[c]["name_en"] for c in codes),
            ),
        )
        for change, codes in groups.items()
        if codes
    ]


@dataclass(frozen=True)
class Head:
    """A document at the head of a column, and its status where it is not in force."""

    text: str
    status: Pair | None


def _head(document: dict[str, Any], text: str) -> Head:
    status = document["status"]
    return Head(text, None if status in (None, "in_force") else coded("status", status))


def period_titles(atlas: Atlas, page: Page) -> list[list[Head]]:
    """Return the documents of both periods as people read them, with their marks and status."""
    if page.kind != "compare" or page.shows is None:
        return []
    documents = Naming(atlas).documents
    return [
        [
            _head(documents[d], mark_of(d, side) + citation(documents[d], ""))
            for d in side
            if d in documents
        ]
        for side in (page.shows.earlier, page.shows.later)
    ]


def count_titles(atlas: Atlas, page: Page) -> list[Head]:
    """Return the documents of a page of counts, one for each of its views."""
    if page.kind != "count":
        return []
    documents = Naming(atlas).documents
    found = [documents[view.document] for view in views_of(atlas, page) if view.document]
    return [_head(document, document["title"]) for document in found]


@dataclass(frozen=True)
class Counted:
    """One county: for each view its number, whether it is outside the scope, and the classes."""

    name: Pair
    city: Pair
    cells: list[tuple[str, bool, Pair]]


def counted_rows(atlas: Atlas, page: Page) -> list[Counted]:
    """Return the counties of a page of counts, one cell for each of its views."""
    if page.kind != "count":
        return []
    views, naming = views_of(atlas, page), Naming(atlas)
    units = rows_of(atlas.tables, "units")
    cities = {row["adcode"]: (row["name"], row["name_en"]) for row in units}
    return [
        Counted(
            (row["name"], row["name_en"]),
            cities.get(row["parent"], ("", "")),
            [_cell(atlas, naming, view, row["adcode"]) for view in views],
        )
        for row in units
        if row["adcode"] in page.counties
    ]


def _cell(atlas: Atlas, naming: Naming, view: View, code: str) -> tuple[str, bool, Pair]:
    if view.bands[view.of[code]].out:
        return "", True, ("", "")
    classes = dict.fromkeys(naming.features[f]["class"] for f in view.why.get(code, ()))
    titles = [class_title(atlas, cls) for cls in classes]
    text = "、".join(t[0] for t in titles), ", ".join(t[1] for t in titles)
    return str(view.numbers.get(code, 0)), False, text
