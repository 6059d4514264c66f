"""Names in layer files become units of today, and what had to be known is told."""

from __future__ import annotations

import pandas as pd
import pytest

from geoplan.errors import LayerError
from tests.small import SmallProject, claim, feature, layer, zones


def codes(tables: dict[str, pd.DataFrame], layer_id: str) -> list[str]:
    members = tables["memberships"]
    return list(members.loc[members["layer"] == layer_id, "adcode"])


def run(
    small: SmallProject, *parts: str, document: str = "plan-p", **head: object
) -> dict[str, pd.DataFrame]:
    small.write_layer(layer("other", *parts, document=document, theme="works", **head))
    return small.layers()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["东山区"], ["910101"]),
        (["东山"], ["910101"]),
        (["910101"], ["910101"]),
        (["二山"], ["910101", "910102"]),
        (["一水@a"], ["910103"]),
        (["一水@b", "河口"], ["910103", "910104", "910202"]),
        (["甲州市城区"], ["910104"]),
        (["乙州"], ["910200"]),
    ],
)
def test_names_and_groups_become_units(
    small: SmallProject, members: list[str], expected: list[str]
) -> None:
    assert codes(run(small, feature("f", "within", members=members)), "other") == expected


def test_names_resolve_in_the_scope_of_the_document_first(small: SmallProject) -> None:
    tables = run(small, feature("f", members=["城区"]), document="plan-a")
    assert codes(tables, "other") == ["910104"]


def test_former_name_joins_todays_unit_and_is_told(small: SmallProject) -> None:
    tables = run(small, feature("f", members=["东山县"]))
    assert codes(tables, "other") == ["910101"]
    (issue,) = tables["issues"].to_dict("records")
    assert (issue["check"], issue["severity"], issue["measured"]) == (
        "former_name",
        "info",
        "东山县",
    )
    assert "东山县 → 东山区 (upgraded 2019-01-01)" in issue["message"]
    assert issue["subject"] == "other/f"


@pytest.mark.parametrize("others", [[], ["东山"], ["河口"]])
def test_split_unit_makes_the_feature_indicative(small: SmallProject, others: list[str]) -> None:
    # 910101 stands before the parts of the split unit, 910202 behind them.
    tables = run(small, feature("f", members=["老县", *others]))
    members = tables["memberships"].query("layer == 'other'").set_index("adcode")["extent"]
    assert members["910102"] == members["910103"] == "indicative"
    assert set(members.drop(["910102", "910103"])) <= {"whole"}
    extent = tables["features"].query("layer == 'other'")["extent"]
    assert list(extent) == ["indicative"]
    issue = tables["issues"].query("check == 'split_unit'").iloc[0]
    assert issue["severity"] == "warning"
    assert "西山县、南水县" in issue["message"]


def test_statement_gets_the_scope_of_its_document(small: SmallProject) -> None:
    for document, scope in (("plan-a", "910100"), ("plan-p", "910000")):
        tables = run(small, feature("f", "statement"), document=document)
        assert codes(tables, "other") == [scope]
        assert tables["features"].query("layer == 'other'")["geometry"].isna().all()


def test_sites_join_the_units_that_they_name(small: SmallProject) -> None:
    sites = 'sites = [{ name = "甲", unit = "东山" }, { name = "乙", unit = "东山" }]\n'
    tables = run(small, feature("f", "within") + sites)
    assert codes(tables, "other") == ["910101"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (["东山", "河囗县"], "'河囗县' is no unit or group. Did you mean 河口县"),
        (["城区"], "'城区' is ambiguous: 2 units"),
        (["一水"], "group '一水' has 2 reading(s); write one of: 一水@a, 一水@b"),
        (["东山", "东山县"], "'东山' and '东山县' are the same unit"),
        (["二山", "西山"], "'二山' and '西山' are the same unit"),
        (["东山", "东山"], "member '东山' stands 2 times"),
        (["东山", "甲州"], "'东山' and '甲州' are the same unit twice: 甲州市东山区\n"),
        (["甲州", "东山"], "'甲州' and '东山' are the same unit twice: 甲州市东山区\n"),
        (["二山", "甲州"], "'二山' and '甲州' are the same unit twice: 甲州市东山区 and 1 more"),
    ],
)
def test_wrong_member_is_named_with_file_and_line(
    small: SmallProject, members: list[str], message: str
) -> None:
    with pytest.raises(LayerError) as fault:
        run(small, feature("good", members=["河口"]), feature("f", members=members))
    assert str(fault.value).count("\n  - ") == 1
    path = small.root / "layers/works/other.toml"
    lines = path.read_text("utf-8").split("\n")
    line = max(i for i, text in enumerate(lines, start=1) if text.startswith("members"))
    assert f"{path}:{line}: {message}" in f"{fault.value}\n"
    assert fault.value.exit_code == 3


@pytest.mark.parametrize("member", ["河口", "乙州", "试省"])
def test_whole_units_outside_the_scope_of_the_document(small: SmallProject, member: str) -> None:
    message = rf"other\.toml:13: '{member}' lies outside the scope of its document, 甲州市; "
    with pytest.raises(LayerError, match=message) as fault:
        run(small, feature("f", members=["东山", member]), document="plan-a")
    assert str(fault.value).count("\n  - ") == 1


@pytest.mark.parametrize("extent", ["within", "passes", "statement"])
def test_other_extents_may_name_units_outside_the_scope(small: SmallProject, extent: str) -> None:
    tables = run(small, feature("f", extent, members=["河口", "乙州"]), document="plan-a")
    assert codes(tables, "other") == ["910200", "910202"]


def test_claim_relative_to_no_unit(small: SmallProject) -> None:
    share = claim("other", 9, "percent", quantity="share", relative_to="910109")
    with pytest.raises(LayerError) as fault:
        run(small, feature("f", members=["东山"]), share)
    path = small.root / "layers/works/other.toml"
    lines = path.read_text("utf-8").split("\n")
    line = lines.index('relative_to = "910109"') + 1
    assert f"{path}:{line}: relative_to '910109' is no unit of the gazetteer" in str(fault.value)


def test_ambiguous_name_lists_the_candidates(small: SmallProject) -> None:
    with pytest.raises(LayerError, match=r"甲州市城区 \(910104\), 乙州市城区 \(910201\)"):
        run(small, feature("f", members=["城区"]))


def test_all_wrong_members_of_all_files_come_at_once(small: SmallProject) -> None:
    small.write_layer(zones(feature("x", members=["无此县"])), name="zones", theme="zones")
    with pytest.raises(LayerError, match=r"2 fault\(s\) in members") as fault:
        run(small, feature("f", members=["也无县"]))
    assert "zones.toml:" in str(fault.value)
    assert "other.toml:" in str(fault.value)


def test_wrong_members_and_references_come_at_once(small: SmallProject) -> None:
    small.write_layer(layer("one", feature("f", members=["东山"]), document="plan-x"), name="one")
    with pytest.raises(LayerError) as fault:
        run(small, feature("f", class_="zone_x", members=["也无县"]))
    for message in ("document 'plan-x' is not known", "class 'zone_x' is not in", "'也无县' is no"):
        assert message in str(fault.value)


def test_partition_without_faults_has_no_issues(small: SmallProject) -> None:
    assert small.layers()["issues"].empty


def test_gap_and_double_membership_of_a_partition_are_issues(small: SmallProject) -> None:
    tables = run(
        small,
        feature("a", members=["二山"]),
        feature("b", members=["西山", "甲州市城区"]),
        document="plan-a",
        partition=True,
    )
    found = tables["issues"].set_index("check")
    assert found.loc["partition_gap", "subject"] == "other: 甲州市南水县"
    assert found.loc["partition_gap", "measured"] == "0"
    assert found.loc["partition_double", "subject"] == "other: 甲州市西山县"
    assert found.loc["partition_double", "measured"] == "2"
    assert len(found) == 2


def test_city_in_a_partition_stands_for_its_counties(small: SmallProject) -> None:
    features = feature("a", members=["甲州"]), feature("b", members=["乙州"])
    assert run(small, *features, partition=True)["issues"].empty
