"""DXF: how many entities a drawing has when all its blocks are put where they are referred to."""

from __future__ import annotations

import mmap
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from geoplan.guard.limits import Limits
from geoplan.guard.told import check_size, refusal, shown

_ENTITY = re.compile(rb"\n[ \t]*0[ \t]*\r?\n[ \t]*([A-Z][A-Z0-9_]{0,60})")

_SLICE = 8192
"""Bytes after the name of an entity in which its first values stand."""


@dataclass
class Drawing:
    """Entities of each block, and of the drawing itself, which has no name."""

    own: dict[bytes, int] = field(default_factory=lambda: defaultdict(int))
    """Entities that stand in a block."""
    uses: dict[bytes, dict[bytes, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    """How often a block refers to others."""
    inserts: int = 0
    """References to blocks."""
    outward: int = 0
    """Blocks that lie in another file."""


def check_drawing(path: Path, limits: Limits) -> int:
    """Look through a DXF; return how many blocks lie in other files, which are not followed.

    Raises
    ------
    RefusedError
        A binary one, one without an end, too large, or blocks that hold too many others.
    """
    check_size(path, limits.dxf_bytes, what="DXF")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content[:18] == b"AutoCAD Binary DXF":
            raise refusal(path, "dxf_binary", "is a binary DXF; save it as ASCII DXF")
        tail = content[-64:].rstrip(b"\0\x1a \t\r\n")
        if not re.search(rb"\n[ \t]*0[ \t]*\r?\n[ \t]*EOF$", tail):
            raise refusal(
                path, "cut_short", "does not end in EOF; the file is cut short: export it again"
            )
        drawing = _blocks(content, limits)
    if drawing.inserts > limits.dxf_inserts:
        raise refusal(
            path,
            "dxf_bomb",
            f"refers to blocks more than {limits.dxf_inserts} times, the most that is read; save a "
            "part of the drawing",
        )
    total, deepest = _expanded(drawing, path)
    if deepest > limits.dxf_depth:
        raise refusal(
            path,
            "dxf_depth",
            f"blocks stand more than {limits.dxf_depth} deep within one another",
        )
    if total > limits.dxf_entities:
        raise refusal(
            path,
            "dxf_bomb",
            f"has {total:.7g} entities when its blocks are put where they are referred to; "
            f"{limits.dxf_entities} are allowed: draw them as plain lines and areas",
        )
    return drawing.outward


def _blocks(content: mmap.mmap, limits: Limits) -> Drawing:
    """Count entities by block; ends early where there are too many references."""
    drawing, here = Drawing(), b""
    before: re.Match[bytes] | None = None
    for found in chain(_ENTITY.finditer(content), [None]):
        entity, before = before, found
        kind = entity[1] if entity else b"EOF"
        if entity is None or kind in _FRAMES:
            continue
        if kind == b"ENDBLK":
            here = b""
            continue
        if kind not in (b"BLOCK", b"INSERT"):
            drawing.own[here] += 1
            continue
        values = _values(content, entity.end(), found.start() if found else len(content))
        if kind == b"BLOCK":
            here = values.get(b"2", b"").strip().upper() or b"?"
            drawing.outward += bool(values.get(b"1", b"").strip())
            continue
        name = values.get(b"2", b"?").strip().upper()
        drawing.uses[here][name] += _many(values, b"70") * _many(values, b"71")
        drawing.own[here] += 1
        drawing.inserts += 1
        if drawing.inserts > limits.dxf_inserts:
            break
    return drawing


_FRAMES = {b"SECTION", b"ENDSEC", b"EOF", b"SEQEND", b"VERTEX"}
"""What is no entity of its own."""


def _values(content: mmap.mmap, start: int, end: int) -> dict[bytes, bytes]:
    """Return the first values of an entity by group code: these stand on lines of their own."""
    lines = content[start : min(end, start + _SLICE)].split(b"\n")
    return dict(zip([code.strip() for code in lines[1::2]], lines[2::2], strict=False))


def _many(values: dict[bytes, bytes], code: bytes) -> int:
    """Return how often a block is repeated in one direction."""
    try:
        return max(int(values.get(code, b"1")), 1)
    except ValueError:
        return 1


def _expanded(drawing: Drawing, path: Path) -> tuple[int, int]:
    """Return the entities of a drawing with all blocks in place, and how deep these stand."""
    sizes: dict[bytes, tuple[int, int]] = {}
    open_: set[bytes] = set()
    todo = [(b"", False)]
    while todo:
        name, ready = todo.pop()
        if ready:
            open_.discard(name)
            parts = [(sizes.get(other, (0, 0)), n) for other, n in drawing.uses[name].items()]
            count = drawing.own[name] + sum(size * n for (size, _), n in parts)
            sizes[name] = count, 1 + max((depth for (_, depth), _ in parts), default=-1)
            continue
        if name in sizes:
            continue
        if name in open_:
            continue
        open_.add(name)
        todo.append((name, True))
        for other in drawing.uses[name]:
            if other in open_:
                raise refusal(
                    path,
                    "dxf_bomb",
                    f"block {shown(other.decode('utf-8', 'replace'))} holds itself",
                )
            if other not in sizes:
                todo.append((other, False))
    return sizes[b""]
