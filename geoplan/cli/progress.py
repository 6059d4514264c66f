"""What a build says while it runs: lines and a bar for people, or one event a line as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.markup import escape

from geoplan.cli.options import print_event
from geoplan.cli.say import plain, say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from geoplan.build import Built
    from geoplan.config import Project
    from geoplan.errors import GeoplanError

MOST_NAMED = 6
"""Files that are named in a line; ``--json`` and ``build/changes.json`` have all of them."""


class Log:
    """Hears the events of a build; quiet says nothing at all unless something is wrong."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.console = Console(stderr=True, quiet=quiet or as_json, highlight=False)
        self.bar: Progress | None = None
        self.task: TaskID | None = None
        self.weights: dict[str, float] = {}
        self.done = 0.0
        self.changed: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def hear(self, kind: str, facts: dict[str, Any]) -> None:
        """Hear of an event; `docs/automation.md` lists them."""
        if self.as_json:
            print_event(kind, facts)
            return
        if kind == "begin":
            self._begin(facts["seconds"])
        elif kind == "stage":
            self._stage(facts)
        elif kind == "progress":
            self._progress(facts["stage"], facts["done"] / max(facts["total"], 1))
        elif kind == "ran":
            self._progress(facts["stage"], 1.0)
            self.done += self.weights.pop(facts["stage"], 0.0)
        elif kind == "output":
            self.changed.setdefault(facts["change"], []).append(facts["output"])
        elif kind == "left_out":
            say(f"geoplan: left out {', '.join(facts['files'])}: {facts['message']}", err=True)

    def _begin(self, seconds: dict[str, float]) -> None:
        """Show a bar; only a terminal has one."""
        self._stop()
        self.weights, self.done, self.changed = dict(seconds), 0.0, {}
        if self.console.is_terminal and not self.console.quiet:
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
            self.bar = Progress(*columns, console=self.console, transient=True)
            self.bar.start()
            self.task = self.bar.add_task("…", total=sum(seconds.values()))

    def _stop(self) -> None:
        if self.bar is not None:
            self.bar.stop()
        self.bar = self.task = None

    def _stage(self, facts: dict[str, Any]) -> None:
        stage, because = facts["stage"], facts["because"]
        if facts["state"] == "kept":
            self.weights.pop(stage, None)
            self._update(total=self.done + sum(self.weights.values()))
            return
        more = f" (and {len(because) - 1} more)" if len(because) > 1 else ""
        self._say(f"{stage} …" + (f" {because[0]}{more}" if because else ""))
        self._update(description=escape(plain(stage)))

    def _progress(self, stage: str, part: float) -> None:
        self._update(completed=self.done + part * self.weights.get(stage, 0.0))

    def _update(self, **facts: Any) -> None:
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, **facts)

    def _say(self, line: str) -> None:
        self.console.print(escape(plain(line)), soft_wrap=True)

    def end(self, done: Built, project: Project) -> None:
        """Tell what a build did."""
        self._stop()
        if self.as_json:
            print_event("done", _facts(done))
        elif not done.ran:
            self._say(f"up to date: {done.kept} files in {project.maps_folder}")
        else:
            self._told(done, project)
        if done.faults:
            self._strict(done)
        if not done.left_out or self.as_json:
            return
        say(
            f"geoplan: {len(done.left_out)} broken layer(s) or page(s) were left out; files that "
            "would show them stay as they were last published, or were not made",
            err=True,
        )

    def _strict(self, done: Built) -> None:
        if self.as_json:
            return
        told = "nothing published" if done.ran else "the maps that are published have them too"
        say(f"geoplan: {len(done.faults)} fault(s) in the plans, {told}:", err=True)
        for fault in done.faults[:20]:
            say(f"  - {fault}", err=True)
        if len(done.faults) > 20:
            say(f"  … and {len(done.faults) - 20} more", err=True)

    def _told(self, done: Built, project: Project) -> None:
        for change, names in sorted(self.changed.items()):
            self._say(f"{change}: {_few(names)}")
        self.changed = {}
        from geoplan.build import summary

        told = summary(project) if "publish" in done.ran else {"warning": 0, "dropped_km2": 0.0}
        if told["warning"] or told["dropped_km2"]:
            self._say(
                f"{told['warning']} warning(s), {told['dropped_km2']:.6f} km2 left out: "
                f"{project.maps_folder / 'tables'}: issues.csv, dropped.csv"
            )
        if "publish" in done.ran:
            total = len(done.made) + done.kept
            index = project.maps_folder / "index.html"
            there = f" Open {index}" if index.is_file() else ""
            self._say(f"{total} files, {len(done.made)} of them new or changed.{there}")

    def fail(self, fault: GeoplanError) -> None:
        """Tell of a build that failed, where more will follow."""
        if self.as_json:
            print_event("error", {"message": str(fault), "exit_code": fault.exit_code})
        else:
            say(f"geoplan: {fault}", err=True)


def _facts(done: Built) -> dict[str, Any]:
    return {
        "ran": list(done.ran),
        "made": list(done.made),
        "removed": list(done.removed),
        "kept": done.kept,
        "left_out": done.left_out,
        "faults": list(done.faults),
        "published": done.published,
    }


def _few(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return ", ".join(every[:MOST_NAMED]) + more
