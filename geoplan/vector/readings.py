"""How texts look when their bytes are read in an encoding: what fails, what is plausible."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from geoplan.vector.code_pages import is_western
from geoplan.vector.dbase import Cell

MOST_ROWS = 20
"""Rows that are kept of each kind of fault."""

SAMPLE = 24
"""Characters of a sample."""


@dataclass
class Found:
    """What was found in texts, of one kind: how many rows, the first of them, a sample."""

    count: int = 0
    rows: list[int] = field(default_factory=list)
    column: str = ""
    sample: str = ""
    meant: str = ""
    """What the sample was before, where that can be told."""
    content: bytes = b""

    def add(self, cell: Cell, sample: str, *, meant: str = "") -> None:
        """Count a cell."""
        if not self.count:
            sample, meant = " ".join(sample.split()), " ".join(meant.split())
            self.column, self.sample, self.meant = cell.column, shown(sample), shown(meant)
            self.content = cell.content
        self.count += len(cell.rows)
        # Of columns one after the other rows are not in order.
        if len(self.rows) < MOST_ROWS or cell.rows[0] < self.rows[-1]:
            self.rows = sorted({*self.rows, *cell.rows[:MOST_ROWS]})[:MOST_ROWS]


@dataclass
class Tally:
    """Texts read in one encoding; grows with each block of cells."""

    name: str
    whole: bool = True
    """Whether everything is counted, and faults are looked for; else it ends where it fails."""
    failed: Found = field(default_factory=Found)
    cut: Found = field(default_factory=Found)
    signs: int = 0
    """Characters beyond ASCII that say something of the encoding."""
    common: float = 0.0
    """How many of them are common in Chinese texts; half of those of the second level count."""
    han: int = 0
    beyond: int = 0
    """All characters beyond ASCII."""
    sample: str = ""
    found: dict[str, Found] = field(default_factory=dict)
    """What no text should hold, by kind, of `KINDS`."""

    @property
    def plausible(self) -> float:
        """Share of common characters, 0 to 1; 0 where the bytes do not fit."""
        return self.common / self.signs if self.signs and not self.failed.count else 0.0

    def add(self, cells: list[Cell]) -> None:
        """Read cells."""
        if self.failed.count and not self.whole:
            return
        joined = b"\n".join(cell.content for cell in cells)
        try:
            texts = joined.decode(self.name).split("\n")
        except UnicodeDecodeError:
            texts = []
        if len(texts) != len(cells):
            read = [(cell, self._text(cell)) for cell in cells]
            cells = [cell for cell, text in read if text is not None]
            texts = [text for _, text in read if text is not None]
        if is_western(self.name):
            self._western(texts)
        else:
            self._count("".join(texts))
        for text in texts:
            if len(self.sample) < SAMPLE and not text.isascii():
                self.sample = shown(f"{self.sample} {_foreign(text)}".strip())
        if self.whole:
            for i, kind, sample, meant in faults_of(texts):
                self.found.setdefault(kind, Found()).add(cells[i], sample, meant=meant)

    def _text(self, cell: Cell) -> str | None:
        reader = codecs.getincrementaldecoder(self.name)()
        try:
            text = reader.decode(cell.content)
        except UnicodeDecodeError:
            self.failed.add(cell, "")
            return None
        if reader.getstate()[0]:
            if not cell.full:
                self.failed.add(cell, "")
                return None
            self.cut.add(cell, text[-SAMPLE:])
        return text

    def _count(self, text: str) -> None:
        codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
        codes = np.minimum(codes[codes >= 0x80], 0xFFFF)
        self.beyond += len(codes)
        weights = _weights(self.name)[codes]
        self.signs += int((weights >= 0).sum())
        self.common += float(weights[weights > 0].sum())
        self.han += int(_HAN[codes].sum())
        if self.name == "UTF-8":
            # Letters with accents inside of words: Zürich.
            words = len(_ACCENT.findall(text))
            self.signs, self.common = self.signs + words, self.common + words

    def _western(self, texts: Iterable[str]) -> None:
        """Count letters with accents, which stand alone or in pairs among plain ones."""
        for text in texts:
            for run in _RUN.findall(text):
                self.signs += len(run)
                self.common += len(run) if len(run) == 1 and run.isalpha() else 0


_ACCENT = re.compile("[A-Za-z][\u00c0-\u024f]|[\u00c0-\u024f][A-Za-z]")
_RUN = re.compile(r"[^\x00-\x7f]+")


def _foreign(text: str) -> str:
    """Return a text without the ASCII around what is beyond it."""
    first = re.search(r"[^\x00-\x7f]", text)
    return " ".join(text[max(first.start() - 4, 0) if first else 0 :].split())


def shown(text: str) -> str:
    """Return the beginning of a text, with signs that cannot be seen as escapes."""
    plain = "".join(c if c.isprintable() else _named(ord(c)) for c in text[:SAMPLE])
    return plain + ("…" if len(text) > SAMPLE else "")


def _named(code: int) -> str:
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _table(*spans: tuple[int, int]) -> np.ndarray:
    made = np.zeros(0x10000, bool)
    for first, last in spans:
        made[first : last + 1] = True
    return made


def _chosen(encoding: str, leads: range, trails: Iterable[int], last: int) -> np.ndarray:
    made = np.zeros(0x10000, bool)
    for lead in leads:
        for trail in trails:
            if lead * 256 + trail <= last:
                text = bytes((lead, trail)).decode(encoding, "ignore")
                made[[ord(c) for c in text]] = True
    return made


_HAN = _table((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
_ROW = range(0xA1, 0xFF)
_FIRST = _chosen("gb2312", range(0xB0, 0xD8), _ROW, 0xD7F9)
_SECOND = _chosen("gb2312", range(0xD8, 0xF8), _ROW, 0xF7FE)
_COMPLEX = _chosen("cp950", range(0xA4, 0xC7), [*range(0x40, 0x7F), *_ROW], 0xC67E)
_SIGNS = _table(
    *((0x3000, 0x301F), (0xFF01, 0xFF5E), (0x2014, 0x2014), (0x2018, 0x201D), (0x2026, 0x2026)),
    *((0xB0, 0xB3), (0xB7, 0xB7), (0xD7, 0xD7), (0x2032, 0x2033), (0x33A0, 0x33A2)),
    *((0x2103, 0x2103), (0x2160, 0x216B), (0x2460, 0x249B), (0xFFE5, 0xFFE5)),
)
_LETTERS = _table((0xC0, 0x1FFF), (0x3040, 0x30FF), (0xAC00, 0xD7AF))
"""Letters of other scripts, which say nothing for or against UTF-8."""


def _weights(name: str) -> np.ndarray:
    """Return what each character counts: 1 common, 0 not; -1 says nothing."""
    made = _WEIGHTS.get(name)
    if made is None:
        first = _COMPLEX if name in ("CP950", "BIG5-HKSCS") else _FIRST
        second = _COMPLEX if name == "UTF-8" else _SECOND & (name == "GB18030")
        made = np.maximum(1.0 * (first | _SIGNS), 0.5 * second)
        if name == "UTF-8":
            made = np.maximum(made, 0.5 * _SECOND)
            made[_LETTERS & ~_SIGNS] = -1.0
        _WEIGHTS[name] = made
    return made


_WEIGHTS: dict[str, np.ndarray] = {}

KINDS = ("lost", "double", "control", "private")
"""What no text should hold: characters lost before, texts encoded twice, control, private use."""

_ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LOST = re.compile("\ufffd|锟斤拷|斤拷锟|锘縚|锘匡")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_TWICE: tuple[tuple[str, str], ...] = (
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("gb18030", "utf-8"),
    ("cp1252", "gb18030"),
    ("latin-1", "gb18030"),
)
"""Encodings in which texts were misread, and those that they were in."""


def faults_of(texts: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
    """Yield what no text should hold: its place, kind, sample, and what it was if that is known."""
    joined = "\n".join(texts)
    if any(pattern.search(joined) for pattern in (_LOST, _ODD, _PRIVATE)):
        for i, text in enumerate(texts):
            for kind, pattern in (("lost", _LOST), ("control", _ODD), ("private", _PRIVATE)):
                found = pattern.search(text)
                if found:
                    yield i, kind, text[max(found.start() - 4, 0) :], ""
    likely = likelihoods(texts)
    doubtful = [
        i for i in np.flatnonzero(likely <= _ORDINARY).tolist() if not _LOST.search(texts[i])
    ]
    for i, meant in _undone([texts[i] for i in doubtful], likely[doubtful]).items():
        yield doubtful[i], "double", texts[doubtful[i]], meant


def _undone(texts: Sequence[str], likely: np.ndarray) -> dict[int, str]:
    """Return what texts were before they were misread and written again, by place."""
    made: dict[int, str] = {}
    for misread, meant in _TWICE:
        contents = {}
        for i, text in enumerate(texts):
            if i not in made:
                with suppress(UnicodeEncodeError):
                    contents[i] = text.encode(misread)
        # Bytes that stand for nothing were often lost on the way.
        before = [content.decode(meant, "ignore") for content in contents.values()]
        for (i, content), text, now in zip(
            contents.items(), before, likelihoods(before).tolist(), strict=True
        ):
            # Two characters out of one another happen by chance; a text of common ones does not.
            if now < max(likely[i] + 0.4, 0.7) or len(_IDEOGRAPH.findall(text)) < 2:
                continue
            if len(text.encode(meant)) >= 0.75 * len(content):
                made[i] = text
    return made


_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")

_ORDINARY = 0.6
"""Likelihood from which a text is not taken for one that was misread."""


def likelihoods(texts: Sequence[str]) -> np.ndarray:
    """Return for each text the share of common characters beyond ASCII, 0 to 1; 1 without any."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    beyond = codes > 0x7F
    weights = np.maximum(_weights("UTF-8")[np.minimum(codes[beyond], 0xFFFF)], 0)
    common = np.bincount(owners[beyond], weights, minlength=len(texts))
    every = np.bincount(owners[beyond], minlength=len(texts))
    return np.where(every, common / np.maximum(every, 1), 1.0)
