"""Difference polygons (差异图斑): what two delimited layers share, or what only one has."""

from geoplan.difference.columns import KINDS
from geoplan.difference.made import Made
from geoplan.difference.make import Options, difference
from geoplan.difference.sides import Columns

__all__ = ["KINDS", "Columns", "Made", "Options", "difference"]
