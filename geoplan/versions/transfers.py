"""What moved from which class to which: by county, exact for whole counties and for shapes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.difference.pieces import parts_of
from geoplan.difference.sides import Side
from geoplan.versions.version import Version, counties_of

COLUMNS = (
    *("group", "group_title", "by", "adcode", "name", "from", "from_title", "to", "to_title"),
    *("change", "area_km2"),
)
"""Columns of the table; `by` is ``county`` (whole), ``shape`` (delimited) or ``list`` (no area)."""

CHANGES = {
    "same": "不变",
    "moved": "类别变化",
    "appeared": "新列入",
    "went": "不再列入",
    "extent": "口径改变",
    "out_of_scope": "一期不在规划范围",
    "untold": "一期未按此类列出",
    "none": "均未列入",
}
"""Kinds of change, as people read them."""

LIST_CHANGES = {**CHANGES, "same": "都提及", "appeared": "新提及", "went": "未再提及"}
"""The same of what is known by list only."""

NOTHING, LISTED = "—", "（名单）"

Row = dict[str, object]


def transfers(old: Version, new: Version) -> pd.DataFrame:
    """Return one row for each group, county and pair of classes, with area where there is one.

    Of a group in which either version has whole counties, every county has a row, so
    that areas add up to those of the counties; likewise where there are shapes. What
    is known by list only has no area.
    """
    rows = [*_by_county(old, new), *_by_list(old, new), *_by_shape(old, new)]
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    order = {name: i for i, name in enumerate(_groups(old, new))}
    made["_order"] = made["group"].map(order)
    made = made.sort_values(["_order", "by", "adcode", "from", "to"], kind="stable")
    return made.drop(columns="_order").reset_index(drop=True)


def _groups(old: Version, new: Version) -> dict[str, str]:
    return {**old.groups, **new.groups}


def _by_county(old: Version, new: Version) -> list[Row]:
    counties = {**_counties(old), **_counties(new)}
    rows = []
    for group in _groups(old, new):
        if not any(at[0] == group for at in (*old.whole, *new.whole)):
            continue
        for code, (name, area) in counties.items():
            sides = [v.whole.get((group, code), frozenset()) for v in (old, new)]
            lists = [v.listed.get((group, code), frozenset()) for v in (old, new)]
            # A class that the other side knows by list only has not appeared there.
            known = [lists[0] & sides[1], lists[1] & sides[0]]
            words = [
                _words(v, side, extra)
                for v, side, extra in zip((old, new), sides, known, strict=True)
            ]
            change = _change(sides[0], sides[1])
            if known[0] | known[1]:
                change = "extent"
            change = _outside(change, (old, new), (group, code), sides[0] | sides[1])
            rows.append(_row(_head(old, new, group), (code, name), words, change, area) | _COUNTY)
    return rows


_COUNTY, _LIST, _SHAPE = ({"by": by} for by in ("county", "list", "shape"))


def _by_list(old: Version, new: Version) -> list[Row]:
    """Return a row for each class under which a version lists a unit: lists are no partition."""
    units = {**_names(old), **_names(new)}
    rows = []
    for group, code in sorted(set(old.listed) | set(new.listed)):
        at = (group, code)
        whole = old.whole.get(at, frozenset()) | new.whole.get(at, frozenset())
        sides = [v.listed.get(at, frozenset()) - whole for v in (old, new)]
        for name in sorted(sides[0] | sides[1]):
            said = frozenset([name])
            words = [_words(v, said & s, ()) for v, s in zip((old, new), sides, strict=True)]
            change = _change(said & sides[0], said & sides[1])
            change = _outside(change, (old, new), at, said)
            head = _head(old, new, group)
            rows.append(_row(head, (code, units.get(code, code)), words, change, None) | _LIST)
    return rows


def _change(old: Collection[str], new: Collection[str]) -> str:
    if set(old) == set(new):
        return "same" if old else "none"
    return "moved" if old and new else "went" if old else "appeared"


def _outside(
    change: str, sides: tuple[Version, Version], at: tuple[str, str], said: frozenset[str]
) -> str:
    """Return a change, or why there is none: one side does not speak of the unit or the classes.

    A period that lists no unit at all under a class does not say that units left it.
    """
    group, code = at
    if change not in ("appeared", "went"):
        return change
    silent = sides[0] if change == "appeared" else sides[1]
    if not silent.period:
        return change
    counties = _counties(silent)
    if group in silent.scope and code in counties and code not in silent.scope[group]:
        return "out_of_scope"
    return change if silent.lists(group, said) else "untold"


def _words(version: Version, classes: Collection[str], extra: Collection[str]) -> tuple[str, str]:
    """Return ids and titles of classes; `extra` ones are known by list only."""
    order = {c: i for i, c in enumerate(version.tables["classes"]["class"])}
    titles = dict(
        zip(version.tables["classes"]["class"], version.tables["classes"]["title"], strict=True)
    )
    every = sorted({*classes, *extra}, key=lambda c: (order.get(c, len(order)), c))
    shown = [titles.get(c, c) + (LISTED if c not in classes else "") for c in every]
    return "+".join(every), "＋".join(shown) or NOTHING


def _head(old: Version, new: Version, group: str) -> Row:
    return {"group": group, "group_title": new.groups.get(group) or old.groups[group]}


def _row(
    head: Row,
    unit: tuple[str, str],
    words: list[tuple[str, str]],
    change: str,
    area: float | None,
) -> Row:
    (one, one_title), (two, two_title) = words
    return {
        **head,
        "adcode": unit[0],
        "name": unit[1],
        "from": one,
        "from_title": one_title,
        "to": two,
        "to_title": two_title,
        "change": change,
        "area_km2": area,
    }


def _counties(version: Version) -> dict[str, tuple[str, float]]:
    table = counties_of(version.tables)
    return {
        str(code): (str(name), float(area))
        for code, name, area in zip(table.index, table["name"], table["area_km2"], strict=True)
    }


def _names(version: Version) -> dict[str, str]:
    units = version.tables["units"]
    return dict(zip(units["adcode"], units["name"], strict=True))


def _by_shape(old: Version, new: Version) -> list[Row]:
    """Return transfers between delimited shapes, cut by the counties of the new version."""
    rows: list[Row] = []
    for group in _groups(old, new):
        shapes = [_shapes(v, group) for v in (old, new)]
        if all(part.empty for part in shapes):
            continue
        counties = _counties(new)
        area = {code: round(a * geometry.AREA_UNITS_PER_KM2) for code, (_, a) in counties.items()}
        for (code, one, two), units in _shared(shapes, new).items():
            name = counties[code][0] if code else "行政单元以外"
            area[code] = area.get(code, 0) - units
            words = [_words(old, _set(one), ()), _words(new, _set(two), ())]
            said = _set(one) | _set(two)
            change = _outside(_change(_set(one), _set(two)), (old, new), (group, code), said)
            head = _head(old, new, group)
            rows.append(_row(head, (code, name), words, change, geometry.km2(units)) | _SHAPE)
        nothing = [("", NOTHING)] * 2
        for code, units in area.items():
            if code and units:
                unit = (code, counties[code][0])
                rest = _row(_head(old, new, group), unit, nothing, "none", geometry.km2(units))
                rows.append(rest | _SHAPE)
    return rows


def _set(name: str) -> frozenset[str]:
    return frozenset([name]) if name else frozenset()


def _shapes(version: Version, group: str) -> pd.DataFrame:
    layers, features = version.tables["layers"], version.tables["features"]
    column = "layer" if group in set(layers["layer"]) else "theme"
    ids = set(layers["layer"][layers[column] == group])
    own = features[features["layer"].isin(ids) & (features["extent"] == "delimited")]
    # A list of no values would choose columns.
    return own.loc[np.array([shape is not None for shape in own["geometry"]], dtype=bool)]


def _shared(shapes: list[pd.DataFrame], new: Version) -> dict[tuple[str, str, str], int]:
    """Return areas, in 1e-4 m², by county and pair of classes."""
    sides = [Side("", "", list(p["class"]), list(p["feature"]), None, _polygons(p)) for p in shapes]
    there = [len(side.shapes) > 0 for side in sides]
    kinds = ["overlap", "only-a", "only-b"] if all(there) else ["only-a" if there[0] else "only-b"]
    far = Side("", "", [""], [""], None, gpd.GeoSeries([_FAR], crs=crs.DATA_CRS))
    a, b = (side if here else far for side, here in zip(sides, there, strict=True))
    counties = counties_of(new.tables).reset_index()
    with TemporaryDirectory(prefix="geoplan-") as folder:
        frame = gpd.GeoDataFrame(counties[["adcode", "geometry"]], crs=crs.DATA_CRS)
        parts = parts_of((a, b), kinds, counties=frame, folder=Path(folder)).table
    classes = [np.array([*side.kinds, ""], dtype=object) for side in (a, b)]
    parts["from"], parts["to"] = classes[0][parts["a"]], classes[1][parts["b"]]
    sums = parts.groupby(["adcode", "from", "to"], sort=True)["units"].sum()
    return {(str(c), str(f), str(t)): int(units) for (c, f, t), units in sums.items()}


_FAR = shapely.box(105.0, 1.0, 105.001, 1.001)
"""A shape where no unit lies, in the place of a side without any."""


def _polygons(features: pd.DataFrame) -> gpd.GeoSeries:
    shapes = [geometry.polygonal(shape) for shape in features["geometry"]]
    return gpd.GeoSeries(shapes, crs=crs.DATA_CRS)
