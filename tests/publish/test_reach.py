"""Where a feature is: its own shape decides, and a touch of the border does not count."""

from __future__ import annotations

from pathlib import Path

import pytest

import geopandas as gpd
import shapely

from geoplan.config import Config
from geoplan.publish.atlas import Atlas
from geoplan.publish.content import page_data
from geoplan.publish.generalise import ground
from geoplan.publish.items import items
from geoplan.publish.reach import reached
from geoplan.publish.rows import Shown
from geoplan.schema import records
from tests.publish import sample
from tests.publish.paging import every_page

WEST, EAST = shapely.box(112, 37, 113, 38), shapely.box(113, 37, 114, 38)


def tables(shape: shapely.Geometry | None, **keys: object) -> dict[str, object]:
    feature = {"layer": "l", "feature": "f", "class": "c", "extent": "indicative"}
    feature |= {"drawn_by": "reference", "geometry": shape} | keys
    return {"units": two_counties(), "features": sample.table("features", [feature])}


def two_counties() -> gpd.GeoDataFrame:
    rows = [("140001", WEST), ("140002", EAST), ("140000", shapely.box(112, 37, 114, 38))]
    return sample.table(
        "units",
        [
            {"adcode": code, "geometry": shape}
            | {"level": "province" if code == "140000" else "county"}
            for code, shape in rows
        ],
    )


@pytest.mark.parametrize(
    ("shape", "codes"),
    [
        (shapely.LineString([(112.5, 37.5), (112.6, 37.5)]), ("140001",)),
        (shapely.LineString([(112.5, 37.5), (113.5, 37.5)]), ("140001", "140002")),
        (shapely.LineString([(112.5, 37.5), (113, 37.5)]), ("140001",)),
        (shapely.LineString([(113, 37.2), (113, 37.8)]), ()),
        (shapely.LineString([(112.5, 37.5), (113.000001, 37.5)]), ("140001",)),
        (shapely.box(113, 37.2, 113.5, 37.8), ("140002",)),
        (shapely.box(112.9, 37.2, 113.1, 37.8), ("140001", "140002")),
        (shapely.box(112.9, 37.2, 113.0000000001, 37.2001), ("140001",)),
        (shapely.LineString([(115, 37.5), (116, 37.5)]), ()),
    ],
)
def test_shapes_are_where_they_have_length_or_area(
    shape: shapely.Geometry, codes: tuple[str, ...]
) -> None:
    assert reached(tables(shape)) == {("l", "f"): codes}  # type: ignore[arg-type]


@pytest.mark.parametrize("drawn_by", ["units", "sites", "none"])
def test_features_without_a_shape_of_their_own_are_left_out(drawn_by: str) -> None:
    inside = shapely.Point(112.5, 37.5)
    assert reached(tables(inside, drawn_by=drawn_by)) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [None, shapely.LineString()])
def test_empty_shapes_are_left_out(shape: shapely.Geometry | None) -> None:
    assert reached(tables(shape)) == {}  # type: ignore[arg-type]


def test_items_know_the_counties_of_each_feature() -> None:
    made = {item.key: item for item in items(sample.tables())}
    river = made["rivers|river|indicative"]
    places = dict(zip(river.features, river.places, strict=True))
    assert places == {"north": ("140702",), "south": ("140729",), "border": ()}
    assert river.filled == frozenset()
    assert made["plots|plot|geometry"].counties == {"140728"}
    assert made["plots|plot|geometry"].filled == frozenset()
    parks = made["parks|park|list"]
    assert parks.filled == parks.counties == {"140702", "140781"}


def test_pages_say_where_shapes_are_and_only_shapes(tmp_path: Path) -> None:
    all_tables = Shown(sample.tables())
    config: Config = sample.project(tmp_path).config
    made = items(all_tables)
    pages = every_page(all_tables, config, items=made)
    atlas = Atlas(all_tables, config, made, pages, sample.AS_OF, "public")
    counties = ground(all_tables, 0.0)
    data = page_data(atlas, pages[0], ground=counties, features=all_tables["features"], error_m=0.0)
    names = [row["feature"] for row in records(all_tables["features"])]
    both = zip(names, data["features"], strict=True)
    at = {name: f["at"] for name, f in both if "at" in f}
    assert at["south"] == ["140729"]
    assert at["border"] == []
    assert set(at) == {"axis", *("north", "south", "border"), *(p for p in at if "plot" in p)}


@pytest.mark.parametrize("page", ["jinzhong.html", "energy.html"])
def test_the_table_without_scripts_has_rivers_of_the_scope(atlas: Path, page: str) -> None:
    text = (atlas / page).read_text("utf-8")
    rows = text[text.index('<main id="plain"') : text.index("</main>")].split("<tr>")
    row = next(row for row in rows if "河流修复" in row)
    assert "北河一节；南河一节" in row
    assert "界河一节" not in row
