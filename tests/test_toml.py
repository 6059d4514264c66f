"""Faults of a TOML file: the line where each stands, and suggestions."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geoplan import toml
from geoplan.toml import Loc, fault_lines, line_of, suggestion

TEXT = """# title = nothing
id = "x"
title = { zh = "a", en = "b" }
note = { zh = "n" }
# focus = 3
focus = ["1",
  "2"]
dotted.page = 4
"quoted key" = 1

[[feature]]
id = "one"
name = { zh = "n", en = "e" }

[[feature]]   # two
id = "two"
class = "c"
sites = [
  { name = "a", lon = 1 },
  { name = "b", lon = 2 },
]
section = "s"

[budgets]
page = 3

[other]
page = 5
"""


def test_the_sample_is_toml() -> None:
    assert len(tomllib.loads(TEXT)["feature"]) == 2


@pytest.mark.parametrize(
    ("loc", "line"),
    [
        ((), 1),
        (("id",), 2),
        (("title",), 3),
        (("title", "en"), 3),
        (("note", "en"), 4),
        (("focus",), 6),
        (("focus", 1), 6),
        (("dotted", "page"), 8),
        (("quoted key",), 9),
        (("feature", 0, "id"), 12),
        (("feature", 0, "name", "en"), 13),
        (("feature", 1, "id"), 16),
        (("feature", 1, "class"), 17),
        (("feature", 1, "sites", 0, "lon"), 19),
        (("feature", 1, "sites", 1, "lon"), 20),
        (("feature", 1, "section"), 22),
        (("budgets",), 24),
        (("budgets", "page"), 25),
        (("other", "page"), 28),
    ],
)
def test_line_of_a_value(loc: Loc, line: int) -> None:
    assert line_of(TEXT, loc) == line


@pytest.mark.parametrize(
    ("loc", "line"),
    [
        (("scope",), 1),
        (("name",), 1),
        (("page",), 1),
        (("feature", 0, "class"), 11),
        (("feature", 1, "name"), 15),
        (("feature", 7, "id"), 1),
        (("feature", 1, "sites", 1, "lat"), 20),
        (("budgets", "pages"), 24),
    ],
)
def test_line_of_a_missing_value_is_that_of_its_parent(loc: Loc, line: int) -> None:
    assert line_of(TEXT, loc) == line


NESTED = """[[model]]
id = "a"
[[model.factor]]
id = "f"
[[model.factor]]
id = "g"
title = 1
[[model]]
id = "b"
[[model.factor]]
id = "h"
"""


@pytest.mark.parametrize(
    ("loc", "line"),
    [
        (("model", 0, "factor", 1, "id"), 6),
        (("model", 1, "factor", 0, "id"), 11),
        (("model", 1, "id"), 9),
        (("model", 0, "title"), 1),
        (("model", 1, "factor", 3, "id"), 8),
    ],
)
def test_line_of_a_table_in_a_table(loc: Loc, line: int) -> None:
    assert line_of(NESTED, loc) == line


def test_lines_end_at_newlines_only() -> None:
    assert line_of('a = "x\u2028y\u0085z\x0c"\nb = 1\n', ("b",)) == 2


class Inner(BaseModel):
    """A table in a file."""

    model_config = ConfigDict(extra="forbid")
    page: int = 1


class Model(BaseModel):
    """A file."""

    model_config = ConfigDict(extra="forbid")
    scope: str
    title: str = ""
    inner: Inner = Inner()


def faults_of(text: str, *, allowed: tuple[str, ...] = ("scope", "title", "inner")) -> list[str]:
    """Return the sentences for a file that is not a `Model`."""
    with pytest.raises(ValidationError) as caught:
        Model.model_validate(tomllib.loads(text))
    return fault_lines(text, caught.value, allowed=allowed)


def test_unknown_key_with_suggestion() -> None:
    assert faults_of('title = "t"\nscop = "1"\nscope = "1"\n') == [
        "line 2: unknown key 'scop'. Did you mean scope?"
    ]


def test_unknown_key_that_resembles_none_gets_the_whole_list() -> None:
    assert faults_of('scope = "1"\nqqq = 1\n') == [
        "line 2: unknown key 'qqq'. Allowed: scope, title, inner."
    ]
    assert faults_of('scope = "1"\nqqq = 1\n', allowed=()) == ["line 2: unknown key 'qqq'."]


def test_every_fault_has_its_line() -> None:
    faults = faults_of('title = 3\n\n[inner]\npage = "many"\n')
    assert [fault.partition(":")[0] for fault in faults] == ["line 1", "line 1", "line 4"]
    assert faults[0].startswith("line 1: scope: Field required")
    assert faults[2].startswith("line 4: inner.page: ")


def test_suggestions_are_near_and_said_once() -> None:
    assert suggestion("平遥", ["平遥县", "平遥县", "灵石县"]) == " Did you mean 平遥县?"
    assert suggestion("xyz", ["平遥县"]) == ""
    assert suggestion("abc", ["abcd", "abce", "abcf", "abcg"]).count(" or ") == 2
    assert suggestion("abc", ["abcd", "abce"], count=1) == " Did you mean abcd?"


class Branches(BaseModel):
    """A file with a value of two kinds, and a list that may not be empty."""

    axis: tuple[str | tuple[float, float], ...] = ()
    lines: tuple[int, ...] = Field(default=(), min_length=1)
    tables: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("axis = [1]", ["line 1: axis, value 1: must be a text in quotes"]),
        ('lines = ["x"]', ["line 1: lines, value 1: Input should be a valid integer"]),
        ("lines = []", ["line 1: lines: The list should have at least 1 item, not 0"]),
        ("lines = 3", ["line 1: lines: must be a list: [ … ]"]),
        ('[[tables]]\npage = 1\n[[tables]]\npage = "x"', ["line 4: tables 2, page: Input"]),
        ("tables = [3]", ["line 1: tables, value 1: must be a table"]),
    ],
)
def test_one_sentence_for_each_place_without_words_of_python(text: str, faults: list[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Branches.model_validate(tomllib.loads(text))
    found = fault_lines(text, caught.value)
    assert len(found) == len(faults)
    assert all(f.startswith(start) for f, start in zip(found, faults, strict=True))
    assert not set("".join(found)) & set("()")


@pytest.mark.parametrize(
    "text",
    [
        f"a = {'[' * 33}{']' * 33}",
        f"a = {'{b = ' * 33}1{'}' * 33}",
        f"{'.'.join('a' * 17)} = 1",
        f"[{'.'.join('a' * 17)}]",
        f"a = {'1' * 5000}",
        "a = 1e",
    ],
)
def test_texts_beyond_limits_are_refused(text: str) -> None:
    with pytest.raises(toml.UnreadableError, match="not valid TOML"):
        toml.parsed(text)


@pytest.mark.parametrize(
    "text",
    [
        f"a = {'[' * 32}{']' * 32}",
        f"{'.'.join('a' * 16)} = 1",
        f'a = "{"." * 99}{"[" * 99}"',
        f"a = '''{'.' * 99}\n{'[' * 99}'''",
        f'a = """{"." * 99}\\"""{"{" * 99}"""',
        f"# {'a.' * 99}{'[' * 99}\na = [1.5, 2.5, {', '.join(['3.5'] * 99)}]",
        r'a = "\\"' + f"\nb = '{'[' * 99}'",
    ],
)
def test_what_is_within_limits_or_within_texts_is_read(text: str) -> None:
    assert toml.parsed(text) == tomllib.loads(text)


def test_large_files_are_refused_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r")
    assert toml.read(path) == ("a = 1\nb = 2\n", {"a": 1, "b": 2})
    path.write_bytes(b"#" * (toml.LARGEST_BYTES + 1))
    with pytest.raises(toml.UnreadableError, match="has more than 4 MiB"):
        toml.read(path)
