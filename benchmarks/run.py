"""Run all benchmarks one after the other and write docs/benchmarks.md; about an hour.

python -m benchmarks.run [--data build/bench] [--out docs/benchmarks.md] [--overlay] [--quick]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path


def commands(given: argparse.Namespace) -> list[list[str]]:
    """Return what to run."""
    runs = given.build / "bench"
    data = ["--data", str(given.data)]
    peers = ["--peer-env", str(given.build / "peers")]
    once = ["--repeat", "1"] if given.quick else []
    size = ["--sizes", "10000"] if given.quick else ["--alone", "10000000"]
    sizes = ["--sizes", "10000", "30000", "--at", "10000"] if given.quick else []
    compare = ["compare", *data, *peers, *once]
    wanted = [
        ["build", *once],
        ["pages", *once],
        ["own_map", *data, *(["--sizes", "1000"] if given.quick else [])],
        [
            "zonal",
            *data,
            *peers,
            *(["--cells", "4000", "--parcels", "10000"] if given.quick else []),
        ],
        [*compare, *size, "--runs", f"{runs}-compare.json"],
        ["curves", *data, *once, *sizes, "--runs", f"{runs}-curves.json"],
    ]
    if given.overlay:
        wanted.append([*compare, *size, "--overlay", "--runs", f"{runs}-overlay.json"])
    return wanted


def main() -> None:
    """Run all; a failure does not stop the others, but is told at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("build/bench"))
    parser.add_argument("--build", type=Path, default=Path("build"), help="peers and JSON of runs")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--overlay", action="store_true", help="also compare geoplan overlay")
    parser.add_argument("--quick", action="store_true", help="try it: few parcels, one run")
    given = parser.parse_args()
    failed = []
    for name, *options in commands(given):
        print(f"benchmarks.{name} {' '.join(options)}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *options, "--out", str(given.out)]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed, or results disagree: {', '.join(failed)}; see {given.out}")


if __name__ == "__main__":
    main()
