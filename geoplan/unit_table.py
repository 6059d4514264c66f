"""Tables that people fill in, one row a unit: rows are matched by code or name, never silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from geoplan.errors import UnitError
from geoplan.gazetteer import Gazetteer

SUMS = ("合计", "总计", "小计", "总和", "total", "sum")
"""Names of rows that add up others."""

CODES = frozenset(
    {"adcode", "xzqdm", "xzqhdm", "code", "代码", "行政区代码", "行政区划代码", "县代码"}
)
NAMES = frozenset(
    {
        *("name", "county", "xzqmc", "名称", "县", "县名", "县区", "县市区", "县(市、区)"),
        *("行政区", "行政区名称", "行政区划名称", "单位名称", "市县", "地区"),
    }
)
"""Heads of columns with codes and names, as `plain` writes them."""

MOST_LETTERS = 40
"""A figure of more letters is none."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[\s,]\d{3})+(?:\.\d*)?")
"""1,234 and 1 234; what else commas part (1,5) may be decimals, and is not guessed."""

_HUGE = re.compile(r"e[+-]?0*\d{3}", re.IGNORECASE)
"""Exponents from 100 on: no count has them, and their digits would fill the memory."""

HEAD_ROWS = 10
"""Heads stand in one of the first rows."""


class Resolve(Protocol):
    """How names are looked up."""

    def __call__(self, text: str, near: str = "", /) -> tuple[str, str]:
        """Return the code that a name or code stands for, and what had to be known.

        `near` is the code that stands beside a name; `UnitError` where it is no one unit.
        """


@dataclass(frozen=True)
class Columns:
    """Where codes, names and figures stand; `row` is that of the heads, from 0."""

    row: int
    code: int | None
    name: int | None
    value: int


@dataclass
class Matched:
    """Figures by code of unit, the rows they stand in, and what has to be told."""

    values: dict[str, Fraction] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    """Rows are counted from 1, as spreadsheets do."""
    sums: list[tuple[int, str]] = field(default_factory=list)
    """Rows that add up others and are left out: row, name."""
    read: list[tuple[str, str]] = field(default_factory=list)
    """Names that had to be known: name, what it stands for."""
    faults: list[str] = field(default_factory=list)


def one_unit(gazetteer: Gazetteer, name: str, *, scope: str) -> str:
    """Return the code of the one unit that a name or code stands for; else `UnitError`."""
    found = gazetteer.resolve_unit(name, scope=scope)
    if len(found.adcodes) != 1:
        units = ", ".join(gazetteer.full_name(code) for code in found.adcodes)
        raise UnitError(f"{name!r} stands for {len(found.adcodes)} units: {units}; choose one")
    return found.adcodes[0]


def resolver(gazetteer: Gazetteer, scope: str, *, exact: bool = False) -> Resolve:
    """Return how names of a table are looked up; units of `scope` come first.

    With `exact`, former units whose land is only a part of today's are refused.
    """

    def resolve(text: str, near: str = "", /) -> tuple[str, str]:
        # Several units are called 城区: the code beside it says which.
        if near in gazetteer.units and text in gazetteer.called(near):
            return near, ""
        code = one_unit(gazetteer, text, scope=scope)
        found = gazetteer.resolve_unit(text, scope=scope)
        if exact and not found.exact:
            raise UnitError(f"{found.note}: the land of both is not the same; give today's unit")
        return code, found.note

    return resolve


def columns_of(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int | None, int | None]]:
    """Yield rows that may be heads: the row, and where codes and names stand in it."""
    for at, row in enumerate(rows[:HEAD_ROWS]):
        heads = [plain(cell) for cell in row]
        code = next((i for i, cell in enumerate(heads) if cell in CODES), None)
        name = next((i for i, cell in enumerate(heads) if cell in NAMES), None)
        if code is not None or name is not None:
            yield at, code, name


def match(
    rows: Sequence[Sequence[str]],
    columns: Columns,
    *,
    resolve: Resolve,
    number: Callable[[str], Fraction],
) -> Matched:
    """Return the figures of a table by unit; faults are gathered, none is raised.

    Parameters
    ----------
    number
        Makes a figure of a cell; `ValueError` says what is wrong with it.
    """
    made = Matched()
    for at, row in enumerate(rows[columns.row + 1 :], columns.row + 2):
        cells = _Cells(row, columns)
        if cells.empty:
            continue
        if plain(cells.name or cells.code) in SUMS:
            made.sums.append((at, cells.name or cells.code))
            continue
        try:
            code, note = _code(cells, resolve)
            value = number(cells.value)
        except (UnitError, ValueError) as fault:
            made.faults.append(f"row {at}: {fault}")
            continue
        if code in made.rows:
            again = f"{cells.name or code} stands in row {made.rows[code]} too"
            made.faults.append(f"row {at}: {again}")
            continue
        made.values[code], made.rows[code] = value, at
        if note:
            made.read.append((cells.name or cells.code, note))
    return made


def number_of(text: str, *, what: str, zero: bool = False) -> Fraction:
    """Return the figure of a cell; `ValueError` where it is none, or below (or at) zero."""
    digits = text.strip().replace("，", ",")
    if _THOUSANDS.fullmatch(digits):
        digits = re.sub(r"[\s,]", "", digits)
    try:
        if len(digits) > MOST_LETTERS or _HUGE.search(digits):
            raise ValueError
        value = Fraction(digits)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{what} {text!r} is no number") from None
    if value < 0 or (value == 0 and not zero) or "/" in digits:
        kind = "number of at least 0" if zero else "positive number"
        raise ValueError(f"{what} {text!r} is no {kind}")
    return value


def plain(text: str) -> str:
    """Return a head in small letters, without spaces, with plain brackets."""
    return solid(text).lower().translate({ord("（"): "(", ord("）"): ")"})


def solid(text: str) -> str:
    """Return a text without spaces of any kind: 合　计 and 名　称 are set with wide ones."""
    return "".join(text.split())


@dataclass(frozen=True)
class _Cells:
    row: Sequence[str]
    columns: Columns

    def _at(self, place: int | None) -> str:
        return "" if place is None or place >= len(self.row) else self.row[place].strip()

    @property
    def code(self) -> str:
        # Spreadsheets make numbers of codes.
        return re.sub(r"\.0+$", "", self._at(self.columns.code))

    @property
    def name(self) -> str:
        return self._at(self.columns.name)

    @property
    def value(self) -> str:
        return self._at(self.columns.value)

    @property
    def empty(self) -> bool:
        return not (self.code or self.name or self.value)


def _code(cells: _Cells, resolve: Resolve) -> tuple[str, str]:
    if not cells.code and not cells.name:
        raise ValueError("has neither code nor name")
    read = [resolve(cells.code)] if cells.code else []
    if cells.name:
        read.append(resolve(cells.name, read[0][0]) if read else resolve(cells.name))
    codes = {code for code, _ in read}
    if len(codes) > 1:
        raise ValueError(f"code {cells.code} and name {cells.name!r} are of different units")
    return read[0][0], "；".join(note for _, note in read if note)
