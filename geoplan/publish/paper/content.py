"""What a map sheet shows: the items, the view and the states that its page opens with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geoplan.publish import statics
from geoplan.publish.atlas import Atlas
from geoplan.publish.images import Image, figures_of
from geoplan.publish.items import named_units
from geoplan.publish.pages import Page
from geoplan.publish.reports import unit_name
from geoplan.publish.rows import Row as Record
from geoplan.publish.rows import rows_of
from geoplan.publish.states import SIGNS, county_states
from geoplan.publish.statics import Row
from geoplan.publish.views.choose import View
from geoplan.publish.views.data import first_view, stops_of
from geoplan.publish.words import Pair, pair

MOST_HATCHES = 3
"""More hatches than this would look like a fill: then only the counts beside names speak."""

STOP = "#8f1d14"
"""Colour of stops along an axis."""


@dataclass(frozen=True)
class Content:
    """What a sheet shows."""

    caveat: Pair | None
    """What is said of the map as a whole."""
    rows: tuple[Row, ...]
    unit: Pair
    """Name of the unit that the figures are of."""
    view: View | None
    """Counties in the classes of one question, below everything else."""
    view_head: Pair
    """What stands above the classes of the view: its document, or its title."""
    view_status: Pair | None
    """The mark of that document, or of the layer that the view divides; none if it is in force."""
    view_unit: Pair
    """The unit that the shares of the view are of."""
    areas: dict[str, float]
    """Areas of counties in km²."""
    states: dict[str, str]
    """Why nothing is shown of a county, by code."""
    outline: frozenset[str]
    """Keys of items that are drawn as an outline."""
    named: frozenset[str]
    """Keys of items whose features are written below the names of their counties."""
    stops: tuple[tuple[str, Pair, float, float], ...]
    """Code, name, longitude and latitude of the stops along an axis."""
    documents: frozenset[str]
    """Documents that all of it comes from."""
    features: frozenset[tuple[str, str]]
    """The features that it shows."""
    images: tuple[Image, ...] = ()
    """Rasters, below everything else."""
    zonal: Mapping[tuple[str, str], Record] = field(default_factory=dict)
    """What they say of the unit, by image and class."""

    def hatched(self, row: Row) -> bool:
        """Return whether the counties of a row are hatched on the map."""
        lists = sum(other.item.basis == "list" for other in self.rows)
        too_many = row.item.basis == "list" and lists > MOST_HATCHES
        return row.pattern == "hatch" and not (too_many or row.item.key in self.named)

    def counties_of(self, sign: str) -> list[str]:
        """Return the counties that are drawn with a sign of `SIGNS`."""
        return [code for code, state in self.states.items() if SIGNS.get(state) == sign]


def content_of(atlas: Atlas, page: Page) -> Content:
    """Return what the sheet of `page` shows."""
    on = [item for item in atlas.items if item.key in page.on]
    view = first_view(atlas, page)
    of_view = {feature for found in view.why.values() for feature in found} if view else set()
    layers = {row["layer"]: row["document"] for row in rows_of(atlas.tables, "layers")}
    features = {(item.layer, name) for item in on for name in item.features} | of_view
    documents = {layers[layer] for layer, _ in of_view} | {layers[item.layer] for item in on}
    if view and view.document:
        documents.add(view.document)
    if page.kind == "compare" and page.shows is not None:
        documents |= {*page.shows.earlier, *page.shows.later}
    images = tuple(image for image in page.images if image.key in page.on)
    documents |= {layers[image.id] for image in images}
    names = {row["adcode"]: (row["name"], row["name_en"]) for row in rows_of(atlas.tables, "units")}
    return Content(
        caveat=page.shows.note if page.shows else None,
        rows=tuple(statics.rows_for(atlas, page, own=on)),
        unit=unit_name(atlas, page.scope),
        view=view,
        view_head=_head(atlas, view),
        view_status=_status(atlas, page, view),
        view_unit=_unit(atlas, page, view),
        areas={row["adcode"]: row["area_km2"] for row in rows_of(atlas.tables, "units")},
        states=county_states(atlas, page),
        outline=frozenset(page.outline),
        named=frozenset(page.named),
        stops=tuple((code, names[code], x, y) for code, x, y in stops_of(atlas, page)),
        documents=frozenset(documents),
        features=frozenset(features),
        images=images,
        zonal=figures_of(atlas.tables, page.scope) if images else {},
    )


def _head(atlas: Atlas, view: View | None) -> Pair:
    if view is None or view.document is None:
        return view.title if view else ("", "")
    (cited,) = statics.citations_of(atlas, {view.document})
    return cited, cited


def _status(atlas: Atlas, page: Page, view: View | None) -> Pair | None:
    if view is None:
        return None
    table, name = ("documents", view.document) if view.document else ("layers", None)
    if page.kind == "detail" and name is None:
        name = view.id.partition("/")[0]
    rows = (row for row in rows_of(atlas.tables, table) if row[table[:-1]] == name)
    return next((statics.status_mark(row["status"]) for row in rows), None)


def _unit(atlas: Atlas, page: Page, view: View | None) -> Pair:
    """Return whose shares they are: a plan says nothing about what lies outside its scope."""
    here = unit_name(atlas, page.scope)
    if view is None or not any(band.out for band in view.bands):
        return here
    units = {row["adcode"] for row in rows_of(atlas.tables, "units")}
    documents = {row["document"]: row for row in rows_of(atlas.tables, "documents")}
    scope = documents[view.document]["scope"] if view.document else page.scope
    if scope != page.scope and scope in units:
        return unit_name(atlas, scope)
    return pair("panel.document_scope")


@dataclass(frozen=True)
class Mark:
    """A count beside the name of a unit: of one item, or the number of a view."""

    text: str
    """Empty for one: then the mark alone says it."""
    colour: str
    shape: str
    """``round`` for what lies in a unit, ``square`` for what passes through, ``number``."""


@dataclass(frozen=True)
class Beside:
    """What stands with the name of a unit."""

    marks: tuple[Mark, ...] = ()
    fewer: tuple[Mark, ...] = ()
    """Those that are left where `lines` are written."""
    lines: tuple[tuple[Pair, str], ...] = ()
    """Names of features with their colours: they lie somewhere in the unit."""
    stop: int = 0
    """Its number along the axis, from 1."""


def beside_names(atlas: Atlas, content: Content) -> dict[str, Beside]:
    """Return what stands with the names of units, by code."""
    named = named_units(atlas.tables)
    rows = {(row["layer"], row["feature"]): row for row in rows_of(atlas.tables, "features")}
    marks: dict[str, list[tuple[Mark, bool]]] = {}
    lines: dict[str, list[tuple[Pair, str]]] = {}
    numbers = content.view.numbers if content.view else {}
    for code, n in numbers.items():
        marks[code] = [(Mark(str(n), "#ffffff", "number"), True)]
    for row in content.rows:
        if row.item.basis != "list":
            continue
        keys = [(row.item.layer, name) for name in row.item.features]
        counted: dict[str, int] = {}
        for key in keys:
            for code in named.get(key, ()):
                counted[code] = counted.get(code, 0) + 1
                if row.item.key in content.named:
                    feature = rows[key]
                    lines.setdefault(code, []).append(
                        ((feature["name"], feature["name_en"] or feature["name"]), row.colour)
                    )
        shape = "square" if rows[keys[0]]["extent"] == "passes" else "round"
        for code, n in counted.items():
            mark = Mark(str(n) if n > 1 else "", row.colour, shape)
            marks.setdefault(code, []).append((mark, row.item.key not in content.named))
    stops = {code: number for number, (code, *_) in enumerate(content.stops, 1)}
    return {
        code: Beside(
            tuple(mark for mark, _ in marks.get(code, [])),
            tuple(mark for mark, stays in marks.get(code, []) if stays),
            tuple(lines.get(code, [])),
            stops.get(code, 0),
        )
        for code in sorted({*marks, *lines, *stops})
    }
