"""Static pictures as SVG: thumbnails of the index, and what a page shows without scripts.

Drawn in Gauss-Krüger with central meridian 112.5°, text as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np

import shapely

from geoplan import crs, schema
from geoplan.publish.atlas import Atlas
from geoplan.publish.items import Item, chains_of, inside_of, shape_of
from geoplan.publish.pages import Page
from geoplan.publish.rows import kept, rows_of
from geoplan.publish.view_data import fills_of_view

LAND, OUTSIDE, LINE, EDGE = "#fbfaf6", "#f1f1ed", "#b9b7ae", "#6d6c66"


@dataclass(frozen=True)
class Sheet:
    """County shapes in picture units (x right, y down) with their codes, and the size."""

    shapes: dict[str, shapely.Geometry]
    paths: dict[str, str]
    """The same as elements for ``<defs>``."""
    cities: str
    """Lines of cities as an element."""
    labels: list[tuple[float, float, str, str]]
    frame: Frame
    width: int
    height: int
    ground: float
    """Metres in one picture unit."""


@dataclass(frozen=True)
class Frame:
    """Where a picture lies: its upper left corner, and metres in one picture unit."""

    left: float
    top: float
    ground: float

    def place(self, shapes: np.ndarray) -> np.ndarray:
        """Return shapes in metres in units of the picture."""
        return np.asarray(
            shapely.transform(
                shapes,
                lambda x, y: ((x - self.left) / self.ground, (self.top - y) / self.ground),
                interleaved=False,
            )
        )


def sheet(tables: schema.Tables, scope: str, *, width: int) -> Sheet:
    """Lay out the counties in a picture `width` units wide around unit `scope`; made once."""
    return kept(tables, ("sheet", scope, width), make=lambda: _sheet(tables, scope, width))


def _sheet(tables: schema.Tables, scope: str, width: int) -> Sheet:
    units = tables["units"]
    counties = units[units["level"] == "county"]
    metres = kept(tables, "metres", make=lambda: crs.data_to_print(counties["geometry"].to_numpy()))
    inside = counties["adcode"].isin(inside_of(tables)[scope]).to_numpy()
    west, south, east, north = shapely.total_bounds(metres[inside])
    pad = 0.03 * max(east - west, north - south)
    ground = (east - west + 2 * pad) / width
    height = round((north - south + 2 * pad) / ground)
    frame = Frame(west - pad, north + pad, ground)
    fewer = shapely.coverage_simplify(metres, ground * 0.9)
    drawn = frame.place(fewer)
    box = shapely.box(-20, -20, width + 20, height + 20)
    shown = shapely.intersects(drawn, box)
    codes = counties["adcode"].to_numpy()
    parents = counties["parent"].to_numpy()
    cities = [_union(drawn[(parents == city) & shown]) for city in sorted(set(parents[shown]))]
    shapes = dict(zip(codes[shown], drawn[shown], strict=True))
    return Sheet(
        shapes,
        {code: _path([shape], f'id="{_county(scope, code)}"') for code, shape in shapes.items()},
        _path(cities, f'fill="none" stroke="{EDGE}" stroke-width="1"'),
        _labels(tables, scope, frame),
        frame,
        width,
        height,
        ground,
    )


def svg(
    atlas: Atlas, page: Page, *, width: int, labels: bool, drawn: set[str] | None = None
) -> str:
    """Return the picture of `page` at its opening: fills, city lines and, if asked, names.

    `drawn` are ids of counties that earlier pictures of the document brought,
    of the same width; those of this one are added.
    """
    drawn = set() if drawn is None else drawn
    made = sheet(atlas.tables, page.scope, width=width)
    on = [item for item in atlas.items if item.key in page.on]
    extras = _extras(atlas, on, made.frame)
    size = f'viewBox="0 0 {made.width} {made.height}"'
    parts = [
        f'<svg {size} role="img" class="picture" aria-label="{escape(page.title[0])}">',
        _defs(atlas, on, page, made=made, drawn=drawn),
        *_counties(atlas, page, made),
        *(
            _use(page, _there(codes, made), f'fill="{fill}"')
            for fill, codes in fills_of_view(atlas, page)
        ),
        *(_fill(atlas, item, made, page) for item in on if item.key not in page.outline),
        _use(page, made.shapes, f'fill="none" stroke="{LINE}" stroke-width=".6"'),
        made.cities,
        *(_outline(atlas, item, made) for item in on if item.key in page.outline),
        *(_extra(atlas, item, extras) for item in on),
    ]
    if labels:
        parts += [_label(*label) for label in made.labels]
        parts.append(_scale(made))
    return "".join(parts) + "</svg>"


def colour_of(atlas: Atlas, cls: str) -> str:
    """Return the colour of a class as HTML text."""
    return atlas.colours.get(cls, "#888888")


def _labels(tables: schema.Tables, scope: str, frame: Frame) -> list[tuple[float, float, str, str]]:
    rows = rows_of(tables, "units")
    whole = next(row for row in rows if row["adcode"] == scope)
    level = "city" if whole["level"] == "province" else "county"
    chains = chains_of(tables)
    found = [r for r in rows if r["level"] == level and scope in chains[r["adcode"]][1:]]
    points = shapely.points([[r["label_lon"], r["label_lat"]] for r in found])
    placed = frame.place(crs.data_to_print(np.asarray(points)))
    return [
        (float(p.x), float(p.y), row["name"], level) for p, row in zip(placed, found, strict=True)
    ]


Extras = dict[tuple[str, str], shapely.Geometry]
"""Features' own shapes in picture units."""


def _extras(atlas: Atlas, on: Iterable[Item], frame: Frame) -> Extras:
    keys = {(item.layer, name) for item in on for name in item.features}
    rows = [
        row
        for row in rows_of(atlas.tables, "features")
        if (row["layer"], row["feature"]) in keys
        and shape_of(row) is not None
        and row["extent"] != "whole"
    ]
    shapes = np.array([row["geometry"] for row in rows], dtype=object)
    placed = frame.place(crs.data_to_print(shapes))
    names = [(row["layer"], row["feature"]) for row in rows]
    return {name: shapely.simplify(shape, 0.5) for name, shape in zip(names, placed, strict=True)}


def _defs(atlas: Atlas, on: Iterable[Item], page: Page, *, made: Sheet, drawn: set[str]) -> str:
    named = {_county(page.scope, code): path for code, path in made.paths.items()}
    paths = [path for key, path in named.items() if key not in drawn]
    drawn.update(named)
    patterns = [
        f'<pattern id="{_pattern(page, i)}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({(45, 135, 90, 0)[i % 4]})">'
        f'<path d="M0 3.5H7" stroke="{colour_of(atlas, item.cls)}" stroke-width="1.5"/></pattern>'
        for i, item in enumerate(on)
    ]
    return f"<defs>{''.join(paths + patterns)}</defs>"


def _county(scope: str, code: str) -> str:
    return f"c-{scope}-{code}"


def _use(page: Page, codes: Iterable[str], style: str) -> str:
    uses = "".join(f'<use href="#{_county(page.scope, code)}"/>' for code in codes)
    return f"<g {style}>{uses}</g>"


def _pattern(page: Page, number: int) -> str:
    return f"p-{page.file.removesuffix('.html')}-{number}"


def _counties(atlas: Atlas, page: Page, made: Sheet) -> list[str]:
    inside = set(made.shapes) & set(inside_of(atlas.tables)[page.scope])
    groups = ((OUTSIDE, set(made.shapes) - inside), (LAND, inside))
    return [_use(page, sorted(codes), f'fill="{fill}"') for fill, codes in groups]


def _fill(atlas: Atlas, item: Item, made: Sheet, page: Page) -> str:
    codes = _there(item.filled, made)
    if item.basis == "geometry":
        return _use(page, codes, f'fill="{colour_of(atlas, item.cls)}" fill-opacity=".8"')
    number = page.on.index(item.key)
    hatched = _use(page, codes, f'fill="url(#{_pattern(page, number)})" opacity=".7"')
    return hatched + _marks(atlas, item, made)


def _there(codes: Iterable[str], made: Sheet) -> list[str]:
    return [code for code in sorted(codes) if code in made.shapes]


def _outline(atlas: Atlas, item: Item, made: Sheet) -> str:
    shapes = np.array([made.shapes[code] for code in _there(item.filled, made)], dtype=object)
    style = f'fill="none" stroke="{colour_of(atlas, item.cls)}" stroke-width="2.5"'
    return _path([_union(shapes)], style)


def _marks(atlas: Atlas, item: Item, made: Sheet) -> str:
    """Mark the cities that a list names: it lies somewhere in them."""
    inside = inside_of(atlas.tables)
    parts = []
    for city in sorted(item.named - set(made.shapes)):
        shapes = [made.shapes[code] for code in inside.get(city, ()) if code in made.shapes]
        if shapes and len(shapes) < len(made.shapes):
            at = shapely.point_on_surface(shapely.union_all(shapes))
            place = f'cx="{at.x:.0f}" cy="{at.y:.0f}"'
            parts.append(f'<circle {place} r="4" fill="{colour_of(atlas, item.cls)}"/>')
    return "".join(parts)


def _extra(atlas: Atlas, item: Item, extras: Extras) -> str:
    colour = colour_of(atlas, item.cls)
    parts = []
    for name in item.features:
        shape = extras.get((item.layer, name))
        if shape is None:
            continue
        if shapely.get_dimensions(shape) == 2:
            parts.append(_path([shape], f'fill="{colour}" fill-opacity=".7"'))
        elif shapely.get_dimensions(shape) == 0:
            parts += [
                f'<circle cx="{p.x:.0f}" cy="{p.y:.0f}" r="2.5" fill="{colour}"/>'
                for p in shapely.get_parts(shape)
            ]
    return "".join(parts)


def _path(shapes: Iterable[shapely.Geometry], style: str) -> str:
    rings = [
        ring
        for shape in shapes
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    if not rings:
        return ""
    data = "".join(_ring(shapely.get_coordinates(ring)) for ring in rings)
    return f'<path d="{data}" {style} fill-rule="evenodd"/>'


def _ring(points: np.ndarray) -> str:
    """Return a ring as steps in tenths, a third shorter than places; rounding does not add up."""
    tenths = np.rint(points[:-1] * 10).astype(int)
    start, steps = tenths[0], np.diff(tenths, axis=0)
    moved = "".join(f"l{_tenth(x)} {_tenth(y)}" for x, y in steps.tolist())
    return f"M{_tenth(start[0])} {_tenth(start[1])}{moved}Z".replace(" -", "-")


def _tenth(value: int) -> str:
    whole, rest = divmod(abs(int(value)), 10)
    return ("-" if value < 0 else "") + (f"{whole}.{rest}" if rest else str(whole))


def _label(x: float, y: float, name: str, level: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{level}">{escape(name)}</text>'


def _scale(made: Sheet) -> str:
    km = max(k for k in (5, 10, 20, 50, 100) if k * 1000 / made.ground < made.width / 3 or k == 5)
    length = km * 1000 / made.ground
    y = made.height - 14
    return (
        f'<path d="M14 {y - 5}V{y}H{14 + length:.1f}V{y - 5}" fill="none" stroke="#333"/>'
        f'<text x="{14 + length / 2:.0f}" y="{y - 8}" class="scale">{km} km</text>'
        f'<path d="M{made.width - 22} 40L{made.width - 16} 18L{made.width - 10} 40L'
        f'{made.width - 16} 35Z" fill="#333"/>'
        f'<text x="{made.width - 16}" y="14" class="scale">N</text>'
    )


def _union(shapes: np.ndarray) -> shapely.Geometry:
    # A user's own borders may overlap, which a coverage must not.
    valid = shapely.coverage_is_valid(shapes)
    return shapely.coverage_union_all(shapes) if valid else shapely.union_all(shapes)
