"""``SECURITY.md`` says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from geoplan import toml
from tests.limits_table import rows

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def test_the_limits_are_those_of_the_guard() -> None:
    assert [line for line in TEXT.splitlines() if re.match(r"\| `\w+` \| [\d]", line)] == rows()


def test_the_limits_of_toml_are_told() -> None:
    told = f"{toml.LARGEST_BYTES >> 20} MiB, {toml.DEEPEST} levels and {toml.MOST_PARTS} parts"
    assert told in " ".join(TEXT.split())


def test_files_that_are_named_are_there() -> None:
    named = re.findall(r"`((?:docs|geoplan|tests)/[\w/.]+)`", TEXT)
    assert len(named) >= 4
    assert [name for name in named if not (ROOT / name).exists()] == []
