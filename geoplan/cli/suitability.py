"""``geoplan suitability``: how suitable land is for a purpose, by a model of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    figure,
    print_json,
    print_rows,
)
from geoplan.cli.say import json_line, say
from geoplan.errors import UsageError

if TYPE_CHECKING:
    from geoplan.suitability import Made, Suitability


def suitability(
    model: Annotated[str | None, typer.Argument(help="Id of a model.")] = None,
    unit: Annotated[
        str | None, typer.Option(help="A unit or a group: 东山五县; default: the project's scope.")
    ] = None,
    raster: Annotated[
        list[str] | None,
        typer.Option(help="NAME=FILE: a raster, or a folder of tiles, for an input of the model."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder that grids and tables go to.")] = None,
    cell: Annotated[
        float | None, typer.Option(help="Side of a cell in metres; default: the finest raster's.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A criterion to leave out; may be given again.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Take cells that are too coarse for the purpose.")
    ] = False,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score land for a purpose: grids, areas by county, what excludes, what hangs on a weight.

    Models stand in `layers/suitability.toml`; without a name they are listed. Every cell is
    excluded by a constraint, or scored from 0 to 100 by weighted factors. Writes two COGs
    (scores, classes), CSV tables, a workbook and a page.

    Examples: `geoplan suitability`, `geoplan suitability wind --unit 东山五县
    --raster elevation=dem.tif --raster wind_speed=wind.tif --raster landcover=cover.tif
    --without ecological-redline --out wind`
    """
    from geoplan.config import load
    from geoplan.suitability import Options, make_files, model_of, prepare, read_models
    from geoplan.suitability.write import check_folder

    opened = load(project)
    models = read_models(opened)
    if model is None:
        if raster or unit or out or cell is not None or without or force:
            raise UsageError(f"no model is named; there are: {', '.join(models) or 'none'}")
        _list(models, as_json=as_json)
        return
    chosen = model_of(model, models)
    if out is None:
        raise UsageError(f"{model}: say where grids and tables go: --out FOLDER")
    check_folder(out)
    opened.check_outside(out)
    options = Options(
        cell_m=cell, without=without or (), force=force, scheduler=scheduler, workers=workers
    )
    ready = prepare(chosen, _bindings(raster or ()), unit=unit, project=opened, options=options)
    made = make_files(ready, out, project=opened)
    if as_json:
        print_json(made.tables.counties)
    elif not quiet:
        _show(made)
    for zh, _ in () if quiet else made.notes:
        say(zh, err=True)


def _bindings(given: Sequence[str]) -> dict[str, Path]:
    made: dict[str, Path] = {}
    for text in given:
        name, sign, path = text.partition("=")
        if not (name and sign and path):
            raise UsageError(f"--raster {text}: write it as NAME=FILE, such as elevation=dem.tif")
        if name in made:
            raise UsageError(f"--raster {name}=… stands there twice")
        made[name] = Path(path)
    return made


def _list(models: Mapping[str, Suitability], *, as_json: bool) -> None:
    heads = ["model", "title", "inputs", "constraints", "factors"]
    rows = [
        (
            *(m.id, m.title.zh, ", ".join(known.id for known in m.input)),
            *(", ".join(c.id for c in m.constraint), ", ".join(f.id for f in m.factor)),
        )
        for m in models.values()
    ]
    if as_json:
        for row in rows:
            say(json_line(dict(zip(heads, row, strict=True))))
    else:
        print_rows(heads, rows, right=[])


def _show(made: Made) -> None:
    table = made.tables.counties
    columns = [c for c in table.columns if c != "adcode"]
    rows = []
    for _, row in table.iterrows():
        cells = [row[c] for c in columns]
        rows.append([figure(cell) for cell in cells])
    print_rows(columns, rows, right=columns[1:])
    say(f"{made.files[0].parent}: {', '.join(path.name for path in made.files)}", err=True)
