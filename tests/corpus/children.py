"""Commands on cases, in processes of their own, whose time and memory are measured.

A process that runs a group of cases says of each what it printed; the memory is the most
that the process has held until then.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from geoplan.reading import Reading
from tests.codes import classes
from tests.corpus.every import CASES, FOLDERS, Entry
from tests.memory import peak_mib

SECONDS = 10
MIB = 1024
HELD_ANYWAY = 1 << 33
"""Address space that libraries reserve, used or not; what is used is measured."""


class Run(NamedTuple):
    """How a command on a case ended."""

    name: str
    command: str
    exit_code: int
    code: str
    message: str
    errors: str
    """What stood on stderr."""
    seconds: float
    peak_mib: int
    changed: tuple[str, ...]
    """Files that are there and were not, or are no more."""
    wanted: str
    """Code of the error that the case has to end in; empty: none."""


def commands(entry: Entry, path: Path, place: Path) -> dict[str, list[str]]:
    """Return the commands that are tried on a case, by name."""
    if entry.table == "manifest":
        return {"check": ["verify", "--project", str(path), "--json"]}
    if entry.table in FOLDERS:
        return {"check": ["run", "layers", "--project", str(path), "--json"]}
    options = _options(entry.case.reading)
    out, name = place / "out.parquet", str(path)
    first = ["--"] if name.startswith("-") else []
    single = [*options, "--json", "--project", str(place)]
    return {
        "inspect": ["inspect", *single, *first, name],
        "convert": ["convert", *options, "--json", "--project", str(place), *first, name, str(out)],
        "map": ["map", "--by", "DLMC", "--out", str(place / "out.html"), *single, *first, name],
    }


def _options(reading: Reading) -> list[str]:
    """Return what a person says of a file, as options."""
    given = {
        "--layer": reading.layer,
        "--encoding": reading.encoding,
        "--assume-crs": reading.assume_crs,
        "--x": reading.x,
        "--y": reading.y,
        "--wkt": reading.wkt,
        "--unit": reading.unit,
    }
    words = [word for key, value in given.items() if value for word in (key, value)]
    return [*words, *(["--swap-xy"] if reading.swap_xy else [])]


def run_group(
    entries: Sequence[Entry], folder: Path, *, only: Sequence[str] | None = None
) -> list[Run]:
    """Run commands on cases in one process; a hang or crash ends it, and is told of its case."""
    names = [str(entry) for entry in entries]
    words = [sys.executable, "-m", "tests.corpus.children", str(folder), json.dumps(only), *names]
    limit = 60 + 3 * SECONDS * len(entries)
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=limit, check=False)
        out, ended = done.stdout, f"ended with {done.returncode}: {done.stderr[-500:]}"
    except subprocess.TimeoutExpired as late:
        out, ended = (late.stdout or b"").decode(), "hangs"
    runs = []
    for line in out.splitlines():
        fields = json.loads(line)
        runs.append(Run(**{**fields, "changed": tuple(fields["changed"])}))
    missing = [name for name in names if name not in {run.name for run in runs}]
    return [*runs, *(Run(n, "-", -1, "", ended, ended, 0.0, 0, (), "") for n in missing)]


def faults_of(run: Run) -> list[str]:
    """Return what is wrong with how a command ended."""
    told = _exit_faults(run)
    if run.exit_code < 0:
        told.append(run.message)
    if "Traceback" in run.errors or "a fault of geoplan itself" in run.errors + run.message:
        told.append(f"a fault of geoplan itself: {run.errors[-300:] or run.message}")
    if any(ord(c) < 32 and c not in "\n\t" for c in run.errors):  # JSON has them as escapes
        told.append("control characters")
    if run.seconds > SECONDS:
        told.append(f"takes {run.seconds:.1f} s")
    if run.peak_mib > MIB:
        told.append(f"holds {run.peak_mib} MiB")
    if run.exit_code and run.command != "check" and run.changed:
        told.append(f"leaves {run.changed}")
    return told


def _exit_faults(run: Run) -> list[str]:
    told = []
    exits = {code: kind.exit_code for code, kind in classes().items()}
    if run.command not in ("inspect", "check") and run.exit_code not in (0, *exits.values()):
        told.append(f"exit code {run.exit_code}")
    if run.wanted and run.command in ("convert", "check"):
        family = exits.get(run.wanted, exits["data"])
        # A word on the command line that no library knows is wrong use, by a code of its own.
        if run.wanted.startswith("usage") or run.wanted == "encoding.unknown":
            family = exits["usage"]
        if run.exit_code not in (family, 1):
            told.append(f"exit code {run.exit_code}, not {family} ({run.wanted})")
    return told


def _there(place: Path) -> set[str]:
    return {str(p.relative_to(place)) for p in place.rglob("*") if "__pycache__" not in p.parts}


def _one(entry: Entry, place: Path, only: Sequence[str] | None) -> None:
    place.mkdir(parents=True)
    given = place / "given"
    given.mkdir()
    path = entry.case.make(given)
    if "\0" in str(path):  # no command can be given such a word
        path = place / "no NUL"
    for name, words in commands(entry, path, place).items():
        if only and name not in only:
            continue
        before, start = _there(place), time.process_time()
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            exit_code = _main(words)
        took = time.process_time() - start
        last = _last_event(out.getvalue())
        run = Run(
            name=str(entry),
            command=name,
            exit_code=exit_code,
            code=str(last.get("code", "")),
            message=str(last.get("message", "")),
            errors=errors.getvalue(),
            seconds=took,
            peak_mib=peak_mib(),
            changed=tuple(sorted(before ^ _there(place))),
            wanted=entry.case.codes[0] if entry.case.ends != "read" else "",
        )
        sys.stdout.write(json.dumps(run._asdict()) + "\n")
        sys.stdout.flush()


def _main(words: Sequence[str]) -> int:
    from geoplan import cli

    sys.argv = ["geoplan", *words]
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _last_event(text: str) -> dict[str, object]:
    try:
        last = json.loads(text.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return {}
    return last if isinstance(last, dict) and last.get("event") == "error" else {}


def main() -> None:
    """Run the cases that are named, each in a folder of its own."""
    resource.setrlimit(resource.RLIMIT_AS, (HELD_ANYWAY, HELD_ANYWAY))
    folder, only, wanted = Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
    os.environ["COLUMNS"] = "200"
    by_name = {str(entry): (i, entry) for i, entry in enumerate(CASES)}
    for name in wanted:
        number, entry = by_name[name]
        _one(entry, folder / f"{number:04d}", only)


if __name__ == "__main__":
    main()
