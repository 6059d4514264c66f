"""What a build was made of: hashes of what stages read, and versions of libraries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geoplan import folders, vector
from geoplan.config import FILE_NAME, Project, shipped
from geoplan.errors import DataError

LIBRARIES = ("folium", "geopandas", "pyogrio", "pyproj", "shapely", "XStatic-Leaflet")
"""Libraries whose version may change a published byte."""

READERS = ("boundaries", "layers")
"""Stages that read files of people; the others read tables."""

_SUFFIXES = (*vector.SUFFIXES, ".csv", ".toml", ".tif", ".dbf", ".shx", ".prj", ".cpg")


def record(project: Project, stage: str, **facts: str) -> None:
    """Keep the hashes of what `stage` reads, with `facts`, in the build folder."""
    content = {**facts, "inputs": input_hashes(project, stage)}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    folders.write_text(_file(project, stage), text + "\n")


def stamp(project: Project, stage: str) -> None:
    """Note that the tables of `stage` were made of what the readers read last."""
    folders.write_text(_file(project, stage), json.dumps({"of": _reading(project)}) + "\n")


def require_fresh(project: Project, stages: Iterable[str]) -> None:
    """Check that tables fit together; `DataError` names the first stage that has to run again."""
    read = {stage: recorded(project, stage)["inputs"] for stage in READERS}
    for name, value in read["boundaries"].items():
        if read["layers"].get(name, value) != value:
            raise DataError(_stale("layers" if name != FILE_NAME else "boundaries"))
    for stage in stages:
        if recorded(project, stage).get("of") != _reading(project):
            raise DataError(_stale(stage))


def _stale(stage: str) -> str:
    return (
        f"the tables of stage {stage!r} were made of other inputs than those of the stages before; "
        f"run `geoplan run {stage}` and the stages after it, or `geoplan build`"
    )


def _reading(project: Project) -> str:
    texts = [_file(project, stage).read_text("utf-8") for stage in READERS]
    return sha256("".join(texts).encode()).hexdigest()


def recorded(project: Project, stage: str) -> dict[str, Any]:
    """Return what `record` kept for `stage`; raises `DataError` if it has not run."""
    file = _file(project, stage)
    try:
        content: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise DataError(f"{file}: cannot be read; run `geoplan run {stage}` first") from fault
    return content


def manifest(project: Project) -> dict[str, Any]:
    """Return inputs by stage, as they were when the stages read them, and versions."""
    inputs = {stage: recorded(project, stage)["inputs"] for stage in READERS}
    return {"inputs": inputs, "versions": {n: version(n) for n in ("geoplan", *LIBRARIES)}}


def input_hashes(project: Project, stage: str) -> dict[str, str]:
    """Hash the files that `stage` reads, by names that hold no path of this machine."""
    own = project.file if project.file.is_file() else shipped() / FILE_NAME
    found = {FILE_NAME: folders.file_hash(own)}
    roots = {
        "data/boundaries": project.folder("boundaries"),
        "data/reference": project.folder("reference"),
    }
    if stage == "layers":
        for i, folder in enumerate(project.layer_folders()):
            roots[f"layers/{i}" if i else "layers"] = folder
        for layer, source in sorted(project.config.sources.items()):
            for path in vector.files_of(project.root / source):
                found[f"sources/{layer}/{path.name}"] = folders.file_hash(path)
    for name, root in roots.items():
        for path in _data_files(root):
            found[f"{name}/{path.relative_to(root).as_posix()}"] = folders.file_hash(path)
    return found


def _data_files(root: Path) -> list[Path]:
    # A .gdb is a folder: all files in it are data, whatever they are called.
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and (
            path.suffix.lower() in _SUFFIXES
            or any(p.suffix.lower() == ".gdb" for p in path.parents)
        )
    ]


def _file(project: Project, stage: str) -> Path:
    return project.build_folder / f"{stage}.inputs.json"
