"""Rounded figures that still add up: each is the next one below or above the exact one."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from typing import TypeVar

Node = Hashable
Name = TypeVar("Name", bound=Hashable)
Edges = Mapping[Name, tuple[Node, Node, int]]
"""Figures by name as edges of a network: from, to, and a whole number of parts.

What flows into a node flows out of it: a total is one edge, its parts leave
the node that it enters. Grand totals go back from the last node to the first.
"""


def balanced(edges: Edges[Name], *, unit: int) -> dict[Name, int]:
    """Round figures to multiples of `unit`, so that all sums of the network still hold.

    Parameters
    ----------
    edges
        Whole numbers of parts that are conserved at every node.
    unit
        Parts in one unit of the last digit that is shown.

    Returns
    -------
    dict
        Units by name, each the exact figure rounded down or up.

    Figures with fractions form rings: what goes round one in one direction
    changes no sum. So one after the other becomes whole, the first ones of
    `edges` as near to the exact figure as the sums allow.
    """
    parts = {name: value for name, (_, _, value) in edges.items()}
    open_: dict[Node, dict[Name, Node]] = {}
    for name, (start, end, value) in edges.items():
        if value % unit:
            open_.setdefault(start, {})[name] = end
            open_.setdefault(end, {})[name] = start
    for first in edges:
        up = 2 * (edges[first][2] % unit) >= unit
        while parts[first] % unit:
            ring = _ring(edges, open_, first)
            step = min(_room(parts[name], sign if up else -sign, unit) for name, sign in ring)
            for name, sign in ring:
                parts[name] += step * (sign if up else -sign)
                if parts[name] % unit == 0:
                    for node in edges[name][:2]:
                        open_[node].pop(name, None)
    return {name: value // unit for name, value in parts.items()}


def _room(value: int, sign: int, unit: int) -> int:
    """Return how far a figure can go up (1) or down (-1) until it is whole."""
    return unit - value % unit if sign > 0 else value % unit


def _ring(
    edges: Edges[Name], open_: Mapping[Node, Mapping[Name, Node]], first: Name
) -> list[tuple[Name, int]]:
    """Return a shortest ring of figures with fractions that begins with `first`.

    Names, and 1 or -1: along `first`, or against its direction. There is one,
    since nothing with a fraction can be the only way between two sides.
    """
    goal, start, _ = edges[first]
    came: dict[Node, tuple[Node, Name]] = {start: (start, first)}
    todo = deque([start])
    while goal not in came:
        at = todo.popleft()
        for name, other in open_[at].items():
            if name != first and other not in came:
                came[other] = (at, name)
                todo.append(other)
    ring: list[tuple[Name, int]] = [(first, 1)]
    at = goal
    while at != start:
        before, way = came[at]
        ring.append((way, 1 if edges[way][0] == before else -1))
        at = before
    return ring


def shared_out(values: list[int], *, unit: int) -> tuple[list[int], int]:
    """Round numbers of parts to multiples of `unit`; return them and their sum, in units.

    The sum is the exact sum rounded to the nearest, the parts are its largest remainders.
    """
    total = (sum(values) + unit // 2) // unit
    made = [value // unit for value in values]
    by_rest = sorted(range(len(values)), key=lambda i: (-(values[i] % unit), i))
    for i in by_rest[: total - sum(made)]:
        made[i] += 1
    return made, total
