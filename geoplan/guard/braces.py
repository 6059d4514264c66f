"""JSON, looked through in one pass: how deep it is nested, and what kind of JSON it is."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from geoplan.guard.limits import Limits
from geoplan.guard.told import check_size, refusal

CHUNK = 1 << 22
_HEAD = 1 << 16
_BLANKS = b" \t\r\n"

_REST = bytes(set(range(256)) - set(b'[]{}"'))

_CRS = re.compile(rb'"crs":\{')
_LINK = re.compile(rb'"type":"(?:link|url)"', re.IGNORECASE)
"""A CRS that is an address, which GDAL would ask for; blanks are taken out before."""

_LONGEST_CRS = 8192
"""Bytes of the record that states the CRS."""

_HIDDEN = re.compile(rb"\\u00(?:4[1-9a-fA-F]|5[0-9aA]|6[1-9a-fA-F]|7[0-9aA])")
"""A plain letter that is written as a number: no program does, unless something shall be hidden."""

_TYPE = re.compile(rb'"type"\s{0,20}:\s{0,20}"([A-Za-z]{1,40})"')

FEATURES = (
    *("FeatureCollection", "Feature", "GeometryCollection", "Point", "MultiPoint", "LineString"),
    *("MultiLineString", "Polygon", "MultiPolygon"),
)
"""What the outermost record of GeoJSON may be."""


def check_json(path: Path, limits: Limits) -> None:
    """Look through a file of GeoJSON.

    Raises
    ------
    RefusedError
        Nested too deep, too large, cut short, with a CRS that is an address, letters that
        are hidden, or another kind of JSON.
    """
    check_size(path, limits.json_bytes, what="GeoJSON", advice="save it as GeoPackage")
    depth, inside, words, first = 0, False, b"", b""
    with path.open("rb") as file:
        while content := file.read(CHUNK):
            # An escaped sign must not be cut in two.
            while content.endswith(b"\\") and (more := file.read(1)):
                content += more
            first += content if len(first) < _HEAD else b""
            # A cut must not make an odd number of backslashes of an even one.
            words = words[-2 * _LONGEST_CRS :].lstrip(b"\\") + content.translate(None, _BLANKS)
            _check_words(words, path)
            depth, inside = _check_depth(content, (depth, inside), path, limits)
    if depth or inside:
        raise refusal(
            path,
            "cut_short",
            f"ends within {'a text' if inside else f'{depth} open brackets'}; the file is cut "
            "short: copy or export it again",
        )
    _check_kind(first, path)


def _check_words(content: bytes, path: Path) -> None:
    for found in _CRS.finditer(content):
        record = content[found.end() : found.end() + _LONGEST_CRS]
        end = _end(record)
        if _LINK.search(record[:end]):
            raise refusal(
                path,
                "link",
                "its coordinate system (crs) is an address, which is not asked for; state it by "
                "name, or leave `crs` out and give --assume-crs",
            )
        if end is None and len(record) == _LONGEST_CRS:
            text = f"its coordinate system (crs) takes more than {_LONGEST_CRS} bytes"
            raise refusal(path, "link", text)
    if b"\\u00" in content and _HIDDEN.search(content.replace(b"\\\\", b"")):
        raise refusal(
            path,
            "json_hidden",
            "plain letters are written as numbers (\\u0061), which hides words; save it anew",
        )


def _end(record: bytes) -> int | None:
    """Return where a record ends that was opened before; None if not within `record`."""
    depth = 1
    for found in re.finditer(rb"[{}]", record):
        depth += 1 if found[0] == b"{" else -1
        if not depth:
            return found.start()
    return None


def _check_depth(
    content: bytes, state: tuple[int, bool], path: Path, limits: Limits
) -> tuple[int, bool]:
    """Follow brackets outside of texts; return how many are open, and whether a text is."""
    depth, inside = state
    if b"\\" in content:
        content = content.replace(b"\\\\", b"").replace(b'\\"', b"")
    signs = np.frombuffer(content.translate(None, _REST), dtype=np.uint8)
    quotes = signs == ord('"')
    quoted = (np.cumsum(quotes) + inside) % 2 == 1
    opens = (signs == ord("[")) | (signs == ord("{"))
    steps = np.where(quoted | quotes, 0, np.where(opens, 1, -1))
    depths = depth + np.cumsum(steps)
    if len(depths):
        if depths.max() > limits.json_depth:
            raise refusal(
                path,
                "json_depth",
                f"lists and records stand more than {limits.json_depth} deep within one another",
            )
        if depths.min() < 0:
            raise refusal(path, "damaged", "closes more brackets than it opens; export it again")
        depth = int(depths[-1])
    return depth, bool((int(quotes.sum()) + inside) % 2)


def _check_kind(first: bytes, path: Path) -> None:
    kinds = {found[1].decode() for found in _TYPE.finditer(first)}
    if kinds & set(FEATURES) and ("Topology" not in kinds or kinds & set(FEATURES[:2])):
        return
    if "Topology" in kinds:
        other, advice = "TopoJSON", "save it as GeoJSON or GeoPackage"
    elif b'"geometryType"' in first or b'"esri' in first:
        other, advice = "ESRI JSON", "save it as GeoJSON (f=geojson) or GeoPackage"
    elif b'"wms"' in first or b'"stac_version"' in first or b'"gdalg"' in first.lower():
        other, advice = "the description of a service", "give the data itself"
    else:
        other, advice = "JSON without features", "GeoJSON has a FeatureCollection"
    raise refusal(path, "other_format", f"is {other}, and no GeoJSON; {advice}")
