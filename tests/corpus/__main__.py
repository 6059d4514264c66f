"""Every case through the command line: ``python -m tests.corpus FOLDER``.

Writes all files below FOLDER, runs commands on each in processes with limits, and prints
code, seconds and MiB. Whatever is not as it should be is named at the end.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from tests.corpus.children import MIB, SECONDS, Run, faults_of, run_group
from tests.corpus.every import CASES


def main() -> None:
    """Run all cases, or those of some tables."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("tables", nargs="*")
    words.add_argument("--commands", nargs="*", help="inspect convert map tabulate check")
    said = words.parse_args()
    chosen = [e for e in CASES if not said.tables or e.table in said.tables]
    runs: list[Run] = []
    for entry in chosen:
        # A process a case, so that its peak of memory is its own.
        runs += run_group([entry], said.folder, only=said.commands)
    wrong = []
    for run in runs:
        faults = faults_of(run)
        wrong += [f"{run.name} ({run.command}): {fault}" for fault in faults]
        line = f"{run.exit_code}\t{run.code or '-'}\t{run.seconds:.2f} s\t{run.peak_mib} MiB"
        sys.stdout.write(f"{line}\t{run.command}\t{run.name}{'  WRONG' if faults else ''}\n")
    counts = Counter(entry.table for entry in chosen)
    slow, large = (
        max(v, default=0) for v in ([r.seconds for r in runs], [r.peak_mib for r in runs])
    )
    sys.stdout.write(
        f"\n{len(chosen)} cases ({', '.join(f'{t} {n}' for t, n in counts.items())}), "
        f"{len(runs)} commands; at most {slow:.1f} of {SECONDS} s, {large} of {MIB} MiB\n"
    )
    sys.stdout.write("".join(f"WRONG {fault}\n" for fault in wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
