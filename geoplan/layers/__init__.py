"""Layers: what people wrote about plans, checked and joined to units and shapes."""

from geoplan.layers.build import build_layers, check, list_statements, newest
from geoplan.layers.citations import Checked
from geoplan.layers.inputs import LayerInputs
from geoplan.layers.model import Layer
from geoplan.layers.names import layer_files
from geoplan.layers.query import Query, compare, select
from geoplan.layers.rasters import content_hash
from geoplan.layers.read import read_layers, read_registry
from geoplan.layers.registry import Registry

__all__ = [
    "Checked",
    "Layer",
    "LayerInputs",
    "Query",
    "Registry",
    "build_layers",
    "check",
    "compare",
    "content_hash",
    "layer_files",
    "list_statements",
    "newest",
    "read_layers",
    "read_registry",
    "select",
]
