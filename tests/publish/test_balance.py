"""Rounded figures: next to the exact ones, and every sum still holds."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from geoplan.publish.balance import balanced, shared_out

UNIT = 7


def network(cities: list[list[list[int]]]) -> dict[Any, tuple[Any, Any, int]]:
    """Return the figures of a table: cities of counties of cells, with all their totals."""
    edges: dict[Any, tuple[Any, Any, int]] = {}
    for c, counties in enumerate(cities):
        edges["area", c] = ("all", ("city", c), sum(map(sum, counties)))
        for k, cells in enumerate(counties):
            edges["area", c, k] = (("city", c), ("county", c, k), sum(cells))
            for i, cell in enumerate(cells):
                edges["cell", c, k, i] = (("county", c, k), ("sum", c, i), cell)
        for i, column in enumerate(zip(*counties, strict=True)):
            edges["cell", c, i] = (("sum", c, i), ("total", i), sum(column))
    for i in range(len(cities[0][0])):
        whole = sum(cells[i] for counties in cities for cells in counties)
        edges["cell", i] = (("total", i), "end", whole)
    edges["area"] = ("end", "all", sum(sum(map(sum, counties)) for counties in cities))
    return edges


tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(
            st.lists(st.integers(-50, 200), min_size=width, max_size=width), min_size=1, max_size=4
        ),
        min_size=1,
        max_size=3,
    )
)


@given(tables)
def test_every_figure_is_next_to_the_exact_one_and_all_sums_hold(
    cities: list[list[list[int]]],
) -> None:
    edges = network(cities)
    made = balanced(edges, unit=UNIT)
    for name, (_, _, value) in edges.items():
        assert abs(made[name] * UNIT - value) < UNIT
        if value % UNIT == 0:
            assert made[name] * UNIT == value
    rounded = {name: (start, end, made[name]) for name, (start, end, _) in edges.items()}
    for node in {node for start, end, _ in edges.values() for node in (start, end)}:
        flows = [
            (end == node) * value - (start == node) * value
            for start, end, value in rounded.values()
        ]
        assert sum(flows) == 0


def test_the_first_figure_is_rounded_to_the_nearest() -> None:
    # A unit in three thirds, each of which alone would be nothing.
    edges: dict[Any, Any] = {"total": ("end", "start", 3)}
    edges |= dict.fromkeys(range(3), ("start", "end", 1))
    made = balanced(edges, unit=3)
    assert made.pop("total") == 1
    assert sorted(made.values()) == [0, 0, 1]
    halves: dict[Any, Any] = {"total": ("b", "a", 25), 0: ("a", "b", 12), 1: ("a", "b", 13)}
    assert balanced(halves, unit=10)["total"] == 3


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_parts_are_shared_out_by_largest_remainders(values: list[int]) -> None:
    made, total = shared_out(values, unit=100)
    assert sum(made) == total
    assert abs(100 * total - sum(values)) <= 50
    assert all(abs(100 * m - v) < 100 for m, v in zip(made, values, strict=True))


def test_largest_remainders_by_hand() -> None:
    assert shared_out([333, 333, 334], unit=100) == ([3, 3, 4], 10)
    assert shared_out([150, 250], unit=100) == ([2, 2], 4)
