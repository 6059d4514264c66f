"""Features of a batch as rings in the work CRS: read without GEOS, and by GEOS where in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

import shapely

from geoplan import crs, geometry, vector
from geoplan.engine.kernel import Array, Rings, are_shells, unmirrored
from geoplan.engine.wkb import decode, doubtful
from geoplan.errors import DataError

MOST_CHECKED = 64
"""Shapes of more points are asked of GEOS, which has a better way than comparing all edges."""


MOST_REPAIRS = 100
"""Repaired shapes that are named; all are counted."""


class Repair(NamedTuple):
    """A shape that was repaired: its file, its row counted from 0, and what was wrong."""

    file: str
    row: int
    reason: str


@dataclass
class Met:
    """What was met in layers: counts, and the first shapes that were repaired."""

    counts: Counter[str] = field(default_factory=Counter)
    repairs: list[Repair] = field(default_factory=list)

    def update(self, other: Met) -> None:
        """Add what was met elsewhere."""
        self.counts.update(other.counts)
        self.repairs = sorted({*self.repairs, *other.repairs})[:MOST_REPAIRS]


class Features(NamedTuple):
    """Shapes and the row of each in its batch or layer; -1 is left out."""

    shapes: Rings
    row: Array


def rings_of(geometries: Array) -> Rings:
    """Return polygons as rings."""
    texts = shapely.to_wkb(geometries, output_dimension=2, byte_order=1)
    sizes = [0 if text is None else len(text) for text in texts]
    offsets = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    data = np.frombuffer(b"".join(text for text in texts if text is not None), dtype=np.uint8)
    return decode(data, offsets)[0]


def polygons_of(shapes: Rings, which: Array) -> Array:
    """Return shapes by number as polygons of GEOS, multi-part where they have several shells."""
    counts = shapes.rings[which + 1] - shapes.rings[which]
    rings = _spans(shapes.rings[which], counts)
    lengths = shapes.points[rings + 1] - shapes.points[rings]
    points = _spans(shapes.points[rings], lengths)
    coordinates = np.column_stack([shapes.x[points], shapes.y[points]])
    shells = np.flatnonzero(are_shells(shapes, rings))
    ring_ends, ends = _offsets(lengths), _offsets(counts)
    offsets = (ring_ends, np.append(shells, len(rings)), np.searchsorted(shells, ends))
    made = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, coordinates, offsets)
    single = shapely.get_num_geometries(made) == 1
    return np.asarray(np.where(single, shapely.get_geometry(made, 0), made))


def _spans(starts: Array, counts: Array) -> Array:
    """Return the numbers from each start on, as many as counted."""
    ends = np.cumsum(counts)
    return np.repeat(starts - (ends - counts), counts) + np.arange(ends[-1] if len(ends) else 0)


def _offsets(counts: Array) -> Array:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])


def joined(features: Sequence[Features]) -> Features:
    """Return features one behind the other."""
    if len(features) == 1:
        return features[0]
    shapes = [each.shapes for each in features]
    return Features(
        Rings(
            np.concatenate([each.x for each in shapes]),
            np.concatenate([each.y for each in shapes]),
            _behind([each.points for each in shapes]),
            _behind([each.rings for each in shapes]),
        ),
        np.concatenate([each.row for each in features]),
    )


def _behind(offsets: Sequence[Array]) -> Array:
    ends = np.cumsum([0, *(each[-1] for each in offsets[:-1])])
    moved = [each[1:] + end for each, end in zip(offsets, ends, strict=True)]
    return np.concatenate([np.zeros(1, dtype=np.int64), *moved])


def features_of(batch: vector.Batch, met: Met) -> Features:
    """Return the features of a batch, repaired where they are invalid; what is met is counted.

    Raises `DataError` where a coordinate is no finite number.
    """
    shapes, odd = decode(batch.data, batch.offsets)
    asked = np.flatnonzero(odd | doubtful(shapes, MOST_CHECKED))
    mended, rows = _mended(batch, asked, odd, met)
    row = np.arange(len(odd))
    row[odd] = -1
    row[rows] = -1
    x, y = batch.xy_to_work(shapes.x, shapes.y)
    near = crs.within_reach(x, y)
    if not near.all():
        raise DataError(_no_place(batch, shapes, near))
    plain = Features(unmirrored(Rings(x, y, shapes.points, shapes.rings)), row)
    return joined([plain, Features(rings_of(mended), rows)]) if len(rows) else plain


def _mended(batch: vector.Batch, asked: Array, odd: Array, met: Met) -> tuple[Array, Array]:
    """Return the shapes that GEOS had to read or repair, in the work CRS, with their rows."""
    at = batch.offsets
    texts = [batch.data[at[i] : at[i + 1]].tobytes() or None for i in asked]
    with np.errstate(invalid="ignore"):
        read = shapely.from_wkb(np.array(texts, dtype=object), on_invalid="ignore")
    broken = shapely.is_missing(read) & np.array([text is not None for text in texts], dtype=bool)
    if broken.any():
        raise DataError(
            f"{int(broken.sum())} row(s) have a geometry that cannot be read: "
            f"{_first(batch.first + asked[broken])}; mend the file"
        )
    empty = shapely.is_missing(read) | shapely.is_empty(read)
    here, rows = read[~empty], asked[~empty]
    wrong = geometry.not_finite(here)
    if len(wrong):
        raise DataError(_no_numbers(batch.first + rows[wrong]))
    repaired, changed, reasons = geometry.repair(here)
    met.counts["empty"] += int(empty.sum())
    met.counts["repaired"] += len(changed)
    places = (batch.first + rows[changed]).tolist()
    repairs = [Repair(batch.file, n, why) for n, why in zip(places, reasons, strict=True)]
    met.update(Met(repairs=repairs[:MOST_REPAIRS]))
    again = odd[rows]
    again[changed] = True
    polygons = np.array([geometry.polygonal(each) for each in repaired[again]], dtype=object)
    met.counts["without_area"] += int(shapely.is_empty(polygons).sum())
    made = np.asarray(batch.to_work(polygons))
    points, owners = shapely.get_coordinates(made, return_index=True)
    lost = np.unique(owners[~crs.within_reach(points[:, 0], points[:, 1])])
    if len(lost):
        raise DataError(_not_there(batch.first + rows[again][lost]))
    return made, rows[again]


def _no_numbers(rows: Array) -> str:
    """Return what is wrong with rows whose coordinates are no finite numbers."""
    return (
        f"{len(rows)} row(s) have coordinates that are no finite numbers: "
        f"{_first(rows)}; mend the file"
    )


def _no_place(batch: vector.Batch, shapes: Rings, good: Array) -> str:
    """Return what is wrong with rows whose points, not `good`, have no place in the work CRS."""
    rings = np.searchsorted(shapes.points, np.flatnonzero(~good), side="right") - 1
    rows = np.unique(np.searchsorted(shapes.rings, rings, side="right") - 1)
    return _not_there(batch.first + rows)


def _not_there(rows: Array) -> str:
    return (
        f"{len(rows)} row(s) have coordinates that its coordinate system does not have, or that "
        f"are more than {crs.REACH_M / 1e6:.0f} 000 km from China, where areas would be wrong: "
        f"{_first(rows)}; is the right system stated in the file?"
    )


def _first(rows: Array) -> str:
    shown = ", ".join(str(row) for row in rows[:5].tolist())
    return f"row {shown}{' …' if len(rows) > 5 else ''} (counted from 0)"
