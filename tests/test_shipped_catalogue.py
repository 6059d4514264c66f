"""The shipped catalogue: complete against the list of statements, and true to the texts.

The texts and the list do not come with the project: their places are given by
``GEOPLAN_DOCUMENTS`` (a folder) and ``GEOPLAN_STATEMENTS`` (a table). Without
them what needs them is skipped; in CI it fails.
"""

from __future__ import annotations

import csv
import os
import re
import tomllib
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geoplan.catalogue import check_catalogue, compare_catalogue, list_catalogue
from geoplan.config import load, shipped
from geoplan.layers.citations import normalised
from geoplan.layers.read import TEMPLATES
from geoplan.schema import records

LAYERS = shipped() / "layers"
STATEMENTS = Path(__file__).parent / "shipped" / "statements.csv"
LEFT_OUT = shipped() / "docs" / "catalogue.md"
COPIED = 30
"""As many characters in a row are a sentence, not a name."""

Row = dict[str, str]


def outside(name: str) -> Path:
    """Return what an environment variable points to; skip without it, fail in CI."""
    path = Path(os.environ.get(name, ""))
    if name in os.environ and path.exists():
        return path
    reason = f"{name} does not point to the plans' texts, which are no part of the project"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def layers() -> list[tuple[Path, dict[str, Any]]]:
    paths = (p for p in sorted(LAYERS.glob("*/*.toml")) if p.parent.name != TEMPLATES)
    return [(path, tomllib.loads(path.read_text("utf-8"))) for path in paths]


@cache
def findings() -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = tomllib.loads((LAYERS / "findings.toml").read_text("utf-8"))[
        "finding"
    ]
    return made


@cache
def rules() -> list[dict[str, Any]]:
    paths = (LAYERS / "rules.toml", LAYERS / TEMPLATES / "rules.toml")
    return [rule for path in paths for rule in tomllib.loads(path.read_text("utf-8"))["rule"]]


@cache
def carriers() -> dict[str, tuple[str, list[int]]]:
    """Return document and lines of every feature and indicator, by ``layer/id``."""
    return {
        f"{layer['id']}/{part['id']}": (layer["document"], part["lines"])
        for _, layer in layers()
        for kind in ("feature", "indicator")
        for part in layer.get(kind, [])
    }


@cache
def statements() -> list[Row]:
    with STATEMENTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_statement_is_carried_by_what_cites_its_line() -> None:
    known, ids = carriers(), {f"finding:{f['id']}" for f in findings()}
    for row in statements():
        refs = row["carried_by"].split()
        assert not set(refs) - set(known) - ids, row
        cited = [known[ref] for ref in refs if ref in known]
        assert {document for document, _ in cited} <= {row["document"]}, row
        assert not cited or any(int(row["line"]) in lines for _, lines in cited), row


def kind_of(row: Row, extents: dict[str, str]) -> str:
    """Return by what a statement is carried: a place, an indicator, a statement, or nothing."""
    refs = row["carried_by"].split()
    found = {extents.get(ref) for ref in refs}
    if found & {"whole", "within", "passes", "indicative"}:
        return "place"
    if any(ref in carriers() and ref not in extents for ref in refs):
        return "indicator"
    return "statement" if "statement" in found else "nothing"


def test_at_least_95_percent_are_carried_and_the_document_tells_how() -> None:
    extents = {
        f"{layer['id']}/{feature['id']}": feature["extent"]
        for _, layer in layers()
        for feature in layer.get("feature", [])
    }
    counts = Counter(kind_of(row, extents) for row in statements())
    assert counts["nothing"] <= 0.05 * len(statements())
    table = re.findall(r"^\| (\d+) \| ", LEFT_OUT.read_text("utf-8"), re.MULTILINE)
    kinds = ("place", "indicator", "statement", "nothing")
    assert [int(n) for n in table] == [counts[kind] for kind in kinds]
    for row in statements():
        if kind_of(row, extents) == "nothing":
            assert f"{row['document']}:{row['line']}" in LEFT_OUT.read_text("utf-8"), row


def test_the_readme_tells_the_right_numbers() -> None:
    for name in ("README.md", "README.zh.md"):
        text = (LAYERS.parent / name).read_text("utf-8")
        assert re.search(rf"\b{len(findings())}\b", text)


def test_findings_are_about_what_is_there() -> None:
    known = {*carriers(), *(layer["id"] for _, layer in layers())}
    about = [name for finding in findings() for name in finding.get("about", [])]
    assert about
    assert sorted(set(about) - known) == []


@pytest.mark.parametrize(
    "periods", [("2016-2020", "2021-2025"), ("2013-2015", "2016-2020"), ("shanxi-14fyp", "2017")]
)
def test_periods_of_the_shipped_plans_can_be_compared(
    tmp_path: Path, periods: tuple[str, str]
) -> None:
    table = compare_catalogue(load(tmp_path), periods)
    assert set(table["change"]) == {"both", "first_only", "second_only"}
    assert len(table) > 500
    assert (table.loc[table["change"] == "both", ["first", "second"]] != "").all(axis=None)
    one = compare_catalogue(load(tmp_path), periods, unit="140729")
    assert len(one) < len(table)
    assert all("140729" in codes.split() for codes in one["adcode"])
    # What six counties have together stands with none of them alone.
    corridor = one[one["first"].str.contains("6422") | one["second"].str.contains("6422")]
    assert all(len(codes.split()) == 6 for codes in corridor["adcode"])


def test_a_county_reads_all_plans(tmp_path: Path) -> None:
    table = list_catalogue(load(tmp_path), unit="140729")
    own = table[table["reach"] == "own"]
    assert len(set(own["theme"])) >= 15
    assert len(set(own["document"])) >= 3
    drawn = set(table.loc[table["reach"] == "drawn", "name"])
    assert {"汾河"} <= drawn


def test_the_list_of_statements_is_the_given_one() -> None:
    path = outside("GEOPLAN_STATEMENTS")
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:]]
    given = [(line[1], line[2], line[4]) for line in lines if line]
    assert [(row["line"], row["theme"], row["name"]) for row in statements()] == given
    assert len(given) == 1286


def test_every_citation_stands_in_the_texts(tmp_path: Path) -> None:
    folder = outside("GEOPLAN_DOCUMENTS")
    checked = check_catalogue(load(tmp_path), folder)
    assert checked.faults == []
    assert checked.counts["features"] > 1_900
    assert checked.counts["units printed"] > checked.counts["units inferred"] > 0
    assert checked.counts["claims"] > 350
    assert checked.counts["indicators"] > 200
    assert checked.counts["findings"] == len(findings()) > 60


def texts_of(value: object, *, key: str = "") -> list[tuple[str, str]]:
    """Return all texts in a layer with the key that holds them."""
    if isinstance(value, dict):
        return [pair for name, part in value.items() for pair in texts_of(part, key=name)]
    if isinstance(value, list):
        return [pair for part in value for pair in texts_of(part, key=key)]
    return [(key, value)] if isinstance(value, str) else []


def all_texts() -> list[tuple[str, str]]:
    whole: list[object] = [*(layer for _, layer in layers()), *findings(), *rules()]
    return [pair for part in whole for pair in texts_of(part)]


def test_no_sentence_of_a_plan_is_copied() -> None:
    folder = outside("GEOPLAN_DOCUMENTS")
    plans = "".join(normalised(p.read_text("utf-8")) for p in sorted(folder.glob("*.txt")))
    parts = {plans[i : i + COPIED] for i in range(len(plans) - COPIED + 1)}
    copied = []
    for key, text in all_texts():
        plain = normalised(text)
        pieces = (plain[i : i + COPIED] for i in range(len(plain) - COPIED + 1))
        copied += [text] if key != "section" and any(piece in parts for piece in pieces) else []
    assert copied == []


def test_words_of_planners_not_of_judges() -> None:
    own = [text for key, text in all_texts() if key == "zh"]
    assert [text for text in own if re.search("错误|冲突|自相矛盾|违规", text)] == []


def test_english_is_english_and_chinese_is_chinese() -> None:
    for _, layer in layers():
        for part in [layer, *layer.get("feature", []), *layer.get("indicator", [])]:
            name = part.get("title") or part["name"]
            assert re.search(r"[\u4e00-\u9fff]|[0-9A-Z]", name["zh"]), name
            assert not re.search(r"[\u4e00-\u9fff]", name["en"]), name
            assert len(name["zh"]) <= 45, name


def test_every_theme_has_layers_and_every_plan_its_statements(tmp_path: Path) -> None:
    table = list_catalogue(load(tmp_path))
    themes = tomllib.loads((LAYERS / "classes.toml").read_text("utf-8"))["theme"]
    assert set(table["theme"]) == {theme["id"] for theme in themes}
    counts = Counter(table["document"])
    facts = {"nature-reserves-facts", "user-data", "etopo-2022", "koppen-geiger-1991-2020"}
    plans = set(counts) - facts
    assert len(plans) == 5
    assert min(counts[name] for name in plans) > 200


def test_both_tables_of_the_jinzhong_plan_are_complete() -> None:
    rows = [r for r in statements() if r["document"] == "jinzhong-13fyp"]
    first = [r for r in rows if r["theme"] == "indicator" and 45 <= int(r["line"]) <= 634]
    second = [r for r in rows if r["theme"] == "indicator" and 710 <= int(r["line"]) <= 986]
    assert (len(first), len(second)) == (58, 43)
    for layer, cells in (("jinzhong-12fyp-results", first), ("jinzhong-13fyp-targets", second)):
        for row in cells:
            assert f"{layer}/" in row["carried_by"], row


def test_indicators_have_their_readings(shipped_tables: dict[str, pd.DataFrame]) -> None:
    rows = [
        row
        for row in records(shipped_tables["indicators"])
        if row["layer"] == "jinzhong-13fyp-targets"
    ]
    by_id: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        by_id[row["name"]][row["reading"]] = row
    town = by_id["常住人口城镇化率"]
    assert (town["actual"]["printed"], town["actual"]["value"]) == ("51.7", 51.7)
    assert (town["target"]["value"], town["target"]["relation"]) == (60.0, "about")
    assert town["target"]["nature"] == "expected"
    assert {row["adcode"] for row in rows} == {"140700"}
    binding = {name for name, cells in by_id.items() if cells["target"]["nature"] == "binding"}
    assert "森林覆盖率" in binding


def test_memberships_carry_every_unit_as_named(shipped_tables: dict[str, pd.DataFrame]) -> None:
    members = shipped_tables["memberships"]
    assert not members.duplicated(["layer", "feature", "adcode"]).any()
    listed = {(row["layer"], row["feature"]) for row in records(members)}
    drawn = shipped_tables["features"].query("drawn_by in ('reference', 'axis', 'buffer')")
    rest = {(row["layer"], row["feature"]) for row in records(shipped_tables["features"])}
    rest -= {(row["layer"], row["feature"]) for row in records(drawn)}
    assert rest - listed == {
        (row["layer"], row["feature"])
        for row in records(shipped_tables["features"])
        if row["drawn_by"] == "footprint"
    }
    evidence = Counter(members["evidence"])
    assert evidence["printed"] > evidence["inferred"] > 0
    assert evidence["group"] > 100
    named = members[members["evidence"] != "scope"]
    assert len(named) > 1_200


def test_only_zones_of_whole_units_have_exact_areas(
    shipped_tables: dict[str, pd.DataFrame],
) -> None:
    whole = shipped_tables["features"].query("extent == 'whole'")
    assert set(whole["layer"]) == {
        "jinzhong-main-function-zones",
        "jinzhong-108-corridor",
        "jinzhong-poor-counties",
    }
