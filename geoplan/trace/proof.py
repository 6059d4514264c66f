"""Files and texts behind a chain: what moved since the build, and what stands in cited lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from geoplan.build.book import Book
from geoplan.build.keys import input_files
from geoplan.config import Project
from geoplan.errors import DataError, LayerError
from geoplan.files import file_hash
from geoplan.gazetteer import load as load_gazetteer
from geoplan.layers import read_registry
from geoplan.layers.citations import Checked, Checker, Texts, read_texts
from geoplan.layers.figures import Claim, Indicator
from geoplan.layers.model import Feature
from geoplan.layers.read import LayerFile, read_layer
from geoplan.schema import key_of_ref
from geoplan.trace.index import Index, Row
from geoplan.trace.model import Cited, Origin, Part
from geoplan.trace.parts import FINDINGS_FILE


class Files:
    """Layer files as they are now, and as they were when the tables were made."""

    def __init__(self, project: Project, book: Book) -> None:
        self._project = project
        self._built = book.parts("layers") or {}
        self._of_layer: Mapping[str, list[str]] = book.facts("layers").get("layers", {})
        self._paths = input_files(project, "layers")

    def name(self, part: Part) -> str:
        """Return the name of a part's file among the inputs of the build."""
        if part.layer:
            return next(iter(self._of_layer.get(part.layer, [])), f"layers/{part.origin.file}")
        added = f"layers added/{FINDINGS_FILE}"
        return added if added in self._paths else f"layers/{FINDINGS_FILE}"

    def path(self, name: str) -> Path | None:
        """Return where a file is now, or None if it is gone."""
        path = self._paths.get(name)
        return path if path is not None and path.is_file() else None

    def origin(self, part: Part) -> Origin:
        """Return where a part stands, with the file as a person finds it, and its hashes."""
        name = self.name(part)
        path = self.path(name)
        shown = name
        if path is not None and path.is_relative_to(self._project.root):
            shown = path.relative_to(self._project.root).as_posix()
        now = None if path is None else file_hash(path)
        built = self._built.get(f"file {name}")
        return replace(part.origin, file=shown, sha256_built=built, sha256_now=now)


class Proof:
    """Looks for the words of parts in the lines that they cite, as `catalogue check` does."""

    def __init__(self, project: Project, folder: Path, *, files: Files, index: Index) -> None:
        self._files = files
        self._index = index
        self._registry = read_registry(project.layer_folders())
        self.texts: Texts = read_texts(folder, self._registry)
        self._gazetteer = load_gazetteer(project.folder("boundaries"))
        self._layers: dict[str, LayerFile | None] = {}

    def cited(self, part: Part) -> Cited:
        """Return the citation of a part with its sentences and what of its words stands there."""
        cited = part.cited
        text = self.texts.lines.get(cited.document)
        if text is None or not cited.lines:
            return cited
        there = [(n, text[n - 1].strip()) for n in cited.lines if 1 <= n <= len(text)]
        checked = self._checked(part)
        found = not checked.faults and bool(checked.words)
        return replace(
            cited,
            proof="verified" if found else "not_found",
            sentences=tuple((n, line) for n, line in there if line),
            words=tuple(checked.words),
            faults=tuple(checked.faults),
        )

    def line(self, document: str, line: int) -> str | None:
        """Return what stands in a line, or None without the text.

        Raises `DataError` where the text ends before it.
        """
        text = self.texts.lines.get(document)
        if text is None:
            return None
        if line > len(text):
            raise DataError(f"{document}@{line}: the text has {len(text)} lines")
        return text[line - 1].strip()

    def _checked(self, part: Part) -> Checked:
        checked = Checked()
        checker = Checker(self.texts, self._gazetteer, checked)
        table, key = key_of_ref(part.ref)
        row = self._index.one(table, *key) or {}
        if table == "findings":
            self._finding(checker, row)
        else:
            self._of_layer(checker, part, table=table, row=row)
        return checked

    def _finding(self, checker: Checker, row: Row) -> None:
        where = f"finding {row['finding']}"
        for finding in self._registry.finding:
            if finding.id == row["finding"] and row["place"] < len(finding.place):
                one = finding.model_copy(update={"place": (finding.place[row["place"]],)})
                checker.finding(one, where)
                return
        checker.checked.faults.append(f"{where} is not in the file any more; build again")

    def _of_layer(self, checker: Checker, part: Part, *, table: str, row: Row) -> None:
        name, document = self._files.name(part), part.cited.document
        try:
            file = self._layer(name)
        except LayerError as fault:
            checker.checked.faults.append(str(fault))
            return
        found = None if file is None else _written(file, table, row)
        if isinstance(found, Feature):
            checker.feature(document, found, where=part.ref)
        elif isinstance(found, Claim):
            checker.claim(document, found, where=part.ref)
        elif isinstance(found, Indicator):
            checker.indicator(document, found, where=part.ref)
        else:
            checker.checked.faults.append(f"{part.ref} is not in {name} any more; build again")

    def _layer(self, name: str) -> LayerFile | None:
        if name not in self._layers:
            path = self._files.path(name)
            self._layers[name] = None if path is None else read_layer(path)
        return self._layers[name]


def _written(file: LayerFile, table: str, row: Row) -> Feature | Claim | Indicator | None:
    """Return what a row was made of, as it stands in the layer file now."""
    layer = file.layer
    every: dict[str, list[tuple[object, Feature | Claim | Indicator]]] = {
        "features": [(f.id, f) for f in layer.feature],
        "indicators": [(i.id, i) for i in layer.indicator],
        "stated": [(c.row_id(layer.id), c) for c in layer.claim],
    }
    key = {"features": "feature", "indicators": "indicator", "stated": "id"}[table]
    return next((found for name, found in every[table] if name == row[key]), None)
