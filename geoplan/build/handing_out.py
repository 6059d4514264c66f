"""Tables and shapes as files to hand out: made of the tables that the last build left."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

from geoplan.build.exporting import built_tables, export_folder, write_export
from geoplan.config import Project
from geoplan.errors import StageError, UsageError
from geoplan.files import write_bytes
from geoplan.publish import (
    PACKAGE,
    Held,
    Shared,
    fields_csv,
    outputs,
    package_text,
    shared,
)
from geoplan.vector import Lost, geodatabase_files, parquet_bytes, shapefile_zip

DATA_FORMATS = ("gpkg", "gdb", "shp", "parquet", "geojson", "xlsx")

GEODATABASE = "atlas.gdb"
SHAPEFILES = "atlas-shp.zip"
PUBLISHED = {"gpkg": "data/atlas.gpkg", "xlsx": "data/geoplan.xlsx"}


@dataclass(frozen=True, kw_only=True)
class DataExport:
    """In which formats tables and shapes are handed out."""

    formats: tuple[str, ...]
    """Of `DATA_FORMATS`."""
    encoding: Literal["UTF-8", "GBK"] = "UTF-8"
    """Of texts in shapefiles."""
    out: Path | None = None
    """Folder, made if missing; default: ``export`` in that of the project."""


def export_data(
    project: Project,
    *,
    how: DataExport,
    on_file: Callable[[Path], None] = lambda _: None,
    on_lost: Callable[[Lost], None] = lambda _: None,
) -> list[Path]:
    """Write tables and shapes, and the package that describes them; return files and folders.

    Parameters
    ----------
    on_file
        Is told of every file, and the folder of a geodatabase, as it is there.
    on_lost
        Is told of every column that a shapefile could not hold whole.

    Raises
    ------
    UsageError
        For no or an unknown format, or a folder that must not be written to.
    DataError
        Where nothing is built yet, or tables do not fit together.
    ConfigError
        Where a public atlas holds layers that are not public.
    StageError
        Where a file cannot be written.
    """
    unknown = [form for form in how.formats if form not in DATA_FORMATS]
    if unknown or not how.formats:
        named = ", ".join(map(repr, unknown)) or "none"
        raise UsageError(f"no such format of data: {named}; there are {', '.join(DATA_FORMATS)}")
    folder = export_folder(project, how.out)
    tables, as_of = built_tables(project)
    made = {o.name: o for o in outputs(tables, project=project, as_of=as_of)}
    given = shared(tables) if set(how.formats) - set(PUBLISHED) else None
    files: dict[str, bytes] = {}
    for form in dict.fromkeys(how.formats):
        if given is None or form in PUBLISHED:
            output = made[PUBLISHED[form]]
            own = {Path(output.name).name: output.content()}
        else:
            own = _files(given, form, how=how, on_lost=on_lost)
        if form == "gdb":
            _replace(folder / GEODATABASE, own)
            on_file(folder / GEODATABASE)
        else:
            for name, content in own.items():
                write_export(folder / name, content)
                on_file(folder / name)
        files |= own
    # All that is handed out shows all layers.
    mark = made[PUBLISHED["gpkg"]].sensitivity
    held = {
        name: Held(
            sha256=sha256(content).hexdigest(),
            bytes=len(content),
            sensitivity=mark,
            columns=given.columns_of(name) if given else (),
        )
        for name, content in files.items()
    }
    text = package_text(tables, config=project.config, as_of=as_of, files=held)
    if text is not None:
        write_export(folder / PACKAGE, text.encode())
        on_file(folder / PACKAGE)
    return [folder / name for name in (*files, PACKAGE)]


def _files(
    given: Shared, form: str, *, how: DataExport, on_lost: Callable[[Lost], None]
) -> dict[str, bytes]:
    """Return the files of a format by name, those of folders with ``/``."""
    if form == "gdb":
        made = geodatabase_files(given.layers, about=given.about)
        return {f"{GEODATABASE}/{name}": content for name, content in made.items()}
    if form == "shp":
        beside = {**given.tables(), "fields.csv": fields_csv(given)}
        beside |= {f"{name}.qml": text.encode() for name, text in given.short_styles.items()}
        content, lost = shapefile_zip(
            given.shaped, short=given.short, encoding=how.encoding, beside=beside
        )
        for column in lost:
            on_lost(column)
        return {SHAPEFILES: content}
    if form == "parquet":
        return {f"parquet/{n}.parquet": parquet_bytes(t) for n, t in given.layers.items()}
    own = {**given.geojson(), **given.tables()}
    return {f"geojson/{name}": content for name, content in own.items()}


def _replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` in the place of the geodatabase `folder`, as a whole.

    Raises `UsageError` where that is something else, `StageError` where it cannot be done.
    """
    if folder.exists() and not any(folder.glob("*.gdbtable")):
        raise UsageError(f"{folder}: is no file geodatabase; move it away, or give another --out")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            (beside / "new").mkdir()
            for name, content in files.items():
                write_bytes(beside / "new" / Path(name).name, content)
            _exchange(folder, beside)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as fault:
        raise StageError(
            f"{folder}: cannot be written: {fault.strerror or fault}; close it in GIS programs"
        ) from fault


def _exchange(folder: Path, beside: Path) -> None:
    """Put ``beside/new`` in the place of `folder`, which comes back where that fails."""
    before = beside / "old"
    if folder.exists():
        folder.replace(before)
    try:
        (beside / "new").replace(folder)
    except OSError:
        if before.exists():
            before.replace(folder)
        raise
