"""Soak: builds that are killed, disks that are full and edits, all drawn by chance.

``python -m tests.soak --kills 100 --full 5 --disk 40 --seed 1`` prints what it
does; the first violation ends it with the words to try that moment again.

A project alternates between two versions of one layer. In each moment the
next version is built and disturbed. Then the published folder must be whole,
and the old version or the new one; and a build that nobody disturbs must give
the bytes of the new one, and leave nothing beside them.

The kind `edits` (`tests.edits`) changes a project in many ways instead.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Literal, Protocol

from geoplan.config import init
from tests.edits import edits
from tests.small import hashes, make_project
from tests.violations import Report, Say, ViolationError, require, told_with

ROOT = Path(__file__).parents[1]
TIMEOUT = 900.0
"""Seconds that a build may take."""

Aim = Literal["any", "late", "before", "after"]
AIMS: tuple[Aim, ...] = ("any", "late", "before", "after")
"""Where kills land, in turns: anywhere; in the last 15 %; when the new folder stands beside the
published one with its manifest; when the two were exchanged."""

Hashes = dict[str, str]


@dataclass(frozen=True)
class Subject:
    """A project folder, and the two texts between which its layer changes."""

    root: Path
    layer: str
    texts: tuple[str, str]

    @property
    def maps(self) -> Path:
        """The published folder."""
        return self.root / "maps"

    def set(self, version: int) -> None:
        """Write the text of a version."""
        (self.root / self.layer).write_text(self.texts[version], encoding="utf-8", newline="\n")

    def staged(self) -> list[str]:
        """Return names of folders that a build leaves beside the published one."""
        return sorted(path.name for path in self.root.glob(".maps.*"))


Factory = Callable[[Path], Subject]


def small(root: Path) -> Subject:
    """Make a project of six counties."""
    project = make_project(root)
    name = "layers/zones/zones.toml"
    text = (project.root / name).read_text("utf-8")
    return Subject(root, name, (text.replace('zh = "图层"', 'zh = "旧图层"'), text))


def shipped(root: Path) -> Subject:
    """Make a project of all that is shipped."""
    init(root)
    name = "layers/main_function_zone/jinzhong-main-function-zones.toml"
    text = (root / name).read_text("utf-8")
    old = text.replace('title = { zh = "', 'title = { zh = "旧', 1)
    return Subject(root, name, (old, text))


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    said: str


def command(*words: str | Path) -> list[str]:
    """Return the command line of geoplan, by this Python and this source."""
    return [sys.executable, "-m", "geoplan.cli", *map(str, words)]


def surroundings() -> dict[str, str]:
    """Return the environment of a command."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def geoplan(*words: str | Path, limit: Callable[[], None] | None = None) -> Ended:
    """Run a command to its end; `limit` is called in its process first."""
    ended = subprocess.run(
        command(*words),
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT,
        preexec_fn=limit,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.decode(errors="replace"))


def build(subject: Subject) -> float:
    """Build, undisturbed; return the seconds."""
    started = time.monotonic()
    ended = geoplan("build", "-q", "-C", subject.root)
    require(ended.code == 0, f"an undisturbed build ended with {ended.code}: {ended.said}")
    return time.monotonic() - started


def require_whole(subject: Subject) -> None:
    """Check what is published, with the command for it."""
    ended = geoplan("verify", subject.maps)
    require(ended.code == 0, f"geoplan verify ended with {ended.code}: {ended.said}")


@dataclass
class Undisturbed:
    """What undisturbed builds of both versions publish, and how long one takes at most."""

    versions: tuple[Hashes, Hashes]
    seconds: float


def undisturbed(subject: Subject, say: Say) -> Undisturbed:
    """Build both versions, and both once more; leave the first published."""
    made, seconds = [], []
    for version in (0, 1, 0, 1, 0):
        subject.set(version)
        seconds.append(build(subject))
        require_whole(subject)
        made.append(hashes(subject.maps))
    require(
        made[0] == made[2] == made[4] and made[1] == made[3],
        "the same text gave other bytes in a later build",
    )
    require(made[0] != made[1], "both versions give the same maps: nothing would be tested")
    told = ", ".join(f"{one:.1f}" for one in seconds)
    say(f"undisturbed: {told} s, the first new, the others changed")
    return Undisturbed((made[0], made[1]), min(seconds[1:]))


def require_rebuilt(subject: Subject, right: Hashes) -> None:
    """Check that an undisturbed build puts all right."""
    build(subject)
    require_whole(subject)
    require(hashes(subject.maps) == right, "the next build did not give the undisturbed bytes")
    require(not subject.staged(), f"the next build left {subject.staged()}")


def published(subject: Subject, old: Hashes, new: Hashes) -> Literal["old", "new"]:
    """Return which version is published; it must be whole, and one of the two."""
    require_whole(subject)
    now = hashes(subject.maps)
    wrong = sorted(
        name for name in {*now, *new} if now.get(name) not in (old.get(name), new.get(name))
    )
    require(now in (old, new), f"a mixture, or neither version, is published: {wrong}")
    return "old" if now == old else "new"


def kills(factory: Factory, moments: range, *, seed: int, say: Say, kind: str = "kills") -> Report:
    """Kill builds at `moments`, each of which draws its delay by `seed` and its own number."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="geoplan-soak-") as folder:
        subject = factory(Path(folder) / "方案 b")
        reference = undisturbed(factory(Path(folder) / "方案 a"), say)
        subject.set(moments.start % 2)
        build(subject)
        for moment in moments:
            with told_with(kind, seed, moment):
                found = _kill(subject, reference, Random(f"{seed}/{moment}"), moment)
            report.counts[found] += 1
            say(f"{kind} {moment}: {found}")
    return report


def _kill(subject: Subject, reference: Undisturbed, random: Random, moment: int) -> str:
    old, new = (reference.versions[(moment + step) % 2] for step in (0, 1))
    require(hashes(subject.maps) == old, "the old version is not the one published")
    subject.set((moment + 1) % 2)
    aim = AIMS[moment % len(AIMS)]
    process = subprocess.Popen(
        command("build", "-q", "-C", subject.root),
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _wait(subject, process, aim=aim, reference=reference, random=random)
    finally:
        code = process.poll()  # had it ended by itself?
        if code is None:
            os.killpg(process.pid, signal.SIGKILL)
    said = process.communicate()[1].decode(errors="replace")
    require(code in (None, 0), f"a build ended by itself with {code}: {said}")
    staged = subject.staged()
    version = published(subject, old, new)
    require(code is None or version == "new", "a build ended with 0 and published nothing")
    require_rebuilt(subject, new)
    if code is not None:
        return "had ended"
    if version == "old":
        return "killed while publishing, old maps" if staged else "killed before publishing"
    return "killed after the exchange, new maps"


def _wait(
    subject: Subject,
    process: subprocess.Popen[bytes],
    *,
    aim: Aim,
    reference: Undisturbed,
    random: Random,
) -> None:
    """Wait until the moment to kill: by the clock, or by what is seen beside the maps."""
    if aim in ("any", "late"):
        started = time.monotonic()
        after = random.uniform(0.0 if aim == "any" else 0.85, 1.0) * reference.seconds
        with suppress(subprocess.TimeoutExpired):
            process.wait(after)
            # The machine has become faster: aim better from now on.
            reference.seconds = time.monotonic() - started
        return
    published = _folder(subject.maps)
    until = time.monotonic() + TIMEOUT
    while process.poll() is None and time.monotonic() < until:
        if _folder(subject.maps) != published:
            break
        if aim == "before" and next(subject.root.glob(".maps.*/manifest.json"), None) is not None:
            break
        time.sleep(0.0005)
    time.sleep(random.choice((0.0, 0.002, 0.01, 0.05)) * random.random())


def _folder(path: Path) -> int:
    """Return the number of a folder in its file system, which an exchange changes."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


FULL = ("No space left on device", "disk is full")
LARGE = ("File too large",)


def disk_full(moments: range, *, seed: int, say: Say) -> Report:
    """Build on a disk that gets full; needs the right to mount one."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="geoplan-soak-") as folder:
        disk = Path(folder) / "盘 disk"
        disk.mkdir()
        if mounting := cannot_mount(disk):
            say(f"disk: left out: {mounting}")
            return report
        try:
            subject = small(disk / "方案")
            reference = undisturbed(subject, say)
            for moment in moments:
                with told_with("disk", seed, moment):
                    found = _fill(subject, reference, Random(f"{seed}/{moment}"), moment)
                report.counts[found] += 1
                say(f"disk {moment}: {found}")
        finally:
            subprocess.run(["umount", "-l", disk], check=False)
    return report


def cannot_mount(disk: Path) -> str:
    """Mount a disk of 16 MB; return why not, or nothing."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux mounts a disk"
    words = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    return ended.stderr.strip() if ended.returncode else ""


def _fill(subject: Subject, reference: Undisturbed, random: Random, moment: int) -> str:
    """Leave a random part of what a build needs free, or nothing; build; make room; build."""
    old, new = _versions_now(subject, reference)
    needed = sum(path.stat().st_size for path in subject.maps.rglob("*") if path.is_file())
    free = int(random.uniform(0.0, 2.0) * needed) if moment % 5 else 0
    ballast = subject.root / "ballast"
    room = os.statvfs(subject.root)
    size = max(0, room.f_bavail * room.f_frsize - free)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    try:
        found = _disturbed(subject, (old, new), FULL)
    finally:
        ballast.unlink()
    require_rebuilt(subject, new)
    return found


def files_too_large(factory: Factory, moments: range, *, seed: int, say: Say) -> Report:
    """Build where files may not grow beyond a random size: a full disk for everybody."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="geoplan-soak-") as folder:
        subject = factory(Path(folder) / "方案 c")
        reference = undisturbed(subject, say)
        for moment in moments:
            with told_with("large", seed, moment):
                found = _cut(subject, reference, Random(f"{seed}/{moment}"))
            report.counts[found] += 1
            say(f"large {moment}: {found}")
    return report


def _cut(subject: Subject, reference: Undisturbed, random: Random) -> str:
    import resource

    old, new = _versions_now(subject, reference)
    largest = max(path.stat().st_size for path in subject.maps.rglob("*"))
    size = int(largest ** random.random())  # most files are small

    def limit() -> None:
        """Limit the size of files; Python makes an error of the signal."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    found = _disturbed(subject, (old, new), LARGE, limit=limit)
    require_rebuilt(subject, new)
    return found


def _versions_now(subject: Subject, reference: Undisturbed) -> tuple[Hashes, Hashes]:
    """Return what is published and what is next, and write the text of the next."""
    now = hashes(subject.maps)
    require(now in reference.versions, "neither version is published")
    version = reference.versions.index(now)
    subject.set(1 - version)
    return now, reference.versions[1 - version]


def _disturbed(
    subject: Subject,
    versions: tuple[Hashes, Hashes],
    words: tuple[str, ...],
    *,
    limit: Callable[[], None] | None = None,
) -> str:
    """Build without enough room: the new version, or code 4, one message, and the old one."""
    ended = geoplan("build", "-q", "-C", subject.root, limit=limit)
    version = published(subject, *versions)
    require("Traceback" not in ended.said, f"a traceback: {ended.said}")
    require(not subject.staged(), f"a build that failed left {subject.staged()}")
    if ended.code == 0:
        require(version == "new", "a build ended with 0 and published nothing")
        return "had room enough"
    require(ended.code == 4, f"ended with {ended.code}, not 4: {ended.said}")
    require(version == "old", "a build ended with 4 and published")
    require(any(word in ended.said for word in words), f"does not say why: {ended.said}")
    require(str(subject.root) in ended.said, f"does not say which file: {ended.said}")
    return "ended with 4"


class Soak(Protocol):
    """A kind of soak."""

    def __call__(self, moments: range, *, seed: int, say: Say) -> Report:
        """Disturb builds at `moments`; raises `ViolationError`."""


RUNS: dict[str, Soak] = {
    "kills": partial(kills, small),
    "disk": disk_full,
    "large": partial(files_too_large, small),
    "full": partial(kills, shipped, kind="full"),
    "edits": edits,
}
DEFAULTS = {"kills": 100, "disk": 40, "large": 20, "full": 5, "edits": 200}
WHAT = {
    "kills": "kills of builds of a small project",
    "disk": "full disks",
    "large": "limits of the size of files",
    "full": "kills of builds of the whole shipped project",
    "edits": "rounds of edits, each compared with a new folder",
}


def main() -> None:
    """Run what is asked for, or all; print a summary; end with 1 at the first violation."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    for name, what in WHAT.items():
        usual = DEFAULTS[name]
        parser.add_argument(f"--{name}", type=int, metavar="N", help=f"{what} ({usual})")
    parser.add_argument("--first", type=int, default=0, help="number of the first moment (0)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn (1)")
    given = parser.parse_args()
    chosen = {name: getattr(given, name) for name in WHAT}
    if all(count is None for count in chosen.values()):
        chosen = dict(DEFAULTS)
    started = time.monotonic()

    def say(text: str) -> None:
        """Print a line at once."""
        sys.stdout.write(f"{time.monotonic() - started:7.1f} s  {text}\n")
        sys.stdout.flush()

    reports = {}
    try:
        for kind, count in chosen.items():
            if count:
                moments = range(given.first, given.first + count)
                reports[kind] = RUNS[kind](moments, seed=given.seed, say=say)
    except ViolationError as fault:
        say(f"VIOLATION: {fault}")
        sys.exit(1)
    for kind, report in reports.items():
        say(f"{kind}: {report or 'nothing'}")


if __name__ == "__main__":
    main()
