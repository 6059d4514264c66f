"""Every kind of check, from the files of people to a row of `claims`."""

from __future__ import annotations

from typing import Any

import pytest

from geoplan.build.tables import faults
from geoplan.schema import key_of_ref, records
from tests.small import SmallProject, claim, feature, layer

PLACE = feature("f", "within", members=["东山"])


def population(value: str, key: str, measure: str = "persons", **more: Any) -> str:
    """Return a claim that a check can name."""
    return claim("other", float(value), measure, id=key, quantity="population", **more).replace(
        f"value = {float(value)}", f"value = {value}"
    )


def cell(kind: str, year: str, printed: str, measure: str | None = None) -> str:
    more = f', measure = "{measure}"' if measure else ""
    return f'{{ kind = "{kind}", year = "{year}", printed = "{printed}"{more} }}'


def indicator(key: str, *cells: str, name: str = "产值", **keys: str) -> str:
    told = {"measure": "100m_yuan", "growth": "percent"} | keys
    lines = "".join(f'{k} = "{v}"\n' for k, v in told.items() if k != "more")
    return (
        f'[[indicator]]\nid = "{key}"\nname = {{ zh = "{name}", en = "{key}" }}\n{lines}'
        f'{keys.get("more", "")}section = "第一章"\nlines = [8]\nreadings = [{", ".join(cells)}]\n'
    ).replace(f'more = "{keys.get("more", "")}"\n', "")


def write(small: SmallProject, *checks: str) -> None:
    small.write("layers/checks.toml", "\n".join(checks))


def entry(kind: str, result: str | None, parts: list[str], more: str = "") -> str:
    told = f'result = "{result}"\n' if result else ""
    listed = ", ".join(f'"{part}"' for part in parts)
    return (
        f'[[check]]\nid = "c"\ntitle = {{ zh = "核算", en = "Check" }}\nkind = "{kind}"\n'
        f"{told}parts = [{listed}]\n{more}\n"
    )


def claims(small: SmallProject, *parts: str) -> list[dict[str, Any]]:
    small.write_layer(layer("other", PLACE, *parts, document="plan-p"))
    tables = small.run("boundaries", "layers", "analysis")
    return [row for row in records(tables["claims"]) if row["layer"] == "other"]


def checked(small: SmallProject, *parts: str) -> dict[str, Any]:
    (row,) = [row for row in claims(small, *parts) if row["method"] is not None]
    return row


@pytest.mark.parametrize(
    ("total", "status"),
    [("12.3", "agrees"), ("12.2", "agrees"), ("12.7", "differs"), ("19.5", "inconsistent")],
)
def test_sums_have_the_rounding_of_all_their_parts(
    small: SmallProject, total: str, status: str
) -> None:
    write(small, entry("sum", "other@all", ["other@a", "other@b"]))
    row = checked(
        small,
        population(total, "all", "10k_persons"),
        population("8.2", "a", "10k_persons"),
        population("4.1", "b", "10k_persons"),
    )
    assert row["tolerance"] == pytest.approx(0.15 if status != "agrees" else row["tolerance"])
    assert (row["status"], row["method"], row["check"]) == (status, "arithmetic", "c")
    assert row["computed"] == pytest.approx(12.3)
    assert row["formula"] == "8.2 + 4.1"
    refs = [key_of_ref(ref) for ref in row["inputs"].split()]
    assert [table for table, _ in refs] == ["stated", "stated"]


def test_single_things_are_exact(small: SmallProject) -> None:
    parts = [population("40", "a"), population("59", "b")]
    write(small, entry("sum", "other@all", ["other@a", "other@b"]))
    row = checked(small, population("100", "all"), *parts)
    assert (row["computed"], row["tolerance"], row["status"]) == (99.0, 0.5, "differs")


def test_measures_are_converted(small: SmallProject) -> None:
    write(small, entry("equal", "other@a", ["other@b"]))
    row = checked(small, population("2", "a", "10k_persons"), population("20000", "b"))
    assert (row["computed"], row["status"]) == (2.0, "agrees")
    assert row["formula"] == "20000（第一章）"


@pytest.mark.parametrize(
    ("kind", "more", "printed", "computed", "formula"),
    [
        ("difference", "", "3", 3.0, "8 − 5"),
        ("ratio", "", "1.6", 1.6, "8 ÷ 5"),
        ("growth", "", "-37", -37.5, "5 ÷ 8 − 1"),
        ("growth", "years = 2", "-21", -20.943058495790524, "(5 ÷ 8)^(1/2) − 1"),
    ],
)
def test_two_figures_make_a_third(
    small: SmallProject, kind: str, more: str, printed: str, computed: float, formula: str
) -> None:
    measure = {"difference": "100m_yuan", "ratio": "times", "growth": "percent"}[kind]
    write(
        small,
        entry(kind, "other/c@actual:2015", ["other/a@actual:2015", "other/b@actual:2015"], more),
    )
    row = checked(
        small,
        indicator("a", cell("actual", "2015", "8"), name="甲"),
        indicator("b", cell("actual", "2015", "5"), name="乙"),
        indicator("c", cell("actual", "2015", printed), name="丙", measure=measure),
    )
    assert row["computed"] == pytest.approx(computed)
    assert (row["status"], row["formula"]) == ("agrees", formula)
    assert (row["of"], row["reading"], row["year"]) == ("other/c", "actual", "2015")


def test_a_yearly_figure_makes_a_total(small: SmallProject) -> None:
    write(small, entry("product", "other@all", ["other@a"], "years = 5"))
    row = checked(
        small, population("14", "all", "10k_persons"), population("2.8", "a", "10k_persons")
    )
    assert (row["computed"], row["formula"], row["status"]) == (14.0, "2.8 × 5", "agrees")


@pytest.mark.parametrize(("last", "status"), [("46.1", "agrees"), ("46.4", "differs")])
def test_shares_add_up_to_a_hundred(small: SmallProject, last: str, status: str) -> None:
    names = ["a", "b", "c"]
    write(small, entry("partition", None, [f"other/{name}@actual:2015" for name in names]))
    shares = zip(names, ["10.1", "43.8", last], strict=True)
    parts = [
        indicator(name, cell("actual", "2015", share), name=name, measure="percent")
        for name, share in shares
    ]
    row = checked(small, *parts)
    assert (row["published"], row["measure"], row["status"]) == (100.0, "percent", status)
    assert (row["quantity"], row["tolerance"]) == ("partition", pytest.approx(0.15))


def test_names_are_counted(small: SmallProject) -> None:
    write(small, entry("count", "other@n", ["other/f", "other/g"]))
    number = claim("other", 3, "items", id="n", quantity="count")
    row = checked(small, feature("g", "within", members=["东山"]), number)
    assert (row["computed"], row["method"], row["status"]) == (2.0, "list", "differs")


@pytest.mark.parametrize(
    ("cells", "status", "reason"),
    [
        ((("actual", "100"), ("actual", "161.1"), ("actual_growth", "10")), "agrees", None),
        ((("actual", "100"), ("actual", "161.1"), ("actual_growth", "61")), "agrees", "as_total"),
        ((("actual", "100"), ("actual", "161.1"), ("actual_growth", "14")), "inconsistent", None),
        (
            (("actual", "100"), ("actual", "--"), ("actual_growth", "14")),
            "not_checkable",
            "no_data",
        ),
        ((("actual", "100"), ("actual", "99"), ("actual_growth", "＞9")), "inconsistent", None),
        (
            (("actual", "100"), ("target", "200"), ("actual_growth", "9")),
            "not_checkable",
            "no_data",
        ),
    ],
)
def test_growth_follows_from_its_ends(
    small: SmallProject, cells: tuple[tuple[str, str], ...], status: str, reason: str | None
) -> None:
    years = ("2010", "2015", "2015")
    made = [cell(kind, year, text) for (kind, text), year in zip(cells, years, strict=True)]
    rows = claims(small, indicator("a", *made))
    (row,) = [row for row in rows if row["reading"] == "actual_growth"]
    assert (row["status"], row["reason"]) == (status, reason)


@pytest.mark.parametrize(
    ("new", "growth", "status", "reason"),
    [
        # 4 and 4 grow by 0 ± 5 % a year: 3 % would agree, and so would −3 %.
        ("4", "3", "not_checkable", "coarse_figures"),
        ("4", "-3", "not_checkable", "coarse_figures"),
        ("4", "0", "agrees", None),
        ("4", "0.4", "not_checkable", "coarse_figures"),
        # What comes out as printed was made of these figures.
        ("5", "4.6", "agrees", None),
        ("5", "25", "agrees", "as_total"),
        ("5", "4.5", "not_checkable", "coarse_figures"),
        ("5", "50", "not_checkable", "coarse_figures"),
        ("5", "70", "inconsistent", None),
        ("6", "4", "agrees", None),
        ("6", "0.2", "differs", None),
        ("6", "-9", "inconsistent", None),
    ],
)
def test_coarse_figures_prove_nothing_but_what_they_give(
    small: SmallProject, new: str, growth: str, status: str, reason: str | None
) -> None:
    ends = [cell("actual", "2010", "4"), cell("actual", "2015", new)]
    rows = claims(small, indicator("a", *ends, cell("actual_growth", "2015", growth)))
    (row,) = [row for row in rows if row["reading"] == "actual_growth"]
    assert (row["status"], row["reason"]) == (status, reason)
    assert row["missing"] == ("exact_figures" if reason == "coarse_figures" else None)


def test_growth_at_constant_prices_does_not_follow(small: SmallProject) -> None:
    ends = [cell("actual", "2010", "100"), cell("actual", "2015", "120")]
    made = indicator(
        "a", *ends, cell("actual_growth", "2015", "9"), more="constant_prices = true\n"
    )
    (row,) = [row for row in claims(small, made) if row["reading"] == "actual_growth"]
    assert (row["status"], row["missing"]) == ("not_checkable", "price_index")


def test_the_same_figure_in_two_tables_is_compared(small: SmallProject) -> None:
    one = indicator("a", cell("actual", "2015", "2.1"), cell("target", "2020", "3"))
    two = indicator("b", cell("actual", "2015", "2.07"), cell("target", "2015", "9"))
    row = checked(small, one, two)
    assert (row["of"], row["reading"], row["status"]) == ("other/b", "actual", "agrees")


def test_limits_prove_nothing_but_what_they_exclude(small: SmallProject) -> None:
    write(small, entry("sum", "other@all", ["other@a", "other@b"]))
    parts = [population("5", "a", relation="at_least"), population("3", "b")]
    (row,) = [r for r in claims(small, population("9", "all"), *parts) if r["check"]]
    assert (row["status"], row["reason"]) == ("not_checkable", "open_figures")
    assert row["missing"] == "exact_figures"


def test_limits_are_enough_where_a_limit_is_printed(small: SmallProject) -> None:
    write(small, entry("sum", "other@all", ["other@a", "other@b"]))
    parts = [population("5", "a", relation="at_least"), population("3", "b")]
    row = checked(small, population("7", "all", relation="at_least"), *parts)
    assert (row["computed"], row["status"]) == (8.0, "agrees")


def test_other_documents_are_told(small: SmallProject) -> None:
    write(small, entry("equal", "other@a", ["more@b"]))
    here = claim("more", 7, "persons", id="b", quantity="population")
    small.write_layer(
        layer("more", feature("g", "within", members=["东山"]), here, document="plan-a"),
        name="more",
    )
    row = checked(small, population("7", "a"))
    assert (row["method"], row["status"]) == ("between_documents", "agrees")


def test_figures_that_do_not_fit_are_no_fault_of_the_build(small: SmallProject) -> None:
    write(small, entry("equal", "other@a", ["other@b"]))
    row = checked(small, population("7", "a"), population("70", "b"))
    assert row["status"] == "inconsistent"
    assert not [fault for fault in faults(small.load()) if "claim" in fault]


def test_a_claim_with_geometry_and_a_check_has_a_row_for_each(small: SmallProject) -> None:
    write(small, entry("equal", "other@n", ["other@m"]))
    one = claim("other", 1, "features", id="n", quantity="count")
    rows = claims(small, one, claim("other", 1, "items", id="m", quantity="count", lines=[8, 9]))
    assert [row["method"] for row in rows if row["measure"] == "features"] == ["list", "arithmetic"]
    assert len({row["id"] for row in rows}) == len(rows)
