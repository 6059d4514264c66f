"""Points, lines and polygons: what a layer is of, and what of a shape is of that kind."""

from __future__ import annotations

from typing import Literal

import numpy as np

import shapely

Kind = Literal["polygons", "lines", "points"]

KINDS: tuple[Kind, ...] = ("points", "lines", "polygons")
"""Kinds by the dimension of their shapes."""

_SINGLE = (1, 2, 3)
_COLLECTION = 7
_MANY = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)


def chosen_kind(shapes: np.ndarray) -> Kind:
    """Return what most of the shapes are; of as many, that of more dimensions."""
    counts = np.bincount(shapely.get_dimensions(shapes), minlength=3)
    return KINDS[2 - int(np.argmax(counts[::-1]))] if counts.any() else "polygons"


def of_kind(shapes: np.ndarray, kind: Kind) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return shapes with only what is of a kind in them.

    Returns
    -------
    shapes
        A new array; those that are of the kind are the same objects.
    lost
        Positions of shapes with nothing of the kind.
    cut
        Positions of collections of which something was left out.
    """
    dimension = KINDS.index(kind)
    ids = shapely.get_type_id(shapes)
    mixed = ids == _COLLECTION
    lost = ~mixed & (shapely.get_dimensions(shapes) != dimension)
    cut = np.zeros(len(shapes), dtype=bool)
    made = shapes.copy()
    for i in np.flatnonzero(mixed).tolist():
        parts = _single(shapes[i])
        same = parts[shapely.get_dimensions(parts) == dimension]
        lost[i] = not len(same)
        cut[i] = 0 < len(same) < len(parts)
        if len(same):
            made[i] = same[0] if len(same) == 1 else _MANY[dimension](same)
    return made, np.flatnonzero(lost), np.flatnonzero(cut)


def _single(shape: shapely.Geometry) -> np.ndarray:
    """Return the points, lines and polygons of a collection, however deep; no empty ones."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) > 3).any():
        parts = shapely.get_parts(parts)
    return np.asarray(parts[~shapely.is_empty(parts)])
