"""A file of the user's own is taken: guarded, read, judged, mended; every step told."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import shapely

from geoplan import vector
from geoplan.config import Project
from geoplan.errors import (
    DataError,
    GeometryError,
    GeoplanError,
    ImplausibleCRSError,
    MissingCRSError,
    coded,
)
from geoplan.files import file_hash
from geoplan.intake import doors
from geoplan.intake.ground import Ground, ground_of
from geoplan.reading import Notice, Reading
from geoplan.repair import Limits


@dataclass(frozen=True)
class Taken:
    """A layer that may be computed with, and what was decided on the way."""

    frame: gpd.GeoDataFrame
    """In the system of the file; shapes are valid."""
    notices: tuple[Notice, ...]
    format: str
    """What the file is by its content."""
    layer: str
    """Which layer of the file; empty where it has one that has no name."""
    encoding: str | None
    """In which encoding texts were read, where the format does not fix it."""
    digest: str
    """The sha256 of the file, or of all its files."""
    reading: Reading
    repaired: int = 0
    """Rows whose shape was changed or left out."""
    collapsed: int = 0
    """Those of them that are left without a shape, as nothing of the layer's kind was in them."""
    guessed: bool = False
    """Whether the encoding is stated nowhere."""


def rows_of(path: Path, reading: Reading | None = None) -> int:
    """Return how many rows the layer has that would be taken; 0 where that is not known before.

    Raises as `take` where the file is refused or cannot be opened.
    """
    said = reading or Reading()
    layers = doors.look(path, said).layers
    shaped = [layer for layer in layers if layer.kinds] or [*layers]
    chosen = [layer for layer in shaped if said.layer in (None, layer.name)]
    return (chosen[0].rows or 0) if len(chosen) == 1 else 0


def take(
    path: Path,
    reading: Reading | None = None,
    *,
    project: Project | None = None,
    ground: Ground | None = None,
    limits: Limits | None = None,
) -> Taken:
    """Take a file: what is wrong with it is mended and told, or nothing is computed.

    Parameters
    ----------
    reading
        What a person says of the file.
    project
        By whose units coordinates are judged; without, by those that geoplan carries.
    ground
        Those units, where they are at hand.
    limits
        Above which repairs stop.

    Raises
    ------
    RefusedError
        A file that is hostile or absurd.
    MissingCRSError, ImplausibleCRSError
        Where the numbers need a decision: the message has the options.
    DataError, GeometryError
        Where it cannot be read or mended.
    UsageError
        An option that does not fit the file.
    """
    said = reading or Reading()
    at = ground or ground_of(project)
    found = doors.read(path, said, ground=at)
    notices = [*found.notices, *doors.suspected(found.frame, at, given=said.assume_crs)]
    refuse(path, notices)
    try:
        mended = doors.mended(found.frame, limits)
    except GeoplanError as fault:
        raise doors.at(path, fault) from fault
    refuse(path, mended.notices)
    return Taken(
        mended.frame,
        tuple(dict.fromkeys((*notices, *mended.notices))),
        found.format,
        found.layer,
        found.encoding,
        digest_of(path),
        said,
        repaired=len(mended.changed),
        collapsed=_collapsed(found.frame, mended.frame),
        guessed=found.guessed,
    )


def _collapsed(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> int:
    """Return how many rows had a shape and have none."""
    had, has = (
        ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        for shapes in (before.geometry.to_numpy(), after.geometry.to_numpy())
    )
    return int(had.sum() - has.sum())


def refuse(path: Path, notices: list[Notice] | tuple[Notice, ...]) -> None:
    """Raise the first of `notices` that is an error, with all their proposals."""
    wrong = [notice for notice in notices if notice.severity == "error"]
    if not wrong:
        return
    first = wrong[0]
    kinds = {"crs": ImplausibleCRSError, "repair": GeometryError}
    fault = kinds.get(first.code.partition(".")[0], DataError)
    if first.code == "crs.missing":
        fault = MissingCRSError
    others = [n.message for n in wrong[1:]]
    text = "; ".join(part for part in (first.message, first.evidence, *others) if part)
    proposals = list(dict.fromkeys(n.proposal for n in wrong if n.proposal))
    advice = f". What to do: {'; '.join(proposals)}" if proposals else ""
    raise coded(fault(f"{path}: {text}{advice}"), first.code)


def digest_of(path: Path) -> str:
    """Return the sha256 of a file; of several that belong together, over the names and hashes."""
    files = vector.files_of(path)
    if len(files) == 1:
        return file_hash(files[0])
    made = sha256()
    for each in files:
        # The stem of a shapefile may change without its content.
        label = each.relative_to(path).as_posix() if path.is_dir() else each.suffix.lower()
        made.update(f"{label} {file_hash(each)}\n".encode("utf-8", "surrogateescape"))
    return made.hexdigest()
