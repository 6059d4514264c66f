"""Parts of shapefiles in any case, and what lies in archives."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from geoplan import vector
from geoplan.errors import DataError
from geoplan.vector.archive import data_sets
from geoplan.vector.kinds import kind_of, looked_through
from geoplan.vector.pages import snapshot
from geoplan.vector.shapefile import parts_of_shapefile, whole_shapefile
from tests.corpus.formats import one_row_more, parquet_folder, shapefile, squares, write


def touch(root: Path, *names: str) -> None:
    """Make empty files."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(root: Path) -> list[str]:
    """Return the data sets below a folder."""
    return [path.relative_to(root).as_posix() for path in data_sets(root)]


def test_data_sets_however_deep(tmp_path: Path) -> None:
    touch(tmp_path, "数据/a.shp", "数据/a.dbf", "数据/b.GPKG", "__MACOSX/._a.shp", ".DS_Store")
    touch(tmp_path, "c.gdb/a0001.gdbtable", "说明.txt", "style.json", "meta.xml", "inner.zip")
    assert found(tmp_path) == ["c.gdb", "数据/a.shp", "数据/b.GPKG"]


def test_tables_only_where_there_is_nothing_else(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv", "readme.txt")
    assert found(tmp_path) == ["a.csv"]
    touch(tmp_path, "b.kml")
    assert found(tmp_path) == ["b.kml"]


def test_doubtful_endings_come_last(tmp_path: Path) -> None:
    touch(tmp_path, "a.json", "b.txt")
    assert found(tmp_path) == ["a.json", "b.txt"]


def test_nothing_in_it(tmp_path: Path) -> None:
    touch(tmp_path, "a.pdf", "b.zip")
    assert found(tmp_path) == []


def test_parts_in_any_case(tmp_path: Path) -> None:
    touch(tmp_path, "A.SHP", "a.Shx", "A.dbf", "b.dbf", "A.shp.xml", "A.SBN")
    parts = parts_of_shapefile(tmp_path / "A.SHP")
    assert {end: path.name for end, path in parts.items()} == {
        ".shp": "A.SHP",
        ".shx": "a.Shx",
        ".dbf": "A.dbf",
    }


def test_the_part_of_the_same_stem_is_meant(tmp_path: Path) -> None:
    touch(tmp_path, "a.shp", "a.dbf", "A.dbf")
    assert parts_of_shapefile(tmp_path / "a.shp")[".dbf"].name == "a.dbf"


@pytest.mark.parametrize("names", [("a.dbf", "a.DBF"), ("A.dbf", "A.Dbf")])
def test_parts_that_stand_twice(tmp_path: Path, names: tuple[str, str]) -> None:
    touch(tmp_path, "a.shp", *names)
    with pytest.raises(DataError, match="2 files could belong to it") as caught:
        parts_of_shapefile(tmp_path / "a.shp")
    assert caught.value.code == "format.parts_twice"


def test_a_whole_shapefile_is_opened_where_it_is(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    with whole_shapefile(path) as whole:
        assert (whole.path, whole.notices, whole.deleted) == (path, (), 0)


def test_parts_of_other_case_are_linked_elsewhere(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".dbf").rename(path.with_suffix(".DBF"))
    with whole_shapefile(path) as whole:
        folder = whole.path.parent
        assert folder != tmp_path
        assert whole.path.with_suffix(".dbf").read_bytes() == path.with_suffix(".DBF").read_bytes()
    assert not folder.exists()


def test_rows_that_belong_to_no_shape(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match="2 shapes, but 3 rows"),
        whole_shapefile(one_row_more(tmp_path)),
    ):
        pass


def test_a_table_without_shapes_is_no_layer(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    path.with_suffix(".dbf").unlink()
    made = vector.read(path)
    assert (len(made.frame), list(made.frame.columns)) == (2, ["geometry"])


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is a folder without any \.parquet file"):
        kind_of(tmp_path)
    assert looked_through(parquet_folder(tmp_path)).format == "geoparquet"


def test_a_snapshot_is_removed(tmp_path: Path) -> None:
    path = write(squares(), tmp_path / "a.gpkg")
    with snapshot(path) as copy:
        assert copy.stat().st_size
    assert not copy.exists()
    path.write_bytes(b"no database" * 100)
    with pytest.raises(DataError, match="close it in other programs"), snapshot(path):
        pass


def test_other_layers_of_the_same_stem_belong_to_no_shapefile(tmp_path: Path) -> None:
    touch(tmp_path, "a.shp", "a.dbf", "a.shp.xml", "a.gpkg", "a.zip", "a.toml")
    names = [path.name for path in vector.files_of(tmp_path / "a.shp")]
    assert names == ["a.dbf", "a.shp", "a.shp.xml"]


def test_archives_with_very_many_layers_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with ZipFile(path, "w") as archive:
        for n in range(201):
            archive.writestr(f"{n}.csv", "a")
    with pytest.raises(DataError, match="201 files with layers; at most 200") as caught:
        vector.look(path)
    assert caught.value.code == "refused.zip_entries"
