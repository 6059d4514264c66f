"""Repair of shapes: what was wrong with them is told by kind, with the area before and after.

Nothing is repaired that is valid, and nothing beyond stated limits.
"""

from geoplan.repair.clean import cleaned
from geoplan.repair.coverage import coverage, gaps
from geoplan.repair.kinds import Kind
from geoplan.repair.limits import NEAR_M, Limits, Mended
from geoplan.repair.mend import mended
from geoplan.repair.sizes import areas_m2, even_odd
from geoplan.repair.texts import from_wkb

__all__ = [
    "NEAR_M",
    "Kind",
    "Limits",
    "Mended",
    "areas_m2",
    "cleaned",
    "coverage",
    "even_odd",
    "from_wkb",
    "gaps",
    "mended",
]
