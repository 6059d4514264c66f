"""``geoplan difference``: difference polygons of two delimited layers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, Workers
from geoplan.cli.own_files import Said, SeveralCRS, SeveralEncodings, SeveralSwapped, readable
from geoplan.cli.say import json_line, say

if TYPE_CHECKING:
    from geoplan.difference import Made


def difference(
    left: Annotated[
        str, typer.Argument(metavar="A", help="LAYER or LAYER/CLASS of the project, or a file.")
    ],
    right: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    out: Annotated[Path, typer.Option(help="A .gpkg, .shp or .gdb; an .xlsx is written beside.")],
    kind: Annotated[
        list[str] | None,
        typer.Option(help="overlap (default), only-a, only-b; may be given again."),
    ] = None,
    class_a: Annotated[str | None, typer.Option(help="Column of file A with classes.")] = None,
    name_a: Annotated[str | None, typer.Option(help="Column of file A with names.")] = None,
    land_a: Annotated[str | None, typer.Option(help="Column of A with land classes.")] = None,
    layer_a: Annotated[str | None, typer.Option(help="One of several layers in A.")] = None,
    class_b: Annotated[str | None, typer.Option(help="Column of file B with classes.")] = None,
    name_b: Annotated[str | None, typer.Option(help="Column of file B with names.")] = None,
    land_b: Annotated[str | None, typer.Option(help="Column of B with land classes.")] = None,
    layer_b: Annotated[str | None, typer.Option(help="One of several layers in B.")] = None,
    min_area: Annotated[
        float | None,
        typer.Option(help="Least area in m2; default: that of the land class, else 1."),
    ] = None,
    workers: Workers = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file at --out with all that it holds.")
    ] = False,
    assume_crs: SeveralCRS = None,
    encoding: SeveralEncodings = None,
    swap_xy: SeveralSwapped = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make difference polygons (差异图斑) where two delimited layers overlap or differ.

    Each polygon lies in one county and has a number there; MJ is the area on the
    ellipsoid in m2. Write into CLYJ, HSDW, HSRQ and BZ, in the file or in the sheet:
    when you run it again, your words stay with polygons that are the same, or share more
    than 90 %; those of polygons that are gone go to the layer `retired`. Polygons below the
    least area go to the layer `dropped`.

    Examples: `geoplan difference redlines.shp mining.gpkg --out cytb.gpkg --name-b KSMC`,
    `geoplan difference ecological-redline parcels.gpkg --class-b DLMC --land-b DLBM --out c.gdb`
    """
    from geoplan.config import load
    from geoplan.difference import Columns, Options
    from geoplan.difference import difference as make

    options = Options(
        a=Columns(class_a, name_a, land_a, layer_a),
        b=Columns(class_b, name_b, land_b, layer_b),
        kinds=tuple(dict.fromkeys(kind or ["overlap"])),
        min_area=min_area,
        workers=workers,
        force=force,
    )
    said = Said(assume_crs, encoding, swap_xy, {left: layer_a, right: layer_b})
    left, right = readable([left, right], project, said, quiet=quiet)
    made = make(left, right, out=out, project=load(project), options=options)
    if as_json:
        say(json_line(_facts(made)))
    elif not quiet:
        say(_told(made), err=True)


def _facts(made: Made) -> dict[str, object]:
    followed = {k: v for k, v in vars(made.followed).items() if k != "retired"}
    plain = {k: v for k, v in vars(made).items() if k not in ("out", "sheet", "followed")}
    files = {"out": str(made.out), "sheet": str(made.sheet)}
    return {**files, **plain, **followed, "retired": len(made.followed.retired)}


def _told(made: Made) -> str:
    told = [f"{made.polygons} polygons of {made.area_m2 / 1e4:.4f} ha"]
    if made.dropped:
        told.append(f"{made.dropped} below the least area, {made.dropped_m2:.2f} m2, in `dropped`")
    new = made.followed
    if new.same or new.moved or new.gone:
        told.append(f"since before: {new.same} same, {new.moved} changed, {new.new} new")
        told.append(f"{new.gone} gone")
    if new.back:
        told.append(f"{new.back} are there again")
    if new.retired:
        told.append(f"{len(new.retired)} that people filled are in `retired`")
    if made.repaired:
        told.append(f"{made.repaired} invalid shapes repaired")
    if made.overlapping:
        told.append("shapes of one side overlap each other: areas count several times")
    if made.cut:
        told.append(f"{made.cut} texts cut at 254 bytes; a .gpkg holds them whole")
    return "; ".join([*told, f"{made.out}, {made.sheet.name}"])
