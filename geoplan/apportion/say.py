"""What people have to know of a count that was apportioned: method, assumption, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from geoplan.apportion.counts import Counts
from geoplan.apportion.parts import LEFT, NONE, OUTSIDE, Target
from geoplan.apportion.rows import Given
from geoplan.apportion.weights import Ask
from geoplan.geometry import AREA_UNITS_PER_M2

KNOWN = 0.995
"""Below this part of a unit's area with weights, the unit is told."""

COARSE = 100
"""A unit of fewer cells than this is told."""

FEW = 1000
"""A count of fewer last digits than this loses much by rounding."""

NAMED = 8


def notes(
    given: Sequence[Given], target: Target, *, counts: Counts, ask: Ask | None, error: float
) -> list[str]:
    """Return notes for people, the most needed first; `error` is the relative one of areas."""
    measure = (
        f"（{counts.measure}）" if counts.measure and counts.measure not in counts.title else ""
    )
    year = f"{counts.year}年，" if counts.year else ""
    told = [
        f"{counts.title}{measure}：{len(given)}个单元，{year}来源：{counts.source}。",
        f"分配到：{target.title}，来源：{target.source}。",
        _method(ask) + _whole(given),
        _sums(given, counts),
    ]
    told += _nobody(given)
    told += _odd(given, ask)
    if target.overlapping:
        told.append(
            "类别之间有重叠：重叠部分单列一行（“甲＋乙”），各行相加等于单元数值；"
            "按单个类别汇总会重复计算，不能相加。"
        )
    if target.drawn:
        told.append("示意范围（本图集自绘）另列：两位有效数字，不参与合计，未绘及处不等于没有。")
    if _rounds_much(given, counts):
        told.append(
            f"部分单元的数值按末位计不足{FEW}，取整使各类别所得较粗；可用 --digits 增加小数位。"
        )
    if not _all_whole(given):
        told.append(f"县界为概化边界，县域面积的相对标准误约{error:.1%}，未计入上列数值。")
    return [*told, *target.notes, *counts.notes]


def _method(ask: Ask | None) -> str:
    if ask is None:
        return (
            "方法：按面积。各类别所得＝单元数值×该类别占单元面积的比例。"
            "前提是单元内均匀分布，这是假设：人口和产业实际集中在城镇与河谷，结果只是估算。"
        )
    name = ask.source.path.name
    size = "×".join(f"{side:.0f}" for side in ask.source.grid.cell_m)
    made = "合成数据，" if ask.source.synthetic else ""
    if ask.by_class is not None:
        titles = {each.value: each.title for each in ask.source.legend}
        listed = "，".join(f"{titles.get(v, v)}={w:g}" for v, w in sorted(ask.by_class.items()))
        return (
            f"方法：按地类权重（{name}，{made}像元约{size}米；每单位面积权重：{listed}）。"
            "前提是数值与权重成正比、同一地类内均匀，这是假设；权重由使用者给定。"
        )
    kind = "为密度，乘以像元面积" if ask.density else "为每像元数量"
    return (
        f"方法：按权重栅格（{name}，{made}像元约{size}米，{kind}）。"
        "像元按被各类别覆盖的确切比例计。前提是数值与权重成正比、像元内均匀，这是假设。"
    )


def _all_whole(given: Sequence[Given]) -> bool:
    return all(each.method == "whole" for each in given)


def _whole(given: Sequence[Given]) -> str:
    whole = sum(each.method == "whole" for each in given)
    if not whole:
        return ""
    if _all_whole(given):
        return "本表各单元均整体归入同一行，不依赖这一假设。"
    return f"其中{whole}个单元整体归入同一行，不依赖这一假设。"


def _sums(given: Sequence[Given], counts: Counts) -> str:
    sums = {"": 0, NONE: 0, OUTSIDE: 0, LEFT: 0}
    for each in given:
        for share in each.shares:
            if share.count is not None:
                sums[share.labels[0] if share.labels[0] in sums else ""] += share.count
    words = {"": "各类别", NONE: "不在任何类别内", OUTSIDE: "不在规划范围内", LEFT: "未分配"}
    parts = "＋".join(
        f"{words[key]}{_figure(n, counts)}" for key, n in sums.items() if n or not key
    )
    whole = sum(each.unit.count for each in given)
    return f"核对：单元数值合计{_figure(whole, counts)}＝{parts}；逐单元相等。"


def _figure(count: int, counts: Counts) -> str:
    return f"{Decimal(count).scaleb(-counts.digits):f}"


def _nobody(given: Sequence[Given]) -> list[str]:
    told = []
    left = [each.unit.called for each in given if each.method == "left"]
    if left:
        told.append(
            f"{len(left)}个单元的权重全为零或缺失，数值未分配：{_names(left)}；"
            "可用 --fallback area 改按面积。"
        )
    fell = [each.unit.called for each in given if each.method == "fallback"]
    if fell:
        told.append(f"{len(fell)}个单元的权重全为零或缺失，改按面积分配：{_names(fell)}。")
    return told


def _odd(given: Sequence[Given], ask: Ask | None) -> list[str]:
    if ask is None:
        return []
    told = []
    partly = [e for e in given if e.known is not None and e.known < KNOWN]
    if partly:
        names = [f"{e.unit.called}{e.known:.0%}" for e in partly]
        told.append(f"{len(partly)}个单元只有部分面积有权重，没有权重处按零计：{_names(names)}。")
    across, down = ask.source.grid.cell_m
    cell = across * down * AREA_UNITS_PER_M2
    areas = {e.unit.called: sum(s.area for s in e.shares if s.count is not None) for e in given}
    coarse = [name for name, area in areas.items() if area < COARSE * cell]
    if coarse:
        told.append(
            f"{len(coarse)}个单元不足{COARSE}个像元，栅格对它们太粗，结果仅供参考：{_names(coarse)}。"
        )
    return told


def _rounds_much(given: Sequence[Given], counts: Counts) -> bool:
    several = [e.unit.count for e in given if e.method not in ("whole", "left")]
    return any(0 < count < FEW for count in several) and counts.digits < 6


def _names(names: Sequence[str]) -> str:
    return "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")
