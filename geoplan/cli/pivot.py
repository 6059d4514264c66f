"""The command that writes tables county × class for reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, print_event
from geoplan.cli.say import say


def pivot(
    project: Folder = HERE,
    unit: Annotated[
        str | None, typer.Option(help="Province, city or county; default: the project's scope.")
    ] = None,
    theme: Annotated[str | None, typer.Option(help="Layers of this theme only.")] = None,
    layer: Annotated[str | None, typer.Option(help="This layer only.")] = None,
    measure: Annotated[
        Literal["km2", "ha", "mu", "10k_mu"], typer.Option(help="Measure of areas.")
    ] = "km2",
    digits: Annotated[
        int | None, typer.Option(help="Decimals of areas; default: 2 of km2 and 10k_mu, else 0.")
    ] = None,
    control_area: Annotated[
        Path | None,
        typer.Option(help="CSV or xlsx: code or name of counties, and control areas."),
    ] = None,
    control_measure: Annotated[
        str | None, typer.Option(help="Measure of control areas, if the file states none.")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="csv, xlsx, html, joined by commas.")
    ] = "xlsx",
    lang: Annotated[Literal["zh", "en"], typer.Option(help="Language.")] = "zh",
    out: Annotated[
        Path | None, typer.Option(help="Folder; default: export/ in the project.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write tables county × class for reports: areas that add up, lists and sketches apart.

    With control areas (控制面积) of the counties, a second table has the areas adjusted to them.

    Examples: `geoplan pivot --unit 晋中 --theme main_function_zone --measure 10k_mu`,
    `geoplan pivot --layer jinzhong-108-corridor --format csv,xlsx,html`,
    `geoplan pivot --unit 140700 --control-area control.xlsx`
    """
    from geoplan.build import Pivot
    from geoplan.build import pivot as write
    from geoplan.config import load

    how = Pivot(
        formats=tuple(form.strip() for form in formats.split(",") if form.strip()),
        unit=unit,
        theme=theme,
        layer=layer,
        measure=measure,
        digits=digits,
        lang=lang,
        control=control_area,
        control_measure=control_measure,
        out=out,
    )
    made = write(load(project), how=how)
    for note in made.notes:
        say(note, err=True)
    for path in made.files:
        if as_json:
            print_event("exported", {"path": str(path)})
        elif not quiet:
            say(str(path))
    if as_json:
        print_event("done", {"exported": len(made.files)})
