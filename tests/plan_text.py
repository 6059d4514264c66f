"""A plan's text for tests of citations: eight lines, known by its sha256."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from tests.small import SmallProject

LINES = (
    "甲州规划",
    "",
    "第一章　总则",
    "东山县、西山和“南水县”划为重点区",
    "二山大水网自东山区经河口至外州，长１２．５公里、3—4座水库",
    "八大园区，投资1,250亿元，面积5.50万亩",
    "地区生产总值（亿元）|720.3|60左右|--|约束性",
    "要素：类",
)
TEXT = "\n".join(LINES)


def give_text(small: SmallProject, text: str = TEXT) -> Path:
    """Write the text of plan-a into a folder, register its sha256, and return the folder."""
    folder = small.root / "texts"
    folder.mkdir(exist_ok=True)
    (folder / "any-name.txt").write_bytes(text.encode())
    registry = small.root / "layers/documents.toml"
    digest = sha256(text.encode()).hexdigest()
    lines = registry.read_text("utf-8").split("\n")
    lines = [line for line in lines if not line.startswith("sha256")]
    lines.insert(lines.index('id = "plan-a"') + 1, f'sha256 = "{digest}"')
    registry.write_text("\n".join(lines), encoding="utf-8")
    return folder
