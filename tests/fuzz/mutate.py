"""Changes by chance: of bytes, of words, and of what formats are made of."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from tests.fuzz.parts import packed, unpacked

Change = Callable[[bytes, Random], bytes]

LARGEST = 1 << 20
"""Bytes of what is tried."""

NUMBERS = (
    0,
    1,
    2,
    7,
    127,
    128,
    255,
    256,
    32767,
    65535,
    1 << 24,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)
DOUBLES = (
    *(0.0, -0.0, 1.0, -1.0, 90.0, 180.0, 1e-300, 5e-324, 1e18, 1e300, 1.7976931348623157e308),
    *(float("inf"), float("-inf"), float("nan"), 37500000.0, 1e-9, 4503599627370497.5),
)
WORDS = (
    *(
        b"0",
        b"-1",
        b"1e308",
        b"1e9999",
        b"nan",
        b"inf",
        b"NaN",
        b"Infinity",
        b"null",
        b"true",
        b"[]",
    ),
    *(b"{}", b'""', b"''", b'"""', b"[[", b"]]", b"[", b"]", b"{", b"}", b",", b"=", b".", b"\n"),
    *(
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xd6\xd0",
        "中".encode(),
        "\u202e".encode(),
        b"\x1b[31m",
    ),
    *(b"9" * 40, b"9" * 5000, b"a.b.c", b"2016-02-30", b"0x7f", b"_", b"\\u0000", b"\\ud800", b"#"),
    *(b"../..", b"/etc/passwd", b"/vsizip/", b"<!ENTITY a 'b'>", b"&a;", b"]]>", b"<a>", b"</a>"),
    *(
        b"POLYGON",
        b"EMPTY",
        b"()",
        b"(",
        b"GEOMETRYCOLLECTION",
        b"Z",
        b"M",
        b"EPSG:4490",
        b"EPSG:0",
    ),
)


def place(data: bytes, rng: Random) -> int:
    """Return a place in a text; more often near its beginning, where headers are."""
    if rng.random() < 0.3:
        return rng.randrange(min(len(data), 128) + 1)
    return rng.randrange(len(data) + 1)


def flipped(data: bytes, rng: Random) -> bytes:
    """Change single bits."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if made:
            made[min(place(data, rng), len(made) - 1)] ^= 1 << rng.randrange(8)
    return bytes(made)


def numbered(data: bytes, rng: Random) -> bytes:
    """Put a number of 1 to 8 bytes somewhere."""
    order = rng.choice("<>")
    kind = rng.choice("BHIQd")
    top = {"B": 1 << 8, "H": 1 << 16, "I": 1 << 32, "Q": 1 << 64}.get(kind, 1)
    value = rng.choice(DOUBLES) if kind == "d" else rng.choice(NUMBERS) % top
    new = struct.pack(order + kind, value)
    at = place(data, rng)
    return data[:at] + new + data[at + len(new) :]


def cut(data: bytes, rng: Random) -> bytes:
    """Take a piece out, or the end."""
    at = place(data, rng)
    return data[:at] if rng.random() < 0.2 else data[:at] + data[at + rng.randint(1, 64) :]


def doubled(data: bytes, rng: Random) -> bytes:
    """Repeat a piece, sometimes often."""
    at, long = place(data, rng), rng.choice((1, 4, 40, 400))
    return data[: at + long] + data[at : at + long] * rng.choice((1, 1, 3, 200)) + data[at + long :]


def worded(data: bytes, rng: Random) -> bytes:
    """Put a word in, or in the place of as much."""
    at, word = place(data, rng), rng.choice(WORDS)
    return data[:at] + word + data[at + (len(word) if rng.random() < 0.5 else 0) :]


def lined(data: bytes, rng: Random) -> bytes:
    """Take out, repeat or exchange lines."""
    lines = data.split(b"\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(3)
    if kind == 0:
        del lines[i]
    elif kind == 1:
        lines.insert(j, lines[i])
    else:
        lines[i], lines[j] = lines[j], lines[i]
    return b"\n".join(lines)


def valued(data: bytes, rng: Random) -> bytes:
    """Change what stands behind a ``=``, a ``:`` or a comma."""
    ends = [i for i, byte in enumerate(data[:20_000]) if byte in b"=:,"]
    if not ends:
        return worded(data, rng)
    at = rng.choice(ends) + 1
    end = next((i for i in range(at, len(data)) if data[i] in b"\n,}]"), len(data))
    return data[:at] + rng.choice(WORDS) + data[end:]


def of_json(data: bytes, rng: Random) -> bytes:
    """Change a value of JSON, anywhere in it."""
    with suppress(ValueError, RecursionError):
        root = json.loads(data)
        places: list[tuple[Any, Any]] = []
        todo = [root]
        while todo:
            node = todo.pop()
            keys = range(len(node)) if isinstance(node, list) else node
            if isinstance(node, list | dict):
                places += [(node, key) for key in keys]
                todo += [node[key] for key in keys]
        if places:
            node, key = rng.choice(places)
            other, of = rng.choice(places)
            strange = [None, [], {}, "", -1, 1e308, True, "图", [[[[[]]]]], [1e400], other[of]]
            node[key] = rng.choice(strange)
            return json.dumps(root, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return valued(data, rng)


def of_zip(data: bytes, rng: Random) -> bytes:
    """Change a part of an archive, and make it anew."""
    with suppress(Exception):
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
            names = old.namelist()
            chosen = rng.choice(names)
            for name in names:
                content = old.read(name)
                new.writestr(name, simple(content, rng) if name == chosen else content)
        return made.getvalue()
    return numbered(data, rng)


SIMPLE: tuple[Change, ...] = (flipped, numbered, numbered, cut, doubled, worded, lined, valued)


def simple(data: bytes, rng: Random) -> bytes:
    """Change one thing that any file has."""
    return rng.choice(SIMPLE)(data, rng)


def changed(data: bytes, rng: Random) -> bytes:
    """Change a file, by what it is made of where that is known."""
    head = data[:200].lstrip()
    if head[:2] == b"PK" and rng.random() < 0.7:
        return of_zip(data, rng)
    if head[:1] in (b"{", b"[") and rng.random() < 0.7:
        return of_json(data, rng)
    return simple(data, rng)


def mutated(data: bytes, rng: Random, others: Sequence[bytes] = ()) -> bytes:
    """Return a change of packed files: of one of them, a few times; or a part of another's."""
    files = unpacked(data)
    if not files:
        return simple(data, rng)[:LARGEST]
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        name = rng.choice(list(files))
        if others and rng.random() < 0.1:
            strange = unpacked(rng.choice(others))
            same = [
                v for k, v in strange.items() if k.rpartition(".")[2] == name.rpartition(".")[2]
            ]
            if same:
                at = place(files[name], rng)
                new = rng.choice(same)
                files[name] = files[name][:at] + new[min(at, len(new)) :]
        elif rng.random() < 0.01:
            del files[name]
            if not files:
                return data
        else:
            files[name] = changed(files[name], rng)
    return packed(files)[:LARGEST]
