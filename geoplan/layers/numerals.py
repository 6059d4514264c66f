"""Numbers in the texts of plans: digits, and Chinese numerals."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {digit: i for i, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_WRITTEN = re.compile(r"(?<![\d.])(?<!\d,)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?!\d|\.\d|,\d{3})")
_SPELLED = re.compile("[" + "".join(_DIGITS) + "".join(_TENS) + "]+")
ONE_OF = "个座条处家批所项大套支颗辆对张户人名位县市省区镇村级心核圈轴港园年次期场片"
"""What follows an 一 that counts; elsewhere (一体化, 一带一路) it does not."""


def figures_in(text: str) -> set[Decimal]:
    """Return the numbers of a normalised text: digits, and whole Chinese numerals.

    十三五 is no number, nor is the 一 of 一体化; 全部 and 全覆盖 are 100 percent.
    """
    found = {Decimal(n.replace(",", "") + rest) for n, rest in _WRITTEN.findall(text)}
    for match in _SPELLED.finditer(text):
        number = numeral(match[0])
        behind = text[match.end() : match.end() + 1]
        if number is not None and (number > 1 or (behind and behind in ONE_OF)):
            found.add(Decimal(number))
    return found | ({Decimal(100)} if re.search("全部|全覆盖|全面完成", text) else set())


def numeral(word: str) -> int | None:
    """Return the number of a Chinese numeral below ten thousand; None where it is none."""
    total, digit = 0, None
    last = 10_000
    for sign in word:
        if sign in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[sign]
        else:
            step = _TENS[sign]
            if step >= last:
                return None
            total += (1 if digit is None else digit) * step
            last, digit = step, None
    return total + (digit or 0)
