"""Publish what changed: files whose key is as before stay, the folder is exchanged at the end."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from geoplan import folders, manifest
from geoplan.build.book import Book
from geoplan.build.hashes import Hashes
from geoplan.build.keys import STAGES, Parts, key_of, tools
from geoplan.build.packing import package_of
from geoplan.build.review import NEVER, changes, everything, recorded
from geoplan.build.run import Run
from geoplan.build.tables import read_tables, require_fresh
from geoplan.config import Project
from geoplan.errors import GeoplanError, StageError
from geoplan.files import flush_folders, write_flushed
from geoplan.publish import PACKAGE, Output, outputs
from geoplan.schema import TABLES


@dataclass
class Published:
    """What a publication did, by file."""

    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Files that are not there, as they were not wanted or show a broken layer."""
    failed: dict[str, str] = field(default_factory=dict)
    """Pages that could not be made, with what is wrong."""


def publish(project: Project, run: Run, *, book: Book, hashes: Hashes, before: Parts) -> Published:
    """Fill a new folder, exchange it for the published one, and note that in `book`.

    `before` is what the project was made of when the build began. A file is
    made only if its key has changed or the published one is damaged, and
    replaced only if its text has.

    Raises
    ------
    DataError
        If tables are missing or do not fit together.
    StageError
        If a file cannot be written, or an input was changed meanwhile.
    """
    require_fresh(book)
    tables = read_tables(project, TABLES)
    as_of = book.facts("layers")["as_of"]
    plan = outputs(tables, project=project, as_of=as_of)
    describe = partial(package_of, tables=tables, config=project.config, as_of=as_of)
    book.check_only(run.only)
    target = project.maps_folder.resolve()
    work = _Work(project, run, book, hashes)
    parts = recorded(project, book, hashes=hashes)
    check = partial(folders.check_replaceable, known=book.published())
    with folders.replacing(project.maps_folder, check) as beside:
        work.fill(plan, target, beside)
        work.describe(describe(beside, work.said), target, beside)
        text = manifest.write(
            beside, _made_of(parts, book), outputs=dict(sorted(work.said.items()))
        )
        moved = changes(before, everything(project, hashes))
        if moved:
            names = ", ".join(change.part.partition(" ")[2] for change in moved[:3])
            raise StageError(f"{names}: changed during the build; the old maps stay; run it again")
        if not work.done.made and not work.done.removed and text == _text_of(target):
            raise folders.Unchanged
        flush_folders({beside, *(path.parent for path in map(beside.joinpath, work.said))})
    book.record("publish", parts, facts=work.facts(parts, text))
    for name in [*work.said, manifest.NAME]:
        hashes.of(project.maps_folder / name)
    return work.done


def _text_of(target: Path) -> str | None:
    try:
        return (target / manifest.NAME).read_text("utf-8")
    except OSError:
        return None


def _made_of(parts: Parts, book: Book) -> dict[str, Any]:
    """Return what the manifest says besides its outputs: inputs, versions, keys of stages."""
    kinds: dict[str, dict[str, str]] = {"file": {}, "library": {}}
    for part, value in parts.items():
        kind, _, name = part.partition(" ")
        kinds.setdefault(kind, {})[name] = value
    return {
        "inputs": kinds["file"],
        "versions": kinds["library"],
        "keys": {stage: key_of(book.parts(stage) or {}) for stage in STAGES[:-1]},
        "as_of": book.facts("layers")["as_of"],
    }


def _facts_of(project: Project, book: Book) -> dict[str, Any]:
    """Return what the book notes of the published folder; nothing where that is another one."""
    if book.parts("publish") is None:
        return {}
    facts = book.facts("publish")
    text = _text_of(project.maps_folder) or ""
    return facts if sha256(text.encode()).hexdigest() == facts["manifest"] else {}


class _Work:
    """Files of one publication: made, taken over from the published folder, or left as they are."""

    def __init__(self, project: Project, run: Run, book: Book, hashes: Hashes) -> None:
        self.run = run
        self.public = project.config.audience == "public"
        self.hashes = hashes
        self.tools = tools("publish")
        self.layers: dict[str, list[str]] = book.facts("layers")["layers"]
        self.broken = book.facts("layers")["left_out"]
        self.before = book.parts("publish")
        self.facts_before = _facts_of(project, book)
        self.said: dict[str, dict[str, Any]] = {}
        self.shows: dict[str, Any] = {}
        self.themes: dict[str, str] = {}
        self.stale: set[str] = set()
        self.done = Published()

    def fill(self, plan: list[Output], target: Path, beside: Path) -> None:
        """Put every file of `plan` into the folder `beside`."""
        old = manifest.outputs_of(target)
        todo = []
        for output in plan:
            key = key_of({**self.tools, "output": output.key})
            self.shows[output.name] = "*" if self._is_whole(output) else sorted(output.layers)
            for theme in output.themes:
                self.themes[output.name] = theme
            wanted = self._wanted(output)
            if not (wanted and self.run.force) and self._same(output.name, key, target, old):
                self._take(output.name, target, beside)
                self.said[output.name] = {**old[output.name], "sensitivity": output.sensitivity}
            elif wanted:
                todo.append((output, key))
            else:
                self._leave(output.name, target, beside, old=old)
        for done, (output, key) in enumerate(todo):
            self.run.tell("progress", stage="publish", done=done, total=len(todo))
            self._make(output, key, target, beside, old=old)
        rest = old.keys() - {output.name for output in plan} - {PACKAGE}
        for name in sorted(rest):
            # Where only some files are wanted, nothing is known of the others.
            if self.run.only or self._showed_broken(name):
                self._leave(name, target, beside, old=old)
            else:
                self.done.removed.append(name)
                self.run.tell("output", output=name, change="removed")

    def describe(self, made: tuple[bytes, str] | None, target: Path, beside: Path) -> None:
        """Put what describes all other files beside them; nothing where there is none."""
        old = manifest.outputs_of(target)
        if made is not None:
            self.shows[PACKAGE] = "*"
            self._put(PACKAGE, made[0], target, beside, said={"sensitivity": made[1]}, old=old)
        elif PACKAGE in old:
            self.done.removed.append(PACKAGE)

    def _wanted(self, output: Output) -> bool:
        if self.run.only and not output.themes & set(self.run.only):
            return False
        return not self._is_broken(output)

    def _is_whole(self, output: Output) -> bool:
        """Return whether a file shows all layers, as most tables do; never a theme's map."""
        return not output.themes and output.layers >= self.layers.keys()

    def _is_broken(self, output: Output) -> bool:
        """Return whether `output` shows a layer that was left out, or would if it could be read."""
        if not self.broken:
            return False
        if self._is_whole(output) or self._showed_broken(output.name):
            return True
        if output.name in self.facts_before.get("outputs", {}):
            return False
        # A theme's page shows what is of its theme, others may show anything.
        themes = {theme for about in self.broken.values() for theme in about["themes"]}
        return not output.themes or not output.themes.isdisjoint(themes)

    def _left_out_layers(self) -> dict[str, list[str]]:
        """Return layers that were left out, as they were known before: their files say no more."""
        known = self.facts_before.get("layers", {})
        return {layer: files for layer, files in known.items() if set(files) & set(self.broken)}

    def _showed_broken(self, name: str) -> bool:
        """Return whether a published file shows a layer that was left out now."""
        then = self.facts_before.get("outputs", {}).get(name)
        if not self.broken or then is None:
            return False
        if then["layers"] == "*":
            return True
        known = self.facts_before["layers"]
        shown = {file for layer in then["layers"] for file in known.get(layer, [])}
        return not shown.isdisjoint(self.broken)

    def _same(self, name: str, key: str, target: Path, old: manifest.Outputs) -> bool:
        about = old.get(name)
        if about is None or about.get("key") != key:
            return False
        return self.hashes.find(target / name) == str(about["sha256"])

    def _take(self, name: str, target: Path, beside: Path) -> None:
        """Put the published file into the new folder, without a copy where the system can."""
        place = beside / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(target / name, place)
        except OSError:
            shutil.copy2(target / name, place)
        self.done.kept.append(name)

    def _leave(self, name: str, target: Path, beside: Path, *, old: manifest.Outputs) -> None:
        """Leave a file as it was last published, if it may be."""
        about = old.get(name)
        whole = about is not None and self.hashes.find(target / name) == about["sha256"]
        open_ = about is not None and (not self.public or about.get("sensitivity") == "public")
        if about is not None and whole and open_:
            self._take(name, target, beside)
            self.said[name] = about
            self.stale.add(name)
        else:
            self.done.missing.append(name)

    def _make(
        self, output: Output, key: str, target: Path, beside: Path, *, old: manifest.Outputs
    ) -> None:
        name = output.name
        try:
            content = output.content()
        except GeoplanError as fault:
            if not self.run.keep_going:
                raise
            self.done.failed[name] = str(fault)
            self.run.tell("left_out", files=[name], message=str(fault))
            self._leave(name, target, beside, old=old)
            return
        said = {"key": key, "sensitivity": output.sensitivity}
        self._put(name, content, target, beside, said=said, old=old)

    def _put(
        self,
        name: str,
        content: bytes,
        target: Path,
        beside: Path,
        *,
        said: dict[str, str],
        old: manifest.Outputs,
    ) -> None:
        """Put a file into the new folder, the published one where that is the same."""
        place, digest = beside / name, sha256(content).hexdigest()
        before = old.get(name, {}).get("sha256")
        self.said[name] = {"sha256": digest, "key": digest, **said}
        if before == digest and self.hashes.find(target / name) == digest:
            self._take(name, target, beside)
            return
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            write_flushed(place, content)
        except OSError as fault:
            raise StageError(
                f"{target / name}: cannot be written: {fault.strerror}; the old maps stay"
            ) from fault
        self.done.made.append(name)
        self.run.tell("output", output=name, change="new" if before is None else "changed")

    def facts(self, parts: Parts, text: str) -> dict[str, Any]:
        """Return what is to be known of this publication by the next one."""
        then = self.facts_before.get("outputs", {})
        moved = {c.part: c.before for c in changes(self.before or {}, parts)}
        shown: dict[str, dict[str, Any]] = {}
        for name in self.said:
            was = then.get(name, {})
            now = self.shows.get(name, was.get("layers", "*"))
            shown[name] = {"layers": now, "theme": self.themes.get(name, was.get("theme"))}
            if name in self.stale:
                # Stale by what it shows, and by what it should show.
                both = "*" in (now, was.get("layers", "*"))
                shown[name]["layers"] = "*" if both else sorted({*now, *was["layers"]})
                shown[name] |= {"stale": True, "then": {**moved, **was.get("then", {})}}
        missing = dict.fromkeys(sorted(self.done.missing), NEVER)
        return {
            "manifest": sha256(text.encode()).hexdigest(),
            "missing": {**missing, **self.done.failed},
            "layers": {**self._left_out_layers(), **self.layers},
            "outputs": shown,
        }
