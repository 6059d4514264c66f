"""Versions compared: two catalogues, two sets of boundaries, or two periods of one catalogue."""

from geoplan.versions.make import Compared, compare_versions
from geoplan.versions.write import check, save, save_map

__all__ = ["Compared", "check", "compare_versions", "save", "save_map"]
