"""What intake has other parts do with a file, each step in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, guard, mappings, repair, vector
from geoplan.config import Project
from geoplan.errors import DataError, GeoplanError, coded
from geoplan.intake import by_units
from geoplan.intake.ground import Ground
from geoplan.intake.model import Inspected, Layer
from geoplan.reading import Notice, Reading
from geoplan.repair import Limits, Mended

MOST_ROWS = 200_000
"""Rows that are looked at; of a layer with more, an even sample."""

SAMPLE = 100_000
"""Rows of that sample."""

MOST_POINTS = 500_000
"""Coordinates that are judged; of more, an even sample."""


@dataclass(frozen=True)
class Read:
    """A layer as it stands in its file, in the system that is stated or given."""

    frame: gpd.GeoDataFrame
    notices: tuple[Notice, ...]
    format: str
    layer: str
    encoding: str | None
    guessed: bool = False
    """Whether the encoding is stated nowhere."""
    sampled: bool = False
    """Whether only a part of the rows was read."""


class EncodingError(DataError):
    """Texts do not fit the encoding that is stated or given; `notices` say which does."""

    code = "encoding.contradicted"
    notices: tuple[Notice, ...] = ()

    def of(self, notices: tuple[Notice, ...]) -> Self:
        """Return itself with what was noticed."""
        self.notices = notices
        return self


def look(path: Path, reading: Reading) -> Inspected:
    """Return what a file says of itself, before its rows are read.

    Raises `GeoplanError` where it is refused or cannot be opened.
    """
    found = guard.checked(path)
    coding = _encoding(path, reading)
    if coding is not None and any(n.severity == "error" for n in coding.notices):
        raise EncodingError(f"{path}: {coding.notices[0].message}").of(coding.notices)
    contents = vector.look(path, reading=reading)
    layers = tuple(
        Layer(
            name=layer.name,
            rows=layer.rows,
            kinds=layer.kinds,
            fields=layer.fields,
            crs=None if layer.crs is None else crs.name_of(layer.crs),
        )
        for layer in contents.layers
    )
    return Inspected(
        path,
        contents.format,
        layers=layers,
        encoding=contents.encoding,
        encoding_how=coding.how if coding and contents.encoding else "",
        encoding_evidence=coding.evidence if coding and contents.encoding else "",
        notices=(*found.notices, *contents.notices),
    )


def _encoding(path: Path, reading: Reading) -> vector.Encoding | None:
    """Return how the encoding of a file is known; None of formats that fix it."""
    if path.is_dir() or path.suffix.lower() not in vector.OPEN_ENCODINGS:
        return None
    return vector.encoding_of(path, given=reading.encoding)


def read(path: Path, reading: Reading, *, ground: Ground) -> Read:
    """Read the layer that is wanted, by what a person says of it; of a table, units of `ground`.

    Raises `GeoplanError` where it is refused, cannot be read, or does not fit `reading`.
    """
    guard.checked(path)
    found = by_units.read(path, reading=reading, areas=ground.areas)
    guessed = found.encoding is not None and not reading.encoding and not _stated(path)
    return Read(
        found.frame, found.notices, found.format, found.layer or "", found.encoding, guessed
    )


def read_sample(path: Path, reading: Reading, *, told: Inspected) -> Read:
    """Read an even sample of the rows of a large layer, as `read` reads all of them."""
    chosen = [layer for layer in told.layers if layer.name == reading.layer] or told.layers
    frame = vector.read_sample(
        path,
        told.format,
        layer=chosen[0].name,
        rows=told.rows or 0,
        wanted=SAMPLE,
        encoding=told.encoding,
    )
    made = vector.as_told(vector.Given(frame), reading)
    return Read(made.frame, made.notices, told.format, chosen[0].name, told.encoding, sampled=True)


def _stated(path: Path) -> bool:
    """Return whether a file states the encoding of its texts itself."""
    return vector.encoding_of(path).how == "stated"


def suspected(
    frame: gpd.GeoDataFrame, ground: Ground, *, given: str | None = None
) -> tuple[Notice, ...]:
    """Return what the numbers say against the system that they are said to be in.

    Where a person has `given` it, what only borders tell against it is no more than told.
    """
    shapes = np.asarray(frame.geometry.to_numpy())
    xy = shapely.get_coordinates(shapes[~shapely.is_missing(shapes)])
    if len(xy) > MOST_POINTS:
        xy = xy[:: -(-len(xy) // MOST_POINTS)]
    areal = (shapely.get_dimensions(shapes) > 0).any()
    borders = ground.borders if areal else None
    found = crs.suspected(frame.crs, xy, area=ground.area, borders=borders, given=given)
    if any(notice.severity == "error" for notice in found):
        return found
    return (*found, *_nowhere(frame))


def _nowhere(frame: gpd.GeoDataFrame) -> tuple[Notice, ...]:
    """Tell rows with coordinates that their system does not have, as a longitude of 1112."""
    shapes = np.asarray(frame.geometry.to_numpy())
    if frame.crs is None:
        return ()
    xy, at = shapely.get_coordinates(shapes, return_index=True)
    finite = np.isfinite(xy).all(axis=1)  # else a matter of repair
    xy, at = xy[finite], at[finite]
    lost = ~np.isfinite(crs.placed(xy, frame.crs)).all(axis=1)
    rows = np.unique(at[lost])
    if not len(rows):
        return ()
    first = xy[np.flatnonzero(lost)[0]]
    return (
        Notice(
            "crs.outliers",
            "error",
            f"{len(rows)} of {len(shapes)} row(s) have coordinates that "
            f"{crs.name_of(frame.crs)} does not have",
            f"the first is {first[0]:.10g}, {first[1]:.10g}",
            "correct or leave out those rows: digits may be missing, or of another system",
            rows=tuple((rows[:20] + 1).tolist()),
            count=len(rows),
        ),
    )


def limits(share: float | None = None, *, drop_duplicates: bool = False) -> Limits:
    """Return the limits of repairs; `share` of the area, 1 allows everything."""
    made = Limits(drop_duplicates=drop_duplicates)
    if share is None:
        return made
    if share >= 1:
        return replace(made, share=np.inf, area_m2=np.inf, rows_share=1.0)
    return replace(made, share=share)


def mended(frame: gpd.GeoDataFrame, wanted: Limits | None = None) -> Mended:
    """Return the layer with sound shapes, and what was done.

    Raises `GeometryError` where more would be changed than `wanted` allows.
    """
    return repair.mended(frame, limits=wanted or Limits())


def sound(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the layer with all repairs, whatever they change; without what cannot be mended."""
    try:
        return mended(frame, limits(1.0)).frame
    except GeoplanError:
        shapes = np.asarray(frame.geometry.to_numpy())
        kept = shapes.copy()
        kept[~shapely.is_valid(shapes)] = None
        return frame.set_geometry(gpd.GeoSeries(kept, index=frame.index, crs=frame.crs))


def cleaned(frame: gpd.GeoDataFrame, wanted: Limits) -> Mended:
    """Return polygons without gaps and overlaps, and what was changed.

    Raises `GeometryError` where more would be changed than `wanted` allows.
    """
    return repair.cleaned(frame, limits=wanted)


def coverage(frame: gpd.GeoDataFrame) -> tuple[Notice, ...]:
    """Return gaps and overlaps between polygons; nothing of other shapes, or without a system."""
    shapes = np.asarray(frame.geometry.to_numpy())
    if frame.crs is None or (shapely.get_dimensions(shapes) == 2).sum() < 2:
        return ()
    return repair.coverage(frame)


def examined(
    frame: gpd.GeoDataFrame, path: Path, *, layer: str, project: Project | None
) -> mappings.Examined:
    """Return the ministry's code that a layer fits, by the file's name or the layer's."""
    known = None
    if project is not None:
        known = mappings.read_mappings(project.mapping_folders())
    names = dict.fromkeys(name for name in (layer, path.stem) if name)
    found = [mappings.examined(frame, name, known=known) for name in names]
    named = [each for each in found if each.match is not None and each.match.by == "name"]
    return next(iter([*named, *found]), mappings.Examined(None, ()))


def at(path: Path, fault: GeoplanError) -> GeoplanError:
    """Return an error that names the file."""
    if str(fault).startswith(str(path)):
        return fault
    return coded(type(fault)(f"{path}: {fault}"), fault.code)
