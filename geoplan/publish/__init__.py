"""Publishing: tables become maps that open offline, and files that go into reports."""

from geoplan.publish.audience import check_public
from geoplan.publish.cells import Cells, Cut
from geoplan.publish.outputs import Output, outputs
from geoplan.publish.site import publish

__all__ = ["Cells", "Cut", "Output", "check_public", "outputs", "publish"]
