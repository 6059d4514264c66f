"""Run what is stale, and publish as one step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from geoplan import folders
from geoplan.build.book import Book
from geoplan.build.changes import note_changes
from geoplan.build.hashes import Hashes
from geoplan.build.keys import DERIVED, READERS, STAGES, Stage
from geoplan.build.review import Review, everything, review, stale
from geoplan.build.run import Built, Run
from geoplan.build.times import note_seconds, seconds_of
from geoplan.config import Project
from geoplan.errors import ConfigError, StageError, UsageError

if TYPE_CHECKING:
    from geoplan.build.publishing import Published

TABLES: tuple[Stage, ...] = (*READERS, *DERIVED)


def build(project: Project, run: Run | None = None) -> Built:
    """Run the stages that are stale, and publish what differs.

    Where nothing has changed, no file is touched. The published folder is
    exchanged at the end: it is whole at any time.

    Raises
    ------
    GeoplanError
        Of the stage that failed; what was published before stays.
    """
    run = run or Run()
    _check_audience(project)
    hashes = Hashes(project.build_folder)
    book = Book(project.build_folder)
    now = review(project, book=book, hashes=hashes)
    if not now.stages["layers"]:  # else a theme may be new
        book.check_only(run.only)
    if now.fresh and not run.force:
        return _fresh(project, run, book)
    with folders.locked(project.build_folder):
        folders.recover(project.maps_folder)
        made = _Rebuild(project, run, hashes)
        folders.check_replaceable(project.maps_folder, made.book.published())
        try:
            return made.build()
        finally:
            made.hashes.save()


def run_stages(project: Project, stages: Iterable[str], *, run: Run | None = None) -> list[Path]:
    """Run `stages` in the given order, stale or not, each on the tables that earlier ones left.

    Returns the published files, if one of the stages is ``publish``.

    Raises
    ------
    UsageError
        If a stage is unknown, or another build holds the folder's lock.
    """
    run = run or Run()
    if isinstance(stages, str):
        raise UsageError(f"stages is the text {stages!r}; give a list such as [{stages!r}]")
    wanted: list[Stage] = []
    for name in stages:
        if name not in STAGES:
            raise UsageError(f"stage {name!r} is not known; there are: {', '.join(STAGES)}")
        wanted.append(name)
    _check_audience(project)
    with folders.locked(project.build_folder):
        folders.recover(project.maps_folder)
        made = _Rebuild(project, run, Hashes(project.build_folder))
        folders.check_replaceable(project.maps_folder, made.book.published())
        try:
            for stage in wanted:
                made.stage(stage, [])
        finally:
            made.hashes.save()
    found = project.maps_folder.rglob("*") if "publish" in wanted else ()
    return sorted(path for path in found if path.is_file())


class _Rebuild:
    """One run in one project; the caller holds the lock."""

    def __init__(self, project: Project, run: Run, hashes: Hashes) -> None:
        self.project = project
        self.run = run
        self.hashes = hashes
        self.book = Book(project.build_folder)
        self.before = everything(project, self.hashes)
        self.ran: list[str] = []

    def review(self) -> Review:
        """Return what is stale now."""
        return review(self.project, book=self.book, hashes=self.hashes)

    def build(self) -> Built:
        """Run what is stale; see `build`."""
        first, rows, then = self.review(), self.book.rows(), self.book.parts("publish")
        if first.fresh and not self.run.force:  # another build was quicker
            return _fresh(self.project, self.run, self.book)
        self.run.tell("begin", seconds=seconds_of(self.project.build_folder))
        for stage in TABLES:
            moved = stale(self.project, stage, book=self.book, hashes=self.hashes)
            if moved or self.run.force:
                self.stage(stage, [str(change) for change in moved])
            else:
                self.run.tell("stage", stage=stage, state="kept", because=[])
        faults = _faults(self.project, self.run)
        if faults and self.run.strict:
            return Built(tuple(self.ran), faults=faults, published=False)
        why = self.review()
        because = {name: [str(c) for c in moved] for name, moved in why.outputs.items()}
        done = self.publish([str(change) for change in why.stages["publish"]])
        left_out = {
            name: about["message"] for name, about in self.book.facts("layers")["left_out"].items()
        }
        with _written(self.project.build_folder):
            note_changes(
                self.project.build_folder,
                before=(then, rows),
                book=self.book,
                done=done,
                why=because,
            )
        return Built(
            ran=tuple(self.ran),
            made=tuple(done.made),
            removed=tuple(done.removed),
            kept=len(done.kept),
            left_out={**left_out, **done.failed},
            faults=faults,
            published=not done.missing and not left_out and not done.failed,
        )

    def stage(self, stage: Stage, because: list[str]) -> None:
        """Run one stage, stale or not."""
        if stage == "publish":
            self.publish(because)
            return
        from geoplan.build.stages import run_stage

        self.run.tell("stage", stage=stage, state="runs", because=because)
        began = perf_counter()
        with _written(self.project.build_folder):
            run_stage(self.project, stage, run=self.run, book=self.book, hashes=self.hashes)
        self._ran(stage, began)

    def publish(self, because: list[str]) -> Published:
        """Publish what differs."""
        from geoplan.build.publishing import publish

        self.run.tell("stage", stage="publish", state="runs", because=because)
        began = perf_counter()
        with _written(self.project.maps_folder):
            done = publish(
                self.project, self.run, book=self.book, hashes=self.hashes, before=self.before
            )
        self._ran("publish", began)
        return done

    def _ran(self, stage: str, began: float) -> None:
        seconds = round(perf_counter() - began, 3)
        self.ran.append(stage)
        self.run.tell("ran", stage=stage, seconds=seconds)
        note_seconds(self.project.build_folder, stage, seconds=seconds)


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Raise `StageError` where a file cannot be written, as on a full disk."""
    try:
        yield
    except OSError as fault:
        raise StageError(
            f"{fault.filename or folder}: {fault.strerror or fault}; "
            "what was published before stays as it was"
        ) from fault


def _fresh(project: Project, run: Run, book: Book) -> Built:
    """Return what a build did that had nothing to do."""
    kept = len(book.facts("publish")["outputs"])
    return Built(kept=kept, faults=_faults(project, run), published=True)


def _faults(project: Project, run: Run) -> tuple[str, ...]:
    if not run.strict:
        return ()
    from geoplan.build.tables import faults

    return tuple(faults(project))


def _check_audience(project: Project) -> None:
    """Refuse to make public maps without a review number, before anything is run."""
    config = project.config
    if config.audience == "public" and not config.review_number:
        raise ConfigError(
            f'{project.file}: audience = "public" needs review_number (审图号); '
            'without one, keep audience = "internal"'
        )
