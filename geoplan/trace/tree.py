"""A trace in words: branches of text, in Chinese or English, for whoever prints them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from geoplan.publish.words import coded, counted, pair, words
from geoplan.trace.model import Cited, Figure, Origin, Pair, Part, Sum, Trace

MOST = 12
"""Items of a list that are told unless all are asked for."""

SHORT = 12
"""Digits of a sha256 that people read."""

Lang = Literal["zh", "en"]
Tone = Literal["head", "plain", "quiet", "good", "bad"]


@dataclass(frozen=True)
class Branch:
    """A line of text with lines below it; no character in it moves a cursor."""

    text: str
    tone: Tone = "plain"
    below: tuple[Branch, ...] = ()


def tree(made: Trace, *, lang: Lang = "zh", everything: bool = False) -> Branch:
    """Return a trace as a tree of words; long lists are cut unless `everything` is wanted."""
    return _Teller(0 if lang == "zh" else 1, everything).tell(made)


@dataclass(frozen=True)
class _Teller:
    lang: int
    everything: bool

    def tell(self, made: Trace) -> Branch:
        below = [self._result(made.figures)] if made.figures else []
        if made.sentence is not None:
            below.append(_branch(made.sentence))
        if made.sum is not None:
            below.append(self._sum(made.sum))
        elif made.table in ("coverage", "overlaps") and made.parts and _by_list(made.figures):
            below.append(self._word("trace.pieces.by_list", tone="quiet"))
        below += [self._part(part) for part in self._cut(made.parts)]
        below += self._rest(made.parts)
        if made.rests:
            below.append(self._rests(made.rests))
        return _branch(f"{made.name[self.lang]}  {made.ref}", "head", below)

    def _say(self, p: Pair) -> str:
        return p[self.lang]

    def _word(self, key: str, *, tone: Tone = "plain", **values: object) -> Branch:
        return _branch(self._say(pair(key, **values)), tone)

    def _colon(self, name: str, value: str) -> str:
        return f"{name}：{value}" if self.lang == 0 else f"{name}: {value}"

    def _aside(self, name: str, more: str) -> str:
        return f"{name}（{more}）" if self.lang == 0 else f"{name} ({more})"

    def _cut(self, found: Sequence[Part]) -> Sequence[Part]:
        return found if self.everything else found[:MOST]

    def _rest(self, found: Sequence[object]) -> Iterator[Branch]:
        if not self.everything and len(found) > MOST:
            yield _branch(self._say(pair("trace.more", n=len(found) - MOST)) + "  --all", "quiet")

    def _result(self, figures: Iterable[Figure]) -> Branch:
        figures = list(figures)
        drawn = any(f.column == "basis" and f.value == "indicative" for f in figures)
        told = [
            _branch(self._colon(self._say(pair(f"trace.col.{f.column}")), self._figure(f, drawn)))
            for f in figures
        ]
        return _branch(self._say(pair("trace.result")), "plain", told)

    def _figure(self, figure: Figure, drawn: bool) -> str:
        value, measure = figure.value, figure.measure
        if isinstance(value, str):
            return self._say(coded(measure, value)) if measure else value
        about = self._say(pair("legend.about")) if drawn and measure != "features" else ""
        if measure == "share":
            return f"{about}{100 * value:.1f}%"
        name = self._say(pair(f"measure.{measure}")) if f"measure.{measure}" in words() else ""
        return f"{about}{_plain(value)} {name}".rstrip()

    def _sum(self, found: Sum) -> Branch:
        km2 = self._say(pair("measure.km2"))
        rows = found.pieces if self.everything else found.pieces[:MOST]
        told = [
            _branch(f"{self._say(p.name)}  {p.area_km2:.6f} {km2}  {p.classes or '—'}")
            for p in rows
        ]
        told += list(self._rest(found.pieces))
        key, tone = _SAME[found.equal]
        if found.equal is None and found.result_km2 is not None:
            key = "trace.rounded" if _is_rounded(found.result_km2) else "trace.other"
        total = f"{self._say(pair('trace.sum'))} {found.area_km2:.6f} {km2}"
        told.append(_branch(self._colon(total, self._say(pair(key))), tone))
        return _branch(self._say(counted("trace.pieces", n=len(found.pieces))), "plain", told)

    def _part(self, part: Part) -> Branch:
        head = f"{self._say(part.name)}〔{self._say(part.kind)}〕"
        if part.extent:
            head += f" {self._say(pair(f'extent.{part.extent}'))}"
        below = [self._members(part)] if part.members else []
        below += [self._origin(part.origin), *self._cited(part.cited)]
        return _branch(f"{head}  {part.ref}", "head", below)

    def _members(self, part: Part) -> Branch:
        named = [
            self._aside(self._say(m.name), self._say(pair(f"trace.evidence.{m.evidence}")))
            for m in (part.members if self.everything else part.members[:MOST])
        ]
        left = len(part.members) - len(named)
        named += [self._say(pair("trace.more", n=left))] if left else []
        joined = "、".join(named) if self.lang == 0 else "; ".join(named)
        return _branch(self._colon(self._say(pair("trace.members")), joined))

    def _origin(self, origin: Origin) -> Branch:
        state, tone = ("same", "quiet") if not origin.moved else ("moved", "bad")
        state = "gone" if origin.sha256_now is None else state
        sha = (origin.sha256_now or "")[:SHORT]
        line = self._say(pair("trace.file.line", n=origin.line))
        text = f"{origin.file} {line}  {f'sha256 {sha} · ' if sha else ''}"
        made = self._colon(self._say(pair("trace.file")), text + self._say(pair(f"trace.{state}")))
        return _branch(made, tone)  # type: ignore[arg-type]

    def _cited(self, cited: Cited) -> Iterator[Branch]:
        title = f"《{cited.title}》" + (f"（{cited.number}）" if cited.number else "")
        title += f"，{cited.section}" if cited.section else ""
        if cited.lines:
            listed = ("、" if self.lang == 0 else ", ").join(map(str, cited.lines))
            title += f"  {self._say(pair('trace.lines', n=listed))}"
        if cited.sha256:
            title += f"  sha256 {cited.sha256[:SHORT]}"
        below = [_branch(f"{n}: {text}") for n, text in cited.sentences]
        yield _branch(self._colon(self._say(pair("trace.source")), title), "plain", below)
        yield self._proof(cited)

    def _proof(self, cited: Cited) -> Branch:
        said = self._say(pair(f"trace.proof.{cited.proof}"))
        told = [
            _branch(
                self._colon(word.text, self._say(pair(f"trace.word.{word.state}"))),
                "bad" if word.state == "missing" else "quiet",
            )
            for word in cited.words
        ]
        told += [_branch(fault, "bad") for fault in cited.faults]
        return _branch(said, _TONES[cited.proof], told)

    def _rests(self, rests: Sequence[tuple[str, Pair]]) -> Branch:
        shown = rests if self.everything else rests[:MOST]
        told = [_branch(f"{self._say(name)}  {ref}") for ref, name in shown]
        head = self._say(counted("trace.rests", n=len(rests)))
        return _branch(head, "plain", [*told, *self._rest(rests)])


_TONES: dict[str, Tone] = {"verified": "good", "not_found": "bad"}
_TONES |= {"no_text": "quiet", "not_cited": "quiet"}

_SAME: dict[bool | None, tuple[str, Tone]] = {
    True: ("trace.equal", "good"),
    False: ("trace.unequal", "bad"),
    None: ("trace.other", "quiet"),
}


def _branch(text: str, tone: Tone = "plain", below: Iterable[Branch] = ()) -> Branch:
    # Names from data may hold characters that move the cursor of a terminal.
    shown = "".join(sign if _is_shown(sign) else "\ufffd" for sign in text.replace("\t", " "))
    return Branch(shown, tone, tuple(below))


def _is_shown(sign: str) -> bool:
    # Wide spaces, as in 第一章　总则, are not "printable" to Python.
    return sign.isprintable() or unicodedata.category(sign) == "Zs"


def _by_list(figures: Iterable[Figure]) -> bool:
    return any(f.column == "basis" and f.value == "list" for f in figures)


def _plain(value: float) -> str:
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _is_rounded(value: float) -> bool:
    return float(f"{value:.2g}") == value
