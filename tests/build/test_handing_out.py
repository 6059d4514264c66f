"""Tables and shapes that are handed out: every format reads back equal, nothing half-written."""

from __future__ import annotations

import csv
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

import geopandas as gpd
import pyogrio

from geoplan.build import DataExport, export_data
from geoplan.build.handing_out import DATA_FORMATS, GEODATABASE, SHAPEFILES
from geoplan.errors import DataError, StageError, UsageError
from tests.commands import Command
from tests.small import SmallProject, hashes

Built = tuple[SmallProject, dict[str, str]]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("handed")


@pytest.fixture
def all_formats(built: Built, out: Path) -> Path:
    """Return a folder with every format, written once."""
    if not (out / "datapackage.json").exists():
        export_data(built[0].load(), how=DataExport(formats=DATA_FORMATS, encoding="GBK", out=out))
    return out


def test_published_files_are_handed_out_as_they_are(built: Built, all_formats: Path) -> None:
    small, files = built
    for name in ("atlas.gpkg", "geoplan.xlsx"):
        assert sha256((all_formats / name).read_bytes()).hexdigest() == files[f"data/{name}"]
    assert hashes(small.root / "maps") == files


def test_every_format_has_the_same_rows_and_areas(all_formats: Path) -> None:
    wanted = gpd.read_file(all_formats / "atlas.gpkg", layer="units")
    with zipfile.ZipFile(all_formats / SHAPEFILES) as archive:
        archive.extractall(all_formats / "unzipped")
    found = {
        "gdb": gpd.read_file(all_formats / GEODATABASE, layer="units"),
        "shp": gpd.read_file(all_formats / "unzipped/units.shp"),
        "parquet": gpd.read_parquet(all_formats / "parquet/units.parquet"),
        "geojson": gpd.read_file(all_formats / "geojson/units.geojson"),
    }
    for form, read in found.items():
        assert read["adcode"].tolist() == wanted["adcode"].tolist(), form
        assert read["name"].tolist() == wanted["name"].tolist(), form
        assert read["area_km2"].tolist() == pytest.approx(wanted["area_km2"].tolist()), form
        areas = read.geometry.set_crs(4490, allow_override=True).to_crs(32649).area
        assert areas.tolist() == pytest.approx(
            wanted.geometry.to_crs(32649).area.tolist(), rel=1e-4
        ), form


def test_layers_are_those_of_the_geopackage(all_formats: Path) -> None:
    def layers(path: Path) -> dict[str, int]:
        names = [name for name, _ in pyogrio.list_layers(path).tolist()]
        return {
            name: pyogrio.read_info(path, layer=name)["features"]
            for name in names
            if not name.startswith("theme_") and name != "layer_styles"
        }

    assert layers(all_formats / GEODATABASE) == layers(all_formats / "atlas.gpkg")


def test_the_zip_tells_what_its_short_names_are(all_formats: Path) -> None:
    with zipfile.ZipFile(all_formats / SHAPEFILES) as archive:
        archive.extractall(all_formats / "unzipped")
        assert archive.read("units.cpg") == b"GBK"
    told = (all_formats / "unzipped/fields.csv").read_text("utf-8-sig").splitlines()
    rows = list(csv.DictReader(told))
    for layer in {row["layer"] for row in rows}:
        short = [row["field"] for row in rows if row["layer"] == layer]
        assert short == list(pyogrio.read_info(all_formats / f"unzipped/{layer}.shp")["fields"])
        assert (all_formats / f"unzipped/{layer}.qml").exists()
    assert {row["title"] for row in rows} >= {"面积（平方公里）", "图层代码"}


def test_styles_stand_beside_geojson(all_formats: Path) -> None:
    names = {path.name for path in (all_formats / "geojson").iterdir()}
    shaped = {name for name in names if name.endswith(".geojson")}
    assert {name.replace(".geojson", ".qml") for name in shaped} <= names
    assert "coverage.csv" in names


def test_the_package_has_hashes_of_all_files(all_formats: Path) -> None:
    package = json.loads((all_formats / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        content = (all_formats / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{sha256(content).hexdigest()}"
    paths = {resource["path"] for resource in package["resources"]}
    assert {"atlas.gpkg", "geoplan.xlsx", SHAPEFILES, "parquet/units.parquet"} <= paths
    assert any(path.startswith(f"{GEODATABASE}/") for path in paths)
    coverage = next(r for r in package["resources"] if r["path"] == "geojson/coverage.csv")
    head = (all_formats / "geojson/coverage.csv").read_text("utf-8-sig").splitlines()[0]
    assert [field["name"] for field in coverage["schema"]["fields"]] == head.split(",")


def test_a_second_time_gives_the_same_bytes(
    built: Built, all_formats: Path, tmp_path: Path
) -> None:
    forms = tuple(form for form in DATA_FORMATS if form != "gdb")  # it holds random ids
    how = DataExport(formats=forms, encoding="GBK", out=tmp_path / "again")
    for path in export_data(built[0].load(), how=how):
        name = path.relative_to(tmp_path / "again").as_posix()
        if name != "datapackage.json":
            assert path.read_bytes() == (all_formats / name).read_bytes(), name


def test_a_geodatabase_is_replaced_as_a_whole(built: Built, tmp_path: Path) -> None:
    out = tmp_path / "out"
    how = DataExport(formats=("gdb",), out=out)
    told: list[Path] = []
    export_data(built[0].load(), how=how)
    (out / GEODATABASE / "a0000ffff.gdbtable").write_bytes(b"old")
    export_data(built[0].load(), how=how, on_file=told.append)
    assert not (out / GEODATABASE / "a0000ffff.gdbtable").exists()
    assert told == [out / GEODATABASE, out / "datapackage.json"]
    assert {path.name for path in out.iterdir()} == {GEODATABASE, "datapackage.json"}


def test_what_is_no_geodatabase_stays(built: Built, tmp_path: Path) -> None:
    (tmp_path / GEODATABASE).mkdir()
    (tmp_path / GEODATABASE / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is no file geodatabase"):
        export_data(built[0].load(), how=DataExport(formats=("gdb",), out=tmp_path))
    assert (tmp_path / GEODATABASE / "mine.txt").read_text("utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_told(built: Built, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for form in ("xlsx", "gdb"):
        how = DataExport(formats=(form,), out=tmp_path / "file/below")
        with pytest.raises(StageError, match="cannot be written"):
            export_data(built[0].load(), how=how)


@pytest.mark.parametrize(("formats", "told"), [((), "none"), (("dwg", "gpkg"), "'dwg'")])
def test_formats_have_to_be_known(
    built: Built, formats: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=f"no such format of data: {told}; there are gpkg, gdb"):
        export_data(built[0].load(), how=DataExport(formats=formats, out=tmp_path))


def test_published_folders_are_not_written_to(built: Built) -> None:
    small, files = built
    with pytest.raises(UsageError, match="lies in the folder of maps"):
        export_data(small.load(), how=DataExport(formats=("xlsx",), out=small.root / "maps/x"))
    assert hashes(small.root / "maps") == files


def test_nothing_built_is_told(tmp_path: Path, project_folder: object) -> None:
    small = project_folder()  # type: ignore[operator]
    with pytest.raises(DataError, match="run `geoplan build` first"):
        export_data(small.load(), how=DataExport(formats=("xlsx",), out=tmp_path))


def test_the_command_tells_files_and_what_was_lost(
    built: Built, command: Command, tmp_path: Path
) -> None:
    small, _ = built
    result = command("export", "--data", "geojson", "--json", "--out", tmp_path, "-C", small.root)
    assert result.code == 0
    events = result.lines()
    assert events[-1] == {"event": "done", "exported": len(events) - 1}
    assert {"event": "exported", "path": str(tmp_path / "geojson/units.geojson")} in events
    wrong = command("export", "overview", "--data", "xlsx", "--out", tmp_path, "-C", small.root)
    assert wrong.code == 2
    assert "leave the names of maps out" in wrong.err
    unknown = command("export", "--data", "dwg", "--out", tmp_path, "-C", small.root)
    assert unknown.code == 2
    assert "Traceback" not in unknown.err


def test_a_geodatabase_comes_back_where_the_new_one_cannot_be_put(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = DataExport(formats=("gdb",), out=tmp_path)
    export_data(built[0].load(), how=how)
    before = {p.name: p.read_bytes() for p in (tmp_path / GEODATABASE).iterdir()}
    plain = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(13, "Permission denied")
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(StageError, match="close it in GIS programs"):
        export_data(built[0].load(), how=how)
    assert {p.name: p.read_bytes() for p in (tmp_path / GEODATABASE).iterdir()} == before
    assert not list(tmp_path.glob(".atlas.gdb.*"))
