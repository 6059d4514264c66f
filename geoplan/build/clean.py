"""Remove what a build made, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from geoplan import folders, manifest
from geoplan.build.book import NAME as BOOK
from geoplan.build.changes import NAME as CHANGES
from geoplan.build.hashes import NAME as HASHES
from geoplan.build.times import NAME as TIMES
from geoplan.config import Project

_FOLDERS = ("engine", "kept", "taken")
_FILES = (BOOK, CHANGES, HASHES, TIMES)
_PATTERNS = ("*.parquet", ".*.parquet.*.part", ".*.json.part", "*.inputs.json")


def clean(project: Project, *, maps: bool = False) -> list[Path]:
    """Remove the tables between stages, and with `maps` what was published.

    Files that geoplan did not make stay, and the lock, which another build may be
    about to take. Returns what was removed.

    Raises
    ------
    UsageError
        If a build is running.
    ConfigError
        If the published folder holds files of others.
    """
    folder = project.build_folder
    with folders.locked(folder):
        gone = [folder / name for name in (*_FOLDERS, *_FILES) if (folder / name).exists()]
        gone += [path for pattern in _PATTERNS for path in folder.glob(pattern)]
        gone += _maps(project) if maps else _leftovers(project.maps_folder.resolve())
        for path in gone:
            _remove(path)
    return sorted(gone)


def _maps(project: Project) -> list[Path]:
    target = project.maps_folder.resolve()
    folders.recover(target)
    folders.check_replaceable(target)
    published = manifest.names(target) - {"README.md"}
    tops = {name.partition("/")[0] for name in published}
    return [*_leftovers(target), *sorted(target / top for top in tops if (target / top).exists())]


def _leftovers(target: Path) -> list[Path]:
    """Return what killed builds left beside the published folder."""
    folders.recover(target)
    return folders.leftovers(target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
