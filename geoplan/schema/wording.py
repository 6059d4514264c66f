"""Figures in words, as people read them: relation, number, size, measure; Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from geoplan.schema.measures import MEASURES, Measure
from geoplan.schema.vocabulary import ReadingKind, Relation

_RELATIONS: Mapping[Relation, tuple[str, str]] = {
    "equal": ("{}", "{}"),
    "about": ("约{}", "about {}"),
    "over": ("{}多", "over {}"),
    "at_least": ("不低于{}", "at least {}"),
    "at_most": ("不超过{}", "at most {}"),
    "more_than": ("超过{}", "more than {}"),
    "less_than": ("低于{}", "less than {}"),
}


_IGNORED = re.compile(r"[\s“”\"'‘’]")


def normalised(text: str) -> str:
    """Return `text` without spaces and quotes, wide digits and letters as plain ones."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))


def figure_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return a claim's figure with its measure: 约6422平方公里, about 6422 km².

    `row` is one of the tables `stated` or `claims`. Chinese keeps the printed
    size (3万多人), English writes it out (over 30,000 persons). A figure without
    a measure stands alone.
    """
    if row["measure"] is None:
        return number_words(row)
    size, word = _sized(row)
    zh = _number(row, _RELATIONS[row["relation"]][0], between=size)
    return f"{zh}{word}", _english(row)


def number_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return a claim's number or range as it is meant, in Chinese and English, no measure."""
    zh, en = _RELATIONS[row["relation"]]
    return _number(row, zh), _number(row, en)


def measure_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the measure of a claim or indicator, in Chinese with the counter as printed."""
    measure = MEASURES[row["measure"]]
    return row["counter"] or measure.zh, measure.en


READINGS: Mapping[ReadingKind, tuple[str, str]] = {
    "actual": ("{}年实际", "{} actual"),
    "target": ("{}年目标", "{} target"),
    "actual_growth": ("{}年实际增长", "{} actual growth"),
    "target_growth": ("{}年目标增长", "{} target growth"),
}

EMPTY_CELLS = ("-", "—", "--", "——", "－", "－－")
"""Cells of tables that say that there is no figure."""


def reading_words(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return a row of `indicators` in words: 2015年实际 1046.1亿元; None for an empty cell.

    A cell that is no number is told as printed, in both languages.
    """
    printed = row["printed"].strip()
    if printed in EMPTY_CELLS:
        return None
    zh, en = (form.format(row["year"]) for form in READINGS[row["reading"]])
    if row["value"] is None:
        return f"{zh} {printed}", f"{en} {printed}"
    unit = MEASURES[row["measure"]] if row["measure"] else None
    growth = row["reading"].endswith("growth")
    size = abs(row["value"])
    ends = sorted([size, *([] if row["value_to"] is None else [abs(row["value_to"])])])
    figure = {**row, "counter": None if growth else row["counter"], "published": ends[0]}
    figure["published_to"] = ends[1] if len(ends) > 1 else None
    if unit is None:
        return f"{zh} {printed}", f"{en} {number_words(figure)[1]}"
    shown, spelled = figure_words(figure)
    # A cell that has its measure, or a fall, is told as it is printed.
    shown = printed if _says(printed, unit) or row["value"] < 0 else shown
    total = ("（累计）", " in all") if row["cumulative"] else ("", "")
    fall = "fall of " if row["value"] < 0 else ""
    return f"{zh} {shown}{total[0]}", f"{en} {fall}{spelled}{total[1]}"


def _says(printed: str, unit: Measure) -> bool:
    """Return whether a cell has its measure in it: 8%, 10个月左右."""
    return unit.zh in printed or "%" in printed or "ug/m3" in printed


def _sized(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return 万, 亿 or 万亿 of a measure, and the rest of its Chinese word."""
    word = measure_words(row)[0]
    size = next((size for size in ("万亿", "万", "亿") if word.startswith(size)), "")
    return size, word.removeprefix(size)


def _number(row: Mapping[str, Any], form: str, *, between: str = "") -> str:
    low, high = row["published"], row["published_to"]
    text = plain(low) if high is None else f"{plain(low)}—{plain(high)}"
    return form.format(text + between)


_SIZES_EN = (("10,000 ", 10**4), ("100 million ", 10**8), ("trillion ", 10**12))
_STEPS = ((10**12, " trillion"), (10**9, " billion"), (10**6, " million"))


def _english(row: Mapping[str, Any]) -> str:
    name, scale = MEASURES[row["measure"]].en, 1
    for words, size in _SIZES_EN:
        if name.startswith(words):
            name, scale = name.removeprefix(words), size
    numbers = [row["published"], row["published_to"]]
    shown = [_spelled(n, scale) for n in numbers if n is not None]
    form = _RELATIONS[row["relation"]][1]
    return f"{form.format('—'.join(shown))} {name}"


def _spelled(value: float, scale: int) -> str:
    if scale == 1:
        return plain(value)
    whole = Decimal(repr(value)) * scale
    for step, word in _STEPS:
        if whole >= step:
            return f"{_shortest(whole / step)}{word}"
    return f"{whole:,f}".rstrip("0").rstrip(".") if "." in f"{whole:f}" else f"{whole:,f}"


def _shortest(number: Decimal) -> str:
    return f"{number.normalize():f}"


def plain(value: float) -> str:
    """Return a printed figure as it was printed, without a trailing ``.0``."""
    return _shortest(Decimal(repr(value)))
