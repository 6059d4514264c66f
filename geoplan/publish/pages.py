"""Which maps the atlas has: an overview, focus cities, themes that have layers, listed maps."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from geoplan import schema
from geoplan.config import Config
from geoplan.errors import ConfigError
from geoplan.publish.images import Image, images_of, opening_image
from geoplan.publish.items import Item, inside_of
from geoplan.publish.rows import rows_of
from geoplan.publish.views.shows import Shows, matching, own_layers, shows_of
from geoplan.publish.words import Pair, pair

OVERVIEW = "overview.html"


PageKind = Literal["overview", "city", "theme", "own"] | schema.MapKind
COMBINED: tuple[PageKind, ...] = ("together", "compare", "count")
"""Maps of no single theme; a map in detail stands in the place of its theme's."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One map in the menu: what it is, before anything is known of what it shows."""

    file: str
    kind: PageKind
    title: Pair
    menu: Pair
    unit: str
    """The unit whose counties answer."""
    theme: str | None = None
    refs: tuple[str, ...] = ()
    """Classes of layers (``layer/class``) that are shown besides whole layers."""
    shows: Shows | None = None
    """What a map of ``maps.toml`` shows."""

    @property
    def combined(self) -> bool:
        """Whether it is a listed map of no single theme."""
        return self.kind in COMBINED


@dataclass(frozen=True, kw_only=True)
class Page(Entry):
    """One map: its scope, the counties it holds and the items shown at opening."""

    scope: str
    counties: frozenset[str]
    on: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Items of other themes that the map of a theme shows too."""
    svg: str | None = None
    """Where its sheet for word processors stands, from the page's own folder, if there is one."""
    keys: frozenset[str] | None = None
    """All items that it shows; None where they are all that there are."""
    outline: tuple[str, ...] = ()
    """Items that are drawn as an outline."""
    named: tuple[str, ...] = ()
    """Items whose features are written below the names of their counties."""
    fit: tuple[str, ...] = ()
    """Counties that fill the map at opening, where they are not those of `scope`."""
    images: tuple[Image, ...] = ()
    """Rasters, which lie below all items."""


def menu(tables: schema.Tables, config: Config) -> list[Entry]:
    """Return the maps that there are: overview, focus cities, themes with layers, listed maps.

    A listed map none of whose layers is there is left out, as a theme is.
    Raises `ConfigError` where the scope, a focus city or the unit of a map is
    no unit, or two maps would have one file.
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
    with_layers = {row["theme"] for row in rows_of(tables, "layers") if _is_drawn(row)}
    themes = sorted(rows_of(tables, "themes"), key=lambda row: (row["order"], row["theme"]))
    listed = _listed(tables, units, config.scope)
    detailed = {entry.theme: entry for entry in listed if entry.kind == "detail"}
    for row in themes:
        if row["theme"] in with_layers:
            plain = _theme(row, config.scope)
            more = detailed.get(plain.theme)
            made.append(
                replace(plain, kind="detail", title=more.title, shows=more.shows) if more else plain
            )
    made += [entry for entry in listed if entry.combined]
    _check_files(made)
    return made


def page_of(entry: Entry, tables: schema.Tables, *, items: list[Item]) -> Page:
    """Return the page of an entry, from tables that hold at least what it shows."""
    page = _page_of(entry, tables, items)
    found = images_of(tables)
    on = page.on or opening_image(found)
    return replace(page, images=found, on=on) if found else page


def _page_of(entry: Entry, tables: schema.Tables, items: list[Item]) -> Page:
    inside = inside_of(tables)
    known = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    known |= {"counties": frozenset(inside[entry.unit]), "scope": entry.unit}
    known["svg"] = f"print/{entry.file.removesuffix('.html')}.svg"
    if entry.combined:
        return _combined(entry, known, tables, items)
    if entry.theme is None:
        on = _first_theme(tables, items, frozenset(inside[entry.unit]))
        return Page(**known, on=on)
    layers = {row["layer"] for row in rows_of(tables, "layers") if row["theme"] == entry.theme}
    own = [item for item in items if item.layer in layers]
    touched = frozenset().union(*(item.counties for item in own if item.basis != "indicative"))
    known["scope"] = _smallest(touched, inside, entry.unit)
    also = _also(entry.refs, items)
    opening = {*_opening(own, tables), *also}
    if entry.shows is not None:
        known |= _detail(entry.shows, own)
        opening = set(matching(items, entry.shows.on)) or {i.key for i in own if i.drawn}
    on = tuple(item.key for item in items if item.key in opening)
    keys = frozenset((*(item.key for item in own), *also))
    return Page(**known, on=on, also=also, keys=keys)


def _combined(
    entry: Entry, known: dict[str, Any], tables: schema.Tables, items: list[Item]
) -> Page:
    shows = entry.shows or Shows()
    layers = own_layers(shows, rows_of(tables, "layers"))
    chosen = {*(item.key for item in items if item.layer in layers), *matching(items, entry.refs)}
    own = [item for item in items if item.key in chosen]
    on: tuple[str, ...] = ()
    if entry.kind == "together":
        on = matching(own, shows.on) or _opening(own, tables)
    also = matching(own, entry.refs)
    outline = _areas(own, shows.outline)
    return Page(**known, on=on, also=also, keys=frozenset(chosen), outline=outline)


def _detail(shows: Shows, own: list[Item]) -> dict[str, Any]:
    exact = [item for item in own if item.basis == "geometry"] or own
    fit = frozenset().union(*(item.counties for item in exact))
    return {
        "outline": _areas(own, shows.outline),
        "named": matching((item for item in own if item.basis == "list"), shows.named),
        "fit": tuple(sorted(fit)),
    }


def _areas(items: list[Item], refs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of items of whole counties that refs name."""
    return matching((item for item in items if item.basis == "geometry"), refs)


def file_stem(unit: dict[str, Any]) -> str:
    """Return an ASCII file name for a city: its pinyin without 市, else its code."""
    syllables = str(unit["pinyin"]).lower().split()
    if len(syllables) > 1 and str(unit["name"]).endswith("市") and syllables[-1] == "shi":
        syllables = syllables[:-1]
    stem = "".join(syllables)
    return stem if stem.isascii() and stem.isalnum() else str(unit["adcode"])


def _listed(tables: schema.Tables, units: dict[str, Any], scope: str) -> list[Entry]:
    """Return the maps of `maps` that have something to show."""
    layers = [row for row in rows_of(tables, "layers") if _is_drawn(row)]
    plans = _plans(tables)
    there = {row["layer"] for row in layers}
    made = []
    for row in rows_of(tables, "maps"):
        unit, shows = row["unit"] or scope, shows_of(row, plans)
        if unit not in units:
            raise ConfigError(
                f"maps.toml: map {row['map']!r} is of unit {unit}, which this atlas does not have; "
                f"its scope is {scope} ({units[scope]['name']})"
            )
        refs = tuple(ref for ref in shows.layers if "/" in ref)
        named = own_layers(shows, layers) | {ref.partition("/")[0] for ref in refs} & there
        if row["kind"] == "detail" or named:
            title = (row["title"], row["title_en"])
            common = {"file": f"{row['map']}.html", "kind": row["kind"], "title": title}
            common |= {"menu": (_short(title[0]), _short(title[1])), "theme": row["theme"]}
            made.append(Entry(**common, unit=unit, refs=refs, shows=shows))
    return made


def _is_drawn(layer: dict[str, Any]) -> bool:
    return layer["features"] > 0 or layer["kind"] in ("slot", "raster")


def _plans(tables: schema.Tables) -> list[str]:
    """Return the documents that are plans, those in force first, else in their order."""
    rows = [row for row in rows_of(tables, "documents") if row["status"] is not None]
    return [row["document"] for row in sorted(rows, key=lambda r: r["status"] != "in_force")]


def _check_files(entries: list[Entry]) -> None:
    files = Counter(entry.file for entry in entries)
    twice = sorted(file for file, n in files.items() if n > 1)
    if twice:
        raise ConfigError(
            f"{len(twice)} file(s) would be of two maps: {', '.join(twice)}; "
            "give the map in maps.toml another id"
        )


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
