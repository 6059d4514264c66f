"""The environment in which the Python peers live; what cannot be installed is left out."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[1] / "requirements-bench.in"


def peer_python(folder: Path, requirements: Path = REQUIREMENTS) -> tuple[str, dict[str, str]]:
    """Return the Python of the peers, made if missing, and why packages could not be installed."""
    python = folder / "bin" / "python"
    mark = folder / "installed.json"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if mark.exists():
        known = json.loads(mark.read_text(encoding="utf-8"))
        if known["requirements"] == digest:
            return str(python), dict(known["failed"])
    print(f"installing peers into {folder}", flush=True)
    failed = _installed(folder, python, requirements)
    if python.exists():
        text = json.dumps({"requirements": digest, "failed": failed}, indent=1)
        mark.write_text(text, encoding="utf-8")
    return str(python), failed


def _installed(folder: Path, python: Path, requirements: Path) -> dict[str, str]:
    """Install everything at once, or else one by one; return what failed and why."""
    if not python.exists():
        reason = _reason([sys.executable, "-m", "venv", str(folder)])
        if reason:
            return {"venv": reason}
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not _reason([*install, "-r", str(requirements)]):
        return {}
    lines = requirements.read_text(encoding="utf-8").splitlines()
    wanted = [line.split("#")[0].strip() for line in lines]
    reasons = {name: _reason([*install, name]) for name in wanted if name}
    return {name: reason for name, reason in reasons.items() if reason}


def _reason(command: list[str]) -> str:
    """Run a command and return the last line of its errors, or nothing if it went well."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.returncode:
        return ""
    return (f"{done.stdout}\n{done.stderr}".strip().splitlines() or ["no word"])[-1]
