"""Single files: whole or not at all, hashed, and flushed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from geoplan.errors import UsageError
from geoplan.files import check_target, file_hash, flushed, write_text
from geoplan.formats import data_files, files_of


def test_text_is_written_with_plain_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "甲.txt", "一\n二\n")
    assert (tmp_path / "甲.txt").read_bytes() == "一\n二\n".encode()
    assert file_hash(tmp_path / "甲.txt") == sha256("一\n二\n".encode()).hexdigest()


def test_a_text_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old", encoding="utf-8")

    def full(self: Path, *_: object, **__: object) -> None:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        write_text(file, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert file.read_text("utf-8") == "old"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.xlsx", r"has to end in \.csv or \.parquet"),
        ("no/a.csv", "there is no folder"),
        ("b.csv", "is a folder"),
    ],
)
def test_targets_that_cannot_be_written(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(UsageError, match=message):
        check_target(tmp_path / name, [".csv", ".parquet"])
    check_target(tmp_path / "a.CSV", [".csv", ".parquet"])


def test_what_cannot_be_flushed_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x", encoding="utf-8")
    flushed([tmp_path / "a", tmp_path, tmp_path / "missing"])


def test_files_that_stages_may_read(tmp_path: Path) -> None:
    for name in ("a.toml", "b.CSV", "notes.docx", "x.gdb/a0001.table", "deep/c.shp", "deep/c.dbf"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = [path.relative_to(tmp_path).as_posix() for path in data_files(tmp_path)]
    assert found == ["a.toml", "b.CSV", "deep/c.dbf", "deep/c.shp", "x.gdb/a0001.table"]
    parts = [path.name for path in files_of(tmp_path / "deep/c.shp")]
    assert parts == ["c.dbf", "c.shp"]
    assert [path.name for path in files_of(tmp_path / "x.gdb")] == ["a0001.table"]
    assert files_of(tmp_path / "a.gpkg") == [tmp_path / "a.gpkg"]
