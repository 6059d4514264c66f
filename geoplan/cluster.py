"""Work in parallel: the door to Dask.

One code path for every scheduler: threads of this process, processes of this
machine, or a running cluster at ``tcp://host:port``. Results come in the
order of the tasks, so nothing downstream depends on who finished first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

import dask
import dask.base
import dask.utils
from dask.callbacks import Callback

from geoplan.errors import DataError, GeoplanError, StageError, UsageError, coded

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Called with the number of finished tasks and of all tasks."""

SCHEDULERS = ("threads", "processes", "synchronous")

CONNECT_TIMEOUT = "10s"
"""How long a Dask scheduler may take to answer."""


def check_scheduler(name: str) -> None:
    """Raise `UsageError` unless `name` is one of `SCHEDULERS` or an address ``tcp://…``."""
    if name not in SCHEDULERS and not name.startswith(("tcp://", "tls://")):
        raise UsageError(
            f"scheduler {name!r} is not known; allowed: {', '.join(SCHEDULERS)}, "
            "tcp://host:port or tls://host:port"
        )


def bytes_of(text: str, *, what: str = "memory", example: str = "512MiB or 2GB") -> int:
    """Return the number of bytes that a text as ``512MiB`` or ``2GB`` means.

    Raises `UsageError` where it means none; `what` it is and an `example` stand there.
    """
    try:
        count = dask.utils.parse_bytes(text)
    except (ValueError, OverflowError):
        count = 0
    if count <= 0 or not any(letter.isdigit() for letter in text):
        raise UsageError(f"{what} {text!r} is no amount; write it as {example}")
    return int(count)


def run(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    scheduler: str = "threads",
    workers: int | None = None,
    progress: Progress | None = None,
    named: Callable[[Task], str] | None = None,
) -> list[Result]:
    """Call `function` once per task and return the results in the order of `tasks`.

    On a cluster, tasks of a worker that is lost run again on another one; where
    none is left, the run waits for new ones. The first task that fails ends the run.

    Parameters
    ----------
    scheduler
        ``threads``, ``processes``, ``synchronous`` or the address of a Dask
        scheduler.
    workers
        Threads or processes of a local scheduler; default: the machine's cores.
    named
        What a task is called in messages, besides its number.

    Raises
    ------
    UsageError
        If the scheduler is unknown or cannot be reached.
    StageError
        If a task fails for another reason than its input.
    """
    check_scheduler(scheduler)
    if not tasks:
        return []
    try:
        if scheduler in SCHEDULERS:
            count = workers or os.cpu_count() or 1
            return _run_here(function, tasks, scheduler, count, progress)
        return _run_on_cluster(function, tasks, scheduler, progress, named or _nameless)
    except GeoplanError:
        raise
    except BrokenProcessPool as fault:
        raise StageError(
            f"a process died while it worked on one of {len(tasks)} tasks; {_NO_MEMORY}"
        ) from fault
    except Exception as fault:
        raise StageError(
            f"a task of {len(tasks)} failed: {type(fault).__name__}: {fault}"
        ) from fault


_NO_MEMORY = (
    "most often there was no memory left: "
    "start fewer at the same time, or give each of them more memory"
)


def _nameless(_: object) -> str:
    return ""


def _run_here(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    scheduler: str,
    workers: int,
    progress: Progress | None,
) -> list[Result]:
    done = 0

    def count(*_: object) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, len(tasks)), len(tasks))

    delayed = [dask.delayed(function, pure=False)(dask.delayed(task)) for task in tasks]
    # By its function: for a name, dask looks whether a cluster is meant, and loads all of that.
    here = dask.base.named_schedulers[scheduler]
    with Callback(posttask=count):
        results = dask.compute(*delayed, scheduler=here, num_workers=workers)
    return list(results)


def _run_on_cluster(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    address: str,
    progress: Progress | None,
    named: Callable[[Task], str],
) -> list[Result]:
    from distributed import Client, KilledWorker

    try:
        client = Client(address, timeout=CONNECT_TIMEOUT)
    # ValueError: no port in the address; RuntimeError: Dask's configuration wants tls://.
    except (OSError, TimeoutError, ValueError, RuntimeError) as fault:
        raise UsageError(f"no Dask scheduler answers at {address}: {fault}") from fault
    with client:
        _require_workers(client, address)
        futures = client.map(_call, tasks, function=function, pure=False, key="geoplan")
        places: dict[Any, int] = {future.key: place for place, future in enumerate(futures)}
        try:
            return _gather(futures, places, progress)
        except KilledWorker as fault:
            place = places[fault.task]
            name = named(tasks[place])
            raise StageError(
                f"task {place + 1} of {len(tasks)}{name and f' ({name})'}: "
                f"{fault.allowed_failures + 1} worker(s) died while they worked on it, "
                f"the last at {fault.last_worker.address}; {_NO_MEMORY}"
            ) from fault
        except CancelledError as fault:
            raise StageError(
                f"the Dask scheduler at {address} was lost before all of {len(tasks)} tasks "
                "had ended; start it and run again"
            ) from fault


def _call(task: Task, *, function: Callable[[Task], Result]) -> Result:
    """Call `function` on a worker; what it has to say of the input comes with the worker's name."""
    from distributed import get_worker

    try:
        return function(task)
    except GeoplanError as fault:
        # A file that is missing there may well be here.
        told = type(fault)(f"{fault} (said by the worker at {get_worker().address})")
        raise coded(told, fault.code) from fault
    except FileNotFoundError as fault:
        raise DataError(
            f"{fault} (said by the worker at {get_worker().address}); "
            "workers have to find the same files under the same paths"
        ) from fault


def _gather(futures: list[Any], places: dict[Any, int], progress: Progress | None) -> list[Any]:
    """Fetch results as they come, so that a worker that is lost takes none with it."""
    from distributed import as_completed

    completed = as_completed(futures, with_results=True)
    futures.clear()  # what nobody refers to is dropped by the workers
    results: list[Any] = [None] * len(places)
    for done, (future, result) in enumerate(completed, start=1):
        if isinstance(result, CancelledError):
            raise result
        results[places[future.key]] = result
        if progress is not None:
            progress(done, len(places))
    return results


def _require_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT_TIMEOUT)
    except TimeoutError as fault:
        raise UsageError(f"the Dask scheduler at {address} has no workers; start some") from fault
