"""Trace a row: find it, follow its chain, and look at files and texts behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geoplan.build.book import Book
from geoplan.build.tables import read_tables, require_fresh
from geoplan.config import Project
from geoplan.errors import DataError
from geoplan.schema import TABLES
from geoplan.trace.chain import chain
from geoplan.trace.find import Line, find
from geoplan.trace.index import Index
from geoplan.trace.model import Trace
from geoplan.trace.proof import Files, Proof


class Tracer:
    """Traces rows of the last build of a project; what was read once is kept.

    Raises
    ------
    DataError
        Where nothing is built yet, tables do not fit together, or a folder
        with texts holds none of them.
    """

    def __init__(self, project: Project, documents: Path | None = None) -> None:
        book = Book(project.build_folder)
        if book.parts("analysis") is None:
            raise DataError(
                f"{project.build_folder}: nothing is built yet; run `geoplan build` first"
            )
        require_fresh(book)
        self.index = Index(read_tables(project, TABLES))
        self.files = Files(project, book)
        folder = documents or project.documents_folder
        self.proof = (
            None if folder is None else Proof(project, folder, files=self.files, index=self.index)
        )

    def trace(self, asked: str) -> Trace:
        """Return the chain of what `asked` names; raises `DataError` where it names nothing."""
        found = find(self.index, asked)
        made = chain(self.index, found)
        parts = tuple(replace(part, origin=self.files.origin(part)) for part in made.parts)
        if self.proof is not None:
            parts = tuple(replace(part, cited=self.proof.cited(part)) for part in parts)
            if isinstance(found, Line):
                sentence = self.proof.line(found.document, found.line)
                return replace(made, parts=parts, sentence=sentence)
        return replace(made, parts=parts)


def trace(project: Project, asked: str, *, documents: Path | None = None) -> Trace:
    """Return the chain from a row of any table back to the sentence that it rests on.

    Parameters
    ----------
    asked
        A reference (``coverage:140729/LAYER/CLASS/geometry``), the id of a row
        (``r0123456789ab``), ``LAYER/FEATURE``, the id of a layer, document or
        finding, the code of a unit, or a line (``DOCUMENT@123``): what rests on it.
    documents
        Folder with the plans' texts, recognised by sha256; default: that of
        the configuration. Without one nothing is verified.

    Raises
    ------
    DataError
        Where nothing is built yet, or nothing is called so (with suggestions).
    UsageError
        Where a reference has another number of keys than its table.
    """
    return Tracer(project, documents).trace(asked)
