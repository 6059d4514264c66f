"""Files of tables with and without geometry: the door to pyogrio and Parquet."""

from geoplan.formats import SUFFIXES, files_of
from geoplan.vector.cells import CELL_SUFFIXES, read_cells
from geoplan.vector.columns import Table, beside, codes_of, stacked, table_of, taken
from geoplan.vector.files import (
    assumed_encoding,
    read_csv,
    read_table,
    read_vector,
    write_table,
)
from geoplan.vector.geopackage import About, View, geopackage
from geoplan.vector.handed_out import Lost, geodatabase_files, parquet_bytes, shapefile_zip
from geoplan.vector.info import Info, describe
from geoplan.vector.pieces import PieceFile
from geoplan.vector.stream import Batch, Part, parts_of, read_part
from geoplan.vector.workfiles import DRIVERS, LONGEST_CELL, layers_in, write_layers

__all__ = [
    "CELL_SUFFIXES",
    "DRIVERS",
    "LONGEST_CELL",
    "SUFFIXES",
    "About",
    "Batch",
    "Info",
    "Lost",
    "Part",
    "PieceFile",
    "Table",
    "View",
    "assumed_encoding",
    "beside",
    "codes_of",
    "describe",
    "files_of",
    "geodatabase_files",
    "geopackage",
    "layers_in",
    "parquet_bytes",
    "parts_of",
    "read_cells",
    "read_csv",
    "read_part",
    "read_table",
    "read_vector",
    "shapefile_zip",
    "stacked",
    "table_of",
    "taken",
    "write_layers",
    "write_table",
]
