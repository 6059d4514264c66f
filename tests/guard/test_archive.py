"""Archives: names, limits and what is left behind."""

from __future__ import annotations

import errno
import io
import shutil
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from geoplan import guard
from geoplan.errors import DataError, RefusedError
from geoplan.guard import LIMITS, entries
from geoplan.guard import archive as archives
from tests.corpus.guard_bytes import archive, kml, renamed, saved


def packed(path: Path, content: dict[str, bytes], **options: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, each in content.items():
            made.writestr(name, each)
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_archive_is_unpacked_and_removed(tmp_path: Path) -> None:
    content = {"红线/a.csv": b"a\n1\n", "b.csv": b"", "__MACOSX/._a.csv": b"x", ".DS_Store": b"y"}
    path = packed(tmp_path / "a.zip", content)
    with guard.unpacked(path) as folder:
        assert files(folder) == {"红线/a.csv": b"a\n1\n", "b.csv": b""}
        here = folder
    assert not here.exists()
    assert guard.checked(path) == guard.Checked(path, "zip")


def test_an_archive_is_removed_where_its_use_fails(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": b"a"})
    with pytest.raises(KeyError, match="mine"), guard.unpacked(path, folder=tmp_path) as folder:
        raise KeyError("mine")
    assert not folder.exists()
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


def test_faults_of_the_reader_are_not_taken_for_those_of_the_archive(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": b"a"})
    with pytest.raises(zipfile.BadZipFile, match="another"), guard.unpacked(path):
        raise zipfile.BadZipFile("another")


@pytest.mark.parametrize(
    ("raw", "name", "encoding"),
    [
        ("生态红线".encode("gb18030"), "生态红线", "GB18030"),
        ("生态红线".encode(), "生态红线", "UTF-8"),
        (b"plain", "plain", "ASCII"),
        (b"caf\x82\xff", "café\xa0", "CP437"),
    ],
)
def test_names_that_state_no_encoding(tmp_path: Path, raw: bytes, name: str, encoding: str) -> None:
    held = b"_" * len(raw)
    make = archive({f"{held.decode()}.csv": b"a"}, after=renamed(held + b".csv", raw + b".csv"))
    path = make(tmp_path)
    with zipfile.ZipFile(path) as made:
        assert entries._named(made.infolist()[0]) == (f"{name}.csv", encoding)


def test_names_in_gbk_are_told(tmp_path: Path) -> None:
    raw = "红线".encode("gb18030")
    path = archive({"____.csv": b"a"}, after=renamed(b"____.csv", raw + b".csv"))(tmp_path)
    (notice,) = guard.checked(path).notices
    assert (notice.code, notice.severity, notice.count) == ("encoding.zip_names", "info", 1)
    assert "were read as GB18030" in notice.message
    assert notice.evidence == "the first is '红线.csv'"
    with guard.unpacked(path) as folder:
        assert files(folder) == {"红线.csv": b"a"}


def test_a_name_stated_beside_counts(tmp_path: Path) -> None:
    body = b"\x01" + struct.pack("<I", zlib.crc32(b"a.csv")) + "红线.csv".encode()
    info = zipfile.ZipInfo("a.csv")
    info.extra = struct.pack("<HH", 0x7075, len(body)) + body
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr(info, b"a")
    with guard.unpacked(tmp_path / "a.zip") as folder:
        # A name of plain letters is what it is; the other one is stated for it.
        assert files(folder) == {"红线.csv": b"a"}


def test_a_name_stated_for_another_entry_does_not_count() -> None:
    body = b"\x01" + struct.pack("<I", zlib.crc32(b"b.csv")) + b"c.csv"
    assert entries._stated(struct.pack("<HH", 0x7075, len(body)) + body, b"a.csv") is None
    assert entries._stated(struct.pack("<HH", 1, 2) + b"ab", b"a.csv") is None


@pytest.mark.parametrize(
    "name",
    ["a/../b", "a/./b", "./../a", ".//a", "a\u202eb", "a//b", "a.", "a ", "a:b", "LPT1", "nul.shp"],
)
def test_names_that_are_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", {name: b"a"})
    with pytest.raises(RefusedError, match=r"the name .* of an entry ") as caught:
        guard.checked(path)
    assert caught.value.code == "refused.zip_name"


@pytest.mark.parametrize(
    "name",
    [
        *("红线/生态.csv", "a b.csv", "console.csv", "a..b.csv", "（新）.csv"),
        *("成果\u3000最终/地块.csv", "a\u00a0b.csv", "\ue5e5村.csv", "\U0002ebf0村.csv"),
    ],
)
def test_names_that_are_not(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", {name: b"a"})
    with guard.unpacked(path) as folder:
        assert files(folder) == {name: b"a"}


def test_names_that_begin_here(tmp_path: Path) -> None:
    with guard.unpacked(packed(tmp_path / "a.zip", {"./红线/a.csv": b"a"})) as folder:
        assert files(folder) == {"红线/a.csv": b"a"}


def _of_windows(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.create_system = 0
            made.writestr(info, b"" if name.endswith("\\") else b"a")
    return path


def test_folders_as_windows_writes_them(tmp_path: Path) -> None:
    names = ["成果\\", "成果\\红线\\a.csv", "成果\\b.csv"]
    path = _of_windows(tmp_path / "a.zip", names)
    with guard.unpacked(path) as folder:
        assert files(folder) == {"成果/红线/a.csv": b"a", "成果/b.csv": b"a"}


@pytest.mark.parametrize("name", ["..\\a.csv", "\\a.csv", "C:\\a.csv", "a\\..\\..\\b.csv"])
def test_folders_of_windows_never_lead_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError) as caught:
        guard.checked(_of_windows(tmp_path / "a.zip", [name]))
    assert caught.value.code == "refused.zip_name"


def test_a_folder_and_a_file_spelled_in_two_ways_are_one(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as caught:
        guard.checked(_of_windows(tmp_path / "a.zip", ["a\\b.csv", "a/b.csv"]))
    assert caught.value.code == "refused.zip_twice"


def test_a_table_of_blanks_is_no_bomb(tmp_path: Path) -> None:
    row = b" " + b"".join(text.ljust(254) for text in (b"140100", *[b""] * 39))
    path = packed(tmp_path / "a.zip", {"a.shp": b"a", "a.dbf": row * 3500})
    assert guard.checked(path).format == "zip"


@pytest.mark.parametrize(
    ("limits", "code", "words"),
    [
        (replace(LIMITS, zip_entries=2), "zip_entries", "holds 3 entries"),
        (replace(LIMITS, zip_directory_bytes=99), "zip_entries", "99 bytes are allowed"),
        (replace(LIMITS, zip_entry_bytes=1999), "zip_bomb", "2.0 KiB when unpacked"),
        (replace(LIMITS, zip_total_bytes=5000), "zip_bomb", "5.9 KiB when unpacked; 4.9 KiB"),
        (replace(LIMITS, zip_ratio=20, small_bytes=1000), "zip_bomb", "more than 20 times"),
    ],
)
def test_limits(tmp_path: Path, limits: guard.Limits, code: str, words: str) -> None:
    path = packed(tmp_path / "a.zip", {f"{n}.csv": b"a" * 2000 for n in range(3)})
    assert guard.checked(path).format == "zip"
    with pytest.raises(RefusedError, match=words) as caught:
        guard.checked(path, limits=limits)
    assert caught.value.code == f"refused.{code}"
    with pytest.raises(RefusedError, match=words), guard.unpacked(path, limits=limits):
        pass


def test_a_size_that_lies_ends_at_that_size(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": b"a" * 5000})
    content = path.read_bytes().replace(struct.pack("<I", 5000), struct.pack("<I", 50))
    path.write_bytes(content)
    with (
        pytest.raises(RefusedError, match="cannot be unpacked") as caught,
        guard.unpacked(path, folder=tmp_path),
    ):
        pass
    assert caught.value.code == "refused.damaged"
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


def test_a_file_that_is_a_folder_too(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a": b"a", "a/b.csv": b"b"})
    with pytest.raises(DataError, match=r"a\.zip: "), guard.unpacked(path):
        pass


def test_too_little_space_is_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": b"a" * 4096})
    usage = type(shutil.disk_usage(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9999, 9999, 1024))
    with (
        pytest.raises(
            DataError,
            match=r"takes 4\.0 KiB when unpacked, and 1\.0 KiB are free in "
            r".*; free some space, or set TMPDIR",
        ) as caught,
        guard.unpacked(path, folder=tmp_path),
    ):
        pass
    assert caught.value.code == "data.no_space"


def test_a_disk_that_becomes_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": b"a" * 4096})
    opened = Path.open

    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    def full(self: Path, mode: str = "r", **more: object) -> object:
        return Full() if mode == "xb" else opened(self, mode, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(DataError, match="free some space"), guard.unpacked(path, folder=tmp_path):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


def test_archives_inside_stay_packed(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": b"a", "b.zip": b"PK", "c.rar": b"Rar!"})
    (notice,) = guard.checked(path).notices
    assert (notice.code, notice.count) == ("format.archives_inside", 2)
    assert notice.proposal == "unpack it and give the one that is meant"
    with guard.unpacked(path) as folder:
        assert sorted(files(folder)) == ["a.csv", "b.zip", "c.rar"]


def test_links_in_a_kmz_are_told(tmp_path: Path) -> None:
    inside = "<NetworkLink><Link><href>http://127.0.0.1/</href></Link></NetworkLink>"
    path = archive({"doc.kml": kml(inside).encode(), "files/a.png": b"a"}, name="a.kmz")(tmp_path)
    found = guard.checked(path)
    assert found.format == "kmz"
    (notice,) = found.notices
    assert (notice.code, notice.count) == ("format.links_unfollowed", 1)


def test_a_kmz_without_kml_is_none(tmp_path: Path) -> None:
    path = archive({"a.txt": b"a"}, name="a.kmz")(tmp_path)
    with pytest.raises(RefusedError, match="by its name a KMZ, by its content a zip archive"):
        guard.checked(path)


def test_there_is_no_archive(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match="there is no such file"),
        guard.unpacked(tmp_path / "a.zip"),
    ):
        pass


def test_bytes_before_an_archive_are_no_archive(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("a.csv", "a")
    path = saved("a.zip", b"MZ\0\0" + buffer.getvalue())(tmp_path)
    with pytest.raises(RefusedError, match="by its content a program"):
        guard.checked(path)


def test_packed_files_are_known_by_their_ending() -> None:
    assert archives.PACKED[0] == ".zip"
