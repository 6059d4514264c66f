"""A file becomes a page: figures, steps, what it says, and what is refused."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import (
    ConfigError,
    DataError,
    GeometryError,
    GeoplanError,
    ImplausibleCRSError,
    MissingCRSError,
    StageError,
    UsageError,
)
from geoplan.own_map import Made, Options, map_file
from geoplan.own_map import read as reading
from tests.small import SmallProject, box, leftovers

ATTACK = '<img src=x onerror="window.hacked=1">{{ 7*7 }}</script><script>window.hacked=1</script>'


def made_of(small: SmallProject, path: Path, by: str = "use", **options: Any) -> Made:
    """Return the page of a file, ``page.html`` in the project's folder, whatever lay there."""
    out = small.root / "page.html"
    chosen = Options(**{"force": True, **options})
    return map_file(path, by, project=small.load(), out=out, options=chosen)


def data_of(made: Made | Path) -> dict[str, Any]:
    """Return what the scripts of a page read."""
    text = (made if isinstance(made, Path) else made.out).read_text("utf-8")
    start = text.index("var GEOPLAN = ") + len("var GEOPLAN = ")
    found: dict[str, Any] = json.JSONDecoder().raw_decode(text, start)[0]
    return found


def figures(made: Made, column: str = "area_km2") -> dict[str, float]:
    """Return a column of the summary by class."""
    return dict(zip(made.classes["class"], made.classes[column].round(6).tolist(), strict=True))


def plots(small: SmallProject, name: str = "plots.gpkg", **columns: Any) -> Path:
    """Write two plots in city A, and one that lies half outside the province."""
    shapes = [box(0.2, 0.2, 0.7, 0.7), box(0.5, 0.5, 1.5, 1), box(2.5, 0, 3.5, 1)]
    return small.write_shapes(shapes, name=name, **(columns or {"use": ["田", "林", "林"]}))


def mesh(side: int, *, seed: int = 3, spread: float = 0.3) -> np.ndarray:
    """Return side × side quadrilaterals that tile the six counties, in the work CRS."""
    rng = np.random.default_rng(seed)
    corners = shapely.get_coordinates(box(0, 0, 3, 2))
    west, south = corners.min(axis=0)
    east, north = corners.max(axis=0)
    x, y = np.meshgrid(np.linspace(west, east, side + 1), np.linspace(south, north, side + 1))
    nodes = np.stack([x, y], axis=-1)
    step = np.array([(east - west) / side, (north - south) / side])
    nodes[1:-1, 1:-1] += rng.uniform(-spread, spread, nodes[1:-1, 1:-1].shape) * step
    rings = [nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]]
    return np.asarray(shapely.polygons(np.stack(rings, axis=2).reshape(-1, 4, 2)))


# Figures.


def test_areas_are_those_of_full_shapes_by_county(small: SmallProject) -> None:
    made = made_of(small, plots(small))
    assert figures(made) == pytest.approx({"田": 25, "林": 50 + 50}, abs=1e-6)
    assert made.outside == pytest.approx(50, abs=1e-6)
    data = data_of(made)
    codes = [unit["c"] for unit in data["units"]]
    ids = list(data["classes"])
    cover = {(codes[r[0]], data["classes"][ids[r[2]]]["t"][0]): r[4] for r in data["coverage"]}
    assert cover["910103", "田"] == pytest.approx(25)
    assert cover["910103", "林"] == cover["910104", "林"] == pytest.approx(25)
    assert cover["910202", "林"] == pytest.approx(50)
    assert cover["910000", "林"] == pytest.approx(100)


def test_areas_are_conserved(small: SmallProject) -> None:
    shapes = [*mesh(12), *(box(2.7 + i / 7, 0.1, 3.2 + i / 9, 0.9) for i in range(5))]
    path = small.write_shapes(shapes, name="all.parquet", use=[str(i % 7) for i in range(149)])
    made = made_of(small, path)
    total = sum(shapely.area(shape) for shape in shapes) / 1e6
    inside = made.classes["area_gross_km2"].sum()
    # Six counties, seven classes: a square metre for each piece that a county may have.
    assert inside + made.outside == pytest.approx(total, abs=1e-6 * 6 * 7)
    whole = shapely.union_all([box(0, 0, 3, 2)])
    beyond = sum(shapely.area(shapely.difference(shape, whole)) for shape in shapes) / 1e6
    assert made.outside == pytest.approx(beyond, abs=1e-6 * 10)
    assert made.outside > 1


def test_overlaps_count_once_and_are_told(small: SmallProject) -> None:
    shapes = [box(0, 0, 0.5, 0.5), box(0.25, 0, 0.75, 0.5), box(0, 0, 0.5, 0.5)]
    path = small.write_shapes(shapes, name="double.gpkg", use=["a", "a", "b"])
    made = made_of(small, path)
    assert figures(made) == pytest.approx({"a": 37.5, "b": 25})
    assert figures(made, "area_gross_km2") == pytest.approx({"a": 50, "b": 25})
    assert "2 shapes overlap others of their class" in "; ".join(made.notes)


def test_invalid_shapes_are_repaired_and_told(small: SmallProject) -> None:
    corners = shapely.get_coordinates(box(0, 0, 0.5, 0.5))[[0, 2, 1, 3, 0]]
    path = small.write_shapes([shapely.Polygon(corners)], name="bow.gpkg", use=["a"])
    made = made_of(small, path)
    assert figures(made) == pytest.approx({"a": 12.5})
    assert "1 invalid shape was repaired" in made.notes


def test_lines_have_lengths_and_points_numbers(small: SmallProject) -> None:
    def line(*at: tuple[float, float]) -> shapely.Geometry:
        return shapely.LineString([shapely.get_coordinates(box(x, y, x, y))[0] for x, y in at])

    path = small.write_shapes([line((0.5, 0.5), (2.5, 0.5))], name="roads.gpkg", use=["省道"])
    made = made_of(small, path)
    assert (made.kind, list(made.classes)) == ("lines", ["class", "features", "length_km"])
    road = crs.geodesic_length_m(line((0.5, 0.5), (2.5, 0.5))) / 1e3
    assert figures(made, "length_km")["省道"] == pytest.approx(road, abs=1e-4)
    assert sum(row[6] for row in data_of(made)["coverage"] if row[6]) == pytest.approx(
        3 * road,
        abs=0.05,  # counties, cities and province, in whole 10 m
    )
    spots = [shapely.Point(*shapely.get_coordinates(box(x, 0.5, x, 0.5))[0]) for x in (0.5, 1, 9)]
    made = made_of(small, small.write_shapes(spots, name="sites.gpkg", use=["a", "a", "b"]))
    assert (made.kind, made.shown, made.outside) == ("points", 2, 1)
    assert made.classes.to_dict("list") == {"class": ["a", "b"], "features": [2, 0]}
    # A point on a border is counted in one county.
    assert sum(row[7] for row in data_of(made)["coverage"]) == 2 * 3


@pytest.mark.parametrize("state", [4490, 4326, 4547, 32649, 3857])
def test_any_stated_system_gives_the_same_areas(small: SmallProject, state: int) -> None:
    path = small.write_shapes([box(0.2, 0.2, 0.7, 0.7)], name="p.gpkg", state=state, use=["a"])
    assert figures(made_of(small, path))["a"] == pytest.approx(25, rel=2e-5)


@pytest.mark.parametrize("name", ["p.gpkg", "p.shp", "p.geojson", "p.parquet", "p.fgb", "p.gdb"])
def test_formats(small: SmallProject, name: str) -> None:
    state = 4326 if name.endswith(".geojson") else 4490
    path = plots(small, name, state=state, use=["田", "林", None])
    found = figures(made_of(small, path))
    assert found == pytest.approx({"田": 25, "林": 50, "未填写": 50}, rel=2e-5)


def test_a_shapefile_in_gbk_is_read_and_told(small: SmallProject) -> None:
    shapes = [box(0, 0, 0.5, 0.5)]
    frame = gpd.GeoDataFrame({"地类": ["水浇地"]}, geometry=shapes, crs=crs.WORK_CRS)
    frame.to_crs(4490).to_file(small.root / "gbk.shp", encoding="GBK")
    (small.root / "gbk.cpg").unlink(missing_ok=True)
    made = made_of(small, small.root / "gbk.shp", "地类")
    assert list(made.classes["class"]) == ["水浇地"]
    assert "The file states no encoding of its texts; read as GB18030" in made.notes


# Steps.


def test_few_shapes_are_shown_each_with_name_and_value(small: SmallProject) -> None:
    path = plots(small, use=["田", "林", "林"], title=["甲", "乙", None])
    made = made_of(small, path, name="title")
    data = data_of(made)
    assert made.how == data["own"]["how"] == "whole"
    assert [f["n"][0] for f in data["features"]] == ["甲", "乙", "林"]
    assert data["own"]["values"] == [None, None, None]  # the same as their classes
    assert data["features"][1]["at"] == ["910103", "910104"]
    made = made_of(small, plots(small, "n.gpkg", use=[1.5, 2.25, 1e6]))
    assert data_of(made)["own"]["values"] == [None, None, None]
    assert list(made.classes["class"]) == ["1.5", "2.25", "1000000"]


def test_budget_forces_simplification_then_merging_then_cells(small: SmallProject) -> None:
    # Fine edges that a neighbour shares: a coverage of 100 with many points.
    shapes = shapely.segmentize(mesh(10), 40)
    rng = np.random.default_rng(1)
    moved = shapely.transform(shapes, lambda xy: np.round(xy, 3) + 20 * np.sin(xy[:, ::-1] / 90))
    uses = rng.choice(["a", "b", "c"], len(shapes))
    path = small.write_shapes(list(moved), name="fine.parquet", use=list(uses))
    whole = made_of(small, path, budget=3_000_000)
    assert whole.how == "whole"
    some = made_of(small, path, budget=whole.bytes - 1)
    assert (some.how, 0 < some.error_m <= 100) == ("simplified", True)
    assert some.bytes < whole.bytes
    assert figures(some) == figures(whole)  # figures are of the full shapes
    assert f"error at most {some.error_m} m" in some.notes[0]


def test_many_shapes_are_merged_by_class(small: SmallProject) -> None:
    shapes = mesh(60)
    uses = ["a" if x < 0 else "b" for x in np.sin(np.arange(3600) / 200)]
    made = made_of(small, small.write_shapes(list(shapes), name="many.parquet", use=uses))
    data = data_of(made)
    assert made.how == data["own"]["how"] == "merged"
    assert (len(data["features"]), data["own"]["values"]) == (2, [])
    assert "3600 shapes, merged by class" in made.notes[0]
    assert sum(made.classes["area_km2"]) == pytest.approx(600, abs=1e-4)
    assert sum(made.classes["features"]) == 3600


def test_what_does_not_fit_stands_in_cells(small: SmallProject) -> None:
    """12,000 parcels of twelve classes in a small budget."""
    shapes = mesh(110)[:12_000]
    rng = np.random.default_rng(2)
    uses = [f"类{n}" for n in rng.integers(0, 12, len(shapes))]
    path = small.write_shapes(list(shapes), name="parcels.parquet", use=uses)
    room = made_of(small, plots(small)).bytes
    made = made_of(small, path, budget=room + 150_000)
    assert made.how == "cells"
    assert made.bytes <= room + 150_000
    assert "12000 shapes are too many to show" in made.notes[0]
    total = shapely.area(shapes).sum() / 1e6
    assert made.classes["area_km2"].sum() + made.outside == pytest.approx(total, abs=1e-4)
    assert made.classes["features"].sum() == 12_000
    data = data_of(made)
    assert data["own"]["notes"][0][0].startswith("12000 个图形过多，汇总为")
    assert len(data["items"]) == 12  # also a class that is the largest nowhere has its figures


def test_a_budget_below_the_frame_is_refused(small: SmallProject) -> None:
    with pytest.raises(StageError, match=r"budget of 1000 bytes.*--budget"):
        made_of(small, plots(small), budget=1000)
    assert not (small.root / "page.html").exists()


def test_many_points_and_lines_stand_in_cells(small: SmallProject) -> None:
    rng = np.random.default_rng(4)
    corners = shapely.get_coordinates(box(0, 0, 3, 2))
    at = rng.uniform(corners.min(axis=0), corners.max(axis=0), (2_500, 2))
    spots = list(shapely.points(at))
    made = made_of(small, small.write_shapes(spots, name="s.parquet", use=["a", "b"] * 1_250))
    assert (made.how, made.kind, made.shown) == ("cells", "points", 2_500)
    assert "the number of all points there" in made.notes[0]
    lines = list(shapely.linestrings(np.stack([at, at + rng.uniform(-900, 900, at.shape)], axis=1)))
    path = small.write_shapes(lines, name="l.parquet", use=["a", "b"] * 1_250)
    assert made_of(small, path, budget=1_000_000).how == "merged"
    room = made_of(small, plots(small)).bytes
    made = made_of(small, path, budget=room + 20_000)
    assert (made.how, made.kind) == ("cells", "lines")


# The page itself.


def test_the_page_has_no_links_and_cites_the_file(small: SmallProject) -> None:
    made = made_of(small, plots(small))
    text = made.out.read_text("utf-8")
    body = text[text.index("<body") :]
    assert re.findall(r'<a [^>]*href="(?!#)[^"]*"', body) == []
    head = text[text.index("<head>") :][:200]
    assert '<meta name="generator" content="geoplan map">' in head
    data = data_of(made)
    document = data["documents"]["own"]
    assert (document["t"], document["p"]) == ("plots.gpkg", [None, None])
    assert re.fullmatch(r"字段“use”，3 个要素，SHA-256 [0-9a-f]{12}", data["texts"][0])
    assert (data["page"]["kind"], data["atlas"]["as_of"]) == ("own", "")
    assert data["page"]["title"] == ["plots（按“use”分类）", "plots by use"]
    # Without scripts too, it is said how shapes are shown.
    plain = body[body.index('<main id="plain"') :]
    assert "3 个图形逐个按原样显示" in plain
    assert "25.00</td>" in plain


def test_same_bytes_in_another_folder_on_another_day(small: SmallProject, tmp_path: Path) -> None:
    one = made_of(small, plots(small, "plots.parquet")).out.read_bytes()
    far = tmp_path / "另 一个 folder"
    shutil.copytree(small.root, far)
    (far / "page.html").unlink()
    os.utime(far / "plots.parquet", (1_000_000_000, 1_000_000_000))
    other = SmallProject(far)
    assert made_of(other, far / "plots.parquet").out.read_bytes() == one
    assert str(tmp_path).encode() not in one
    assert made_of(other, far / "plots.parquet").out.read_bytes() == one  # and again


def test_texts_that_attack_are_shown_as_text(small: SmallProject) -> None:
    shapes = [box(0.2, 0.2, 0.7, 0.7)]
    frame = gpd.GeoDataFrame(
        {ATTACK: [ATTACK], "n": ["</script>"]}, geometry=shapes, crs=crs.WORK_CRS
    )
    evil = small.root / "<b onclick=x>.parquet"
    frame.to_parquet(evil)
    made = made_of(small, evil, ATTACK, name="n", title="</style><u>")
    text = made.out.read_text("utf-8")
    for tag in ("<img", "<b onclick", "</style><u>"):
        assert tag not in text
    assert text.count("</script>") == 1
    data = data_of(made)
    assert data["classes"]["c01"]["t"][0] == f"{ATTACK[:60]}…"  # braces are no template either
    assert data["features"][0]["n"] == ["</script>"] * 2
    assert data["layers"][0]["t"][0] == "<b onclick=x>"


@pytest.mark.parametrize("mark", ["internal", "secret"])
def test_secrecy_is_printed(small: SmallProject, mark: str) -> None:
    made = made_of(small, plots(small), sensitivity=mark)
    atlas = data_of(made)["atlas"]
    assert (atlas["sensitivity"], atlas["review"]) == (mark, None)


def test_public_maps_need_a_review_number_and_others_do_not_show_it(small: SmallProject) -> None:
    path = plots(small)
    with pytest.raises(ConfigError, match="review_number"):
        made_of(small, path, sensitivity="public")
    config = small.root / "geoplan.toml"
    config.write_text(config.read_text("utf-8") + 'review_number = "GS(2026)1号"\n', "utf-8")
    assert data_of(made_of(small, path, sensitivity="public"))["atlas"]["review"] == "GS(2026)1号"
    assert data_of(made_of(small, path))["atlas"]["review"] is None


# What is refused.


def refused(
    small: SmallProject, kind: type[GeoplanError], said: str, *args: Any, **more: Any
) -> None:
    """Check that a file is refused in words, and nothing is written."""
    before = sorted(p.name for p in small.root.iterdir())
    with pytest.raises(kind, match=said):
        made_of(small, *args, **more)
    assert sorted(p.name for p in small.root.iterdir()) == before
    assert leftovers(small) == []


def test_shapes_without_area_or_length(small: SmallProject) -> None:
    (x, y), (far, _) = (shapely.get_coordinates(box(n, 0.5, n, 0.5))[0] for n in (0.5, 0.7))
    flat = shapely.Polygon([(x, y), (far, y), (x, y), (x, y)])
    path = small.write_shapes([flat], name="flat.gpkg", use=["a"])
    refused(small, GeometryError, r"no polygon has an area \(1 in all\)", path)
    path = small.write_shapes([flat, box(0, 0, 1, 1)], name="some.gpkg", use=["a", "b"])
    made = made_of(small, path)
    assert "1 shape has no area and is not counted" in made.notes
    assert "outside" not in "; ".join(made.notes)
    still = shapely.LineString([(x, y), (x, y)])
    path = small.write_shapes([still, still], name="still.gpkg", use=["a", "b"])
    refused(small, GeometryError, r"no line has a length \(2 in all\)", path)
    moving = shapely.LineString([(x, y), (far, y)])
    path = small.write_shapes([still, still, moving], name="lines.gpkg", use=["a", "b", "c"])
    assert "2 lines have no length and are not counted" in made_of(small, path).notes


def test_files_without_features_are_empty(small: SmallProject) -> None:
    path = small.write("none.geojson", '{"type": "FeatureCollection", "features": []}')
    refused(small, DataError, "the layer is empty: it has no features", path)


def test_a_shapefile_alone_names_what_is_missing(small: SmallProject) -> None:
    path = plots(small, "alone.shp")
    (small.root / "alone.shx").unlink()
    made = made_of(small, path)
    assert any("the index (.shx) is missing" in note for note in made.notes)
    made.out.unlink()
    (small.root / "alone.dbf").unlink()
    refused(small, GeoplanError, r"\.dbf|has no column 'use'", path)


def test_infinite_numbers_and_long_texts_are_told(small: SmallProject) -> None:
    made = made_of(small, plots(small, use=[float("inf"), 1.0, 2.0]))
    assert '1 number is infinite (inf) and stands under "not filled in"' in made.notes
    assert [zh for zh, _ in data_of(made)["own"]["notes"] if "inf" in zh] == [
        "1 个数值为无穷大（inf），无法分级，归入“未填写”"
    ]
    made = made_of(small, plots(small, use=["长" * 100_000, "b", "b"]))
    assert "长" * 60 + "…" in list(made.classes["class"])
    assert "长" * 61 not in made.out.read_text("utf-8")
    said = "1 value is longer than 60 characters; the map shows how it begins, and …"
    assert said in made.notes


def test_one_is_no_plural_and_citations_are_in_english_too(small: SmallProject) -> None:
    made = made_of(small, small.write_shapes([box(0, 0, 1, 1)], name="one.gpkg", use=["a"]))
    assert made.notes == ["1 shape, shown as it is"]
    zh, en = data_of(made)["own"]["section"]
    assert zh == data_of(made)["texts"][0]
    assert re.fullmatch(r"column use, 1 feature, SHA-256 [0-9a-f]{12}", en)


def test_unknown_columns_are_named_with_a_suggestion(small: SmallProject) -> None:
    path = plots(small, use=["a"] * 3, landuse=["b"] * 3)
    refused(
        small,
        UsageError,
        "'landuze'.*Did you mean landuse.*There are: use, landuse",
        path,
        "landuze",
    )
    refused(small, UsageError, "no column 'nam'", path, name="nam")


def test_files_that_are_not_there_or_broken(small: SmallProject) -> None:
    refused(small, DataError, "no such file", small.root / "nothing.gpkg")
    broken = small.write("broken.gpkg", "no database")
    refused(small, DataError, "by its content text", broken)
    refused(small, DataError, "layer", small.write("plots.kml", "<kml/>"))


def test_layers_without_shapes_or_with_several_kinds(small: SmallProject) -> None:
    none = small.write_shapes([None, None], name="none.parquet", use=["a", "b"])
    refused(small, DataError, "empty: 2 rows, none with a shape", none)
    mixed = [box(0, 0, 1, 1), shapely.Point(*shapely.get_coordinates(box(0, 0, 1, 1))[0])]
    path = small.write_shapes(mixed, name="mixed.gpkg", use=["a", "b"])
    refused(small, GeometryError, "1 of 2 features are no polygons.*Save each kind as a file", path)


def test_rows_without_a_shape_are_told(small: SmallProject) -> None:
    path = small.write_shapes([box(0, 0, 1, 1), None], name="gap.parquet", use=["a", "b"])
    assert "1 row without a shape is left out" in made_of(small, path).notes


def test_all_outside_is_refused(small: SmallProject) -> None:
    path = small.write_shapes([box(50, 0, 51, 1)], name="far.gpkg", use=["a"])
    refused(small, DataError, "all 1 features lie outside the units: degrees 118", path)


def test_coordinate_systems_that_are_missing_or_wrong(small: SmallProject) -> None:
    none = small.write_shapes([box(0, 0, 1, 1)], name="bare.parquet", state=None, use=["a"])
    refused(small, MissingCRSError, "coordinate system", none)
    frame = gpd.GeoDataFrame({"use": ["a"]}, geometry=[box(0, 0, 1, 1)], crs=crs.WORK_CRS)
    wrong = frame.to_crs(4490).set_crs(3857, allow_override=True)
    wrong.to_file(small.root / "wrong.gpkg")
    refused(small, ImplausibleCRSError, "they are degrees", small.root / "wrong.gpkg")


def test_several_layers_need_one_to_be_named(small: SmallProject) -> None:
    path = plots(small)
    frame = gpd.GeoDataFrame({"use": ["x"]}, geometry=[box(0, 0, 1, 1)], crs=crs.WORK_CRS)
    frame.to_file(path, layer="second")
    refused(small, DataError, "2 layers.*--layer", path)
    refused(small, DataError, "no layer 'third'; there are: 'plots'.*'second'", path, layer="third")
    made = made_of(small, path, layer="second")
    assert list(made.classes["class"]) == ["x"]
    assert data_of(made)["texts"][0].startswith("图层“second”，字段“use”，1 个要素")


def test_texts_in_no_known_encoding(small: SmallProject) -> None:
    plots(small, "odd.shp", use=["a", "b", "c"])
    (small.root / "odd.cpg").unlink()
    table = small.root / "odd.dbf"
    content = bytearray(table.read_bytes())
    content[29] = 0
    head = int.from_bytes(content[8:10], "little")
    content[head + 1 : head + 3] = b"\xff\xff"
    table.write_bytes(content)
    refused(small, DataError, "neither UTF-8 nor GB18030", small.root / "odd.shp")


def test_more_rows_than_a_page_may_have(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST", 2)
    refused(small, UsageError, "3 rows; a page is made of 2.*geoplan tabulate", plots(small))


def test_lists_are_texts_which_is_told(small: SmallProject) -> None:
    path = small.write_shapes([box(0, 0, 1, 1)], name="lists.parquet", use=[[1, 2]])
    made = made_of(small, path)
    assert list(made.classes["class"]) == ["[1, 2]"]
    assert any("list" in note for note in made.notes)


def test_files_of_others_are_not_replaced(small: SmallProject) -> None:
    path, page = plots(small), small.write("page.html", "<p>mine</p>")
    refused(small, UsageError, "not made by `geoplan map`.*--force", path, force=False)
    assert page.read_text("utf-8") == "<p>mine</p>"
    assert made_of(small, path, force=True).out == page
    assert (
        made_of(small, path, force=False).bytes == page.stat().st_size
    )  # its own page it replaces


def test_pages_do_not_go_into_the_published_folder(small: SmallProject) -> None:
    (small.root / "maps").mkdir()
    path = plots(small)
    for out in ("maps/own.html", "nowhere/own.html", "own.txt"):
        with pytest.raises(UsageError):
            map_file(path, "use", project=small.load(), out=small.root / out)


def test_what_cannot_be_written_leaves_nothing(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    path = plots(small)
    monkeypatch.setattr("geoplan.own_map.make.write_text", full)
    refused(small, StageError, "cannot be written: No space left", path)


def test_summary_is_a_table_with_figures(small: SmallProject) -> None:
    made = made_of(small, plots(small))
    assert isinstance(made.classes, pd.DataFrame)
    assert list(made.classes) == ["class", "features", "area_km2", "area_gross_km2"]
    assert (made.features, made.shown, made.kind) == (3, 3, "polygons")
    assert made.bytes == made.out.stat().st_size
