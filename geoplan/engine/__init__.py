"""The overlay engine: areas of the intersection of layers, streamed, exact, in bounded memory."""

from geoplan.engine.output import check, save
from geoplan.engine.table import DEFAULT_MEMORY, tabulate

__all__ = ["DEFAULT_MEMORY", "check", "save", "tabulate"]
