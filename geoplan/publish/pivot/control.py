"""Control areas (控制面积) of counties from a user's table: nothing is matched silently."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from geoplan.errors import DataError, listed
from geoplan.geometry import AREA_UNITS_PER_KM2
from geoplan.schema.measures import MEASURES
from geoplan.unit_table import Columns, Resolve, columns_of, match, number_of, plain

PLAUSIBLE = 0.05
"""A county whose control area differs by more than this share of its GIS area is told."""

WRONG_MEASURE = 2.0
"""If half of all counties differ by more than this factor, the measure must be another one."""

_AREAS = re.compile(
    r"^(?P<what>控制面积|调查控制面积|行政区控制面积|控制|control_area|control|kzmj"
    r"|行政区面积|行政区域面积|调查面积|土地面积|土地总面积|总面积|面积|area|mj)"
    r"[_(]?(?P<measure>[^()]*)\)?$"
)
_MEASURES = {
    word: measure
    for measure, words in (
        ("km2", ("平方公里", "平方千米", "km2", "km²")),
        ("ha", ("公顷", "ha", "hm2", "hm²")),
        ("mu", ("亩", "mu")),
        ("10k_mu", ("万亩", "10k_mu")),
        ("10k_ha", ("万公顷", "10k_ha")),
        ("m2", ("平方米", "m2", "m²")),
    )
    for word in words
}


@dataclass(frozen=True)
class Control:
    """Control areas by county, in units of 1e-4 m², and what has to be told of the file."""

    areas: dict[str, int]
    notes: list[tuple[str, dict[str, str]]]
    """Keys of words, and what is put into them."""


@dataclass(frozen=True)
class _Heads:
    columns: Columns
    measure: str


def control_areas(
    rows: Sequence[Sequence[str]],
    *,
    source: str,
    measure: str | None,
    resolve: Resolve,
    gis: Mapping[str, int],
) -> Control:
    """Read control areas from the cells of a table.

    Parameters
    ----------
    rows
        Cells as texts; heads stand in one of the first ten rows.
    source
        The file, for messages.
    measure
        That of the areas, such as ``ha``; None: as the head, or a line 单位：… above, states.
    gis
        Areas of the counties that are wanted, in units of 1e-4 m².

    Raises
    ------
    DataError
        Where no column or no measure is found, and with all rows that are
        wrong: names that are unknown, ambiguous or of another unit than the
        code, counties that stand twice, areas that are no positive numbers.
        Also where most areas are in another measure, to all appearance.
    """
    heads = _heads(rows, source, measure)
    factor = Fraction(MEASURES[heads.measure].factor) * AREA_UNITS_PER_KM2
    found = match(
        rows,
        heads.columns,
        resolve=resolve,
        number=lambda text: number_of(text, what="area") * factor,
    )
    notes: list[tuple[str, dict[str, str]]] = [
        *(("pivot.control.sum", {"row": str(at), "name": name}) for at, name in found.sums),
        *(("pivot.control.read", {"name": name, "note": note}) for name, note in found.read),
    ]
    if found.faults:
        raise DataError(
            f"{source}: {len(found.faults)} row(s) are wrong; mend them, each county stands once "
            f"with its code or full name and an area:\n{listed(found.faults)}"
        )
    areas = {code: round(area) for code, area in found.values.items()}
    return _told(areas, gis, notes, heads, source)


def _told(
    areas: dict[str, int],
    gis: Mapping[str, int],
    notes: list[tuple[str, dict[str, str]]],
    heads: _Heads,
    source: str,
) -> Control:
    """Return the areas of the counties that are wanted; tell which are not, missing or odd."""
    used = {code: areas[code] for code in gis if code in areas}
    if not used:
        raise DataError(
            f"{source}: none of its {len(areas)} unit(s) is a county of the table; "
            f"{len(gis)} are wanted, such as {', '.join(list(gis)[:3])}"
        )
    ratios = {code: area / gis[code] for code, area in used.items()}
    middle = median(ratios.values())
    if not 1 / WRONG_MEASURE <= middle <= WRONG_MEASURE:
        word = MEASURES[heads.measure].zh
        raise DataError(
            f"{source}: its areas are read as {heads.measure} ({word}) and are "
            f"{middle:.4g} times those of the boundaries (median of {len(ratios)} counties); "
            "state their measure with --control-measure"
        )
    more = [code for code in areas if code not in gis]
    missing = [code for code in gis if code not in areas]
    odd = [code for code, ratio in ratios.items() if abs(ratio - 1) > PLAUSIBLE]
    for key, codes in (("outside", more), ("missing", missing), ("odd", odd)):
        if codes:
            notes.append((f"pivot.control.{key}", {"codes": " ".join(codes)}))
    return Control(used, notes)


def _heads(rows: Sequence[Sequence[str]], source: str, measure: str | None) -> _Heads:
    for at, code, name in columns_of(rows):
        row = rows[at]
        found = ((i, _AREAS.match(plain(cell))) for i, cell in enumerate(row))
        areas = [(i, m) for i, m in found if m and m["measure"].strip("_ ") in ("", *_MEASURES)]
        best = [pair for pair in areas if "控制" in pair[1]["what"] or "control" in pair[1]["what"]]
        areas = best or areas
        if not areas:
            continue
        if len(areas) > 1:
            names = ", ".join(row[i] for i, _ in areas)
            raise DataError(
                f"{source}: {len(areas)} columns may be the control area: {names}; keep one, or "
                "call it 控制面积 or control_area"
            )
        place, match = areas[0]
        said = measure or _MEASURES.get(match["measure"].strip("_ ")) or _above(rows[:at])
        if said is None:
            raise DataError(
                f"{source}: nothing states the measure of column {row[place]!r}; call it "
                "控制面积（平方公里） or give --control-measure km2, ha, mu or 10k_mu"
            )
        return _Heads(Columns(at, code, name, place), said)
    raise DataError(
        f"{source}: its first 10 rows have no heads; needed are a code (adcode, 行政区代码) or a "
        "name (name, 名称) and an area with its measure (control_area_km2, 控制面积（平方公里）)"
    )


def _above(rows: Sequence[Sequence[str]]) -> str | None:
    for cell in (plain(cell) for row in rows for cell in row):
        match = re.search(r"单位[:：](\S+?)\)?$", cell)
        if match and match[1] in _MEASURES:
            return _MEASURES[match[1]]
    return None
