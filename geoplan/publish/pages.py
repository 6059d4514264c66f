"""Which maps the atlas has: an overview, focus cities, and themes that have layers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, fields
from typing import Any, Literal

from geoplan import schema
from geoplan.config import Config
from geoplan.errors import ConfigError
from geoplan.publish.items import Item, inside_of
from geoplan.publish.rows import rows_of
from geoplan.publish.words import pair

Pair = tuple[str, str]
"""A text in Chinese and English."""

OVERVIEW = "overview.html"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One map in the menu: what it is, before anything is known of what it shows."""

    file: str
    kind: Literal["overview", "city", "theme", "own"]
    title: Pair
    menu: Pair
    unit: str
    """The unit whose counties answer."""
    theme: str | None = None
    refs: tuple[str, ...] = ()
    """Classes of other themes (``layer/class``) that the map of a theme shows too."""


@dataclass(frozen=True, kw_only=True)
class Page(Entry):
    """One map: its scope, the counties it holds and the items shown at opening."""

    scope: str
    counties: frozenset[str]
    on: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Items of other themes that the map of a theme shows too."""


def plan_pages(tables: schema.Tables, config: Config, *, items: list[Item]) -> list[Page]:
    """Return the pages in the order of the menu.

    Raises `ConfigError` where the scope or a focus city is no unit.
    """
    return [page_of(entry, tables, items=items) for entry in menu(tables, config)]


def menu(tables: schema.Tables, config: Config) -> list[Entry]:
    """Return the maps that there are: an overview, the focus cities, themes with layers.

    Raises `ConfigError` where the scope or a focus city is no unit.
    """
    units = {row["adcode"]: row for row in rows_of(tables, "units")}
    unknown = [code for code in (config.scope, *config.focus) if code not in units]
    if unknown:
        raise ConfigError(
            f"geoplan.toml: scope or focus names {unknown}, which no unit has; "
            f"there are {len(units)} units, such as {min(units)} ({units[min(units)]['name']})"
        )
    made = [_overview(units[config.scope]), *(_city(units[code]) for code in config.focus)]
    # A theme that has only indicators has nothing to draw; they have a page of their own.
    with_layers = {
        row["theme"]
        for row in rows_of(tables, "layers")
        if row["features"] or row["kind"] == "slot"
    }
    themes = sorted(rows_of(tables, "themes"), key=lambda row: (row["order"], row["theme"]))
    return made + [_theme(row, config.scope) for row in themes if row["theme"] in with_layers]


def page_of(entry: Entry, tables: schema.Tables, *, items: list[Item]) -> Page:
    """Return the page of an entry, from tables that hold at least what it shows."""
    inside = inside_of(tables)
    also: tuple[str, ...] = ()
    if entry.theme is None:
        scope = entry.unit
        on = _first_theme(tables, items, frozenset(inside[scope]))
    else:
        layers = {row["layer"] for row in rows_of(tables, "layers") if row["theme"] == entry.theme}
        own = [item for item in items if item.layer in layers]
        touched = frozenset().union(*(item.counties for item in own if item.basis != "indicative"))
        scope = _smallest(touched, inside, entry.unit)
        also = _also(entry.refs, items)
        opening = {*_opening(own, tables), *also}
        on = tuple(item.key for item in items if item.key in opening)
    known = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    counties = frozenset(inside[entry.unit])
    return Page(**known, scope=scope, counties=counties, on=on, also=also)


def file_stem(unit: dict[str, Any]) -> str:
    """Return an ASCII file name for a city: its pinyin without 市, else its code."""
    syllables = str(unit["pinyin"]).lower().split()
    if len(syllables) > 1 and str(unit["name"]).endswith("市") and syllables[-1] == "shi":
        syllables = syllables[:-1]
    stem = "".join(syllables)
    return stem if stem.isascii() and stem.isalnum() else str(unit["adcode"])


def _overview(unit: dict[str, Any]) -> Entry:
    return Entry(
        file=OVERVIEW,
        kind="overview",
        title=(f"{unit['name']}规划总览", f"Planning overview of {unit['name_en']}"),
        menu=pair("nav.overview"),
        unit=unit["adcode"],
    )


def _city(unit: dict[str, Any]) -> Entry:
    return Entry(
        file=f"{file_stem(unit)}.html",
        kind="city",
        title=(f"{unit['name']}规划图", f"Planning map of {unit['name_en']}"),
        menu=(unit["name"], unit["name_en"]),
        unit=unit["adcode"],
    )


def _theme(theme: dict[str, Any], scope: str) -> Entry:
    zh, en = theme["title"], theme["title_en"]
    return Entry(
        file=f"{theme['theme'].replace('_', '-')}.html",
        kind="theme",
        title=(zh, en),
        menu=(_short(zh), _short(en)),
        unit=scope,
        theme=theme["theme"],
        refs=tuple((theme["also"] or "").split()),
    )


def _short(title: str) -> str:
    return re.sub(r"\s*[（(].*[）)]$", "", title)


def _also(refs: tuple[str, ...], items: list[Item]) -> tuple[str, ...]:
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
