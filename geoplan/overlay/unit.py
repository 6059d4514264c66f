"""Identity overlay of one county: its pieces by the set of classes that cover them.

Only the county is cut from the layers, never pairs of layers, so that the
result of all counties together is the same in any number of parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import shapely

from geoplan import crs, geometry
from geoplan.errors import StageError
from geoplan.schema import Basis

LENGTH_UNITS_PER_KM = 10_000_000
"""Lengths are integers of 1e-4 m, for the same reason as areas."""

INDICATIVE_SHARE = 0.01
"""An indicative shape with less than this share of its area in a county says nothing about it."""


class Label(NamedTuple):
    """What covers a place: a class of a layer, on one basis."""

    layer: str
    class_: str
    basis: Basis

    def __str__(self) -> str:
        """Return ``layer/class``, with ``~`` behind it where the shape is indicative."""
        return f"{self.layer}/{self.class_}{'~' if self.basis == 'indicative' else ''}"


class Shape(NamedTuple):
    """One feature's polygons or lines, as WKB in `crs.WORK_CRS`."""

    label: Label
    feature: str
    wkb: bytes


@dataclass(frozen=True)
class UnitTask:
    """One county with all that touches it; small enough to travel to a worker.

    `whole` are the labels that cover the county wholly.
    """

    adcode: str
    outline: bytes
    whole: tuple[Label, ...]
    shapes: tuple[Shape, ...]

    @property
    def parts(self) -> Iterator[bytes | str]:
        """All that the result depends on, as parts of a key."""
        yield from (self.adcode, self.outline, str(len(self.whole)))
        for label in self.whole:
            yield from label
        for shape in self.shapes:
            yield from (*shape.label, shape.feature, shape.wkb)


@dataclass(frozen=True)
class Piece:
    """A part of a county under one set of labels; `area` in units of 1e-4 m², WKB in degrees."""

    labels: tuple[Label, ...]
    area: int
    wkb: bytes


@dataclass(frozen=True)
class UnitResult:
    """Pieces of a county, gross areas and lengths by label and feature, and the area dropped.

    `met` is what drawn features of two labels share, added over all pairs of
    features; only for labels one of which covers a place more than once.
    """

    adcode: str
    pieces: tuple[Piece, ...]
    gross: dict[tuple[Label, str], int]
    lengths: dict[tuple[Label, str], int]
    dropped: int
    met: dict[tuple[Label, Label], int] = field(default_factory=dict)


def overlay_unit(task: UnitTask) -> UnitResult:
    """Cut one county into pieces.

    Raises
    ------
    StageError
        If GEOS fails, or pieces and dropped slivers do not add up to the
        county's area to 1 m².
    """
    outline = shapely.from_wkb(task.outline)
    try:
        gross, lengths, polygons = _measure(task.shapes, outline)
        by_label = {label: shapely.union_all(p) for label, p in polygons.items()}
        met = _met(polygons, by_label, task.whole)
        parts = [(frozenset(task.whole), outline)]
        for label in sorted(by_label):
            parts = _split(parts, label, by_label[label])
    except shapely.GEOSException as fault:
        raise StageError(f"overlay of unit {task.adcode} failed: {fault}") from fault
    pieces, dropped = _collect(parts)
    total = int(geometry.area_units(np.array([outline]))[0])
    rest = total - sum(piece.area for piece in pieces) - dropped
    if abs(rest) > geometry.AREA_UNITS_PER_M2:
        lost = rest / geometry.AREA_UNITS_PER_M2
        raise StageError(f"overlay of unit {task.adcode} lost {lost:.4f} m2; report this")
    return UnitResult(task.adcode, tuple(pieces), gross, lengths, dropped, met)


def _measure(
    shapes: tuple[Shape, ...], outline: shapely.Geometry
) -> tuple[
    dict[tuple[Label, str], int],
    dict[tuple[Label, str], int],
    dict[Label, list[shapely.Geometry]],
]:
    gross: dict[tuple[Label, str], int] = {}
    lengths: dict[tuple[Label, str], int] = {}
    polygons: dict[Label, list[shapely.Geometry]] = {}
    for shape in shapes:
        drawn = shapely.from_wkb(shape.wkb)
        inside = shapely.intersection(drawn, outline)
        key = (shape.label, shape.feature)
        if geometry.is_linear(drawn):
            length = round(_length_km(inside) * LENGTH_UNITS_PER_KM)
            if length:
                lengths[key] = lengths.get(key, 0) + length
            continue
        polygon = geometry.polygonal(inside)
        area, whole = (int(a) for a in geometry.area_units(np.array([polygon, drawn])))
        if shape.label.basis == "indicative" and area < INDICATIVE_SHARE * whole:
            continue
        if area:
            gross[key] = gross.get(key, 0) + area
            polygons.setdefault(shape.label, []).append(polygon)
    return gross, lengths, polygons


def _met(
    polygons: dict[Label, list[shapely.Geometry]],
    net: dict[Label, shapely.Geometry],
    whole: tuple[Label, ...],
) -> dict[tuple[Label, Label], int]:
    """Return `UnitResult.met`: where no label covers a place twice, pieces tell the same."""
    twice = {
        label for label in polygons if label in whole or _is_twice(polygons[label], net[label])
    }
    found: dict[tuple[Label, Label], int] = {}
    for a, b in combinations(sorted(polygons), 2):
        if twice.isdisjoint((a, b)):
            continue
        left, right = np.array(polygons[a]), np.array(polygons[b])
        pairs = shapely.STRtree(right).query(left, predicate="intersects")
        shared = shapely.intersection(left[pairs[0]], right[pairs[1]])
        area = sum(int(area) for area in geometry.area_units(shared))
        if area:
            found[a, b] = area
    return found


def _is_twice(parts: list[shapely.Geometry], net: shapely.Geometry) -> bool:
    """Return whether polygons overlap: they have more area than their union, by over 1 m²."""
    gross = int(geometry.area_units(np.array(parts)).sum())
    return gross - int(geometry.area_units(np.array([net]))[0]) > geometry.AREA_UNITS_PER_M2


def _length_km(inside: shapely.Geometry) -> float:
    # A line that also touches the border somewhere comes with points in a collection.
    lines = [part for part in shapely.get_parts(inside) if geometry.is_linear(part)]
    return sum(crs.geodesic_length_m(line) for line in lines) / 1e3


Part = tuple[frozenset[Label], shapely.Geometry]


def _split(parts: list[Part], label: Label, cover: shapely.Geometry) -> list[Part]:
    result: list[Part] = []
    for labels, part in parts:
        inside = geometry.polygonal(shapely.intersection(part, cover))
        if inside.is_empty:
            result.append((labels, part))
            continue
        result.append((labels | {label}, inside))
        outside = geometry.polygonal(shapely.difference(part, cover))
        if not outside.is_empty:
            result.append((labels, outside))
    return result


def _collect(parts: list[Part]) -> tuple[list[Piece], int]:
    by_labels: dict[tuple[Label, ...], list[shapely.Geometry]] = {}
    dropped = 0
    for labels, part in parts:
        polygons = shapely.get_parts(part)
        areas = geometry.area_units(polygons)
        sliver = areas < geometry.SLIVER_M2 * geometry.AREA_UNITS_PER_M2
        dropped += int(areas[sliver].sum())
        kept = by_labels.setdefault(tuple(sorted(labels)), [])
        kept.extend(polygons[~sliver])
    pieces = []
    for key in sorted(by_labels):
        if by_labels[key]:
            polygons = np.array(by_labels[key])
            area = int(geometry.area_units(polygons).sum())
            degrees = crs.work_to_data(polygons)
            shape = degrees[0] if len(degrees) == 1 else shapely.MultiPolygon(list(degrees))
            pieces.append(Piece(key, area, shapely.to_wkb(shape)))
    return pieces, dropped


_COLUMNS = ("key", "adcode", "kind", "labels", "feature", "amount", "wkb")


def results_table(results: Mapping[str, UnitResult]) -> pd.DataFrame:
    """Return results by key as one table: a row for each of their figures, all of them exact."""
    rows = [(k, r.adcode, *cells) for k, r in results.items() for cells in _cells(r)]
    made = pd.DataFrame(rows, columns=_COLUMNS)
    return made.astype({"amount": "int64"})


def results_of(table: pd.DataFrame) -> dict[str, UnitResult]:
    """Return the results that `results_table` made `table` of; none where it is another table."""
    if tuple(table.columns) != _COLUMNS:
        return {}
    return {str(key): _result(rows) for key, rows in table.groupby("key", sort=False)}


def _cells(result: UnitResult) -> Iterator[tuple[Any, ...]]:
    for piece in result.pieces:
        yield "piece", json.dumps(piece.labels), "", piece.area, piece.wkb
    for kind, figures in (("gross", result.gross), ("length", result.lengths)):
        for (label, feature), amount in figures.items():
            yield kind, json.dumps([label]), feature, amount, b""
    for pair, amount in result.met.items():
        yield "met", json.dumps(pair), "", amount, b""
    yield "dropped", "[]", "", result.dropped, b""  # each unit has one, also where it is nothing


def _result(rows: pd.DataFrame) -> UnitResult:
    pieces: list[Piece] = []
    figures: dict[str, dict[tuple[Label, str], int]] = {"gross": {}, "length": {}}
    met: dict[tuple[Label, Label], int] = {}
    dropped = 0
    for _, _, kind, text, feature, amount, wkb in rows.itertuples(index=False, name=None):
        labels = tuple(Label(*names) for names in json.loads(text))
        if kind == "piece":
            pieces.append(Piece(labels, amount, wkb))
        elif kind == "dropped":
            dropped = amount
        elif kind == "met":
            met[labels[0], labels[1]] = amount
        else:
            figures[kind][labels[0], feature] = amount
    adcode = str(rows["adcode"].iloc[0])
    return UnitResult(adcode, tuple(pieces), figures["gross"], figures["length"], dropped, met)
