"""How GIS programs show the atlas: names and styles of its layers, made of its classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from geoplan import schema
from geoplan.publish.exports.qml import Category, Shape, Sign, qml
from geoplan.publish.rows import rows_of
from geoplan.publish.words import pair
from geoplan.schema.fields import GIS, Field, field_of
from geoplan.vector import About, View

THEME = "theme_"
"""How names of views begin: the counties of a theme."""

SHAPES: dict[str, Shape] = {
    "units": "polygon",
    "features_point": "point",
    "features_line": "line",
    "features_polygon": "polygon",
}

NEEDED = {
    "themes": ("theme", "title"),
    "classes": ("class", "title", "colour", "pattern"),
    "layers": ("layer", "theme"),
}
"""Columns that styles and views read, besides those that files hold."""

_SIGNS: dict[str, Sign] = {"solid": "fill", "hatch": "hatch", "dots": "dots"}
_BASES: dict[str, Sign] = {"geometry": "fill", "list": "hatch"}
"""Bases that colour a county: a river that is drawn through it does not."""

_LEVELS = {"county": ("#8a8f94", 0.2), "city": ("#4a4f55", 0.5), "province": ("#1d2124", 0.9)}


def views_of(coverage: pd.DataFrame, tables: schema.Tables) -> dict[str, View]:
    """Return a view for each theme that concerns counties: their shapes with what plans say."""
    there = set(_shown(coverage, tables)["theme"])
    return {
        THEME + row["theme"]: View(
            table="coverage",
            columns=list(coverage.columns),
            layer="units",
            by="adcode",
            where={"theme": [row["theme"]], "basis": list(_BASES)},
            shaped={"level": ["county"]},
        )
        for row in rows_of(tables, "themes")
        if row["theme"] in there
    }


def _shown(coverage: pd.DataFrame, tables: schema.Tables) -> pd.DataFrame:
    """Return the rows that views show: of counties, and not of shapes drawn by us."""
    units = rows_of(tables, "units")
    counties = {row["adcode"] for row in units if row["level"] == "county"}
    wanted = coverage["adcode"].isin(counties) & coverage["basis"].isin(list(_BASES))
    return pd.DataFrame(coverage[wanted])


def abouts(
    layers: Mapping[str, pd.DataFrame], views: Mapping[str, View], *, tables: schema.Tables
) -> dict[str, About]:
    """Return name, fields and style of every layer and view."""
    titles = {THEME + row["theme"]: row["title"] for row in rows_of(tables, "themes")}
    made = {}
    for name, table in layers.items():
        note = pair("gis.note.units")[0] if name == "units" else ""
        made[name] = _about(pair(f"gis.{name}")[0], name, table, tables=tables, note=note)
    for name, view in views.items():
        shown = _shown(layers[view.table], tables)
        rows = shown[shown["theme"] == view.where["theme"][0]]
        title, note = pair("gis.theme", title=titles[name])[0], pair("gis.theme.note")[0]
        made[name] = _about(title, name, rows, tables=tables, note=note)
    return made


def _about(
    title: str, name: str, table: pd.DataFrame, *, tables: schema.Tables, note: str
) -> About:
    fields = gis_fields(table)
    said = {field.name: (field.zh, field.note[0]) for field in fields}
    style = _style(name, table, tables=tables, names={f.name: f.name for f in fields})
    return About(title=title, note=note, fields=said, style=style)


def gis_fields(table: pd.DataFrame) -> list[Field]:
    """Return the fields of the columns of a layer, without its shapes."""
    return [field_of(GIS, column) for column in table.columns if column != "geometry"]


def short_style(name: str, table: pd.DataFrame, *, tables: schema.Tables) -> str:
    """Return the style of a layer whose columns have their names of shapefiles."""
    names = {field.name: field.short for field in gis_fields(table)}
    return _style(name, table, tables=tables, names=names)


def _style(
    name: str, table: pd.DataFrame, *, tables: schema.Tables, names: Mapping[str, str]
) -> str:
    shape: Shape | None = "polygon" if name.startswith(THEME) else SHAPES.get(name)
    column, make, label = _STYLED.get(name, _OF_CLASSES)
    if name.startswith(THEME):
        column, make, label = _OF_THEME
    return qml(
        shape,
        column=names[column],
        categories=make(table, tables) if shape else (),
        fields=[(replace(f, name=names[f.name]), words_of(f)) for f in gis_fields(table)],
        label=label,
    )


def words_of(field: Field) -> dict[str, str]:
    """Return the Chinese words of the codes of a column; nothing where it holds none."""
    columns = (c for t in schema.TABLES.values() for c in t.columns if c.name == field.name)
    codes = next((c.allowed for c in columns if c.allowed), ()) if field.codes else ()
    return {code: pair(f"{field.codes}.{code}")[0] for code in codes}


def _levels(table: pd.DataFrame, _: schema.Tables) -> list[Category]:
    there = set(table["level"])
    return [
        Category(
            value=level,
            label=pair(f"level.{level}")[0],
            colour=colour,
            sign="outline",
            width=width,
            rank=rank,
        )
        for rank, (level, (colour, width)) in enumerate(_LEVELS.items())
        if level in there
    ]


def _classes(table: pd.DataFrame, tables: schema.Tables) -> list[Category]:
    there = set(table["class"])
    return [
        Category(
            value=row["class"],
            label=row["title"],
            colour=row["colour"],
            sign=_SIGNS.get(row["pattern"], "outline"),
        )
        for row in rows_of(tables, "classes")
        if row["class"] in there
    ]


def _by_basis(table: pd.DataFrame, tables: schema.Tables) -> list[Category]:
    """Return what is drawn for classes by basis: solid ones below, hatches above."""
    there = set(table["style"])
    return [
        Category(
            value=f"{row['class']}/{basis}",
            label=pair(f"gis.style.{basis}", title=row["title"])[0],
            colour=row["colour"],
            sign=sign,
            rank=rank,
        )
        for rank, (basis, sign) in enumerate(_BASES.items())
        for row in rows_of(tables, "classes")
        if f"{row['class']}/{basis}" in there
    ]


_Style = tuple[str, Callable[[pd.DataFrame, schema.Tables], list[Category]], str]
"""The column of categories, what makes them, and what is written beside shapes.

The columns that the expressions name have the same name in shapefiles.
"""
_OF_CLASSES: _Style = ("class", _classes, '"name"')
_OF_THEME: _Style = ("style", _by_basis, '"unit_name"')
_STYLED: dict[str, _Style] = {
    "units": ("level", _levels, 'CASE WHEN "level" = \'county\' THEN "name" END')
}
