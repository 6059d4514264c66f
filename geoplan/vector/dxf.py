"""DXF: what lies in a drawing, by kind; closed lines are polygons; there is never a system."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import geopandas as gpd
import shapely

from geoplan.reading import Notice
from geoplan.vector.contents import Given, LayerFacts, rows_of, some

KINDS = ("polygons", "lines", "points", "texts")
"""Parts of a drawing that may be chosen as its layer, the first that is there unless asked."""

DRAWN = {"OGR_ARC_STEPSIZE": "0.1", "DXF_CLOSED_LINE_AS_POLYGON": "NO"}
"""How GDAL is to draw: arcs in small steps, lines as they are."""

LAYER = "Layer"
"""Column of the name of the drawing's own layer."""


def drawing(given: Given, wanted: str) -> Given:
    """Return the entities of a drawing that are wanted, closed lines as polygons.

    Parameters
    ----------
    wanted
        One of `KINDS`; the name of a layer of the drawing, of which the first kind that is
        there is meant; or ``entities`` for polygons and lines.
    """
    frame = given.frame
    shapes, notices = _closed(frame.geometry.to_numpy())
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    paper = frame["PaperSpace"].fillna(value=False).to_numpy(dtype=bool)
    if paper.any():
        text = f"{int(paper.sum())} entities of the sheet (paper space) are left out"
        notices.append(Notice("format.paper_space", "info", text, count=int(paper.sum())))
        frame = frame[~paper].reset_index(drop=True)
    kinds = kinds_of(frame)
    kept = kinds == wanted if wanted in KINDS else _of_layer(frame, kinds, wanted)
    notices += _left_out(frame, kinds, kept)
    made = frame[kept].reset_index(drop=True)
    notices += _in_others(made)
    return replace(given, frame=made, layer=wanted, notices=(*given.notices, *notices))


def _of_layer(frame: gpd.GeoDataFrame, kinds: np.ndarray, wanted: str) -> np.ndarray:
    """Return which entities are of a drawing's own layer, the first kind that is there."""
    if wanted == "entities":
        return np.isin(kinds, KINDS[:2])
    on = (frame[LAYER] == wanted).to_numpy()
    kind = next((kind for kind in KINDS if (on & (kinds == kind)).any()), KINDS[0])
    return np.asarray(on & (kinds == kind))


def drawing_layers(given: Given) -> list[LayerFacts]:
    """Return the parts of a drawing by kind, as layers; only those that are there."""
    shapes, _ = _closed(given.frame.geometry.to_numpy())
    frame = given.frame.set_geometry(gpd.GeoSeries(shapes, index=given.frame.index))
    kinds = kinds_of(frame)
    fields = tuple((str(c), "text") for c in frame.columns if c != frame.geometry.name)
    made = []
    for kind in KINDS:
        rows = kinds == kind
        if rows.any():
            types = tuple(sorted(set(frame.geometry[rows].geom_type.dropna())))
            made.append(LayerFacts(kind, int(rows.sum()), types, fields, None))
    return made


def layers_drawn(given: Given) -> list[str]:
    """Return the names of the drawing's own layers."""
    return [str(name) for name in given.frame[LAYER].dropna().drop_duplicates()]


def kinds_of(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Return for each entity which of `KINDS` it is."""
    shapes = frame.geometry.to_numpy()
    dimension = shapely.get_dimensions(shapes)
    kinds = np.array(KINDS, dtype=object)[np.clip(2 - dimension, 0, 2)]
    # Hatches have the name of their pattern there.
    labels = frame["Text"].notna().to_numpy(dtype=bool) & (dimension == 0)
    return np.where(labels, "texts", kinds)


def _closed(shapes: np.ndarray) -> tuple[np.ndarray, list[Notice]]:
    """Return shapes in which lines that end where they begin are polygons, and how many."""
    lines = shapely.get_type_id(shapes) == 1
    closed = np.flatnonzero(
        lines & shapely.is_closed(shapes) & (shapely.get_num_points(shapes) > 3)
    )
    made = shapes.copy()
    made[closed] = [shapely.Polygon(line) for line in shapes[closed]]
    open_ = int(lines.sum()) - len(closed)
    if not len(closed) and not open_:
        return made, []
    text = f"{len(closed)} closed line(s) are read as polygons; {open_} open ones stay lines"
    notice = Notice("format.closed_lines", "info", text, rows=rows_of(closed), count=len(closed))
    return made, [notice]


def _left_out(frame: gpd.GeoDataFrame, kinds: np.ndarray, kept: np.ndarray) -> list[Notice]:
    left = ~kept
    if not left.any():
        return []
    counts = [f"{int((kinds[left] == kind).sum())} {kind}" for kind in KINDS]
    there = [text for text in counts if not text.startswith("0 ")]
    names = some(sorted(set(frame[LAYER][left].dropna())))
    return [
        Notice(
            "format.left_out",
            "warning" if np.isin(kinds[left], KINDS[:2]).any() else "info",
            f"{int(left.sum())} of {len(left)} entities are left out: {', '.join(there)}; they are "
            f"on the drawing's layers {names}",
            proposal=f"Choose a kind ({', '.join(KINDS)}) or a layer of the drawing with --layer.",
            count=int(left.sum()),
        )
    ]


def _in_others(frame: gpd.GeoDataFrame) -> list[Notice]:
    """Tell of polygons within others of the same layer: a drawing knows no holes."""
    shapes = frame.geometry.to_numpy()
    areal = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    if len(areal) < 2:
        return []
    # The middle of a polygon within another is a sure sign, even of broken ones.
    points = shapely.point_on_surface(shapely.make_valid(shapes[areal]))
    pairs = shapely.STRtree(points).query(shapely.make_valid(shapes[areal]), predicate="contains")
    layers = frame[LAYER].to_numpy()[areal]
    areas = shapely.area(shapes[areal])
    outer, inner = pairs
    within = np.unique(inner[(layers[outer] == layers[inner]) & (areas[outer] > areas[inner])])
    if not len(within):
        return []
    return [
        Notice(
            "format.nested_polygons",
            "warning",
            f"{len(within)} polygon(s) lie within others of the same layer of the drawing; a DXF "
            "knows no holes: if they are holes, areas count twice",
            proposal="Cut the holes out in CAD or GIS, and save as GeoPackage or shapefile.",
            rows=rows_of(areal[within]),
            count=len(within),
        )
    ]
