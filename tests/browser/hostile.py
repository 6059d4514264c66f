"""A small project in which every text that a user may set tries to run, to break out or to hide."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import small
from tests.small import SmallProject

PARTS = (
    *("<script>hacked()</script>", "<img src=x onerror=hacked()>", "<svg/onload=hacked()>"),
    *('"><b onmouseover="hacked()">', "' onfocus='hacked()", "javascript:hacked()"),
    *("{{ 7*7 }}", "{% raw %}", "{# c #}", "${hacked()}", "`", "{n}", "{0}", "%s", "%(n)s"),
    *("</script>", "</style>", "</title>", "</noscript>", "</svg>", "</td></table>"),
    *("-->", "]]>", "<!--", "<!--<script>", "<![CDATA[", "&lt;&#60;&amp;", "\\u003c", "\\"),
    *("<base href=//x.test>", "<meta http-equiv=refresh content=0;url=//x.test>"),
    *("<style>*{display:none}</style>", "url(//x.test/a.png)", "@import '//x.test';"),
    *("__proto__", "constructor", "שלום 12 مرحبا 34", "😀𠮷", "http://x.test/?a=1&b=2"),
)
ATTACK = " ".join(PARTS)
"""What every text holds."""

LONG = "长" * 5_000
"""A name that no layout was made for."""

FORMULA = '=HYPERLINK("http://x.test")'
"""What a spreadsheet would run."""

INVISIBLE = {
    "right-to-left override": "\u202e",
    "right-to-left mark": "\u200f",
    "isolate": "\u2067",
    "zero-width space": "\u200b",
    "byte order mark": "\ufeff",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "escape": "\x1b",
    "delete": "\x7f",
}
"""Characters that nobody sees and that turn round or hide what others read."""

IDS = ("constructor", "108", "7")
"""Ids that scripts have as names of their own, or sort by themselves."""


class Texts:
    """Hostile texts with a mark of their own, and where each of them stands."""

    def __init__(self) -> None:
        self.all: dict[str, str] = {}

    def put(self, where: str) -> str:
        """Return a text for a place."""
        self.all[where] = f"〔{where}〕{ATTACK}"
        return self.all[where]

    def pair(self, where: str) -> dict[str, str]:
        """Return texts in Chinese and English."""
        return {"zh": self.put(where), "en": self.put(f"{where} en")}


def toml(value: Any) -> str:
    """Return a value as TOML on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def assigned(head: str, **keys: Any) -> str:
    """Return a table of TOML: its head, and a line for each key; ``class_`` is class."""
    lines = [f"{key.rstrip('_')} = {toml(value)}" for key, value in keys.items()]
    return "\n".join([f"[[{head}]]" if head else "", *lines]) + "\n"


def write(root: Path) -> tuple[SmallProject, Texts]:
    """Write the project into `root`; return it, and all texts that are in it."""
    project, texts = small.make_project(root), Texts()
    (root / "layers" / "zones" / "zones.toml").unlink()
    project.write(
        "geoplan.toml",
        assigned(
            "",
            title=texts.pair("title"),
            scope=small.PROVINCE,
            focus=[small.CITY_A],
            review_number=texts.put("review"),
            compiled_by=texts.put("by"),
        ),
    )
    _write_boundaries(project, texts)
    project.write("layers/documents.toml", "\n".join(_documents(texts)))
    project.write("layers/classes.toml", "\n".join(_classes(texts)))
    project.write("layers/findings.toml", "\n".join(_findings(texts)))
    project.write("layers/constructor/constructor.toml", "\n".join(_zones(texts)))
    project.write("layers/108/works.toml", "\n".join(_works(texts)))
    own = small.layer("own", document="constructor", theme="108", slot=True).replace(
        'title = { zh = "图层", en = "Layer" }', f"title = {toml(texts.pair('own'))}"
    )
    keys = {"path": "shapes.*", "class_id": "108", "id": "BSM", "name": "MC"}
    lines = [f"{key} = {toml(value)}" for key, value in keys.items()]
    project.write("layers/108/own.toml", "\n".join([own, "[file]", *lines]) + "\n")
    shapes = [small.box(x, 0.2, x + 0.5, 0.7) for x in (0.1, 1.1, 2.1)]
    names = [texts.put("shape"), LONG, FORMULA]
    project.write_shapes(
        shapes, name="layers/108/shapes.gpkg", BSM=["constructor", "__proto__", "3"], MC=names
    )
    return project, texts


def _write_boundaries(project: SmallProject, texts: Texts) -> None:
    """Give one county and one city hostile names; the others stay what layers refer to."""
    path = project.root / "data/boundaries/gazetteer.csv"
    text = path.read_text("utf-8")
    for name, where in (("河口县", "county"), ("Hekou County", "county en")):
        text = text.replace(f",{name},", f",{_cell(texts.put(where))},")
    for name, where in (("乙州市", "city"), ("Yizhou City", "city en")):
        text = text.replace(f",{name},", f",{_cell(texts.put(where))},")
    path.write_text(text, encoding="utf-8")
    credit = {"id": "constructor", "title": texts.pair("credit"), "licence": texts.put("licence")}
    source = project.root / "data/boundaries/source.toml"
    notice = assigned("source", **credit, notice=texts.pair("notice"))
    source.write_text(f"{source.read_text('utf-8')}\n{notice}", encoding="utf-8")


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _documents(texts: Texts) -> Iterator[str]:
    for key, plan in (("constructor", True), ("108", True), ("register", False)):
        more: dict[str, Any] = {"plan": False}
        if plan:
            more = {"period": ["2016", "2019"], "successor": texts.put(f"successor {key}")}
        yield assigned(
            "document",
            id=key,
            title=texts.put(f"document {key}"),
            number=texts.put(f"number {key}"),
            issuer=texts.put(f"issuer {key}"),
            date="2016-03-01",
            scope=small.PROVINCE,
            **more,
        )


def _classes(texts: Texts) -> Iterator[str]:
    for key in IDS[:2]:
        yield assigned("theme", id=key, title=texts.pair(f"theme {key}"))
    for number, key in enumerate(IDS):
        yield assigned(
            "class",
            id=key,
            title=texts.pair(f"class {key}"),
            today=texts.pair(f"today {key}"),
            colour=f"#80{number}040",
        )


def _findings(texts: Texts) -> Iterator[str]:
    yield assigned(
        "finding",
        id="constructor",
        kind="wording",
        title=texts.pair("finding"),
        detail=texts.pair("detail"),
        units=["东山"],
        about=["constructor/constructor"],
    )
    yield assigned(
        "finding.place",
        document="constructor",
        section=texts.put("place"),
        lines=[3],
        printed=["<b onclick=hacked()>", "</script><!--"],
    )


def _feature(texts: Texts, key: str, **keys: Any) -> str:
    said = {"name": texts.pair(f"feature {key}"), "section": texts.put(f"section {key}")}
    return assigned("feature", id=key, **said, lines=[7], note=texts.pair(f"note {key}"), **keys)


def _zones(texts: Texts) -> Iterator[str]:
    yield assigned(
        "",
        id="constructor",
        title=texts.pair("layer constructor"),
        theme="constructor",
        document="constructor",
        note=texts.pair("note of the layer"),
    )
    yield _feature(texts, "constructor", class_="constructor", extent="whole", members=["东山"])
    why = texts.pair("inferred") | {"units": ["西山"]}
    yield _feature(texts, "7", class_="7", extent="whole", members=["西山", "南水"], inferred=why)
    yield _feature(texts, "said", class_="7", extent="statement")
    claim = {"of": "constructor/constructor", "quantity": "area", "value": 99, "measure": "km2"}
    yield assigned(
        "claim", **claim, label=texts.pair("claim"), section=texts.put("claimed"), lines=[8]
    )
    yield assigned(
        "indicator",
        id="valueof",
        name=texts.pair("indicator"),
        group=texts.pair("group"),
        unit="东山",
        measure="100m_yuan",
        readings=[{"kind": "target", "year": "2019", "printed": "</td><b>1</b>"}],
        section=texts.put("indicated"),
        lines=[9],
        note=texts.pair("note of the indicator"),
    )


def _works(texts: Texts) -> Iterator[str]:
    yield assigned("", id="108", title=texts.pair("layer 108"), theme="108", document="register")
    park = {"class_": "108", "extent": "within"}
    site = {"name": texts.put("site"), "unit": "东山", "lon": 112.05, "lat": 36.2}
    lon, lat = small.point(0.5, 1.5)
    yield _feature(texts, "site", **park, sites=[site | {"lon": lon, "lat": lat}])
    stops = [{"name": texts.put("stop"), "unit": "东山"}, {"name": texts.put("stop b")}]
    yield _feature(texts, "way", class_="constructor", extent="passes", waypoints=stops)
    yield _feature(texts, "axis", class_="7", extent="indicative", axis=["东镇", "西镇"])
