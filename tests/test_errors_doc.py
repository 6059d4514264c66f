"""``docs/errors.md`` explains every code of the program, and no other."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.codes import classes, codes, codes_of

PAGE = Path(__file__).parents[1] / "docs" / "errors.md"
ROW = re.compile(r"^\| `([a-z0-9_.]+)` \| (.+) \| (.+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str, str]]:
    """Return the rows of the page: code, what it means, and its Chinese words."""
    return ROW.findall(PAGE.read_text("utf-8"))


def test_every_code_is_explained(rows: list[tuple[str, str, str]]) -> None:
    explained = {code for code, _, _ in rows}
    assert {code: where for code, where in codes().items() if code not in explained} == {}


def test_nothing_else_is_explained(rows: list[tuple[str, str, str]]) -> None:
    assert sorted({code for code, _, _ in rows} - set(codes())) == []
    assert [code for code, n in Counter(code for code, _, _ in rows).items() if n > 1] == []


def test_every_code_has_sentences_in_both_languages(rows: list[tuple[str, str, str]]) -> None:
    for code, words, gloss in rows:
        assert words.endswith("."), code
        assert re.search("[\u4e00-\u9fff]{2}", gloss), code


def test_classes_have_their_exit_codes(rows: list[tuple[str, str, str]]) -> None:
    told = {code: words for code, words, _ in rows}
    for code, kind in classes().items():
        assert f"`{kind.__name__}`, {kind.exit_code} |" in told[code]


def test_codes_are_found_in_source() -> None:
    source = '''
"""crs.document"""
Notice("crs.one", "info", "crs.elsewhere is no code: crs.two")
coded(DataError("x"), "format.three" if a else "format.four")
refusal(path, "five" if a else "six", "seven")
_not("a", "b", "eight")
issue_row("layers.nine", "subject", "message")
read("fields.json")
'''
    assert codes_of(source) == {
        *("crs.one", "format.three", "format.four", "refused.five", "refused.six"),
        *("refused.eight", "layers.nine"),
    }
