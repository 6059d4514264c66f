"""Files that the engine reads itself: what their numbers say, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, vector
from geoplan.errors import DataError, MissingCRSError, RefusedError
from geoplan.intake import doors
from geoplan.intake.ground import Ground
from geoplan.intake.take import refuse
from geoplan.reading import Notice, Reading

ROWS, PLACES = 2_000, 5
"""Rows that are looked at together, and how many such runs, spread evenly over the file."""


def judged(path: Path, *, layer: str | None = None, ground: Ground) -> tuple[Notice, ...]:
    """Return what is noticed about the coordinate system of a file that is read in batches.

    Some rows are looked at, all of a small file. A file that cannot be read gives nothing
    here: who reads it says so.

    Raises
    ------
    MissingCRSError, ImplausibleCRSError
        Where the numbers need a decision: the message has the options.
    RefusedError
        A file that is hostile or absurd.
    """
    try:
        frame = _some(path, layer)
    except RefusedError:
        raise
    except DataError:
        return ()
    notices = doors.suspected(frame, ground)
    refuse(path, notices)
    return notices


def _some(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    if layer is not None:
        return vector.read(path, reading=Reading(layer=layer)).frame
    try:
        stated = vector.describe(path).crs
    except MissingCRSError:
        found = vector.look(path)
        rows, name = found.layers[0].rows or 0, found.layers[0].name
        return vector.read_sample(path, found.format, layer=name, rows=rows, wanted=ROWS)
    shapes = [np.empty(0, dtype=object), *_shapes(path)]
    return gpd.GeoDataFrame(geometry=np.concatenate(shapes), crs=crs.read(stated))


def _shapes(path: Path) -> Iterator[np.ndarray]:
    parts = vector.parts_of(path, rows=ROWS)
    for n in np.unique(np.linspace(0, max(len(parts) - 1, 0), PLACES).astype(int)):
        if not parts:
            return
        for batch in vector.read_part(path, parts[n], columns=(), rows=ROWS):
            yield _shapes_of(batch)
            break


def _shapes_of(batch: vector.Batch) -> np.ndarray:
    ends = pairwise(batch.offsets.tolist())
    cells = [batch.data[start:stop].tobytes() or None for start, stop in ends]
    with np.errstate(invalid="ignore"):
        shapes = shapely.from_wkb(np.array(cells, dtype=object), on_invalid="ignore")
    return np.asarray(shapes, dtype=object)
