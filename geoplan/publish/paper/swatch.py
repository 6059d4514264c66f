"""Signs of a legend: everything as it is drawn on the map, in a small box."""

from __future__ import annotations

import shapely

from geoplan.publish.images import Swatch
from geoplan.publish.paper.base import LAND
from geoplan.publish.paper.content import Content
from geoplan.publish.paper.ground import (
    GAP,
    GREY,
    OUT_GROUND,
    STEP,
    Signs,
    dot,
    dotted,
    hatched,
    out_hatch,
    symbols,
    view_opacity,
)
from geoplan.publish.paper.layout import Box
from geoplan.publish.statics import Row
from geoplan.publish.svg import element
from geoplan.publish.views.choose import Band

EDGE: dict[str, object] = {"stroke": "#777777", "stroke_width": 0.12}


def swatch(sign: Row | Band | Swatch | str, box: Box, *, signs: Signs, content: Content) -> str:
    """Return a sign: of an item, of a class of a view or a raster, or of counties in a state."""
    edge = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, **EDGE}
    frame = shapely.box(box.x, box.y, box.right, box.bottom)
    if isinstance(sign, Band):
        if sign.out:
            return element("rect", **edge, fill=OUT_GROUND) + out_hatch(frame)
        opacity = view_opacity(content.view)
        return element("rect", **edge, fill=sign.colour, fill_opacity=opacity)
    if isinstance(sign, Swatch):
        return element("rect", **edge, fill=sign.colour)
    if isinstance(sign, str):
        ground = element("rect", **edge, fill=GREY if sign == "grey" else LAND)
        inner = shapely.box(box.x + 0.4, box.y + 0.4, box.right - 0.4, box.bottom - 0.4)
        return ground + (dotted(inner, step=STEP / 2) if sign == "dots" else "")
    return _item(sign, box, signs=signs, content=content)


def _item(row: Row, box: Box, *, signs: Signs, content: Content) -> str:
    frame = shapely.box(box.x, box.y, box.right, box.bottom)
    edge = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, **EDGE}
    middle = shapely.Point(box.x + box.width / 2, box.y + box.height / 2)
    number, kinds = signs.hatches.get(row.item.key), signs.dimensions[row.item.key]
    if row.item.key in content.outline:
        inner = box.inner(0.4)
        thick = {"x": inner.x, "y": inner.y, "width": inner.width, "height": inner.height}
        style = {"fill": "#ffffff", "stroke": row.colour, "stroke_width": 0.8}
        return element("rect", **thick, **style)
    if row.item.basis == "list":
        made = element("rect", **edge, fill="#ffffff")
        if row.item.key not in content.named and number is not None:
            made += hatched(frame, number, colour=row.colour, gap=GAP / 2)
        return made + dot(middle.x, middle.y, colour=row.colour)
    if row.item.filled and number is not None:
        made = element("rect", **edge, fill="#ffffff")
        return made + hatched(frame, number, colour=row.colour, gap=GAP / 2)
    if row.item.filled and row.item.basis == "geometry":
        return element("rect", **edge, fill=row.colour, fill_opacity=0.85)
    across = shapely.LineString([(box.x, middle.y), (box.right, middle.y)])
    return "".join(symbols(row, [(middle, across, frame)[max(kinds, default=0)]]))
