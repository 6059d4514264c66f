"""Classes of zones on rasters of a few cells, whose answers are mental arithmetic."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rasterio
import shapely

from geoplan import raster
from geoplan.errors import DataError, UsageError
from geoplan.zonal import statistics
from tests.raster.grids import numbered, write
from tests.zonal.given import SERIAL, box, classes_of, zones

LAND = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 0, 4]], dtype="uint8")
"""Four classes and one cell without data."""

WHOLE = box(0, 3, 4, 0)


def rows_of(table: pd.DataFrame) -> list[tuple[object, float, float]]:
    """Return class, area in cells, and share of the zone."""
    return [
        (None if pd.isna(row["class"]) else row["class"], row["area_km2"] * 100, row["share"])
        for row in table.rename(columns={"share_of_zone": "share"}).to_dict("records")
    ]


CASES = [
    pytest.param(box(0, 2, 2, 0), [(1, 4, 1)], id="one class"),
    pytest.param(box(1, 2, 3, 0), [(1, 2, 0.5), (2, 2, 0.5)], id="two halves"),
    pytest.param(box(1.5, 2, 2.5, 0), [(1, 1, 0.5), (2, 1, 0.5)], id="halves of cells"),
    pytest.param(box(0, 2.5, 1, 1.5), [(1, 0.5, 0.5), (3, 0.5, 0.5)], id="from two rows"),
    pytest.param(
        box(1, 3, 3, 1),
        [(1, 1, 0.25), (2, 1, 0.25), (3, 1, 0.25)],
        id="a quarter without data",
    ),
    pytest.param(box(2, 3, 3, 2), [(None, 0, 0)], id="no data at all"),
    pytest.param(box(4, 3, 5, 0), [(None, 0, 0)], id="outside"),
    pytest.param(box(3, 3, 5, 2), [(4, 1, 0.5)], id="half outside"),
    pytest.param(box(3.4, 2.6, 3.6, 2.4), [(4, 0.04, 1)], id="a part of a cell"),
    pytest.param(None, [(None, 0, 0)], id="no shape"),
    pytest.param(shapely.Polygon(), [(None, 0, 0)], id="an empty shape"),
    pytest.param(WHOLE - box(0, 2, 4, 0), [(3, 2, 0.5), (4, 1, 0.25)], id="a row"),
    pytest.param(
        shapely.union(box(0, 1, 1, 0), box(3, 3, 4, 2)), [(1, 1, 0.5), (4, 1, 0.5)], id="parts"
    ),
]


@pytest.mark.parametrize(("shape", "expected"), CASES)
def test_areas_by_class(
    tmp_path: Path, shape: shapely.Geometry, expected: list[tuple[int | None, float, float]]
) -> None:
    found = rows_of(classes_of(tmp_path, LAND, shape, nodata=0))
    assert [row[0] for row in found] == [row[0] for row in expected]
    assert [row[1] for row in found] == pytest.approx([row[1] for row in expected], abs=1e-6)
    assert [row[2] for row in found] == pytest.approx([row[2] for row in expected], abs=1e-6)


def test_shares_and_what_has_no_class_make_the_zone(tmp_path: Path) -> None:
    shapes = [WHOLE, box(1, 3, 6, 1), box(-2, 2, 3, 0), box(2, 3, 3, 2), box(0.3, 2.7, 3.9, 0.2)]
    table = classes_of(tmp_path, LAND, *shapes, nodata=0)
    by_zone = table.groupby("zone")
    share, covered = by_zone["share_of_zone"].sum(), by_zone["share_covered"].first()
    assert share.to_numpy() == pytest.approx(covered.to_numpy(), abs=1e-9)
    areas = by_zone["area_km2"].sum().to_numpy()
    assert areas == pytest.approx((by_zone["zone_km2"].first() * covered).to_numpy(), abs=1e-12)
    assert (table["share_covered"] + table["share_nodata"] <= 1 + 1e-12).all()


def test_areas_of_a_partition_add_up_class_by_class(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(0, 6, (40, 50)).astype("uint8")
    edges = [0, 7.3, 19.5, 33.1, 50]
    parts = [box(west, 40, east, 0) for west, east in itertools.pairwise(edges)]
    table = classes_of(tmp_path, values, box(0, 40, 50, 0), *parts, nodata=0)
    whole = table[table["zone"] == 0].set_index("class")["area_km2"]
    summed = table[table["zone"] > 0].groupby("class")["area_km2"].sum()
    counts = np.bincount(values.ravel(), minlength=6)[1:]
    assert whole.index.tolist() == summed.index.tolist() == [1, 2, 3, 4, 5]
    assert whole.to_numpy() * 100 == pytest.approx(counts, abs=1e-9)
    assert summed.to_numpy() == pytest.approx(whole.to_numpy(), rel=1e-6)


def test_overlapping_zones_have_each_their_own(tmp_path: Path) -> None:
    table = classes_of(tmp_path, LAND, box(0, 2, 2, 0), box(0, 2, 2, 0), WHOLE, nodata=0)
    assert table["zone"].tolist() == [0, 1, 2, 2, 2, 2]
    assert (table["area_km2"] * 100).tolist() == pytest.approx([4, 4, 4, 4, 2, 1])


TYPES = [
    pytest.param("uint8", [0, 255], id="uint8"),
    pytest.param("int8", [-128, 127], id="int8"),
    pytest.param("int16", [-32768, 32767], id="int16"),
    pytest.param("uint16", [0, 65535], id="uint16"),
    pytest.param("int32", [-(1 << 31), (1 << 31) - 1], id="int32"),
    pytest.param("uint32", [0, (1 << 32) - 1], id="uint32"),
    pytest.param("int64", [-5, (1 << 53) + 1], id="int64"),
    pytest.param("uint64", [3, (1 << 62) + 1], id="uint64"),
]


@pytest.mark.parametrize(("dtype", "values"), TYPES)
def test_numbers_of_classes_are_kept_to_the_last_digit(
    tmp_path: Path, dtype: str, values: list[int]
) -> None:
    cells = np.array([values], dtype=dtype)
    table = classes_of(tmp_path, cells, box(0, 1, 2, 0), nodata=None)
    assert table["class"].tolist() == values
    assert table["title"].tolist() == [str(value) for value in values]
    assert table["share_of_zone"].tolist() == [0.5, 0.5]


def test_a_class_too_high_to_be_told_is_refused(tmp_path: Path) -> None:
    cells = np.array([[1, (1 << 63) + 5]], dtype="uint64")
    with pytest.raises(DataError, match="class 9223372036854775813"):
        classes_of(tmp_path, cells, box(0, 1, 2, 0), nodata=None)


def test_classes_with_a_scale_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "s.tif", LAND, nodata=0)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1,), (0.0,)
    with pytest.raises(UsageError, match=r"scale 0\.1 and offset 0"):
        raster.look(path, kind="categorical")


def test_a_legend_beside_a_scale_makes_no_classes(tmp_path: Path) -> None:
    path = write(tmp_path / "s.tif", LAND, nodata=0)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {1: (255, 0, 0, 255)})
        file.scales, file.offsets = (0.5,), (0.0,)
    source = raster.look(path)
    assert source.kind == "continuous"
    assert statistics(source, zones(box(0, 1, 1, 0)), options=SERIAL)["mean"][0] == 0.5


def test_titles_are_those_of_the_legend(tmp_path: Path) -> None:
    path = write(tmp_path / "t.tif", LAND, nodata=0)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {1: (255, 0, 0, 255), 2: (0, 255, 0, 255)})
        file.update_tags(1, class_1="forest")
    table = statistics(raster.look(path), zones(WHOLE), options=SERIAL)
    assert table["title"].tolist() == ["forest", "2", "3", "4"]


def test_rows_are_zone_by_zone_in_the_order_given(tmp_path: Path) -> None:
    table = classes_of(tmp_path, numbered(), box(3, 3, 4, 1), None, box(0, 1, 2, 0), nodata=None)
    assert table["zone"].tolist() == [0, 0, 1, 2, 2]
    assert table["class"].fillna(-1).tolist() == [7, 11, -1, 0, 1]


def test_nothing_but_zones_outside(tmp_path: Path) -> None:
    table = classes_of(tmp_path, LAND, box(9, 9, 10, 8), nodata=0)
    assert table["class"].isna().tolist() == [True]
    assert table["note"].tolist() == ["lies outside of the raster"]
    assert table["area_km2"].tolist() == [0]
    assert table["zone_km2"].tolist() == pytest.approx([0.01])


def test_no_zone_gives_no_row(tmp_path: Path) -> None:
    table = classes_of(tmp_path, LAND, nodata=0)
    assert len(table) == 0
    assert table["class"].dtype == "Int64"
