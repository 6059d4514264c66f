"""Steps of values, their colours, and pictures that keep within their size."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from geoplan.pictured import MOST_STEPS, RAMP, bounded, colours_of, digits_of, edges_of


@pytest.mark.parametrize(
    ("low", "high", "edges"),
    [
        (0, 1500, (0, 200, 400, 600, 800, 1000, 1200, 1400, 1600)),
        (210, 2790, (0, 500, 1000, 1500, 2000, 2500, 3000)),
        (-3.2, 4.1, (-4, -2, 0, 2, 4, 6)),
        (0.1, 0.3, (0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.275, 0.3)),
        (7, 7, (7, 7)),
    ],
)
def test_edges_are_round_and_hold_all_values(
    low: float, high: float, edges: tuple[float, ...]
) -> None:
    made = edges_of(low, high)
    assert made == edges
    assert made[0] <= low <= high <= made[-1]
    assert len(made) - 1 <= MOST_STEPS


def test_colours_go_evenly_from_the_first_to_the_last() -> None:
    assert colours_of(("#000000", "#ffffff"), 3) == ("#000000", "#808080", "#ffffff")
    assert colours_of(("#000000", "#ff0000", "#0000ff"), 3) == ("#000000", "#ff0000", "#0000ff")
    assert colours_of(("#000000", "#ffffff"), 1) == ("#808080",)
    assert colours_of(("#123456",), 2) == ("#123456", "#123456")
    assert len(set(colours_of(RAMP, MOST_STEPS))) == MOST_STEPS


@pytest.mark.parametrize(
    ("low", "high", "digits"), [(0, 2000, 0), (0, 30, 1), (0, 1, 2), (5, 5, 2), (0, 1e-9, 6)]
)
def test_decimals_tell_a_hundredth_of_the_span(low: float, high: float, digits: int) -> None:
    assert digits_of(low, high) == digits


@dataclass
class Square:
    """A picture of as many bytes as pixels."""

    png: bytes


def test_a_picture_that_is_too_large_gets_fewer_pixels() -> None:
    asked: list[int] = []

    def make(longest_px: int) -> Square:
        asked.append(longest_px)
        return Square(b"x" * longest_px**2)

    assert len(bounded(make, longest_px=1000, most_bytes=250_000).png) <= 250_000
    assert asked == [1000, 500]
    assert len(bounded(make, longest_px=400, most_bytes=250_000).png) == 160_000


def test_what_stays_too_large_ends_at_a_hundred_pixels() -> None:
    asked: list[int] = []

    def make(longest_px: int) -> Square:
        asked.append(longest_px)
        return Square(b"x" * 1000)

    assert len(bounded(make, longest_px=104, most_bytes=10).png) == 1000
    assert asked == [104, 100]
