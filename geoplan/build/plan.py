"""What a build would do, and why: for people who ask before or after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geoplan import manifest
from geoplan.build.book import Book
from geoplan.build.changes import last_changes
from geoplan.build.hashes import Hashes
from geoplan.build.keys import DERIVED, STAGES
from geoplan.build.review import Review, review, why
from geoplan.config import Project


@dataclass(frozen=True)
class Plan:
    """What a build would do.

    `stages` have ``stage``, ``state`` (``up to date``, ``stale``, ``may be
    stale``) and ``because``; `outputs` are the reasons by published file.
    """

    stages: list[dict[str, Any]]
    outputs: dict[str, list[str]]
    fresh: bool


@dataclass(frozen=True)
class Reason:
    """Why an output is stale, or why it was last made."""

    output: str
    fresh: bool
    because: list[str]


def plan(project: Project, *, only: Iterable[str] = (), force: bool = False) -> Plan:
    """Return what a build would do; nothing is run or written.

    What depends on tables that have to be made first may turn out to be the
    same: it is told as what may be stale.
    """
    book = Book(project.build_folder)
    found = review(project, book=book, hashes=Hashes(project.build_folder))
    wanted = tuple(only)
    if not found.stages["layers"]:
        book.check_only(wanted)
    if found.fresh and not force:
        return Plan([], {}, fresh=True)
    rows, earlier = [], False
    for stage in STAGES:
        moved = [str(change) for change in found.stages[stage]]
        if force:
            moved, state = moved or ["--force"], "stale"
        elif moved:
            state = "stale"
        else:
            state = "may be stale" if earlier and stage in (*DERIVED, "publish") else "up to date"
        rows.append({"stage": stage, "state": state, "because": moved})
        earlier = earlier or state == "stale"
    return Plan(rows, _outputs(found, book, wanted), fresh=False)


def _outputs(found: Review, book: Book, only: tuple[str, ...]) -> dict[str, list[str]]:
    known = book.facts("publish")["outputs"] if book.parts("publish") is not None else {}
    return {
        name: [str(change) for change in moved]
        for name, moved in found.outputs.items()
        if not only or name == manifest.NAME or known.get(name, {}).get("theme") in only
    }


def explain(project: Project, output: str) -> Reason:
    """Return why `output` is stale, or why it was made when it last was.

    Raises `DataError` if nothing was published yet, or not that.
    """
    moved = why(
        project, output, book=Book(project.build_folder), hashes=Hashes(project.build_folder)
    )
    if moved:
        return Reason(output, fresh=False, because=[str(change) for change in moved])
    made = last_changes(project.build_folder).get("made", {})
    return Reason(output, fresh=True, because=list(made.get(output, [])))
