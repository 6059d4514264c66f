"""KML: folders as layers, placemarks as rows, in degrees of WGS 84; nothing else is followed.

Read here and not by GDAL, which merges folders of one name, makes polygons of pictures and
breaks on rings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import DataError, coded
from geoplan.reading import Notice
from geoplan.vector.contents import Given, LayerFacts, rows_of
from geoplan.vector.frames import TEXT, flattened, unique

_TYPES = {
    **dict.fromkeys(("int", "uint", "short", "ushort"), "integer"),
    **dict.fromkeys(("float", "double"), "number"),
    "bool": "boolean",
}
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
_PASSED_OVER = {
    "NetworkLink": "links to other files, which are never followed",
    "GroundOverlay": "pictures on the ground",
    "ScreenOverlay": "pictures on the screen",
    "PhotoOverlay": "photographs",
    "Model": "models in space",
    "Track": "tracks (gx:Track)",
    "MultiTrack": "tracks (gx:MultiTrack)",
    "Tour": "tours (gx:Tour)",
}


@dataclass
class _Row:
    folder: tuple[str, ...]
    cells: dict[str, str]
    shape: shapely.Geometry | None


@dataclass
class Kml:
    """All placemarks of a document, and what it says of its columns."""

    rows: list[_Row] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    passed_over: Counter[str] = field(default_factory=Counter)
    rings: int = 0
    """Rings outside of polygons."""
    broken: list[int] = field(default_factory=list)
    """Rows whose coordinates are no numbers, from 0."""
    title: str = ""

    def names(self) -> list[str]:
        """Return the layers by name: paths of folders, in order."""
        return list(dict.fromkeys(self._name(row) for row in self.rows))

    def _name(self, row: _Row) -> str:
        return "/".join(row.folder) or self.title

    def of(self, name: str) -> list[tuple[int, _Row]]:
        """Return the rows of a layer with their places in the document."""
        return [(at, row) for at, row in enumerate(self.rows) if self._name(row) == name]


def read_kml(path: Path, *, title: str) -> Kml:
    """Read all placemarks; `title` is what rows outside of folders are a layer of.

    Raises `DataError` where it is no well-formed XML, or no KML.
    """
    reader = _Reader(path, Kml(title=title))
    try:
        for event, element in ET.iterparse(path, ("start", "end")):  # noqa: S314 the guard looked
            if event == "start":
                reader.start(element)
            else:
                reader.end(element)
    except ET.ParseError as fault:
        raise coded(DataError(f"{path}: cannot be read: {fault}"), "format.broken") from fault
    return reader.found


@dataclass
class _Reader:
    """Takes elements as they begin and end; forgets what lies outside of placemarks."""

    path: Path
    found: Kml
    folders: list[str] = field(default_factory=list)
    stack: list[ET.Element] = field(default_factory=list)
    inside: int = 0

    def start(self, element: ET.Element) -> None:
        tag = _local(element)
        if not self.stack and tag not in ("kml", "Document", "Folder", "Placemark"):
            text = f"{self.path}: is no KML: its root is <{tag}>"
            raise coded(DataError(text), "format.broken")
        self.stack.append(element)
        self.inside += tag == "Placemark"
        if self._is_folder(tag):
            self.folders.append("")

    def _is_folder(self, tag: str) -> bool:
        """Return whether the innermost element makes a layer: GDAL writes those as documents."""
        within = [_local(element) for element in self.stack[:-1]]
        return tag == "Folder" or (tag == "Document" and "Document" in within)

    def end(self, element: ET.Element) -> None:
        tag = _local(element)
        if self._is_folder(tag):
            self.folders.pop()
        self.stack.pop()
        if tag == "name" and self.stack and self._is_folder(_local(self.stack[-1])):
            self.folders[-1] = (element.text or "").strip()
        elif tag == "SimpleField":
            kind = _TYPES.get(element.get("type", ""), "text")
            self.found.types[element.get("name", "")] = kind
        elif tag in _PASSED_OVER:
            self.found.passed_over[tag] += 1
        elif tag == "Placemark":
            _add(self.found, element, tuple(name or "Folder" for name in self.folders))
            self.inside -= 1
        if not self.inside and self.stack:
            self.stack[-1].remove(element)


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child(element: ET.Element, tag: str) -> ET.Element | None:
    return next((child for child in element if _local(child) == tag), None)


def _text(element: ET.Element | None) -> str:
    return "" if element is None or element.text is None else element.text.strip()


def _add(found: Kml, placemark: ET.Element, folder: tuple[str, ...]) -> None:
    cells = {}
    for tag in ("name", "description"):
        if text := _text(_child(placemark, tag)):
            cells[tag] = text
    for tag, times in (("TimeStamp", ("when",)), ("TimeSpan", ("begin", "end"))):
        if (time := _child(placemark, tag)) is not None:
            cells |= {each: text for each in times if (text := _text(_child(time, each)))}
    for each in placemark.iter():
        name = each.get("name", "")
        # A column of the table may be called as an element of the placemark.
        own = f"{name}_2" if name in ("name", "description", "when", "begin", "end") else name
        if _local(each) == "SimpleData":
            cells[own] = each.text or ""
        elif _local(each) == "Data":
            cells[own] = _text(_child(each, "value"))
    shape = None
    try:
        parts = [_shape(found, child) for child in placemark if _local(child) in _SHAPES]
        shape = _together([part for part in parts if part is not None])
    except ValueError:
        found.broken.append(len(found.rows))
    found.rows.append(_Row(folder, cells, shape))


def _shape(found: Kml, element: ET.Element) -> shapely.Geometry | None:
    tag = _local(element)
    if tag == "MultiGeometry":
        parts = [_shape(found, child) for child in element if _local(child) in _SHAPES]
        return _together([part for part in parts if part is not None])
    if tag == "Polygon":
        outer = _child(element, "outerBoundaryIs")
        holes = [
            _ring(ring) for child in element if _local(child) == "innerBoundaryIs" for ring in child
        ]
        if outer is None or _child(outer, "LinearRing") is None:
            return None
        return shapely.Polygon(_ring(outer[0]), [hole for hole in holes if len(hole)])
    xy = _coordinates(element)
    if not len(xy):
        return None
    if tag == "Point":
        return shapely.Point(xy[0])
    found.rings += tag == "LinearRing"
    return shapely.LineString(_closed(xy) if tag == "LinearRing" else xy)


def _ring(element: ET.Element) -> np.ndarray:
    return _closed(_coordinates(element))


def _closed(xy: np.ndarray) -> np.ndarray:
    return np.vstack([xy, xy[:1]]) if len(xy) > 2 and (xy[0] != xy[-1]).any() else xy


def _coordinates(element: ET.Element) -> np.ndarray:
    """Return coordinates, with heights where all have them; `ValueError` where they are none."""
    # Some programs write blanks behind the commas.
    text = re.sub(r"\s*,\s*", ",", _text(_child(element, "coordinates")))
    rows = [[float(number) for number in each.split(",")] for each in text.split()]
    if any(len(row) not in (2, 3) for row in rows):
        raise ValueError(text[:40])
    if any(len(row) == 2 for row in rows):
        rows = [row[:2] for row in rows]
    return np.array(rows, dtype=np.float64)


_MULTI: dict[frozenset[str], Callable[..., shapely.Geometry]] = {
    frozenset({"Point"}): shapely.multipoints,
    frozenset({"LineString"}): shapely.multilinestrings,
    frozenset({"Polygon"}): shapely.multipolygons,
}


def _together(parts: list[shapely.Geometry]) -> shapely.Geometry | None:
    if len(parts) <= 1:
        return parts[0] if parts else None
    flat = [piece for part in parts for piece in shapely.get_parts(part)]
    kinds = frozenset(piece.geom_type for piece in flat)
    return _MULTI.get(kinds, shapely.geometrycollections)(flat)


def kml_layers(kml: Kml) -> list[LayerFacts]:
    """Return the layers of a document."""
    made = []
    for name in kml.names():
        rows = [row for _, row in kml.of(name)]
        kinds = sorted({row.shape.geom_type for row in rows if row.shape is not None})
        names, _ = unique(_columns(rows))
        types = [kml.types.get(column, "text") for column in _columns(rows)]
        fields = tuple(zip(names, types, strict=True))
        made.append(LayerFacts(name, len(rows), tuple(kinds), fields, crs.given("EPSG:4326")))
    return made


def _columns(rows: list[_Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.cells))


def kml_frame(kml: Kml, name: str) -> Given:
    """Return the rows of a layer."""
    placed = kml.of(name)
    rows = [row for _, row in placed]
    columns = _columns(rows)
    names, notices = unique(columns)
    cells = {
        new: _series([row.cells.get(old) for row in rows], kml.types.get(old, "text"))
        for new, old in zip(names, columns, strict=True)
    }
    shapes, high = flattened(np.array([row.shape for row in rows] or [None], dtype=object))
    shapes = shapes[: len(rows)]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(cells, index=pd.RangeIndex(len(rows))),
        geometry=gpd.GeoSeries(shapes, crs=crs.given("EPSG:4326")),
    )
    broken = [n for n, (at, _) in enumerate(placed) if at in set(kml.broken)]
    return Given(frame, name, None, (*notices, *high, *_told(kml, broken)))


def _series(cells: list[str | None], kind: str) -> pd.Series:
    """Return cells as the type that is stated, where all of them are; else as texts."""
    there = [cell.strip() if cell and cell.strip() else None for cell in cells]
    try:
        if kind == "integer":
            return pd.Series(pd.array([None if c is None else int(c) for c in there], "Int64"))
        if kind == "number":
            return pd.Series([np.nan if c is None else float(c) for c in there], dtype="float64")
        if kind == "boolean":
            truth = {"1": True, "true": True, "0": False, "false": False}
            values = [None if c is None else truth[c.lower()] for c in there]
            return pd.Series(pd.array(values, "boolean"))
    except (ValueError, KeyError, OverflowError):
        pass
    return pd.Series(cells, dtype=TEXT)


def _told(kml: Kml, broken: list[int]) -> Iterator[Notice]:
    for tag, count in sorted(kml.passed_over.items()):
        text = f"{count} <{tag}> left out: {_PASSED_OVER[tag]}"
        yield Notice("format.left_out", "info", text, count=count)
    if kml.rings:
        text = f"{kml.rings} ring(s) outside of polygons are read as closed lines"
        yield Notice("format.closed_lines", "info", text, count=kml.rings)
    if broken:
        text = f"{len(broken)} shape(s) have coordinates that are no numbers, and are left empty"
        rows = rows_of(broken)
        yield Notice("format.broken_shapes", "warning", text, rows=rows, count=len(broken))
