"""Dossiers as files: of what, where to, and what is said where they cannot be made."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import pytest

from geoplan.build import Reports, build, report, reporting, run_stages
from geoplan.build.run import Run
from geoplan.errors import DataError, GeoplanError, StageError, UnitError, UsageError
from tests.small import SmallProject, feature, hashes, layer

Built = tuple[SmallProject, dict[str, str]]


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_the_scope_is_the_default_and_maps_are_left_alone(built: Built) -> None:
    small, files = built
    made = report(small.load(), how=Reports())
    assert names(made) == ["unit-910000.html", "unit-910000.docx"]
    assert all(path.parent == small.root / "export/report" for path in made)
    assert hashes(small.root / "maps") == files


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("西山", "910102"),
        ("西山县", "910102"),
        ("910102", "910102"),
        ("东山县", "910101"),  # the name before 2019
        ("910151", "910101"),  # and its code
        ("甲州市城区", "910104"),
        ("甲州", "910100"),
        ("试省", "910000"),
    ],
)
def test_units_are_called_by_name_code_or_former_name(
    built: Built, name: str, code: str, tmp_path: Path
) -> None:
    small, _ = built
    (made,) = report(small.load(), how=Reports(unit=name, formats=("html",), out=tmp_path))
    assert made == tmp_path / f"unit-{code}.html"


@pytest.mark.parametrize(
    ("how", "fault", "message"),
    [
        (Reports(unit="城区"), UnitError, r"'城区' is ambiguous: 2 units"),
        (Reports(unit="西山线"), UnitError, r"no unit or group\. Did you mean 西山"),
        (Reports(unit="老县"), UsageError, r"'老县' stands for 2 units of today: 甲州市西山县"),
        (Reports(theme="zone"), UsageError, r"no theme 'zone'\. Did you mean zones"),
        (Reports(document="plan-x"), UsageError, r"no document 'plan-x'\..*There are \d+: plan-a"),
        (
            Reports(unit="甲州", theme="zones"),
            UsageError,
            r"2 are given: --unit, --theme",
        ),
        (Reports(theme="zones", every=True), UsageError, r"--all is of units.*--theme"),
        (Reports(formats=("pdf",)), UsageError, r"formats: 'pdf'; allowed are html and docx"),
        (Reports(formats=()), UsageError, r"formats: none; allowed are html and docx"),
    ],
)
def test_wrong_use_says_what_is_allowed(
    built: Built, how: Reports, fault: type[GeoplanError], message: str
) -> None:
    small, _ = built
    with pytest.raises(fault, match=message):
        report(small.load(), how=how)
    assert not (small.root / "export").exists()


def test_a_unit_outside_the_scope_is_refused(built: Built) -> None:
    small, _ = built
    config = small.root / "geoplan.toml"
    config.write_text(config.read_text("utf-8").replace('"910000"', '"910100"'), "utf-8")
    build(small.load(), Run("synchronous", 1))
    with pytest.raises(UsageError, match=r"'河口' \(910202\) does not lie in the scope.*甲州市"):
        report(small.load(), how=Reports(unit="河口"))


def test_all_units_of_a_city_have_a_file_each(built: Built, tmp_path: Path) -> None:
    small, _ = built
    seen: list[Path] = []
    how = Reports(unit="甲州", every=True, formats=("docx",), out=tmp_path / "a/b")
    made = report(small.load(), how=how, on_file=seen.append)
    codes = ("910100", "910101", "910102", "910103", "910104")
    assert names(made) == [f"unit-{code}.docx" for code in codes]
    assert seen == made
    assert not list((tmp_path / "a/b").glob(".*"))


@pytest.mark.parametrize(
    ("how", "stem"),
    [
        (Reports(theme="zones"), "theme-zones"),
        (Reports(theme="分区"), "theme-zones"),
        (Reports(document="plan-a"), "document-plan-a"),
        (Reports(document="甲州规划", lang="en"), "document-plan-a-en"),
    ],
)
def test_themes_and_documents_are_called_by_id_or_title(
    built: Built, how: Reports, stem: str
) -> None:
    small, _ = built
    made = report(small.load(), how=how)
    assert names(made) == [f"{stem}.html", f"{stem}.docx"]


def test_word_and_page_have_the_same_rows(built: Built) -> None:
    small, _ = built
    page, word = report(small.load(), how=Reports(unit="甲州"))
    book = docx.Document(io.BytesIO(word.read_bytes()))
    text = page.read_text("utf-8")
    assert len(book.tables) == text.count("<table")
    rows = sum(len(table.rows) for table in book.tables)
    assert rows == text.count("<tr")
    assert "200.00" in text  # two squares of 100 km² in a zone
    assert any("200.00" in c.text for t in book.tables for r in t.rows for c in r.cells)
    assert len(book.inline_shapes) == text.count("<svg") == 1


def test_traces_are_linked_where_the_atlas_has_them(built: Built, tmp_path: Path) -> None:
    small, _ = built
    trace = small.root / "maps/trace.html"
    trace.write_text("", "utf-8")
    how = Reports(unit="西山", formats=("html",))
    (made,) = report(small.load(), how=how)
    assert 'href="../../maps/trace.html#coverage%3A910102%2F' in made.read_text("utf-8")
    (made,) = report(
        small.load(), how=Reports(unit="西山", formats=("html",), out=tmp_path / "elsewhere")
    )
    assert "href" not in made.read_text("utf-8")
    trace.unlink()
    (made,) = report(small.load(), how=how)
    assert "href" not in made.read_text("utf-8")


def test_without_a_font_word_files_come_without_maps_and_say_so(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, _ = built

    def none(_: str | None = None) -> str:
        raise StageError("no font")

    monkeypatch.setattr(reporting.typeset, "chinese_font", none)
    notes: list[str] = []
    how = Reports(unit="甲州", every=True, formats=("docx",))
    made = report(small.load(), how=how, on_note=notes.append)
    assert notes == ["Word files are made without their maps: no font"]
    assert not docx.Document(str(made[0])).inline_shapes


def test_nothing_built_is_said(small: SmallProject) -> None:
    with pytest.raises(DataError, match="nothing is built yet; run `geoplan build`"):
        report(small.load(), how=Reports())


def test_stale_tables_are_refused(built: Built) -> None:
    small, _ = built
    small.write_layer(layer("other", feature("one", members=["西山"])))
    run_stages(small.load(), ("layers",))
    with pytest.raises(DataError, match="run `geoplan"):
        report(small.load(), how=Reports())


@pytest.mark.parametrize("folder", ["maps", "maps/report", "build"])
def test_folders_of_the_build_are_refused(built: Built, folder: str) -> None:
    small, _ = built
    with pytest.raises(UsageError, match="lies in the folder of"):
        report(small.load(), how=Reports(out=small.root / folder))


def test_a_folder_that_cannot_be_made_is_said(built: Built, tmp_path: Path) -> None:
    small, _ = built
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StageError, match="cannot be written"):
        report(small.load(), how=Reports(out=tmp_path / "file/report"))


def test_same_bytes_in_other_folders_processes_zones_and_seeds(
    built: Built, tmp_path: Path
) -> None:
    small, _ = built
    other = Path(shutil.copytree(small.root, tmp_path / "另一处"))
    found = []
    for root, seed, zone in ((small.root, "1", "UTC"), (other, "42", "Asia/Shanghai")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-m", "geoplan.cli", "report", "--unit", "甲州", "-C", str(root)]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        made = sorted((root / "export/report").iterdir())
        found.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in made])
    assert len(found[0]) == 2
    assert found[0] == found[1]
