"""Dossiers of the sample: what they tell is what the tables hold."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from geoplan.errors import ConfigError, StageError
from geoplan.publish import Dossiers, dossiers
from geoplan.schema import TABLES, key_of_ref
from geoplan.written import Cell, Picture, Report, Row, Table, Text
from tests.publish import sample

Tables = dict[str, pd.DataFrame]


def maker(tables: Tables, **keys: object) -> Dossiers:
    return dossiers(tables, project=sample.project(Path("/x"), **keys), as_of=sample.AS_OF)


@pytest.fixture(scope="module")
def made() -> Dossiers:
    return maker(sample.tables())


@pytest.fixture(scope="module")
def county(made: Dossiers) -> Report:
    return made.report("unit", "140729", lang="zh", height_m=1000.4)


@pytest.fixture(scope="module")
def city(made: Dossiers) -> Report:
    return made.report("unit", "140700", lang="zh")


def titles(report: Report) -> list[str]:
    return [section.title.partition("、")[2] for section in report.sections]


def tables_of(report: Report) -> dict[str, Table]:
    """Return the tables by caption, without their numbers."""
    found = [b for s in report.sections for b in s.blocks if isinstance(b, Table)]
    return {table.caption.partition("　")[2]: table for table in found if table.caption}


def texts(row: Row) -> list[str]:
    return [cell.text for cell in row.cells]


def cells_of(report: Report) -> list[Cell]:
    found = [b for s in report.sections for b in s.blocks if isinstance(b, Table)]
    return [cell for table in found for row in table.rows for cell in row.cells]


def points(report: Report) -> str:
    return "".join(b.text for b in report.sections[0].blocks if isinstance(b, Text))


def facts(report: Report) -> dict[str, str]:
    found = [b for s in report.sections for b in s.blocks if isinstance(b, Table)]
    (table,) = [t for t in found if not any(head.title for head in t.heads)]
    return {row.cells[0].text: row.cells[1].text for row in table.rows}


def test_a_county_has_its_sections_in_order(county: Report) -> None:
    assert titles(county) == [
        *("要点", "基本情况", "主体功能定位", "规划图层", "需协调事项", "规划指标核验"),
        *("文本待核实事项", "规划指标", "资料来源", "说明"),
    ]
    assert [section.title[0] for section in county.sections] == list("一二三四五六七八九十")
    assert county.name == "unit-140729"
    assert county.title == "灵石县规划衔接核查报告"


def test_facts_are_those_of_the_unit(county: Report) -> None:
    told = facts(county)
    row = sample.units().set_index("adcode").loc["140729"]
    assert told["行政区划代码"] == "140729"
    assert told["上级行政单元"] == "晋中市"
    assert told["面积（平方公里）"].startswith(f"{row['area_km2']:.2f}（椭球面积")
    assert "±3.00" in told["面积（平方公里）"]
    assert told["平均海拔"].startswith("约 1000 米")


def test_a_unit_without_a_height_tells_none(made: Dossiers) -> None:
    assert "平均海拔" not in facts(made.report("unit", "140729", lang="zh"))


def test_whole_units_have_area_and_share_and_lists_have_none(county: Report) -> None:
    table = tables_of(county)["主体功能定位"]
    (line,) = [texts(row) for row in table.rows]
    area = sample.units().set_index("adcode").loc["140729", "area_km2"]
    assert line[:2] == ["主体功能区划分", "重点生态功能区"]
    assert table.rows[0].cells[0].small == "已到期"
    assert line[3:6] == ["全域", f"{area:.2f}", "100.0%"]
    other = maker(sample.tables()).report("unit", "140781", lang="zh")
    (park,) = [r for r in tables_of(other)["规划图层与规划事项"].rows if "位于" in texts(r)]
    assert texts(park)[4:6] == ["—", "—"]


def test_indicative_shapes_stand_apart_with_two_digits(county: Report) -> None:
    found = tables_of(county)
    table = found["示意图形涉及情况（示意，非规划成果）"]
    sizes = [texts(row)[3] for row in table.rows]
    assert sizes == ["约 31 公里", "约 4 公里"]
    exact = [texts(r)[3] for r in found["规划图层与规划事项"].rows if r.kind == "plain"]
    assert "示意" not in exact


def test_areas_are_those_of_coverage(city: Report) -> None:
    tables = sample.tables()
    coverage = tables["coverage"]
    table = tables_of(city)["各县（市、区）分区面积（平方公里）：主体功能区划分［已到期］"]
    areas = coverage[(coverage["layer"] == "zones") & (coverage["basis"] == "geometry")]
    counties = areas[areas["adcode"].str[4:] != "00"]
    names = dict(zip(tables["units"]["adcode"], tables["units"]["name"], strict=True))
    classes = dict(zip(tables["classes"]["title"], tables["classes"]["class"], strict=True))
    shown = {
        (row.cells[0].text, classes[head.title]): cell.text
        for row in table.rows
        if row.kind == "plain"
        for head, cell in zip(table.heads[1:-1], row.cells[1:-1], strict=True)
        if cell.text not in ("—", "0.00")
    }
    assert shown == {
        (names[row["adcode"]], row["class"]): f"{row['area_net_km2']:.2f}"
        for row in counties.to_dict("records")
    }


def test_totals_add_up_or_say_that_they_were_rounded(city: Report) -> None:
    (table,) = [t for name, t in tables_of(city).items() if name.startswith("各县（市、区）分区")]
    total, shares = (texts(row) for row in table.rows if row.kind == "total")
    for place in range(1, len(table.heads)):
        parts = [row.cells[place].text for row in table.rows if row.kind == "plain"]
        added = sum(float(text) for text in parts if text != "—")
        assert float(total[place]) == pytest.approx(added, abs=0.005 * len(parts) + 0.001)
        if f"{added:.2f}" != total[place]:
            assert any("四舍五入" in note for note in table.notes)
    assert sum(float(text[:-1]) for text in shares[1:-1]) == pytest.approx(100, abs=0.15)


def test_a_city_has_its_layers_in_sum(city: Report) -> None:
    table = tables_of(city)["规划图层汇总"]
    rows = {row.cells[0].text: texts(row) for row in table.rows if row.kind == "plain"}
    assert rows["重点工业园区"][1:4] == ["工业园区 2", "2", "—"]
    assert rows["廊带示范区"][2] == "6"
    assert rows["轴线示意"][1] == "示意轴线 1（示意）"


def test_matters_are_those_of_the_table_by_grade(county: Report, city: Report) -> None:
    rows = [texts(row) for row in tables_of(county)["需协调事项"].rows]
    assert [row[0] for row in rows] == ["需协调", "不符合管控要求"]  # what is overruled comes last
    first = rows[0]
    assert first[1] == "主体功能区划分：重点生态功能区"
    assert first[2] == "煤炭基地：煤炭：阳泉煤炭"
    assert first[3] == "12.50 平方公里"
    assert "文本已有衔接" in first[4]
    assert "后者为准" in rows[1][4]
    assert len(tables_of(city)["需协调事项"].rows) == 4
    assert "需协调事项 1 项：需协调 1" in points(county)


def test_an_indicative_matter_has_two_digits(county: Report) -> None:
    overruled = tables_of(county)["需协调事项"].rows[1].cells[3]
    assert (overruled.text, overruled.small) == ("示意图形", "约 31 平方公里")


def test_no_rules_are_told_as_such() -> None:
    tables = sample.tables() | {"conflicts": sample.table("conflicts", [])}
    report = maker(tables).report("unit", "140729", lang="zh")
    assert "需协调事项：尚未建立协调规则" in points(report)
    assert "需协调事项" not in titles(report)


def test_a_unit_without_matters_is_told_so(made: Dossiers) -> None:
    assert "未发现需协调事项" in points(made.report("unit", "140722", lang="zh"))


def test_claims_have_the_columns_that_planners_know(county: Report) -> None:
    table = tables_of(county)["指标核验"]
    assert [head.title for head in table.heads] == [
        *("序号", "文件", "文号", "章节", "原文指标", "原文值", "单位", "口径", "核算值"),
        *("差值", "差率", "结论", "依据与说明"),
    ]
    rows = {row.cells[4].small: texts(row) for row in table.rows}
    area = rows["廊带示范区"]
    assert area[5:12] == [
        "6422",
        "平方公里",
        "图上量算",
        "6421.02",
        "−0.98",
        "−0.02%",
        "一致",
    ]
    assert area[12] == "允差 ±15.86"
    assert texts(table.rows[0])[11] == "有差异"
    assert [texts(row)[0] for row in table.rows] == [str(i + 1) for i in range(len(table.rows))]


def test_claims_that_cannot_be_checked_are_counted_by_what_is_missing(made: Dossiers) -> None:
    table = tables_of(made.report("theme", "corridor_108", lang="zh"))["指标核验"]
    rows = [texts(row) for row in table.rows]
    assert rows
    assert not [row for row in rows if row[5] == "184" or row[11] == "无法核验"]
    (note,) = [note for note in table.notes if "无法核验" in note]
    assert note == (
        "另有 2 项暂无法核验，按所缺资料计：线位矢量成果 1、项目台账（规模、投资） 1；"
        "明细见 figures.html。"
    )


def test_counts_have_no_rate(city: Report) -> None:
    rows = [texts(row) for row in tables_of(city)["指标核验"].rows]
    counts = [row for row in rows if row[6].startswith("个")]
    assert counts
    assert all(row[10] == "—" for row in counts)


def test_what_no_text_says_of_a_county_is_a_note(made: Dossiers) -> None:
    table = tables_of(made.report("unit", "140781", lang="zh"))["主体功能定位"]
    assert all("—" not in texts(row)[:3] for row in table.rows)


def test_statements_stand_below_their_layer(made: Dossiers) -> None:
    table = tables_of(made.report("theme", "energy", lang="zh"))["原则性表述"]
    assert table.rows[0].kind == "group"
    assert {len(row.cells) for row in table.rows if row.kind == "plain"} == {len(table.heads)}
    heads = [row.cells[0].text for row in table.rows if row.kind == "group"]
    assert len(heads) == len(set(heads))


def test_an_analysis_brings_no_county_into_a_plan() -> None:
    tables = sample.tables()
    features = tables["features"].copy()
    before = tables_of(maker(tables).report("theme", "corridor_108", lang="zh"))
    drawn = features["extent"] == "indicative"
    features["drawn_by"] = features["drawn_by"].astype(object).mask(drawn, "buffer")
    changed = maker(tables | {"features": features}).report("theme", "corridor_108", lang="zh")
    counts = [
        sum(int(texts(row)[2]) for row in found["涉及的县（市、区）"].rows)
        for found in (before, tables_of(changed))
    ]
    assert counts[1] < counts[0]


def test_findings_stand_once_with_all_their_places(county: Report) -> None:
    (row,) = tables_of(county)["文本待核实事项"].rows
    assert row.cells[2].text == "两处列举不一"
    assert row.cells[3].text == "六、七"
    assert row.cells[4].text == "[1] 第一章第一节、[1] 第三章"


def test_indicators_of_the_unit_only(county: Report) -> None:
    (table,) = [t for name, t in tables_of(county).items() if name.startswith("只有表述")]
    assert [texts(row) for row in table.rows] == [["细颗粒物", "微克/立方米", "57", "完成省定任务"]]


def test_every_number_of_a_citation_is_explained_below_its_table(
    county: Report, city: Report
) -> None:
    for report in (county, city):
        for table in tables_of(report).values():
            told = " ".join(table.notes)
            cited = {
                number
                for row in table.rows
                for cell in row.cells
                for number in re.findall(r"^\[\d+\]", cell.text)
            }
            if table.heads[0].title != "序号" or table.heads[1].title != "文件":
                assert all(f"{number} " in told for number in cited)


def test_documents_and_data_are_named_with_their_licences(county: Report) -> None:
    found = tables_of(county)
    rows = found["规划文件"].rows
    assert [row.cells[1].text for row in rows] == ["《旧规划》", "《新规划》", "公开资料"]
    assert rows[0].cells[2].text == "市政发〔2016〕1号"
    data = [texts(row) for row in found["基础数据"].rows]
    assert ["界线", "terms.txt", "某省界线，非法定界线"] in data
    assert ["高程", "CC0", "高程：某网格"] in data


def test_refs_lead_to_rows(county: Report) -> None:
    refs = [cell.ref for cell in cells_of(county) if cell.ref]
    assert len(refs) > 5
    tables = sample.tables()
    for ref in refs:
        name, key = key_of_ref(ref)
        frame = tables[name]
        for column, value in zip(TABLES[name].key, key, strict=True):
            frame = frame[frame[column].astype(str) == value]
        assert len(frame) == 1, ref


def test_furniture_says_who_when_and_how_secret(county: Report) -> None:
    assert county.secrecy == "密级：内部"
    assert ("编制日期", sample.MADE_ON) in county.marks
    assert ("时效判断日", sample.AS_OF) in county.marks
    assert county.warning == "内部工作用图，未经地图审核，不得公开"
    assert county.day == sample.MADE_ON


def test_a_reviewed_atlas_has_its_number_and_no_warning() -> None:
    report = maker(sample.tables(), review_number="晋S(2021)1号", audience="public").report(
        "unit", "140729", lang="zh"
    )
    assert ("审图号", "晋S(2021)1号") in report.marks
    assert report.warning == ""
    assert report.secrecy == "密级：公开"


def test_secrecy_is_that_of_the_layers_that_are_used() -> None:
    tables = sample.tables()
    layers = tables["layers"].copy()
    layers.loc[layers["layer"] == "parks", "sensitivity"] = "secret"
    made = maker(tables | {"layers": layers})
    assert made.report("unit", "140781", lang="zh").secrecy == "密级：涉密"
    assert made.report("unit", "140722", lang="zh").secrecy == "密级：内部"


def test_a_public_atlas_with_closed_layers_is_refused() -> None:
    tables = sample.tables()
    layers = tables["layers"].copy()
    layers.loc[layers["layer"] == "parks", "sensitivity"] = "internal"
    with pytest.raises(ConfigError, match="parks"):
        maker(tables | {"layers": layers}, audience="public", review_number="x")


def test_a_theme_tells_documents_features_and_counties(made: Dossiers) -> None:
    report = made.report("theme", "energy", lang="zh")
    assert report.name == "theme-energy"
    assert titles(report)[:4] == ["要点", "规划依据", "涉及的县（市、区）", "规划图层"]
    found = tables_of(report)
    rows = [texts(row) for row in found["各文件的图层与事项"].rows]
    assert ["新规划", "2021—2025", "现行", "2", "1", "2"] in rows
    names = [texts(row)[1] for row in found["规划事项"].rows if row.kind == "plain"]
    assert "阳泉煤炭" in names
    assert "全省煤炭表述" not in names
    said = [texts(row)[0] for row in found["原则性表述"].rows if row.kind == "plain"]
    assert said == ["全省煤炭表述", "全省文字"]


def test_a_long_layer_is_cut_and_says_how_many_are_left(made: Dossiers) -> None:
    table = tables_of(made.report("theme", "energy", lang="zh"))["规划事项"]
    shown = sum(texts(row)[1].startswith("地块") for row in table.rows if row.kind == "plain")
    (note,) = [note for note in table.notes if "未列出" in note]
    assert note == f"另有 {sample.PLOTS - shown} 项未列出，见数据表 tables/features.csv。"


def test_a_document_tells_what_it_is_and_its_zones(made: Dossiers) -> None:
    report = made.report("document", "old", lang="zh")
    assert facts(report)["规划期"] == "2016—2020"
    assert facts(report)["时效"] == "已到期"
    themes = {row.cells[0].text: texts(row) for row in tables_of(report)["各专题的图层与事项"].rows}
    assert themes["主体功能区"][1:3] == ["1", "3"]
    assert themes["合计"][1] == "4"
    assert any(name.startswith("各县（市、区）分区面积") for name in tables_of(report))


def test_english_is_english(made: Dossiers) -> None:
    report = made.report("unit", "140729", lang="en")
    assert report.name == "unit-140729-en"
    assert report.title == "Planning dossier: Lingshi County"
    assert [section.title for section in report.sections][:2] == ["1. Main points", "2. The unit"]
    heads = [
        h.title for s in report.sections for b in s.blocks if isinstance(b, Table) for h in b.heads
    ]
    assert not [title for title in heads if re.search("[一-鿿]", title)]


@pytest.mark.parametrize(
    ("kind", "key"), [("unit", "999999"), ("theme", "nope"), ("document", "nope")]
)
def test_what_is_not_there_is_a_fault(made: Dossiers, kind: str, key: str) -> None:
    with pytest.raises(StageError, match=f"no {kind} '{key}'"):
        made.report(kind, key, lang="zh")  # type: ignore[arg-type]


def test_maps_mark_the_unit_and_have_scale_and_north(county: Report, city: Report) -> None:
    for report in (county, city):
        (picture,) = [b for s in report.sections for b in s.blocks if isinstance(b, Picture)]
        assert "灵石县" in picture.inside
        assert re.search(r">\d+ km</text>", picture.inside)
        assert ">N</text>" in picture.inside
        assert picture.width_mm <= 165
        marked = "#b3261e" in picture.inside
        assert marked is (report is county)


def test_nothing_is_told_of_a_subject_that_tables_do_not_know(made: Dossiers) -> None:
    other = made.report("unit", "140311", lang="zh")
    assert "晋中市" not in " ".join(cell.text for cell in cells_of(other))
