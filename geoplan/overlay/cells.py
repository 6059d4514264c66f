"""Cells of a raster in units, gathered tile by tile: some tiles and distinct values are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import shapely

from geoplan import cluster, raster

MOST_EXACT = 1_000_000
"""Cells up to which real numbers are kept as they are."""

BITS = 13
"""Beyond, values count for quantiles at this many binary digits: good to 1/8 192 of a value."""

BATCH = 8
"""Tiles that are held at once, before they are joined to those before."""


SLIVER = 1e-7
"""Parts of cells that are no larger come from rounding of coordinates, and count for nothing."""


@dataclass(frozen=True)
class Cells:
    """Cells in a unit by their value; at least one."""

    distinct: np.ndarray
    """Values, ascending."""
    areas: np.ndarray
    """m² of each value in the unit."""
    counts: np.ndarray
    """Cells of each value, by their part in the unit."""
    number: np.ndarray
    """Cells of each value that the unit touches."""
    least: np.ndarray
    """Smallest area of a cell of each value, m²."""
    most: np.ndarray
    product: float
    """Sum of area and value, of all cells."""
    low: float
    high: float

    @property
    def mean(self) -> float:
        """Mean by area."""
        return float(self.product / self.areas.sum())

    def quantiles(self, shares: Sequence[float]) -> list[float]:
        """Return quantiles by area, as `geoplan.zonal.quantiles` and exactextract define them.

        Of n cells, sorted by value and area, the i-th (from 0) with area a and A before it
        stands at ``i a + (n - 1) A``, and the quantile q at ``q (n - 1)`` times all area;
        between two cells in proportion.
        """
        most = int(self.number.sum()) - 1
        before = np.cumsum(self.areas) - self.areas
        first = np.cumsum(self.number) - self.number
        last = first + self.number - 1
        places = np.column_stack(
            [
                first * self.least + most * before,
                last * self.most + most * (before + self.areas - self.most),
            ]
        )
        wanted = np.asarray(shares) * most * self.areas.sum()
        found = np.interp(wanted, places.ravel(), np.repeat(self.distinct, 2).astype("float64"))
        return [float(value) for value in found]

    def scaled(self, factor: float) -> Cells:
        """Return the cells with `factor` times their areas."""
        return replace(
            self,
            areas=self.areas * factor,
            least=self.least * factor,
            most=self.most * factor,
            product=self.product * factor,
        )


@dataclass(frozen=True)
class Part:
    """What a tile has of a unit."""

    place: int
    """Position of its outline."""
    whole_m2: float
    """Area of its cells, with data and without."""
    cells: Cells | None
    """Those with data, if there are some."""


@dataclass(frozen=True)
class Task:
    """A tile of a raster and the outlines that touch it; small enough to travel to a worker."""

    source: raster.Source
    window: raster.Window
    places: tuple[int, ...]
    outlines: tuple[bytes, ...]
    """WKB in the raster's system."""
    coarse: bool
    """Whether values are shortened to `BITS`, for quantiles alone."""


def gather(
    path: Path,
    row: Mapping[str, Any],
    *,
    outlines: np.ndarray,
    scheduler: str = "synchronous",
    workers: int | None = None,
) -> list[Cells | None]:
    """Return the cells with data in each outline (`crs.WORK_CRS`); None where there are none.

    `row` is of the table `rasters`. Bits depend neither on `scheduler` nor on `workers`.
    Raises what `raster.look` and `raster.read` raise.
    """
    tasks, inside = _tasks(path, row, outlines=outlines)
    found: list[Cells | None] = [None] * len(outlines)
    wholes = np.zeros(len(outlines))
    for start in range(0, len(tasks), BATCH):
        parts: dict[int, list[Cells]] = {}
        batch = tasks[start : start + BATCH]
        for tile in cluster.run(_of_tile, batch, scheduler=scheduler, workers=workers):
            for part in tile:
                wholes[part.place] += part.whole_m2
                if part.cells is not None:
                    parts.setdefault(part.place, []).append(part.cells)
        for place, own in parts.items():
            before = found[place]
            found[place] = _joined(own if before is None else [before, *own])
    # A part of a cell is not quite that part of its area, where it is in degrees: the areas
    # of an outline's cells have to be its own.
    areas = shapely.area(outlines) * inside
    return [
        None if cells is None else cells.scaled(float(area / whole))
        for cells, area, whole in zip(found, areas, wholes, strict=True)
    ]


def _tasks(
    path: Path, row: Mapping[str, Any], *, outlines: np.ndarray
) -> tuple[list[Task], np.ndarray]:
    """Return the tiles that outlines touch, and the part of each outline in the raster's bounds."""
    source = raster.look(
        path,
        band=row["band"],
        nodata=row["nodata"],
        assume_crs=row["assumed_crs"],
        kind=row["raster_kind"],
    )
    grid = source.grid
    shapes = raster.sound(raster.densified(outlines, grid))
    box = shapely.box(*grid.bounds)
    inside = shapely.contains(box, shapes).astype("float64")
    over = inside == 0
    inside[over] = shapely.area(shapely.intersection(shapes[over], box)) / shapely.area(
        shapes[over]
    )
    real = source.dtype.startswith("float") or (source.scale, source.offset) != (1.0, 0.0)
    around = grid.window_of(tuple(shapely.total_bounds(shapes)))
    coarse = real and around is not None and around.height * around.width > MOST_EXACT
    wkb, tree = shapely.to_wkb(shapes), shapely.STRtree(shapes)
    tasks = []
    for tile in grid.tiles():
        near = tree.query(shapely.box(*grid.part(tile).bounds), predicate="intersects")
        places = tuple(sorted(near.tolist()))
        if places:
            tasks.append(Task(source, tile, places, tuple(wkb[i] for i in places), coarse))
    return tasks, inside


def _of_tile(task: Task) -> list[Part]:
    """Return what a tile has of each outline."""
    values = raster.read(task.source, task.window)
    known = ~np.ma.getmaskarray(values).ravel()
    flat = np.ma.getdata(values).ravel()
    areas = raster.cell_areas_m2(task.source.grid, task.window)
    areas = np.broadcast_to(np.asarray(areas), values.shape).ravel()
    shapes = shapely.from_wkb(np.array(task.outlines, dtype=object))
    found = raster.fractions(task.source.grid.part(task.window), list(shapes))
    made = []
    for place, covered in zip(task.places, found, strict=True):
        real = covered.share > SLIVER
        cells, share = covered.cells[real], covered.share[real]
        own = known[cells]
        here = share * areas[cells]
        part = None
        if own.any():
            part = _gathered(flat[cells[own]], here[own], share[own], coarse=task.coarse)
        made.append(Part(place, float(here.sum()), part))
    return made


def _joined(parts: Sequence[Cells]) -> Cells:
    """Return the cells of all parts as one."""
    if len(parts) == 1:
        return parts[0]
    values, places = np.unique(np.concatenate([p.distinct for p in parts]), return_inverse=True)
    least, most = np.full(len(values), np.inf), np.zeros(len(values))
    np.minimum.at(least, places, np.concatenate([p.least for p in parts]))
    np.maximum.at(most, places, np.concatenate([p.most for p in parts]))
    return Cells(
        values,
        np.bincount(places, np.concatenate([p.areas for p in parts])),
        np.bincount(places, np.concatenate([p.counts for p in parts])),
        np.bincount(places, np.concatenate([p.number for p in parts])).astype("int64"),
        least,
        most,
        sum(p.product for p in parts),
        min(p.low for p in parts),
        max(p.high for p in parts),
    )


def _gathered(values: np.ndarray, areas: np.ndarray, share: np.ndarray, *, coarse: bool) -> Cells:
    exact = values.astype("float64")
    kept, places = np.unique(_shortened(exact) if coarse else values, return_inverse=True)
    least, most = np.full(len(kept), np.inf), np.zeros(len(kept))
    np.minimum.at(least, places, areas)
    np.maximum.at(most, places, areas)
    return Cells(
        kept,
        np.bincount(places, areas),
        np.bincount(places, share),
        np.bincount(places),
        least,
        most,
        float((exact * areas).sum()),
        float(exact.min()),
        float(exact.max()),
    )


def _shortened(values: np.ndarray) -> np.ndarray:
    part, power = np.frexp(values)
    return np.asarray(np.ldexp(np.round(np.ldexp(part, BITS)), power - BITS))
