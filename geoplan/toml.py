"""Where a fault stands in a TOML file: from a validation error to line numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rapidfuzz import process

if TYPE_CHECKING:
    from pydantic import ValidationError

Loc = Sequence[str | int]


def fault_lines(text: str, fault: ValidationError, *, allowed: Sequence[str] = ()) -> list[str]:
    """Return one sentence per fault of `fault`, each with the line of `text` where it stands."""
    return [
        f"line {line_of(text, error['loc'])}: {_sentence(error['loc'], error['msg'], allowed)}"
        for error in fault.errors()
    ]


def suggestion(word: str, allowed: Sequence[str], *, count: int = 3) -> str:
    """Return ' Did you mean …?' with the nearest of `allowed`, or nothing."""
    near = [match for match, _, _ in process.extract(word, allowed, limit=count, score_cutoff=60)]
    return f" Did you mean {' or '.join(near)}?" if near else ""


def line_of(text: str, loc: Loc) -> int:
    """Return the 1-based line at which the value at `loc` stands, or its nearest parent.

    `loc` is a path such as ``("feature", 2, "members", 1)``: keys of tables
    and positions in arrays.
    """
    lines = text.split("\n")
    start, end = 0, len(lines)
    if len(loc) >= 2 and isinstance(loc[1], int):
        header = re.compile(rf"^\s*\[\[\s*{re.escape(str(loc[0]))}\s*\]\]")
        starts = [i for i, line in enumerate(lines) if header.match(line)]
        if loc[1] < len(starts):
            start = starts[loc[1]]
            end = next((i for i in range(start + 1, end) if lines[i].lstrip().startswith("[")), end)
            loc = loc[2:]
    elif len(loc) >= 2:
        header = re.compile(rf"^\s*\[\s*{re.escape(str(loc[0]))}\s*\]")
        start = next((i for i, line in enumerate(lines) if header.match(line)), start)
    for key in reversed([k for k in loc if isinstance(k, str)]):
        found = re.compile(rf"""(^|[\s{{,])["']?{re.escape(key)}["']?\s*=""")
        for i in range(start, end):
            if found.search(lines[i]):
                return i + 1
    return start + 1


def _sentence(loc: Loc, message: str, allowed: Sequence[str]) -> str:
    where = ".".join(str(part) for part in loc) or "the file"
    if message.startswith("Extra inputs"):
        key = str(loc[-1])
        hint = suggestion(key, allowed) or f" Allowed: {', '.join(allowed)}." if allowed else ""
        return f"unknown key {key!r}.{hint}"
    return f"{where}: {message.removeprefix('Value error, ')}"
