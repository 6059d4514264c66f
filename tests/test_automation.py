"""The files of docs/automation/: scripts are run with a stand-in for geoplan, the rest is read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from geoplan.config import shipped

ROOT = Path(__file__).parents[1]
FILES = ROOT / "docs" / "automation"
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
needs_links = pytest.mark.skipif(sys.platform != "linux", reason="needs mv -T of GNU")


def needs(tool: str) -> pytest.MarkDecorator:
    """Skip a test where a command is missing."""
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"needs {tool}")


FAKE = """#!/bin/sh
# Stands in for geoplan: notes its arguments, then ends with the code that the test left.
for word in "$@"; do printf '[%s]' "$word"; done >>"$FAKE/calls"
echo >>"$FAKE/calls"
echo "output of $1 $(cat "$FAKE/say" 2>/dev/null)"
while [ -e "$FAKE/wait" ]; do sleep 0.02; done
# A file `build` holds one code a line: the first is used up, the last stays.
code=$(head -n 1 "$FAKE/$1" 2>/dev/null || echo 0)
if [ "$(wc -l <"$FAKE/$1" 2>/dev/null || echo 0)" -gt 1 ]; then sed -i 1d "$FAKE/$1"; fi
exit "${code:-0}"
"""


@dataclass
class Job:
    """A project folder, a stand-in for geoplan, and the job on them."""

    root: Path
    options: list[str] = field(default_factory=list)

    @property
    def project(self) -> Path:
        return self.root / "规划 plans it's"

    @property
    def log(self) -> str:
        return (self.project / "log/geoplan.log").read_text("utf-8")

    def calls(self) -> list[str]:
        file = self.root / "calls"
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def ends(self, command: str, *codes: int) -> None:
        """Have a command of geoplan end with these codes, the last one again and again."""
        (self.root / command).write_text("".join(f"{c}\n" for c in codes))

    def start(self, **more: str) -> subprocess.Popen[str]:
        path = f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "FAKE": str(self.root), "GEOPLAN_WAIT": "0", **more}
        command = ["sh", str(FILES / "geoplan-build.sh"), *self.options, str(self.project)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True)

    def run(self, **more: str) -> tuple[int, str, str]:
        process = self.start(**more)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


@pytest.fixture
def job(tmp_path: Path) -> Job:
    made = Job(tmp_path / "一 job")
    (made.root / "bin").mkdir(parents=True)
    fake = made.root / "bin" / "geoplan"
    fake.write_text(FAKE)
    fake.chmod(0o755)
    maps = made.project / "maps"
    maps.mkdir(parents=True)
    (maps / "manifest.json").write_text("{}")
    (maps / "索引 index.html").write_text("old")
    return made


def test_every_file_is_in_the_doc() -> None:
    text = (ROOT / "docs/automation.md").read_text("utf-8")
    for file in FILES.iterdir():
        assert f"(automation/{file.name})" in text
    assert {FILES / name for name in re.findall(r"\(automation/([^)]+)\)", text)} == set(
        FILES.iterdir()
    )


@posix
def test_a_run_that_succeeds_says_nothing_and_logs(job: Job) -> None:
    assert job.run() == (0, "", "")
    assert job.calls() == [
        f"[build][-C][{job.project}][-q]",
        f"[verify][{job.project}/maps]",
    ]
    assert "output of build" in job.log
    assert job.log.splitlines()[-1].endswith("Z exit code 0")


@posix
@pytest.mark.parametrize("code", [1, 2, 3, 4])
def test_a_run_that_fails_tells_and_hands_the_code_on(job: Job, code: int) -> None:
    job.ends("build", code)
    job.options = ["-s", "-w", str(job.root / "web")]
    ended, out, err = job.run(GEOPLAN_TRIES="3")
    assert (ended, out) == (code, "")
    assert f"exit code {code}; the maps of the last good build stay" in err
    assert "output of build" in err
    assert job.log.splitlines()[-1].endswith(f"exit code {code}")
    tries = 3 if code == 2 else 1
    assert job.calls() == [f"[build][-C][{job.project}][-q][--strict]"] * tries
    assert not (job.root / "web").exists()


@posix
def test_another_build_is_waited_for(job: Job) -> None:
    job.ends("build", 2, 2, 0)
    assert job.run() == (0, "", "")
    assert [call.partition("]")[0] for call in job.calls()] == ["[build"] * 3 + ["[verify"]


@posix
def test_published_files_that_are_not_whole_are_told_and_not_handed_over(job: Job) -> None:
    job.ends("verify", 1)
    job.options = ["-w", str(job.root / "web")]
    code, _, err = job.run()
    assert code == 5
    assert "output of verify" in err
    assert not (job.root / "web").exists()


@posix
@needs("flock")
def test_runs_that_overlap_are_skipped(job: Job) -> None:
    wait = job.root / "wait"
    wait.touch()
    first = job.start()
    try:
        until = time.monotonic() + 30
        while not job.calls() and time.monotonic() < until:
            time.sleep(0.02)
        assert job.run() == (0, "", "")
        assert "skipped: another run of this job is at work" in job.log
        assert len(job.calls()) == 1
    finally:
        wait.unlink()
        first.communicate(timeout=60)
    assert first.returncode == 0
    assert job.run()[0] == 0
    assert len(job.calls()) == 4


@posix
@needs("timeout")
def test_a_run_that_hangs_is_ended(job: Job) -> None:
    wait = job.root / "wait"
    wait.touch()
    code, _, err = job.run(GEOPLAN_TIMEOUT="0.5")
    wait.unlink()
    assert code == 124
    assert "exit code 124" in err


@posix
def test_the_log_is_put_aside(job: Job) -> None:
    (job.root / "say").write_text("x" * 2000)
    for _ in range(8):
        assert job.run(GEOPLAN_LOG_KB="1")[0] == 0
    names = {path.name for path in (job.project / "log").glob("geoplan.log*")}
    assert names == {f"geoplan.log.{n}" for n in range(1, 6)}


@posix
@pytest.mark.parametrize("words", [[], ["a", "b"], ["-x", "a"], ["/no/such/folder"]])
def test_wrong_use_of_the_job(words: list[str]) -> None:
    command = ["sh", str(FILES / "geoplan-build.sh"), *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "usage: geoplan-build.sh" in ended.stderr


@posix
def test_a_command_that_is_missing(job: Job) -> None:
    code, _, err = job.run(GEOPLAN="/no/geoplan")
    assert code == 127
    assert "/no/geoplan" in err


def without(tool: str, folder: Path) -> str:
    """Return a PATH that has all of this one, but one tool."""
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for file in Path(place).iterdir() if Path(place).is_dir() else ():
            link = folder / file.name
            link.unlink(missing_ok=True)
            link.symlink_to(file)
    (folder / tool).unlink(missing_ok=True)
    return str(folder)


@needs_links
@pytest.mark.parametrize("by", [pytest.param("rsync", marks=needs("rsync")), "cp"])
def test_maps_are_handed_over_as_a_whole(job: Job, by: str) -> None:
    web = job.root / "网 www" / "maps's"
    web.parent.mkdir()
    job.options = ["-w", str(web)]
    more = {}
    if by == "cp":
        more["PATH"] = f"{job.root / 'bin'}{os.pathsep}{without('rsync', job.root / 'few')}"
    page = job.project / "maps" / "索引 index.html"
    manifest = job.project / "maps" / "manifest.json"

    def versions() -> list[str]:
        return sorted(p.name for p in web.parent.iterdir() if p != web)

    assert job.run(**more)[::2] == (0, "")
    assert web.is_symlink()
    assert (web / page.name).read_text() == "old"
    assert (web / page.name).stat().st_mode & 0o777 == 0o644
    first = versions()
    assert len(first) == 1
    assert job.run(**more)[0] == 0
    assert versions() == first  # nothing changed, nothing done
    for n in (2, 3, 4):
        page.write_text(f"new {n}")
        manifest.write_text(f'{{"n": {n}}}')
        assert job.run(**more)[0] == 0
        assert (web / page.name).read_text() == f"new {n}"
    assert len(versions()) == 2  # this one and the one before
    assert web.readlink().name in versions()


@needs_links
def test_a_folder_of_somebody_else_is_not_replaced(job: Job) -> None:
    web = job.root / "web"
    web.mkdir()
    (web / "theirs.html").touch()
    job.options = ["-w", str(web)]
    code, _, err = job.run()
    assert code == 6
    assert "is no link; move it away once" in err
    assert [p.name for p in web.iterdir()] == ["theirs.html"]
    assert not list(job.root.glob(".web.*"))


@needs_links
def test_a_copy_that_is_not_whole_is_not_shown(job: Job) -> None:
    web = job.root / "web"
    job.options = ["-w", str(web)]
    assert job.run()[0] == 0
    (job.project / "maps/manifest.json").write_text('{"n": 2}')
    job.ends("verify", 0, 1)
    assert job.run()[0] == 6
    assert (web / "manifest.json").read_text() == "{}"
    assert len(list(job.root.glob(".web.*"))) == 1


SSH = """#!/bin/sh
# Stands in for ssh: the other machine is this one.
user=
while [ "${1#-}" != "$1" ]; do
    [ "$1" != -l ] || user=$2@  # as rsync says it
    shift 2
done
[ "$user$1" = maps@web.lan ] || exit 255
shift
cd /
exec sh -c "$*"
"""


@needs_links
@needs("rsync")
def test_maps_are_handed_over_by_ssh(job: Job) -> None:
    ssh = job.root / "bin" / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    web = job.root / "网 www's"
    job.options = ["-w", f"maps@web.lan:{web}"]
    for n in range(3):
        (job.project / "maps/manifest.json").write_text(f'{{"n": {n}}}')
        assert job.run()[::2] == (0, "")
        assert (web / "manifest.json").read_text() == f'{{"n": {n}}}'
    assert web.is_symlink()
    job.options = ["-w", f"maps@other.lan:{web}"]
    assert job.run()[0] == 6


@needs("shellcheck")
def test_scripts_pass_shellcheck() -> None:
    scripts = sorted(map(str, FILES.glob("*.sh")))
    ended = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)
    assert ended.stdout == ""
    assert ended.returncode == 0


@needs("systemd-analyze")
def test_units_pass_systemd(tmp_path: Path) -> None:
    units = []
    for file in [*FILES.glob("*.service"), *FILES.glob("*.timer")]:
        text = file.read_text("utf-8")
        # systemd looks whether commands are there; the job is on no machine of ours.
        text = text.replace("/usr/local/bin/geoplan-build.sh", f"/bin/sh {FILES}/geoplan-build.sh")
        units.append(tmp_path / file.name)
        units[-1].write_text(text, "utf-8")
    assert len(units) == 3
    command = ["systemd-analyze", "verify", "--man=no", *map(str, units)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in ended.stderr.splitlines() if "geoplan" in line]
    assert told == []
    assert ended.returncode == 0


def test_the_crontab_calls_what_there_is() -> None:
    (line,) = [
        x for x in (FILES / "crontab.txt").read_text("utf-8").splitlines() if x[:1] in "0123"
    ]
    assert re.fullmatch(r"\d+ \d+ \* \* \* geoplan-build\.sh .*", line)
    assert "%" not in line  # a new line for cron


def commands(value: Any) -> Iterator[str]:
    """Yield the script lines of a CI file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("run", "script", "before_script", "after_script"):
                yield from [inner] if isinstance(inner, str) else inner
            else:
                yield from commands(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from commands(inner)


@pytest.mark.parametrize("name", ["gitlab-ci.yml", "gitea.yml"])
def test_ci_files_are_yaml_and_their_scripts_shell(name: str) -> None:
    content = yaml.safe_load((FILES / name).read_text("utf-8"))
    lines = list(commands(content))
    assert all(isinstance(line, str) for line in lines)
    script = "\n".join(lines)
    assert "geoplan build --strict --json" in script
    assert "geoplan verify" in script
    assert "geoplan-publish.sh maps" in script
    if shutil.which("sh"):
        subprocess.run(["sh", "-n", "-c", script], check=True)


def test_the_task_of_windows_has_what_the_scheduler_knows() -> None:
    raw = (FILES / "geoplan-build.xml").read_bytes()
    assert raw.isascii()
    root = ET.fromstring(raw)
    assert root.tag == f"{TASK}Task"
    parts = {
        "RegistrationInfo": "Description",
        "Triggers": "CalendarTrigger",
        "Principals": "Principal",
        "Settings": "MultipleInstancesPolicy DisallowStartIfOnBatteries StopIfGoingOnBatteries "
        "AllowHardTerminate StartWhenAvailable RunOnlyIfNetworkAvailable AllowStartOnDemand "
        "Enabled ExecutionTimeLimit Priority",
        "Actions": "Exec",
    }
    assert [child.tag for child in root] == [f"{TASK}{name}" for name in parts]
    for child in root:
        inner = parts[child.tag.removeprefix(TASK)].split()
        assert [node.tag for node in child] == [f"{TASK}{name}" for name in inner]
    words = root.findtext(f".//{TASK}Arguments") or ""
    script = (FILES / "geoplan-build.ps1").read_text("ascii")
    for name in re.findall(r'-(\w+) "', words.partition("-File")[2]):
        assert f"${name}" in script


def test_files_say_what_geoplan_says() -> None:
    text = (ROOT / "docs/automation.md").read_text("utf-8")
    for code in (0, 1, 2, 3, 4, 5, 6, 124):
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE)
    config = (shipped() / "geoplan.toml").read_text("utf-8")
    assert 'audience = "internal"' in config
    assert 'audience = "public"' in text
