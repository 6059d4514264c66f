"""The command line: each command parses, calls one public function, and prints."""

from __future__ import annotations

import json
import os
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from geoplan.errors import GeoplanError, StageError, UsageError

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

Folder = Annotated[
    Path,
    typer.Option("--project", "-C", help="Folder of the project; geoplan.toml is found upward."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Scheduler = Annotated[
    str, typer.Option(help="Who computes: threads, processes, synchronous or tcp://host:port.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Threads or processes; default: the machine's cores.")
]

HERE = Path()


@app.callback(invoke_without_command=True)
def geoplan(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Turn planning documents into audited maps.

    **geoplan build** in an empty folder makes maps of the shipped plans and boundaries.
    **geoplan init** copies them out, to be changed.

    A project is a folder with `geoplan.toml`, `layers/` and, if you bring your own
    boundaries, `data/`. Maps and tables go to `maps/`; open `maps/index.html`.

    Exit codes: 0 done, 2 wrong usage or configuration, 3 wrong data, 4 a stage failed.
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
        _print_json(table)
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


def main() -> None:
    """Run the command line; errors become one message and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # Consoles of Chinese Windows are GBK and cannot print every name.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(standalone_mode=False)
    except Exception as fault:  # noqa: BLE001 - the last door before the user
        _report(fault)
    except KeyboardInterrupt:
        _fail("stopped; what was published before is whole", 130)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _report(fault: Exception) -> None:
    if isinstance(fault, BrokenPipeError):
        # Whoever read the output has enough of it: `geoplan units | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    elif isinstance(fault, typer.Abort):
        _fail("stopped; what was published before is whole", 130)
    elif isinstance(fault, typer.TyperException):
        # Wrong options and commands: typer knows best how to show them to a person.
        code = getattr(fault, "exit_code", UsageError.exit_code)
        show = getattr(fault, "show", None)
        if show is None or "--json" in sys.argv:
            _fail(getattr(fault, "message", str(fault)), code)
        else:
            show()
            sys.exit(code)
    elif isinstance(fault, GeoplanError):
        _fail(str(fault), fault.exit_code)
    elif isinstance(fault, OSError):
        _fail(f"{fault.filename or 'a file'}: {fault.strerror or fault}", StageError.exit_code)
    else:
        if os.environ.get("GEOPLAN_DEBUG"):
            traceback.print_exception(fault)
        _fail(
            f"a fault of geoplan itself, {type(fault).__name__}: {fault}. "
            "Set GEOPLAN_DEBUG=1 to see where, and report it",
            StageError.exit_code,
        )


def _fail(message: str, code: int) -> None:
    if "--json" in sys.argv:
        typer.echo(json.dumps({"event": "error", "message": message, "exit_code": code}))
    else:
        typer.echo(f"geoplan: {message}", err=True)
    sys.exit(code)


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


def _print_json(table: pd.DataFrame) -> None:
    from geoplan.schema import records

    for row in records(table):
        typer.echo(json.dumps(row, ensure_ascii=False))


def _print_units(table: pd.DataFrame) -> None:
    from geoplan.schema import records

    shown = Table(box=None, pad_edge=False)
    for column in table.columns:
        shown.add_column(column, justify="right" if column.endswith(("_km2", "_m")) else "left")
    for row in records(table):
        row["area_km2"] = f"{row['area_km2']:.2f}"
        if row.get("mean_height_m") is not None:
            row["mean_height_m"] = f"{row['mean_height_m']:.0f}"
        shown.add_row(*[str(cell or "") for cell in row.values()])
    Console().print(shown)


if __name__ == "__main__":
    main()
