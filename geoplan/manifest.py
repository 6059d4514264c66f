"""``manifest.json`` of a published folder: what it was made of, and what it holds.

It holds no path of a machine and no time, so that the same inputs give the
same bytes anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from geoplan.errors import DataError
from geoplan.files import HARMLESS, file_hash, sealed, unsealed, write_text

NAME = "manifest.json"

Outputs = dict[str, dict[str, Any]]
"""What a manifest says of each file: ``sha256``, and what its maker wrote besides."""


def write(folder: Path, made_of: Mapping[str, object], *, outputs: Mapping[str, object]) -> str:
    """Write the manifest of `folder`, and return its text.

    `outputs` says of each file of the folder at least its ``sha256``.
    """
    text = sealed({**made_of, "outputs": outputs})
    write_text(folder / NAME, text, flush=True)
    return text


def outputs_of(folder: Path) -> Outputs:
    """Return what the manifest of `folder` says of its files; nothing where there is none."""
    try:
        outputs = _outputs(_text(folder / NAME))
        good = all(isinstance(about["sha256"], str) for about in outputs.values())
        return outputs if good else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _text(path: Path) -> str:
    """Return the text of a manifest; nobody ever writes into a pipe of that name."""
    if path.exists() and not path.is_file():
        raise OSError("it is no file")
    return path.read_text("utf-8")


def _outputs(text: str) -> Outputs:
    """Return the outputs of a manifest; `ValueError` where a name leads out of its folder."""
    try:
        outputs = dict(json.loads(text)["outputs"])
    except RecursionError as fault:
        raise ValueError("lists stand too deep in each other") from fault
    wrong = [name for name in outputs if set(name) & set("\\:") or not _INSIDE.fullmatch(name)]
    if wrong:
        raise ValueError(f"outputs has the name {wrong[0]!r}")
    return outputs


_INSIDE = re.compile(r"(?!\.\.?(/|$))[^/]+(/(?!\.\.?(/|$))[^/]+)*")
"""Names without a root and without ``.`` and ``..``."""


def names(folder: Path) -> set[str]:
    """Return the files of `folder` that geoplan published; none if it has no manifest."""
    try:
        return {NAME, *_outputs(_text(folder / NAME))}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def verify(folder: Path, hash_of: Callable[[Path], str] = file_hash) -> list[dict[str, str]]:
    """Return what in `folder` is not as its manifest says, sorted by file; nothing if it is whole.

    Each fault has ``output`` and ``fault`` (``changed``, ``missing`` or
    ``unknown``), a changed one also the ``expected`` and ``found`` sha256.

    Raises
    ------
    DataError
        If there is no such folder, or no manifest that can be read.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder; run `geoplan build`")
    path = folder / NAME
    try:
        text = _text(path)
        outputs = {name: str(about["sha256"]) for name, about in _outputs(text).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise DataError(
            f"{path}: cannot be read as a manifest of geoplan: {fault}; run `geoplan build`"
        ) from fault
    faults = [] if unsealed(text) else [{"output": NAME, "fault": "changed"}]
    for name, digest in outputs.items():
        file = folder / name
        if not file.is_file():
            faults.append({"output": name, "fault": "missing"})
        elif (found := hash_of(file)) != digest:
            faults.append({"output": name, "fault": "changed", "expected": digest, "found": found})
    files = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    there = {path.relative_to(folder).as_posix() for path in files if path.name not in HARMLESS}
    faults += [{"output": n, "fault": "unknown"} for n in there - {NAME, *outputs}]
    return sorted(faults, key=lambda fault: fault["output"])
