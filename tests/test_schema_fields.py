"""The dictionary of fields: complete, with names that shapefiles hold, and words for all codes."""

from __future__ import annotations

import pytest

from geoplan import schema
from geoplan.errors import StageError
from geoplan.publish.geojson import FEATURE_PROPERTIES, UNITS
from geoplan.publish.geopackage import SAID
from geoplan.publish.words import words
from geoplan.schema.fields import GIS, SHORT, Field, field_of, fields_of

MEASURES = {"", "km2", "m2", "km", "degree", "items", "share"}
LAYERS = {"units": UNITS, "features": (*FEATURE_PROPERTIES, "ref"), "coverage": SAID}
EVERY = [
    *((name, tuple(t.names)) for name, t in schema.TABLES.items() if name not in schema.INNER),
    *((GIS, columns) for columns in LAYERS.values()),
]
each = pytest.mark.parametrize(("table", "columns"), EVERY, ids=lambda value: str(value)[:20])


@each
def test_every_column_is_told(table: str, columns: tuple[str, ...]) -> None:
    fields = fields_of(table, list(columns))
    assert [field.name for field in fields] == list(columns)
    for field in fields:
        assert field.zh
        assert field.en
        assert all(field.note)
        assert field.measure in MEASURES
        assert any("\u4e00" <= sign <= "\u9fff" for sign in field.zh), field.zh


@each
def test_names_for_shapefiles_fit_and_differ(table: str, columns: tuple[str, ...]) -> None:
    short = [field.short for field in fields_of(table, list(columns))]
    assert len({name.lower() for name in short}) == len(short)
    assert all(name.isascii() and name.isidentifier() and len(name) <= SHORT for name in short)


@each
def test_heads_differ(table: str, columns: tuple[str, ...]) -> None:
    heads = [field.zh for field in fields_of(table, list(columns))]
    assert len(set(heads)) == len(heads)


@each
def test_measures_stand_in_heads(table: str, columns: tuple[str, ...]) -> None:
    signs = {"km2": "平方公里", "m2": "平方米", "km": "公里", "degree": "度", "items": "个"}
    for field in fields_of(table, list(columns)):
        if field.measure in signs:
            assert f"（{signs[field.measure]}）" in field.zh
            assert "km2" not in field.en
        if field.measure == "share":
            assert field.zh.endswith(("（%）", "（0–1）"))


def coded() -> list[tuple[Field, tuple[str, ...]]]:
    return [
        (field_of(table.name, column.name), column.allowed)
        for table in schema.TABLES.values()
        for column in table.columns
        if column.allowed
    ]


def test_every_code_of_a_vocabulary_has_words() -> None:
    assert len(coded()) > 15
    for field, allowed in coded():
        assert field.codes, field.name
        bare = [code for code in allowed if f"{field.codes}.{code}" not in words()]
        assert not bare, (field.name, bare)


def test_names_of_other_tables_are_known() -> None:
    known = {"", "units", "documents", "layers", "classes", "themes", "subjects"}
    assert {field_of(t, c).names for t, columns in EVERY for c in columns} <= known


def test_a_column_that_is_not_there_is_told() -> None:
    with pytest.raises(StageError, match=r"no field 'nothing' \(table units\)"):
        field_of("units", "nothing")


def test_a_table_may_call_a_column_otherwise() -> None:
    assert field_of("claims", "status").zh == "结论"
    assert field_of("layers", "status").zh == "时效"
    assert field_of(GIS, "share_of_unit").zh == "占单元面积（0–1）"
