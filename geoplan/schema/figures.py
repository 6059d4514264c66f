"""Tables of figures: as printed, how they make one another, and what checking them gave."""

from __future__ import annotations

from typing import get_args

from geoplan.schema.columns import Column, Table
from geoplan.schema.columns import one_of as _one_of
from geoplan.schema.columns import real as _real
from geoplan.schema.columns import text as _text
from geoplan.schema.vocabulary import (
    CheckKind,
    ClaimMethod,
    ClaimStatus,
    Nature,
    ReadingKind,
    Relation,
)

CITATION = (*_text("document", "section"), Column("line", "integer"))
"""Where in a document a row stands."""

FILE_LINE = Column("file_line", "integer")
"""Where in its layer file a row begins."""

STATED = Table(
    "stated",
    ("id",),
    (
        *_text("id", "layer", "of", "quantity"),
        *_text("label", "label_en", nullable=True),
        *_real("published"),
        *_real("published_to", nullable=True),
        *_real("step"),
        *_text("measure"),
        _one_of("relation", Relation),
        *_text("counter", "year", "relative_to", nullable=True),
        *CITATION,
        *_text("lines"),
        *_text("slug", nullable=True),
        FILE_LINE,
    ),
)

CHECKS = Table(
    "checks",
    ("check",),
    (
        *_text("check", "title", "title_en"),
        _one_of("kind", CheckKind),
        *_text("result", nullable=True),
        *_text("parts"),
        *_text("years", "measure", nullable=True),
        *_text("note", "note_en", nullable=True),
    ),
)

INDICATORS = Table(
    "indicators",
    ("layer", "indicator", "reading", "year"),
    (
        *_text("layer", "indicator", "adcode", "unit", "unit_en", "name", "name_en"),
        *_text("group", "group_en", "measure", "counter", nullable=True),
        _one_of("reading", ReadingKind),
        *_text("year", "printed"),
        *_real("value", "value_to", nullable=True),
        _one_of("relation", Relation),
        Column("cumulative", "flag"),
        Column("constant_prices", "flag"),
        Column("nature", nullable=True, allowed=get_args(Nature)),
        *_text("note", "note_en", nullable=True),
        *CITATION,
        *_text("lines"),
        FILE_LINE,
    ),
)

CLAIMS = Table(
    "claims",
    ("id",),
    (
        *_text("id", "layer", "of", "quantity"),
        *_text("label", "label_en", nullable=True),
        *_real("published"),
        *_real("published_to", nullable=True),
        *_text("measure", nullable=True),
        _one_of("relation", Relation),
        *_text("counter", "year", nullable=True),
        *_real("converted", "converted_to", nullable=True),
        *_text("base_measure", nullable=True),
        *_real("computed", "tolerance", "difference", nullable=True),
        _one_of("status", ClaimStatus),
        Column("reason", nullable=True),
        *CITATION,
        *_text("lines"),
        Column("reading", nullable=True, allowed=get_args(ReadingKind)),
        Column("method", nullable=True, allowed=get_args(ClaimMethod)),
        *_text("missing", "check", "formula", "inputs", "findings", nullable=True),
    ),
)
