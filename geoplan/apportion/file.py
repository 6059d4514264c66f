"""Classes of a file with polygons, cut by county as the overlay cuts layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

import shapely

from geoplan import cluster, geometry
from geoplan.apportion.parts import NONE, TITLES, Part, Target, gathered
from geoplan.errors import DataError
from geoplan.intake import Ground
from geoplan.overlay.unit import Label, Shape, UnitResult, UnitTask, overlay_unit
from geoplan.own_map.numbers import number_text
from geoplan.own_map.read import OwnLayer, read_own
from geoplan.reading import Reading

EMPTY = "（空）"
"""The class of shapes whose cell is empty."""

MOST_CLASSES = 500
"""More values than this are no classes."""


def file_target(
    path: Path,
    *,
    by: str,
    layer: str | None,
    ground: Ground,
    outlines: Mapping[str, shapely.Geometry],
    scheduler: str = "threads",
) -> Target:
    """Return the classes of a file's column `by`, and their parts of counties.

    Parameters
    ----------
    layer
        One of several in the file.
    ground
        The units, by which coordinates are judged.
    outlines
        Counties in `crs.WORK_CRS`.

    Raises
    ------
    UsageError, DataError, GeometryError
        As `read_own`; where shapes are no polygons, or the column has too many values.
    """
    own = read_own(path, by, ground=ground, reading=Reading(layer=layer), paged=False)
    if own.kind != "polygons":
        raise DataError(f"{path}: holds {own.kind}; only polygons can take a part of a count")
    labels = _labels(own.values)
    classes = _classes(labels, path, by)
    shapes = _shapes(own, labels)
    tree = shapely.STRtree([shapely.from_wkb(shape.wkb) for shape in shapes])
    tasks = []
    for code, outline in outlines.items():
        near = sorted(tree.query(outline, predicate="intersects").tolist())
        tasks.append(
            UnitTask(code, shapely.to_wkb(outline), (), tuple(shapes[place] for place in near))
        )
    results = cluster.run(overlay_unit, tasks, scheduler=scheduler)
    if not any(result.gross for result in results):
        raise DataError(f"{path}: none of its {len(shapes)} polygons lies in the units that count")
    exact = {result.adcode: _parts(result) for result in results}
    return Target(
        path.name, own.title, {c: c for c in classes}, exact, source=path.name, notes=_told(own)
    )


def _classes(labels: list[str], path: Path, by: str) -> list[str]:
    classes = sorted(set(labels))
    if len(classes) > MOST_CLASSES:
        raise DataError(
            f"{path}: column {by!r} has {len(classes)} different values, at most {MOST_CLASSES} "
            "are classes; is it a number or an id of each shape?"
        )
    taken = [c for c in classes if c in TITLES]
    if taken:
        raise DataError(
            f"{path}: column {by!r} has {', '.join(taken)}, which says of a place that it is in no "
            "class; call the class otherwise"
        )
    return classes


def _parts(result: UnitResult) -> list[Part]:
    return gathered(
        (
            tuple(label.class_ for label in piece.labels) or (NONE,),
            piece.area,
            shapely.from_wkb(piece.wkb),
        )
        for piece in result.pieces
    )


def _shapes(own: OwnLayer, labels: list[str]) -> list[Shape]:
    """Return shapes sorted by content, since the bits of a union depend on their order."""
    there = np.flatnonzero(shapely.area(own.shapes) * geometry.AREA_UNITS_PER_M2 >= 1)
    wkb = shapely.to_wkb(own.shapes[there])
    made = [
        Shape(Label(own.file, labels[place], "geometry"), "", bytes(text))
        for place, text in zip(there.tolist(), wkb, strict=True)
    ]
    return sorted(made)


def _labels(values: pd.Series) -> list[str]:
    return [_label(value) for value in values.tolist()]


def _label(value: object) -> str:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - no number
        return EMPTY
    if isinstance(value, float):
        return number_text(value, digits=6)
    # Rows of the result join classes that overlap with the narrow one.
    return str(value).strip().replace(";", "；") or EMPTY


def _told(own: OwnLayer) -> list[str]:
    told = []
    if own.blank:
        told.append(f"{own.file}：{own.blank}行没有图形，未计入。")
    if own.flat or own.collapsed:
        told.append(f"{own.file}：{own.flat + own.collapsed}个图形没有面积，未计入。")
    if own.repaired:
        told.append(f"{own.file}：{own.repaired}个图形自相交，已修复。")
    if own.encoding is not None:
        told.append(f"{own.file}：文件未注明编码，按{own.encoding}读取。")
    return told
