"""The command that writes sheets of maps for print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, print_event

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
    out: Annotated[
        Path | None, typer.Option(help="Folder; default: export/ in the project.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write sheets of maps for print, at a round scale, of the tables of the last build.

    `geoplan build` writes the sheets as SVG to `maps/print/` already: A3, in Chinese.

    Examples: `geoplan export --pdf`, `geoplan export jinzhong --png --paper A4`,
    `geoplan export ecology --pdf --lang en --out ~/sheets`
    """
    from geoplan.build import Export
    from geoplan.build import export as write
    from geoplan.config import load

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

    def tell(path: Path) -> None:
        if as_json:
            print_event("exported", {"path": str(path)})
        elif not quiet:
            typer.echo(str(path))

    done = write(load(project), maps or (), how=how, on_file=tell)
    if as_json:
        print_event("done", {"exported": len(done)})
