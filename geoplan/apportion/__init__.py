"""Areal apportioning: counts of units (population, GDP) given to classes, with a sum check."""

from geoplan.apportion.counts import About, Counts
from geoplan.apportion.make import Apportioned, How, apportion
from geoplan.apportion.write import save

__all__ = ["About", "Apportioned", "Counts", "How", "apportion", "save"]
