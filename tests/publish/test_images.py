"""Rasters on pages and sheets: each picture once, true legends, figures of units."""

from __future__ import annotations

import io
import json
import re
from base64 import b64decode
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Png

from geoplan import schema
from geoplan.errors import StageError
from geoplan.publish import Output, outputs
from geoplan.publish.columns import MAP
from geoplan.publish.grids import image_grids
from geoplan.publish.image_data import definitions, image_data, zonal_data
from geoplan.publish.images import (
    Image,
    Swatch,
    area_text,
    check_place,
    fills_of_image,
    grid_note,
    images_of,
    opening_image,
    step_swatches,
)
from geoplan.publish.maps import page_html
from geoplan.publish.own.raster import RasterMap, beside, raster_text
from geoplan.publish.paper.base import base_of
from geoplan.publish.paper.content import content_of
from geoplan.publish.paper.drawn import draw
from geoplan.publish.paper.lines import lines_of
from geoplan.publish.paper.pictures import pictures
from geoplan.publish.rows import Shown
from geoplan.schema import Column
from tests.publish import rastered, sample

TABLES = ("pictures", "rasters", "zonal")
TERRAIN = {"terrain.html", "print/terrain.svg"}


@cache
def made() -> dict[str, Output]:
    """Return the files of the sample with rasters."""
    return _outputs(rastered.tables())


def _outputs(tables: dict[str, pd.DataFrame]) -> dict[str, Output]:
    every = outputs(tables, project=sample.project(Path()), as_of=sample.AS_OF)
    return {output.name: output for output in every}


@cache
def text(name: str) -> str:
    """Return a file of the sample with rasters."""
    return made()[name].content().decode("utf-8")


@cache
def images() -> dict[str, Image]:
    """Return the images of the sample by their layer."""
    return {image.id: image for image in images_of(Shown(rastered.tables()))}


def data(page: str) -> dict[str, Any]:
    """Return what the scripts of a page read."""
    start = page.index("var GEOPLAN = ") + len("var GEOPLAN = ")
    found: dict[str, Any] = json.JSONDecoder().raw_decode(page, start)[0]
    return found


@pytest.mark.parametrize(
    ("edges", "titles"),
    [
        ((0, 200, 400), ["0–200", "200–400"]),
        ((-5, 0.5, 6), ["−5–0.5", "0.5–6"]),
        ((-np.inf, 600, 900, np.inf), ["低于 600", "600–900", "900 及以上"]),
        ((7, 7), ["7"]),
    ],
)
def test_steps_are_told_as_they_are(edges: tuple[float, ...], titles: list[str]) -> None:
    colours = ["#111111", "#222222", "#333333"][: len(titles)]
    swatches = step_swatches(edges, colours)
    assert [s.title[0] for s in swatches] == titles
    assert [s.colour for s in swatches] == colours


@pytest.mark.parametrize(
    ("cell_m", "minutes", "said"),
    [
        ((7352.4, 9249.2), 5.0, "5′格网，每格约 9×7 公里，粗于 50 米，不能用作双评价"),
        ((30.0, 30.0), None, "每格约 30×30 米"),
        ((24.6, 30.9), 1 / 60, "1″格网，每格约 30.9×24.6 米"),
        ((90.0, 90.0), None, "每格约 90×90 米，粗于 50 米，不能用作双评价"),
        ((1000.0, 1000.0), None, "每格约 1.0×1.0 公里，粗于 50 米，不能用作双评价"),
    ],
)
def test_the_size_of_cells_is_told_and_that_it_is_coarse(
    cell_m: tuple[float, float], minutes: float | None, said: str
) -> None:
    assert grid_note(cell_m, minutes=minutes, coarse_m=50)[0] == said


def test_images_are_made_of_the_tables() -> None:
    heights, covers = images()["heights"], images()["covers"]
    assert [s.title[0] for s in heights.legend][:2] == ["0–200", "200–400"]
    assert (heights.unit, heights.categorical, heights.synthetic) == (("米", "m"), False, True)
    assert [(s.id, s.title[0]) for s in covers.legend] == [("forest", "林地"), ("field", "耕地")]
    assert (covers.unit, covers.categorical, covers.synthetic) == (("", ""), True, False)
    assert Png.open(io.BytesIO(heights.png)).size == heights.size
    assert heights.source == "公开资料"
    # Amounts before classes, whatever the order of layers.
    assert opening_image(list(images().values())) == ("heights|image",)


def test_a_page_holds_each_picture_once_and_figures_of_its_units() -> None:
    page = text("terrain.html")
    found = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", page)
    assert [b64decode(part) for part in found] == [i.png for i in images_of(shown())]
    told = data(page)
    assert [image["k"] for image in told["images"]] == ["covers|image", "heights|image"]
    assert told["page"]["on"] == ["heights|image"]
    place = next(i for i, unit in enumerate(told["units"]) if unit["c"] == "140702")
    (mean,) = [row for row in told["zonal"] if row[0] == place and row[1] == 1]
    assert mean[2:] == [0, None, None, 1.0, 12.5, 702, 603, 652, 703, 752, 801]


def shown() -> Shown:
    """Return the tables of the sample with rasters."""
    return Shown(rastered.tables())


@pytest.mark.parametrize("name", ["overview.html", "jinzhong.html", "energy.html"])
def test_other_pages_have_neither_pictures_nor_their_scripts(name: str) -> None:
    page = text(name)
    assert "ProjectedImage" not in page
    assert "image/png" not in page
    assert '"heights"' not in page


def test_the_page_without_scripts_shows_the_picture_its_legend_and_all_units() -> None:
    page = text("terrain.html")
    picture = page[page.index("<figure>") : page.index("</figure>")]
    assert picture.count('<use href="#raster-1"') == 1  # heights, which are on
    assert '<image id="raster-1"' in page
    for words in ("合成数据，不是实测", "1000–1200", "每格约 28×22 公里", "公开资料"):
        assert words in page
    (heights,) = re.findall(
        r'<tr><th scope="row"><a href="#140702">.*?<td class="n">702.*?</tr>', page
    )
    assert re.findall(r'<td class="n">([^<]*)</td>', heights)[-3:] == ["752", "801", "100.0%"]


def test_grids_hold_the_unit_its_cities_and_counties() -> None:
    atlas, page = rastered.terrain()
    covers, heights = image_grids(atlas, page)
    names = [row[0].text[0] for row in heights.rows]
    assert names[:3] == ["山西省", "阳泉市", "城区"]
    assert len(names) == 1 + 2 + 16
    of = {row[0].text[0]: [cell.text[0] for cell in row[1:]] for row in heights.rows}
    assert of["榆次区"] == ["702", "603", "652", "703", "752", "801", "100.0%"]
    # Cells of 28 by 22 km: three digits and no more.
    assert [head.text[0] for head in covers.heads][1:3] == ["林地（平方公里）", "占比"]
    assert covers.rows[0][1].text[0] == "15700"
    assert heights.notes[0][0] == "合成数据，不是实测"


def test_areas_have_as_many_digits_as_cells_allow() -> None:
    fine = replace(images()["covers"], coarse=False)
    assert area_text(images()["covers"], 40059.53) == "40100"
    assert area_text(images()["covers"], 33.472) == "33.5"
    assert area_text(fine, 40059.534) == "40059.53"
    assert area_text(fine, None) == ""


def test_the_index_shows_means_by_county() -> None:
    rows = [
        {"layer": "heights", "adcode": "a", "class": "", "mean": 250.0, "area_km2": None},
        {"layer": "heights", "adcode": "b", "class": "", "mean": 9e9, "area_km2": None},
        {"layer": "heights", "adcode": "c", "class": "", "mean": None, "area_km2": None},
        {"layer": "covers", "adcode": "a", "class": "forest", "mean": None, "area_km2": 1.0},
        {"layer": "covers", "adcode": "a", "class": "field", "mean": None, "area_km2": 2.0},
    ]
    heights, covers = images()["heights"], images()["covers"]
    second, last = heights.legend[1].colour, heights.legend[-1].colour
    assert fills_of_image(heights, rows) == {second: ["a"], last: ["b"]}
    assert fills_of_image(covers, rows) == {rastered.FIELD: ["a"]}
    index = text("index.html")
    assert heights.legend[3].colour in index  # 600 to 800 m: 晋中
    assert "image/png" not in index


def test_a_sheet_shows_the_picture_within_its_frame_with_a_legend() -> None:
    sheet = text("print/terrain.svg")
    (image,) = re.findall(r"<image ([^>]*)/>", sheet)
    place = {k: float(v) for k, v in re.findall(r'(\w+)="([\d.]+)"', image)}
    assert 10 <= place["x"] < place["x"] + place["width"] <= 420
    assert 'xlink:href="data:image/png;base64,' in image
    for words in ("海拔（示例）", "1000–1200", "每格约 28×22 公里", "合成数据，不是实测"):
        assert words in sheet


def test_what_lies_beyond_the_frame_is_cut_off() -> None:
    atlas, page = rastered.terrain()
    page = replace(page, fit=("140702",))
    base = base_of(atlas, page.scope, paper="A3", orientation="auto", fit=page.fit)
    (part, veil) = pictures(base, content_of(atlas, page))
    place = {k: float(v) for k, v in re.findall(r'(\w+)="([\d.-]+)"', part)}
    frame = base.layout.map
    # Whole pixels, so less than one is missing at each edge.
    step = (images()["heights"].bounds[2] - images()["heights"].bounds[0]) / (
        images()["heights"].size[0] * base.scale / 1000
    )
    assert frame.x - 1e-3 <= place["x"] <= frame.x + step
    assert frame.right - step <= place["x"] + place["width"] <= frame.right + 1e-3
    png = b64decode(re.findall(r"base64,([^\"]+)", part)[0])
    assert Png.open(io.BytesIO(png)).width == pytest.approx(place["width"] / step, abs=0.01)
    assert 'fill-opacity="0.72"' in veil


def test_a_sheet_tells_classes_with_area_and_share() -> None:
    atlas, page = rastered.terrain()
    content = content_of(atlas, replace(page, on=("covers|image",)))
    lines = {line.text: line for line in lines_of(content, lang=0)}
    assert lines["林地"].figures == ("15700", "75.0%")
    assert isinstance(lines["林地"].sign, Swatch)
    whole = content_of(atlas, page)
    said = [line.text for line in lines_of(whole, lang=1)]
    assert "Shanxi Province: Mean 0, Lowest −99, Highest 99" in [t.replace("-", "−") for t in said]


def test_texts_of_data_stay_texts() -> None:
    atlas, page = rastered.terrain(rastered.tables(evil=sample.ATTACK))
    _, body = page_html(atlas, page)
    assert "<img src=x" not in body
    assert "&lt;img src=x" in body
    sheet = draw(atlas, replace(page, on=("covers|image",))).svg
    assert "<img" not in sheet
    assert "<script" not in sheet


def test_a_picture_for_another_meridian_is_refused() -> None:
    wrong = replace(images()["heights"], meridian=111.0)
    with pytest.raises(StageError, match=r"1 picture\(s\).*112\.5.*heights"):
        check_place([wrong, images()["covers"]], 112.5)


def test_what_is_not_in_the_key_is_not_shown() -> None:
    """All cells at once that are not in a file's key, not even together, change its text."""
    tables = rastered.tables()
    for name in TABLES:
        for column in schema.TABLES[name].columns:
            if column.name not in MAP[name]:
                tables[name] = _changed(tables[name], column)
    other = {"layer": "elsewhere", "adcode": "140702", "class": "", "mean": 1.0}
    rows = [*schema.records(tables["zonal"]), other]
    tables["zonal"] = sample.table("zonal", rows)
    now = _outputs(tables)
    for name in TERRAIN:
        assert now[name].key == made()[name].key
        assert now[name].content() == made()[name].content()


@pytest.mark.parametrize(
    ("table", "column"),
    [("pictures", "png"), ("pictures", "west"), ("rasters", "synthetic"), ("zonal", "mean")],
)
def test_what_is_shown_is_in_the_key(table: str, column: str) -> None:
    tables = rastered.tables()
    known = next(c for c in schema.TABLES[table].columns if c.name == column)
    tables[table] = _changed(tables[table], known)
    now = _outputs(tables)
    found = {name for name, output in made().items() if now[name].key != output.key}
    assert found >= TERRAIN
    assert not found & {"overview.html", "jinzhong.html", "energy.html", "print/energy.svg"}


def _changed(table: pd.DataFrame, column: Column) -> pd.DataFrame:
    changed = table.copy()
    old = changed[column.name].tolist()
    new: Any = f"{old[0]}x"
    if column.name == "png":
        new = old[1]
    elif column.dtype in ("real", "integer"):
        new = 1 if pd.isna(old[0]) else old[0] + 1
    elif column.dtype == "flag":
        new = not old[0]
    elif column.allowed:
        new = next(value for value in column.allowed if value != old[0])
    changed[column.name] = pd.Series([new, *old[1:]], dtype=changed[column.name].dtype)
    return changed


def test_no_image_no_element() -> None:
    assert definitions([]) == ""
    assert image_data([]) == []
    assert zonal_data([], rastered.zonal(), units={}) == []
    assert images_of({"pictures": schema.frame("pictures", [])}) == ()
    assert images_of({}) == ()


def own(**more: Any) -> RasterMap:
    """Return a page outside of the atlas: heights, beside the coal of the plans."""
    tables = beside(sample.tables(), {"coal"}) | {"zonal": rastered.tables()["zonal"]}
    facts: dict[str, Any] = {
        "tables": tables,
        "config": sample.project(Path()).config,
        "images": (replace(images()["heights"], id="score", title=("分值", "Score")),),
        "file": "score.html",
        "origin": "<!-- score -->",
        "title": ("风电", "Wind"),
        "sensitivity": "internal",
        "on": ("coal|coal|list",),
        "notes": (("说明", "A note"),),
    }
    return RasterMap(**{**facts, **more})


def test_a_page_outside_of_the_atlas_has_images_and_layers_beside_them() -> None:
    page = raster_text(own())
    told = data(page)
    assert [theme["id"] for theme in told["themes"]] == ["raster", "energy"]
    assert told["page"]["on"] == ["score|image", "coal|coal|list"]
    assert [layer["id"] for layer in told["layers"]] == ["score", "coal"]
    assert page.count("data:image/png") == 1
    assert "<!-- score -->" in page[:400]
    assert "说明" in page
    assert 'href="index.html"' not in page
    assert page == raster_text(own())


def test_such_a_page_keeps_within_its_budget_or_is_refused() -> None:
    with pytest.raises(StageError, match=r"score\.html: the page has .* its budget is 10000"):
        raster_text(own(config=sample.project(Path(), page=10_000).config))
