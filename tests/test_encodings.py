"""In which encoding texts are: stated in any dialect, told by the bytes, or contradicted."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pyogrio

from geoplan.errors import DataError, GeoplanError, UsageError
from geoplan.vector import dbase, detected, encoding_of, noticed, verdicts
from geoplan.vector import read as vector_read
from geoplan.vector.code_pages import given_name, named
from geoplan.vector.readings import likelihoods
from tests.corpus.encodings import CASES, COMPLEX, PLAIN, csv, dxf, kml, shape, shapefile, table


@pytest.mark.parametrize("name", CASES)
def test_corpus(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    path = case.make(tmp_path)
    if case.ends == "read":
        made = encoding_of(path, given=case.reading.encoding).settled("a")
        found = {notice.code for notice in made.notices}
        wanted = {code for code in case.codes if code.startswith("encoding.")}
        assert found >= wanted
        assert wanted or not found
        told = "\n".join(f"{n.message}; {n.evidence}; {n.proposal}" for n in made.notices)
        assert re.search(case.words, told)
        return
    with pytest.raises(GeoplanError) as caught:
        encoding_of(path, given=case.reading.encoding).settled("a")
    assert caught.value.code == case.codes[0]
    assert re.search(case.words, str(caught.value))


DIALECTS = {
    "UTF-8": ["UTF-8", "utf8", "65001", "CP65001", "UTF-8-SIG", "us-ascii", "utf_8"],
    "GB18030": [
        *("GBK", "GB2312", "GB18030", "936", "CP936", "ANSI 936", "ANSI_936", "OEM 936"),
        *("ms936", "windows-936", "EUC-CN", "x-gbk", "54936", "gb_2312-80"),
    ],
    "CP950": ["Big5", "950", "BIG-5", "cp950", "ANSI 950"],
    "BIG5-HKSCS": ["Big5-HKSCS"],
    "ISO-8859-1": ["ISO-8859-1", "ISO 8859-1", "88591", "latin1", "28591"],
    "CP1252": ["1252", "ANSI 1252", "windows-1252", "CP1252"],
    "UTF-16": ["UTF-16", "utf-16le"],
}


@pytest.mark.parametrize(("word", "name"), [(w, n) for n, ws in DIALECTS.items() for w in ws])
def test_dialects_of_names(word: str, name: str) -> None:
    assert named(word) == named(word.lower()) == named(f" {word}\n") == name
    assert codecs.lookup(name)
    assert given_name(word) == name


@pytest.mark.parametrize("word", ["", "Klingon", "9360", "UTF", "\x1b[31m", "太"])
def test_names_that_nobody_knows(word: str) -> None:
    assert named(word) is None
    with pytest.raises(UsageError, match="there is no such encoding"):
        given_name(word)


def test_every_language_byte_has_a_codec() -> None:
    from geoplan.vector.code_pages import LANGUAGE_BYTES

    for name in LANGUAGE_BYTES.values():
        assert codecs.lookup(name)
        assert named(name) == name


@pytest.mark.parametrize("stated", [None, b"UTF-8", b"GBK", b"ISO-8859-1", b"Klingon"])
@pytest.mark.parametrize("beside", ["a.cpg", "A.CPG"])
def test_what_gdal_reads_with_it(tmp_path: Path, stated: bytes | None, beside: str) -> None:
    path = shape("gbk", cpg=stated, beside=beside, column="名称".encode("gbk"))(tmp_path)
    name = encoding_of(path, given="GBK").settled("a").name
    read = pyogrio.read_dataframe(path, encoding=name)
    assert read["名称"].tolist() == list(PLAIN)
    table_ = pyogrio.raw.read_arrow(path, encoding=name)[1]
    assert table_["名称"].to_pylist() == list(PLAIN)


def test_what_gdal_makes_of_big5_and_of_cut_texts(tmp_path: Path) -> None:
    path = shape("big5", COMPLEX)(tmp_path)
    read = pyogrio.read_dataframe(path, encoding=encoding_of(path).name)
    assert read["NAME"].tolist() == list(COMPLEX)
    path = CASES["cut within a character"].make(tmp_path)
    read = pyogrio.read_dataframe(path, encoding=encoding_of(path).name)
    assert read["NAME"][0] == ("a" + "太原市" * 20)[:30]


def test_rows_and_columns_are_named(tmp_path: Path) -> None:
    rows = [b"a"] * 30 + ["太原市".encode("gbk"), b"b"] * 40
    made = encoding_of(shapefile(tmp_path, rows=rows, cpg=b"utf-8"))
    (notice,) = made.notices
    assert notice.count == 40
    assert notice.rows == tuple(range(31, 71, 2))
    assert "40 row(s), the first is row 31, column 1 (NAME) (bytes cc ab d4 ad" in notice.message
    assert notice.severity == "error"
    assert notice.proposal == "--encoding GB18030"


def test_names_of_columns_are_texts_too(tmp_path: Path) -> None:
    path = shapefile(tmp_path, rows=[b"a"], column="名称".encode("gbk"), cpg=b"UTF-8")
    (notice,) = encoding_of(path).notices
    assert "the first is the name of column 1" in notice.message
    assert notice.rows == ()


def test_deleted_rows_and_texts_behind_a_zero_are_not_read(tmp_path: Path) -> None:
    path = shapefile(
        tmp_path, rows=["太原".encode("gbk"), b"a\0\xff\xff", "太谷\x07".encode("gbk")]
    )
    content = bytearray((tmp_path / "a.dbf").read_bytes())
    content[65] = 0x2A
    (tmp_path / "a.dbf").write_bytes(content)
    made = encoding_of(path)
    (notice,) = [n for n in made.notices if n.code == "encoding.control"]
    assert notice.rows == (2,)  # of those that are left


@pytest.mark.parametrize("size", [0, 10, 31, 40, 64, 66, 100])
def test_tables_that_are_cut_short(tmp_path: Path, size: int) -> None:
    path = shape("gbk")(tmp_path)
    whole = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(whole[:size])
    assert encoding_of(path).settled("a").name in ("UTF-8", "GB18030")


def test_a_table_that_promises_a_billion_rows_takes_no_memory(tmp_path: Path) -> None:
    content = bytearray(table([t.encode() for t in PLAIN]))
    content[4:8] = (4_000_000_000).to_bytes(4, "little")
    (tmp_path / "a.dbf").write_bytes(content)
    assert encoding_of(tmp_path / "a.dbf").name == "UTF-8"


def test_blocks_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shape("gbk", [f"{t}{n}\x07" for n in range(9) for t in PLAIN])(tmp_path)
    points = csv("gbk", [f"{t}{n}" for n in range(9) for t in PLAIN])(tmp_path)
    whole = [encoding_of(path), encoding_of(points)]
    monkeypatch.setattr(dbase, "BLOCK", 130)
    assert [encoding_of(path), encoding_of(points)] == whole


def test_a_text_file_without_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbase, "BLOCK", 1 << 12)
    path = tmp_path / "a.geojson"
    path.write_bytes('{"name": "太原市"}, '.encode() * 5000)
    assert encoding_of(path).settled("a").notices == ()
    path.write_bytes('{"name": "太原市晋中市"}, '.encode("gbk") * 5000)
    with pytest.raises(DataError, match="--encoding GB18030"):
        encoding_of(path).settled("a")


def test_zip_of_a_shapefile(tmp_path: Path) -> None:
    shape("gbk", cpg=b"UTF-8", beside="A.CPG")(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in sorted(tmp_path.glob("[aA].*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    with pytest.raises(DataError, match=r"its \.cpg says UTF-8"):
        encoding_of(tmp_path / "a.zip").settled("a.zip")
    assert encoding_of(tmp_path / "a.zip", given="936").name == "GB18030"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(DataError, match=r"a\.zip: cannot be read"):
        encoding_of(tmp_path / "a.zip")
    with pytest.raises(DataError, match="cannot be read"):
        encoding_of(tmp_path / "none" / "a.shp")


def test_given_wins_over_what_is_declared(tmp_path: Path) -> None:
    made = encoding_of(kml("UTF-8", "gbk")(tmp_path), given="gbk").settled("a")
    assert (made.name, made.how, made.notices) == ("GB18030", "given", ())
    made = encoding_of(dxf("AC1015", "ANSI_1252", "gbk")(tmp_path), given="GB2312").settled("a")
    assert (made.name, made.notices) == ("GB18030", ())
    # What reads, but is not plausible, is told of what is given too.
    made = encoding_of(csv("gbk")(tmp_path), given="latin-1").settled("a")
    assert [n.code for n in made.notices] == ["encoding.implausible"]


@pytest.mark.parametrize("name", CASES)
def test_corpus_as_layers_are_read(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    path = case.make(tmp_path)
    if case.ends == "read":
        read_ = vector_read(path, reading=case.reading)
        assert {notice.code for notice in read_.notices} >= set(case.codes)
        if case.codes in ((), ("encoding.detected",), ("crs.assumed",)):
            texts = {
                text for column in read_.frame.columns for text in read_.frame[column].astype(str)
            }
            assert texts & {*PLAIN, *COMPLEX, "a", "朱镕基路"}
        return
    with pytest.raises(GeoplanError) as caught:
        vector_read(path, reading=case.reading)
    assert caught.value.code == case.codes[0]


def test_xml_that_is_not_as_declared(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"declaration says UTF-8, but .*--encoding GB18030"):
        encoding_of(kml("UTF-8", "gbk")(tmp_path)).settled("a")


def test_utf16_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("名称,x,y\n".encode("utf-16")[:-1])
    with pytest.raises(DataError, match="its texts are no UTF-16"):
        encoding_of(path).settled("a")


def test_samples_of_others() -> None:
    assert detected([t.encode("gbk") for t in PLAIN]).name == "GB18030"
    assert detected([t.encode() for t in PLAIN], stated="utf8").notices == ()
    made = detected([t.encode("gbk") for t in PLAIN], stated="UTF-8")
    assert [n.code for n in made.notices] == ["encoding.contradicted"]
    assert detected([b"a", b"b"]).how == "assumed"


@pytest.mark.parametrize(
    "text", ["Zürich", "Größe", "Привет мир", "Αθήνα", "서울특별시", "ひらがな"]
)
def test_other_scripts_in_utf8(text: str) -> None:
    made = detected([text.encode()], stated="UTF-8")
    assert (made.name, made.notices) == ("UTF-8", ())
    assert detected([text.encode()]).name == "UTF-8"


def test_texts_that_were_decoded_already() -> None:
    columns = {
        "a": ["太原", None, "太\ufffd", 3, "\u202e太"],
        "b": ["å¤ªåŽŸ", "a", "\ue000", "锟斤拷", ""],
    }
    found = {n.code: (n.rows, n.count) for n in noticed(columns)}
    assert found == {
        "encoding.lost": ((3, 4), 2),
        "encoding.double": ((1,), 1),
        "encoding.control": ((5,), 1),
        "encoding.private": ((3,), 1),
    }
    assert noticed({"a": ["太原市", "Zürich", "50 m²", "（一）", "𠮷野"]}) == ()


def test_likelihood_is_a_share() -> None:
    # Of first level, second level (half), none; ASCII does not count.
    assert likelihoods(["太原a", "隰", "\ue000太", "abc", ""]).tolist() == [1.0, 0.5, 0.5, 1.0, 1.0]


CHARACTERS = st.sampled_from("太原市生态保护红线晋中太谷区繁峙县城镇开发边界永久基本农田")
TEXT = st.text(CHARACTERS, min_size=4, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=3, max_size=8), st.sampled_from(["utf-8", "gbk"]))
def test_chinese_texts_are_told_apart(texts: list[str], encoding: str) -> None:
    made = detected([t.encode(encoding) for t in texts])
    assert made.name == named(encoding)
    # Whatever is stated wrongly never passes in silence.
    other = "GBK" if encoding == "utf-8" else "UTF-8"
    for stated in (other, "ISO-8859-1", "CP1252"):
        told = {
            n.code for n in detected([t.encode(encoding) for t in texts], stated=stated).notices
        }
        assert told & {"encoding.contradicted", "encoding.implausible"}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, *verdicts.CHINESE, "CP1252", "ISO-8859-1"]))
def test_any_bytes_end_in_a_verdict(content: bytes, stated: str | None) -> None:
    made = detected([content], stated=stated)
    assert codecs.lookup(made.name)
    assert all(n.message.isprintable() and n.evidence.isprintable() for n in made.notices)
    # Texts that cannot be decoded are never taken for good ones.
    try:
        content.decode(made.name)
    except UnicodeDecodeError:
        assert any(n.severity == "error" for n in made.notices)
