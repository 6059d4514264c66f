"""Styles of QGIS (QML): categories in the colours and patterns of classes, names, Chinese heads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from geoplan.schema.fields import Field

Shape = Literal["point", "line", "polygon"]

Sign = Literal["fill", "hatch", "dots", "outline"]
"""How a category is drawn: see :func:`_layers`."""

GEOMETRY_TYPES: dict[Shape, int] = {"point": 0, "line": 1, "polygon": 2}
_KINDS: dict[Shape, str] = {"point": "marker", "line": "line", "polygon": "fill"}

ANGLES = (45, 135, 90, 0)
"""Directions of hatches, one after the other, so that several can be told apart."""


@dataclass(frozen=True, kw_only=True)
class Category:
    """One line of a legend: the value of the column, its words, and how it is drawn."""

    value: str
    label: str
    colour: str
    """``#rrggbb``."""
    sign: Sign
    width: float = 0.3
    """Of lines and outlines, in mm."""
    rank: int = 0
    """Drawn above those with a smaller one."""


def qml(
    shape: Shape | None,
    *,
    column: str,
    categories: Sequence[Category],
    fields: Sequence[tuple[Field, dict[str, str]]],
    label: str = "",
) -> str:
    """Return a style: `categories` by the values of `column`, and names of fields.

    `shape` is None for a table without shapes, which has names of fields only.
    `fields` come with the words of their codes; `label` is an expression of
    QGIS for what is written beside a shape, empty for nothing.
    """
    parts = [_HEAD]
    if shape is not None:
        parts += [_renderer(shape, column, categories), _labels(label, shape)]
    parts += [
        "<fieldConfiguration>",
        *(_field(field, words) for field, words in fields),
        "</fieldConfiguration>",
        "<aliases>",
        *(
            f'<alias index="{i}" field="{_text(field.name)}" name="{_text(field.zh)}"/>'
            for i, (field, _) in enumerate(fields)
        ),
        "</aliases>",
    ]
    if shape is not None:
        parts.append(f"<layerGeometryType>{GEOMETRY_TYPES[shape]}</layerGeometryType>")
    return "\n".join([*(part for part in parts if part), "</qgis>", ""])


_HEAD = (
    "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    '<qgis version="3.22.0" styleCategories="Symbology|Labeling|Fields|Forms">'
)


def _text(text: str) -> str:
    # Signs that XML cannot hold at all would make the file unreadable.
    return escape("".join(c for c in text if c >= " " and c not in "\ufffe\uffff"))


def _renderer(shape: Shape, column: str, categories: Sequence[Category]) -> str:
    lines = [
        f'<renderer-v2 type="categorizedSymbol" attr="{_text(column)}" symbollevels="1">',
        "<categories>",
    ]
    lines += [
        f'<category render="true" symbol="{i}" value="{_text(c.value)}" label="{_text(c.label)}"/>'
        for i, c in enumerate(categories)
    ]
    lines += ["</categories>", "<symbols>"]
    for i, category in enumerate(categories):
        kind = _KINDS[shape]
        layers = "".join(_layers(category, shape, i))
        lines.append(
            f'<symbol type="{kind}" name="{i}" alpha="1" clip_to_extent="1" force_rhr="0">'
            f"{layers}</symbol>"
        )
    return "\n".join([*lines, "</symbols>", "</renderer-v2>"])


def _layers(category: Category, shape: Shape, number: int) -> Iterable[str]:
    """Return the layers of a symbol: what is filled, hatched or drawn, and its outline."""
    colour = _rgb(category.colour)
    pen = {"outline_width": category.width, "outline_width_unit": "MM", "width_unit": "MM"}
    if shape == "point":
        marks = {"name": "circle", "color": colour, "size": 2.4, "outline_color": "255,255,255,255"}
        return [_layer("SimpleMarker", {**marks, **pen, "size_unit": "MM"}, category.rank)]
    if shape == "line":
        line = {"line_color": colour, "line_width": 0.7, "line_style": "solid"}
        return [_layer("SimpleLine", {**line, "line_width_unit": "MM"}, category.rank)]
    border = {"outline_color": colour, **pen, "outline_style": "solid", "style": "no"}
    edge = _layer("SimpleFill", {"color": colour, **border}, category.rank)
    if category.sign == "fill":
        ground = {"color": _rgb(category.colour, 215), "style": "solid"}
        white = {"outline_color": "255,255,255,255", "outline_style": "solid", **pen}
        return [_layer("SimpleFill", {**ground, **white}, category.rank)]
    if category.sign == "hatch":
        angle = ANGLES[number % len(ANGLES)]
        inner = _layer("SimpleLine", {"line_color": colour, "line_width": 0.4}, 0)
        sub = f'<symbol type="line" name="@{number}@0" alpha="1">{inner}</symbol>'
        gaps = {"angle": angle, "distance": 2.2, "distance_unit": "MM", "color": colour}
        return [_layer("LinePatternFill", gaps, category.rank, sub), edge]
    if category.sign == "dots":
        mark = {"name": "circle", "color": colour, "size": 0.9, "outline_style": "no"}
        inner = _layer("SimpleMarker", mark, 0)
        sub = f'<symbol type="marker" name="@{number}@0" alpha="1">{inner}</symbol>'
        steps = {"distance_x": 2.4, "distance_y": 2.4, "displacement_x": 1.2}
        return [_layer("PointPatternFill", steps, category.rank, sub), edge]
    return [edge]


def _layer(kind: str, values: Mapping[str, object], rank: int, inner: str = "") -> str:
    props = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in values.items())
    return f'<layer class="{kind}" enabled="1" locked="0" pass="{rank}">{props}{inner}</layer>'


def _rgb(colour: str, alpha: int = 255) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def _labels(expression: str, shape: Shape) -> str:
    """Return names in black with a white halo; nothing without an expression."""
    if not expression:
        return ""
    place = {"point": 6, "line": 2, "polygon": 1}[shape]
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName="{_text(expression)}" isExpression="1" fontFamily="SimSun" '
        'fontSize="9" fontSizeUnit="Point" textColor="40,40,40,255" textOpacity="1" '
        'namedStyle="Regular" fontWeight="50" blendMode="0" multilineHeight="1">'
        '<text-buffer bufferDraw="1" bufferSize="0.7" bufferSizeUnits="MM" '
        'bufferColor="255,255,255,255" bufferOpacity="1" bufferNoFill="1"/></text-style>'
        f'<placement placement="{place}" dist="0" priority="5" centroidInside="1" '
        'centroidWhole="0" quadOffset="4" placementFlags="10"/>'
        '<rendering drawLabels="1" obstacle="0" scaleVisibility="0" displayAll="0" '
        'labelPerPart="0" mergeLines="0" limitNumLabels="0"/>'
        "</settings></labeling>"
    )


def _field(field: Field, words: dict[str, str]) -> str:
    """Return how a column shows in tables and forms: codes as their words."""
    if not words:
        config = '<editWidget type="TextEdit"><config><Option/></config></editWidget>'
        return f'<field name="{_text(field.name)}">{config}</field>'
    options = "".join(
        f'<Option type="Map"><Option type="QString" name="{_text(zh)}" value="{_text(code)}"/>'
        "</Option>"
        for code, zh in words.items()
    )
    return (
        f'<field name="{_text(field.name)}"><editWidget type="ValueMap"><config>'
        f'<Option type="Map"><Option type="List" name="map">{options}</Option></Option>'
        "</config></editWidget></field>"
    )
