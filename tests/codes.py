"""Codes of errors and notices, read from the source: what ``docs/errors.md`` has to explain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from geoplan import errors
from geoplan.errors import GeoplanError

PACKAGE = Path(__file__).parents[1] / "geoplan"

FAMILIES = (
    *("usage", "data", "stage", "refused", "format", "encoding", "crs", "repair", "coverage"),
    *("fields", "convert", "boundaries", "layers", "overlay", "analysis"),
)
_CODE = re.compile(rf"({'|'.join(FAMILIES)})\.[a-z][a-z0-9_]*")

NO_CODES = {"fields.json", "fields.csv", "format.several"}
"""Texts that look like codes: names of files, beginnings of codes."""

ELSEWHERE = ("publish", "trace")
"""Parts in which such texts are columns of tables."""

IN_PARTS = {
    "layers.map_left_out": "layers/silent.py",
    "layers.map_empty": "layers/silent.py",
    "layers.partition_gap": "layers/partitions.py",
    "layers.partition_double": "layers/partitions.py",
}
"""Codes that are put together of two texts, and where the second one stands."""


def classes() -> dict[str, type[GeoplanError]]:
    """Return the classes of errors, by their codes."""
    kinds = [v for v in vars(errors).values() if isinstance(v, type)]
    return {kind.code: kind for kind in kinds if issubclass(kind, GeoplanError)}


def texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts that stand in an expression."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def codes_of(source: str) -> set[str]:
    """Return the codes that a module writes."""
    tree = ast.parse(source)
    documents = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in documents and _CODE.fullmatch(node.value):
                found.add(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            # Refusals are given the second part of their code.
            place = {"refusal": 1, "_not": 2}.get(node.func.id, len(node.args))
            named = [k.value for k in node.keywords if k.arg == "code"]
            if node.func.id in ("refusal", "_not"):
                parts = [text for n in (*node.args[place : place + 1], *named) for text in texts(n)]
                found |= {f"refused.{part}" for part in parts}
    return found - NO_CODES


def codes() -> dict[str, list[str]]:
    """Return all codes of the package, with the modules that write them."""
    found: dict[str, list[str]] = {code: ["errors.py"] for code in classes()}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.partition("/")[0] not in ELSEWHERE:
            for code in codes_of(path.read_text("utf-8")):
                found.setdefault(code, []).append(name)
    for code, name in IN_PARTS.items():
        if f'"{code.partition(".")[2]}"' in (PACKAGE / name).read_text("utf-8"):
            found.setdefault(code, []).append(name)
    return found
