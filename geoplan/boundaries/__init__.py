"""Boundaries: counties as shipped, with cities and province dissolved from them."""

from geoplan.boundaries.units import Source, build_units, read_source

__all__ = ["Source", "build_units", "read_source"]
