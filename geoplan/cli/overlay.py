"""``geoplan tabulate`` and ``geoplan overlay``: what layers share, as areas or as pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from geoplan.cli.own_files import Said, SeveralCRS, SeveralEncodings, SeveralSwapped, readable
from geoplan.cli.say import json_line, say
from geoplan.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.engine import Overlaid


MOST_NAMED = 3
"""Repaired shapes that are named; JSON has more of them."""


def tabulate(
    layers: Annotated[
        list[Path], typer.Argument(help="Two or more: files with polygons, or ids of layers.")
    ],
    by: Annotated[
        list[str],
        typer.Option(help="Column to group by: column or layer.column; may be given again."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write .csv or .parquet instead of printing.")
    ] = None,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    memory: Annotated[
        str, typer.Option(help="What batches of rows may take together: 512MiB.")
    ] = "256MB",
    assume_crs: SeveralCRS = None,
    encoding: SeveralEncodings = None,
    swap_xy: SeveralSwapped = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tabulate the area that layers share, by the values of columns.

    The file with most rows is streamed, whatever its size; the others are held
    in memory. A layer is called as its file is, without the suffix. Areas are
    in square metres: `area_m2` adds up all pieces, `net_m2` counts a place once
    where shapes with the same values overlap (a streamed file of more than
    65,536 rows is taken to have no such shapes). Invalid shapes are repaired and
    counted; coordinates are projected to an equal-area system.

    Layers of the project and its `counties` and `cities` can be given by id. A file that
    states no system, or is of a format of its own (KML, DXF, CSV, …), is read as `geoplan
    inspect` proposes, and written once to the build folder.

    Examples: `geoplan tabulate parcels.parquet zones.gpkg --by landuse --by zones.kind`,
    `geoplan tabulate redlines.shp counties --by counties.name --out table.csv`
    """
    from geoplan import engine
    from geoplan.cluster import bytes_of

    if out is not None:
        if as_json:
            raise UsageError("--json prints, --out writes a file: give one of them")
        engine.check(out, layers)
    budget = bytes_of(memory)
    said = Said(assume_crs, encoding, swap_xy)
    files = _files(layers, project, said, quiet=quiet)
    table = engine.tabulate(files, by, scheduler=scheduler, workers=workers, memory=budget)
    if as_json:
        print_json(table)
    elif out is not None:
        engine.save(table, out)
    else:
        metres = {name: table[name].map("{:.4f}".format) for name in ("area_m2", "net_m2")}
        shown = table.assign(**metres)
        columns = list(shown.columns)
        print_rows(columns, shown.itertuples(index=False), right=columns[-3:])
    if not quiet:
        say(_told(table, out), err=True)


def _files(layers: list[Path], folder: Path, said: Said, *, quiet: bool) -> list[Path]:
    """Return layers as files; what is to be known of those of the project goes to stderr."""
    from geoplan.config import load
    from geoplan.sources import is_file, resolved

    project = None if all(map(is_file, layers)) else load(folder)
    sources = resolved(readable(layers, folder, said, quiet=quiet), project)
    for source in sources:
        if source.note and not quiet:
            say(source.note, err=True)
    return [source.path for source in sources]


def _told(table: pd.DataFrame, out: Path | None) -> str:
    """Return what was met on the way, in one line."""
    met = table.attrs
    told = [
        f"{met['rows']} rows of {met['streamed']}",
        f"{table['area_m2'].sum() / 1e6:.6f} km2 in {len(table)} groups",
        f"{met['uncovered_m2'] / 1e6:.6f} km2 outside of the other layers",
        *_odd(met),
    ]
    if met["overlaps"]:
        told.append(f"shapes overlap each other in {', '.join(met['overlaps'])}: see net_m2")
    if not met["searched"]:
        told.append(f"{met['streamed']} itself was not searched for overlaps")
    return "; ".join(told) + (f"; {out}" if out is not None else "")


def _odd(met: Mapping[Any, Any]) -> list[str]:
    """Return how many rows were not as they should be."""
    repaired = f"invalid shapes repaired ({_first(met['repairs'])})"
    odd = {
        "repaired": repaired,
        "empty": "rows without a shape",
        "without_area": "shapes that are no polygons",
    }
    return [f"{met[key]} {what}" for key, what in odd.items() if met[key]]


def _first(repairs: list[str]) -> str:
    more = len(repairs) > MOST_NAMED
    return "; ".join(repairs[:MOST_NAMED]) + ("; …" if more else "")


def overlay(
    left: Annotated[
        Path, typer.Argument(metavar="A", help="A file with polygons, or the id of a layer.")
    ],
    right: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    out: Annotated[Path, typer.Option(help="Folder for the pieces; its name ends in .parquet.")],
    how: Annotated[
        str, typer.Option(help="identity: all of A; intersection: A in B; difference: A outside B.")
    ] = "identity",
    sliver: Annotated[
        float, typer.Option(min=0.0, help="Pieces below this are left out and counted, m2.")
    ] = 1.0,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    assume_crs: SeveralCRS = None,
    encoding: SeveralEncodings = None,
    swap_xy: SeveralSwapped = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Cut A at the borders of B, and keep the columns of both.

    The pieces are GeoParquet, a file for each part of A, in the coordinates of A
    and with their `area_m2` on the ellipsoid. B is held in memory; of an
    intersection, the file with fewer rows. A piece that is a whole feature is
    never left out as a sliver.

    Examples: `geoplan overlay parcels.parquet redlines.gpkg --out pieces.parquet`,
    `geoplan overlay parcels.parquet zones.shp --how difference --out outside.parquet`
    """
    from geoplan import engine

    engine.check_folder(out)
    said = Said(assume_crs, encoding, swap_xy)
    files = _files([left, right], project, said, quiet=quiet)
    made = engine.overlay_layers(
        files, out=out, how=how, sliver_m2=sliver, scheduler=scheduler, workers=workers
    )
    if as_json:
        say(json_line(asdict(made)))
    elif not quiet:
        say(_cut(made, how, out), err=True)


def _cut(made: Overlaid, how: str, out: Path) -> str:
    """Return what an overlay has made, in one line."""
    left_out = {"intersection": "outside of the other layer", "difference": "inside of the other"}
    told = [
        f"{made.rows} rows of {made.streamed}",
        f"{made.pieces} pieces of {made.area_m2 / 1e6:.6f} km2",
        f"{made.slivers} slivers of {made.slivers_m2:.4f} m2 left out",
    ]
    if how in left_out and made.left_out_m2 is not None:
        told.append(f"{made.left_out_m2 / 1e6:.6f} km2 {left_out[how]}")
    told += _odd(asdict(made))
    if made.overlaps:
        told.append("shapes of the other layer overlap each other: pieces do too")
    return "; ".join([*told, str(out)])
