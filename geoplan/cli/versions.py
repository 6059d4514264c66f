"""``geoplan compare``: two catalogues, boundary vintages or periods, and what moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, figure, print_json, print_rows
from geoplan.cli.say import say

if TYPE_CHECKING:
    from geoplan.versions import Compared


def compare(
    old: Annotated[
        str, typer.Argument(help="Folder of a project; or a period, 2016-2020, or a document.")
    ],
    new: Annotated[str, typer.Argument(help="The later one, of the same kind.")],
    theme: Annotated[
        list[str] | None, typer.Option(help="Id of a theme; may be given again.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit and those in it.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write .xlsx, .csv or .gpkg instead of printing.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--map", help="Write a page with a map of it, .html.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a page of other origin at --map.")
    ] = False,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare two versions: what moved from which class to which, and how much.

    Two folders are compared layer by layer, names and boundaries too; two periods or
    documents of one project theme by theme. Areas are told where whole counties or
    delimited shapes are on both sides, and add up to those of the counties; what is known by
    list has none. `—` means: not in the catalogue.

    Examples: `geoplan compare old-project . --out change.xlsx`,
    `geoplan compare 2016-2020 2021-2025 --theme main_function_zone --map change.html`
    """
    from geoplan.config import load
    from geoplan.errors import UsageError
    from geoplan.versions import check, compare_versions, save, save_map

    if as_json and out is not None:
        raise UsageError("--json prints, --out writes a file: give one of them")
    check(out, page)
    opened = load(project)
    files = [path for path in (out, page) if path is not None]
    for path in files:
        opened.check_outside(path)
    compared = compare_versions(old, new, project=opened, themes=theme or [], unit=unit)
    if out is not None:
        save(compared, out)
    if page is not None:
        save_map(compared, page, project=opened, force=force)
    if as_json:
        print_json(compared.changed)
    elif out is None and page is None:
        shown = compared.changed[["group_title", "name", "from_title", "to_title", "area_km2"]]
        shown = shown.assign(area_km2=shown["area_km2"].map(figure))
        heads = ["layer or theme", "unit", "old", "new", "km2"]
        print_rows(heads, shown.itertuples(index=False), right=["km2"])
    if not quiet:
        say(_told(compared, files), err=True)


def _told(compared: Compared, files: list[Path]) -> str:
    counts = compared.changed["change"].value_counts().sort_index()
    told = [", ".join(f"{n} {change}" for change, n in counts.items()) or "nothing changed"]
    if len(compared.silent):
        told.append(f"{len(compared.silent)} of which one side does not speak")
    if len(compared.renamed):
        told.append(f"{len(compared.renamed)} names differ or are in one version only")
    if compared.borders is not None:
        above = int(compared.borders.pairs["above"].sum())
        pairs = len(compared.borders.pairs)
        told.append(f"boundaries differ: {pairs} exchanges, {above} above their uncertainty")
    if compared.sketches:
        told.append(f"{compared.sketches} indicative features not compared")
    return "; ".join([*told, *map(str, files)])
