"""Small but real tables: the counties of 晋中 and 阳泉 with a layer of every extent.

Two names try to run as scripts or templates, and one as a spreadsheet
formula; every output must show them as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, schema
from geoplan.config import Bilingual, Budgets, Config, Project
from geoplan.vector import read_csv
from tests.publish import registries

DATA = Path(__file__).parents[2] / "data" / "boundaries"
CITIES = ("140300", "140700")
AS_OF = "2021-03-31"
MADE_ON = "2021-04-01"

ATTACK = '<img src=x onerror="window.hacked=1">{{ 7*7 }}</script><script>window.hacked=1</script>'
FORMULA = '=HYPERLINK("x";"y")'

ZONES = {
    "key_development": ("140702", "140728", "140781"),
    "farm_products": ("140703", "140724", "140725", "140727"),
    "ecological_function": ("140721", "140722", "140723", "140729"),
}
CORRIDOR = ("140702", "140703", "140727", "140728", "140729", "140781")


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a table of the schema; columns that a row leaves out are empty, zero or false."""
    blank = {"text": "", "real": 0.0, "integer": 0, "flag": False, "geometry": None}
    columns = schema.TABLES[name].columns
    full = [
        {c.name: row.get(c.name, None if c.nullable else blank[c.dtype]) for c in columns}
        for row in rows
    ]
    made = schema.frame(name, full)
    if "geometry" in made:
        return gpd.GeoDataFrame(made, geometry="geometry", crs=crs.DATA_CRS)
    return made


@cache
def units() -> gpd.GeoDataFrame:
    """Return 16 counties, their two cities and a province of them."""
    counties = gpd.read_parquet(DATA / "counties.parquet")
    shapes = dict(zip(counties["adcode"], counties.geometry, strict=True))
    columns = ["adcode", "name", "name_en", "pinyin", "level", "parent", "short"]
    named = read_csv(DATA / "gazetteer.csv", columns=[*columns, "label_lon", "label_lat"])
    rows = []
    for row in named.to_dict("records"):
        code = row["adcode"]
        if code != "140000" and f"{code[:4]}00" not in CITIES:
            continue
        parts = [s for c, s in shapes.items() if c[:4] + "00" in CITIES and _inside(c, code)]
        whole = shapely.coverage_union_all(parts)
        row["geometry"] = whole
        row["parent"] = row["parent"] or None
        row["area_km2"] = float(shapely.area(crs.data_to_work(_array(whole)))[0]) / 1e6
        row["uncertainty_km2"] = 3.0
        row["label_lon"], row["label_lat"] = float(row["label_lon"]), float(row["label_lat"])
        rows.append(row)
    return table("units", rows)


def tables(*, attack: bool = False) -> dict[str, pd.DataFrame]:
    """Return all tables that publishing needs; with `attack`, some names are hostile."""
    evil = ATTACK if attack else "介休工业园区"
    features = _features(evil)
    return {
        "units": units(),
        "sources": table("sources", registries.sources()),
        "documents": table("documents", registries.documents()),
        "themes": table("themes", registries.themes()),
        "classes": table("classes", registries.classes()),
        "maps": table("maps", []),
        "rules": table("rules", registries.rules(evil)),
        "overrides": table("overrides", registries.overrides(evil)),
        "layers": table("layers", registries.layers()),
        "features": table("features", features),
        "memberships": table("memberships", _memberships(features)),
        "stated": table("stated", []),
        "checks": table("checks", registries.checks(evil)),
        "indicators": table("indicators", registries.indicators(evil)),
        "findings": table("findings", registries.findings(evil)),
        "coverage": table("coverage", _coverage(features)),
        "overlaps": table("overlaps", _overlaps()),
        "passages": table("passages", registries.passages(evil)),
        "pieces": table("pieces", []),
        "rasters": table("rasters", []),
        "pictures": table("pictures", []),
        "zonal": table("zonal", []),
        "claims": table("claims", _claims(attack)),
        "dropped": table("dropped", []),
        "issues": table("issues", []),
        "conflicts": table("conflicts", registries.conflicts(evil)),
    }


def project(root: Path, **keys: Any) -> Project:
    """Return a project in `root` with the focus on 晋中; `keys` are those of geoplan.toml."""
    budgets = Budgets(page=keys.pop("page", 1_500_000), overview=keys.pop("overview", 2_000_000))
    title = Bilingual(zh="山西省规划图集", en="Planning atlas of Shanxi")
    keys.setdefault("compiled_on", MADE_ON)
    config = Config(title=title, scope="140000", focus=("140700",), budgets=budgets, **keys)
    return Project(root, config, root / "geoplan.toml")


def _array(shape: shapely.Geometry) -> Any:
    return gpd.GeoSeries([shape]).to_numpy()


def _inside(county: str, unit: str) -> bool:
    return unit in (county, f"{county[:4]}00", "140000")


def _features(evil: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"layer": "zones", "class": c, "feature": c.replace("_", "-"), "extent": "whole", "u": u}
        for c, u in ZONES.items()
    ]
    axis = shapely.LineString([(112.75, 37.68), (112.33, 37.36), (111.77, 36.85)])
    place = shapely.Point(111.92, 37.03)
    rows += [
        {"layer": "corridor-units", "class": "corridor", "feature": "demonstration", "u": CORRIDOR}
        | {"extent": "whole"},
        {"layer": "parks", "class": "park", "feature": "one", "u": ("140781",), "name": evil}
        | {"extent": "within", "name_en": evil, "geometry": place},
        {"layer": "parks", "class": "park", "feature": "two", "u": ("140702",), "name": FORMULA}
        | {"extent": "within", "geometry": shapely.Point()},
        {"layer": "sketch", "class": "axis", "feature": "axis", "u": (), "geometry": axis}
        | {"extent": "indicative", "name": "示意轴线"},
        {"layer": "coal", "class": "coal", "feature": "city", "u": ("140300",), "name": "阳泉煤炭"}
        | {"extent": "within"},
        {"layer": "coal", "class": "coal", "feature": "words", "u": (), "name": "全省煤炭表述"}
        | {"extent": "statement"},
        {"layer": "words", "class": "coal", "feature": "said", "u": (), "name": "全省文字"}
        | {"extent": "statement"},
    ]
    rows += [*_rivers(), *_plots()]
    titles = {row["class"]: row["title"] for row in registries.classes()}
    for row in rows:
        row.setdefault("name", titles[row["class"]])
        row.setdefault("name_en", row["feature"])
        row |= {"section": row.get("section", "第一章第一节"), "lines": "13"}
        row.setdefault("drawn_by", "axis" if row["feature"] == "axis" else "units")
    return rows


def label(code: str) -> shapely.Point:
    """Return the point inside a county that its name is written at."""
    row = units().set_index("adcode").loc[code]
    return shapely.Point(row["label_lon"], row["label_lat"])


def _rivers() -> list[dict[str, Any]]:
    """Three rivers: through 榆次, through 灵石, and along the border of 灵石 and 介休."""
    shapes = units().set_index("adcode").geometry
    border = shapely.intersection(shapes["140729"], shapes["140781"])
    lines = [part for part in shapely.get_parts(border) if part.geom_type == "LineString"]
    drawn = {
        "north": ("北河", _across("140702")),
        "south": ("南河", _across("140729")),
        "border": ("界河", shapely.MultiLineString(lines)),
    }
    common = {"layer": "rivers", "class": "river", "extent": "indicative", "u": ()}
    common |= {"drawn_by": "reference", "note": "线位为示意。"}
    return [
        common | {"feature": key, "name": name, "geometry": shape, "section": f"{name}一节"}
        for key, (name, shape) in drawn.items()
    ]


def _across(code: str) -> shapely.LineString:
    at = label(code)
    return shapely.LineString([(at.x - 0.02, at.y), (at.x + 0.02, at.y)])


PLOTS = 25


def _plots() -> list[dict[str, Any]]:
    """Small delimited squares in 平遥, as a user's own file has them."""
    at = label("140728")
    corners = [(at.x + 0.003 * i, at.y) for i in range(PLOTS)]
    common = {"layer": "plots", "class": "plot", "extent": "delimited", "drawn_by": "file"}
    return [
        common
        | {"feature": f"plot-{i}", "name": f"地块{i + 1}", "u": (), "note": "批次一"}
        | {"geometry": shapely.box(x, y, x + 0.002, y + 0.002)}
        for i, (x, y) in enumerate(corners)
    ]


def _memberships(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = dict(zip(units()["adcode"], units()["name"], strict=True))
    return [
        {
            "id": schema.row_id(row["layer"], row["feature"], code),
            **{key: row[key] for key in ("layer", "class", "feature", "extent", "section")},
            "adcode": code,
            "name": names[code],
            "evidence": "printed",
            "document": "new" if row["layer"] == "coal" else "old",
            "line": 13,
        }
        for row in features
        for code in row["u"]
    ]


def _coverage(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for unit in units().to_dict("records"):
        for feature in features:
            rows += _covered(unit, feature)
        rows += [_state(unit, layer, "no_data") for layer in ("redline", "words")]
        # The text names the city of 阳泉, not its counties.
        if _inside(unit["adcode"], "140300") and unit["level"] == "county":
            rows = [r for r in rows if (r["adcode"], r["layer"]) != (unit["adcode"], "coal")]
            rows.append(_state(unit, "coal", "no_data"))
        for layer in ("zones", "corridor-units", "parks", "sketch", "rivers", "plots"):
            near = layer in OWN or _inside(unit["adcode"], "140700")
            state = "not_concerned" if near else "out_of_scope"
            if not any(r["adcode"] == unit["adcode"] and r["layer"] == layer for r in rows):
                rows.append(_state(unit, layer, state))
    unique = {(r["adcode"], r["layer"], r["class"], r["basis"]): r for r in rows}
    return list(unique.values())


def _state(unit: Mapping[Any, Any], layer: str, state: str) -> dict[str, Any]:
    return {"adcode": unit["adcode"], "layer": layer, "class": "", "basis": "list", "state": state}


def _covered(unit: Mapping[Any, Any], feature: dict[str, Any]) -> list[dict[str, Any]]:
    areas = dict(zip(units()["adcode"], units()["area_km2"], strict=True))
    code = unit["adcode"]
    common = {"adcode": code, "layer": feature["layer"], "class": feature["class"], "count": 1}
    common |= {"state": "concerned"}
    if feature["layer"] in OWN:
        return [common | OWN[feature["layer"]]] if code in _entered(feature) else []
    touched = [c for c in feature["u"] if _inside(c, code) or _inside(code, c)]
    if feature["extent"] == "indicative" and code in (*CORRIDOR, "140700", "140000"):
        return [common | {"basis": "indicative", "length_km": 31.0}]
    if not touched or feature["extent"] == "statement":
        return []
    if feature["extent"] != "whole":
        same = [r for r in ("one", "two") if feature["layer"] == "parks"]
        wide = code in ("140700", "140000")
        return [common | {"basis": "list", "count": len(same) if same and wide else 1}]
    area = sum(areas[c] for c in touched if len(touched) > 1 or c == code or _inside(c, code))
    # A unit above the plan's scope has no share.
    share = None if code == "140000" else area / unit["area_km2"]
    shares = {"share_of_unit": share, "share_of_class": 1.0}
    return [common | {"basis": "geometry", "area_net_km2": area, "area_gross_km2": area} | shares]


OWN: dict[str, dict[str, Any]] = {
    "rivers": {"basis": "indicative", "length_km": 4.0},
    "plots": {"basis": "geometry", "area_net_km2": 1.0, "share_of_unit": 0.001, "count": PLOTS},
}


def _entered(feature: dict[str, Any]) -> tuple[str, ...]:
    county = {"north": "140702", "south": "140729"}.get(feature["feature"])
    if feature["layer"] == "plots":
        county = "140728"
    return (county, "140700", "140000") if county else ()


def _overlaps() -> list[dict[str, Any]]:
    """Pairs on each basis; plots lie over each other, so that gross is more than net."""
    zone = {"layer_a": "zones", "layer_b": "corridor-units", "class_b": "corridor", "units": 1}
    plots = {"layer_a": "plots", "class_a": "plot", "layer_b": "zones", "units": 1}
    listed = {"layer_a": "coal", "class_a": "coal", "layer_b": "parks", "class_b": "park"}
    drawn = {"layer_a": "rivers", "class_a": "river", "layer_b": "zones", "units": 1}
    rows: list[dict[str, Any]] = []
    for code in (None, "140702"):
        exact = {"basis": "geometry", "area_km2": 1.5, "area_gross_km2": 1.5, "uncertainty": 0.01}
        exact |= {"share_of_a": 0.25, "share_of_b": 1 / 3, "class_a": "key_development"}
        rows.append(zone | exact | {"adcode": code})
    for code in (None, "140728"):
        exact = {"basis": "geometry", "area_km2": 0.8, "area_gross_km2": 1.2}
        exact |= {"share_of_a": 0.8, "share_of_b": 0.0002, "class_b": "key_development"}
        rows.append(plots | exact | {"adcode": code})
    for code in (None, "140729"):
        about = {"basis": "indicative", "area_km2": 29.0, "area_gross_km2": 29.0}
        about |= {"share_of_a": 0.81, "share_of_b": 0.0041, "class_b": "ecological_function"}
        rows.append(drawn | about | {"adcode": code})
    rows += [
        listed | {"basis": "list", "units": 1 if code else 2, "adcode": code}
        for code in (None, "140702", "140781")
    ]
    for row in rows:
        pair = (row["layer_a"], row["class_a"], row["layer_b"], row["class_b"])
        row["id"] = schema.row_id(*pair, row["basis"], row["adcode"])
    return rows


def _claims(attack: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"of": "corridor-units", "quantity": "area", "published": 6422.0, "measure": "km2"}
        | {"computed": 6421.02, "tolerance": 15.86, "difference": -0.98, "status": "agrees"}
        | {"method": "geometry"},
        {"of": "sketch/axis", "quantity": "length", "published": 184.0, "measure": "km"}
        | {"status": "not_checkable", "reason": "indicative_geometry", "missing": "surveyed_line"},
        {"of": "corridor-units/corridor", "quantity": "count", "published": 7.0}
        | {"measure": "units", "computed": 6.0, "tolerance": 0.5, "difference": -1.0}
        | {"status": "differs", "method": "list"},
        {"of": "parks", "quantity": "capacity", "published": 3.5, "measure": "10k_kw"}
        | {"status": "not_checkable", "reason": ATTACK if attack else "some_new_code"}
        | {"missing": "register_of_projects"},
        {"of": "zones/key_development", "quantity": "count", "published": 3.0}
        | {"measure": "units", "computed": 3.0, "tolerance": 0.5, "difference": 0.0}
        | {"status": "agrees", "method": "list"},
        {"of": "words/gdp", "quantity": "indicator", "label": "地区生产总值", "label_en": "GDP"}
        | {"published": 8.0, "measure": "percent", "reading": "target_growth", "year": "2020"}
        | {"computed": 6.5, "tolerance": 0.4, "difference": -1.5, "status": "inconsistent"}
        | {"method": "arithmetic", "check": "growth", "formula": "(2 ÷ 1)^(1/5) − 1"}
        | {"inputs": "indicators:words/gdp/actual/2015", "findings": "wrong-name"},
    ]
    for i, row in enumerate(rows):
        row |= {"id": f"c{i}", "layer": row["of"].split("/")[0], "document": "old"}
        row |= {"section": "第一章第一节", "line": 13, "lines": "13", "relation": "equal"}
        row |= {"converted": row["published"], "base_measure": "km2"}
    return rows
