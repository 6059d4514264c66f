"""Broken and odd shapes in files: each is repaired and told by kind, or refused with its row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import pyogrio
import shapely

from geoplan import crs
from tests.corpus.case import Case

AT = (112.4, 37.3)
"""A place in the middle of Shanxi, in degrees."""

CELL = 1e-3
"""A step of the drawings below: some 90 m to the east, 111 m to the north."""

Ring = Sequence[tuple[float, float]]
Shapes = Sequence[shapely.Geometry | None]

SQUARE: Ring = [(0, 0), (2, 0), (2, 2), (0, 2)]
EIGHT: Ring = [(0, 0), (2, 2), (2, 0), (0, 2)]
STAR: Ring = [(0, 3), (1.8, -2.4), (-2.9, 0.9), (2.9, 0.9), (-1.8, -2.4)]


def placed(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a drawing in steps of `CELL`, at `AT`."""
    return shapely.transform(shape, lambda xy: xy * CELL + AT)


def polygon(shell: Ring, *holes: Ring) -> shapely.Geometry:
    """Return a polygon drawn in steps of `CELL`."""
    return placed(shapely.Polygon(shell, holes))


def box(*bounds: float) -> shapely.Geometry:
    """Return a box drawn in steps of `CELL`."""
    return placed(shapely.box(*bounds))


def hole(*bounds: float) -> Ring:
    """Return the ring of a box."""
    return list(shapely.box(*bounds).exterior.coords)


def parts(*each: shapely.Geometry) -> shapely.Geometry:
    """Return polygons as parts of one."""
    return shapely.MultiPolygon(list(each))


def sound(count: int) -> list[shapely.Geometry]:
    """Return boxes in a row, away from what is drawn near the origin."""
    return [box(20 + 2 * n, 0, 21 + 2 * n, 1) for n in range(count)]


def written(suffix: str, shapes: Shapes, folder: Path) -> Path:
    """Write shapes in a format, with numbers as attributes."""
    cells = {"n": np.arange(len(shapes))}
    frame = gpd.GeoDataFrame(cells, geometry=gpd.GeoSeries(list(shapes), crs=crs.DATA_CRS))
    path = folder / f"shapes{suffix}"
    with np.errstate(invalid="ignore"):
        if suffix == ".parquet":
            frame.to_parquet(path)
        else:
            pyogrio.write_dataframe(frame, path)
    return path


def doubled(same: bool, folder: Path) -> Path:
    """Write a shape twice, with the same attribute or another."""
    use = ["a", "b", "a" if same else "c"]
    shapes = [box(0, 0, 1, 1), box(2, 0, 3, 1), box(0, 0, 1, 1)]
    path = folder / "double.gpkg"
    frame = gpd.GeoDataFrame(pd.DataFrame({"use": use}), geometry=shapes, crs=crs.DATA_CRS)
    pyogrio.write_dataframe(frame, path)
    return path


def open_ring(folder: Path) -> Path:
    """Write a GeoJSON whose ring lacks its end."""
    ring = ", ".join(f"[{x}, {y}]" for x, y in shapely.get_coordinates(polygon(SQUARE))[:-1])
    path = folder / "open.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"n": 1}, '
        f'"geometry": {{"type": "Polygon", "coordinates": [[{ring}]]}}}}]}}',
        encoding="utf-8",
    )
    return path


def lost(number: float) -> shapely.Geometry:
    """Return a polygon with a coordinate that is no finite number."""
    with np.errstate(invalid="ignore"):
        return polygon([(0, 0), (2, 0), (2, number), (0, 2)])


def told(suffix: str, shapes: Shapes, *codes: str, words: str = "") -> Case:
    """Return a case of a file that is read, with notices."""
    return Case(partial(written, suffix, shapes), "read", codes, words=words)


def refused(suffix: str, shapes: Shapes, code: str, words: str = "") -> Case:
    """Return a case of a file that is not computed with."""
    return Case(partial(written, suffix, shapes), "error", (code,), words=words)


GPKG, SHP, JSON, PARQUET = ".gpkg", ".shp", ".geojson", ".parquet"
NAN, INFINITE = lost(math.nan), lost(math.inf)
IN_PART = parts(box(0, 0, 4, 4), box(1, 1, 1.1, 1.1))
TURNED = parts(box(0, 0, 4, 4), shapely.reverse(box(1, 1, 1.1, 1.1)))
BESIDE = parts(box(0, 0, 1, 1), box(1, 0, 2, 1))
OVER = parts(box(0, 0, 4, 4), box(3.99, 0, 8, 4))
MUCH = parts(box(0, 0, 4, 4), box(2, 0, 6, 4))
FLAT = polygon([(0, 1), (1, 1), (2, 1)])
NEARLY_FLAT = polygon([(0, 0), (1, 1), (2, 2)])
DOT = polygon([(1, 1), (1, 1), (1, 1)])
MIXED = shapely.GeometryCollection([box(0, 0, 1, 1), placed(shapely.Point(3, 3))])
POINT = placed(shapely.Point(1, 1))
LINE = placed(shapely.LineString([(0, 0), (1, 1)]))
STUB = placed(shapely.LineString([(1, 1), (1, 1)]))

CASES: dict[str, Case] = {
    "sound polygons": told(GPKG, sound(3)),
    "sound polygons, with a hole": told(PARQUET, [polygon(hole(0, 0, 3, 3), hole(1, 1, 2, 2))]),
    "a figure eight in a geopackage": told(
        GPKG, [polygon(EIGHT), *sound(3)], "repair.self_crossing", words="row 1: shell: Self-inters"
    ),
    "a figure eight in a shapefile": told(
        SHP, [polygon(EIGHT), *sound(3)], "repair.self_crossing", words="row 1"
    ),
    "a figure eight in GeoJSON": told(
        JSON, [*sound(3), polygon(EIGHT)], "repair.self_crossing", words="row 4: shell"
    ),
    "a figure eight in GeoParquet": told(
        PARQUET, [*sound(3), polygon(EIGHT)], "repair.self_crossing", words="row 4: shell"
    ),
    "a star drawn in one go": told(
        GPKG, [polygon(STAR), box(20, 0, 90, 90)], "repair.self_crossing", words="row 1: shell"
    ),
    "a star that is all there is": refused(
        GPKG, [polygon(STAR)], "repair.limit", r"of the layer; allowed is 1\.00%"
    ),
    "a spike": told(GPKG, [polygon([*SQUARE[:3], (2, 3), (2, 2), (0, 2)])], "repair.self_crossing"),
    "a ring drawn twice": told(
        PARQUET, [polygon([*SQUARE, SQUARE[0], *SQUARE[1:]])], "repair.self_crossing"
    ),
    "a hole that is a figure eight": told(
        GPKG,
        [polygon(hole(-5, -5, 9, 9), EIGHT)],
        "repair.self_crossing",
        words="hole 1: Self-intersection",
    ),
    "a hole without width": told(
        GPKG, [polygon(SQUARE, [(0.5, 1), (1, 1), (1.5, 1)])], "repair.collapsed_ring"
    ),
    "a hole of one place": told(
        PARQUET, [polygon(SQUARE, [(1, 1), (1, 1), (1, 1)])], "repair.too_few_points"
    ),
    "a hole elsewhere": told(
        GPKG,
        [polygon(hole(0, 0, 9, 9), hole(10, 0, 10.2, 0.2))],
        "repair.hole_outside",
        words="hole 1: wholly outside",
    ),
    "a hole that reaches out": told(
        PARQUET,
        [polygon(hole(0, 0, 9, 9), hole(8.9, 1, 9.1, 2))],
        "repair.hole_outside",
        words="50.00% of it outside",
    ),
    "a hole in a hole": told(
        GPKG,
        [polygon(hole(0, 0, 9, 9), hole(1, 1, 4, 4), hole(2, 2, 2.2, 2.2))],
        "repair.nested",
        words="holes 1 and 2 overlap",
    ),
    "a part in a part": told(GPKG, [IN_PART], "repair.nested", words="part 2 in part 1"),
    "a part in a part, turned the other way": told(
        PARQUET, [TURNED], "repair.nested", "repair.winding", words="the area is too large by"
    ),
    "parts that overlap a little": told(
        GPKG, [OVER], "repair.overlapping_parts", words="parts 1 and 2"
    ),
    "parts that overlap much": refused(
        GPKG, [MUCH], "repair.limit", r"33\.33% of the layer.*--repair-limit"
    ),
    "parts side by side": told(PARQUET, [BESIDE], "repair.adjoining_parts"),
    "a hole that cuts its shell": told(
        GPKG,
        [polygon(hole(0, 0, 4, 4), [(0, 2), (2, 0), (4, 2), (2, 4)])],
        "repair.disconnected",
    ),
    "polygons without an area": told(
        GPKG, [FLAT, *sound(3)], "repair.collapsed", words="row 1: .*no area left"
    ),
    "polygons that only rounding gives an area": told(
        GPKG, [NEARLY_FLAT, *sound(3)], "repair.thin", words="1 polygon.s. are narrower"
    ),
    "polygons of one place": told(
        PARQUET, [*sound(3), DOT], "repair.collapsed", "repair.too_few_points"
    ),
    "vertices at the same place": told(
        GPKG, [polygon([(0, 0), (2, 0), (2, 0), (2, 2)])], "repair.near_duplicates"
    ),
    "a slip of a tenth of a millimetre": told(
        PARQUET,
        [polygon([*SQUARE[:3], (1 + 2e-6, 2.0), (1.0, 2.0), (1 + 1e-6, 2.0), (0, 2)])],
        "repair.near_duplicates",
        words="that crossed",
    ),
    "heights": told(GPKG, [shapely.force_3d(box(0, 0, 1, 1), 7.0)], "format.heights"),
    "rows without a shape": told(
        PARQUET, [None, box(0, 0, 1, 1), None], "repair.null", words="2 row"
    ),
    "an empty shape": told(
        PARQUET, [shapely.Polygon(), box(0, 0, 1, 1)], "repair.empty", words="1 row"
    ),
    "a few points among polygons": told(
        GPKG, [*sound(19), POINT], "repair.mixed_kinds", words="1 of 20 shape"
    ),
    "as many points as polygons": refused(
        PARQUET, [box(0, 0, 1, 1), POINT], "repair.mixed_kinds", "1 of 2 features are no polygons"
    ),
    "points and lines": refused(PARQUET, [POINT, LINE], "repair.mixed_kinds", "no lines"),
    "a collection with a polygon": told(
        PARQUET, [MIXED, *sound(3)], "repair.collections", words="only their polygons"
    ),
    "a line of one place": told(
        PARQUET, [LINE, STUB], "repair.too_few_points", words="part of one place"
    ),
    "not a number in a geopackage": refused(GPKG, [*sound(2), NAN], "repair.not_finite", "row 3"),
    "not a number in GeoParquet": refused(PARQUET, [NAN, *sound(2)], "repair.not_finite", "row 1"),
    "infinite in a geopackage": refused(GPKG, [INFINITE], "repair.not_finite", "1 of 1"),
    "infinite in GeoParquet": refused(PARQUET, [INFINITE], "repair.not_finite", "1 of 1"),
    "the same row twice": Case(
        partial(doubled, True), "read", ("repair.duplicate_rows",), words="--drop-duplicates"
    ),
    "the same shape with other attributes": Case(
        partial(doubled, False), "read", ("repair.duplicate_shapes",)
    ),
    "a ring without its end": Case(open_ring, "read", ("format.unclosed_rings",)),
    "all of it at once": told(
        PARQUET,
        [*sound(25), None, polygon(EIGHT), FLAT, MIXED, shapely.force_3d(box(0, 9, 1, 10), 7.0)],
        "repair.null",
        "repair.self_crossing",
        "repair.collapsed",
        "repair.collections",
        "format.heights",
    ),
}
