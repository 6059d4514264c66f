"""Edits by chance: after whatever was done to a project, a build gives the bytes of a new one.

A round makes a few moves (`tests.moves`) and builds: parts, single stages, or builds
that are killed. Then it settles: a plain build must publish what the same inputs
give in a new folder, or fail with the same words and publish nothing; and what
geoplan said was up to date before must stay as it was.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from geoplan import manifest
from geoplan.build import STAGES, Built, Run, build, run_stages
from geoplan.build.plan import Plan, plan
from geoplan.config import load
from geoplan.errors import GeoplanError
from tests.edited_texts import make_base
from tests.moves import BUILT, SPOILS, move, reset
from tests.small import hashes
from tests.violations import Report, Say, ViolationError, require, told_with

AFRESH = 8
"""Rounds after which the project is as it was made again, so that few replay any of them."""

WRITES = 150
"""Files that a build opens to write, makes, links or renames: one more than most do."""

FOREIGN = "did not publish and keeps"


@dataclass
class Desk:
    """Where a project is edited: beside it lie its base, copies, and what is built anew."""

    folder: Path
    done: list[str] = field(default_factory=list)
    """What was done since the project was as it was made."""
    moves: set[str] = field(default_factory=set)
    """Names of the moves since a build settled it."""

    @property
    def root(self) -> Path:
        """The project."""
        return self.folder / "project"

    @property
    def maps(self) -> dict[str, str]:
        """The published files, with their hashes."""
        return hashes(self.root / "maps")

    def start(self) -> None:
        """Make the project, built, as it was at first."""
        for name in ("project", "copies"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.folder / "base", self.root)
        self.done.clear()
        self.moves.clear()

    def inputs(self, name: str) -> Path:
        """Copy all but what was built to another folder."""

        def built(folder: str, names: list[str]) -> list[str]:
            top = Path(folder) == self.root
            return [n for n in names if top and (n in BUILT or n.startswith(".maps."))]

        target = self.folder / name
        shutil.rmtree(target, ignore_errors=True)
        return Path(shutil.copytree(self.root, target, ignore=built, symlinks=True))


@dataclass(frozen=True)
class Ended:
    """How a build ended: with what it did, or why it failed."""

    built: Built | None = None
    code: int = 0
    said: str = ""

    def __str__(self) -> str:
        done = self.built and (self.built.ran, self.built.made, self.built.removed)
        return f"ended with {self.code}: {self.said or done or 'killed'}"[:400]


def tried(run: Callable[[], Built | None], root: Path) -> Ended:
    """Run it in this process; the words of a failure name no folder."""
    try:
        return Ended(run())
    except GeoplanError as fault:
        code, said = fault.exit_code, f"{type(fault).__name__}: {fault}"
    except OSError as fault:
        code, said = 4, f"{type(fault).__name__}: {fault}"
    return Ended(None, code, said.replace(str(root), "…"))


def kill_at(root: Path, count: int) -> None:
    """Build, and kill this very process when it is about to write for the `count`-th time."""
    left = count

    def hear(event: str, facts: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(facts[2], int) and facts[2] & os.O_ACCMODE
        if writes or event in {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir"}:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)
    try:
        build(load(root), Run(workers=1))
    except (GeoplanError, OSError) as fault:
        sys.exit(getattr(fault, "exit_code", 4))


def killed_build(random: Random, root: Path) -> tuple[str, Ended | None]:
    """Build in a process of its own, killed at one of its writes."""
    count = int(WRITES ** random.random())
    code = f"from tests.edits import *; kill_at(Path({str(root)!r}), {count})"
    words = [sys.executable, "-B", "-c", code]
    place = Path(__file__).parents[1]
    ended = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False)
    codes = (-signal.SIGKILL, 0, 2, 3, 4)
    require(ended.returncode in codes and not ended.stderr, f"a build crashed: {ended.stderr}")
    told = f"build killed at write {count}"
    if ended.returncode == -signal.SIGKILL:
        return told, None
    return f"{told}, which it did not reach", Ended(None, ended.returncode)


def single_stages(random: Random, root: Path) -> tuple[str, Ended | None]:
    """Run one stage, or the three in the middle."""
    stages = (random.choice(STAGES),) if random.random() < 0.7 else STAGES[1:4]

    def run() -> None:
        run_stages(load(root), stages)

    return f"run {' '.join(stages)}", tried(run, root)


def other_build(random: Random, root: Path) -> tuple[str, Ended | None]:
    """Build with options."""
    run = Run(
        workers=random.choice((1, 2)),
        only=(random.choice(("zones", "works")),) if random.random() < 0.4 else (),
        keep_going=random.random() < 0.5,
        strict=random.random() < 0.2,
        force=random.random() < 0.1,
    )
    ended = tried(lambda: build(load(root), run), root)
    chosen = f"only={run.only} keep_going={run.keep_going} strict={run.strict} force={run.force}"
    return f"build {chosen}", ended


def _disturb(random: Random, desk: Desk) -> None:
    """Make some moves, and mostly build in some way; published maps must stay whole."""
    for _ in range(random.randrange(4)):
        name, what = move(random, desk.root)
        desk.moves.add(name)
        desk.done.append(f"{name}: {what}")
    if random.random() < 0.3:
        return
    kinds = (other_build, other_build, other_build, single_stages, killed_build)
    before, faults = desk.maps, _faults(desk.root)
    told, ended = random.choice(kinds)(random, desk.root)
    desk.done.append(f"{told}: {ended or 'killed'}")
    require(bool(faults) or not _faults(desk.root), "the maps are not whole any more")
    failed = ended is not None and ended.code != 0
    require(not failed or desk.maps == before, "a build that failed changed the maps")


def _faults(root: Path) -> list[dict[str, str]]:
    """Return what is wrong with the published folder; nothing where there is none."""
    try:
        return manifest.verify(root / "maps") if (root / "maps").exists() else []
    except GeoplanError as fault:
        return [{"fault": str(fault)}]


def _planned(root: Path) -> Plan | None:
    """Return what a build would do, where that can be said."""
    try:
        return plan(load(root))
    except (GeoplanError, OSError):
        return None


def _settle(random: Random, desk: Desk) -> str:
    """Build, and compare that with a new folder."""
    run = Run(workers=random.choice((1, 2)))
    before, told = desk.maps, _planned(desk.root)
    ended = tried(lambda: build(load(desk.root), run), desk.root)
    if FOREIGN in ended.said and desk.moves & SPOILS:
        shutil.rmtree(desk.root / "maps")
        desk.done.append("maps/ deleted, which is of others")
        before, told = {}, None
        ended = tried(lambda: build(load(desk.root), run), desk.root)
    desk.done.append(f"settled: {ended}")
    new = desk.inputs("new")
    right = tried(lambda: build(load(new), run), new)
    require(
        (ended.code, ended.said) == (right.code, right.said),
        f"the build {ended}; in a new folder it {right}",
    )
    if ended.built is None:
        require(desk.maps == before, "a build that failed changed the maps")
        return "could not be built"
    desk.moves.clear()
    after, expected = desk.maps, hashes(new / "maps")
    require(after == expected, f"other bytes than in a new folder: {_differ(after, expected)}")
    require(not _faults(desk.root), f"the maps are not whole: {_faults(desk.root)}")
    now = _planned(desk.root)
    require(now is not None and now.fresh, f"stale just after a build: {now}")
    if told is not None:
        _require_true(told, ended.built, before=before, after=after)
    return "settled, nothing to do" if not ended.built.ran else "settled"


def _require_true(
    told: Plan, built: Built, *, before: dict[str, str], after: dict[str, str]
) -> None:
    """Check what was told before a build against what it did."""
    changed = _differ(before, after)
    require(not (told.fresh and changed), f"'up to date' was told, yet changed: {changed}")
    require(bool(built.ran) or told.fresh, f"{told} was told, yet the build did nothing")
    untold = [n for n in changed if n in before and n in after and n not in told.outputs]
    # An edit may take the last figure of a page of figures: menus of all pages tell that.
    same_pages = before.keys() == after.keys()
    wrong = told.outputs and untold and same_pages
    require(not wrong, f"not told as stale, yet changed: {untold}")


def _differ(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n))


def _round(random: Random, desk: Desk) -> str:
    for _ in range(random.randrange(1, 4)):
        _disturb(random, desk)
    found = _settle(random, desk)
    if found == "could not be built" and random.random() < 0.85:
        desk.done.append(f"reset{reset(random, desk.root)}")
    return found


def edits(moments: range, *, seed: int, say: Say) -> Report:
    """Edit and build in rounds; a round goes on where the last ended, eight of them at most."""
    report, first = Report(), moments.start
    with tempfile.TemporaryDirectory(prefix="geoplan-soak-") as folder:
        desk = Desk(Path(folder) / "方案 d")
        build(make_base(desk.folder / "base").load())
        for moment in moments:
            if moment == moments.start or moment % AFRESH == 0:
                first = moment
                desk.start()
            with told_with("edits", seed, moment, first=first):
                found = _checked(Random(f"{seed}/{moment}"), desk)
            report.counts[found] += 1
            say(f"edits {moment}: {found}")
    return report


def _checked(random: Random, desk: Desk) -> str:
    """Make a round; whatever is raised, tell what was done."""
    try:
        return _round(random, desk)
    except Exception as fault:
        done = "".join(f"\n  {line}" for line in desk.done)
        what = str(fault) if isinstance(fault, AssertionError) else repr(fault)
        raise ViolationError(f"{what}; what was done:{done}") from fault
