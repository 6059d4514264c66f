"""Words that tables may hold: extents, bases, states, grades."""

from __future__ import annotations

from typing import Literal

Extent = Literal["whole", "delimited", "indicative", "within", "passes", "statement"]
"""What a feature says about space; decides what may be computed from it."""

Basis = Literal["geometry", "indicative", "list"]
"""Evidence behind a figure: exact shapes, shapes drawn by us, or lists only."""

DrawnBy = Literal[
    "units",
    "axis",
    "buffer",
    "reference",
    "footprint",
    "sites",
    "waypoints",
    "file",
    "none",
]
"""What a feature's place comes from; see docs/design.md, section 4."""

State = Literal["concerned", "not_concerned", "out_of_scope", "no_data"]
MapKind = Literal["together", "detail", "compare", "count"]
"""Maps beside the overview, cities and themes; see docs/design.md, section 4."""

Level = Literal["province", "city", "county"]
Kind = Literal["vector", "raster", "slot"]
RasterKind = Literal["continuous", "categorical"]
"""Whether cells hold amounts, or numbers of classes, which must never be averaged."""

DocumentStatus = Literal["in_force", "expired", "draft", "history"]
Sensitivity = Literal["public", "internal", "secret"]
ClaimStatus = Literal["agrees", "differs", "inconsistent", "not_checkable"]

ClaimMethod = Literal["geometry", "list", "arithmetic", "between_documents"]
"""What a figure was set against: shapes, names, other figures of its text, another text."""

CheckKind = Literal[
    "sum", "difference", "ratio", "product", "growth", "equal", "count", "partition"
]
"""How figures make another one: see docs/design.md, section 4."""
Severity = Literal["info", "warning", "error"]
Grade = Literal["breaks", "coordinate", "attention", "compatible"]
"""How far two classes ask for coordination: docs/design.md, section 5."""
Dtype = Literal["text", "real", "integer", "flag", "geometry"]

FindingKind = Literal[
    "wrong_unit",
    "lists_differ",
    "sums_differ",
    "figures_differ",
    "table_differs",
    "no_list",
    "wording",
]
"""What is wrong in a text: see docs/design.md, section 4."""

Relation = Literal["equal", "about", "over", "at_least", "at_most", "more_than", "less_than"]
"""How a printed figure is meant: 约, 多 (a little over), 以上, 以内, 超过, 低于."""

ReadingKind = Literal["actual", "target", "actual_growth", "target_growth"]
Nature = Literal["binding", "expected"]
"""约束性 and 预期性."""

Evidence = Literal["printed", "group", "inferred", "scope"]
"""Why a unit is a member: named in the lines, in a group named there, concluded, or all."""

BASIS_OF: dict[Extent, Basis] = {
    "whole": "geometry",
    "delimited": "geometry",
    "indicative": "indicative",
    "within": "list",
    "passes": "list",
    "statement": "list",
}
