"""The pieces of two layers: those of geopandas, nothing lost, whoever works on them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely

import geoplan
from geoplan import crs
from geoplan.engine import Overlaid, overlay, overlay_layers, plan, tabulate
from geoplan.errors import DataError, StageError, UsageError
from tests.engine.shapes import (
    any_or_empty,
    any_shape,
    areas,
    box,
    frame,
    ring,
    star,
    write,
)
from tests.engine.test_tabulate import many, plots, some_zones, zones

in_folder = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

HOWS = ("identity", "intersection", "difference")

Groups = dict[tuple[object, ...], float]


def pieces(folder: Path, left: gpd.GeoDataFrame, right: gpd.GeoDataFrame, how: str) -> Overlaid:
    """Write two layers and their pieces."""
    paths = [write(folder, "plots", left, group=5), write(folder, "zones", right)]
    return overlay_layers(paths, how=how, out=folder / "out.parquet", sliver_m2=0)


def read(folder: Path) -> gpd.GeoDataFrame:
    """Read all pieces, as anyone would."""
    return gpd.read_parquet(folder / "out.parquet")


def by_group(table: gpd.GeoDataFrame, columns: list[str], areas: object = None) -> Groups:
    """Return the areas of pieces by the values of columns; empty cells are None."""
    found = table.area if areas is None else areas
    keyed = table[columns].astype(object).where(table[columns].notna(), None)
    made: Groups = {}
    for key, area in zip(keyed.itertuples(index=False, name=None), found, strict=True):  # type: ignore[call-overload]
        made[key] = made.get(key, 0.0) + area
    return made


def near(found: Groups, expected: Groups, *, within: float) -> None:
    """Check that groups have the same areas; one that is not there has none."""
    off = {k: found.get(k, 0.0) - expected.get(k, 0.0) for k in found.keys() | expected.keys()}
    assert {key: by for key, by in off.items() if abs(by) > within} == {}


@pytest.mark.parametrize("how", HOWS)
@in_folder
@given(
    shapes=st.lists(any_or_empty, min_size=9, max_size=14),
    others=st.lists(any_shape, min_size=1, max_size=5),
)
def test_pieces_are_those_of_geopandas(
    tmp_path: Path, how: str, shapes: list[shapely.Geometry], others: list[shapely.Geometry]
) -> None:
    left, right = plots(shapes), zones(others).assign(z=range(len(others)))
    pieces(tmp_path, left, right, how)
    made = read(tmp_path)
    expected = gpd.overlay(left, right, how=how, keep_geom_type=True)
    columns = ["no"] if how == "difference" else ["no", "z"]
    near(by_group(made, columns), by_group(expected, columns), within=1e-3)
    near(by_group(made, columns, made["area_m2"]), by_group(made, columns), within=1e-3)
    assert made.is_valid.all()
    assert set(made.geom_type) <= {"Polygon", "MultiPolygon"}


@in_folder
@given(
    shapes=st.lists(any_shape, min_size=3, max_size=8),
    others=st.lists(any_shape, min_size=1, max_size=4),
)
def test_nothing_is_lost(
    tmp_path: Path, shapes: list[shapely.Geometry], others: list[shapely.Geometry]
) -> None:
    right = zones(others)
    pieces(tmp_path, plots(shapes), right, "identity")
    made = read(tmp_path)
    for no, shape in enumerate(shapes):
        own = made[made["no"] == no]
        assert shapely.union_all(own.geometry).symmetric_difference(shape).area < 1e-3
        outside = own[own["kind"].isna()]
        assert shapely.union_all(outside.geometry).intersection(right.union_all()).area < 1e-3


def test_columns_of_both_layers_stand_beside_each_piece(tmp_path: Path) -> None:
    left = frame([box(0, 0, 2, 1)], use=["耕地"], n=pd.array([7], "Int64"), kind=["x"])
    right = frame([box(1, 0, 3, 1)], kind=["红线"], since=pd.to_datetime(["2020-01-01"]))
    pieces(tmp_path, left, right, "identity")
    made = read(tmp_path)
    columns = ["use", "n", "plots.kind", "zones.kind", "since", "area_m2", "geometry"]
    assert list(made.columns) == columns
    assert made["n"].tolist() == [7, 7]
    assert made["plots.kind"].tolist() == ["x", "x"]
    assert made["zones.kind"].tolist()[0] == "红线"
    assert made[["zones.kind", "since"]].isna().to_numpy().tolist() == [[False] * 2, [True] * 2]
    assert made["area_m2"].tolist() == [1e4, 1e4]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], Path]:
    """Return two layers and the folder of their pieces."""
    folder = tmp_path_factory.mktemp("layers")
    paths = [write(folder, "plots", many(), group=60), write(folder, "zones", some_zones())]
    overlay_layers(paths, how="identity", out=folder / "out.parquet", scheduler="synchronous")
    return paths, folder


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((folder / "out.parquet").iterdir())}


@pytest.mark.parametrize(
    ("scheduler", "workers"), [("threads", 1), ("threads", 3), ("processes", 2)]
)
def test_workers_do_not_matter(
    reference: tuple[list[Path], Path], tmp_path: Path, scheduler: str, workers: int
) -> None:
    paths, folder = reference
    overlay_layers(paths, out=tmp_path / "out.parquet", scheduler=scheduler, workers=workers)
    assert list(contents(folder)) == [f"part-{n:05}.parquet" for n in range(7)]
    assert contents(tmp_path) == contents(folder)


@pytest.mark.parametrize("how", HOWS)
def test_batches_and_tiles_do_not_matter(
    reference: tuple[list[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    paths, _ = reference
    overlay_layers(paths, how=how, out=tmp_path / "out.parquet")
    expected = read(tmp_path)
    monkeypatch.setattr(plan, "PIECE_ROWS", 7)
    monkeypatch.setattr("geoplan.engine.tiles.FEW_POINTS", 0)
    monkeypatch.setattr("geoplan.engine.tiles.MOST_POINTS", 50)
    monkeypatch.setattr(overlay, "MOST_WHOLE", 5)
    overlay._read.cache_clear()
    overlay_layers(paths, how=how, out=tmp_path / "out.parquet")
    overlay._read.cache_clear()
    made = read(tmp_path)
    assert made.drop(columns="geometry").equals(expected.drop(columns="geometry"))
    # Whole shapes and clipped ones give the same pieces but for last digits.
    assert made.geometry.symmetric_difference(expected.geometry).area.max() < 1e-4


@pytest.mark.parametrize("how", HOWS)
def test_what_was_asked_before_does_not_matter(
    reference: tuple[list[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    paths, _ = reference
    monkeypatch.setattr("geoplan.engine.tiles.FEW_POINTS", 0)
    overlay._read.cache_clear()
    overlay_layers(paths, how=how, out=tmp_path / "out.parquet", scheduler="synchronous")
    expected = read(tmp_path).to_wkb()
    monkeypatch.setattr("geoplan.engine.tiles.MOST_POINTS", 50)
    monkeypatch.setattr(plan, "PIECE_ROWS", 3)
    for _ in range(2):
        overlay_layers(paths, how=how, out=tmp_path / "out.parquet")
        assert read(tmp_path).to_wkb().equals(expected)
    overlay._read.cache_clear()


def test_areas_are_those_that_tabulate_finds(tmp_path: Path) -> None:
    pieces(tmp_path, many(), some_zones(), "intersection")
    made, by = read(tmp_path), ["use", "kind"]
    paths = [tmp_path / "plots.parquet", tmp_path / "zones.parquet"]
    near(by_group(made, by, made["area_m2"]), areas(tabulate(paths, by)), within=1e-3)


def test_an_intersection_does_not_depend_on_which_layer_has_more_rows(tmp_path: Path) -> None:
    left, right = many(60), some_zones()
    paths = [write(tmp_path, "plots", left), write(tmp_path, "zones", right)]
    overlay_layers(paths, how="intersection", out=tmp_path / "out.parquet")
    one = read(tmp_path)
    told = overlay_layers(paths[::-1], how="intersection", out=tmp_path / "out.parquet")
    other = read(tmp_path)
    assert told.streamed == "plots.parquet"
    assert list(other.columns) == ["kind", "use", "no", "area_m2", "geometry"]
    pd.testing.assert_frame_equal(one, other[one.columns])


def test_pieces_have_the_coordinates_of_the_first_layer(tmp_path: Path) -> None:
    left = many(60).to_crs(crs.DATA_CRS)
    right = some_zones().to_crs("EPSG:4549")
    pieces(tmp_path, left, right, "identity")
    made = read(tmp_path)
    assert made.crs == crs.DATA_CRS
    assert made.to_crs(crs.WORK_CRS).area.to_numpy() == pytest.approx(made["area_m2"], abs=0.01)
    paths = [tmp_path / "zones.parquet", tmp_path / "plots.parquet"]
    overlay_layers(paths, how="intersection", out=tmp_path / "out.parquet")
    assert read(tmp_path).crs == right.crs
    assert read(tmp_path).to_crs(crs.WORK_CRS).area.sum() == pytest.approx(
        read(tmp_path)["area_m2"].sum(), rel=1e-6
    )


def test_a_whole_feature_keeps_its_very_points(tmp_path: Path) -> None:
    left = frame([star(3, 3, 0.7, 9, 0.2), box(8, 8, 9, 9)], no=[0, 1]).to_crs(crs.DATA_CRS)
    pieces(tmp_path, left, zones([box(0, 0, 6, 6)]), "identity")
    assert (
        read(tmp_path)
        .to_wkb()
        .equals(
            left.assign(kind=["红线", None], area_m2=read(tmp_path)["area_m2"])[
                ["no", "kind", "area_m2", "geometry"]
            ].to_wkb()
        )
    )


def test_slivers_are_left_out_and_counted(tmp_path: Path) -> None:
    left = frame([box(0, 0, 2, 2), box(5, 5, 5.005, 5.005)], no=[0, 1])
    right = frame(
        [box(1.99999, 0, 4, 2), box(0.5, 0.5, 0.505, 0.505), box(4, 4, 7, 7)], z=[0, 1, 2]
    )
    paths = [write(tmp_path, "plots", left), write(tmp_path, "zones", right)]
    told = overlay_layers(paths, how="intersection", out=tmp_path / "out.parquet")
    # What is as small as a sliver, but a whole feature or shape, is none.
    assert read(tmp_path)[["no", "z"]].to_numpy().tolist() == [[0, 1], [1, 2]]
    assert (told.slivers, told.slivers_m2) == (1, pytest.approx(0.2, abs=1e-3))
    told = overlay_layers(paths, how="intersection", out=tmp_path / "out.parquet", sliver_m2=0.1)
    assert (told.slivers, told.pieces) == (0, 3)


def test_what_is_told_adds_up(tmp_path: Path) -> None:
    left, right = many(), zones([box(0, 0, 3, 3), box(3, 0, 6, 3)])
    for how in HOWS:
        told = pieces(tmp_path, left, right, how)
        assert told.left_out_m2 is not None
        total = told.area_m2 + told.slivers_m2 + told.left_out_m2
        assert total == pytest.approx(told.streamed_m2, abs=1e-3)
        inside = gpd.overlay(left, right, keep_geom_type=False).area.sum()
        outside = left.area.sum() - inside
        expected = {"identity": 0.0, "intersection": outside, "difference": inside}[how]
        assert told.left_out_m2 == pytest.approx(expected, abs=0.1)
        assert told.streamed_m2 == pytest.approx(left.area.sum(), abs=0.1)
        assert told.area_m2 == pytest.approx(read(tmp_path).area.sum(), abs=0.1)
        assert (told.rows, told.pieces, told.overlaps) == (400, len(read(tmp_path)), False)


def test_shapes_that_overlap_each_other_do_not_hide_what_is_uncovered(tmp_path: Path) -> None:
    left = frame([box(0, 0, 3, 1)], no=[0])
    # As much is covered twice as is not covered.
    right = zones([box(0, 0, 2, 1), box(1, 0, 2, 1)])
    told = pieces(tmp_path, left, right, "difference")
    assert told.overlaps
    assert read(tmp_path).geometry.iloc[0].equals(box(2, 0, 3, 1))
    assert read(tmp_path)["area_m2"].tolist() == [pytest.approx(1e4)]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("width", [1e-6, 1e-4, 0.005, 0.05])
def test_shapes_that_overlap_by_little_are_no_fault(tmp_path: Path, how: str, width: float) -> None:
    left = frame([box(0, 0, 10, 10)], no=[0])
    right = frame([box(1, 1, 2, 2), box(2 - width, 1, 3, 2)], z=[0, 1])
    told = pieces(tmp_path, left, right, how)
    expected = gpd.overlay(left, right, how=how, keep_geom_type=True)
    assert told.area_m2 == pytest.approx(expected.area.sum(), abs=1e-3)
    assert read(tmp_path).area.sum() == pytest.approx(expected.area.sum(), abs=1e-3)
    assert told.left_out_m2 is None or how == "intersection"


def test_many_like_cells_within_one_feature_are_no_fault(tmp_path: Path) -> None:
    corners = [(x * 0.3, y * 0.3) for x in range(40) for y in range(40)]
    cells = zones([box(x, y, x + 0.3, y + 0.3) for x, y in corners])
    told = pieces(tmp_path, frame([box(-1, -1, 20, 20)], no=[0]), cells, "identity")
    assert told.pieces == 1601
    assert told.area_m2 == pytest.approx(21 * 21 * 1e4, abs=0.1)
    told = pieces(tmp_path, frame([box(0.1, 0.1, 11, 11)], no=[0]), cells, "difference")
    assert (told.pieces, len(read(tmp_path))) == (0, 0)


def test_a_hole_far_smaller_than_a_feature_is_a_piece(tmp_path: Path) -> None:
    large = box(0, 0, 2_000, 2_000)
    hole = box(1_000, 1_000, 1_000.02, 1_000.02)
    told = pieces(tmp_path, frame([large], no=[0]), zones([large.difference(hole)]), "difference")
    assert (told.pieces, told.area_m2) == (1, pytest.approx(4, abs=0.05))


def test_a_mirrored_coordinate_system_has_the_same_areas(tmp_path: Path) -> None:
    left = many(30)
    pieces(tmp_path, left, some_zones(), "identity")
    expected = read(tmp_path)["area_m2"]
    # Coordinates that count to the west and to the north, as some systems have them.
    mirror = "+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80 +axis=wnu +type=crs"
    west = left.set_geometry(shapely.transform(left.geometry, lambda xy: xy * [-1, 1]))
    pieces(tmp_path, west.set_crs(mirror, allow_override=True), some_zones(), "identity")
    assert read(tmp_path)["area_m2"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-3)


def test_places_beyond_the_reach_of_the_projection_are_refused(tmp_path: Path) -> None:
    far = gpd.GeoDataFrame({"no": [0]}, geometry=[shapely.box(-76, 37, -74, 38)], crs="EPSG:4326")
    world = far.set_geometry([shapely.box(-180, -90, 180, 90)])
    for layer in (far, world):
        with pytest.raises(DataError, match=r"8 000 km from China.*row 0 "):
            pieces(tmp_path, layer, some_zones(), "identity")
        with pytest.raises(DataError, match=r"8 000 km from China.*row 0 "):
            pieces(tmp_path, many(9), layer, "identity")


def test_pieces_can_be_cut_again(tmp_path: Path) -> None:
    pieces(tmp_path, many(50), some_zones(), "intersection")
    first = tmp_path / "out.parquet"
    sides = frame([box(-1, -1, 4, 9), box(4, -1, 10, 9)], side=["西", "东"])
    halves = write(tmp_path, "halves", sides)
    overlay_layers([first, halves], out=tmp_path / "again.parquet", sliver_m2=0)
    made = gpd.read_parquet(tmp_path / "again.parquet")
    assert made["area_m2"].sum() == pytest.approx(read(tmp_path)["area_m2"].sum(), abs=0.01)
    for layer in (first, first / "part-00000.parquet"):
        with pytest.raises(
            UsageError, match=rf"out\.parquet: holds the layer .*{layer.name}; give"
        ):
            overlay_layers([layer, halves], out=first)
    assert len(read(tmp_path)) > 40


def test_repaired_shapes_are_written_repaired(tmp_path: Path) -> None:
    bow = ring((0, 0), (2, 2), (2, 0), (0, 2))
    solid = shapely.force_3d(box(5, 0, 6, 1), 7.0)
    told = pieces(tmp_path, frame([bow, None, solid], no=[0, 1, 2]), zones([bow]), "identity")
    made = read(tmp_path)
    assert (told.repaired, told.empty) == (2, 1)
    assert [text.split(":")[0] for text in told.repairs] == [
        "plots.parquet, row 0",
        "zones.parquet, row 0",
    ]
    assert made.is_valid.all()
    assert not made.has_z.any()
    assert made["no"].tolist() == [0, 2]
    assert made["area_m2"].tolist() == [pytest.approx(2e4), pytest.approx(1e4)]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("which", [0, 1, 2])
def test_layers_without_rows_give_no_pieces(tmp_path: Path, how: str, which: int) -> None:
    layers = [many(5), some_zones()]
    for n, layer in enumerate(layers):
        layers[n] = layer.iloc[:0] if which in (n, 2) else layer
    told = pieces(tmp_path, layers[0], layers[1], how)
    expected = 5 if which == 1 and how != "intersection" else 0
    assert (told.pieces, len(read(tmp_path))) == (expected, expected)
    assert "area_m2" in read(tmp_path).columns


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".shp"])
def test_other_formats(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"地块{suffix}"
    layer = many(50)[["no", "geometry"]]
    layer.to_file(path)
    pieces(tmp_path, layer, some_zones(), "identity")
    expected = by_group(read(tmp_path), ["no", "kind"])
    overlay_layers([path, tmp_path / "zones.parquet"], out=tmp_path / "out.parquet", sliver_m2=0)
    near(by_group(read(tmp_path), ["no", "kind"]), expected, within=1e-2)


def test_what_is_drawn_otherwise_than_computed_is_a_fault_with_its_feature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = frame([box(i, 0, i + 1.5, 1) for i in range(9)], code=[f"P{i}" for i in range(9)])
    paths = [
        write(tmp_path, "plots", left),
        write(tmp_path, "zones", zones([box(5.2, -1, 5.4, 2)])),
    ]
    monkeypatch.setattr(
        "geoplan.engine.pieces.shapely.intersection", lambda a, _: shapely.buffer(a, 1)
    )
    with pytest.raises(StageError, match=r"row 4 \(code P4\): .*drawn .* of 2000\.0000 m2"):
        overlay_layers(paths, how="intersection", out=tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_pieces_of_before_are_replaced_at_once_or_not_at_all(tmp_path: Path) -> None:
    pieces(tmp_path, many(30), some_zones(), "identity")
    before = contents(tmp_path)
    broken = many(9)
    with np.errstate(invalid="ignore"):
        broken.loc[8, "geometry"] = shapely.Polygon([(0, 0), (1, np.nan), (1, 1)])
    with pytest.raises(DataError, match="row 8"):
        pieces(tmp_path, broken, some_zones(), "identity")
    assert contents(tmp_path) == before
    pieces(tmp_path, many(3), some_zones(), "identity")
    assert list(contents(tmp_path)) == ["part-00000.parquet"]
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["mine.parquet", ".notes", "part-1.parquet"])
def test_a_folder_of_other_files_is_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / "out.parquet").mkdir()
    (tmp_path / "out.parquet" / name).write_bytes(b"")
    with pytest.raises(
        UsageError, match=rf"holds 1 file\(s\) that are no pieces.*\n.*{re.escape(name)}"
    ):
        pieces(tmp_path, many(3), some_zones(), "identity")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"how": "union"}, "'union' is not known; allowed: identity, intersection, difference"),
        ({"sliver_m2": -1.0}, "no size of a sliver"),
        ({"sliver_m2": float("nan")}, "no size of a sliver"),
        ({"out": Path("out.gpkg")}, r"has to end in \.parquet"),
        ({"out": Path("no/out.parquet")}, "there is no folder .*no; make it first"),
        ({"scheduler": "slurm"}, "scheduler 'slurm' is not known"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, change: dict[str, object], message: str) -> None:
    paths = [write(tmp_path, "plots", many(3)), write(tmp_path, "zones", some_zones())]
    asked = {"how": "identity", "out": tmp_path / "out.parquet"} | change
    with pytest.raises(UsageError, match=message):
        overlay_layers(paths, **asked)  # type: ignore[arg-type]


def test_columns_that_would_have_one_name_are_told(tmp_path: Path) -> None:
    left = frame([box(0, 0, 1, 1)], kind=["a"], **{"zones.kind": ["b"]})
    with pytest.raises(UsageError, match=r"the same name: zones\.kind"):
        pieces(tmp_path, left, some_zones(), "identity")
    with pytest.raises(UsageError, match="pieces are made of two"):
        overlay_layers([tmp_path / "plots.parquet"], out=tmp_path / "out.parquet")


def test_it_is_a_function_of_the_package() -> None:
    assert geoplan.overlay_layers is overlay_layers
