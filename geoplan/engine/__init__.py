"""The overlay engine: areas of the intersection of layers, streamed, exact, in bounded memory."""

from geoplan.engine.output import check, check_folder, save
from geoplan.engine.overlay import Overlaid, overlay_layers
from geoplan.engine.table import DEFAULT_MEMORY, tabulate

__all__ = [
    "DEFAULT_MEMORY",
    "Overlaid",
    "check",
    "check_folder",
    "overlay_layers",
    "save",
    "tabulate",
]
