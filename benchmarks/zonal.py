"""Compare `geoplan zonal` with rasterstats and exactextract alone on one large grid.

    python -m benchmarks.zonal [--cells 20000] [--parcels 100000] [--repeat 1] [--every 10]
        [--data build/bench] [--peer-env build/peers] [--out docs/benchmarks.md]

The grid is made, seeded and written by window. Each engine runs in a process of its own, in
turn; time is from start to exit, memory that of the process tree (`benchmarks/measure.py`).
rasterstats may be given each N-th parcel only; its time for these is then multiplied, and
the table says so.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

import rasterio
from rasterio.windows import Window

from benchmarks import measure
from benchmarks.data import make
from benchmarks.environment import peer_python
from benchmarks.report import save, table
from benchmarks.zones import SEED
from geoplan.crs import WORK_CRS

ENGINES = ("geoplan", "exactextract", "rasterstats")
TILE = 512
CELL_M = 40.0
NODATA = -9999.0
AIM_TIMES, AIM_MIB = 10.0, 1536.0
"""At least so many times faster than rasterstats, in at most so much memory."""

CLOSE = 1e-5
"""Relative difference up to which means and medians are the same."""

MOST_FAR = 1e-3
"""Part of medians that may be further apart: exactextract's definition goes by the number of
cells, and counts those that a shape touches by a rounding error (below 1e-7 of a cell)."""


@dataclass
class Run:
    """One run of one engine on one layer."""

    engine: str
    layer: str
    seconds: float
    cpu_seconds: float
    rss_mib: float
    load: float
    versions: str
    every: int
    result: pd.DataFrame = field(repr=False)


def terrain(path: Path, cells: int, west: float, north: float) -> Path:
    """Write a synthetic grid of `cells` x `cells` float32: waves and noise, 1 % without data."""
    if path.exists():
        return path
    beside = path.with_suffix(".part.tif")
    options = {
        "driver": "GTiff", "count": 1, "dtype": "float32", "nodata": NODATA, "tiled": True,
        "width": cells, "height": cells, "crs": WORK_CRS.to_wkt(),
        "transform": rasterio.Affine(CELL_M, 0, west, 0, -CELL_M, north),
        "blockxsize": TILE, "blockysize": TILE, "BIGTIFF": "IF_SAFER",
    }  # fmt: skip
    with rasterio.open(beside, "w", **options) as target:
        for row in range(0, cells, TILE):
            height = min(TILE, cells - row)
            rng = np.random.default_rng([SEED, row])
            y, x = np.arange(row, row + height)[:, None], np.arange(cells)[None, :]
            waves = np.sin(x / 700) * np.cos(y / 900) * 600 + np.sin((x + 2 * y) / 90) * 80
            values = (1200 + waves + rng.normal(0, 5, (height, cells))).astype("float32")
            values[rng.random(values.shape, dtype="float32") < 0.01] = NODATA
            target.write(values, 1, window=Window(0, row, cells, height))
    beside.replace(path)
    return path


def run_once(
    engine: str, grid: Path, layer: Path, given: argparse.Namespace, *, every: int = 1
) -> Run:
    """Run one engine in a process of its own; raises `EngineError` where it fails."""
    with tempfile.TemporaryDirectory(dir=given.data) as folder:
        out = Path(folder) / "table.parquet"
        if engine == "geoplan":
            program = str(Path(sys.executable).with_name("geoplan"))
            command = [program, "zonal", str(grid), str(layer), "--out", str(out)]
        else:
            command = [given.peer_python, "-m", "benchmarks.zonal_peers", engine]
            command += [str(grid), str(layer), str(out), "--every", str(every)]
        took = measure.watched(command)
        result = pd.read_parquet(out)
    report = {} if engine == "geoplan" else json.loads(took.told.splitlines()[-1])
    # What is not the work itself does not grow with the rows.
    more = report.get("work_seconds", 0.0) * (every - 1)
    return Run(
        engine, layer.stem, took.seconds + more, took.cpu_seconds + more, took.rss_mib,
        took.load, str(report.get("versions", "geoplan")), every, result,
    )  # fmt: skip


def apart(ours: Run, theirs: Run, column: str) -> np.ndarray:
    """Return the relative differences of a column, row by row."""
    mine = ours.result[column].to_numpy("float64")[:: theirs.every]
    return np.asarray(np.abs(mine - theirs.result[column].to_numpy("float64")) / np.abs(mine))


def rows_of(runs: list[Run], engine: str) -> tuple[list[list[str]], float, float]:
    """Return the rows of an engine, its seconds for all layers, and its largest memory."""
    rows, total = [], 0.0
    own = [run for run in runs if run.engine == engine]
    for layer in dict.fromkeys(run.layer for run in own):
        here = [run for run in own if run.layer == layer]
        seconds = statistics.median(run.seconds for run in here)
        cpu = statistics.median(run.cpu_seconds for run in here)
        total += seconds
        scaled = f", one of {here[0].every} rows, scaled" if here[0].every > 1 else ""
        peak = max(run.rss_mib for run in here)
        rows.append([engine + scaled, layer, f"{seconds:.1f}", f"{cpu:.1f}", f"{peak:.0f}"])
    return [*rows, [engine, "all", f"{total:.1f}", "", ""]], total, max(r.rss_mib for r in own)


def checks_of(runs: list[Run]) -> tuple[list[str], list[str]]:
    """Return how far geoplan and exactextract are apart, and where that is too far."""
    checks, faults = [], []
    for layer in dict.fromkeys(run.layer for run in runs):
        first = {run.engine: run for run in reversed(runs) if run.layer == layer}
        pair = first["geoplan"], first["exactextract"]
        means, medians = apart(*pair, "mean"), apart(*pair, "median")
        far = int((medians > CLOSE).sum())
        said = f"{layer}: means are within {np.nanmax(means):.0e} of exactextract's; "
        said += f"of {len(medians):,} medians {far} are more than {CLOSE:.0e} apart."
        checks.append(said)
        if np.nanmax(means) > CLOSE or far > MOST_FAR * len(medians):
            faults.append(said)
    return checks, faults


def lines_of(runs: list[Run], given: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Return the report, and what is not as it should be."""
    made = {engine: rows_of(runs, engine) for engine in ENGINES}
    ours, peak = made["geoplan"][1:]
    times = {engine: total / ours for engine, (_, total, _) in made.items()}
    checks, faults = checks_of(runs)
    if peak > AIM_MIB:
        faults.append(f"{peak:.0f} MiB, allowed are {AIM_MIB:.0f}")
    if times["rasterstats"] < AIM_TIMES:
        faults.append(f"{times['rasterstats']:.1f} times faster than rasterstats")
    versions = ", ".join(dict.fromkeys(run.versions for run in runs))
    about = (
        f"A synthetic grid of {given.cells:,} × {given.cells:,} float32 cells of {CELL_M:.0f} m, "
        f"117 counties and {given.parcels:,} parcels: mean, least, most, sum, three quantiles; "
        "whole processes, engines in turn. rasterstats takes cells whose centre lies in a shape, "
        f"the others exact parts of cells. {versions}."
    )
    rows = [row for own, _, _ in made.values() for row in own]
    lines = ["## Zonal statistics, beside other tools", "", measure.stamp([r.load for r in runs])]
    lines += ["", about, "", *table(["engine", "layer", "seconds", "CPU s", "peak MiB"], rows)]
    lines.append(
        f"geoplan is {times['rasterstats']:.1f} times as fast as rasterstats and "
        f"{times['exactextract']:.1f} times as fast as exactextract alone. {' '.join(checks)}"
    )
    return lines, faults


def main() -> None:
    """Run all engines on both layers and write what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("build/bench"))
    parser.add_argument("--peer-env", type=Path, default=Path("build/peers"))
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--every", type=int, default=10, help="parcels for rasterstats")
    parser.add_argument("--out", type=Path, help="Markdown; written between marks")
    given = parser.parse_args()
    given.peer_python, _ = peer_python(given.peer_env)
    counties, _, parcels = make(given.data, [given.parcels])
    west, south, east, north = pd_bounds(counties)
    side = CELL_M * given.cells
    left, top = (west + east - side) / 2, (south + north + side) / 2
    grid = terrain(given.data / f"terrain-{given.cells}.tif", given.cells, left, top)
    runs = []
    for _ in range(given.repeat):
        for layer in (counties, parcels):
            for engine in ENGINES:
                sampled = engine == "rasterstats" and layer == parcels
                every = given.every if sampled else 1
                runs.append(run_once(engine, grid, layer, given, every=every))
                print(runs[-1], flush=True)
    lines, faults = lines_of(runs, given)
    print("\n".join(lines))
    if given.out:
        save(given.out, "zonal", lines)
    if faults:
        sys.exit("; ".join(faults))


def pd_bounds(path: Path) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a layer."""
    import geopandas as gpd

    west, south, east, north = gpd.read_parquet(path).total_bounds.tolist()
    return west, south, east, north


if __name__ == "__main__":
    main()
