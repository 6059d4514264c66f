"""Measure the main job on the shipped data: each stage, and what builds after the first cost.

    python -m benchmarks.build [--repeat 3] [--out docs/benchmarks.md]

Prints minimum, median and maximum in seconds. Times of one machine, with
whatever else runs on it: compare figures of one run only.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import stamp
from benchmarks.report import save, table
from geoplan.build import STAGES, run_stages
from geoplan.config import Project, init, load, shipped


def measure(project: Project) -> dict[str, float]:
    """Return the seconds that each stage took in one build of `project`."""
    seconds: dict[str, float] = {}
    for stage in STAGES:
        start = time.perf_counter()
        run_stages(project, [stage])
        seconds[stage] = time.perf_counter() - start
    return seconds


NOTE = "layers/tourism/jinzhong-scenic-sites.toml"
MEMBERS = "layers/main_function_zone/jinzhong-main-function-zones.toml"


def edited(root: Path, name: str, number: int) -> None:
    """Change a layer's text: its title, or with `MEMBERS` also in which zone a county is."""
    path = root / name
    text = re.sub(
        r'(?m)^title = \{ zh = "', f'title = {{ zh = "{number}', path.read_text("utf-8"), count=1
    )
    if name == MEMBERS:
        first, second = re.findall(r"(?m)^members = \[.*\]$", text)[:2]
        text = text.replace(first, "\0").replace(second, first).replace("\0", second)
    path.write_text(text, encoding="utf-8", newline="\n")


def command(root: Path, *words: str) -> float:
    """Return the seconds of one command, as a process of its own."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "geoplan.cli", *words, "-q", "-C", str(root)], check=True)
    return time.perf_counter() - start


def rebuilds(folder: Path) -> dict[str, float]:
    """Return the seconds of a first build and of later ones, each a process of its own."""
    root = folder / "project"
    init(root)
    seconds = {"nothing there": command(root, "build")}
    seconds["nothing changed"] = command(root, "build")
    edited(root, NOTE, 1)
    seconds["one layer's title changed"] = command(root, "build")
    edited(root, MEMBERS, 2)
    seconds["members of two zones exchanged"] = command(root, "build")
    shutil.rmtree(root / "build")
    seconds["`build/` deleted"] = command(root, "build")
    seconds["`--force`"] = command(root, "build", "--force")
    seconds["`geoplan verify`"] = command(root, "verify")
    return seconds


def figures(runs: list[dict[str, float]], name: str) -> list[str]:
    """Return a row: minimum, median and maximum of what all runs measured."""
    times = [run[name] for run in runs]
    return [name, *(f"{f(times):.2f}" for f in (min, statistics.median, max))]


HEAD = ["min s", "median s", "max s"]


def main() -> None:
    """Build into throw-away folders and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--out", type=Path, help="Markdown; written between marks")
    given = parser.parse_args()
    runs, again, loads = [], [], []
    for _ in range(given.repeat):
        with tempfile.TemporaryDirectory() as folder:
            project = load(shipped())
            loads.append(os.getloadavg()[0])
            seconds = measure(Project(Path(folder), project.config, project.file))
            runs.append({**seconds, "all": sum(seconds.values())})
            again.append(rebuilds(Path(folder)))
    rows = [figures(runs, stage) for stage in runs[0]]
    about = f"`geoplan build` of the shipped data, by stage, in one process; {len(runs)} runs."
    lines = [
        "## Stages of a build",
        "",
        stamp(loads),
        "",
        about,
        "",
        *table(["stage", *HEAD], rows),
        "",
        "`geoplan build -q` by what there was before, whole processes.",
        "",
        *table(["build", *HEAD], [figures(again, name) for name in again[0]]),
    ]
    print("\n".join(lines))
    if given.out:
        save(given.out, "stages", lines)


if __name__ == "__main__":
    main()
