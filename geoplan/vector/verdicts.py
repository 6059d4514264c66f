"""Which encoding it is, after texts were read in several: statements against what fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from geoplan.reading import Notice
from geoplan.vector.code_pages import CHINESE, is_western
from geoplan.vector.dbase import Cell
from geoplan.vector.readings import Found, Tally
from geoplan.vector.wrong_texts import faults_told, first_of

CONVINCING = 0.7
"""Plausibility from which another encoding is held against a stated one."""

APART = 0.3
"""By how much it has to be more plausible."""

ENOUGH, HARDLY = 10, 0.35
"""Characters from which texts of so little plausibility are not taken for Chinese ones."""


class Statement(NamedTuple):
    """What a file says of its encoding."""

    word: str
    """As it is written."""
    name: str | None
    """None where the word is not known."""
    where: str
    """Such as ``its .cpg``."""


@dataclass(frozen=True)
class Verdict:
    """An encoding, how it came about, on what grounds, and what is to be told."""

    name: str
    how: Literal["stated", "detected", "assumed", "given"]
    evidence: str
    notices: tuple[Notice, ...] = ()


def decided(
    blocks: Callable[[], Iterable[list[Cell]]],
    said: Sequence[Statement],
    *,
    given: str | None,
    unit: str,
) -> Verdict:
    """Return the encoding of texts.

    Parameters
    ----------
    blocks
        Returns texts that are not plain ASCII; is called twice where nothing is stated.
    said
        What the file states, the weightiest first.
    given
        What a person says.
    unit
        What places are counted in: ``row`` or ``line``.
    """
    names = [*CHINESE, *(s.name for s in said if s.name), *([given] if given else [])]
    stated = next((s for s in said if s.name), None)
    believed = given or (stated.name if stated else None)
    tallies = _tallied(blocks(), {name: name == believed for name in names})
    told = _of_statements(said, tallies)
    if given is not None:
        verdict = _given(given, tallies, unit)
    elif stated is not None:
        verdict = _stated(stated, tallies, unit)
    else:
        verdict = _unstated(tallies, unit)
    chosen = tallies[verdict.name]
    if not chosen.whole and chosen.sample:
        chosen = _tallied(blocks(), {verdict.name: True})[verdict.name]
    # Texts that look like another encoding were not misread by those who wrote them.
    wrong = {n.code for n in verdict.notices} & {"encoding.implausible"}
    if wrong:
        chosen.found.pop("double", None)
    faults = (
        () if any(n.severity == "error" for n in verdict.notices) else faults_told(chosen, unit)
    )
    notices = (*(() if given else told), *verdict.notices, *faults)
    return Verdict(verdict.name, verdict.how, verdict.evidence, notices)


def _tallied(blocks: Iterable[list[Cell]], names: Mapping[str, bool]) -> dict[str, Tally]:
    """Read texts in encodings; of those that are true, everything is counted."""
    tallies = {name: Tally(name, whole) for name, whole in names.items()}
    for cells in blocks:
        if cells:
            for tally in tallies.values():
                tally.add(cells)
    return tallies


def _plain(tallies: Mapping[str, Tally]) -> bool:
    """Return whether no text has anything beyond ASCII."""
    return all(not t.failed.count and not t.sample for t in tallies.values())


def _best(tallies: Mapping[str, Tally]) -> Tally | None:
    """Return the reading that fits and is the most plausible; None where none fits."""
    utf8 = tallies["UTF-8"]
    others = [tallies[name] for name in CHINESE if name != "UTF-8"]
    fit = sorted((t for t in others if not t.failed.count), key=lambda t: -t.plausible)
    if utf8.failed.count:
        return fit[0] if fit else None
    # Chinese texts of a few bytes can be valid UTF-8 by chance, but then hold no Chinese there.
    if (
        _by_chance(utf8)
        and utf8.plausible < CONVINCING
        and fit
        and fit[0].plausible >= 0.9
        and fit[0].han
    ):
        return fit[0]
    return utf8


def _by_chance(utf8: Tally) -> bool:
    """Return whether so few texts fit UTF-8 that they may be in another encoding."""
    return not utf8.han and not utf8.failed.count and utf8.beyond <= _CHANCE


_CHANCE = 6
"""Characters of two bytes that may fit UTF-8 by chance: of one, the odds are one to five."""


def _of_statements(said: Sequence[Statement], tallies: Mapping[str, Tally]) -> tuple[Notice, ...]:
    notices = []
    for s in said:
        if s.name is None and s.word:
            message = f"{s.where} names the encoding {s.word!r}, which is not known"
            notices.append(
                Notice("encoding.unknown", "warning", message, proposal="--encoding NAME")
            )
    known = [s for s in said if s.name]
    if len({s.name for s in known}) > 1 and not _plain(tallies):
        parts = [f"{s.where} says {s.word}" for s in known]
        fits = ", ".join(s.name or "" for s in known if not tallies[s.name or ""].failed.count)
        message = f"{' but '.join(parts)}; read as {known[0].name}"
        evidence = f"texts can be read as: {fits or 'neither'}"
        notices.append(Notice("encoding.statements_differ", "warning", message, evidence))
    return tuple(notices)


def _given(name: str, tallies: Mapping[str, Tally], unit: str) -> Verdict:
    tally = tallies[name]
    evidence = f"given; {_told(tally)}"
    if tally.failed.count:
        message = f"its texts are not {name}, which was given: {_place(tally.failed, unit)}"
        notice = _error("encoding.given_fails", message, tally, tallies)
        return Verdict(name, "given", evidence, (notice,))
    return Verdict(name, "given", evidence, _implausible(tally, tallies, "was given"))


def _stated(said: Statement, tallies: Mapping[str, Tally], unit: str) -> Verdict:
    name = said.name or ""
    tally = tallies[name]
    says = f"{said.where} says {said.word}"
    if _plain(tallies):
        return Verdict(name, "stated", f"{says}; all texts are ASCII")
    evidence = f"{says}; {_told(tally)}"
    if tally.failed.count:
        message = f"{says}, but its texts are not: {_place(tally.failed, unit)}"
        notice = _error("encoding.contradicted", message, tally, tallies)
        return Verdict(name, "stated", evidence, (notice,))
    return Verdict(name, "stated", evidence, _implausible(tally, tallies, f"{said.where} says"))


def _unstated(tallies: Mapping[str, Tally], unit: str) -> Verdict:
    if _plain(tallies):
        return Verdict("UTF-8", "assumed", "all texts are ASCII, there is nothing to decide")
    best = _best(tallies)
    if best is None or (best.signs >= ENOUGH and best.plausible < HARDLY):
        message = "its texts are in no encoding that geoplan can tell"
        if best is None:
            failing = [
                f"not {n}: {first_of(t.failed, unit)} (bytes {t.failed.content[:12].hex(' ')})"
                for n, t in tallies.items()
            ]
            message = f"its texts are neither UTF-8 nor GB18030 nor BIG5: {'; '.join(failing)}"
        proposal = "say which with --encoding, or put a .cpg file beside it that states it"
        notice = Notice(
            "encoding.undecided", "error", message, _samples(tallies.values()), proposal
        )
        name = best.name if best else "UTF-8"
        return Verdict(name, "detected", _samples(tallies.values()), (notice,))
    rivals = [
        t
        for t in tallies.values()
        if t is not best
        and not t.failed.count
        and t.han
        and (t.plausible > best.plausible - APART and t.plausible >= 0.5)
        and (best.name != "UTF-8" or _by_chance(best))
    ]
    if best.name != "UTF-8" and _by_chance(tallies["UTF-8"]):
        rivals.append(tallies["UTF-8"])
    evidence = _samples([best, *rivals])
    if rivals:
        names = " or ".join(t.name for t in rivals)
        message = f"no encoding is stated; read as {best.name}, but it may be {names}"
        proposal = f"--encoding {best.name}, or --encoding {rivals[0].name}"
        notice = Notice("encoding.ambiguous", "warning", message, evidence, proposal)
    else:
        message = f"no encoding is stated; its texts are read as {best.name}"
        severity: Literal["info", "warning"] = "info" if best.name == "UTF-8" else "warning"
        notice = Notice("encoding.detected", severity, message, evidence, f"--encoding {best.name}")
    return Verdict(best.name, "detected", evidence, (notice,))


def _implausible(tally: Tally, tallies: Mapping[str, Tally], says: str) -> tuple[Notice, ...]:
    """Tell where another encoding is much more plausible than the one that is read in."""
    best = _best(tallies)
    if best is None or best is tally or best.name == tally.name or not best.han:
        return ()
    if best.plausible < CONVINCING or tally.plausible > best.plausible - APART:
        return ()
    message = f"{says} {tally.name}, but its texts look like {best.name}; read as {tally.name}"
    evidence = _samples([tally, best])
    return (
        Notice("encoding.implausible", "warning", message, evidence, f"--encoding {best.name}"),
    )


def _error(code: str, message: str, tally: Tally, tallies: Mapping[str, Tally]) -> Notice:
    best = _best(tallies)
    if best is None or best is tally:
        proposal = "export it again in UTF-8, or name its encoding with --encoding"
        evidence = ""
    else:
        proposal, evidence = f"--encoding {best.name}", _samples([best])
        message = f"{message}. They can be read as {best.name}: {best.sample}"
    rows, count = tuple(row for row in tally.failed.rows if row), tally.failed.count
    return Notice(code, "error", message, evidence, proposal, rows=rows, count=count)


def _place(found: Found, unit: str) -> str:
    """Say where texts fail."""
    return f"{found.count} {unit}(s), {first_of(found, unit)} (bytes {found.content[:12].hex(' ')})"


def _told(tally: Tally) -> str:
    if not tally.sample:
        return "all texts are ASCII"
    if tally.signs and not is_western(tally.name):
        share = f"{tally.plausible:.0%} of {tally.signs} characters are common"
        return f"{share}: {tally.sample}"
    return f"reads: {tally.sample}"


def _samples(tallies: Iterable[Tally]) -> str:
    return "; ".join(f"{t.name}: {_told(t)}" for t in tallies if t.sample and not t.failed.count)
