"""Counties are cut again only where their own input changed; tables are the same, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geopandas as gpd
import shapely

from geoplan import geometry
from geoplan.errors import StageError
from geoplan.kept import Kept
from geoplan.overlay import build, build_overlay
from geoplan.overlay.unit import (
    Label,
    Piece,
    Shape,
    UnitResult,
    UnitTask,
    overlay_unit,
    results_of,
    results_table,
)
from geoplan.schema import Tables
from tests.overlay.inputs import Drawn, Member, overlay_inputs
from tests.small import CELLS, CITY_A, assert_same, box

ALL = sorted(CELLS)
DRAWN: list[Drawn] = [
    ("zone_a", "a1", "delimited", box(0.2, 0.3, 1.4, 0.8)),
    ("zone_a", "a2", "delimited", box(1.2, 0.1, 1.9, 0.6).buffer(100, quad_segs=3)),
    ("zone_b", "b1", "delimited", box(2.1, 1.1, 2.8, 1.7)),
    ("redline", "r1", "indicative", box(0.1, 1.1, 0.7, 1.9)),
    ("line_work", "l1", "indicative", shapely.LineString(box(0.2, 0.2, 2.7, 1.8).exterior)),
]
MEMBERS: list[Member] = [
    ("mine", "m1", "910201", "whole"),
    ("mine", "m2", CITY_A, "within"),
]

Cut = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of results."""
    return tmp_path / "kept"


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Cut:
    """Return a function that runs an overlay and says which counties were cut.

    Tables have to be those of a run that keeps nothing.
    """

    def run(tables: Tables, *, salt: str = "") -> list[str]:
        codes: list[str] = []

        def counted(task: UnitTask) -> UnitResult:
            codes.append(task.adcode)
            return overlay_unit(task)

        with monkeypatch.context() as patch:
            patch.setattr(build, "overlay_unit", counted)
            made = build_overlay(tables, scheduler="synchronous", kept=Kept(folder, salt))
        assert_same(made, build_overlay(tables, scheduler="synchronous"))
        return sorted(codes)

    return run


def inputs(
    units: gpd.GeoDataFrame, *more: Drawn, drawn: Any = DRAWN, members: Any = MEMBERS
) -> Tables:
    return overlay_inputs(units, [*drawn, *more], members=members)


def test_nothing_changed_and_nothing_is_cut(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    assert cut(inputs(small_units)) == ALL
    assert cut(inputs(small_units)) == []
    assert cut(inputs(small_units)) == []


def test_order_of_rows_changes_nothing(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    cut(inputs(small_units))
    assert cut(inputs(small_units, drawn=DRAWN[::-1], members=MEMBERS[::-1])) == []


def test_names_and_notes_are_not_cut(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    tables = inputs(small_units)
    cut(tables)
    assert cut({**tables, "features": tables["features"].assign(note="another")}) == []


def test_lists_have_no_shape_to_cut(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    cut(inputs(small_units))
    assert cut(inputs(small_units, members=[*MEMBERS, ("mine", "m3", "910202", "within")])) == []


def test_one_more_member_cuts_that_county(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    cut(inputs(small_units))
    members = [*MEMBERS, ("mine", "m1", "910202", "whole")]
    assert cut(inputs(small_units, members=members)) == ["910202"]
    assert cut(inputs(small_units)) == ["910202"]


def test_feature_that_covers_a_county_covered_already(
    small_units: gpd.GeoDataFrame, cut: Cut
) -> None:
    # The class covers the county as before; its gross area is counted without cutting.
    cut(inputs(small_units))
    assert cut(inputs(small_units, members=[*MEMBERS, ("mine", "m9", "910201", "whole")])) == []


@pytest.mark.parametrize("extent", ["delimited", "indicative"])
def test_moved_shape_cuts_what_it_touches_before_and_after(
    small_units: gpd.GeoDataFrame, cut: Cut, extent: str
) -> None:
    def at(x: float, y: float) -> Tables:
        return inputs(small_units, ("works", "w", extent, box(x, y, x + 0.5, y + 0.5)))

    cut(at(0.2, 0.2))
    assert cut(at(0.3, 0.3)) == ["910103"]
    assert cut(at(1.2, 1.2)) == ["910102", "910103"]
    assert cut(at(1.8, 1.2)) == ["910102", "910201"]
    assert cut(at(1.8, 1.2)) == []


def test_shape_of_another_class_or_basis(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    shape = box(0.2, 0.2, 0.7, 0.7)
    cut(inputs(small_units, ("works", "w", "delimited", shape)))
    assert cut(inputs(small_units, ("works", "w", "indicative", shape))) == ["910103"]
    assert cut(inputs(small_units, ("river", "w", "indicative", shape))) == ["910103"]
    assert cut(inputs(small_units, ("river", "v", "indicative", shape))) == ["910103"]


def test_share_of_an_indicative_shape_is_that_of_all_of_it(
    small_units: gpd.GeoDataFrame, cut: Cut
) -> None:
    # A sliver reaches into 910104; whether that counts depends on the part in 910103.
    cut(inputs(small_units, ("works", "w", "indicative", box(0.9, 0.2, 1.005, 0.7))))
    small = inputs(small_units, ("works", "w", "indicative", box(0.1, 0.2, 1.005, 0.7)))
    assert cut(small) == ["910103", "910104"]


def test_border_between_two_counties(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    cut(inputs(small_units))
    moved = small_units.copy()
    rows = moved["adcode"].isin(["910101", "910102"])
    drift = shapely.transform(moved.geometry[rows].to_numpy(), lambda xy: xy + 1e-6)
    moved.loc[rows, "geometry"] = drift
    assert cut(inputs(moved)) == ["910101", "910102"]


def test_county_that_is_gone_and_comes_back(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    fewer = small_units[small_units["adcode"] != "910202"].reset_index(drop=True)
    cut(inputs(small_units))
    assert cut(inputs(fewer)) == []
    # Only what the last run used is kept.
    assert cut(inputs(small_units)) == ["910202"]


def test_another_salt_cuts_all(small_units: gpd.GeoDataFrame, cut: Cut) -> None:
    cut(inputs(small_units), salt="code 1")
    assert cut(inputs(small_units), salt="code 2") == ALL
    assert cut(inputs(small_units), salt="code 2") == []


def test_table_with_other_columns_cuts_all(
    small_units: gpd.GeoDataFrame, cut: Cut, folder: Path
) -> None:
    cut(inputs(small_units))
    table = Kept(folder).read(build.KEPT)
    assert table is not None
    Kept(folder).write(build.KEPT, table.drop(columns="amount"))
    assert cut(inputs(small_units)) == ALL


def test_damaged_files_cut_all(small_units: gpd.GeoDataFrame, cut: Cut, folder: Path) -> None:
    tables = inputs(small_units)
    cut(tables)
    path = folder / f"{build.KEPT}.parquet"
    size = path.stat().st_size
    for place in (0, 9, size // 5, size // 3, size // 2, size - 200, size - 6, size - 1):
        content = bytearray(path.read_bytes())
        content[place] ^= 0x04
        path.write_bytes(bytes(content))
        assert cut(tables) == ALL
        assert cut(tables) == []
    path.write_bytes(path.read_bytes()[: size // 2])
    assert cut(tables) == ALL
    path.unlink()
    assert cut(tables) == ALL


def test_what_features_of_two_classes_share_is_kept(
    small_units: gpd.GeoDataFrame, cut: Cut
) -> None:
    # The classes of a county overlap themselves and each other: gross areas are kept too.
    twice: list[Drawn] = [
        ("zone_a", "a3", "delimited", box(0.3, 0.4, 1.2, 0.7)),
        ("zone_b", "b2", "delimited", box(0.5, 0.2, 0.9, 0.6)),
    ]
    tables = inputs(small_units, *twice)
    rows = build_overlay(tables)["overlaps"].query("basis == 'geometry'")
    assert (rows["area_gross_km2"] > rows["area_km2"] + 1).any()
    assert cut(tables) == ALL
    assert cut(tables) == []


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
def test_tables_are_the_same_on_every_scheduler(
    small_units: gpd.GeoDataFrame, folder: Path, scheduler: str
) -> None:
    build_overlay(inputs(small_units), scheduler=scheduler, workers=2, kept=Kept(folder))
    tables = inputs(small_units, ("works", "w", "delimited", box(0.5, 0.5, 1.5, 1.5)))
    expected = build_overlay(tables, scheduler="synchronous")
    for _ in range(2):
        made = build_overlay(tables, scheduler=scheduler, workers=2, kept=Kept(folder))
        assert_same(made, expected)


def test_what_is_kept_does_not_depend_on_the_scheduler(
    small_units: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    for name in ("synchronous", "threads"):
        build_overlay(inputs(small_units), scheduler=name, kept=Kept(tmp_path / name))
    one, two = (tmp_path / name / f"{build.KEPT}.parquet" for name in ("synchronous", "threads"))
    assert one.read_bytes() == two.read_bytes()


def test_progress_is_told_of_counties_that_are_cut(
    small_units: gpd.GeoDataFrame, folder: Path
) -> None:
    build_overlay(inputs(small_units), kept=Kept(folder))
    told: list[tuple[int, int]] = []
    members = [*MEMBERS, ("mine", "m1", "910202", "whole")]
    build_overlay(
        inputs(small_units, members=members),
        progress=lambda done, total: told.append((done, total)),
        kept=Kept(folder),
    )
    assert told == [(1, 1)]


def test_unchanged_results_are_not_written_again(
    small_units: gpd.GeoDataFrame, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_overlay(inputs(small_units), kept=Kept(folder))
    monkeypatch.setattr(Kept, "write", None)
    kept = Kept(folder)
    build_overlay(inputs(small_units), kept=kept)
    kept.prune()
    assert (folder / f"{build.KEPT}.parquet").exists()


def test_failed_run_leaves_what_was_kept(
    small_units: gpd.GeoDataFrame, cut: Cut, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(inputs(small_units))
    changed = inputs(small_units, members=[*MEMBERS, ("mine", "m1", "910202", "whole")])

    def fails(task: UnitTask) -> UnitResult:
        raise StageError("no")

    with monkeypatch.context() as patch:
        patch.setattr(build, "overlay_unit", fails)
        with pytest.raises(StageError, match="no"):
            build_overlay(changed, scheduler="synchronous", kept=Kept(folder))
    assert cut(changed) == ["910202"]


class TestKeyOfATask:
    A, B = Label("a", "b", "geometry"), Label("ab", "", "geometry")

    def key(self, *parts: Any) -> str:
        return Kept(None).key(*UnitTask(*parts).parts)

    def test_every_part_counts(self) -> None:
        shape = Shape(self.A, "f", b"1")
        tasks: list[Any] = [
            ("1", b"o", (), ()),
            ("2", b"o", (), ()),
            ("1", b"p", (), ()),
            ("1", b"o", (self.A,), ()),
            ("1", b"o", (self.B,), ()),
            ("1", b"o", (self.A, self.B), ()),
            ("1", b"o", (self.A._replace(basis="indicative"),), ()),
            ("1", b"o", (), (shape,)),
            ("1", b"o", (self.A,), (shape,)),
            ("1", b"o", (), (shape, shape)),
            ("1", b"o", (), (shape._replace(feature="g"),)),
            ("1", b"o", (), (shape._replace(wkb=b"2"),)),
            ("1", b"o", (), (shape._replace(label=self.B),)),
            ("1", b"o", (), (shape._replace(label=self.A._replace(basis="indicative")),)),
        ]
        assert len({self.key(*task) for task in tasks}) == len(tasks)
        assert self.key(*tasks[-1]) == self.key(*tasks[-1])


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
amount = st.integers(-(2**63), 2**63 - 1)
label = st.builds(Label, text, text, st.sampled_from(["geometry", "indicative", "list"]))
piece = st.builds(Piece, st.lists(label, max_size=3).map(tuple), amount, st.binary(max_size=9))
figures = st.dictionaries(st.tuples(label, text), amount, max_size=4)
result = st.builds(
    UnitResult, text, st.lists(piece, max_size=4).map(tuple), figures, figures, amount
)


class TestRoundTrip:
    @settings(max_examples=60, deadline=None)
    @given(st.dictionaries(text, result, max_size=4))
    def test_any_results(
        self, tmp_path_factory: pytest.TempPathFactory, results: dict[str, UnitResult]
    ) -> None:
        kept = Kept(tmp_path_factory.mktemp("kept"))
        kept.write("units", results_table(results))
        table = kept.read("units")
        assert table is not None
        found = results_of(table)
        assert found == results
        # Dictionaries are equal in any order, tables are not.
        assert repr(found) == repr(results)

    def test_types_are_those_of_a_result_that_was_cut(self) -> None:
        label = Label("own", "zone_a", "geometry")
        shape = Shape(label, "f", shapely.to_wkb(box(0, 0, 0.5, 1)))
        made = overlay_unit(UnitTask("910103", shapely.to_wkb(box(0, 0, 1, 1)), (), (shape,)))
        found = results_of(results_table({"key": made}))["key"]
        assert type(found.dropped) is int
        assert {type(p.area) for p in found.pieces} == {int}
        assert {type(p.wkb) for p in found.pieces} == {bytes}
        assert {type(n) for n in found.gross.values()} == {int}
        assert found.gross[label, "f"] == 50 * geometry.AREA_UNITS_PER_KM2
        assert all(isinstance(n, Label) for p in found.pieces for n in p.labels)

    def test_no_results(self) -> None:
        assert results_of(results_table({})) == {}

    def test_another_table(self) -> None:
        assert results_of(pd.DataFrame({"key": ["a"]})) == {}
