"""``geoplan derive``: slope, aspect, distance, classes, and rasters on another grid."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, Scheduler, Workers, print_rows
from geoplan.cli.own_files import Said, SeveralCRS, SeveralEncodings, SeveralSwapped, readable
from geoplan.cli.say import json_line, say

if TYPE_CHECKING:
    from geoplan.derived import Made, Source

derive = typer.Typer(rich_markup_mode="markdown", no_args_is_help=True)

Dem = Annotated[Path, typer.Argument(metavar="DEM", help="A GeoTIFF, or a folder of tiles.")]
Out = Annotated[Path, typer.Option(help="The file to write: .tif (COG).")]
Band = Annotated[int, typer.Option(min=1, help="Band of the raster.")]
Nodata = Annotated[float | None, typer.Option(help="Value of cells without data.")]
AssumeCRS = Annotated[
    str | None, typer.Option("--assume-crs", help="System of a raster that states none: EPSG:4490.")
]
RasterKind = Annotated[
    Literal["continuous", "categorical"] | None, typer.Option(help="Amounts, or classes.")
]
Force = Annotated[bool, typer.Option("--force", help="Also of cells above 100 m.")]
Unit = Annotated[
    str | None, typer.Option(help="Cells over a unit or group: 东山五县; default: all units.")
]
Cell = Annotated[float | None, typer.Option("--cell", help="Size of cells, metres.")]
GridOf = Annotated[
    Path | None, typer.Option("--grid-of", help="A raster whose grid is taken instead.")
]


@derive.command()
def slope(
    dem: Dem,
    out: Out,
    percent: Annotated[
        bool, typer.Option("--percent", help="Rise over run in %, not degrees.")
    ] = False,
    force: Force = False,
    band: Band = 1,
    nodata: Nodata = None,
    assume_crs: AssumeCRS = None,
    kind: RasterKind = None,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write the slope of heights in metres, in degrees: Horn's 3 x 3 cells, on the DEM's grid.

    Right on grids in degrees too: steps are metres on the ellipsoid. Cells without eight
    neighbours that have heights have no slope. Cells above 100 m are refused: what they have
    is no slope of the ground.

    Example: `geoplan derive slope dem.tif --out slope.tif`
    """
    from geoplan.derived import How, derive_terrain

    made = derive_terrain(
        "percent" if percent else "slope",
        _looked(dem, band, nodata, assume_crs, kind=kind),
        out=out,
        how=How(scheduler, workers, force),
    )
    _tell(made, as_json=as_json, quiet=quiet)


@derive.command()
def aspect(
    dem: Dem,
    out: Out,
    force: Force = False,
    band: Band = 1,
    nodata: Nodata = None,
    assume_crs: AssumeCRS = None,
    kind: RasterKind = None,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write where slopes face: degrees from true north over east; −1 for level ground, no data.

    Example: `geoplan derive aspect dem.tif --out aspect.tif`
    """
    from geoplan.derived import How, derive_terrain

    source = _looked(dem, band, nodata, assume_crs, kind=kind)
    made = derive_terrain("aspect", source, out=out, how=How(scheduler, workers, force))
    _tell(made, as_json=as_json, quiet=quiet)


@derive.command()
def distance(
    target: Annotated[
        str, typer.Argument(help="A file, a layer, layer/feature, or a river: 汾河.")
    ],
    out: Out,
    unit: Unit = None,
    cell: Cell = None,
    grid_of: GridOf = None,
    max_km: Annotated[
        float | None, typer.Option("--max-km", help="Cells farther than this have no value.")
    ] = None,
    assume_crs: SeveralCRS = None,
    encoding: SeveralEncodings = None,
    swap_xy: SeveralSwapped = None,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write the distance on the ground, in metres, from cells' centres to shapes.

    Straight, without heights; 0 inside of polygons. What is only said to lie somewhere in a
    unit has no shape, so no distance; of shapes drawn by us the file says 示意.

    Examples: `geoplan derive distance 汾河 --unit 平遥 --cell 100 --out fen.tif`,
    `geoplan derive distance lines.gpkg --grid-of slope.tif --out lines.tif`
    """
    from geoplan.config import load
    from geoplan.derived import How, Wanted, derive_distance

    said = Said(assume_crs, encoding, swap_xy)
    (target,) = readable([target], project, said, quiet=quiet)
    made = derive_distance(
        target,
        Wanted(unit, cell, grid_of),
        out=out,
        project=load(project),
        max_km=max_km,
        how=How(scheduler, workers),
    )
    _tell(made, as_json=as_json, quiet=quiet)


@derive.command()
def classes(
    layer: Annotated[
        str, typer.Argument(help="A layer, `counties`, `cities`, or a file with polygons.")
    ],
    out: Out,
    unit: Unit = None,
    cell: Cell = None,
    grid_of: GridOf = None,
    share: Annotated[
        bool, typer.Option("--share", help="A band for each class: its exact part of each cell.")
    ] = False,
    by: Annotated[str | None, typer.Option(help="Column of the classes; default: class.")] = None,
    assume_crs: SeveralCRS = None,
    encoding: SeveralEncodings = None,
    swap_xy: SeveralSwapped = None,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write the classes of a layer as a grid: the one with the largest exact part of each cell.

    Prints for each class its area within the grid, exact and as cells. Whole units and
    delimited shapes count, and indicative ones with a note; lists have no area.

    Examples: `geoplan derive classes jinzhong-main-function-zones --cell 100 --out zones.tif`,
    `geoplan derive classes parcels.gpkg --by landuse --cell 30 --unit 左权 --share --out s.tif`
    """
    from geoplan.config import load
    from geoplan.derived import How, Wanted, derive_classes, derive_shares

    said = Said(assume_crs, encoding, swap_xy)
    (layer,) = readable([layer], project, said, quiet=quiet)
    make = derive_shares if share else derive_classes
    made = make(
        layer,
        Wanted(unit, cell, grid_of),
        out=out,
        project=load(project),
        by=by,
        how=How(scheduler, workers),
    )
    _tell(made, as_json=as_json, quiet=quiet)


@derive.command()
def grid(
    raster: Annotated[Path, typer.Argument(metavar="RASTER", help="A GeoTIFF, or a folder.")],
    out: Out,
    cell: Cell = None,
    unit: Annotated[str | None, typer.Option(help="Only over a unit or group.")] = None,
    grid_of: GridOf = None,
    resampling: Annotated[
        Literal["nearest", "mode", "bilinear", "average"] | None,
        typer.Option(help="Default: right for its kind and the size of cells."),
    ] = None,
    band: Band = 1,
    nodata: Nodata = None,
    assume_crs: AssumeCRS = None,
    kind: RasterKind = None,
    scheduler: Scheduler = "threads",
    workers: Workers = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Bring a raster to an equal-area grid with edges at multiples of the cell.

    Classes: nearest, or the commonest where cells become coarser; they are never averaged.
    Amounts: bilinear, or their mean. A slope is taken first, and its grid brought then.

    Example: `geoplan derive grid landcover.tif --cell 100 --unit 东山五县 --out cover.tif`
    """
    from geoplan.config import load
    from geoplan.derived import How, Wanted, derive_grid

    made = derive_grid(
        _looked(raster, band, nodata, assume_crs, kind=kind),
        Wanted(unit, cell, grid_of),
        out=out,
        project=load(project),
        resampling=resampling,
        how=How(scheduler, workers),
    )
    _tell(made, as_json=as_json, quiet=quiet)


def _looked(
    path: Path,
    band: int,
    nodata: float | None,
    assume_crs: str | None,
    *,
    kind: Literal["continuous", "categorical"] | None,
) -> Source:
    from geoplan.derived import look

    return look(path, band=band, nodata=nodata, assume_crs=assume_crs, kind=kind)


def _tell(made: Made, *, as_json: bool, quiet: bool) -> None:
    """Print what was written: facts as JSON, or notes and one line to stderr, areas to stdout."""
    facts, grid = made.facts, made.grid
    if as_json:
        numbers = {"least": facts.least, "mean": facts.mean, "most": facts.most}
        told = {
            "path": str(made.path),
            "width": grid.width,
            "height": grid.height,
            "cell_m": [round(size, 4) for size in grid.cell_m],
            "unit": made.unit,
            "known": facts.known,
            **{k: None if math.isnan(v) else v for k, v in numbers.items()},
            "notes": made.notes,
            "areas": made.areas,
        }
        say(json_line(told))
        return
    if made.areas:
        rows = [
            (a["class"], a["title"], f"{a['exact_km2']:.4f}", f"{a['cells_km2']:.4f}")
            for a in made.areas
        ]
        heads = ["class", "title", "exact_km2", "cells_km2"]
        print_rows(heads, rows, right=heads[2:])
    if quiet:
        return
    for note in made.notes:
        say(note, err=True)
    say(_line(made), err=True)


def _line(made: Made) -> str:
    from geoplan.derived import side_m

    facts, grid = made.facts, made.grid
    told = [f"{made.path}: {grid.width} x {grid.height} cells of {side_m(grid):.4g} m"]
    if not facts.known:
        told.append("none of them has a value")
    elif not made.areas:
        unit = f" {made.unit}" if made.unit else ""
        mean = f", mean {facts.mean:.6g}" if not math.isnan(facts.mean) else ""
        told.append(f"{facts.least:.6g} to {facts.most:.6g}{unit}{mean}")
    if facts.known < made.cells and not made.areas:
        told.append(f"{1 - facts.known / made.cells:.1%} of the cells without a value")
    return "; ".join(told)
