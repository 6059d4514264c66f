"""A user's shapes as a page can hold them: as they are, simplified, merged, or by cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.publish.own.cells import SIZES_M, Cells, cells_of
from geoplan.publish.topology import simplified_features
from geoplan.schema import frame

MOST_SINGLE = 2_000
"""Shapes up to which each is shown, and can be clicked."""

TOLERANCES_M = (50.0, 100.0, 200.0, 400.0)
"""Steps of simplification of single shapes; the last is half a dot where a province opens."""

MERGED_M = (0.0, 50.0, 100.0, 200.0)
"""Steps of simplification of merged shapes."""

LEAST_KEPT = 0.9
"""Share of its area that every class has to keep on the map: else it would mislead."""

LAYER = "own"
"""Id of the layer, and of its theme and document."""

How = Literal["whole", "simplified", "merged", "cells"]


@dataclass(frozen=True, kw_only=True)
class Own:
    """A user's layer, ready to be shown; one entry for each shape that enters a county.

    `shapes` are in `crs.WORK_CRS`. `titles` are those of the classes, in the order
    of the legend.
    """

    kind: Literal["polygons", "lines", "points"]
    shapes: np.ndarray
    classes: Sequence[str]
    titles: Mapping[str, tuple[str, str]]
    names: Sequence[str]
    """Names of shapes; empty where they have none."""
    values: Sequence[str]
    places: Sequence[tuple[str, ...]]
    """The counties that each shape enters."""
    tiled: bool
    """Whether shapes are a coverage: neighbours share their borders, none overlap."""
    section: tuple[str, str]
    """What is cited of the file."""
    in_cells: Callable[[np.ndarray], pd.DataFrame]
    """From cells (`crs.WORK_CRS`) to `row`, `cell` and `amount`: what of each lies where."""


@dataclass(frozen=True)
class Step:
    """One way to show a layer, and what has to be said of it."""

    how: How
    features: gpd.GeoDataFrame
    """A table `features`, EPSG:4490."""
    places: dict[str, tuple[str, ...]]
    values: list[str]
    """Value of each feature, where a feature is a shape; else nothing."""
    facts: dict[str, Any]
    ground_m: float
    """How far counties are simplified."""


def steps(own: Own, *, room: int) -> Iterator[Step]:
    """Yield ways to show a layer, the most exact first, leaving out what is over `room` bytes."""
    if len(own.shapes) <= MOST_SINGLE:
        yield from _single(own, room)
    if own.kind != "points":
        yield from _merged(own, room)
    for size in SIZES_M:
        made = cells_of(size, own.shapes)
        if made is None:
            continue
        step = _cells(own, made)
        if bytes_of(step.features.geometry.to_numpy()) <= room:
            yield step


def bytes_of(shapes: np.ndarray) -> int:
    """Return about how many bytes shapes take on a page, and rather less than more."""
    points = int(shapely.get_num_coordinates(shapes).sum())
    return 5 * points + 8 * len(shapely.get_parts(shapes))


def _single(own: Own, room: int) -> Iterator[Step]:
    n = len(own.shapes)
    whole = _rows(own, crs.work_to_data(own.shapes))
    values = list(own.values)
    places = dict(zip(whole["feature"], own.places, strict=True))
    if bytes_of(whole.geometry.to_numpy()) <= room:
        yield Step("whole", whole, places, values, {"n": n}, 0.0)
    if own.kind == "points":
        return
    for tolerance in TOLERANCES_M:
        if own.tiled:
            fewer, error = simplified_features(whole, tolerance)
            made = gpd.GeoDataFrame(fewer, geometry="geometry", crs=crs.DATA_CRS)
        else:
            made = _rows(own, crs.work_to_data(shapely.simplify(own.shapes, tolerance)))
            error = tolerance
        if bytes_of(made.geometry.to_numpy()) <= room:
            facts = {"n": n, "m": int(np.ceil(error))}
            yield Step("simplified", made, places, values, facts, tolerance)


def _merged(own: Own, room: int) -> Iterator[Step]:
    classes = np.array(own.classes, dtype=object)
    used = [cls for cls in own.titles if (classes == cls).any()]
    union = shapely.coverage_union_all if own.tiled else shapely.union_all
    if own.kind == "lines":
        union = _lines
    whole = np.array([union(own.shapes[classes == cls]) for cls in used], dtype=object)
    for tolerance in MERGED_M:
        if not _may_do(whole, tolerance, room):
            continue
        fewer = _fewer(own, whole, tolerance)
        shown = np.array([_without_specks(g, tolerance) for g in fewer], dtype=object)
        if bytes_of(shown) > room or not _is_like(shown, whole, own.kind):
            continue
        error = int(np.ceil(_error(whole, fewer))) if tolerance else 0
        facts = {"n": len(own.shapes), "m": error, "a": f"{tolerance**2 / 1e4:g}"}
        yield _by_class(own, "merged", used, shown, facts=facts, ground_m=tolerance)


def _may_do(whole: np.ndarray, tolerance_m: float, room: int) -> bool:
    """Return whether merged shapes may be few and large enough, before they are simplified."""
    count = 0
    for shape in whole:
        areas = shapely.area(shapely.get_parts(shape))
        large = areas >= tolerance_m**2
        count += int(large.sum())
        if areas[large].sum() < LEAST_KEPT * areas.sum():
            return False
    return count * BYTES_A_PART <= room


BYTES_A_PART = 28
"""What a part takes on a page, at least; as `bytes_of` a triangle."""


def _lines(shapes: np.ndarray) -> shapely.Geometry:
    merged: shapely.Geometry = shapely.line_merge(shapely.multilinestrings(_parts(shapes)))
    return merged


def _parts(shapes: np.ndarray) -> np.ndarray:
    """Return the lines in geometries, without points that stand between them."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return np.asarray(parts[shapely.get_dimensions(parts) == 1])


def _fewer(own: Own, whole: np.ndarray, tolerance_m: float) -> np.ndarray:
    if not tolerance_m:
        return whole
    if own.tiled:  # classes of a coverage are a coverage
        return np.asarray(shapely.coverage_simplify(whole, tolerance_m))
    return np.asarray(shapely.simplify(whole, tolerance_m))


def _without_specks(shape: shapely.Geometry, tolerance_m: float) -> shapely.Geometry:
    """Leave out parts and holes that are smaller than a square of the tolerance."""
    least = tolerance_m**2
    if not least or shapely.get_dimensions(shape) != 2:
        return shape
    parts = shapely.get_parts(shape)
    kept = parts[shapely.area(parts) >= least]
    rings, owners = shapely.get_rings(kept, return_index=True)
    # The first ring of a part is its outline; the others are holes.
    outline = np.diff(owners, prepend=-1) > 0
    small = ~outline & (shapely.area(shapely.polygons(rings)) < least)
    for i in np.unique(owners[small]):
        own = slice(*np.searchsorted(owners, [i, i + 1]))
        holes = rings[own][~outline[own] & ~small[own]]
        kept[i] = shapely.Polygon(kept[i].exterior, list(holes))
    return shapely.multipolygons(kept)


def _is_like(shown: np.ndarray, whole: np.ndarray, kind: str) -> bool:
    """Return whether every class is on the map about as large as it is."""
    if kind != "polygons":
        return True
    return bool((shapely.area(shown) >= LEAST_KEPT * shapely.area(whole)).all())


def _error(whole: np.ndarray, fewer: np.ndarray) -> float:
    """Return how far, in metres, points that were left out lie from what is drawn."""
    worst = 0.0
    for before, after in zip(whole, fewer, strict=True):
        lines = shapely.get_parts(shapely.boundary(after) if after.area else after)
        points = np.unique(shapely.get_coordinates(before), axis=0)
        kept = {tuple(xy) for xy in shapely.get_coordinates(after).tolist()}
        gone = points[[tuple(xy) not in kept for xy in points.tolist()]]
        if len(gone) and len(lines):
            tree = shapely.STRtree(lines)
            _, far = tree.query_nearest(
                shapely.points(gone), return_distance=True, all_matches=False
            )
            worst = max(worst, float(far.max()))
    return worst


def _cells(own: Own, cells: Cells) -> Step:
    amounts = own.in_cells(cells.shapes)
    rank = {cls: i for i, cls in enumerate(own.titles)}
    amounts["rank"] = np.array([rank[cls] for cls in own.classes])[amounts["row"]]
    by_class = pd.DataFrame(amounts.groupby(["cell", "rank"])["amount"].sum().reset_index())
    totals = by_class.groupby("cell")["amount"].sum()
    first = by_class.sort_values(["cell", "amount", "rank"], ascending=[True, False, True])
    top = first.drop_duplicates("cell").set_index("cell")["rank"]
    drawn = cells.scaled(totals.index.to_numpy(), (totals / totals.max()).to_numpy())
    classes = list(own.titles)
    used = [i for i in range(len(classes)) if (top == i).any()]
    shapes = [shapely.multipolygons(drawn[(top == i).to_numpy()]) for i in used]
    facts = {
        "n": len(own.shapes),
        "c": len(totals),
        "a": f"{cells.area_m2 / 1e6:.1f}",
        "m": int(np.ceil(cells.reach_m)),
    }
    names = [classes[i] for i in used]
    made = np.array(shapes, dtype=object)
    return _by_class(own, "cells", names, made, facts=facts, ground_m=100.0)


def _by_class(
    own: Own,
    how: How,
    used: list[str],
    shapes: np.ndarray,
    *,
    facts: dict[str, Any],
    ground_m: float,
) -> Step:
    """Return a step with one feature a class; a class may have no place on the map."""
    found: dict[str, set[str]] = {cls: set() for cls in own.titles}
    for cls, codes in zip(own.classes, own.places, strict=True):
        found[cls].update(codes)
    drawn = dict(zip(used, crs.work_to_data(shapes), strict=True))
    rows = [
        _row(own, f"all-{cls}", cls, title=own.titles[cls], shape=drawn.get(cls))
        for cls, codes in found.items()
        if codes
    ]
    places = {f"all-{cls}": tuple(sorted(codes)) for cls, codes in found.items() if codes}
    return Step(how, _table(rows), places, [], facts, ground_m)


def _rows(own: Own, shapes: np.ndarray) -> gpd.GeoDataFrame:
    names = own.names or [""] * len(shapes)
    rows = []
    for i, (cls, name, shape) in enumerate(zip(own.classes, names, shapes, strict=True)):
        title = (name, name) if name else own.titles[cls]
        rows.append(_row(own, f"f{i + 1}", cls, title=title, shape=shape))
    return _table(rows)


def _row(
    own: Own, feature: str, cls: str, *, title: tuple[str, str], shape: shapely.Geometry | None
) -> dict[str, Any]:
    return {
        "layer": LAYER,
        "feature": feature,
        "class": cls,
        "name": title[0],
        "name_en": title[1],
        "extent": "delimited",
        "drawn_by": "file",
        "section": own.section[0],
        "lines": "0",
        "file_line": 0,
        "geometry": shape,
    }


def _table(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame("features", rows), geometry="geometry", crs=crs.DATA_CRS)
