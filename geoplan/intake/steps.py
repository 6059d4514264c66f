"""What a person may do with a file next: commands that are ready to be copied."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from geoplan.intake.model import Step
from geoplan.reading import Notice, Reading

FLAGS = {field.name: f"--{field.name.replace('_', '-')}" for field in fields(Reading)}
"""Options of commands, by attribute of `Reading`."""


def options_of(reading: Reading, *, file: str | None = None) -> list[str]:
    """Return `reading` as options of the command line.

    Commands of several layers want to hear of which `file` the coordinates are turned.
    """
    made: list[str] = []
    for name, flag in FLAGS.items():
        value = getattr(reading, name)
        if value is True:
            made += [flag] if file is None else [flag, file]
        elif value:
            made += [flag, value]
    return made


def proposed(given: Reading, notices: Sequence[Notice]) -> Reading:
    """Return `given` with what notices propose, of each option the first; people's words stay."""
    made = given
    for notice in notices:
        more = _options_in(notice.proposal)
        made = replace(made, **{k: v for k, v in more.items() if not getattr(made, k)})
    return made


def systems_in(proposal: str) -> list[str]:
    """Return the systems that a proposal names, whatever stands between."""
    return [text.strip("\"'").rstrip(",;.") for text in _SYSTEM.findall(proposal)]


_SYSTEM = re.compile(r"""--assume-crs\s+("[^"]*"|'[^']*'|\S+)""")


def step(what: str, argv: Sequence[str]) -> Step:
    """Return a command to be copied; by hand, where a name has characters that no shell takes."""
    if not all(word.isprintable() for word in argv):
        return Step(f"{what}: rename the file first; its name has characters that do not print")
    return Step(what, tuple(argv), quoted(argv))


def quoted(argv: Sequence[str]) -> str:
    """Return a command as the shell of this system takes it."""
    return subprocess.list2cmdline(argv) if os.name == "nt" else shlex.join(argv)


def file_word(path: Path) -> str:
    """Return a file as a word that is no option."""
    text = str(path)
    return f".{os.sep}{text}" if text.startswith("-") else text


def _options_in(proposal: str) -> dict[str, Any]:
    """Return the options that a proposal begins with, as attributes of `Reading`."""
    try:
        words = shlex.split(proposal)
    except ValueError:  # a quote in words of people
        words = proposal.split()
    flags = {flag: name for name, flag in FLAGS.items()}
    made: dict[str, Any] = {}
    place = 0
    while place < len(words) and words[place] in flags:
        name = flags[words[place]]
        if name == "swap_xy":
            made[name] = True
            place += 1
        elif place + 1 < len(words):
            made[name] = words[place + 1].rstrip(",;")
            place += 2
        else:
            break
    return made
