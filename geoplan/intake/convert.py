"""A file of the user's own is written clean: valid shapes, a known system, all decisions logged."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import geopandas as gpd
import shapely

from geoplan import crs, files, guard, vector
from geoplan.config import Project
from geoplan.errors import GeometryError, GeoplanError, UsageError
from geoplan.intake import doors
from geoplan.intake.place import area_km2
from geoplan.intake.take import refuse, take
from geoplan.reading import Notice, Reading


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How a file is to be written."""

    crs: str | None = None
    """System of what is written; default: CGCS2000 degrees."""
    clean_coverage: bool = False
    """Whether gaps and overlaps between polygons are closed; the outer border stays."""
    repair_limit: float | None = None
    """Part of the area that repairs may change; default: that of `repair.Limits`."""
    drop_duplicates: bool = False
    """Whether rows that repeat another row in shape and values are left out."""
    force: bool = False
    """Whether a file that is there may be replaced."""


@dataclass(frozen=True)
class Converted:
    """What was written, and all that was decided."""

    out: Path
    log: Path
    source: str
    sha256: str
    """Of the file that was read."""
    format: str
    layer: str
    encoding: str | None
    reading: Reading
    crs: str
    rows: int
    area_km2: float | None
    notices: tuple[Notice, ...]

    def as_json(self) -> dict[str, object]:
        """Return all of it as plain values, without a folder or a time."""
        made = asdict(self)
        made |= {"out": self.out.name, "log": self.log.name}
        return made


def convert(
    path: Path,
    out: Path,
    *,
    reading: Reading | None = None,
    project: Project | None = None,
    wanted: Wanted | None = None,
) -> Converted:
    """Write a file clean to `out`, in the format of its suffix, and a log beside it.

    Parameters
    ----------
    reading
        What a person says of the file.

    Raises
    ------
    UsageError
        A format that is not written, or a file that is there.
    DataError, GeometryError
        As `take`: nothing is written then.
    StageError
        Where it cannot be written; what was there stays.
    """
    how = wanted or Wanted()
    log = out.with_name(f"{out.name}.log.json")
    _check(path, out, log, force=how.force)
    target = crs.DATA_CRS if how.crs is None else crs.given(how.crs)
    limits = doors.limits(how.repair_limit, drop_duplicates=how.drop_duplicates)
    taken = take(path, reading, project=project, limits=limits)
    notices = list(taken.notices)
    frame = taken.frame
    if how.clean_coverage:
        try:
            clean = doors.cleaned(frame, limits)
        except GeoplanError as fault:
            raise doors.at(path, fault) from fault
        refuse(path, clean.notices)
        frame = clean.frame
        notices += clean.notices
    frame = frame.set_geometry(_flat(frame))
    moved = frame.to_crs(target)
    lost = np.flatnonzero(~np.isfinite(shapely.bounds(_there(moved))).all(axis=1))
    if len(lost):
        raise GeometryError(
            f"{path}: {len(lost)} of {len(moved)} features have no place in {crs.name_of(target)}"
        )
    notices += vector.write_layer(moved, out, layer=_layer_name(taken.layer or path.stem))
    made = Converted(
        out,
        log,
        path.name,
        taken.digest,
        taken.format,
        taken.layer,
        taken.encoding,
        taken.reading,
        crs.name_of(target),
        len(moved),
        area_km2(moved),
        tuple(notices),
    )
    text = json.dumps(made.as_json(), ensure_ascii=False, indent=1)
    files.write_text(log, f"{text}\n")
    return made


def _check(path: Path, out: Path, log: Path, *, force: bool) -> None:
    files.check_target(out, tuple(vector.CLEAN))
    guard.check_there(path)
    if out.resolve() == path.resolve():
        raise UsageError(f"{out}: is the file that is read; give another name")
    there = [each for each in (out, log) if each.exists()]
    if there and not force:
        raise UsageError(f"{there[0]}: is there already; give another name, or --force")


def _layer_name(name: str) -> str:
    """Return a name as GDAL takes it for a layer of a GeoPackage: no sign at its beginning."""
    return name.lstrip("`~!@#$%^&*()+-={}|[]\\:\";'<>?,./ ") or "layer"


def _flat(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    flat = shapely.force_2d(np.asarray(frame.geometry.to_numpy()))
    return gpd.GeoSeries(flat, index=frame.index, crs=frame.crs)


def _there(frame: gpd.GeoDataFrame) -> np.ndarray:
    given = np.asarray(frame.geometry.to_numpy())
    return np.asarray(given[~(shapely.is_missing(given) | shapely.is_empty(given))])
