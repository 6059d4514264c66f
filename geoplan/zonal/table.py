"""The tables of zonal statistics: a row a zone, or a row a zone and class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import shapely

from geoplan import raster
from geoplan.zonal.block import Moments
from geoplan.zonal.measure import Classes
from geoplan.zonal.zones import Zones

Array = np.ndarray

NOTES = (
    "has no shape",
    "lies outside of the raster",
    "the raster has no data here",
    "lies partly outside of the raster",
)
"""What has to be known of a zone; of several the first is said."""

COARSE = "is smaller than {:g} cells"
FEW_CELLS = 4
"""A zone of fewer cells has a note: what it has is that of its neighbours too."""

SYNTHETIC = "synthetic 合成数据"
"""Stands in every row of a raster that says of itself that it is made up."""


@dataclass(frozen=True)
class Found:
    """What is known of zones when all blocks are read."""

    zones: Zones
    source: raster.Source
    sums: Moments
    inside: Array
    """Whether the box of a zone lies in the raster wholly."""
    reference_m2: float
    """Area that weights are told in."""

    @property
    def area_m2(self) -> Array:
        """Area of each zone, from its shape."""
        area = np.asarray(shapely.area(self.zones.shapes))
        return np.where(np.isfinite(area), area, 0.0)

    @property
    def share_inside(self) -> Array:
        """Part of each zone that lies over cells."""
        total = self.sums.weight_total
        part = _ratio(total * self.reference_m2, self.area_m2)
        return np.where(self.inside & (total > 0), 1.0, np.minimum(part, 1.0))

    def share(self, weight: Array, zone: Array | slice = slice(None)) -> Array:
        """Return a weight as a part of its zone."""
        return np.asarray(_ratio(weight, self.sums.weight_total[zone]) * self.share_inside[zone])

    @property
    def notes(self) -> list[str]:
        """What has to be known of each zone; empty where there is nothing."""
        sums = self.sums
        cells = _ratio(self.area_m2, np.full(len(self.inside), self.reference_m2))
        cases = [
            self.area_m2 == 0,
            sums.weight_total == 0,
            sums.weight == 0,
            ~self.inside,
            cells < FEW_CELLS,
        ]
        texts = [*NOTES, COARSE.format(FEW_CELLS)]
        said = [str(text) for text in np.select(cases, texts, "")]
        if self.source.synthetic:
            return [f"{SYNTHETIC}; {text}" if text else SYNTHETIC for text in said]
        return said


def amounts(found: Found, wanted: Sequence[float], *, quantiles: Array) -> pd.DataFrame:
    """Return a row a zone with the statistics of a continuous raster."""
    sums = found.sums
    there = sums.weight > 0

    def known(values: Array) -> Array:
        return np.where(there, values, np.nan)

    made = {
        "area_km2": found.area_m2 / 1e6,
        "share_covered": found.share(sums.weight),
        "share_nodata": found.share(sums.weight_total - sums.weight),
        "cells": sums.cells,
        "mean": known(np.clip(sums.mean, sums.least, sums.most)),
        "stdev": known(np.sqrt(_ratio(sums.spread, sums.weight))),
        "min": known(sums.least),
        "max": known(sums.most),
        "sum": known(sums.value_cells),
    }
    columns = zip(names_of(wanted), quantiles.T, strict=True)
    return _table(found.zones.names, {**made, **dict(columns), "note": found.notes})


def shares(found: Found, classes: Classes) -> pd.DataFrame:
    """Return a row a zone and class of a categorical raster; one without class where none is."""
    count = len(found.zones.shapes)
    none = np.setdiff1d(np.arange(count), classes.owner)
    zone = np.concatenate([classes.owner, none])
    value = np.concatenate([classes.value, np.zeros(len(none), dtype="int64")])
    bare = np.concatenate(
        [np.zeros(len(classes.owner), dtype=bool), np.ones(len(none), dtype=bool)]
    )
    weight = np.concatenate([classes.weight, np.zeros(len(none))])
    cells = np.concatenate([classes.cells, np.zeros(len(none))])
    order = np.lexsort((value, zone))
    zone, value, bare, weight, cells = (a[order] for a in (zone, value, bare, weight, cells))
    share = found.share(weight, zone)
    titles = {each.value: each.title for each in found.source.legend}
    covered = found.share(found.sums.weight)
    made = {
        "class": pd.array(np.where(bare, 0, value), dtype="Int64"),
        "title": [
            "" if b else titles.get(v, str(v)) for v, b in zip(value.tolist(), bare, strict=True)
        ],
        "area_km2": share * found.area_m2[zone] / 1e6,
        "share_of_zone": share,
        "cells": cells,
        "zone_km2": found.area_m2[zone] / 1e6,
        "share_covered": covered[zone],
        "share_nodata": found.share(found.sums.weight_total - found.sums.weight)[zone],
        "note": np.array(found.notes, dtype=object)[zone],
    }
    made["class"][bare] = pd.NA
    return _table(found.zones.names.iloc[zone], made)


def names_of(quantiles: Sequence[float]) -> list[str]:
    """Return the columns of quantiles: `q10`, `median`, `q90`."""
    return ["median" if q == 0.5 else f"q{100 * q:g}" for q in quantiles]


def _table(names: pd.DataFrame, made: dict[str, Any]) -> pd.DataFrame:
    """Return columns beside those that say which zone it is; these give way."""
    used, taken = {*names.columns, *made}, {}
    for name in names.columns:
        if name in made:
            other = f"zone_{name}"
            while other in used:
                other = f"zone_{other}"
            used.add(other)
            taken[name] = other
    table = names.rename(columns=taken).reset_index(drop=True)
    return table.assign(**made)


def _ratio(above: Array, below: Array) -> Array:
    return np.asarray(np.divide(above, below, out=np.zeros(len(above)), where=below > 0))
