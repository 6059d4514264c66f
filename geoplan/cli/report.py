"""The command that writes dossiers of units, themes and documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, print_event
from geoplan.cli.say import say


def report(
    unit: Annotated[
        str | None, typer.Option(help="A county, city or province: name, former name or code.")
    ] = None,
    theme: Annotated[str | None, typer.Option(help="A theme, such as energy.")] = None,
    document: Annotated[
        str | None, typer.Option(help="A document, such as jinzhong-13fyp.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also of all units in the unit, one file each.")
    ] = False,
    project: Folder = HERE,
    formats: Annotated[
        str, typer.Option("--format", help="html, docx or both, by commas.")
    ] = "html,docx",
    lang: Annotated[Literal["zh", "en"], typer.Option(help="Language.")] = "zh",
    out: Annotated[
        Path | None, typer.Option(help="Folder; default: export/report/ in the project.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a dossier of a unit, a theme or a document, of the tables of the last build.

    It tells area, functions, layers, matters to coordinate, claims and sources, as a page that
    prints on A4 and as a file for Word and WPS. Default: the unit that the project is about.

    Examples: `geoplan report --unit 灵石`, `geoplan report --unit 晋中 --all --format docx`,
    `geoplan report --theme energy`, `geoplan report --document jinzhong-13fyp --lang en`
    """
    from geoplan.build import Reports
    from geoplan.build import report as write
    from geoplan.config import load

    how = Reports(
        unit=unit,
        theme=theme,
        document=document,
        every=every,
        formats=tuple(name.strip() for name in formats.split(",") if name.strip()),
        lang=lang,
        out=out,
    )

    def tell(path: Path) -> None:
        if as_json:
            print_event("reported", {"path": str(path)})
        elif not quiet:
            say(str(path))

    def note(text: str) -> None:
        if as_json:
            print_event("note", {"message": text})
        elif not quiet:
            say(text, err=True)

    done = write(load(project), how=how, on_file=tell, on_note=note)
    if as_json:
        print_event("done", {"reported": len(done)})
