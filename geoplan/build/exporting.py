"""Sheets of maps as files for print: made of the tables that the last build left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from geoplan import typeset
from geoplan.build.book import Book
from geoplan.build.tables import read_tables, require_fresh
from geoplan.config import Project
from geoplan.errors import DataError, StageError, UsageError
from geoplan.files import write_bytes
from geoplan.publish import Drawn, Print, sheets
from geoplan.schema import TABLES, Tables
from geoplan.toml import suggestion

Format = Literal["svg", "pdf", "png"]

FOLDER = "export"
"""Where exported files go, in the project's folder."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is exported, and how."""

    formats: tuple[Format, ...]
    paper: Literal["A3", "A4"] = "A3"
    orientation: Literal["landscape", "portrait", "auto"] = "auto"
    """``auto``: the one with the larger scale."""
    lang: Literal["zh", "en"] = "zh"
    dpi: int = 300
    """Of PNG."""
    font: str | None = None
    """Default: the first installed font with Chinese; for SVG, those of ``sheet.json``."""
    out: Path | None = None
    """Folder, made if missing; default: `FOLDER` in that of the project."""


def export(
    project: Project,
    names: Sequence[str] = (),
    *,
    how: Export,
    on_file: Callable[[Path], None] = lambda _: None,
) -> list[Path]:
    """Write the sheets of maps as SVG, PDF or PNG; return the files.

    Parameters
    ----------
    names
        Stems of map pages, such as ``jinzhong``; default: all.
    on_file
        Is told of every file as it is written.

    Raises
    ------
    UsageError
        For an unknown map, no or a wrong format, a resolution out of range, a
        font that is not installed, or a folder that geoplan publishes to.
    DataError
        Where nothing is built yet, or tables do not fit together.
    StageError
        Where no font has Chinese, typst is missing, or a file cannot be written.
    """
    _check(how)
    folder = export_folder(project, how.out)
    tables, as_of = built_tables(project)
    makers = sheets(tables, project=project, as_of=as_of)
    wanted = _wanted(names, list(makers))
    typeset_ = {form for form in how.formats if form != "svg"}
    font = typeset.chinese_font(how.font) if typeset_ else how.font
    given = Print(how.paper, how.orientation, how.lang, (font,) if font else ())
    plain = Print(how.paper, how.orientation, how.lang, (how.font,) if how.font else ())
    written = []
    for name in wanted:
        stem = name if how.lang == "zh" else f"{name}-{how.lang}"
        for form in how.formats:
            drawn = makers[name](plain if form == "svg" else given)
            path = folder / f"{stem}.{form}"
            write_export(path, _made(drawn, form, how.dpi))
            written.append(path)
            on_file(path)
    return written


def _check(how: Export) -> None:
    if not how.formats:
        raise UsageError("no format is chosen; give one or more of --svg, --pdf, --png")
    if "png" in how.formats:
        typeset.check_dpi(how.dpi)


def built(project: Project) -> Book:
    """Return what the tables of the last build are made of.

    Raises `DataError` where nothing is built yet, or tables do not fit together.
    """
    book = Book(project.build_folder)
    if book.parts("analysis") is None:
        raise DataError(f"{project.build_folder}: nothing is built yet; run `geoplan build` first")
    require_fresh(book)
    return book


def built_tables(project: Project) -> tuple[Tables, str]:
    """Return the tables that the last build left, and the day that it judged by.

    Raises what `built` raises.
    """
    as_of: str = built(project).facts("layers")["as_of"]
    return read_tables(project, TABLES), as_of


def export_folder(project: Project, out: Path | None, *, below: str = "") -> Path:
    """Return the folder to write to: without `out`, `FOLDER` in the project's, or `below` in it.

    Raises `UsageError` where it lies in one that is published or built: what is
    there must stay as it is.
    """
    folder = out or project.root / FOLDER / below
    project.check_outside(folder)
    return folder


def _wanted(names: Sequence[str], known: list[str]) -> list[str]:
    stems = [Path(name).stem if name.endswith((".html", ".svg")) else name for name in names]
    unknown = [stem for stem in stems if stem not in known]
    if unknown:
        near = suggestion(unknown[0], known)
        raise UsageError(
            f"no map {', '.join(map(repr, unknown))}.{near} There are {len(known)}: "
            f"{', '.join(known)}"
        )
    return list(dict.fromkeys(stems)) or known


def _made(drawn: Drawn, form: Format, dpi: int) -> bytes:
    if form == "svg":
        return drawn.svg.encode("utf-8")
    return typeset.typeset(drawn.svg, size=drawn.size, title=drawn.title, as_=form, dpi=dpi)


def write_export(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, its folder too; raises `StageError` where it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, content)
    except OSError as fault:
        raise StageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault
