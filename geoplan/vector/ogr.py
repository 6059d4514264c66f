"""Layers that GDAL reads: every row, every column, curves made straight, nothing in silence."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import geopandas as gpd
import pyogrio
from pyogrio.errors import CRSError

from geoplan import crs
from geoplan.errors import DataError, GeoplanError, coded
from geoplan.reading import Notice
from geoplan.vector.contents import Given, LayerFacts
from geoplan.vector.curves import straight
from geoplan.vector.frames import columns_in, flattened, shapes_in, unique
from geoplan.vector.opened import gdal_path

Options = Mapping[str, str]
"""Open options of a driver."""

_FAULTS = (RuntimeError, ValueError, OSError, IndexError, pa.ArrowException, UnboundLocalError)
_TEMPORARY = re.compile(r"[^\s'\"]*/geoplan-[^/]+/")


@contextmanager
def told(source: str, place: Path) -> Iterator[list[str]]:
    """Turn what is raised into errors about `source`, and gather what GDAL warns of.

    `place` is the file that is opened, which may lie in a temporary folder.
    """
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with np.errstate(invalid="ignore"):
                yield said
        except GeoplanError as fault:
            text = _TEMPORARY.sub("", str(fault))
            if text.startswith(source):
                raise
            raise coded(type(fault)(f"{source}: {text}"), fault.code) from fault
        except _FAULTS as fault:
            text = _plain(str(fault), place)
            raise coded(DataError(f"{source}: cannot be read: {text}"), "format.broken") from fault
    texts = [_plain(str(each.message), place) for each in caught]
    said += [text for text in dict.fromkeys(texts) if not text.startswith(_NOISE)]


_NOISE = ("Measured (M) geometry", "More than one layer found")
"""What pyogrio warns of and is told in other words."""


def _plain(text: str, place: Path) -> str:
    """Return a message without the folder of a file, in one line."""
    short = text.replace(str(place), place.name).replace(f"{place.parent}/", "")
    short = " ".join(_TEMPORARY.sub("", short).split())
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)


def notices_of(said: Sequence[str]) -> list[Notice]:
    """Return what GDAL warned of as notices."""
    more = f" (and {len(said) - 5} more warnings)" if len(said) > 5 else ""
    text = "; ".join(said[:5]) + more
    if not said:
        return []
    return [Notice("format.driver_warning", "warning", f"GDAL says: {text}", count=len(said))]


def layers_of(
    path: Path, *, encoding: str | None = None, options: Options | None = None
) -> tuple[LayerFacts, ...]:
    """Return the layers and plain tables of a file, in its order, rows counted."""
    found = []
    for name, _ in pyogrio.list_layers(gdal_path(path)):
        info = _info(path, str(name), encoding, options)
        kind = info["geometry_type"]
        names, _ = unique([str(field) for field in info["fields"]])
        types = map(_type_of, info["ogr_types"], info["ogr_subtypes"], info["dtypes"])
        fields = tuple(zip(names, types, strict=True))
        kinds = () if kind is None else (str(kind),)
        found.append(
            LayerFacts(str(name), info["features"], kinds, fields, system_of(info["crs"])[0])
        )
    return tuple(found)


def _info(
    path: Path, layer: str | None, encoding: str | None, options: Options | None
) -> dict[str, Any]:
    info: dict[str, Any] = pyogrio.read_info(
        gdal_path(path), layer=layer, encoding=encoding, force_feature_count=True, **(options or {})
    )
    return info


def states_sense(path: Path) -> bool:
    """Return whether the coordinate system that a file states can be read at all."""
    try:
        # Any text fits this encoding: names of columns are not what is looked at.
        pyogrio.read_info(gdal_path(path), encoding="ISO-8859-1")
    except (CRSError, UnboundLocalError):
        return False  # pyogrio stumbles where GDAL cannot write the system as WKT
    return True


def unreadable_system(why: str) -> Notice:
    """Return what is told where a coordinate system is stated that cannot be read."""
    return Notice(
        "crs.unreadable",
        "warning",
        f"the coordinate system that is stated cannot be read: {' '.join(why.split())[:300]}",
        proposal="State the system that the numbers are in with --assume-crs.",
    )


def system_of(stated: object) -> tuple[Any, list[Notice]]:
    """Return the coordinate system that a file states; None, and a notice, where it has no sense.

    A system with heights is read as the plane one.
    """
    try:
        system = crs.read(stated)
        return (None if system is None else system.to_2d()), []
    except (RuntimeError, ValueError) as fault:
        return None, [unreadable_system(str(fault))]


def read_layer(
    path: Path,
    layer: str,
    *,
    encoding: str | None = None,
    options: Options | None = None,
    deleted: int = 0,
) -> Given:
    """Return a layer of a file with all its rows; `deleted` ones are counted and not there.

    Raises
    ------
    DataError
        Where fewer rows, or more, can be read than the file states.
    """
    meta, table = pyogrio.raw.read_arrow(
        gdal_path(path), layer=layer, encoding=encoding, **(options or {})
    )
    promised = _info(path, layer, encoding, options)["features"] - deleted
    if 0 <= promised != len(table):
        raise coded(
            DataError(
                f"{path}: {len(table)} of {promised} features can be read; the file is cut short "
                "or damaged; copy or export it again"
            ),
            "format.cut_short",
        )
    at = _shapes_at(table, meta)
    columns, notices = columns_in(table if at is None else table.remove_column(at))
    system, unreadable = system_of(meta["crs"])
    shapes: np.ndarray = np.full(len(table), None, dtype=object)
    if at is not None:
        values = np.array(table.column(at).to_pylist(), dtype=object)
        values, curved = straight(
            values, lambda: _linear(path, layer, encoding, options), source=path
        )
        shapes, torn = shapes_in(values)
        shapes, high = flattened(shapes)
        notices += [*curved, *torn, *high]
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=system))
    return Given(frame, layer, encoding, (*notices, *unreadable))


def _linear(path: Path, layer: str, encoding: str | None, options: Options | None) -> np.ndarray:
    """Return the WKB of all shapes with arcs as lines; unlike Arrow's door, this one makes some."""
    _, _, plain, _ = pyogrio.raw.read(
        gdal_path(path), layer=layer, columns=[], encoding=encoding, **(options or {})
    )
    return np.asarray(plain)


def _shapes_at(table: pa.Table, meta: Mapping[str, Any]) -> int | None:
    """Return which column holds the shapes; a plain one may have the same name."""
    for at, field in enumerate(table.schema):
        kind = (field.metadata or {}).get(b"ARROW:extension:name", b"")
        if kind in (b"geoarrow.wkb", b"ogc.wkb"):
            return at
    name = meta["geometry_name"] or "wkb_geometry"
    found = [at for at, field in enumerate(table.schema) if field.name == name]
    return found[-1] if found and meta["geometry_type"] is not None else None


def _type_of(own: str, sub: str, dtype: object) -> str:
    """Return a short name of a column's type."""
    if sub in ("OFSTBoolean", "OFSTJSON"):
        return {"OFSTBoolean": "boolean", "OFSTJSON": "json"}[sub]
    names = {
        "OFTInteger": "integer",
        "OFTInteger64": "integer",
        "OFTReal": "number",
        "OFTString": "text",
        "OFTDate": "date",
        "OFTTime": "time",
        "OFTDateTime": "datetime",
        "OFTBinary": "bytes",
    }
    return names.get(own, "list" if own.endswith("List") else str(dtype))
