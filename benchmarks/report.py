"""Markdown of the benchmarks, between marks of its own in one document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def marks(name: str) -> tuple[str, str]:
    """Return the marks before and after what a program wrote."""
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def between(name: str, text: str) -> str:
    """Return the text that stands between the marks, or nothing."""
    begin, end = marks(name)
    if begin not in text or end not in text:
        return ""
    return text[text.index(begin) + len(begin) : text.index(end)].strip()


def save(path: Path, name: str, lines: Iterable[str]) -> None:
    """Put lines between the marks of `path`; marks that are not there yet go to its end."""
    begin, end = marks(name)
    text = "\n".join([begin, "", "\n".join(lines).strip(), "", end])
    old = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    if begin in old and end in old:
        new = old[: old.index(begin)] + text + old[old.index(end) + len(end) :]
    else:
        new = f"{old.rstrip()}\n\n{text}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(new, encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a table whose first column is text and whose others are numbers."""
    lines = [_row(head), _row(["---", *["--:"] * (len(head) - 1)])]
    return [*lines, *(_row(row) for row in rows), ""]


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"
