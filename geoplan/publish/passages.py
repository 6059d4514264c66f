"""The sentence behind a citation: which part of the cited lines of a plan's text is shown.

Texts come as their files have them: with spaces between words, cells of
tables on lines of their own or between bars. They are shown readable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from geoplan.schema.wording import normalised

LONGEST = 160
"""Characters of a line of which no sentence holds what is cited; then it is cut."""

MOST = 3
"""Sentences of one line."""

Words = tuple[str, ...]
"""Words that stand in one sentence, all of them."""

Tiers = Sequence[Sequence[Words]]
"""What to look for: the first group of which a sentence holds something counts."""

_END = re.compile(r"(?<=[。！？])(?![”’」』）)])|(?<=[。！？][”’」』）)])")
_CLAUSE = re.compile(r"(?<=[；;])")
_WIDE = r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’—…·]"
_SPACE = re.compile(rf"(?<={_WIDE})[ \t\u00a0\u2000-\u200a]+|[ \t\u00a0\u2000-\u200a]+(?={_WIDE})")
_RULE = re.compile(r"[\s|:\-—]+")


def quoted(lines: Iterable[str], tiers: Tiers) -> str:
    """Return what to show of the cited `lines` of a text, for the words in `tiers`; may be empty.

    Cells of a table that stand on lines of their own become one line; of other
    lines those sentences are shown that hold the words, with ``…`` for what is
    left out, or else the line's first `LONGEST` characters.
    """
    return _quoted(tuple(lines), tuple(tuple(group) for group in tiers))


@lru_cache(maxsize=100_000)
def _quoted(lines: tuple[str, ...], tiers: Tiers) -> str:  # asked again for every page
    shown = [text for line in lines if (text := readable(line))]
    parts: list[str] = []
    for is_cell, group in groupby(shown, key=_is_cell):
        texts = list(group)
        parts += [" ｜ ".join(texts)] if is_cell else [_chosen(text, tiers) for text in texts]
    return "\n".join(dict.fromkeys(parts))


def readable(line: str) -> str:
    """Return a line without bars of tables, spaces between Chinese words, and signs unprintable."""
    if line.count("|") > 1:
        if _RULE.fullmatch(line):
            return ""
        line = " ｜ ".join(cell.strip() for cell in line.split("|") if cell.strip())
    plain = "".join(c for c in line if c == "\t" or unicodedata.category(c) not in _UNSHOWN)
    return _SPACE.sub("", plain.strip()).replace("｜", " ｜ ") if "｜" in line else _tight(plain)


_UNSHOWN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def _tight(text: str) -> str:
    return _SPACE.sub("", text.strip())


def _is_cell(text: str) -> bool:
    if "｜" in text:
        return False
    return len(text) <= LONGEST // 4 and not _END.search(text[:-1]) and text[-1:] not in "。！？；"


def _chosen(text: str, tiers: Tiers) -> str:
    if "｜" in text:
        return text
    sentences = [part for part in _END.split(text) if part]
    for group in tiers:
        found = [i for i, part in enumerate(sentences) if _holds(part, group)]
        if found:
            return _joined(sentences, found[:MOST], group)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _holds(text: str, group: Sequence[Words]) -> bool:
    plain = normalised(text)
    return any(all(_stands(word, plain) for word in words) for words in group if words)


def _stands(word: str, plain: str) -> bool:
    """Return whether a word is in a normalised text; a number only where it is a whole one."""
    wanted = normalised(word)
    if not wanted:
        return False
    if re.fullmatch(r"[\d.]+", wanted):
        return re.search(rf"(?<![\d.]){re.escape(wanted)}(?!\d|\.\d)", plain) is not None
    return wanted in plain


def _joined(sentences: Sequence[str], found: Sequence[int], group: Sequence[Words]) -> str:
    """Return the sentences at `found`, with ``…`` between those that are no neighbours."""
    made = ""
    for before, i in zip([found[0] - 1, *found], found, strict=False):
        made += ("" if i == before + 1 else "…") + _shortened(sentences[i], group)
    return made


def _shortened(sentence: str, group: Sequence[Words]) -> str:
    """Return the clauses of a long sentence that hold the words, or its part around the first."""
    if len(sentence) <= LONGEST:
        return sentence
    clauses = _CLAUSE.split(sentence)
    kept = [i for i, clause in enumerate(clauses) if _holds(clause, group)]
    if kept and len(kept) < len(clauses):
        first, last = kept[0], kept[-1]
        inner = "".join(clauses[first : last + 1])
        sentence = ("…" if first else "") + inner + ("…" if last + 1 < len(clauses) else "")
    if len(sentence) <= 2 * LONGEST:
        return sentence
    at = min((sentence.find(w) for words in group for w in words if w in sentence), default=0)
    start = max(0, min(at - LONGEST // 4, len(sentence) - LONGEST))
    end = start + LONGEST
    return ("…" if start else "") + sentence[start:end] + ("…" if end < len(sentence) else "")


def words_of(name: str) -> Iterator[str]:
    """Yield parts of a name that may stand alone in a text, longest first, three signs at least."""
    parts = re.split(r"[\s、，。；：:（）()《》“”\"'—–\-·/及和与]+", name)
    yield from sorted(
        {part for part in parts if len(part) > 2}, key=lambda part: (-len(part), part)
    )
