"""The shipped mappings, file by file: what is in them is what is known, and marked as such."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan import mappings
from geoplan.config import shipped
from geoplan.mappings import Mapping
from geoplan.mappings.model import M2, UNITS, short

FILES = sorted((shipped() / "data/mappings").glob("*.toml"))
KNOWN = mappings.shipped_mappings()
every = pytest.mark.parametrize("mapping", KNOWN.values(), ids=list(KNOWN))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_called_by_its_code(path: Path) -> None:
    text = path.read_text("utf-8")
    code = tomllib.loads(text)["code"]
    assert path.stem == code.lower()
    assert KNOWN[code].layer == code.lower()
    assert text.startswith("# ")


@every
def test_the_fields_of_a_mapping_are_a_file_of_it(mapping: Mapping) -> None:
    for dialect in mapping.dialect:
        fields = [field.name for field in dialect.field]
        for name in (mapping.code, *mapping.aliases, *mapping.names):
            match = mappings.of(name, fields)
            assert match is not None
            assert (match.mapping.code, match.dialect.id) == (mapping.code, dialect.id)
            assert match.confirmed
            assert match.notices == ()
            assert set(match.columns) == set(fields)


@every
def test_what_is_required_is_enough(mapping: Mapping) -> None:
    for dialect in mapping.dialect:
        match = mappings.of(mapping.code, dialect.required)
        assert match is not None
        assert match.confirmed
        assert match.notices == ()
        # Half of it and no more is told to be missing.
        half = dialect.required[: len(dialect.required) // 2]
        match = mappings.of(mapping.code, half)
        assert match is not None
        assert [notice.code for notice in match.notices] == ["fields.missing"]


@every
def test_telling_fields_propose_this_mapping_and_no_other(mapping: Mapping) -> None:
    for dialect in mapping.dialect:
        match = mappings.of("plots", dialect.telling)
        if dialect.telling:
            assert match is not None
            assert (match.mapping.code, match.confirmed) == (mapping.code, False)
        else:
            assert match is None


@every
def test_classes_have_colours_of_their_own(mapping: Mapping) -> None:
    colours = [drawn.colour for drawn in mapping.draws]
    assert len(set(colours)) == len(colours)
    used = {code.class_ for code in mapping.codes} | {mapping.class_}
    assert used == {drawn.id for drawn in mapping.draws}


@every
def test_codes_have_titles_of_their_own(mapping: Mapping) -> None:
    for titles in ([c.title.zh for c in mapping.codes], [c.title.en for c in mapping.codes]):
        assert len(set(titles)) == len(titles)


def test_no_field_of_two_dialects_is_taken_for_another() -> None:
    names = {short(f.name): f.name for m in KNOWN.values() for d in m.dialect for f in d.field}
    for mapping in KNOWN.values():
        for dialect in mapping.dialect:
            assert all(names[short(f.name)] == f.name for f in dialect.field)


def test_units_are_square_metres() -> None:
    assert [round(M2[unit], 3) for unit in UNITS] == [1, 10_000, 1_000_000, 666.667]


@settings(max_examples=60, deadline=None)
@given(
    before=st.sampled_from(["", "140702", "晋中市", "晋中市榆次区", "（140702）", "2021年度"]),
    name=st.sampled_from([n for m in KNOWN.values() for n in (m.code, *m.aliases)]),
    behind=st.sampled_from(["", "_2021", "2021年", "_面", "_final_v2", "（最终版）", "-GBK"]),
    ending=st.sampled_from(["", ".shp", ".gpkg", ".gdb", ".zip", ".SHP", ".gdb.zip"]),
)
def test_what_people_put_around_a_code(before: str, name: str, behind: str, ending: str) -> None:
    found = mappings.named(f"{before}{name}{behind}{ending}", KNOWN)
    assert found is not None
    assert name in (found[0].code, *found[0].aliases)
    assert found[1] == ""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.lists(st.text(max_size=12), max_size=6))
def test_any_name_and_any_fields_are_answered(name: str, fields: list[str]) -> None:
    match = mappings.of(name, fields)
    assert match is None or not match.confirmed
