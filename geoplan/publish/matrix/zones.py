"""Classes by the classes of a partition: the only place of the matrix that has totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoplan import schema
from geoplan.geometry import AREA_UNITS_PER_KM2
from geoplan.publish.balance import shared_out
from geoplan.publish.matrix.sides import Key, Side
from geoplan.publish.rows import rows_of

KM2_UNIT = AREA_UNITS_PER_KM2 // 100
"""Areas are shown with two decimals of a km²."""


@dataclass(frozen=True)
class Cell:
    """What a class has in one zone: km², its share in %, the share of the zone in %."""

    km2: str
    share: str
    of_zone: str
    ref: str


@dataclass(frozen=True)
class Row:
    """A class over the zones; `outside` is what lies in none of them."""

    side: Side
    cells: list[Cell | None]
    outside: Cell | None
    total: str


@dataclass(frozen=True)
class Zoned:
    """A layer that divides its document's scope, and the classes that lie in its zones."""

    layer: str
    zones: list[Side]
    rows: list[Row]
    has_outside: bool


def zoned(tables: schema.Tables, every: list[Side]) -> list[Zoned]:
    """Return a table for each partition with areas that other classes with areas lie in.

    A layer whose zones overlap each other is none: nothing could be added up.
    """
    found = _exact(tables)
    made = []
    for layer in rows_of(tables, "layers"):
        named = (layer["partition"] or "").split()
        zones = [s for s in every if s.layer == layer["layer"] and s.cls in named and _has_area(s)]
        keys = {(zone.layer, zone.cls) for zone in zones}
        if not zones or any({a, b} <= keys for a, b in found):
            continue
        others = [s for s in every if s.layer != layer["layer"] and _has_area(s)]
        rows = [_row(side, zones, found) for side in others]
        rows = [row for row in rows if any(row.cells)]
        if rows:
            made.append(Zoned(layer["layer"], zones, rows, any(row.outside for row in rows)))
    return made


def _has_area(side: Side) -> bool:
    return side.basis == "geometry" and bool(side.net)


Pairs = dict[tuple[Key, Key], dict[str, Any]]


def _exact(tables: schema.Tables) -> Pairs:
    """Return totals of pairs with exact shapes on both sides, both ways round."""
    found: Pairs = {}
    for row in rows_of(tables, "overlaps"):
        if row["basis"] == "geometry" and row["adcode"] is None:
            a, b = (row["layer_a"], row["class_a"]), (row["layer_b"], row["class_b"])
            turned = {"share_of_a": row["share_of_b"], "share_of_b": row["share_of_a"]}
            found[a, b], found[b, a] = row, row | turned
    return found


def _row(side: Side, zones: list[Side], found: Pairs) -> Row:
    pairs = [found.get(((side.layer, side.cls), (zone.layer, zone.cls))) for zone in zones]
    whole = round((side.net or 0) * AREA_UNITS_PER_KM2)
    parts = [round(pair["area_km2"] * AREA_UNITS_PER_KM2) if pair else 0 for pair in pairs]
    # Slivers that were dropped are not outside.
    left = max(0, whole - sum(parts))
    parts.append(left if left >= KM2_UNIT // 2 else 0)
    areas, total = shared_out(parts, unit=KM2_UNIT)
    scaled = [round(1_000_000 * part / whole) for part in parts]
    shares, _ = shared_out(scaled, unit=1_000)
    cells = [
        Cell(
            f"{areas[i] / 100:.2f}",
            f"{shares[i] / 10:.1f}%",
            f"{100 * pair['share_of_b']:.1f}%",
            schema.ref_of("overlaps", pair),
        )
        if pair
        else None
        for i, pair in enumerate(pairs)
    ]
    rest = Cell(f"{areas[-1] / 100:.2f}", f"{shares[-1] / 10:.1f}%", "", "")
    return Row(side, cells, rest if parts[-1] else None, f"{total / 100:.2f}")
