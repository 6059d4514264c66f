"""Views: counts, comparisons and divisions of counties, each worked out by hand."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shapely

from geoplan.errors import ConfigError
from geoplan.publish.atlas import Atlas
from geoplan.publish.outputs import outputs
from geoplan.publish.pages import Page
from geoplan.publish.views.bands import COUNTS, MOST, Group, grouped, ramp
from geoplan.publish.views.choose import DIVIDED, NONE, OUT, SIDES, View, views_of
from geoplan.publish.views.data import (
    fills_of_view,
    map_data,
    partial_layers,
    stops_of,
    view_data,
)
from geoplan.publish.views.tables import (
    compared_rows,
    count_titles,
    counted_rows,
    period_titles,
    view_tables,
)
from geoplan.publish.words import ASSETS
from tests.publish import listed, sample
from tests.publish.test_content import data_of

JINZHONG = {
    code
    for code in sample.units()["adcode"]
    if str(code).startswith("1407") and not str(code).endswith("00")
}
YANGQUAN = {
    code
    for code in sample.units()["adcode"]
    if str(code).startswith("1403") and not str(code).endswith("00")
}


@cache
def made() -> tuple[Atlas, dict[str, Page]]:
    return listed.atlas_of(listed.tables())


def views(file: str) -> dict[str, View]:
    atlas, pages = made()
    return {view.id: view for view in views_of(atlas, pages[file])}


def said(view: View, code: str) -> str:
    return view.bands[view.of[code]].title[0]


def test_listed_maps_stand_behind_the_themes_and_a_detail_in_place_of_its_theme() -> None:
    _, pages = made()
    assert list(pages) == [
        *("overview.html", "jinzhong.html", "main-function-zone.html", "corridor-108.html"),
        *("energy.html", "coal-zones.html", "periods.html", "counts.html"),
    ]
    detail = pages["corridor-108.html"]
    assert (detail.kind, detail.theme, detail.title[0]) == ("detail", "corridor_108", "closer 图")
    assert detail.menu[0] == "108廊带"
    assert [page.file for page in pages.values() if page.combined] == [*list(pages)[-3:]]


def test_a_count_is_of_classes_that_name_a_county_within_the_document_s_scope() -> None:
    view = views("counts.html")["old"]
    numbers = {
        # zone, corridor, park, coal (two fields are one class), axis of the route
        "140702": 5,
        "140703": 3,
        "140727": 3,
        "140728": 2,
        "140729": 2,
        "140781": 4,
        **dict.fromkeys(("140721", "140722", "140723", "140724", "140725"), 1),
    }
    assert dict(view.numbers) == numbers
    assert {said(view, code) for code in YANGQUAN} == {"不在规划范围"}
    assert not set(view.numbers) & YANGQUAN
    assert [band.title for band in view.bands[:2]] == [("1 类", "1 class"), ("2 类", "2 classes")]
    assert [band.title[0] for band in view.bands[2:]] == ["3 类", "4 类", "5 类", "不在规划范围"]
    why = [feature for _, feature in view.why["140702"]]
    assert why == ["key-development", "demonstration", "two", "line", "a", "b"]


def test_a_city_that_is_named_names_none_of_its_counties() -> None:
    # 阳泉 is named for coal by the new document; its counties are not, but 矿区 by another line.
    view = views("counts.html")["new"]
    assert dict(view.numbers) == {"140303": 1, "140703": 1}
    assert said(view, "140311") == "0 类（目录中未收录）"
    assert set(view.of) == JINZHONG | YANGQUAN
    assert not any(band.out for band in view.bands)


def test_a_comparison_says_who_names_which_county_where_both_name_some() -> None:
    found = views("periods.html")
    assert list(found) == ["energy/coal"]
    view = found["energy/coal"]
    assert said(view, "140703") == "两期均列"
    assert said(view, "140702") == "仅前一期列出"
    assert {said(view, code) for code in JINZHONG - {"140702", "140703"}} == {"目录中未收录"}
    # The old plan is of 晋中: 阳泉 was never its matter, though the new one names 矿区.
    assert {said(view, code) for code in YANGQUAN} == {"不在规划范围"}
    assert view.why["140703"] == (("coal-old", "a"), ("coal-new", "a"))
    assert "140303" not in view.why
    assert view.theme == ("能源基地", "Energy bases")


def test_the_table_of_a_comparison_has_what_only_one_side_says() -> None:
    atlas, pages = made()
    rows = {row.cls[0]: row for row in compared_rows(atlas, pages["periods.html"])}
    coal = rows["煤炭"]
    assert [(group.names[0], group.source) for group in coal.earlier] == [
        ("旧煤田、又一煤田", "第三章")
    ]
    assert [group.names[0] for group in coal.later] == [
        "阳泉煤炭、全省煤炭表述、全省文字",
        "新煤田",
    ]
    assert [(label[0], names[0]) for label, names in coal.counties] == [
        ("两期均列", "太谷区"),
        ("仅前一期列出", "榆次区"),
        ("不在另一期规划范围", "矿区"),
    ]
    assert rows["工业园区"].later == []
    assert [label[0] for label, _ in rows["工业园区"].counties] == ["仅前一期列出"]
    # Registers that are no plans are of neither period.
    assert "河流" not in rows
    assert next(iter(rows)) == "重点开发区域"


def test_documents_of_one_period_are_told_apart_by_marks() -> None:
    tables = listed.tables()
    tables["maps"].loc[tables["maps"]["kind"] == "compare", "later"] = "new facts"
    atlas, pages = listed.atlas_of(tables)
    titles = period_titles(atlas, pages["periods.html"])
    assert [[head.text for head in side] for side in titles] == [
        ["《旧规划》（市政发〔2016〕1号）"],
        ["①《新规划》", "②公开资料"],
    ]
    # What has expired says so; a register that is no plan has no status.
    assert [[head.status and head.status[0] for head in side] for side in titles] == [
        ["已到期"],
        [None, None],
    ]
    rows = {row.cls[0]: row for row in compared_rows(atlas, pages["periods.html"])}
    assert next(group.source for group in rows["河流"].later) == "②北河一节"
    assert [group.source for group in rows["煤炭"].later] == ["①第一章第一节", "①第五章"]


def test_no_area_follows_from_what_lies_somewhere_in_a_county() -> None:
    found = [view for file in ("counts.html", "periods.html") for view in views(file).values()]
    assert len(found) == 3
    for view in found:
        assert not view.measured
        assert view.note == ("按县（市、区）个数计，不计面积", "Numbers of counties; no areas")


@pytest.mark.parametrize(("extent", "measured"), [("whole", True), ("delimited", False)])
def test_only_whole_counties_of_a_division_have_areas(extent: str, measured: bool) -> None:
    tables = listed.tables()
    tables["maps"].loc[tables["maps"]["kind"] == "detail", "views"] = "corridor-units/corridor"
    of = tables["features"]["layer"] == "corridor-units"
    tables["features"].loc[of, "extent"] = extent
    (view,) = views_of(*_page(tables, "corridor-108.html"))
    assert view.measured is measured
    assert (view.note is None) is measured


def test_a_count_of_all_plans_begins_with_those_in_force() -> None:
    assert list(views("counts.html")) == ["old", "new"]
    tables = listed.tables()
    tables["maps"].loc[tables["maps"]["kind"] == "count", "documents"] = None
    atlas, page = _page(tables, "counts.html")
    # Registers that are no plans are not counted.
    assert [view.id for view in views_of(atlas, page)] == ["new", "old"]
    heads = count_titles(atlas, page)
    assert [(head.text, head.status and head.status[0]) for head in heads] == [
        ("新规划", None),
        ("旧规划", "已到期"),
    ]


def test_outside_a_scope_is_the_grey_of_that_state() -> None:
    assert f"GREY = '{OUT}'" in (ASSETS / "js/42-states.js").read_text("utf-8")
    assert OUT not in (*COUNTS, *DIVIDED, *SIDES.values(), NONE)
    atlas, pages = made()
    fills = dict(fills_of_view(atlas, pages["periods.html"]))
    assert set(fills[OUT]) == YANGQUAN


def test_a_division_gives_each_feature_a_colour_and_no_area() -> None:
    view = views("corridor-108.html")["parks/park"]
    assert not view.measured
    assert [band.title[0] for band in view.bands] == ["介休工业园区", sample.FORMULA]
    assert dict(view.of) == {"140702": 1, "140781": 0}
    assert len({band.colour for band in view.bands}) == 2


def test_a_county_in_two_parts_of_a_division_stands_apart() -> None:
    tables = listed.tables()
    maps = tables["maps"]
    maps.loc[maps["kind"] == "detail", ["views", "theme"]] = ["coal-old/coal", "energy"]
    atlas, pages = listed.atlas_of(tables)
    (view,) = views_of(atlas, pages["energy.html"])
    assert said(view, "140702") == "归入多个分区"
    assert said(view, "140703") == "旧煤田"


def test_a_map_in_detail_fits_what_it_is_about() -> None:
    atlas, pages = made()
    page = pages["corridor-108.html"]
    assert page.fit == tuple(sorted(sample.CORRIDOR))
    assert page.outline == ("corridor-units|corridor|geometry",)
    assert page.named == ("parks|park|list",)
    # Without a choice everything is on, sketches too: here they are the point.
    assert "sketch|axis|indicative" in page.on
    stops = stops_of(atlas, page)
    assert [code for code, _, _ in stops] == [*listed.STOPS]
    # Two lie where the axis turns; it has no turn in 介休.
    label = sample.label("140781")
    assert stops[0][1:] == [round(label.x, 5), round(label.y, 5)]
    assert [stop[1:] for stop in stops[1:]] == [[112.33, 37.36], [112.75, 37.68]]


@pytest.mark.parametrize(
    ("ends", "turns"),
    [
        ([(113.58, 37.86), (113.62, 37.88)], True),  # another axis, in 阳泉
        ([(112.74, 37.69), (112.34, 37.37), (111.78, 36.86)], False),  # one that might be it too
    ],
)
def test_stops_lie_on_the_one_axis_that_meets_them_all(
    ends: list[tuple[float, float]], turns: bool
) -> None:
    tables = listed.tables()
    features = tables["features"]
    other = features[features["drawn_by"] == "axis"].copy()
    other["feature"] = "another"
    other["geometry"] = np.array([shapely.LineString(ends)], dtype=object)
    tables["features"] = pd.concat([other, features], ignore_index=True)
    stops = stops_of(*_page(tables, "corridor-108.html"))
    assert ([112.75, 37.68] in [stop[1:] for stop in stops]) is turns
    assert [112.74, 37.69] not in [stop[1:] for stop in stops]


def test_a_page_knows_of_which_layers_it_has_a_part() -> None:
    atlas, pages = made()
    rows = atlas.tables.rows("layers")
    assert partial_layers(pages["coal-zones.html"], rows) >= {"zones"}
    assert not partial_layers(pages["coal-zones.html"], rows) & {"coal", "coal-old", "coal-new"}
    assert {"zones", "parks"} <= partial_layers(pages["energy.html"], rows)
    assert not partial_layers(pages["energy.html"], rows) & {"coal", "plots"}
    assert partial_layers(pages["overview.html"], rows) == frozenset()


def test_a_map_of_themes_together_opens_as_it_says() -> None:
    _, pages = made()
    page = pages["coal-zones.html"]
    assert set(page.on) == {"zones|ecological_function|geometry", "coal-old|coal|list"}
    assert page.also == ("zones|ecological_function|geometry",)
    assert page.outline == page.also
    assert page.counties == JINZHONG
    assert page.keys is not None
    assert "zones|farm_products|geometry" not in page.keys
    assert "coal|coal|list" in page.keys


def test_a_map_without_anything_to_show_is_left_out() -> None:
    tables = listed.tables()
    rows = [
        {"map": "none", "kind": "together", "themes": "empty"},
        {"map": "silent", "kind": "count", "documents": "facts"},
        {"map": "gone", "kind": "detail", "theme": "empty"},
    ]
    tables["maps"] = sample.table("maps", rows)
    _, pages = listed.atlas_of(tables)
    assert [name for name, page in pages.items() if page.combined] == ["silent.html"]
    assert views_of(*_page(tables, "silent.html"))[0].numbers["140728"] == 1  # a user's plots


def _page(tables: dict[str, pd.DataFrame], file: str) -> tuple[Atlas, Page]:
    atlas, pages = listed.atlas_of(tables)
    return atlas, pages[file]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"map": "energy", "kind": "count"}, "would be of two maps: energy.html"),
        ({"map": "jinzhong", "kind": "count"}, "would be of two maps: jinzhong.html"),
        ({"map": "far", "kind": "count", "unit": "110000"}, "unit 110000, which this atlas"),
    ],
)
def test_maps_that_cannot_be_are_refused(row: dict[str, Any], message: str) -> None:
    tables = listed.tables() | {"maps": sample.table("maps", [row])}
    with pytest.raises(ConfigError, match=message):
        listed.atlas_of(tables)


UNITS = [str(code) for code in sample.units()["adcode"]]
CLASSES = ("park", "coal", "river")
EXTENTS = ("whole", "within", "passes", "statement", "indicative")

features = st.lists(
    st.tuples(
        st.sampled_from(("mine-old", "mine-new")),
        st.sampled_from(CLASSES),
        st.sampled_from(EXTENTS),
        st.lists(st.sampled_from(UNITS), min_size=1, max_size=4, unique=True),
    ),
    min_size=1,
    max_size=12,
)


@cache
def bare() -> dict[str, pd.DataFrame]:
    empty = ("layers", "features", "memberships", "coverage", "claims", "indicators")
    return listed.tables() | {name: sample.table(name, []) for name in empty}


def random_tables(
    rows: list[tuple[str, str, str, list[str]]],
) -> tuple[dict[str, pd.DataFrame], tuple[dict[str, Any], ...]]:
    """Return tables with nothing but these features, of two layers of two documents."""
    made = dict(bare())
    scopes = {"mine-old": ("old", "140700"), "mine-new": ("new", "140000")}
    layers = [
        {"layer": layer, "theme": "energy", "document": document, "scope": scope, "features": 1}
        | {"kind": "vector", "sensitivity": "public", "title": layer, "title_en": layer}
        for layer, (document, scope) in scopes.items()
    ]
    extra: tuple[dict[str, Any], ...] = tuple(
        {"layer": layer, "class": cls, "feature": f"f{i}", "name": f"名{i}", "section": "一"}
        | {"extent": extent, "drawn_by": "units", "u": tuple(units)}
        for i, (layer, cls, extent, units) in enumerate(rows)
    )
    return listed.with_features(made, extra, layers=layers), extra


def named_by(row: dict[str, Any]) -> set[str]:
    """Return the counties that a feature names, written down anew."""
    if row["extent"] in ("statement", "indicative"):
        return set()
    counties = JINZHONG | YANGQUAN
    if row["extent"] != "whole":
        return counties & set(row["u"])
    return {c for c in counties for u in row["u"] if u in (c, f"{c[:4]}00", "140000")}


@settings(max_examples=25, deadline=None)
@given(features)
def test_counts_are_a_recount_of_memberships_and_stay_in_scope(
    rows: list[tuple[str, str, str, list[str]]],
) -> None:
    tables, extra = random_tables(rows)
    atlas, page = _page(tables, "counts.html")
    scopes = {"old": JINZHONG, "new": JINZHONG | YANGQUAN}
    found = {view.id: view for view in views_of(atlas, page)}
    for document, layer in (("old", "mine-old"), ("new", "mine-new")):
        pairs = {(c, r["class"]) for r in extra if r["layer"] == layer for c in named_by(r)}
        expected = Counter(code for code, _ in pairs if code in scopes[document])
        assert (document in found) == bool(expected)
        if document in found:
            view = found[document]
            assert dict(view.numbers) == dict(expected)
            outside = {code for code, at in view.of.items() if view.bands[at].out}
            assert outside == page.counties - scopes[document]
            assert set(view.why) == set(expected)


@settings(max_examples=25, deadline=None)
@given(features)
def test_a_comparison_never_says_a_thing_of_what_lies_outside(
    rows: list[tuple[str, str, str, list[str]]],
) -> None:
    tables, extra = random_tables(rows)
    atlas, page = _page(tables, "periods.html")
    for view in views_of(atlas, page):
        cls = view.id.partition("/")[2]
        sides = [
            {c for r in extra if (r["layer"], r["class"]) == (layer, cls) for c in named_by(r)}
            for layer in ("mine-old", "mine-new")
        ]
        for code in page.counties:
            band = view.bands[view.of[code]]
            assert band.out == (code in YANGQUAN)
            if code in JINZHONG:
                words = {(1, 1): "两期均列", (1, 0): "仅前一期列出", (0, 1): "仅后一期列出"}
                here = (int(code in sides[0]), int(code in sides[1]))
                assert band.title[0] == words.get(here, "目录中未收录")


@given(st.sets(st.integers(1, 400), min_size=1, max_size=60))
def test_every_number_has_one_class_and_there_are_few(numbers: set[int]) -> None:
    groups = grouped(sorted(numbers))
    assert len(groups) <= MOST
    for n in numbers:
        assert sum(group.least <= n <= group.most for group in groups) == 1
    assert all(any(g.least <= n <= g.most for n in numbers) for g in groups)
    colours = ramp(COUNTS, len(groups))
    assert len(set(colours)) == len(groups)
    assert [COUNTS.index(colour) for colour in colours] == sorted(map(COUNTS.index, colours))


def test_classes_of_numbers_are_round() -> None:
    assert grouped([1, 2, 4]) == [Group(1, 1), Group(2, 2), Group(4, 4)]
    assert [g.text for g in grouped([28, 29, 31, 35, 41, 43, 45, 53, 55])] == [
        *("25–29", "30–34", "35–39", "40–44", "45–49", "50–54", "55–59"),
    ]
    assert [g.text for g in grouped(list(range(1, 13)))] == [
        *("1", "2–3", "4–5", "6–7", "8–9", "10–11", "12–13"),
    ]


def test_page_data_points_to_the_features_behind_a_view() -> None:
    atlas, pages = made()
    (data,) = view_data(atlas, pages["periods.html"])
    rows = atlas.tables.rows("features")
    names = [rows[at]["name"] for at in data["why"]["140703"]]
    assert names == ["旧煤田", "新煤田"]
    assert data["th"] == ["能源基地", "Energy bases"]
    assert [band.get("out") for band in data["classes"]] == [None, None, None, None, 1]
    told = map_data(atlas, pages["periods.html"])
    assert told["opens"] == "table"
    assert told["sides"] == [["old"], ["new"]]
    assert told["view"] == "energy/coal"
    assert map_data(atlas, pages["overview.html"]) == {}
    assert view_data(atlas, pages["overview.html"]) == []


def test_a_picture_shows_the_view_that_the_page_opens_with() -> None:
    atlas, pages = made()
    fills = fills_of_view(atlas, pages["counts.html"])
    assert [codes for _, codes in fills if "140702" in codes] == [["140702"]]
    assert fills_of_view(atlas, pages["energy.html"]) == []


def test_a_table_of_counts_has_all_counties_and_says_what_is_outside() -> None:
    atlas, pages = made()
    rows = {row.name[0]: row for row in counted_rows(atlas, pages["counts.html"])}
    assert len(rows) == len(JINZHONG | YANGQUAN)
    old, new = rows["矿区"].cells
    assert (old[1], new) == (True, ("1", False, ("煤炭", "Coal")))
    assert rows["太谷区"].cells[0][0] == "3"
    assert rows["太谷区"].city[0] == "晋中市"
    none = view_tables(atlas, pages["energy.html"])
    assert not any(none.values())


def test_files_are_made_with_their_tables(tmp_path: Path) -> None:
    made = {o.name: o for o in outputs(listed.tables(), project=sample.project(tmp_path))}
    counts, periods = made["counts.html"].make(), made["periods.html"].make()
    assert counts.count("不在规划范围") >= len(YANGQUAN)
    assert 'class="counted"' in counts
    assert 'class="compared"' in periods
    assert "旧煤田" in periods
    text = made["index.html"].make()
    assert text.index("综合图") < text.index("coal-zones.html") < text.index("counts.html")
    assert made["counts.html"].layers == {
        "zones",
        "corridor-units",
        "parks",
        "coal",
        "coal-old",
    } | {*("coal-new", "route")}
    assert made["coal-zones.html"].layers == {
        *("coal", "coal-old", "coal-new", "redline", "rivers", "plots", "words", "zones")
    }
    assert made["corridor-108.html"].themes == {"corridor_108"}


def test_what_is_not_counted_does_not_change_a_count(tmp_path: Path) -> None:
    tables = listed.tables()
    before = {o.name: o.key for o in outputs(tables, project=sample.project(tmp_path))}
    tables["features"].loc[tables["features"]["feature"] == "said", "name"] = "改"
    after = {o.name: o.key for o in outputs(tables, project=sample.project(tmp_path))}
    changed = {name for name in before if before[name] != after[name]}
    assert {"periods.html", "energy.html", "coal-zones.html"} <= changed
    assert "counts.html" not in changed


def test_titles_and_notes_of_maps_are_text(tmp_path: Path) -> None:
    made = outputs(listed.tables(sample.ATTACK), project=sample.project(tmp_path))
    for output in made:
        if output.name.endswith(".html"):
            text = output.make()
            assert "<img src=x" not in text, output.name
            assert "</script><script>window.hacked" not in text, output.name
    page = next(o for o in made if o.name == "counts.html")
    (tmp_path / "counts.html").write_text(page.make(), "utf-8")
    assert data_of(tmp_path / "counts.html")["page"]["note"][0] == f"说明 {sample.ATTACK}"
