"""The shipped tables of former units and of named groups fit the gazetteer and the registry."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from geoplan import gazetteer

ROOT = Path(__file__).parents[1]
BOUNDARIES = ROOT / "data" / "boundaries"
KINDS = {"renamed", "upgraded", "merged", "split"}
TABLES = {"changes.csv": gazetteer.CHANGE_COLUMNS, "groups.csv": gazetteer.GROUP_COLUMNS}
CORRIDOR = ("140702", "140703", "140727", "140728", "140729", "140781")
EAST = ("140721", "140722", "140723", "140724", "140725")
UNCHANGED_CODES = {"140212"}
"""Codes that stood before a change and stand after it: they only gained land."""

Rows = list[dict[str, str]]


def rows(name: str) -> Rows:
    """Read one table of the boundaries' folder, every cell as text."""
    with (BOUNDARIES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def changes() -> Rows:
    """Former units, one row per pair of old and new unit."""
    return rows("changes.csv")


@pytest.fixture(scope="module")
def groups() -> Rows:
    """Named groups, one row per member."""
    return rows("groups.csv")


@pytest.fixture(scope="module")
def counties() -> dict[str, str]:
    """Names of today's counties by code."""
    return {u["adcode"]: u["name"] for u in rows("gazetteer.csv") if u["level"] == "county"}


@pytest.fixture(scope="module")
def names() -> gazetteer.Gazetteer:
    """The shipped gazetteer."""
    return gazetteer.load(BOUNDARIES)


def members(groups: Rows) -> dict[str, dict[str, list[str]]]:
    """Sort members by group and reading."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in groups:
        found[row["group"]][row["reading"]].append(row["member"])
    return found


@pytest.mark.parametrize("name", TABLES)
def test_file_form(name: str) -> None:
    raw = (BOUNDARIES / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\n")
    assert b"\r" not in raw
    table = rows(name)
    assert list(table[0]) == TABLES[name]
    assert all(cell == cell.strip() for row in table for cell in row.values())
    assert max(Counter(tuple(row.values()) for row in table).values()) == 1


def test_changes_lead_to_counties_of_today(changes: Rows, counties: dict[str, str]) -> None:
    assert {row["new_adcode"] for row in changes} <= set(counties)
    old = {row["old_adcode"] for row in changes}
    assert not old & set(counties)
    assert all(re.fullmatch(r"14\d{4}", code) for code in old)


def test_changes_stay_in_their_city(changes: Rows) -> None:
    units = {u["adcode"]: u for u in rows("gazetteer.csv")}
    for row in changes:
        city = units[units[row["new_adcode"]]["parent"]]
        assert (city["name"], city["adcode"][:4]) == (row["old_parent"], row["old_adcode"][:4])


def test_changes_have_dates_kinds_and_shares(changes: Rows) -> None:
    for row in changes:
        assert re.fullmatch(r"20\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", row["date"])
        assert "2013" <= row["date"][:4] <= "2025"
        assert row["kind"] in KINDS
        assert row["share"] == ("part" if row["kind"] == "split" else "whole")
        assert len(row["date"]) == len("2018-02-09") or "待核" in row["note"]


def test_each_old_unit_is_one_event(changes: Rows) -> None:
    by_old: dict[str, Rows] = defaultdict(list)
    for row in changes:
        by_old[row["old_adcode"]].append(row)
    for pairs in by_old.values():
        assert len({(r["date"], r["kind"], r["old_name"], r["old_parent"]) for r in pairs}) == 1
        assert len({r["new_adcode"] for r in pairs}) == len(pairs)
        assert (len(pairs) >= 2) == (pairs[0]["kind"] == "split")


def test_upgraded_units_have_one_origin(changes: Rows) -> None:
    origins = Counter(row["new_adcode"] for row in changes)
    assert all(origins[r["new_adcode"]] == 1 for r in changes if r["kind"] == "upgraded")
    assert all(origins[r["new_adcode"]] >= 2 for r in changes if r["kind"] == "merged")


def test_every_new_code_is_explained(changes: Rows) -> None:
    new = {row["new_adcode"] for row in changes} - UNCHANGED_CODES
    assert new == {
        *("140213", "140214", "140215"),
        *("140403", "140404", "140405", "140406"),
        *("140681", "140703"),
    }


def test_members_are_known_and_unique(groups: Rows, names: gazetteer.Gazetteer) -> None:
    for readings in members(groups).values():
        for found in readings.values():
            codes = [names.resolve(member, scope="140000") for member in found]
            assert all(len(code.adcodes) == 1 and code.exact for code in codes)
            assert len({code.adcodes for code in codes}) == len(found)


def test_members_are_official_names(groups: Rows) -> None:
    units = rows("gazetteer.csv")
    cities = {u["adcode"]: u["name"] for u in units if u["level"] == "city"}
    count = Counter(u["name"] for u in units)
    official = {u["name"] for u in units if count[u["name"]] == 1}
    # 矿区 is one unit today but was two in 2016, so the city may stand before any name.
    official |= {cities[u["parent"]] + u["name"] for u in units if u["level"] == "county"}
    assert {row["member"] for row in groups} <= official


def test_no_member_contains_another(groups: Rows, names: gazetteer.Gazetteer) -> None:
    for readings in members(groups).values():
        for found in readings.values():
            codes = {names.resolve(member, scope="140000").adcodes[0] for member in found}
            assert not [code for code in codes if codes & set(names.ancestors(code))]


def test_groups_cite_documents(groups: Rows) -> None:
    registry = tomllib.loads((ROOT / "layers" / "documents.toml").read_text(encoding="utf-8"))
    assert {row["document"] for row in groups} <= {d["id"] for d in registry["document"]}
    assert all(row["line"].isdigit() and int(row["line"]) > 0 for row in groups)


def test_one_citation_and_note_per_reading(groups: Rows) -> None:
    said: dict[tuple[str, str], set[tuple[str, str, str]]] = defaultdict(set)
    for row in groups:
        said[row["group"], row["reading"]].add((row["document"], row["line"], row["note"]))
    assert all(len(citations) == 1 for citations in said.values())


def test_ambiguous_groups_say_what_differs(groups: Rows) -> None:
    notes = {(row["group"], row["reading"]): row["note"] for row in groups}
    for group, readings in members(groups).items():
        if set(readings) == {""}:
            continue
        assert "" not in readings
        assert len(readings) >= 2
        assert len({frozenset(found) for found in readings.values()}) == len(readings)
        said = [notes[group, reading] for reading in readings]
        assert all(said)
        assert len(set(said)) == len(said)


def test_groups_do_not_hide_units(groups: Rows, changes: Rows) -> None:
    taken = {row["old_name"] for row in changes}
    for unit in rows("gazetteer.csv"):
        taken |= {unit["name"], *filter(None, unit["short"].split("|"))}
    found = {row["group"] for row in groups}
    assert not found & taken
    assert not [name for name in found if "@" in name]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("四县一市一区", CORRIDOR),
        ("东山五县", EAST),
        ("寿昔和左榆", EAST),
        ("一区两翼", tuple(sorted(CORRIDOR + EAST))),
        ("孝汾平介灵", ("140728", "140729", "140781", "141181", "141182")),
        ("忻定原", ("140902", "140921", "140981")),
        ("北部都市核心发展区@b", ("140702", "140703")),
    ],
)
def test_groups_resolve(names: gazetteer.Gazetteer, name: str, expected: tuple[str, ...]) -> None:
    assert names.resolve(name, scope="140700").adcodes == expected


@pytest.mark.parametrize(
    ("name", "expected", "exact"),
    [
        ("太谷县", ("140703",), True),
        ("怀仁县", ("140681",), True),
        ("长治县", ("140404",), True),
        ("大同市南郊区", ("140212", "140213", "140214"), False),
        ("长治市郊区", ("140403",), False),
    ],
)
def test_former_names_resolve(
    names: gazetteer.Gazetteer, name: str, expected: tuple[str, ...], exact: bool
) -> None:
    found = names.resolve(name, scope="140000", year="2016")
    assert (found.adcodes, found.exact) == (expected, exact)
