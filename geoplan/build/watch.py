"""Build again whenever a file of the project changes."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from geoplan.build.rebuild import build
from geoplan.build.run import Built, Run
from geoplan.config import FILE_NAME, Project, load
from geoplan.errors import BusyError, GeoplanError
from geoplan.formats import DATA

QUIET_SECONDS = 0.4
"""A build waits until nothing has changed for so long: editors write in several steps."""

BUSY_SECONDS = 5.0
"""How long to wait for another build before trying again."""

_WRITES = ("created", "modified", "moved", "deleted")


def watch(folder: Path, run: Run) -> Iterator[Built | GeoplanError]:
    """Build now and after every change of the project in `folder`, and yield what came of it.

    A build that fails is yielded as its error; the next change starts another.
    Ends when the iterator is closed. Raises `GeoplanError` if the project
    cannot be loaded at first.
    """
    project = load(folder)
    heard, observer = _Heard(project), Observer()
    observer.start()
    try:
        watched: list[tuple[Path, bool]] = []
        while True:
            # What is watched is set in the configuration, which changes too.
            project = _loaded(project)
            if _watched(project) != watched:
                watched = _watched(project)
                observer.unschedule_all()
                heard.follow(project)
                for path, deep in watched:
                    observer.schedule(heard, str(path), recursive=deep)
            done = _built(project.root, run)
            yield done
            heard.wait(BUSY_SECONDS if isinstance(done, BusyError) else None)
    finally:
        observer.stop()
        observer.join()


def _loaded(project: Project) -> Project:
    """Return the project as it is set now; as it was, where that cannot be read."""
    try:
        return load(project.root)
    except GeoplanError:
        return project


def _built(root: Path, run: Run) -> Built | GeoplanError:
    try:
        return build(load(root), run)
    except GeoplanError as fault:
        return fault


def _watched(project: Project) -> list[tuple[Path, bool]]:
    """Return folders, and whether what is in their folders counts too."""
    config = project.config
    deep = [project.root / name for name in (config.boundaries, config.reference, config.layers)]
    flat = [project.root, *((project.root / source).parent for source in config.sources.values())]
    found = {path.resolve(): False for path in flat if path.is_dir()}
    found |= {path.resolve(): True for path in deep if path.is_dir()}
    return sorted(found.items())


class _Heard(FileSystemEventHandler):
    """Keeps changes of the project's files, and none of what a build itself writes."""

    def __init__(self, project: Project) -> None:
        self.changed: queue.SimpleQueue[Path] = queue.SimpleQueue()
        self.follow(project)

    def follow(self, project: Project) -> None:
        """Hear of the files of `project`."""
        self.root = project.root.resolve()
        self.made = (project.build_folder.resolve(), project.maps_folder.resolve())
        self.sources = {(project.root / s).resolve() for s in project.config.sources.values()}

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take note of a change."""
        if event.event_type not in _WRITES:
            return
        for name in (event.src_path, event.dest_path):
            path = Path(os.fsdecode(name))
            if name and self.concerns(path, is_folder=event.is_directory):
                self.changed.put(path)

    def concerns(self, path: Path, *, is_folder: bool = False) -> bool:
        """Return whether a file is one of the project, or a folder may hold some."""
        if any(path.is_relative_to(folder) for folder in self.made):
            return False
        if is_folder:  # whatever was in it is not told
            return self.root not in (path, path.parent)
        if path.parent == self.root:
            return path.name == FILE_NAME or path in self.sources
        return not path.name.startswith(".") and path.suffix.lower() in DATA

    def wait(self, seconds: float | None = None) -> None:
        """Wait for a change, but no longer than `seconds`, and then until there are no more."""
        with suppress(queue.Empty):
            self.changed.get(timeout=seconds)
            while True:
                self.changed.get(timeout=QUIET_SECONDS)
