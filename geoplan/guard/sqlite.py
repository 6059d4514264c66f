"""GeoPackages: what stands in the structure of the database, read without running any of it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from geoplan.guard.limits import Limits, size_text
from geoplan.guard.told import refusal, shown

MODULES = ("rtree", "rtree_i32", "fts3", "fts4", "fts5")
"""Kinds of virtual tables that are indexes of the file itself; others read something else."""

_QUOTED = r"""(?:"(?:[^"]|"")*+"|`(?:[^`]|``)*+`|\[[^\]]*\]|'(?:[^']|'')*+')"""
_NAME = rf"(?:{_QUOTED}|\w+)"

_VIRTUAL = re.compile(
    rf"\s*CREATE\s+VIRTUAL\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*(?:\.\s*{_NAME}\s*)?"
    r"USING\s+[\"'`\[]?(\w+)",
    re.IGNORECASE,
)
"""The kind stands behind the name, which may be any text."""

_REMARK = re.compile(rf"({_QUOTED})|/\*.*?(?:\*/|\Z)|--[^\n]*", re.DOTALL)
"""What is in quotes, where nothing is a remark; or a remark."""

_INTO = re.compile(rf"({_QUOTED})|\bINTO\s+{_NAME}\s*\(", re.IGNORECASE)
"""What is in quotes; or a table before the names of its columns, which is no function."""

_FUNCTIONS = re.compile(
    r"\b(load_extension|readfile|writefile|edit|fts3_tokenizer|eval|"
    r"ogr_\w+|gdal_\w+|gpkg_\w+|"
    r"blobfromfile|blobtofile|xb_\w+|import\w+|export\w+|sqlproc_\w+|eval\w*|"
    r"sequence_\w+|http_\w+|clone_?table|createrasterstyled\w+|checkspatial\w+)[\"'`\]]?\s*\(",
    re.IGNORECASE,
)
"""Functions that read or write files, ask the network or load code, here or in SpatiaLite."""

_ENDLESS = re.compile(r"\bWITH\s+RECURSIVE\b|\bgenerate_series\b", re.IGNORECASE)

_READ_ONLY = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_PRAGMA,
    sqlite3.SQLITE_FUNCTION,
}


def check_geopackage(path: Path, limits: Limits) -> None:
    """Look at the structure of a GeoPackage.

    Raises
    ------
    RefusedError
        Another kind of SQLite, pages that are not there, virtual tables, functions and views
        that reach outside of the file or have no end, too many or too large objects.
    """
    log = path.with_name(f"{path.name}-wal")
    has_log = log.is_file() and log.stat().st_size > 0
    with path.open("rb") as file:
        head = file.read(100)
    _check_pages(path, head, has_log=has_log)
    try:
        with _opened(path, limits, has_log=has_log) as base:
            _check_objects(base, path, limits)
    except sqlite3.Error as fault:
        slow = "interrupted" in str(fault)
        reason = (
            f"a look at its structure takes longer than {limits.sqlite_seconds:.0f} s"
            if slow
            else f"the database is damaged ({fault})"
        )
        raise refusal(
            path, "damaged", f"{reason}; copy it again, or save its layers into a new GeoPackage"
        ) from fault


def _check_pages(path: Path, head: bytes, *, has_log: bool) -> None:
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    if len(head) < 100 or page < 512 or page & (page - 1):
        raise refusal(path, "damaged", "the header of the database is broken; copy it again")
    counted = head[24:28] == head[92:96]
    promised = page * int.from_bytes(head[28:32], "big") if counted else page
    size = path.stat().st_size
    if promised > size and not has_log:
        raise refusal(
            path,
            "promise",
            f"states {size_text(promised)} and has {size_text(size)}; the file is cut short: copy "
            "it again",
        )


@contextmanager
def untouched(path: Path) -> Iterator[Path]:
    """Yield a database with a log (``-wal``) where SQLite leaves nothing behind.

    That is a copy of both, or the database itself while another program has it open.
    """
    if path.with_name(f"{path.name}-shm").exists():
        yield path
        return
    with TemporaryDirectory(prefix="geoplan-") as folder:
        for name in (path.name, f"{path.name}-wal"):
            if path.with_name(name).exists():
                shutil.copyfile(path.with_name(name), Path(folder, name))
        yield Path(folder, path.name)


@contextmanager
def _opened(path: Path, limits: Limits, *, has_log: bool) -> Iterator[sqlite3.Connection]:
    # What was not put in place yet is seen only where SQLite may look at the log.
    how = "mode=ro" if has_log else "mode=ro&immutable=1"
    with (
        untouched(path) if has_log else nullcontext(path) as here,
        closing(sqlite3.connect(f"{here.resolve().as_uri()}?{how}", uri=True)) as base,
    ):
        base.text_factory = lambda raw: raw.decode("utf-8", "replace")
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 16 * limits.sqlite_statement_bytes)
        base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        stop = time.monotonic() + limits.sqlite_seconds
        base.set_progress_handler(lambda: time.monotonic() > stop, 10_000)
        base.execute("PRAGMA trusted_schema = OFF")
        base.execute("PRAGMA query_only = ON")
        base.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _READ_ONLY else sqlite3.SQLITE_DENY
        )
        yield base


def _check_objects(base: sqlite3.Connection, path: Path, limits: Limits) -> None:
    count = base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if count > limits.sqlite_objects:
        raise refusal(
            path,
            "sqlite_objects",
            f"has {count} tables, views and indexes; {limits.sqlite_objects} are allowed",
        )
    longest = base.execute("SELECT max(length(sql)) FROM sqlite_master").fetchone()[0] or 0
    if longest > limits.sqlite_statement_bytes:
        raise refusal(
            path,
            "sqlite_objects",
            f"a table or view is made by {longest} characters of SQL; "
            f"{limits.sqlite_statement_bytes} are allowed",
        )
    rows = base.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    _check_kind({str(name).lower() for kind, name, _ in rows if kind == "table"}, path)
    for kind, name, sql in rows:
        _check_object(str(kind), str(name), str(sql or ""), path)
    views = {str(name): str(sql or "") for kind, name, sql in rows if kind == "view"}
    if len(views) > limits.sqlite_views:
        raise refusal(
            path,
            "sqlite_objects",
            f"has {len(views)} views; {limits.sqlite_views} are allowed",
        )
    _check_views(views, path)


def _check_kind(tables: set[str], path: Path) -> None:
    if "gpkg_contents" in tables:
        return
    if {"geometry_columns", "spatial_ref_sys"} <= tables:
        what = "a SpatiaLite database"
    elif {"metadata", "tiles"} <= tables:
        what = "map tiles (MBTiles)"
    else:
        what = "an SQLite database without any layer"
    raise refusal(
        path, "other_format", f"is {what}, and no GeoPackage; save its layers as GeoPackage"
    )


def _check_object(kind: str, name: str, sql: str, path: Path) -> None:
    plain = _REMARK.sub(lambda found: found[1] or " ", sql)
    if re.match(r"\s*CREATE\s+VIRTUAL\b", plain, re.IGNORECASE):
        found = _VIRTUAL.match(plain)
        module = found[1].lower() if found else "?"
        if module not in MODULES:
            raise refusal(
                path,
                "sqlite_module",
                f"table {shown(name)} is a virtual one of kind {shown(module)}, which may read "
                "other files; save its layers into a new GeoPackage",
            )
    if kind not in {"view", "trigger"}:
        return
    found = _FUNCTIONS.search(_INTO.sub(lambda found: found[1] or " ", plain))
    if found and not _is_ours(found[1]):
        raise refusal(
            path,
            "sqlite_function",
            f"{kind} {shown(name)} calls {found[1]}, which reaches outside of the file; save its "
            "layers into a new GeoPackage",
        )
    if kind == "view" and _ENDLESS.search(plain):
        raise refusal(
            path,
            "sqlite_view",
            f"view {shown(name)} calls itself, and may have no end; save it as a layer",
        )


def _is_ours(function: str) -> bool:
    """Return whether GeoPackages of GDAL call a function in their own triggers."""
    return function.lower() in {"gpkg_geometrytype", "gpkg_geometrytypeaggregate"}


_DEEPEST_VIEW = 8


def _check_views(views: dict[str, str], path: Path) -> None:
    """Refuse views of views of views: each may multiply the rows of those below."""
    names = {name.lower(): name for name in views}
    odd = [low for low in names if not re.fullmatch(r"\w+", low)]
    below: dict[str, list[str]] = {}
    for name, sql in views.items():
        said = sql.lower()
        found = {low for low in re.findall(r"\w+", said) if low in names}
        found |= {low for low in odd if low in said}
        below[name] = [names[low] for low in found if names[low] != name]
    depth = dict.fromkeys(views, 1)
    for _ in range(_DEEPEST_VIEW):
        for name, others in below.items():
            highest = max((depth[other] for other in others), default=0)
            depth[name] = min(1 + highest, _DEEPEST_VIEW + 1)
    deep = [name for name, level in depth.items() if level > _DEEPEST_VIEW]
    if deep:
        raise refusal(
            path,
            "sqlite_view",
            f"view {shown(deep[0])} stands on views more than {_DEEPEST_VIEW} deep; save it as a "
            "layer",
        )
