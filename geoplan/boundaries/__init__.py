"""Boundaries: counties as shipped, cities and province dissolved from them, names from the gazetteer."""

from geoplan.boundaries.units import Source, build_units, read_source

__all__ = ["Source", "build_units", "read_source"]
