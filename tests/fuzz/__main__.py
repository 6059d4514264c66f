"""Fuzz targets: ``python -m tests.fuzz catalogue --seconds 1800 --folder /tmp/fuzz``.

Each target runs in a process that is begun again when it crashes, hangs or takes too
much memory. What was found lies in ``FOLDER/TARGET/findings``: the input, and what came of it.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.trial import TARGETS, target

HANGS = 240.0
"""Seconds without a new input after which a process is stopped: compiling the engine takes some."""


def fuzz(name: str, folder: Path, *, seconds: float, seed: int) -> int:
    """Fuzz a target; return how many findings there are."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = "guided" if find_spec("atheris") and target(name).guided else "chance"
    end, turn = time.monotonic() + seconds, 0
    while (left := end - time.monotonic()) > 1:
        (folder / "current").unlink(missing_ok=True)
        words = [name, str(folder), str(seed + turn), str(left), engine]
        with (folder / "log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.trial", *words], stdout=log, stderr=log
            )
            hung = _watched(child, folder, end)
        turn += 1
        if (hung or child.returncode) and time.monotonic() < end:
            _crashed(folder, "hangs" if hung else f"ends with {child.returncode}")
    found = sorted((folder / "findings").glob("*.txt"))
    progress = folder / "progress"
    told = progress.read_text("utf-8").strip() if progress.exists() else "nothing tried"
    sys.stdout.write(f"{name}: {engine}, {turn} process(es), the last: {told}\n")
    for path in found:
        sys.stdout.write(f"  {path.stem}: {path.read_text('utf-8').partition(chr(10))[0]}\n")
    return len(found)


def _watched(child: subprocess.Popen[bytes], folder: Path, end: float) -> bool:
    """Wait for a process; return whether it hung and was stopped."""
    current = folder / "current"
    while True:
        try:
            child.wait(2.0)
        except subprocess.TimeoutExpired:
            now = time.time()
            idle = now - current.stat().st_mtime if current.exists() else 0.0
            if idle > HANGS or time.monotonic() > end + HANGS:
                child.kill()
                child.wait()
                return idle > HANGS
        else:
            return False


def _crashed(folder: Path, what: str) -> None:
    """Keep the input at which a process ended."""
    data = (folder / "current").read_bytes() if (folder / "current").exists() else b""
    name = hashlib.sha256(data).hexdigest()[:12]
    (folder / "findings").mkdir(exist_ok=True)
    (folder / "findings" / f"{name}.bin").write_bytes(data)
    (folder / "findings" / f"{name}.txt").write_text(f"the process {what}\n", encoding="utf-8")
    # It is tried last from now on: not at all.
    for path in (folder / "corpus").iterdir():
        if path.read_bytes() == data:
            path.unlink()


def main() -> None:
    """Fuzz some targets, one after the other."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("targets", nargs="*", choices=[[], *TARGETS], default=TARGETS)
    words.add_argument("--seconds", type=float, default=1800.0, help="for each target")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--folder", type=Path, help="where findings are kept; outside the project")
    said = words.parse_args()
    folder = said.folder or Path(tempfile.gettempdir()) / "geoplan-fuzz"
    found = sum(
        fuzz(name, folder / name, seconds=said.seconds, seed=said.seed) for name in said.targets
    )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
