"""Remembered hashes: never a wrong one, whatever clocks and copies do."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from geoplan.build import hashes as module
from geoplan.build.hashes import Hashes

OLD = 1_500_000_000_123_456_789


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file that was changed long ago."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    os.utime(path, ns=(OLD, OLD))
    return path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the list of files that are really read; files count as settled at once."""
    calls: list[Path] = []

    def hashed(path: Path) -> str:
        calls.append(path)
        return sha256(path.read_bytes()).hexdigest()

    monkeypatch.setattr(module, "file_hash", hashed)
    monkeypatch.setattr(module, "_FINE_NS", -1_000_000_000)
    return calls


def test_file_is_read_once_for_all_runs(file: Path, tmp_path: Path, read: list[Path]) -> None:
    for _ in range(3):
        known = Hashes(tmp_path)
        assert known.of(file) == known.of(file) == sha256(b"one").hexdigest()
        known.save()
    assert read == [file]


def test_changed_file_is_read_again(file: Path, tmp_path: Path, read: list[Path]) -> None:
    known = Hashes(tmp_path)
    known.of(file)
    file.write_bytes(b"two")
    assert known.of(file) == sha256(b"two").hexdigest()
    known.save()
    file.write_bytes(b"six")
    os.utime(file, ns=(OLD, OLD))
    assert Hashes(tmp_path).of(file) == sha256(b"six").hexdigest()
    assert len(read) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of change")
def test_change_that_hides_its_time_is_seen(file: Path, tmp_path: Path, read: list[Path]) -> None:
    known = Hashes(tmp_path)
    known.of(file)
    file.write_bytes(b"two")  # as long as before
    os.utime(file, ns=(OLD, OLD))
    assert known.of(file) == sha256(b"two").hexdigest()


def test_replaced_file_with_the_same_times_is_seen(
    file: Path, tmp_path: Path, read: list[Path]
) -> None:
    known = Hashes(tmp_path)
    known.of(file)
    other = tmp_path / "b.txt"
    other.write_bytes(b"two")
    shutil.copystat(file, other)
    other.replace(file)
    assert known.of(file) == sha256(b"two").hexdigest()


def test_file_of_this_very_moment_is_not_remembered(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FINE_NS", 3_600_000_000_000)
    known = Hashes(tmp_path)
    known.of(file)
    known.save()
    assert "a.txt" not in (tmp_path / module.NAME).read_text("utf-8")


def test_file_from_the_future_is_not_remembered(
    file: Path, tmp_path: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The clock was set back since it was written.
    monkeypatch.setattr(module.time, "time_ns", lambda: OLD - 10_000_000_000)
    known = Hashes(tmp_path)
    known.of(file)
    known.of(file)
    assert len(read) == 2


@pytest.mark.parametrize("moment", [OLD - OLD % 1_000_000_000])
def test_coarse_clocks_of_file_systems_are_given_more_time(moment: int) -> None:
    mark: list[object] = [3, moment, moment, 1]
    assert not module._settled(mark, moment + 1_000_000_000)
    assert module._settled(mark, moment + 3_000_000_000)
    fine: list[object] = [3, moment + 1, moment + 1, 1]
    assert module._settled(fine, moment + 1_000_000_000)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": []}', "\x00"])
def test_damaged_memory_is_forgotten(file: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / module.NAME).write_text(text, encoding="utf-8")
    assert Hashes(tmp_path).of(file) == sha256(b"one").hexdigest()


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        Hashes(tmp_path).of(tmp_path / "missing")


def test_memory_that_cannot_be_kept_is_no_fault(file: Path, tmp_path: Path) -> None:
    known = Hashes(tmp_path / "no such folder")
    known.of(file)
    known.save()
