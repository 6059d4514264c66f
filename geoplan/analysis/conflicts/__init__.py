"""Conflicts: where two plans' features meet in a county and have to be coordinated."""

from geoplan.analysis.conflicts.build import find_conflicts

__all__ = ["find_conflicts"]
