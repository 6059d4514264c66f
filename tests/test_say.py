"""What the command line prints is never an order to a terminal, wherever the text comes from."""

from __future__ import annotations

import ast
import io
import json
import logging
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import geopandas as gpd
import pyogrio
import shapely

from geoplan.cli import options, progress, say
from tests.commands import Command

CLI = Path(say.__file__).parent

OBEYED = {
    "\x1b[31m": r"\x1b[31m",  # colours
    "\x1b]0;title\x07": r"\x1b]0;title\x07",
    "\x9b31m": r"\x9b31m",  # the same in one sign
    "a\rb": r"a\x0db",  # writes over what stands there
    "a\x08b": r"a\x08b",
    "\x00": r"\x00",
    "\x7f": r"\x7f",
    "\u202eabc": r"\u202eabc",  # from right to left
    "\u2066": r"\u2066",
    "a\u200bb": r"a\u200bb",  # nothing to be seen
    "\ufeff": r"\ufeff",
    "\u2028": r"\u2028",
    "\U000e0041": r"\U000e0041",
    "\udcff": r"\udcff",  # a file's name that is no UTF-8
}


@pytest.mark.parametrize(("text", "shown"), OBEYED.items(), ids=ascii)
def test_signs_that_a_terminal_obeys_are_text(text: str, shown: str) -> None:
    assert say.plain(text) == shown
    assert shown.isprintable()
    line = say.json_line({"name": text})
    assert line.isprintable()
    assert json.loads(line) == {"name": text}


@pytest.mark.parametrize("text", ["太原市 50 %", "a\nb\tc", "Zürich", "\U00020bb7", "①"])
def test_other_signs_stay(text: str) -> None:
    assert say.plain(text) == text


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_nothing_that_is_printed_is_an_order(text: str) -> None:
    assert not any(c < " " and c not in "\n\t" for c in say.plain(text))
    assert not any("\x7f" <= c <= "\x9f" for c in say.plain(text))
    assert json.loads(say.json_line(text)) == text


def test_every_line_goes_through_the_door() -> None:
    for path in sorted(CLI.glob("*.py")):
        if path.name == "say.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                at = f"{path.name}:{node.lineno}: {name}"
                assert name not in {"typer.echo", "print", "json.dumps", "typer.secho"}, at
                assert name not in {"sys.stdout.write", "sys.stderr.write"}, at


def test_rows_in_a_pipe_and_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["\x1b[31m[red]甲\u202e"]]
    options.print_rows(["na\x1bme"], rows, right=())
    assert capsys.readouterr().out == "na\\x1bme\n\\x1b[31m[red]甲\\u202e\n"
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=60, color_system=None)
    monkeypatch.setattr(options, "Console", lambda: console)
    options.print_rows(["name"], rows, right=())
    assert "\\x1b[31m[red]甲\\u202e" in shown.getvalue()
    assert "\x1b[31m" not in shown.getvalue()
    options.print_json(pd.DataFrame({"name": ["\x1b\u200b"]}))
    assert capsys.readouterr().out == '{"name": "\\u001b\\u200b"}\n'


def test_lines_of_a_build(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"files": ["zones/a\x1b[2J.toml"], "message": "no \u202eunit"}
    with progress.Log(as_json=False, quiet=False) as log:
        log.hear("left_out", facts)
        log.hear("stage", {"stage": "layers", "because": ["x\x07"], "state": "stale"})
    told = capsys.readouterr().err
    assert r"zones/a\x1b[2J.toml: no \u202eunit" in told
    assert r"layers … x\x07" in told
    with progress.Log(as_json=True, quiet=False) as log:
        log.hear("left_out", facts)
    assert json.loads(capsys.readouterr().out)["files"] == facts["files"]


def test_warnings_and_logs_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    before = warnings.formatwarning
    try:
        say.quieten()
        assert r"\x1b[31m" in warnings.formatwarning("\x1b[31m", UserWarning, "a.py", 1)
        assert logging.lastResort is not None
        record = logging.LogRecord("gdal", logging.WARNING, "a", 1, "\x1b[31m %s", ("甲",), None)
        assert logging.lastResort.format(record) == r"\x1b[31m 甲"
    finally:
        warnings.formatwarning = before
        if logging.lastResort is not None:
            logging.lastResort.setFormatter(None)


def test_names_of_files_and_columns(command: Command, tmp_path: Path) -> None:
    table = gpd.GeoDataFrame(
        {"kind": ["\x1b[2J\u202e"]}, geometry=[shapely.box(112, 37, 112.1, 37.1)], crs=4490
    )
    for name in ("a.gpkg", "b.gpkg"):
        pyogrio.write_dataframe(table, tmp_path / name)
    files = [str(tmp_path / "a.gpkg"), str(tmp_path / "b.gpkg")]
    result = command("tabulate", str(tmp_path / "a\x1b[31m.gpkg"), files[1], "--by", "kind")
    assert result.code == 3
    assert r"a\x1b[31m.gpkg: there is no such file" in result.err
    assert "\x1b" not in result.err
    result = command("tabulate", *files, "--by", "a.kind")
    assert result.code == 0
    assert r"\x1b[2J\u202e" in result.out
    assert "\x1b" not in result.out
    result = command("tabulate", *files, "--by", "a.ki\x1bnd")
    assert result.code == 2
    assert r"ki\x1bnd" in result.err
    assert "\x1b" not in result.err
    result = command("tabulate", *files, "--by", "a.ki\x1bnd", "--json")
    assert "ki" in str(result.lines()[0]["message"])
    assert "\x1b" not in result.out


def test_wrong_options_that_quote_data(command: Command) -> None:
    result = command("tabulate", "--no-such-\x1b[31m")
    assert result.code == 2
    assert "\x1b[31m" not in result.err
    assert sys.stderr is not None
