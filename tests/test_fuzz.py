"""A sample of the fuzzers, the same in every run; `make fuzz` runs them for long."""

from __future__ import annotations

import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from geoplan import guard
from geoplan.errors import DataError, RefusedError
from tests.fuzz.mutate import mutated
from tests.fuzz.parts import packed, unpacked
from tests.fuzz.target import Target, require
from tests.fuzz.trial import TARGETS, Trial, by_chance, signature, smaller, target

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no limits of processes")

SAMPLES = {"catalogue": 40, "reader": 36, "tabulate": 16}


def trial_of(made: Target, folder: Path) -> Trial:
    """Return a trial with its folders."""
    for name in ("work", "corpus", "findings"):
        (folder / name).mkdir()
    return Trial(made, folder)


@pytest.fixture
def no_hang() -> Iterator[None]:
    """Raise where a test takes more than a minute."""
    signal.alarm(120)
    yield
    signal.alarm(0)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_results_and_errors_of_geoplan(
    name: str, tmp_path: Path, no_hang: None
) -> None:
    trial = trial_of(target(name), tmp_path)
    seeds = trial.target.seeds()
    by_chance(trial, [*seeds], seed=1, seconds=60, most=SAMPLES[name])
    found = [path.read_text("utf-8") for path in sorted((tmp_path / "findings").glob("*.txt"))]
    assert found == []
    assert trial.tried >= min(SAMPLES[name], len(seeds))
    assert len(trial.counts) >= 2


def test_what_is_found_is_written_down_once_and_made_smaller(tmp_path: Path) -> None:
    def run(data: bytes, folder: Path) -> str:
        require(b"x" not in data, "an x")
        return "read"

    trial = trial_of(Target(lambda: [b"abc"], run), tmp_path)
    assert trial.once(b"abc") == "read"
    assert trial.once(b"ab x abc").startswith("finding: WrongError")
    assert trial.once(b"x").startswith("finding: WrongError")
    (found,) = (tmp_path / "findings").glob("*.bin")
    assert found.read_bytes() == b"ab x abc"
    kind = found.with_suffix(".txt").read_text("utf-8").partition("\n")[0]
    assert smaller(trial, b"ab x abc", kind) == b"x"
    assert (tmp_path / "current").read_bytes() == b"x"


def test_changes_are_the_same_for_the_same_seed_and_differ_otherwise() -> None:
    data = packed({"a.json": b'{"a": [1, 2, {"b": null}]}', "b.toml": b"a = 1\nb = [2]\n"})
    assert mutated(data, Random(3)) == mutated(data, Random(3))
    made = {mutated(data, Random(i)) for i in range(50)}
    assert len(made) > 40


def test_parts_come_back() -> None:
    files = {"a.shp": b"\x00\n#\n", "b/c.toml": b"x = 1\n"}
    assert unpacked(packed(files)) == files
    assert unpacked(b"no parts") == {}


def test_the_same_fault_has_the_same_signature() -> None:
    def fault(text: str) -> str:
        try:
            raise DataError(text)
        except DataError as caught:
            return signature(caught)

    assert fault("one") == fault("two")


def test_a_workbook_with_a_damaged_part_is_refused(tmp_path: Path) -> None:
    """Found by the fuzzer of the reader: a wrong checksum in a part that nobody looks at."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            archive.writestr(name, "<a>word</a>")
    path.write_bytes(path.read_bytes().replace(b"<a>word</a>", b"<a>wird</a>", 1))
    with pytest.raises(RefusedError, match="damaged") as caught:
        guard.checked(path)
    assert caught.value.code == "refused.damaged"
