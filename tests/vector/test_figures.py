"""Numbers and angles as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.vector.figures import degrees_of, number_of, series_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        (" -1.5 ", -1.5),
        ("1,234.5", 1234.5),
        ("12,345,678", 12_345_678),
        ("１２３．５", 123.5),
        ("1e3", 1000),
        (".5", 0.5),
        ("5.", 5),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1,23",
        "1,2345",
        "1 234",
        "1.2.3",
        "nan",
        "inf",
        "1e9999",
        "0x10",
        "１２年",
        "--1",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("112°45′30″", 112 + 45 / 60 + 30 / 3600),
        ("112°45'30\"E", 112 + 45 / 60 + 30 / 3600),
        ("112度30分", 112.5),
        ("112度30分36秒", 112.51),
        ("东经112度30分", 112.5),
        ("北纬37°30′", 37.5),
        ("37°30′N", 37.5),
        ("37°30′S", -37.5),
        ("西经100°30’", -100.5),
        ("112:30:36", 112.51),
        ("112.5°", 112.5),
        ("-12°30′", -12.5),
        ("W 100° 30'", -100.5),
        ("112°30.6′", 112.51),
        ("１１２°３０′", 112.5),
    ],
)
def test_angles(text: str, value: float) -> None:
    assert degrees_of(text) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["", "112", "112°60′", "112°45′61″", "E112°30′W", "1123°", "112.5°30′", "abc", "°"]
)
def test_what_is_no_angle(text: str) -> None:
    assert degrees_of(text) is None


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59))
def test_angles_there_and_back(d: int, m: int, s: int) -> None:
    value = degrees_of(f"{d}°{m:02d}′{s:02d}″")
    assert value is not None
    assert round(value * 3600) == d * 3600 + m * 60 + s


@pytest.mark.parametrize(
    ("cells", "kind", "values", "changed"),
    [
        (["1", "2"], "int64", [1, 2], False),
        (["1", ""], "Int64", [1, None], False),
        (["1.5", "2"], "float64", [1.5, 2], False),
        (["1,234", "2"], "int64", [1234, 2], True),
        (["３", "4"], "int64", [3, 4], True),
        (["0101", "0202"], "str", ["0101", "0202"], False),
        (["140702001002003004", "1"], "str", ["140702001002003004", "1"], False),
        (["1", "x"], "str", ["1", "x"], False),
        (["", ""], "str", [None, None], False),
        (["0", "0.5"], "float64", [0, 0.5], False),
    ],
)
def test_columns(cells: list[str], kind: str, values: list[object], changed: bool) -> None:
    made, read = series_of(cells)
    assert str(made.dtype) == kind
    assert list(made.astype(object).where(made.notna(), None)) == values
    assert read is changed
