"""Folders that are replaced as a whole: nothing half, nothing of others lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoplan import folders, manifest
from geoplan.errors import ConfigError, StageError, UsageError
from geoplan.folders import (
    aside,
    check_replaceable,
    locked,
    recover,
    replacing,
    reserved,
)
from tests.small import write_manifest


def publish(target: Path, **files: str) -> None:
    """Publish files as a build does."""
    with replacing(target) as beside:
        for name, text in files.items():
            (beside / name).write_text(text, encoding="utf-8")
        write_manifest(beside)


def read(folder: Path) -> dict[str, str]:
    """Return the files of a folder but the manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != manifest.NAME
    }


def names(folder: Path) -> list[str]:
    """Return the names in a folder, sorted."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """Return a published folder."""
    publish(tmp_path / "maps", index="old", gone="old")
    return tmp_path / "maps"


def test_first_publication(tmp_path: Path) -> None:
    publish(tmp_path / "deep" / "maps", index="new")
    assert read(tmp_path / "deep" / "maps") == {"index": "new"}
    assert names(tmp_path / "deep") == ["maps"]


def test_new_files_take_the_place_of_all_old_ones(maps: Path) -> None:
    publish(maps, index="new")
    assert read(maps) == {"index": "new"}
    assert names(maps.parent) == ["maps"]


def test_old_files_stay_until_the_end(maps: Path) -> None:
    with replacing(maps) as beside:
        (beside / "index").write_text("new", encoding="utf-8")
        assert read(maps) == {"index": "old", "gone": "old"}
        assert beside.parent == maps.parent
    assert read(maps) == {"index": "new"}


def write_half(folder: Path, error: type[BaseException]) -> None:
    """Write one file and fail."""
    (folder / "index").write_text("new", encoding="utf-8")
    raise error("half")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_old_files_stay_if_the_body_fails(maps: Path, error: type[BaseException]) -> None:
    with pytest.raises(error, match="half"), replacing(maps) as beside:
        write_half(beside, error)
    assert read(maps) == {"index": "old", "gone": "old"}
    assert names(maps.parent) == ["maps"]


def test_nothing_is_left_if_the_first_publication_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), replacing(tmp_path / "maps"):
        raise RuntimeError
    assert names(tmp_path) == []


def test_leftovers_of_a_killed_build_are_not_published(maps: Path) -> None:
    leftover = maps.with_name(f".maps.{'1234' * 8}.new")
    leftover.mkdir()
    (leftover / "half").write_text("half", encoding="utf-8")
    publish(maps, index="new")
    assert read(maps) == {"index": "new"}
    assert names(maps.parent) == ["maps"]


@pytest.fixture
def renames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the call that exchanges two names, as where a system has none."""
    monkeypatch.setattr(folders, "_renameat2", lambda: None)


@pytest.mark.usefixtures("renames")
@pytest.mark.parametrize("fails", [1, 2])
def test_old_files_stay_if_a_rename_fails(
    maps: Path, fails: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        if self.is_dir():
            calls.append(target)
            if len(calls) == fails:
                raise PermissionError("in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(StageError, match="the old one stays: in use"):
        publish(maps, index="new")
    assert len(calls) >= fails
    assert read(maps) == {"index": "old", "gone": "old"}
    assert names(maps.parent) == ["maps"]


@pytest.mark.usefixtures("renames")
def test_two_renames_where_there_is_no_exchange(maps: Path) -> None:
    publish(maps, index="new")
    assert read(maps) == {"index": "new"}
    assert names(maps.parent) == ["maps"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no exchange")
def test_the_folder_is_never_missing(maps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("renamed, so that the folder was missing for a moment")

    monkeypatch.setattr(Path, "replace", refuse)
    with replacing(maps) as beside:
        (beside / "index").write_text("new", encoding="utf-8")
        seen = names(maps.parent)
    assert len(seen) == 2
    assert read(maps) == {"index": "new"}
    assert names(maps.parent) == ["maps"]


def test_exchange_that_the_file_system_refuses(maps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_renameat2", lambda: lambda *_: -1)
    publish(maps, index="new")
    assert read(maps) == {"index": "new"}
    assert names(maps.parent) == ["maps"]


def test_a_body_that_finds_nothing_new_changes_nothing(maps: Path) -> None:
    before = maps.stat().st_ino
    with replacing(maps):
        raise folders.Unchanged
    assert maps.stat().st_ino == before
    assert names(maps.parent) == ["maps"]


def test_a_new_folder_that_somebody_removed_is_told(maps: Path) -> None:
    with pytest.raises(StageError, match="the old one stays"), replacing(maps) as beside:
        beside.rmdir()
    assert read(maps) == {"index": "old", "gone": "old"}


def test_folders_of_other_projects_are_left_alone(maps: Path) -> None:
    others = [f".maps.public.{'0' * 32}.new", ".maps.notes.new", f".maps.{'0' * 32}.old"]
    for name in others:
        (maps.parent / name).mkdir()
    (maps.parent / f".maps.{'0' * 32}.new").mkdir()
    publish(maps, index="new")
    assert names(maps.parent) == sorted([*others, "maps"])


@pytest.mark.skipif(sys.platform == "win32", reason="no links, no pipes")
def test_links_and_pipes_of_others_are_kept(maps: Path) -> None:
    (maps / "link").symlink_to(maps.parent, target_is_directory=True)
    os.mkfifo(maps / "pipe")
    (maps / "notes").mkdir()
    (maps / "notes" / "README.md").write_text("mine", encoding="utf-8")
    message = r"holds 3 file\(s\).*\n  - link\n  - notes/README\.md\n  - pipe$"
    with pytest.raises(ConfigError, match=message):
        check_replaceable(maps)


def test_a_damaged_manifest_is_told(maps: Path) -> None:
    (maps / "manifest.json").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"manifest\.json there cannot be read, so ours are not"):
        check_replaceable(maps)
    check_replaceable(maps, {"index", "gone", "manifest.json"})


def test_a_mount_point_is_refused_before_any_work(
    maps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda self: self == maps)
    message = r'maps: is a mount point, .*: maps = "maps/atlas"$'
    with pytest.raises(ConfigError, match=message), replacing(maps):
        pytest.fail("nothing may be written")
    assert read(maps) == {"index": "old", "gone": "old"}


def test_recover_after_a_kill_between_the_renames(maps: Path) -> None:
    maps.rename(maps.with_name(".maps.old"))
    recover(maps)
    assert read(maps) == {"index": "old", "gone": "old"}
    assert names(maps.parent) == ["maps"]


def test_recover_after_a_kill_behind_the_renames(maps: Path) -> None:
    before = maps.with_name(".maps.old")
    before.mkdir()
    (before / "older").write_text("older", encoding="utf-8")
    recover(maps)
    assert read(maps) == {"index": "old", "gone": "old"}
    assert names(maps.parent) == ["maps"]


@pytest.mark.usefixtures("renames")
def test_folder_that_came_back_meanwhile_is_told(
    maps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        made = rename(self, target)
        if self == maps:
            recover(maps)  # somebody else puts the folder back between the two renames
        return made

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(StageError, match="the old one stays"):
        publish(maps, index="new")
    assert read(maps) == {"index": "old", "gone": "old"}


def test_where_a_published_folder_is(maps: Path) -> None:
    assert aside(maps) == maps
    assert aside(maps.with_name("other")) == maps.with_name("other")
    maps.rename(maps.with_name(".maps.old"))
    assert aside(maps) == maps.with_name(".maps.old")
    assert names(maps.parent) == [".maps.old"]


def test_notes_for_version_control_are_carried_along(maps: Path) -> None:
    (maps / ".gitignore").write_text("*.png", encoding="utf-8")
    (maps / "deep").mkdir()
    (maps / "deep" / ".gitkeep").write_text("", encoding="utf-8")
    (maps / "Thumbs.db").write_bytes(b"")
    publish(maps, index="new")
    assert read(maps) == {"index": "new", ".gitignore": "*.png", "deep/.gitkeep": ""}


def test_recover_without_anything_to_do(maps: Path) -> None:
    recover(maps)
    recover(maps.with_name("other"))
    assert read(maps) == {"index": "old", "gone": "old"}
    assert names(maps.parent) == ["maps"]


KILLED = """
import os
from pathlib import Path
from geoplan import folders
from geoplan.folders import replacing

folders._renameat2 = lambda: None
with replacing(Path({target!r})) as beside:
    (beside / "index").write_text("new", encoding="utf-8")
    rename, calls = Path.replace, []

    def replace(self, target):
        if len(calls) == {after}:
            os._exit(9)
        calls.append(target)
        return rename(self, target)

    Path.replace = replace
"""


@pytest.mark.parametrize("after", [0, 1])
def test_a_killed_build_leaves_the_published_folder_whole(maps: Path, after: int) -> None:
    script = KILLED.format(target=str(maps), after=after)
    ended = subprocess.run([sys.executable, "-c", script], check=False)
    assert ended.returncode == 9
    assert maps.exists() == (after == 0)
    recover(maps)
    assert read(maps) == {"index": "old", "gone": "old"}
    publish(maps, index="new")
    assert read(maps) == {"index": "new"}
    assert names(maps.parent) == ["maps"]


@pytest.mark.parametrize("content", [[], ["README.md"], [".gitignore", "README.md"]])
def test_empty_folders_may_be_replaced(tmp_path: Path, content: list[str]) -> None:
    target = tmp_path / "maps"
    target.mkdir()
    for name in content:
        (target / name).write_text("x", encoding="utf-8")
    check_replaceable(target)
    check_replaceable(tmp_path / "missing")


def test_published_folders_may_be_replaced(maps: Path) -> None:
    (maps / "Thumbs.db").write_bytes(b"")
    check_replaceable(maps)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="no manifest"),
        pytest.param('{"name": "an extension of a browser"}', id="another manifest"),
        pytest.param('{"outputs": {"index": "0"}}', id="not in the manifest"),
        pytest.param('{"outputs": 3}', id="strange manifest"),
        pytest.param("[1]", id="a list"),
        pytest.param("{", id="broken manifest"),
    ],
)
def test_files_of_others_are_kept(tmp_path: Path, text: str | None) -> None:
    target = tmp_path / "maps"
    (target / "deep").mkdir(parents=True)
    (target / "deep" / "thesis.docx").write_text("mine", encoding="utf-8")
    if text is not None:
        (target / manifest.NAME).write_text(text, encoding="utf-8")
    message = r"geoplan did not publish and keeps; move them.*\n(.*\n)?  - deep/thesis\.docx"
    with pytest.raises(ConfigError, match=message), replacing(target):
        pytest.fail("nothing may be written")
    assert (target / "deep" / "thesis.docx").read_text("utf-8") == "mine"
    assert names(tmp_path) == ["maps"]


def test_notes_put_beside_published_maps_are_kept(maps: Path) -> None:
    (maps / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"holds 1 file\(s\).*\n  - notes\.txt$"):
        publish(maps, index="new")
    assert read(maps)["notes.txt"] == "mine"


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "maps").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="maps: is no folder; set `maps`"):
        check_replaceable(tmp_path / "maps")


HOLDER = """
import sys
from pathlib import Path
from geoplan.folders import locked

with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_lock_of_another_process(tmp_path: Path) -> None:
    build = tmp_path / "build"
    command = [sys.executable, "-c", HOLDER, str(build)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        message = (
            rf"build: another build is running in this project \(process {other.pid} of \w+ on "
            r"\S+, since 20\S+\); wait for it to end"
        )
        with pytest.raises(UsageError, match=message) as caught, locked(build):
            pytest.fail("two builds at once")
        assert caught.value.exit_code == 2
        other.communicate()
    with locked(build):
        assert build.is_dir()


@pytest.mark.parametrize("text", ["", "{}", "[1]", "half {"])
def test_lock_whose_holder_cannot_be_read(tmp_path: Path, text: str) -> None:
    build = tmp_path / "build"
    with locked(build):
        (build / folders.HOLDER).write_text(text, encoding="utf-8")
        message = "another build is running in this project; wait for it to end"
        with pytest.raises(UsageError, match=message), locked(build):
            pytest.fail("two builds at once")


def test_who_holds_the_lock_is_told_as_long_as_it_is_held(tmp_path: Path) -> None:
    build = tmp_path / "build"
    with locked(build):
        assert (build / folders.HOLDER).is_file()
    assert names(build) == [".lock"]


def test_a_full_disk_does_not_stop_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "write_text", full)
    with locked(tmp_path / "build"):
        pass


def test_lock_is_freed_by_a_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locked(tmp_path / "build"):
        raise RuntimeError
    with locked(tmp_path / "build"):
        pass


def test_lock_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(Path, "mkdir", refuse)
    message = "build: cannot be used as a folder for tables: read-only"
    with pytest.raises(StageError, match=message), locked(tmp_path / "build"):
        pytest.fail("not locked")


def test_what_a_failed_run_still_writes_is_not_published(maps: Path) -> None:
    with pytest.raises(RuntimeError), replacing(maps) as first:
        raise RuntimeError
    with replacing(maps) as second:
        assert second != first
        (second / "index").write_text("second", encoding="utf-8")
        write_manifest(second)
        with pytest.raises(FileNotFoundError):
            (first / "late").write_text("first", encoding="utf-8")
    assert read(maps) == {"index": "second"}


def test_a_folder_left_aside_by_a_kill_is_put_back_first(maps: Path) -> None:
    publish(maps, index="old")
    maps.rename(maps.with_name(".maps.old"))
    with pytest.raises(RuntimeError), replacing(maps):
        raise RuntimeError
    assert read(maps) == {"index": "old"}


def test_a_name_is_reserved_once(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with reserved(tmp_path / "a.parquet"):
        with reserved(tmp_path / "b.parquet"):
            pass
        with (
            pytest.raises(UsageError, match=r"a\.parquet: another run is writing there; wait"),
            reserved(tmp_path / "x" / ".." / "a.parquet"),
        ):
            pass
    with reserved(tmp_path / "a.parquet"):
        pass
