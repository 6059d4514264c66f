"""A sample of the soak: a few moments, the same in every run; `make soak` runs many."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import soak
from tests.small import SmallProject

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process groups, no limits")

SEED = 20
Built = tuple[SmallProject, dict[str, str]]


def quiet(_: str) -> None:
    """Say nothing."""


def test_killed_builds_leave_whole_maps_and_the_next_puts_all_right() -> None:
    report = soak.kills(soak.small, range(4), seed=SEED, say=quiet)
    assert report.counts.total() == 4


def test_full_disks_leave_the_old_maps() -> None:
    said: list[str] = []
    report = soak.disk_full(range(3), seed=SEED, say=said.append)
    if not report.counts:
        pytest.skip(said[-1])
    assert report.counts.total() == 3
    assert report.counts["ended with 4"] >= 1  # nothing at all is free in moment 0


def test_files_that_may_not_grow_leave_the_old_maps() -> None:
    report = soak.files_too_large(soak.small, range(2), seed=SEED, say=quiet)
    assert report.counts.total() == 2


def subject(built: Built) -> soak.Subject:
    return soak.Subject(built[0].root, "layers/zones/zones.toml", ("", ""))


def test_a_changed_file_is_a_violation(built: Built) -> None:
    made = subject(built)
    soak.require_whole(made)
    assert soak.published(made, built[1], {}) == "old"
    with (made.maps / "index.html").open("a", encoding="utf-8") as file:
        file.write(" ")
    with pytest.raises(soak.ViolationError, match=r"geoplan verify ended with 1: .*index\.html"):
        soak.require_whole(made)


def test_maps_of_neither_version_are_a_violation(built: Built) -> None:
    with pytest.raises(soak.ViolationError, match=r"neither version, is published: .*index\.html"):
        soak.published(subject(built), {}, {"index.html": "0"})


def test_a_violation_says_how_to_try_again() -> None:
    with (
        pytest.raises(soak.ViolationError, match=r"-m tests\.soak --kills 1 --first 7 --seed 3$"),
        soak.told_with("kills", 3, 7),
    ):
        soak.require(False, "broken")


def test_the_command_ends_with_one_at_a_violation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(moments: range, *, seed: int, say: soak.Say) -> soak.Report:
        assert (moments, seed) == (range(5, 7), 3)
        raise soak.ViolationError("broken")

    monkeypatch.setitem(soak.RUNS, "kills", broken)
    monkeypatch.setattr(sys, "argv", ["soak", "--kills", "2", "--first", "5", "--seed", "3"])
    with pytest.raises(SystemExit) as end:
        soak.main()
    assert end.value.code == 1
    assert "VIOLATION: broken" in capsys.readouterr().out


def test_the_command_tells_what_it_does(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.soak", "--help"]
    told = subprocess.run(words, cwd=soak.ROOT, capture_output=True, text=True, check=True).stdout
    for name in soak.RUNS:
        assert f"--{name} N" in told
