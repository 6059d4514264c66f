"""Single files: whole or not at all, hashed, and flushed."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from geoplan.errors import UsageError
from geoplan.files import (
    check_target,
    file_hash,
    flush_folders,
    read_sealed,
    sealed,
    unsealed,
    write_flushed,
    write_text,
)
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

    monkeypatch.setattr(Path, "write_bytes", full)
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


def test_folders_that_cannot_be_flushed_are_passed_over(tmp_path: Path) -> None:
    flush_folders([tmp_path, tmp_path / "missing"])


def test_a_disk_that_tells_late_that_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_flushed(tmp_path / "a", b"x")
    with pytest.raises(OSError, match="No space left") as fault:
        write_text(tmp_path / "b", "x", flush=True)
    assert fault.value.filename == str(tmp_path / "b")
    assert not (tmp_path / "b").exists()
    write_text(tmp_path / "b", "x")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_files_that_links_lead_to_are_data_too(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.toml").touch()
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "zones").symlink_to(tmp_path / "shared", target_is_directory=True)
    (tmp_path / "layers" / "again").symlink_to(tmp_path / "layers", target_is_directory=True)
    (tmp_path / "layers" / "gone.toml").symlink_to(tmp_path / "missing")
    found = [path.relative_to(tmp_path).as_posix() for path in data_files(tmp_path / "layers")]
    assert found == ["layers/zones/a.toml"]


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
    (tmp_path / "deep/C.CPG").touch()
    (tmp_path / "deep/c.toml").touch()
    (tmp_path / "a.gpkg-wal").touch()
    assert [path.name for path in files_of(tmp_path / "deep/c.shp")] == ["C.CPG", *parts]
    assert [path.name for path in files_of(tmp_path / "a.gpkg")] == ["a.gpkg", "a.gpkg-wal"]
    (tmp_path / "a.gpkg-wal").unlink()
    assert files_of(tmp_path / "a.gpkg") == [tmp_path / "a.gpkg"]


def test_sealed_text_is_read_to_the_last_byte_or_not_at_all(tmp_path: Path) -> None:
    text = sealed({"甲": [1, 2.5, None], "a": {"b": "c"}})
    assert unsealed(text) == {"甲": [1, 2.5, None], "a": {"b": "c"}}
    assert text == sealed({"a": {"b": "c"}, "甲": [1, 2.5, None]})
    file = tmp_path / "a.json"
    whole = text.encode()
    for place in range(len(whole)):
        for wrong in (whole[:place], whole[:place] + b"x" + whole[place + 1 :]):
            file.write_bytes(wrong)
            assert read_sealed(file) == ({} if wrong != whole else unsealed(text))
    file.write_bytes(whole)
    assert read_sealed(file) == unsealed(text)


@pytest.mark.parametrize("text", ["", "3", "[]", "{}", '{"sha256": 1}', "[" * 100_000])
def test_what_was_not_sealed(text: str) -> None:
    assert unsealed(text) is None


def test_sealed_file_that_is_not_there(tmp_path: Path) -> None:
    assert read_sealed(tmp_path / "missing") == {}
    assert read_sealed(tmp_path) == {}
