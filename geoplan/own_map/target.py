"""Where a page goes: its name, and whether what lies there may be replaced."""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path

from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.files import check_target
from geoplan.own_map.read import OwnLayer
from geoplan.publish import MARK

HEAD = 4000
"""Characters in which the mark of a page stands, and the name of the file that it shows."""

MOST_BYTES = 200
"""Bytes of a page's name without its ending; systems allow 255 for all."""

_REFUSED = re.compile(r'[<>:"/\\|?*]+')
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_ORIGIN = re.compile(r'<meta name="geoplan-file" content="([^"]*)" data-sha256="[0-9a-f]*">')


def page_name(file: Path) -> str:
    """Return the name of the page of a file: its own, as far as every system takes it.

    Signs that Windows refuses become ``-``, and what cannot be seen too. Names of
    devices get a ``_`` in front; what is longer than `MOST_BYTES` in UTF-8 is cut.
    """
    seen = "".join("-" if unicodedata.category(c) in _UNSEEN else c for c in file.stem)
    stem = _REFUSED.sub("-", seen).strip(" .")
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    stem = stem.encode("utf-8")[:MOST_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"{stem or 'own-map'}.html"


def origin_of(own: OwnLayer) -> str:
    """Return the line in the head of a page that says which file it shows."""
    return f'<meta name="geoplan-file" content="{_label(own.file)}" data-sha256="{own.digest}">'


def _label(name: str) -> str:
    # A name may hold bytes that are no text.
    return html.escape(name.encode("utf-8", "replace").decode("utf-8"), quote=True)


def target(path: Path, out: Path | None, *, project: Project, force: bool) -> Path:
    """Return where the page of a file goes: `out`, else its own name in the current folder.

    Raises `UsageError` where it may not go there: into the published folder, over a
    file that is no such page, or over the page of a file of another name.
    """
    out = Path(page_name(path)) if out is None else out
    check_target(out, (".html", ".htm"))
    if out.resolve().is_relative_to(project.maps_folder.resolve()):
        raise UsageError(
            f"{out}: lies in {project.maps_folder.name}/, where only `geoplan build` writes; "
            "give another folder with --out"
        )
    if force or not out.exists():
        return out
    head = _head(out)
    if MARK not in head:
        raise UsageError(
            f"{out}: exists and was not made by `geoplan map`; give another name with --out, or "
            "--force to replace it"
        )
    found = _ORIGIN.search(head)
    if found is None or found[1] != _label(path.name):
        made = f"from {html.unescape(found[1])!r}" if found else "from a file that it does not name"
        raise UsageError(
            f"{out}: exists and was made {made}, not from {path.name!r}; give another name with "
            "--out, or --force to replace it"
        )
    return out


def _head(out: Path) -> str:
    try:
        with out.open(encoding="utf-8", errors="replace") as file:
            return file.read(HEAD)
    except OSError:
        return ""
