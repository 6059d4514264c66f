"""Codes of classes: which are known, and which class they stand for."""

from __future__ import annotations

import pytest

from geoplan import mappings
from tests.mappings.squares import parcels, squares

DLTB = mappings.shipped_mappings()["DLTB"]


@pytest.mark.parametrize(
    ("code", "class_"),
    [
        ("0101", "land_cropland"),
        ("0603", "land_wetland"),  # salt pans are wetland in the third survey
        ("0602", "land_mining_industry"),
        ("08H2A", "land_public_service"),
        ("08h2a ", "land_public_service"),
        ("1104K", "land_water"),
        ("1203", "land_other"),
        ("9999", "land_unknown"),
        ("101", "land_unknown"),  # a lost zero is not guessed
        (None, "land_unknown"),
    ],
)
def test_class_of_a_code(code: object, class_: str) -> None:
    assert mappings.class_of(DLTB, code) == class_


def test_unknown_codes_are_counted_and_named() -> None:
    frame = parcels(100, 100, 100, 100, code=["0101", "9999", "9999", "AB"])
    (notice, _) = mappings.examined(frame, "DLTB").notices
    assert notice.code == "fields.unknown_code"
    assert "DLBM holds 2 code(s) that DLTB does not list, in 3 of 4 rows" in notice.message
    assert notice.evidence == "'9999' 2 times, 'AB' 1 times"
    assert (notice.rows, notice.count) == ((2, 3, 4), 3)


def test_empty_codes_are_told_apart() -> None:
    codes = {n.code: n for n in mappings.examined(parcels(9, 9, code=["", None]), "DLTB").notices}
    assert codes["fields.no_code"].rows == (1, 2)
    assert "fields.unknown_code" not in codes


def test_many_unknown_codes_are_not_all_listed() -> None:
    frame = parcels(*[10.0] * 30, code=[f"X{i:02d}" for i in range(30)])
    notice = next(iter(mappings.examined(frame, "DLTB").notices))
    assert notice.evidence.endswith("'X09' 1 times and 20 more")
    assert len(notice.rows) == 20
    assert notice.count == 30


def test_numbers_in_place_of_codes_have_lost_their_zero() -> None:
    frame = parcels(100, 100, code=[101.0, 1202.0])
    notice = next(iter(mappings.examined(frame, "DLTB").notices))
    assert notice.evidence == "'101.0' 1 times"


def test_zones_of_the_development_boundary_go_by_name() -> None:
    zones = ["城镇集中建设区", "弹性发展区", "特别用途区", "其他"]
    columns = {"BSM": list("abcd"), "YSDM": ["1"] * 4, "XZQDM": ["140702"] * 4, "GHFQMC": zones}
    frame = squares(*[1000.0] * 4, **columns, MJ=[100.0] * 4)
    examined = mappings.examined(frame, "CZKFBJ")
    assert examined.match is not None
    found = [mappings.class_of(examined.match.mapping, zone) for zone in zones]
    assert found == [
        *("urban_concentrated_zone", "urban_flexible_zone", "urban_special_zone"),
        "urban_development_boundary",
    ]
    assert [n.code for n in examined.notices] == ["fields.unknown_code", "fields.area_unit_found"]


def test_codes_of_farmland_are_those_of_the_survey() -> None:
    columns = {"BSM": ["1"], "YSDM": ["1"], "YJJBNTTBBH": ["1"], "TBBH": ["1"], "DLBM": ["0199"]}
    frame = squares(100, **columns, YJJBNTTBMJ=[10000.0], YJJBNTMJ=[10000.0])
    examined = mappings.examined(frame, "YJJBNTTB")
    assert [n.code for n in examined.notices] == ["fields.unknown_code", "fields.area_unit_found"]


def test_a_file_of_no_mapping() -> None:
    assert mappings.examined(squares(100, name=["a"]), "parcels") == mappings.Examined(None, ())
