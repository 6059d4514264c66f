"""Names of encodings, in all dialects in which files and people write them."""

from __future__ import annotations

import codecs
import difflib
import re
from types import MappingProxyType

from geoplan.errors import UsageError, coded

CHINESE = ("UTF-8", "GB18030", "CP950")
"""Encodings that texts are tried in where nothing is stated."""

_NAMES = MappingProxyType(
    {
        **dict.fromkeys(("utf8", "65001", "utf8sig", "unicode11utf8", "utf8bom"), "UTF-8"),
        **dict.fromkeys(
            ("936", "gbk", "gb", "gb2312", "gb18030", "euccn", "gb23121980", "gb231280"), "GB18030"
        ),
        **dict.fromkeys(("gb180302000", "gb180302005", "gb180302022", "54936", "20936"), "GB18030"),
        **dict.fromkeys(("950", "big5", "bigfive", "b5"), "CP950"),
        **dict.fromkeys(("big5hkscs", "951"), "BIG5-HKSCS"),
        **dict.fromkeys(("88591", "iso88591", "latin1", "28591", "l1"), "ISO-8859-1"),
        **dict.fromkeys(("1200", "utf16", "utf16le", "1201", "utf16be"), "UTF-16"),
        **dict.fromkeys(("ascii", "usascii", "20127"), "UTF-8"),
        **dict.fromkeys(("932", "shiftjis", "sjis"), "CP932"),
        **dict.fromkeys(("949", "euckr", "ksc5601"), "CP949"),
    }
)
"""By lower case without signs and without ``cp``, ``oem``, ``ansi``, ``windows`` in front.

CP936, GBK and GB2312 are parts of GB18030; ASCII is one of UTF-8.
"""

_SINGLE = {
    **{str(page): f"CP{page}" for page in (437, 850, 852, 866, *range(1250, 1259))},
    **{f"iso8859{n}": f"ISO-8859-{n}" for n in (2, 5, 7, 9, 15)},
    **{f"8859{n}": f"ISO-8859-{n}" for n in (2, 5, 7, 9, 15)},
    **{f"2859{n}": f"ISO-8859-{n}" for n in (2, 5, 7, 9)},
    "koi8r": "KOI8-R",
}
"""Encodings of one byte a sign, which hardly ever fail on any bytes."""

LANGUAGE_BYTES = MappingProxyType(
    {
        **dict.fromkeys((0x4D, 0x7A), "GB18030"),
        **dict.fromkeys((0x4F, 0x78), "CP950"),
        **dict.fromkeys((0x13, 0x7B), "CP932"),
        **dict.fromkeys((0x4E, 0x79), "CP949"),
        **dict.fromkeys((0x58, 0x59), "CP1252"),
        0x01: "CP437",
        0x02: "CP850",
        0xC8: "CP1250",
        0xC9: "CP1251",
    }
)
"""What byte 29 of a dBASE table says; 0x00, 0x03 and 0x57 are written without meaning them."""

MEANT_FOR_NOTHING = (0x00, 0x03, 0x57)
"""Language bytes that programs write whatever the texts are in."""


def named(word: str) -> str | None:
    """Return the name of the encoding that `word` means, such as ``GB18030``; None if unknown."""
    plain = re.sub(r"[^a-z0-9]", "", word.lower())
    plain = plain.removeprefix("x") or plain
    bare = re.sub(r"^(cp|oem|ansi|windows|win|ms|codepage|x)+(?=\d)", "", plain)
    for each in (plain, bare):
        found = _NAMES.get(each) or _SINGLE.get(each)
        if found:
            return found
    return None


def is_western(name: str) -> bool:
    """Return whether an encoding has one byte a sign, and so reads nearly any bytes."""
    return name in {*_SINGLE.values(), "ISO-8859-1"}


def given_name(word: str) -> str:
    """Return the encoding that a person gave; `UsageError` with what is near where unknown."""
    found = named(word)
    if found is not None:
        codecs.lookup(found)
        return found
    known = [*CHINESE, "GBK", "GB2312", "CP936", "BIG5", "BIG5-HKSCS", "ISO-8859-1", "CP1252"]
    close = difflib.get_close_matches(word.upper(), known, n=1, cutoff=0.5)
    hint = f" Do you mean {close[0]}?" if close else ""
    fault = UsageError(
        f"--encoding {word!r}: there is no such encoding.{hint} Of Chinese texts it is GB18030 "
        "(GBK and GB2312 are parts of it), UTF-8 or BIG5"
    )
    raise coded(fault, "encoding.unknown")
