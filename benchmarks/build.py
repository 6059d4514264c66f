"""Measure the main job: wall time of each stage on the shipped data, several times.

    python benchmarks/build.py [--repeat 3]

Prints minimum, median and maximum in seconds. Times of one machine, with
whatever else runs on it: compare figures of one run only.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from geoplan.build import STAGES, run_stages
from geoplan.config import Project, load, shipped


def measure(project: Project) -> dict[str, float]:
    """Return the seconds that each stage took in one build of `project`."""
    seconds = {}
    for stage in STAGES:
        start = time.perf_counter()
        run_stages(project, [stage])
        seconds[stage] = time.perf_counter() - start
    return seconds


def main() -> None:
    """Build into throw-away folders and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    runs = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            project = load(shipped())
            runs.append(measure(Project(Path(folder), project.config, project.file)))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'stage':<12}{'min s':>8}{'median s':>10}{'max s':>8}")
    for stage in [*STAGES, "all"]:
        times = [sum(run.values()) if stage == "all" else run[stage] for run in runs]
        low, high = min(times), max(times)
        print(f"{stage:<12}{low:>8.2f}{statistics.median(times):>10.2f}{high:>8.2f}")


if __name__ == "__main__":
    main()
