"""Registries and claims as tables: status by day, printed digits, classes in order."""

from __future__ import annotations

import pytest

from tests.small import SmallProject, claim, feature, layer


def statuses(small: SmallProject, as_of: str | None) -> dict[str, str]:
    if as_of is not None:
        path = small.root / "geoplan.toml"
        path.write_text(path.read_text("utf-8") + f'as_of = "{as_of}"\n', encoding="utf-8")
    tables = small.layers()
    found = tables["documents"].set_index("document")["status"]
    documents = {str(key): str(status) for key, status in found.items()}
    assert tables["layers"].set_index("layer").loc["zones", "status"] == documents["plan-a"]
    return documents


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2019-12-31", {"plan-a": "in_force", "plan-p": "in_force"}),
        ("2020-01-01", {"plan-a": "expired", "plan-p": "in_force"}),
        ("2021-01-01", {"plan-a": "expired", "plan-p": "expired"}),
        # The newest input is the boundaries' vintage, 2020-06-30.
        (None, {"plan-a": "expired", "plan-p": "in_force"}),
    ],
)
def test_status_is_judged_against_as_of(
    small: SmallProject, as_of: str | None, expected: dict[str, str]
) -> None:
    assert statuses(small, as_of) == expected


@pytest.mark.parametrize(("date", "expected"), [("2020-12", "in_force"), ("2021-01", "expired")])
def test_newest_document_sets_the_day(small: SmallProject, date: str, expected: str) -> None:
    path = small.root / "layers/documents.toml"
    path.write_text(path.read_text("utf-8").replace("2020-01-15", date), encoding="utf-8")
    assert statuses(small, None)["plan-p"] == expected


@pytest.mark.parametrize("word", ["draft", "history"])
def test_documents_own_word_wins(small: SmallProject, word: str) -> None:
    path = small.root / "layers/documents.toml"
    path.write_text(path.read_text("utf-8") + f'status = "{word}"\n', encoding="utf-8")
    assert statuses(small, "2030-01-01")["plan-p"] == word


@pytest.mark.parametrize(("value", "step"), [(6422, 1.0), (39.5, 0.1), (10.25, 0.01), (400, 1.0)])
def test_step_is_one_unit_of_the_last_printed_digit(
    small: SmallProject, value: float, step: float
) -> None:
    small.write_layer(layer("other", feature("f", members=["东山"]), claim("other", value)))
    (row,) = small.layers()["stated"].to_dict("records")
    assert (row["published"], row["step"]) == (value, pytest.approx(step))
    assert (row["document"], row["line"]) == ("plan-a", 8)


def test_themes_and_classes_keep_the_order_of_the_registry(small: SmallProject) -> None:
    tables = small.layers()
    assert list(tables["themes"]["theme"]) == ["zones", "works"]
    classes = tables["classes"]
    assert list(classes["class"]) == ["zone_a", "zone_b", "mine", "line_work", "redline"]
    assert list(classes["order"]) == [0, 1, 2, 3, 4]
