"""From a row to what it rests on: its figures, the pieces, and what people wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import get_args

from geoplan.schema import CITING, TABLES, Basis, key_of_ref, line_numbers, ref_of
from geoplan.trace.find import Found, Line
from geoplan.trace.index import Index, Row
from geoplan.trace.model import Figure, Pair, Part, Sum, Trace
from geoplan.trace.naming import name_of
from geoplan.trace.parts import (
    feature_part,
    figure_part,
    finding_part,
    indicator_part,
    raster_part,
)
from geoplan.trace.pieces import claim_sum, conflict_sum, coverage_sum, overlap_sum

BASES: tuple[Basis, ...] = get_args(Basis)

FIGURES: dict[str, tuple[tuple[str, str], ...]] = {
    "coverage": (
        *(("area_net_km2", "km2"), ("area_gross_km2", "km2"), ("length_km", "km")),
        *(("share_of_unit", "share"), ("share_of_class", "share"), ("count", "features")),
        *(("basis", "basis"), ("state", "state")),
    ),
    "overlaps": (
        *(("area_km2", "km2"), ("share_of_a", "share"), ("share_of_b", "share")),
        *(("uncertainty", "share"), ("units", "units"), ("basis", "basis")),
    ),
    "pieces": (("area_km2", "km2"),),
    "zonal": (
        *((name, "") for name in ("mean", "min", "q10", "median", "q90", "max")),
        *(("area_km2", "km2"), ("share_of_unit", "share"), ("cells", "items")),
        ("share_covered", "share"),
    ),
    "rasters": (
        *(("path", ""), ("sha256", ""), ("crs", "")),
        *(("cell_width_m", "m"), ("cell_height_m", "m"), ("decisions", "")),
    ),
    "claims": (
        *(("published", ""), ("computed", ""), ("difference", ""), ("tolerance", "")),
        *(("status", "claim"), ("reason", "reason")),
    ),
    "conflicts": (("area_km2", "km2"), ("share", "share"), ("basis", "basis"), ("grade", "grade")),
    "units": (("area_km2", "km2"), ("uncertainty_km2", "km2")),
    "dropped": (("area_m2", "m2"), ("reason", "")),
    "issues": (("measured", ""), ("limit", ""), ("message", "")),
}
"""Columns of results, with their measure, or how the words of their codes begin."""


def chain(index: Index, found: Found | Line) -> Trace:
    """Return the chain of a row, or what rests on a line; nothing of files and texts yet."""
    if isinstance(found, Line):
        ref = f"{found.document}@{found.line}"
        title = index.title("documents", found.document)[0]
        name = (f"《{title}》第{found.line}行", f"{title}, line {found.line}")
        return Trace(ref=ref, table="line", name=name, rests=_on_line(index, found))
    table, row = found.table, found.row
    make_sum = _SUMS.get(table)
    return Trace(
        ref=ref_of(table, row),
        table=table,
        name=name_of(index, table, row=row),
        figures=tuple(_figures(table, row)),
        sum=make_sum(index, row) if make_sum else None,
        parts=tuple(_parts(index, table, row)),
        rests=tuple(_rests(index, table, row)),
        row={name: value for name, value in row.items() if value is not None},
    )


_SUMS: dict[str, Callable[[Index, Row], Sum | None]] = {
    "coverage": coverage_sum,
    "overlaps": overlap_sum,
    "conflicts": conflict_sum,
    "claims": claim_sum,
}


def _figures(table: str, row: Row) -> Iterable[Figure]:
    for column, measure in FIGURES.get(table, ()):
        if row[column] is not None:
            own = row["measure"] if table in ("claims", "zonal") and not measure else measure
            yield Figure(column=column, value=row[column], measure=own or "")


def _parts(index: Index, table: str, row: Row) -> list[Part]:
    """Return what people wrote that a row rests on, each once."""
    if table == "findings":
        return [finding_part(index, row)]
    if table == "indicators":
        return [indicator_part(index, row)]
    if table in ("zonal", "rasters"):
        found = index.one("rasters", row["layer"])
        return [raster_part(index, found)] if found else []
    parts = _printed(index, table, row) if table in ("stated", "claims") else []
    rows = {ref_of("features", f): f for f in _features(index, table, row)}
    return parts + [feature_part(index, f, unit=row.get("adcode")) for f in rows.values()]


def _printed(index: Index, table: str, row: Row) -> list[Part]:
    """Return the figures that a row rests on, as the plans print them."""
    refs = [ref_of(table, row)] if table == "stated" else index.printed.refs(row)
    parts = []
    for name, key in map(key_of_ref, refs):
        found = index.one(name, *key)
        if found is not None:
            parts.append((figure_part if name == "stated" else indicator_part)(index, found))
    return parts


def _features(index: Index, table: str, row: Row) -> list[Row]:
    if table in ("features", "memberships", "dropped"):
        one = index.one("features", row["layer"] or "", row["feature"] or "")
        return [one] if one else []
    if table in ("stated", "claims"):
        return index.select(row["of"])
    if table == "coverage":
        if not row["class"]:
            return []
        of = f"{row['layer']}/{row['class']}"
        return index.concerning(of, row["adcode"], bases=[row["basis"]])
    if table == "pieces":
        return [f for name in row["classes"].split(";") for f in _of_piece(index, name, row)]
    if table == "overlaps":
        return [f for side in "ab" for f in _side(index, row, side)]
    if table == "conflicts":
        found = [f for side in "ab" for f in _matter_side(index, row, side)]
        refs = f"{row['reconciled_by'] or ''} {row['overruled_by'] or ''}".split()
        named = (index.one("features", *ref.split("/", 1)) for ref in refs if "/" in ref)
        return found + [f for f in named if f]
    return []


def _of_piece(index: Index, name: str, row: Row) -> list[Row]:
    if not name:
        return []
    basis: Basis = "indicative" if name.endswith("~") else "geometry"
    return index.concerning(name.removesuffix("~"), row["adcode"], bases=[basis])


def _side(index: Index, row: Row, side: str) -> list[Row]:
    """Return the features of one side of an overlap.

    A list may stand against anything; exact shapes only against exact shapes.
    """
    of = f"{row[f'layer_{side}']}/{row[f'class_{side}']}"
    allowed = {"geometry": BASES[:1], "indicative": BASES[:2], "list": BASES}
    bases = allowed[row["basis"]]
    if row["adcode"] is not None:
        return index.concerning(of, row["adcode"], bases=bases)
    return index.concerning(of, None, bases=bases)


def _matter_side(index: Index, row: Row, side: str) -> list[Row]:
    one = index.one("features", row[f"layer_{side}"], row[f"feature_{side}"])
    of = f"{row[f'layer_{side}']}/{row[f'class_{side}']}"
    return [one] if one else index.concerning(of, row["adcode"], bases=BASES)


def _rests(index: Index, table: str, row: Row) -> Iterable[tuple[str, Pair]]:
    """Return rows that rest on a row of a registry, on a unit, or on a line."""
    key = row[TABLES[table].key[0]]
    if table == "passages":
        return _on_line(index, Line(row["document"], row["line"]))
    if table == "units":
        found = [r for r in index.rows("coverage") if r["adcode"] == key and r["class"]]
        return _named(index, "coverage", found)
    below = {"documents": ("layers", "document"), "themes": ("layers", "theme")}
    below |= {"layers": ("features", "layer"), "classes": ("features", "class")}
    if table not in below:
        return ()
    other, column = below[table]
    return _named(index, other, [r for r in index.rows(other) if r[column] == key])


def _on_line(index: Index, at: Line) -> tuple[tuple[str, Pair], ...]:
    """Return the rows that cite a line, by table."""
    documents = {row["layer"]: row["document"] for row in index.rows("layers")}
    found: list[tuple[str, Pair]] = []
    for table in ("features", "claims", "indicators", "findings", "conflicts"):
        rows = [row for row in index.rows(table) if at in _lines_of(table, row, documents)]
        found += _named(index, table, rows)
    return tuple(found)


def _lines_of(table: str, row: Row, documents: dict[str, str]) -> Iterable[Line]:
    for column, lines in CITING[table]:
        one = str(row[column])
        of = one if column.startswith("document") else documents.get(one.partition("/")[0], "")
        yield from (Line(of, line) for line in line_numbers(str(row[lines])))


def _named(index: Index, table: str, rows: Iterable[Row]) -> list[tuple[str, Pair]]:
    return [(ref_of(table, row), name_of(index, table, row=row)) for row in rows]
