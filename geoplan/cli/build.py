"""Commands that build maps, and tell what is stale, why, and whether all is whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoplan.cli.options import (
    HERE,
    AsJson,
    Folder,
    Quiet,
    Scheduler,
    Workers,
    print_event,
)
from geoplan.cli.progress import Log
from geoplan.cli.say import say

if TYPE_CHECKING:
    from geoplan.build import Built
    from geoplan.config import Project

Only = Annotated[
    list[str] | None,
    typer.Option(metavar="THEME", help="Build the pages of this theme only; may be given again."),
]
KeepGoing = Annotated[
    bool,
    typer.Option("--keep-going", help="Leave broken layers out, build what does not show them."),
]


def build(
    project: Folder = HERE,
    only: Only = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be built, and do nothing.")
    ] = False,
    keep_going: KeepGoing = False,
    force: Annotated[bool, typer.Option("--force", help="Run all stages, stale or not.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Publish nothing where plans have faults; exit code 1.")
    ] = False,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run the stages that are stale, and publish maps and tables that differ.

    Where nothing has changed, no file is touched. What was published before stays whole
    until the new maps are ready.

    Examples: `geoplan build`, `geoplan build --only ecology`, `geoplan build --keep-going --json`
    """
    from geoplan.build import Run
    from geoplan.build import build as make
    from geoplan.config import load

    loaded = load(project)
    if dry_run:
        _plan(loaded, tuple(only or ()), force=force, as_json=as_json)
        return
    with Log(as_json=as_json, quiet=quiet) as log:
        how = Run(
            scheduler,
            workers,
            on_event=log.hear,
            only=tuple(only or ()),
            keep_going=keep_going,
            force=force,
            strict=strict,
        )
        done = make(loaded, how)
        log.end(done, loaded)
    code = _code(done)
    if code:
        raise typer.Exit(code)


def _code(done: Built) -> int:
    """Return 3 where broken layers were left out, and 1 where a strict build stopped at faults."""
    if done.left_out:
        return 3
    return 1 if done.faults else 0


def run(
    stage: Annotated[str, typer.Argument(help="boundaries, layers, overlay, analysis or publish.")],
    project: Folder = HERE,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run one stage, stale or not, on the tables that the stages before it left in `build/`.

    Example: `geoplan run overlay --scheduler processes`
    """
    from geoplan.build import Built, Run, run_stages
    from geoplan.config import load

    loaded = load(project)
    with Log(as_json=as_json, quiet=quiet) as log:
        how = Run(scheduler, workers, on_event=log.hear)
        run_stages(loaded, [stage], run=how)
        log.end(Built(ran=(stage,)), loaded)


def status(project: Folder = HERE, as_json: AsJson = False) -> None:
    """Say which stages and published files are stale, and why; nothing is run or written.

    Example: `geoplan status`
    """
    from geoplan.config import load

    _plan(load(project), (), force=False, as_json=as_json)


def _plan(project: Project, only: tuple[str, ...], *, force: bool, as_json: bool) -> None:
    from geoplan.build.plan import plan

    made = plan(project, only=only, force=force)
    if as_json:
        for row in made.stages:
            print_event("stage", row)
        for name, because in made.outputs.items():
            print_event("output", {"output": name, "because": because})
        print_event("done", {"fresh": made.fresh})
        return
    if made.fresh:
        say("up to date")
        return
    for row in made.stages:
        say(f"{row['stage']:<11} {row['state']}")
        _because(row["because"])
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, because in made.outputs.items():
        groups.setdefault(tuple(because), []).append(name)
    for reasons, names in groups.items():
        say(f"{len(names)} published file(s) may be stale: {', '.join(names)}")
        _because(reasons)


def _because(lines: Iterable[object], *, limit: int = 5) -> None:
    every = [str(line) for line in lines]
    for line in every[:limit]:
        say(f"  {line}")
    if len(every) > limit:
        say(f"  … and {len(every) - limit} more")


def why(
    output: Annotated[
        str, typer.Argument(help="A published file: ecology.html, tables/coverage.csv.")
    ],
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say which of the things that a published file is made of have changed, from what to what.

    For a file that is up to date, says why it was last made.

    Example: `geoplan why ecology.html`
    """
    from geoplan.build.plan import explain
    from geoplan.config import load

    found = explain(load(project), output)
    if as_json:
        print_event("why", {"output": found.output, "fresh": found.fresh, "because": found.because})
        return
    if not found.fresh:
        say(f"{found.output} is stale:")
    elif found.because:
        say(f"{found.output} is up to date; the last build made it because of:")
    else:
        say(f"{found.output} is up to date; the last build left it as it was")
    _because(found.because, limit=50)


def verify(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A published folder, wherever it is; default: the project's."),
    ] = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare published files with the manifest beside them; exit code 1 if one differs.

    Names every file that was changed, is missing, or that geoplan did not publish.

    Examples: `geoplan verify`, `geoplan verify /srv/www/maps`
    """
    from geoplan import manifest
    from geoplan.config import load
    from geoplan.folders import aside

    folder = aside(load(project).maps_folder) if folder is None else folder
    faults = manifest.verify(folder)
    count = len(manifest.names(folder))
    for fault in faults:
        if as_json:
            print_event("fault", fault)
        else:
            found = (
                f": sha256 {fault['found'][:12]}, not {fault['expected'][:12]}"
                if "found" in fault
                else ""
            )
            say(f"{fault['output']}: {fault['fault']}{found}", err=True)
    if as_json:
        print_event("done", {"files": count, "faults": len(faults)})
    elif not faults and not quiet:
        say(f"{folder}: {count} files, all as published")
    if faults:
        raise typer.Exit(1)


def watch(
    project: Folder = HERE,
    keep_going: KeepGoing = False,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Build now, and again whenever a file of the project changes; ends with Ctrl-C.

    Example: `geoplan watch`
    """
    from geoplan.build import Run
    from geoplan.build.watch import watch as follow
    from geoplan.config import load
    from geoplan.errors import GeoplanError

    with Log(as_json=as_json, quiet=quiet) as log:
        how = Run(scheduler, workers, on_event=log.hear, keep_going=keep_going)
        for done in follow(project, how):
            if isinstance(done, GeoplanError):
                log.fail(done)
            else:
                log.end(done, load(project))


def clean(
    project: Folder = HERE,
    maps: Annotated[bool, typer.Option("--maps", help="Remove the published files too.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Remove the tables between stages; files that geoplan did not make stay.

    Examples: `geoplan clean`, `geoplan clean --maps`
    """
    from geoplan.build.clean import clean as remove
    from geoplan.config import load

    gone = remove(load(project), maps=maps)
    for path in gone:
        if as_json:
            print_event("removed", {"path": str(path)})
        elif not quiet:
            say(f"removed {path}")
    if as_json:
        print_event("done", {"removed": len(gone)})
