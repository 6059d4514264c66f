"""``geoplan zonal``: what zones have of a raster."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from geoplan.cli.options import (
    HERE,
    AsJson,
    Folder,
    Quiet,
    Workers,
    print_json,
    print_rows,
)
from geoplan.cli.own_files import Said, SeveralEncodings, SeveralSwapped, readable, split_systems
from geoplan.cli.say import say
from geoplan.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.config import Project

DIGITS = {"area_km2": 4, "zone_km2": 4, "cells": 2}
"""Decimals that people see; shares have 4, other figures 6 digits. Files and JSON have all."""


def zonal(
    raster: Annotated[Path, typer.Argument(help="A raster file, or a folder of tiles.")],
    layer: Annotated[
        str | None,
        typer.Argument(metavar="[LAYER]", help="Zones: a file with polygons, or id of a layer."),
    ] = None,
    units: Annotated[
        str | None,
        typer.Option(help="Zones: counties (default), cities, or name of a unit or group."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Column of LAYER: shapes of the same value are one zone.")
    ] = None,
    quantiles: Annotated[str, typer.Option(help="Of amounts, between 0 and 1.")] = "0.1,0.5,0.9",
    kind: Annotated[
        Literal["continuous", "categorical"] | None,
        typer.Option(help="What cells are, where the file does not say."),
    ] = None,
    band: Annotated[int, typer.Option(min=1, help="Which band.")] = 1,
    nodata: Annotated[float | None, typer.Option(help="Value of cells without data.")] = None,
    assume_crs: Annotated[
        list[str] | None,
        typer.Option(help="System of a raster that states none: EPSG:4490; of LAYER: NAME=EPSG:…."),
    ] = None,
    encoding: SeveralEncodings = None,
    swap_xy: SeveralSwapped = None,
    out: Annotated[
        Path | None, typer.Option(help="Write .csv or .parquet instead of printing.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Who computes: threads, processes, synchronous or tcp://host:port; "
            "default: processes where there is much to do."
        ),
    ] = None,
    workers: Workers = None,
    memory: Annotated[
        str, typer.Option(help="What windows of the raster may take together: 512MiB.")
    ] = "256MB",
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure a raster in zones: mean, quantiles, area by class.

    The raster is read by window, each cell once, whatever its size. A cell at the edge of
    a zone counts with the exact part that lies inside, so that no zone is too small. Where
    cells differ in area (degrees), figures are by area; `sum` is that of values times
    parts of cells, and only means something for counts (people in a cell).

    Amounts give a row a zone; classes a row a zone and class. `share_covered` is the part
    of the zone over cells with data, `share_nodata` over cells without; the rest lies
    outside of the raster.

    Examples: `geoplan zonal dem.tif`, `geoplan zonal slope.tif parcels.gpkg --out slope.csv`,
    `geoplan zonal landcover.tif jinzhong-main-function-zones --by class --kind categorical`
    """
    from geoplan import engine
    from geoplan.cluster import bytes_of
    from geoplan.zonal import Options, parsed
    from geoplan.zones import Asked
    from geoplan.zones import zonal as measure

    if out is not None:
        if as_json:
            raise UsageError("--json prints, --out writes a file: give one of them")
        engine.check(out, [raster, *([layer] if layer else [])])
    options = Options(parsed(quantiles), scheduler, workers, bytes_of(memory))
    of_raster, of_layer = split_systems(assume_crs, layer)
    if layer is not None:
        said = Said(of_layer, encoding, swap_xy)
        (layer,) = readable([layer], project, said, quiet=quiet)
    asked = Asked(by, band, nodata, of_raster, kind)
    opened = _project(layer, project)
    table = measure(raster, layer, units=units, project=opened, asked=asked, options=options)
    if as_json:
        print_json(table)
    elif out is not None:
        plain = table.copy(deep=False)
        plain.attrs = {}  # Parquet would hold them: who computed it, and what people are told
        engine.save(plain, out)
    else:
        _print(table)
    if not quiet:
        for line in [*table.attrs["notes"], _told(table, out)]:
            say(line, err=True)


def _project(layer: str | None, folder: Path) -> Project | None:
    from geoplan.config import load
    from geoplan.sources import is_file

    return None if layer is not None and is_file(layer) else load(folder)


def _print(table: pd.DataFrame) -> None:
    numbers = [name for name in table.columns if table[name].dtype.kind == "f"]
    shown = table.astype(object)
    for name in numbers:
        digits = DIGITS.get(name, 4 if name.startswith("share") else None)
        form = f"{{:.{digits}f}}" if digits is not None else "{:.6g}"
        shown[name] = ["" if isnan(value) else form.format(value) for value in table[name]]
    right = [*numbers, "class"]
    print_rows(shown.columns, shown.fillna("").itertuples(index=False), right=right)


def _told(table: pd.DataFrame, out: Path | None) -> str:
    """Return what was met on the way, in one line."""
    met = table.attrs
    told = [f"{met['zones']} zones", f"{met['scheduler']}"]
    told += [f"{count} with the note: {note}" for note, count in met["met"].items()]
    return "; ".join(told) + (f"; {out}" if out is not None else "")
