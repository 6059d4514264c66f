"""Layers: what people wrote about plans, checked and joined to units and shapes."""

from geoplan.layers.build import LayerInputs, build_layers, newest
from geoplan.layers.model import Layer, Registry
from geoplan.layers.read import read_layers, read_registry

__all__ = [
    "Layer",
    "LayerInputs",
    "Registry",
    "build_layers",
    "newest",
    "read_layers",
    "read_registry",
]
