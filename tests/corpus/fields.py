"""Files named by the ministry's codes: fields, codes and declared areas that are wrong or odd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import geopandas as gpd

from geoplan import crs
from tests.corpus.case import Case
from tests.mappings.squares import parcels, redlines, squares

SIDES = [1000.0, 2000.0, 3000.0]
"""Sides of squares of 1, 4 and 9 km², which lie in Shanxi."""
GOOD = [1.0, 4.0, 9.0]

Make = Callable[[], gpd.GeoDataFrame]


def written(make: Make, name: str, folder: Path) -> Path:
    """Write a file with shapes in degrees."""
    path = folder / name
    make().to_crs(crs.DATA_CRS).to_file(path)
    return path


def lines(area: Sequence[object], **more: Sequence[object]) -> Make:
    """Return what makes redlines with declared areas."""
    return partial(redlines, *SIDES, area=area, **more)


def without(make: Make, *columns: str) -> Make:
    """Return what makes a file without some columns."""
    return lambda: make().drop(columns=[*columns])


def renamed(make: Make, **names: str) -> Make:
    """Return what makes a file with other names of columns."""
    return lambda: make().rename(columns=names)


def land(codes: Sequence[object], **more: Sequence[object]) -> Make:
    """Return what makes parcels of the survey."""
    return partial(parcels, *SIDES, code=codes, **more)


def zones(names: Sequence[object]) -> gpd.GeoDataFrame:
    """Return zones of the development boundary, in m²."""
    columns = {"BSM": ["1", "2", "3"], "YSDM": ["1"] * 3, "XZQDM": ["140702"] * 3}
    return squares(*SIDES, **columns, GHFQMC=names, MJ=[1e6, 4e6, 9e6])


def farmland(**more: Sequence[object]) -> gpd.GeoDataFrame:
    """Return permanent basic farmland without ridges, in m²."""
    areas = [1e6, 4e6, 9e6]
    columns: dict[str, Sequence[object]] = {"BSM": ["1", "2", "3"], "YSDM": ["1"] * 3}
    columns |= {"YJJBNTTBBH": ["1", "2", "3"], "TBBH": ["1", "2", "3"], "DLBM": ["0103"] * 3}
    columns |= {"YJJBNTTBMJ": areas, "YJJBNTMJ": areas}
    return squares(*SIDES, **{**columns, **more})


def told(make: Make, *codes: str, name: str = "STBHHX.gpkg", words: str = "") -> Case:
    """Return a case of a file that is read, with what is noticed."""
    return Case(partial(written, make, name), "read", codes, words=words)


FOUND = "fields.area_unit_found"
CODES = ["0101", "0103", "0301"]
TWICE = {"BSM": ["a", "a", "b"]}

CASES: dict[str, Case] = {
    "declared areas in km²": told(lines(GOOD), FOUND, words="MJ is in km²"),
    "declared areas in hectares": told(lines([100, 400, 900]), FOUND, words="MJ is in ha"),
    "declared areas in m²": told(lines([1e6, 4e6, 9e6]), FOUND, words="MJ is in m²"),
    "declared areas in mu": told(lines([1500, 6000, 13500]), "fields.area_unit", words="are mu"),
    "declared areas in texts": told(lines(["1.0", " 4", "9.00"]), FOUND, words="MJ is in km²"),
    "declared areas of nothing": told(lines([5, 5, 5]), "fields.area_unit", words="in no unit"),
    "one declared area is half": told(
        lines([1, 4, 4.5]), "fields.area_differs", words="in 1 of 3 rows.*row 3: 4.5 km².*-50.0%"
    ),
    "declared areas rounded": told(lines([1.01, 3.97, 9.08]), FOUND, words="3 of 3 rows"),
    "an area of zero": told(lines([1, 0, 9]), "fields.area_empty", words="1 zero"),
    "a negative area": told(lines([1, -4, 9]), "fields.area_empty", words="1 negative"),
    "an empty area": told(lines([1, None, 9]), "fields.area_empty", words="1 empty or no number"),
    "an area that is a word": told(lines(["1", "约4", "9"]), "fields.area_empty", words="1 of 3"),
    "an infinite area": told(lines(["1", "inf", "9"]), "fields.area_empty"),
    "no column of areas": told(without(lines(GOOD), "MJ"), "fields.missing", words="missing: MJ"),
    "the name without the fields": told(
        lambda: squares(*SIDES, use=["a", "b", "c"]),
        "fields.missing",
        words="5 of its 5 fields are missing",
    ),
    "the fields without the name": told(
        lines(GOOD), "fields.proposed", name="redlines.gpkg", words="the name is not"
    ),
    "another word in the name": told(
        lines(GOOD), "fields.proposed", name="STBHHX_调出.gpkg", words="but also 调出"
    ),
    "names in lower case": told(
        renamed(lines(GOOD), XJXZQDM="xjxzqdm", LHLX="lhlx", MJ="mj"), FOUND, words="MJ is in km²"
    ),
    "names cut by a shapefile": told(farmland, FOUND, name="YJJBNTTB.shp"),
    "the older name of farmland": told(farmland, FOUND, name="140702YJJBNTBHTB_2019.gpkg"),
    "a Chinese name": told(lines(GOOD), FOUND, name="晋中市生态保护红线2021.gpkg"),
    "an unknown land-use code": told(
        land(["0101", "9999", "AB"]),
        "fields.unknown_code",
        name="DLTB.gpkg",
        words="2 code.s. that DLTB does not list, in 2 of 3 rows",
    ),
    "codes that are numbers": told(
        land([101, 103, 301]), "fields.unknown_code", name="DLTB.gpkg", words="'101' 1 times"
    ),
    "an empty code": told(land(["0101", None, ""]), "fields.no_code", name="DLTB.gpkg"),
    "areas that do not add up": told(
        land(CODES, KCMJ=[0.0, 5.0, 0.0]),
        "fields.area_sum",
        name="DLTB.gpkg",
        words="row 2: 4000000 − 5 is not 4000000",
    ),
    "an unknown code of farmland": told(
        partial(farmland, DLBM=["0103", "0104", "0103"]), "fields.unknown_code", name="YJJBNT.gpkg"
    ),
    "an unknown zone": told(
        partial(zones, ["城镇集中建设区", "特别用途区", "其他区"]),
        "fields.unknown_code",
        name="CZKFBJ.gpkg",
        words="'其他区' 1 times",
    ),
    "a formula in place of a code": told(
        land(["=1+1", "0101", "0103"]), "fields.unknown_code", name="DLTB.gpkg"
    ),
    "a tag in place of a code": told(
        land(["<b>x</b>", "0101", "0103"]), "fields.unknown_code", name="DLTB.gpkg"
    ),
    "a name of two codes": told(lines(GOOD), "fields.proposed", name="STBHHX_YJJBNT.gpkg"),
}
"""Files that are read, and what is noticed of their fields."""
