"""Static pictures as SVG: thumbnails of the index, and what a page shows without scripts.

Drawn in Gauss-Krüger, text as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

import shapely

from geoplan.publish import projected
from geoplan.publish.atlas import Atlas
from geoplan.publish.image_data import name_of
from geoplan.publish.images import fills_of_image
from geoplan.publish.items import Item, chains_of, inside_of
from geoplan.publish.pages import Page
from geoplan.publish.projected import Frame
from geoplan.publish.rows import kept, rows_if_any, rows_of
from geoplan.publish.svg import area_data, clean
from geoplan.publish.views.data import fills_of_view

LAND, OUTSIDE, LINE, EDGE = "#fbfaf6", "#f1f1ed", "#b9b7ae", "#6d6c66"
VEIL = 'fill="#ffffff" fill-opacity=".72"'


@dataclass(frozen=True)
class Picture:
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


def counties(atlas: Atlas, scope: str, *, width: int) -> Picture:
    """Lay out the counties in a picture `width` units wide around unit `scope`; made once."""
    key = ("picture", scope, width, atlas.meridian)
    return kept(atlas.tables, key, make=lambda: _counties(atlas, scope, width))


def _counties(atlas: Atlas, scope: str, width: int) -> Picture:
    every = projected.counties(atlas.tables, atlas.meridian)
    inside = np.isin(every.codes, inside_of(atlas.tables)[scope])
    west, south, east, north = shapely.total_bounds(every.shapes[inside])
    pad = 0.03 * max(east - west, north - south)
    ground = (east - west + 2 * pad) / width
    height = round((north - south + 2 * pad) / ground)
    frame = Frame(west - pad, north + pad, ground)
    drawn = frame.place(shapely.coverage_simplify(every.shapes, ground * 0.9))
    shown = shapely.intersects(drawn, shapely.box(-20, -20, width + 20, height + 20))
    there = projected.Counties(every.codes[shown], every.parents[shown], drawn[shown])
    shapes = dict(zip(there.codes, there.shapes, strict=True))
    cities = [projected.union(parts) for parts in there.by_city().values()]
    return Picture(
        shapes,
        {code: _path([shape], f'id="{_county(scope, code)}"') for code, shape in shapes.items()},
        _path(cities, f'fill="none" stroke="{EDGE}" stroke-width="1"'),
        _labels(atlas, scope, frame),
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
    made = counties(atlas, page.scope, width=width)
    on = [item for item in atlas.items if item.key in page.on]
    extras = _extras(atlas, on, made.frame)
    size = f'viewBox="0 0 {made.width} {made.height}"'
    parts = [
        f'<svg {size} role="img" class="picture" aria-label="{clean(page.title[0])}">',
        _defs(atlas, on, page, made=made, drawn=drawn),
        *_grounds(atlas, page, made),
        *_images(atlas, page, made=made),
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


def _labels(atlas: Atlas, scope: str, frame: Frame) -> list[tuple[float, float, str, str]]:
    rows = rows_of(atlas.tables, "units")
    whole = next(row for row in rows if row["adcode"] == scope)
    level = "city" if whole["level"] == "province" else "county"
    chains = chains_of(atlas.tables)
    found = [r for r in rows if r["level"] == level and scope in chains[r["adcode"]][1:]]
    placed = frame.place(projected.label_points(found, atlas.meridian))
    return [
        (float(p.x), float(p.y), row["name"], level) for p, row in zip(placed, found, strict=True)
    ]


def _extras(atlas: Atlas, on: Iterable[Item], frame: Frame) -> projected.Own:
    own = projected.own_shapes(atlas.tables, on, meridian=atlas.meridian)
    placed = frame.place(np.array([*own.values()], dtype=object))
    return {name: shapely.simplify(shape, 0.5) for name, shape in zip(own, placed, strict=True)}


def _defs(atlas: Atlas, on: Iterable[Item], page: Page, *, made: Picture, drawn: set[str]) -> str:
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


def _grounds(atlas: Atlas, page: Page, made: Picture) -> list[str]:
    inside = set(made.shapes) & set(inside_of(atlas.tables)[page.scope])
    groups = ((OUTSIDE, set(made.shapes) - inside), (LAND, inside))
    return [_use(page, sorted(codes), f'fill="{fill}"') for fill, codes in groups]


def _images(atlas: Atlas, page: Page, *, made: Picture) -> list[str]:
    """Return the rasters that are on; the document holds each once, see `images.definitions`.

    What lies outside of the page's unit is part of no figure, so it is pale. Without
    the pictures, as in the index, counties have the colour of their mean.
    """
    parts = []
    for number, image in enumerate(page.images):
        if image.key not in page.on:
            continue
        if not image.png:
            fills = fills_of_image(image, rows_if_any(atlas.tables, "zonal"))
            groups = ((fill, _there(codes, made)) for fill, codes in fills.items())
            return [_use(page, codes, f'fill="{fill}"') for fill, codes in groups]
        west, south, east, north = image.bounds
        corners = made.frame.place(shapely.points([(west, north), (east, south)]))
        (left, top), (right, bottom) = shapely.get_coordinates(corners)
        wide, high = (right - left) / image.size[0], (bottom - top) / image.size[1]
        moved = f"translate({left:.2f} {top:.2f}) scale({wide:.5f} {high:.5f})"
        parts.append(f'<use href="#{name_of(number)}" transform="{moved}"/>')
    if parts:
        codes = _there(inside_of(atlas.tables)[page.scope], made)
        inside = projected.union(np.array([made.shapes[code] for code in codes], dtype=object))
        outside = shapely.difference(shapely.box(0, 0, made.width, made.height), inside)
        parts.append(_path([outside], VEIL))
    return parts


def _fill(atlas: Atlas, item: Item, made: Picture, page: Page) -> str:
    codes = _there(item.filled, made)
    if item.basis == "geometry":
        return _use(page, codes, f'fill="{colour_of(atlas, item.cls)}" fill-opacity=".8"')
    number = page.on.index(item.key)
    hatched = _use(page, codes, f'fill="url(#{_pattern(page, number)})" opacity=".7"')
    return hatched + _marks(atlas, item, made)


def _there(codes: Iterable[str], made: Picture) -> list[str]:
    return [code for code in sorted(codes) if code in made.shapes]


def _outline(atlas: Atlas, item: Item, made: Picture) -> str:
    shapes = np.array([made.shapes[code] for code in _there(item.filled, made)], dtype=object)
    style = f'fill="none" stroke="{colour_of(atlas, item.cls)}" stroke-width="2.5"'
    return _path([projected.union(shapes)], style)


def _marks(atlas: Atlas, item: Item, made: Picture) -> str:
    """Mark the cities that a list names: it lies somewhere in them."""
    fill = f'fill="{colour_of(atlas, item.cls)}"'
    points = projected.city_marks(item, drawn=made.shapes, inside=inside_of(atlas.tables))
    return "".join(f'<circle cx="{p.x:.0f}" cy="{p.y:.0f}" r="4" {fill}/>' for p in points)


def _extra(atlas: Atlas, item: Item, extras: projected.Own) -> str:
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
    data = area_data(shapes, decimals=1)
    return f'<path d="{data}" {style} fill-rule="evenodd"/>' if data else ""


def _label(x: float, y: float, name: str, level: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{level}">{clean(name)}</text>'


def _scale(made: Picture) -> str:
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
