"""What one worker does: the cells of one tile, scored and added up by county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import shapely

from geoplan import raster
from geoplan.derived import Target
from geoplan.suitability import score
from geoplan.suitability.cover import Cover, cover_of, covered_half
from geoplan.suitability.model import Constraint, Criterion, Factor
from geoplan.suitability.terrain import terrain_on

Shapes = tuple[shapely.Geometry, ...]


@dataclass(frozen=True)
class Rule:
    """What every tile is judged by; goes to workers as it is."""

    grid: raster.Grid
    constraints: tuple[Constraint, ...]
    factors: tuple[Factor, ...]
    weights: tuple[float, ...]
    variants: tuple[score.Variant, ...]
    classes: np.ndarray
    """Class of each code: `score.class_of_code`."""
    sources: dict[str, raster.Source]
    """Rasters by the names of inputs."""
    plausible: dict[str, tuple[float, float]]
    """Least and greatest value of inputs that state them."""
    targets: dict[str, Target]
    """What distances are taken to, by the ids of criteria."""
    forced: bool = False


@dataclass(frozen=True)
class Task:
    """A tile, the counties in it, and the shapes of criteria that may matter there."""

    rule: Rule
    window: raster.Window
    counties: tuple[int, ...]
    outlines: Shapes
    shapes: dict[str, Shapes]
    """Shapes near the tile, by the ids of criteria."""


@dataclass(frozen=True)
class Done:
    """The cells of a tile as codes, and areas in 1e-4 m² by county of the task."""

    window: raster.Window
    codes: np.ndarray
    counties: tuple[int, ...]
    areas: np.ndarray
    """By weights (first those of the model, then variants), county, code."""
    changed: np.ndarray
    """By variant: area whose class is another one."""
    alone: np.ndarray
    """By constraint and county."""
    in_order: np.ndarray
    unknown: np.ndarray
    """By criterion and county: where its value is not known."""
    odd: dict[str, tuple[int, int]]
    """By input: cells with a value that cannot be, and cells with any value."""


def work(task: Task) -> Done:
    """Score the cells of a tile."""
    rule = task.rule
    grid = rule.grid.part(task.window)
    cover = cover_of(grid, task.outlines)
    tile = _Tile(task, grid)
    taken = [tile.excluded(constraint) for constraint in rule.constraints]
    scores = [tile.scores(factor) for factor in rule.factors]
    out = np.zeros(grid.shape, dtype=bool)
    gaps = np.zeros(grid.shape, dtype=bool)
    alone, in_order = [], []
    for found in taken:
        here = np.ma.filled(found, False)
        alone.append(_flagged(cover, here))
        in_order.append(_flagged(cover, here & ~out))
        out |= here
        gaps |= np.ma.getmaskarray(found)
    unknown = [_flagged(cover, np.ma.getmaskarray(found)) for found in taken]
    unknown += [_flagged(cover, np.isnan(values)) for values in scores]
    made = [_codes(scores, weights, gaps, out) for weights in _weights(rule)]
    first = rule.classes[made[0]]
    changed = [_flagged(cover, rule.classes[other] != first).sum() for other in made[1:]]
    shown = np.full(grid.height * grid.width, score.NODATA, dtype="uint8")
    shown[cover.inside] = made[0].ravel()[cover.inside]
    size = cover.counties
    return Done(
        task.window,
        shown.reshape(grid.shape),
        task.counties,
        np.stack([cover.areas(codes, 256) for codes in made]),
        np.array(changed, dtype="int64"),
        np.array(alone, dtype="int64").reshape(-1, size),
        np.array(in_order, dtype="int64").reshape(-1, size),
        np.array(unknown, dtype="int64").reshape(-1, size),
        tile.odd,
    )


def _weights(rule: Rule) -> list[tuple[float, ...]]:
    return [rule.weights, *(variant.weights for variant in rule.variants)]


def _codes(
    scores: Sequence[np.ndarray], weights: Sequence[float], gaps: np.ndarray, out: np.ndarray
) -> np.ndarray:
    sums = score.total(scores, weights)
    sums[gaps] = np.nan
    return score.codes(sums, out)


def _flagged(cover: Cover, flags: np.ndarray) -> np.ndarray:
    return cover.areas(flags, 2)[:, 1]


class _Tile:
    """Values of criteria on the cells of a tile; each raster is read once."""

    def __init__(self, task: Task, grid: raster.Grid) -> None:
        self.rule, self.shapes, self.grid = task.rule, task.shapes, grid
        self.odd: dict[str, tuple[int, int]] = {}
        self._made: dict[tuple[str, str], np.ma.MaskedArray] = {}

    def excluded(self, constraint: Constraint) -> np.ma.MaskedArray:
        if constraint.layer is not None:
            return np.ma.MaskedArray(self._inside(constraint))
        values = self._values(constraint)
        found = score.excluded(values, constraint)
        if constraint.derived == "aspect":
            # Level ground faces nowhere: its mark below 0 is no direction.
            facing = np.ma.getdata(values) >= 0
            return np.ma.MaskedArray(np.ma.getdata(found) & facing, np.ma.getmaskarray(found))
        return found

    def scores(self, factor: Factor) -> np.ndarray:
        if factor.layer is not None:
            told = factor.scores or {}
            return np.where(self._inside(factor), told["inside"], told["outside"])
        values = self._values(factor)
        if factor.scores is not None:
            return score.class_scores(values, {int(k): v for k, v in factor.scores.items()})
        made = score.curve_scores(values, factor.curve or ())
        if factor.flat is not None:
            made[np.ma.filled(values, np.nan) < 0] = factor.flat
        return made

    def _inside(self, criterion: Criterion) -> np.ndarray:
        return covered_half(self.grid, self.shapes[criterion.id])

    def _values(self, criterion: Criterion) -> np.ma.MaskedArray:
        key = (criterion.input or criterion.id, criterion.derived or "")
        if key not in self._made:
            self._made[key] = self._read(criterion)
        return self._made[key]

    def _read(self, criterion: Criterion) -> np.ma.MaskedArray:
        name = criterion.input or ""
        if criterion.derived is None:
            values = raster.read_on(self.rule.sources[name], self.grid)
            self._judge(name, values)
            return values
        if name in self.rule.plausible and name not in self.odd:
            self._judge(name, raster.read_on(self.rule.sources[name], self.grid))
        return terrain_on(
            criterion.derived,
            self.grid,
            source=self.rule.sources.get(name),
            target=self.rule.targets.get(criterion.id),
            forced=self.rule.forced,
        )

    def _judge(self, name: str, values: np.ma.MaskedArray) -> None:
        """Count the values of an input that cannot be, where the model says which can."""
        if name in self.rule.plausible:
            low, high = self.rule.plausible[name]
            known = values.compressed()
            odd = int(((known < low) | (known > high)).sum())
            self.odd[name] = (odd, int(known.size))
