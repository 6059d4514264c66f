"""Measure `geoplan tabulate` alone: how time and memory grow, and with what.

    python -m benchmarks.curves [--sizes 100000 … 10000000] [--at 1000000] [--repeat 3]
        [--data build/bench] [--out docs/benchmarks.md] [--runs build/bench-curves.json]

Curves: parcels; vertices of the zones; threads and processes; coordinates in metres or degrees;
formats. Whole process, rounds in turn over all cases, medians. The chart goes beside the
document.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from benchmarks import measure
from benchmarks.charts import Line, Panel, figure
from benchmarks.data import converted, make
from benchmarks.outcome import differences, of_table
from benchmarks.report import save, table
from benchmarks.units import Point, units
from benchmarks.zones import FINEST_M

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = [100_000, 300_000, 1_000_000, 3_000_000, 10_000_000]
FINENESSES = [900.0, 300.0, FINEST_M, 38.0]
FORMATS = [".parquet", ".gpkg", ".fgb", ".shp"]
WORKERS = [("threads", 1), ("threads", 2), ("processes", 1), ("processes", 2)]
CHART = "benchmarks-curves.svg"

HEADS = {
    "parcels": ("Parcels", "parcels"),
    "vertices": ("Vertices of the zones", "finest edge"),
    "workers": ("Workers", "scheduler"),
    "crs": ("Coordinate system of the files", "files"),
    "formats": ("Format of the streamed file", "format, parcels"),
}

ABOUT = (
    "`geoplan tabulate parcels zones counties --by adcode --by kind --by landuse --out …`, whole "
    "process; medians of the times, largest memory of the process tree. Threads, as many as "
    "cores, unless stated."
)


@dataclass(frozen=True)
class Case:
    """One point of a curve: files, options, and how many parcels there are."""

    curve: str
    label: str
    parcels: int
    layers: tuple[Path, ...]
    options: tuple[str, ...] = ()


@dataclass
class Runs:
    """What was measured, by case, and what failed or disagrees."""

    took: dict[Case, list[measure.Measured]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def cases(data: Path, sizes: list[int], at: int) -> Iterator[Case]:
    """Make what is missing of the files, and yield what to run."""

    def layers(size: int, *, degrees: bool = False, finest: float = FINEST_M) -> tuple[Path, ...]:
        counties, zones, parcels = make(data, [size], degrees=degrees, finest=finest)
        return parcels, zones, counties

    for size in sizes:
        yield Case("parcels", f"{size:,}", size, layers(size))
    for finest in FINENESSES:
        yield Case("vertices", f"{finest:g} m", at, layers(at, finest=finest))
    for scheduler, count in WORKERS:
        options = ("--scheduler", scheduler, "--workers", str(count))
        yield Case("workers", f"{scheduler}, {count}", 3 * at, layers(3 * at), options)
    yield Case("crs", "metres, equal-area", at, layers(at))
    yield Case("crs", "degrees, EPSG:4490", at, layers(at, degrees=True))
    for size in (at // 10, at):
        for suffix in FORMATS:
            parcels, *held = layers(size)
            streamed = parcels if suffix == ".parquet" else converted(parcels, suffix)
            yield Case("formats", f"{suffix[1:]}, {size:,}", size, (streamed, *held))


def run_all(wanted: list[Case], repeat: int) -> Runs:
    """Run all cases in turn, `repeat` rounds; tables of the same parcels must agree."""
    runs = Runs()
    tables: dict[tuple[int, Path], dict[tuple[str, ...], float]] = {}
    broken: set[Case] = set()
    for turn in range(repeat):
        for case in wanted:
            if case in broken:
                continue
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder) / "table.csv"
                try:
                    took = measure.watched(measure.tabulate(list(case.layers), out, *case.options))
                except measure.EngineError as error:
                    broken.add(case)
                    runs.faults.append(f"{case.curve}, {case.label}: {error}")
                    continue
                groups = of_table(out).groups
            runs.took.setdefault(case, []).append(took)
            text = f"{took.seconds:8.1f} s{took.rss_mib:8.0f} MiB"
            print(f"{turn + 1} {case.curve:<10}{case.label:<22}{text}", flush=True)
            first = tables.setdefault((case.parcels, case.layers[1]), groups)
            faults = differences(groups, first)[2] if turn == 0 else []
            runs.faults += [f"{case.curve}, {case.label}: {fault}" for fault in faults[:3]]
    return runs


@lru_cache
def vertices(path: Path) -> int:
    """Return the number of vertices of a layer."""
    return int(shapely.get_num_coordinates(gpd.read_parquet(path).geometry.to_numpy()).sum())


def points_of(runs: Runs) -> list[Point]:
    """Return medians of time and largest memory of each case."""
    return [
        Point(
            curve=case.curve,
            label=case.label,
            parcels=case.parcels,
            vertices=sum(vertices(path) for path in case.layers[1:]),
            streamed_bytes=case.layers[0].stat().st_size,
            seconds=statistics.median(each.seconds for each in took),
            cpu_seconds=statistics.median(each.cpu_seconds for each in took),
            rss_mib=max(each.rss_mib for each in took),
            pss_mib=max(each.pss_mib for each in took),
            runs=len(took),
        )
        for case, took in runs.took.items()
    ]


def chart(points: list[Point]) -> str:
    """Return the SVG: time and memory over parcels and over vertices."""
    parcels = [point for point in points if point.curve == "parcels"]
    fine = [point for point in points if point.curve == "vertices"]
    panels = []
    for title, axis, own, x in [
        ("parcels", "parcels (streamed)", parcels, [float(p.parcels) for p in parcels]),
        (
            "vertices",
            "vertices of zones and counties (held)",
            fine,
            [float(p.vertices) for p in fine],
        ),
    ]:
        if len(own) < 2:
            continue
        wall = [(n, point.seconds) for n, point in zip(x, own, strict=True)]
        cpu = [(n, point.cpu_seconds) for n, point in zip(x, own, strict=True)]
        memory = [(n, point.pss_mib) for n, point in zip(x, own, strict=True)]
        lines = [Line("wall clock", wall), Line("CPU", cpu)]
        panels.append(Panel(f"Time over {title}", axis, "seconds", lines))
        peak = [Line("peak PSS", memory)]
        panels.append(Panel(f"Memory over {title}", axis, "MiB (peak PSS)", peak, flat=True))
    return figure(panels, "geoplan tabulate: time and memory over parcels and held vertices")


def document(points: list[Point], faults: list[str], loads: list[float], at: int) -> list[str]:
    """Return the Markdown of all curves."""
    lines = [
        "## How it grows",
        "",
        measure.stamp(loads),
        "",
        ABOUT,
        "",
        f"![Time and memory]({CHART})",
        "",
    ]
    fixed = {"vertices": at, "workers": 3 * at, "crs": at}
    for curve, (title, first) in HEADS.items():
        own = [point for point in points if point.curve == curve]
        lines += [f"### {title}", ""]
        if curve in fixed:
            lines += [f"{fixed[curve]:,} parcels.", ""]
        extra = ["held vertices"] if curve == "vertices" else []
        head = [first, *extra, "runs", "median s", "CPU s", "peak RSS MiB", "peak PSS MiB"]
        rows = []
        for point in own:
            held = [f"{point.vertices:,}"] if extra else []
            times = [f"{point.seconds:.1f}", f"{point.cpu_seconds:.1f}"]
            memory = [f"{point.rss_mib:,.0f}", f"{point.pss_mib:,.0f}"]
            rows.append([point.label, *held, point.runs, *times, *memory])
        lines += table(head, rows)
    lines += ["### Unit costs", "", *units(points)]
    return [*lines, *(f"- **{fault}**" for fault in faults[:20])]


def main() -> None:
    """Measure, draw and write; leave with 1 where something failed or tables disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--at", type=int, default=1_000_000, help="parcels of the other curves")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path("build/bench"))
    parser.add_argument("--out", type=Path, help="Markdown; written between marks")
    parser.add_argument("--runs", type=Path, help="JSON of all points")
    given = parser.parse_args()
    wanted = list(cases(given.data, given.sizes, given.at))
    measure.warm_up(given.data)
    runs = run_all(wanted, given.repeat)
    points = points_of(runs)
    loads = [each.load for took in runs.took.values() for each in took]
    lines = document(points, runs.faults, loads, given.at)
    print("\n".join(lines))
    if given.out:
        (given.out.parent / CHART).write_text(chart(points), encoding="utf-8")
        save(given.out, "curves", lines)
    if given.runs:
        given.runs.parent.mkdir(parents=True, exist_ok=True)
        texts = [vars(point) for point in points]
        given.runs.write_text(json.dumps(texts, indent=1), encoding="utf-8")
    raise SystemExit(bool(runs.faults))


if __name__ == "__main__":
    main()
