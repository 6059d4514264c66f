"""Values that mean "no data", in files that say so and in those that do not."""

from __future__ import annotations

import math

import numpy as np

import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

COMMON = (-9999.0, -32768.0, -32767.0, -99999.0, 65535.0, -2147483648.0, 2147483647.0)
"""Whole numbers that programs write where they have no data."""

OF_BYTES = 255.0
"""The same, in cells of one byte."""

HUGE = 1e30
"""No amount on the ground is as large: programs write ±3.4e38 for no data, not always exactly."""

SEEN = 1024
"""Rows and columns of a block that are looked at."""


def can_hold(dtype: str, value: float) -> bool:
    """Return whether a cell of a type can be a value; NaN and infinities are no whole number."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return not math.isfinite(value) or abs(value) <= float(np.finfo(kind).max)
    if not math.isfinite(value) or value != int(value):
        return False
    if kind.kind == "b":
        return value in (0, 1)
    return np.iinfo(kind).min <= int(value) <= np.iinfo(kind).max


def is_nodata(values: np.ndarray, nodata: float | None) -> np.ndarray:
    """Return which cells have no data: `nodata`, NaN, infinities, and beyond `HUGE`."""
    if values.dtype.kind == "f":
        empty = ~(np.abs(values) < HUGE)
        if nodata is not None and abs(nodata) < HUGE:
            empty |= values == values.dtype.type(nodata)
        return np.asarray(empty)
    if nodata is None or not can_hold(str(values.dtype), nodata):
        return np.zeros(values.shape, dtype=bool)
    return np.asarray(values == int(nodata))


def suspects(source: rasterio.DatasetReader, *, band: int, name: str) -> list[str]:
    """Return what has to be told of values in the first, middle and last block, if anything."""
    dtype = np.dtype(source.dtypes[band - 1])
    wanted = [v for v in (*COMMON, OF_BYTES) if v != OF_BYTES or dtype.itemsize == 1]
    wanted = [value for value in wanted if can_hold(str(dtype), value)]
    met: set[float] = set()
    rows, cols = source.block_shapes[band - 1]
    down, across = -(-source.height // rows), -(-source.width // cols)
    places = {(0, 0), (down // 2, across // 2), (down - 1, across - 1)}
    for down_block, across_block in sorted(places):
        row, col = down_block * rows, across_block * cols
        height, width = min(rows, source.height - row), min(cols, source.width - col)
        part = Window(col, row, min(width, SEEN), min(height, SEEN))
        try:
            values = source.read(band, window=part)
        except RasterioError:
            continue  # reading says it better, with its place
        met |= {value for value in wanted if (values == value).any()}
    if not met:
        return []
    values_met = ", ".join(f"{value:.10g}" for value in sorted(met))
    look = "looks" if len(met) == 1 else "look"
    return [f"{name}: {values_met} {look} like no data; if so, say --nodata {min(met):.10g}"]
