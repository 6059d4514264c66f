"""Control areas (控制面积) of counties from a user's table: nothing is matched silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from geoplan.errors import DataError, UnitError, listed
from geoplan.geometry import AREA_UNITS_PER_KM2
from geoplan.schema.measures import MEASURES

PLAUSIBLE = 0.05
"""A county whose control area differs by more than this share of its GIS area is told."""

WRONG_MEASURE = 2.0
"""If half of all counties differ by more than this factor, the measure must be another one."""

SUMS = ("合计", "总计", "小计", "总和", "total", "sum")

_CODES = {"adcode", "xzqdm", "xzqhdm", "code", "代码", "行政区代码", "行政区划代码", "县代码"}
_NAMES = {
    *("name", "county", "xzqmc", "名称", "县", "县名", "县区", "县市区", "县(市、区)"),
    *("行政区", "行政区名称", "行政区划名称", "单位名称"),
}
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

Resolve = Callable[[str], tuple[str, str]]
"""Code of the unit that a name or code stands for, and what had to be known; `UnitError`."""


@dataclass(frozen=True)
class Control:
    """Control areas by county, in units of 1e-4 m², and what has to be told of the file."""

    areas: dict[str, int]
    notes: list[tuple[str, dict[str, str]]]
    """Keys of words, and what is put into them."""


@dataclass(frozen=True)
class _Heads:
    row: int
    code: int | None
    name: int | None
    area: int
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
    found: dict[str, tuple[int, int]] = {}
    faults: list[str] = []
    notes: list[tuple[str, dict[str, str]]] = []
    for at, row in enumerate(rows[heads.row + 1 :], heads.row + 2):
        cells = _Cells(row, heads)
        if cells.empty:
            continue
        if _plain(cells.name) in SUMS:
            notes.append(("pivot.control.sum", {"row": str(at), "name": cells.name}))
            continue
        try:
            code, note = _code(cells, resolve)
            area = _number(cells.area) * factor
        except (UnitError, ValueError) as fault:
            faults.append(f"row {at}: {fault}")
            continue
        if code in found:
            faults.append(f"row {at}: {cells.name or code} stands in row {found[code][1]} too")
            continue
        found[code] = (round(area), at)
        if note:
            notes.append(("pivot.control.read", {"name": cells.name or cells.code, "note": note}))
    if faults:
        raise DataError(
            f"{source}: {len(faults)} row(s) are wrong; mend them, each county stands once with "
            f"its code or full name and an area:\n{listed(faults)}"
        )
    return _told({code: area for code, (area, _) in found.items()}, gis, notes, heads, source)


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


@dataclass(frozen=True)
class _Cells:
    row: Sequence[str]
    heads: _Heads

    def _at(self, place: int | None) -> str:
        return "" if place is None or place >= len(self.row) else self.row[place].strip()

    @property
    def code(self) -> str:
        # Spreadsheets make numbers of codes.
        return re.sub(r"\.0+$", "", self._at(self.heads.code))

    @property
    def name(self) -> str:
        return self._at(self.heads.name)

    @property
    def area(self) -> str:
        return self._at(self.heads.area)

    @property
    def empty(self) -> bool:
        return not (self.code or self.name or self.area)


def _code(cells: _Cells, resolve: Resolve) -> tuple[str, str]:
    if not cells.code and not cells.name:
        raise ValueError("has neither code nor name")
    read = [resolve(text) for text in (cells.code, cells.name) if text]
    codes = {code for code, _ in read}
    if len(codes) > 1:
        raise ValueError(f"code {cells.code} and name {cells.name!r} are of different units")
    return read[0][0], "；".join(note for _, note in read if note)


def _number(text: str) -> Fraction:
    plain = _solid(text).replace(",", "").replace("，", "")
    try:
        value = Fraction(plain)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"area {text!r} is no number") from None
    if value <= 0 or "/" in plain:
        raise ValueError(f"area {text!r} is no positive number")
    return value


def _plain(text: str) -> str:
    return _solid(text).lower().translate({ord("（"): "(", ord("）"): ")"})


def _solid(text: str) -> str:
    """Return a text without spaces of any kind: 合　计 and 名　称 are set with wide ones."""
    return "".join(text.split())


def _heads(rows: Sequence[Sequence[str]], source: str, measure: str | None) -> _Heads:
    for at, row in enumerate(rows[:10]):
        plain = [_plain(cell) for cell in row]
        code = next((i for i, cell in enumerate(plain) if cell in _CODES), None)
        name = next((i for i, cell in enumerate(plain) if cell in _NAMES), None)
        found = ((i, _AREAS.match(cell)) for i, cell in enumerate(plain))
        areas = [(i, m) for i, m in found if m and m["measure"].strip("_ ") in ("", *_MEASURES)]
        best = [pair for pair in areas if "控制" in pair[1]["what"] or "control" in pair[1]["what"]]
        areas = best or areas
        if (code is None and name is None) or not areas:
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
        return _Heads(at, code, name, place, said)
    raise DataError(
        f"{source}: its first 10 rows have no heads; needed are a code (adcode, 行政区代码) or a "
        "name (name, 名称) and an area with its measure (control_area_km2, 控制面积（平方公里）)"
    )


def _above(rows: Sequence[Sequence[str]]) -> str | None:
    for cell in (_plain(cell) for row in rows for cell in row):
        match = re.search(r"单位[:：](\S+?)\)?$", cell)
        if match and match[1] in _MEASURES:
            return _MEASURES[match[1]]
    return None
