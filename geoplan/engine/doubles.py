"""Where shapes of one layer overlap each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geoplan import geometry
from geoplan.engine.compiled import compiled
from geoplan.engine.kernel import Array, common_area, empty_edges, roomy
from geoplan.engine.labels import unique_rows
from geoplan.engine.parts import Parts
from geoplan.engine.squares import line_x, line_y

LEAST_M2 = 1e-4
"""Two shapes share less than this in a square: rounding of coordinates."""


class Doubles(NamedTuple):
    """Pairs of shapes that overlap: their layer, their numbers there, and the area, m²."""

    layer: Array
    first: Array
    second: Array
    area_m2: Array


def doubles_of(parts: Parts, *, sliver_m2: float = geometry.SLIVER_M2) -> Doubles:
    """Return which shapes of a layer share at least `sliver_m2` with each other."""
    layer, first, second, area = _in_squares(parts, LEAST_M2)
    keys = np.column_stack([layer, np.minimum(first, second), np.maximum(first, second)])
    pairs, inverse = unique_rows(keys)
    total = np.bincount(inverse, weights=area, minlength=len(pairs))
    large = total >= sliver_m2
    return Doubles(pairs[large, 0], pairs[large, 1], pairs[large, 2], total[large])


@compiled
def _in_squares(parts: Parts, least: float) -> tuple[Array, Array, Array, Array]:
    """Return the pairs of parts in one square that share an area of at least `least`."""
    many = parts.grid.nx * parts.grid.ny
    room, n = 64, 0
    numbers, areas = np.empty((room, 3), dtype=np.int64), np.empty(room)
    desk = empty_edges(64)
    for q in range(len(parts.squares) - 1):
        here = q % many
        x0, y0 = line_x(parts.grid, here % parts.grid.nx), line_y(parts.grid, here // parts.grid.nx)
        for p in range(parts.squares[q], parts.squares[q + 1] - 1):
            start, count = parts.starts[p], parts.starts[p + 1] - parts.starts[p]
            desk = roomy(desk, 0, count)
            for k in range(count):
                desk.x1[k], desk.x2[k] = (
                    parts.edges.x1[start + k] - x0,
                    parts.edges.x2[start + k] - x0,
                )
                desk.y1[k], desk.y2[k] = (
                    parts.edges.y1[start + k] - y0,
                    parts.edges.y2[start + k] - y0,
                )
                desk.sign[k] = parts.edges.sign[start + k]
            for other in range(p + 1, parts.squares[q + 1]):
                span = (parts.starts[other], parts.starts[other + 1])
                area = common_area(desk, (0, count), parts.edges, span, x0, y0)
                if area < least:
                    continue
                if n == room:
                    more, longer = np.empty((2 * n, 3), dtype=np.int64), np.empty(2 * n)
                    more[:n], longer[:n] = numbers, areas
                    numbers, areas, room = more, longer, 2 * n
                numbers[n, 0], areas[n] = q // many, area
                numbers[n, 1], numbers[n, 2] = parts.shape[p], parts.shape[other]
                n += 1
    return numbers[:n, 0], numbers[:n, 1], numbers[:n, 2], areas[:n]
