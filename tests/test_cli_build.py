"""Commands that build maps and tell what is stale: what they print, and their exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from geoplan import typeset
from geoplan.cli import progress
from geoplan.cli.progress import Log
from geoplan.errors import StageError
from tests.commands import Command
from tests.small import SmallProject, box, feature, hashes, layer, slot

Built = tuple[SmallProject, dict[str, str]]

DOCUMENT = Path(__file__).parents[1] / "docs" / "automation.md"


def _no_font() -> str:
    raise StageError("no font has Chinese")


def retitle(small: SmallProject, title: str = "新") -> None:
    path = small.root / "layers/zones/zones.toml"
    path.write_text(path.read_text("utf-8").replace("图层", title, 1), encoding="utf-8")


def test_build_of_what_is_up_to_date(built: Built, command: Command) -> None:
    small, files = built
    result = command("build", "-C", small.root)
    assert (result.code, result.out) == (0, "")
    assert result.err == f"up to date: {len(files) - 1} files in {small.root / 'maps'}\n"


def test_build_tells_why_and_what(built: Built, command: Command) -> None:
    small, _ = built
    retitle(small)
    result = command("build", "-C", small.root)
    assert result.code == 0
    assert re.search(r"^layers … file layers/zones/zones\.toml: \w{12} → \w{12}$", result.err, re.M)
    assert "zones.html" in (small.root / "build/changes.json").read_text("utf-8")
    assert "overlay" not in result.err
    assert "index.html" in result.err.splitlines()[-1]


def test_quiet_build_says_nothing(built: Built, command: Command) -> None:
    small, _ = built
    retitle(small)
    assert command("build", "-q", "-C", small.root) == (0, "", "")
    assert command("build", "-q", "-C", small.root) == (0, "", "")


def test_every_event_is_documented(
    built: Built, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, _ = built
    small.write_layer(layer("other", feature("f", members=["东山"]), theme="works"))
    lines = command("build", "--json", "-C", small.root).lines()
    small.write_layer("id = [", theme="works")
    lines += command("build", "--json", "--keep-going", "-C", small.root).lines()
    (small.root / "layers/works/other.toml").unlink()
    lines += command("build", "--json", "-C", small.root).lines()
    lines += command("build", "--json", "-C", small.root).lines()
    lines += command("status", "--json", "-C", small.root).lines()
    lines += command("why", "zones.html", "--json", "-C", small.root).lines()
    (small.root / "maps/zones.html").unlink()
    lines += command("verify", "--json", "-C", small.root).lines()
    lines += command("export", "zones", "--svg", "--json", "-C", small.root).lines()
    monkeypatch.setattr(typeset, "chinese_font", _no_font)
    lines += command("report", "--json", "-C", small.root).lines()
    lines += command("build", "--json", "--only", "dragons", "-C", small.root).lines()
    lines += command("clean", "--json", "-C", small.root).lines()
    told = DOCUMENT.read_text("utf-8").partition("## Events")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", told, re.M))
    assert {str(line["event"]) for line in lines} == documented
    for line in lines:
        row = re.search(rf"^\| `{line['event']}` \|.*$", told, re.M)
        assert row is not None
        assert set(line) - {"event"} <= set(re.findall(r"`(\w+)`", row[0])), line


def test_json_of_a_build_ends_with_what_it_did(built: Built, command: Command) -> None:
    small, _ = built
    retitle(small)
    result = command("build", "--json", "-C", small.root)
    assert result.err == ""
    last = result.lines()[-1]
    assert last["event"] == "done"
    assert "zones.html" in last["made"]  # type: ignore[operator]
    assert last["published"] is True
    told = {line["output"] for line in result.lines() if line["event"] == "output"}
    assert told == set(last["made"])  # type: ignore[call-overload]


def test_dry_run_says_what_would_be_built_and_does_nothing(built: Built, command: Command) -> None:
    small, files = built
    retitle(small)
    before = hashes(small.root / "build")
    result = command("build", "--dry-run", "-C", small.root)
    assert result.code == 0
    assert re.search(r"^layers +stale\n  file layers/zones/zones\.toml", result.out, re.M)
    assert re.search(r"^overlay +may be stale$", result.out, re.M)
    assert "zones.html" in result.out
    assert hashes(small.root / "maps") == files
    assert hashes(small.root / "build") == before


def test_dry_run_of_one_theme_and_of_all(built: Built, command: Command) -> None:
    small, _ = built
    retitle(small)
    result = command("build", "--dry-run", "--only", "zones", "-C", small.root)
    assert "zones.html" in result.out
    assert "overview.html" not in result.out
    result = command("build", "--dry-run", "--force", "--json", "-C", small.root)
    states = {line["stage"]: line["state"] for line in result.lines() if line["event"] == "stage"}
    assert set(states.values()) == {"stale"}


def test_status(built: Built, command: Command) -> None:
    small, _ = built
    assert command("status", "-C", small.root) == (0, "up to date\n", "")
    retitle(small)
    result = command("status", "-C", small.root)
    assert result.code == 0
    assert "boundaries  up to date" in result.out
    assert "layers      stale" in result.out


def test_status_of_a_project_that_was_never_built(small: SmallProject, command: Command) -> None:
    result = command("status", "-C", small.root)
    assert result.code == 0
    assert result.out.count("never built") == 5
    assert not (small.root / "build").exists()


def test_why(built: Built, command: Command) -> None:
    small, _ = built
    fresh = command("why", "zones.html", "-C", small.root)
    assert (fresh.code, fresh.err) == (0, "")
    assert fresh.out.startswith("zones.html is up to date; the last build made it because of:\n")
    retitle(small)
    stale = command("why", "maps/zones.html", "-C", small.root)
    assert re.fullmatch(
        r"maps/zones\.html is stale:\n  file layers/zones/zones\.toml: \w{12} → \w{12}\n", stale.out
    )
    assert command("build", "-q", "-C", small.root).code == 0
    left = command("why", "tables/units.csv", "-C", small.root)
    assert left.out == "tables/units.csv is up to date; the last build left it as it was\n"


def test_why_of_what_was_never_published(
    built: Built, small: SmallProject, command: Command
) -> None:
    result = command("why", "dragons.html", "-C", built[0].root)
    assert result.code == 3
    assert "'dragons.html' was not published." in result.err
    near = command("why", "zone.html", "-C", built[0].root)
    assert "'zone.html' was not published. Did you mean zones.html" in near.err
    result = command("why", "zones.html", "-C", small.root)
    assert result.code == 3
    assert "nothing was published yet; run `geoplan build`" in result.err


def test_verify(built: Built, tmp_path: Path, command: Command) -> None:
    small, files = built
    whole = command("verify", "-C", small.root)
    assert (whole.code, whole.err) == (0, "")
    assert f"{len(files)} files, all as published" in whole.out
    assert command("verify", "-q", small.root / "maps") == (0, "", "")
    page = small.root / "maps/zones.html"
    page.write_bytes(page.read_bytes() + b" ")
    (small.root / "maps/index.html").unlink()
    (small.root / "maps/new.txt").write_text("x", encoding="utf-8")
    result = command("verify", small.root / "maps")
    assert result.code == 1
    assert re.search(r"^zones\.html: changed: sha256 \w{12}, not \w{12}$", result.err, re.M)
    assert "index.html: missing\n" in result.err
    assert "new.txt: unknown\n" in result.err


def test_verify_finds_what_a_killed_build_left_aside(built: Built, command: Command) -> None:
    small, _ = built
    (small.root / "maps").rename(small.root / ".maps.old")
    assert command("verify", "-q", "-C", small.root).code == 0
    assert (small.root / ".maps.old").exists()  # it only reads; the next build puts it back
    assert command("build", "-q", "-C", small.root).code == 0
    assert hashes(small.root / "maps") == built[1]


def test_verify_where_nothing_was_published(tmp_path: Path, command: Command) -> None:
    result = command("verify", tmp_path / "maps")
    assert result.code == 3
    assert "there is no such folder; run `geoplan build`" in result.err


def test_keep_going_has_code_3_and_names_the_layer(built: Built, command: Command) -> None:
    small, _ = built
    small.write_layer("id = [", theme="works")
    plain = command("build", "-C", small.root)
    assert plain.code == 3
    assert "works/other.toml: not valid TOML" in plain.err
    result = command("build", "-q", "--keep-going", "-C", small.root)
    assert result.code == 3
    assert "left out works/other.toml:" in result.err
    assert "1 broken layer(s) or page(s) were left out" in result.err


def test_strict_has_code_1_and_lists_the_faults(built: Built, command: Command) -> None:
    small, files = built
    small.write_layer(slot(), name="redline")
    small.write_shapes([box(0, 0, 1, 1), box(-1, 0, 0, 1)])
    result = command("build", "--strict", "-C", small.root)
    assert result.code == 1
    assert "fault(s) in the plans, nothing published:" in result.err
    assert "  - layers.outside_units: redline:" in result.err
    assert hashes(small.root / "maps") == files
    last = command("build", "--strict", "--json", "-C", small.root).lines()[-1]
    assert last["published"] is False
    assert last["faults"]
    assert command("build", "-q", "-C", small.root).code == 0


def test_strict_build_of_maps_that_are_up_to_date_says_so(built: Built, command: Command) -> None:
    small, _ = built
    small.write_layer(slot(), name="redline")
    small.write_shapes([box(0, 0, 1, 1), box(-1, 0, 0, 1)])
    assert command("build", "-q", "-C", small.root).code == 0
    result = command("build", "--strict", "-C", small.root)
    assert result.code == 1
    assert "the maps that are published have them too" in result.err


def test_clean(built: Built, command: Command) -> None:
    small, files = built
    own = small.write("build/peers/notes.txt", "mine")
    result = command("clean", "-C", small.root)
    assert result.code == 0
    assert "removed" in result.out
    assert own.read_text("utf-8") == "mine"
    assert {path.name for path in (small.root / "build").iterdir()} == {"peers", ".lock"}
    assert hashes(small.root / "maps") == files
    assert command("clean", "-q", "--maps", "-C", small.root) == (0, "", "")
    assert set(hashes(small.root / "maps")) <= {"README.md"}
    assert command("clean", "-C", small.root).code == 0
    assert command("build", "-q", "-C", small.root).code == 0
    assert hashes(small.root / "maps") == files


def test_clean_keeps_maps_with_files_of_others(built: Built, command: Command) -> None:
    small, _ = built
    (small.root / "maps/notes.docx").write_text("mine", encoding="utf-8")
    result = command("clean", "--maps", "-C", small.root)
    assert result.code == 2
    assert (small.root / "maps/notes.docx").exists()
    assert (small.root / "maps/index.html").exists()


def test_bar_of_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    console = progress.Console
    monkeypatch.setattr(
        progress, "Console", lambda **how: console(**how, force_terminal=True, width=100)
    )
    with Log(as_json=False, quiet=False) as log:
        log.hear("begin", {"seconds": {"layers": 1.0, "overlay": 3.0, "publish": 6.0}})
        log.hear("stage", {"stage": "layers", "state": "kept", "because": []})
        log.hear("stage", {"stage": "overlay", "state": "runs", "because": ["a", "b"]})
        log.hear("progress", {"stage": "overlay", "done": 5, "total": 10})
        assert log.bar is not None
        (task,) = log.bar.tasks
        assert (task.total, task.completed) == (9.0, 1.5)
        log.hear("ran", {"stage": "overlay", "seconds": 1.0})
        assert task.completed == 3.0
    assert log.bar is None
    assert "overlay … a (and 1 more)" in capfd.readouterr().err


def test_data_in_messages_is_no_markup(capfd: pytest.CaptureFixture[str]) -> None:
    with Log(as_json=False, quiet=False) as log:
        log.hear("stage", {"stage": "layers", "state": "runs", "because": ["file [bold]a[/].toml"]})
    assert "file [bold]a[/].toml" in capfd.readouterr().err


def test_json_is_readable_chinese(tmp_path: Path, command: Command) -> None:
    result = command("verify", "--json", tmp_path / "地图")
    assert "地图" in result.out
    assert json.loads(result.out)["exit_code"] == 3
