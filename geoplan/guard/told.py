"""How a refusal is told, and names from files in it."""

from __future__ import annotations

import re
from pathlib import Path

from geoplan.errors import DataError, RefusedError, coded
from geoplan.guard.limits import size_text

LONGEST = 80
"""Characters of a name from a file that a message repeats."""


def refusal(path: Path, code: str, text: str) -> RefusedError:
    """Return the error that refuses `path`; `code` is without its family.

    `text` is a clause, or begins with the verb of one whose subject is the file.
    """
    it = "it " if text.partition(" ")[0] in _VERBS else ""
    return coded(RefusedError(f"{path}: cannot be read: {it}{text}"), f"refused.{code}")


def check_size(path: Path, most: int, *, what: str, advice: str = "") -> None:
    """Refuse a file of more than `most` bytes; `what` it holds, and what to do."""
    size = path.stat().st_size
    if size > most:
        advised = f": {advice}" if advice else ""
        text = f"has {size_text(size)}; {size_text(most)} of {what} are read at most{advised}"
        raise refusal(path, "too_large", text)


_VERBS = {"closes", "does", "ends", "has", "holds", "is", "states", "would"}


def shown(name: str) -> str:
    """Return a name from a file in quotes, on one line, cut where it is long."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name[: LONGEST + 1])
    return f"{plain[:LONGEST]!r}…" if len(name) > LONGEST else f"{plain!r}"


def is_address(path: Path | str) -> bool:
    """Return whether a text is an address or one of GDAL's names for what is no plain file."""
    text = str(path)
    return bool(_ADDRESS.match(text) or _INSIDE.search(text))


_ADDRESS = re.compile(r"[/\\]+vsi|[A-Za-z][A-Za-z0-9+.-]+:", re.IGNORECASE)
"""``/vsizip/…``, ``http://…``, ``PG:…``; one letter and a colon are a drive."""

_INSIDE = re.compile(r"\.(zip|kmz|tar|gz|tgz|7z)!", re.IGNORECASE)
"""``a.zip!b.shp``."""


def missing(path: Path) -> str:
    """Say why there is no plain file of that name to read."""
    if path.exists():
        return "is neither a file nor a folder"
    if is_address(path):
        return "there is no such file; archives and addresses are not read: bring the file here"
    return "there is no such file"


def check_there(path: Path) -> None:
    """Raise where there is neither a plain file nor a folder of that name.

    Raises
    ------
    RefusedError
        An address, a link that leads back to itself, a device or pipe.
    DataError
        Nothing of that name, or it may not be looked at.
    """
    if "\0" in str(path):
        raise refusal(Path(str(path).replace("\0", "\\0")), "address", "names hold no NUL")
    try:
        there = path.is_file() or path.is_dir()
        exists = path.exists()
        if not there and not exists and path.is_symlink():
            raise refusal(path, "not_a_file", f"is a link to {_end(path)}, which is not there")
    except (OSError, RuntimeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise coded(DataError(f"{path}: cannot be read: {reason}"), "data.no_file") from fault
    if there:
        return
    if exists:
        raise refusal(path, "not_a_file", "is neither a file nor a folder, but a device or a pipe")
    if is_address(path):
        raise refusal(path, "address", missing(path))
    raise coded(DataError(f"{path}: {missing(path)}"), "data.no_file")


def plain_path(path: Path) -> str:
    """Return the absolute path of a file, as libraries may be given it.

    Raises `RefusedError` where they would take it for something else.
    """
    plain = str(path.absolute())
    if plain.lower().startswith(("/vsi", "\\vsi")):
        raise refusal(path, "address", "folders at the root that begin with vsi cannot be read")
    # pyogrio takes what stands before a ! for an archive, and opens what stands behind it;
    # what follows a ; it leaves out, as tabs and line ends, and would open another file.
    if set(plain) & set("!;\t\r\n"):
        raise refusal(
            path,
            "name",
            f"{shown(plain)} has a '!', a ';', a tab or a line end, which cannot be read; rename "
            "the file or folder",
        )
    return plain


def _end(path: Path) -> str:
    try:
        return shown(str(path.readlink()))
    except OSError:  # pragma: no cover - it was one a moment ago
        return "somewhere"
