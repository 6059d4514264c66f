"""What a run says, as tables: counties, what each constraint takes, what hangs on a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoplan import geometry, raster
from geoplan.suitability.make import Run, Sums
from geoplan.suitability.model import Backed, Constraint, Factor, Given
from geoplan.suitability.score import NODATA

TOTAL = "合计"

DIGITS = 6
"""Decimals of mean scores."""


@dataclass(frozen=True)
class Tables:
    """Areas in km², shares as parts of the unit."""

    counties: pd.DataFrame
    """`adcode`, `name`, `area_km2`, an area for each class, `excluded_km2`, `nodata_km2`,
    `mean_score` of what is neither, `rank` by it; last a row of sums."""
    exclusion: pd.DataFrame
    """By constraint in order: alone, in order, what is left; and where it is not known."""
    sensitivity: pd.DataFrame
    """By factor, its weight less and more by a fifth: areas by class, what changes class."""
    criteria: pd.DataFrame
    """Every criterion with its test or curve, weight, input, source, assumption."""


def tables_of(ready: Run, sums: Sums) -> Tables:
    """Return the tables of a run."""
    return Tables(
        _counties(ready, sums.areas[0]),
        _exclusion(ready, sums),
        _sensitivity(ready, sums),
        criteria_of(ready),
    )


def class_columns(ready: Run) -> dict[str, str]:
    """Return the columns with areas of classes, and their titles."""
    made = {f"{grade.id}_km2": grade.title.zh for grade in ready.bound.model.class_}
    return {**made, "excluded_km2": "约束排除", "nodata_km2": "无数据"}


def mean_scores(areas: np.ndarray) -> list[float | None]:
    """Return the mean score of each county's cells that have one, from areas by code."""
    made: list[float | None] = []
    for row in areas[:, :101].tolist():
        known = sum(row)
        scored = sum(code * area for code, area in enumerate(row))
        made.append(scored / known if known else None)
    return made


def ranks(means: Sequence[float | None]) -> list[int | None]:
    """Return places by mean score, the highest first; equal ones share a place.

    Means are equal that the table shows as equal: areas of counties are off by less.
    """
    known = [round(mean, DIGITS) for mean in means if mean is not None]
    return [None if m is None else 1 + sum(k > round(m, DIGITS) for k in known) for m in means]


def _by_class(ready: Run, areas: np.ndarray) -> list[float]:
    """Return km² of each column of `class_columns`, from areas by code."""
    classes = ready.rule.classes
    numbers = [*range(1, 1 + len(ready.bound.model.class_)), 0, NODATA]
    return [geometry.km2(int(areas[classes == number].sum())) for number in numbers]


def _counties(ready: Run, areas: np.ndarray) -> pd.DataFrame:
    columns = [*class_columns(ready)]
    means = mean_scores(areas)
    rows: list[list[object]] = []
    for county, own, mean, rank in zip(ready.counties, areas, means, ranks(means), strict=True):
        area = geometry.km2(int(own.sum()))
        rows.append([county.adcode, county.name, area, *_by_class(ready, own), mean, rank])
    whole = areas.sum(axis=0)
    area = geometry.km2(int(whole.sum()))
    rows.append(["", TOTAL, area, *_by_class(ready, whole), *mean_scores(whole[None]), None])
    made = pd.DataFrame(
        rows, columns=["adcode", "name", "area_km2", *columns, "mean_score", "rank"]
    )
    made["mean_score"] = made["mean_score"].astype("float64").round(DIGITS)
    # An empty cell among numbers would make rank 2 2.0.
    made["rank"] = pd.Series([row[-1] for row in rows], dtype=object)
    return made


def _exclusion(ready: Run, sums: Sums) -> pd.DataFrame:
    whole = int(sums.areas[0].sum())
    left = whole
    rows = []
    for place, constraint in enumerate(ready.rule.constraints):
        alone, own = int(sums.alone[place].sum()), int(sums.in_order[place].sum())
        left -= own
        rows.append(
            {
                "step": place + 1,
                "criterion": constraint.id,
                "title": constraint.title.zh,
                "area_alone_km2": geometry.km2(alone),
                "share_alone": alone / whole,
                "area_in_order_km2": geometry.km2(own),
                "share_in_order": own / whole,
                "area_left_km2": geometry.km2(left),
                "share_left": left / whole,
                "area_unknown_km2": geometry.km2(int(sums.unknown[place].sum())),
                "ground": ground_of(constraint),
            }
        )
    return pd.DataFrame(rows, columns=[*EXCLUSION])


EXCLUSION = {
    "step": "次序",
    "criterion": "编号",
    "title": "约束条件",
    "area_alone_km2": "单独排除（平方公里）",
    "share_alone": "单独排除占比",
    "area_in_order_km2": "依次排除（平方公里）",
    "share_in_order": "依次排除占比",
    "area_left_km2": "剩余（平方公里）",
    "share_left": "剩余占比",
    "area_unknown_km2": "其中无数据（平方公里）",
    "ground": "依据",
}
"""Columns of the table of exclusion, with their heads."""


def _sensitivity(ready: Run, sums: Sums) -> pd.DataFrame:
    columns = [*class_columns(ready)]
    whole = int(sums.areas[0].sum())
    first = ranks(mean_scores(sums.areas[0]))
    rows: list[list[object]] = []
    for place, variant in enumerate(ready.rule.variants):
        factor = ready.rule.factors[variant.factor]
        areas, changed = sums.areas[place + 1], int(sums.changed[place])
        moved = [
            f"{county.name} {was}→{now}"
            for county, was, now in zip(
                ready.counties, first, ranks(mean_scores(areas)), strict=True
            )
            if was != now
        ]
        weights = ready.rule.weights[variant.factor], variant.weights[variant.factor]
        own = _by_class(ready, areas.sum(axis=0))
        figures = [geometry.km2(changed), changed / whole]
        told = [factor.id, factor.title.zh, variant.change, *weights]
        rows.append([*told, *own, *figures, len(moved), "、".join(moved)])
    heads = ["factor", "title", "change", "weight", "weight_changed"]
    after = ["area_changed_km2", "share_changed", "counties_moved", "moved"]
    return pd.DataFrame(rows, columns=[*heads, *columns, *after])


CRITERIA = {
    "kind": "类型",
    "criterion": "编号",
    "title": "名称",
    "of": "取自",
    "rule": "阈值或分值",
    "weight": "权重（原）",
    "weight_used": "权重（采用）",
    "ground": "阈值、曲线依据",
    "weight_ground": "权重依据",
    "used": "是否参与",
}
"""Columns of the table of criteria, with their heads."""


def criteria_of(ready: Run) -> pd.DataFrame:
    """Return a row for each criterion of the model, those left out last."""
    used = dict(zip((f.id for f in ready.rule.factors), ready.rule.weights, strict=True))
    rows = []
    for criterion in (*ready.bound.model.criteria, *ready.bound.without):
        there = criterion not in ready.bound.without
        factor = criterion if isinstance(criterion, Factor) else None
        rows.append(
            {
                "kind": "因子" if factor else "约束",
                "criterion": criterion.id,
                "title": criterion.title.zh,
                "of": _of(criterion),
                "rule": rule_text(criterion),
                "weight": factor.weight.value if factor else None,
                "weight_used": used.get(criterion.id) if factor and there else None,
                "ground": ground_of(criterion),
                "weight_ground": ground_of(factor.weight) if factor else "",
                "used": "是" if there else "未参与",
            }
        )
    return pd.DataFrame(rows, columns=[*CRITERIA])


_DERIVED = {"slope": "坡度（度）", "aspect": "坡向（度，北为0，顺时针）", "distance": "距离（米）"}


def _of(criterion: Constraint | Factor) -> str:
    if criterion.derived is not None:
        return f"{_DERIVED[criterion.derived]}：{criterion.of}"
    if criterion.layer is not None:
        wide = f"，外扩{criterion.buffer_m:g}米" if criterion.buffer_m else ""
        return f"图层 {criterion.layer}{wide}"
    return f"栅格 {criterion.raster}"


def rule_text(criterion: Constraint | Factor) -> str:
    """Return the test of a constraint, or the scores of a factor, for people."""
    if isinstance(criterion, Factor):
        if criterion.curve is not None:
            told = "，".join(f"{x:g}→{y:g}分" for x, y in criterion.curve)
            return told if criterion.flat is None else f"{told}，平地→{criterion.flat:g}分"
        return "，".join(f"{key}→{value:g}分" for key, value in (criterion.scores or {}).items())
    if criterion.layer is not None:
        return "格网一半以上在范围内"
    if criterion.values is not None:  # noqa: PD011 - no table
        return f"取值为 {'、'.join(map(str, criterion.values))}"
    if criterion.between is not None:
        return f"{criterion.between[0]:g} 至 {criterion.between[1]:g}"
    if criterion.above is not None:
        return f"大于 {criterion.above:g}"
    return f"小于 {criterion.below:g}"


def ground_of(told: Backed | Given) -> str:
    """Return the source and the assumption behind a number, for people."""
    made = []
    if told.source is not None:
        cited = told.source
        number = f"（{cited.number}）" if cited.number else ""
        clause = f"，{cited.clause}" if cited.clause else ""
        doubt = "（凭记忆录入，待核原文）" if cited.unverified else ""
        made.append(f"《{cited.title.zh}》{number}{clause}{doubt}")
    if told.assumption is not None:
        made.append(f"假设：{told.assumption.zh}")
    return "；".join(made)


def input_rows(ready: Run) -> list[dict[str, object]]:
    """Return what is to be known of each raster: file, cells, how it was brought to the grid."""
    made: list[dict[str, object]] = []
    for known in ready.bound.model.input:
        source = ready.bound.sources[known.id]
        method = raster.method_for(source, ready.rule.grid)
        across, down = source.grid.cell_m
        made.append(
            {
                "input": known.id,
                "title": known.title.zh,
                "unit": known.unit or "",
                "file": source.path.name,
                "cell_m": f"{across:.1f} x {down:.1f}",
                "resampling": method,
                "synthetic": "合成数据 synthetic" if source.synthetic else "",
            }
        )
    return made
