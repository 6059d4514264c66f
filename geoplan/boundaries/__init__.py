"""Boundaries: counties as shipped, with cities and province dissolved from them."""

from geoplan.boundaries.sources import Source, build_sources, read_source
from geoplan.boundaries.units import build_units

__all__ = ["Source", "build_sources", "build_units", "read_source"]
