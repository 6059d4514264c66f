"""Registries of the sample atlas: sources, documents, themes, classes and layers, as rows."""

from __future__ import annotations

from typing import Any

ZONE_CLASSES = ("key_development", "farm_products", "ecological_function")


def sources() -> list[dict[str, Any]]:
    rows = [
        ("places", "点位", "Points", "CC BY 4.0", "点位：某库", "Points © Some Base"),
        ("boundaries", "界线", "Borders", "terms.txt", "某省界线，非法定界线", "Borders of A"),
        ("rivers", "河流", "Rivers", "public domain", "河流：某图", "Rivers: Some Map"),
        ("elevation", "高程", "Heights", "CC0", "高程：某网格", "Heights: Some Grid"),
    ]
    keys = ("source", "title", "title_en", "licence", "notice", "notice_en")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def documents() -> list[dict[str, Any]]:
    old = {"status": "expired", "scope": "140700", "period_start": "2016", "period_end": "2020"}
    new = {"status": "in_force", "scope": "140000", "period_start": "2021", "period_end": "2025"}
    return [
        {"document": "old", "title": "旧规划", "number": "市政发〔2016〕1号", **old},
        {"document": "new", "title": "新规划", "number": None, "issuer": "省政府", **new},
        {"document": "facts", "title": "公开资料", "scope": "140000", "status": None},
    ]


def themes() -> list[dict[str, Any]]:
    return [
        {"theme": "main_function_zone", "title": "主体功能区", "title_en": "Zones", "order": 1},
        {"theme": "corridor_108", "title": "108廊带", "title_en": "G108 corridor", "order": 2},
        {"theme": "energy", "title": "能源基地", "title_en": "Energy bases", "order": 3}
        | {"also": "zones/ecological_function parks/park sketch/axis"},
        {"theme": "empty", "title": "空", "title_en": "Empty", "order": 4},
    ]


def classes() -> list[dict[str, Any]]:
    rows = [
        ("key_development", "重点开发区域", "Key development", "#e8923c", "solid"),
        ("farm_products", "农产品主产区", "Farm products", "#f2dc6b", "solid"),
        ("ecological_function", "重点生态功能区", "Ecological function", "#8fc27a", "solid"),
        ("corridor", "108廊带示范区", "Corridor", "#cdb4db", "solid"),
        ("park", "工业园区", "Parks", "#355070", "point"),
        ("axis", "示意轴线", "Axis (sketch)", "#7f1d1d", "line"),
        ("coal", "煤炭", "Coal", "#343a40", "hatch"),
        ("river", "河流", "River", "#3a86c8", "line"),
        ("plot", "图斑", "Plot", "#b5838d", "solid"),
    ]
    keys = ("class", "title", "title_en", "colour", "pattern")
    made: list[dict[str, Any]] = [
        dict(zip(keys, row, strict=True)) | {"order": i} for i, row in enumerate(rows)
    ]
    made[0] |= {"today": "城市化地区", "today_en": "Urbanised areas"}
    return made


def layers() -> list[dict[str, Any]]:
    rows = [
        ("zones", "main_function_zone", "主体功能区划分", "Zones of the city", "old"),
        ("corridor-units", "corridor_108", "廊带示范区", "Corridor units", "old"),
        ("parks", "corridor_108", "重点工业园区", "Key parks", "old"),
        ("sketch", "corridor_108", "轴线示意", "Axis sketch", "old"),
        ("coal", "energy", "煤炭基地", "Coal bases", "new"),
        ("redline", "energy", "红线（待接入）", "Redline (to come)", "new"),
        ("rivers", "energy", "河流修复", "Rivers", "facts"),
        ("plots", "energy", "地块", "Plots", "facts"),
        ("words", "energy", "只有表述", "Statements", "new"),
    ]
    keys = ("layer", "theme", "title", "title_en", "document")
    common = {"sensitivity": "public", "features": 1}
    return [
        dict(zip(keys, row, strict=True))
        | common
        | {
            "scope": "140700" if row[4] == "old" else "140000",
            "kind": "slot" if row[0] == "redline" else "vector",
            "partition": " ".join(ZONE_CLASSES) if row[0] == "zones" else None,
            "note": "河流图层说明" if row[0] == "rivers" else None,
            "status": {"old": "expired", "new": "in_force", "facts": None}[row[4]],
        }
        for row in rows
    ]


def checks(evil: str) -> list[dict[str, Any]]:
    """Return the check of the one claim that follows from others."""
    own = {"check": "growth", "title": evil, "title_en": "Growth", "kind": "growth"}
    own |= {"result": "words/gdp@target_growth:2020", "parts": "words/gdp@actual:2015"}
    return [own | {"note": f"口径 {evil}", "note_en": "definition"}]


def indicators(evil: str) -> list[dict[str, Any]]:
    """Return readings of a city, of a county, and one that is no number."""
    city = {
        "layer": "words",
        "adcode": "140700",
        "unit": "晋中市",
        "unit_en": "Jinzhong",
        "document": "new",
    }
    city |= {
        "section": "第二章",
        "line": 45,
        "lines": "45",
        "relation": "equal",
        "group": "经济",
        "group_en": "Economy",
    }
    gdp = {"indicator": "gdp", "name": "地区生产总值", "name_en": "GDP", "measure": "100m_yuan"}
    days = {
        "indicator": "days",
        "name": f"优良天数 {evil}",
        "name_en": "Clear days",
        "measure": "percent",
    }
    county = {
        "adcode": "140729",
        "unit": "灵石县",
        "indicator": "pm",
        "name": "细颗粒物",
        "name_en": "PM2.5",
    }
    actual = {"reading": "actual", "year": "2015", "printed": "1046.1", "value": 1046.1}
    target = {"reading": "target", "year": "2020", "printed": "80%以上", "value": 80.0}
    growth = {"reading": "target_growth", "year": "2020", "printed": "8%", "value": 8.0}
    return [
        city | gdp | actual | {"nature": "expected"},
        city | gdp | growth | {"nature": "expected"},
        city | days | target | {"nature": "binding", "note": "待核", "note_en": "to be checked"},
        city | county | {"measure": "ug_m3"} | actual | {"printed": "57", "value": 57.0},
        city | county | {"measure": "ug_m3"} | target | {"printed": "完成省定任务", "value": None},
    ]


def findings(evil: str) -> list[dict[str, Any]]:
    """Return a finding at two places, about a county, and one about no unit."""
    first = {
        "finding": "old-six",
        "kind": "lists_differ",
        "title": "两处列举不一",
        "title_en": "Lists",
    }
    first |= {
        "detail": f"六处与七处 {evil}",
        "detail_en": "six and seven",
        "units": "140729 140781",
    }
    place = {
        "document": "old",
        "section": "第一章第一节",
        "line": 13,
        "lines": "13",
        "printed": "六",
    }
    other = {"finding": "new-sum", "kind": "sums_differ", "title": "合计不符", "title_en": "Sum"}
    other |= {"detail": "分项之和为九", "detail_en": "parts make nine"}
    return [
        first | place | {"place": 0},
        first
        | place
        | {"place": 1, "section": "第三章", "line": 99, "lines": "99", "printed": "七"},
        other | place | {"place": 0, "document": "new", "printed": "十"},
    ]


def passages(evil: str) -> list[dict[str, Any]]:
    """Return lines of the invented texts: one that features cite, one of cells, one of no page."""
    said = "首句无关。榆次、介休、平遥划为重点开发区域；面积６４２２平方公里。末句亦无关。"
    return [
        {"document": "old", "line": 13, "text": said},
        {"document": "old", "line": 99, "text": f"| 项目 | 七 | {evil} |"},
        {
            "document": "new",
            "line": 13,
            "text": f"全省 煤炭 表述 在 此 。 全省文字在此{evil}。阳泉煤炭在此。",
        },
        {"document": "new", "line": 45, "text": "细颗粒物"},
        {"document": "facts", "line": 13, "text": "南河自北向南流。"},
        {"document": "facts", "line": 7, "text": "无人引用的一行。"},
    ]


def rules(evil: str) -> list[dict[str, Any]]:
    """Return a rule that cites a text, one of a regulation, and one that finds nothing."""
    common = {"grade": "breaks", "a": "ecological_function", "b": "coal park"}
    text = {"title": "生态与开发", "title_en": "Ecology and works", "reason": f"须衔接 {evil}"}
    text |= {"reason_en": "has to fit", "document": "old", "section": "第一章第一节"}
    text |= {"lines": "13", "printed": "重点开发区域"}
    other = {
        "title": "重点开发",
        "title_en": "Development",
        "reason": "须核对",
        "reason_en": "check",
    }
    other |= {"source": "某办法", "source_en": "Some rules", "clause": "第五条", "unverified": True}
    rows = [
        {"rule": "sample", **text},
        {"rule": "other", **other},
        {"rule": "silent", **other, "title": "无事项"},
    ]
    return [common | row for row in rows]


def overrides(evil: str) -> list[dict[str, Any]]:
    """Return what somebody says of a finding."""
    said = {"reason": f"后者为准 {evil}", "reason_en": "the latter holds", "by": "某人"}
    return [{"override": "park", "rule": "sample", "date": "2021-02-01", **said}]


def conflicts(evil: str) -> list[dict[str, Any]]:
    """Return a matter of every grade; that of 榆社 only to be watched, and one outside the city."""
    zone = {"layer_a": "zones", "document_a": "old", "section_a": "第一章第一节", "line_a": 13}
    park = {"layer_b": "parks", "class_b": "park", "document_b": "old", "section_b": "第二章"}
    coal = {"layer_b": "coal", "class_b": "coal", "document_b": "new", "section_b": "第三章"}
    key = {"class_a": "key_development", "feature_a": "key-development"}
    own = {"class_a": "ecological_function", "feature_a": "ecological-function"}
    rows: list[dict[str, Any]] = [
        {"grade": "compatible", "adcode": "140781", **key, **park, "feature_b": "one"}
        | {"basis": "list", "rule": "other", "also": "parks/two"},
        {"grade": "coordinate", "adcode": "140729", **own, **coal, "feature_b": "city"}
        | {"basis": "geometry", "area_km2": 12.5, "share": 0.0104, "line_b": 13}
        | {"reconciled_by": "zones/ecological-function coal/words"},
        {"grade": "breaks", "adcode": "140729", **own, **park, "feature_b": ""}
        | {"basis": "indicative", "area_km2": 31.0, "share": 0.026}
        | {"overruled_by": f"后者为准 {evil}"},
        {"grade": "attention", "adcode": "140721", **own, **coal, "feature_b": ""}
        | {"basis": "list", "reconciled_by": "gone/gone"},
        {"grade": "attention", "adcode": "140311", **key, **coal, "feature_b": ""},
    ]
    common = {"rule": "sample", "line_b": 13, "basis": "list"}
    return [zone | common | row | {"id": f"m{i}"} for i, row in enumerate(rows)]
