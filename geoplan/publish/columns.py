"""What each kind of page shows of every table: names of columns."""

from __future__ import annotations

from geoplan import schema

_ID = ("layer", "feature", "class", "name", "name_en", "extent", "drawn_by")

MAP: dict[str, tuple[str, ...]] = {
    "units": (
        *("adcode", "name", "name_en", "pinyin", "level", "parent"),
        *("area_km2", "uncertainty_km2", "label_lon", "label_lat", "geometry"),
    ),
    "sources": ("source", "notice", "notice_en"),
    "documents": (
        *("document", "title", "number", "issuer", "scope"),
        *("period_start", "period_end", "status"),
    ),
    "themes": ("theme", "title", "title_en", "also", "order"),
    "classes": tuple(schema.TABLES["classes"].names),
    "layers": (
        *("layer", "theme", "title", "title_en", "document", "scope"),
        *("kind", "status", "partition", "note", "note_en"),
    ),
    "features": (
        *(*_ID, "section", "lines", "printed", "places"),
        *("inferred", "inferred_en", "note", "note_en", "geometry"),
    ),
    "memberships": ("layer", "feature", "adcode"),
    "coverage": (
        *("adcode", "layer", "class", "basis", "area_net_km2"),
        *("length_km", "count", "share_of_unit", "state"),
    ),
    "claims": (
        *("id", "of", "quantity", "label", "label_en", "published", "published_to", "measure"),
        *("relation", "counter", "computed", "difference", "status", "reason"),
        *("method", "missing", "formula", "section", "line", "lines"),
    ),
    "conflicts": tuple(n for n in schema.TABLES["conflicts"].names if n != "also"),
    "rules": (
        *("rule", "reason", "reason_en", "document", "section", "lines"),
        *("printed", "source", "source_en", "clause", "unverified"),
    ),
    "findings": (
        *("finding", "place", "kind", "title", "title_en", "detail", "detail_en"),
        *("units", "document", "section", "line", "lines", "printed"),
    ),
    "indicators": (
        *("layer", "indicator", "adcode", "name", "name_en", "measure", "counter", "reading"),
        *("year", "printed", "value", "value_to", "relation", "cumulative"),
        *("document", "section", "line", "lines"),
    ),
    "passages": tuple(schema.TABLES["passages"].names),
    "pictures": tuple(schema.TABLES["pictures"].names),
    "rasters": ("layer", "measure", "synthetic"),
    "zonal": (
        *("layer", "adcode", "class", "mean", "min", "q10", "median", "q90", "max"),
        *("area_km2", "share_of_unit", "cells", "share_covered"),
    ),
}
"""What maps show of each table."""

SHEET: dict[str, tuple[str, ...]] = {
    "units": (
        *("adcode", "name", "name_en", "level", "parent"),
        *("area_km2", "label_lon", "label_lat", "geometry"),
    ),
    "sources": MAP["sources"],
    "documents": ("document", "title", "number", "scope", "status", "period_start"),
    "themes": ("theme", "title", "title_en", "order"),
    "classes": (
        *("class", "title", "title_en", "today", "today_en"),
        *("colour", "pattern", "order"),
    ),
    "layers": ("layer", "theme", "title", "title_en", "document", "scope", "kind", "status"),
    "features": (*_ID, "section", "geometry"),
    "memberships": MAP["memberships"],
    "coverage": (
        *("adcode", "layer", "class", "basis", "area_net_km2"),
        *("length_km", "count", "share_of_unit", "state"),
    ),
    "pictures": MAP["pictures"],
    "rasters": MAP["rasters"],
    "zonal": MAP["zonal"],
}
"""What map sheets show: a map at its opening, without what is told of single counties."""

_ONLY_MAP = ("lines", "missing", "formula")

INDEX: dict[str, tuple[str, ...]] = {
    "units": MAP["units"],
    "sources": tuple(schema.TABLES["sources"].names),
    "documents": (*MAP["documents"], "date", "successor"),
    "themes": MAP["themes"],
    "classes": MAP["classes"],
    "layers": (
        *("layer", "theme", "title", "title_en", "document", "scope", "kind", "status", "features"),
    ),
    "features": (*_ID, "geometry"),
    "memberships": ("layer", "feature", "adcode"),
    "claims": tuple(n for n in (*MAP["claims"], "document", "tolerance") if n not in _ONLY_MAP),
    "conflicts": ("grade", "adcode", "overruled_by"),
    "rules": ("rule",),
    "findings": ("finding", "kind"),
    "indicators": ("layer", "indicator"),
    "pictures": tuple(n for n in MAP["pictures"] if n not in ("png", "width", "height")),
    "rasters": MAP["rasters"],
    "zonal": ("layer", "adcode", "class", "mean", "area_km2"),
}
"""What the index shows: maps at their opening, claims, sources, and how much there is."""

INDICATORS: dict[str, tuple[str, ...]] = {
    "documents": MAP["documents"],
    "layers": ("layer", "title", "title_en", "document", "features"),
    "indicators": (
        *("layer", "indicator", "unit", "unit_en", "name", "name_en", "group", "group_en"),
        *("measure", "counter", "reading", "year", "printed", "nature", "note", "note_en"),
        *("section", "line"),
    ),
}

FIGURES: dict[str, tuple[str, ...]] = {
    "documents": ("document", "title", "number", "status"),
    "layers": ("layer", "title", "title_en"),
    "classes": ("class", "title", "title_en"),
    "features": ("layer", "feature", "class", "name", "name_en"),
    "claims": (
        *("id", "of", "quantity", "label", "label_en", "published", "published_to", "measure"),
        *("relation", "counter", "year", "reading", "computed", "difference", "status", "reason"),
        *("method", "missing", "check", "formula", "findings", "document", "section", "line"),
    ),
    "checks": ("check", "title", "title_en", "note", "note_en"),
    "findings": ("finding", "title", "title_en", "document"),
}

FINDINGS: dict[str, tuple[str, ...]] = {
    "documents": MAP["documents"],
    "findings": (
        *("finding", "place", "kind", "title", "title_en", "detail", "detail_en"),
        *("document", "section", "lines", "printed"),
    ),
}

MATTERS: dict[str, tuple[str, ...]] = {
    "units": ("adcode", "name", "name_en", "level", "parent"),
    "documents": MAP["documents"],
    "themes": MAP["themes"],
    "classes": ("class", "title", "title_en", "colour", "order"),
    "layers": ("layer", "theme", "title", "title_en", "document", "status"),
    "features": ("layer", "feature", "name", "name_en", "section"),
    "rules": (*MAP["rules"], "title", "title_en", "grade"),
    "conflicts": tuple(schema.TABLES["conflicts"].names),
}
"""What the page of matters to coordinate shows."""
