"""Files that are read in batches: nothing is computed while their system is in doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import geopandas as gpd

from geoplan import crs, intake
from geoplan.errors import ImplausibleCRSError, MissingCRSError
from geoplan.intake.judged import PLACES, ROWS, judged
from geoplan.reading import Reading
from tests.commands import Command
from tests.intake.files import PLOTS, USES, frame_of, swapped
from tests.small import SmallProject


@pytest.fixture
def ground(small: SmallProject) -> intake.Ground:
    return intake.ground_of(small.load())


def saved(path: Path, frame: gpd.GeoDataFrame) -> Path:
    frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_file(path)
    return path


def without_system(path: Path) -> Path:
    saved(path, frame_of(to="EPSG:4525"))
    path.with_suffix(".prj").unlink()
    return path


@pytest.mark.parametrize("name", ["a.parquet", "a.gpkg", "a.shp", "a.fgb", "a.geojson"])
def test_honest_files_give_nothing(tmp_path: Path, ground: intake.Ground, name: str) -> None:
    assert judged(saved(tmp_path / name, frame_of()), ground=ground) == ()


@pytest.mark.parametrize("name", ["a.parquet", "a.gpkg", "a.shp", "a.fgb"])
def test_what_inspect_wants_decided_is_refused(
    tmp_path: Path, ground: intake.Ground, name: str
) -> None:
    path = saved(tmp_path / name, swapped(frame_of()))
    with pytest.raises(ImplausibleCRSError, match="--swap-xy") as raised:
        judged(path, ground=ground)
    assert raised.value.code == "crs.swapped"


def test_files_without_a_system_get_the_options(tmp_path: Path, ground: intake.Ground) -> None:
    bare = frame_of(to="EPSG:4525").set_crs(None, allow_override=True)
    for path in (saved(tmp_path / "b.parquet", bare), without_system(tmp_path / "b.shp")):
        with pytest.raises(MissingCRSError, match="--assume-crs EPSG:4525"):
            judged(path, ground=ground)


def test_a_folder_of_parts_and_a_layer_of_several(tmp_path: Path, ground: intake.Ground) -> None:
    folder = tmp_path / "parts.parquet"
    folder.mkdir()
    saved(folder / "1.parquet", swapped(frame_of()))
    with pytest.raises(ImplausibleCRSError):
        judged(folder, ground=ground)
    frame_of().to_file(tmp_path / "two.gpkg", layer="a")
    swapped(frame_of()).to_file(tmp_path / "two.gpkg", layer="b")
    assert judged(tmp_path / "two.gpkg", ground=ground) == ()  # its reader asks which
    assert judged(tmp_path / "two.gpkg", layer="a", ground=ground) == ()
    with pytest.raises(ImplausibleCRSError):
        judged(tmp_path / "two.gpkg", layer="b", ground=ground)


def test_some_rows_of_a_large_file_are_looked_at(
    tmp_path: Path, ground: intake.Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoplan.intake.judged.ROWS", 2)
    frame = frame_of([PLOTS[0]] * 40, n=np.arange(40))
    path = saved(tmp_path / "a.gpkg", frame)
    seen: list[int] = []
    monkeypatch.setattr(
        "geoplan.intake.doors.suspected", lambda frame, ground: seen.append(len(frame)) or ()
    )
    judged(path, ground=ground)
    assert seen == [2 * PLACES]
    assert ROWS * PLACES <= 20_000


def test_no_file_and_no_shapes_are_for_the_reader_to_tell(
    tmp_path: Path, ground: intake.Ground
) -> None:
    assert judged(tmp_path / "none.gpkg", ground=ground) == ()
    empty = saved(tmp_path / "e.parquet", frame_of().iloc[:0])
    assert judged(empty, ground=ground) == ()


def test_tabulate_and_others_compute_nothing_of_turned_degrees(
    command: Command, small: SmallProject, tmp_path: Path
) -> None:
    path = saved(tmp_path / "z.gpkg", swapped(frame_of(n=list(USES))))
    words = [path, "counties", "--by", "z.n", "-C", small.root]
    assert command("inspect", path, "-C", small.root).code == 1
    for made in (
        command("tabulate", *words),
        command("overlay", path, path, "--out", tmp_path / "o.parquet", "-C", small.root),
        command("convert", path, tmp_path / "o.gpkg", "-C", small.root),
    ):
        assert made.code == 3, made
        assert "--swap-xy" in made.err
    assert not list(tmp_path.glob("o.*"))


def test_what_a_person_says_outweighs_borders(
    small: SmallProject, ground: intake.Ground, tmp_path: Path
) -> None:
    counties = ground.counties[["geometry"]]
    there = crs.shifted_from(counties.geometry.to_numpy(), "GCJ-02")
    path = saved(tmp_path / "web.gpkg", gpd.GeoDataFrame(geometry=there, crs=crs.DATA_CRS))
    with pytest.raises(ImplausibleCRSError, match="--assume-crs GCJ-02") as raised:
        intake.take(path, ground=ground)
    assert raised.value.code == "crs.gcj02"
    with pytest.raises(ImplausibleCRSError):
        judged(path, ground=ground)
    taken = intake.take(path, Reading(assume_crs="EPSG:4490"), ground=ground)
    told = next(n for n in taken.notices if n.code == "crs.gcj02")
    assert told.severity == "warning"
    assert told.proposal.startswith("EPSG:4490 was given, and is taken; if it is wrong: ")
    project = small.load()
    assert intake.inspected(path, project=project).exit_code == 1
    given = intake.inspected(path, Reading(assume_crs="EPSG:4490"), project=project)
    assert given.exit_code == 0
