"""What one parcel, one vertex, one task costs: from the curves, for docs/scaling.md."""

from __future__ import annotations

import os
import pickle
import time
from collections import Counter
from dataclasses import dataclass

from benchmarks.report import table
from geoplan import cluster

TASKS = 1_000
PAYLOAD = 2_000
"""Bytes of a task of the overhead's measure: paths, columns, stamps."""

GROUPS = 6_000
MIB = 2**20


@dataclass(frozen=True)
class Point:
    """One point of a curve."""

    curve: str
    label: str
    parcels: int
    vertices: int
    streamed_bytes: int
    seconds: float
    cpu_seconds: float
    rss_mib: float
    pss_mib: float
    runs: int


def slope(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """Return what one more costs and what none costs, from the least and the most."""
    (a, low), (b, high) = min(pairs), max(pairs)
    each = (high - low) / (b - a)
    return each, low - a * each


def nothing(payload: bytes) -> int:
    """Do what a task does beside its work."""
    return len(payload)


def overheads() -> dict[str, float]:
    """Return the seconds that a task costs on each scheduler, beside its work."""
    from distributed import LocalCluster

    tasks = [bytes([n % 256]) * PAYLOAD for n in range(TASKS)]
    count = os.cpu_count() or 1
    found = {name: _overhead(name, tasks, count) for name in ("threads", "processes")}
    with LocalCluster(
        n_workers=count, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as running:
        cluster.run(nothing, tasks[:100], scheduler=running.scheduler_address)
        found["tcp"] = _overhead(running.scheduler_address, tasks, count)
    return found


def _overhead(scheduler: str, tasks: list[bytes], workers: int) -> float:
    few = tasks[: len(tasks) // 10]
    times = []
    for wanted in (few, tasks):
        start = time.perf_counter()
        cluster.run(nothing, wanted, scheduler=scheduler, workers=workers)
        times.append(time.perf_counter() - start)
    return (times[1] - times[0]) / (len(tasks) - len(few))


def result_bytes() -> float:
    """Return the bytes that a group takes in what a task sends back: an area and a count."""
    keys = [((f"{n:04d}",), ((f"zone-{n}",), (f"{140_000 + n}",))) for n in range(GROUPS)]
    sums = Counter(dict.fromkeys(keys, 10**12)), Counter(dict.fromkeys(keys, 100))
    return len(pickle.dumps(sums)) / GROUPS


def units(points: list[Point]) -> list[str]:
    """Return the table of unit costs; those whose curve is missing are left out."""
    rows: list[list[str]] = []
    parcels = [point for point in points if point.curve == "parcels"]
    fine = [point for point in points if point.curve == "vertices"]
    if len(parcels) > 1:
        each, fixed = slope([(point.parcels, point.cpu_seconds) for point in parcels])
        wall = slope([(point.parcels, point.seconds) for point in parcels])
        most = max(parcels, key=lambda point: point.parcels)
        rows += [
            ["CPU seconds for a million parcels", f"{each * 1e6:.2f}"],
            ["CPU seconds for none, zones and counties as they are", f"{fixed:.2f}"],
            ["wall seconds for a million parcels", f"{wall[0] * 1e6:.2f}"],
            ["wall seconds for none", f"{wall[1]:.2f}"],
            ["bytes read for a parcel (GeoParquet)", f"{most.streamed_bytes / most.parcels:.0f}"],
        ]
    if len(fine) > 1:
        each, _ = slope([(point.vertices, point.rss_mib * MIB) for point in fine])
        cpu, _ = slope([(point.vertices, point.cpu_seconds) for point in fine])
        rows += [
            ["bytes of memory for a held vertex, at the peak", f"{each:.0f}"],
            ["CPU seconds for a million held vertices", f"{cpu * 1e6:.2f}"],
        ]
    rows += [
        [f"milliseconds for a task, {name}", f"{seconds * 1e3:.2f}"]
        for name, seconds in overheads().items()
    ]
    rows.append(["bytes sent back for a group of a task's result", f"{result_bytes():.0f}"])
    return table(["unit", "cost"], rows)
