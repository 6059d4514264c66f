"""Measures that plans print (万亩, 亿立方米, 万千瓦), and what they are in base measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Measure:
    """A measure: its kind, how many base measures it is, and its words.

    `factor` times a figure is the figure in `base`, exactly.
    """

    id: str
    kind: str
    base: str
    factor: Decimal
    zh: str
    en: str


def _kind(kind: str, base: str, *rows: tuple[str, str, str, str]) -> list[Measure]:
    return [Measure(key, kind, base, _factor(text), zh, en) for key, text, zh, en in rows]


def _rates(*rows: tuple[str, str, str, str]) -> list[Measure]:
    return [measure for row in rows for measure in _kind("rate", row[0], row)]


def _factor(text: str) -> Decimal:
    """Return the number of ``1e4`` or ``1e4/15``: 15 mu are a hectare, exactly."""
    over, _, under = text.partition("/")
    return Decimal(over) / Decimal(under or 1)


_ALL = [
    *_kind(
        "area",
        "km2",
        ("km2", "1", "平方公里", "km²"),
        ("m2", "1e-6", "平方米", "m²"),
        ("10k_m2", "1e-2", "万平方米", "10,000 m²"),
        ("100m_m2", "1e2", "亿平方米", "100 million m²"),
        ("10k_km2", "1e4", "万平方公里", "10,000 km²"),
        ("ha", "1e-2", "公顷", "ha"),
        ("10k_ha", "1e2", "万公顷", "10,000 ha"),
        ("mu", "1e-2/15", "亩", "mu"),
        ("10k_mu", "1e2/15", "万亩", "10,000 mu"),
        ("100m_mu", "1e6/15", "亿亩", "100 million mu"),
    ),
    *_kind(
        "length",
        "km",
        ("km", "1", "公里", "km"),
        ("m", "1e-3", "米", "m"),
        ("10k_km", "1e4", "万公里", "10,000 km"),
    ),
    *_kind(
        "volume",
        "m3",
        ("m3", "1", "立方米", "m³"),
        ("10k_m3", "1e4", "万立方米", "10,000 m³"),
        ("100m_m3", "1e8", "亿立方米", "100 million m³"),
        ("1t_m3", "1e12", "万亿立方米", "trillion m³"),
    ),
    *_kind(
        "flow",
        "m3_d",
        ("m3_d", "1", "立方米/日", "m³/d"),
        ("10k_m3_d", "1e4", "万立方米/日", "10,000 m³/d"),
    ),
    *_kind(
        "mass_flow",
        "t_d",
        ("t_d", "1", "吨/日", "t/d"),
        ("10k_t_d", "1e4", "万吨/日", "10,000 t/d"),
    ),
    *_kind(
        "mass",
        "t",
        ("kg", "1e-3", "公斤", "kg"),
        ("t", "1", "吨", "t"),
        ("10k_t", "1e4", "万吨", "10,000 t"),
        ("100m_t", "1e8", "亿吨", "100 million t"),
        ("100m_kg", "1e5", "亿公斤", "100 million kg"),
        ("100m_jin", "5e4", "亿斤", "100 million jin"),
    ),
    *_kind(
        "coal_equivalent",
        "tce",
        ("tce", "1", "吨标准煤", "tce"),
        ("10k_tce", "1e4", "万吨标准煤", "10,000 tce"),
        ("100m_tce", "1e8", "亿吨标准煤", "100 million tce"),
    ),
    *_kind(
        "power",
        "mw",
        ("mw", "1", "兆瓦", "MW"),
        ("kw", "1e-3", "千瓦", "kW"),
        ("10k_kw", "10", "万千瓦", "10,000 kW"),
        ("100m_kw", "1e5", "亿千瓦", "100 million kW"),
    ),
    *_kind(
        "apparent_power",
        "mva",
        ("mva", "1", "兆伏安", "MVA"),
        ("10k_kva", "10", "万千伏安", "10,000 kVA"),
    ),
    *_kind("voltage", "kv", ("kv", "1", "千伏", "kV")),
    *_kind(
        "energy",
        "gwh",
        ("gwh", "1", "吉瓦时", "GWh"),
        ("100m_kwh", "1e2", "亿千瓦时", "100 million kWh"),
    ),
    *_kind(
        "money",
        "yuan",
        ("yuan", "1", "元", "yuan"),
        ("10k_yuan", "1e4", "万元", "10,000 yuan"),
        ("100m_yuan", "1e8", "亿元", "100 million yuan"),
        ("1t_yuan", "1e12", "万亿元", "trillion yuan"),
    ),
    *_kind(
        "foreign_money",
        "usd",
        ("usd", "1", "美元", "US$"),
        ("10k_usd", "1e4", "万美元", "10,000 US$"),
        ("100m_usd", "1e8", "亿美元", "100 million US$"),
    ),
    *_kind(
        "people",
        "persons",
        ("persons", "1", "人", "persons"),
        ("10k_persons", "1e4", "万人", "10,000 persons"),
    ),
    *_kind(
        "households",
        "households",
        ("households", "1", "户", "households"),
        ("10k_households", "1e4", "万户", "10,000 households"),
    ),
    *_kind(
        "visits",
        "visits",
        ("visits", "1", "人次", "visits"),
        ("10k_visits", "1e4", "万人次", "10,000 visits"),
        ("100m_visits", "1e8", "亿人次", "100 million visits"),
    ),
    *_kind(
        "ratio",
        "percent",
        ("percent", "1", "%", "%"),
        ("permille", "1e-1", "‰", "‰"),
    ),
    *_kind("points", "percentage_points", ("percentage_points", "1", "个百分点", "points")),
    *_kind("multiple", "times", ("times", "1", "倍", "times")),
    *_kind(
        "number",
        "items",
        ("units", "1", "个市、县（区）", "units"),
        ("features", "1", "个", "listed"),
        ("items", "1", "个", "items"),
        ("10k_items", "1e4", "万个", "10,000 items"),
        ("100m_items", "1e8", "亿件", "100 million items"),
    ),
    *_kind(
        "time",
        "minutes",
        ("minutes", "1", "分钟", "minutes"),
        ("hours", "60", "小时", "hours"),
        ("days", "1440", "天", "days"),
    ),
    *_kind("months", "months", ("months", "1", "个月", "months")),
    *_kind("years", "years", ("years", "1", "年", "years")),
    *_kind("year", "year", ("year", "1", "年", "year")),
    *_kind("age", "years_of_age", ("years_of_age", "1", "岁", "years of age")),
    *_kind("angle", "degree", ("degree", "1", "度", "°")),
    *_kind("temperature", "celsius", ("celsius", "1", "℃", "°C")),
    *_kind("depth", "mm", ("mm", "1", "毫米", "mm")),
    *_kind("wind_speed", "m_s", ("m_s", "1", "米/秒", "m/s")),
    *_kind("irradiation", "kwh_m2", ("kwh_m2", "1", "千瓦时/平方米", "kWh/m²")),
    *_kind("heat", "gj", ("gj", "1", "吉焦", "GJ"), ("10k_gj", "1e4", "万吉焦", "10,000 GJ")),
    # Rates are of different things: each is its own base.
    *_rates(
        ("tce_per_10k_yuan", "1", "吨标准煤/万元", "tce per 10,000 yuan"),
        ("m3_per_10k_yuan", "1", "立方米/万元", "m³ per 10,000 yuan"),
        ("deaths_per_100m_yuan", "1", "人/亿元", "deaths per 100 million yuan"),
        ("deaths_per_1m_t", "1", "人/百万吨", "deaths per million t"),
        ("deaths_per_100k", "1", "人/十万人", "deaths per 100,000 persons"),
        ("deaths_per_10k_vehicles", "1", "人/万车", "deaths per 10,000 vehicles"),
        ("per_100k_persons", "1", "件/十万人", "per 100,000 persons"),
        ("per_10k_persons", "1", "件/万人", "per 10,000 persons"),
        ("per_1k_persons", "1", "张（人）/千人", "per 1,000 persons"),
        ("m2_per_person", "1", "平方米/人", "m² per person"),
        ("persons_per_km2", "1", "人/平方公里", "persons per km²"),
        ("kg_per_mu", "1", "公斤/亩", "kg per mu"),
        ("ug_m3", "1", "微克/立方米", "µg/m³"),
        ("km_h", "1", "公里/小时", "km/h"),
        ("coefficient", "1", "系数", "coefficient"),
    ),
]

MEASURES: Mapping[str, Measure] = {m.id: m for m in _ALL}
"""Every measure by id."""


@dataclass(frozen=True)
class Quantity:
    """What a figure is of, the kinds of measures that it may have, and its words."""

    id: str
    kinds: tuple[str, ...]
    zh: str
    en: str


_SIZES = (
    *("power", "apparent_power", "volume", "flow", "mass", "mass_flow", "energy", "number"),
    *("people", "visits", "area", "heat"),
)
_SUMS = ("mass", "coal_equivalent", "volume", "energy", "number", "area", "heat")
_RATIOS = ("ratio", "points", "multiple")

_QUANTITIES = [
    Quantity("area", ("area",), "面积", "Area"),
    Quantity("share", ("ratio",), "占比", "Share"),
    Quantity("length", ("length",), "长度", "Length"),
    Quantity("count", ("number", "households"), "数量", "Count"),
    Quantity("population", ("people", "households"), "人口", "Population"),
    Quantity("share_of_population", ("ratio",), "人口占比", "Share of population"),
    Quantity("capacity", _SIZES, "规模", "Capacity"),
    Quantity("production", _SUMS, "产量", "Production"),
    Quantity("voltage", ("voltage",), "电压等级", "Voltage"),
    Quantity("investment", ("money", "foreign_money"), "投资", "Investment"),
    Quantity("output_value", ("money", "foreign_money"), "产值（金额）", "Value"),
    Quantity("income", ("money",), "收入", "Income"),
    Quantity("visits", ("visits", "people"), "游客人次", "Visits"),
    Quantity("throughput", ("mass", "number", "people", "visits"), "吞吐量", "Throughput"),
    Quantity("growth", _RATIOS, "增长", "Growth"),
    Quantity("rate", (*_RATIOS, "rate"), "比率", "Rate"),
    Quantity("reduction", (*_RATIOS, "people", *_SUMS), "减少", "Reduction"),
    Quantity("speed", ("rate",), "速度", "Speed"),
    Quantity("duration", ("time", "months", "years"), "时长", "Duration"),
    Quantity("target_year", ("year",), "目标年", "Target year"),
]

QUANTITIES: Mapping[str, Quantity] = {q.id: q for q in _QUANTITIES}
"""Every quantity of claims by id."""


def converted(value: Decimal, measure: str) -> Decimal:
    """Return a figure of `measure` in its base measure; mu become km² and so on."""
    return value * MEASURES[measure].factor


def measures_of(quantity: str) -> list[str]:
    """Return the ids of the measures that a quantity may have."""
    return [m.id for m in _ALL if m.kind in QUANTITIES[quantity].kinds]
