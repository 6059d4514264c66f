"""A file from elsewhere is looked at here before any library opens it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from geoplan.errors import DataError, coded
from geoplan.guard.archive import archive_notices, listed_archive
from geoplan.guard.braces import check_json
from geoplan.guard.drawing import check_drawing
from geoplan.guard.geodatabase import check_geodatabase
from geoplan.guard.heads import check_flatgeobuf, check_parquet
from geoplan.guard.limits import LIMITS, Limits, size_text
from geoplan.guard.markup import Markup, check_markup
from geoplan.guard.shapes import check_shapefile, parts_of
from geoplan.guard.sniff import NAMES, SUFFIXES, Format, Sniffed, names_in, sniff, sniff_zip
from geoplan.guard.sqlite import check_geopackage
from geoplan.guard.told import check_size, check_there, plain_path, refusal, shown
from geoplan.guard.workbook import check_workbook
from geoplan.reading import Notice

START = 1 << 16

BESIDE_GML = (".xsd", ".gfs")
"""What GDAL reads beside a GML."""


@dataclass(frozen=True)
class Checked:
    """What a file is, after it was looked through."""

    path: Path
    format: Format
    """By its content; ``zip`` for any archive but KMZ and workbooks."""
    notices: tuple[Notice, ...] = ()
    """What is harmless, and should be known: addresses that are not followed, guessed names."""


_seen: dict[tuple[object, ...], Checked] = {}
_lock = Lock()
_KEPT = 256


def checked(path: Path, *, limits: Limits = LIMITS) -> Checked:
    """Say what format a file or geodatabase is, and refuse it where it could do harm.

    A file that has not changed since is not looked through again.

    Raises
    ------
    RefusedError
        Name and content disagree, it is no plain file, or above a limit; `code` says which.
    DataError
        There is no such file, or it may not be read.
    """
    path = Path(path)
    check_there(path)
    plain_path(path)
    try:
        key = (*_state(path), limits)
        with _lock:
            kept = _seen.get(key)
        if kept is None:
            kept = _looked(path, limits)
            with _lock:
                if len(_seen) >= _KEPT:
                    _seen.clear()
                _seen[key] = kept
    except OSError as fault:
        raise coded(
            DataError(f"{path}: cannot be read: {fault.strerror or fault}"), "data.no_file"
        ) from fault
    return kept


def _state(path: Path) -> tuple[object, ...]:
    """Return what changes with a file, or with one of those that belong to it."""
    if path.is_dir():
        with os.scandir(path) as inside:
            files = sorted(Path(each.path) for each in inside)[:100_000]
    elif path.suffix.lower() == ".shp":
        files = sorted(parts_of(path).values())
    else:
        files = [path, path.with_name(f"{path.name}-wal")]
        files += [path.with_suffix(end) for end in BESIDE_GML]
    states: list[object] = [str(path)]
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        states.append((file.name, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return tuple(states)


def _looked(path: Path, limits: Limits) -> Checked:
    if path.is_dir():
        return _folder(path, limits)
    with path.open("rb") as file:
        start = file.read(START)
    found = sniff(start, path.stat().st_size)
    suffix = path.suffix.lower()
    if found is not None and found.format == "zip":
        found = sniff_zip(names_in(path), suffix)
    if found is None:
        found = _by_name(path, start)
    return Checked(path, *_CHECKS[_agreed(path, found)](path, limits))


def _folder(path: Path, limits: Limits) -> Checked:
    """Look at a folder: a file geodatabase, or Parquet files that belong together."""
    if path.suffix.lower() == ".parquet":
        notices = [
            n for each in sorted(path.glob("*.parquet")) for n in _looked(each, limits).notices
        ]
        return Checked(path, "geoparquet", tuple(notices))
    if path.suffix.lower() != ".gdb" and not any(path.glob("a00000001.gdbtable")):
        raise refusal(
            path, "folder", "is a folder; give one file in it (folders ending in .gdb are read)"
        )
    check_geodatabase(path, limits)
    return Checked(path, "filegdb")


def _by_name(path: Path, start: bytes) -> Sniffed:
    """Say what a file is that only its name can tell: a table as text."""
    if path.suffix.lower() in {".csv", ".txt", ".tsv"} and _is_text(start):
        return Sniffed("csv", "text")
    if path.suffix.lower() == ".dbf":
        advice = "it is the table of a shapefile: give the .shp, or save it as CSV UTF-8"
        return Sniffed(None, "a table without shapes (dbf)", advice)
    what = "text" if _is_text(start) else "of no format that is known"
    return Sniffed(None, what)


def _is_text(start: bytes) -> bool:
    return b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff"))


def _agreed(path: Path, found: Sniffed) -> Format:
    """Return the format; refuse a file whose name and content disagree."""
    suffix = path.suffix.lower()
    wanted = SUFFIXES.get(suffix)
    if found.format is not None and wanted and found.format in wanted:
        return found.format
    advice = f"; {found.advice}" if found.advice else ""
    if found.code != "other_format":
        raise refusal(path, found.code, f"is {found.what}{advice}")
    if wanted is None:
        known = ", ".join(sorted(SUFFIXES))
        ends = f"the name ends in {shown(suffix)}" if suffix else "the name has no ending"
        raise refusal(
            path, "suffix", f"{ends}, which is no format that is read{advice}; read are {known}"
        )
    names = " or ".join(NAMES[each] for each in wanted)
    rename = ""
    if found.format is not None and not advice:
        usual = [end for end, formats in SUFFIXES.items() if formats[0] == found.format]
        rename = f"; if that is what it should be, rename it to {usual[0]}" if usual else ""
    raise refusal(
        path,
        "other_format",
        f"by its name a {names}, by its content {found.what}{advice or rename}",
    )


Found = tuple[Format, tuple[Notice, ...]]
_Check = Callable[[Path, Limits], Found]


def _zip(path: Path, limits: Limits) -> Found:
    with listed_archive(path, limits) as (_, entries):
        return "zip", archive_notices(entries, path)


def _kmz(path: Path, limits: Limits) -> Found:
    notices: list[Notice] = []
    with listed_archive(path, limits) as (archive, entries):
        notices += archive_notices(entries, path)
        for entry in entries:
            if entry.name.lower().endswith(".kml"):
                with archive.open(entry.info) as source:
                    seen = check_markup(source, path=path, part=entry.name, limits=limits)
                notices += _outward(seen)
    return "kmz", tuple(notices)


def _xml(path: Path, limits: Limits) -> Found:
    check_size(path, limits.xml_bytes, what="XML", advice="save it as GeoPackage")
    with path.open("rb") as source:
        seen = check_markup(source, path=path, limits=limits)
    for beside in (path.with_suffix(end) for end in BESIDE_GML):
        if beside.is_file():  # what its columns are, which GDAL reads too
            _check_beside(beside, path, limits)
    return ("kml" if seen.root == "kml" else "gml"), _outward(seen)


def _check_beside(beside: Path, path: Path, limits: Limits) -> None:
    size = beside.stat().st_size
    if size > limits.schema_bytes:
        raise refusal(
            path,
            "too_large",
            f"{beside.name} beside it has {size_text(size)}; {size_text(limits.schema_bytes)} are "
            "allowed",
        )
    with beside.open("rb") as source:
        check_markup(source, path=path, part=beside.name, limits=limits)


def _outward(seen: Markup) -> tuple[Notice, ...]:
    # A schema is named by every GML, and none is asked for.
    return _unfollowed(seen.count("NetworkLink") + seen.outward)


def _unfollowed(count: int) -> tuple[Notice, ...]:
    if not count:
        return ()
    text = f"{count} links to other files or addresses were not followed"
    advice = "if something is missing, bring those files here too"
    return (Notice("format.links_unfollowed", "info", text, proposal=advice, count=count),)


def _drawing(path: Path, limits: Limits) -> Found:
    return "dxf", _unfollowed(check_drawing(path, limits))


def _workbook(path: Path, limits: Limits) -> Found:
    return "xlsx", _unfollowed(check_workbook(path, limits))


def _plain(format_: Format, check: Callable[[Path, Limits], None]) -> _Check:
    def run(path: Path, limits: Limits) -> Found:
        check(path, limits)
        return format_, ()

    return run


def _check_csv(path: Path, limits: Limits) -> None:
    check_size(path, limits.csv_bytes, what="text")


_CHECKS: dict[Format, _Check] = {
    "zip": _zip,
    "kmz": _kmz,
    "kml": _xml,
    "gml": _xml,
    "dxf": _drawing,
    "xlsx": _workbook,
    "geojson": _plain("geojson", check_json),
    "shapefile": _plain("shapefile", check_shapefile),
    "csv": _plain("csv", _check_csv),
    "flatgeobuf": _plain("flatgeobuf", check_flatgeobuf),
    "geoparquet": _plain("geoparquet", check_parquet),
    "geopackage": _plain("geopackage", check_geopackage),
}
