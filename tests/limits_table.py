"""The limits of the guard, as a table for SECURITY.md: ``python -m tests.limits_table``."""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import fields
from itertools import pairwise

from geoplan.guard import LIMITS, limits, size_text


def rows() -> list[str]:
    """Return a line for each limit: its name, its value, what it is of."""
    tree = ast.parse(inspect.getsource(limits))
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Limits")
    said = {
        field.target.id: text.value.value
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }
    return [
        f"| `{f.name}` | {value(f.name)} | {str(said[f.name]).rstrip('.').replace('``', '`')} |"
        for f in fields(LIMITS)
    ]


def value(name: str) -> str:
    """Return a limit as people read it."""
    number = getattr(LIMITS, name)
    if name.endswith("bytes"):
        return size_text(number).replace(".0 ", " ")
    return f"{number:g} s" if name.endswith("seconds") else f"{number:,}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows()) + "\n")
