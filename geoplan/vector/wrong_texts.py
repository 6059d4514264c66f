"""What is told of texts that no encoding mends: characters lost, misread, cut or unseen."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.reading import Notice
from geoplan.vector.readings import KINDS, Found, Tally

_WORDS = {
    "lost": "hold characters that were lost before the file was written",
    "double": "were misread and written again",
    "control": "hold control characters or signs that cannot be seen",
    "private": "hold characters of private use, which other programs show as others or not at all",
}
_DO = {
    "lost": "export the file again from where its texts are whole",
    "double": "export the file again from where its texts are whole",
    "control": "clean the texts",
    "private": "replace them by characters of Unicode",
}


def noticed_in(found: Mapping[str, Found], unit: str) -> tuple[Notice, ...]:
    """Return notices of what no text should hold, by kind."""
    return tuple(_notice(kind, found[kind], unit) for kind in KINDS if kind in found)


def _notice(kind: str, found: Found, unit: str) -> Notice:
    code = {
        "lost": "encoding.lost",
        "double": "encoding.double",
        "control": "encoding.control",
        "private": "encoding.private",
    }[kind]
    place = first_of(found, unit)
    message = f"{found.count} text(s) {_WORDS[kind]}; {place}: {found.sample}"
    if found.meant:
        message += f", which was {found.meant}"
    rows = tuple(row for row in found.rows if row)
    return Notice(code, "warning", message, proposal=_DO[kind], rows=rows, count=found.count)


def faults_told(tally: Tally, unit: str) -> tuple[Notice, ...]:
    """Return notices of what is wrong in texts that were read in the right encoding."""
    notices = list(noticed_in(tally.found, unit))
    if tally.cut.count:
        names = "names of columns and texts" if 0 in tally.cut.rows else "texts"
        message = (
            f"{tally.cut.count} {names} end within a character, as they were cut to the width of "
            f"their column; half a character is left out: {tally.cut.sample}"
        )
        rows = tuple(row for row in tally.cut.rows if row)
        do = "widen the column, or use a format without widths"
        notices.append(
            Notice(
                "encoding.cut", "warning", message, proposal=do, rows=rows, count=tally.cut.count
            )
        )
    return tuple(notices)


def first_of(found: Found, unit: str) -> str:
    """Say where the first of texts stands."""
    if found.rows[:1] == [0]:
        return f"the first is the name of column {found.column}"
    column = f", column {found.column}" if found.column else ""
    return f"the first is {unit} {found.rows[0]}{column}"
