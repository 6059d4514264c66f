"""Which figures are counts: those of parts add up to that of the whole."""

from __future__ import annotations

import re
import unicodedata

from geoplan.errors import UsageError

ADDITIVE = frozenset(
    {
        *("area", "length", "volume", "flow", "mass", "mass_flow", "coal_equivalent", "heat"),
        *("power", "apparent_power", "energy", "money", "foreign_money", "people", "households"),
        *("visits", "number"),
    }
)
"""Kinds of measures whose figures of parts add up to that of the whole."""

_RATIO = re.compile(
    r"人均|户均|亩均|地均|均产|均值|均价|单价|单产|中位数|密度|比重|占比|比例|比率|百分[比点数]|同比|环比"
    r"|平均(?!(?:常住|户籍|在岗|从业|用工|职工|总)*(?:人口|人数|人员))"
    r"|(?<!功)率(?![先领])|增速|增幅|涨幅|降幅|强度|指数|系数|预期寿命|之比"
    r"|(?:增长|降低)(?![量额数]|人[口数]|户数)"
    r"|(?<![业关人属驻])单位(?:GDP|地区|工业|产值|面积)|万元(?:GDP|地区|工业|产值)"
    r"|每[一二三四五六七八九十百千万亿]*[人户亩公平件]|[%‰]|per[ _]?capita"
    r"|(?<![a-z])per[ _]?(?:head|km2|sq|ha|hectare|person|inhabitant|household|thousand|1000+)"
    r"(?![a-z])"
    r"|(?<![a-z])(?:per[ _]?cent(?:age)?|pct|rate|ratio|share|proportion|average|avg|mean|median"
    r"|index|growth|density|densitie|intensity)s?(?![a-z])",
    re.IGNORECASE,
)
"""Words of figures that do not add up: per head, per area, shares, growth.

Power (功率), mean populations of a year (年平均人口) and increments (增长量) do.
"""

_PER = re.compile(
    r"(?:人(?!/人)|户(?!/户)|元(?!/元)|吨|公斤|千克|[标准]煤|件|辆|张|个|所|台|床|升|度|米|时"
    r"|(?<![a-z])(?:t|g|kg|l|tce|kgce|[kmg]?wh|[kmg]w|[mg]j|k?m[23²³]?))/"
    r"(?:百|千|万|十万|百万)?"
    r"(?:人(?!次)|户|元|亩|公顷|平方公里|平方千米|平方米|km|ha|hm|m[2²]|person|head)",
    re.IGNORECASE,
)
"""Measures per something; 人口/人 and GDP/万元 are a quantity and its measure."""


def refuse_ratio(name: str, *, what: str) -> None:
    """Raise `UsageError` where a name says that its figures do not add up."""
    # Wide letters and ㎡ are written as others; 人　均 is set with spaces.
    wide = unicodedata.normalize("NFKC", name)
    for text in (wide, "".join(wide.split())):
        found = _RATIO.search(text) or _PER.search(text)
        if found:
            raise UsageError(no_count(f"{what} says {found[0]!r}"))


def no_count(what: str) -> str:
    """Return the message that refuses a figure; `what` it is and says."""
    return (
        f"{what}: shares, rates, densities, growth and values per head do not add up, so no part "
        "of a unit can be given its part of them; apportion the counts that they are made of "
        "(persons, yuan), then divide"
    )
