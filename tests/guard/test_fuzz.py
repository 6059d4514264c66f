"""Whatever the bytes: a file is refused with a reason or passes, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoplan import guard
from geoplan.errors import RefusedError
from geoplan.guard.sniff import sniff
from geoplan.guard.thrift import Reader, ThriftError
from tests.corpus.guard_bytes import (
    archive,
    block,
    dxf,
    feature_collection,
    flatgeobuf,
    geopackage,
    gml,
    insert,
    kml,
    parquet,
    saved,
    shapefile,
    workbook,
)

SHEET = '<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>'

SEEDS: dict[str, Callable[[Path], Path]] = {
    "shapefile": shapefile,
    "geopackage": geopackage('CREATE VIEW v AS SELECT fid FROM "红线"'),
    "flatgeobuf": saved("a.fgb", flatgeobuf(2, more=bytes(200))),
    "parquet": saved("a.parquet", parquet(3)),
    "geojson": saved("a.geojson", feature_collection(crs={"type": "name"})),
    "kml": saved("a.kml", kml()),
    "gml": saved("a.gml", gml()),
    "dxf": saved("a.dxf", dxf(block("A"), insert("A", times=3))),
    "zip": archive({"红线.csv": b"a,b\n1,2\n" * 9, "b/c.csv": b"a"}),
    "xlsx": workbook(SHEET, texts="<sst><si><t>a</t></si></sst>"),
}

EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6), st.booleans()),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return an honest file of each format."""
    made = {name: tmp_path_factory.mktemp(name) for name in SEEDS}
    return {name: make(made[name]) for name, make in SEEDS.items()}


def how_it_ends(path: Path) -> str:
    """Return the format of a file, or the code of its refusal, which has to name the file."""
    try:
        return guard.checked(path).format
    except RefusedError as fault:
        return fault.code if str(fault).startswith(f"{path}: cannot be read: ") else str(fault)


@pytest.mark.parametrize("name", list(SEEDS))
def test_honest_files_pass(name: str, seeds: dict[str, Path]) -> None:
    assert guard.checked(seeds[name]).notices == ()


@pytest.mark.parametrize("name", list(SEEDS))
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(edits=EDITS, cut=st.floats(0.3, 3))
def test_changed_bytes_are_refused_or_pass(
    name: str, edits: list[tuple[float, bytes, bool]], cut: float, seeds: dict[str, Path]
) -> None:
    honest = seeds[name]
    before = honest.read_bytes()
    changed = bytearray(before)
    for place, piece, inserted in edits:
        at = int(place * len(changed))
        changed[at : at if inserted else at + len(piece)] = piece
    try:
        honest.write_bytes(changed[: int(cut * len(changed))])
        ended = how_it_ends(honest)
        assert ended in guard.FORMATS or ended.startswith("refused.")
    finally:
        honest.write_bytes(before)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_have_a_kind_or_none(content: bytes) -> None:
    found = sniff(content, len(content))
    assert found is None or found.format in (*guard.FORMATS, None)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=60))
def test_any_record_ends(content: bytes) -> None:
    try:
        record = Reader(content, values=100).record()
    except ThriftError:
        return
    assert len(record) <= 100


def test_a_record_is_read() -> None:
    # 1: true, 2: -1, 3: "ab", 4: [1, 2], 5: {1: 7.5}, 6: {3: 4}, each by the step to its number.
    content = (
        b"\x11\x15\x01\x18\x02ab\x19\x25\x02\x04\x1c\x17" + b"\0\0\0\0\0\0\x1e\x40" + b"\0"
        b"\x1b\x01\x55\x06\x08\0"
    )
    assert Reader(content, values=100).record() == {
        1: True,
        2: -1,
        3: b"ab",
        4: [1, 2],
        5: {1: 7.5},
        6: [3, 4],
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x15", "ends within"),
        (b"\x16" + b"\xff" * 12, "too many bytes"),
        (b"\x18\xff\xff\xff\xff\x0f", "are not there"),
        (b"\x19\xf5\xff\xff\xff\xff\x0f", "promises"),
        (b"\x1c" * 40, "nested too deep"),
        (b"\x1f", "unknown kind"),
        (b"\x15\x02" * 12 + b"\0", "too many values"),
    ],
)
def test_records_above_a_limit(content: bytes, why: str) -> None:
    with pytest.raises(ThriftError, match=why):
        Reader(content, values=100 if "deep" in why else 10).record()


@pytest.mark.parametrize("kind", [b"\x19", b"\x1a"])
def test_lists_of_lists_end_somewhere(kind: bytes) -> None:
    # Field 1 is a list with one element, which is a list with one element, …
    with pytest.raises(ThriftError, match="nested too deep"):
        Reader(kind + b"\x19" * 5000, values=100_000).record()
