"""Files for Word: what python-docx reads back, and the same bytes on every day."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from geoplan import typeset
from geoplan.word import docx_bytes
from geoplan.written import Block, Cell, Head, Picture, Report, Row, Section, Table, Text

HEADS = (Head("县（市、区）", 2), Head("面积", 1, "right"))
ROWS = (
    Row((Cell("能源"),), "group"),
    Row((Cell("灵石县", "今：灵石", "coverage:140729"), Cell("1207.33"))),
    Row((Cell("合计"), Cell("1207.33")), "total"),
)
TABLE = Table(HEADS, ROWS, "表1　面积", ("注",))


def report(*blocks: Block, wide: bool = False, **keys: Any) -> Report:
    given: dict[str, Any] = {
        "name": "unit-140729",
        "lang": "zh",
        "title": "灵石县报告",
        "subtitle": "图集",
        "secrecy": "密级：内部",
        "warning": "不得公开",
        "author": "某院",
        "day": "2021-04-01",
        "marks": (("编制单位", "某院"), ("", "内部工作用图")),
        "sections": (Section("一、要点", blocks, wide),),
    }
    return Report(**{**given, **keys})


def read(made: Report, **keys: Any) -> Any:
    return docx.Document(io.BytesIO(docx_bytes(made, **keys)))


def has(row: Any, name: str) -> bool:
    return row._tr.find(f".//{qn(name)}") is not None


def test_heads_of_tables_repeat_and_rows_are_not_split() -> None:
    (table,) = read(report(TABLE)).tables
    assert [has(row, "w:tblHeader") for row in table.rows] == [True, False, False, False]
    assert all(has(row, "w:cantSplit") for row in table.rows)
    assert [cell.text for cell in table.rows[0].cells] == ["县（市、区）", "面积"]


def test_cells_hold_text_small_text_and_reference() -> None:
    (table,) = read(report(TABLE)).tables
    group, one, total = table.rows[1:]
    assert group.cells[0].text == group.cells[1].text == "能源"  # one cell across
    assert one.cells[0].text == "灵石县\n今：灵石\ncoverage:140729"
    styles = [paragraph.style.name for paragraph in one.cells[0].paragraphs]
    assert styles == ["Report Cell", "Report Small", "Report Small"]
    assert total.cells[1].paragraphs[0].runs[0].bold
    assert not one.cells[1].paragraphs[0].runs[0].bold


def test_a_quiet_reference_takes_no_room_on_paper() -> None:
    cell = Cell("[1] 第一章", ref="coverage:140729/a/b/list", quiet=True)
    (table,) = read(report(Table((Head("出处"),), (Row((cell,)),)))).tables
    assert table.rows[1].cells[0].text == "[1] 第一章"


def test_a_table_without_titles_has_no_row_of_heads() -> None:
    facts = Table((Head(""), Head("")), (Row((Cell("代码"), Cell("140729"))),))
    (table,) = read(report(facts)).tables
    assert [cell.text for cell in table.rows[0].cells] == ["代码", "140729"]
    assert not has(table.rows[0], "w:tblHeader")


def test_headings_captions_and_points_have_their_styles() -> None:
    made = read(report(Text("甲", "point"), Text("乙"), Text("丙", "note"), TABLE))
    styles = {paragraph.text: paragraph.style.name for paragraph in made.paragraphs}
    assert styles["一、要点"] == "Heading 1"
    assert styles["表1　面积".replace("　", " ")] == "Caption"
    assert (styles["甲"], styles["乙"], styles["丙"]) == ("List Bullet", "Normal", "Report Note")
    assert styles["灵石县报告"] == "Title"


@pytest.mark.parametrize(
    ("style", "font"), [("Normal", "宋体"), ("Heading 1", "黑体"), ("Subtitle", "仿宋")]
)
def test_styles_name_chinese_fonts(style: str, font: str) -> None:
    made = read(report(TABLE))
    fonts = made.styles[style].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == font
    assert not [key for key in fonts.attrib if key.endswith("Theme")]


def test_wide_sections_lie_across_the_paper() -> None:
    sections = (Section("一", (TABLE,)), Section("二", (TABLE,), True), Section("三", (TABLE,)))
    made = read(report(sections=sections))
    ways = [section.orientation for section in made.sections]
    assert ways == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    assert [round(section.page_width.mm) for section in made.sections] == [210, 297, 210]


def test_pages_are_numbered_and_warned_of() -> None:
    footer = read(report(TABLE)).sections[0].footer.paragraphs[0]
    assert "不得公开" in footer.text
    assert "PAGE" in footer._p.xml
    assert "不得公开" not in read(report(TABLE, warning="")).sections[0].footer.paragraphs[0].text


def test_properties_are_those_of_the_report_and_no_clock() -> None:
    about = read(report(TABLE)).core_properties
    assert (about.title, about.author, about.comments) == ("灵石县报告", "某院", "")
    assert about.created == about.modified == datetime(2021, 4, 1, tzinfo=UTC)
    assert read(report(TABLE, day="", author="")).core_properties.author == "geoplan"


def test_nothing_of_the_library_s_template_is_left() -> None:
    content = docx_bytes(report(TABLE))
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        assert not [name for name in made.namelist() if "thumbnail" in name]
        texts = b"".join(made.read(name) for name in made.namelist())
        assert {entry.date_time for entry in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"generated by python-docx" not in texts


def test_pictures_are_put_where_they_are_given() -> None:
    picture = Picture('<rect width="9" height="9"/>', (10, 10), 30.0, "图1　区位")
    png = typeset.typeset(
        picture.svg(font="x", label=""), size=picture.size, title="t", as_="png", dpi=72
    )
    made = read(report(picture, TABLE, picture), pictures={1: png})
    assert len(made.inline_shapes) == 1
    assert round(made.inline_shapes[0].width.mm) == 30
    assert [p.text for p in made.paragraphs].count("图1 区位") == 1
    assert not read(report(picture)).inline_shapes


ATTACKS = [
    "甲\0乙\x0b",
    "</w:t></w:r><w:r>",
    "<img src=x onerror=alert(1)>{{ 7*7 }}",
    "lone\ud83d",
    "=1+1",
    "]]>&amp;",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_texts_that_would_break_xml_are_texts(text: str) -> None:
    table = Table((Head(text),), (Row((Cell(text, text, text),)),), text, (text,))
    made = read(report(table, Text(text), title=text, author=text, warning=text))
    shown = re.sub(r"[\x00-\x1f\ud800-\udfff]", "", text)
    assert made.tables[0].rows[1].cells[0].text == "\n".join([shown] * 3)
    assert made.core_properties.title == shown


SCRIPT = """
import sys
from tests.test_word import TABLE, report
from geoplan.word import docx_bytes
sys.stdout.buffer.write(docx_bytes(report(TABLE)))
"""


def test_same_bytes_in_other_processes_zones_and_seeds() -> None:
    made = []
    for seed, zone in (("0", "UTC"), ("7", "Asia/Shanghai"), ("99", "America/Los_Angeles")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True
        )
        made.append(done.stdout)
    assert made[0].startswith(b"PK")
    assert made[0] == made[1] == made[2]


# What Word is strict about: the order of properties, as the standard has it.
ORDER = {
    "tblPr": ("tblStyle", "tblW", "jc", "tblLayout", "tblCellMar", "tblLook"),
    "tcPr": ("tcW", "gridSpan", "shd"),
}


@pytest.mark.parametrize("name", sorted(ORDER))
def test_properties_of_tables_stand_in_the_order_of_the_standard(name: str) -> None:
    (table,) = read(report(TABLE)).tables
    found = list(table._tbl.iter(qn(f"w:{name}")))
    assert found
    for properties in found:
        names = [child.tag.partition("}")[2] for child in properties]
        assert names == [known for known in ORDER[name] if known in names]


def test_columns_share_the_room_between_the_margins() -> None:
    for wide, room in ((False, 163), (True, 250)):
        (table,) = read(report(TABLE, wide=wide)).tables
        widths = [cell.width.mm for cell in table.rows[2].cells]
        assert widths == pytest.approx([room * 2 / 3, room / 3], abs=0.1)


def test_labels_and_bare_marks_stand_under_the_title_in_both_languages() -> None:
    marks = (("编制单位", "某院"), ("", "内部工作用图"), ("版本", "一"))
    for lang, told in (("zh", "编制单位：某院 版本：一"), ("en", "编制单位: 某院 版本: 一")):
        made = read(report(TABLE, marks=marks, lang=lang))
        texts = [" ".join(p.text.split()) for p in made.paragraphs]
        at = texts.index(told)
        assert texts[at + 1] == "内部工作用图"
        assert made.core_properties.language == ("zh-CN" if lang == "zh" else "en-US")
