"""The shipped rules: what they find was judged row by row, and is pinned here."""

from __future__ import annotations

import shutil
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan.build import STAGES, read_tables, run_stages
from geoplan.config import load, shipped
from geoplan.layers.read import TEMPLATES
from geoplan.schema import TABLES, records

Tables = dict[str, pd.DataFrame]
LAYERS = shipped() / "layers"
LINGSHI = "140729"

JUDGED = {
    ("coking-in-ecological-county", "coordinate"): "灵石县",
    ("park-in-ecological-county", "coordinate"): "灵石县",
    ("eastern-parks-in-ecological-county", "attention"): "榆社县 榆社县 左权县 和顺县",
    ("smelting-in-ecological-county", "attention"): "灵石县",
    ("coal-and-power-in-ecological-county", "attention"): "榆社县 左权县 和顺县",
    ("energy-base-in-ecological-county", "attention"): "榆社县 左权县 和顺县",
    ("coalbed-methane-in-ecological-county", "attention"): "左权县 和顺县",
    ("wind-in-ecological-county", "attention"): "榆社县 左权县 和顺县",
    ("photovoltaics-in-ecological-county", "attention"): "榆社县 左权县 和顺县",
    ("coal-logistics-in-ecological-county", "attention"): "左权县",
    ("industry-axis-in-ecological-county", "coordinate"): "灵石县",
    ("corridor-and-ecological-county", "attention"): "灵石县",
    ("corridor-and-farm-county", "attention"): "太谷区 祁县",
    ("coal-chemicals-in-farm-county", "coordinate"): "昔阳县 寿阳县 寿阳县",
    ("energy-in-farm-county", "attention"): "昔阳县 昔阳县 昔阳县 寿阳县 寿阳县 寿阳县",
    ("park-in-farm-county", "attention"): "太谷区 太谷区 昔阳县 寿阳县 祁县 祁县 祁县",
    ("furnaces-in-farm-county", "attention"): "太谷区 祁县",
    ("photovoltaics-in-farm-county", "attention"): "昔阳县",
    ("agri-valley-and-zone", "attention"): "太谷区",
    ("coal-chemicals-in-conservation-area", "attention"): "昔阳县 寿阳县 寿阳县",
    ("energy-clusters-and-resort", "attention"): "榆社县 左权县 和顺县 昔阳县 寿阳县",
    ("tourism-in-ecological-county", "compatible"): "榆社县 左权县 和顺县",
    ("tourism-block-and-coking", "attention"): "灵石县 介休市",
    ("prohibited-site-in-key-development-county", "attention"): "榆次区 平遥县 介休市 介休市",
    ("energy-and-prohibited-site", "attention"): "左权县 左权县 左权县 寿阳县 寿阳县",
    ("scenic-site-in-prohibited-site", "attention"): "榆次区 介休市",
    ("scenic-site-in-nature-reserve", "attention"): "宁武县",
    ("projects-at-pingyao-old-town", "attention"): "平遥县 平遥县 平遥县",
    ("works-along-rivers", "attention"): "榆社县 灵石县 介休市 介休市",
    ("mines-in-spring-area", "attention"): "朔城区",
    ("tourism-at-lake", "attention"): "晋源区 榆社县",
    ("scenic-site-at-spring", "attention"): "晋源区 平定县",
    ("dam-and-waterfall", "attention"): "吉县",
    ("coal-to-liquids-at-restored-river", "attention"): "襄垣县",
    ("chemical-logistics-and-tourism-town", "attention"): "介休市 介休市",
    ("industrial-area-and-new-district", "attention"): "介休市",
    ("coking-and-sub-centre", "attention"): "介休市",
}
"""Counties of what each rule finds, one for each pair."""

WAITING = {
    "methane-and-coal",
    "heavy-industry-in-air-control-area",
    "towns-on-subsided-land",
    "industry-in-redline",
    "mining-in-redline",
    "mining-in-nature-reserve",
}
"""Rules for data that does not come with the project: coal by county, delimited lines."""


@cache
def rules() -> dict[str, dict[str, Any]]:
    return {
        rule["id"]: rule
        for rule in tomllib.loads((LAYERS / "rules.toml").read_text("utf-8"))["rule"]
    }


def found(tables: Tables) -> pd.DataFrame:
    """Return the findings with the names of counties."""
    names = tables["units"].set_index("adcode")["name"]
    return tables["conflicts"].assign(county=lambda rows: rows["adcode"].map(names))


def test_every_finding_is_one_that_was_judged(shipped_tables: Tables) -> None:
    rows = found(shipped_tables)
    counts = Counter(zip(rows["rule"], rows["grade"], rows["county"], strict=True))
    judged = Counter(
        (*of, county) for of, counties in JUDGED.items() for county in counties.split()
    )
    assert counts == judged


def test_rules_find_something_or_wait_for_data(shipped_tables: Tables) -> None:
    assert {rule for rule, _ in JUDGED} | WAITING == set(rules())
    assert set(shipped_tables["conflicts"]["rule"]).isdisjoint(WAITING)
    # Nobody has to look at hundreds of rows.
    assert len(shipped_tables["conflicts"]) < 150


def test_lingshi_has_its_coking_cluster_and_its_park_to_coordinate(shipped_tables: Tables) -> None:
    rows = shipped_tables["conflicts"]
    rows = rows[(rows["adcode"] == LINGSHI) & (rows["grade"] == "coordinate")]
    function = ("jinzhong-main-function-zones", "provincial-ecological-function")
    assert set(zip(rows["layer_b"], rows["feature_b"], strict=True)) == {function}
    assert set(zip(rows["layer_a"], rows["feature_a"], strict=True)) == {
        ("jinzhong-coking", "lingshi-coking"),
        ("jinzhong-108-parks", "lingshi-high-tech-park"),
        ("jinzhong-108-zones", "town-industry-axis"),
    }
    assert rows["area_km2"].isna().all()
    assert rows["reconciled_by"].isna().all()


def test_what_is_to_be_coordinated_is_printed_for_the_county(shipped_tables: Tables) -> None:
    # Counties that the catalogue concluded are no ground for more than a look.
    members = shipped_tables["memberships"].set_index(["layer", "feature", "adcode"])["evidence"]
    for row in records(shipped_tables["conflicts"]):
        if row["grade"] in ("breaks", "coordinate"):
            for end in ("a", "b"):
                place = (row[f"layer_{end}"], row[f"feature_{end}"], row["adcode"])
                assert members[place] == "printed", row


def test_what_the_rules_allow_is_never_more_than_attention(shipped_tables: Tables) -> None:
    rows = shipped_tables["conflicts"]
    allowed = ["wind", "photovoltaic", "coal_power", "energy_base", "coalbed_methane", "resort"]
    there = rows[rows["class_a"].isin([*allowed, "scenic_site"])]
    assert set(there["grade"]) == {"attention", "compatible"}
    eastern = rows[rows["rule"].isin(r for r in rules() if r.endswith("-in-ecological-county"))]
    eastern = eastern[eastern["adcode"] != LINGSHI]
    assert len(eastern) > 15
    assert eastern["reconciled_by"].notna().all()


def test_findings_are_of_counties_and_only_zones_have_areas(shipped_tables: Tables) -> None:
    rows = shipped_tables["conflicts"]
    levels = shipped_tables["units"].set_index("adcode")["level"]
    assert set(rows["adcode"].map(levels)) == {"county"}
    measured = rows[rows["area_km2"].notna()]
    assert set(measured["basis"]) == {"geometry"}
    assert set(measured["rule"]) == {"corridor-and-ecological-county", "corridor-and-farm-county"}


def test_only_regulations_that_were_not_at_hand_are_unverified() -> None:
    paths = (LAYERS / "rules.toml", LAYERS / TEMPLATES / "rules.toml")
    every = [r for path in paths for r in tomllib.loads(path.read_text("utf-8"))["rule"]]
    for rule in every:
        source = rule["source"]
        assert source.get("unverified", False) == ("title" in source), rule["id"]
        assert ("printed" in source) == ("document" in source), rule["id"]
        if rule["grade"] == "breaks":
            # Only outlines can break a rule, and an unknown place is no outline.
            assert rule["extents_a"] == rule["extents_b"] == ["delimited"], rule["id"]


SQUARES = {
    "YJJBNTTB": ({"YJJBNTTBBH": ["a1"], "DLMC": ["旱地"]}, (111.75, 36.80, 111.80, 36.85)),
    "STBHHX": ({"BSM": ["r1"], "XJXZQMC": ["灵石县"]}, (111.70, 36.70, 111.76, 36.82)),
    "CZKFBJ": ({"BSM": ["c1"], "GHFQMC": ["县城"]}, (111.78, 36.83, 111.83, 36.88)),
    "PARK": ({"BSM": ["p1"], "NAME": ["甲园区"]}, (111.74, 36.81, 111.82, 36.86)),
}
"""Control lines of somebody, and the outline of a park, all in Lingshi."""

PARKS = """
id = "own-parks"
title = { zh = "园区四至", en = "Outlines of parks" }
theme = "control_lines"
document = "shanxi-territorial-plan"
sensitivity = "internal"
[file]
path = "PARK.gpkg"
class_id = "industry_park"
name = "NAME"
id = "BSM"
"""


JUDGED_WHOLE = {
    "corridor-and-ecological-county",
    "corridor-and-farm-county",
    "park-in-ecological-county",
}
"""Rules that find pairs with areas in the shipped catalogue, or of its whole counties."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return the findings of a project with the templates and files of its own."""
    root: Path = tmp_path_factory.mktemp("own")
    shutil.copytree(LAYERS / TEMPLATES, root / "layers")
    text = (shipped() / "geoplan.toml").read_text("utf-8")
    (root / "geoplan.toml").write_text(f"extend = true\n{text}", encoding="utf-8")
    folder = root / "layers" / "control_lines"
    (folder / "own-parks.toml").write_text(PARKS, encoding="utf-8")
    for name, (columns, square) in SQUARES.items():
        shape = gpd.GeoDataFrame(columns, geometry=[shapely.box(*square)], crs=4490)
        shape.to_file(folder / f"{name}.gpkg")
    project = load(root)
    run_stages(project, STAGES[:-1])
    return found(read_tables(project, TABLES))


def test_lines_of_users_wake_their_rules(own: pd.DataFrame) -> None:
    rows = own[own["basis"] == "geometry"].set_index("rule")
    rows = rows[~rows.index.isin(JUDGED_WHOLE)]
    assert rows["grade"].to_dict() == {
        "building-on-permanent-farmland": "breaks",
        "industry-in-redline": "breaks",
        "redline-and-permanent-farmland": "coordinate",
        "urban-boundary-and-other-lines": "coordinate",
    }
    assert set(rows["county"]) == {"灵石县"}
    # 0.05° by 0.04° at 36.8° north.
    assert rows.loc["building-on-permanent-farmland", "area_km2"] == pytest.approx(19.8, abs=0.2)
    assert (rows["area_km2"] > 0.5).all()


def test_parks_without_outlines_say_nothing_of_lines(own: pd.DataFrame) -> None:
    # A redline in a county is no ground to ask all its parks.
    lines = own[own["class_a"].isin(["ecological_redline", "permanent_basic_farmland"])]
    assert set(lines["basis"]) == {"geometry"}
    rest = {(rule, grade) for rule, grade in zip(own["rule"], own["grade"], strict=True)}
    assert set(JUDGED) <= rest
