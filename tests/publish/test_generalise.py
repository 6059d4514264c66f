"""Layers of many shapes are shown merged; their figures and tables stay those of the shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.publish.generalise import MANY, MERGED, Display, merged
from tests.publish import sample


def squares(count: int, *, gap_m: float = 100.0) -> list[shapely.Geometry]:
    """Squares of 1 km in rows of 20, `gap_m` apart, in degrees."""
    step = 1000 + gap_m
    made = [
        shapely.box(
            x := 640_000 + (i % 20) * step, y := 4_000_000 + i // 20 * step, x + 1000, y + 1000
        )
        for i in range(count)
    ]
    return list(crs.work_to_data(np.array(made)))


def features(count: int, **keys: Any) -> pd.DataFrame:
    """Features of one layer from a file."""
    base = sample.tables()["features"].iloc[0].to_dict()
    changed = {"drawn_by": "file", "extent": "delimited", **keys}
    rows = [
        {**base, **changed, "feature": f"f{i}", "geometry": shape}
        for i, shape in enumerate(squares(count))
    ]
    return gpd.GeoDataFrame(sample.table("features", rows), geometry="geometry", crs=crs.DATA_CRS)


def layers_of(made: pd.DataFrame) -> pd.DataFrame:
    return sample.tables()["layers"].query("layer == @made.layer.iloc[0]")


def area_km2(shapes: Any) -> float:
    return float(shapely.area(crs.data_to_work(np.asarray(shapes))).sum() / 1e6)


def test_few_shapes_stay_as_they_are() -> None:
    made = features(MANY)
    assert merged(made, layers_of(made)) is made


def test_many_shapes_become_one_a_class_with_the_same_area() -> None:
    made = features(MANY + 1)
    (row,) = merged(made, layers_of(made)).to_dict("records")
    assert row["feature"] == f"{MERGED}{row['class']}"
    assert f"{MANY + 1} 处" in row["name"]
    assert area_km2([row["geometry"]]) == pytest.approx(MANY + 1, rel=1e-6)


def test_other_layers_are_not_touched() -> None:
    made = features(MANY + 1)
    other = features(2, layer="other")
    both = pd.concat([made, other], ignore_index=True)
    assert list(merged(both, layers_of(made))["layer"]).count("other") == 2


def test_drawn_shapes_are_never_merged() -> None:
    made = features(MANY + 1, drawn_by="footprint", extent="indicative")
    assert merged(made, layers_of(made)) is made


def test_steps_have_fewer_points_and_say_their_error() -> None:
    made = features(MANY + 1)
    units = sample.units()
    counties = units[units["level"] == "county"]
    display = Display(counties, merged(made, layers_of(made)))
    points = []
    for tolerance in (0.0, 50.0, 400.0):
        _, shown, error = display.at(tolerance)
        points.append(int(shapely.get_num_coordinates(shown["geometry"].iloc[0])))
        assert error >= tolerance
    assert points[0] > points[2] > 3
    # Gaps of 100 m are closed at 400 m: one block, no square lost.
    assert area_km2([display.at(400.0)[1]["geometry"].iloc[0]]) >= MANY + 1
