"""``geoplan tabulate``: areas that layers share, by the values of their columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoplan.cli.options import AsJson, Quiet, Scheduler, Workers, print_json, print_rows
from geoplan.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


def tabulate(
    layers: Annotated[list[Path], typer.Argument(help="Two or more files with polygons.")],
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
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tabulate the area that layers share, by the values of columns.

    The file with most rows is streamed, whatever its size; the others are held
    in memory. A layer is called as its file is, without the suffix. Areas are
    in square metres, `pieces` counts rows of the streamed file. Invalid shapes
    are repaired and counted; coordinates are projected to an equal-area system.

    Examples: `geoplan tabulate parcels.parquet zones.gpkg --by landuse --by zones.kind`,
    `geoplan tabulate parcels.parquet redlines.shp --by landuse --out table.csv`
    """
    from geoplan import engine
    from geoplan.cluster import bytes_of

    if out is not None:
        if as_json:
            raise UsageError("--json prints, --out writes a file: give one of them")
        engine.check(out, layers)
    budget = bytes_of(memory)
    table = engine.tabulate(layers, by, scheduler=scheduler, workers=workers, memory=budget)
    if as_json:
        print_json(table)
    elif out is not None:
        engine.save(table, out)
    else:
        shown = table.assign(area_m2=table["area_m2"].map("{:.4f}".format))
        columns = list(shown.columns)
        print_rows(columns, shown.itertuples(index=False), right=columns[-2:])
    if not quiet:
        typer.echo(_told(table, out), err=True)


def _told(table: pd.DataFrame, out: Path | None) -> str:
    """Return what was met on the way, in one line."""
    met = table.attrs
    told = [
        f"{met['rows']} rows of {met['streamed']}",
        f"{table['area_m2'].sum() / 1e6:.6f} km2 in {len(table)} groups",
        f"{met['uncovered_m2'] / 1e6:.6f} km2 outside of the other layers",
    ]
    odd = {
        "repaired": "invalid shapes repaired",
        "empty": "rows without a shape",
        "without_area": "shapes that are no polygons",
        "overlapping": "rows counted more than once, as the other layers overlap themselves",
    }
    told += [f"{met[key]} {what}" for key, what in odd.items() if met[key]]
    return "; ".join(told) + (f"; {out}" if out is not None else "")
