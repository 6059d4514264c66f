"""Files of tables with and without geometry: the door to pyogrio and Parquet."""

from geoplan.formats import SUFFIXES, files_of
from geoplan.vector.columns import Table, beside, codes_of, stacked, table_of, taken
from geoplan.vector.files import (
    assumed_encoding,
    read_csv,
    read_table,
    read_vector,
    write_table,
)
from geoplan.vector.geopackage import geopackage
from geoplan.vector.info import Info, describe
from geoplan.vector.pieces import PieceFile
from geoplan.vector.stream import Batch, Part, parts_of, read_part

__all__ = [
    "SUFFIXES",
    "Batch",
    "Info",
    "Part",
    "PieceFile",
    "Table",
    "assumed_encoding",
    "beside",
    "codes_of",
    "describe",
    "files_of",
    "geopackage",
    "parts_of",
    "read_csv",
    "read_part",
    "read_table",
    "read_vector",
    "stacked",
    "table_of",
    "taken",
    "write_table",
]
