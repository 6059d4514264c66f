"""Control areas: what is read, what is told, and every fault of a file at once."""

from __future__ import annotations

import pytest

from geoplan.errors import DataError, UnitError
from geoplan.publish import Control, control_areas

KM2 = 10_000_000_000
GIS = {"140702": 1321 * KM2, "140703": 1048 * KM2, "140729": 1207 * KM2}
NAMES = {"榆次区": "140702", "太谷区": "140703", "灵石县": "140729", "晋中市": "140700"}
HEADS = ["行政区代码", "名称", "控制面积（平方公里）"]


def resolve(text: str, _near: str = "", /) -> tuple[str, str]:
    if text == "太谷县":
        return "140703", "2019 年改区"
    if text in NAMES.values() or text in NAMES:
        return NAMES.get(text, text), ""
    raise UnitError(f"{text!r} is no unit or group.")


def read(*rows: list[str], measure: str | None = None) -> Control:
    return control_areas(rows, source="c.csv", measure=measure, resolve=resolve, gis=GIS)


FULL = (["140702", "榆次区", "1320"], ["140703", "太谷区", "1050"], ["140729", "灵石县", "1206"])


def test_codes_names_and_areas_are_read() -> None:
    made = read(HEADS, *FULL)
    assert made.areas == {"140702": 1320 * KM2, "140703": 1050 * KM2, "140729": 1206 * KM2}
    assert made.notes == []


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("control_area_km2", "1320"),
        ("控制面积(公顷)", "132,000.0"),
        ("面积（亩）", "1980000"),
        ("行政区域面积（万亩）", "198"),
        ("MJ（平方米）", "1320000000"),
    ],
)
def test_measures_of_heads(head: str, cell: str) -> None:
    made = read(["名称", head], ["榆次区", cell])
    assert made.areas == {"140702": 1320 * KM2}


def test_a_measure_above_the_heads_or_given() -> None:
    rows = (["晋中市控制面积表", ""], ["单位：公顷", ""], ["名称", "面积"], ["榆次区", "132000"])
    assert read(*rows).areas == {"140702": 1320 * KM2}
    assert read(["名称", "面积"], ["榆次区", "132000"], measure="ha").areas == {
        "140702": 1320 * KM2
    }
    with pytest.raises(DataError, match="nothing states the measure of column '面积'"):
        read(["名称", "面积"], ["榆次区", "132000"])


def test_codes_that_a_spreadsheet_made_numbers_of() -> None:
    assert read(HEADS[::2], ["140702.0", "1320"]).areas == {"140702": 1320 * KM2}


def test_all_faults_are_told_at_once_with_their_rows() -> None:
    with pytest.raises(DataError) as caught:
        read(
            HEADS,
            ["140702", "榆次区", "1320"],
            ["", "愉次区", "1320"],
            ["", "榆次区", "1320"],
            ["140703", "灵石县", "1048"],
            ["140729", "", "about 1206"],
            ["140703", "", "-5"],
            ["", "", "12"],
        )
    told = str(caught.value)
    assert told.startswith("c.csv: 6 row(s) are wrong")
    for line in (
        "row 3: '愉次区' is no unit",
        "row 4: 榆次区 stands in row 2 too",
        "row 5: code 140703 and name '灵石县' are of different units",
        "row 6: area 'about 1206' is no number",
        "row 7: area '-5' is no positive number",
        "row 8: has neither code nor name",
    ):
        assert line in told


def test_what_is_missing_too_much_or_odd_is_told() -> None:
    made = read(HEADS, ["140702", "", "1420"], ["", "太谷县", "1050"], ["", "晋中市", "16400"])
    assert made.areas == {"140702": 1420 * KM2, "140703": 1050 * KM2}
    assert made.notes == [
        ("pivot.control.read", {"name": "太谷县", "note": "2019 年改区"}),
        ("pivot.control.outside", {"codes": "140700"}),
        ("pivot.control.missing", {"codes": "140729"}),
        ("pivot.control.odd", {"codes": "140702"}),
    ]


def test_sums_are_left_out_and_told() -> None:
    made = read(HEADS, *FULL, ["", "合 计", "3576"])
    assert len(made.areas) == 3
    assert made.notes == [("pivot.control.sum", {"row": "5", "name": "合 计"})]


def test_five_per_cent_is_plausible_and_more_is_not() -> None:
    keys = [key for key, _ in read(HEADS[1:], ["榆次区", str(1321 * 1.049)]).notes]
    assert "pivot.control.odd" not in keys
    keys = [key for key, _ in read(HEADS[1:], ["榆次区", str(1321 * 1.051)]).notes]
    assert "pivot.control.odd" in keys


def test_another_measure_is_recognised() -> None:
    rows = [[code, name, str(float(area) * 100)] for code, name, area in FULL]
    with pytest.raises(DataError, match=r"read as km2 .* 99.92 times .*--control-measure"):
        read(HEADS, *rows)
    assert read(HEADS, *rows, measure="ha").areas == read(HEADS, *FULL).areas


def test_a_file_about_somewhere_else() -> None:
    with pytest.raises(DataError, match=r"none of its 1 unit\(s\) is a county of the table"):
        read(HEADS, ["140700", "", "16400"])


@pytest.mark.parametrize("rows", [[], [["a", "b"], ["1", "2"]], [["名称", "面积占比（%）"]]])
def test_a_file_without_heads(rows: list[list[str]]) -> None:
    with pytest.raises(DataError, match="first 10 rows have no heads"):
        read(*rows)


def test_two_columns_that_may_be_it() -> None:
    with pytest.raises(DataError, match="2 columns may be the control area: 面积, 总面积"):
        read(["名称", "面积", "总面积"], ["榆次区", "1", "2"], measure="km2")
    # One that is called so is it.
    made = read(["名称", "面积（公顷）", "控制面积（平方公里）"], ["榆次区", "1", "1320"])
    assert made.areas == {"140702": 1320 * KM2}
