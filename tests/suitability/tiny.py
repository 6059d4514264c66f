"""Four counties of 2 x 2 cells, without a project: every figure is mental arithmetic.

甲 | 乙
---+---
丙 | 丁
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import shapely

from geoplan import geometry, raster
from geoplan.suitability import Made, Options, Run, make, make_files, score
from geoplan.suitability.bind import Bound, left_out
from geoplan.suitability.make import County
from geoplan.suitability.model import Suitability
from geoplan.suitability.work import Done, Rule, work

LEFT, LOW = 640_000, 4_000_000

NAMES = "甲乙丙丁"

TEXT = {"zh": "试", "en": "test"}
GROUND = {"assumption": TEXT}

Cells = Sequence[Sequence[float]]


def titled(zh: str, en: str = "x") -> dict[str, str]:
    """Return a title in both languages."""
    return {"zh": zh, "en": en}


def cited(*, unverified: bool = False, **more: object) -> dict[str, object]:
    """Return a source as a model states it."""
    return {"source": {"title": titled("指南", "guide"), "unverified": unverified, **more}}


def amount(name: str, **more: object) -> dict[str, object]:
    """Return an input of amounts."""
    return {"id": name, "title": titled(f"题{name}", name), **more}


def grades(*lows: float) -> list[dict[str, object]]:
    """Return classes from the best down."""
    return [
        {"id": f"c{place}", "title": titled(f"级{place}"), "from": low, "colour": f"#00000{place}"}
        for place, low in enumerate(lows, 1)
    ]


def factor(name: str, weight: float, /, **more: object) -> dict[str, object]:
    """Return a factor whose score is the value of the raster of its name, unless told else."""
    own = {"id": name, "title": titled(f"题{name}", name), "raster": name, **GROUND}
    curve = {} if "scores" in more else {"curve": [[0, 0], [100, 100]]}
    return {**own, "weight": {"value": weight, **GROUND}, **curve, **more}


def constraint(name: str, of: str, **more: object) -> dict[str, object]:
    """Return a constraint on the raster `of`."""
    return {"id": name, "title": titled(f"限{name}", name), "raster": of, **GROUND, **more}


def model(
    *factors: Mapping[str, object],
    constraints: Sequence[Mapping[str, object]] = (),
    inputs: Sequence[Mapping[str, object]] | None = None,
    **more: object,
) -> Suitability:
    """Return a model; its inputs are amounts with the names of what uses them."""
    used = [str(c.get("raster")) for c in (*constraints, *factors) if c.get("raster")]
    text: dict[str, object] = {
        "id": "t",
        "title": titled("试验适宜性", "Test"),
        "purpose": "test",
        "max_cell_m": {"value": 5000, **GROUND},
        "limits": GROUND,
        "input": [amount(n) for n in dict.fromkeys(used)] if inputs is None else list(inputs),
        "class": grades(60, 0),
        "constraint": list(constraints),
        "factor": list(factors),
    }
    return Suitability.model_validate(text | more)


def grid_of(cell_m: float = 1_000, *, cells: int = 4) -> raster.Grid:
    """Return a square grid of `cells` x `cells`."""
    side = cell_m * cells
    return raster.snapped((LEFT, LOW, LEFT + side, LOW + side), cell_m)


def squares(side_m: float, *, off_m: float = 0) -> list[shapely.Geometry]:
    """Return the four counties; their common borders lie `off_m` west and south of the middle."""
    middle, end = side_m / 2 - off_m, side_m
    spans = [
        *((0, middle, middle, end), (middle, middle, end, end)),
        *((0, 0, middle, middle), (middle, 0, end, middle)),
    ]
    return [shapely.box(LEFT + a, LOW + b, LEFT + c, LOW + d) for a, b, c, d in spans]


def saved(
    path: Path,
    cells: Cells,
    *,
    grid: raster.Grid,
    kind: raster.Kind = "continuous",
    nodata: float | None = -1,
    **tags: str,
) -> raster.Source:
    """Write cells as a raster and look at it."""
    dtype = "float32" if kind == "continuous" else "int16"
    values = np.array(cells, dtype=dtype)
    about = raster.About(tags=tags)
    blocks = [(grid.whole, values)]
    raster.write_cog(path, grid, blocks=blocks, dtype=dtype, nodata=nodata, about=about)
    return raster.look(path, kind=kind)


def run_of(
    own: Suitability,
    sources: dict[str, raster.Source],
    *,
    without: Sequence[str] = (),
    cell_m: float = 1_000,
    counties: Sequence[shapely.Geometry] | None = None,
    **more: Any,
) -> Run:
    """Return a model made ready over the four counties."""
    grid = grid_of(cell_m)
    shown, weights = left_out(own, without)
    gone = tuple(c for c in own.criteria if c.id in without)
    bound = Bound(shown, weights, gone, sources, {}, {})
    rule = Rule(
        *(grid, shown.constraint, shown.factor, weights, tuple(score.variants(weights))),
        score.class_of_code([grade.from_ for grade in shown.class_]),
        sources,
        {i.id: i.plausible for i in shown.input if i.plausible is not None},
        {},
        forced=True,
    )
    outlines = squares(grid.dx * 4) if counties is None else counties
    there = tuple(
        County(str(code), name, int(geometry.area_units(np.array([outline]))[0]), outline)
        for code, (name, outline) in enumerate(zip(NAMES, outlines, strict=False), 1)
    )
    tasks = tuple(make._tasks(rule, there, more.pop("shapes", {})))
    options = Options(scheduler="synchronous", without=without, **more)
    return Run(bound, rule, "四方", there, tasks, {}, options)


def run_over(tmp_path: Path, own: Suitability, cells: dict[str, Cells], **more: Any) -> Run:
    """Return a run over cells of amounts by the names of inputs; -1 is without data."""
    grid = grid_of(more.get("cell_m", 1_000))
    kinds = {known.id: known.kind for known in own.input}
    sources = {
        name: saved(tmp_path / f"{name}.tif", values, grid=grid, kind=kinds[name])
        for name, values in cells.items()
    }
    return run_of(own, sources, **more)


def made_over(tmp_path: Path, own: Suitability, cells: dict[str, Cells], **more: Any) -> Made:
    """Return what a run over cells makes."""
    return make_files(run_over(tmp_path, own, cells, **more), tmp_path / "out")


def done_over(tmp_path: Path, own: Suitability, cells: dict[str, Cells], **more: Any) -> Done:
    """Return what the one tile of a run gives."""
    (task,) = run_over(tmp_path, own, cells, **more).tasks
    return work(task)


def by_county(*values: float) -> list[list[float]]:
    """Return cells that have one value in each of the counties 甲, 乙, 丙, 丁."""
    a, b, c, d = values
    return [[a, a, b, b], [a, a, b, b], [c, c, d, d], [c, c, d, d]]
