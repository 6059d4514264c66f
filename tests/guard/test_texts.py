"""XML, JSON, DXF and workbooks: looked through in one pass, whatever their encoding."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from geoplan import guard
from geoplan.errors import RefusedError
from geoplan.guard import LIMITS, braces
from geoplan.guard.drawing import check_drawing
from geoplan.guard.markup import check_markup, encoding_of
from geoplan.guard.workbook import check_workbook
from tests.corpus.guard_bytes import (
    block,
    dxf,
    feature_collection,
    gml,
    insert,
    kml,
    saved,
    workbook,
)

HERE = Path("a.kml")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def code_of(path: Path, limits: guard.Limits = LIMITS) -> str:
    try:
        return guard.checked(path, limits=limits).format
    except RefusedError as fault:
        return fault.code


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030", "GBK", "Big5", "UTF-16", "ISO-8859-1"])
def test_xml_in_encodings_that_are_read(tmp_path: Path, encoding: str) -> None:
    name = "a" if encoding == "ISO-8859-1" else "甲"
    text = kml(f"<Folder><name>{name}</name></Folder>").replace("甲", name)
    content = text.replace("UTF-8", encoding).encode(encoding)
    assert code_of(saved("a.kml", content)(tmp_path)) == "kml"


@pytest.mark.parametrize("encoding", ["UTF-7", "cp037", "UTF-32", "hz", "iso2022_jp", "nonsense"])
def test_xml_in_encodings_that_hide(tmp_path: Path, encoding: str) -> None:
    path = saved("a.kml", kml().replace("UTF-8", encoding))(tmp_path)
    assert code_of(path) == "refused.xml_encoding"


@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        (b"<kml>", "utf-8"),
        (b"\xef\xbb\xbf<?xml encoding='GBK'?>", "utf-8"),
        (b"\xff\xfe<\0", "utf-16"),
        (b"\xfe\xff\0<", "utf-16"),
        (b"<\0?\0", "utf-16-le"),
        (b"\0<\0?", "utf-16-be"),
        (b"<?xml version='1.0' encoding='gb2312'?>", "gb2312"),
        (b"<?xml encoding='latin1'?>", "iso8859-1"),
        (b"<?xml encoding='nothing'?>", None),
    ],
)
def test_which_encoding_xml_has(start: bytes, encoding: str | None) -> None:
    assert encoding_of(start) == encoding


def test_bytes_that_are_not_in_their_encoding(tmp_path: Path) -> None:
    content = kml().replace("UTF-8", "GBK").encode("gbk").replace("甲".encode("gbk"), b"\xff\xff")
    with pytest.raises(RefusedError, match="is no well-formed XML") as caught:
        guard.checked(saved("a.kml", content)(tmp_path))
    assert caught.value.code == "refused.xml_broken"


def test_what_is_seen_of_xml() -> None:
    seen = check_markup(io.BytesIO(gml().encode()), path=Path("a.gml"), limits=LIMITS)
    assert (seen.root, seen.namespace) == ("FeatureCollection", "http://ogr.maptools.org/")
    assert (seen.count("LinearRing"), seen.count("posList"), seen.count("none")) == (1, 1, 0)


def test_depth_is_counted_from_the_root() -> None:
    limits = replace(LIMITS, xml_depth=3)
    check_markup(io.BytesIO(b"<a><b><c/><c/></b></a>"), path=HERE, limits=limits)
    with pytest.raises(RefusedError, match="line 2: elements stand more than 3 deep"):
        check_markup(io.BytesIO(b"<a><b>\n<c><d/></c></b></a>"), path=HERE, limits=limits)


def test_attributes_are_counted_for_one_element() -> None:
    limits = replace(LIMITS, xml_attributes=2)
    check_markup(io.BytesIO(b"<a b='1' c='2'><d e='1' f='2'/></a>"), path=HERE, limits=limits)
    with pytest.raises(RefusedError, match="element 'a' has 3 attributes; 2 are allowed"):
        check_markup(io.BytesIO(b"<a b='1' c='2' d='3'/>"), path=HERE, limits=limits)


def test_elements_are_counted_in_all() -> None:
    limits = replace(LIMITS, xml_elements=5)
    check_markup(io.BytesIO(b"<a><b/><b/><b/><b/></a>"), path=HERE, limits=limits)
    with pytest.raises(RefusedError, match="more than 5 elements"):
        check_markup(io.BytesIO(b"<a><b/><b/><b/><b/><b/></a>"), path=HERE, limits=limits)


def test_size_is_that_of_real_bytes() -> None:
    limits = replace(LIMITS, xml_bytes=1 << 20)
    with pytest.raises(RefusedError, match=r"larger than 1\.0 MiB of XML"):
        check_markup(io.BytesIO(b"<a>" + b" " * (2 << 20)), path=HERE, limits=limits)


def test_long_texts_are_no_long_tags() -> None:
    content = b"<a>" + b"112.5,37.5 " * 600_000 + b"</a>"
    assert check_markup(io.BytesIO(content), path=HERE, limits=LIMITS).root == "a"


@pytest.mark.parametrize("value", ["http://127.0.0.1/a.gml#x", "other.gml#x", "#own"])
def test_references_that_lead_out_are_told(tmp_path: Path, value: str) -> None:
    text = gml().replace(
        "<gml:featureMember>",
        '<gml:boundedBy xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xlink:href="{value}"/><gml:featureMember>',
    )
    notices = guard.checked(saved("a.gml", text)(tmp_path)).notices
    assert [notice.code for notice in notices] == ["format.links_unfollowed"][: value[0] != "#"]


def test_a_schema_beside_may_not_be_huge(tmp_path: Path) -> None:
    path = saved("a.gml", gml())(tmp_path)
    saved("a.gfs", "<GMLFeatureClassList/>")(tmp_path)
    assert code_of(path) == "gml"
    assert code_of(path, replace(LIMITS, schema_bytes=9)) == "refused.too_large"


def test_json_is_followed_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = feature_collection().replace('"甲"', '"\\\\\\"[[[", "a": ' + "[" * 10 + "]" * 10)
    path = saved("a.geojson", deep)(tmp_path)
    ended = []
    for size in (1, 2, 3, 7, 64, 4096):
        monkeypatch.setattr(braces, "CHUNK", size)
        for depth in (13, 14):
            limits = replace(LIMITS, json_depth=depth, csv_bytes=size)  # not seen before
            ended.append((depth, code_of(path, limits)))
    assert set(ended) == {(13, "refused.json_depth"), (14, "geojson")}


def test_an_address_is_found_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = feature_collection(crs={"a": "b" * 5000, "type": "Link"}).replace(":", " \n" * 300 + ":")
    path = saved("a.geojson", text)(tmp_path)
    for size in (500, 4096, 100_000):
        monkeypatch.setattr(braces, "CHUNK", size)
        assert code_of(path, replace(LIMITS, csv_bytes=size)) == "refused.link"


def test_a_coordinate_system_of_no_end(tmp_path: Path) -> None:
    path = saved("a.geojson", feature_collection(crs={"a": "b" * 9000, "type": "link"}))(tmp_path)
    assert code_of(path) == "refused.link"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (feature_collection(crs={"type": "name", "properties": {"name": "EPSG:4490"}}), "geojson"),
        ('{"type": "Feature", "geometry": null, "properties": {"crs": "link"}}', "geojson"),
        ('{"type": "Polygon", "coordinates": []}', "geojson"),
        ('\ufeff{"type": "FeatureCollection", "features": []}', "geojson"),
        ('{"type": "Feature", "geometry": null}\n{"type": "Feature", "geometry": null}', "geojson"),
        ("[1, 2]", "refused.other_format"),
        ('{"type": "FeatureCollection", "a": "', "refused.cut_short"),
        ('{"a": [1, 2}', "refused.cut_short"),
        ('{"type": "Catalog", "stac_version": "1.0.0"}', "refused.other_format"),
    ],
)
def test_kinds_of_json(tmp_path: Path, text: str, code: str) -> None:
    assert code_of(saved("a.geojson", text)(tmp_path)) == code


def test_large_json_is_refused_by_its_size(tmp_path: Path) -> None:
    path = saved("a.geojson", feature_collection())(tmp_path)
    with pytest.raises(RefusedError, match="100 bytes of GeoJSON are read at most: save it as"):
        guard.checked(path, limits=replace(LIMITS, json_bytes=100))


@pytest.mark.parametrize("times", [1, 4])
def test_entities_of_a_drawing(tmp_path: Path, times: int) -> None:
    inner = "  0\nBLOCK\n  2\nA\n  0\nPOINT\n 10\n1.0\n  0\nENDBLK\n"
    path = saved("a.dxf", dxf(inner + block("B", "A", times=3), insert("b", times=times)))(tmp_path)
    # B is three points and the reference to them; it is used so often, by one reference.
    total = (3 + 1) * times + 1
    assert check_drawing(path, replace(LIMITS, dxf_entities=total)) == 0
    with pytest.raises(RefusedError, match=rf"has {total} entities when its blocks"):
        check_drawing(path, replace(LIMITS, dxf_entities=total - 1))


def test_values_of_a_drawing_are_no_entities(tmp_path: Path) -> None:
    # "0" is a value here, and INSERT a text.
    entity = "  0\nTEXT\n  8\n0\n  1\nINSERT\n 70\n0\n 40\n0\n"
    path = saved("a.dxf", dxf("", entity * 3))(tmp_path)
    assert check_drawing(path, replace(LIMITS, dxf_entities=3)) == 0
    with pytest.raises(RefusedError):
        check_drawing(path, replace(LIMITS, dxf_entities=2))


def test_drawings_with_other_ends_of_lines_and_remarks(tmp_path: Path) -> None:
    text = "999\nmade by a program\n" + dxf(block("A"), insert("A"))
    path = saved("a.dxf", text.replace("\n", "\r\n"))(tmp_path)
    assert code_of(path) == "dxf"
    assert code_of(path, replace(LIMITS, dxf_entities=1)) == "refused.dxf_bomb"


def test_drawings_in_other_files_are_told(tmp_path: Path) -> None:
    outside = "  0\nBLOCK\n  8\n0\n  2\nX\n 70\n4\n  1\nC:\\other.dwg\n  0\nENDBLK\n"
    (notice,) = guard.checked(saved("a.dxf", dxf(outside, insert("X")))(tmp_path)).notices
    assert (notice.code, notice.count) == ("format.links_unfollowed", 1)


def test_references_are_counted(tmp_path: Path) -> None:
    path = saved("a.dxf", dxf("", insert("X") * 3))(tmp_path)
    assert check_drawing(path, replace(LIMITS, dxf_inserts=3)) == 0
    with pytest.raises(RefusedError, match="refers to blocks more than 2 times"):
        check_drawing(path, replace(LIMITS, dxf_inserts=2))


@pytest.mark.parametrize("escape", ["\\u0061", "\\u0041", "\\u007A", "\\\\\\u0061"])
def test_letters_that_are_hidden(tmp_path: Path, escape: str) -> None:
    path = saved("a.geojson", feature_collection().replace("甲", escape))(tmp_path)
    assert code_of(path) == "refused.json_hidden"


@pytest.mark.parametrize("escape", ["\\\\u0061", "\\u7532", "\\u0026", "\\u00e9", "\\\\\\\\u0061"])
def test_letters_that_are_not(tmp_path: Path, escape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = feature_collection().replace("甲", escape * 40)
    path = saved("a.geojson", text)(tmp_path)
    for size in (1, 2, 3, 64, 4096):
        monkeypatch.setattr(braces, "CHUNK", size)
        monkeypatch.setattr(braces, "_LONGEST_CRS", 32)
        assert code_of(path, replace(LIMITS, csv_bytes=size)) == "geojson"


def test_a_block_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert check_drawing(saved("a.dxf", dxf("", insert("X")))(tmp_path), LIMITS) == 0


def test_texts_of_a_workbook_count_as_often_as_cells_refer_to_them(tmp_path: Path) -> None:
    cells = '<c t="s"><v>1</v></c><c t="s"><v>0</v></c><c><v>1</v></c>' * 4
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row>{cells}</row></sheetData></worksheet>'
    texts = f'<sst xmlns="{MAIN}"><si><t>{"a" * 90}</t><r><t>{"b" * 10}</t></r></si>'
    path = workbook(sheet, texts=f"{texts}<si><t>c</t></si></sst>")(tmp_path)
    # Four cells of 100 letters and four of one.
    assert check_workbook(path, replace(LIMITS, workbook_text_bytes=404)) == 0
    with pytest.raises(RefusedError, match="more than 403 bytes of text"):
        check_workbook(path, replace(LIMITS, workbook_text_bytes=403))


def test_other_workbooks_are_told(tmp_path: Path) -> None:
    path = workbook(f'<worksheet xmlns="{MAIN}"/>')(tmp_path)
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    (notice,) = guard.checked(path).notices
    assert (notice.code, notice.count) == ("format.links_unfollowed", 1)


def test_what_is_not_read_of_a_workbook_does_not_matter(tmp_path: Path) -> None:
    path = workbook(f'<worksheet xmlns="{MAIN}"/>')(tmp_path)
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("xl/drawings/vmlDrawing1.vml", "<xml><div>a<br>b</div></xml>")
        made.writestr("xl/media/image1.png", bytes(200_000))
    assert check_workbook(path, replace(LIMITS, workbook_bytes=100_000)) == 0


def test_a_workbook_that_would_be_large(tmp_path: Path) -> None:
    path = workbook(f'<worksheet xmlns="{MAIN}">{" " * 100_000}</worksheet>')(tmp_path)
    with pytest.raises(RefusedError, match="a workbook are read at most: save the sheet as CSV"):
        guard.checked(path, limits=replace(LIMITS, workbook_bytes=100_000))
