"""The commands that build maps and tell of units."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from geoplan.cli.options import (
    HERE,
    AsJson,
    Folder,
    Quiet,
    Scheduler,
    Workers,
    print_json,
    print_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.build import Run

app = typer.Typer(
    name="geoplan",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def geoplan(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Turn planning documents into audited maps.

    **geoplan build** in an empty folder makes maps of the shipped plans and boundaries.
    **geoplan init** copies them out, to be changed.

    A project is a folder with `geoplan.toml`, `layers/` and, if you bring your own
    boundaries, `data/`. Maps and tables go to `maps/`; open `maps/index.html`.

    Exit codes: 0 done, 1 a check found faults, 2 wrong usage or configuration, 3 wrong data,
    4 a stage failed.
    """
    if version:
        from geoplan import __version__

        typer.echo(f"geoplan {__version__}")
        raise typer.Exit


@app.command()
def build(
    project: Folder = HERE,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run all stages and publish maps and tables.

    What was published before stays whole until the new maps are ready.

    Example: `geoplan build --workers 2`
    """
    from geoplan.build import STAGES, Run

    _run(project, list(STAGES), Run(scheduler, workers), as_json=as_json, quiet=quiet)


@app.command()
def run(
    stage: Annotated[str, typer.Argument(help="boundaries, layers, overlay, analysis or publish.")],
    project: Folder = HERE,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run one stage on the tables that the stages before it left in `build/`.

    Example: `geoplan run overlay --scheduler processes`
    """
    from geoplan.build import Run

    _run(project, [stage], Run(scheduler, workers), as_json=as_json, quiet=quiet)


@app.command()
def units(
    name: Annotated[
        str | None, typer.Argument(help="A name, short or former name, group, or code.")
    ] = None,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """List units, or say what a name stands for.

    Examples: `geoplan units`, `geoplan units 平遥`, `geoplan units 太谷县`,
    `geoplan units 东山五县`, `geoplan units 140729 --json`
    """
    from geoplan.build import list_units
    from geoplan.config import load

    table = list_units(load(project), name)
    if as_json:
        print_json(table)
    else:
        _print_units(table)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder to fill; made if missing.")] = HERE,
    as_json: AsJson = False,
) -> None:
    """Copy the shipped configuration, boundaries and layers into a folder, to be changed.

    Example: `geoplan init my-plans`
    """
    from geoplan.config import init as copy_out

    made = copy_out(folder)
    if as_json:
        typer.echo(json.dumps({"event": "made", "folder": str(folder), "names": made}))
    else:
        typer.echo(f"{folder}: made {', '.join(made)}. Next: geoplan build -C {folder}")


def _run(folder: Path, stages: list[str], how: Run, *, as_json: bool, quiet: bool) -> None:
    from geoplan.build import run_stages, summary
    from geoplan.config import load

    project = load(folder)
    console = Console(stderr=True, quiet=quiet or as_json)
    with console.status("…") as status:

        def on_stage(stage: str) -> None:
            """Say which stage begins."""
            status.update(f"{stage} …")
            console.print(f"{stage} …")
            if as_json:
                typer.echo(json.dumps({"event": "stage", "stage": stage}))

        def on_task(done: int, total: int) -> None:
            """Say how far the overlay is."""
            status.update(f"overlay: {done} of {total} counties")

        how = replace(how, on_stage=on_stage, on_task=on_task)
        published = run_stages(project, stages, run=how)
    told = summary(project)
    if as_json:
        event = {"event": "done", "stages": stages, "published": len(published), **told}
        typer.echo(json.dumps(event))
        return
    if told["warning"] or told["dropped_km2"]:
        console.print(
            f"{told['warning']} warning(s), {told['dropped_km2']:.6f} km2 left out: "
            f"{project.maps_folder / 'tables'}: issues.csv, dropped.csv",
            soft_wrap=True,
        )
    if published:
        size = sum(path.stat().st_size for path in published) / 1e6
        index = project.maps_folder / "index.html"
        console.print(f"{len(published)} files, {size:.1f} MB. Open {index}", soft_wrap=True)


def _print_units(table: pd.DataFrame) -> None:
    from geoplan.schema import records

    columns = list(table.columns)
    rows = []
    for row in records(table):
        row["area_km2"] = f"{row['area_km2']:.2f}"
        if row.get("mean_height_m") is not None:
            row["mean_height_m"] = f"{row['mean_height_m']:.0f}"
        rows.append([cell or "" for cell in row.values()])
    print_rows(columns, rows, right=[c for c in columns if c.endswith(("_km2", "_m"))])
