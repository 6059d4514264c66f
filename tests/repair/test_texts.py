"""Shapes as bytes: what is left open is closed and told, what is none is refused."""

from __future__ import annotations

import struct

import pytest

import shapely

from geoplan import repair
from geoplan.errors import GeometryError

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]


def binary(*rings: list[tuple[float, float]], kind: int = 3) -> bytes:
    """Return a polygon as well-known binary, its rings as they are."""
    text = struct.pack("<BII", 1, kind, len(rings))
    for ring in rings:
        text += struct.pack("<I", len(ring))
        text += b"".join(struct.pack("<2d", *place) for place in ring)
    return text


def test_a_ring_without_its_end_is_closed() -> None:
    closed = binary([*SQUARE, SQUARE[0]])
    shapes, notices = repair.from_wkb([closed, None, binary(SQUARE), closed])
    assert shapely.area(shapes)[[0, 2, 3]].tolist() == [16, 16, 16]
    assert shapes[1] is None
    (notice,) = notices
    assert (notice.code, notice.rows, notice.count) == ("repair.unclosed_ring", (3,), 1)


def test_a_hole_without_its_end_is_closed() -> None:
    hole = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)]
    shapes, notices = repair.from_wkb([binary([*SQUARE, SQUARE[0]], hole)])
    assert shapes[0].area == 15
    assert notices[0].code == "repair.unclosed_ring"


def test_of_sound_bytes_nothing_is_told() -> None:
    assert repair.from_wkb([binary([*SQUARE, SQUARE[0]]), None])[1] == ()
    assert repair.from_wkb([])[1] == ()


@pytest.mark.parametrize(
    "text",
    [b"", b"\x01", binary(SQUARE)[:-9], binary(SQUARE[:1]), binary(SQUARE, kind=99)],
    ids=["nothing", "one byte", "cut short", "one place", "an unknown kind"],
)
def test_what_is_no_shape_is_refused(text: bytes) -> None:
    with pytest.raises(GeometryError, match=r"1 row.s. have a geometry .* row 2") as e:
        repair.from_wkb([None, text])
    assert e.value.code == "repair.unreadable"


def test_curves_are_refused_with_what_to_do() -> None:
    arc = struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
    with pytest.raises(GeometryError, match=r"arcs of circles.*CONVERT_TO_LINEAR") as e:
        repair.from_wkb([arc])
    assert e.value.code == "repair.curves"
