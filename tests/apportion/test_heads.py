"""Heads of columns: every word of what does not add up, and near misses that do."""

from __future__ import annotations

import pytest

from geoplan.apportion.additive import ADDITIVE, no_count, refuse_ratio
from geoplan.errors import UsageError
from geoplan.schema.measures import MEASURES

REFUSED = [
    # Per head, per household, per area
    pytest.param("人均粮食产量", "人均", id="per head"),
    pytest.param("人 均 GDP", "人均", id="set with spaces"),
    pytest.param("人　均　GDP", "人均", id="set with wide spaces"),
    pytest.param("户均人口", "户均", id="per household"),
    pytest.param("亩均税收（万元）", "亩均", id="per mu"),
    pytest.param("地均GDP", "地均", id="per land"),
    pytest.param("小麦均产", "均产", id="yield"),
    pytest.param("粮食单产", "单产", id="yield, short"),
    pytest.param("平均气温", "平均", id="mean"),
    pytest.param("年平均工资", "平均", id="mean of a year"),
    pytest.param("PM2.5均值", "均值", id="mean value"),
    pytest.param("商品房均价", "均价", id="mean price"),
    pytest.param("水单价", "单价", id="price"),
    pytest.param("收入中位数", "中位数", id="median"),
    pytest.param("人口密度", "密度", id="density"),
    pytest.param("每千人床位", "每千人", id="per thousand"),
    pytest.param("每百户汽车数", "每百户", id="per hundred households"),
    pytest.param("每亩产值", "每亩", id="per one mu"),
    pytest.param("每公顷产量", "每公", id="per hectare"),
    pytest.param("每平方公里人口", "每平", id="per km2"),
    pytest.param("每件价格", "每件", id="per piece"),
    # Shares and rates
    pytest.param("第一产业比重", "比重", id="share of all"),
    pytest.param("占比", "占比", id="share"),
    pytest.param("男女比例", "比例", id="proportion"),
    pytest.param("男女比率", "比率", id="ratio"),
    pytest.param("男女之比", "之比", id="ratio of two"),
    pytest.param("百分比", "百分比", id="percentage"),
    pytest.param("百分点", "百分点", id="percentage points"),
    pytest.param("百分数", "百分数", id="percent number"),
    pytest.param("城镇化率", "率", id="rate"),
    pytest.param("森林覆盖率", "率", id="rate of cover"),
    pytest.param("水利用效率", "率", id="efficiency"),
    pytest.param("合计%", "%", id="percent sign"),
    pytest.param("合计（％）", "%", id="wide percent sign"),
    pytest.param("出生‰", "‰", id="per mille"),
    # Growth, indices
    pytest.param("GDP增速", "增速", id="speed of growth"),
    pytest.param("GDP增长", "增长", id="growth"),
    pytest.param("GDP增幅", "增幅", id="size of growth"),
    pytest.param("房价涨幅", "涨幅", id="rise"),
    pytest.param("能耗降幅", "降幅", id="fall"),
    pytest.param("能耗降低", "降低", id="lowered"),
    pytest.param("GDP同比", "同比", id="year on year"),
    pytest.param("GDP环比", "环比", id="month on month"),
    pytest.param("能耗强度", "强度", id="intensity"),
    pytest.param("价格指数", "指数", id="index"),
    pytest.param("基尼系数", "系数", id="coefficient"),
    pytest.param("人口预期寿命", "预期寿命", id="life expectancy"),
    pytest.param("单位GDP能耗", "单位GDP", id="per unit of GDP"),
    pytest.param("单位地区生产总值能耗", "单位地区", id="per unit of product"),
    pytest.param("单位工业增加值用水", "单位工业", id="per unit of industry"),
    pytest.param("单位产值能耗", "单位产值", id="per unit of output"),
    pytest.param("单位面积产量", "单位面积", id="per unit of area"),
    pytest.param("万元GDP能耗", "万元GDP", id="per 10k of GDP"),
    pytest.param("万元工业增加值用水量", "万元工业", id="per 10k of industry"),
    # English
    pytest.param("GDP per capita", "per capita", id="en per capita"),
    pytest.param("gdp_per_capita", "per_capita", id="en with underscores"),
    pytest.param("GDPperCapita", "perCapita", id="en in one word"),
    pytest.param("income per head", "per head", id="en per head"),
    pytest.param("people per km2", "per km2", id="en per km2"),
    pytest.param("people per km²", "per km2", id="en per km squared"),
    pytest.param("people per sq km", "per sq", id="en per sq km"),
    pytest.param("yield per ha", "per ha", id="en per ha"),
    pytest.param("yield per hectare", "per hectare", id="en per hectare"),
    pytest.param("water per person", "per person", id="en per person"),
    pytest.param("cars per household", "per household", id="en per household"),
    pytest.param("beds per 1000", "per 1000", id="en per 1000"),
    pytest.param("per cent urban", "per cent", id="en per cent"),
    pytest.param("percentage", "percentage", id="en percentage"),
    pytest.param("pct_urban", "pct", id="en pct"),
    pytest.param("birth rates", "rates", id="en rates"),
    pytest.param("sex ratio", "ratio", id="en ratio"),
    pytest.param("URBAN SHARE", "SHARE", id="en in capitals"),
    pytest.param("proportion_urban", "proportion", id="en proportion"),
    pytest.param("average age", "average", id="en average"),
    pytest.param("avg_age", "avg", id="en avg"),
    pytest.param("mean_age", "mean", id="en mean"),
    pytest.param("median income", "median", id="en median"),
    pytest.param("price index", "index", id="en index"),
    pytest.param("growth2020", "growth", id="en growth and year"),
    pytest.param("density", "density", id="en density"),
    pytest.param("population densities", "densities", id="en densities"),
    pytest.param("energy intensity", "intensity", id="en intensity"),
    # Measures per something
    pytest.param("人口（人/平方公里）", "人/平方公里", id="persons on a km2"),
    pytest.param("人口（人/㎢）", "人/km", id="persons on a km2 in one sign"),
    pytest.param("住房（㎡/人）", "m2/人", id="m2 in one sign"),
    pytest.param("住房（平方米/人）", "米/人", id="m2 a person"),
    pytest.param("小麦（公斤/亩）", "公斤/亩", id="kilogrammes on a mu"),
    pytest.param("小麦（t/ha）", "t/ha", id="tonnes on a hectare"),
    pytest.param("小麦（kg/hm2）", "kg/hm", id="kilogrammes on a hectare"),
    pytest.param("能耗（吨标准煤/万元）", "准煤/万元", id="coal for 10k yuan"),
    pytest.param("用水（立方米/万元）", "米/万元", id="water for 10k yuan"),
    pytest.param("用水（m³/万元）", "m3/万元", id="water, in signs"),
    pytest.param("用电（千瓦时/人）", "时/人", id="power a person"),
    pytest.param("用电（kWh/人）", "kWh/人", id="power, in signs"),
    pytest.param("医院（个/万人）", "个/万人", id="hospitals for 10k persons"),
    pytest.param("床位（张/千人）", "张/千人", id="beds for 1k persons"),
    pytest.param("电视（台/百户）", "台/百户", id="sets for 100 households"),
    pytest.param("汽车（辆/户）", "辆/户", id="cars a household"),
    pytest.param("医生（人/万人）", "人/万人", id="doctors for 10k persons"),
    pytest.param("收入（元/人）", "元/人", id="yuan a person"),
    pytest.param("税收（万元/亩）", "元/亩", id="10k yuan on a mu"),
    pytest.param("产值（万元/公顷）", "元/公顷", id="10k yuan on a hectare"),
]
"""Heads, and the word that the message names."""

TAKEN = [
    pytest.param("总人口/人", id="a quantity and its measure"),
    pytest.param("残疾人/人", id="persons and persons"),
    pytest.param("用水户/户", id="households and households"),
    pytest.param("GDP/万元", id="a name of letters and money"),
    pytest.param("GDP/元", id="a name of letters and yuan"),
    pytest.param("ＧＤＰ（亿元）", id="wide letters"),
    pytest.param("游客人/人次", id="visits"),
    pytest.param("接待游客（万人次）", id="visits in 10k"),
    pytest.param("用水总量（亿立方米/年）", id="a flow in a year"),
    pytest.param("处理能力（万吨/日）", id="a flow in a day"),
    pytest.param("年平均人口", id="mean population of a year"),
    pytest.param("年平均常住人口（万人）", id="mean residents of a year"),
    pytest.param("在岗职工平均人数", id="mean number of workers"),
    pytest.param("平均从业人员", id="mean employed persons"),
    pytest.param("装机功率（万千瓦）", id="power"),
    pytest.param("率先达标村数", id="first of all"),
    pytest.param("人口增长量", id="an increment"),
    pytest.param("自然增长人数", id="an increment of persons"),
    pytest.param("税收增长额", id="an increment of money"),
    pytest.param("用水降低量", id="a saving"),
    pytest.param("事业单位面积", id="area of institutions"),
    pytest.param("法人单位工业企业数", id="units that are firms"),
    pytest.param("单位数", id="number of units"),
    pytest.param("比赛场次", id="a match"),
    pytest.param("对比年人口", id="compared year"),
    pytest.param("每年新增就业", id="each year"),
    pytest.param("均衡发展村数", id="even"),
    pytest.param("产业园数（个）", id="a number"),
    pytest.param("耕地面积（公顷）", id="an area"),
    pytest.param("行政区域面积（km2）", id="an area in signs"),
    pytest.param("发电量（kWh）", id="energy"),
    pytest.param("population", id="en population"),
    pytest.param("paper harvest", id="en per ha in two words"),
    pytest.param("copper_hectolitres", id="en per hect in a name"),
    pytest.param("super heads", id="en per head in a name"),
    pytest.param("water per year", id="en per year"),
    pytest.param("corporate tax", id="en rate in a word"),
    pytest.param("rated power", id="en rated"),
    pytest.param("shareholders", id="en share in a word"),
    pytest.param("meaning", id="en mean in a word"),
    pytest.param("indexed_villages", id="en index in a word"),
    pytest.param("operations", id="en ratio in a word"),
    pytest.param("persons", id="en persons"),
    pytest.param("2020", id="a year alone"),
    pytest.param("", id="nothing"),
]
"""Heads that must not be refused."""


@pytest.mark.parametrize(("head", "word"), REFUSED)
def test_what_does_not_add_up_is_refused_with_its_word(head: str, word: str) -> None:
    with pytest.raises(UsageError) as caught:
        refuse_ratio(head, what="a.csv: column")
    told = str(caught.value)
    assert told.startswith(f"a.csv: column says {word!r}: shares, rates")
    assert "apportion the counts that they are made of (persons, yuan), then divide" in told


@pytest.mark.parametrize("head", TAKEN)
def test_near_misses_are_taken(head: str) -> None:
    try:
        refuse_ratio(head, what="column")
    except UsageError as fault:
        pytest.fail(f"{head!r}: {fault}")


@pytest.mark.parametrize(
    ("kind", "adds"),
    [
        pytest.param("people", True, id="persons"),
        pytest.param("households", True, id="households"),
        pytest.param("money", True, id="money"),
        pytest.param("area", True, id="area"),
        pytest.param("mass", True, id="mass"),
        pytest.param("energy", True, id="energy"),
        pytest.param("visits", True, id="visits"),
        pytest.param("number", True, id="a number"),
        pytest.param("percent", False, id="percent"),
        pytest.param("ratio", False, id="ratio"),
    ],
)
def test_kinds_of_measures_that_add_up(kind: str, *, adds: bool) -> None:
    assert (kind in ADDITIVE) is adds


def test_every_additive_kind_is_one_of_the_schema() -> None:
    assert {measure.kind for measure in MEASURES.values()} >= ADDITIVE


@pytest.mark.parametrize(
    "measure",
    [
        pytest.param(measure.zh, id=name)
        for name, measure in MEASURES.items()
        if measure.kind in ADDITIVE
    ],
)
def test_measures_that_add_up_are_not_refused_in_a_head(measure: str) -> None:
    try:
        refuse_ratio(f"总量（{measure}）", what="column")
    except UsageError as fault:
        pytest.fail(f"{measure!r}: {fault}")


def test_the_message_says_what_was_asked_first() -> None:
    assert no_count("x.csv: column '占比'").startswith("x.csv: column '占比': shares, rates")
