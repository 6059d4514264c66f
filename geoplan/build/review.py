"""What is stale, and why: what stages and outputs were made of, against what is there now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geoplan import manifest
from geoplan.build.book import Book
from geoplan.build.hashes import Hashes
from geoplan.build.keys import (
    DERIVED,
    READERS,
    STAGES,
    Parts,
    Stage,
    inputs,
    made_of,
    settings,
    tools,
)
from geoplan.config import FILE_NAME, Project
from geoplan.errors import DataError
from geoplan.toml import suggestion

NEVER = "never built"


@dataclass(frozen=True)
class Change:
    """One part of what something is made of: its value then and now, None where there is none."""

    part: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        """Return a sentence such as ``file layers/a.toml: 1a2b3c4d5e6f → 6f5e4d3c2b1a``."""
        if self.before is None and self.after is None:
            return self.part
        return f"{self.part}: {_shown(self.before)} → {_shown(self.after)}"


@dataclass(frozen=True)
class Review:
    """What is stale: the changes of each stage, and of each published file."""

    stages: dict[Stage, list[Change]]
    outputs: dict[str, list[Change]] = field(default_factory=dict)
    """Published files that are not as they would be built now, as far as can be told."""

    @property
    def fresh(self) -> bool:
        """Whether a build has nothing to do."""
        return not any(self.stages.values()) and not self.outputs


def changes(before: Mapping[str, str] | None, after: Mapping[str, str]) -> list[Change]:
    """Return what differs between two sets of parts, sorted by part."""
    if before is None:
        return [Change(NEVER, None, None)]
    names = sorted(before.keys() | after.keys())
    found = [Change(name, before.get(name), after.get(name)) for name in names]
    return [change for change in found if change.before != change.after]


def review(project: Project, *, book: Book, hashes: Hashes) -> Review:
    """Return what is stale in `project`; nothing is run or written.

    Of stages that read tables, it is known only against the tables that are
    there: where an earlier stage is stale, they may have to run too.
    """
    found = {
        stage: stale(project, stage, book=book, hashes=hashes) for stage in (*READERS, *DERIVED)
    }
    found["publish"] = changes(book.parts("publish"), everything(project, hashes))
    return Review(found, _outputs(project, book, found["publish"], hashes))


def stale(project: Project, stage: Stage, *, book: Book, hashes: Hashes) -> list[Change]:
    """Return why a stage that makes tables has to run; nothing where it is up to date."""
    found = changes(book.parts(stage), parts_now(project, stage, book=book, hashes=hashes))
    if stage == "layers" and book.parts(stage) is not None:
        left_out = book.facts(stage).get("left_out", [])
        found += [Change(f"left out {name}", None, None) for name in left_out]
    return found + _damaged(project.build_folder, book.files(stage), hashes)


def parts_now(project: Project, stage: Stage, *, book: Book, hashes: Hashes) -> Parts:
    """Return what a stage that makes tables would be made of now."""
    own = made_of(project, stage, hashes=hashes) if stage in READERS else tools(stage)
    return {**book.columns(stage), **own}


def changed_inputs(project: Project, stage: Stage) -> list[str]:
    """Return files and settings that a stage reads and that changed since it ran, sorted.

    Raises `DataError` if it never ran, and `OSError` if a file cannot be read.
    """
    then = Book(project.build_folder)
    then.facts(stage)
    now = made_of(project, stage, hashes=Hashes(project.build_folder))
    moved = (change.part.partition(" ") for change in changes(then.parts(stage), now))
    return sorted(name for kind, _, name in moved if kind in ("file", "setting"))


def everything(project: Project, hashes: Hashes) -> Parts:
    """Return what the published folder as a whole would be made of now."""
    own = {f"file {FILE_NAME}": inputs(project, "boundaries", hashes=hashes)[FILE_NAME]}
    for stage in STAGES:
        own |= made_of(project, stage, hashes=hashes) if stage in READERS else tools(stage)
    return {**own, **settings(project, "publish")}


def recorded(project: Project, book: Book, *, hashes: Hashes) -> Parts:
    """Return what the published folder is made of: what stages read when they ran.

    Where no stage is stale, this is `everything`.
    """
    own = {f"file {FILE_NAME}": inputs(project, "boundaries", hashes=hashes)[FILE_NAME]}
    for stage in (*READERS, *DERIVED):
        read = (book.parts(stage) or {}).items()
        own |= {part: value for part, value in read if not part.startswith("column ")}
    return {**own, **tools("publish"), **settings(project, "publish")}


def _damaged(folder: Path, files: Mapping[str, str], hashes: Hashes) -> list[Change]:
    """Return files that are not as they were left, or gone."""
    return [
        Change(f"output {name}", digest, found)
        for name, digest in sorted(files.items())
        if (found := hashes.find(folder / name)) != digest
    ]


def _outputs(
    project: Project, book: Book, moved: list[Change], hashes: Hashes
) -> dict[str, list[Change]]:
    if book.parts("publish") is None:
        return {}
    facts = {**book.facts("publish"), "parts": book.parts("publish")}
    found: dict[str, list[Change]] = {}
    folder = project.maps_folder
    said = manifest.outputs_of(folder)
    hashed = {name: about["sha256"] for name, about in said.items()}
    hashed[manifest.NAME] = facts["manifest"]
    for name in facts["outputs"].keys() | hashed.keys():
        digest = hashed.get(name, "")
        now = hashes.find(folder / name)
        own = [] if now == digest else [Change(f"output {name}", digest or None, now)]
        about = facts["outputs"].get(name, {})
        own += _since(facts, about, moved) if about else []
        if about.get("stale") and not own:
            own.append(Change("left as an earlier build made it", None, None))
        if own:
            found[name] = own
    for name, reason in facts["missing"].items():
        found.setdefault(name, []).append(Change(reason, None, None))
    unknown = found.get(manifest.NAME)
    if unknown:  # what is there is not what the book tells of: any file may be another one
        found = {name: found.get(name, unknown) for name in facts["outputs"].keys() | found.keys()}
    elif found or moved:
        found[manifest.NAME] = moved or [Change("other files are stale", None, None)]
    return dict(sorted(found.items()))


def _since(
    facts: Mapping[str, Any], output: Mapping[str, Any], moved: Iterable[Change]
) -> list[Change]:
    """Return the changes that concern an output, since it was made.

    `moved` are those since the last publication; what an output was kept
    through, when only some were published, stands in its ``then``.
    """
    now = {change.part: change for change in moved}
    found = []
    for part in sorted({*now, *output.get("then", {})}):
        after = now[part].after if part in now else facts["parts"].get(part)
        before = output.get("then", {}).get(part, now[part].before if part in now else None)
        # A file that comes or goes may bring or take a page, which menus of all pages tell.
        comes = before is None or after is None
        if before != after and (comes or _concerns(facts, output, part)):
            found.append(Change(part, before, after))
    return found


def _concerns(facts: Mapping[str, Any], output: Mapping[str, Any], part: str) -> bool:
    """Return whether an output may depend on a part; a layer's file concerns who shows it."""
    kind, _, name = part.partition(" ")
    owners = {layer for layer, files in facts["layers"].items() if name in files}
    if kind != "file" or not owners or output["layers"] == "*":
        return True
    return not owners.isdisjoint(output["layers"])


def why(project: Project, output: str, *, book: Book, hashes: Hashes) -> list[Change]:
    """Return what changed since `output` was made; nothing if it is up to date.

    Raises
    ------
    DataError
        If nothing was published yet, or there is no such output.
    """
    if book.parts("publish") is None:
        raise DataError(f"{project.maps_folder}: nothing was published yet; run `geoplan build`")
    known = book.facts("publish")["outputs"]
    name = output.removeprefix(f"{project.config.maps}/")
    if name not in known and name != manifest.NAME:
        hint = suggestion(name, sorted(known)) or f" There are {len(known)}, such as index.html."
        raise DataError(f"{output!r} was not published.{hint}")
    return review(project, book=book, hashes=hashes).outputs.get(name, [])


def _shown(value: str | None) -> str:
    if value is None:
        return "none"
    digest = len(value) == 64 and all(c in "0123456789abcdef" for c in value)
    return value[:12] if digest else value
