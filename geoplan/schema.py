"""The tables that stages exchange: columns, types, keys and vocabularies.

A stage checks its inputs with :func:`check`, which reports every fault of a
table in one message. Stages never import one another; they meet here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from geoplan.errors import SchemaError, listed

Extent = Literal["whole", "delimited", "indicative", "within", "passes", "statement"]
"""What a feature says about space; decides what may be computed from it."""

Basis = Literal["geometry", "indicative", "list"]
"""Evidence behind a figure: exact shapes, shapes drawn by us, or lists only."""

DrawnBy = Literal["units", "axis", "buffer", "reference", "footprint", "sites", "file", "none"]
"""What a feature's place comes from; see docs/design.md, section 4."""

State = Literal["concerned", "not_concerned", "out_of_scope", "no_data"]
Level = Literal["province", "city", "county"]
Kind = Literal["vector", "slot", "raster"]
DocumentStatus = Literal["in_force", "expired", "draft", "history"]
Sensitivity = Literal["public", "internal", "secret"]
ClaimStatus = Literal["agrees", "differs", "inconsistent", "not_checkable"]
Severity = Literal["info", "warning", "error"]
Dtype = Literal["text", "real", "integer", "flag", "geometry"]

AREAL: tuple[Extent, ...] = ("whole", "delimited", "indicative")
"""Extents that may have an area."""

BASIS_OF: dict[Extent, Basis] = {
    "whole": "geometry",
    "delimited": "geometry",
    "indicative": "indicative",
    "within": "list",
    "passes": "list",
    "statement": "list",
}

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Column:
    """One column: its name, type, whether it may be empty, and allowed values."""

    name: str
    dtype: Dtype = "text"
    nullable: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: its name, key columns and all columns in order.

    Rows are sorted by `sort`; () keeps the order of the files they come from.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sort: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]


def _text(*names: str, nullable: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, nullable=nullable) for name in names)


def _real(*names: str, nullable: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, "real", nullable) for name in names)


def _one_of(name: str, vocabulary: object) -> Column:
    return Column(name, values=get_args(vocabulary))


_GEOMETRY = Column("geometry", "geometry", nullable=True)
_CITATION = (*_text("document", "section"), Column("line", "integer"))

_ALL = (
    Table(
        "units",
        ("adcode",),
        (
            *_text("adcode", "name", "name_en", "pinyin"),
            _one_of("level", Level),
            Column("parent", nullable=True),
            *_real("area_km2", "uncertainty_km2", "label_lon", "label_lat"),
            _GEOMETRY,
        ),
        sort=("adcode",),
    ),
    Table(
        "documents",
        ("document",),
        (
            *_text("document", "title"),
            *_text("number", "issuer", "date", nullable=True),
            *_text("scope"),
            *_text("period_start", "period_end", "successor", nullable=True),
            _one_of("status", DocumentStatus),
            *_text("sha256", nullable=True),
        ),
    ),
    Table(
        "themes",
        ("theme",),
        (*_text("theme", "title", "title_en"), Column("order", "integer")),
    ),
    Table(
        "classes",
        ("class",),
        (
            *_text("class", "title", "title_en"),
            *_text("today", "today_en", nullable=True),
            *_text("colour", "pattern"),
            Column("order", "integer"),
        ),
    ),
    Table(
        "layers",
        ("layer",),
        (
            *_text("layer", "theme", "title", "title_en", "document", "scope"),
            _one_of("kind", Kind),
            _one_of("status", DocumentStatus),
            _one_of("sensitivity", Sensitivity),
            Column("features", "integer"),
            *_text("note", "note_en", nullable=True),
        ),
    ),
    Table(
        "features",
        ("layer", "feature"),
        (
            *_text("layer", "feature", "class", "name", "name_en"),
            _one_of("extent", Extent),
            _one_of("drawn_by", DrawnBy),
            *_text("section", "lines"),
            *_text("period_start", "period_end", "note", "note_en", nullable=True),
            _GEOMETRY,
        ),
    ),
    Table(
        "memberships",
        ("id",),
        (
            *_text("id", "layer", "class", "feature", "adcode", "name"),
            _one_of("extent", Extent),
            *_CITATION,
        ),
    ),
    Table(
        "stated",
        ("id",),
        (
            *_text("id", "layer", "of", "quantity"),
            *_real("published", "step"),
            *_text("measure"),
            Column("approximate", "flag"),
            Column("relative_to", nullable=True),
            *_CITATION,
        ),
    ),
    Table(
        "coverage",
        ("adcode", "layer", "class", "basis"),
        (
            *_text("adcode", "layer", "class"),
            _one_of("basis", Basis),
            *_real("area_net_km2", "area_gross_km2", "length_km", nullable=True),
            Column("count", "integer"),
            *_real("share_of_unit", "share_of_class", nullable=True),
            _one_of("state", State),
        ),
        sort=("adcode", "layer", "class", "basis"),
    ),
    Table(
        "pieces",
        ("adcode", "classes"),
        (
            *_text("adcode", "classes"),
            Column("n_classes", "integer"),
            *_real("area_km2"),
            _GEOMETRY,
        ),
        sort=("adcode", "classes"),
    ),
    Table(
        "overlaps",
        ("id",),
        (
            *_text("id", "layer_a", "class_a", "layer_b", "class_b"),
            Column("adcode", nullable=True),
            _one_of("basis", Basis),
            Column("units", "integer"),
            *_real("area_km2", "share_of_a", "share_of_b", "uncertainty", nullable=True),
        ),
        sort=("layer_a", "class_a", "layer_b", "class_b", "basis", "adcode"),
    ),
    Table(
        "dropped",
        ("id",),
        (
            *_text("id", "stage"),
            *_text("layer", "feature", "adcode", nullable=True),
            *_real("area_m2"),
            *_text("reason"),
        ),
        sort=("stage", "layer", "feature", "adcode"),
    ),
    Table(
        "claims",
        ("id",),
        (
            *_text("id", "layer", "of", "quantity"),
            *_real("published"),
            *_text("measure"),
            *_real("computed", "tolerance", "difference", nullable=True),
            _one_of("status", ClaimStatus),
            Column("reason", nullable=True),
            *_CITATION,
        ),
    ),
    Table(
        "conflicts",
        ("id",),
        (
            *_text("id", "rule", "grade"),
            _one_of("basis", Basis),
            *_text("adcode", "layer_a", "class_a", "feature_a", "layer_b", "class_b", "feature_b"),
            *_real("area_km2", "share", nullable=True),
            *_text("document_a", "section_a"),
            Column("line_a", "integer"),
            *_text("document_b", "section_b"),
            Column("line_b", "integer"),
            *_text("reconciled_by", "overruled_by", nullable=True),
        ),
        sort=("adcode", "rule", "id"),
    ),
    Table(
        "issues",
        ("id",),
        (
            *_text("id", "stage", "check"),
            _one_of("severity", Severity),
            *_text("subject"),
            *_text("measured", "limit", nullable=True),
            *_text("message"),
        ),
        sort=("stage", "check", "subject", "message"),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
"""Every table by name, in the order in which stages write them."""


def row_id(*parts: object) -> str:
    """Identify a row by its content: 12 hexadecimal digits of a sha256, never an ordinal."""
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


_DTYPES = {"text": "str", "real": "float64", "integer": "int64", "flag": "bool"}


def frame(name: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Make table `name` from rows, with its columns, types and order.

    Geometry stays an object column; callers that need one make a
    GeoDataFrame of it. Raises `SchemaError` on any fault.
    """
    table = TABLES[name]
    made = pd.DataFrame(list(rows), columns=table.names)
    for column in table.columns:
        if column.dtype != "geometry":
            made[column.name] = made[column.name].astype(_DTYPES[column.dtype])
    if table.sort:
        made = made.sort_values(
            list(table.sort), kind="stable", ignore_index=True, na_position="first"
        )
    check(name, made)
    return made


def check(name: str, table: pd.DataFrame) -> None:
    """Check that `table` is the table `name` of the schema.

    Raises
    ------
    SchemaError
        With every fault at once: missing and unknown columns, wrong types,
        empty cells, values outside the vocabulary, repeated keys.
    """
    spec = TABLES[name]
    faults = [f"column {c!r} is missing" for c in spec.names if c not in table]
    faults += [f"column {c!r} is unknown" for c in table.columns if c not in spec.names]
    for column in spec.columns:
        if column.name in table:
            faults += _column_faults(column, table[column.name])
    if not any(c not in table for c in spec.key):
        repeated = table[table.duplicated(list(spec.key), keep=False)]
        if len(repeated):
            first = repeated.iloc[0][list(spec.key)].to_dict()
            faults.append(f"{len(repeated)} rows share their key {spec.key}, for instance {first}")
    if faults:
        raise SchemaError(f"table {name!r} has {len(faults)} fault(s):\n{listed(faults)}")


def _column_faults(column: Column, cells: pd.Series) -> list[str]:
    faults = []
    empty = int(cells.isna().sum())
    if empty and not column.nullable:
        faults.append(f"column {column.name!r} is empty in {empty} row(s)")
    if not _has_dtype(column.dtype, cells):
        faults.append(f"column {column.name!r} is {cells.dtype}, should be {column.dtype}")
    elif column.values:
        wrong = sorted(set(cells.dropna()) - set(column.values))
        if wrong:
            faults.append(
                f"column {column.name!r} holds {wrong[:5]}; allowed: {', '.join(column.values)}"
            )
    return faults


def _has_dtype(dtype: Dtype, cells: pd.Series) -> bool:
    if dtype == "text":
        return isinstance(cells.dtype, pd.StringDtype) or (
            cells.dtype == object and all(isinstance(c, str) for c in cells.dropna())
        )
    if dtype == "geometry":
        return cells.dtype == object or str(cells.dtype) == "geometry"
    kinds = {"real": "f", "integer": "i", "flag": "b"}
    return getattr(cells.dtype, "kind", "") == kinds[dtype]
