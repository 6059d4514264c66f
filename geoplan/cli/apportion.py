"""``geoplan apportion``: counts of units are given to classes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

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
from geoplan.cli.own_files import Said, SeveralEncodings, SeveralSwapped, readable, split_systems
from geoplan.cli.say import say
from geoplan.errors import UsageError

if TYPE_CHECKING:
    from geoplan.apportion import Apportioned


def apportion(
    counts: Annotated[
        str,
        typer.Argument(help="CSV or xlsx with a row a unit; or LAYER/INDICATOR@actual:YEAR."),
    ],
    to: Annotated[str, typer.Option(help="Layer, layer/class, or a file with polygons.")],
    column: Annotated[str | None, typer.Option(help="Column of the table with the count.")] = None,
    class_column: Annotated[
        str | None, typer.Option("--class", help="Column of the file with the classes.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="One of several layers in the file.")] = None,
    by: Annotated[
        str, typer.Option(help="area (spread evenly, an assumption), or a raster of weights.")
    ] = "area",
    density: Annotated[
        bool, typer.Option("--density", help="Cells are amounts per area, not of the cell.")
    ] = False,
    weights: Annotated[
        str | None, typer.Option(help="Of a raster of classes: forest=0,built=1.")
    ] = None,
    fallback: Annotated[
        Literal["area"] | None,
        typer.Option(help="By area where all weights of a unit are 0 or missing."),
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="Units inside this one; default: the project's scope.")
    ] = None,
    digits: Annotated[
        int | None, typer.Option(min=0, max=6, help="Decimals; default: those of the counts.")
    ] = None,
    year: Annotated[str | None, typer.Option(help="Year of the count.")] = None,
    source: Annotated[str | None, typer.Option(help="Source of the count.")] = None,
    band: Annotated[int | None, typer.Option(min=1, help="Band of the raster.")] = None,
    nodata: Annotated[float | None, typer.Option(help="Value of cells without data.")] = None,
    assume_crs: Annotated[
        list[str] | None,
        typer.Option(help="System of a raster that states none: EPSG:4490; of --to: NAME=EPSG:…."),
    ] = None,
    encoding: SeveralEncodings = None,
    swap_xy: SeveralSwapped = None,
    out: Annotated[
        Path | None, typer.Option(help="Write .csv, .xlsx or .json instead of printing.")
    ] = None,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Give counts of units (population, GDP) to classes, by area or by a raster of weights.

    Rows of each unit add up to its count: what lies in no class has a row of its own.
    Sketches are told apart, lists take no part. Shares, densities and values per head
    are refused: they do not add up.

    Examples: `geoplan apportion pop.csv --column 常住人口 --to jinzhong-main-function-zones`,
    `geoplan apportion pop.xlsx --to parcels.gpkg --class DLMC --by grid.tif --out classes.xlsx`,
    `geoplan apportion jinzhong-13fyp-targets/gdp@actual:2015 --to jinzhong-farm-zones`
    """
    from geoplan.apportion import About, How, save
    from geoplan.apportion import apportion as make
    from geoplan.apportion.write import check
    from geoplan.config import load

    opened = load(project)
    if out is not None:
        if as_json:
            raise UsageError("--json prints, --out writes a file: give one of them")
        check(out)
        opened.check_outside(out)
    of_raster, of_layer = split_systems(assume_crs, to)
    said = Said(of_layer, encoding, swap_xy, {to: layer})
    (to,) = readable([to], project, said, quiet=quiet)
    how = How(
        to=to,
        class_column=class_column,
        file_layer=layer,
        by=by,
        density=density,
        weights=weights,
        look={"band": band, "nodata": nodata, "assume_crs": of_raster},
        unit=unit,
        fallback=fallback,
        about=About(column=column, digits=digits, year=year, source=source),
        scheduler=scheduler,
        workers=workers,
    )
    made = make(counts, how=how, project=opened)
    if out is not None:
        save(made, out)
    elif as_json:
        print_json(made.table)
    else:
        _show(made)
    for note in () if quiet else (*made.notes, *made.decisions):
        say(note, err=True)


def _show(made: Apportioned) -> None:
    rows = []
    for row in made.table.to_dict("records"):
        drawn = row["basis"] == "indicative"
        digits = made.counts.digits
        value = _short(row["value"]) if drawn else f"{row['value']:.{digits}f}"
        title = f"{row['title']}（示意）" if drawn else row["title"]
        share = f"{row['share_of_unit'] * 100:{'g' if drawn else '.1f'}}%"
        rows.append([row["adcode"], row["name"], title, value, share, row["uncertainty"]])
    heads = ["adcode", "name", "class", "value", "share", "note"]
    print_rows(heads, rows, right=["value", "share"])


def _short(value: float) -> str:
    """Return a figure of two digits without an exponent."""
    return f"{value:.0f}" if value >= 10 else f"{value:g}"
