"""A sample of the soak: a few moments, the same in every run; `make soak` runs many."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from geoplan.build import Built as Done
from geoplan.build import Run, build
from geoplan.build.plan import Plan
from geoplan.build.publishing import _Work
from geoplan.config import Project
from geoplan.errors import DataError
from tests import edited_texts, edits, moves, soak
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


def test_edited_projects_are_built_as_new_ones() -> None:
    report = edits.edits(range(12), seed=1, say=quiet)
    assert report.counts.total() == 12
    assert report.counts["settled"] >= 4


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


def only_words(random: Random, root: Path) -> str:
    """Change the title of a layer."""
    path = root / "layers/zones/zones.toml"
    path.write_text(path.read_text("utf-8").replace('zh = "', 'zh = "改', 1), "utf-8")
    return "title"


def test_a_key_that_forgets_what_it_shows_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def same(self: _Work, name: str, key: str, target: Path, old: dict[str, object]) -> bool:
        return name in old

    monkeypatch.setattr(_Work, "_same", same)
    monkeypatch.setattr(moves, "MOVES", {only_words: 1})
    with pytest.raises(
        soak.ViolationError,
        match=r"(?s)other bytes than in a new folder: .*'zones\.html'.*only_words: title.*"
        r"--edits \d --first 0 --seed 20$",
    ):
        edits.edits(range(4), seed=SEED, say=quiet)


def test_up_to_date_that_is_not_true_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "plan", lambda project: Plan([], {}, fresh=True))
    monkeypatch.setattr(moves, "MOVES", {only_words: 1})
    with pytest.raises(soak.ViolationError, match="'up to date' was told, yet changed"):
        edits.edits(range(8), seed=SEED, say=quiet)


def test_a_failed_build_that_publishes_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(project: Project, run: Run | None = None) -> Done:
        done = build(project, run)
        if project.root.name == "project":
            raise DataError("failed")
        return done

    monkeypatch.setattr(edits, "build", failing)
    monkeypatch.setattr(moves, "MOVES", {only_words: 1})
    with pytest.raises(soak.ViolationError, match="a build that failed changed the maps"):
        edits.edits(range(8), seed=SEED, say=quiet)


def test_the_same_seed_draws_the_same_moves(tmp_path: Path) -> None:
    told = []
    for name in "ab":
        desk = edits.Desk(tmp_path / name / "方案")
        edited_texts.make_base(desk.folder / "base")
        desk.start()
        random = Random(SEED)
        told.append([moves.move(random, desk.root) for _ in range(30)])
    assert told[0] == told[1]


def test_every_move_leaves_a_project_that_can_be_edited(tmp_path: Path) -> None:
    desk = edits.Desk(tmp_path / "方案")
    build(edited_texts.make_base(desk.folder / "base").load())
    desk.start()
    for chosen in (*moves.MOVES, *moves.MOVES):
        assert isinstance(chosen(Random(f"{SEED}/{chosen.__name__}"), desk.root), str)
        assert chosen.__doc__


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
