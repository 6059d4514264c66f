"""All tables of an atlas as one workbook, in Chinese: a sheet a table, long ones by city."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import pandas as pd

from geoplan import schema
from geoplan.publish.atlas import Atlas
from geoplan.publish.exports.cells import Named, people_table
from geoplan.publish.rows import rows_of
from geoplan.publish.words import pair
from geoplan.schema.fields import Field, fields_of
from geoplan.spreadsheet import Head, Link, Sheet, workbook_bytes

NAME = "data/geoplan.xlsx"

LONG = 5_000
"""Rows above which a table has a sheet for each city, and one for totals."""

NEEDED = {
    name: tuple(n for n in t.names if n != "geometry")
    for name, t in schema.TABLES.items()
    if name not in schema.INNER
}
"""What the workbook shows: all but shapes."""

RARE = ("passages", "rasters", "zonal")
"""Tables that have a sheet only where they have rows."""

ANSWERS = ("conflicts", "claims", "findings")
"""Tables that people open the workbook for: their sheets come first."""

TOLD = ("concerned", "not_concerned")
"""States of a unit that have rows in the sheets of coverage."""

NUMBERS = {"km2": "0.00", "m2": "0", "km": "0.0", "share": "0.0%", "degree": "0.00000"}
NARROW, WIDE = 7.0, 42.0


def workbook(atlas: Atlas) -> bytes:
    """Return the xlsx file; areas in km², shares as percentages, every row with its ``ref``."""
    named, tables = Named(atlas.tables), _told(atlas.tables)
    sheets: list[Sheet] = []
    listed: list[list[Any]] = []
    for name in (*ANSWERS, *(name for name in NEEDED if name not in ANSWERS)):
        if name in RARE and not len(tables[name]):
            continue
        columns = people_table(tables, name, named=named)
        made = list(_sheets(atlas, name, columns))
        sheets += made
        listed += [[Link(s.name), len(list(s.rows)), f"tables/{name}.csv"] for s in made]
    zh = atlas.config.title.zh
    heads = [Head("工作表", width=34), Head("行数", "0", 10), Head("数据文件（CSV）", width=28)]
    about = Sheet(pair("book.about")[0], heads, listed, notes=_about(atlas), filtered=False)
    return workbook_bytes([about, *sheets], title=zh)


def _told(tables: schema.Tables) -> schema.Tables:
    """Return tables without rows that say no more than that nothing is known of a unit."""
    coverage = tables["coverage"]
    told = coverage[coverage["state"].isin(TOLD)].reset_index(drop=True)
    return {name: tables[name] for name in NEEDED} | {"coverage": pd.DataFrame(told)}


def _about(atlas: Atlas) -> list[str]:
    config = atlas.config
    named = {
        "furniture.secrecy": pair(f"secrecy.{atlas.sensitivity}")[0],
        "furniture.by": config.compiled_by or "",
        "print.date": config.compiled_on or "",
        "furniture.as_of": atlas.as_of,
        "furniture.review": config.review_number or pair("furniture.no_review")[0],
    }
    lines = [config.title.zh, ""]
    lines += [f"{pair(key)[0]}：{value}" for key, value in named.items() if value]
    notices = ("county_level", "within", "indicative", "claims")
    notes = [pair(key)[0] for key in ("book.areas", "book.split", "book.trace")]
    notes += [pair(f"notice.{key}")[0] for key in notices]
    sources = [row["notice"] for row in rows_of(atlas.tables, "sources")]
    lines += ["", pair("index.notices")[0], *(f"{i}. {n}" for i, n in enumerate(notes, 1))]
    return [*lines, "", pair("sources.data")[0], *sources, ""]


def _sheets(atlas: Atlas, name: str, columns: dict[str, list[Any]]) -> Iterator[Sheet]:
    """Yield the sheet of a table; of a long one those of totals and of each city."""
    title = pair(f"table.{name}")[0]
    rows = list(zip(*columns.values(), strict=True))
    fields = fields_of(name, list(columns))
    heads = [_head(field, values) for field, values in zip(fields, columns.values(), strict=True)]
    note = [f"{atlas.config.title.zh}　{title}"]
    note += [pair("book.county_level")[0]] if "share_of_unit" in columns else []
    note += [pair("book.coverage")[0]] if name == "coverage" else []
    note += [pair("book.nothing")[0]] if not rows else []
    frozen = 1 + max((list(columns).index(c) for c in _NAMES if c in list(columns)[:2]), default=0)
    if len(rows) <= LONG or "adcode" not in columns:
        yield Sheet(title, heads, rows, notes=note, frozen=frozen)
        return
    cities = _cities(atlas)
    parts: dict[str, list[Any]] = {"": [], **{city: [] for city in cities.values()}}
    for code, row in zip(columns["adcode"], rows, strict=True):
        parts[cities.get(code or "", "")].append(row)
    for city, own in parts.items():
        if own:
            part = city or pair("book.totals")[0]
            yield Sheet(f"{title} {part}", heads, own, notes=[f"{note[0]}（{part}）", *note[1:]])


_NAMES = ("name", "unit_name", "title")


def _cities(atlas: Atlas) -> dict[str, str]:
    """Return the name of the unit above each county, by the county's code, in order of codes."""
    units = {row["adcode"]: row for row in rows_of(atlas.tables, "units")}
    return {
        code: units[row["parent"]]["name"] if row["parent"] in units else row["name"]
        for code, row in sorted(units.items())
        if row["level"] == "county"
    }


def _head(field: Field, values: list[Any]) -> Head:
    widest = max((_width(v) for v in {v for v in values if isinstance(v, str)}), default=0)
    # A head may stand on two lines, a cell only on one.
    wanted = max(widest + 1, _width(field.zh) / 2 + 3, NARROW)
    return Head(field.zh, NUMBERS.get(field.measure, ""), min(wanted, WIDE))


def _width(text: str) -> int:
    """Return about how many Latin letters a text is wide."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text[:100])
