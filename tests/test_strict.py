"""What people write in TOML files: one reader, which tells every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.errors import ConfigError
from geoplan.strict import Strict, Text, read_strict


class Note(Strict):
    """A file of two keys."""

    title: Text
    size: float


def read(path: Path, content: bytes) -> Note:
    path.write_bytes(content)
    return read_strict(path, Note, keys=list(Note.model_fields))


def test_a_mark_of_editors_before_the_text_is_passed_over(tmp_path: Path) -> None:
    made = read(tmp_path / "note.toml", b"\xef\xbb\xbf" + 'title = "平遥"\nsize = 2'.encode())
    assert made == Note(title="平遥", size=2.0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('title = "灵石"\nsize = 2'.encode("gb18030"), "cannot be read as UTF-8 text"),
        (b"title = ", "not valid TOML"),
        (b'title = "a"\nsize = "2 km"', "note.toml: 1 fault(s):\n  - line 2: size"),
        (b'titel = "a"\nsize = 2\ntitle = "b"', "line 1: unknown key 'titel'. Did you mean title?"),
        (b'title = " "\nsize = "x"', "2 fault(s)"),
    ],
)
def test_faults_are_told_with_file_and_line(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        read(tmp_path / "note.toml", content)
    assert said in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        read_strict(tmp_path / "none.toml", Note, keys=["title"])
