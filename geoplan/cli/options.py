"""What commands share: their options, and how they print tables."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geoplan.cli.say import json_line, plain, say

if TYPE_CHECKING:
    import pandas as pd

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


def print_event(kind: str, facts: Mapping[str, object]) -> None:
    """Print an event as one line of JSON."""
    line = json_line({"event": kind, **facts})
    say(line)
    sys.stdout.flush()


def print_json(table: pd.DataFrame) -> None:
    """Print a table as JSON, one row a line."""
    from geoplan.schema import records

    for row in records(table):
        say(json_line(row, default=_plain))


def _plain(value: object) -> object:
    """Return a number or truth value of numpy as one of Python; all else as text."""
    made = getattr(value, "item", lambda: None)()
    return made if isinstance(made, bool | int | float) else str(value)


def print_rows(
    columns: Iterable[str],
    rows: Iterable[Iterable[object]],
    *,
    right: Iterable[str],
    heads: bool = True,
) -> None:
    """Print rows under `columns`, those of `right` aligned there; empty cells stay empty.

    A terminal gets a table whose cells fold; a file or a pipe gets tabs, and nothing cut off.
    """
    made = [["" if cell is None else str(cell) for cell in row] for row in rows]
    console = Console()
    if not console.is_terminal:
        for cells in ([*columns], *made) if heads else made:
            say("\t".join(" ".join(cell.split()) for cell in cells))
        return
    shown = Table(box=None, pad_edge=False, show_header=heads)
    for column in columns:
        justify: Literal["left", "right"] = "right" if column in right else "left"
        shown.add_column(Text(plain(column)), justify=justify, overflow="fold")
    for cells in made:
        # Not as markup, in which [red] would be an order.
        shown.add_row(*(Text(plain(cell)) for cell in cells))
    console.print(shown)


def figure(value: object, form: str = "{:.2f}") -> str:
    """Return a number as text, nothing for None and NaN; all else as it is."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return ""
    return form.format(value) if isinstance(value, float) else str(value)
