"""Names of pages, and which pages are replaced."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from geoplan.errors import UsageError
from geoplan.own_map import Made, Options, map_file
from geoplan.own_map.target import HEAD, MOST_BYTES, page_name
from tests.small import SmallProject, box


def plot(small: SmallProject, name: str) -> Path:
    """Write one plot."""
    return small.write_shapes([box(0.2, 0.2, 0.7, 0.7)], name=name, use=["田"])


def made_of(small: SmallProject, path: Path, *, force: bool = False) -> Made:
    """Make a page in the current folder."""
    return map_file(path, "use", project=small.load(), options=Options(force=force))


@pytest.fixture(autouse=True)
def here(small: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.root)


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("地块.gpkg", "地块.html"),
        ("2023 红线（终稿）.shp", "2023 红线（终稿）.html"),
        ("plots.v2.gpkg", "plots.v2.html"),
        ('a<b>:"c|d?*e\\f.gpkg', "a-b-c-d-e-f.html"),
        ("a\tb\u202ec\x7f.gpkg", "a-b-c-.html"),
        (os.fsdecode(b"\xb5\xd8.gpkg"), "--.html"),
        ("CON.gpkg", "_CON.html"),
        ("com1.old.gpkg", "_com1.old.html"),
        ("lpt².gpkg", "_lpt².html"),
        ("console.gpkg", "console.html"),
        (" . .gpkg", "own-map.html"),
        ("地" * 80 + ".gpkg", "地" * (MOST_BYTES // 3) + ".html"),
    ],
)
def test_a_page_keeps_the_name_of_its_file(file: str, page: str) -> None:
    assert page_name(Path(file)) == page


def test_files_of_other_names_have_other_pages(small: SmallProject) -> None:
    for name in ("地块", "红线", "2023地块", "2023红线"):
        assert made_of(small, plot(small, f"{name}.gpkg")).out == Path(f"{name}.html")
    assert len(list(small.root.glob("*.html"))) == 4


def test_the_page_of_another_file_is_not_replaced(small: SmallProject) -> None:
    page = made_of(small, plot(small, "地块.gpkg")).out
    before = page.read_bytes()
    other = plot(small, "地块.parquet")
    said = r"地块\.html: .* made from '地块\.gpkg', not from '地块\.parquet'.*--out.*--force"
    with pytest.raises(UsageError, match=said):
        made_of(small, other)
    assert page.read_bytes() == before
    assert made_of(small, other, force=True).out == page
    assert page.read_bytes() != before
    made_of(small, other)  # its own page it replaces
    with pytest.raises(UsageError, match=r"made from '地块\.parquet'"):
        made_of(small, small.root / "地块.gpkg")


def test_pages_that_name_no_file_are_not_replaced(small: SmallProject) -> None:
    path = plot(small, "a.gpkg")
    page = made_of(small, path).out
    text = page.read_text("utf-8")
    page.write_text(re.sub(r"<meta name=.geoplan-file[^>]*>", "", text), "utf-8")
    with pytest.raises(UsageError, match=r"from a file that it does not name.*--force"):
        made_of(small, path)


def test_the_page_says_name_and_sha256_of_its_file(small: SmallProject) -> None:
    name = "\"><b>&'" + "&" * 200 + ".parquet"
    made = made_of(small, plot(small, name))
    text = made.out.read_text("utf-8")
    found = re.search(r'<meta name="geoplan-file" content="([^"]*)" data-sha256="(\w{64})">', text)
    assert found is not None
    assert found.end() < HEAD
    assert "&lt;b&gt;" in found[1]
    assert "<b>" not in text
    assert made_of(small, small.root / name).out == made.out
