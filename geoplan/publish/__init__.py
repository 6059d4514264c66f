"""Publishing: tables become maps that open offline, and files that go into reports."""

from geoplan.publish.audience import check_public, most_closed
from geoplan.publish.cells import Cells, Cut
from geoplan.publish.dossier.html import html_text as dossier_html
from geoplan.publish.dossier.make import Dossiers, dossiers
from geoplan.publish.exports.package import NAME as PACKAGE
from geoplan.publish.exports.package import Held, package_text
from geoplan.publish.exports.shared import Shared, fields_csv, shared
from geoplan.publish.grids import Grid, GridCell, Head, area_cell, number_cell, text_cell
from geoplan.publish.images import Image, Swatch, grid_note, image_of, step_swatches
from geoplan.publish.making import Output
from geoplan.publish.outputs import outputs, sheets
from geoplan.publish.own.page import MARK, OwnMap, OwnText, own_text
from geoplan.publish.own.raster import RasterMap, beside, raster_text
from geoplan.publish.own.shapes import LAYER, Own
from geoplan.publish.paper.drawn import Drawn, Print
from geoplan.publish.pivot.control import Control, control_areas
from geoplan.publish.pivot.files import csv_text, html_text, xlsx_bytes
from geoplan.publish.pivot.table import Ask, PivotTable, control_notes, pivot_tables
from geoplan.publish.site import publish

__all__ = [
    "LAYER",
    "MARK",
    "PACKAGE",
    "Ask",
    "Cells",
    "Control",
    "Cut",
    "Dossiers",
    "Drawn",
    "Grid",
    "GridCell",
    "Head",
    "Held",
    "Image",
    "Output",
    "Own",
    "OwnMap",
    "OwnText",
    "PivotTable",
    "Print",
    "RasterMap",
    "Shared",
    "Swatch",
    "area_cell",
    "beside",
    "check_public",
    "control_areas",
    "control_notes",
    "csv_text",
    "dossier_html",
    "dossiers",
    "fields_csv",
    "grid_note",
    "html_text",
    "image_of",
    "most_closed",
    "number_cell",
    "outputs",
    "own_text",
    "package_text",
    "pivot_tables",
    "publish",
    "raster_text",
    "shared",
    "sheets",
    "step_swatches",
    "text_cell",
    "xlsx_bytes",
]
