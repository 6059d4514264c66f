"""How much of each cell lies in which county: areas as whole numbers, conserved to the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import shapely

from geoplan import geometry, raster


@dataclass(frozen=True)
class Cover:
    """Cells of a tile by county; areas in 1e-4 m² (`geometry.AREA_UNITS_PER_M2`)."""

    counties: int
    """How many counties there are."""
    cells: np.ndarray
    """Places of cells that lie in one county wholly."""
    county: np.ndarray
    """The county of each of those."""
    cell_units: int
    """Area of a whole cell."""
    part_cells: np.ndarray
    """Places of cells that a county covers in part, once for each county."""
    part_county: np.ndarray
    part_units: np.ndarray
    """Area of each such part."""

    def areas(self, keys: np.ndarray, count: int) -> np.ndarray:
        """Return the area of each key (0 to `count` - 1) in each county: int64, counties x count.

        `keys` has a whole number for each cell of the tile.
        """
        flat = keys.ravel().astype("int64")
        size = self.counties * count
        whole = np.bincount(self.county * count + flat[self.cells], minlength=size)
        part = np.bincount(
            self.part_county * count + flat[self.part_cells],
            weights=self.part_units,
            minlength=size,
        )
        # Sums of whole numbers below 2^53 are exact, in any order.
        made = whole.astype("int64") * self.cell_units + np.rint(part).astype("int64")
        return np.asarray(made.reshape(self.counties, count))

    @property
    def inside(self) -> np.ndarray:
        """Places of all cells that some county touches, sorted."""
        return np.union1d(self.cells, self.part_cells)


def cover_of(grid: raster.Grid, shapes: Sequence[shapely.Geometry]) -> Cover:
    """Return how counties (polygons in the grid's equal-area system) cover the cells of a tile.

    Shares of cells have 7 digits; what they leave of a county's exact area in the tile
    goes to the cell that it covers most, so that areas add up.
    """
    cell_units = round(grid.dx * grid.dy * geometry.AREA_UNITS_PER_M2)
    clipped = [
        geometry.polygonal(shapely.intersection(shape, shapely.box(*grid.bounds)))
        for shape in shapes
    ]
    whole, whole_county, part, part_county, units = ([np.empty(0, "int64")] for _ in range(5))
    exact = geometry.area_units(np.array(clipped, dtype=object))
    for place, covered in enumerate(raster.fractions(grid, clipped)):
        full = covered.share >= 1
        own = np.rint(covered.share[~full] * cell_units).astype("int64")
        if len(own):
            own[np.argmax(own)] += int(exact[place]) - int(own.sum()) - int(full.sum()) * cell_units
        for target, cells in ((whole, covered.cells[full]), (part, covered.cells[~full])):
            target.append(cells)
        whole_county.append(np.full(int(full.sum()), place))
        part_county.append(np.full(len(own), place))
        units.append(own)
    return Cover(
        len(shapes),
        np.concatenate(whole),
        np.concatenate(whole_county),
        cell_units,
        np.concatenate(part),
        np.concatenate(part_county),
        np.concatenate(units),
    )


def covered_half(grid: raster.Grid, shapes: Sequence[shapely.Geometry]) -> np.ndarray:
    """Return the cells of which polygons that do not overlap cover at least half."""
    box = shapely.box(*grid.bounds)
    clipped = [geometry.polygonal(shapely.intersection(shape, box)) for shape in shapes]
    shares = np.zeros(grid.height * grid.width)
    for covered in raster.fractions(grid, [shape for shape in clipped if not shape.is_empty]):
        shares[covered.cells] += covered.share
    # A share has 7 digits: a half that lacks the eighth is one.
    return np.asarray(shares.reshape(grid.shape) >= 0.5 - 1e-6)
