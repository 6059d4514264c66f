"""Measure `geoplan map`: pages of 1,000, 10,000 and 100,000 seeded parcels.

    python -m benchmarks.own_map [--data build/bench] [--sizes 1000 100000] [--out FILE.md]

Prints seconds, memory, how the shapes are shown and the size of the page.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.data import make
from benchmarks.measure import Measured, map_page, stamp, watched
from benchmarks.report import save, table

SIZES = (1_000, 10_000, 100_000)
HEAD = ["parcels", "seconds", "CPU s", "MiB", "shown", "kB"]


def measure(path: Path) -> tuple[Measured, dict[str, object]]:
    """Return what the page of a file took, and what the command told of it."""
    with tempfile.TemporaryDirectory() as folder:
        run = watched(map_page(path, Path(folder) / "page.html"))
    told: dict[str, object] = json.loads(run.told)
    return run, told


def row(size: int, run: Measured, told: dict[str, object]) -> list[str]:
    """Return a row of the table."""
    kilobytes = int(str(told["bytes"])) // 1000
    times = f"{run.seconds:.1f}", f"{run.cpu_seconds:.1f}", f"{run.rss_mib:.0f}"
    return [f"{size:,}", *times, str(told["how"]), str(kilobytes)]


def main() -> None:
    """Measure all sizes, the largest last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("build/bench"))
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--out", type=Path, help="Markdown; written between marks")
    given = parser.parse_args()
    paths = make(given.data, given.sizes)[2:]
    measure(paths[0])  # compiles the engine, if nobody did
    rows, loads = [], []
    for size, path in zip(given.sizes, paths, strict=True):
        run, told = measure(path)
        rows.append(row(size, run, told))
        loads.append(run.load)
    lines = [
        "## Pages of own layers",
        "",
        stamp(loads),
        "",
        "`geoplan map parcels.parquet --by landuse`, whole processes, budget of 1.5 MB a page.",
        "",
        *table(HEAD, rows),
    ]
    print("\n".join(lines))
    if given.out:
        save(given.out, "own-map", lines)


if __name__ == "__main__":
    main()
