"""What people have to know of a result, wherever it goes: said in tables, files and on the page."""

from __future__ import annotations

from collections.abc import Iterator

from geoplan.suitability.make import COARSE_M, Run, cell_of
from geoplan.suitability.model import Backed

Pair = tuple[str, str]
"""A text in Chinese and in English."""

SYNTHETIC: Pair = ("synthetic 合成数据", "synthetic data 合成数据")


def _pair(zh: str, en: str) -> Pair:
    return zh, en


def title_of(ready: Run) -> Pair:
    """Return the title of a result; it says so where values are made up."""
    own = ready.bound.model.title
    zh, en = f"{ready.unit}{own.zh}", f"{own.en}: {ready.unit}"
    if ready.synthetic:
        return f"{zh}（{SYNTHETIC[0]}）", f"{en} ({SYNTHETIC[1]})"
    return zh, en


def notes_of(ready: Run) -> list[Pair]:
    """Return what has to be said of a result, the gravest first."""
    return [*_warnings(ready), *_gaps(ready), *_how(ready)]


def warnings_of(ready: Run) -> list[Pair]:
    """Return what stands in every row of a table, which may be cut off from all else."""
    told = [*_warnings(ready)][:-1]
    return [*told, *([*_gaps(ready)][:1] if ready.bound.without else [])]


def _warnings(ready: Run) -> Iterator[Pair]:
    names = "、".join(ready.synthetic)
    if names:
        yield _pair(
            f"{SYNTHETIC[0]}：输入 {names} 是合成的，结果不代表实地，不得用于任何判断。",
            f"{SYNTHETIC[1]}: the input(s) {names} are made up; "
            "the result says nothing of the land.",
        )
    if ready.coarse:
        yield _pair(
            f"粗略示例，不能用作双评价：最粗的格网约{ready.coarsest_m:.0f}米，粗于{COARSE_M:.0f}米。",
            "A rough sample, no base for 双评价: the coarsest cells have "
            f"{ready.coarsest_m:.0f} m, above {COARSE_M:.0f} m.",
        )
    yield _pair(
        "按下列阈值、权重与假设筛选，不是用地结论。",
        "A screening by the limits, weights and assumptions given; no decision on land use.",
    )


def _gaps(ready: Run) -> Iterator[Pair]:
    gone = ready.bound.without
    if gone:
        zh = "、".join(c.title.zh for c in gone)
        en = ", ".join(c.title.en for c in gone)
        scaled = any(c in ready.bound.without and hasattr(c, "weight") for c in gone)
        yield _pair(
            f"未参与评价：{zh}。" + ("其余因子的权重按比例放大。" if scaled else ""),
            f"Left out: {en}." + (" The other weights were scaled up." if scaled else ""),
        )
    for name, place in ready.bound.places.items():
        if place.listed:
            yield _pair(
                f"{name}：另有{len(place.listed)}个县只有名单，没有图形，未计入。",
                f"{name}: {len(place.listed)} more counties are known by list "
                "only and not counted.",
            )
        if place.statements:
            yield _pair(
                f"{name}：另有{place.statements}项表述或示意图形，未计入。",
                f"{name}: {place.statements} statements or sketches are not counted.",
            )
    for told in ready.bound.far_notes:
        yield _pair(f"{told}。", f"{told}.")
    yield from _decisions(ready)
    note = ready.bound.model.note
    if note is not None:
        yield _pair(f"{note.zh}。", f"{note.en}.")
    doubts = sum(
        1 for told in _grounded(ready) if told.source is not None and told.source.unverified
    )
    if doubts:
        yield _pair(
            f"有{doubts}项依据凭记忆录入，使用前请核对原文。",
            f"{doubts} source(s) were written from memory; look them up before use.",
        )


def _grounded(ready: Run) -> Iterator[Backed]:
    """Yield all that has a source or an assumption."""
    model = ready.bound.model
    yield from (*model.criteria, model.limits, model.max_cell_m)
    yield from (factor.weight for factor in model.factor)


def _decisions(ready: Run) -> Iterator[Pair]:
    """Yield what was decided where a raster is silent or odd."""
    for known in ready.bound.model.input:
        for said in ready.bound.sources[known.id].decisions:
            # The command has no option for it: the file has to say it.
            told = said.replace("say --nodata", "state it: gdal_translate -a_nodata")
            yield _pair(
                f"输入“{known.title.zh}”读取时的认定：{told}。",
                f"Decided on reading {known.title.en}: {told}.",
            )


def _how(ready: Run) -> Iterator[Pair]:
    model = ready.bound.model
    cell = f"{ready.cell_m:g}"
    yield _pair(
        f"格网{cell}米，等积投影（{ready.rule.grid.crs.name}），对齐到{cell}米的整倍数。"
        "格网按县界的精确占比计入各县；面积为椭球面积，各类、约束排除、无数据之和等于县域面积。",
        f"Cells of {cell} m, equal-area ({ready.rule.grid.crs.name}), edges at multiples of "
        f"{cell} m. Cells count in a county by their exact share; areas are ellipsoidal, and "
        "classes, excluded and without data add up to the county.",
    )
    terrain = {c.derived for c in model.criteria} & {"slope", "aspect"}
    if terrain:
        yield _pair(
            "坡度、坡向在高程数据自身的格网上计算，再取到结果格网。",
            "Slope and aspect are taken on the grid of the heights, then brought to the result's.",
        )
    for known in model.input:
        size = cell_of(ready.bound.sources[known.id])
        if size > ready.cell_m * 1.5:
            yield _pair(
                f"{known.title.zh}的格网约{size:.0f}米，比结果粗，重采样不增加细节。",
                f"{known.title.en}: its cells of {size:.0f} m are coarser than the result; "
                "resampling adds no detail.",
            )
    low = "，".join(f"{grade.title.zh}≥{grade.from_:g}" for grade in model.class_)
    english = ", ".join(f"{grade.title.en} from {grade.from_:g}" for grade in model.class_)
    yield _pair(
        f"得分为各因子分值（0—100）的加权和，四舍五入取整后分级：{low}分。平均分不含约束排除与无数据。",
        f"Scores are weighted sums of 0 to 100, rounded; classes: {english}. Means are without "
        "what is excluded or has no data.",
    )
