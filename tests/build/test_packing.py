"""The package of a folder: made of its files as they are, and what is handed out beside them."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from geoplan.build import DataExport, export_data
from geoplan.build.handing_out import GEODATABASE, SHAPEFILES
from geoplan.build.packing import package_of
from geoplan.errors import UsageError
from geoplan.vector import Lost
from tests.publish import sample
from tests.small import SmallProject

Built = tuple[SmallProject, dict[str, str]]


def packed(folder: Path, **marks: str) -> tuple[dict[str, Any], str] | None:
    """Return the package of files in `folder` with their marks, and its own mark."""
    said: dict[str, dict[str, Any]] = {}
    for name, mark in marks.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(name.encode())
        said[path.name] = {"sha256": sha256(path.read_bytes()).hexdigest(), "sensitivity": mark}
    config = sample.project(folder).config
    made = package_of(folder, said, tables=sample.tables(), config=config, as_of=sample.AS_OF)
    return None if made is None else (json.loads(made[0]), made[1])


def test_sizes_are_those_of_the_files(tmp_path: Path) -> None:
    made = packed(tmp_path, long_name__gpkg="public", a__csv="public")
    assert made is not None
    package, mark = made
    assert mark == package["sensitivity"] == "public"
    sizes = {resource["path"]: resource["bytes"] for resource in package["resources"]}
    assert sizes == {
        "long_name.gpkg": len("long_name__gpkg"),
        "a.csv": len("a__csv"),
    }
    assert list(sizes) == sorted(["long_name.gpkg", "a.csv"])


def test_the_package_is_as_closed_as_what_it_lies_beside(tmp_path: Path) -> None:
    made = packed(tmp_path, index__html="secret", a__csv="internal", b__csv="public")
    assert made is not None
    package, mark = made
    assert mark == "secret"
    assert {r["path"]: r["sensitivity"] for r in package["resources"]} == {
        "a.csv": "internal",
        "b.csv": "public",
    }
    assert package["sensitivity"] == "internal"


def test_pages_alone_have_no_package(tmp_path: Path) -> None:
    assert packed(tmp_path, index__html="public", a__png="public") is None
    assert packed(tmp_path) is None


def test_a_format_asked_for_twice_is_made_once_in_the_order_asked(
    built: Built, tmp_path: Path
) -> None:
    told: list[Path] = []
    how = DataExport(formats=("xlsx", "gpkg", "xlsx"), out=tmp_path / "neu 新")
    found = export_data(built[0].load(), how=how, on_file=told.append)
    assert [path.name for path in told] == ["geoplan.xlsx", "atlas.gpkg", "datapackage.json"]
    assert found == told
    package = json.loads((tmp_path / "neu 新/datapackage.json").read_text("utf-8"))
    assert sorted(r["path"] for r in package["resources"]) == ["atlas.gpkg", "geoplan.xlsx"]
    assert str(tmp_path) not in json.dumps(package)


def test_without_a_folder_it_is_that_of_the_project(built: Built) -> None:
    small, _ = built
    found = export_data(small.load(), how=DataExport(formats=("xlsx",)))
    assert found[0] == small.root / "export/geoplan.xlsx"
    assert found[0].is_file()


def test_a_later_export_describes_only_what_it_wrote(built: Built, tmp_path: Path) -> None:
    project = built[0].load()
    export_data(project, how=DataExport(formats=("gpkg",), out=tmp_path))
    export_data(project, how=DataExport(formats=("xlsx",), out=tmp_path))
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    assert [resource["path"] for resource in package["resources"]] == ["geoplan.xlsx"]
    assert (tmp_path / "atlas.gpkg").exists()


def test_a_file_in_the_place_of_the_geodatabase_stays(built: Built, tmp_path: Path) -> None:
    (tmp_path / GEODATABASE).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is no file geodatabase"):
        export_data(built[0].load(), how=DataExport(formats=("gdb",), out=tmp_path))
    assert (tmp_path / GEODATABASE).read_text("utf-8") == "mine"
    assert not (tmp_path / "datapackage.json").exists()
    assert not list(tmp_path.glob(".atlas*"))


def test_nothing_is_written_for_an_unknown_format(built: Built, tmp_path: Path) -> None:
    how = DataExport(formats=("gpkg", "dwg", "kml"), out=tmp_path / "out")
    with pytest.raises(UsageError, match="'dwg', 'kml'; there are gpkg, gdb, shp"):
        export_data(built[0].load(), how=how)
    assert not (tmp_path / "out").exists()


def test_what_shapefiles_lose_is_told_one_by_one(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    cut = [Lost(layer="units", column=name, cut=2) for name in ("name", "pinyin")]

    def zipped(layers: object, **more: Any) -> tuple[bytes, list[Lost]]:
        given.update(more)
        return b"zip", cut

    monkeypatch.setattr("geoplan.build.handing_out.shapefile_zip", zipped)
    lost: list[Lost] = []
    how = DataExport(formats=("shp",), encoding="GBK", out=tmp_path)
    export_data(built[0].load(), how=how, on_lost=lost.append)
    assert lost == cut
    assert (tmp_path / SHAPEFILES).read_bytes() == b"zip"
    assert given["encoding"] == "GBK"
    assert {"fields.csv", "units.qml", "coverage.csv"} <= set(given["beside"])
