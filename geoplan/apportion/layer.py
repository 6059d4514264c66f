"""Classes of a layer of the project, with the parts that the overlay cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from geoplan import geometry
from geoplan.apportion.parts import LEFT, NONE, OUTSIDE, Labels, Part, Target, gathered
from geoplan.errors import UsageError
from geoplan.gazetteer import Gazetteer
from geoplan.schema import BASIS_OF, Tables, records
from geoplan.sources import WHY_NO_AREA
from geoplan.toml import suggestion

_WORDS = {
    "within": "位于（范围未知）",
    "passes": "途经",
    "statement": "表述（无图形）",
    "indicative": "示意线",
    "delimited": "无面状图形",
    "whole": "全域（单元不在项目范围内）",
}
_STATUS = {"expired": "已到期", "draft": "草案", "history": "历史"}


def layer_target(
    name: str, *, tables: Tables, gazetteer: Gazetteer, counties: Iterable[str]
) -> Target:
    """Return the classes of ``layer`` or ``layer/class``, and their parts of counties.

    Only whole counties and delimited shapes make up `Target.exact`; sketches stand apart.

    Raises
    ------
    UsageError
        Where there is no such layer or class, or none of its features has an area.
    """
    layers = {row["layer"]: row for row in records(tables["layers"])}
    layer, _, wanted = name.partition("/")
    features = tables["features"]
    own = features[features["layer"] == layer]
    known = list(dict.fromkeys(own["class"]))
    if layer not in layers:
        raise UsageError(
            f"{name!r} is no file and no layer.{suggestion(layer, list(layers))} "
            "`geoplan catalogue` lists what there is"
        )
    if wanted and wanted not in known:
        raise UsageError(
            f"layer {layer!r} has no class {wanted!r}.{suggestion(wanted, known)} "
            f"There are: {', '.join(known) or 'none'}"
        )
    kept = {wanted} if wanted else set(known)
    own = own[own["class"].isin(kept)]
    cut = _cut(tables["pieces"], layer, kept)
    _check_areas(name, own, cut, kind=layers[layer]["kind"])
    titles = {r["class"]: r["title"] for r in records(tables["classes"]) if r["class"] in kept}
    scope = layers[layer]["scope"]
    inside = {code for code in counties if gazetteer.within(code, scope)}
    document = next(
        r for r in records(tables["documents"]) if r["document"] == layers[layer]["document"]
    )
    bounded = any(exact for pieces in cut.values() for exact, *_ in pieces)
    status = _STATUS.get(str(layers[layer]["status"]), "")
    return Target(
        layer,
        str(layers[layer]["title"]),
        titles,
        {
            code: _exact(
                cut.get(code, []), (NONE if bounded else LEFT) if code in inside else OUTSIDE
            )
            for code in counties
        },
        {code: parts for code in counties if (parts := _drawn(cut.get(code, [])))},
        f"《{document['title']}》" + (f"（{status}）" if status else ""),
        _left_out(own, cut),
    )


Piece = tuple[Labels, Labels, int, object]
"""Exact classes, classes of sketches, area, shape."""


def _cut(pieces: pd.DataFrame, layer: str, kept: set[str]) -> dict[str, list[Piece]]:
    """Return the pieces of each county with the classes of one layer."""
    found: dict[str, list[Piece]] = {}
    of: dict[str, tuple[Labels, Labels]] = {}
    columns = (pieces[name].tolist() for name in ("adcode", "classes", "area_km2", "geometry"))
    for code, classes, area, shape in zip(*columns, strict=True):
        if classes not in of:
            of[classes] = _labels(classes or "", layer, kept)
        units = round(area * geometry.AREA_UNITS_PER_KM2)
        found.setdefault(code, []).append((*of[classes], units, shape))
    return found


def _labels(classes: str, layer: str, kept: set[str]) -> tuple[Labels, Labels]:
    pairs = [label.partition("/") for label in classes.split(";")]
    own = {name for its, _, name in pairs if its == layer and name.removesuffix("~") in kept}
    exact = tuple(sorted(name for name in own if not name.endswith("~")))
    drawn = tuple(sorted(name.removesuffix("~") for name in own if name.endswith("~")))
    return exact, drawn


def _exact(pieces: list[Piece], nobody: str) -> list[Part]:
    return gathered((exact or (nobody,), area, shape) for exact, _, area, shape in pieces)


def _drawn(pieces: list[Piece]) -> list[Part]:
    return gathered((drawn, area, shape) for _, drawn, area, shape in pieces if drawn)


def _check_areas(
    name: str, own: pd.DataFrame, cut: Mapping[str, list[Piece]], *, kind: str
) -> None:
    if any(exact or drawn for pieces in cut.values() for exact, drawn, *_ in pieces):
        return
    if kind == "slot" and own["geometry"].isna().all():
        raise UsageError(
            f"{name!r} is a slot that waits for its shapes: name its file in the table [sources] "
            "of geoplan.toml, then `geoplan build`; or give the file itself"
        )
    if kind == "raster":
        raise UsageError(f"{name!r} is a raster: its file can be the weights (--by), not classes")
    why = [
        f"{count} {extent} ({WHY_NO_AREA[extent]})"
        for extent, count in sorted(Counter(own["extent"]).items())
    ]
    raise UsageError(
        f"{name!r} can be given no part of a count: of its {len(own)} feature(s) "
        f"{', '.join(why) or 'none has a place'}; what lies somewhere in a unit is not the unit. "
        "Only whole units and polygons take a part"
    )


def _left_out(own: pd.DataFrame, cut: Mapping[str, list[Piece]]) -> list[str]:
    """Return a note on features that take no part."""
    shaped = {
        (name, basis)
        for pieces in cut.values()
        for exact, drawn, *_ in pieces
        for basis, names in (("geometry", exact), ("indicative", drawn))
        for name in names
    }
    out = [
        extent
        for class_, extent in zip(own["class"], own["extent"], strict=True)
        if BASIS_OF.get(extent, "list") == "list" or (class_, BASIS_OF[extent]) not in shaped
    ]
    if not out:
        return []
    told = "、".join(f"{_WORDS[extent]}{n}项" for extent, n in sorted(Counter(out).items()))
    return [f"该图层另有{len(out)}项要素没有可计面积的范围，不参与分配：{told}。"]
