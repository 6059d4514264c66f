"""``geoplan inspect`` and ``geoplan convert``: a file of the user's own, looked at and mended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet
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

OwnFile = Annotated[Path, typer.Argument(help="A file, or a .gdb folder.")]


def inspect(
    file: OwnFile,
    layer: LayerName = None,
    encoding: Encoding = None,
    assume_crs: AssumeCRS = None,
    swap_xy: SwapXY = False,
    x: ColumnX = None,
    y: ColumnY = None,
    wkt: ColumnWKT = None,
    unit: ColumnUnit = None,
    coverage: Annotated[
        bool | None,
        typer.Option(
            "--coverage/--no-coverage",
            help="Shapes should fill a place without gaps and overlaps, or need not be asked.",
        ),
    ] = None,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> int:
    """Tell what is in a file, what is wrong with it, and what to do. Nothing is changed.

    Layers, columns, encoding, where it lies, the coordinate system that it states and those
    that its numbers suggest, shapes and their faults, and commands that are ready to copy.
    Where the system has to be decided, places and areas are those of the first suggestion.

    Exit codes: 0 usable as it is, 1 something has to be decided, 3 refused or unreadable.

    Examples: `geoplan inspect parcels.shp`, `geoplan inspect survey.gdb --layer DLTB --json`
    """
    from geoplan.cli.inspected import show
    from geoplan.config import load
    from geoplan.intake import inspected

    said = reading_of(layer, encoding, assume_crs, swap_xy, (x, y, wkt, unit))
    told = inspected(file, said, project=load(project), coverage=coverage)
    if as_json:
        say(json_line(told.as_json(), default=str))
    else:
        show(told)
    return told.exit_code


def convert(
    file: OwnFile,
    out: Annotated[
        Path, typer.Argument(help="A .gpkg, .parquet, .fgb, .shp or .geojson; a log goes beside.")
    ],
    layer: LayerName = None,
    encoding: Encoding = None,
    assume_crs: AssumeCRS = None,
    swap_xy: SwapXY = False,
    x: ColumnX = None,
    y: ColumnY = None,
    wkt: ColumnWKT = None,
    unit: ColumnUnit = None,
    crs: Annotated[
        str | None, typer.Option(help="System to write; default: EPSG:4490, CGCS2000 degrees.")
    ] = None,
    repair_limit: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Part of the area that repairs may change: 0.02."),
    ] = None,
    clean_coverage: Annotated[
        bool,
        typer.Option("--clean-coverage", help="Close gaps and overlaps; the outer border stays."),
    ] = False,
    drop_duplicates: Annotated[
        bool,
        typer.Option("--drop-duplicates/--keep-duplicates", help="Leave out rows that repeat."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a file clean: valid shapes, in a known coordinate system, texts in UTF-8.

    Everything that was decided or changed is printed, and stands in OUT.log.json. Where the
    file leaves something open, nothing is written, and the message has the options.

    Examples: `geoplan convert parcels.shp parcels.gpkg --assume-crs EPSG:4525`,
    `geoplan convert sites.xlsx sites.parquet --x 经度 --y 纬度`
    """
    from geoplan.cli.inspected import notice_lines
    from geoplan.config import load
    from geoplan.intake import Wanted
    from geoplan.intake import convert as make

    said = reading_of(layer, encoding, assume_crs, swap_xy, (x, y, wkt, unit))
    wanted = Wanted(
        crs=crs,
        clean_coverage=clean_coverage,
        repair_limit=repair_limit,
        drop_duplicates=drop_duplicates,
        force=force,
    )
    made = make(file, out, reading=said, project=load(project), wanted=wanted)
    if as_json:
        say(json_line(made.as_json(), default=str))
        return
    for line in () if quiet else notice_lines(made.notices):
        say(line, err=True)
    if not quiet:
        size = "" if made.area_km2 is None else f", {made.area_km2:.6f} km2"
        say(f"{made.out}: {made.rows} rows{size}, {made.crs}; log: {made.log}", err=True)
