"""Which mapping the name of a file or layer means: by the ministry's code, or in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from geoplan.mappings.files import Mappings
from geoplan.mappings.model import Mapping

_RUNS = re.compile(r"[A-Z]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_SUFFIXES = (
    *(".SHP", ".GPKG", ".GDB", ".GEOJSON", ".JSON", ".FGB", ".PARQUET", ".KML", ".KMZ", ".GML"),
    *(".DXF", ".CSV", ".XLSX", ".ZIP"),
)

PLAIN_RUNS = frozenset(
    [
        *("SHP", "GPKG", "GDB", "ZIP", "UTF", "GBK", "GB", "CGCS", "GK", "P", "PY", "POLYGON"),
        *("FINAL", "V"),
    ]
)
"""Letters beside a code that do not say that it is another layer."""

PLAIN_WORDS = frozenset(
    [
        *("面", "数据", "矢量", "矢量数据", "图层", "成果", "成果数据", "年", "年度", "版", "最终"),
        *("最终版", "封库", "封库版", "全域", "全市", "全县", "全省", "图斑", "年版", "年成果"),
        *("年数据", "划定成果", "下发版"),
    ]
)
"""Chinese words beside a name that do not say that it is another layer."""

_PLACE = re.compile(r"^[\u3400-\u9fff]*[省市县区州盟旗镇乡村]$")
_NO_PLACE = re.compile(
    r"(保护|核心|控制|缓冲|实验|试验|调出|调入|调整|建设|开发|发展|功能|分|片|园|社)区$|农村$"
)


def named(name: str, known: Mappings) -> tuple[Mapping, str] | None:
    """Return the mapping that a name means, and what else is in it that may say otherwise.

    `name` is that of a file, with or without its ending, or of a layer in it. Digits,
    separators, names of places before it and words such as 数据 do not count. The second
    value is empty where nothing speaks against it. None where no mapping is meant, or several.
    """
    stem = _stem(name)
    found = [
        *_by_code(stem, known),
        *_by_chinese(stem, known),
    ]
    codes = {mapping.code for mapping, _ in found}
    if len(codes) != 1:
        return None
    # Where code and Chinese name are both there, neither is foreign to the other.
    mapping = found[0][0]
    words = (mapping.code, *mapping.aliases, *mapping.names)
    return mapping, _foreign(stem, words)


def _stem(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).strip().upper()
    while text.endswith(_SUFFIXES):
        text = text.rpartition(".")[0]
    return text


def _by_code(stem: str, known: Mappings) -> list[tuple[Mapping, str]]:
    runs = _RUNS.findall(stem)
    return [
        (mapping, code)
        for mapping in known.values()
        for code in (mapping.code, *mapping.aliases)
        if code in runs
    ]


def _by_chinese(stem: str, known: Mappings) -> list[tuple[Mapping, str]]:
    return [
        (mapping, name)
        for mapping in known.values()
        for name in mapping.names
        if _is_said(name, stem)
    ]


def _is_said(name: str, stem: str) -> bool:
    """Return whether a Chinese name stands in a stem, and not as a part of a longer word."""
    for run in _CHINESE.findall(stem):
        before, found, behind = run.partition(name)
        # 行政区划 and 行政区界线 are no 行政区; a longer word is meant, with something beside it.
        plain = behind in ("", *PLAIN_WORDS) and (_is_place(before) or before in ("", *PLAIN_WORDS))
        if found and (plain or len(name) > 3):
            return True
    return False


def _is_place(word: str) -> bool:
    return bool(_PLACE.match(word)) and not _NO_PLACE.search(word)


def _foreign(stem: str, words: Sequence[str]) -> str:
    """Return what a stem says besides the names of a mapping, joined; empty if it is plain."""
    rest = stem
    for word in sorted(words, key=len, reverse=True):
        if _CHINESE.search(word):
            rest = rest.replace(word, " ")
    runs = [run for run in _RUNS.findall(rest) if run not in words and run not in PLAIN_RUNS]
    chinese = [
        run for run in _CHINESE.findall(rest) if run not in PLAIN_WORDS and not _is_place(run)
    ]
    return ", ".join([*runs, *chinese])
