"""Overlay: which classes cover each place of each county, and how much of it."""

from geoplan.overlay.build import build_overlay
from geoplan.overlay.unit import Label
from geoplan.overlay.zonal import mean_heights

__all__ = ["Label", "build_overlay", "mean_heights"]
