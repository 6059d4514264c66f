"""Kept results: found by content, never half-written, and never taken where a bit is wrong."""

from __future__ import annotations

import shutil
from contextlib import suppress
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan import vector
from geoplan.kept import Kept

TABLE = pd.DataFrame(
    {
        "text": ["甲", "", "a\x00b"],
        "count": np.array([2**63 - 1, -(2**63), 7], dtype="int64"),
        "real": [0.1, float("inf"), -0.0],
        "wkb": [b"\x00\xff", b"", b"a"],
    }
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that is not there yet, below another one."""
    return tmp_path / "build" / "kept"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def flipped(path: Path, place: int, mask: int = 0x01) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= mask
    path.write_bytes(bytes(content))


def test_what_is_written_is_read_by_another_run(folder: Path) -> None:
    Kept(folder, "salt").write("one", TABLE)
    found = Kept(folder, "salt").read("one")
    assert found is not None
    pd.testing.assert_frame_equal(found, TABLE, check_exact=True)
    assert np.signbit(found["real"].iloc[2])
    assert names(folder) == {"one.parquet", "one.seal"}


def test_empty_table(folder: Path) -> None:
    Kept(folder).write("one", TABLE.head(0))
    found = Kept(folder).read("one")
    assert found is not None
    assert (list(found.columns), len(found)) == (list(TABLE.columns), 0)


def test_without_a_folder_nothing_is_kept() -> None:
    kept = Kept(None)
    kept.write("one", TABLE)
    assert kept.read("one") is None
    kept.prune()


def test_later_one_takes_the_place_of_the_earlier(folder: Path) -> None:
    kept = Kept(folder)
    kept.write("one", TABLE)
    kept.write("one", TABLE.head(1))
    found = kept.read("one")
    assert found is not None
    assert len(found) == 1


class TestKeys:
    def test_key_is_a_sha256_of_salt_and_parts(self) -> None:
        key = Kept(None).key("a", b"b")
        assert key == Kept(None).key("a", b"b")
        assert len(key) == 64
        assert int(key, 16) >= 0

    def test_keys_of_different_parts_differ(self) -> None:
        lists: list[tuple[bytes | str, ...]] = [
            (), ("",), ("", ""), (b"",), ("a",), (b"a",), ("a", "b"), ("ab",), ("b", "a"),
            ("t1:a",), ("a", ""), ("", "a"), ("1:a", "b"), ("a\x00b",), ("\ud800",), ("?",),
        ]  # fmt: skip
        keys = {Kept(None, salt).key(*parts) for parts in lists for salt in ("", "a")}
        assert len(keys) == 2 * len(lists)

    @given(st.lists(st.lists(st.text(max_size=3) | st.binary(max_size=3), max_size=4), max_size=6))
    def test_only_the_same_parts_have_the_same_key(self, lists: list[list[bytes | str]]) -> None:
        kept = Kept(None, "salt")
        for a, b in combinations(lists, 2):
            assert (kept.key(*a) == kept.key(*b)) == (a == b)


class TestDamage:
    @pytest.mark.parametrize("suffix", ["parquet", "seal"])
    def test_flipped_bits_are_never_taken_for_a_result(self, folder: Path, suffix: str) -> None:
        Kept(folder).write("one", TABLE)
        path = folder / f"one.{suffix}"
        size = path.stat().st_size
        for place in sorted({*range(0, size, max(size // 300, 1)), size - 1}):
            for mask in (0x01, 0x20, 0x80):
                flipped(path, place, mask)
                assert Kept(folder).read("one") is None, (place, mask)
                flipped(path, place, mask)
        assert Kept(folder).read("one") is not None

    def test_parquet_itself_would_not_notice(self, folder: Path) -> None:
        # Why there is a seal: with some bytes flipped, a reader finds other numbers, and no fault.
        Kept(folder).write("one", pd.DataFrame({"text": ["x" * 50 + str(i) for i in range(3)]}))
        path, found = folder / "one.parquet", 0
        sound = vector.read_table(path)
        for place in range(4, path.stat().st_size // 2):
            flipped(path, place)
            with suppress(Exception):  # whatever a broken file may raise
                found += not vector.read_table(path).equals(sound)
            flipped(path, place)
        assert found

    @pytest.mark.parametrize("content", [b"", b"PAR1", b"\xff\xfe", b"PAR1" + bytes(100) + b"PAR1"])
    @pytest.mark.parametrize("suffix", ["parquet", "seal"])
    def test_other_content(self, folder: Path, suffix: str, content: bytes) -> None:
        Kept(folder).write("one", TABLE)
        (folder / f"one.{suffix}").write_bytes(content)
        assert Kept(folder).read("one") is None

    @pytest.mark.parametrize("suffix", ["parquet", "seal"])
    def test_missing_file(self, folder: Path, suffix: str) -> None:
        Kept(folder).write("one", TABLE)
        (folder / f"one.{suffix}").unlink()
        assert Kept(folder).read("one") is None

    @pytest.mark.parametrize("suffix", ["parquet", "seal"])
    def test_folder_in_place_of_a_file(self, folder: Path, suffix: str) -> None:
        (folder / f"one.{suffix}").mkdir(parents=True)
        assert Kept(folder).read("one") is None

    def test_file_under_another_name(self, folder: Path) -> None:
        Kept(folder).write("one", TABLE)
        for suffix in ("parquet", "seal"):
            shutil.copy(folder / f"one.{suffix}", folder / f"two.{suffix}")
        assert Kept(folder).read("two") is None

    def test_another_salt(self, folder: Path) -> None:
        Kept(folder, "code 1").write("one", TABLE)
        assert Kept(folder, "code 2").read("one") is None
        assert Kept(folder, "code 1").read("one") is not None

    def test_sealed_file_that_is_no_table(self, folder: Path) -> None:
        kept = Kept(folder)
        kept.write("one", TABLE)
        (folder / "one.parquet").write_bytes(b"PAR1 no table")
        (folder / "one.seal").write_text(kept._sealed("one", folder / "one.parquet"), "utf-8")
        assert kept.read("one") is None


class TestDiskFull:
    def test_table_that_cannot_be_written(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Kept(folder).write("one", TABLE)

        def full(self: pd.DataFrame, path: Path, **_: object) -> None:
            path.write_bytes(b"PAR1 half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
        with pytest.raises(OSError, match="No space left"):
            Kept(folder).write("one", TABLE.head(1))
        assert names(folder) == {"one.parquet", "one.seal"}
        found = Kept(folder).read("one")
        assert found is not None
        assert len(found) == len(TABLE)

    def test_seal_that_cannot_be_written(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Kept(folder).write("one", TABLE)

        def full(self: Path, *_: object, **__: object) -> None:
            self.touch()
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_bytes", full)
            with pytest.raises(OSError, match="No space left"):
                Kept(folder).write("one", TABLE.head(1))
        assert names(folder) == {"one.parquet", "one.seal"}
        # The new table under the seal of the old one is neither.
        assert Kept(folder).read("one") is None

    def test_file_where_the_folder_should_be(self, folder: Path) -> None:
        folder.parent.mkdir()
        folder.write_text("mine")
        with pytest.raises(OSError, match="exists"):
            Kept(folder).write("one", TABLE)
        assert Kept(folder).read("one") is None
        Kept(folder).prune()
        assert folder.read_text() == "mine"


class TestPrune:
    def test_what_was_neither_read_nor_written_goes(self, folder: Path) -> None:
        before = Kept(folder)
        for name in ("read", "left", "damaged"):
            before.write(name, TABLE)
        flipped(folder / "damaged.parquet", 20)
        (folder / ".left.parquet.123.part").write_bytes(b"of a run that was killed")
        (folder / "others").mkdir()
        kept = Kept(folder)
        assert kept.read("read") is not None
        assert kept.read("damaged") is None
        kept.write("written", TABLE)
        kept.prune()
        both = {
            f"{name}.{suffix}" for name in ("read", "written") for suffix in ("parquet", "seal")
        }
        assert names(folder) == {*both, "others"}

    def test_prefix_leaves_the_others(self, folder: Path) -> None:
        for name in ("shapes-a", "units"):
            Kept(folder).write(name, TABLE)
        (folder / ".shapes-a.parquet.123.part").write_bytes(b"")
        (folder / ".units.parquet.123.part").write_bytes(b"")
        Kept(folder).prune("shapes-")
        assert names(folder) == {"units.parquet", "units.seal", ".units.parquet.123.part"}

    def test_folder_that_is_not_there(self, folder: Path) -> None:
        Kept(folder).prune()
        assert not folder.exists()

    def test_file_that_cannot_be_deleted(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Kept(folder).write("one", TABLE)

        def held(self: Path, missing_ok: bool = False) -> None:
            raise PermissionError(13, "in use")

        monkeypatch.setattr(Path, "unlink", held)
        Kept(folder).prune()
        assert names(folder) == {"one.parquet", "one.seal"}
