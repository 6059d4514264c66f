"""The command that writes dossiers: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Command
from tests.small import SmallProject

Built = tuple[SmallProject, dict[str, str]]


def test_files_are_told_one_a_line(built: Built, command: Command, tmp_path: Path) -> None:
    small, _ = built
    result = command("report", "--unit", "西山", "--out", tmp_path, "-C", small.root)
    assert result.code == 0
    assert result.out.splitlines() == [
        str(tmp_path / "unit-910102.html"),
        str(tmp_path / "unit-910102.docx"),
    ]
    assert (tmp_path / "unit-910102.docx").read_bytes().startswith(b"PK")


def test_quiet_says_nothing(built: Built, command: Command, tmp_path: Path) -> None:
    small, _ = built
    options = ("--format", "html", "-q", "--out", tmp_path)
    assert command("report", *options, "-C", small.root) == (0, "", "")


def test_events_are_json(built: Built, command: Command, tmp_path: Path) -> None:
    small, _ = built
    options = ("--theme", "zones", "--format", " docx ,", "--lang", "en", "--out", tmp_path)
    result = command("report", *options, "--json", "-C", small.root)
    assert result.lines() == [
        {"event": "reported", "path": str(tmp_path / "theme-zones-en.docx")},
        {"event": "done", "reported": 1},
    ]


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--unit", "城区"), 3, "ambiguous"),
        (("--unit", ""), 3, "is no unit"),
        (("--theme", "nope"), 2, "no theme 'nope'"),
        (("--document", "nope"), 2, "no document 'nope'"),
        (("--format", "pdf"), 2, "allowed are html and docx"),
        (("--format", ""), 2, "allowed are html and docx"),
        (("--unit", "西山", "--document", "plan-a"), 2, "one thing"),
        (("--lang", "fr"), 2, "fr"),
    ],
)
def test_wrong_use_has_a_message_and_a_code(
    built: Built, command: Command, options: tuple[str, ...], code: int, told: str
) -> None:
    small, _ = built
    result = command("report", *options, "-C", small.root)
    assert result.code == code
    assert told in result.err
    assert "Traceback" not in result.err


def test_nothing_built_ends_with_3(small: SmallProject, command: Command) -> None:
    result = command("report", "-C", small.root)
    assert result.code == 3
    assert "geoplan build" in result.err
