"""A cluster of real processes: what is killed costs time, what is wrong is one message."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shapely

from geoplan import cluster, vector
from geoplan.engine import overlay_layers, save, tabulate
from geoplan.errors import DataError, StageError, UsageError
from tests.engine.shapes import box, frame, star, write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped by signals")

ROOT = Path(__file__).parents[2]
GROUPS, ROWS = 48, 20
"""Row groups of the streamed layer, each a task, and rows of one."""

SOME = 6
"""So many tasks have ended when something happens to the cluster."""

BY = ["use", "kind"]
PATIENCE = 120.0
"""Seconds after which a test ends, whatever is running."""


@dataclass
class Processes:
    """A Dask scheduler and workers, each a process of its own."""

    folder: Path
    scheduler: subprocess.Popen[bytes]
    address: str
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    observer: Any = None
    started: int = 0

    def start(self, name: str) -> None:
        """Start a worker that a SIGKILL ends for good, and come back at once."""
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        where = ("--name", name, "--local-directory", str(self.folder / name))
        words = ("worker", self.address, *options, *where, "--death-timeout", "20")
        self.workers[name] = _dask(self.folder / f"{name}.log", *words)

    def ready(self, count: int) -> list[str]:
        """Return the names of exactly so many workers, those that are left from before first."""
        alive = {name: w for name, w in self.workers.items() if w.poll() is None}
        kept = list(alive)[:count]
        _end(self.workers[name] for name in alive if name not in kept)
        self.workers = {name: self.workers[name] for name in kept}
        for _ in range(count - len(kept)):
            self.started += 1
            self.start(f"w{self.started}")
        _until(lambda: set(self.names().values()) == {*self.workers}, "workers", self.folder)
        return list(self.workers)

    def busy(self) -> set[str]:
        """Return the workers to which tasks are assigned."""
        names = self.names()
        return {names[at] for at, tasks in self.observer.processing().items() if tasks}

    def send(self, number: int, *names: str) -> None:
        """Send a signal to workers."""
        for name in names:
            self.workers[name].send_signal(number)

    def names(self) -> dict[str, str]:
        """Return the workers that the scheduler knows, by address."""
        known = self.observer.scheduler_info(n_workers=-1)["workers"]
        return {at: str(worker["name"]) for at, worker in known.items()}


def _dask(log: Path, *words: str) -> subprocess.Popen[bytes]:
    more = {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false"}
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env={**os.environ, **more},
        )


def _end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    ended = list(processes)
    for process in ended:
        process.kill()  # also where it was stopped
    for process in ended:
        process.wait(timeout=10)


def _until(true: Callable[[], bool], what: str, folder: Path) -> None:
    end = time.monotonic() + PATIENCE / 4
    while not true():
        if time.monotonic() > end:
            logs = [f"{log.name}:\n{log.read_text()[-2000:]}" for log in folder.glob("*.log")]
            pytest.fail(f"waited in vain for {what}\n" + "\n".join(logs))
        time.sleep(0.02)


@contextmanager
def running(folder: Path) -> Iterator[Processes]:
    """Run a scheduler; whatever happens, no process is left at the end."""
    from distributed import Client

    file = folder / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--idle-timeout", "300")
    scheduler = _dask(folder / "scheduler.log", "scheduler", *words, "--scheduler-file", str(file))
    made = Processes(folder, scheduler, "")
    try:
        _until(lambda: _address(file) != "", "the scheduler", folder)
        made.address = _address(file)
        with Client(made.address, timeout="20s", set_as_default=False) as made.observer:
            yield made
    finally:
        _end([*made.workers.values(), scheduler])


def _address(file: Path) -> str:
    try:
        return str(json.loads(file.read_text())["address"])
    except (OSError, ValueError):
        return ""


@contextmanager
def patience(processes: Processes) -> Iterator[None]:
    """End a run that waits for ever: without its scheduler it fails."""
    late = threading.Timer(PATIENCE, processes.scheduler.kill)
    late.start()
    try:
        yield
    finally:
        late.cancel()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Iterator[Processes]:
    """Return a scheduler for all tests, without workers; started once all is compiled."""
    with running(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture
def processes(shared: Processes) -> Iterator[Processes]:
    """Return the scheduler; each test says how many workers it needs."""
    with patience(shared):
        yield shared


def plots() -> list[shapely.Geometry]:
    """Return shapes of so many points that a row group takes a while."""
    return [star(i % 40 * 0.15, i // 40 * 0.25, 0.3, 40, i / 10) for i in range(GROUPS * ROWS)]


def write_layers(folder: Path, shapes: list[shapely.Geometry]) -> list[Path]:
    """Write the streamed layer, a task for each row group, and zones that overlap one another."""
    layer = frame(shapes, use=[f"用{i % 7}" for i in range(len(shapes))])
    zones = frame([star(3 + i / 100, 3, 6, 1000, i / 7) for i in range(10)], kind=[*"abcdefghij"])
    return [write(folder, "plots", layer, group=ROWS), write(folder, "zones", zones)]


@dataclass(frozen=True)
class Reference:
    """Two layers, and the bytes of their table as CSV and Parquet."""

    layers: list[Path]
    table: dict[str, bytes]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """Return layers and what one process makes of them, which also compiles for the workers."""
    folder = tmp_path_factory.mktemp("layers")
    layers = write_layers(folder, plots())
    assert len(vector.parts_of(layers[0], rows=ROWS)) == GROUPS
    made = tabulate(layers, BY, scheduler="synchronous")
    assert len(made) == 70
    return Reference(layers, written(made, folder))


def written(table: Any, folder: Path) -> dict[str, bytes]:
    """Return the bytes of a table, by the suffix of its file."""
    made = {}
    for suffix in (".csv", ".parquet"):
        save(table, folder / f"table{suffix}")
        made[suffix] = (folder / f"table{suffix}").read_bytes()
    return made


@dataclass
class Blow:
    """What happens to the cluster once some tasks have ended; called as progress."""

    processes: Processes
    strike: Callable[[], object]
    busy: set[str] = field(default_factory=set)
    left: int = 0
    counts: list[int] = field(default_factory=list)

    def __call__(self, done: int, total: int) -> None:
        self.counts.append(done)
        if done == SOME and not self.busy:
            names = list(self.processes.workers)
            # Stopped, they keep what was assigned to them until the blow.
            self.processes.send(signal.SIGSTOP, *names)
            self.busy, self.left = self.processes.busy(), total - done
            self.strike()
            alive = [n for n in names if self.processes.workers[n].poll() is None]
            self.processes.send(signal.SIGCONT, *alive)


def test_a_worker_that_is_killed_costs_time_only(
    processes: Processes, reference: Reference, tmp_path: Path
) -> None:
    left, right = processes.ready(2)
    blow = Blow(processes, lambda: processes.send(signal.SIGKILL, left))
    made = tabulate(reference.layers, BY, scheduler=processes.address, progress=blow)
    assert blow.busy == {left, right}
    assert processes.workers[left].wait(timeout=5) == -signal.SIGKILL
    assert processes.workers[right].poll() is None
    assert blow.left > 0
    # One task more looks for overlaps; as there are some, all is done again for net areas.
    assert blow.counts == 2 * list(range(1, GROUPS + 2))
    assert written(made, tmp_path) == reference.table


def test_pieces_are_the_same_after_a_worker_is_killed(
    processes: Processes, reference: Reference, tmp_path: Path
) -> None:
    left, right = processes.ready(2)
    halves = frame([box(-1, -1, 3, 9), box(3, -1, 9, 9)], side=["西", "东"])
    layers = [reference.layers[0], write(tmp_path, "halves", halves)]
    overlay_layers(layers, out=tmp_path / "a.parquet", scheduler="synchronous")
    there: list[Path] = []

    def strike() -> None:
        while len(there) < SOME:
            there[:] = tmp_path.glob(".b.parquet.*.new/part-*")
            time.sleep(0.005)
        processes.send(signal.SIGKILL, left)

    blow = threading.Thread(target=strike, daemon=True)
    blow.start()
    overlay_layers(layers, out=tmp_path / "b.parquet", scheduler=processes.address)
    blow.join(timeout=5)
    assert SOME <= len(there) < GROUPS
    assert processes.workers[left].wait(timeout=5) == -signal.SIGKILL
    assert processes.workers[right].poll() is None
    expected, made = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("a.parquet", "b.parquet")
    )
    assert len(expected) == GROUPS
    assert made == expected


def test_a_cluster_that_lost_all_workers_goes_on_with_a_new_one(
    processes: Processes, reference: Reference, tmp_path: Path
) -> None:
    def strike() -> None:
        processes.send(signal.SIGKILL, *old)
        for name in old:
            processes.workers[name].wait(timeout=5)
        processes.start("new")

    old = processes.ready(2)
    blow = Blow(processes, strike)
    made = tabulate(reference.layers, BY, scheduler=processes.address, progress=blow)
    assert blow.busy == {*old}
    assert set(processes.names().values()) == {"new"}
    # One task more looks for overlaps; as there are some, all is done again for net areas.
    assert blow.counts == 2 * list(range(1, GROUPS + 2))
    assert written(made, tmp_path) == reference.table


def test_a_task_that_kills_its_workers_is_named(processes: Processes) -> None:
    def die(_: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    processes.observer.run_on_scheduler(_allow, 0)
    processes.ready(1)
    message = (
        r"task (\d) of 3 \(part \1\): 1 worker\(s\) died while they worked on it, "
        r"the last at tcp://127.0.0.1:\d+; most often there was no memory left: start fewer"
    )
    try:
        with pytest.raises(StageError, match=message):
            cluster.run(die, [1, 2, 3], scheduler=processes.address, named=lambda n: f"part {n}")
    finally:
        processes.observer.run_on_scheduler(_allow, 3)


def _allow(number: int, dask_scheduler: Any = None) -> None:
    dask_scheduler.allowed_failures = number


def test_wrong_rows_are_named(processes: Processes, tmp_path: Path) -> None:
    shapes = plots()
    wrong = 30 * ROWS + 7
    shapes[wrong] = shapely.transform(shapes[wrong], lambda xy: xy * [np.inf, 1])
    layers = write_layers(tmp_path, shapes)
    processes.ready(1)
    with pytest.raises(DataError) as caught:
        tabulate(layers, BY, scheduler=processes.address)
    assert type(caught.value) is DataError
    said = str(caught.value)
    assert said.startswith(f"{layers[0]}, row group")
    assert f"row {wrong} (counted from 0)" in said
    assert " (said by the worker at tcp://127.0.0.1:" in said


def test_files_that_workers_do_not_have_are_named(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = write_layers(tmp_path, plots()[: 4 * ROWS])
    lost, parts_of = layers[0], vector.parts_of

    def taken_away(path: Path, *, rows: int) -> list[vector.Part]:
        """Take a file away once the tasks are made, as if workers were on other machines."""
        parts = parts_of(path, rows=rows)
        lost.rename(lost.with_suffix(".away"))
        return parts

    monkeypatch.setattr(vector, "parts_of", taken_away)
    processes.ready(1)
    for lost in layers[::-1]:  # a worker reads the held layer once
        with pytest.raises(DataError) as caught:
            tabulate(layers, BY, scheduler=processes.address)
        lost.with_suffix(".away").rename(lost)
        assert str(lost) in str(caught.value)
        assert "no such file" in str(caught.value).lower()
        assert " (said by the worker at tcp://127.0.0.1:" in str(caught.value)


def test_a_scheduler_without_workers(
    processes: Processes, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.ready(0)
    monkeypatch.setattr(cluster, "CONNECT_TIMEOUT", "500ms")
    message = f"scheduler at {processes.address} has no workers; start some"
    with pytest.raises(UsageError, match=message):
        tabulate(reference.layers, BY, scheduler=processes.address)


def test_a_scheduler_that_is_killed_ends_the_run(tmp_path: Path) -> None:
    with running(tmp_path) as own, patience(own):
        (only,) = own.ready(1)
        blow = Blow(own, own.scheduler.kill)
        with pytest.raises(StageError, match=f"scheduler at {own.address} was lost before all of"):
            cluster.run(
                lambda _: time.sleep(0.02), range(100), scheduler=own.address, progress=blow
            )
        assert blow.busy == {only}
