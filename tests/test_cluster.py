"""Parallel work: the same results in the same order on every scheduler."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from geoplan import cluster
from geoplan.errors import GeoplanError, StageError, UnitError, UsageError

HERE = [("synchronous", 1), ("threads", 1), ("threads", 2), ("processes", 2)]


@dataclass(frozen=True)
class Task:
    """A task as stages make them: a value that holds arrays and tuples."""

    number: int
    cells: np.ndarray
    labels: tuple[tuple[str, int], ...] = ()


def total(task: Task) -> tuple[int, float]:
    """Return the number and the sum of a task."""
    return task.number, float(task.cells.sum())


def tasks(count: int) -> list[Task]:
    """Return tasks whose sums are known."""
    return [Task(i, np.full(3, i), (("a", i),)) for i in range(count)]


def expected(count: int) -> list[tuple[int, float]]:
    """Return the results of `tasks`."""
    return [(i, 3.0 * i) for i in range(count)]


def fail_on_data(number: int) -> int:
    """Fail as a stage does on wrong input."""
    if number == 2:
        raise UnitError("太谷县: line 7")
    return number


def fail_by_chance(number: int) -> float:
    """Fail as broken code does."""
    return 1 / number


def same(value: object) -> object:
    """Return the task itself."""
    return value


@pytest.mark.parametrize(("scheduler", "workers"), HERE)
def test_results_in_the_order_of_tasks(scheduler: str, workers: int) -> None:
    assert cluster.run(total, tasks(20), scheduler=scheduler, workers=workers) == expected(20)


@pytest.mark.parametrize(("scheduler", "workers"), HERE)
@pytest.mark.parametrize("count", [1, 7])
def test_progress_counts_every_task_once(scheduler: str, workers: int, count: int) -> None:
    said: list[tuple[int, int]] = []
    cluster.run(
        total,
        tasks(count),
        scheduler=scheduler,
        workers=workers,
        progress=lambda done, of: said.append((done, of)),
    )
    assert said == [(i, count) for i in range(1, count + 1)]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([[1, 2], [], [[3]]], id="lists"),
        pytest.param([{"a": [1]}, {}], id="dictionaries"),
        pytest.param([("a", (1, 2)), ()], id="tuples"),
        pytest.param([None, None, 0, ""], id="empty values"),
        pytest.param([1, 1, 1], id="equal values"),
    ],
)
def test_tasks_arrive_as_they_are(values: list[object]) -> None:
    said: list[int] = []
    run = cluster.run(same, values, workers=2, progress=lambda done, _: said.append(done))
    assert run == values
    assert said == list(range(1, len(values) + 1))


def test_no_tasks() -> None:
    assert cluster.run(total, [], progress=lambda *_: pytest.fail("nothing to report")) == []


def meeting(size: int) -> Callable[[int], int]:
    """Return a task that ends only when `size` of its kind run at the same time."""
    barrier = threading.Barrier(size)

    def wait(number: int) -> int:
        barrier.wait(timeout=30)
        return number

    return wait


def test_two_threads_work_at_the_same_time() -> None:
    assert cluster.run(meeting(2), [1, 2], scheduler="threads", workers=2) == [1, 2]


def test_one_worker_is_one_thread() -> None:
    names = cluster.run(lambda _: threading.get_ident(), range(5), scheduler="threads", workers=1)
    assert len(set(names)) == 1


def process(_: int) -> int:
    """Return the number of the process."""
    return os.getpid()


def test_processes_are_other_processes() -> None:
    assert os.getpid() not in cluster.run(process, [1, 2], scheduler="processes", workers=1)
    assert {os.getpid()} == set(cluster.run(process, [1, 2], scheduler="threads", workers=2))


@pytest.mark.parametrize(("scheduler", "workers"), HERE)
def test_wrong_input_in_a_task_stays_what_it_is(scheduler: str, workers: int) -> None:
    with pytest.raises(UnitError) as caught:
        cluster.run(fail_on_data, [1, 2, 3], scheduler=scheduler, workers=workers)
    assert str(caught.value) == "太谷县: line 7"


@pytest.mark.parametrize(("scheduler", "workers"), HERE)
def test_a_fault_in_a_task_is_a_failed_stage(scheduler: str, workers: int) -> None:
    message = "a task of 3 failed: ZeroDivisionError: division by zero"
    with pytest.raises(StageError, match=message) as caught:
        cluster.run(fail_by_chance, [1, 0, 2], scheduler=scheduler, workers=workers)
    assert caught.value.exit_code == 4


def die(_: int) -> None:
    """End the process as the system does where no memory is left."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_process_that_dies_is_told_with_what_to_do() -> None:
    message = "a process died while it worked on one of 2 tasks; most often there was no memory"
    with pytest.raises(StageError, match=message):
        cluster.run(die, [1, 2], scheduler="processes", workers=1)


def test_running_cluster(address: str) -> None:
    assert address.startswith("tcp://127.0.0.1:")
    said: list[tuple[int, int]] = []
    made = cluster.run(
        total, tasks(20), scheduler=address, progress=lambda done, of: said.append((done, of))
    )
    assert made == expected(20)
    assert said == [(i, 20) for i in range(1, 21)]


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (fail_on_data, UnitError, "太谷县: line 7"),
        (fail_by_chance, StageError, "a task of 4 failed: ZeroDivisionError: division by zero"),
    ],
)
def test_faults_on_a_running_cluster(
    address: str, function: Callable[[int], float], error: type[GeoplanError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        cluster.run(function, [1, 2, 0, 3], scheduler=address)
    assert type(caught.value) is error


def test_a_fault_of_the_input_says_which_worker_met_it(address: str) -> None:
    with pytest.raises(
        UnitError, match=r"^太谷县: line 7 \(said by the worker at tcp://[\d.:]+\)$"
    ):
        cluster.run(fail_on_data, [2], scheduler=address)


def wait_a_moment(number: int) -> int:
    """Fail on the first task, and take a while on all others."""
    if number:
        time.sleep(0.2)
    return 1 // number


def test_the_first_fault_ends_a_run(address: str) -> None:
    started = time.monotonic()
    with pytest.raises(StageError, match="a task of 100 failed: ZeroDivisionError"):
        cluster.run(wait_a_moment, range(100), scheduler=address)
    assert time.monotonic() - started < 9  # two workers need 10 s for all


def test_results_are_not_kept_by_workers(address: str) -> None:
    from distributed import Client

    kept: list[int] = []
    with Client(address, set_as_default=False) as observer:

        def count(done: int, _: int) -> None:
            """Wait at the end until all but the last result are dropped, which is by and by."""
            for _ in range(200 * (done == 30)):
                kept.append(sum(len(keys) for keys in observer.has_what().values()))
                if kept[-1] <= 1:
                    return
                time.sleep(0.05)

        cluster.run(total, tasks(30), scheduler=address, progress=count)
    assert kept[-1] <= 1


@pytest.mark.parametrize("name", ["thread", "http://127.0.0.1:8786", "127.0.0.1:8786", ""])
def test_unknown_scheduler(name: str) -> None:
    message = f"scheduler '{name}' is not known; allowed: threads, processes, synchronous, tcp:"
    for call in (cluster.check_scheduler, lambda n: cluster.run(total, [], scheduler=n)):
        with pytest.raises(UsageError, match=message):
            call(name)


@pytest.mark.parametrize("name", [*cluster.SCHEDULERS, "tcp://host:1", "tls://host:1"])
def test_known_schedulers(name: str) -> None:
    cluster.check_scheduler(name)


@pytest.mark.parametrize("nobody", ["tcp://127.0.0.1:1", "tcp://127.0.0.1"])
def test_cluster_out_of_reach(nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_TIMEOUT", "200ms")
    with pytest.raises(UsageError, match=f"no Dask scheduler answers at {nobody}: ") as caught:
        cluster.run(total, tasks(2), scheduler=nobody)
    assert caught.value.exit_code == 2


class Lonely:
    """A client whose scheduler has no workers."""

    def wait_for_workers(self, n_workers: int, *, timeout: str) -> None:
        raise TimeoutError(f"{n_workers} worker(s) not there after {timeout}")


def test_cluster_without_workers() -> None:
    with pytest.raises(UsageError, match="scheduler at tcp://here:1 has no workers; start some"):
        cluster._require_workers(Lonely(), "tcp://here:1")
