"""Why nothing is shown of a county: the rule, and the same rule in the sample."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geoplan.publish.pages import Page
from geoplan.publish.states import SIGNS, combined, county_states
from tests.publish import listed, sample


@pytest.mark.parametrize(
    ("states", "slots", "said", "expected"),
    [
        (("concerned", "no_data"), "", True, "concerned"),
        (("no_data", "out_of_scope"), "", True, "said"),
        (("no_data", "not_concerned"), "", False, "not_by_county"),
        (("no_data", "not_concerned"), "a", False, "no_data"),
        (("no_data", "no_data"), "a", False, "not_by_county"),
        (("no_data", "no_data"), "ab", False, "no_data"),
        (("not_concerned", "out_of_scope"), "", False, "not_concerned"),
        (("out_of_scope", "out_of_scope"), "", False, "out_of_scope"),
    ],
)
def test_layers_say_together_the_most_that_any_says(
    states: tuple[str, ...], slots: str, said: bool, expected: str
) -> None:
    found = combined(dict(zip("ab", states, strict=True)), slots=set(slots), said=said)
    assert found == expected
    assert expected == "concerned" or expected in SIGNS


def opening(file: str, **changes: object) -> tuple[dict[str, str], Page]:
    atlas, pages = listed.atlas_of(listed.tables())
    page = replace(pages[file], **changes)  # type: ignore[arg-type]
    return county_states(atlas, page), page


def test_a_page_without_layers_has_no_states() -> None:
    assert opening("counts.html")[0] == {}


def test_every_county_of_the_scope_has_a_state() -> None:
    found, page = opening("jinzhong.html")
    inside = sample.units()
    counties = inside[(inside["level"] == "county") & (inside["parent"] == page.scope)]
    assert set(found) == set(counties["adcode"])
    assert set(found.values()) <= {"concerned", *SIGNS}


def test_what_a_text_names_is_concerned_and_the_rest_is_not_by_county() -> None:
    found, _ = opening("overview.html", on=("coal-new|coal|list",))
    assert {code for code, state in found.items() if state == "concerned"} == {"140303", "140703"}
    assert found["140702"] == "not_by_county"


def test_what_is_said_of_a_city_is_said_of_its_counties() -> None:
    atlas, pages = listed.atlas_of(listed.with_features(listed.tables(), SPOKEN, layers=LAYER))
    page = replace(pages["overview.html"], on=("talk|coal|list",))
    found = county_states(atlas, page)
    assert found["140303"] == "said"
    assert found["140703"] == "said"
    assert found["140702"] == "concerned"


LAYER = [
    {"layer": "talk", "theme": "energy", "title": "t", "title_en": "t", "document": "new"}
    | {"scope": "140000", "status": "in_force", "kind": "vector", "sensitivity": "public"}
    | {"features": 2}
]

SPOKEN = (
    {"layer": "talk", "class": "coal", "feature": "a", "name": "甲", "section": "第一章"}
    | {"extent": "within", "drawn_by": "units", "u": ("140702",)},
    {"layer": "talk", "class": "coal", "feature": "b", "name": "乙", "section": "第一章"}
    | {"extent": "within", "drawn_by": "units", "u": ("140000",)},
)
