"""What pictures and sheets draw, projected: counties, shapes of features, places of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

import shapely

from geoplan import crs, schema
from geoplan.publish.items import Item, shape_of
from geoplan.publish.rows import kept, rows_of

Shape: TypeAlias = shapely.Geometry


@dataclass(frozen=True)
class Frame:
    """Where a drawing lies: its upper left corner, and metres in one of its units."""

    left: float
    top: float
    ground: float

    def place(self, shapes: np.ndarray) -> np.ndarray:
        """Return shapes in metres in units of the drawing, x to the right and y down."""
        return np.asarray(
            shapely.transform(
                shapes,
                lambda x, y: ((x - self.left) / self.ground, (self.top - y) / self.ground),
                interleaved=False,
            )
        )


@dataclass(frozen=True)
class Counties:
    """Counties: their codes, those of their cities, and shapes in metres of a print system."""

    codes: np.ndarray
    parents: np.ndarray
    shapes: np.ndarray

    def by_city(self) -> dict[str, np.ndarray]:
        """Return the shapes of each city's counties."""
        return {city: self.shapes[self.parents == city] for city in sorted(set(self.parents))}


def counties(tables: schema.Tables, meridian: float) -> Counties:
    """Return the counties in the print system of `meridian`; made once."""
    return kept(tables, ("metres", meridian), make=lambda: _counties(tables, meridian))


def _counties(tables: schema.Tables, meridian: float) -> Counties:
    units = tables["units"]
    rows = units[units["level"] == "county"]
    return Counties(
        rows["adcode"].to_numpy(),
        rows["parent"].to_numpy(),
        crs.data_to_print(rows["geometry"].to_numpy(), meridian),
    )


def label_points(rows: Sequence[dict[str, Any]], meridian: float) -> np.ndarray:
    """Return where the names of units stand, as points in metres."""
    points = shapely.points([[row["label_lon"], row["label_lat"]] for row in rows])
    return crs.data_to_print(np.atleast_1d(np.asarray(points)), meridian)


Own = dict[tuple[str, str], Shape]
"""Shapes that features ``(layer, feature)`` have of their own."""


def own_shapes(tables: schema.Tables, on: Iterable[Item], *, meridian: float) -> Own:
    """Return the shapes of the features of items, in metres; not those that are whole units."""
    keys = {(item.layer, name) for item in on for name in item.features}
    rows = [
        row
        for row in rows_of(tables, "features")
        if (row["layer"], row["feature"]) in keys
        and shape_of(row) is not None
        and row["extent"] != "whole"
    ]
    shapes = np.array([row["geometry"] for row in rows], dtype=object)
    placed = crs.data_to_print(shapes, meridian)
    return {(row["layer"], row["feature"]): s for row, s in zip(rows, placed, strict=True)}


def city_marks(
    item: Item, *, drawn: Mapping[str, Shape], inside: Mapping[str, tuple[str, ...]]
) -> list[shapely.Point]:
    """Return a point in each city that a list names: what it lists lies somewhere in it.

    `drawn` are the counties of the drawing; a city that fills all of it gets no point.
    """
    found = []
    for city in sorted(item.named - set(drawn)):
        shapes = [drawn[code] for code in inside.get(city, ()) if code in drawn]
        if shapes and len(shapes) < len(drawn):
            found.append(shapely.point_on_surface(union(np.array(shapes, dtype=object))))
    return found


def union(shapes: np.ndarray) -> Shape:
    """Return the union of counties, quickly where their borders fit."""
    # A user's own borders may overlap, which a coverage must not.
    valid = shapely.coverage_is_valid(shapes)
    return shapely.coverage_union_all(shapes) if valid else shapely.union_all(shapes)
