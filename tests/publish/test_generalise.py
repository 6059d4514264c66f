"""Layers of many shapes are shown merged; their figures and tables stay those of the shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.publish.generalise import MANY, MERGED, displayed, ground, merged
from geoplan.publish.rows import Shown
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


def together(made: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return sample.tables() | {"features": made}


def area_km2(shapes: Any) -> float:
    return float(shapely.area(crs.data_to_work(np.asarray(shapes))).sum() / 1e6)


def test_few_shapes_stay_as_they_are() -> None:
    made = features(MANY)
    assert merged(together(made)) is made


def test_many_shapes_become_one_a_class_with_the_same_area() -> None:
    made = features(MANY + 1)
    (row,) = merged(together(made)).to_dict("records")
    assert row["feature"] == f"{MERGED}{row['class']}"
    assert f"{MANY + 1} 处" in row["name"]
    assert area_km2([row["geometry"]]) == pytest.approx(MANY + 1, rel=1e-6)


def test_other_layers_are_not_touched() -> None:
    made = features(MANY + 1)
    other = features(2, layer="other")
    both = pd.concat([made, other], ignore_index=True)
    assert list(merged(together(both))["layer"]).count("other") == 2


def test_drawn_shapes_are_never_merged() -> None:
    made = features(MANY + 1, drawn_by="footprint", extent="indicative")
    assert merged(together(made)) is made


def test_steps_have_fewer_points_and_say_their_error() -> None:
    made = features(MANY + 1)
    whole = merged(together(made))
    points = []
    for tolerance in (0.0, 50.0, 400.0):
        shown, error = displayed(whole, tolerance)
        points.append(int(shapely.get_num_coordinates(shown["geometry"].iloc[0])))
        assert error >= tolerance
    assert points[0] > points[2] > 3
    # Gaps of 100 m are closed at 400 m: one block, no square lost.
    assert area_km2([displayed(whole, 400.0)[0]["geometry"].iloc[0]]) >= MANY + 1


def test_a_part_without_some_columns_is_merged_too() -> None:
    made = features(MANY + 1).drop(columns=["note", "section"])
    (row,) = merged(together(made)).to_dict("records")
    assert list(row) == list(made.columns)
    assert isinstance(merged(together(made)), gpd.GeoDataFrame)


def test_counties_and_unions_are_made_once_for_all_parts() -> None:
    shown = Shown(together(features(MANY + 1)))
    assert ground(shown, 3200.0) is ground(shown, 3200.0)
    assert 0 < ground(shown, 3200.0).error_m < 10_000
    assert len(ground(shown, 0.0).arcs[0]) >= len(ground(shown, 3200.0).arcs[0])
    first, second = (merged(shown)["geometry"].iloc[0] for _ in range(2))
    assert first is second
