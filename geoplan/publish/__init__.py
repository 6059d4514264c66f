"""Publishing: tables become maps that open offline, and files that go into reports."""

from geoplan.publish.audience import check_public
from geoplan.publish.cells import Cells, Cut
from geoplan.publish.outputs import Output, outputs, sheets
from geoplan.publish.sheets import Drawn, Print
from geoplan.publish.site import publish

__all__ = [
    "Cells",
    "Cut",
    "Drawn",
    "Output",
    "Print",
    "check_public",
    "outputs",
    "publish",
    "sheets",
]
