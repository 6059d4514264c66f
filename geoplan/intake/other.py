"""Files that hold no layer of shapes: what they are, and which command takes them."""

from __future__ import annotations

from pathlib import Path

from geoplan import crs, files, toml, vector
from geoplan.errors import GeoplanError
from geoplan.formats import RASTERS
from geoplan.intake.model import Inspected
from geoplan.intake.steps import file_word, step
from geoplan.reading import Notice

TEXTS = (".txt", ".md", ".docx", ".doc", ".pdf", ".wps", ".html", ".htm")
"""How names of files end that may be texts of plans."""

_TABLES = {"feature": "a layer file", "file": "a layer file", "indicator": "a layer file"}
_KINDS = {
    **_TABLES,
    "raster": "a layer file",
    "document": "the registry of documents",
    "class": "the registry of classes",
    "theme": "the registry of classes",
    "rule": "the registry of rules",
    "finding": "the registry of findings",
    "map": "the registry of maps",
    "ledger": "the registry of ledgers",
    "model": "the registry of suitability models",
}


def other_file(path: Path) -> Inspected | None:
    """Return what is told of a raster, a TOML file or a text; None where it may hold shapes."""
    suffix = path.suffix.lower()
    if path.is_dir() and suffix not in (".gdb", ".parquet"):
        return _folder(path)
    if suffix in RASTERS:
        return _raster(path)
    if suffix == ".toml":
        return _toml(path)
    if suffix in TEXTS and not (suffix == ".txt" and _has_places(path)):
        return _text(path)
    return None


def _folder(path: Path) -> Inspected | None:
    here = sorted(each.name for each in path.iterdir())
    if any(name.lower().endswith(RASTERS) for name in here):
        return _raster(path)
    if any(name.lower().endswith(".gdbtable") for name in here):
        return None
    shown = ", ".join(here[:10]) + (" …" if len(here) > 10 else "")
    message = "is a folder, and holds no tiles of a raster; name one of its files"
    notice = Notice("format.folder", "error", message, f"{len(here)} files: {shown or 'none'}")
    return Inspected(path, "folder", notices=(notice,), refused=True)


def _raster(path: Path) -> Inspected:
    from geoplan import raster  # it takes long to load, and most files are none

    size = () if path.is_dir() else ((path.name, path.stat().st_size),)
    digest = "" if path.is_dir() else files.file_hash(path)
    try:
        source = raster.look(path)
    except GeoplanError as fault:
        return _unread(path, "raster", fault)
    grid = source.grid
    across, down = grid.cell_m
    facts = {
        "width": grid.width,
        "height": grid.height,
        "cell_m": [round(across, 4), round(down, 4)],
        "kind": source.kind,
        "type": source.dtype,
        "nodata": source.nodata,
        "crs": crs.name_of(grid.crs),
        "bounds": crs.bounds_to_data(grid.bounds, grid.crs),
        "tiles": len(source.tiles),
    }
    steps = (
        step("measure it in the counties", ["geoplan", "zonal", file_word(path)]),
        step(
            "bring it to an equal-area grid",
            ["geoplan", "derive", "grid", file_word(path), "--out", f"{path.stem}-grid.tif"],
        ),
    )
    notices = tuple(Notice("format.raster", "info", text) for text in source.decisions)
    return Inspected(
        path, "raster", files=size, sha256=digest, facts=facts, notices=notices, steps=steps
    )


def _toml(path: Path) -> Inspected:
    told = ((path.name, path.stat().st_size),)
    digest = files.file_hash(path)
    try:
        _, content = toml.read(path)
    except toml.UnreadableError as fault:
        notice = Notice("format.toml", "error", " ".join(str(fault).split()))
        return Inspected(path, "toml", files=told, sha256=digest, notices=(notice,), refused=True)
    kinds = [kind for key, kind in _KINDS.items() if key in content]
    if path.name == "geoplan.toml":
        kinds = ["the configuration of a project"]
    tables = {key: len(value) for key, value in content.items() if isinstance(value, list)}
    facts = {"is": kinds[0] if kinds else "TOML of another kind", "id": content.get("id")}
    steps = []
    if kinds:
        steps = [
            step("check what it says", ["geoplan", "build"]),
            step("list what the plans say", ["geoplan", "catalogue"]),
        ]
    return Inspected(
        path,
        "toml",
        files=told,
        sha256=digest,
        facts={**facts, **tables},
        steps=tuple(steps),
    )


def _text(path: Path) -> Inspected:
    told = ((path.name, path.stat().st_size),)
    digest = files.file_hash(path)
    facts: dict[str, object] = {"is": "a document"}
    check = ["geoplan", "catalogue", "check", "--documents", file_word(path.parent)]
    steps = (step("compare its folder with the citations of the catalogue", check),)
    if path.suffix.lower() in (".txt", ".md"):
        content = path.read_bytes()
        facts = {"is": "a text", "lines": content.count(b"\n") + (not content.endswith(b"\n"))}
    return Inspected(path, "text", files=told, sha256=digest, facts=facts, steps=steps)


def _has_places(path: Path) -> bool:
    """Return whether a text is a table of places, or is refused as a list of such."""
    try:
        return any(layer.kinds for layer in vector.look(path).layers)
    except GeoplanError as fault:
        return fault.code == "refused.boundary_points"


def _unread(path: Path, kind: str, fault: GeoplanError) -> Inspected:
    """Return what is told of a file that cannot be read, or needs a word of a person."""
    message = str(fault).removeprefix(f"{path}: ")
    asks = fault.code.startswith("crs.")
    proposal = "--assume-crs EPSG:4490" if fault.code == "crs.missing" else ""
    notice = Notice(fault.code, "error", message, proposal=proposal)
    return Inspected(path, kind, notices=(notice,), refused=not asks)
