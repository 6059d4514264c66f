"""Work in parallel: the door to Dask.

One code path for every scheduler: threads of this process, processes of this
machine, or a running cluster at ``tcp://host:port``. Results come in the
order of the tasks, so nothing downstream depends on who finished first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import dask
import dask.utils
from dask.callbacks import Callback

from geoplan.errors import GeoplanError, StageError, UsageError

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
            f"scheduler {name!r} is not known; allowed: {', '.join(SCHEDULERS)} or tcp://host:port"
        )


def bytes_of(text: str) -> int:
    """Return the number of bytes that a text as ``512MiB`` or ``2GB`` means.

    Raises `UsageError` where it means none.
    """
    try:
        count = dask.utils.parse_bytes(text)
    except (ValueError, OverflowError):
        count = 0
    if count <= 0 or not any(letter.isdigit() for letter in text):
        raise UsageError(f"memory {text!r} is no amount; write it as 512MiB or 2GB")
    return int(count)


def run(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    scheduler: str = "threads",
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Call `function` once per task and return the results in the order of `tasks`.

    Parameters
    ----------
    scheduler
        ``threads``, ``processes``, ``synchronous`` or the address of a Dask
        scheduler.
    workers
        Threads or processes of a local scheduler; default: the machine's cores.

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
        return _run_on_cluster(function, tasks, scheduler, progress)
    except GeoplanError:
        raise
    except Exception as fault:
        raise StageError(
            f"a task of {len(tasks)} failed: {type(fault).__name__}: {fault}"
        ) from fault


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
    with Callback(posttask=count):
        results = dask.compute(*delayed, scheduler=scheduler, num_workers=workers)
    return list(results)


def _run_on_cluster(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    address: str,
    progress: Progress | None,
) -> list[Result]:
    from distributed import Client, as_completed

    try:
        client = Client(address, timeout=CONNECT_TIMEOUT)
    except (OSError, TimeoutError, ValueError) as fault:  # ValueError: no port in the address
        raise UsageError(f"no Dask scheduler answers at {address}: {fault}") from fault
    with client:
        _require_workers(client, address)
        futures = client.map(function, tasks, pure=False)
        for done, _ in enumerate(as_completed(futures), start=1):
            if progress is not None:
                progress(done, len(tasks))
        return list(client.gather(futures))


def _require_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT_TIMEOUT)
    except TimeoutError as fault:
        raise UsageError(f"the Dask scheduler at {address} has no workers; start some") from fault
