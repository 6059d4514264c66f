"""CSV files: encoding, decimals, names, and cells that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from geoplan.publish.tables import with_names
from geoplan.sheet import csv_text, guarded
from tests.publish import sample


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


UNSEEN = ["\ufeff=", "\u200b+", "\u202e@", "\u200b \ufeff-", "\x1b=", "\xa0=", "\u3000＝"]


@pytest.mark.parametrize(
    "start",
    ["=", "+", "-", "@", "\t", " =", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", *UNSEEN],
)
def test_cells_that_would_run_are_guarded(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


def test_heads_that_would_run_are_guarded() -> None:
    made = csv_text(pd.DataFrame({"=HYPERLINK(1)": ["甲"], "@sum_km2": [-1.5]}))
    assert made == "\ufeff'=HYPERLINK(1),'@sum_km2\n甲,-1.500000\n"


@pytest.mark.parametrize("text", ["\n=1+1", "\r=1+1", "\r\n=1+1"])
def test_cells_stay_on_one_line(text: str) -> None:
    assert guarded(text) == "' =1+1"
    assert guarded(f"甲{text}") == "甲 =1+1"


@pytest.mark.parametrize(
    "text", ["榆次区", "1", "", "a=b", "\ufeff榆次", "（=1）", "\u200b", "1-2", "·a"]
)
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_a_file_has_bom_and_plain_line_ends(atlas: Path) -> None:
    data = (atlas / "tables" / "coverage.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfadcode,name,")
    assert b"\r" not in data
    assert data.endswith(b"\n")


def test_areas_and_shares_have_six_decimals_and_numbers_are_not_guarded(atlas: Path) -> None:
    every = read(atlas / "tables" / "overlaps.csv")
    assert {r["area_km2"] for r in every if r["basis"] == "list"} == {""}
    rows = [row for row in every if row["class_b"] == "corridor"]
    assert {row["area_km2"] for row in rows} == {"1.500000"}
    assert {row["area_gross_km2"] for row in rows} == {"1.500000"}
    assert {row["share_of_b"] for row in rows} == {"0.333333"}
    assert {row["uncertainty"] for row in rows} == {"0.01"}
    claims = {row["id"]: row for row in read(atlas / "tables" / "claims.csv")}
    assert claims["c0"]["difference"] == "-0.98"
    assert claims["c1"]["computed"] == ""


def test_codes_have_their_name_beside_them(atlas: Path) -> None:
    row = read(atlas / "tables" / "overlaps.csv")[0]
    assert list(row).index("name") == list(row).index("adcode") + 1
    named = {r["adcode"]: r["name"] for r in read(atlas / "tables" / "overlaps.csv")}
    assert named.items() >= {"": "", "140702": "榆次区", "140728": "平遥县"}.items()


def test_a_formula_in_a_name_is_text(atlas: Path) -> None:
    names = {row["name"] for row in read(atlas / "tables" / "features.csv")}
    assert f"'{sample.FORMULA}" in names
    assert sample.FORMULA not in names


def test_geometry_is_left_out(atlas: Path) -> None:
    header = (atlas / "tables" / "units.csv").read_text("utf-8-sig").split("\n", 1)[0]
    assert "geometry" not in header
    assert "area_km2" in header


def test_rows_keep_their_order_and_cells_their_commas(tmp_path: Path) -> None:
    frame = pd.DataFrame({"b": ['x,"y"', "a\nb"], "flag": [True, False], "n": [3, -2]})
    (tmp_path / "t.csv").write_text(csv_text(frame), encoding="utf-8", newline="\n")
    assert read(tmp_path / "t.csv") == [
        {"b": 'x,"y"', "flag": "true", "n": "3"},
        {"b": "a b", "flag": "false", "n": "-2"},
    ]


def test_names_are_added_to_a_copy() -> None:
    frame = pd.DataFrame({"adcode": ["140702"]})
    assert list(with_names(frame, {"140702": "榆次区"})) == ["adcode", "name"]
    assert list(frame) == ["adcode"]
