"""TOML files: read within limits, and where a fault stands in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pydantic import ValidationError

Loc = Sequence[str | int]

LARGEST_BYTES = 4 << 20
"""Size of a text that is read; the largest that is shipped has 60 kB."""

DEEPEST = 32
"""How deep lists and tables may stand in each other."""

MOST_FAULTS = 25
"""Faults of one file that are told; to find the line of each takes time."""

MOST_PARTS = 16
"""Parts of a key with dots; the memory that Python's reader takes grows with their square."""


class UnreadableError(ValueError):
    """A file is no TOML text that can be read; the message goes on behind its name."""


def read(path: Path, *, parse_float: Callable[[str], Any] = float) -> tuple[str, dict[str, Any]]:
    """Return the text of a TOML file, and what it says.

    Raises
    ------
    UnreadableError
        Where it is no file, no UTF-8, no TOML, or beyond a limit.
    """
    text = text_of(path)
    return text, parsed(text, parse_float=parse_float)


def text_of(path: Path) -> str:
    """Return the text of a TOML file; `UnreadableError` as `read`."""
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise UnreadableError("is no file but a pipe or device, of which nothing can be read")
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise UnreadableError(
                f"has more than {LARGEST_BYTES >> 20} MiB, which is the most that is read of a "
                "TOML file; split it, or take out what is no text of people"
            )
        text = content.decode("utf-8-sig")  # editors on Windows put a mark before the text
    except OSError as fault:
        raise UnreadableError(f"cannot be read: {fault.strerror or fault}") from fault
    except UnicodeDecodeError as fault:
        raise UnreadableError(f"cannot be read as UTF-8 text: {fault}") from fault
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parsed(text: str, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Return what a TOML text says; `UnreadableError` as `read`."""
    _check_nesting(text)
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except (ValueError, ArithmeticError) as fault:  # also numbers of thousands of digits
        raise UnreadableError(f"not valid TOML: {fault}") from fault


_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+"""|"(?:[^"\\\n]|\\.)*+"'''
    r"""|'''.*?'''|'[^'\n]*'|#[^\n]*|[][{}.,=\n]""",
    re.DOTALL,
)
"""Texts and comments as a whole, and the marks outside of them."""


def _check_nesting(text: str) -> None:
    """Refuse what Python's reader recurses into, or takes memory for, without a limit."""
    deep = parts = 0
    line = 1
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark == ".":
            parts += 1
            if parts >= MOST_PARTS:
                raise UnreadableError(
                    f"not valid TOML for geoplan: line {line}: a key has more than {MOST_PARTS} "
                    "parts with dots"
                )
            continue
        line += mark.count("\n")
        if mark in _ENDS:
            parts = 0
            deep += _ENDS[mark]
            if deep > DEEPEST:
                raise UnreadableError(
                    f"not valid TOML for geoplan: line {line}: lists and tables are more than "
                    f"{DEEPEST} deep in each other"
                )


_ENDS = {"[": 1, "{": 1, "]": -1, "}": -1, ",": 0, "=": 0, "\n": 0}
"""Marks that end a key, and how much deeper they lead."""


def fault_lines(text: str, fault: ValidationError, *, allowed: Sequence[str] = ()) -> list[str]:
    """Return one sentence per wrong place, each with the line of `text` where it stands."""
    found = fault.errors(include_url=False)
    errors = [(_keys(error["loc"]), error) for error in found[:MOST_FAULTS]]
    sentences: dict[Loc, str] = {}
    for loc, error in errors:
        # A list whose items are wrong is also reported as too short.
        inner = any(other[: len(loc)] == loc for other, _ in errors if len(other) > len(loc))
        if inner and error["type"] in ("too_short", "missing"):
            continue
        where = _path(loc, of_table=isinstance(error["input"], dict))
        said = _WORDS.get(error["type"]) or error["msg"]
        sentence = _sentence(where, loc, message=said, allowed=allowed)
        sentences.setdefault(loc, f"line {line_of(text, loc)}: {sentence}")
    if len(found) > MOST_FAULTS:
        sentences[()] = f"and {len(found) - MOST_FAULTS} more; mend these first"
    return list(sentences.values())


def suggestion(word: str, allowed: Sequence[str], *, count: int = 3) -> str:
    """Return ' Did you mean …?' with the nearest of `allowed`, or nothing."""
    from rapidfuzz import process  # slow to import, and only of use where something is wrong

    words = list(dict.fromkeys(allowed))
    near = [match for match, _, _ in process.extract(word, words, limit=count, score_cutoff=60)]
    return f" Did you mean {' or '.join(near)}?" if near else ""


def line_of(text: str, loc: Loc) -> int:
    """Return the 1-based line at which the value at `loc` stands, or its nearest parent.

    `loc` is a path such as ``("feature", 2, "members", 1)``: keys of tables
    and positions in arrays.
    """
    lines = _lines(text)
    start, end = 0, len(lines)
    place: Literal["file", "table", "value"] = "file"
    table = ""
    parts = list(loc)
    while parts:
        key = parts.pop(0)
        name = f"{table}.{key}" if table else str(key)
        first = start if table else -1
        headers = [] if place == "value" else _headers(lines, name, first, end)
        if headers:
            position = parts.pop(0) if parts and isinstance(parts[0], int) else 0
            if not isinstance(position, int) or position >= len(headers):
                break
            start, place, table = headers[position], "table", name
            end = _end_of_table(lines, name, start, end)
        else:
            found = _value(lines, key, start, end, place=place)
            if found is None:
                break
            (start, end), place = found, "value"
    return start + 1


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    return text.split("\n")


@lru_cache(maxsize=64)
def list_lines(text: str, key: str) -> tuple[int, ...]:
    """Return the 1-based lines at which the tables ``[[key]]`` of a file begin."""
    lines = text.split("\n")
    return tuple(i + 1 for i in _headers(lines, key, -1, len(lines)))


_WORDS = {
    "tuple_type": "must be a list: [ … ]",
    "list_type": "must be a list: [ … ]",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number, without quotes or point",
    "float_type": "must be a number, without quotes",
}
"""What to say instead of the validator's own words, which name types of Python."""


def _keys(loc: Loc) -> tuple[str | int, ...]:
    """Return `loc` without the names of types that the validator puts into it."""
    return tuple(part for part in loc if isinstance(part, int) or not _is_type(part))


def _is_type(part: str) -> bool:
    return part in ("str", "int", "float", "bool") or bool(set(part) & set("[]()"))


_HEADER = re.compile(r"""^\s*\[{1,2}\s*["'\w][^\[\]=,]*\]{1,2}\s*(#.*)?$""")
_KEY = re.compile(r"""^(\[|["']?[\w-]+["']?\s*=)""")


def _headers(lines: list[str], name: str, start: int, end: int) -> list[int]:
    """Return where ``[name]`` or ``[[name]]`` stand after line `start`; names may have dots."""
    header = re.compile(rf"""^\s*\[{{1,2}}\s*["']?{re.escape(name)}["']?\s*\]""")
    return [i for i in range(start + 1, end) if header.match(lines[i])]


def _end_of_table(lines: list[str], name: str, start: int, end: int) -> int:
    """Return the line behind a table that begins at `start`, and behind the tables in it."""
    inside = re.compile(rf"""^\s*\[{{1,2}}\s*["']?{re.escape(name)}["']?\s*\.""")
    heads = (i for i in range(start + 1, end) if _HEADER.match(lines[i]))
    return next((i for i in heads if not inside.match(lines[i])), end)


def _value(
    lines: list[str], key: str | int, start: int, end: int, *, place: str
) -> tuple[int, int] | None:
    """Return the first line of a value and the one behind its last."""
    if isinstance(key, int):
        items = [i for i in range(start, end) if lines[i].lstrip().startswith("{")]
        return (items[key], items[key] + 1) if key < len(items) else None
    if place != "value":  # keys of a table, or of the file itself, end where the next one begins
        first = start if place == "file" else start + 1
        end = next((i for i in range(first, end) if _HEADER.match(lines[i])), end)
    before = r"(^|[\s{,.])" if place == "value" else r"^\s*"
    pattern = re.compile(rf"""{before}["']?{re.escape(key)}["']?\s*[.=]""")
    for i in range(start, end):
        if pattern.search(lines[i]) and not lines[i].lstrip().startswith("#"):
            return i, next((j for j in range(i + 1, end) if _KEY.match(lines[j])), end)
    return None


def _sentence(where: str, loc: Loc, *, message: str, allowed: Sequence[str]) -> str:
    if message.startswith("Extra inputs"):
        key = str(loc[-1])
        hint = suggestion(key, allowed) or f" Allowed: {', '.join(allowed)}." if allowed else ""
        return f"unknown key {key!r}.{hint}"
    said = message.removeprefix("Value error, ").replace("Tuple should", "The list should")
    return f"{where or 'the file'}: {said.replace(' after validation', '')}"


def _path(loc: Loc, *, of_table: bool) -> str:
    """Return ``feature 2, title.en`` or ``focus, value 1``: positions count from 1."""
    words = ""
    for i, part in enumerate(loc):
        if isinstance(part, int):
            inside = i + 1 < len(loc)
            words += f" {part + 1}" if inside or of_table else f", value {part + 1}"
        else:
            between = "" if i == 0 else ", " if isinstance(loc[i - 1], int) else "."
            words += between + part
    return words
