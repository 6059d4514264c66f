"""Reports for Word and WPS: the one door to python-docx. Same content, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from geoplan.written import Block, Cell, Picture, Report, Row, Table, Text, plain

A4 = (210.0, 297.0)
MARGINS = (28.0, 25.0, 25.0, 22.0)
"""Top, bottom, left and right in mm; close to 公文格式, a little narrower for tables."""

SONG, HEI, FANG = "宋体", "黑体", "仿宋"
LATIN = "Times New Roman"

_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_GREY = RGBColor(0x66, 0x66, 0x66)
_DAY = datetime(2000, 1, 1)
"""Of a report that has no day of compilation: the clock would change the bytes."""


def docx_bytes(report: Report, *, pictures: Mapping[int, bytes] | None = None) -> bytes:
    """Return a report as docx: A4, real headings, heads of tables that repeat, pages numbered.

    Parameters
    ----------
    pictures
        PNG of the report's pictures by their place among them, from 0; a picture
        that has none is left out.
    """
    book = docx.Document()
    _drop_thumbnail(book)
    _styles(book)
    _properties(book, report)
    _page(book.sections[0], wide=False)
    _footer(book.sections[0], report)
    _title(book, report)
    images = dict(pictures or {})
    place, wide = 0, False
    for section in report.sections:
        if section.wide != wide:
            _page(book.add_section(), wide=section.wide)
            wide = section.wide
        book.add_heading(plain(section.title), level=1)
        for block in section.blocks:
            _block(book, block, room=_room(wide), image=images.get(place))
            place += isinstance(block, Picture)
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_clock(buffer.getvalue())


def _without_clock(content: bytes) -> bytes:
    """Return the same file with the same moment on all its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(entry, old.read(name))
    return made.getvalue()


def _drop_thumbnail(book: Any) -> None:
    """Take out the picture of an empty page that the library's template brings."""
    rels = book.part.package.rels
    for key in [key for key, rel in rels.items() if rel.reltype.endswith("/thumbnail")]:
        del rels[key]


def _properties(book: Any, report: Report) -> None:
    day = datetime.fromisoformat(report.day) if report.day else _DAY
    about = book.core_properties
    about.title, about.subject = plain(report.title), plain(report.subtitle)
    about.author = about.last_modified_by = plain(report.author) or "geoplan"
    about.comments, about.keywords, about.category = "", "", ""
    about.created = about.modified = about.last_printed = day
    about.revision = 1
    about.language = "zh-CN" if report.lang == "zh" else "en-US"


def _styles(book: Any) -> None:
    sizes = {
        "Normal": (SONG, 10.5, False),
        "Title": (HEI, 20, True),
        "Subtitle": (FANG, 13, False),
        "Heading 1": (HEI, 14, True),
        "Caption": (HEI, 9.5, False),
        "List Bullet": (SONG, 10.5, False),
        "Header": (SONG, 9, False),
        "Footer": (SONG, 9, False),
    }
    for name, (font, size, bold) in sizes.items():
        _font(book.styles[name], font, size, bold=bold)
    for name, size in (("Report Cell", 8.5), ("Report Small", 7), ("Report Note", 8.5)):
        style = book.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = book.styles["Normal"]
        _font(style, SONG, size, bold=False)
        style.paragraph_format.space_after = Pt(3 if name == "Report Note" else 0)
        style.paragraph_format.line_spacing = 1.05
    book.styles["Report Small"].font.color.rgb = _GREY
    for language in book.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")  # or signs get their Japanese forms
    normal = book.styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(4), 1.25
    heading = book.styles["Heading 1"].paragraph_format
    heading.space_before, heading.space_after, heading.keep_with_next = Pt(12), Pt(5), True
    caption = book.styles["Caption"].paragraph_format
    caption.space_before, caption.space_after, caption.keep_with_next = Pt(6), Pt(3), True
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _font(style: Any, chinese: str, size: float, *, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{key}"), LATIN)
    fonts.set(qn("w:eastAsia"), chinese)
    edge = style.element.find(f".//{qn('w:pBdr')}")  # the template draws a line below titles
    if edge is not None:
        edge.getparent().remove(edge)


def _page(section: Any, *, wide: bool) -> None:
    width, height = A4[::-1] if wide else A4
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    top, bottom, left, right = (Mm(size) for size in MARGINS)
    section.top_margin, section.bottom_margin = top, bottom
    section.left_margin, section.right_margin = left, right
    section.footer_distance = Mm(12)


def _room(wide: bool) -> float:
    """Return the width between the margins, in mm."""
    return A4[wide] - MARGINS[2] - MARGINS[3]


def _footer(section: Any, report: Report) -> None:
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if report.warning:
        paragraph.add_run(plain(report.warning) + "　　")
    paragraph.add_run("— ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" —")


def _field(paragraph: Any, code: str) -> None:
    """Add a field, which Word fills in."""
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        made = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            made.set(qn("w:fldCharType"), kind)
        else:
            made.text = code
        run._r.append(made)


def _title(book: Any, report: Report) -> None:
    if report.secrecy:
        run = book.add_paragraph().add_run(plain(report.secrecy))
        _run_font(run, HEI, 12)
    for style, text in (("Title", report.title), ("Subtitle", report.subtitle)):
        paragraph = book.add_paragraph(plain(text), style=style)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(8)
    colon = "：" if report.lang == "zh" else ": "
    told = [plain(f"{label}{colon}{text}") for label, text in report.marks if label]
    bare = [plain(text) for label, text in report.marks if not label]
    for text in ("　　".join(told), *bare):
        paragraph = book.add_paragraph(text, style="Report Note")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _run_font(run: Any, chinese: str, size: float) -> None:
    run.font.size = Pt(size)
    run.font.name = LATIN
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), chinese)


def _block(book: Any, block: Block, *, room: float, image: bytes | None) -> None:
    if isinstance(block, Text):
        style = {"plain": "Normal", "point": "List Bullet", "note": "Report Note"}[block.kind]
        paragraph = book.add_paragraph(plain(block.text), style=style)
        if block.kind == "plain":
            paragraph.paragraph_format.first_line_indent = Pt(21)
    elif isinstance(block, Table):
        _table(book, block, room=room)
    elif image is not None:
        paragraph = book.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(image), width=Mm(block.width_mm))
        shape._inline.docPr.set("descr", plain(block.caption))
        below = book.add_paragraph(plain(block.caption), style="Caption")
        below.paragraph_format.keep_with_next = False


def _table(book: Any, table: Table, *, room: float) -> None:
    if table.caption:
        book.add_paragraph(plain(table.caption), style="Caption")
    titled = any(head.title for head in table.heads)
    made = book.add_table(len(table.rows) + titled, len(table.heads), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _margins(made)
    total = sum(head.width for head in table.heads)
    widths = [Mm(room * head.width / total) for head in table.heads]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    rows = [Row(tuple(Cell(head.title) for head in table.heads), "total")] if titled else []
    # Asking a table for its rows' cells by place is quadratic.
    for place, (row, line) in enumerate(zip((*rows, *table.rows), made.rows, strict=True)):
        _row(line, row, table, widths=widths, head=titled and place == 0)
    for note in table.notes:
        book.add_paragraph(plain(note), style="Report Note")
    if not table.notes:
        book.add_paragraph(style="Report Small")


def _margins(made: Any) -> None:
    """Leave a little room around the texts of a table's cells."""
    about = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 30), ("left", 70), ("bottom", 30), ("right", 70)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(twips))
        edge.set(qn("w:type"), "dxa")
        about.append(edge)
    # Its place among the others is fixed: Word may refuse a file where it comes last.
    made._tbl.tblPr.find(qn("w:tblLook")).addprevious(about)


def _row(line: Any, row: Row, table: Table, *, widths: list[Any], head: bool) -> None:
    about = line._tr.get_or_add_trPr()
    about.append(OxmlElement("w:cantSplit"))
    if head:
        about.append(OxmlElement("w:tblHeader"))
    cells = list(line.cells)
    if row.kind == "group":
        cells = [cells[0].merge(cells[-1])]
    for place, (box, cell) in enumerate(zip(cells, row.cells, strict=True)):
        if row.kind != "group":
            box.width = widths[place]
        paragraph = box.paragraphs[0]
        paragraph.style = "Report Cell"
        align = "center" if head else table.heads[place].align
        paragraph.alignment = _ALIGN["left" if row.kind == "group" else align]
        paragraph.paragraph_format.keep_with_next = head or row.kind == "group"
        run = paragraph.add_run(plain(cell.text))
        run.bold = row.kind != "plain" or None
        for text in filter(None, (cell.small, "" if cell.quiet else cell.ref)):
            box.add_paragraph(plain(text), style="Report Small")
        if head or row.kind == "group":
            _shade(box, "E9EEF2" if head else "F5F7F8")


def _shade(box: Any, colour: str) -> None:
    made = OxmlElement("w:shd")
    made.set(qn("w:val"), "clear")
    made.set(qn("w:color"), "auto")
    made.set(qn("w:fill"), colour)
    box._tc.get_or_add_tcPr().append(made)
