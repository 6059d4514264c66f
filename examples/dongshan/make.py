"""Make a synthetic terrain over a few counties: heights, wind, radiation, land cover.

Nothing of it was measured. Mountains stand where the coarse sample that is shipped (5′)
has them; all below 9 km is noise from a seed. Each file says so in its title and tags::

    python examples/dongshan/make.py export/dongshan

The noise lies on lattices of fixed size in metres, so that other cells show the same land.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import shapely

from geoplan import config, crs, raster, vector
from geoplan.derived.names import unit_bounds
from geoplan.raster import About, Class, Grid, Window

SEED = 20_160_408
TITLE = "合成地形 synthetic"
NODATA = -9999.0
MARGIN_M = 2_000.0
"""Land around the counties, so that slopes at their edges have neighbours."""

BASE_M = 6_000.0
"""Distance of the nodes that the shipped sample of heights is taken at."""

OCTAVES_M = (6_000, 3_000, 1_500, 750, 375, 190)
"""Distances of the nodes of noise; the first ones are folded, so that valleys branch."""

FOLDED = 5
ROUGHNESS = 0.8
"""Height of noise falls with its length to this power: below 1, fine noise is steep."""

RIVER_M, RIVER_NODES_M, RIVER_DEPTH_M = 700.0, 350.0, 110.0
"""Half the width of a valley, distance of the nodes it is given at, and how deep it is."""

COARSER = 3
"""Wind and radiation have cells so many times as large."""

COVER = (
    Class(10, "合成 耕地 cropland", "#f9a0ff"),
    Class(20, "合成 森林 forest", "#006400"),
    Class(30, "合成 草地 grassland", "#64c832"),
    Class(40, "合成 灌木地 shrubland", "#00c878"),
    Class(60, "合成 水体 water", "#0040ff"),
    Class(80, "合成 人造地表 built-up", "#930000"),
    Class(90, "合成 裸地 bare", "#cacaca"),
)
"""Codes and colours as of GlobeLand30."""


@dataclass(frozen=True)
class Lattice:
    """Values at nodes, with smooth (cubic) values between them."""

    west: float
    north: float
    step: float
    values: np.ndarray

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return values for columns at `x` and rows at `y`."""
        first, right = self._weights((x - self.west) / self.step)
        top, down = self._weights((self.north - y) / self.step)
        rows = sum(down[k][:, None] * self.values[top + k] for k in range(4))
        return np.asarray(sum(right[k] * rows[:, first + k] for k in range(4)))

    @staticmethod
    def _weights(places: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        node = np.floor(places).astype("int64")
        t = places - node
        weights = (
            (1 - t) ** 3 / 6,
            (3 * t**3 - 6 * t**2 + 4) / 6,
            (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6,
            t**3 / 6,
        )
        return node - 1, weights


@dataclass(frozen=True)
class Land:
    """All that the terrain is made of; a value at any place."""

    base: Lattice
    rough: Lattice
    rivers: Lattice
    octaves: tuple[Lattice, ...]
    clouds: Lattice

    def heights(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return heights in metres."""
        noise = np.zeros((len(y), len(x)))
        for place, octave in enumerate(self.octaves):
            value = octave.at(x, y)
            if place < FOLDED:
                value = 2 * np.abs(value) - 0.8
            noise += value * (octave.step / OCTAVES_M[0]) ** ROUGHNESS
        noise = 0.8 * np.tanh(noise / 0.8)  # no peak stands far above the rest
        river = self.rivers.at(x, y)
        steep = self.rough.at(x, y) * (1 - 0.8 * river)
        return np.asarray(self.base.at(x, y) + steep * noise - RIVER_DEPTH_M * river)

    def wind(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return wind speed at 100 m in m/s: faster on ridges and high up."""
        height = self.heights(x, y)
        above = height - self.base.at(x, y)
        speed = 5.0 + 1.3 * np.tanh(above / 120) + 0.0012 * (height - 1200)
        return np.clip(speed + 0.35 * self.clouds.at(x, y), 2.0, 10.0)

    def radiation(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return yearly global radiation in kWh/m²: more high up."""
        more = 0.05 * (self.heights(x, y) - 1200)
        return np.asarray(1500 + more + 25 * self.clouds.at(x, y))


def land_over(bounds: tuple[float, float, float, float], seed: int = SEED) -> Land:
    """Return the land over a box of `crs.WORK_CRS`; a box has its own noise."""
    box = tuple(np.add(bounds, (-MARGIN_M, -MARGIN_M, MARGIN_M, MARGIN_M)).tolist())
    nodes = _nodes(box, BASE_M)
    sample = raster.look(config.shipped() / "data" / "reference" / "elevation.tif")
    found = raster.read_on(sample, nodes, resampling="bilinear")
    known = np.ma.filled(found, float(found.mean()))
    # Lowest and highest of nine neighbours: mountains are rougher than basins.
    around = np.lib.stride_tricks.sliding_window_view(np.pad(known, 1, mode="edge"), (3, 3))
    rough = np.clip(60 + 0.6 * np.ptp(around, axis=(2, 3)), 80, 420)
    return Land(
        _lattice(nodes, known),
        _lattice(nodes, rough),
        _rivers(box),
        tuple(_noise(box, step, seed + place) for place, step in enumerate(OCTAVES_M)),
        _noise(box, 9_000, seed + 100),
    )


def _nodes(box: tuple[float, ...], step: float) -> Grid:
    west, south, east, north = box
    # Two nodes more on each side than the box has.
    edge = 3 * step
    return raster.snapped((west - edge, south - edge, east + edge, north + edge), step)


def _lattice(grid: Grid, values: np.ndarray) -> Lattice:
    x, y = grid.centres(Window(0, 0, 1, 1))
    return Lattice(float(x[0]), float(y[0]), grid.dx, values)


def _noise(box: tuple[float, ...], step: float, seed: int) -> Lattice:
    grid = _nodes(box, step)
    values = np.random.Generator(np.random.PCG64(seed)).uniform(-1, 1, grid.shape)
    return _lattice(grid, values * 2)  # means of neighbours are smaller


def _rivers(box: tuple[float, ...]) -> Lattice:
    """Return how much of a valley there is, from 0 to 1 in the middle of a river."""
    grid = _nodes(box, RIVER_NODES_M)
    lines = vector.read_vector(config.shipped() / "data" / "reference" / "rivers.parquet")
    line = shapely.union_all(crs.any_to_work(lines.geometry.to_numpy(), lines.crs))
    shapely.prepare(line)
    x, y = np.meshgrid(*grid.centres())
    off = shapely.distance(shapely.points(x, y), line)
    return _lattice(grid, np.exp(-((off / RIVER_M) ** 2)))


def cover(heights: np.ndarray, dx: float, above: np.ndarray, patches: np.ndarray) -> np.ndarray:
    """Return classes of land by slope, height and chance.

    Parameters
    ----------
    heights
        With one cell more on each side than the result, of side `dx` in metres.
    above
        Height above the smooth land, in metres; low where valleys are.
    patches
        Chance, about −1 to 1.
    """
    down, across = np.gradient(heights, dx)
    slope = np.degrees(np.arctan(np.hypot(down, across)))[1:-1, 1:-1]
    high = heights[1:-1, 1:-1]
    made = np.full(slope.shape, 30, dtype="uint8")
    made[(slope > 14) & (patches < 0.1)] = 40
    made[(high > 1200) & (slope > 8) & (patches > 0.05)] = 20
    made[(slope < 8) & (high < 1450) & (patches < 0.45)] = 10
    made[slope > 38] = 90
    made[(slope < 6) & (above < -25) & (patches > 0.5)] = 80
    return made


def write_all(folder: Path, land: Land, grid: Grid) -> list[Path]:
    """Write the four rasters of a land and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    coarse = raster.snapped(grid.bounds, grid.dx * COARSER)
    tags = {
        "GEOPLAN_SYNTHETIC": "1",
        "TITLE": TITLE,
        "NOTE": "数值由随机种子生成，不是实测，不得用于任何判断 made from a seed, not measured",
        "SEED": str(SEED),
    }

    def amounts(name: str, title: str, unit: str, on: Grid) -> Path:
        path = folder / f"{name}.tif"
        value, digits = {
            "elevation": (land.heights, 1),
            "wind_speed": (land.wind, 2),
            "radiation": (land.radiation, 0),
        }[name]
        about = About(titles=(f"{TITLE}：{title}",), unit=unit, tags=tags)
        blocks = (
            (w, np.round(value(*on.centres(w)), digits).astype("float32")) for w in on.tiles()
        )
        raster.write_cog(path, on, blocks=blocks, dtype="float32", nodata=NODATA, about=about)
        return path

    made = [
        amounts("elevation", "高程 elevation", "m", grid),
        amounts("wind_speed", "100米高度年平均风速 mean wind speed at 100 m", "m/s", coarse),
        amounts("radiation", "水平面总辐射年总量 yearly global radiation", "kWh/m2", coarse),
        folder / "landcover.tif",
    ]
    about = About(titles=(f"{TITLE}：地表覆盖 land cover",), legend=COVER, tags=tags)
    blocks = _covers(land, grid, raster.look(made[0]))
    raster.write_cog(made[3], grid, blocks=blocks, dtype="uint8", nodata=0, about=about)
    return made


def _covers(land: Land, grid: Grid, heights: raster.Source) -> Iterator[tuple[Window, np.ndarray]]:
    for window in grid.tiles():
        row, col = max(0, window.row - 1), max(0, window.col - 1)
        last_row = min(grid.height, window.row + window.height + 1)
        last_col = min(grid.width, window.col + window.width + 1)
        read = raster.read(heights, Window(row, col, last_row - row, last_col - col))
        # At the edge of the grid, the last cell stands for its neighbour.
        edges = (
            (int(row == window.row), int(last_row == window.row + window.height)),
            (int(col == window.col), int(last_col == window.col + window.width)),
        )
        padded = np.pad(np.ma.getdata(read).astype("float64"), edges, mode="edge")
        x, y = grid.centres(window)
        above = padded[1:-1, 1:-1] - land.base.at(x, y)
        patches = sum(octave.at(x, y) for octave in land.octaves[1:4]) / 2
        made = cover(padded, grid.dx, above, patches)
        made[land.rivers.at(x, y) > 0.8] = 60
        yield window, made


def main() -> None:
    """Write the rasters and print where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the four rasters go")
    parser.add_argument("--unit", default="东山五县", help="a unit, or a group of units")
    parser.add_argument("--cell", type=float, default=30, help="side of a cell in metres")
    given = parser.parse_args()
    project = config.load(Path.cwd())
    west, south, east, north = unit_bounds(given.unit, project)
    bounds = (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    grid = raster.snapped(bounds, given.cell)
    for path in write_all(given.folder, land_over(bounds), grid):
        print(path)


if __name__ == "__main__":
    main()
