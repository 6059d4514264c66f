"""What is said of rasters in numbers: digits that cells allow, no exponents, true steps."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest

from geoplan.errors import StageError
from geoplan.publish.image_data import FIGURES, definitions, image_data, name_of, zonal_data
from geoplan.publish.images import (
    Image,
    Swatch,
    area_text,
    check_place,
    figures_of,
    fills_of_image,
    grid_note,
    image_of,
    opening_image,
    step_swatches,
)
from geoplan.schema import frame

LOW, MIDDLE, HIGH = "#111111", "#222222", "#333333"
STEPS = step_swatches((0, 10, 20, 30), (LOW, MIDDLE, HIGH))
CLASSES = (Swatch(("林", "Wood"), LOW, "wood"), Swatch(("田", "Field"), HIGH, "field"))


def image(legend: tuple[Swatch, ...] = STEPS, **more: Any) -> Image:
    """Return an image of 4 x 2 pixels whose bytes are no picture."""
    facts: dict[str, Any] = {
        "id": "dem",
        "title": ("高程", "Heights"),
        "note": ("每格约 30×30 米", "cells of about 30 × 30 m"),
        "png": b"\x00\x01\x02",
        "size": (4, 2),
        "bounds": (1.005, 2.0, 3.0, 4.0),
        "meridian": 112.5,
        "legend": legend,
        "source": "资料",
    }
    return Image(**(facts | more))


def figures(code: str, class_: str = "", **more: Any) -> dict[str, Any]:
    """Return a row of `zonal` without amounts; `more` are some of them."""
    names = (*FIGURES, "area_km2", "share_of_unit", "share_covered", "cells")
    empty = dict.fromkeys(names)
    return {"layer": "dem", "adcode": code, "class": class_, "measure": None, **empty, **more}


@pytest.mark.parametrize(
    ("km2", "said"),
    [
        pytest.param(0.0, "0", id="none"),
        pytest.param(1e-9, "0", id="next to none"),
        pytest.param(0.0000123, "0.000012", id="no exponent below"),
        pytest.param(0.004567, "0.00457", id="small"),
        pytest.param(0.9996, "1", id="rounds up to a whole"),
        pytest.param(9.995, "9.99", id="as stored, not as written"),
        pytest.param(100.0, "100", id="zeros of a whole number stay"),
        pytest.param(999.4, "999", id="three digits"),
        pytest.param(999.6, "1000", id="rounds up to four places"),
        pytest.param(156_812.0, "157000", id="province"),
        pytest.param(9_600_000.0, "9600000", id="no exponent above"),
    ],
)
def test_coarse_areas_have_three_digits(km2: float, said: str) -> None:
    assert area_text(image(coarse=True), km2) == said


@pytest.mark.parametrize(
    ("km2", "said"),
    [
        pytest.param(0.0, "0.00", id="none"),
        pytest.param(0.004, "0.00", id="less than a hundredth"),
        pytest.param(1321.018, "1321.02", id="rounded"),
        pytest.param(7.0, "7.00", id="whole"),
    ],
)
def test_fine_areas_have_hundredths(km2: float, said: str) -> None:
    assert area_text(image(), km2) == said


@pytest.mark.parametrize("coarse", [True, False])
def test_no_area_is_no_text(coarse: bool) -> None:
    assert area_text(image(coarse=coarse), None) == ""


@pytest.mark.parametrize(
    ("cell_m", "said"),
    [
        pytest.param((985.2, 1015.1), "cells of about 1020 × 985 m", id="a kilometre on the grid"),
        pytest.param((999.7, 999.7), "cells of about 1000 × 1000 m", id="all but a kilometre"),
        pytest.param((740.4, 925.3), "cells of about 925 × 740 m", id="thirty seconds"),
        pytest.param((1_000.0, 1_250.0), "cells of about 1.2 × 1.0 km", id="kilometres"),
        pytest.param((1_999.0, 2_500.0), "cells of about 2.5 × 2.0 km", id="below two"),
        pytest.param((2_000.0, 2_500.0), "cells of about 2 × 2 km", id="whole from two on"),
        pytest.param((22_100.0, 27_750.0), "cells of about 28 × 22 km", id="quarter degree"),
        pytest.param((12.5, 12.5), "cells of about 12.5 × 12.5 m", id="ALOS"),
        pytest.param((0.5, 0.5), "cells of about 0.5 × 0.5 m", id="half a metre"),
        pytest.param((50.0, 50.0), "cells of about 50 × 50 m", id="at the limit"),
    ],
)
def test_cells_are_told_down_by_across(cell_m: tuple[float, float], said: str) -> None:
    assert grid_note(cell_m, minutes=None, coarse_m=50)[1].partition(";")[0] == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        pytest.param(1 / 60, "1″", id="second"),
        pytest.param(0.5, "30″", id="half a minute"),
        pytest.param(1.0, "1′", id="minute"),
        pytest.param(0.0166666 * 60, "1′", id="minute with digits cut"),
        pytest.param(2.5, "2.5′", id="minutes and a half"),
        pytest.param(15.0, "15′", id="quarter of a degree"),
        pytest.param(59.9999, "1°", id="degree with digits cut"),
        pytest.param(60.0, "1°", id="degree"),
        pytest.param(150.0, "2.5°", id="degrees and a half"),
    ],
)
def test_steps_in_degrees_are_told_in_their_own_unit(minutes: float, said: str) -> None:
    zh, en = grid_note((30.0, 30.0), minutes=minutes, coarse_m=50)
    assert zh == f"{said}格网，每格约 30×30 米"
    assert en == f"{said} grid, cells of about 30 × 30 m"


@pytest.mark.parametrize(
    ("cell_m", "coarse"),
    [
        pytest.param((50.0, 50.0), False, id="at the limit"),
        pytest.param((50.1, 10.0), True, id="wide"),
        pytest.param((10.0, 50.1), True, id="high"),
    ],
)
def test_the_longer_side_makes_it_coarse(cell_m: tuple[float, float], coarse: bool) -> None:
    zh, en = grid_note(cell_m, minutes=None, coarse_m=50)
    assert ("粗于 50 米" in zh) is coarse
    assert ("coarser than 50 m" in en) is coarse


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        pytest.param((-math.inf, 7, math.inf), ["below 7", "7 and more"], id="two open steps"),
        pytest.param((0, 0.125, 0.25), ["0–0.125", "0.125–0.25"], id="parts"),
        pytest.param((-20, -10, 0), ["−20–−10", "−10–0"], id="below zero"),
        pytest.param((0, 5, math.inf), ["0–5", "5 and more"], id="open above"),
        pytest.param((-math.inf, -5, 0), ["below −5", "−5–0"], id="open below"),
        pytest.param((0, 1e6, 2e6), ["0–1000000", "1000000–2000000"], id="large"),
    ],
)
def test_steps_are_said_in_words(edges: tuple[float, ...], said: list[str]) -> None:
    made = step_swatches(edges, [LOW, HIGH])
    assert [swatch.title[1] for swatch in made] == said
    assert [swatch.values for swatch in made] == list(pairwise(edges))
    assert {swatch.id for swatch in made} == {""}


def test_a_colour_too_few_is_no_legend() -> None:
    with pytest.raises(ValueError, match="shorter"):
        step_swatches((0, 1, 2), [LOW])


@pytest.mark.parametrize(
    ("mean", "colour"),
    [
        pytest.param(-5.0, LOW, id="below the first step"),
        pytest.param(0.0, LOW, id="first edge"),
        pytest.param(9.999, LOW, id="within"),
        pytest.param(10.0, MIDDLE, id="an edge is the next step's"),
        pytest.param(29.0, HIGH, id="last step"),
        pytest.param(30.0, HIGH, id="last edge"),
        pytest.param(1e9, HIGH, id="above the last step"),
    ],
)
def test_means_have_the_colour_of_their_step(mean: float, colour: str) -> None:
    assert fills_of_image(image(), [figures("1", mean=mean)]) == {colour: ["1"]}


def test_units_have_the_colour_of_their_largest_class() -> None:
    rows = [
        figures("1", "wood", area_km2=3.0),
        figures("1", "field", area_km2=2.0),
        figures("2", "wood", area_km2=0.5),
        figures("2", "field", area_km2=0.75),
        figures("3", "", area_km2=9.0),
        figures("3", "wood", area_km2=1.0),
        figures("4", ""),
    ]
    found = fills_of_image(image(CLASSES), rows)
    assert found == {LOW: ["1", "3"], HIGH: ["2"]}
    assert fills_of_image(image(CLASSES), rows[::-1]) == found


def test_other_layers_and_units_without_values_have_no_colour() -> None:
    other = figures("1", mean=5.0) | {"layer": "elsewhere"}
    assert fills_of_image(image(), [other, figures("2")]) == {}
    assert fills_of_image(image(), []) == {}


def test_a_page_opens_with_amounts_before_classes() -> None:
    classes, amounts = image(CLASSES, id="cover"), image()
    assert opening_image([classes, amounts]) == ("dem|image",)
    assert opening_image([classes]) == ("cover|image",)
    assert opening_image([]) == ()


def test_an_image_knows_what_it_shows() -> None:
    assert image(CLASSES).categorical
    assert not image().categorical
    assert image().key == "dem|image"
    assert image().address == "data:image/png;base64,AAEC"


def test_pictures_of_the_page_meridian_pass_and_others_are_all_named() -> None:
    check_place([], 112.5)
    check_place([image()], 112.5)
    wrong = [image(id="a", meridian=111.0), image(), image(id="b", meridian=114.0)]
    with pytest.raises(StageError, match=r"2 picture\(s\).*\(112\.5°\): a, b; make them anew"):
        check_place(wrong, 112.5)


def row(legend: str, **more: Any) -> dict[str, Any]:
    """Return a row of `pictures` with some legend."""
    sides = {"west": 1.0, "south": 2.0, "east": 3.0, "north": 4.0, "meridian": 112.5}
    cells = {"cell_width_m": 30.0, "cell_height_m": 30.0, "cell_minutes": None}
    return {"legend": legend, "png": "AAEC", "width": 4, "height": 2} | sides | cells | more


LAYER = {"layer": "dem", "title": "高程", "title_en": "Heights"}
WOOD = {"wood": {"title": "林", "title_en": "Wood"}}


def of(made: dict[str, Any], measure: str | None = "m", *, synthetic: bool = False) -> Image:
    """Return the image of a row."""
    facts = {"measure": measure, "synthetic": synthetic}
    return image_of(made, layer=LAYER, raster=facts, source="资料", classes=WOOD)


@pytest.mark.parametrize(
    ("legend", "digits", "steps"),
    [
        pytest.param(f"0 200 {LOW};200 400 {HIGH}", 0, 2, id="metres"),
        pytest.param(f"-inf 2 {LOW};2 4 {MIDDLE};4 inf {HIGH}", 2, 3, id="open at both ends"),
        pytest.param(f"-inf 7 {LOW};7 inf {HIGH}", 2, 2, id="one limit"),
        pytest.param(f"7 7 {LOW}", 2, 1, id="one value"),
        pytest.param(f"0 0.5 {LOW};0.5 1 {HIGH}", 2, 2, id="parts"),
    ],
)
def test_figures_have_the_digits_of_their_steps(legend: str, digits: int, steps: int) -> None:
    made = of(row(legend))
    assert made.digits == digits
    assert len(made.legend) == steps
    assert not made.categorical


def test_classes_have_the_words_and_the_order_of_the_legend() -> None:
    made = of(row(f"wood {LOW}"), measure=None)
    assert made.legend == (Swatch(("林", "Wood"), LOW, "wood"),)
    assert made.unit == ("", "")
    assert made.digits == 0


def test_facts_of_a_raster_come_to_its_image() -> None:
    made = of(row(f"0 200 {LOW}", cell_height_m=50.1), synthetic=True)
    assert made.coarse
    assert made.synthetic
    assert made.unit == ("米", "m")
    assert made.bounds == (1.0, 2.0, 3.0, 4.0)
    assert made.size == (4, 2)
    assert made.png == b"\x00\x01\x02"
    assert not of(row(f"0 200 {LOW}")).coarse


def test_without_its_picture_a_legend_is_left() -> None:
    bare = {key: value for key, value in row(f"0 200 {LOW}").items() if key != "png"}
    made = of(bare)
    assert made.png == b""
    assert made.legend[0].title == ("0–200", "0–200")


def test_scripts_get_rounded_places_and_flags_as_numbers() -> None:
    one = image(synthetic=True, coarse=True, digits=1, unit=("米", "m"))
    told, cover = image_data([one, image(CLASSES, id="cover")])
    assert told["b"] == [1.0, 2.0, 3.0, 4.0]
    assert (told["l"], told["k"], told["at"]) == ("dem", "dem|image", "raster-0")
    assert (told["syn"], told["rough"], told["cat"], told["dig"]) == (1, 1, 0, 1)
    assert told["lg"][0] == [["0–10", "0–10"], LOW, ""]
    assert (cover["syn"], cover["rough"], cover["cat"], cover["at"]) == (0, 0, 1, "raster-1")
    assert cover["lg"][1] == [["田", "Field"], HIGH, "field"]


def test_elements_are_numbered_as_scripts_call_them() -> None:
    page = definitions([image(), image(CLASSES, id="cover")])
    assert page.count("<image ") == 2
    assert [f'id="{name_of(i)}"' in page for i in range(3)] == [True, True, False]
    assert 'width="4"' in page
    assert 'height="2"' in page
    assert page.count("data:image/png;base64,AAEC") == 2
    assert 'aria-hidden="true"' in page


def test_figures_are_rounded_to_what_the_steps_tell() -> None:
    amounts: dict[str, Any] = dict.fromkeys(FIGURES, 12.3456)
    rest: dict[str, Any] = {"share_covered": 0.33333333, "cells": 1.23456}
    made = zonal_data([image(digits=1)], [figures("1", **amounts, **rest)], units={"1": 7})
    assert made == [[7, 0, 0, None, None, 0.333333, 1.23, *[12.3] * 6]]


def test_figures_of_classes_name_them_and_leave_amounts_out() -> None:
    facts: dict[str, Any] = {
        "area_km2": 1.23456789,
        "share_of_unit": 0.5,
        "share_covered": 1.0,
        "cells": 2.0,
    }
    found = zonal_data(
        [image(), image(CLASSES, id="cover")],
        [figures("1", "wood", **facts) | {"layer": "cover"}],
        units={"1": 0},
    )
    assert found == [[0, 1, "wood", 1.2346, 0.5, 1.0, 2.0, *[None] * 6]]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"layer": "elsewhere"}, id="another layer"),
        pytest.param({"adcode": "2"}, id="a unit that the page does not show"),
    ],
)
def test_figures_of_what_is_not_shown_are_left_out(changed: dict[str, str]) -> None:
    assert zonal_data([image()], [figures("1") | changed], units={"1": 0}) == []


def test_figures_of_a_unit_are_found_by_layer_and_class() -> None:
    rows = [
        figures("1", mean=5.0, cells=1.0, share_covered=1.0),
        figures("2", mean=6.0, cells=1.0, share_covered=1.0),
        figures("1", "wood", cells=1.0, share_covered=1.0) | {"layer": "cover"},
    ]
    found = figures_of({"zonal": frame("zonal", rows)}, "1")
    assert list(found) == [("cover", "wood"), ("dem", "")]
    assert found["dem", ""]["mean"] == 5.0
    assert figures_of({}, "1") == {}
