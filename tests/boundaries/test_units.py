"""The table of units: areas that add up, repairs that are told, boundaries that are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan import crs, gazetteer
from geoplan.boundaries import Source, build_units, read_source
from geoplan.config import shipped
from geoplan.errors import (
    DataError,
    GeometryError,
    GeoplanError,
    ImplausibleCRSError,
    MissingCRSError,
    UnitError,
)
from geoplan.schema import check
from tests.small import CELLS, CITY_A, CITY_B, PROVINCE, SmallProject, box, cell, degrees

Change = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]


@pytest.fixture
def folder(small: SmallProject) -> Path:
    """Return the boundaries of a small project."""
    return small.root / "data" / "boundaries"


def build(folder: Path, scope: str = PROVINCE) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Build units and issues of a folder."""
    return build_units(folder, gazetteer.load(folder), scope=scope)


def change(folder: Path, how: Change) -> None:
    """Rewrite the boundaries."""
    path = folder / "counties.parquet"
    how(gpd.read_parquet(path)).to_parquet(path)


def reshape(folder: Path, **shapes: shapely.Geometry | None) -> None:
    """Give counties (``c910101``) other shapes, in the work CRS."""
    new = {code[1:]: None if s is None else degrees(s) for code, s in shapes.items()}

    def how(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        made = [
            new.get(code, shape) for code, shape in zip(table.adcode, table.geometry, strict=True)
        ]
        return gpd.GeoDataFrame({"adcode": table.adcode}, geometry=made, crs=table.crs)

    change(folder, how)


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    """Change the text of a file."""
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def refused(folder: Path, error: type[GeoplanError], message: str) -> None:
    """Check that the boundaries are refused."""
    with pytest.raises(error, match=message) as caught:
        build(folder)
    assert type(caught.value) is error
    assert str(folder) in str(caught.value)


def test_areas_of_squares(folder: Path) -> None:
    units, issues = build(folder)
    area = units.set_index("adcode")["area_km2"]
    assert area[list(CELLS)].to_numpy() == pytest.approx([100] * 6, abs=1e-8)
    assert area[CITY_A] == pytest.approx(400, abs=1e-8)
    assert area[CITY_B] == pytest.approx(200, abs=1e-8)
    assert area[PROVINCE] == pytest.approx(600, abs=1e-8)
    assert len(issues) == 0
    check("issues", issues)


def test_table_of_units(folder: Path) -> None:
    units, _ = build(folder)
    assert units["adcode"].tolist() == sorted([*CELLS, CITY_A, CITY_B, PROVINCE])
    row = units.set_index("adcode").loc["910101"]
    assert (row["name"], row["level"], row["parent"]) == ("东山区", "county", CITY_A)
    assert row["pinyin"] == "dong shan qu"
    assert (row["label_lon"], row["label_lat"]) == (112.1, 36.2)
    assert units.set_index("adcode")["parent"].isna().tolist() == [True] + [False] * 8
    assert units.crs == crs.DATA_CRS


def test_outlines_are_dissolved(folder: Path) -> None:
    units, _ = build(folder)
    shapes = crs.to_work(units).set_index("adcode").geometry
    for code, expected in (
        (PROVINCE, box(0, 0, 3, 2)),
        (CITY_A, box(0, 0, 2, 2)),
        (CITY_B, box(2, 0, 3, 2)),
    ):
        assert shapely.get_num_interior_rings(shapes[code]) == 0
        assert shapely.symmetric_difference(shapes[code], expected).area < 1


def test_counties_stay_as_shipped_to_the_last_bit(folder: Path) -> None:
    units, _ = build(folder)
    shapes = units.set_index("adcode").geometry
    given = gpd.read_parquet(folder / "counties.parquet").set_index("adcode").geometry
    assert all(shapes[code].wkb == given[code].wkb for code in CELLS)


def test_uncertainty_follows_the_perimeter(folder: Path) -> None:
    units, _ = build(folder)
    found = units.set_index("adcode")["uncertainty_km2"]
    # 0.1 km · √(perimeter in km · 10 km): perimeters are 40, 80, 60 and 100 km.
    expected = {"910101": 2.0, CITY_A: 800**0.5 / 10, CITY_B: 600**0.5 / 10, PROVINCE: 10**0.5}
    assert found[list(expected)].to_dict() == pytest.approx(expected)


def test_scope_of_one_city(folder: Path) -> None:
    units, _ = build(folder, CITY_B)
    assert units["adcode"].tolist() == [CITY_B, "910201", "910202"]
    assert units["parent"].isna().tolist() == [True, False, False]
    assert units["area_km2"].iloc[0] == pytest.approx(200, abs=1e-8)


def test_scope_of_one_county(folder: Path) -> None:
    units, _ = build(folder, "910201")
    assert units["adcode"].tolist() == ["910201"]


def test_order_and_codes_of_the_file_do_not_matter(folder: Path) -> None:
    before, _ = build(folder)
    change(folder, lambda table: table.iloc[::-1].assign(adcode=lambda t: t["adcode"].astype(int)))
    after, _ = build(folder)
    pd.testing.assert_frame_equal(before, after)


def test_boundaries_in_another_system_are_reprojected(folder: Path) -> None:
    change(folder, lambda table: table.to_crs(4546))
    units, _ = build(folder)
    assert units.crs == crs.DATA_CRS
    assert units["area_km2"].to_numpy()[0] == pytest.approx(600, abs=1e-4)


def test_shipped_areas() -> None:
    units, issues = build(shipped() / "data" / "boundaries", "140000")
    assert len(issues) == 0
    assert units["level"].value_counts().to_dict() == {"county": 117, "city": 11, "province": 1}
    area = units.set_index("adcode")["area_km2"]
    assert area["140000"] == pytest.approx(156_665.6, abs=1)
    assert area["140700"] == pytest.approx(16_406, abs=1)
    corridor = ["140702", "140703", "140727", "140728", "140729", "140781"]
    assert area[corridor].sum() == pytest.approx(6_421, abs=1)
    # Whole square centimetres, so that counties add up to their city and province exactly.
    exact = (area * 10**10).round().astype("int64")
    for code in units.loc[units["level"] != "county", "adcode"]:
        inside = exact[units["adcode"][units["parent"] == code]]
        assert inside.sum() == exact[code]


# Repairs and faults of borders.


def test_a_polygon_that_crosses_itself_is_repaired_and_told(folder: Path) -> None:
    corners = np.array(cell("910101").exterior.coords)
    bow_tie = shapely.Polygon(corners[[0, 2, 1, 3]])
    reshape(folder, c910101=bow_tie)
    units, issues = build(folder)
    repair = issues[issues["check"] == "repaired"]
    assert repair["subject"].tolist() == ["910101"]
    assert repair["message"].iloc[0].startswith("boundary repaired: shell: Self-intersection at")
    # Two triangles, both of which count before and after.
    assert repair["measured"].iloc[0] in ("+0.000000 km2", "-0.000000 km2")
    assert units.set_index("adcode")["area_km2"]["910101"] == pytest.approx(50, abs=1e-3)
    assert units.geometry.is_valid.all()


def test_a_gap_is_told_with_its_neighbours(folder: Path) -> None:
    notch = box(0.8, 0.9, 1, 1)  # 2 km by 1 km, where the four counties of a city meet
    reshape(folder, c910103=cell("910103") - notch)
    units, issues = build(folder)
    gap = issues[issues["check"] == "gap"]
    assert gap["measured"].tolist() == ["2.000000 km2"]
    assert gap["subject"].tolist() == ["910101 910102 910103 910104"]
    assert units.set_index("adcode")["area_km2"][PROVINCE] == pytest.approx(598, abs=1e-3)


def test_a_small_overlap_is_told_for_both_units(folder: Path) -> None:
    reshape(folder, c910101=box(0, 1, 1.009, 2))
    _, issues = build(folder)
    told = issues[issues["check"] == "coverage"].set_index("subject")["measured"]
    assert set(told.index) >= {"910101", "910102"}
    assert told["910101"] == told["910102"] == "0.900000 km2"
    assert "910202" not in told


# Boundaries that are refused.


def test_unknown_scope(folder: Path) -> None:
    with pytest.raises(UnitError, match=r"scope '999999' is no unit of .*gazetteer\.csv"):
        build(folder, "999999")


def test_missing_boundaries(folder: Path) -> None:
    (folder / "counties.parquet").unlink()
    refused(folder, DataError, r"counties\.parquet: there is no such file")


def test_missing_column(folder: Path) -> None:
    change(folder, lambda table: table.rename(columns={"adcode": "code"}))
    refused(folder, DataError, "column 'adcode' is missing; there are: code, geometry")


def test_missing_and_repeated_codes(folder: Path) -> None:
    swap = {"910102": "910101"}
    change(folder, lambda table: table.assign(adcode=table["adcode"].replace(swap)))
    refused(folder, UnitError, r"1 repeated codes \['910101'\], 1 codes .* \['910102'\]")


def test_missing_system(folder: Path) -> None:
    change(folder, lambda table: table.set_crs(None, allow_override=True))
    refused(folder, MissingCRSError, "6 features, but no coordinate system is stated")


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (lambda t: t.set_crs(4546, allow_override=True), "look like degrees"),
        (lambda t: t.to_crs(4546).set_crs(4490, allow_override=True), "are no degrees"),
    ],
)
def test_implausible_system(folder: Path, how: Change, message: str) -> None:
    change(folder, how)
    refused(folder, ImplausibleCRSError, message)


def test_boundaries_that_are_no_polygons(folder: Path) -> None:
    reshape(folder, c910101=shapely.LineString([(640_000, 4e6), (650_000, 4e6)]), c910102=None)
    message = "2 boundaries are no polygons:\n  - 910101: LineString\n  - 910102: nothing"
    refused(folder, GeometryError, message)


def test_boundary_without_area(folder: Path) -> None:
    flat = shapely.Polygon([(112, 36), (113, 36), (112.5, 36)])

    def flatten(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return table.set_geometry([flat, *table.geometry.iloc[1:]], crs=table.crs)

    change(folder, flatten)
    with pytest.raises(GeometryError, match="boundary of 910101 is not a polygon: "):
        build(folder)


def test_city_without_county(folder: Path) -> None:
    rewrite(folder, "gazetteer.csv", "county,910200", "county,910100")
    rewrite(folder, "groups.csv", "甲州市城区", "南水")
    refused(folder, UnitError, r"gazetteer\.csv: 1 without county: \['910200'\]")


def test_label_that_is_no_number(folder: Path) -> None:
    rewrite(folder, "gazetteer.csv", "112.2,36.2", "112.2,N36")
    refused(folder, DataError, r"gazetteer\.csv: label_lon, label_lat: .*N36")


# source.toml


def test_source(folder: Path) -> None:
    source = read_source(folder)
    assert (source.vintage, source.displacement_km, source.spacing_km) == ("2020-06-30", 0.1, 10.0)
    assert source.uncertainty_km2(np.array([40.0, 0.0])).tolist() == [2.0, 0.0]


def test_source_with_a_byte_order_mark(folder: Path) -> None:
    rewrite(folder, "source.toml", "title", "\ufefftitle")
    assert isinstance(read_source(folder), Source)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("vintage", "vintag", "line 1: vintage: Field required\n  - line 2: unknown key 'vintag'"),
        ('"2020-06-30"', '"2020"', "line 2: vintage: "),
        ("= 0.1", "= -0.1", "line 4: displacement_km: "),
        ("= 0.1", "=", "not valid TOML: "),
    ],
)
def test_wrong_source(folder: Path, old: str, new: str, message: str) -> None:
    rewrite(folder, "source.toml", old, new)
    with pytest.raises(DataError, match=message) as caught:
        read_source(folder)
    assert str(caught.value).startswith(f"{folder / 'source.toml'}:")


def test_source_that_cannot_be_read(folder: Path) -> None:
    (folder / "source.toml").write_bytes("title = '方格'".encode("gbk"))
    with pytest.raises(DataError, match=r"source\.toml: cannot be read as UTF-8"):
        read_source(folder)
    (folder / "source.toml").unlink()
    with pytest.raises(DataError, match=r"source\.toml: cannot be read: "):
        read_source(folder)
