"""Do the cited lines say what the catalogue says? Checked against the texts themselves.

Texts are recognised by sha256, never by file name; lines end at a line feed only.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

from geoplan.errors import DataError, UnitError
from geoplan.files import file_hash
from geoplan.formats import text_files
from geoplan.gazetteer import Gazetteer
from geoplan.layers.figures import Claim, Indicator
from geoplan.layers.model import Feature
from geoplan.layers.numerals import figures_in
from geoplan.layers.read import LayerFile
from geoplan.layers.registry import Finding, Registry
from geoplan.schema.wording import EMPTY_CELLS, normalised

LEAST_PRINTED = 3


@dataclass(frozen=True)
class Texts:
    """The lines of documents, by document id; `missing` are those that no file holds."""

    lines: Mapping[str, Sequence[str]]
    missing: tuple[str, ...] = ()


def read_texts(folder: Path, registry: Registry) -> Texts:
    """Read the texts of the registered documents from the files of `folder`.

    Raises `DataError` where there is no such folder, or none of its files is registered.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder; it should hold the plans' texts")
    wanted = {d.sha256: d.id for d in registry.document if d.sha256}
    found: dict[str, list[str]] = {}
    near: list[str] = []
    for path in text_files(folder):
        document = wanted.get(file_hash(path))
        if document is not None:
            found[document] = _lines_of(path)
        elif path.stat().st_size < LARGEST_TEXT and (like := wanted.get(_plain_hash(path))):
            near.append(f"{path} is {like!r} but for line ends or a byte order mark; restore it")
    if not found:
        told = "; ".join(near) or "none of its files has the sha256 of a registered document"
        raise DataError(f"{folder}: {told}; {len(wanted)} document(s) have one in documents.toml")
    return Texts(found, tuple(sorted(set(wanted.values()) - set(found))))


LARGEST_TEXT = 50_000_000


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as fault:
        raise DataError(f"{path}: is not UTF-8 text: {fault}") from fault


def _plain_hash(path: Path) -> str:
    """Return the sha256 of a file as it would be with plain line ends and no mark before it."""
    plain = path.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return hashlib.sha256(plain).hexdigest()


WordKind = Literal["words", "unit", "figure"]
WordState = Literal["printed", "group", "inferred", "missing"]


@dataclass(frozen=True)
class Word:
    """What should stand in cited lines: words as printed, a unit, or a figure."""

    kind: WordKind
    text: str
    state: WordState
    """A unit may stand there by its group, or be marked as inferred."""


@dataclass
class Checked:
    """What a check found: `counts` by what was looked at, `faults` with file and line."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    """Every word that was looked for."""


@dataclass(frozen=True)
class _Cited:
    """The cited lines of one statement."""

    lines: Sequence[str]

    @cached_property
    def text(self) -> str:
        return "\n".join(normalised(line) for line in self.lines)

    def holds(self, words: str) -> bool:
        return normalised(words) in self.text

    def holds_figure(self, value: Decimal) -> bool:
        """Return whether the figure stands there alone, not inside a longer number."""
        # With its digits: 5.50 is known to 0.01, 5.5 is not.
        digits = value.as_tuple().exponent
        return any(n == value and n.as_tuple().exponent == digits for n in figures_in(self.text))


def check_citations(
    files: Sequence[LayerFile], registry: Registry, *, gazetteer: Gazetteer, texts: Texts
) -> Checked:
    """Check that every cited line exists and holds the names and figures that cite it.

    A unit's name stands there, or the group that it was resolved from does,
    or the unit is marked as inferred. Sources without a text are counted,
    not checked.
    """
    checked = Checked()
    checker = Checker(texts, gazetteer, checked)
    checked.faults += [f"document {d!r}: no file of the folder is its text" for d in texts.missing]
    for file in files:
        document = file.layer.document
        for i, feature in file.layer.filled:
            checker.feature(document, feature, where=file.at("feature", i, "lines"))
        for i, claim in enumerate(file.layer.claim):
            checker.claim(document, claim, where=file.at("claim", i, "lines"))
        for i, indicator in enumerate(file.layer.indicator):
            checker.indicator(document, indicator, where=file.at("indicator", i, "lines"))
    for finding in registry.finding:
        checker.finding(finding, registry.at("finding", finding.id))
    return checked


_UNITS = {"inferred": "units inferred", "group": "units from groups", "printed": "units printed"}


@dataclass(frozen=True)
class Checker:
    """Looks for what single statements cite, and notes it in `checked`."""

    texts: Texts
    gazetteer: Gazetteer
    checked: Checked

    def feature(self, document: str, feature: Feature, *, where: object) -> None:
        """Look for the names, places and units of a feature."""
        cited = self._cited(document, feature.lines, where)
        if cited is None:
            return
        names = feature.printed or (feature.name.zh,)
        places = [s.name for s in feature.sites] + [s.name for s in feature.waypoints]
        self._words(cited, [*names, *(p for p in places if p != feature.name.zh)], where)
        self._short(feature, where)
        self._too_much(cited, feature, where)
        for _, unit in feature.named_units:
            self._unit(cited, unit, where, inferred=feature.is_inferred(unit))
        self.checked.counts["features"] += 1

    def _short(self, feature: Feature, where: object) -> None:
        """Tell of words so short that they stand in any text."""
        for word in feature.printed:
            if len(normalised(word)) < LEAST_PRINTED and word != feature.name.zh:
                self._fault(
                    where, f"printed {word!r} is too short to tell anything; give more of it"
                )

    def _too_much(self, cited: _Cited, feature: Feature, where: object) -> None:
        """Tell of reasons that cover units which stand in the text."""
        if feature.inferred is None or feature.inferred.units:
            return
        units = [unit for _, unit in feature.named_units]
        there = [unit for unit in units if self._stands(cited, unit)]
        if there and len(there) < len(units):
            rest = ", ".join(repr(u) for u in units if u not in there)
            self._fault(where, f"{', '.join(there)} stand(s) there; give inferred units = [{rest}]")

    def _stands(self, cited: _Cited, name: str) -> bool:
        return cited.holds(name.partition("@")[0]) or self._all_named(cited, name)

    def claim(self, document: str, claim: Claim, *, where: object) -> None:
        """Look for the words and the figure of a claim."""
        cited = self._cited(document, claim.lines, where)
        if cited is None:
            return
        self._words(cited, claim.printed, where)
        if claim.counter:
            self._words(cited, [claim.counter], where)
        told = _Cited(claim.printed) if claim.printed else cited
        for value in (claim.value, claim.value_to):
            if value is None:
                continue
            stands = told.holds_figure(value)
            self._told("figure", f"{value:f}", "printed" if stands else "missing")
            if not stands:
                there = "in its printed words" if claim.printed else "there"
                self._fault(where, f"the figure {value:f} of {claim.of!r} does not stand {there}")
        self.checked.counts["claims"] += 1

    def indicator(self, document: str, indicator: Indicator, *, where: object) -> None:
        """Look for the name, the cells and the unit of an indicator."""
        cited = self._cited(document, indicator.lines, where)
        if cited is None:
            return
        cells = [r.printed for r in indicator.readings]
        names = [*(indicator.printed or (indicator.name.zh,)), *([indicator.counter or ""])]
        self._words(cited, [*filter(None, names)], where)
        self._words(cited, [c for c in cells if c.strip() not in EMPTY_CELLS], where)
        if indicator.unit is not None:
            self._unit(cited, indicator.unit, where, inferred=indicator.inferred is not None)
        self.checked.counts["indicators"] += 1

    def finding(self, finding: Finding, where: object) -> None:
        """Look for the words of each place of a finding."""
        for place in finding.place:
            cited = self._cited(place.document, place.lines, where)
            if cited is not None:
                self._words(cited, place.printed, where)
        self.checked.counts["findings"] += 1

    def _cited(self, document: str, lines: Sequence[int], where: object) -> _Cited | None:
        text = self.texts.lines.get(document)
        if text is None:
            self.checked.counts["without a text"] += document not in self.texts.missing
            return None
        wrong = [n for n in lines if not 1 <= n <= len(text) or not text[n - 1].strip()]
        if wrong:
            listed = ", ".join(map(str, wrong))
            self._fault(
                where,
                f"line(s) {listed} of {document!r} ({len(text)} lines) are not there or empty",
            )
            return None
        self.checked.counts["lines"] += len(lines)
        return _Cited([text[n - 1] for n in lines])

    def _words(self, cited: _Cited, words: Iterable[str], where: object) -> None:
        for word in words:
            stands = cited.holds(word)
            self._told("words", word, "printed" if stands else "missing")
            if not stands:
                self._fault(where, f"{word!r} does not stand there")
            self.checked.counts["words"] += 1

    def _unit(self, cited: _Cited, name: str, where: object, *, inferred: bool) -> None:
        state = self._state(cited, name, inferred=inferred)
        self._told("unit", name, state)
        if state == "missing":
            self._fault(
                where,
                f"unit {name!r} does not stand there: cite the line that names it, or give "
                "the reason under inferred",
            )
        else:
            self.checked.counts[_UNITS[state]] += 1

    def _state(self, cited: _Cited, name: str, *, inferred: bool) -> WordState:
        group = name.partition("@")[0]
        if inferred:
            return "inferred"
        if group in self.gazetteer.groups and cited.holds(group):
            return "group"
        return "printed" if cited.holds(name) or self._all_named(cited, name) else "missing"

    def _told(self, kind: WordKind, text: str, state: WordState) -> None:
        self.checked.words.append(Word(kind, text, state))

    def _all_named(self, cited: _Cited, name: str) -> bool:
        """Return whether every unit that `name` stands for is there, by any name it has or had."""
        try:
            codes = self.gazetteer.resolve(name, scope="").adcodes
        except UnitError:
            return False
        return all(any(cited.holds(way) for way in self._ways(code)) for code in codes)

    def _ways(self, code: str) -> Iterator[str]:
        yield from self.gazetteer.called(code)
        for change in self.gazetteer.changes:
            if change.new_adcode == code and change.whole:
                yield change.old_name

    def _fault(self, where: object, what: str) -> None:
        self.checked.faults.append(f"{where}: {what}")
