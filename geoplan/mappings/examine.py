"""A file set against the mapping that it fits: fields, codes, declared areas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry
from geoplan.mappings.areas import MOST_ROWS, compared
from geoplan.mappings.files import Mappings, shipped_mappings
from geoplan.mappings.match import Match, of
from geoplan.mappings.model import Mapping, normal
from geoplan.reading import Notice

MOST_CODES = 10
"""Unknown codes that a notice names."""


@dataclass(frozen=True)
class Examined:
    """What a file is by the mappings, and all that there is to say of it."""

    match: Match | None
    notices: tuple[Notice, ...]
    """Those of the match included."""


def examined(frame: pd.DataFrame, name: str, *, known: Mappings | None = None) -> Examined:
    """Set a file against the mapping that it fits, areas as they are on the ellipsoid.

    Parameters
    ----------
    frame
        Rows of a file, with or without geometry, in the CRS that it states.
    name
        Of the file, or of the layer in it.
    known
        Mappings to choose from; default: the shipped ones.
    """
    columns = [str(c) for c in frame.columns]
    if isinstance(frame, gpd.GeoDataFrame):
        columns.remove(str(frame.geometry.name))
    match = of(name, columns, known=known)
    if match is None:
        return Examined(None, ())
    notices = [*match.notices, *codes_of(match, frame, known=known)]
    areas = _areas_m2(frame)
    if areas is not None:
        notices += compared(match, frame, areas_m2=areas)
    return Examined(match, tuple(notices))


def checked(
    match: Match, columns: pd.DataFrame, *, areas_m2: np.ndarray, known: Mappings | None = None
) -> tuple[Notice, ...]:
    """Return what there is to say of a file that fits: its match, codes and declared areas.

    `areas_m2` are those of the shapes of the rows of `columns`, NaN where there is none.
    """
    told = (*codes_of(match, columns, known=known), *compared(match, columns, areas_m2=areas_m2))
    return (*match.notices, *told)


def codes_of(
    match: Match, frame: pd.DataFrame, *, known: Mappings | None = None
) -> Iterator[Notice]:
    """Yield a notice for each field that holds codes which its mapping does not know."""
    mappings = shipped_mappings() if known is None else known
    for field in match.dialect.field:
        if field.codes is None or field.name not in match.columns:
            continue
        allowed = {normal(value) for value in mappings[field.codes].by_value}
        cells = frame[match.columns[field.name]]
        codes = cells.map(normal, na_action="ignore").astype("object")
        blank = cells.isna() | (codes == "")
        wrong = ~blank & ~codes.isin(allowed)
        yield from _unknown(field.name, field.codes, cells, wrong)
        if blank.any():
            rows = np.flatnonzero(blank)
            yield Notice(
                code="fields.no_code",
                severity="warning",
                message=f"{field.name} is empty in {len(rows)} of {len(cells)} rows",
                rows=tuple(int(row) + 1 for row in rows[:MOST_ROWS]),
                count=len(rows),
            )


def class_of(mapping: Mapping, code: object, *, default: str | None = None) -> str:
    """Return the class that a code stands for; of one that is not known, that by default."""
    found = {normal(value): each for value, each in mapping.by_value.items()}.get(normal(code))
    return (found.class_ if found else None) or default or mapping.class_


def _unknown(field: str, of_code: str, cells: pd.Series, wrong: pd.Series) -> Iterator[Notice]:
    rows = np.flatnonzero(wrong)
    if not len(rows):
        return
    counts = cells[wrong].astype("str").value_counts()
    shown = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_CODES]
    more = f" and {len(counts) - len(shown)} more" if len(counts) > len(shown) else ""
    yield Notice(
        code="fields.unknown_code",
        severity="warning",
        message=(
            f"{field} holds {len(counts)} code(s) that {of_code} does not list, "
            f"in {len(rows)} of {len(cells)} rows"
        ),
        evidence=", ".join(f"{code!r} {count} times" for code, count in shown) + more,
        proposal=f"mend them, or list them in data/mappings/{of_code.lower()}.toml of the project",
        rows=tuple(int(row) + 1 for row in rows[:MOST_ROWS]),
        count=len(rows),
    )


def _areas_m2(frame: pd.DataFrame) -> np.ndarray | None:
    """Return the areas of a file's polygons, NaN where there is none; None where none can be."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        return None
    shapes = frame.geometry.to_numpy()
    areal = np.array([shape is not None and geometry.is_polygonal(shape) for shape in shapes])
    areas = np.full(len(shapes), np.nan)
    if areal.any():
        flat = shapely.force_2d(shapes[areal])
        work = crs.any_to_work(flat, crs.read(frame.crs) or crs.DATA_CRS)
        finite = np.isfinite(shapely.bounds(work)).all(axis=1)
        work[~finite] = shapely.Polygon()
        fixed, _, _ = geometry.repair(work)
        areas[areal] = np.where(finite, shapely.area(fixed), np.nan)
    return areas
