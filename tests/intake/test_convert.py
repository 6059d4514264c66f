"""Files are written clean, with a log; options of commands are parsed; taken files are kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import geopandas as gpd
import shapely

from geoplan import crs, intake
from geoplan.build.clean import clean
from geoplan.cli.own_files import split_systems
from geoplan.config import Project
from geoplan.errors import MissingCRSError, RefusedError, UsageError
from geoplan.files import file_hash
from geoplan.intake.named import readings
from geoplan.reading import Reading
from geoplan.sources import is_file
from geoplan.vector import read_vector
from tests.intake.files import PLOTS, USES, bow, frame_of, shapefile
from tests.small import SmallProject, box

SAID = Reading(assume_crs="EPSG:4525", encoding="GB18030")


@pytest.fixture
def project(small: SmallProject) -> Project:
    return small.load()


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Return a shapefile in GBK without a system, one shape of which crosses itself."""
    folder = tmp_path / "来料"
    folder.mkdir()
    return shapefile(folder, frame_of([*PLOTS[:2], bow()], to="EPSG:4525"))


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".fgb", ".shp", ".geojson"])
def test_every_format_holds_the_same(
    tmp_path: Path, odd: Path, project: Project, suffix: str
) -> None:
    out = tmp_path / f"干净{suffix}"
    made = intake.convert(odd, out, reading=SAID, project=project)
    assert (made.rows, made.encoding, made.reading) == (3, "GB18030", SAID)
    assert made.area_km2 == pytest.approx(212.5, rel=1e-6)
    back = read_vector(out)
    assert crs.name_of(back.crs).startswith("EPSG:4490")
    assert sorted(back["用途"]) == sorted(USES)
    assert shapely.is_valid(back.geometry.to_numpy()).all()
    work = crs.any_to_work(back.geometry.to_numpy(), back.crs)
    assert shapely.area(work).sum() / 1e6 == pytest.approx(212.5, rel=1e-6)
    log = json.loads(made.log.read_text("utf-8"))
    assert (log["source"], log["sha256"]) == (odd.name, intake.digest_of(odd))
    assert log["reading"]["assume_crs"] == "EPSG:4525"
    assert "repair.self_crossing" in [notice["code"] for notice in log["notices"]]
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".fgb", ".geojson"])
def test_same_file_same_bytes(tmp_path: Path, odd: Path, project: Project, suffix: str) -> None:
    hashes = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        out = tmp_path / name / f"x{suffix}"
        made = intake.convert(odd, out, reading=SAID, project=project)
        hashes.add((file_hash(out), made.log.read_text("utf-8")))
    assert len(hashes) == 1


def test_nothing_is_written_where_something_is_open(
    tmp_path: Path, odd: Path, project: Project
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(MissingCRSError, match="--assume-crs EPSG:4525"):
        intake.convert(odd, tmp_path / "a.gpkg", project=project)
    for name, word in (("a.xlsx", "has to end in"), ("none/a.gpkg", "no folder")):
        with pytest.raises(UsageError, match=word):
            intake.convert(odd, tmp_path / name, reading=SAID, project=project)
    with pytest.raises(UsageError, match="is the file that is read"):
        intake.convert(odd, odd, reading=SAID, project=project)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_is_there_stays_without_force(
    tmp_path: Path, odd: Path, project: Project
) -> None:
    out = tmp_path / "a.gpkg"
    out.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        intake.convert(odd, out, reading=SAID, project=project)
    assert out.read_text() == "mine"
    wanted = intake.Wanted(force=True, crs="EPSG:4525")
    made = intake.convert(odd, out, reading=SAID, project=project, wanted=wanted)
    assert crs.name_of(read_vector(out).crs).startswith("EPSG:4525")
    assert made.crs.startswith("EPSG:4525")


def test_coverages_are_cleaned_and_duplicates_dropped(small: SmallProject) -> None:
    # A slit of 0.5 m between two plots, and the second plot twice.
    shapes = [box(0, 0, 1, 1), box(1.00005, 0, 2, 1), box(0, 1, 2, 1.5)]
    path = small.write_shapes(shapes, name="slit.gpkg", use=["a", "b", "c"])
    out = small.root / "clean.gpkg"
    wanted = intake.Wanted(clean_coverage=True, crs=crs.WORK_CRS.to_wkt())
    made = intake.convert(path, out, project=small.load(), wanted=wanted)
    assert made.rows == 3
    again = small.write_shapes([shapes[0], shapes[0]], name="twice.gpkg", use=["a", "a"])
    for drop, rows in ((False, 2), (True, 1)):
        wanted = intake.Wanted(drop_duplicates=drop, force=True)
        made = intake.convert(again, out, project=small.load(), wanted=wanted)
        assert made.rows == rows
        assert "repair.duplicate_rows" in [notice.code for notice in made.notices]


def test_shapefiles_tell_what_they_cannot_hold(small: SmallProject) -> None:
    columns = {"很长的字段名称一": ["x" * 300, "y"], "很长的字段名称二": ["a", "b"]}
    path = small.write_shapes(PLOTS[:2], name="long.gpkg", flag=[True, False], **columns)
    out = small.root / "out.shp"
    made = intake.convert(path, out, project=small.load())
    assert [n.code for n in made.notices] == ["convert.cut", "convert.names"]
    assert made.notices[0].rows == (1,)
    back = read_vector(out)
    assert list(back["flag"]) == [1, 0]
    assert len({*back.columns}) == 4
    first = next(c for c in back if str(back[c].iloc[0]).startswith("x"))
    assert len(back[first].iloc[0].encode()) <= 254


def test_taken_files_are_kept_by_content_and_options(odd: Path, project: Project) -> None:
    made = intake.stored(odd, SAID, project=project)
    assert made.path.name == "地块.parquet"
    assert made.path.is_relative_to(project.build_folder / "taken")
    frame = gpd.read_parquet(made.path)
    assert list(frame["用途"]) == list(USES)
    written = made.path.stat().st_mtime_ns
    again = intake.stored(odd, SAID, project=project)
    assert (again, again.path.stat().st_mtime_ns) == (made, written)
    # Damaged: made anew. Changed: the older one goes.
    made.path.write_bytes(b"PAR1")
    assert len(gpd.read_parquet(intake.stored(odd, SAID, project=project).path)) == 3
    shapefile(odd.parent, frame_of(PLOTS, to="EPSG:4525"))
    changed = intake.stored(odd, SAID, project=project)
    assert changed.path != made.path
    assert not made.path.exists()
    clean(project)
    assert not (project.build_folder / "taken").exists()


def test_options_of_several_files_name_them() -> None:
    a, b = Path("x/a.shp"), Path("b.gpkg")
    one = intake.Options(assume_crs=["EPSG:4525"], swap_xy=["a"])
    assert readings([a], one)[a] == Reading(assume_crs="EPSG:4525", swap_xy=True)
    two = intake.Options(assume_crs=["a=EPSG:4525", "b.gpkg=+proj=longlat"], encoding=["a=GBK"])
    assert readings([a, b], two) == {
        a: Reading(assume_crs="EPSG:4525", encoding="GBK"),
        b: Reading(assume_crs="+proj=longlat"),
    }


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (intake.Options(assume_crs=["EPSG:4525"]), "--assume-crs a=EPSG:4525"),
        (intake.Options(encoding=["c=GBK"]), "c is no file of this command"),
        (intake.Options(swap_xy=["ab"]), "--swap-xy ab: is no file"),
        (intake.Options(encoding=["a=GBK", "a=UTF-8"]), "twice"),
    ],
)
def test_options_that_do_not_say_which_file(options: intake.Options, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        readings([Path("a.shp"), Path("b.shp")], options)


def test_copies_of_a_file_are_kept_each(odd: Path, project: Project) -> None:
    frame_of().to_file(odd.with_name("a.kml"), driver="KML", layer="a")
    shutil.copy(odd.with_name("a.kml"), odd.with_name("b.kml"))
    both = [odd.with_name("a.kml"), odd.with_name("b.kml")]
    made = intake.replaced(both, intake.Options(), is_file=is_file, project=lambda: project)
    assert [Path(each).stem for each in made.layers if Path(each).is_file()] == ["a", "b"]


def test_names_of_units_are_joined_anew_where_boundaries_changed(
    small: SmallProject, tmp_path: Path
) -> None:
    table = tmp_path / "人口.csv"
    table.write_text("县,人口\n东山区,5\n", encoding="utf-8-sig")
    before = gpd.read_parquet(intake.stored(table, None, project=small.load()).path)
    path = small.root / "data" / "boundaries" / "counties.parquet"
    counties = gpd.read_parquet(path)
    corner = (*counties.total_bounds[:2].tolist(), 0)
    counties["geometry"] = counties.geometry.scale(0.9, 0.9, origin=corner)
    counties.to_parquet(path)
    after = gpd.read_parquet(intake.stored(table, None, project=small.load()).path)
    ratio = after.geometry[0].area / before.geometry[0].area
    assert ratio == pytest.approx(0.81, rel=0.01)


def test_another_process_may_be_faster(
    odd: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = intake.stored(odd, SAID, project=project).path
    kept = odd.parent / "kept"
    shutil.copytree(first.parent, kept)
    shutil.rmtree(first.parent)
    write = Path.replace

    def late(source: Path, target: Path) -> Path:
        if Path(target) == first.parent:
            shutil.copytree(kept, target)
        return write(source, target)

    monkeypatch.setattr(Path, "replace", late)
    assert intake.stored(odd, SAID, project=project).path == first
    assert len(gpd.read_parquet(first)) == 3


def test_only_files_that_need_it_are_replaced(odd: Path, project: Project) -> None:
    layers = [odd, "counties", "zones"]
    fine = odd.with_name("好.gpkg")
    frame_of().to_file(fine)
    plain = [fine, "counties", "zones"]
    same = intake.replaced(plain, intake.Options(), is_file=is_file, project=lambda: project)
    assert (same.layers, same.told) == ((str(fine), "counties", "zones"), ())
    said = intake.Options(assume_crs=["EPSG:4525"])
    made = intake.replaced(layers, said, is_file=is_file, project=lambda: project)
    assert made.layers[0].endswith("地块.parquet")
    assert made.layers[1:] == ("counties", "zones")
    assert any("crosses" in line for line in made.told)


def test_systems_of_rasters_and_zones_are_told_apart() -> None:
    assert split_systems(["EPSG:4490"], "a/zones.shp") == ("EPSG:4490", ())
    both = split_systems(["zones=EPSG:4525", "EPSG:4490"], "a/zones.shp")
    assert both == ("EPSG:4490", ("zones=EPSG:4525",))
    assert split_systems(None, None) == (None, ())
    with pytest.raises(UsageError, match="NAME=EPSG:4525"):
        split_systems(["EPSG:1", "EPSG:2"], None)


def test_a_link_to_itself_is_refused(small: SmallProject) -> None:
    path = small.root / "a.gpkg"
    path.symlink_to(path)
    with pytest.raises(RefusedError, match="a link to"):
        intake.convert(path, small.root / "b.gpkg", project=small.load())
