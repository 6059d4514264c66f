"""Layout of sheets: boxes on paper, round scales, texts that break where they may."""

from __future__ import annotations

import itertools

import pytest

from geoplan.publish.paper.layout import (
    ORIENTATIONS,
    PAPERS,
    Box,
    best,
    denominator,
    fonts,
    layout,
    settings,
    sheet_name,
)
from geoplan.publish.paper.text import NO_END, NO_START, family, shortened, width_of, wrapped

SIZES = {"A3": (420, 297), "A4": (297, 210)}
PLAN = "《某省国民经济和社会发展第十四个五年规划纲要》（某政发〔2021〕7号）；县界已概化"


@pytest.mark.parametrize(("paper", "orientation"), list(itertools.product(PAPERS, ORIENTATIONS)))
def test_boxes_lie_on_the_paper_and_apart(paper: str, orientation: str) -> None:
    made = layout(paper, orientation)  # type: ignore[arg-type]
    long, short = SIZES[paper]
    wide = orientation == "landscape"
    assert (made.page.width, made.page.height) == ((long, short) if wide else (short, long))
    margin = settings()["margin"]
    for box in (made.title, made.map, made.key):
        assert margin <= box.x < box.right <= made.page.width - margin
        assert margin <= box.y < box.bottom <= made.page.height - margin
    assert made.title.bottom <= made.map.y
    if wide:
        assert made.map.right + made.sizes.gap == made.key.x
    else:
        assert made.map.bottom + made.sizes.gap == made.key.y


@pytest.mark.parametrize(
    ("extent", "scale"),
    [
        pytest.param((100_000, 50_000), 1_000_000, id="fits to the point"),
        pytest.param((100_001, 50_000), 1_250_000, id="just too wide"),
        pytest.param((10_000, 60_000), 1_250_000, id="height decides"),
        pytest.param((62_000, 10), 750_000, id="between steps"),
        pytest.param((0.5, 0.5), 10, id="tiny"),
        pytest.param((0, 0), 1, id="a point"),
    ],
)
def test_scale_is_the_next_round_one(extent: tuple[float, float], scale: int) -> None:
    assert denominator(*extent, box=Box(10, 10, 100, 50)) == scale


def test_scales_are_steps_times_powers_of_ten_and_never_too_large() -> None:
    box = Box(0, 0, 300, 200)
    rounds = {round(step * 10**p) for p in range(2, 9) for step in settings()["steps"]}
    for metres in range(5_000, 4_000_000, 37_123):
        found = denominator(metres, metres / 3, box=box)
        assert found in rounds
        assert metres * 1000 / found <= box.width
        smaller = max(r for r in rounds if r < found)
        assert metres * 1000 / smaller > box.width


def test_paper_lies_so_that_the_scale_is_larger() -> None:
    # 晋中 is 242 by 161 km; at 1:500 000 it would be 484 mm wide.
    wide, scale = best(242_125, 160_675, paper="A3")
    assert (wide.orientation, scale) == ("landscape", 750_000)
    tall, scale = best(384_924, 683_170, paper="A3")
    assert (tall.orientation, scale) == ("portrait", 2_500_000)
    assert best(100_000, 60_000, paper="A4")[1] > best(100_000, 60_000, paper="A3")[1]


def test_sheets_are_named_after_their_pages() -> None:
    assert sheet_name("corridor-108.html") == "print/corridor-108.svg"


def test_chinese_is_as_wide_as_high_and_latin_half() -> None:
    assert width_of("晋中市", 3) == 9
    assert 0.4 * 3 * 7 < width_of("Jinzhon", 3) < 0.75 * 3 * 7
    assert width_of("", 3) == 0


@pytest.mark.parametrize("width", [8, 15, 30, 60, 200])
def test_lines_fit_and_nothing_is_lost(width: float) -> None:
    lines = wrapped(PLAN, width, size=3)
    assert "".join(lines) == PLAN
    assert all(width_of(line, 3) <= width or len(line) == 1 for line in lines)


def test_lines_begin_and_end_as_in_print() -> None:
    for width in range(24, 90, 3):
        lines = wrapped(PLAN, width, size=3)
        assert not [line for line in lines if line[0] in NO_START], width
        assert not [line for line in lines[:-1] if line[-1] in NO_END], width


def test_words_of_latin_stay_whole_unless_they_are_wider_than_a_line() -> None:
    assert wrapped("Key development areas", 22, size=3) == ["Key", "development", "areas"]
    assert wrapped("W" * 10, 12, size=3) == ["WWWW", "WWWW", "WW"]
    assert wrapped("  ", 12, size=3) == []


def test_a_long_text_is_cut_off_with_a_mark() -> None:
    assert shortened("晋中市规划图", 18, size=3) == "晋中市规划图"
    assert shortened("晋中市规划图", 15, size=3) == "晋中市规…"


def test_fonts_are_quoted_and_hold_nothing_else() -> None:
    said = family(fonts())
    assert said.startswith("SimHei, 'Microsoft YaHei', ")
    assert said.endswith(", sans-serif")
    assert family(["a\"'><b", "思源黑体"]) == "ab, '思源黑体'"
