"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geoplan.build import stages
from geoplan.config import shipped
from tests.commands import Command, Result
from tests.small import SmallProject, feature, layer


def test_help_lists_commands_and_exit_codes(command: Command) -> None:
    result = command("--help")
    assert result.code == 0
    for word in (
        "build",
        "run",
        "units",
        "init",
        "Exit codes: 0 done, 1 a check found faults, 2 wrong usage",
    ):
        assert word in result.out


@pytest.mark.parametrize("name", ["build", "run", "units", "init"])
def test_help_of_every_command_has_an_example(command: Command, name: str) -> None:
    result = command(name, "--help")
    assert result.code == 0
    assert f"geoplan {name}" in result.out
    assert "Example" in result.out


def test_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geoplan.cli", "run", "paint"],
        capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 2
    assert "stage 'paint' is not known" in done.stderr
    assert "Traceback" not in done.stderr


def test_version(command: Command) -> None:
    assert command("--version").out.startswith("geoplan 0.")


def test_units_as_text(small: SmallProject, command: Command) -> None:
    result = command("units", "-C", small.root)
    assert result.code == 0
    assert len(result.out.splitlines()) == 10
    assert "东山区" in result.out
    assert "400.00" in result.out


def test_units_as_json(small: SmallProject, command: Command) -> None:
    rows = command("units", "东山县", "-C", small.root, "--json").lines()
    assert [row["adcode"] for row in rows] == ["910101"]
    assert rows[0]["area_km2"] == pytest.approx(100)
    assert "upgraded 2019-01-01" in str(rows[0]["note"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("河囗县", "Did you mean 河口县"),
        ("城区", "is ambiguous: 2 units"),
        ("一水", "write one of: 一水@a, 一水@b"),
    ],
)
def test_unit_that_is_unknown_or_ambiguous(
    small: SmallProject, command: Command, name: str, message: str
) -> None:
    result = command("units", name, "-C", small.root)
    assert result.code == 3
    assert message in result.err
    assert result.out == ""


def test_init_copies_out_what_a_build_needs(tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "我的 规划"
    result = command("init", folder)
    assert result.code == 0
    assert "Next: geoplan build" in result.out
    for name in ("geoplan.toml", "data/boundaries/counties.parquet", "layers/documents.toml"):
        assert (folder / name).read_bytes() == (shipped() / name).read_bytes()
    again = command("init", folder)
    assert again.code == 2
    assert "geoplan.toml, data, layers exist(s) already" in again.err


def test_init_as_json(tmp_path: Path, command: Command) -> None:
    (made,) = command("init", tmp_path / "new", "--json").lines()
    assert made["event"] == "made"
    assert made["names"] == ["geoplan.toml", "data", "layers"]


def test_build_in_a_path_with_spaces_and_chinese(
    project_folder: Callable[..., SmallProject], command: Command
) -> None:
    small = project_folder("晋中 2025 规划")
    result = command("build", "-C", small.root, "--workers", 1)
    assert result.code == 0
    assert f"Open {small.root}/maps/index.html" in result.err
    assert (small.root / "maps/index.html").is_file()


def test_build_as_json_tells_every_stage(small: SmallProject, command: Command) -> None:
    result = command("build", "-C", small.root, "--json")
    assert result.code == 0
    *rows, done = result.lines()
    assert [row["stage"] for row in rows if row["event"] == "stage"] == [
        *("boundaries", "layers", "overlay", "analysis", "publish")
    ]
    assert done["event"] == "done"
    files = [p for p in (small.root / "maps").rglob("*") if p.is_file()]
    assert len(done["made"]) + 1 == len(files)  # type: ignore[arg-type]
    assert done["published"] is True
    assert result.err == ""


def test_quiet_run_prints_nothing(small: SmallProject, command: Command) -> None:
    assert command("run", "boundaries", "-C", small.root, "-q") == Result(0, "", "")


def test_project_is_found_from_a_folder_inside_it(
    small: SmallProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.root / "layers")
    assert command("run", "boundaries").code == 0
    assert (small.root / "build/units.parquet").is_file()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["run", "paint"], 2, "stage 'paint' is not known; there are: boundaries, layers"),
        (["run", "overlay"], 3, "run `geoplan run boundaries` first"),
        (["build", "--scheduler", "dragons"], 2, "scheduler 'dragons' is not known; allowed"),
        (["build", "--workers", "0"], 2, "Invalid value for '--workers'"),
        (["build", "--colour", "red"], 2, "No such option"),
        (["publishh"], 2, "No such command"),
    ],
)
def test_wrong_use_has_a_message_and_a_code(
    small: SmallProject, command: Command, words: list[str], code: int, message: str
) -> None:
    place = ["-C", str(small.root)] if words[0] != "publishh" else []
    result = command(*words, *place)
    assert result.code == code
    assert message in result.err
    assert "Traceback" not in result.err
    assert not (small.root / "maps").exists()


def test_folder_that_does_not_exist(tmp_path: Path, command: Command) -> None:
    result = command("build", "-C", tmp_path / "nowhere")
    assert result.code == 2
    assert f"there is no folder {tmp_path / 'nowhere'}" in result.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('scopee = "910000"\n', "line 4: unknown key 'scopee'. Did you mean scope"),
        ("[budgets]\npages = 3\n", "line 5: unknown key 'pages'"),
        ('audience = "all"\n', "line 4: audience: Input should be 'internal' or 'public'"),
        ("as_of = 2020\n", "line 4: as_of"),
        ("= 3\n", "not valid TOML: Invalid statement (at line 4"),
    ],
)
def test_fault_of_the_configuration_is_named_with_its_line(
    small: SmallProject, command: Command, text: str, message: str
) -> None:
    path = small.root / "geoplan.toml"
    path.write_text(path.read_text("utf-8") + text, encoding="utf-8")
    result = command("build", "-C", small.root)
    assert result.code == 2
    assert str(path) in result.err
    assert message in result.err


def test_wrong_data_has_code_3_with_file_and_line(small: SmallProject, command: Command) -> None:
    path = small.write_layer(layer("other", feature("f", members=["河囗县"])))
    result = command("build", "-C", small.root, "-q")
    assert result.code == 3
    assert result.err.startswith("geoplan: 1 fault(s) in members and claims:")
    assert f"{path}:13: '河囗县' is no unit" in result.err


def test_error_as_json(small: SmallProject, command: Command) -> None:
    small.write_layer(layer("other", feature("f", members=["河囗县"])))
    result = command("build", "-C", small.root, "--json")
    last = result.lines()[-1]
    assert (result.code, last["event"], last["exit_code"]) == (3, "error", 3)
    assert "河囗县" in str(last["message"])


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (RuntimeError("boom"), "a fault of geoplan itself, RuntimeError: boom"),
        (OSError(28, "No space left on device", "maps/index.html"), "maps/index.html: No space"),
    ],
)
def test_failure_of_a_stage_has_code_4(
    small: SmallProject,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    message: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(stages, "build_units", fail)
    result = command("build", "-C", small.root)
    assert result.code == 4
    assert message in result.err
    assert "Traceback" not in result.err


def test_stop_by_the_user_has_code_130(
    small: SmallProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stages, "build_units", stop)
    result = command("run", "boundaries", "-C", small.root)
    assert result.code == 130
