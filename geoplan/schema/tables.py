"""The tables that stages exchange: columns, types, keys and order."""

from __future__ import annotations

from typing import get_args

from geoplan.schema.columns import Column, Table
from geoplan.schema.columns import one_of as _one_of
from geoplan.schema.columns import real as _real
from geoplan.schema.columns import text as _text
from geoplan.schema.figures import CHECKS, CITATION, CLAIMS, FILE_LINE, INDICATORS, STATED
from geoplan.schema.matters import CONFLICTS, RULES
from geoplan.schema.pictures import PICTURES
from geoplan.schema.rasters import RASTERS, ZONAL
from geoplan.schema.vocabulary import (
    Basis,
    DocumentStatus,
    DrawnBy,
    Evidence,
    Extent,
    FindingKind,
    Kind,
    Level,
    MapKind,
    Sensitivity,
    Severity,
    State,
)

_GEOMETRY = Column("geometry", "geometry", nullable=True)
_FILE = Column("file")

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
        "sources",
        ("source",),
        _text("source", "title", "title_en", "licence", "notice", "notice_en"),
    ),
    Table(
        "documents",
        ("document",),
        (
            *_text("document", "title"),
            *_text("number", "issuer", "date", nullable=True),
            *_text("scope"),
            *_text("period_start", "period_end", "successor", nullable=True),
            Column("status", nullable=True, allowed=get_args(DocumentStatus)),
            *_text("sha256", nullable=True),
        ),
    ),
    Table(
        "themes",
        ("theme",),
        (
            *_text("theme", "title", "title_en"),
            Column("also", nullable=True),
            Column("order", "integer"),
        ),
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
        "maps",
        ("map",),
        (
            *_text("map", "title", "title_en"),
            *_text("note", "note_en", nullable=True),
            _one_of("kind", MapKind),
            *_text("unit", "theme", "themes", "layers", "on", "outline", nullable=True),
            *_text("views", "named", "stops", nullable=True),
            *_text("documents", "earlier", "later", nullable=True),
        ),
    ),
    *RULES,
    Table(
        "layers",
        ("layer",),
        (
            *_text("layer", "theme", "title", "title_en", "document", "scope"),
            _one_of("kind", Kind),
            Column("status", nullable=True, allowed=get_args(DocumentStatus)),
            _one_of("sensitivity", Sensitivity),
            Column("features", "integer"),
            *_text("partition", "note", "note_en", nullable=True),
            _FILE,
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
            *_text("printed", "period_start", "period_end", "places", nullable=True),
            *_text("inferred", "inferred_en", "note", "note_en", nullable=True),
            FILE_LINE,
            _GEOMETRY,
        ),
    ),
    Table(
        "memberships",
        ("id",),
        (
            *_text("id", "layer", "class", "feature", "adcode", "name"),
            _one_of("extent", Extent),
            _one_of("evidence", Evidence),
            *CITATION,
        ),
    ),
    RASTERS,
    PICTURES,
    STATED,
    CHECKS,
    INDICATORS,
    Table(
        "findings",
        ("finding", "place"),
        (
            *_text("finding"),
            Column("place", "integer"),
            _one_of("kind", FindingKind),
            *_text("title", "title_en", "detail", "detail_en"),
            *_text("units", "about", nullable=True),
            *_text("printed", "lines"),
            *CITATION,
            FILE_LINE,
        ),
    ),
    Table(
        "passages",
        ("document", "line"),
        (*_text("document"), Column("line", "integer"), *_text("text")),
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
            *_real("area_km2", "area_gross_km2", nullable=True),
            *_real("share_of_a", "share_of_b", "uncertainty", nullable=True),
        ),
        sort=("layer_a", "class_a", "layer_b", "class_b", "basis", "adcode"),
    ),
    ZONAL,
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
    CLAIMS,
    CONFLICTS,
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
