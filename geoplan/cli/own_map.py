"""``geoplan map``: a file of the user's own becomes a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, print_rows
from geoplan.cli.own_files import (
    AssumeCRS,
    ColumnUnit,
    ColumnWKT,
    ColumnX,
    ColumnY,
    Encoding,
    LayerName,
    SwapXY,
    reading_of,
)
from geoplan.cli.say import json_line, say

if TYPE_CHECKING:
    from geoplan.own_map import Made


def map_(
    file: Annotated[Path, typer.Argument(help="A file with polygons, lines or points.")],
    by: Annotated[
        str | None,
        typer.Option(help="Column whose values are the classes; of STBHHX, DLTB, … not needed."),
    ] = None,
    layer: LayerName = None,
    encoding: Encoding = None,
    assume_crs: AssumeCRS = None,
    swap_xy: SwapXY = False,
    x: ColumnX = None,
    y: ColumnY = None,
    wkt: ColumnWKT = None,
    unit: ColumnUnit = None,
    title: Annotated[str | None, typer.Option(help="Title of the map.")] = None,
    name: Annotated[str | None, typer.Option(help="Column with names of shapes.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The page; default: the file's name, in this folder.")
    ] = None,
    sensitivity: Annotated[
        Literal["internal", "public", "secret"],
        typer.Option(help="Who may read it; public needs a review number."),
    ] = "internal",
    budget: Annotated[
        str | None, typer.Option(help="Size of the page: 800kB; default: budgets.page.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a page or file of other origin.")
    ] = False,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make a map of your own layer: one page that opens offline, with figures by county.

    Areas are exact, of the full shapes. Texts are classes as they are (of more than
    20, the 19 largest); up to 12 different numbers too, more by quantiles. Up to 2,000
    shapes are shown each and can be clicked; up to 100,000 are merged by class, or
    stand in hexagons, and the page says so. Files are read in any format and state that
    `geoplan inspect` knows; what has to be decided is refused, and the message has the options.

    Examples: `geoplan map parcels.gpkg --by DLMC`, `geoplan map STBHHX.gpkg`,
    `geoplan map redlines.shp --by LHLX --name MC --title 生态保护红线 --out redlines.html`
    """
    from geoplan.cluster import bytes_of
    from geoplan.config import load
    from geoplan.own_map import Options, map_file

    options = Options(
        reading=reading_of(layer, encoding, assume_crs, swap_xy, (x, y, wkt, unit)),
        title=title,
        name=name,
        sensitivity=sensitivity,
        budget=None
        if budget is None
        else bytes_of(budget, what="--budget", example="800kB or 2MB"),
        force=force,
    )
    made = map_file(file, by, project=load(project), out=out, options=options)
    if as_json:
        say(json_line(_facts(made)))
    elif not quiet:
        _print(made)


def _facts(made: Made) -> dict[str, object]:
    from geoplan.schema import records

    plain = {key: value for key, value in vars(made).items() if key not in ("out", "classes")}
    return {"out": str(made.out), **plain, "classes": records(made.classes)}


def _print(made: Made) -> None:
    figures = [c for c in made.classes if c not in ("class", "features")]
    shown = made.classes.copy()
    for column in figures:
        shown[column] = shown[column].map("{:.6f}".format)
    columns = list(shown.columns)
    print_rows(columns, shown.itertuples(index=False), right=columns[1:])
    told = [f"{made.shown} of {made.features} {made.kind}", *made.notes]
    say("; ".join([*told, f"{made.out}, {made.bytes} bytes"]), err=True)
