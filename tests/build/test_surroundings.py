"""Disks, rights, mounts and other processes: clear words, and the old maps stay whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geoplan import manifest
from geoplan.build import build
from geoplan.errors import ConfigError, StageError, UsageError
from tests.commands import Command
from tests.small import SmallProject, hashes, leftovers

Built = tuple[SmallProject, dict[str, str]]

ROOT = Path(__file__).parents[2]
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def mounted(folder: Path, size: str = "64m") -> Iterator[Path]:
    """Mount an empty disk of its own at `folder`; skips where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if not IS_ROOT or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def retitle(small: SmallProject) -> None:
    path = small.root / "layers/zones/zones.toml"
    path.write_text(path.read_text("utf-8").replace("图层", "新图", 1), encoding="utf-8")


def configure(small: SmallProject, text: str) -> None:
    path = small.root / "geoplan.toml"
    path.write_text(path.read_text("utf-8") + text, encoding="utf-8")


SETPRIV = shutil.which("setpriv")
needs_rights = pytest.mark.skipif(IS_ROOT and not SETPRIV, reason="root may do everything")


def with_rights_of_others(small: SmallProject, *words: str) -> subprocess.CompletedProcess[str]:
    """Run geoplan without the right of root to pass over the rights of files."""
    lame = [str(SETPRIV), "--bounding-set=-dac_override,-dac_read_search"] if IS_ROOT else []
    return subprocess.run(
        [*lame, sys.executable, "-m", "geoplan.cli", *words, "-C", str(small.root)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("folder", ["build", "maps"])
def test_tables_and_maps_on_a_disk_of_their_own(built: Built, folder: str) -> None:
    small, files = built
    with mounted(small.root / "disk") as disk:
        (disk / "地 图" / "here").mkdir(parents=True)
        (small.root / folder).rename(small.root / "away")
        (small.root / folder).symlink_to(disk / "地 图" / "here")
        assert build(small.load()).published
        assert hashes(small.root / "maps") == files
        retitle(small)
        assert "zones.html" in build(small.load()).made
        assert (small.root / folder).is_symlink()
        assert manifest.verify(small.root / "maps") == []
        assert [p.name for p in (disk / "地 图").iterdir()] == ["here"]


def test_maps_that_are_a_mount_point_are_refused(built: Built) -> None:
    small, _ = built
    configure(small, 'maps = "disk"\n')
    with mounted(small.root / "disk"):
        with pytest.raises(ConfigError, match=r'is a mount point.*: maps = "disk/atlas"'):
            build(small.load())
        configured = (small.root / "geoplan.toml").read_text("utf-8")
        text = configured.replace('maps = "disk"', 'maps = "disk/atlas"')
        (small.root / "geoplan.toml").write_text(text, encoding="utf-8")
        assert build(small.load()).published


def test_read_only_disk(built: Built) -> None:
    small, _ = built
    with mounted(small.root / "disk") as disk:
        for name in ("geoplan.toml", "layers", "data", "build", "maps"):
            subprocess.run(["cp", "-r", str(small.root / name), str(disk)], check=True)
        other = SmallProject(disk)
        assert build(other.load()).ran == ()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert build(other.load()).ran == ()  # nothing has to be written
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        retitle(other)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        message = "build: cannot be used as a folder for tables: Read-only file system; let this"
        with pytest.raises(StageError, match=message) as fault:
            build(other.load())
        assert fault.value.exit_code == 4
        assert manifest.verify(disk / "maps") == []


@needs_rights
@pytest.mark.parametrize("folder", ["build", "."])
def test_folder_that_may_not_be_written(built: Built, folder: str) -> None:
    small, files = built
    retitle(small)
    (small.root / folder).chmod(0o555)
    ended = with_rights_of_others(small, "build")
    (small.root / folder).chmod(0o755)
    assert ended.returncode == 4
    assert "Permission denied" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert hashes(small.root / "maps") == files
    assert leftovers(small) == []
    assert with_rights_of_others(small, "build").returncode == 0


@needs_rights
def test_input_that_may_not_be_read(built: Built) -> None:
    small, files = built
    (small.root / "layers/zones/zones.toml").chmod(0)
    ended = with_rights_of_others(small, "build")
    assert ended.returncode == 4
    assert "zones.toml: Permission denied" in ended.stderr
    assert hashes(small.root / "maps") == files


def test_a_second_build_says_who_is_at_work(built: Built, command: Command) -> None:
    small, files = built
    retitle(small)
    holder = (
        "import sys\nfrom pathlib import Path\nfrom geoplan.folders import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", holder, str(small.root / "build")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        result = command("build", "-C", small.root)
        assert result.code == UsageError.exit_code
        assert f"another build is running in this project (process {other.pid} of" in result.err
        assert command("clean", "-C", small.root).code == UsageError.exit_code
        other.communicate()
    assert hashes(small.root / "maps") == files
    assert command("build", "-q", "-C", small.root).code == 0


def test_builds_that_start_together_end_with_whole_maps(built: Built) -> None:
    small, _ = built
    retitle(small)
    words = [sys.executable, "-m", "geoplan.cli", "build", "-C", str(small.root)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    ended = [(process.communicate()[1].decode(), process.returncode) for process in running]
    codes = sorted(code for _, code in ended)
    assert codes[0] == 0
    assert set(codes) <= {0, 2}
    assert all("another build is running" in told for told, code in ended if code == 2)
    assert manifest.verify(small.root / "maps") == []
    assert build(small.load()).ran == ()
    assert leftovers(small) == []


@pytest.mark.parametrize("name", ["manifest.json", ".hashes.json", "changes.json", ".times.json"])
@pytest.mark.parametrize("content", [b"", b"\0\xff{", b"[]", b'{"format": 1}'])
def test_damaged_notes_of_the_build_cost_time_only(built: Built, name: str, content: bytes) -> None:
    small, files = built
    (small.root / "build" / name).write_bytes(content)
    assert build(small.load()).published
    assert hashes(small.root / "maps") == files
    retitle(small)
    assert "zones.html" in build(small.load()).made
