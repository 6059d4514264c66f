"""Names of units: short ones, former ones, ambiguous ones, and groups."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan import gazetteer
from geoplan.config import shipped
from geoplan.errors import DataError, UnitError
from geoplan.gazetteer import Change, Gazetteer, Unit
from tests.small import SmallProject

SHANXI, JINZHONG, DATONG, CHANGZHI, YANGQUAN = "140000", "140700", "140200", "140400", "140300"


@pytest.fixture(scope="module")
def names() -> Gazetteer:
    """Return the shipped gazetteer."""
    return gazetteer.load(shipped() / "data" / "boundaries")


def refused(names: Gazetteer, name: str, *, scope: str = SHANXI, year: str | None = None) -> str:
    """Return the message for a name that stands for nothing certain."""
    with pytest.raises(UnitError) as caught:
        names.resolve(name, scope=scope, year=year)
    return str(caught.value)


def candidates(message: str) -> set[str]:
    """Return the candidates that a message names."""
    listed = message.partition("this name: ")[2].partition(";")[0]
    return set(listed.split(", "))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("140728", "140728"),
        ("平遥县", "140728"),
        ("平遥", "140728"),
        ("晋中市平遥县", "140728"),
        ("晋中市平遥", "140728"),
        ("晋中平遥", "140728"),
        ("晋中平遥县", "140728"),
        ("祁县", "140727"),
        ("晋中市", "140700"),
        ("晋中", "140700"),
        ("山西省", "140000"),
        ("太谷", "140703"),
        ("大同", "140200"),
        ("长治", "140400"),
        ("晋城市城区", "140502"),
        ("晋城城区", "140502"),
        ("阳泉郊区", "140311"),
    ],
)
@pytest.mark.parametrize("year", [None, "2016"])
def test_names_of_today(names: Gazetteer, name: str, code: str, year: str | None) -> None:
    found = names.resolve(name, scope=SHANXI, year=year)
    assert (found.name, found.adcodes, found.exact, found.note) == (name, (code,), True, "")


@pytest.mark.parametrize("scope", [SHANXI, JINZHONG, DATONG])
def test_every_unit_is_found_by_its_full_name_from_everywhere(names: Gazetteer, scope: str) -> None:
    for code in names.units:
        assert names.resolve(names.full_name(code), scope=scope).adcodes == (code,)


@pytest.mark.parametrize(
    ("name", "code", "today", "change"),
    [
        ("太谷县", "140703", "太谷区", "upgraded 2019"),
        ("潞城市", "140406", "潞城区", "upgraded 2018"),
        ("长治县", "140404", "上党区", "upgraded 2018"),
        ("屯留县", "140405", "屯留区", "upgraded 2018"),
        ("大同县", "140215", "云州区", "upgraded 2018-02-09"),
        ("怀仁县", "140681", "怀仁市", "upgraded 2018-02"),
        ("晋中市太谷县", "140703", "太谷区", "upgraded 2019"),
        ("长治市长治县", "140404", "上党区", "upgraded 2018"),
        ("长治长治县", "140404", "上党区", "upgraded 2018"),
    ],
)
@pytest.mark.parametrize("year", [None, "2016"])
def test_former_names_of_whole_units(
    names: Gazetteer, name: str, code: str, today: str, change: str, year: str | None
) -> None:
    found = names.resolve(name, scope=SHANXI, year=year)
    assert (found.adcodes, found.exact) == ((code,), True)
    assert found.note == f"{name} → {today} ({change})"


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("大同市城区", ("140213", "140214")),
        ("大同城区", ("140213", "140214")),
        ("大同市矿区", ("140214",)),
        ("大同市南郊区", ("140212", "140213", "140214")),
        ("南郊区", ("140212", "140213", "140214")),
        ("长治市城区", ("140403",)),
        ("长治市郊区", ("140403",)),
        ("长治郊区", ("140403",)),
    ],
)
def test_split_and_merged_units_are_not_exact(
    names: Gazetteer, name: str, codes: tuple[str, ...]
) -> None:
    found = names.resolve(name, scope=SHANXI, year="2016")
    assert (found.adcodes, found.exact) == (codes, False)
    assert ("merged" if len(codes) == 1 else "split") in found.note


def test_a_name_used_after_its_time_is_noted(names: Gazetteer) -> None:
    assert names.resolve("太谷县", scope=JINZHONG, year="2019").note.endswith("(upgraded 2019)")
    late = names.resolve("太谷县", scope=JINZHONG, year="2021")
    assert late.adcodes == ("140703",)
    assert late.note.endswith("; the name was out of use in 2021")


@pytest.mark.parametrize(
    ("name", "year", "expected"),
    [
        ("城区", None, {"阳泉市城区 (140302)", "晋城市城区 (140502)"}),
        ("城区", "2025", {"阳泉市城区 (140302)", "晋城市城区 (140502)"}),
        (
            "城区",
            "2016",
            {
                "阳泉市城区 (140302)",
                "晋城市城区 (140502)",
                "formerly 大同市城区",
                "formerly 长治市城区",
            },
        ),
        ("郊区", "2016", {"阳泉市郊区 (140311)", "formerly 长治市郊区"}),
        ("矿区", "2016", {"阳泉市矿区 (140303)", "formerly 大同市矿区"}),
        ("矿区", "2018", {"阳泉市矿区 (140303)", "formerly 大同市矿区"}),
    ],
)
def test_ambiguous_names_list_the_candidates(
    names: Gazetteer, name: str, year: str | None, expected: set[str]
) -> None:
    message = refused(names, name, year=year)
    assert message.startswith(f"'{name}' is ambiguous: {len(expected)} units have or had this name")
    assert candidates(message) == expected
    assert message.endswith("; write the city before it or use the code")


@pytest.mark.parametrize(
    ("name", "scope", "year", "codes"),
    [
        ("城区", YANGQUAN, "2016", ("140302",)),
        ("城区", "140500", "2016", ("140502",)),
        ("城区", DATONG, "2016", ("140213", "140214")),
        ("城区", CHANGZHI, "2016", ("140403",)),
        ("郊区", YANGQUAN, "2016", ("140311",)),
        ("郊区", CHANGZHI, "2016", ("140403",)),
        ("矿区", DATONG, "2016", ("140214",)),
        ("矿区", SHANXI, "2019", ("140303",)),
        ("郊区", SHANXI, None, ("140311",)),
    ],
)
def test_scope_and_year_make_names_certain(
    names: Gazetteer, name: str, scope: str, year: str | None, codes: tuple[str, ...]
) -> None:
    assert names.resolve(name, scope=scope, year=year).adcodes == codes


def test_ambiguous_from_a_scope_that_has_none(names: Gazetteer) -> None:
    assert len(candidates(refused(names, "城区", scope=JINZHONG, year="2016"))) == 4


def test_units_outside_the_scope_are_found_too(names: Gazetteer) -> None:
    assert names.resolve("平遥", scope=DATONG).adcodes == ("140728",)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("平谣县", "平遥县"),
        ("榆次县", "榆次"),
        ("介休区", "介休"),
        ("平川四县", "平川"),
        ("Qqq", ""),
    ],
)
def test_unknown_names_get_suggestions(names: Gazetteer, name: str, hint: str) -> None:
    message = refused(names, name)
    assert message.startswith(f"'{name}' is no unit or group.")
    assert hint in message
    assert ("Did you mean" in message) == bool(hint)


def test_a_former_city_before_a_name_must_fit(names: Gazetteer) -> None:
    assert "no unit or group" in refused(names, "大同市郊区", year="2016")
    assert "no unit or group" in refused(names, "大同平遥")


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("东山五县", ("140721", "140722", "140723", "140724", "140725")),
        ("四县一市一区", ("140702", "140703", "140727", "140728", "140729", "140781")),
        ("平川五县@a", ("140703", "140727", "140728", "140729", "140781")),
        ("平川五县@b", ("140702", "140703", "140727", "140728", "140781")),
    ],
)
@pytest.mark.parametrize("scope", [SHANXI, DATONG])
def test_groups(names: Gazetteer, name: str, codes: tuple[str, ...], scope: str) -> None:
    found = names.resolve(name, scope=scope, year="2016")
    assert (found.adcodes, found.exact, found.note) == (codes, True, f"group {name}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("平川五县", "has 2 reading(s); write one of: 平川五县@a, 平川五县@b"),
        ("平川五县@c", "has 2 reading(s); write one of: 平川五县@a, 平川五县@b"),
        ("东山五县@a", "has 1 reading(s); write one of: 东山五县"),
    ],
)
def test_a_group_with_readings_lists_them(names: Gazetteer, name: str, said: str) -> None:
    assert refused(names, name) == f"group '{name}' {said}"


def test_hierarchy(names: Gazetteer) -> None:
    assert len(names.counties(SHANXI)) == 117
    assert len(names.children(SHANXI)) == 11
    assert len(names.counties(JINZHONG)) == len(names.children(JINZHONG)) == 11
    assert names.counties("140728") == ["140728"]
    assert names.ancestors("140728") == [JINZHONG, SHANXI]
    assert names.ancestors(SHANXI) == []
    assert names.within("140728", SHANXI)
    assert names.within(SHANXI, SHANXI)
    assert not names.within("140728", DATONG)
    assert not names.within(SHANXI, JINZHONG)
    assert names.full_name("140728") == "晋中市平遥县"
    assert names.full_name(JINZHONG) == "晋中市"


@settings(deadline=None)
@given(st.text(max_size=6) | st.text(alphabet="平川五县大同城区市@ab", max_size=6))
def test_any_name_is_resolved_or_refused(name: str) -> None:
    units = {"1": Unit("1", "大同市", "", "", "city", "", ("大同",))}
    units["2"] = Unit("2", "城区", "", "", "county", "1")
    small = Gazetteer(units, (), {"平川": {"a": ("城区",), "b": ("大同",)}})
    try:
        found: tuple[str, ...] | str = small.resolve(name, scope="1").adcodes
    except UnitError as fault:
        found = str(fault)
    if isinstance(found, str):
        assert repr(name) in found
    else:
        assert found
        assert set(found) <= set(units)


def test_a_group_of_a_split_unit_is_not_exact() -> None:
    units = {code: Unit(code, f"新{code}", "", "", "county", "") for code in "12"}
    changes = tuple(Change("2018", "split", "9", "老区", "", code, False) for code in units)
    small = Gazetteer(units, changes, {"组": {"": ("老区",)}})
    found = small.resolve("组", scope="")
    assert (found.adcodes, found.exact) == (("1", "2"), False)


def test_a_group_cannot_hold_itself() -> None:
    small = Gazetteer({}, (), {"组": {"": ("组",)}})
    assert "no unit or group" in refused(small, "组")


# The tables of a user's own folder.


def replace(folder: Path, name: str, old: str, new: str) -> None:
    """Change the text of a table."""
    path = folder / f"{name}.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


@pytest.fixture
def folder(small: SmallProject) -> Path:
    """Return the boundaries of the small project."""
    return small.root / "data" / "boundaries"


def test_the_small_gazetteer_loads(folder: Path) -> None:
    made = gazetteer.load(folder)
    assert made.resolve("一水@b", scope="910000").adcodes == ("910103", "910104")
    assert made.units["910101"].short == ("东山",)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("gazetteer", "city,910000,甲州", "city,990000,甲州", "910100: parent '990000' is no code"),
        ("gazetteer", "city,910000,甲州", "town,910000,甲州", "910100: level 'town'; allowed: "),
        ("gazetteer", "city,910000,甲州", "city,910101,甲州", "910100: parent 910101 is no level"),
        ("gazetteer", "city,910000,甲州", "city,910100,甲州", "910100: parent 910100 is no level"),
        ("gazetteer", "\n910102,", "\n910101,", "910101 stands 2 times"),
        ("changes", "part,\n", "part,\n2018,split,1,旧,甲,919999,part,\n", "'919999' is no code"),
        ("groups", "二山,,西山", "二山,,西山市", "'西山市' is no unit or group. Did you mean"),
        ("groups", "二山,,西山", "二山,,城区", "'城区' is ambiguous: 2 units"),
        ("groups", "二山,,西山", "二山,,一水", "'一水' is no unit or group"),
    ],
)
def test_wrong_tables(folder: Path, name: str, old: str, new: str, message: str) -> None:
    replace(folder, name, old, new)
    with pytest.raises(UnitError, match=re.escape(message)) as caught:
        gazetteer.load(folder)
    assert str(caught.value).startswith(f"{folder / name}.csv: ")


def test_all_faults_of_a_table_at_once(folder: Path) -> None:
    replace(folder, "gazetteer", "city,910000", "city,990000")
    with pytest.raises(UnitError, match=r"2 fault\(s\)"):
        gazetteer.load(folder)


@pytest.mark.parametrize("name", ["gazetteer", "changes", "groups"])
def test_missing_table(folder: Path, name: str) -> None:
    (folder / f"{name}.csv").unlink()
    with pytest.raises(DataError, match=rf"{name}\.csv: there is no such file"):
        gazetteer.load(folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("910103,南水县,", "910103,,", "910103: name '' is empty"),
        ("Nanshui County", " ", "910103: name_en ' ' is empty or cannot be printed"),
        ("910103,南水县,", '910103,"南\n水县",', r"910103: name '南\\n水县' is empty or cannot be"),
        ("910103,", "91010,", r"adcode '91010' \(南水县\) is not six digits"),
    ],
)
def test_row_without_a_name_or_code(small: SmallProject, old: str, new: str, message: str) -> None:
    folder = small.root / "data/boundaries"
    path = folder / "gazetteer.csv"
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(UnitError, match=message) as caught:
        gazetteer.load(folder)
    assert f"{path}: 1 fault(s)" in str(caught.value)


def test_what_is_looked_up_once_is_the_same_each_time(names: Gazetteer) -> None:
    tops = [code for code, unit in names.units.items() if unit.level != "county"]
    for code in names.units:
        above = names.ancestors(code)
        assert [scope for scope in tops if names.within(code, scope)] == [
            scope for scope in tops if scope == code or scope in above
        ]
    for scope in tops:
        below = [c for child in names.children(scope) for c in names.counties(child)]
        assert names.counties(scope) == sorted(below)


def test_lists_of_the_gazetteer_may_be_changed(names: Gazetteer) -> None:
    for given_back in (names.ancestors, names.children, names.counties):
        before = given_back(JINZHONG)
        given_back(JINZHONG).clear()
        assert given_back(JINZHONG) == before != []


def test_unknown_units_lie_in_nothing_but_themselves(names: Gazetteer) -> None:
    assert names.within("999999", "999999")
    with pytest.raises(KeyError):
        names.within("999999", SHANXI)
    with pytest.raises(KeyError):
        names.counties("999999")
