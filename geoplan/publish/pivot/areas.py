"""Areas by county and class of a layer, as whole numbers, so that all sums hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from geoplan import schema
from geoplan.geometry import AREA_UNITS_PER_KM2, AREA_UNITS_PER_M2
from geoplan.publish.balance import balanced
from geoplan.publish.items import above, counties_of
from geoplan.publish.rows import rows_of

REPEATED, UNCOVERED, TOTAL = "-", "", "="
"""Columns besides classes: what classes cover more than once, less; nobody's; their sum."""


@dataclass(frozen=True)
class Block:
    """Areas of one layer in the counties of a unit, in units of 1e-4 m².

    `cells` holds counties by code, then classes, `REPEATED` where classes
    overlap, and `UNCOVERED`; they add up to the county's area in `areas`.
    """

    layer: str
    unit: str
    classes: tuple[str, ...]
    cells: dict[str, dict[str, int]]
    areas: dict[str, int]

    @property
    def columns(self) -> tuple[str, ...]:
        """Classes, `REPEATED` if any county has some, and `UNCOVERED`."""
        twice = any(row.get(REPEATED) for row in self.cells.values())
        return (*self.classes, *((REPEATED,) if twice else ()), UNCOVERED)


def blocks(tables: schema.Tables, unit: str, *, layers: Iterable[str]) -> list[Block]:
    """Return a block for each of `layers` with exact areas in `unit`.

    Outside its document's scope a layer says nothing: the block is of the
    smaller of both units, and there is none where they have no county in common.
    """
    inside, scopes = counties_of(tables["units"]), _scopes(tables)
    areas = {row["adcode"]: _units(row["area_km2"]) for row in rows_of(tables, "units")}
    wanted = set(layers)
    exact = _exact(tables, wanted)
    covered = _covered(tables, wanted)
    made = []
    for layer in (row["layer"] for row in rows_of(tables, "layers") if row["layer"] in wanted):
        scope, own = scopes[layer], exact[layer]
        here = set(inside[unit]) & set(inside.get(scope, ()))
        classes = {cls for code in here for cls in own.get(code, {})}
        if not classes:
            continue
        order = [c["class"] for c in rows_of(tables, "classes") if c["class"] in classes]
        cells = {
            code: _row(own.get(code, {}), order, areas[code], covered[layer].get(code, 0))
            for code in inside[unit]
            if code in here
        }
        base = unit if set(inside[unit]) == here else scope
        made.append(Block(layer, base, tuple(order), cells, {code: areas[code] for code in cells}))
    return made


def _scopes(tables: schema.Tables) -> dict[str, str]:
    return {row["layer"]: row["scope"] for row in rows_of(tables, "layers")}


def _units(km2: float) -> int:
    return round(km2 * AREA_UNITS_PER_KM2)


def _exact(tables: schema.Tables, layers: set[str]) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows_of(tables, "coverage"):
        if row["layer"] in layers and row["basis"] == "geometry" and row["area_net_km2"]:
            found[row["layer"]][row["adcode"]][row["class"]] = _units(row["area_net_km2"])
    return found


def _covered(tables: schema.Tables, layers: set[str]) -> dict[str, dict[str, int]]:
    """Return what each layer covers of each county, however often: from the pieces."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows_of(tables, "pieces"):
        exact = (label for label in row["classes"].split(";") if not label.endswith("~"))
        for layer in {label.partition("/")[0] for label in exact} & layers:
            found[layer][row["adcode"]] += _units(row["area_km2"])
    return found


def _row(own: Mapping[str, int], order: list[str], whole: int, covered: int) -> dict[str, int]:
    made = {cls: own.get(cls, 0) for cls in order}
    # Slivers that were dropped, and the last digits of sums, are nobody's.
    rest = whole - covered
    made[UNCOVERED] = rest if rest > AREA_UNITS_PER_M2 else 0
    repeated = sum(made.values()) - whole
    if abs(repeated) <= AREA_UNITS_PER_M2 * (1 + len(order)):
        largest = max(made, key=lambda cls: (made[cls], cls))
        made[largest] -= repeated
        repeated = 0
    made[REPEATED] = -repeated
    return made


def adjusted(block: Block, control: Mapping[str, int]) -> Block:
    """Return `block` with every county's figures × control ÷ GIS; counties without are left out."""
    cells, areas = {}, {}
    for code, row in block.cells.items():
        if code in control:
            whole = control[code]
            made = {cls: _scaled(area, whole, block.areas[code]) for cls, area in row.items()}
            largest = max(made, key=lambda cls: (made[cls], cls))
            made[largest] += whole - sum(made.values())
            cells[code], areas[code] = made, whole
    return replace(block, cells=cells, areas=areas)


def _scaled(area: int, whole: int, gis: int) -> int:
    return (2 * area * whole + gis) // (2 * gis)


def shown(block: Block, units: Any, *, parts: int, unit: int) -> dict[tuple[str, str], int]:
    """Return the figures of a block as they are printed, by unit and column; `TOTAL` is the area.

    Counties, cities and the block's unit; in units of the last digit, one of
    which is `unit` / `parts` of 1e-4 m². They add up along rows and columns.
    """
    up = {code: chain[1:] for code, chain in above(units).items()}
    edges: dict[tuple[str, str], tuple[Any, Any, int]] = {}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for code, row in block.cells.items():
        for at in _chain(code, up, block.unit):
            sums[at, TOTAL] += block.areas[code]
            for column in block.columns:
                sums[at, column] += row.get(column, 0)
    for (code, column), value in sums.items():
        top = code == block.unit
        parent = "" if top else up[code][0]
        if column == TOTAL:
            edges[code, column] = (("row", parent), ("row", code), value * parts)
        elif code in block.cells:
            edges[code, column] = (("row", code), _sink(parent, column), value * parts)
        else:
            edges[code, column] = (("col", code, column), _sink(parent, column), value * parts)
    # What stands for more comes first: it is rounded to the nearest wherever that is possible.
    order = sorted(edges, key=lambda key: (len(up[key[0]]), key[1] != TOTAL))
    return balanced({key: edges[key] for key in order}, unit=unit)


def _sink(parent: str, column: str) -> Any:
    # What leaves the whole unit goes back to where its area begins.
    return ("col", parent, column) if parent else ("row", "")


def _chain(code: str, up: Mapping[str, tuple[str, ...]], top: str) -> list[str]:
    chain = [code, *up[code]]
    return chain[: chain.index(top) + 1]
