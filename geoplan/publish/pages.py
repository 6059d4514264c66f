"""Which maps the atlas has: an overview, focus cities, and themes that have layers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from geoplan import schema
from geoplan.config import Config
from geoplan.errors import ConfigError
from geoplan.publish.items import Item, counties_of, ordered_layers
from geoplan.publish.rows import rows_of
from geoplan.publish.words import pair

Pair = tuple[str, str]
"""A text in Chinese and English."""


@dataclass(frozen=True)
class Page:
    """One map: its file, title, scope, the counties it holds and the items shown at opening."""

    file: str
    kind: Literal["overview", "city", "theme"]
    title: Pair
    scope: str
    counties: frozenset[str]
    on: tuple[str, ...]
    menu: Pair
    theme: str | None = None
    also: tuple[str, ...] = ()
    """Items of other themes that the map of a theme shows too."""


def plan_pages(tables: schema.Tables, config: Config, *, items: list[Item]) -> list[Page]:
    """Return the pages in the order of the menu.

    Raises `ConfigError` where the scope or a focus city is no unit.
    """
    units = {row["adcode"]: row for row in rows_of(tables, "units")}
    unknown = [code for code in (config.scope, *config.focus) if code not in units]
    if unknown:
        raise ConfigError(
            f"geoplan.toml: scope or focus names {unknown}, which no unit has; "
            f"there are {len(units)} units, such as {min(units)} ({units[min(units)]['name']})"
        )
    inside = counties_of(tables["units"])
    pages = [_overview(units[config.scope], tables, items, inside)]
    pages += [_city(units[code], tables, items, inside) for code in config.focus]
    # A theme that has only indicators has nothing to draw; they have a page of their own.
    with_layers = {
        row["theme"]
        for row in rows_of(tables, "layers")
        if row["features"] or row["kind"] == "slot"
    }
    themes = sorted(rows_of(tables, "themes"), key=lambda row: (row["order"], row["theme"]))
    for theme in themes:
        if theme["theme"] in with_layers:
            pages.append(_theme(theme, tables, items, config.scope))
    return pages


def file_stem(unit: dict[str, Any]) -> str:
    """Return an ASCII file name for a city: its pinyin without 市, else its code."""
    syllables = str(unit["pinyin"]).lower().split()
    if len(syllables) > 1 and str(unit["name"]).endswith("市") and syllables[-1] == "shi":
        syllables = syllables[:-1]
    stem = "".join(syllables)
    return stem if stem.isascii() and stem.isalnum() else str(unit["adcode"])


def _overview(
    unit: dict[str, Any],
    tables: schema.Tables,
    items: list[Item],
    inside: dict[str, tuple[str, ...]],
) -> Page:
    counties = frozenset(inside[unit["adcode"]])
    title = (f"{unit['name']}规划总览", f"Planning overview of {unit['name_en']}")
    on = _first_theme(tables, items, counties)
    return Page(
        "overview.html", "overview", title, unit["adcode"], counties, on, pair("nav.overview")
    )


def _city(
    unit: dict[str, Any],
    tables: schema.Tables,
    items: list[Item],
    inside: dict[str, tuple[str, ...]],
) -> Page:
    counties = frozenset(inside[unit["adcode"]])
    title = (f"{unit['name']}规划图", f"Planning map of {unit['name_en']}")
    on = _first_theme(tables, items, counties)
    menu = (unit["name"], unit["name_en"])
    return Page(f"{file_stem(unit)}.html", "city", title, unit["adcode"], counties, on, menu)


def _theme(theme: dict[str, Any], tables: schema.Tables, items: list[Item], scope: str) -> Page:
    layers = {row["layer"] for row in ordered_layers(tables) if row["theme"] == theme["theme"]}
    own = [item for item in items if item.layer in layers]
    inside = counties_of(tables["units"])
    touched = frozenset().union(*(item.counties for item in own if item.basis != "indicative"))
    title = (theme["title"], theme["title_en"])
    also = _also(theme, items)
    return Page(
        f"{theme['theme'].replace('_', '-')}.html",
        "theme",
        title,
        _smallest(touched, inside, scope),
        frozenset(inside[scope]),
        tuple(item.key for item in items if item.key in {*_opening(own, tables), *also}),
        tuple(re.sub(r"\s*[（(].*[）)]$", "", words) for words in title),  # type: ignore[arg-type]
        theme["theme"],
        also,
    )


def _also(theme: dict[str, Any], items: list[Item]) -> tuple[str, ...]:
    refs = (theme["also"] or "").split()
    return tuple(
        item.key
        for item in items
        if f"{item.layer}/{item.cls}" in refs and item.basis != "indicative"
    )


def _smallest(touched: frozenset[str], inside: dict[str, tuple[str, ...]], scope: str) -> str:
    fitting = [
        (len(found), code)
        for code, found in inside.items()
        if touched and touched <= set(found) and (len(found) > 1 or code == scope)
    ]
    return min(fitting)[1] if fitting else scope


def _first_theme(
    tables: schema.Tables, items: list[Item], counties: frozenset[str]
) -> tuple[str, ...]:
    theme_of = {row["layer"]: row["theme"] for row in rows_of(tables, "layers")}
    seen = [item for item in items if item.counties & counties and item.basis != "indicative"]
    exact = [item for item in seen if item.basis == "geometry"] or seen
    if not exact:
        return ()
    theme = theme_of[exact[0].layer]
    return _opening([item for item in seen if theme_of[item.layer] == theme], tables)


def _opening(own: list[Item], tables: schema.Tables) -> tuple[str, ...]:
    """Areas of one layer in force, else of any; without areas, the first lists."""
    status = {row["layer"]: row["status"] for row in rows_of(tables, "layers")}
    exact = [item for item in own if item.basis == "geometry" and item.drawn]
    current = [item for item in exact if status[item.layer] in ("in_force", None)]
    chosen = current or exact
    # Areas of two layers would hide one another: one layer at first, the others a click away.
    chosen = [item for item in chosen if item.layer == chosen[0].layer]
    if not chosen:
        listed = [item for item in own if item.basis == "list" and item.drawn]
        placed = Counter[str]()
        for item in listed:
            placed[item.layer] += sum(bool(place) for place in item.places)
        now = [i for i in listed if status[i.layer] in ("in_force", None)] or listed
        best = max((i.layer for i in now), key=lambda layer: placed[layer], default="")
        chosen = [item for item in listed if item.layer == best][:4]
    return tuple(item.key for item in chosen)
