"""The page of the matrix: its data, and its tables for readers without scripts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from geoplan import schema
from geoplan.publish.atlas import Atlas
from geoplan.publish.columns import MAP
from geoplan.publish.content import script_json
from geoplan.publish.frame import script_files
from geoplan.publish.matrix.sides import Key, Side, sides
from geoplan.publish.matrix.zones import zoned
from geoplan.publish.reports import written
from geoplan.publish.rows import rounded, rows_of
from geoplan.publish.words import words_in

FILE = "matrix.html"

LARGEST = 1_400_000
"""Bytes of data above which lists of counties are left out: the table `overlaps` has them."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "units": ("adcode", "name", "name_en", "level", "parent"),
    "documents": MAP["documents"],
    "themes": ("theme", "title", "title_en", "order"),
    "classes": ("class", "title", "title_en", "colour", "order"),
    "layers": ("layer", "theme", "title", "title_en", "document", "kind", "status", "partition"),
    "features": ("layer", "class", "extent", "section"),
    "coverage": ("adcode", "layer", "class", "basis", "area_net_km2", "area_gross_km2"),
    "overlaps": tuple(schema.TABLES["overlaps"].names),
}
"""What the page shows of each table."""


@dataclass(frozen=True)
class Told:
    """A pair with an area, as the table without scripts tells it."""

    a: Side
    b: Side
    indicative: bool
    units: int
    area: str
    gross: str
    """Empty where it is the net area."""
    share_a: str
    share_b: str


def matrix_text(atlas: Atlas) -> str:
    """Return the page of the overlap matrix."""
    every = sides(atlas.tables, atlas.config.scope)
    places = {(side.layer, side.cls): i for i, side in enumerate(every)}
    data = script_json(_data(atlas.tables, every, places, listed=True))
    if len(data.encode()) > LARGEST:
        data = script_json(_data(atlas.tables, every, places, listed=False))
    scope = next(r for r in rows_of(atlas.tables, "units") if r["adcode"] == atlas.config.scope)
    return written(
        "matrix.html.j2",
        atlas,
        data=data,
        script=script(),
        scope=(scope["name"], scope["name_en"]),
        zoned=zoned(atlas.tables, every),
        pairs=_told(atlas.tables, every, places),
    )


@cache
def script() -> str:
    """Return the scripts of this page."""
    return script_files("matrix")


def _data(
    tables: schema.Tables, every: list[Side], places: dict[Key, int], *, listed: bool
) -> dict[str, Any]:
    """Return what the scripts read; areas in km², shares from 0 to 1, lists point by place."""
    counties = [row for row in rows_of(tables, "units") if row["level"] == "county"]
    at = {row["adcode"]: i for i, row in enumerate(counties)}
    themes = sorted(rows_of(tables, "themes"), key=lambda row: (row["order"], row["theme"]))
    return {
        "words": words_in(script()),
        "units": [[row["name"], row["name_en"], row["adcode"]] for row in counties],
        "themes": [[row["theme"], row["title"], row["title_en"]] for row in themes],
        "sides": [_side(side) for side in every],
        "pairs": _pairs(tables, places, at, listed=listed),
        "listed": listed,
    }


def _side(side: Side) -> dict[str, Any]:
    made = {
        "t": side.title,
        "l": side.layer_title,
        "th": side.theme,
        "col": side.colour,
        "b": side.basis,
        "n": side.units,
        "src": side.source,
        "net": rounded(side.net, 6),
        "gross": rounded(side.gross, 6),
        "st": side.status,
    }
    return {key: value for key, value in made.items() if value is not None}


def _pairs(
    tables: schema.Tables, places: dict[Key, int], at: dict[str, int], *, listed: bool
) -> list[list[Any]]:
    """Return rows of `overlaps`: places of both sides, then what is told of the pair.

    That is basis, id, counties and, where it has an area, net, gross, share
    of a, share of b, uncertainty; then its counties: places, or rows like these.
    """
    found: dict[tuple[int, int], dict[tuple[str, ...], list[Any]]] = defaultdict(dict)
    inside: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in rows_of(tables, "overlaps"):
        a, b = (places[row[f"layer_{end}"], row[f"class_{end}"]] for end in ("a", "b"))
        first, second = ("a", "b") if a <= b else ("b", "a")
        pair = (min(a, b), max(a, b))
        key = (row["layer_a"], row["class_a"], row["layer_b"], row["class_b"], row["basis"])
        figures = []
        if row["area_km2"] is not None:
            shares = [rounded(row[f"share_of_{end}"], 6) for end in (first, second)]
            areas = [rounded(row[f"area{kind}_km2"], 6) for kind in ("", "_gross")]
            figures = [*areas, *shares, rounded(row["uncertainty"], 6)]
        if row["adcode"] is None:
            found[pair][key] = [row["basis"], row["id"], row["units"], figures]
        elif figures:
            inside[key].append([at[row["adcode"]], row["id"], *figures])
        elif listed:
            inside[key].append(at[row["adcode"]])
    return [
        [*pair, [[*told, inside[key]] for key, told in rows.items()]]
        for pair, rows in sorted(found.items())
    ]


def _told(tables: schema.Tables, every: list[Side], places: dict[Key, int]) -> list[Told]:
    made = []
    for row in rows_of(tables, "overlaps"):
        if row["adcode"] is None and row["area_km2"] is not None:
            ends = {end: places[row[f"layer_{end}"], row[f"class_{end}"]] for end in ("a", "b")}
            first, second = sorted(ends, key=ends.__getitem__)
            drawn = row["basis"] == "indicative"
            told = Told(
                every[ends[first]],
                every[ends[second]],
                drawn,
                row["units"],
                _area(row["area_km2"], drawn),
                _gross(row, drawn),
                _share(row[f"share_of_{first}"], drawn),
                _share(row[f"share_of_{second}"], drawn),
            )
            made.append((drawn, ends[first], ends[second], told))
    return [told for *_, told in sorted(made, key=lambda row: row[:3])]


def _area(value: float, drawn: bool) -> str:
    return _plain(value, 10) if drawn else f"{value:.2f}"


def _share(value: float, drawn: bool) -> str:
    return f"{_plain(100 * value, 2)}%" if drawn else f"{100 * value:.1f}%"


def _plain(value: float, digits: int) -> str:
    """Return a number with so many significant digits, never as 1e-05."""
    return f"{Decimal(f'{value:.{digits}g}'):f}"


def _gross(row: dict[str, Any], drawn: bool) -> str:
    gross = row["area_gross_km2"]
    told = "" if gross is None else _area(gross, drawn)
    return "" if told == _area(row["area_km2"], drawn) else told
