"""The command that writes sheets of maps for print, and tables and shapes to hand out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, print_event
from geoplan.cli.say import say

if TYPE_CHECKING:
    from geoplan.build.exporting import Format


def export(
    maps: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MAP]...", help="Maps, such as jinzhong or ecology; default: all."),
    ] = None,
    project: Folder = HERE,
    png: Annotated[bool, typer.Option("--png", help="Write pictures.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write PDF, text as text.")] = False,
    svg: Annotated[bool, typer.Option("--svg", help="Write SVG, for Word and WPS.")] = False,
    paper: Annotated[Literal["A3", "A4"], typer.Option(help="Size of paper.")] = "A3",
    orientation: Annotated[
        Literal["landscape", "portrait", "auto"],
        typer.Option(help="How it lies; auto: with the larger scale."),
    ] = "auto",
    dpi: Annotated[int, typer.Option(help="Dots per inch of PNG, 72 to 600.")] = 300,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="Language.")] = "zh",
    font: Annotated[
        str | None, typer.Option(help="An installed font; default: one that has Chinese.")
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="FORMAT",
            help="Write tables and shapes: gpkg, gdb, shp, parquet, geojson or xlsx; repeat it.",
        ),
    ] = None,
    encoding: Annotated[
        Literal["UTF-8", "GBK"], typer.Option(help="Of texts in shapefiles.")
    ] = "UTF-8",
    out: Annotated[
        Path | None, typer.Option(help="Folder; default: export/ in the project.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write sheets of maps for print, or tables and shapes, of the tables of the last build.

    Sheets have a round scale; `geoplan build` writes them as SVG to `maps/print/` already: A3,
    in Chinese. Tables and shapes (`--data`): gpkg has styles for QGIS, gdb is a FileGDB with
    Chinese aliases, shp a zip of shapefiles with names of 10 letters. `datapackage.json` says
    what the files hold.

    Examples: `geoplan export --pdf`, `geoplan export jinzhong --png --paper A4`,
    `geoplan export ecology --pdf --lang en --out ~/sheets`,
    `geoplan export --data gdb --data shp --encoding GBK`
    """
    from geoplan.build import DataExport, Export, export_data
    from geoplan.build import export as write
    from geoplan.config import load
    from geoplan.errors import UsageError

    chosen: list[tuple[Format, bool]] = [("svg", svg), ("pdf", pdf), ("png", png)]
    how = Export(
        formats=tuple(form for form, wanted in chosen if wanted),
        paper=paper,
        orientation=orientation,
        lang=lang,
        dpi=dpi,
        font=font,
        out=out,
    )

    tell, tell_lost = _tellers(as_json, quiet)
    whole = DataExport(formats=tuple(data or ()), encoding=encoding, out=out)
    if data and maps and not how.formats:
        raise UsageError("--data writes all of the atlas; leave the names of maps out")
    done: list[Path] = []
    if how.formats or not data:
        done += write(load(project), maps or (), how=how, on_file=tell)
    if data:
        done += export_data(load(project), how=whole, on_file=tell, on_lost=tell_lost)
    if as_json:
        print_event("done", {"exported": len(done)})


def _tellers(as_json: bool, quiet: bool) -> tuple[Callable[[Path], None], Callable[[Any], None]]:
    """Return what tells of a file that is there, and of what a shapefile could not hold."""

    def tell(path: Path) -> None:
        if as_json:
            print_event("exported", {"path": str(path)})
        elif not quiet:
            say(str(path))

    def tell_lost(lost: Any) -> None:
        if as_json:
            print_event("lost", asdict(lost))
        elif not quiet:
            say(str(lost), err=True)

    return tell, tell_lost
