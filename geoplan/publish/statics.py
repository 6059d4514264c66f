"""Plain rows for the index and for pages without scripts: texts ready to print, still unescaped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoplan.publish.content import Atlas
from geoplan.publish.items import Item, ordered_layers, records
from geoplan.publish.pages import Page, Pair
from geoplan.publish.words import coded, pair


@dataclass(frozen=True)
class Row:
    """One class of one layer within a page's scope; empty texts where a figure does not apply."""

    layer: Pair
    cls: Pair
    colour: str
    pattern: str
    area: str
    share: str
    count: str
    status: Pair | None
    basis: Pair
    citation: str


def is_plan(document: dict[str, Any]) -> bool:
    """Return whether a document is a plan: what has no period is another source of facts."""
    return document["period_start"] is not None


def citation(document: dict[str, Any], section: str) -> str:
    """Return 《title》（number），section; a source that is no plan has no 《》."""
    if not is_plan(document):
        return f"{document['title']}" + (f"，{section}" if section else "")
    number = f"（{document['number']}）" if document["number"] else ""
    return f"《{document['title']}》{number}" + (f"，{section}" if section else "")


def layer_rows(atlas: Atlas, page: Page) -> list[Row]:
    """Return the classes of all layers, those of the page's theme only on a theme's page."""
    tables = atlas.tables
    layers = {row["layer"]: row for row in ordered_layers(tables)}
    documents = {row["document"]: row for row in records(tables["documents"])}
    classes = {row["class"]: row for row in records(tables["classes"])}
    figures = {
        (row["layer"], row["class"], row["basis"]): row
        for row in records(tables["coverage"])
        if row["adcode"] == page.scope
    }
    sections = _sections(atlas, page)
    return [
        _row(
            layers[item.layer],
            classes[item.cls],
            item.basis,
            figures.get((item.layer, item.cls, item.basis)),
            citation(documents[layers[item.layer]["document"]], sections[item.key]),
        )
        for item in atlas.items
        if (page.theme in (None, layers[item.layer]["theme"]) or item.key in page.also)
        and (page.kind != "city" or item.counties & page.counties)
    ]


def _row(
    layer: dict[str, Any],
    cls: dict[str, Any],
    basis: str,
    figure: dict[str, Any] | None,
    source: str,
) -> Row:
    exact = basis == "geometry" and figure is not None
    return Row(
        layer=(layer["title"], layer["title_en"]),
        cls=(cls["title"], cls["title_en"]),
        colour=cls["colour"],
        pattern="solid" if basis == "geometry" else "hatch",
        area=km2(figure["area_net_km2"]) if exact and figure else "",
        share=percent(figure["share_of_unit"]) if exact and figure else "",
        count=str(figure["count"]) if figure else "",
        status=pair(f"status.{layer['status']}") if layer["status"] != "in_force" else None,
        basis=pair("indicative") if basis == "indicative" else ("", ""),
        citation=source,
    )


def _sections(atlas: Atlas, page: Page) -> dict[str, str]:
    by_feature = {
        (row["layer"], row["feature"]): row["section"] for row in records(atlas.tables["features"])
    }
    return {
        item.key: "；".join(
            dict.fromkeys(by_feature[item.layer, name] for name in _shown(item, page)[:3])
        )
        for item in atlas.items
    }


def _shown(item: Item, page: Page) -> list[str]:
    placed = zip(item.features, item.places, strict=True)
    return [name for name, place in placed if not page.counties.isdisjoint(place)] or list(
        item.features
    )


def unit_rows(atlas: Atlas, page: Page) -> list[dict[str, Any]]:
    """Return the counties of the page's scope: name, code, area and the exact classes on them."""
    classes = {row["class"]: row for row in records(atlas.tables["classes"])}
    inside = _scope_counties(atlas, page)
    made = []
    for row in records(atlas.tables["units"]):
        if row["adcode"] in inside:
            names = [
                classes[item.cls]
                for item in atlas.items
                if item.key in page.on and row["adcode"] in item.counties
            ]
            made.append(
                {
                    "code": row["adcode"],
                    "name": (row["name"], row["name_en"]),
                    "area": km2(row["area_km2"]),
                    "classes": (
                        "、".join(dict.fromkeys(c["title"] for c in names)),
                        ", ".join(dict.fromkeys(c["title_en"] for c in names)),
                    ),
                }
            )
    return made


def _scope_counties(atlas: Atlas, page: Page) -> set[str]:
    rows = {row["adcode"]: row for row in records(atlas.tables["units"])}
    return {
        code
        for code, row in rows.items()
        if row["level"] == "county"
        and page.scope in (code, row["parent"], (rows.get(row["parent"]) or {}).get("parent"))
    }


QUANTITIES = ("area", "share", "length", "count", "population", "share_of_population", "capacity")


def claim_rows(atlas: Atlas) -> list[dict[str, Any]]:
    """Return the claims table: subject, figures with their measure, finding, reason, source.

    What was computed comes first, areas and shares before counts.
    """
    documents = {row["document"]: row for row in records(atlas.tables["documents"])}
    titles = _titles(atlas)
    made = []
    for row in records(atlas.tables["claims"]):
        measure = coded("measure", row["measure"])
        whole = row["measure"] in ("units", "features")
        made.append(
            {
                "subject": titles.get(row["of"], (row["of"], row["of"])),
                "quantity": coded("quantity", row["quantity"]),
                "measure": measure,
                "published": number(row["published"]),
                "computed": fixed(row["computed"], whole=whole),
                "difference": fixed(row["difference"], whole=whole, sign=True),
                "tolerance": "" if whole else fixed(row["tolerance"]),
                "status": row["status"],
                "order": QUANTITIES.index(row["quantity"]) if row["quantity"] in QUANTITIES else 9,
                "finding": coded("claim", row["status"]),
                "reason": coded("reason", row["reason"]) if row["reason"] else ("", ""),
                "citation": citation(documents[row["document"]], row["section"]),
                "line": row["line"],
            }
        )
    return sorted(made, key=lambda claim: claim["order"])


def _titles(atlas: Atlas) -> dict[str, Pair]:
    titles: dict[str, Pair] = {}
    classes = {row["class"]: row for row in records(atlas.tables["classes"])}
    layers = {row["layer"]: row for row in records(atlas.tables["layers"])}
    for layer, row in layers.items():
        titles[layer] = (row["title"], row["title_en"])
    for row in records(atlas.tables["features"]):
        layer, cls = layers[row["layer"]], classes[row["class"]]
        titles.setdefault(f"{row['layer']}/{row['class']}", _joined(layer, cls))
        own = {"title": row["name"], "title_en": row["name_en"]}
        titles[f"{row['layer']}/{row['feature']}"] = _joined(layer, own)
    return titles


def _joined(layer: dict[str, Any], part: dict[str, Any]) -> Pair:
    return f"{layer['title']}：{part['title']}", f"{layer['title_en']}: {part['title_en']}"


def km2(value: float | None) -> str:
    """Return an area with 2 decimals, empty where there is none."""
    return "" if value is None else f"{value:.2f}"


def percent(value: float | None) -> str:
    """Return a share (0 to 1) in percent with 1 decimal."""
    return "" if value is None else f"{100 * value:.1f}%"


def number(value: float) -> str:
    """Return a printed figure as it was printed, without a trailing ``.0``."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def fixed(value: float | None, *, whole: bool = False, sign: bool = False) -> str:
    """Return a computed figure with 2 decimals (counts: none) and, if asked, its sign."""
    if value is None:
        return ""
    text = f"{value:.0f}" if whole else f"{value:.2f}"
    return f"+{text}" if sign and float(text) > 0 else text.replace("-", "−")
