"""Net areas: what layers that overlap themselves cover, counted once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

import shapely

from geoplan import geometry
from geoplan.engine.doubles import Doubles, doubles_of
from geoplan.engine.features import Features, Met, joined, polygons_of, rings_of
from geoplan.engine.held import Held, held_layers, parts_of, read_layer
from geoplan.engine.kernel import Array
from geoplan.engine.labels import Label
from geoplan.engine.plan import Plan


class Overlap(NamedTuple):
    """How many pairs of shapes of a layer overlap, and how many of these have one label."""

    pairs: int
    same: int


class Own(NamedTuple):
    """A streamed layer as a whole: features, the group of each row, labels of groups."""

    features: Features
    codes: Array
    labels: list[Label]


@dataclass(frozen=True)
class Net:
    """Layers whose shapes do not overlap: those of one label, and all of a layer, as one.

    `own` is the streamed layer, treated the same way, if it is small; else None.
    """

    by_label: Held
    cover: Held
    own: Own | None


def overlaps_of(plan: Plan) -> dict[int, Overlap]:
    """Return which layers overlap themselves; a large streamed one is not looked at."""
    held = held_layers(plan)
    found = doubles_of(held.parts)
    numbers = [i for i in range(len(plan.paths)) if i != plan.large]
    made = {}
    for n, i in enumerate(numbers):
        made[i] = _counted(found, n, held.groups[n])
    if plan.small:
        own = _own(plan)
        made[plan.large] = _counted(
            doubles_of(parts_of([own.features], threads=plan.threads)), 0, own.codes
        )
    return {i: overlap for i, overlap in made.items() if overlap.pairs}


def _counted(found: Doubles, layer: int, codes: Array) -> Overlap:
    here = found.layer == layer
    same = codes[found.first[here]] == codes[found.second[here]]
    return Overlap(int(here.sum()), int(same.sum()))


def _own(plan: Plan) -> Own:
    columns = [by.column for by in plan.by if by.layer == plan.large]
    path = Path(plan.paths[plan.large])
    layer = read_layer(path, columns, met=Met(), threads=plan.threads)
    return Own(layer.features, *layer.groups(path))


_LOCK = threading.Lock()


def net_layers(plan: Plan) -> Net:
    """Return the layers of a plan without their overlaps; made once a process."""
    with _LOCK:
        return _net(plan)


@lru_cache(maxsize=1)
def _net(plan: Plan) -> Net:
    held = held_layers(plan)
    found = doubles_of(held.parts)
    by_label, cover = [], []
    numbers = [i for i in range(len(plan.paths)) if i != plan.large]
    for n, i in enumerate(numbers):
        features = read_layer(Path(plan.paths[i]), [], met=Met(), threads=plan.threads).features
        pairs = _pairs(found, n)
        by_label.append(_dissolved(features, pairs, held.groups[n]))
        cover.append(_dissolved(features, pairs, np.zeros_like(held.groups[n])))
    own = _own(plan) if plan.small else None
    if own is not None:
        pairs = _pairs(doubles_of(parts_of([own.features], threads=plan.threads)), 0)
        own = own._replace(features=_dissolved(own.features, pairs, own.codes))
    return Net(held.of(by_label, threads=plan.threads), held.of(cover, threads=plan.threads), own)


def _pairs(found: Doubles, layer: int) -> Array:
    here = found.layer == layer
    return np.column_stack([found.first[here], found.second[here]])


def _dissolved(features: Features, pairs: Array, codes: Array) -> Features:
    """Return features with those of one group that overlap as one, on the first of their rows."""
    same = pairs[codes[pairs[:, 0]] == codes[pairs[:, 1]]]
    if not len(same):
        return features
    where = np.full(len(codes), -1, dtype=np.int64)
    known = np.flatnonzero(features.row >= 0)
    where[features.row[known]] = known
    row, unions, rows = features.row.copy(), [], []
    for together in geometry.connected(same.tolist()):
        numbers = where[together]
        # The last bits of a union may depend on what comes first.
        shapes = polygons_of(features.shapes, numbers)
        unions.append(shapely.union_all(shapes[np.argsort(shapely.to_wkb(shapes))]))
        rows.append(together[0])
        row[numbers] = -1
    made = Features(rings_of(np.array(unions, dtype=object)), np.array(rows, dtype=np.int64))
    return joined([Features(features.shapes, row), made])
