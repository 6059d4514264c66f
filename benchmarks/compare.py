"""Run geoplan and its peers alternately on the same files, compare results, write tables.

    python -m benchmarks.compare [--sizes 100000 1000000] [--repeat 3] [--alone 10000000]
        [--overlay] [--peers sedonadb duckdb postgis geopandas] [--peer-env build/peers]
        [--data build/bench] [--out docs/benchmarks.md] [--runs build/bench-compare.json]

Time is that of the whole process, from start to exit; of PostGIS only what follows loading.
Memory is the sum over the process tree, polled with psutil every 50 ms: resident (RSS, what is
shared counts once per process) and, at each new peak of it, proportional (PSS, counts once).
With ``--overlay`` the pieces of parcels in zones are written instead, and counted.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks import measure
from benchmarks.data import make, share
from benchmarks.environment import peer_python
from benchmarks.outcome import Outcome, disagreement, of_pieces, of_table
from benchmarks.peers import MISSING, OVERLAY_PEERS, PEERS
from benchmarks.report import save, table

ONCE = {"geopandas"}

TITLES = {
    "compare": "Areas by group, beside other tools",
    "compare-overlay": "Pieces written, beside other tools",
}

LAYERS = (
    "Layers are made, seeded (`benchmarks/data.py`): 525 fractal zones over Shanxi (2.46 M "
    "vertices), its 117 counties, and parcels of about 7,400 m². From 1.5 M parcels on the same "
    "ground is surveyed again, as in yearly surveys stacked in one file: so as many parcels "
    "straddle at every size."
)

ABOUT = {
    "compare": (
        "Area of parcels × zones × counties by county, kind and land use, from the same "
        "GeoParquet files to a CSV; whole process, engines in turn. PostGIS: only what follows "
        "loading and indexing of the raw layers, that is ST_Subdivide and the query. Memory: the "
        "process tree, polled every 50 ms."
    ),
    "compare-overlay": (
        "Intersection of parcels and zones, from the same GeoParquet files to (Geo)Parquet with "
        "all pieces and their columns; whole process, engines in turn. Memory: the process tree, "
        "polled every 50 ms."
    ),
}


@dataclass
class Run:
    """One run of one engine on one size."""

    engine: str
    size: int
    seconds: float
    wall_seconds: float
    cpu_seconds: float
    rss_mib: float
    pss_mib: float
    total_m2: float
    pieces: int
    load: float
    versions: str = ""
    prepare_seconds: float | None = None


@dataclass
class Results:
    """All runs of one size, what was skipped and why, and where results disagree."""

    size: int
    straddling: float
    runs: list[Run] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)

    def of(self, engine: str) -> list[Run]:
        """Return the runs of one engine."""
        return [run for run in self.runs if run.engine == engine]


def command(engine: str, layers: list[Path], out: Path, given: argparse.Namespace) -> list[str]:
    """Return what to run; `layers` are parcels, zones, counties."""
    if engine in PEERS:
        kind = ["--overlay"] if given.overlay else []
        paths = [str(path) for path in [*layers, out]]
        return [given.peer_python, "-m", "benchmarks.peers", *kind, engine, *paths]
    if given.overlay:
        return measure.overlay(layers[0], layers[1], out)
    return measure.tabulate(layers, out)


def run_once(
    engine: str, size: int, layers: list[Path], given: argparse.Namespace
) -> tuple[Run, Outcome]:
    """Run one engine in a process of its own and return its figures and its result.

    Raises
    ------
    EngineError
        Where the engine cannot be had or fails; the message is the reason.
    """
    with tempfile.TemporaryDirectory(dir=given.data) as folder:
        out = Path(folder) / ("pieces.parquet" if given.overlay else "table.csv")
        took = measure.watched(command(engine, layers, out, given))
        outcome = of_pieces(out) if given.overlay else of_table(out)
    report = json.loads(took.told.splitlines()[-1]) if engine in PEERS else {}
    made = Run(
        engine=engine,
        size=size,
        seconds=report.get("seconds", took.seconds),
        wall_seconds=took.seconds,
        cpu_seconds=took.cpu_seconds,
        rss_mib=took.rss_mib,
        pss_mib=took.pss_mib,
        total_m2=outcome.total_m2,
        pieces=outcome.pieces,
        load=took.load,
        versions=report.get("versions", "") or f"geoplan {version('geoplan')}",
        prepare_seconds=report.get("prepare_seconds"),
    )
    return made, outcome


def compare(engines: list[str], size: int, repeat: int, given: argparse.Namespace) -> Results:
    """Run engines in turn, `repeat` rounds, and compare each result with the first one."""
    paths = make(given.data, [size])
    layers = [paths[2], paths[1], paths[0]]
    results = Results(size, share(paths[2]))
    first: tuple[str, Outcome] | None = None
    for turn in range(repeat):
        for engine in engines:
            if engine in results.skipped or (turn and engine in ONCE):
                continue
            try:
                run, outcome = run_once(engine, size, layers, given)
            except measure.EngineError as error:
                code = "" if error.code == MISSING else f"failed with code {error.code}: "
                results.skipped[engine] = f"{code}{error}"
                print(f"{size:>10,} {engine:<10} skipped: {code}{error}", flush=True)
                continue
            results.runs.append(run)
            figures = f"{run.seconds:8.1f} s{run.rss_mib:8.0f} MiB {run.total_m2:.6f} m²"
            print(f"{size:>10,} {engine:<10}{figures}", flush=True)
            if first is None:
                first = engine, outcome
                results.checks.append(f"{size:,}: {outcome.told}")
            else:
                text, faults = disagreement(outcome, first[1])
                pair = f"{size:,}, {engine} and {first[0]}"
                if turn == 0:
                    results.checks.append(f"{pair}: {text}")
                results.faults += [f"{pair}: {fault}" for fault in faults]
    return results


def rows(results: Results) -> list[list[str]]:
    """Return the figures of each engine, geoplan first."""
    own = results.of("geoplan")
    base = statistics.median(run.seconds for run in own) if own else math.nan
    made = []
    for engine in ["geoplan", *PEERS]:
        runs = results.of(engine)
        if not runs:
            if engine in results.skipped:
                made.append([engine, f"skipped: {results.skipped[engine]}", *[""] * 7])
            continue
        times = [run.seconds for run in runs]
        middle = statistics.median(times)
        figures = [f"{value:.1f}" for value in (min(times), middle, max(times))]
        cpu = statistics.median(run.cpu_seconds for run in runs)
        rss, pss = max(run.rss_mib for run in runs), max(run.pss_mib for run in runs)
        ratio = f"{middle / base:.1f}×" if own else ""
        memory = [f"{rss:,.0f}", f"{pss:,.0f}"]
        made.append([runs[0].versions, str(len(runs)), *figures, ratio, f"{cpu:.1f}", *memory])
    return made


def document(parts: list[Results], name: str, notes: list[str]) -> list[str]:
    """Return the Markdown of all sizes."""
    loads = [run.load for results in parts for run in results.runs]
    lines = [f"## {TITLES[name]}", "", measure.stamp(loads), "", ABOUT[name], "", LAYERS, ""]
    head = ["engine", "runs", "min s", "median s", "max s", "to geoplan", "CPU s"]
    head += ["peak RSS MiB", "peak PSS MiB"]
    for results in parts:
        meet = f"{results.straddling:.0%} of them meet an edge of zones or counties."
        lines += [f"### {results.size:,} parcels", "", meet, "", *table(head, rows(results))]
        prepared = [run.prepare_seconds for run in results.runs if run.prepare_seconds is not None]
        if prepared:
            lines += [f"Of PostGIS's time, {statistics.median(prepared):.1f} s prepare zones.", ""]
    if any(run.engine == "postgis" for results in parts for run in results.runs):
        lines += ["CPU seconds of PostGIS are of its loading too.", ""]
    lines += ["Results (relative difference to the first one):", ""]
    lines += [f"- {check}" for results in parts for check in results.checks]
    faults = [fault for results in parts for fault in results.faults]
    lines += [f"- **{fault}**" for fault in faults[:20]]
    return [*lines, "", *notes]


def told_of_first(data: Path) -> str:
    """Return what the first run on a machine costs, in a sentence."""
    first, again = measure.first_run(data)
    return (
        f"geoplan was compiled before. With nothing compiled, a run on {measure.WARM_UP:,} parcels "
        f"takes {first:.1f} s, the next one {again:.1f} s (measured once)."
    )


def options() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--alone", type=int, nargs="*", default=[], help="sizes for geoplan only")
    parser.add_argument("--overlay", action="store_true", help="write pieces, do not tabulate")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--without-geoplan", action="store_true")
    parser.add_argument("--peer-env", type=Path, default=Path("build/peers"))
    parser.add_argument("--peer-python", help="a Python that has the peers; nothing is installed")
    parser.add_argument("--data", type=Path, default=Path("build/bench"))
    parser.add_argument("--out", type=Path, help="Markdown; written between marks")
    parser.add_argument("--runs", type=Path, help="JSON of all runs")
    given = parser.parse_args()
    if given.overlay:
        given.peers = [peer for peer in given.peers if peer in OVERLAY_PEERS]
    return given


def main() -> None:
    """Run everything and leave with 1 where results disagree."""
    given = options()
    failed: dict[str, str] = {}
    if given.peers and not given.peer_python:
        given.peer_python, failed = peer_python(given.peer_env)
    notes = [f"Not installed: {name} ({reason})." for name, reason in failed.items()]
    own = [] if given.without_geoplan else ["geoplan"]
    if own and not given.overlay:
        notes.insert(0, told_of_first(given.data))
    parts = [compare([*own, *given.peers], size, given.repeat, given) for size in given.sizes]
    parts += [compare(["geoplan"], size, 1, given) for size in given.alone]
    name = "compare-overlay" if given.overlay else "compare"
    lines = document(parts, name, notes)
    print("\n".join(lines))
    if given.out:
        save(given.out, name, lines)
    if given.runs:
        given.runs.parent.mkdir(parents=True, exist_ok=True)
        runs = [asdict(run) for results in parts for run in results.runs]
        given.runs.write_text(json.dumps(runs, indent=1), encoding="utf-8")
    sys.exit(any(results.faults for results in parts))


if __name__ == "__main__":
    main()
