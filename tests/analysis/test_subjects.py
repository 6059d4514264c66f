"""What claims are about: looked up once, and the same as what the tables say."""

from __future__ import annotations

import pandas as pd
import pytest

from geoplan.analysis.subjects import Subjects
from tests.small import SmallProject, feature, layer, small_units


@pytest.fixture
def subjects(small: SmallProject) -> Subjects:
    small.write_layer(
        layer(
            "other",
            feature("mine", class_="zone_b", members=["二山"], lines=[3]),
            feature("f", class_="mine", members=["乙州"], lines=[4]),
            feature("g", "within", class_="mine", members=["试省"], lines=[5]),
            document="plan-p",
        )
    )
    tables = {**small.layers(), "units": small_units(small.root / "data/boundaries")}
    return Subjects.of(tables)


def test_a_layer_a_feature_or_a_class_is_selected(subjects: Subjects) -> None:
    assert [f.feature for f in subjects.select("other", "other")] == ["mine", "f", "g"]
    assert [f.feature for f in subjects.select("other", "other/g")] == ["g"]
    # A feature comes before the class of the same name.
    assert [f.feature for f in subjects.select("other", "other/mine")] == ["mine"]
    assert [f.feature for f in subjects.select("zones", "zones/zone_b")] == ["zone-b"]
    assert subjects.select("other", "other/none") == []
    assert subjects.select("none", "none") == []


def test_units_are_those_that_are_named(subjects: Subjects) -> None:
    assert subjects.named(subjects.select("other", "other/mine")) == {"910101", "910102"}
    assert subjects.named(subjects.select("other", "other/f")) == {"910200"}
    assert subjects.named([]) == set()


@pytest.mark.parametrize(
    ("of", "codes"),
    [
        ("other/mine", ["910101", "910102"]),
        ("other/f", ["910201", "910202"]),
        ("other/g", ["910101", "910102", "910103", "910104", "910201", "910202"]),
    ],
)
def test_counties_lie_in_what_is_named_each_once(
    subjects: Subjects, of: str, codes: list[str]
) -> None:
    features = [*subjects.select("other", of), *subjects.select("other", of)]
    assert [county.adcode for county in subjects.counties(features)] == codes


def test_units_know_those_above_and_their_areas(subjects: Subjects, small: SmallProject) -> None:
    units = pd.DataFrame(small_units(small.root / "data/boundaries")).set_index("adcode")
    assert subjects.above["910101"] == ("910100", "910000")
    assert subjects.above["910000"] == ()
    for code, unit in subjects.units.items():
        assert unit.area_km2 == units.loc[code, "area_km2"]
        assert unit.uncertainty_km2 == units.loc[code, "uncertainty_km2"]
