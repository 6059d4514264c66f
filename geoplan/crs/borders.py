"""Distances of data from the borders of units: what tells shifted degrees from honest ones."""

from __future__ import annotations

import numpy as np

import shapely

from geoplan.crs.moved import data_to_work
from geoplan.crs.shifted import SHIFTED, unshift_xy

FEWEST = 12
"""Coordinates below which nothing is said about a shift."""

MOST = 1_000
"""Coordinates that are measured: an even sample."""

LEAST_M = 60.0
"""Gain of the median, in metres, below which nothing is said: borders themselves differ by it."""

SHARED_M = 250.0
"""Largest median, in metres, at which shapes share borders that two agencies draw."""

WIDE_M = 8_000.0
"""Extent, in metres, from which shapes are wide: beside it a shift is small."""

CLEARLY = 0.5
"""What the median may be, of that of any other move, for a shift to be suspected."""

_BEARINGS = np.radians(np.arange(0, 360, 45))


class Borders:
    """Lines that shapes may share, and how far from them places lie."""

    def __init__(self, lines: shapely.Geometry) -> None:
        """Take lines (or polygons) in `DATA_CRS`."""
        parts = shapely.get_parts(data_to_work(np.array([lines])))
        areal = shapely.get_dimensions(parts) == 2
        bare = shapely.get_parts(np.where(areal, shapely.boundary(parts), parts))
        self._tree = shapely.STRtree(_segments(bare[shapely.get_dimensions(bare) == 1]))

    def distances_m(self, degrees: np.ndarray) -> np.ndarray:
        """Return the distance, in metres, of places (n, 2) of `DATA_CRS` from the lines."""
        there = degrees[np.isfinite(degrees).all(axis=1)]
        if not len(self._tree) or not len(there):
            return np.empty(0)
        return self._near(data_to_work(shapely.points(there)))

    def median_m(self, degrees: np.ndarray) -> float | None:
        """Return the median distance, in metres, or None where it would tell nothing.

        That is where there are no lines, or the places are few or lie close together: a field
        lies beside a border by chance.
        """
        there = degrees[np.isfinite(degrees).all(axis=1)]
        if not len(self._tree) or len(np.unique(there, axis=0)) < FEWEST:
            return None
        here = data_to_work(shapely.points(there))
        if _extent_m(shapely.get_coordinates(here)) < WIDE_M:
            return None
        return float(np.median(self._near(here)))

    def shift_of(self, degrees: np.ndarray) -> tuple[str, dict[str, float], int] | None:
        """Return which shifted degrees places are in, the medians as read and unshifted, and n.

        None where no shift is suspected: the unshifted places have to lie clearly nearer than
        as they are, and nearer than when they are moved as far in any other direction, from
        where they are and from where they come from; and they have to be wide. So a field that
        only lies beside a border, or points in the middle of units, tell nothing.
        """
        there = degrees[np.isfinite(degrees).all(axis=1)]
        if not len(self._tree) or len(np.unique(there, axis=0)) < FEWEST:
            return None
        there = there[:: -(-len(there) // MOST)]
        here = data_to_work(shapely.points(there))
        medians = {"as read": float(np.median(self._near(here)))}
        moves = {}
        for name in SHIFTED:
            back = data_to_work(shapely.points(unshift_xy(there, name)))
            medians[name] = float(np.median(self._near(back)))
            moves[name] = shapely.get_coordinates(back) - shapely.get_coordinates(here)
        best = min(SHIFTED, key=medians.__getitem__)
        found, bar = medians[best], CLEARLY * min(v for k, v in medians.items() if k != best)
        xy = shapely.get_coordinates(here)
        if _extent_m(xy) < WIDE_M or found > SHARED_M or found > bar:
            return None
        if medians["as read"] - found < LEAST_M:
            return None
        length = float(np.median(np.hypot(*moves[best].T)))
        angle = float(np.arctan2(*np.median(moves[best], axis=0)[::-1]))
        for start, first in ((xy, 1), (xy + moves[best], 0)):
            for bearing in _BEARINGS[first:]:
                step = length * np.array([np.cos(angle + bearing), np.sin(angle + bearing)])
                if found > CLEARLY * float(np.median(self._near(shapely.points(start + step)))):
                    return None
        return best, medians, len(there)

    def _near(self, points: np.ndarray) -> np.ndarray:
        (which, _), far = self._tree.query_nearest(points, return_distance=True, all_matches=False)
        found = np.full(len(points), np.nan)
        found[which] = far
        return found


def _segments(lines: np.ndarray) -> np.ndarray:
    xy, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    return np.asarray(shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1)))


def _extent_m(xy: np.ndarray) -> float:
    """Return the larger side of the box around nearly all places of `WORK_CRS`."""
    return float(np.max(np.subtract(*np.quantile(xy, [0.95, 0.05], axis=0))))
