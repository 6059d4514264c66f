"""Files before they are made: what they show, and keys that change where their texts do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import shapely

from geoplan import schema
from geoplan.config import Project
from geoplan.errors import GeoplanError, StageError
from geoplan.publish import Output, outputs
from geoplan.publish.exports import styles, workbook
from geoplan.schema import Column
from tests.publish import sample

MAPS = {"corridor-108.html", "energy.html", "main-function-zone.html"}
WIDE_MAPS = {"jinzhong.html", "overview.html"}
STYLED = {"data/atlas.gpkg", *(f"data/qml/{name}.qml" for name in styles.SHAPES)}
SHAPES = {"data/features.geojson", *STYLED}


ELSEWHERE = ("maps", *schema.INNER)
"""Listed maps and rasters have a perturbation of their own."""


def sheets(maps: set[str]) -> set[str]:
    """Return the sheets of some maps."""
    return {f"print/{name.removesuffix('.html')}.svg" for name in maps}


REFERENCES = (
    *("layer", "class", "feature", "document", "theme", "adcode", "parent", "scope", "of"),
    *("layer_a", "class_a", "layer_b", "class_b", "units", "measure", "quantity", "date"),
)
"""Columns whose cells name something: another name of the same column stands for a change."""


def project(root: Path = Path(), **keys: Any) -> Project:
    """Return the sample's project; nothing of it is a file."""
    return sample.project(root, **keys)


def full() -> dict[str, pd.DataFrame]:
    """Return the sample's tables with at least one row in each, and a finding about a layer."""
    tables = sample.tables()
    tables["findings"] = tables["findings"].assign(about=["rivers", "rivers", "coal/city"])
    tables["themes"] = tables["themes"].iloc[:3]
    for name, table in tables.items():
        if not len(table) and name not in ELSEWHERE:
            cells = {c.name: value_of(c) for c in schema.TABLES[name].columns}
            tables[name] = sample.table(name, [cells])
    return tables


def value_of(column: Column) -> Any:
    """Return some value of a column."""
    kinds = {"real": 1.5, "integer": 3, "flag": True, "geometry": shapely.box(112, 37, 113, 38)}
    if column.allowed:
        return column.allowed[0]
    return {"adcode": "140702", "layer": "zones", "measure": "km2"}.get(
        column.name, kinds.get(column.dtype, "text")
    )


def changed(table: pd.DataFrame, column: Column, row: int) -> pd.DataFrame:
    """Return `table` with another value in one cell."""
    made = table.copy()
    old = made[column.name].tolist()
    new: Any = f"{old[row]}改" if isinstance(old[row], str) else "改"
    others = [value for value in old if isinstance(value, str) and value != old[row]]
    # A key stays a key, and what refers to nothing yet could refer to itself.
    own = made[column.name].is_unique or not isinstance(old[row], str)
    if column.name in REFERENCES and others and not own:
        new = others[0]
    if column.allowed:
        new = next(value for value in column.allowed if value != old[row])
    if column.dtype in ("real", "integer"):
        new = 1 if pd.isna(old[row]) else old[row] + 1
    if column.dtype == "flag":
        new = not old[row]
    if column.dtype == "geometry":
        empty = old[row] is None or old[row].is_empty
        new = shapely.Point(112, 37) if empty else shapely.buffer(old[row], -0.001)
    made[column.name] = pd.Series([*old[:row], new, *old[row + 1 :]], dtype=made[column.name].dtype)
    return made


@cache
def before() -> tuple[dict[str, pd.DataFrame], dict[str, Output], dict[str, str]]:
    """Return tables, outputs and texts that changes are compared with."""
    tables = full()
    made = {o.name: o for o in outputs(tables, project=project(), as_of=sample.AS_OF)}
    return tables, made, {name: output.make() for name, output in made.items()}


def differing(tables: dict[str, pd.DataFrame], **keys: Any) -> set[str]:
    """Return the names of outputs with another key than before, but for the workbook of all."""
    return every_differing(tables, **keys) - {workbook.NAME}


def every_differing(tables: dict[str, pd.DataFrame], **keys: Any) -> set[str]:
    """Return the names of outputs with another key than before, made or gone."""
    made = outputs(tables, project=project(**keys), as_of=sample.AS_OF)
    old = before()[1]
    return {o.name for o in made if o.name not in old or o.key != old[o.name].key} | (
        set(old) - {o.name for o in made}
    )


def edited(table: str, column: str, value: object, **where: str) -> dict[str, pd.DataFrame]:
    """Return the tables with `value` in the rows of `table` where columns hold what is given."""
    tables = dict(before()[0])
    made = tables[table].copy()
    rows = pd.Series(data=True, index=made.index)
    for name, wanted in where.items():
        rows &= made[name] == wanted
    assert rows.any()
    made.loc[rows, column] = value
    tables[table] = made
    return tables


Cell = tuple[str, Column, int]

COLUMNS = [
    (name, column)
    for name, table in schema.TABLES.items()
    if name not in ELSEWHERE
    for column in table.columns
]
"""Columns of which cells are changed, one by one."""

ALL_CELLS = "GEOPLAN_SOAK" in os.environ
"""Whether both the first and the last cell of each column are changed, as `make soak` does."""


def changes() -> Iterator[tuple[Cell, set[str]]]:
    """Yield cells, each with the outputs that its change makes anew.

    Of each column it is the first or the last in turn, the other where that one is refused.
    """
    for number, (name, column) in enumerate(COLUMNS):
        for row in (0, -1) if number % 2 else (-1, 0):
            cell = (name, column, row)
            try:
                found = every_differing(with_changes([cell]))
            except (GeoplanError, KeyError):
                continue  # what is refused is not published
            yield cell, found
            if not ALL_CELLS:
                break


def with_changes(cells: list[Cell]) -> dict[str, pd.DataFrame]:
    tables = dict(before()[0])
    for name, column, row in cells:
        tables[name] = changed(tables[name], column, row % len(tables[name]))
    return tables


def test_a_text_changes_only_with_its_key() -> None:
    _, old, texts = before()
    silent: dict[str, list[Cell]] = {name: [] for name in old}
    for cell, found in changes():
        name, column, _ = cell
        # The file of a table shows all of it but shapes.
        assert (f"tables/{name}.csv" in found) == (column.name != "geometry"), cell
        assert (workbook.NAME in found) == (column.name != "geometry"), cell
        for other in set(old) - found:
            silent[other].append(cell)
    # All cells at once that are not in a file's key, not even together, change its text.
    for name, cells in silent.items():
        assert cells
        now = outputs(with_changes(cells), project=project(), as_of=sample.AS_OF)
        output = next(o for o in now if o.name == name)
        assert output.key == old[name].key, name
        assert output.make() == texts[name], name


def test_without_any_change_nothing_has_another_key() -> None:
    assert differing(full()) == set()
    # Where rows stand in memory says nothing.
    assert differing({name: table.copy() for name, table in full().items()}) == set()


@pytest.mark.parametrize(
    ("layer", "shown"),
    [
        ("rivers", {"energy.html"}),
        ("zones", {"main-function-zone.html", "energy.html"}),
        ("sketch", {"corridor-108.html"}),
    ],
)
def test_a_note_of_a_layer_changes_the_maps_that_show_it(layer: str, shown: set[str]) -> None:
    tables = edited("layers", "note", "另有说明", layer=layer)
    assert differing(tables) == {*shown, *WIDE_MAPS, "tables/layers.csv"}


def test_a_note_of_a_feature_changes_its_maps_and_table_only() -> None:
    tables = edited("features", "note", "线位待核", feature="south")
    assert differing(tables) == {"energy.html", *WIDE_MAPS, "tables/features.csv"}


@pytest.mark.parametrize(
    ("cls", "shown"),
    [
        ("park", {"corridor-108.html", "energy.html"}),
        ("farm_products", {"main-function-zone.html"}),
        ("coal", {"energy.html"}),
    ],
)
def test_a_colour_changes_the_maps_that_show_its_class(cls: str, shown: set[str]) -> None:
    tables = edited("classes", "colour", "#123456", **{"class": cls})
    maps = shown | WIDE_MAPS
    pages = {"index.html", "matrix.html", "tables/classes.csv"}
    pages |= {"matters.html"} if cls in ("park", "coal") else set()
    assert differing(tables) == {*maps, *sheets(maps), *STYLED, *pages}


def test_what_no_file_but_its_table_shows_changes_that_alone() -> None:
    assert differing(edited("documents", "sha256", "ab" * 32, document="old")) == {
        "tables/documents.csv",
        "trace.html",
    }
    assert differing(edited("units", "uncertainty_km2", 4.0, adcode="140311")) == {
        *MAPS,
        *WIDE_MAPS,
        "index.html",
        "tables/units.csv",
    }


def test_a_title_of_a_layer_changes_its_sheets_too() -> None:
    maps = {"energy.html", *WIDE_MAPS}
    found = differing(edited("layers", "title", "改名的图层", layer="rivers"))
    assert found >= maps | sheets(maps)
    assert not found & sheets(MAPS - maps)


def test_a_figure_of_a_claim_changes_no_sheet() -> None:
    found = differing(edited("claims", "published", 1.0, of="zones/key_development"))
    assert found & WIDE_MAPS
    assert not found & sheets(MAPS | WIDE_MAPS)


def test_a_shape_changes_its_maps_the_index_and_the_shapes() -> None:
    line = shapely.LineString([(112.5, 37.5), (112.6, 37.6)])
    tables = dict(before()[0])
    made = tables["features"].copy()
    made.loc[made["feature"] == "south", "geometry"] = line
    found = differing({**tables, "features": made})
    maps = {"energy.html", *WIDE_MAPS}
    assert found == {*maps, *sheets(maps), "index.html", "trace.html", *SHAPES}


def test_rows_in_another_order_are_another_table() -> None:
    tables = before()[0]
    turned = tables["claims"].iloc[::-1].reset_index(drop=True)
    assert "tables/claims.csv" in differing({**tables, "claims": turned})


def test_what_all_pages_print_is_in_all_their_keys() -> None:
    pages = {name for name in before()[1] if not name.startswith(("tables/", "data/"))}
    assert differing(before()[0], compiled_by="某院") == pages
    assert differing(before()[0], review_number="晋S（2026）001号") == pages
    made = outputs(before()[0], project=project(), as_of="2022-01-01")
    assert {o.name for o in made if o.key != before()[1][o.name].key} == {*pages, workbook.NAME}
    assert differing(before()[0], page=1_400_000) == {*MAPS, "jinzhong.html"}
    assert differing(before()[0], overview=1_400_000) == {"overview.html"}


def test_a_map_that_comes_or_goes_is_in_all_menus() -> None:
    themes = edited("themes", "title", "改名的专题", theme="energy")
    assert differing(themes) >= {*MAPS, *WIDE_MAPS, "index.html", "README.md"}
    none = {**before()[0], "indicators": sample.table("indicators", [])}
    assert differing(none) >= {*MAPS, *WIDE_MAPS, "indicators.html", "README.md"}


def test_empty_cells_and_texts_are_told_apart() -> None:
    keys = set()
    for value in (None, "", "nan", "None"):
        tables = edited("layers", "note_en", value, layer="rivers")
        made = outputs(tables, project=project(), as_of=sample.AS_OF)
        keys |= {o.key for o in made if o.name == "tables/layers.csv"}
    assert len(keys) == 4


def test_outputs_say_whose_they_are() -> None:
    made = before()[1]
    assert list(made) == sorted(made)
    assert made["energy.html"].themes == {"energy"}
    own = {"coal", "redline", "rivers", "plots", "words"}
    assert made["energy.html"].layers == own | {"zones", "parks"}
    assert made["corridor-108.html"].layers == {"corridor-units", "parks", "sketch"}
    every = set(before()[0]["layers"]["layer"])
    assert made["print/energy.svg"].themes == {"energy"}
    assert made["print/energy.svg"].layers == made["energy.html"].layers
    for name in ("overview.html", "index.html", "trace.html", "README.md", "tables/coverage.csv"):
        assert made[name].layers == every
        assert made[name].themes == set()
    assert made["data/units.geojson"].layers == set()
    assert made["indicators.html"].layers == {"words"}


def test_a_page_is_as_closed_as_what_it_shows() -> None:
    tables = edited("layers", "sensitivity", "secret", layer="sketch")
    made = {o.name: o for o in outputs(tables, project=project(), as_of=sample.AS_OF)}
    secret = {name for name, output in made.items() if output.sensitivity == "secret"}
    assert sheets({"corridor-108.html"}) <= secret
    assert {"corridor-108.html", *WIDE_MAPS, "index.html", "data/features.geojson"} <= secret
    assert "trace.html" in secret
    assert not secret & {
        "print/energy.svg",
        "energy.html",
        "main-function-zone.html",
        "data/units.geojson",
    }
    assert '"sensitivity":"secret"' in made["corridor-108.html"].make()
    assert '"sensitivity":"internal"' in made["energy.html"].make()


def test_an_indicator_closes_its_pages_where_its_layer_draws_nothing() -> None:
    tables = edited("layers", "sensitivity", "secret", layer="words")
    tables["layers"].loc[tables["layers"]["layer"] == "words", "features"] = 0
    made = {o.name: o for o in outputs(tables, project=project(), as_of=sample.AS_OF)}
    assert made["indicators.html"].sensitivity == "secret"
    assert made["main-function-zone.html"].sensitivity == "internal"


def test_nothing_is_made_before_it_is_asked_for() -> None:
    made = outputs(before()[0], project=project(page=10_000), as_of=sample.AS_OF)
    output = next(o for o in made if o.name == "energy.html")
    with pytest.raises(StageError, match=r"energy\.html has"):
        output.make()


def test_keys_are_the_same_in_another_process(tmp_path: Path) -> None:
    code = (
        "from tests.publish.test_outputs import before\n"
        "print(*(o.name + ' ' + o.key for o in before()[1].values()), sep='\\n')"
    )
    place = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=place,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [f"{o.name} {o.key}" for o in before()[1].values()]
