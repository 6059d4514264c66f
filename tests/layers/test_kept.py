"""Files of shapes are read again only where they, or what is asked of them, changed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import DataError
from geoplan.kept import Kept
from geoplan.layers import delimited
from tests import small as module
from tests.small import SIDE, SOUTH, WEST, SmallProject, assert_same, box, cell, slot

BOW = shapely.Polygon(np.array([(0, 0), (1, 1), (1, 0), (0, 1)]) * SIDE + [WEST, SOUTH])
"""Two triangles that meet: repaired, which is told."""

SHAPES = [
    box(0, 1, 0.5, 2),
    BOW,
    box(-1, 0.2, 0.4, 0.6),
    box(7, 7, 8, 8),
    None,
    shapely.MultiPolygon([box(1.1, 1.1, 1.2, 1.3), box(1.5, 1.5, 1.7, 1.6)]),
]
COLUMNS: dict[str, list[Any]] = {
    "BSM": ["a-1", "a-2", "a-3", "a-4", "a-5", "a-6"],
    "MC": ["甲", "", None, "丁 ", "nan", "None"],
    "OLD": ["1", "2", "3", "4", "5", "6"],
}

Read = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of results."""
    return tmp_path / "kept"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, small: SmallProject, folder: Path) -> Read:
    """Return a function that makes the layers and says which files were read.

    Tables have to be those of a run that keeps nothing.
    """

    def run(*, salt: str = "", **more: Any) -> list[str]:
        names: list[str] = []

        def counted(path: Path, **named: Any) -> gpd.GeoDataFrame:
            names.append(path.name)
            return read_vector(path, **named)

        read_vector = delimited.read_vector
        with monkeypatch.context() as patch:
            patch.setattr(delimited, "read_vector", counted)
            made = small.layers(Kept(folder, salt, **more))
        assert_same(made, small.layers())
        return names

    return run


def ask(small: SmallProject, **keys: Any) -> None:
    small.write_layer(slot(**{"id": "BSM", "name": "MC", **keys}))


def write(small: SmallProject, shapes: Any = SHAPES, **more: Any) -> Path:
    return small.write_shapes(shapes, **{**COLUMNS, **more})


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "parquet", "fgb", "gdb"])
def test_second_run_does_not_read_the_file(small: SmallProject, read: Read, suffix: str) -> None:
    state = "EPSG:4326" if suffix == "geojson" else "EPSG:4546"
    # Some formats take one kind of shape only.
    count = 4 if suffix in ("fgb", "gdb") else len(SHAPES)
    columns = {name: cells[:count] for name, cells in COLUMNS.items()}
    name = f"layers/works/shapes.{suffix}"
    path = small.write_shapes(SHAPES[:count], name=name, state=state, **columns)
    ask(small)
    assert read() == [path.name]
    assert read() == []


@pytest.mark.parametrize("keys", [{"id": "BSM"}, {"name": "MC"}, {}])
def test_without_columns_of_ids_and_names(
    small: SmallProject, read: Read, keys: dict[str, str]
) -> None:
    write(small)
    small.write_layer(slot(**keys))
    assert len(read()) == 1
    assert read() == []


def test_file_that_needs_nothing_told(small: SmallProject, read: Read) -> None:
    small.write_shapes([cell("910101")], state=crs.DATA_CRS, BSM=["a"], MC=["甲"])
    ask(small)
    assert len(read()) == 1
    assert read() == []


def test_issues_and_dropped_are_told_again(small: SmallProject, read: Read, folder: Path) -> None:
    write(small)
    ask(small)
    read()
    made = small.layers(Kept(folder))
    checks = set(made["issues"].query("stage == 'layers'")["check"])
    assert checks >= {"repaired", "outside_units", "no_shape", "reprojected"}
    assert list(made["dropped"]["feature"]) == ["a-3", "a-4"]


@pytest.mark.parametrize("change", ["moved", "renamed", "fewer"])
def test_changed_file_is_read_again(small: SmallProject, read: Read, change: str) -> None:
    path = write(small)
    ask(small)
    read()
    shapes = [box(0, 1, 0.6, 2), *SHAPES[1:]] if change == "moved" else SHAPES
    columns = {"MC": ["乙", *COLUMNS["MC"][1:]]} if change == "renamed" else {}
    if change == "fewer":
        shapes, columns = SHAPES[:2], {name: cells[:2] for name, cells in COLUMNS.items()}
    path.unlink()
    write(small, shapes, **columns)
    assert read() == ["shapes.gpkg"]
    assert read() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('id = "BSM"', 'id = "OLD"'),
        ('name = "MC"', 'name = "OLD"'),
        ('class_id = "redline"', 'class_id = "mine"'),
    ],
)
def test_another_choice_of_columns_reads_again(
    small: SmallProject, read: Read, before: str, after: str
) -> None:
    write(small)
    text = slot(id="BSM", name="MC")
    small.write_layer(text)
    read()
    assert before in text
    small.write_layer(text.replace(f"\n{before}", f"\n{after}"))
    assert read() == ["shapes.gpkg"]
    assert read() == []


def test_another_layer_of_the_file(small: SmallProject, read: Read) -> None:
    path = write(small)
    other = gpd.GeoDataFrame(
        {"BSM": ["b-1"], "MC": ["乙"]}, geometry=[cell("910102")], crs=crs.WORK_CRS
    )
    other.to_file(path, layer="other", engine="pyogrio")
    ask(small, layer="shapes")
    assert len(read()) == 1
    ask(small, layer="other")
    assert len(read()) == 1
    assert read() == []


def test_another_scope_reads_again(
    small: SmallProject, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(small)
    ask(small)
    read()
    units = module.small_units(small.root / "data" / "boundaries")
    top = units["parent"].isna()
    units.loc[top, "geometry"] = shapely.buffer(units.geometry[top].to_numpy(), -0.001)
    monkeypatch.setattr(module, "_UNITS", [units])
    assert read() == ["shapes.gpkg"]
    assert read() == []


def test_notes_of_the_layer_and_other_layers_do_not_matter(small: SmallProject, read: Read) -> None:
    write(small, name="layers/works/other.shp")
    note = 'note = { zh = "注", en = "Note" }\n'
    text = slot(id="BSM", name="MC", path="other.shp")
    small.write_layer(text)
    read()
    # The layer file stands beside the shapefile, under its stem.
    small.write_layer(note + text)
    assert read() == []
    zones = small.root / "layers/zones/zones.toml"
    zones.write_text(note + zones.read_text("utf-8"), "utf-8")
    assert read() == []


@pytest.mark.parametrize("name", ["shapes.dbf", "shapes.cpg"])
def test_parts_of_a_shapefile_belong_to_it(small: SmallProject, read: Read, name: str) -> None:
    path = write(small, name="layers/works/shapes.shp")
    path.with_suffix(".cpg").unlink()
    ask(small)
    read()
    part = path.with_name(name)
    if name == "shapes.dbf":
        content = part.read_bytes()
        assert content.count(b"a-6") == 1
        part.write_bytes(content.replace(b"a-6", b"b-6"))
    else:
        part.write_text("UTF-8")
    assert read() == ["shapes.shp"]
    assert read() == []


def test_parts_of_a_shapefile_in_other_letters_belong_to_it(
    small: SmallProject, read: Read
) -> None:
    path = write(small, name="layers/works/shapes.shp")
    path.with_suffix(".cpg").unlink()
    ask(small)
    read()
    path.with_name("SHAPES.CPG").write_text("UTF-8")
    assert read() == ["shapes.shp"]
    path.with_name("SHAPES.CPG").write_text("GBK")
    with pytest.raises(DataError, match=r"its \.cpg says GBK, but its texts are not"):
        read()


def test_rows_beside_a_geopackage_belong_to_it(
    small: SmallProject, read: Read, folder: Path
) -> None:
    path = write(small)
    ask(small, path="shapes.gpkg")
    read()
    # As a program leaves it that still has the file open.
    with sqlite3.connect(path) as held:
        held.execute("pragma journal_mode = wal")
        for (trigger,) in held.execute("select name from sqlite_master where type = 'trigger'"):
            held.execute(f"drop trigger {trigger}")  # they call functions that only GDAL has
        held.execute("update shapes set MC = '丙' where BSM = 'a-1'")
        held.commit()
        assert "丙" in set(small.layers(Kept(folder))["features"]["name"])
    held.close()


def test_two_layers_of_one_file(small: SmallProject, read: Read) -> None:
    write(small)
    ask(small)
    text = slot("second", id="BSM", name="MC")
    small.write_layer(text, name="second")
    assert read() == ["shapes.gpkg", "shapes.gpkg"]
    assert read() == []


def test_same_content_under_another_name_of_a_folder(small: SmallProject, read: Read) -> None:
    write(small)
    ask(small)
    read()
    moved = small.root / "own" / "shapes.gpkg"
    moved.parent.mkdir()
    shutil.copy(small.root / "layers/works/shapes.gpkg", moved)
    with (small.root / "geoplan.toml").open("a", encoding="utf-8") as file:
        file.write('[sources]\nredline = "own/shapes.gpkg"\n')
    assert read() == []
    # Messages carry the name of the file, so it counts.
    moved.rename(moved.with_name("other.gpkg"))
    text = (small.root / "geoplan.toml").read_text("utf-8")
    small.write("geoplan.toml", text.replace("own/shapes.gpkg", "own/other.gpkg"))
    assert read() == ["other.gpkg"]


def test_another_salt_reads_again(small: SmallProject, read: Read) -> None:
    write(small)
    ask(small)
    read(salt="code 1")
    assert len(read(salt="code 2")) == 1
    assert read(salt="code 2") == []


def test_errors_are_not_kept(small: SmallProject, folder: Path) -> None:
    write(small, BSM=["a", "a", "a", "a", "a", "a"])
    ask(small)
    for _ in range(2):
        with pytest.raises(DataError, match="repeats 5 value"):
            small.layers(Kept(folder))
    assert not folder.exists()


def test_damaged_file_is_read_again(small: SmallProject, read: Read, folder: Path) -> None:
    write(small)
    ask(small)
    read()
    (path,) = folder.glob("shapes-*.parquet")
    size = path.stat().st_size
    for place in (size // 4, size // 2):
        content = bytearray(path.read_bytes())
        content[place] ^= 0x10
        path.write_bytes(bytes(content))
        assert read() == ["shapes.gpkg"]
        assert read() == []


def test_table_of_other_columns_is_read_again(
    small: SmallProject, read: Read, folder: Path
) -> None:
    write(small)
    ask(small)
    read()
    (path,) = folder.glob("shapes-*.parquet")
    Kept(folder).write(path.stem, pd.DataFrame({"kind": ["shape"]}))
    assert read() == ["shapes.gpkg"]


def test_hashes_come_from_the_caller(small: SmallProject, read: Read) -> None:
    path = write(small)
    ask(small)
    hashed: list[Path] = []

    def digest(path: Path) -> str:
        hashed.append(path)
        return "remembered"

    read(digest=digest)
    assert set(hashed) == {path}
    assert read(digest=digest) == []


def test_file_that_changes_while_it_is_read_is_not_kept(small: SmallProject, read: Read) -> None:
    write(small)
    ask(small)
    hashes = iter(["before", "after", "before", "before"])
    assert len(read(digest=lambda _: next(hashes))) == 1
    assert len(read(digest=lambda _: next(hashes))) == 1
    assert read(digest=lambda _: "before") == []


def test_file_that_cannot_be_hashed_is_left_to_the_reader(
    small: SmallProject, read: Read, folder: Path
) -> None:
    write(small)
    ask(small)

    def digest(path: Path) -> str:
        raise PermissionError(13, "denied")

    assert len(read(digest=digest)) == 1
    assert not folder.exists()


def test_without_a_folder_nothing_is_hashed(small: SmallProject) -> None:
    write(small)
    ask(small)
    made = small.layers(Kept(None, digest=lambda path: pytest.fail("hashed")))
    assert_same(made, small.layers())


def test_prune_leaves_what_the_run_took(small: SmallProject, read: Read, folder: Path) -> None:
    path = write(small)
    ask(small)
    read()
    kept = Kept(folder)
    small.layers(kept)
    kept.prune("shapes-")
    assert len(list(folder.iterdir())) == 2
    path.unlink()
    write(small, SHAPES[:1], **{name: cells[:1] for name, cells in COLUMNS.items()})
    kept = Kept(folder)
    small.layers(kept)
    assert len(list(folder.iterdir())) == 4
    kept.prune("shapes-")
    assert len(list(folder.iterdir())) == 2
    assert read() == []


def test_rows_are_kept_as_they_are(small: SmallProject, read: Read, folder: Path) -> None:
    write(small)
    ask(small)
    read()
    (path,) = folder.glob("shapes-*.parquet")
    table = Kept(folder).read(path.stem)
    assert table is not None
    dropped = [json.loads(text) for text in table["text"][table["kind"] == "dropped"]]
    made = small.layers()["dropped"]
    assert [row["area_m2"] for row in dropped] == list(made["area_m2"])
