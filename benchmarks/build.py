"""Measure the main job: wall time of each stage on the shipped data, several times.

    python -m benchmarks.build [--repeat 3] [--out docs/benchmarks.md]

Prints minimum, median and maximum in seconds. Times of one machine, with
whatever else runs on it: compare figures of one run only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.measure import stamp
from benchmarks.report import save, table
from geoplan.build import STAGES, run_stages
from geoplan.config import Project, load, shipped


def measure(project: Project) -> dict[str, float]:
    """Return the seconds that each stage took in one build of `project`."""
    seconds: dict[str, float] = {}
    for stage in STAGES:
        start = time.perf_counter()
        run_stages(project, [stage])
        seconds[stage] = time.perf_counter() - start
    return seconds


def main() -> None:
    """Build into throw-away folders and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--out", type=Path, help="Markdown; written between marks")
    given = parser.parse_args()
    runs, loads = [], []
    for _ in range(given.repeat):
        with tempfile.TemporaryDirectory() as folder:
            project = load(shipped())
            loads.append(os.getloadavg()[0])
            runs.append(measure(Project(Path(folder), project.config, project.file)))
    rows = []
    for stage in [*STAGES, "all"]:
        times = [sum(run.values()) if stage == "all" else run[stage] for run in runs]
        figures = (min(times), statistics.median(times), max(times))
        rows.append([stage, *(f"{value:.2f}" for value in figures)])
    about = f"`geoplan build` of the shipped data, by stage, in one process; {len(runs)} runs."
    lines = [
        "## Stages of a build",
        "",
        stamp(loads),
        "",
        about,
        "",
        *table(["stage", "min s", "median s", "max s"], rows),
    ]
    print("\n".join(lines))
    if given.out:
        save(given.out, "stages", lines)


if __name__ == "__main__":
    main()
