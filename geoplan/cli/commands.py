"""The application itself, and the commands that tell of units and begin a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoplan.cli.options import HERE, AsJson, Folder, print_event, print_json, print_rows
from geoplan.cli.say import say

if TYPE_CHECKING:
    import pandas as pd

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

        say(f"geoplan {__version__}")
        raise typer.Exit


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
        print_event("made", {"folder": str(folder), "names": made})
    else:
        say(f"{folder}: made {', '.join(made)}. Next: geoplan build -C {folder}")


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
