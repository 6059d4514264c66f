"""Projects with a file that is wrong, odd or hostile: of people's own hand or from a stranger."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from tests.corpus.case import Case
from tests.small import (
    SmallProject,
    cell,
    claim,
    degrees,
    feature,
    layer,
    make_project,
    slot,
    zones,
)

CONFIG = "geoplan.toml"
OTHER = "layers/works/other.toml"
GAZETTEER = "data/boundaries/gazetteer.csv"
COUNTIES = "data/boundaries/counties.parquet"
SOURCE = "data/boundaries/source.toml"
MANIFEST = "maps/manifest.json"
DEEP = 100_000
"""How deep brackets are nested."""
LARGE = 20 << 20
"""Bytes of a text that is larger than any that people write."""

Spoil = Callable[[SmallProject], object]


def holds(name: str, content: str | bytes) -> Spoil:
    """Return what writes a file of the project."""

    def spoil(small: SmallProject) -> None:
        path = small.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return spoil


def changed(name: str, old: str, new: str) -> Spoil:
    """Return what replaces a text, which has to be there, in a file of the project."""

    def spoil(small: SmallProject) -> None:
        text = (small.root / name).read_text("utf-8")
        assert old in text, old
        holds(name, text.replace(old, new))(small)

    return spoil


def coded(name: str, encoding: str) -> Spoil:
    """Return what writes a file of the project in another encoding."""

    def spoil(small: SmallProject) -> None:
        holds(name, (small.root / name).read_text("utf-8-sig").encode(encoding))(small)

    return spoil


def added(name: str, text: str) -> Spoil:
    """Return what writes a text behind that of a file."""

    def spoil(small: SmallProject) -> None:
        holds(name, (small.root / name).read_text("utf-8") + text)(small)

    return spoil


def instead(name: str, make: Callable[[Path], object]) -> Spoil:
    """Return what puts a pipe, a folder or a link in the place of a file."""

    def spoil(small: SmallProject) -> None:
        path = small.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        make(path)

    return spoil


def table(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Spoil:
    """Return what changes the boundaries."""

    def spoil(small: SmallProject) -> None:
        change(gpd.read_parquet(small.root / COUNTIES)).to_parquet(small.root / COUNTIES)

    return spoil


def first_shape(shape: shapely.Geometry | None) -> Spoil:
    """Return what gives the first county another shape."""
    return table(lambda t: t.set_geometry([shape, *t.geometry.iloc[1:]], crs=t.crs))


def itself(path: Path) -> None:
    """Write a link that leads to itself."""
    path.symlink_to(path.name)


EAST = feature("f", members=["东山"])


def other(*parts: str, **more: Any) -> Spoil:
    """Return what adds a layer."""
    return holds(OTHER, layer("other", *parts, theme="works", **more))


def claimed(value: str) -> Spoil:
    """Return what adds a layer with a claim of a value, as TOML writes it."""
    said = claim("f", 1).replace("value = 1", f"value = {value}")
    return other(EAST, said)


def manifest(outputs: object) -> Spoil:
    """Return what writes a manifest."""
    return holds(MANIFEST, json.dumps({"outputs": outputs}))


def project(spoil: Spoil, root: Path) -> Path:
    """Write a project that is spoilt; return its folder."""
    spoil(make_project(root / "project"))
    return root / "project"


def case(spoil: Spoil, code: str = "", words: str = "") -> Case:
    """Return a case of a project; no code: it can be used as it is."""
    codes = (code,) if code else ()
    return Case(partial(project, spoil), "error" if code else "read", codes, words=words)


NOT_TOML = "not valid TOML"
NOT_UTF8 = "cannot be read as UTF-8 text"
TOO_DEEP = "not valid TOML .*deep in each other"
TOO_LARGE = "4 MiB"
WORST = "\u202e<script>alert(1)</script>"

CONFIGS = {
    "no TOML": case(holds(CONFIG, "= ="), "usage.config", NOT_TOML),
    "arrays in arrays": case(
        holds(CONFIG, f"focus = {'[' * DEEP}{']' * DEEP}"), "usage.config", TOO_DEEP
    ),
    "number without end": case(holds(CONFIG, f"budgets = {'1' * 5000}"), "usage.config", NOT_TOML),
    "20 MiB": case(holds(CONFIG, b"# " + b"x" * LARGE), "usage.config", TOO_LARGE),
    "NUL": case(holds(CONFIG, 'title = "a\0b"'), "usage.config", NOT_TOML),
    "GBK": case(coded(CONFIG, "gb18030"), "usage.config", NOT_UTF8),
    "UTF-16": case(coded(CONFIG, "utf-16"), "usage.config", NOT_UTF8),
    "BOM": case(coded(CONFIG, "utf-8-sig")),
    "unknown key": case(added(CONFIG, "documentz = 1"), "usage.config", "unknown key 'documentz'"),
    "key twice": case(added(CONFIG, 'scope = "910000"'), "usage.config", NOT_TOML),
    "name with an escape": case(
        changed(CONFIG, "方格图集", r"\u001b[31m红"), "usage.config", r"U\+001B"
    ),
    "name written backwards": case(
        changed(CONFIG, "方格图集", r"\u202e图"), "usage.config", r"U\+202E"
    ),
    "scope of lists": case(changed(CONFIG, '"910000"', "[[1]]"), "usage.config", "line 2: scope"),
    "scope in wide digits": case(
        changed(CONFIG, '"910000"', '"９１００００"'), "data.unit", "is no unit"
    ),
    "tables above it": case(added(CONFIG, 'build = ".."'), "usage.config", "folder of its own"),
    "maps at the root": case(added(CONFIG, 'maps = "/"'), "usage.config", "folder of its own"),
    "folder with NUL": case(added(CONFIG, r'build = "a\u0000b"'), "usage.config"),
    "pipe": case(instead(CONFIG, os.mkfifo), "usage.config", "pipe"),
    "folder": case(instead(CONFIG, Path.mkdir), "usage.config", "cannot be read: "),
}

LAYERS = {
    "no TOML": case(holds(OTHER, "= ="), "data.layer", NOT_TOML),
    "nothing": case(holds(OTHER, ""), "data.layer", "id"),
    "arrays in arrays": case(
        holds(OTHER, f"id = {'[' * DEEP}{']' * DEEP}"), "data.layer", TOO_DEEP
    ),
    "tables in tables": case(
        holds(OTHER, f"id = {'{a = ' * DEEP}1{'}' * DEEP}"), "data.layer", TOO_DEEP
    ),
    "key of many parts": case(
        holds(OTHER, f"{'.'.join('a' * DEEP)} = 1"), "data.layer", "parts with dots"
    ),
    "table of many parts": case(
        holds(OTHER, f"[{'.'.join('a' * DEEP)}]"), "data.layer", "parts with dots"
    ),
    "number without end": case(holds(OTHER, f"id = {'1' * 5000}"), "data.layer", NOT_TOML),
    "number in hexadecimal without end": case(holds(OTHER, f"id = 0x{'f' * 9000}"), "data.layer"),
    "exponent without end": case(
        other(
            EAST,
            claim("f", 1).replace("value = 1", "value = 1e9999999999999999999"),
        ),
        "data.layer",
    ),
    "large exponent": case(
        other(EAST, claim("f", 1).replace("value = 1", "value = 1e99999999")),
        "data.layer",
    ),
    "claim that is no number": case(
        claimed("nan"),
        "data.layer",
    ),
    "20 MiB": case(holds(OTHER, b"# " + b"x" * LARGE), "data.layer", TOO_LARGE),
    "NUL": case(holds(OTHER, 'id = "a\0b"'), "data.layer", NOT_TOML),
    "GBK": case(holds(OTHER, layer("other", theme="works").encode("gbk")), "data.layer", NOT_UTF8),
    "UTF-16": case(
        holds(OTHER, layer("other", theme="works").encode("utf-16")), "data.layer", NOT_UTF8
    ),
    "BOM": case(
        holds(
            OTHER,
            b"\xef\xbb\xbf" + layer("other", EAST, theme="works").encode(),
        )
    ),
    "id of another folder": case(
        holds(OTHER, layer("../../up", theme="works")), "data.layer", "id"
    ),
    "id twice": case(holds(OTHER, zones()), "data.layer", "stands in"),
    "id that is a table": case(holds(OTHER, "[id]\na = 1"), "data.layer", "id"),
    "escape in a name": case(
        holds(OTHER, layer("other", theme="works").replace("图层", r"\u001b]0;x\u0007")),
        "data.layer",
        r"U\+001B",
    ),
    "name written backwards": case(
        holds(OTHER, layer("other", theme="works").replace("图层", WORST)), "data.layer", r"U\+202E"
    ),
    "HTML in a name": case(
        holds(
            OTHER,
            layer("other", EAST, theme="works").replace("要素", "<img src=x onerror=alert(1)>"),
        )
    ),
    "line that no text has": case(other(EAST.replace("[7]", f"[{10**30}]")), "data.layer"),
    "line below zero": case(other(EAST.replace("[7]", "[-7]")), "data.layer", "lines"),
    "unit that is unknown": case(other(feature("f", members=["东山\u200b县"])), "data.layer"),
    "fifty thousand wrong features": case(
        holds(OTHER, layer("other", theme="works") + "[[feature]]\nidd = 1\n" * 50_000),
        "data.layer",
        "more",
    ),
    "fifty thousand unknown keys": case(
        holds(OTHER, "".join(f"k{i} = 1\n" for i in range(50_000))), "data.layer", "more"
    ),
    "fifty thousand members": case(
        other(feature("f", members=[f"县{i}" for i in range(50_000)])), "data.layer", "more"
    ),
    "pipe": case(instead(OTHER, os.mkfifo), "data.layer", "no file but a pipe"),
    "folder": case(instead(OTHER, Path.mkdir), "data.layer", "cannot be read"),
    "link to itself": case(instead(OTHER, itself), "data.layer", "cannot be read"),
    "one folder too deep": case(
        holds("layers/works/a/other.toml", layer("other", theme="works")), "data.layer", "nobody"
    ),
    "pattern of a file": case(holds(OTHER, slot(path="[!" * 5000)), "", ""),
    "file that is not there": case(
        holds(OTHER, slot(slot=False, path="none.gpkg")), "data.layer", "there is no file"
    ),
    "file of another format": case(
        lambda s: (holds(OTHER, slot())(s), holds("layers/works/shapes.docx", b"PK")(s)),
        "data.layer",
        "cannot be read; formats",
    ),
    "colour that is no colour": case(
        added(
            "layers/classes.toml",
            '[[class]]\nid = "z"\ntitle = {zh="z", en="z"}\ncolour="url(//x)"',
        ),
        "data.layer",
        "colour",
    ),
    "classes missing": case(
        lambda s: (s.root / "layers/classes.toml").unlink(), "data.layer", "there is no such file"
    ),
    "documents in one value without end": case(
        holds("layers/documents.toml", f"document = [{'{},' * 50_000}]"), "data.layer"
    ),
    "registry twice": case(
        added("layers/classes.toml", '[[theme]]\nid = "zones"\ntitle = {zh="a", en="a"}'),
        "data.layer",
        "defined twice",
    ),
}


def gazetteer(old: str, new: str, code: str = "data.unit", words: str = "") -> Case:
    """Return a case of a table of units with another text."""
    return case(changed(GAZETTEER, old, new), code, words)


BOUNDARIES = {
    "units missing": case(lambda s: (s.root / GAZETTEER).unlink(), "data", "there is no such file"),
    "units empty": case(holds(GAZETTEER, ""), "data", "columns missing"),
    "units in GBK": case(coded(GAZETTEER, "gbk"), "data", "UTF-8 CSV"),
    "units with NUL": gazetteer("东山区", "东\0山区"),
    "units with a quote left open": gazetteer("东山区", '"东山区', "data", words="CSV"),
    "units with a cell without end": gazetteer("东山区", "东" * 200_000, "data", words="CSV"),
    "units with a short row": gazetteer(
        "910101,东山区,", "910101,", "data", words="line 4: 8 cells"
    ),
    "units with a name in two": gazetteer("东山区", '"东\n山区"'),
    "unit twice": gazetteer("910102,西山县", "910101,西山县"),
    "unit that is its own parent": gazetteer("county,910200,,", "county,910201,,"),
    "city below its county": gazetteer("city,910000,甲州", "city,910101,甲州"),
    "unit of an unknown level": gazetteer("county,910200,,", "hamlet,910200,,"),
    "unit in wide digits": gazetteer("910101,东山区", "９１０１０１,东山区"),
    "label that is no number": gazetteer("112.3,36.2", "nan,36.2", "data", "no finite number"),
    "label without end": gazetteer("112.3,36.2", "1e999,36.2", "data", "no finite number"),
    "unit with an escape": gazetteer("东山区", "东\x1b[31m山区"),
    "change to an unknown unit": case(
        changed("data/boundaries/changes.csv", "910101,whole", "919999,whole"), "data.unit"
    ),
    "change that is neither": case(
        changed("data/boundaries/changes.csv", "910101,whole", "910101,perhaps"),
        "data.unit",
        "share .perhaps",
    ),
    "group of an unknown unit": case(
        changed("data/boundaries/groups.csv", "东山,plan-a", "北山,plan-a"), "data.unit"
    ),
    "counties missing": case(
        lambda s: (s.root / COUNTIES).unlink(), "data.no_file", "no such file"
    ),
    "counties empty": case(holds(COUNTIES, b""), "refused.empty", "cannot be read"),
    "counties that are text": case(
        holds(COUNTIES, b"PAR1" * 9), "refused.promise", "cannot be read"
    ),
    "counties that are a folder": case(instead(COUNTIES, Path.mkdir), "data"),
    "counties without a system": case(
        table(lambda t: t.set_crs(None, allow_override=True)), "crs.missing"
    ),
    "counties in metres called degrees": case(
        table(lambda t: t.to_crs(3857).set_crs(4490, allow_override=True)), "crs.metres_as_degrees"
    ),
    "counties without codes": case(table(lambda t: t.drop(columns="adcode")), "data"),
    "county twice": case(
        table(lambda t: t.assign(adcode=["910101", *t["adcode"][1:5], "910101"])), "data.unit"
    ),
    "county without a shape": case(first_shape(None), "data.geometry"),
    "county without an area": case(first_shape(shapely.Polygon()), "data.geometry"),
    "county that is a line": case(
        first_shape(shapely.LineString([(112, 36), (113, 37)])), "data.geometry"
    ),
    "county at infinity": case(
        first_shape(shapely.Polygon([(112, 36), (float("inf"), 36), (112, 37)])), "data.geometry"
    ),
    "county at no number": case(
        first_shape(shapely.Polygon([(112, 36), (float("inf"), 37), (113, 37)])), "data.geometry"
    ),
    "county that crosses itself": case(
        first_shape(shapely.Polygon([(112, 36), (113, 37), (113, 36), (112, 37)]))
    ),
    "county over another": case(
        first_shape(degrees(cell("910102").buffer(100))), "data.geometry", "share"
    ),
    "source with tables in tables": case(
        holds(SOURCE, f"title = {'[' * DEEP}{']' * DEEP}"), "data", "deep"
    ),
    "source with an error that is no number": case(
        changed(SOURCE, "displacement_km = 0.1", "displacement_km = nan"), "data", "displacement"
    ),
    "source of 20 MiB": case(holds(SOURCE, b"# " + b"x" * LARGE), "data", TOO_LARGE),
    "places that are no numbers": case(
        changed("data/reference/places.csv", "东镇,town,910101,", "东镇,town,910101,x"), "data"
    ),
    "rivers that are no table": case(
        holds("data/reference/rivers.parquet", b"GIF89a"), "refused.other_format", "cannot be read"
    ),
}

MANIFESTS = {
    "no JSON": case(holds(MANIFEST, "{"), "data", "cannot be read as a manifest"),
    "lists in lists": case(holds(MANIFEST, "[" * DEEP), "data", "cannot be read as a manifest"),
    "number without end": case(
        holds(MANIFEST, f'{{"outputs": {"1" * 5000}}}'), "data", "cannot be read as a manifest"
    ),
    "list": case(manifest([1, 2]), "data", "cannot be read as a manifest"),
    "nothing": case(manifest(None), "data", "cannot be read as a manifest"),
    "file above": case(manifest({"../../x": {"sha256": ""}}), "data", "the name '../../x'"),
    "file at the root": case(manifest({"/etc/passwd": {"sha256": ""}}), "data", "/etc/passwd"),
    "file of a drive": case(manifest({"C:\\x": {"sha256": ""}}), "data", "the name"),
    "name with NUL": case(manifest({"a\0b": {"sha256": ""}})),
    "UTF-16": case(holds(MANIFEST, '{"outputs": {}}'.encode("utf-16")), "data"),
    "pipe": case(instead(MANIFEST, os.mkfifo), "data"),
}
