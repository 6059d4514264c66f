"""Publishing: tables become maps that open offline, and files that go into reports."""

from geoplan.publish.audience import check_public
from geoplan.publish.cells import Cells, Cut
from geoplan.publish.outputs import Output, outputs, sheets
from geoplan.publish.own.page import MARK, OwnMap, OwnText, own_text
from geoplan.publish.own.shapes import LAYER, Own
from geoplan.publish.paper.drawn import Drawn, Print
from geoplan.publish.site import publish

__all__ = [
    "LAYER",
    "MARK",
    "Cells",
    "Cut",
    "Drawn",
    "Output",
    "Own",
    "OwnMap",
    "OwnText",
    "Print",
    "check_public",
    "outputs",
    "own_text",
    "publish",
    "sheets",
]
