"""Plain rows for the index and for pages without scripts: texts ready to print, still unescaped."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from math import floor
from typing import Any

from geoplan.publish.atlas import Atlas
from geoplan.publish.citations import citation
from geoplan.publish.items import Item, chains_of, inside_of, ordered_layers
from geoplan.publish.pages import Page
from geoplan.publish.rows import rounded, rows_of
from geoplan.publish.words import Pair, pair


@dataclass(frozen=True)
class Row:
    """One class of one layer within a page's scope; empty texts where a figure does not apply."""

    item: Item
    layer: Pair
    cls: Pair
    today: Pair
    """Today's term for the class, empty where it is the same."""
    colour: str
    pattern: str
    area: str
    km2: float | None
    """The area again, with the digits that another unit of measure needs."""
    share: str
    share_of: Pair | None
    """Whose share it is, where the page's unit lies above the layer's scope."""
    count: str
    status: Pair | None
    basis: Pair
    citation: str
    figures: tuple[Pair, Pair]
    """Its two figures as the legend gives them: area and share, or how many."""


def items_of(atlas: Atlas, page: Page) -> list[Item]:
    """Return the items of a page: all that it may show, or those of its city."""
    return [
        item
        for item in atlas.items
        if (page.keys is None or item.key in page.keys)
        and (page.kind != "city" or item.counties & page.counties)
    ]


def layer_rows(atlas: Atlas, page: Page) -> list[Row]:
    """Return the classes of layers; of the page's theme only on its page.

    The overview leaves out what is only listed: that stands on the pages of themes.
    """
    own = items_of(atlas, page)
    shown = [i for i in own if page.kind != "overview" or i.basis != "list"]
    return rows_for(atlas, page, own=shown)


def rows_for(atlas: Atlas, page: Page, *, own: list[Item]) -> list[Row]:
    """Return one row for each of the items `own`, with figures of the page's scope."""
    tables = atlas.tables
    layers = {row["layer"]: row for row in ordered_layers(tables)}
    documents = {row["document"]: row for row in rows_of(tables, "documents")}
    classes = {row["class"]: row for row in rows_of(tables, "classes")}
    figures = _figures(atlas, page)
    sections = _sections(atlas, page, own)
    return [
        _row(
            item,
            layers[item.layer],
            cls=classes[item.cls],
            figure=figures.get((item.layer, item.cls, item.basis)),
            source=citation(documents[layers[item.layer]["document"]], sections[item.key]),
        )
        for item in own
    ]


def citations_of(atlas: Atlas, documents: Set[str]) -> list[str]:
    """Return the citations of documents, without their sections, in the order of the table."""
    rows = rows_of(atlas.tables, "documents")
    return [citation(row, "") for row in rows if row["document"] in documents]


def _figures(atlas: Atlas, page: Page) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Coverage of the page's unit, by layer, class and basis.

    A plan says nothing about what lies outside its scope: where the unit lies
    above it, the share is that of the scope, and ``share_of`` says so.
    """
    scopes = {row["layer"]: row["scope"] for row in rows_of(atlas.tables, "layers")}
    wanted = {page.scope, *scopes.values()}
    rows = {
        (row["adcode"], row["layer"], row["class"], row["basis"]): row
        for row in rows_of(atlas.tables, "coverage")
        if row["adcode"] in wanted
    }
    names = {row["adcode"]: row for row in rows_of(atlas.tables, "units")}
    chains = chains_of(atlas.tables)
    made = {}
    for (code, *label), row in rows.items():
        if code != page.scope:
            continue
        scope = scopes[row["layer"]]
        wider = code in chains.get(scope, ())[1:]
        whole = rows.get((scope, *label)) if wider else row
        made[label[0], label[1], label[2]] = row | {
            "share_of_unit": whole["share_of_unit"] if whole else None,
            "share_of": _share_of(names[scope]) if wider else None,
        }
    return made


def _share_of(unit: dict[str, Any]) -> Pair:
    zh, _ = pair("legend.share_of", unit=unit["name"])
    _, en = pair("legend.share_of", unit=unit["name_en"])
    return zh, en


def _row(
    item: Item,
    layer: dict[str, Any],
    *,
    cls: dict[str, Any],
    figure: dict[str, Any] | None,
    source: str,
) -> Row:
    exact = figure if item.basis == "geometry" else None
    return Row(
        item=item,
        layer=(layer["title"], layer["title_en"]),
        cls=(cls["title"], cls["title_en"]),
        today=(cls["today"] or "", cls["today_en"] or cls["today"] or ""),
        colour=cls["colour"],
        pattern="hatch" if item.basis != "geometry" or cls["pattern"] == "hatch" else "solid",
        area=km2(exact["area_net_km2"]) if exact else "",
        km2=rounded(exact["area_net_km2"], 4) if exact else None,
        share=percent(exact["share_of_unit"]) if exact else "",
        share_of=figure["share_of"] if figure and item.basis != "list" else None,
        count=str(figure["count"]) if figure else "",
        status=status_mark(layer["status"]),
        basis=pair("indicative") if item.basis == "indicative" else ("", ""),
        citation=source,
        figures=_told(item, figure),
    )


NOTHING: Pair = ("", "")


def _told(item: Item, figure: dict[str, Any] | None) -> tuple[Pair, Pair]:
    """Return area and share, or how many there are; what is indicative is rounded and `about`."""
    none, listed = pair("legend.none"), item.basis == "list"
    if figure is None:
        return (NOTHING, none) if listed else (none, NOTHING)
    area, share = figure["area_net_km2"], figure["share_of_unit"]
    if item.basis == "indicative" and area is None and figure["length_km"] is not None:
        return _about(f"{_two_digits(figure['length_km'])} {{km}}"), NOTHING
    if listed or area is None:
        return NOTHING, pair("legend.count", n=figure["count"])
    if item.basis == "indicative":
        said = NOTHING if share is None else _about(f"{floor(100 * share + 0.5)}%")
        return _about(_two_digits(area)), said
    return (km2(area), km2(area)), (percent(share), percent(share))


def _about(text: str) -> Pair:
    zh, en = (
        word + text.format(km=km)
        for word, km in zip(pair("legend.about"), pair("measure.km"), strict=True)
    )
    return zh, en


def _two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):.10g}"


def status_mark(status: str | None) -> Pair | None:
    """Return the words of a status that readers have to know of: not of what is in force."""
    return None if status in (None, "in_force") else pair(f"status.{status}")


def _sections(atlas: Atlas, page: Page, own: list[Item]) -> dict[str, str]:
    by_feature = {
        (row["layer"], row["feature"]): row["section"] for row in rows_of(atlas.tables, "features")
    }
    return {
        item.key: "；".join(
            dict.fromkeys(by_feature[item.layer, name] for name in _shown(item, page)[:3])
        )
        for item in own
    }


def _shown(item: Item, page: Page) -> list[str]:
    placed = zip(item.features, item.places, strict=True)
    return [name for name, place in placed if not page.counties.isdisjoint(place)] or list(
        item.features
    )


def unit_rows(atlas: Atlas, page: Page) -> list[dict[str, Any]]:
    """Return the counties of the page's scope: name, code, area and the exact classes on them."""
    classes = {row["class"]: row for row in rows_of(atlas.tables, "classes")}
    inside = inside_of(atlas.tables)[page.scope]
    on = [item for item in atlas.items if item.key in page.on]
    made = []
    for row in rows_of(atlas.tables, "units"):
        if row["adcode"] in inside:
            names = [classes[item.cls] for item in on if row["adcode"] in item.counties]
            made.append(
                {
                    "code": row["adcode"],
                    "name": (row["name"], row["name_en"]),
                    "area": km2(row["area_km2"]),
                    "km2": rounded(row["area_km2"], 4),
                    "classes": (
                        "、".join(dict.fromkeys(c["title"] for c in names)),
                        ", ".join(dict.fromkeys(c["title_en"] for c in names)),
                    ),
                }
            )
    return made


def km2(value: float | None) -> str:
    """Return an area with 2 decimals, empty where there is none."""
    return "" if value is None else f"{value:.2f}"


def percent(value: float | None) -> str:
    """Return a share (0 to 1) in percent with 1 decimal."""
    return "" if value is None else f"{100 * value:.1f}%"
