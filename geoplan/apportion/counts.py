"""Counts by unit, of a table or an indicator of the catalogue; only what adds up is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from geoplan import vector
from geoplan.apportion.additive import ADDITIVE, no_count, refuse_ratio
from geoplan.apportion.nested import SURE, counted
from geoplan.errors import DataError, UsageError, listed
from geoplan.gazetteer import Gazetteer
from geoplan.schema import Tables, key_of_ref, records
from geoplan.schema.measures import MEASURES
from geoplan.toml import suggestion
from geoplan.unit_table import Columns, columns_of, match, number_of, plain, resolver

MOST_DIGITS = 6
"""Decimals that a count may have."""

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_MEASURE = re.compile(r"[(（]([^()（）]+)[)）]\s*$")
_RELATIONS = {"equal": "", "about": "约数：数值前有“约”或后有“左右”，结果同样是约数。"}


@dataclass(frozen=True)
class Counts:
    """A count by unit; each is a whole number of its last digit."""

    title: str
    measure: str
    """Its word as given, such as 万人; may be empty."""
    year: str
    source: str
    digits: int
    """Decimals."""
    by_unit: dict[str, int]
    """Code of a unit to its count, in units of the last digit."""
    notes: list[str] = field(default_factory=list)

    def given(self, units: int) -> int | float:
        """Return a number of the last digit as a figure; whole where there are no decimals."""
        return units if self.digits == 0 else float(Decimal(units).scaleb(-self.digits))


@dataclass(frozen=True, kw_only=True)
class About:
    """What is known of a count besides its figures."""

    column: str | None = None
    """Head of the column of a table."""
    digits: int | None = None
    year: str | None = None
    source: str | None = None


def counts_of_table(path: Path, about: About, *, gazetteer: Gazetteer, unit: str) -> Counts:
    """Read the counts of the units in `unit` from a CSV file or workbook.

    A row of a unit whose counties all stand there too is a sum, and left out.

    Raises
    ------
    UsageError
        Where the column is not there, or holds what does not add up.
    DataError
        Where no code or name is found, with all rows that are wrong, and where none is of `unit`.
    """
    rows = vector.read_cells(path)
    columns, head = _columns(rows, path, about.column)
    refuse_ratio(head, what=f"{path}: column {head!r}")
    found = match(
        rows,
        columns,
        resolve=resolver(gazetteer, unit, exact=True),
        number=lambda text: _sure(number_of(text, what="count", zero=True)),
    )
    values, notes, faults = counted(found.values, gazetteer, unit=unit, rows=found.rows)
    faults = [*found.faults, *faults]
    if faults:
        raise DataError(
            f"{path}: {len(faults)} row(s) are wrong; mend them, each unit stands once with its "
            f"code or full name and a count:\n{listed(faults)}"
        )
    if not values:
        raise DataError(
            f"{path}: none of its {len(found.values)} unit(s) lies in "
            f"{gazetteer.full_name(unit)}; choose another --unit or table"
        )
    notes = [
        *(f"第{at}行“{name}”是合计，未计入。" for at, name in found.sums),
        *(f"“{name}”按今名识别：{note}。" for name, note in found.read),
        *notes,
    ]
    years = set(_YEAR.findall(head))
    measure = _MEASURE.search(head)
    return _counts(
        values,
        about,
        title=head,
        measure=measure[1] if measure else "",
        year=years.pop() if len(years) == 1 else "",
        source=path.name,
        notes=notes,
    )


def counts_of_indicator(ref: str, about: About, *, tables: Tables, gazetteer: Gazetteer) -> Counts:
    """Return an indicator's reading as a count of its unit.

    Parameters
    ----------
    ref
        ``layer/indicator@reading:year``, as checks call it, or ``indicators:layer/…``.

    Raises
    ------
    UsageError
        Where there is none of that name, or its figure does not add up: a share, a rate, growth,
        a figure per head, a bound or a range.
    """
    if about.column is not None:
        raise UsageError("--column is of tables; an indicator has one figure")
    row = _reading(ref, tables)
    name, measure = str(row["name"]), row["measure"]
    refuse_ratio(name, what=f"indicator {ref}")
    if measure is None or MEASURES[measure].kind not in ADDITIVE:
        word = "no measure" if measure is None else MEASURES[measure].zh
        raise UsageError(no_count(f"indicator {ref} ({name}) has {word}"))
    if str(row["reading"]).endswith("growth"):
        raise UsageError(no_count(f"indicator {ref} ({name}) is growth"))
    value, relation = row["value"], row["relation"]
    if value is None or row["value_to"] is not None or relation not in _RELATIONS:
        raise UsageError(
            f"indicator {ref} ({name}) is printed as {row['printed']!r}: a bound, a range or words "
            "are no one count; give the count in a table"
        )
    figure = _sure(Fraction(Decimal(str(value))))
    if figure < 0:
        raise UsageError(f"indicator {ref} ({name}) is below 0: {row['printed']}")
    documents = {r["document"]: r["title"] for r in records(tables["documents"])}
    notes = [_RELATIONS[relation]] if _RELATIONS[relation] else []
    if row["reading"] == "target":
        notes.append("这是规划目标值，不是统计值。")
    if row["cumulative"]:
        notes.append("这是多年累计值。")
    unit = row["adcode"]
    if unit not in gazetteer.units:
        raise UsageError(f"indicator {ref} is of {unit}, no unit of the gazetteer")
    return _counts(
        {unit: figure},
        about,
        title=name,
        measure=row["counter"] or MEASURES[measure].zh,
        year=str(row["year"]),
        source=f"《{documents[row['document']]}》{row['section']}",
        notes=notes,
    )


def is_indicator(text: str) -> bool:
    """Return whether a text is meant as the reference of an indicator."""
    return "@" in text or text.startswith("indicators:")


def _columns(rows: list[list[str]], path: Path, wanted: str | None) -> tuple[Columns, str]:
    heads = list(columns_of(rows))
    if not heads:
        raise DataError(
            f"{path}: its first 10 rows have no heads; needed are a code (adcode, 行政区代码) or a "
            "name (name, 名称), and a column with a count"
        )
    for at, code, name in heads:
        others = [i for i, cell in enumerate(rows[at]) if cell and i not in (code, name)]
        if wanted is None and len(others) == 1:
            return Columns(at, code, name, others[0]), rows[at][others[0]]
        same = [i for i in others if plain(rows[at][i]) == plain(wanted or "")]
        if len(same) == 1:
            return Columns(at, code, name, same[0]), rows[at][same[0]]
        if len(same) > 1:
            raise UsageError(
                f"{path}: {len(same)} columns are called {wanted!r}; rename all but one"
            )
    at, code, name = heads[0]
    known = [cell for i, cell in enumerate(rows[at]) if cell and i not in (code, name)]
    if wanted is None:
        raise UsageError(f"{path}: say with --column which is the count: {', '.join(known)}")
    raise UsageError(
        f"{path}: has no column {wanted!r}.{suggestion(wanted, known)} There are: "
        f"{', '.join(known) or 'none'}"
    )


def _sure(value: Fraction) -> Fraction:
    """Return a figure to `SURE` significant digits; `ValueError` where it has more decimals."""
    short = Fraction(Decimal(f"{float(value):.{SURE}g}"))
    # Whole numbers of any length are exact as they are.
    made = value if value.denominator == 1 else short
    if (made * 10**MOST_DIGITS).denominator != 1:
        raise ValueError(f"count {float(value)} has more than {MOST_DIGITS} decimals")
    return made


def _counts(
    values: Mapping[str, Fraction],
    about: About,
    *,
    title: str,
    measure: str,
    notes: list[str],
    **more: str,
) -> Counts:
    needed = max(_digits(value) for value in values.values())
    digits = needed if about.digits is None else about.digits
    if not needed <= digits <= MOST_DIGITS:
        raise UsageError(
            f"--digits {digits}: the counts have {needed} decimals; give {needed} to {MOST_DIGITS}"
        )
    if not (about.year or more["year"]):
        notes = [*notes, "未注明年份；请用 --year 注明。"]
    return Counts(
        title,
        measure,
        about.year or more["year"],
        about.source or more["source"],
        digits,
        {code: int(value * 10**digits) for code, value in values.items()},
        notes,
    )


def _digits(value: Fraction) -> int:
    return next(d for d in range(MOST_DIGITS + 1) if (value * 10**d).denominator == 1)


def _reading(ref: str, tables: Tables) -> dict[str, Any]:
    rows = records(tables["indicators"])
    if ref.startswith("indicators:"):
        key = key_of_ref(ref)[1]
        called = f"{key[0]}/{key[1]}@{key[2]}:{key[3]}"
    else:
        called = ref
    names = {f"{r['layer']}/{r['indicator']}@{r['reading']}:{r['year']}": r for r in rows}
    if called not in names:
        own = called.partition("@")[0]
        near = [name for name in names if name.partition("@")[0] == own]
        told = f" It has: {', '.join(near)}" if near else suggestion(called, list(names))
        raise UsageError(
            f"no indicator {ref!r}.{told} Write LAYER/INDICATOR@READING:YEAR, such as "
            "jinzhong-13fyp-targets/gdp@actual:2015"
        )
    return names[called]
