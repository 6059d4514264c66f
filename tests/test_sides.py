"""Two sets of documents side by side."""

from __future__ import annotations

from geoplan.sides import change_of, side_by_side

SAID = [
    ("old", "a", "one"),
    ("new", "a", "two"),
    ("old", "a", "one"),
    ("other", "a", "three"),
    ("new", "b", "four"),
    ("older", "c", "five"),
]


def test_statements_stand_by_key_and_side_once() -> None:
    made = side_by_side(SAID, first=["old", "older"], second=["new"])
    assert made == {"a": (["one"], ["two"]), "b": ([], ["four"]), "c": (["five"], [])}
    assert list(made) == ["a", "b", "c"]
    assert [change_of(sides) for sides in made.values()] == ["both", "second_only", "first_only"]


def test_other_documents_make_no_key() -> None:
    assert side_by_side(SAID, first=["x"], second=["y"]) == {}
