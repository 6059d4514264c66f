"""The command that traces a result back to the sentence that it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from geoplan.cli.options import HERE, AsJson, Folder
from geoplan.cli.say import json_line, plain, say

if TYPE_CHECKING:
    from geoplan.trace import Branch

STYLES = {"head": "bold", "plain": "", "quiet": "dim", "good": "green", "bad": "bold red"}


def trace(
    asked: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A reference, the id of a row, LAYER/FEATURE, a unit's code, or DOCUMENT@LINE.",
        ),
    ],
    project: Folder = HERE,
    documents: Annotated[
        Path | None,
        typer.Option(help="Folder with the plans' texts; default: documents in geoplan.toml."),
    ] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="Language.")] = "zh",
    everything: Annotated[bool, typer.Option("--all", help="List all of long lists.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a row of a table rests on: pieces, features, layer file, section and line.

    With the plans' texts the sentence is printed, and it is verified that names,
    units and figures stand there, as `geoplan catalogue check` does. Exit code 1
    where they do not, 3 where nothing is called so.

    Examples: `geoplan trace jinzhong-108-corridor/zone`, `geoplan trace claims:r0123456789ab`,
    `geoplan trace coverage:140729/LAYER/CLASS/geometry --documents texts`,
    `geoplan trace jinzhong-13fyp@1444`
    """
    from geoplan.config import load
    from geoplan.trace import trace as follow
    from geoplan.trace import tree

    made = follow(load(project), asked, documents=documents)
    if as_json:
        say(json_line(made.as_json()))
    else:
        _print(tree(made, lang=lang, everything=everything))
    if made.fails:
        raise typer.Exit(1)


def _print(branch: Branch) -> None:
    """Print a tree; a file or a pipe gets lines with two spaces a level, nothing folded."""
    console = Console()
    if console.is_terminal:
        console.print(_grown(branch))
    else:
        _echo(branch, 0)


def _grown(branch: Branch) -> Tree:
    made = Tree(Text(plain(branch.text), style=STYLES[branch.tone]), guide_style="dim")
    for below in branch.below:
        made.children.append(_grown(below))
    return made


def _echo(branch: Branch, level: int) -> None:
    say("  " * level + branch.text)
    for below in branch.below:
        _echo(below, level + 1)
