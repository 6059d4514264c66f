"""Suitability: what excludes a cell, how the rest is scored, and what hangs on each weight."""

from geoplan.suitability.entries import model_of, read_models
from geoplan.suitability.make import Options, Run, prepare
from geoplan.suitability.model import File, Suitability
from geoplan.suitability.write import Made, make_files

__all__ = [
    "File",
    "Made",
    "Options",
    "Run",
    "Suitability",
    "make_files",
    "model_of",
    "prepare",
    "read_models",
]
