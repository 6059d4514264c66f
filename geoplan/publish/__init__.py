"""Publishing: tables become maps that open offline, and files that go into reports."""

from geoplan.publish.audience import check_public
from geoplan.publish.site import publish

__all__ = ["check_public", "publish"]
