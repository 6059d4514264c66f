"""What the stages are made of: files, settings, code and libraries, each with its hash.

Nothing large is imported here: that nothing has changed must be known
before pandas and GDAL are there.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, get_args

from geoplan.build.hashes import Hashes
from geoplan.config import FILE_NAME, MAPPINGS, Project, layers_name, shipped
from geoplan.errors import DataError
from geoplan.formats import ELSEWHERE, data_files, files_of, text_files

Stage = Literal["boundaries", "layers", "overlay", "analysis", "publish"]
STAGES: tuple[Stage, ...] = get_args(Stage)

READERS: tuple[Stage, ...] = ("boundaries", "layers")
"""Stages that read files of people; the others read tables."""

DERIVED: tuple[Stage, ...] = ("overlay", "analysis")
"""Stages that make tables of tables."""

Parts = dict[str, str]
"""What something is made of, by kind and name: ``file layers/a.toml``, ``setting scope``."""

COMMON = (
    *("base_map.py", "build", "cluster.py", "config.py", "crs", "errors.py", "files.py"),
    *("folders.py", "formats.py", "gazetteer.py", "geometry.py", "kept.py", "manifest.py"),
    *(
        "guard",
        "inside.py",
        "mappings",
        "raster",
        "reading.py",
        "repair",
        "schema",
        "sheet.py",
        "sides.py",
        "spreadsheet.py",
        "strict.py",
        "toml.py",
    ),
    *("pictured.py", "unit_table.py", "vector", "written.py"),
)
"""Code that every stage uses besides its own folder."""

DATA_LIBRARIES = (
    *("exactextract", "geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "rasterio"),
    "shapely",
)
PAGE_LIBRARIES = ("branca", "folium", "Jinja2", "XStatic-Leaflet", "XlsxWriter")
"""Libraries whose version may change a byte."""

SETTINGS: dict[Stage, tuple[str, ...]] = {
    "boundaries": ("scope", "focus"),
    "layers": ("scope", "as_of", "audience", "review_number"),
    "overlay": (),
    "analysis": (),
    "publish": (
        *("title", "scope", "focus", "as_of", "audience", "review_number"),
        *("compiled_by", "compiled_on"),
        *("budgets", "base_map"),
    ),
}
"""Keys of geoplan.toml that each stage reads, besides names of folders."""


READS: dict[Stage, dict[str, tuple[str, ...]]] = {
    "layers": {"units": ("adcode", "parent", "geometry")},
    "overlay": {
        "units": ("adcode", "level", "parent", "area_km2", "uncertainty_km2", "geometry"),
        "layers": ("layer", "scope", "kind", "features"),
        "features": ("layer", "feature", "class", "extent", "geometry"),
        "memberships": ("layer", "class", "feature", "adcode", "extent"),
        "rasters": (
            *("layer", "raster_kind", "measure", "path", "sha256"),
            *("assumed_crs", "band", "nodata", "values", "colours", "breaks"),
        ),
        "classes": ("class", "colour"),
    },
    "analysis": {
        "units": ("adcode", "level", "parent", "area_km2", "uncertainty_km2", "geometry"),
        "layers": ("layer", "document"),
        "features": (
            *("layer", "feature", "class", "name", "extent", "drawn_by", "section", "lines"),
            *("period_start", "period_end", "geometry"),
        ),
        "memberships": ("layer", "feature", "adcode"),
        "documents": ("document", "date", "scope", "period_start", "period_end", "status"),
        "rules": (
            *("rule", "a", "b", "grade", "same_unit", "min_area_km2", "min_share_of_unit"),
            *("within_km", "same_period", "in_force", "other_document", "extents_a", "extents_b"),
            *("except", "reconciled_by", "reconciled_by_en"),
        ),
        "overrides": (
            *("override", "rule", "a", "b", "units", "reason", "reason_en", "by", "date"),
            "grade",
        ),
        "stated": (
            *("id", "layer", "of", "quantity", "label", "label_en", "published", "published_to"),
            *("step", "measure", "relation", "counter", "year", "relative_to", "document"),
            *("section", "line", "lines", "slug"),
        ),
        "checks": ("check", "kind", "result", "parts", "years", "measure"),
        "indicators": (
            *("layer", "indicator", "adcode", "name", "name_en", "measure", "counter", "reading"),
            *("year", "printed", "value", "value_to", "relation", "cumulative"),
            *("constant_prices", "document", "section", "line", "lines"),
        ),
        "findings": ("finding", "kind", "document", "lines", "printed"),
    },
}
"""Columns of tables that a stage computes with: what else changes, does not concern it."""


def key_of(parts: Mapping[str, str]) -> str:
    """Return one hash for all parts, whatever their order."""
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def tools(stage: Stage) -> Parts:
    """Return code and versions of libraries that `stage` uses."""
    names = (*DATA_LIBRARIES, *(PAGE_LIBRARIES if stage == "publish" else ()))
    found = {f"library {name}": _version(name) for name in names}
    return {
        "library Python": _python(),
        "library geoplan": _version("geoplan"),
        f"code {stage}": code_hash(stage),
        **found,
    }


def made_of(project: Project, stage: Stage, *, hashes: Hashes) -> Parts:
    """Return what a stage that reads files is made of."""
    files = {
        f"file {name}": digest for name, digest in inputs(project, stage, hashes=hashes).items()
    }
    del files[f"file {FILE_NAME}"]  # its settings count, not its comments
    return {**files, **settings(project, stage), **tools(stage)}


def settings(project: Project, stage: Stage) -> Parts:
    """Return the settings that `stage` reads, as JSON."""
    values = project.config.model_dump(mode="json")
    return {f"setting {key}": json.dumps(values[key]) for key in SETTINGS[stage]}


def inputs(project: Project, stage: Stage, *, hashes: Hashes) -> dict[str, str]:
    """Hash the files that `stage` reads, by names that hold no path of this machine.

    A file of `sources` that is not there has the hash ``missing``: the stage says what to do.
    """
    files = input_files(project, stage)
    there = {name: path for name, path in files.items() if path.is_file()}
    return dict.fromkeys(files, "missing") | {n: hashes.of(path) for n, path in there.items()}


def input_files(project: Project, stage: Stage) -> dict[str, Path]:
    """Return the files that `stage` reads, by name; `DataError` if a name is no text."""
    own = project.file if project.file.is_file() else shipped() / FILE_NAME
    found = {FILE_NAME: own}
    roots = {
        "data/boundaries": project.folder("boundaries"),
        "data/reference": project.folder("reference"),
    }
    if stage == "layers":
        for i, folder in enumerate(project.layer_folders()):
            roots[layers_name(i)] = folder
        for i, folder in enumerate(project.mapping_folders()):
            roots[MAPPINGS if i == 0 else f"{MAPPINGS} added"] = folder
        for layer, source in sorted(project.sources().items()):
            for path in files_of(project.root / source):
                found[source_name(layer, path, of=project.root / source)] = path
        found |= _texts(project)
    for name, root in roots.items():
        for path in data_files(root):
            if path.parent == root and path.name in ELSEWHERE:
                continue
            found[f"{name}/{path.relative_to(root).as_posix()}"] = path
    wrong = [name for name in found if not _is_text(name)]
    if wrong:
        raise DataError(
            f"{len(wrong)} file(s) have names that are not UTF-8, such as {wrong[0]!r}; rename them"
        )
    return found


def _texts(project: Project) -> dict[str, Path]:
    """Return the files of the folder with plans' texts; itself, which is no file, if it has none.

    So a folder that goes is a change, and the stage says what is wrong.
    """
    folder = project.documents_folder
    if folder is None:
        return {}
    found = {f"documents/{path.name}": path for path in text_files(folder)}
    return found or {"documents": folder}


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def source_name(layer: str, path: Path, *, of: Path) -> str:
    """Return what inputs call a file of the source `of` of a layer."""
    return f"sources/{layer}/{path.relative_to(of.parent).as_posix()}"


@cache
def code_hash(stage: str) -> str:
    """Return a hash of all code that `stage` may run, its templates and scripts too.

    It stands for a version that nobody has to remember to raise. Line ends
    do not count: Git changes them on Windows.
    """
    package = Path(__file__).parents[1]
    total = sha256()
    for part in sorted((*COMMON, stage)):
        for path in sorted(_code_files(package / part)):
            name = path.relative_to(package).as_posix()
            content = sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
            total.update(f"{name}\0{content}\n".encode())
    return total.hexdigest()


def _code_files(part: Path) -> list[Path]:
    if part.is_file():
        return [part]
    return [p for p in part.rglob("*") if p.is_file() and "__pycache__" not in p.parts]


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _python() -> str:
    return ".".join(platform.python_version_tuple()[:2])
