"""The index: claims with their findings, sources, downloads, pictures."""

from __future__ import annotations

import re
from pathlib import Path

from geoplan import schema
from geoplan.publish.claims import fixed
from geoplan.publish.statics import km2, percent
from geoplan.schema.wording import plain
from tests.publish import sample


def index(atlas: Path) -> str:
    return (atlas / "index.html").read_text("utf-8")


def row(text: str, words: str) -> str:
    return next(part for part in text.split("<tr>") if words in part)


def test_claims_show_figures_and_findings(atlas: Path) -> None:
    text = index(atlas)
    first = row(text, ">6422<")
    assert ">6421.02<" in first
    assert ">−0.98<" in first
    assert "一致" in first
    assert "《旧规划》（市政发〔2016〕1号），第一章第一节" in first
    assert "有差异" in row(text, ">7<")


def test_measured_and_counted_claims_stand_apart_and_the_rest_on_its_page(atlas: Path) -> None:
    text = index(atlas)
    marks = ("图上核算 1 项", ">6422<", '<details class="counted">', "列举完整性检查 2 项", ">7<")
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert ">184<" not in text
    assert 'href="figures.html"' in text
    assert "查看全部 6 项" in text


def test_counts_have_words_and_totals_of_their_own(atlas: Path) -> None:
    claims = index(atlas).split('id="claims"')[1].split('id="conflicts"')[0]
    all_, measured = claims.split("<h3>")
    told = re.sub(r"<span class=\"en\".*?</span>|<[^>]+>", "", all_.split('<p class="tally">')[1])
    assert told.split() == ["一致", "2", "有差异", "1", "不一致（待核实）", "1", "无法核验", "2"]
    measured, counted = measured.split('<details class="counted">')
    assert ">一致</span>" in measured
    assert "与文本列举" not in measured
    assert ">一致</span>" not in counted
    # Only what does not agree has a line; the rest is in the tally.
    assert counted.count("<tr>") == 2
    assert "主体功能区划分：重点开发区域" not in counted
    assert ">与文本列举有差异</span>" in row(counted, ">7<")
    summary = re.sub(r"<[^>]+>", "", counted.split("</summary>")[0])
    assert re.search("与文本列举一致[^一]*? 1", summary)
    assert re.search("与文本列举有差异[^一]*? 1", summary)


def test_every_table_can_be_downloaded(atlas: Path) -> None:
    text = index(atlas)
    for name in schema.TABLES:
        # The sample has no rasters, and pictures are never handed out.
        there = name not in ("rasters", "zonal", *schema.INNER)
        assert (f'href="tables/{name}.csv"' in text) == there


def test_shapes_can_be_downloaded_for_gis(atlas: Path) -> None:
    text = index(atlas)
    for name in ("atlas.gpkg", "units.geojson", "features.geojson"):
        assert f'<a href="data/{name}" download>' in text
        assert (atlas / "data" / name).is_file()


def test_every_map_has_a_link_to_its_sheet_beside_its_card(atlas: Path) -> None:
    text = index(atlas)
    links = re.findall(r'<a class="sheet" href="(print/[^"]+\.svg)" download>(.*?)</a>', text, re.S)
    pages = re.findall(r'<a class="card follow" href="([^"]+)\.html">', text)
    assert [href for href, _ in links] == [f"print/{page}.svg" for page in pages]
    assert len(links) == 5
    for href, inner in links:
        assert (atlas / href).is_file()
        assert "打印图" in inner
    # A link in a link is no HTML: every card ends before the link to its sheet.
    for card in text.split('<a class="card')[1:]:
        assert "<a " not in card[: card.index("</a>")]
    names = {re.sub(r"<[^>]+>", "", inner) for _, inner in links}
    assert len(names) == len(links)  # each says of which map it is


def test_every_map_has_a_picture_with_unique_ids(atlas: Path) -> None:
    text = index(atlas)
    assert text.count('class="picture"') == 5
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'<use href="#([^"]+)"', text))
    assert used <= set(ids)


def test_sources_and_notices_stand_at_the_end(atlas: Path) -> None:
    text = index(atlas)
    end = text[text.index('id="sources"') :]
    for row in sample.tables()["sources"].to_dict("records"):
        assert {f">{row['title']}<", f">{row['notice_en']}<"} <= set(re.findall(r">[^<]*<", end))
        assert row["licence"] in end
    assert "内部工作用图，未经地图审核，不得公开" in text
    assert "已到期" in text
    assert "县域口径" in text


def test_sources_that_are_no_plans_stand_apart_without_status(atlas: Path) -> None:
    end = index(atlas).split('id="sources"')[1]
    plans, others = end.split("资料</span>")[:2]
    assert "《新规划》" in plans
    assert "现行" in plans
    assert "公开资料" not in plans
    assert "公开资料" in others.split("</ul>")[0]
    assert "《公开资料》" not in index(atlas)
    assert "现行" not in others
    assert ">状态／时效<" in plans
    assert ">结论<" not in plans
    assert "2 份文件" in index(atlas)
    assert f"时效按 {sample.AS_OF} 判断" in plans
    assert f"judged as of {sample.AS_OF}" in plans


def test_pictures_are_small_and_have_names_on_pages(atlas: Path) -> None:
    page = (atlas / "jinzhong.html").read_text("utf-8")
    picture = re.search(r"<figure>(.*?)</figure>", page, re.DOTALL)
    assert picture is not None
    assert len(picture[1]) < 120_000
    assert "灵石县</text>" in picture[1]
    assert " km</text>" in picture[1]


def test_figures_have_their_decimals() -> None:
    assert km2(6421.014) == "6421.01"
    assert km2(None) == ""
    assert percent(0.39138) == "39.1%"
    assert plain(6422.0) == "6422"
    assert plain(20.15) == "20.15"
    assert fixed(-0.984, sign=True) == "−0.98"
    assert fixed(0.0, whole=True, sign=True) == "0"
    assert fixed(1.0, whole=True, sign=True) == "+1"
