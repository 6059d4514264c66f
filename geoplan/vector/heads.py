"""Which columns of a table say where its rows lie: shapes as text, or two coordinates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from geoplan.errors import DataError, UsageError, coded
from geoplan.reading import Reading

Side = Literal["lon", "lat", "x", "y", "east", "north"]
PAIRS: tuple[tuple[Side, Side], ...] = (("lon", "lat"), ("east", "north"), ("x", "y"))

_WORDS: tuple[tuple[Side, re.Pattern[str]], ...] = (
    ("lon", re.compile(r"经度|东经|lon|lng|long|longitude|gpslon|jd|.*_(lon|lng)|lon_.*|lng_.*")),
    ("lat", re.compile(r"纬度|北纬|lat|latitude|gpslat|wd|.*_lat|lat_.*")),
    ("east", re.compile(r"横坐标.*|.*横坐标|东坐标|easting|东向坐标")),
    ("north", re.compile(r"纵坐标.*|.*纵坐标|北坐标|northing|北向坐标")),
    ("x", re.compile(r"x|x坐标|坐标x|x_?coord|coord_?x|point_?x|x值|xzb|center_?x|中心x")),
    ("y", re.compile(r"y|y坐标|坐标y|y_?coord|coord_?y|point_?y|y值|yzb|center_?y|中心y")),
)
"""What heads of columns are called, as `plain` writes them. On Chinese surveys the
横坐标, Y, is the easting; what is called x and y only is judged by its numbers."""

_SHAPE = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(ZM|Z|M)?"
    r"\s*(\(|EMPTY)",
    re.IGNORECASE,
)
_JSON = re.compile(r'\s*\{.*"type"\s*:\s*"[A-Za-z]+".*\}\s*', re.DOTALL)
_HEX = re.compile(r"0[01]([0-9A-Fa-f]{2}){8,}")

HEAD_ROWS = 10
"""Heads stand in one of the first rows."""


@dataclass(frozen=True)
class Places:
    """Where a table says its places, by numbers of columns; all None: nowhere."""

    row: int
    """Of the heads, from 0."""
    shape: int | None = None
    pair: tuple[int, int] | None = None
    """East or longitude, then north or latitude."""
    sides: tuple[Side, Side] | None = None
    """What the two are by their names; None where a person said it."""
    others: tuple[str, ...] = ()
    """Columns that say places too and are not used."""

    @property
    def any(self) -> bool:
        """Return whether there is a place."""
        return self.shape is not None or self.pair is not None


def plain(head: str) -> str:
    """Return a head of a column in small letters without blanks and what stands in brackets."""
    text = unicodedata.normalize("NFKC", head).lower()
    return re.sub(r"[\s]+|\([^)]*\)|\[[^\]]*\]|°", "", text)


def side_of(head: str) -> Side | None:
    """Return which coordinate a column holds by its head."""
    text = plain(head)
    if "经纬" in text:
        return None
    for side, words in _WORDS:
        if words.fullmatch(text):
            return side
    for side, word in (("lon", "经度"), ("lat", "纬度"), ("lon", "东经"), ("lat", "北纬")):
        if word in text:
            return side
    return None


def is_shape(cell: str) -> bool:
    """Return whether a cell is a shape as WKT, GeoJSON, or WKB in hexadecimal digits."""
    return bool(_SHAPE.match(cell) or _HEX.fullmatch(cell) or _JSON.fullmatch(cell))


def places_in(
    path: object,
    rows: Sequence[Sequence[str]],
    *,
    reading: Reading,
    known: Callable[[str], bool] = lambda _: False,
) -> Places:
    """Find the row of heads of a table, and its columns of places.

    Parameters
    ----------
    rows
        Cells, from the top of the sheet.
    known
        Whether a head is another one that is looked for; such a row is one of heads.

    Raises
    ------
    UsageError
        Where a column that `reading` names is not there.
    DataError
        Where there is no row of heads, or several columns could be meant.
    """
    wanted = [each for each in (reading.x, reading.y, reading.wkt, reading.unit) if each]
    if (reading.x is None) != (reading.y is None):
        raise UsageError("--x and --y are given together: the columns of east and of north")
    tops = [at for at, row in enumerate(rows) if any(row)][:HEAD_ROWS]
    if wanted:
        for at in tops:
            if all(name in rows[at] for name in wanted):
                return _named(path, at, rows[at], reading)
        raise _not_there(path, wanted, rows, tops)
    for at in tops:
        places = _found(path, at, rows)
        if places.any:
            return places
    plain_heads = [at for at in tops if any(known(cell) for cell in rows[at])]
    plain_heads += _rows_of_texts(rows, tops)
    if plain_heads:
        return Places(plain_heads[0])
    raise coded(
        DataError(
            f"{path}: no row of heads is found among the first {HEAD_ROWS} rows: names of columns "
            "that are texts; write one above the rows"
        ),
        "format.no_heads",
    )


def _rows_of_texts(rows: Sequence[Sequence[str]], tops: Sequence[int]) -> list[int]:
    # A title has one cell.
    least = min(2, max((sum(map(bool, rows[at])) for at in tops), default=0))
    return [at for at in tops if sum(map(bool, rows[at])) >= least and _may_be_heads(rows[at])]


def _may_be_heads(row: Sequence[str]) -> bool:
    there = [cell for cell in row if cell]
    return not any(re.match(r"[+-]?[\d.]", cell) for cell in there)


def _named(path: object, at: int, heads: Sequence[str], reading: Reading) -> Places:
    def only(name: str) -> int:
        if list(heads).count(name) > 1:
            raise coded(
                DataError(f"{path}: {list(heads).count(name)} columns are called {name!r}"),
                "format.several_columns",
            )
        return list(heads).index(name)

    if reading.wkt:
        return Places(at, shape=only(reading.wkt))
    if reading.x and reading.y:
        return Places(at, pair=(only(reading.x), only(reading.y)))
    return Places(at)


def _not_there(
    path: object, wanted: Sequence[str], rows: Sequence[Sequence[str]], tops: Sequence[int]
) -> UsageError:
    cells = {cell for at in tops for cell in rows[at]}
    missing = [name for name in wanted if name not in cells] or list(wanted)
    at = next((at for at in tops if _may_be_heads(rows[at])), tops[0] if tops else None)
    there = ", ".join(repr(cell[:40]) for cell in rows[at] if cell) if at is not None else "none"
    names = ", ".join(map(repr, missing))
    return UsageError(f"{path}: has no column {names}; there are: {there[:1000]}")


def _found(path: object, at: int, rows: Sequence[Sequence[str]]) -> Places:
    heads = rows[at]
    shapes = [n for n in range(len(heads)) if _holds_shapes(rows[at + 1 :], n)]
    if any(is_shape(cell) for cell in heads):
        return Places(at)  # a row of data
    if len(shapes) > 1:
        names = [heads[n] for n in shapes]
        raise _several(path, f"{len(shapes)} columns of shapes: {_listed(names)}", "--wkt")
    sides: dict[Side, list[int]] = {}
    for n, head in enumerate(heads):
        if (side := side_of(head)) is not None:
            sides.setdefault(side, []).append(n)
    pairs = [pair for pair in PAIRS if pair[0] in sides and pair[1] in sides]
    columns = [n for pair in pairs for side in pair for n in sides[side]]
    if shapes or not pairs:
        others = tuple(heads[n] for n in columns)
        return Places(at, shapes[0] if shapes else None, others=others)
    if len(columns) > 2:
        names = [heads[n] for n in columns]
        raise _several(path, f"more than one pair of coordinates: {_listed(names)}", "--x and --y")
    return Places(at, None, (columns[0], columns[1]), pairs[0])


def _holds_shapes(rows: Sequence[Sequence[str]], column: int) -> bool:
    cells = [row[column] for row in rows[:50] if column < len(row) and row[column]]
    return bool(cells) and all(map(is_shape, cells))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:10])


def _several(path: object, what: str, option: str) -> DataError:
    text = f"{path}: has {what}; say which are meant with {option}"
    return coded(DataError(text), "format.several_columns")
