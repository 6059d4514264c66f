"""Where delimited shapes have to lie: the outline of all units, and the borders between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs
from geoplan.errors import ImplausibleCRSError, coded
from geoplan.reading import Notice


@dataclass(frozen=True)
class Scope:
    """The units that a project shows."""

    outline: shapely.Geometry
    """Of all of them, in `crs.WORK_CRS`."""
    borders: shapely.Geometry
    """Of the counties, as lines in `crs.DATA_CRS`."""

    @property
    def bounds(self) -> crs.Bounds:
        """West, south, east, north in degrees."""
        west, south, east, north = crs.work_to_data(np.array([self.outline]))[0].bounds
        return (west, south, east, north)

    @property
    def key(self) -> tuple[bytes, bytes]:
        """Bytes that change with it."""
        return shapely.to_wkb(self.outline), shapely.to_wkb(self.borders)


def scope_of(units: gpd.GeoDataFrame) -> Scope:
    """Return the scope of a table `units` in `crs.DATA_CRS`."""
    top = units[units["parent"].isna()].geometry.to_numpy()[:1]
    counties = units[units["level"] == "county"].geometry.to_numpy()
    lines = shapely.union_all(shapely.boundary(counties))
    return Scope(crs.data_to_work(np.asarray(top))[0], lines)


def judged(
    frame: gpd.GeoDataFrame, *, path: Path, scope: Scope, given: str | None = None
) -> tuple[Notice, ...]:
    """Return what the numbers of a file tell of its coordinate system, where it is to be known.

    Parameters
    ----------
    given
        The system that a person says it is in.

    Raises
    ------
    MissingCRSError, ImplausibleCRSError
        Where somebody has to decide.
    """
    crs.check_plausible(frame, source=str(path), area=scope.bounds)
    xy = shapely.get_coordinates(frame.geometry.to_numpy())
    stated = crs.read(frame.crs)
    found = crs.suspected(stated, xy, area=scope.bounds, borders=scope.borders, given=given)
    wrong = [each for each in found if each.severity == "error"]
    if wrong:
        first = wrong[0]
        text = (
            f"{path}: {first.message}; {first.evidence}. What to do: {first.proposal}; in a layer "
            "file these stand in the table [file], as `assume_crs` and `swap_xy`"
        )
        raise coded(ImplausibleCRSError(text), first.code)
    return tuple(each for each in found if each.severity == "warning")
