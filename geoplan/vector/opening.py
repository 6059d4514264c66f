"""Every format as layers: which there are, and the rows of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from geoplan import guard
from geoplan.errors import DataError, coded
from geoplan.reading import Notice, Reading
from geoplan.vector import ogr
from geoplan.vector.archive import data_sets
from geoplan.vector.contents import Given, LayerFacts
from geoplan.vector.curves import configured
from geoplan.vector.dxf import DRAWN, KINDS, drawing, drawing_layers, layers_drawn
from geoplan.vector.encodings import Encoding, encoding_of
from geoplan.vector.geoparquet import geoparquet_layers, read_geoparquet
from geoplan.vector.kinds import looked_through
from geoplan.vector.kml import kml_frame, kml_layers, read_kml
from geoplan.vector.markup import alone, axes_of
from geoplan.vector.own_table import Known, OwnTable, own_tables
from geoplan.vector.pages import snapshot
from geoplan.vector.placed import placed, table_facts
from geoplan.vector.shapefile import whole_shapefile

MOST_DATA_SETS = 200
"""Files of an archive that are opened: each takes some hundredths of a second."""


@dataclass(frozen=True)
class Opened:
    """A file whose layers can be listed and read while its context lasts."""

    format: str
    layers: Callable[[], Sequence[LayerFacts]]
    read: Callable[[str], Given]
    notices: tuple[Notice, ...] = ()
    encoding: Encoding | None = None
    """Where the format leaves it open."""
    accepts: Callable[[str], bool] = field(default=lambda _: False)
    """Whether a name that is none of the layers' chooses a part of one."""
    default: str | None = None
    """What is read of several layers where none is chosen."""


@contextmanager
def opened_layers(path: Path, reading: Reading) -> Iterator[Opened]:
    """Yield the layers of a file; temporary copies last as long as the context.

    Notices of severity ``error`` say what has to be decided before rows are read.
    Raises as `looked_through`, and `DataError` where the file is broken.
    """
    with ExitStack() as stack:
        yield _open(path, reading, stack)


def _open(path: Path, reading: Reading, stack: ExitStack) -> Opened:
    checked = looked_through(path)
    opened = OPENERS.get(checked.format, _gdal)(path, checked.format, reading, stack)
    return replace(opened, notices=(*checked.notices, *opened.notices))


def _gdal(path: Path, format_: str, _reading: Reading, _stack: ExitStack) -> Opened:
    return Opened(
        format_,
        lambda: ogr.layers_of(path),
        lambda layer: ogr.read_layer(path, layer),
    )


def _shapefile(path: Path, format_: str, reading: Reading, stack: ExitStack) -> Opened:
    whole = stack.enter_context(whole_shapefile(path))
    coding = encoding_of(path, given=reading.encoding)
    return Opened(
        format_,
        lambda: [
            replace(layer, rows=layer.rows - whole.deleted)
            for layer in ogr.layers_of(whole.path, encoding=coding.name)
        ],
        lambda layer: ogr.read_layer(
            whole.path, layer, encoding=coding.name, deleted=whole.deleted
        ),
        (*whole.notices, *coding.notices),
        coding,
    )


def _geopackage(path: Path, format_: str, reading: Reading, stack: ExitStack) -> Opened:
    log = path.with_name(f"{path.name}-wal")
    if not (log.is_file() and log.stat().st_size):
        return _gdal(path, format_, reading, stack)
    # GDAL would put the rows in place, in a file that is not ours.
    here = stack.enter_context(snapshot(path))
    text = f"rows that a program has not put in place yet are read too, from {log.name}"
    return replace(
        _gdal(here, format_, reading, stack), notices=(Notice("format.log", "info", text),)
    )


def _geoparquet(path: Path, format_: str, _reading: Reading, _stack: ExitStack) -> Opened:
    return Opened(
        format_,
        lambda: [geoparquet_layers(path)],
        lambda _: read_geoparquet(path),
    )


def _geojson(path: Path, format_: str, reading: Reading, stack: ExitStack) -> Opened:
    coding = encoding_of(path, given=reading.encoding)
    here = path
    if coding.name.upper() != "UTF-8" or path.suffix.lower() == ".json":
        here = stack.enter_context(alone(path, coding.name))
    return Opened(
        format_,
        lambda: ogr.layers_of(here),
        lambda layer: ogr.read_layer(here, layer),
        coding.notices,
        coding,
    )


def _gml(path: Path, format_: str, reading: Reading, stack: ExitStack) -> Opened:
    coding = encoding_of(path, given=reading.encoding)
    here = stack.enter_context(alone(path, coding.name))
    options = {"WRITE_GFS": "NO"}
    return Opened(
        format_,
        lambda: ogr.layers_of(here, options=options),
        lambda layer: ogr.read_layer(here, layer, options=options),
        (*coding.notices, *axes_of(path)),
        coding,
    )


def _kml(path: Path, format_: str, reading: Reading, stack: ExitStack) -> Opened:
    coding = encoding_of(path, given=reading.encoding)
    here = stack.enter_context(alone(path, coding.name))
    document = read_kml(here, title=path.stem)
    return Opened(
        format_,
        lambda: kml_layers(document),
        lambda layer: kml_frame(document, layer),
        coding.notices,
        coding,
    )


def _dxf(path: Path, format_: str, reading: Reading, _stack: ExitStack) -> Opened:
    coding = encoding_of(path, given=reading.encoding).settled(str(path))
    with configured(**DRAWN, DXF_ENCODING=coding.name):
        given = ogr.read_layer(path, "entities")
    parts = drawing_layers(given)
    drawn = {"entities", *layers_drawn(given)}
    # A layer is of one kind: lines count only where there are no polygons.
    extended = [part.name for part in parts if part.name in KINDS[:2]]
    return Opened(
        format_,
        lambda: parts,
        lambda layer: drawing(given, layer),
        coding.notices,
        coding,
        accepts=lambda name: name in drawn,
        default=extended[0] if extended else None,
    )


def tables_of(
    path: Path, format_: str, *, reading: Reading, known: Known = lambda _: False
) -> tuple[list[OwnTable], Encoding | None]:
    """Return the tables of a CSV file or a workbook, as `own_tables`, and its encoding."""
    coding = None
    if format_ == "csv":  # which is decoded as a whole
        coding = encoding_of(path, given=reading.encoding).settled(str(path))
    name = None if coding is None else coding.name
    return own_tables(path, format_, reading=reading, encoding=name, known=known), coding


def _table(path: Path, format_: str, reading: Reading, _stack: ExitStack) -> Opened:
    tables, coding = tables_of(path, format_, reading=reading)
    facts = [table_facts(table) for table in tables]
    by_name = {table.name: table for table in tables}
    notices = () if coding is None else coding.notices
    return Opened(format_, lambda: facts, lambda layer: placed(by_name[layer]), notices, coding)


def _archive(path: Path, format_: str, reading: Reading, stack: ExitStack) -> Opened:
    folder = stack.enter_context(guard.unpacked(path))
    sets = data_sets(folder)
    if not sets:
        raise coded(DataError(f"{path}: holds no file with shapes"), "format.no_layer")
    if format_ == "kmz":  # what else is in there is shown with it, and no layer
        main = [each for each in sets if each.name == "doc.kml"] or sets
        sets = main[:1]
    if len(sets) > MOST_DATA_SETS:
        text = f"{path}: holds {len(sets)} files with layers; at most {MOST_DATA_SETS} are read"
        fault = DataError(f"{text}; unpack it, and give the one that is meant")
        raise coded(fault, "refused.zip_entries")
    opened = {each.relative_to(folder).as_posix(): _open(each, reading, stack) for each in sets}
    return next(iter(opened.values())) if len(opened) == 1 else _together(format_, opened)


def _together(format_: str, opened: Mapping[str, Opened]) -> Opened:
    """Return several data sets as one: their layers are called as their files are."""
    stems = Counter(Path(file).stem for file in opened)
    places: dict[str, tuple[Opened, str]] = {}
    layers = []
    for file, each in opened.items():
        stem = Path(file).stem if stems[Path(file).stem] == 1 else file
        for layer in each.layers():
            name = stem if len(each.layers()) == 1 else f"{stem}/{layer.name}"
            places[name] = each, layer.name
            layers.append(replace(layer, name=name))

    def read(name: str) -> Given:
        inner, layer = places[name]
        given = inner.read(layer)
        return replace(given, layer=name, notices=(*inner.notices, *given.notices))

    return Opened(format_, lambda: layers, read)


OPENERS: dict[str, Callable[[Path, str, Reading, ExitStack], Opened]] = {
    "shapefile": _shapefile,
    "geopackage": _geopackage,
    "geoparquet": _geoparquet,
    "geojson": _geojson,
    "gml": _gml,
    "kml": _kml,
    "dxf": _dxf,
    "csv": _table,
    "xlsx": _table,
    "zip": _archive,
    "kmz": _archive,
}
"""How formats are opened; the others GDAL reads as they are."""
