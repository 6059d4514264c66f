"""References to rows."""

from __future__ import annotations

from typing import Any

import pytest

from geoplan.errors import UsageError
from geoplan.schema import TABLES, key_of_ref, ref_of


@pytest.mark.parametrize("table", TABLES)
def test_a_reference_leads_back_to_its_keys(table: str) -> None:
    names = TABLES[table].key
    row: dict[str, Any] = {name: f"k-{i}" for i, name in enumerate(names)}
    row[names[-1]] += "/and:more;~"
    ref = ref_of(table, row)
    assert ref.startswith(f"{table}:k-0")
    assert key_of_ref(ref) == (table, tuple(row[name] for name in names))


def test_empty_keys_and_numbers_are_kept() -> None:
    row = {"adcode": "140729", "layer": "a", "class": None, "basis": "list"}
    assert ref_of("coverage", row) == "coverage:140729/a//list"
    assert key_of_ref("coverage:140729/a//list") == ("coverage", ("140729", "a", "", "list"))
    assert ref_of("findings", {"finding": "f", "place": 2}) == "findings:f/2"


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("", "names no row"),
        ("140729", "names no row"),
        ("nothing:a", "names no row"),
        ("features:only-layer", "2 keys, layer/feature; 1 given"),
        ("coverage:a/b", "4 keys"),
    ],
)
def test_what_is_no_reference_is_told(ref: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        key_of_ref(ref)
