"""Run a program as a process of its own and watch its time and memory."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.data import make

POLL_SECONDS = 0.05
MIB = 2**20
BY = ("adcode", "kind", "landuse")
WARM_UP = 1_000
"""Parcels of the untimed run before all others."""


class EngineError(Exception):
    """A program cannot be had here, or failed; `code` is what it left with."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Measured:
    """What one run took, and what it printed."""

    seconds: float
    cpu_seconds: float
    rss_mib: float
    pss_mib: float
    load: float
    told: str


class Watch(threading.Thread):
    """Polls the memory of a process and of all that descend from it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.rss = 0
        self.pss = 0
        self._root = psutil.Process(pid)
        self._over = threading.Event()

    def run(self) -> None:
        """Poll until told to stop."""
        while not self._over.wait(POLL_SECONDS):
            try:
                tree = [self._root, *self._root.children(recursive=True)]
            except psutil.Error:
                return
            rss = sum(_memory(process, "rss") for process in tree)
            if rss > self.rss * 1.01:
                self.rss = rss
                self.pss = max(self.pss, sum(_memory(process, "pss") for process in tree))

    def stop(self) -> None:
        """End the polling."""
        self._over.set()
        self.join()


def _memory(process: psutil.Process, kind: str) -> int:
    try:
        found = process.memory_full_info() if kind == "pss" else process.memory_info()
    except psutil.Error:
        return 0
    return int(getattr(found, kind))


def watched(command: list[str], environment: dict[str, str] | None = None) -> Measured:
    """Run a command to its end and return what it took.

    CPU seconds are those of the process and of all children that it waited for.

    Raises
    ------
    EngineError
        Where it cannot be started or fails; the message is the last line of its errors.
    """
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
    ):
        load = os.getloadavg()[0]
        start = time.perf_counter()
        try:
            process = subprocess.Popen(
                command, stdout=out, stderr=errors, env={**os.environ, **(environment or {})}
            )
        except OSError as error:
            raise EngineError(str(error)) from error
        watch = Watch(process.pid)
        watch.start()
        # wait4 and not wait, since it tells the time of this child alone.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        code = process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        out.seek(0)
        errors.seek(0)
        last = (errors.read().strip().splitlines() or ["no word"])[-1]
        if code:
            raise EngineError(last, code)
        cpu = usage.ru_utime + usage.ru_stime
        memory = watch.rss / MIB, watch.pss / MIB
        return Measured(seconds, cpu, *memory, load, out.read())


def tabulate(layers: list[Path], out: Path, *options: str) -> list[str]:
    """Return the command of geoplan that tabulates layers by `BY`."""
    by = [part for column in BY for part in ("--by", column)]
    paths = [str(path) for path in layers]
    return [_geoplan(), "tabulate", *paths, *by, *options, "--out", str(out)]


def map_page(parcels: Path, out: Path) -> list[str]:
    """Return the command of geoplan that makes a page of parcels."""
    return [_geoplan(), "map", str(parcels), "--by", "landuse", "--out", str(out), "--json"]


def overlay(parcels: Path, zones: Path, out: Path) -> list[str]:
    """Return the command of geoplan that writes the pieces of parcels in zones."""
    how = ["--how", "intersection", "--out", str(out)]
    return [_geoplan(), "overlay", str(parcels), str(zones), *how]


def _geoplan() -> str:
    return str(Path(sys.executable).with_name("geoplan"))


def warm_up(data: Path) -> list[Path]:
    """Let geoplan compile what it has not compiled yet, and return the layers of that run."""
    counties, zones, parcels = make(data, [WARM_UP])
    layers = [parcels, zones, counties]
    with tempfile.TemporaryDirectory() as folder:
        watched(tabulate(layers, Path(folder) / "table.csv"))
    return layers


def first_run(data: Path) -> tuple[float, float]:
    """Return the seconds of a small run with nothing compiled, and of the same run after it."""
    layers = warm_up(data)
    with tempfile.TemporaryDirectory() as folder:
        command = tabulate(layers, Path(folder) / "table.csv")
        environment = {"NUMBA_CACHE_DIR": str(Path(folder) / "compiled")}
        first = watched(command, environment).seconds
        return first, watched(command, environment).seconds


def machine() -> str:
    """Return the machine and the Python in one line."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}"


def stamp(loads: list[float]) -> str:
    """Return machine, day, and what else the machine did, in a sentence."""
    low, high = min(loads, default=0.0), max(loads, default=0.0)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return f"{machine()}; {day}; load of the machine before a run {low:.1f} to {high:.1f}."
