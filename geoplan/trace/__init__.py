"""Trace: from a row of a table back to the sentence of a plan that it rests on."""

from geoplan.trace.model import Trace
from geoplan.trace.run import Tracer, trace
from geoplan.trace.tree import Branch, Lang, tree

__all__ = ["Branch", "Lang", "Trace", "Tracer", "trace", "tree"]
