"""What the command line prints: signs that a terminal would obey are shown as text."""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Callable

import typer

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Control characters but newline and tab, signs that turn or hide text, halves of characters."""


def plain(text: str) -> str:
    r"""Return `text` with what a terminal would obey or hide as escapes: ``\x1b[31m``."""
    return _OBEYED.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def say(text: str, *, err: bool = False) -> None:
    """Print `text`, whose parts may come from data, as one or more lines."""
    typer.echo(plain(text), err=err)


def json_line(value: object, *, default: Callable[[object], object] | None = None) -> str:
    """Return `value` as one line of JSON; a reader of it gets the very signs, a terminal none."""
    return _OBEYED.sub(_in_json, json.dumps(value, ensure_ascii=False, default=default))


def _in_json(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


_usual = warnings.formatwarning


def quieten() -> None:
    """Have warnings and logs of libraries, which quote data, printed as plainly."""
    warnings.formatwarning = _warned
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_Plain())


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    line: str | None = None,
) -> str:
    return plain(_usual(message, category, filename, lineno, line))


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return plain(super().format(record))
