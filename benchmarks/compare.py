"""Run geoplan and its peers alternately on the same files, compare totals, write a table.

    python -m benchmarks.compare [--sizes 100000 1000000] [--repeat 3] [--alone 10000000]
        [--peers sedonadb duckdb postgis geopandas] [--peer-python /tmp/benchvenv/bin/python]
        [--data /tmp/bench] [--out docs/benchmarks.md]

Time is that of the whole process, from start to exit; of PostGIS only what follows loading.
Memory is the sum over the process tree, polled with psutil every 50 ms: resident (RSS, what is
shared counts once per process) and, at each new peak of it, proportional (PSS, counts once).
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.data import make
from benchmarks.peers import MISSING, PEERS

BY = ("adcode", "kind", "landuse")
TOTALS_AGREE = 1e-9
GROUPS_AGREE = 1e-6
GROUPS_FLOOR_M2 = 1e-3
"""Groups may differ by this much whatever their size: the noise of coordinates in metres."""

POLL_SECONDS = 0.05
ONCE = {"geopandas"}
BEGIN, END = "<!-- compare: begin -->", "<!-- compare: end -->"

ABOUT = (
    "Area of parcels × zones × counties by county, kind and land use, from the same GeoParquet "
    "files to a CSV; whole process, engines in turn. PostGIS: only what follows loading and "
    "indexing of the raw layers, that is ST_Subdivide and the query. Memory: the process tree, "
    "polled with psutil every 50 ms."
)

Groups = dict[tuple[str, ...], float]


class EngineError(Exception):
    """An engine cannot be had here, or failed."""


@dataclass
class Run:
    """One run of one engine on one size."""

    engine: str
    size: int
    seconds: float
    wall_seconds: float
    rss_mib: float
    pss_mib: float
    total_m2: float
    load: float
    versions: str = ""
    prepare_seconds: float | None = None


@dataclass
class Results:
    """All runs, what was skipped and why, and where tables disagree."""

    runs: list[Run] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)

    def of(self, engine: str, size: int) -> list[Run]:
        """Return the runs of one engine on one size."""
        return [run for run in self.runs if (run.engine, run.size) == (engine, size)]


class Watch(threading.Thread):
    """Polls the memory of a process and of all that descend from it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.rss = 0
        self.pss = 0
        self._root = psutil.Process(pid)
        self._over = threading.Event()

    def run(self) -> None:
        """Poll until told to stop."""
        while not self._over.wait(POLL_SECONDS):
            try:
                tree = [self._root, *self._root.children(recursive=True)]
            except psutil.Error:
                return
            rss = sum(_memory(process, "rss") for process in tree)
            if rss > self.rss * 1.01:
                self.rss = rss
                self.pss = max(self.pss, sum(_memory(process, "pss") for process in tree))

    def stop(self) -> None:
        """End the polling."""
        self._over.set()
        self.join()


def _memory(process: psutil.Process, kind: str) -> int:
    try:
        found = process.memory_full_info() if kind == "pss" else process.memory_info()
    except psutil.Error:
        return 0
    return int(getattr(found, kind))


def command(engine: str, layers: list[Path], out: Path, peer_python: str) -> list[str]:
    """Return what to run; `layers` are parcels, zones, counties."""
    paths = [str(path) for path in layers]
    if engine in PEERS:
        return [peer_python, "-m", "benchmarks.peers", engine, *paths, str(out)]
    by = [part for column in BY for part in ("--by", column)]
    geoplan = Path(sys.executable).with_name("geoplan")
    return [str(geoplan), "tabulate", *paths, *by, "--out", str(out)]


def run_once(engine: str, size: int, layers: list[Path], peer_python: str) -> tuple[Run, Groups]:
    """Run one engine in a process of its own and return its figures and its table.

    Raises
    ------
    EngineError
        Where the engine cannot be had or fails; the message is the reason.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "table.csv"
        told = Path(folder) / "told.txt"
        load = os.getloadavg()[0]
        with told.open("w") as stdout, (Path(folder) / "errors.txt").open("w+") as stderr:
            start = time.perf_counter()
            try:
                process = subprocess.Popen(
                    command(engine, layers, out, peer_python), stdout=stdout, stderr=stderr
                )
            except OSError as error:
                raise EngineError(str(error)) from error
            watch = Watch(process.pid)
            watch.start()
            code = process.wait()
            wall = time.perf_counter() - start
            watch.stop()
            stderr.seek(0)
            last = (stderr.read().strip().splitlines() or [""])[-1]
        if code:
            raise EngineError(last if code == MISSING else f"failed with code {code}: {last}")
        groups = read_groups(out)
        report = json.loads(told.read_text().splitlines()[-1]) if engine in PEERS else {}
    names = report.get("versions", "") or f"geoplan {version('geoplan')}"
    made = Run(
        engine=engine,
        size=size,
        seconds=report.get("seconds", wall),
        wall_seconds=wall,
        rss_mib=watch.rss / 2**20,
        pss_mib=watch.pss / 2**20,
        total_m2=math.fsum(groups.values()),
        load=load,
        versions=names,
        prepare_seconds=report.get("prepare_seconds"),
    )
    return made, groups


def read_groups(path: Path) -> Groups:
    """Return the area by group of a table; columns may be named ``layer.column``."""
    groups: Groups = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            plain = {name.rsplit(".", 1)[-1]: value for name, value in row.items()}
            groups[tuple(plain[column] for column in BY)] = float(plain["area_m2"])
    return groups


def differences(found: Groups, expected: Groups) -> tuple[float, float, list[str]]:
    """Return the relative difference of totals, the largest of a group, and the faults."""
    total, wanted = math.fsum(found.values()), math.fsum(expected.values())
    off = abs(total - wanted) / wanted if wanted else abs(total)
    faults = [] if off <= TOTALS_AGREE else [f"totals differ by {off:.1e}: {total} and {wanted}"]
    worst = 0.0
    for group in sorted(found.keys() | expected.keys()):
        a, b = found.get(group, 0.0), expected.get(group, 0.0)
        if abs(a - b) <= GROUPS_FLOOR_M2:
            continue
        share = abs(a - b) / max(abs(a), abs(b))
        worst = max(worst, share)
        if share > GROUPS_AGREE:
            faults.append(f"group {group}: {a} and {b} m²")
    return off, worst, faults


def compare(engines: list[str], size: int, repeat: int, given: argparse.Namespace) -> Results:
    """Run engines in turn, `repeat` rounds, and compare each table with the first one."""
    results = Results()
    paths = make(given.data, [size])
    layers = [paths[2], paths[1], paths[0]]
    expected: Groups | None = None
    for turn in range(repeat):
        for engine in engines:
            if engine in results.skipped or (turn and engine in ONCE):
                continue
            try:
                run, groups = run_once(engine, size, layers, given.peer_python)
            except EngineError as error:
                results.skipped[engine] = str(error)
                print(f"{size:>10,} {engine:<10} skipped: {error}", flush=True)
                continue
            results.runs.append(run)
            print(
                f"{size:>10,} {engine:<10}{run.seconds:8.1f} s{run.rss_mib:8.0f} MiB "
                f"{run.total_m2:.6f} m²",
                flush=True,
            )
            if expected is None:
                expected = groups
                first = engine
                results.checks.append(f"{size:,}: {len(groups):,} groups, {run.total_m2:,.3f} m²")
            elif turn == 0 or engine == "geoplan":
                off, worst, faults = differences(groups, expected)
                text = f"{size:,}, {engine} and {first}: totals {off:.1e}, worst group {worst:.1e}"
                results.checks.append(text)
                results.faults += [f"{size:,}, {engine} and {first}: {fault}" for fault in faults]
    return results


def table(results: Results, size: int) -> list[str]:
    """Return the Markdown rows of one size."""
    lines = [
        f"### {size:,} parcels",
        "",
        "| engine | runs | min s | median s | max s | to geoplan | peak RSS MiB | peak PSS MiB |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    own = results.of("geoplan", size)
    base = statistics.median(run.seconds for run in own) if own else None
    for engine in ["geoplan", *PEERS]:
        runs = results.of(engine, size)
        if not runs:
            if engine in results.skipped:
                lines.append(f"| {engine} | skipped: {results.skipped[engine]} | | | | | | |")
            continue
        times = [run.seconds for run in runs]
        middle = statistics.median(times)
        ratio = f"{middle / base:.1f}×" if base else ""
        rss, pss = max(run.rss_mib for run in runs), max(run.pss_mib for run in runs)
        lines.append(
            f"| {runs[0].versions} | {len(runs)} | {min(times):.1f} | {middle:.1f} "
            f"| {max(times):.1f} | {ratio} | {rss:,.0f} | {pss:,.0f} |"
        )
    return [*lines, ""]


def machine() -> str:
    """Return the machine and the Python in one line."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}"


def document(parts: list[tuple[int, Results]]) -> str:
    """Return the Markdown between the marks."""
    loads = [run.load for _, results in parts for run in results.runs]
    head = (
        f"{machine()}; {datetime.now(UTC):%Y-%m-%d}; load of the machine before a run "
        f"{min(loads, default=0):.1f} to {max(loads, default=0):.1f}."
    )
    lines = [BEGIN, "", head, "", ABOUT, ""]
    for size, results in parts:
        lines += table(results, size)
        prepared = [run.prepare_seconds for run in results.runs if run.prepare_seconds is not None]
        if prepared:
            lines += [f"Of PostGIS's time, {statistics.median(prepared):.1f} s prepare zones.", ""]
    lines += ["Totals (relative difference to the first table):", ""]
    lines += [f"- {check}" for _, results in parts for check in results.checks]
    faults = [fault for _, results in parts for fault in results.faults]
    lines += [f"- **{fault}**" for fault in faults[:20]]
    return "\n".join([*lines, "", END])


def save(path: Path, text: str) -> None:
    """Put `text` between the marks of `path`, or write a new file."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if BEGIN in old and END in old:
        text = old[: old.index(BEGIN)] + text + old[old.index(END) + len(END) :]
    elif old:
        text = f"{old.rstrip()}\n\n{text}\n"
    else:
        text = f"# Benchmarks\n\n{text}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Run everything and leave with 1 where tables disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--alone", type=int, nargs="*", default=[], help="sizes for geoplan only")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--without-geoplan", action="store_true")
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--data", type=Path, default=Path("/tmp/bench"))
    parser.add_argument("--out", type=Path, help="Markdown; runs also go to OUT.json")
    given = parser.parse_args()
    own = [] if given.without_geoplan else ["geoplan"]
    parts = [
        (size, compare([*own, *given.peers], size, given.repeat, given)) for size in given.sizes
    ]
    parts += [(size, compare(["geoplan"], size, 1, given)) for size in given.alone]
    text = document(parts)
    print(text)
    if given.out:
        save(given.out, text)
        runs = [asdict(run) for _, results in parts for run in results.runs]
        given.out.with_suffix(".json").write_text(json.dumps(runs, indent=1), encoding="utf-8")
    sys.exit(any(results.faults for _, results in parts))


if __name__ == "__main__":
    main()
