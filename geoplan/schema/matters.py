"""Tables of matters to coordinate: rules, what people say of findings, and the findings."""

from __future__ import annotations

from typing import get_args

from geoplan.schema.columns import Column, Table
from geoplan.schema.columns import one_of as _one_of
from geoplan.schema.columns import real as _real
from geoplan.schema.columns import text as _text
from geoplan.schema.vocabulary import Basis, Grade

RULES = (
    Table(
        "rules",
        ("rule",),
        (
            *_text("rule", "title", "title_en", "a", "b"),
            _one_of("grade", Grade),
            *_text("reason", "reason_en"),
            *_text("document", "section", "lines", "printed", nullable=True),
            *_text("source", "source_en", "clause", nullable=True),
            Column("unverified", "flag"),
            *_text("same_unit", nullable=True),
            *_real("min_area_km2", "min_share_of_unit", "within_km", nullable=True),
            *(Column(name, "flag") for name in ("same_period", "in_force", "other_document")),
            *_text("extents_a", "extents_b", "except", nullable=True),
            *_text("reconciled_by", "reconciled_by_en", nullable=True),
        ),
    ),
    Table(
        "overrides",
        ("override",),
        (
            *_text("override", "rule"),
            *_text("a", "b", "units", nullable=True),
            *_text("reason", "reason_en", "by", "date"),
            Column("grade", nullable=True, allowed=get_args(Grade)),
        ),
    ),
)
"""Rules (``rules.toml``) and overrides (``overrides.toml``)."""

CONFLICTS = Table(
    "conflicts",
    ("id",),
    (
        *_text("id", "rule"),
        _one_of("grade", Grade),
        _one_of("basis", Basis),
        *_text("adcode", "layer_a", "class_a", "feature_a", "layer_b", "class_b", "feature_b"),
        Column("features_a", "integer"),
        Column("features_b", "integer"),
        *_real("area_km2", "share", nullable=True),
        *_text("document_a", "section_a"),
        Column("line_a", "integer"),
        *_text("document_b", "section_b"),
        Column("line_b", "integer"),
        *_text("reconciled_by", "overruled_by", nullable=True),
        *_text("reconciled_by_en", "overruled_by_en", "also", nullable=True),
    ),
    sort=("adcode", "grade", "rule", "id"),
)
"""What rules find, county by county, the strongest grade first."""
