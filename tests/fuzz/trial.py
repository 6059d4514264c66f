"""One process of a fuzzer: it tries inputs, and keeps those that are findings or new."""

from __future__ import annotations

import gc
import hashlib
import importlib
import resource
import sys
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.fuzz.mutate import LARGEST, mutated
from tests.fuzz.target import MEMORY, SECONDS, Target
from tests.memory import peak_mib

TARGETS = ("catalogue", "reader", "tabulate")
MOST_KEPT = 3000
WARM = 30
"""Tries at which modules are still loaded, and functions compiled."""
SMALLER = 60
"""Tries to make a finding smaller."""


def target(name: str) -> Target:
    """Return a target by its name."""
    found: Target = importlib.import_module(f"tests.fuzz.{name}").TARGET
    return found


@dataclass
class Trial:
    """What a process tries, what came of it, and where findings are kept."""

    target: Target
    folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    tried: int = 0
    seen: set[str] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)

    @property
    def work(self) -> Path:
        """Folder in which inputs become files."""
        return self.folder / "work"

    def once(self, data: bytes) -> str:
        """Try an input; findings are written down. Returns what came of it."""
        # What crashes this process is still there when the next one begins.
        (self.folder / "current").write_bytes(data)
        before, start = _peak(), time.process_time()
        told = self._outcome(data)
        took, grown = time.process_time() - start, _peak() - before
        # Other programs do not count, and neither does what is compiled at first.
        if took > SECONDS and self.tried > WARM and not told.startswith("finding"):
            told = self._found(f"slow {took:.0f} s: {told}", data, "")
        if grown > MEMORY and not told.startswith("finding"):
            told = self._found(f"memory {grown >> 20} MiB: {told}", data, "")
        self.tried += 1
        self.counts[told.partition(" ")[0]] += 1
        return told

    def _outcome(self, data: bytes) -> str:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self.target.run(data, self.work)
        except MemoryError:
            return self._found("MemoryError", data, traceback.format_exc())
        except Exception as fault:  # noqa: BLE001 - it is what is looked for
            return self._found(signature(fault), data, traceback.format_exc())

    def _found(self, kind: str, data: bytes, trace: str) -> str:
        """Write a finding down, once for each kind."""
        if kind not in self.seen:
            self.seen.add(kind)
            name = hashlib.sha256(kind.encode()).hexdigest()[:12]
            place = self.folder / "findings"
            if not (place / f"{name}.bin").exists():
                (place / f"{name}.bin").write_bytes(data)
                (place / f"{name}.txt").write_text(f"{kind}\n\n{trace}", encoding="utf-8")
        return f"finding: {kind}"


def signature(fault: BaseException) -> str:
    """Return where an error came from, in words that are the same for the same fault."""
    frames = traceback.extract_tb(fault.__traceback__)
    own = [f for f in frames if "/geoplan/" in f.filename or "/tests/" in f.filename]
    last = own[-1] if own else frames[-1]
    what = str(fault)[:30] if "tests/fuzz" in last.filename else ""
    return f"{type(fault).__name__} {Path(last.filename).name}:{last.lineno} {what}".strip()


def _peak() -> int:
    return peak_mib() << 20


def by_chance(trial: Trial, corpus: list[bytes], *, seed: int, seconds: float, most: int) -> None:
    """Change inputs that were kept; keep those from which something new has come."""
    rng = Random(seed)
    known: set[str] = set()
    for data in corpus:
        known.add(trial.once(data))
    end = time.monotonic() + seconds
    while time.monotonic() < end and trial.tried < most:
        data = mutated(rng.choice(corpus), rng, corpus)
        told = trial.once(data)
        if told not in known and len(corpus) < MOST_KEPT:
            known.add(told)
            corpus.append(data)
            _keep(trial.folder, data)
        if trial.tried % 200 == 0:
            gc.collect()
            _progress(trial)


def _keep(folder: Path, data: bytes) -> None:
    name = hashlib.sha256(data).hexdigest()[:16]
    (folder / "corpus" / name).write_bytes(data)


def _progress(trial: Trial) -> None:
    text = f"{trial.tried} {dict(trial.counts.most_common(12))}\n"
    (trial.folder / "progress").write_text(text, encoding="utf-8")


def smaller(trial: Trial, data: bytes, kind: str) -> bytes:
    """Return a shorter input with the same finding, where a few tries find one."""
    step = max(len(data) // 2, 1)
    for _ in range(SMALLER):
        for at in range(0, len(data), step):
            less = data[:at] + data[at + step :]
            if less and trial._outcome(less) == f"finding: {kind}":
                data = less
                break
        else:
            if step == 1:
                break
            step = max(step // 2, 1)
    return data


def guided(trial: Trial, *, seed: int, seconds: float) -> None:
    """Let libFuzzer choose by what branches of the code an input reaches."""
    import atheris

    corpus = trial.folder / "corpus"

    def change(data: bytes, most: int, number: int) -> bytes:
        return mutated(data, Random(number))[:most] if data else data

    def one(data: bytes) -> None:
        trial.once(data)
        if trial.tried % 200 == 0:
            _progress(trial)

    options = (
        f"-max_total_time={int(seconds)}",
        f"-seed={seed}",
        f"-max_len={LARGEST}",
        *("-rss_limit_mb=0", "-timeout=600", "-print_final_stats=0", "-verbosity=0"),
        f"-artifact_prefix={trial.folder}/",
    )
    atheris.Setup(["fuzz", *options, str(corpus)], one, custom_mutator=change)
    atheris.Fuzz()


def main(name: str, folder: Path, seed: int, seconds: float, engine: str) -> None:
    """Fuzz one target in this process."""
    limit = 8 << 30
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if engine == "guided":
        import atheris

        with atheris.instrument_imports(include=["geoplan", "tomllib"], exclude=["geoplan.engine"]):
            made = target(name)
    else:
        made = target(name)
    for place in ("work", "corpus", "findings"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    trial = Trial(made, folder)
    for data in made.seeds():
        _keep(folder, data)
    kept = [path.read_bytes() for path in sorted((folder / "corpus").iterdir())]
    if engine == "guided":
        guided(trial, seed=seed, seconds=seconds)
    else:
        by_chance(trial, kept, seed=seed, seconds=seconds, most=sys.maxsize)
    _progress(trial)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
