"""Listed maps in the perturbation of all cells: what they do not show cannot change them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from geoplan import schema
from geoplan.errors import GeoplanError
from geoplan.publish import Output, outputs
from geoplan.schema.columns import Column
from tests.publish import listed, sample
from tests.publish.test_outputs import changed

MAPS = ("corridor-108.html", "coal-zones.html", "periods.html", "counts.html")
TABLES = ("maps", "features", "memberships", "layers", "documents", "classes", "themes", "coverage")


def made(tables: dict[str, pd.DataFrame]) -> dict[str, Output]:
    found = outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
    return {output.name: output for output in found if output.name in MAPS}


@cache
def before() -> tuple[dict[str, pd.DataFrame], dict[str, Output], dict[str, str]]:
    tables = listed.tables()
    found = made(tables)
    return tables, found, {name: output.make() for name, output in found.items()}


def with_changes(cells: list[tuple[str, Column, int]]) -> dict[str, pd.DataFrame]:
    tables = dict(before()[0])
    for name, column, row in cells:
        tables[name] = changed(tables[name], column, row % len(tables[name]))
    return tables


CELLS = [
    (name, column, row)
    for name in TABLES
    for column in schema.TABLES[name].columns
    for row in (0, -1)
]


def test_a_listed_map_changes_only_with_its_key() -> None:
    _, old, texts = before()
    silent: dict[tuple[str, str], list[tuple[str, Column, int]]] = {}
    for cell in CELLS:
        try:
            now = made(with_changes([cell]))
        except (GeoplanError, KeyError):
            continue  # what is refused is not published
        for name, output in old.items():
            if name in now and now[name].key == output.key:
                silent.setdefault((name, cell[0]), []).append(cell)
    checked = dict.fromkeys(old, 0)
    for (name, _), cells in silent.items():
        # Cells that say nothing one by one may say something together, as of one row.
        output = made(with_changes(cells))[name]
        if output.key == old[name].key:
            checked[name] += 1
            assert output.make() == texts[name], (name, cells)
    assert min(checked.values()) >= 3, checked


def test_every_cell_of_a_listed_map_that_shows_is_in_its_key() -> None:
    old = before()[1]
    for column, row, name in (
        ("note", 1, "coal-zones.html"),
        ("title", 2, "periods.html"),
        ("later", 2, "periods.html"),
        ("documents", 3, "counts.html"),
        ("outline", 0, "corridor-108.html"),
        ("stops", 0, "corridor-108.html"),
    ):
        tables = dict(before()[0])
        maps = tables["maps"].copy()
        maps.loc[row, column] = "facts" if column in ("later", "documents") else "改"
        found = made(tables | {"maps": maps})
        assert found[name].key != old[name].key, (column, name)
