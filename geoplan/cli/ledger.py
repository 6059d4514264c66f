"""``geoplan ledger``: what constraints take of a class, alone and in order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoplan.cli.options import HERE, AsJson, Folder, Quiet, figure, print_json, print_rows
from geoplan.cli.own_files import Said, SeveralCRS, SeveralEncodings, SeveralSwapped, readable
from geoplan.cli.say import json_line, say
from geoplan.errors import UsageError

if TYPE_CHECKING:
    from geoplan.ledger import Entry, Ledger


def ledger(
    of: Annotated[
        str | None,
        typer.Argument(help="Id of a ledger; or a class, layer, layer/class or file."),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="A unit or a group: 东山五县.")] = None,
    constraint: Annotated[
        list[str] | None,
        typer.Option(help="Class, layer, layer/class or file, in order; may be given again."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write .csv, .xlsx, .html or .json instead of printing.")
    ] = None,
    assume_crs: SeveralCRS = None,
    encoding: SeveralEncodings = None,
    swap_xy: SeveralSwapped = None,
    project: Folder = HERE,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell what each constraint takes of a class in a unit, alone and in order, and what remains.

    Areas come only from whole counties and delimited shapes; what is known by list is
    counted by county and takes no area. Without a name, the ledgers of `layers/ledgers.toml`
    are listed.

    Examples: `geoplan ledger`, `geoplan ledger dongshan-wind`,
    `geoplan ledger parcels.gpkg --unit 左权 --constraint redlines.shp --constraint scenic_site`
    """
    from geoplan.config import load
    from geoplan.ledger import entry_of, make_ledger, read_entries, save
    from geoplan.ledger.write import check, notes_of

    opened = load(project)
    if out is not None:
        if as_json:
            raise UsageError("--json prints, --out writes a file: give one of them")
        check(out)
        opened.check_outside(out)
    entries = read_entries(opened)
    said = Said(assume_crs, encoding, swap_xy)
    if of is not None:
        of, *rest = readable([of, *(constraint or ())], project, said, quiet=quiet)
        constraint = rest or None
    if of is None:
        if unit is not None or constraint or out is not None:
            raise UsageError("no ledger, class, layer or file is named, so there is nothing to do")
        _list(entries, as_json=as_json)
        return
    entry = entries.get(of) if unit is not None else entry_of(of, entries)
    made = make_ledger(
        entry.of if entry else of,
        constraint or (entry.constraints if entry else ()),
        unit=unit or (entry.unit if entry else ""),
        project=opened,
        title=entry.title.zh if entry and not (unit or constraint) else None,
    )
    if out is not None:
        save(made, out)
    elif as_json:
        print_json(made.table)
    else:
        _show(made)
    for note in () if quiet else notes_of(made):
        say(note, err=True)


def _list(entries: Mapping[str, Entry], *, as_json: bool) -> None:
    rows = [(e.id, e.title.zh, e.unit, len(e.constraints)) for e in entries.values()]
    heads = ["ledger", "title", "unit", "constraints"]
    if as_json:
        for row in rows:
            say(json_line(dict(zip(heads, row, strict=True))))
    else:
        print_rows(heads, rows, right=["constraints"])


def _show(made: Ledger) -> None:
    from geoplan.ledger.write import HEADS

    shown = [c for c in HEADS if c != "source" and (made.measured or not c.endswith("_km2"))]
    table = made.table[shown]
    numbers = [c for c in shown if c not in ("title", "basis", "counties")]
    for column in numbers:
        form = "{:.2f}" if column.endswith("_km2") else "{:.0f}"
        table = table.assign(**{column: [figure(cell, form) for cell in table[column].tolist()]})
    print_rows(shown, table.itertuples(index=False), right=numbers)
