"""Which mapping a file is: its name, confirmed by its fields; fields alone only propose."""

from __future__ import annotations

import pytest

from geoplan import mappings

PLANNING = ("BSM", "YSDM", "XJXZQDM", "XJXZQMC", "LHLX", "MJ")
SURVEY = ("BSM", "YSDM", "XJXZQHDM", "LXDM", "MC", "QYMJ", "GKCS")
KNOWN = mappings.shipped_mappings()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("STBHHX", "STBHHX"),
        ("stbhhx.shp", "STBHHX"),
        ("140702STBHHX.gpkg", "STBHHX"),
        ("(140702)STBHHX_2021", "STBHHX"),
        ("STBHHX_2021", "STBHHX"),
        ("2021年度DLTB", "DLTB"),
        ("晋中市STBHHX", "STBHHX"),
        ("晋中市榆次区生态保护红线2021年", "STBHHX"),
        ("生态保护红线（STBHHX）", "STBHHX"),
        ("ＳＴＢＨＨＸ", "STBHHX"),  # full width
        ("YJJBNTBHTB", "YJJBNT"),
        ("YJJBNTTB.gdb.zip", "YJJBNT"),
        ("永久基本农田保护图斑", "YJJBNT"),
        ("永久基本农田图斑_面", "YJJBNT"),
        ("城镇开发边界.geojson", "CZKFBJ"),
        ("地类图斑", "DLTB"),
        ("行政区", "XZQ"),
        ("XZQ_P", "XZQ"),
    ],
)
def test_names_that_mean_a_mapping(name: str, code: str) -> None:
    found = mappings.named(name, KNOWN)
    assert found is not None
    assert (found[0].code, found[1]) == (code, "")


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        ("STBHHX_调出", "调出"),
        ("STBHHX_JX", "JX"),
        ("STBHHX_自然保护区", "自然保护区"),
        ("榆次STBHHX", "榆次"),  # is it a place? a person has to say
        ("拟调出生态保护红线", "拟调出"),
        ("生态保护红线外扩", "外扩"),
    ],
)
def test_names_that_say_something_else_too(name: str, foreign: str) -> None:
    found = mappings.named(name, KNOWN)
    assert found is not None
    assert (found[0].code, found[1]) == (
        "STBHHX",
        foreign,
    )
    match = mappings.of(name, PLANNING)
    assert match is not None
    assert not match.confirmed
    assert foreign in match.notices[0].message


@pytest.mark.parametrize(
    "name",
    [
        *("redlines", "XZQJX", "JQDLTB", "DLTBGX", "STBHHXQ", "行政区划", "行政区界线"),
        *("STBHHX_YJJBNT", "", "2021", "生态红线", "基本农田"),
    ],
)
def test_names_that_mean_none(name: str) -> None:
    assert mappings.named(name, KNOWN) is None


@pytest.mark.parametrize(
    ("fields", "dialect", "area"), [(PLANNING, "planning", "MJ"), (SURVEY, "survey", "QYMJ")]
)
def test_both_dialects_of_redlines(fields: tuple[str, ...], dialect: str, area: str) -> None:
    match = mappings.of("STBHHX", fields)
    assert match is not None
    assert (match.by, match.confirmed, match.notices) == ("name", True, ())
    assert match.dialect.id == dialect
    assert match.column("area") == area
    assert match.column("id") == "BSM"
    assert match.column("landuse") is None


def test_fields_fit_in_any_case_and_cut_to_ten_bytes() -> None:
    fields = ("bsm", "ysdm", "yjjbnttbbh", "tbbh", "dlbm", "YJJBNTTBMJ", "Yjjbntmj")
    match = mappings.of("YJJBNT", fields)
    assert match is not None
    assert match.confirmed
    assert match.notices == ()
    assert match.columns["YJJBNTTBBH"] == "yjjbnttbbh"
    assert match.column("net_area") == "Yjjbntmj"


def test_of_two_columns_that_differ_in_case_the_upper_one_counts() -> None:
    match = mappings.of("STBHHX", ("mj", *PLANNING, "bsm"))
    assert match is not None
    assert (match.columns["MJ"], match.columns["BSM"]) == ("MJ", "BSM")


def test_missing_fields_are_named() -> None:
    match = mappings.of("STBHHX", ("BSM", "XJXZQDM", "LHLX"))
    assert match is not None
    assert match.confirmed
    (notice,) = match.notices
    assert notice.code == "fields.missing"
    assert notice.message.startswith("2 of 5 fields")
    assert notice.message.endswith("are missing: YSDM, MJ")


def test_a_name_without_its_fields_is_not_believed() -> None:
    match = mappings.of("STBHHX", ("FID", "area"))
    assert match is not None
    assert not match.confirmed
    (notice,) = match.notices
    assert (notice.code, notice.severity) == ("fields.missing", "warning")
    assert "统一规划, 统一调查监测" in notice.message


def test_fields_alone_are_a_proposal() -> None:
    match = mappings.of("shapes", [field.lower() for field in PLANNING])
    assert match is not None
    assert (match.mapping.code, match.by, match.confirmed) == ("STBHHX", "fields", False)
    (notice,) = match.notices
    assert (notice.code, notice.severity) == ("fields.proposed", "info")
    assert "call the file or layer STBHHX" in notice.proposal


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ("BSM", "YSDM", "XZQDM", "XZQMC"),  # many layers have these
        ("BSM", "GHFQDM", "GHFQMC", "MJ"),  # so has the layer of all zones
        (*PLANNING, "YJJBNTTBBH"),  # two at once
    ],
)
def test_fields_that_say_too_little_or_too_much(fields: tuple[str, ...]) -> None:
    assert mappings.of("shapes", fields) is None
