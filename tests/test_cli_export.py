"""The command that exports sheets: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Command
from tests.small import SmallProject

Built = tuple[SmallProject, dict[str, str]]


def test_files_are_told_one_a_line(built: Built, command: Command, tmp_path: Path) -> None:
    small, _ = built
    result = command("export", "overview", "--svg", "--out", tmp_path, "-C", small.root)
    assert (result.code, result.out) == (0, f"{tmp_path / 'overview.svg'}\n")
    assert (tmp_path / "overview.svg").is_file()


def test_quiet_says_nothing(built: Built, command: Command, tmp_path: Path) -> None:
    small, _ = built
    result = command("export", "overview", "--svg", "-q", "--out", tmp_path, "-C", small.root)
    assert result == (0, "", "")


def test_events_are_json(built: Built, command: Command, tmp_path: Path) -> None:
    small, _ = built
    options = ("--pdf", "--paper", "A4", "--lang", "en", "--out", tmp_path, "--json")
    result = command("export", "overview", *options, "-C", small.root)
    assert result.code == 0
    assert result.lines() == [
        {"event": "exported", "path": str(tmp_path / "overview-en.pdf")},
        {"event": "done", "exported": 1},
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--svg", "nowhere"), "no map 'nowhere'"),
        ((), "no format is chosen"),
        (("--png", "--dpi", "9"), "9 dots per inch"),
        (("--pdf", "--font", "Nope"), "no font 'Nope'"),
    ],
)
def test_wrong_use_ends_with_2(
    built: Built, command: Command, options: tuple[str, ...], told: str
) -> None:
    small, _ = built
    result = command("export", *options, "-C", small.root)
    assert result.code == 2
    assert told in result.err
    assert "Traceback" not in result.err


def test_an_unknown_paper_is_refused(built: Built, command: Command) -> None:
    small, _ = built
    assert command("export", "--svg", "--paper", "A5", "-C", small.root).code == 2


def test_nothing_built_ends_with_3(command: Command, tmp_path: Path) -> None:
    (tmp_path / "geoplan.toml").write_text(
        'title = { zh = "图", en = "Maps" }\nscope = "140000"\n', encoding="utf-8"
    )
    result = command("export", "--svg", "-C", tmp_path)
    assert result.code == 3
    assert "run `geoplan build` first" in result.err
