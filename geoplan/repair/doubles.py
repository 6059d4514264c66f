"""Rows that stand twice: the same shape, with the same attributes or with others."""

from __future__ import annotations

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan.reading import Notice
from geoplan.repair.limits import told


def double_rows(
    frame: gpd.GeoDataFrame, there: np.ndarray, *, drop: bool
) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """Tell which of the rows `there` stand twice, and leave them out where that is asked.

    Shapes are the same if they cover the same places by the same vertices, wherever their
    rings begin. Only rows whose attributes are the same too are left out, but the first.
    """
    groups = _same_shapes(np.asarray(frame.geometry.to_numpy(), dtype=object), there)
    again: list[int] = []
    others: list[int] = []
    if groups:
        attributes = _attributes(frame, np.array(sorted(n for group in groups for n in group)))
        for group in groups:
            seen: set[tuple[str, ...]] = set()
            for n in group:
                if attributes[n] in seen:
                    again.append(n)
                elif seen:
                    others.append(n)
                seen.add(attributes[n])
    notices = _told(sorted(again), sorted(others), drop=drop)
    kept = np.setdiff1d(np.arange(len(frame)), again) if drop and again else None
    return (frame if kept is None else frame.iloc[kept]), notices


def _told(again: list[int], others: list[int], *, drop: bool) -> list[Notice]:
    notices = []
    if again:
        done = "they were left out" if drop else "they are kept, and their areas count again"
        message = f"{len(again)} row(s) repeat one before, shape and attributes: {done}"
        advice = "" if drop else "--drop-duplicates leaves them out"
        rows = np.array(again)
        notices.append(
            told("repair.duplicate_rows", "warning", rows, message=message, proposal=advice)
        )
    if others:
        message = (
            f"{len(others)} row(s) have the shape of one before but other attributes; "
            "all are kept, and their areas count again"
        )
        rows = np.array(others)
        notices.append(told("repair.duplicate_shapes", "warning", rows, message=message))
    return notices


def _same_shapes(shapes: np.ndarray, there: np.ndarray) -> list[list[int]]:
    """Return positions of shapes that are the same, in groups of two and more."""
    suspects = there[_alike(shapes[there])]
    texts = shapely.to_wkb(shapely.normalize(shapes[suspects]))
    groups: dict[bytes, list[int]] = {}
    for n, text in zip(suspects.tolist(), texts, strict=True):
        groups.setdefault(text, []).append(n)
    return [group for group in groups.values() if len(group) > 1]


def _alike(shapes: np.ndarray) -> np.ndarray:
    """Return which shapes share box and number of vertices with another: cheap, and enough."""
    facts = pd.DataFrame(shapely.bounds(shapes))
    facts["points"] = shapely.get_num_coordinates(shapes)
    return np.asarray(facts.duplicated(keep=False), dtype=bool)


def _attributes(frame: gpd.GeoDataFrame, rows: np.ndarray) -> dict[int, tuple[str, ...]]:
    """Return the attributes of rows as texts that can be compared."""
    cells = frame.drop(columns=frame.geometry.name).iloc[rows]
    texts = [column.map(repr).to_list() for _, column in cells.items()]
    rest = zip(*texts, strict=True) if texts else [()] * len(rows)
    return {int(n): tuple(row) for n, row in zip(rows, rest, strict=True)}


def repeated_ids(frame: gpd.GeoDataFrame, column: str | None) -> list[Notice]:
    """Tell of values that stand twice in the column that should hold each once."""
    if column is None:
        return []
    values = frame[column]
    again = np.flatnonzero(values.duplicated() & values.notna())
    if not len(again):
        return []
    message = f"column {column!r} repeats {len(again)} value(s); each should stand once"
    evidence = [repr(value) for value in pd.unique(values.iloc[again])]
    return [told("repair.duplicate_ids", "warning", again, message=message, evidence=evidence)]
