"""The matrix's data and its tables without scripts, against what is in the tables."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geoplan import schema
from geoplan.publish import outputs
from geoplan.publish.matrix import page as matrix
from geoplan.publish.matrix.sides import sides
from geoplan.publish.matrix.zones import zoned
from geoplan.publish.words import words
from tests.publish import sample


def text_of(tables: dict[str, pd.DataFrame]) -> str:
    """Return the page of `tables`."""
    made = outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
    text = next(o for o in made if o.name == matrix.FILE).make()
    assert isinstance(text, str)
    return text


@cache
def page() -> str:
    """Return the page of the sample."""
    return text_of(sample.tables())


def data(text: str) -> dict[str, Any]:
    """Return what the scripts of a page read."""
    found = re.search(r"^var GEOPLAN = (.*);$", text, re.MULTILINE)
    assert found is not None
    made: dict[str, Any] = json.loads(found[1])
    return made


def side(found: dict[str, Any], title: str) -> int:
    """Return the place of a class."""
    return next(i for i, s in enumerate(found["sides"]) if s["t"][0] == title)


def pair(found: dict[str, Any], one: str, other: str) -> list[Any]:
    """Return what is told of a pair of classes."""
    wanted = sorted((side(found, one), side(found, other)))
    return next(row[2] for row in found["pairs"] if row[:2] == wanted)


def test_shares_are_those_of_the_sides_whatever_their_order() -> None:
    found = data(page())
    (exact,) = pair(found, "重点开发区域", "图斑")
    assert exact[0] == "geometry"
    # The table has the plots first, the page the zones.
    assert exact[3][:4] == [0.8, 1.2, 0.0002, 0.8]
    rows = schema.records(sample.tables()["overlaps"])
    total = next(r for r in rows if r["class_a"] == "plot" and r["adcode"] is None)
    assert exact[1] == total["id"]
    (county,) = exact[4]
    assert found["units"][county[0]][2] == "140728"
    assert county[1] != exact[1]


def test_lists_have_counties_and_never_an_area() -> None:
    found = data(page())
    (listed,) = pair(found, "煤炭", "工业园区")
    assert listed[0] == "list"
    assert listed[2:4] == [2, []]
    assert [found["units"][i][2] for i in listed[4]] == ["140702", "140781"]
    assert all("net" not in s for s in found["sides"] if s["b"] == "list")


def test_a_class_has_the_area_of_the_scope_on_its_best_basis() -> None:
    found = data(page())
    zone = found["sides"][side(found, "重点开发区域")]
    areas = sample.units().set_index("adcode")["area_km2"]
    assert zone["net"] == pytest.approx(areas[list(sample.ZONES["key_development"])].sum())
    assert zone["b"] == "geometry"
    assert found["sides"][side(found, "河流")]["b"] == "indicative"
    assert zone["n"] == 3
    assert zone["src"] == "《旧规划》（市政发〔2016〕1号），第一章第一节"


def test_counties_of_lists_are_left_out_of_pages_that_grow_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matrix, "LARGEST", 1000)
    found = data(text_of(sample.tables()))
    assert found["listed"] is False
    assert pair(found, "煤炭", "工业园区")[0][2:] == [2, [], []]
    # Areas stay.
    assert pair(found, "重点开发区域", "图斑")[0][4]


def zoned_of(tables: dict[str, pd.DataFrame]) -> Any:
    return zoned(tables, sides(tables, "140000"))


def partitioned() -> dict[str, pd.DataFrame]:
    """Return tables in which the corridor lies in the zones, as it does by counties."""
    tables = sample.tables()
    areas = sample.units().set_index("adcode")["area_km2"]
    whole = areas[list(sample.CORRIDOR)].sum()
    rows = []
    for zone, counties in sample.ZONES.items():
        own = areas[list(counties)].sum()
        both = areas[[c for c in counties if c in sample.CORRIDOR]].sum()
        row = {"id": zone, "layer_a": "corridor-units", "class_a": "corridor", "layer_b": "zones"}
        row |= {"class_b": zone, "basis": "geometry", "units": 1, "adcode": None}
        row |= {"area_km2": both, "area_gross_km2": both}
        rows.append(row | {"share_of_a": both / whole, "share_of_b": both / own})
    return tables | {"overlaps": sample.table("overlaps", rows)}


def test_zones_add_up_to_the_class() -> None:
    (table,) = zoned_of(partitioned())
    assert [zone.cls for zone in table.zones] == list(sample.ZONES)
    (row,) = table.rows
    assert row.side.cls == "corridor"
    assert sum(float(cell.km2) for cell in row.cells) == pytest.approx(float(row.total), abs=1e-9)
    assert row.total == "6421.02"
    assert [cell.km2 for cell in row.cells] == ["3311.46", "1902.23", "1207.33"]
    assert [cell.share for cell in row.cells] == ["51.6%", "29.6%", "18.8%"]
    assert [cell.of_zone for cell in row.cells] == ["100.0%", "32.0%", "16.9%"]
    assert row.outside is None
    assert not table.has_outside


def test_what_lies_in_no_zone_is_told() -> None:
    tables = partitioned()
    pairs = tables["overlaps"]
    tables["overlaps"] = pairs[pairs["class_b"] != "farm_products"].reset_index(drop=True)
    (table,) = zoned_of(tables)
    (row,) = table.rows
    assert row.cells[1] is None
    assert (row.outside.km2, row.outside.share, row.total) == ("1902.23", "29.6%", "6421.02")


def test_classes_that_overlap_each_other_have_no_totals() -> None:
    tables = partitioned()
    first = schema.records(tables["overlaps"])[0]
    own = first | {"id": "own", "layer_a": "zones", "class_a": "farm_products"}
    rows = [*schema.records(tables["overlaps"]), own]
    tables["overlaps"] = sample.table("overlaps", rows)
    assert zoned_of(tables) == []


def test_a_layer_that_divides_nothing_has_no_totals() -> None:
    tables = sample.tables()
    assert len(zoned_of(tables)) == 1
    assert 'id="z-1"' in page()
    tables["layers"] = tables["layers"].assign(partition=None)
    assert zoned_of(tables) == []
    assert 'id="z-1"' not in text_of(tables)


def test_pairs_with_areas_stand_without_scripts_and_lists_do_not() -> None:
    body = page().split('class="m-pairs"', 1)[1].split("</table>", 1)[0]
    assert body.count("<tr>") == 1 + 3
    plain = re.sub(r"<[^>]+>", " ", body)
    assert "0.80" in plain
    assert re.search(r"毛面积（平方公里）\s+Gross area \(km²\)\s+1\.20", plain)
    assert "约 c. 29 约 c. 0.41% 约 c. 81%" in " ".join(plain.split())
    assert "工业园区" not in plain
    # Where gross is net it is not told.
    assert plain.count("毛面积") == 1


def test_without_overlaps_there_is_no_page() -> None:
    tables = sample.tables() | {"overlaps": sample.table("overlaps", [])}
    made = {o.name for o in outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)}
    assert matrix.FILE not in made
    index = next(
        o
        for o in outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
        if o.name == "index.html"
    ).make()
    assert "matrix.html" not in str(index)


def test_names_that_try_to_run_are_text() -> None:
    tables = sample.tables()
    for name in ("classes", "layers", "documents", "units"):
        table = tables[name].copy()
        title = "name" if name == "units" else "title"
        table[title] = [f"{sample.ATTACK}{i}" for i in range(len(table))]
        tables[name] = table
    text = text_of(tables)
    assert "<img src=x" not in text
    assert "</script><script>" not in text
    assert html.escape("<img src=x onerror=").split('"')[0] in text
    assert data(text)["sides"][0]["t"][0].startswith(sample.ATTACK)


def test_scripts_ask_for_words_that_the_page_has() -> None:
    asked = set(re.findall(r"\b(?:t|counted)\('([\w.]+)'[,)]", matrix.script()))
    asked |= {f"matrix.show.{key}" for key in ("row", "column", "km2")}
    asked |= {f"basis.{key}" for key in ("geometry", "indicative", "list")}
    given = data(page())["words"]
    assert len(asked) > 20
    assert sorted(asked - set(given)) == []
    assert all(given[key] == list(words()[key]) for key in given)
