"""Where the units of a project lie: what coordinates of files are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, gazetteer
from geoplan.boundaries import build_units
from geoplan.config import Project, load, shipped
from geoplan.files import file_hash
from geoplan.intake.by_units import Areas


@dataclass(frozen=True)
class Ground:
    """The units of a project, or of the shipped data, in `crs.DATA_CRS`."""

    units: gpd.GeoDataFrame
    """The table `units`: counties, cities, province."""
    scope: str
    """What the units are called together."""
    known: gazetteer.Gazetteer
    code: str = ""
    """The code of that unit."""

    @cached_property
    def counties(self) -> gpd.GeoDataFrame:
        """The units of the lowest level."""
        return self.units[self.units["level"] == "county"].reset_index(drop=True)

    @cached_property
    def areas(self) -> Areas:
        """What names of units in tables are joined to."""
        return Areas(self.known, self.code, self.units)

    @cached_property
    def area(self) -> crs.Bounds:
        """West, south, east, north in degrees."""
        west, south, east, north = self.units.total_bounds
        return (float(west), float(south), float(east), float(north))

    @cached_property
    def borders(self) -> shapely.Geometry:
        """The borders of the counties as lines."""
        return shapely.union_all(shapely.boundary(self.counties.geometry.to_numpy()))

    @cached_property
    def whole(self) -> shapely.Geometry:
        """All counties as one shape, in `crs.WORK_CRS`."""
        return shapely.union_all(crs.data_to_work(np.asarray(self.counties.geometry.to_numpy())))


def ground_of(project: Project | None) -> Ground:
    """Return where the units of `project` lie; without one, those that geoplan carries.

    Raises as `build_units` where boundaries of the project are broken.
    """
    opened = project or load(shipped())
    folder = opened.folder("boundaries")
    hashes = tuple(file_hash(path) for path in sorted(folder.iterdir()) if path.is_file())
    return _ground(folder, opened.config.scope, hashes)


@lru_cache(maxsize=4)
def _ground(folder: Path, scope: str, _hashes: tuple[str, ...]) -> Ground:
    """Return where units lie, once for the same content of their files."""
    known = gazetteer.load(folder)
    units, _ = build_units(folder, known, scope=scope)
    return Ground(units, str(known.units[scope].name), known, scope)
