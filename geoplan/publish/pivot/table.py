"""Pivots as tables with heads and notes, in one language and measure, before any file format."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from geoplan import schema
from geoplan.geometry import AREA_UNITS_PER_KM2
from geoplan.publish.citations import citation
from geoplan.publish.items import counties_of
from geoplan.publish.pivot.areas import REPEATED, TOTAL, UNCOVERED, Block, adjusted, blocks, shown
from geoplan.publish.pivot.control import Control
from geoplan.publish.rows import rows_of
from geoplan.publish.words import coded, pair
from geoplan.schema.measures import MEASURES

Measure = Literal["km2", "ha", "mu", "10k_mu"]
DIGITS: dict[str, int] = {"km2": 2, "ha": 0, "mu": 0, "10k_mu": 2}
"""Decimals that figures have by default: boundaries carry no more."""

Value = str | Decimal | None


@dataclass(frozen=True)
class Ask:
    """What a pivot is of: a unit, layers in their order, measure, language, control areas."""

    unit: str
    layers: tuple[str, ...]
    measure: Measure = "km2"
    digits: int | None = None
    lang: Literal["zh", "en"] = "zh"
    control: Control | None = None
    control_file: str = ""

    @property
    def decimals(self) -> int:
        """Decimals of areas."""
        return DIGITS[self.measure] if self.digits is None else self.digits

    def say(self, key: str, **values: object) -> str:
        """Return words in the language."""
        return pair(key, **values)[self.lang == "en"]

    def of(self, row: dict[str, Any], name: str) -> str:
        """Return the text of column `name` in the language, else in Chinese."""
        return str((row[f"{name}_en"] if self.lang == "en" else None) or row[name])


@dataclass(frozen=True)
class PivotTable:
    """One table: a short id (ASCII), titles, heads, rows of texts and numbers, notes."""

    id: str
    kind: Literal["area", "adjusted", "list", "drawn"]
    title: str
    sheet: str
    heads: list[str]
    rows: list[list[Value]]
    decimals: dict[int, int]
    """Decimals of the numbers of a column; columns without are texts."""
    notes: list[str]
    totals: frozenset[int] = field(default_factory=frozenset)


def pivot_tables(tables: schema.Tables, ask: Ask) -> list[PivotTable]:
    """Return areas by layer, adjusted ones where there are control areas, lists, indicative areas.

    Only what has rows: without a class in the unit there is no table.
    """
    made: list[PivotTable] = []
    for block in blocks(tables, ask.unit, layers=ask.layers):
        made.append(_areas(tables, ask, block, gis=None))
        if ask.control is not None:
            other = adjusted(block, ask.control.areas)
            if other.cells:
                made.append(_areas(tables, ask, other, gis=block))
    return [*made, *_others(tables, ask, "list"), *_others(tables, ask, "drawn")]


def control_notes(tables: schema.Tables, ask: Ask) -> list[str]:
    """Return what has to be told of the control areas, as sentences."""
    names = {row["adcode"]: ask.of(row, "name") for row in rows_of(tables, "units")}
    joined = ", " if ask.lang == "en" else "、"
    told = []
    for key, values in ask.control.notes if ask.control else ():
        codes = values.get("codes", "").split()
        more = {"names": joined.join(names.get(code, code) for code in codes)} if codes else {}
        told.append(ask.say(key, **values, **more))
    return told


def _areas(tables: schema.Tables, ask: Ask, block: Block, *, gis: Block | None) -> PivotTable:
    layer = next(row for row in rows_of(tables, "layers") if row["layer"] == block.layer)
    classes = {row["class"]: ask.of(row, "title") for row in rows_of(tables, "classes")}
    size = Fraction(MEASURES[ask.measure].factor) * AREA_UNITS_PER_KM2 / 10**ask.decimals
    figures = shown(block, tables["units"], parts=size.denominator, unit=size.numerator)
    partial = gis is not None and len(block.cells) < len(gis.cells)
    columns = (*block.columns, TOTAL)
    control = ask.control.areas if ask.control and gis is None else None
    printed = _printed(tables, block, control or {}, size=size)
    words = {REPEATED: "repeated", UNCOVERED: "uncovered", TOTAL: "total"}
    heads = [ask.say("pivot.code"), ask.say("pivot.name")]
    heads += [classes[c] if c in classes else ask.say(f"pivot.{words[c]}") for c in columns]
    heads.append(ask.say("pivot.control" if gis else "pivot.unit_area"))
    heads += [ask.say("pivot.control"), ask.say("pivot.ratio")] if control else []
    kind: Literal["area", "adjusted"] = "adjusted" if gis else "area"
    rows: list[list[Value]] = []
    totals: set[int] = set()
    for code, name, inside in _units(tables, ask, block):
        whole = len(inside) > 1 or code not in block.cells
        if whole:
            totals.add(len(rows))
        if whole and partial:
            rows.append([code, name, *[None] * (len(heads) - 2)])
            continue
        values = [_decimal(figures[code, c], ask.decimals) for c in columns]
        row: list[Value] = [code, name, *values, values[-1]]
        if control:
            row += _controls(ask, block, inside, (control, printed.get((code, TOTAL))))
        rows.append(row)
    last = len(heads) - 1
    decimals = dict.fromkeys(range(2, len(heads)), ask.decimals) | ({last: 4} if control else {})
    return PivotTable(
        f"{kind}-{block.layer}",
        kind,
        ask.say(f"pivot.{kind}", layer=ask.of(layer, "title")),
        f"{ask.say(f'pivot.sheet.{kind}')} {ask.of(layer, 'title')}",
        heads,
        rows,
        decimals,
        _notes(tables, ask, block, layer=layer, gis=gis),
        frozenset(totals),
    )


def _printed(
    tables: schema.Tables, block: Block, control: dict[str, int], *, size: Fraction
) -> dict[tuple[str, str], int]:
    """Return control areas as they are printed, the same as in the table of adjusted areas."""
    other = adjusted(block, control)
    if not other.cells:
        return {}
    return shown(other, tables["units"], parts=size.denominator, unit=size.numerator)


def _controls(
    ask: Ask, block: Block, inside: list[str], control: tuple[dict[str, int], int | None]
) -> list[Value]:
    areas, printed = control
    if printed is None or not all(code in areas for code in inside):
        return [None, None]
    whole, gis = (sum(of[code] for code in inside) for of in (areas, block.areas))
    return [_decimal(printed, ask.decimals), round(Decimal(whole) / Decimal(gis), 4)]


def _decimal(units: int, digits: int) -> Decimal:
    return Decimal(units).scaleb(-digits)


def _units(tables: schema.Tables, ask: Ask, block: Block) -> list[tuple[str, str, list[str]]]:
    """Return code, name and counties of each row: counties, below them their city, then all."""
    rows = {row["adcode"]: row for row in rows_of(tables, "units")}
    inside = {
        code: [county for county in counties if county in block.cells]
        for code, counties in counties_of(tables["units"]).items()
    }
    made: list[tuple[str, str, list[str]]] = []
    cities = dict.fromkeys(rows[code]["parent"] for code in block.cells)
    for city in cities:
        own = [code for code in block.cells if rows[code]["parent"] == city]
        made += [(code, ask.of(rows[code], "name"), [code]) for code in own]
        if city != block.unit and block.unit not in own:
            made.append((city, ask.say("pivot.subtotal", name=ask.of(rows[city], "name")), own))
    if block.unit not in block.cells:
        made.append((block.unit, ask.say("pivot.total"), inside[block.unit]))
    return made


def _notes(
    tables: schema.Tables, ask: Ask, block: Block, *, layer: dict[str, Any], gis: Block | None
) -> list[str]:
    units = {row["adcode"]: row for row in rows_of(tables, "units")}
    made = [_measure(ask), *([] if gis else [ask.say("pivot.note.gis")])]
    made.append(ask.say("pivot.note.sums"))
    if block.unit != ask.unit:
        made.append(ask.say("pivot.note.scope", unit=ask.of(units[block.unit], "name")))
    if ask.control is not None:
        made.append(ask.say("pivot.note.adjusted", file=ask.control_file))
        partial = gis is not None and len(block.cells) < len(gis.cells)
        made += [ask.say("pivot.note.partial")] if partial else []
        made += control_notes(tables, ask)
    return [*made, _source(tables, ask, layer)]


def _measure(ask: Ask) -> str:
    measure = MEASURES[ask.measure]
    return ask.say("pivot.measure", measure=measure.en if ask.lang == "en" else measure.zh)


def _source(tables: schema.Tables, ask: Ask, layer: dict[str, Any]) -> str:
    documents = {row["document"]: row for row in rows_of(tables, "documents")}
    source = citation(documents[layer["document"]], "")
    if layer["status"] in (None, "in_force"):
        return ask.say("pivot.note.source", source=source)
    status = coded("status", layer["status"])[ask.lang == "en"]
    return ask.say("pivot.note.expired", status=status, source=source)


def _others(
    tables: schema.Tables, ask: Ask, kind: Literal["list", "drawn"]
) -> Iterable[PivotTable]:
    """Return a table for each theme of what is known by list, or by our own sketches."""
    basis = "list" if kind == "list" else "indicative"
    inside = counties_of(tables["units"])[ask.unit]
    layers = {r["layer"]: r for r in rows_of(tables, "layers") if r["layer"] in ask.layers}
    cells: dict[str, dict[tuple[str, str], dict[str, Value]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    size = Fraction(MEASURES[ask.measure].factor)
    for row in rows_of(tables, "coverage"):
        theirs = row["layer"] in layers and row["basis"] == basis and row["class"]
        if not theirs or row["adcode"] not in inside:
            continue
        value: Value = Decimal(row["count"])
        if kind == "drawn":
            area = row["area_net_km2"]
            if area is None:
                continue
            value = Decimal(f"{float(area / size):.2g}")
        theme = layers[row["layer"]]["theme"]
        cells[theme][row["layer"], row["class"]][row["adcode"]] = value
    themes = {row["theme"]: ask.of(row, "title") for row in rows_of(tables, "themes")}
    for theme, columns in cells.items():
        yield _listed(tables, ask, kind, (theme, themes[theme]), dict(columns))


def _listed(
    tables: schema.Tables,
    ask: Ask,
    kind: Literal["list", "drawn"],
    theme: tuple[str, str],
    columns: dict[tuple[str, str], dict[str, Value]],
) -> PivotTable:
    inside = set(counties_of(tables["units"])[ask.unit])
    classes = {row["class"]: row for row in rows_of(tables, "classes")}
    layers = {row["layer"]: row for row in rows_of(tables, "layers")}
    order = {layer: i for i, layer in enumerate(ask.layers)}
    keys = sorted(columns, key=lambda k: (order[k[0]], classes[k[1]]["order"], k[1]))
    heads = [ask.say("pivot.code"), ask.say("pivot.name")]
    heads += [f"{ask.of(classes[c], 'title')}（{ask.of(layers[x], 'title')}）" for x, c in keys]
    rows: list[list[Value]] = [
        [row["adcode"], ask.of(row, "name"), *(columns[key].get(row["adcode"]) for key in keys)]
        for row in rows_of(tables, "units")
        if row["adcode"] in inside
    ]
    rows = [row for row in rows if any(value is not None for value in row[2:])]
    sources = dict.fromkeys(_source(tables, ask, layers[layer]) for layer, _ in keys)
    about = [_measure(ask)] if kind == "drawn" else []
    return PivotTable(
        f"{kind}-{theme[0].replace('_', '-')}",
        kind,
        ask.say(f"pivot.{kind}", theme=theme[1]),
        f"{ask.say(f'pivot.sheet.{kind}')} {theme[1]}",
        heads,
        rows,
        {} if kind == "drawn" else dict.fromkeys(range(2, len(heads)), 0),
        [*about, ask.say(f"pivot.note.{kind}"), *sources],
    )
