"""Where stages meet: vocabularies, tables, and the checks at a stage's door.

Stages never import one another; they exchange the tables defined here.
"""

from geoplan.schema.citing import CITING, cited_lines, line_numbers
from geoplan.schema.columns import Column, Table
from geoplan.schema.frames import Tables, check, frame, issue_row, records, row_id
from geoplan.schema.pictures import INNER
from geoplan.schema.refs import key_of_ref, ref_of
from geoplan.schema.tables import TABLES
from geoplan.schema.vocabulary import (
    BASIS_OF,
    Basis,
    CheckKind,
    ClaimMethod,
    ClaimStatus,
    DocumentStatus,
    DrawnBy,
    Evidence,
    Extent,
    FindingKind,
    Grade,
    Kind,
    Level,
    MapKind,
    Nature,
    RasterKind,
    ReadingKind,
    Relation,
    Sensitivity,
    Severity,
    State,
)

__all__ = [
    "BASIS_OF",
    "CITING",
    "INNER",
    "TABLES",
    "Basis",
    "CheckKind",
    "ClaimMethod",
    "ClaimStatus",
    "Column",
    "DocumentStatus",
    "DrawnBy",
    "Evidence",
    "Extent",
    "FindingKind",
    "Grade",
    "Kind",
    "Level",
    "MapKind",
    "Nature",
    "RasterKind",
    "ReadingKind",
    "Relation",
    "Sensitivity",
    "Severity",
    "State",
    "Table",
    "Tables",
    "check",
    "cited_lines",
    "frame",
    "issue_row",
    "key_of_ref",
    "line_numbers",
    "records",
    "ref_of",
    "row_id",
]
