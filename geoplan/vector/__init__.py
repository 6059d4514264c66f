"""Files of tables with and without geometry: the door to pyogrio and Parquet."""

from geoplan.formats import SUFFIXES, files_of
from geoplan.vector.cells import CELL_SUFFIXES, read_cells
from geoplan.vector.clean import CLEAN, write_layer
from geoplan.vector.columns import Table, beside, codes_of, stacked, table_of, taken
from geoplan.vector.contents import Contents, Given, LayerFacts, Read
from geoplan.vector.encodings import (
    OPEN_ENCODINGS,
    Encoding,
    assumed_encoding,
    detected,
    encoding_of,
    noticed,
)
from geoplan.vector.files import (
    read_csv,
    read_table,
    read_vector,
    write_table,
)
from geoplan.vector.geopackage import About, View, geopackage
from geoplan.vector.handed_out import Lost, geodatabase_files, parquet_bytes, shapefile_zip
from geoplan.vector.info import Info, describe
from geoplan.vector.kinds import kind_of
from geoplan.vector.opened import gdal_path, settled
from geoplan.vector.own import NOTHING, as_told, look, own_tables, read
from geoplan.vector.own_table import OwnTable
from geoplan.vector.pieces import PieceFile
from geoplan.vector.placed import chosen_table
from geoplan.vector.sample import SAMPLED, read_sample
from geoplan.vector.stream import Batch, Part, parts_of, read_part
from geoplan.vector.workfiles import DRIVERS, LONGEST_CELL, layers_in, write_layers

__all__ = [
    "CELL_SUFFIXES",
    "CLEAN",
    "DRIVERS",
    "LONGEST_CELL",
    "NOTHING",
    "OPEN_ENCODINGS",
    "SAMPLED",
    "SUFFIXES",
    "About",
    "Batch",
    "Contents",
    "Encoding",
    "Given",
    "Info",
    "LayerFacts",
    "Lost",
    "OwnTable",
    "Part",
    "PieceFile",
    "Read",
    "Table",
    "View",
    "as_told",
    "assumed_encoding",
    "beside",
    "chosen_table",
    "codes_of",
    "describe",
    "detected",
    "encoding_of",
    "files_of",
    "gdal_path",
    "geodatabase_files",
    "geopackage",
    "kind_of",
    "layers_in",
    "look",
    "noticed",
    "own_tables",
    "parquet_bytes",
    "parts_of",
    "read",
    "read_cells",
    "read_csv",
    "read_part",
    "read_sample",
    "read_table",
    "read_vector",
    "settled",
    "shapefile_zip",
    "stacked",
    "table_of",
    "taken",
    "write_layer",
    "write_layers",
    "write_table",
]
