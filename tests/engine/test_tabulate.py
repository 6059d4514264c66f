"""Tabulating layers: equal to an overlay of geopandas, whatever the order, batches and workers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.engine import held, plan, tabulate
from geoplan.engine.areas import areas_in_parts
from geoplan.engine.kernel import Rings, bounds_of
from geoplan.errors import DataError, StageError, UsageError
from tests.engine.shapes import (
    any_or_empty,
    any_shape,
    areas,
    box,
    frame,
    free,
    overlaid,
    ring,
    star,
    write,
)

in_folder = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

USES, KINDS = ["耕地", "林地", None], ["红线", "园地"]


def plots(shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    """Return the layer to be streamed: several shapes of each use."""
    return frame(shapes, use=[USES[i % 3] for i in range(len(shapes))], no=list(range(len(shapes))))


def zones(shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    return frame(shapes, kind=[KINDS[i % 2] for i in range(len(shapes))])


def many(count: int = 400) -> gpd.GeoDataFrame:
    """Return many shapes in fixed disorder: stars, squares, holes."""
    made = [
        star(i % 20 * 0.4, i // 20 * 0.4, 0.1 + i % 7 / 20, 3 + i % 5, i / 10)
        if i % 3
        else box(i % 20 * 0.4, i // 20 * 0.4, i % 20 * 0.4 + 0.4, i // 20 * 0.4 + 0.4)
        for i in range(count)
    ]
    return plots(made)


def some_zones() -> gpd.GeoDataFrame:
    holed = box(0, 0, 5, 5).difference(box(1, 1, 4, 4))
    return zones([holed, box(1, 1, 4, 4), star(7, 4, 2, 60, 0.3), box(0, 5, 9, 9)])


@in_folder
@given(
    shapes=st.lists(any_or_empty, min_size=9, max_size=14),
    others=st.lists(any_shape, min_size=1, max_size=5),
)
def test_areas_are_those_of_an_overlay_of_geopandas(
    tmp_path: Path, shapes: list[shapely.Geometry], others: list[shapely.Geometry]
) -> None:
    left, right = plots(shapes), zones(others)
    paths = [write(tmp_path, "plots", left, group=4), write(tmp_path, "zones", right)]
    made = areas(tabulate(paths, ["no", "kind"]))
    expected = overlaid([left, right], ["no", "kind"])
    for key in made.keys() | expected.keys():
        assert made.get(key, 0.0) == pytest.approx(expected.get(key, (0.0, 0))[0], abs=1e-3), key


@in_folder
@given(
    shapes=st.lists(any_shape, min_size=3, max_size=8),
    others=st.lists(free, min_size=1, max_size=2),
)
def test_nothing_is_lost_where_the_others_do_not_overlap_themselves(
    tmp_path: Path, shapes: list[shapely.Geometry], others: list[shapely.Geometry]
) -> None:
    apart = [others[0], *(other.difference(others[0]) for other in others[1:])]
    paths = [
        write(tmp_path, "plots", plots(shapes)),
        write(tmp_path, "zones", zones([a for a in apart if not a.is_empty])),
    ]
    table = tabulate(paths, ["use"])
    total = table["area_m2"].sum() + table.attrs["uncovered_m2"]
    assert total == pytest.approx(shapely.area(shapes).sum(), abs=1e-3 * len(shapes))


def test_three_layers(tmp_path: Path) -> None:
    left, right = many(), some_zones()
    halves = frame([box(-1, -1, 4, 9), box(4, -1, 10, 9)], side=["西", "东"])
    paths = [
        write(tmp_path, n, layer) for n, layer in zip("abc", (left, right, halves), strict=True)
    ]
    made = areas(tabulate(paths, ["use", "side", "kind"]))
    expected = overlaid([left, right, halves], ["use", "side", "kind"])
    found = {tuple(None if pd.isna(v) else v for v in k): area for k, (area, _) in expected.items()}
    assert made.keys() == found.keys()
    assert list(made.values()) == pytest.approx([found[key] for key in made], abs=0.05)


def test_the_order_of_columns_is_that_of_the_question(tmp_path: Path) -> None:
    paths = [write(tmp_path, "plots", many()), write(tmp_path, "zones", some_zones())]
    one, other = tabulate(paths, ["use", "kind"]), tabulate(paths[::-1], ["kind", "use"])
    assert list(one.columns) == ["use", "kind", "area_m2", "net_m2", "pieces"]
    assert list(other.columns) == ["kind", "use", "area_m2", "net_m2", "pieces"]
    assert areas(one) == {(use, kind): area for (kind, use), area in areas(other).items()}
    assert one["use"].isna().tolist() == [True, True, False, False, False, False]
    assert one.equals(one.sort_values(["use", "kind"], na_position="first", kind="stable"))


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], pd.DataFrame]:
    """Return two layers and their table."""
    folder = tmp_path_factory.mktemp("layers")
    paths = [write(folder, "plots", many(), group=90), write(folder, "zones", some_zones())]
    return paths, tabulate(paths, ["use", "kind"], scheduler="synchronous")


def test_the_reference_is_no_empty_table(reference: tuple[list[Path], pd.DataFrame]) -> None:
    _, table = reference
    assert len(table) == 6
    assert table["pieces"].sum() > 400
    assert table.attrs["rows"] == 400


@pytest.mark.parametrize(
    ("scheduler", "workers"), [("threads", 1), ("threads", 3), ("processes", 2)]
)
def test_workers_do_not_matter(
    reference: tuple[list[Path], pd.DataFrame], scheduler: str, workers: int
) -> None:
    paths, expected = reference
    made = tabulate(paths, ["use", "kind"], scheduler=scheduler, workers=workers)
    pd.testing.assert_frame_equal(made, expected, check_exact=True)
    assert made.attrs == expected.attrs


@pytest.mark.parametrize("rows", [1, 7, 400])
def test_batches_do_not_matter(
    reference: tuple[list[Path], pd.DataFrame], monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    paths, expected = reference
    monkeypatch.setattr(plan, "MOST_ROWS", rows)
    made = tabulate(paths, ["use", "kind"], scheduler="synchronous")
    pd.testing.assert_frame_equal(made, expected, check_exact=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(
    reference: tuple[list[Path], pd.DataFrame], tmp_path: Path, seed: int
) -> None:
    _, expected = reference
    order = np.random.default_rng(seed).permutation(400)
    mixed = some_zones().iloc[::-1]
    paths = [
        write(tmp_path, "plots", many().iloc[order], group=33),
        write(tmp_path, "zones", mixed),
    ]
    made = tabulate(paths, ["use", "kind"], scheduler="synchronous")
    pd.testing.assert_frame_equal(made, expected, check_exact=True)


@pytest.mark.parametrize("most", [3, 256])
def test_edges_that_rounding_leaves_without_width_have_no_area(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("geoplan.engine.table.MOST_WHOLE", most)
    # The axis of the work CRS, where coordinates are far finer than the distance to a corner.
    steep = [(-100, 3e6), (1e-13, 3e6), (3e-13, 3_050_000), (-100, 3_050_000)]
    strip = shapely.box(-5e5, 3_000_010, 50, 3_020_000)
    paths = [
        write(tmp_path, "plots", plots([strip, strip])),
        write(tmp_path, "zones", zones([shapely.Polygon(steep)])),
    ]
    table = tabulate(paths, ["kind"])
    assert areas(table) == {("红线",): pytest.approx(2 * 100 * 19_990, abs=1e-3)}


def test_a_shape_far_away_does_not_crowd_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    crowd = [box(x / 4, y / 4, (x + 1) / 4, (y + 1) / 4) for x in range(40) for y in range(40)]
    layer = zones([*crowd, box(1_000, 1_000, 1_001, 1_001)])
    paths = [write(tmp_path, "plots", many(2000)), write(tmp_path, "zones", layer)]
    asked = plan.plan_of(paths, ["kind"], workers=1, memory=10**8)
    parts = held._held(asked).parts
    fullest = np.diff(parts.squares).max()
    assert fullest <= 1600 / 4
    alone = tabulate([paths[0], write(tmp_path, "alone", zones(crowd))], ["use", "kind"])
    made = tabulate(paths, ["use", "kind"])
    assert made["area_m2"].to_numpy() == pytest.approx(alone["area_m2"].to_numpy(), abs=0.1)


@pytest.mark.parametrize("most", [0, 5, 1_000_000])
def test_how_shapes_are_cut_does_not_matter(
    reference: tuple[list[Path], pd.DataFrame], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    paths, expected = reference
    monkeypatch.setattr("geoplan.engine.table.MOST_WHOLE", most)
    monkeypatch.setattr(held, "EDGES_A_SQUARE", 1 + most % 50)
    held._held.cache_clear()
    made = tabulate(paths, ["use", "kind"], scheduler="synchronous")
    held._held.cache_clear()
    assert made["area_m2"].to_numpy() == pytest.approx(expected["area_m2"].to_numpy(), abs=0.02)


def test_invalid_shapes_are_repaired_and_counted(tmp_path: Path) -> None:
    bow = ring((0, 0), (2, 2), (2, 0), (0, 2))
    shapes = [bow, box(4, 4, 5, 5), box(4, 0, 5, 1)]
    hole_outside = shapely.Polygon(box(6, 6, 8, 8).exterior, [box(8.5, 8.5, 9, 9).exterior])
    paths = [
        write(tmp_path, "plots", plots(shapes)),
        write(tmp_path, "zones", zones([box(0, 0, 9, 9), hole_outside])),
    ]
    table = tabulate(paths, ["no", "kind"])
    assert areas(table)[0, "红线"] == pytest.approx(2 * 1e4)
    assert table.attrs["repaired"] == 2
    first, second = table.attrs["repairs"]
    assert first.startswith("plots.parquet, row 0: Self-intersection[")
    assert second.startswith("zones.parquet, row 1: Hole lies outside shell[")


def test_all_repairs_are_counted_and_the_first_are_named(tmp_path: Path) -> None:
    bows = [ring((0, i), (2, i + 1), (2, i), (0, i + 1)) for i in range(150)]
    paths = [
        write(tmp_path, "plots", plots(bows), group=40),
        write(tmp_path, "zones", zones([box(0, 0, 9, 9)])),
    ]
    for scheduler in ("synchronous", "threads"):
        met = tabulate(paths, ["kind"], scheduler=scheduler).attrs
        assert met["repaired"] == 150
        assert [text.split(":")[0] for text in met["repairs"]] == [
            f"plots.parquet, row {n}" for n in range(100)
        ]


def test_rows_without_polygons_are_counted_and_have_no_area(tmp_path: Path) -> None:
    shapes = [
        box(0, 0, 1, 1),
        None,
        shapely.Polygon(),
        shapely.Point(0, 0),
        box(0, 0, 2, 1).exterior,
    ]
    mixed = shapely.GeometryCollection([box(2, 0, 3, 1), shapely.Point(0, 0)])
    paths = [
        write(tmp_path, "plots", plots([*shapes, mixed])),
        write(tmp_path, "zones", zones([box(-9, -9, 9, 9), None])),
    ]
    table = tabulate(paths, ["no"])
    assert areas(table) == {(0,): pytest.approx(1e4), (5,): pytest.approx(1e4)}
    assert table.attrs["empty"] == 3
    assert table.attrs["without_area"] == 2


def test_layers_that_overlap_themselves_are_told(tmp_path: Path) -> None:
    paths = [
        write(tmp_path, "plots", plots([box(0, 0, 1, 1), box(5, 5, 6, 6), box(8, 8, 9, 9)])),
        write(tmp_path, "zones", zones([box(0, 0, 1, 1), box(0, 0, 6, 6)])),
    ]
    table = tabulate(paths, ["kind"])
    assert areas(table) == {("园地",): pytest.approx(2e4), ("红线",): pytest.approx(1e4)}
    # Shapes of different kinds: each kind has its area, but the place is covered once.
    assert table["net_m2"].tolist() == table["area_m2"].tolist()
    assert table.attrs["overlaps"] == ["zones.parquet"]
    assert table.attrs["uncovered_m2"] == pytest.approx(1e4)


def net_of(layers: list[gpd.GeoDataFrame], by: list[str]) -> dict[tuple[object, ...], float]:
    """Return net areas by group, as GEOS finds them: of what is dissolved first."""
    own = [[c for c in by if c in layer] for layer in layers]
    merged = [
        layer.dissolve(by=columns, dropna=False, as_index=False)[[*columns, "geometry"]]
        if columns
        else gpd.GeoDataFrame(geometry=[layer.union_all()], crs=layer.crs)
        for layer, columns in zip(layers, own, strict=True)
    ]
    return {key: area for key, (area, _) in overlaid(merged, by).items()}


@pytest.mark.parametrize("small", [True, False])
@in_folder
@given(
    shapes=st.lists(any_shape, min_size=9, max_size=12),
    others=st.lists(any_shape, min_size=2, max_size=7),
)
def test_net_areas_are_those_of_dissolved_layers(
    tmp_path: Path, small: bool, shapes: list[shapely.Geometry], others: list[shapely.Geometry]
) -> None:
    right = zones(others)
    left = plots(shapes)
    left["use"] = ["耕地", "林地"] * (len(left) // 2) + ["园地"] * (len(left) % 2)
    if not small:
        left["use"] = [f"{n}" for n in range(len(left))]
    paths = [write(tmp_path, "plots", left, group=4), write(tmp_path, "zones", right)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "MOST_HELD", 100 if small else 0)
        table = tabulate(paths, ["use", "kind"])
    by = ["use", "kind"]
    made = areas(table.assign(area_m2=table["net_m2"]))
    expected = net_of([left, right], by)
    # Shapes that share less than 1 m² do not overlap.
    for key in made.keys() | expected.keys():
        assert made.get(key, 0.0) == pytest.approx(expected.get(key, 0.0), abs=9.0), key
    assert (table["net_m2"] <= table["area_m2"]).all()
    outside = shapely.area(shapely.difference(np.array(shapes), right.union_all())).sum()
    assert table.attrs["uncovered_m2"] == pytest.approx(outside, abs=9.0)


def test_a_place_is_counted_once_however_many_shapes_lie_there(tmp_path: Path) -> None:
    twice = [box(0, 0, 4, 1), box(1, 0, 3, 1), box(2, 0, 6, 1)]
    layers = [
        frame([box(0, 0, 10, 1)] * 2 + [box(20, 0, 21, 1)], use=["耕地"] * 3),
        frame(twice, kind=["红线"] * 3),
        frame([box(0, 0, 2.5, 1), box(2, 0, 9, 1)], side=["西", "东"]),
    ]
    paths = [write(tmp_path, n, each) for n, each in zip("abc", layers, strict=True)]
    table = tabulate(paths, ["use", "kind", "side"])
    # By side: 2.5 and 4 squares of the union, which is 6 long.
    assert dict(zip(table["side"], table["net_m2"], strict=True)) == {
        "东": pytest.approx(4e4),
        "西": pytest.approx(2.5e4),
    }
    gross = {"西": 2 * (2.5 + 1.5 + 0.5), "东": 2 * (2 + 1 + 4)}
    assert {k: v / 1e4 for k, v in zip(table["side"], table["area_m2"], strict=True)} == gross
    assert table.attrs["overlaps"] == ["a.parquet", "b.parquet", "c.parquet"]
    assert table.attrs["uncovered_m2"] == pytest.approx(2 * 4e4 + 1e4)
    for scheduler, workers in (("synchronous", 1), ("threads", 3), ("processes", 2)):
        again = tabulate(paths, ["use", "kind", "side"], scheduler=scheduler, workers=workers)
        pd.testing.assert_frame_equal(again, table, check_exact=True)
        assert again.attrs == table.attrs


def test_borders_that_differ_by_less_than_a_sliver_do_not_overlap(tmp_path: Path) -> None:
    near = [box(0, 0, 2, 2), box(1.999999, 0, 4, 2)]
    paths = [write(tmp_path, "plots", many(20)), write(tmp_path, "zones", zones(near))]
    assert tabulate(paths, ["use"]).attrs["overlaps"] == ["plots.parquet"]
    near[1] = box(1.9999, 0, 4, 2)
    paths[1] = write(tmp_path, "zones", zones(near))
    assert tabulate(paths, ["use"]).attrs["overlaps"] == ["plots.parquet", "zones.parquet"]


def test_small_shapes_on_each_other_are_counted_once(tmp_path: Path) -> None:
    tiny = [box(3, 3, 3.007, 3.007)] * 100
    paths = [
        write(tmp_path, "plots", plots([box(0, 0, 9, 9)])),
        write(tmp_path, "zones", frame(tiny, kind=["红线"] * 100)),
    ]
    table = tabulate(paths, ["kind"])
    assert table["area_m2"].tolist() == [pytest.approx(49, abs=1e-2)]
    assert table["net_m2"].tolist() == [pytest.approx(0.49, abs=1e-3)]
    assert table.attrs["overlaps"] == ["zones.parquet"]


def test_a_large_streamed_layer_is_told_not_to_be_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        write(tmp_path, "plots", plots([box(0, 0, 1, 1)] * 9)),
        write(tmp_path, "zones", zones([box(0, 0, 9, 9)])),
    ]
    assert tabulate(paths, ["kind"]).attrs["searched"]
    monkeypatch.setattr(plan, "MOST_HELD", 8)
    table = tabulate(paths, ["kind"])
    assert not table.attrs["searched"]
    assert table["net_m2"].tolist() == table["area_m2"].tolist()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter_to_net_areas(tmp_path: Path, seed: int) -> None:
    left, right = many(60), zones([star(3 + i / 9, 3, 3, 30, i / 7) for i in range(8)])
    paths = [write(tmp_path, "plots", left), write(tmp_path, "zones", right)]
    expected = tabulate(paths, ["use", "kind"])
    mix = np.random.default_rng(seed).permutation
    paths = [
        write(tmp_path, "plots", left.iloc[mix(60)]),
        write(tmp_path, "zones", right.iloc[mix(8)]),
    ]
    assert expected.attrs["overlaps"] == ["plots.parquet", "zones.parquet"]
    pd.testing.assert_frame_equal(tabulate(paths, ["use", "kind"]), expected, check_exact=True)


@pytest.mark.parametrize("shift", [1e-5, 0.01])
def test_shapes_stacked_on_each_other_take_no_more_squares_than_they_are_worth(
    tmp_path: Path, shift: float
) -> None:
    stack = [box(i * shift, i * shift, 20 + i * shift, 20 + i * shift) for i in range(200)]
    paths = [
        write(tmp_path, "plots", plots([box(0, 0, 30, 30)])),
        write(tmp_path, "zones", frame(stack, kind=["红线"] * 200)),
    ]
    parts = held._held(plan.plan_of(paths, ["kind"], workers=1, memory=10**8)).parts
    assert len(parts.edges.x1) <= 2 * held.LEAST_EDGES
    table = tabulate(paths, ["kind"])
    assert table["area_m2"].tolist() == [pytest.approx(200 * 400 * 1e4, rel=1e-9)]
    assert table["net_m2"].tolist() == [pytest.approx(shapely.union_all(stack).area, rel=1e-9)]


def test_areas_that_are_not_conserved_are_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = zones([box(-1, -1, 9, 9)])
    paths = [write(tmp_path, "plots", many(9)), write(tmp_path, "zones", whole)]

    def twice(*given: object) -> object:
        found, rest = areas_in_parts(*given)  # type: ignore[arg-type]
        return found._replace(units=2 * found.units), rest - found.units.sum()

    monkeypatch.setattr("geoplan.engine.table.areas_in_parts", twice)
    with pytest.raises(StageError, match=r"share .* m2 more with the other layers than they have"):
        tabulate(paths, ["kind"], scheduler="synchronous")


def test_workers_below_one_are_refused(tmp_path: Path) -> None:
    paths = [write(tmp_path, "plots", many(3)), write(tmp_path, "zones", some_zones())]
    for workers in (0, -1):
        with pytest.raises(UsageError, match=f"^{workers} workers: there has to be 1 at least"):
            tabulate(paths, ["use"], workers=workers)


def test_real_numbers_stay_real(tmp_path: Path) -> None:
    left = frame([box(0, 0, 1, 1)] * 2, x=[1.0, 2.0])
    paths = [write(tmp_path, "plots", left), write(tmp_path, "zones", zones([box(0, 0, 9, 9)]))]
    assert tabulate(paths, ["x"])["x"].dtype == "float64"


def test_columns_with_dots(tmp_path: Path) -> None:
    left = frame([box(0, 0, 1, 1)], **{"a.b": ["x"]})
    right = frame([box(0, 0, 9, 9)], **{"a.b": ["y"]})
    paths = [write(tmp_path, "plots", left), write(tmp_path, "zones", right)]
    assert areas(tabulate(paths, ["plots.a.b", "zones.a.b"])) == {("x", "y"): pytest.approx(1e4)}


def test_degrees_are_projected(tmp_path: Path) -> None:
    left, right = many(60), some_zones()
    paths = [write(tmp_path, "plots", left), write(tmp_path, "zones", right)]
    expected = areas(tabulate(paths, ["use", "kind"]))
    paths = [
        write(tmp_path, "plots", left.to_crs(crs.DATA_CRS)),
        write(tmp_path, "zones", right.to_crs("EPSG:4549")),
    ]
    made = areas(tabulate(paths, ["use", "kind"]))
    assert list(made.values()) == pytest.approx(list(expected.values()), rel=1e-4)


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    left = write(tmp_path, "plots", many(30))
    path = write(tmp_path, "zones", zones([box(0, 0, 1, 1)]))
    before = tabulate([left, path], ["kind"])["area_m2"].sum()
    write(tmp_path, "zones", zones([box(0, 0, 3, 3), box(5, 5, 6, 6)]))
    assert tabulate([left, path], ["kind"])["area_m2"].sum() > 2 * before


def test_values_keep_their_types(tmp_path: Path) -> None:
    left = frame([box(0, 0, 1, 1)] * 4, n=pd.array([1, 2, None, 1], "Int64"), x=[0.5, np.nan] * 2)
    paths = [
        write(tmp_path, "plots", left, group=1),
        write(tmp_path, "zones", zones([box(0, 0, 9, 9)])),
    ]
    table = tabulate(paths, ["n"])
    assert table["n"].dtype == "Int64"
    assert table["pieces"].tolist() == [1, 2, 1]
    table = tabulate(paths, ["x"])
    assert table["pieces"].tolist() == [2, 2]
    assert table["x"].isna().tolist() == [True, False]


def test_layers_without_rows_give_an_empty_table(tmp_path: Path) -> None:
    full, none = write(tmp_path, "plots", many(5)), write(tmp_path, "zones", zones([]))
    table = tabulate([full, none], ["use"])
    assert (len(table), list(table.columns)) == (0, ["use", "area_m2", "net_m2", "pieces"])
    assert table.attrs["uncovered_m2"] > 0


def test_a_task_that_fails_names_file_row_group_and_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [write(tmp_path, "plots", many(30)), write(tmp_path, "zones", some_zones())]

    seventeen = many(30).geometry[17].bounds

    def fail(shapes: Rings, *rest: object) -> object:
        if (bounds_of(shapes) == seventeen).all(axis=1).any():
            raise ArithmeticError("no such area")
        return areas_in_parts(shapes, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("geoplan.engine.table.areas_in_parts", fail)
    place = r"plots\.parquet, row group 0, rows 0 to 29: row 17 \(use None, no 17\)"
    wanted = f"{place}: ArithmeticError: no such area"
    with pytest.raises(StageError, match=wanted):
        tabulate(paths, ["use"], scheduler="synchronous")


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
@pytest.mark.parametrize("layer", ["plots", "zones"])
def test_coordinates_that_are_no_numbers_are_refused(
    tmp_path: Path, layer: str, wrong: float
) -> None:
    layers = {"plots": many(9), "zones": some_zones()}
    with np.errstate(invalid="ignore"):
        bad = shapely.Polygon([(0, 0), (1, wrong), (1, 1)])
    layers[layer].loc[2, "geometry"] = bad
    paths = [write(tmp_path, name, made) for name, made in layers.items()]
    with pytest.raises(DataError, match=rf"{layer}\.parquet.* 1 row.* no finite numbers: row 2 "):
        tabulate(paths, ["use"])


@pytest.mark.parametrize("layer", ["plots", "zones"])
def test_places_that_a_coordinate_system_does_not_have_are_refused(
    tmp_path: Path, layer: str
) -> None:
    layers = {"plots": many(9), "zones": some_zones()}
    layers[layer] = layers[layer].set_crs(crs.DATA_CRS, allow_override=True)
    paths = [write(tmp_path, name, made) for name, made in layers.items()]
    with pytest.raises(DataError, match=rf"{layer}\.parquet.*is the right system stated"):
        tabulate(paths, ["use"])


def test_columns_of_the_result_cannot_be_grouped_by(tmp_path: Path) -> None:
    left = many(5).assign(pieces=1)
    paths = [write(tmp_path, "plots", left), write(tmp_path, "zones", some_zones())]
    with pytest.raises(UsageError, match="columns of the result"):
        tabulate(paths, ["pieces"])
    with pytest.raises(UsageError, match="given twice"):
        tabulate(paths, ["use", "use"])


def test_what_is_compiled_is_kept_apart_for_every_state_of_the_source() -> None:
    code = (
        "import json, numba; from geoplan.engine import compiled;"
        "print(json.dumps([numba.config.CACHE_DIR, compiled._source_hash()]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    folder, source = json.loads(out.stdout)
    assert Path(folder).name == f"numba-{source[:16]}"
