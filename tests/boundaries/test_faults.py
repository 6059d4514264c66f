"""Boundaries of one's own that cannot be right: refused with codes, never mended in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan import gazetteer
from geoplan.boundaries import build_units
from geoplan.errors import DataError, GeometryError, GeoplanError, UnitError
from tests.small import CITY_B, PROVINCE, SmallProject, box, cell, degrees


@pytest.fixture
def folder(small: SmallProject) -> Path:
    """Return the boundaries of a small project."""
    return small.root / "data" / "boundaries"


def refused(folder: Path, error: type[GeoplanError], message: str, scope: str = PROVINCE) -> None:
    """Check that the boundaries are refused."""
    with pytest.raises(error, match=message) as caught:
        build_units(folder, gazetteer.load(folder), scope=scope)
    assert type(caught.value) is error
    assert caught.value.exit_code == 3
    assert str(folder) in str(caught.value)


def add(folder: Path, **shapes: shapely.Geometry) -> None:
    """Replace or add boundaries (``c910101``), in degrees."""
    path = folder / "counties.parquet"
    table = gpd.read_parquet(path).set_index("adcode").geometry.to_dict()
    table |= {code[1:]: shape for code, shape in shapes.items()}
    columns = {"adcode": list(table), "geometry": list(table.values())}
    gpd.GeoDataFrame(columns, crs=4490).to_parquet(path)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_coordinate_that_is_no_number(folder: Path, number: float) -> None:
    corners = shapely.get_coordinates(degrees(cell("910102")))
    corners[2, 0] = number
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon(corners)
    add(folder, c910102=broken)
    message = "1 boundaries have coordinates that are no finite numbers, .*: 910102; export"
    refused(folder, GeometryError, message)


def test_boundary_without_a_row_in_the_gazetteer(folder: Path) -> None:
    add(folder, c910299=degrees(box(3, 0, 4, 1)))
    message = r"1 boundaries that are no county of gazetteer\.csv \['910299'\]"
    refused(folder, UnitError, message)
    # Also where it lies outside of what is shown.
    refused(folder, UnitError, message, scope="910100")


def test_boundary_of_a_city_is_no_county(folder: Path) -> None:
    add(folder, c910200=degrees(box(3, 0, 4, 1)))
    refused(folder, UnitError, r"no county of gazetteer\.csv \['910200'\]")


def test_counties_of_the_gazetteer_outside_the_scope_need_no_boundary(folder: Path) -> None:
    path = folder / "counties.parquet"
    gpd.read_parquet(path).query("adcode != '910101'").to_parquet(path)
    refused(folder, UnitError, r"1 codes of the gazetteer without boundary \['910101'\]")
    units, _ = build_units(folder, gazetteer.load(folder), scope=CITY_B)
    assert units["adcode"].tolist() == [CITY_B, "910201", "910202"]


def test_counties_that_overlap_by_more_than_a_hundredth(folder: Path) -> None:
    add(folder, c910101=degrees(box(0, 1, 1.02, 2)))
    message = (
        r"1 pair\(s\) of counties overlap by more than 1%:\n"
        r"  - 910101 and 910102 share 2\.0000\d\d km2, 2\.0% of the smaller one\n"
    )
    refused(folder, GeometryError, message)


def test_small_county_within_another(folder: Path) -> None:
    # 1 km2 of 100: a hundredth of the larger one, and all of the smaller.
    add(folder, c910101=degrees(box(1.4, 1.4, 1.5, 1.5)))
    refused(folder, GeometryError, r"910101 and 910102 share 1\.0000\d\d km2, 100\.0% of")


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_label_that_is_no_finite_number(folder: Path, number: str) -> None:
    path = folder / "gazetteer.csv"
    text = path.read_text("utf-8").replace("南水,112.1", f"南水,{number}")
    path.write_text(text, encoding="utf-8")
    refused(folder, DataError, "label_lon, label_lat: no finite number in 1 row.s.: 910103")


def test_boundaries_without_geometry(folder: Path) -> None:
    path = folder / "counties.parquet"
    gpd.read_parquet(path).drop(columns="geometry").to_parquet(path)
    refused(folder, DataError, r"counties\.parquet: ")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("= 0.1", "= inf", "displacement_km: Input should be a finite number"),
        ("= 0.1", '= "0.1"', "displacement_km: must be a number, without quotes"),
        ("= 0.1", "= true", "displacement_km: must be a number, without quotes"),
        ('"方格"', '""', "title: "),
        ('"made for tests"', '"a\\u0007"', "licence: holds U.0007; write plain text on one line"),
    ],
)
def test_source_with_a_wrong_value(folder: Path, old: str, new: str, message: str) -> None:
    path = folder / "source.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    refused(folder, DataError, message)
