"""Sheets as PDF and PNG: their size, their text, and what is said where something is missing."""

from __future__ import annotations

import re
import struct
import sys
import zlib

import pytest

from geoplan import typeset
from geoplan.errors import StageError, UsageError
from geoplan.typeset import check_dpi, chinese_font

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="0 0 100 50">'
    '<rect x="0" y="0" width="50" height="50" fill="#ff0000"/>'
    '<text x="60" y="25" font-family="\'{font}\'" font-size="5">晋中市</text></svg>'
)
SIZE = (100.0, 50.0)


class Fonts:
    """Stands for the fonts of another machine."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)

    def families(self) -> list[str]:
        """Return the names."""
        return self.names


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> object:
    """Return what sets the fonts that are installed."""

    def install(*names: str) -> None:
        monkeypatch.setattr(typeset, "_fonts", lambda: Fonts(*names))

    return install


def pixel(png: bytes, x: int, y: int) -> tuple[int, ...]:
    """Return a pixel of a PNG of 8 bit with alpha whose lines are filtered in any way."""
    width, height, bits, kind = struct.unpack(">IIBB", png[16:26])
    assert (bits, kind) in ((8, 6), (8, 2))
    assert x < width
    assert y < height
    size = 4 if kind == 6 else 3
    data, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        data += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    lines, last = zlib.decompress(data), bytearray(width * size)
    for number in range(y + 1):
        start = number * (width * size + 1)
        way, line = lines[start], bytearray(lines[start + 1 : start + 1 + width * size])
        for i in range(len(line)):
            left = line[i - size] if i >= size else 0
            up, corner = last[i], last[i - size] if i >= size else 0
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda v: abs(guess - v))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, nearest)[way]) % 256
        last = line
    return tuple(last[x * size : x * size + 3])


def test_png_has_the_dots_that_are_asked_for() -> None:
    made = typeset.typeset(SVG, size=SIZE, title="图", as_="png", dpi=127)
    assert made.startswith(b"\x89PNG")
    assert struct.unpack(">II", made[16:24]) == (500, 250)
    assert pixel(made, 100, 100) == (255, 0, 0)
    assert pixel(made, 490, 5) == (255, 255, 255)


def test_pdf_has_the_size_of_the_sheet_its_title_and_the_same_bytes_twice() -> None:
    svg = SVG.format(font=chinese_font())
    made, again = (typeset.typeset(svg, size=SIZE, title="晋中", as_="pdf") for _ in range(2))
    assert made.startswith(b"%PDF")
    assert made == again
    box = re.search(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", made)
    assert box is not None
    points = [float(value) * 25.4 / 72 for value in box.groups()]
    assert points == pytest.approx(SIZE, abs=0.01)
    assert b"/FontFile" in made or b"/ObjStm" in made  # text is text, in a font of its own


def test_a_title_cannot_run_as_code() -> None:
    title = '#panic("x") \\ "] #{'
    assert typeset.typeset(SVG, size=SIZE, title=title, as_="png", dpi=72)


def test_a_broken_sheet_is_named() -> None:
    with pytest.raises(StageError, match="typst cannot make the sheet '图'"):
        typeset.typeset("<svg", size=SIZE, title="图", as_="png", dpi=72)


@pytest.mark.parametrize("dpi", [-1, 0, 71, 601, 1_000_000])
def test_absurd_resolutions_are_refused(dpi: int) -> None:
    with pytest.raises(UsageError, match=rf"{dpi} dots per inch; allowed are 72 to 600"):
        check_dpi(dpi)


@pytest.mark.parametrize("dpi", [72, 300, 600])
def test_others_are_not(dpi: int) -> None:
    check_dpi(dpi)


def test_the_first_chinese_font_is_taken(fonts: object) -> None:
    fonts("Arial", "WenQuanYi Zen Hei", "Noto Sans CJK SC")  # type: ignore[operator]
    assert chinese_font() == "Noto Sans CJK SC"
    assert chinese_font("arial") == "Arial"


def test_without_chinese_the_package_is_named(fonts: object) -> None:
    fonts("Arial")  # type: ignore[operator]
    with pytest.raises(StageError) as fault:
        chinese_font()
    for wanted in ("fonts-noto-cjk", "SimHei", "Supplemental Fonts", "--font", "SVG needs no"):
        assert wanted in str(fault.value)


def test_a_font_that_is_not_there_gets_a_suggestion(fonts: object) -> None:
    fonts("Noto Sans CJK SC", "Arial")  # type: ignore[operator]
    with pytest.raises(UsageError, match=r"no font 'Noto Sans SC' .* Did you mean Noto Sans CJK"):
        chinese_font("Noto Sans SC")


def test_without_typst_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(StageError, match=r"need the package typst.*pip install typst"):
        typeset.typeset(SVG, size=SIZE, title="图", as_="png")
