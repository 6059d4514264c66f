"""Units of a project, or those that a name stands for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geoplan.boundaries import build_units
from geoplan.config import Project
from geoplan.gazetteer import load as load_gazetteer


def list_units(project: Project, name: str | None = None) -> pd.DataFrame:
    """Return the units of the project, or those that `name` stands for.

    Columns `adcode`, `name`, `name_en`, `pinyin`, `level`, `parent`,
    `area_km2`; with a name also `mean_height_m`, from the coarse elevation
    sample (empty where it has no cell in the unit), and `note`, what
    had to be known to read the name. Raises `UnitError` if the name is
    unknown or ambiguous.
    """
    folder = project.folder("boundaries")
    gazetteer = load_gazetteer(folder)
    units, _ = build_units(folder, gazetteer, scope=project.config.scope)
    table = pd.DataFrame(
        units[["adcode", "name", "name_en", "pinyin", "level", "parent", "area_km2"]]
    )
    if name is None:
        return table
    found = gazetteer.resolve(name, scope=project.config.scope)
    wanted = units["adcode"].isin(found.adcodes)
    means = _mean_heights(project, np.asarray(units.geometry[wanted]))
    made: pd.DataFrame = table[wanted].assign(mean_height_m=means, note=found.note or None)
    return made


def _mean_heights(project: Project, shapes: np.ndarray) -> list[float | None]:
    grid = project.folder("reference") / "elevation.tif"
    if not grid.is_file():  # a project's own reference data may come without one
        return [None] * len(shapes)
    from geoplan.overlay import mean_heights  # GDAL with it, which a list of units does without

    return mean_heights(grid, shapes)
