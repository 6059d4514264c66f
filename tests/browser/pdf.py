"""What a PDF of Chromium says: its pages, its fonts, its text; no more of PDF than that needs."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass, field

MM = 72 / 25.4
"""Points in a millimetre."""

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj|(ET)")


@dataclass
class Pdf:
    """The objects of a file by number."""

    raw: bytes
    objects: dict[int, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.objects = {int(number): body for number, body in _OBJECT.findall(self.raw)}

    def _of_type(self, name: bytes) -> list[bytes]:
        return [body for body in self.objects.values() if re.search(rb"/Type /%s\b" % name, body)]

    def pages(self) -> list[tuple[float, float]]:
        """Return width and height of every page in mm."""
        sizes = []
        for body in self._of_type(b"Page"):
            box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", body)
            assert box
            sizes.append((float(box[1]) / MM, float(box[2]) / MM))
        return sizes

    def bare_fonts(self) -> list[bytes]:
        """Return fonts that are not inside the file."""
        return [
            body
            for body in self._of_type(b"Font")
            if b"/Type3" not in body and not self._descends(body) and not self._has_file(body)
        ]

    def _descends(self, body: bytes) -> bool:
        below = re.search(rb"/DescendantFonts \[(\d+) 0 R\]", body)
        return below is not None and self._has_file(self.objects[int(below[1])])

    def _has_file(self, body: bytes) -> bool:
        described = re.search(rb"/FontDescriptor (\d+) 0 R", body)
        return described is not None and b"/FontFile" in self.objects[int(described[1])]

    def _stream(self, number: int) -> bytes:
        head, _, rest = self.objects[number].partition(b"stream\n")
        data = rest.rpartition(b"\nendstream")[0]
        return zlib.decompress(data) if b"FlateDecode" in head else data

    def text(self) -> str:
        """Return all that is written, in the order in which it is drawn, a line a text."""
        fonts = {
            name: self._letters(int(number))
            for name, number in set(re.findall(rb"/(F\d+) (\d+) 0 R", self.raw))
        }
        made: list[str] = []
        for number, body in self.objects.items():
            if b"stream\n" in body and b" Tj" in (data := self._readable(number)):
                made += _written(data, fonts)
        return unicodedata.normalize("NFKC", "".join(made))

    def _readable(self, number: int) -> bytes:
        try:
            return self._stream(number)
        except zlib.error:
            return b""

    def _letters(self, font: int) -> Letters:
        there = re.search(rb"/ToUnicode (\d+) 0 R", self.objects[font])
        if there is None:
            return 2, {}
        cmap = self._stream(int(there[1]))
        digits = re.search(rb"begincodespacerange\n<(\w+)>", cmap)
        assert digits
        return len(digits[1]), _mapped(cmap)


Letters = tuple[int, dict[int, str]]
"""How many digits a code of a font has, and what each code stands for."""


def _written(data: bytes, fonts: dict[bytes, Letters]) -> list[str]:
    made: list[str] = []
    letters: Letters = (2, {})
    for name, codes, end in _SHOWN.findall(data):
        digits, known = letters
        if name:
            letters = fonts[name]
        elif codes:
            parts = [codes[i : i + digits] for i in range(0, len(codes), digits)]
            made.append("".join(known.get(int(part, 16), "") for part in parts))
        elif end:
            made.append("\n")
    return made


def _mapped(cmap: bytes) -> dict[int, str]:
    """Return the characters of a font's codes."""
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar\n(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<(\w+)> <(\w+)>", block):
            found[int(code, 16)] = _character(text)
    for block in re.findall(rb"beginbfrange\n(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<(\w+)> <(\w+)> <(\w+)>", block):
            start = int(first, 16)
            for code in range(start, int(last, 16) + 1):
                found[code] = chr(ord(_character(text)[-1]) + code - start)
    return found


def _character(text: bytes) -> str:
    return bytes.fromhex(text.decode()).decode("utf-16-be")
