"""Units of a project, or those that a name stands for."""

from __future__ import annotations

import pandas as pd

from geoplan.boundaries import build_units
from geoplan.config import Project
from geoplan.gazetteer import load as load_gazetteer
from geoplan.raster import heights_in


def list_units(project: Project, name: str | None = None) -> pd.DataFrame:
    """Return the units of the project, or those that `name` stands for.

    Columns `adcode`, `name`, `name_en`, `pinyin`, `level`, `parent`,
    `area_km2`; with a name also `mean_height_m`, from the coarse elevation
    sample (empty where no cell's centre lies in the unit), and `note`, what
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
    grid = project.folder("reference") / "elevation.tif"
    shapes = units.geometry[wanted]
    # A project's own reference data may come without a grid.
    heights = [heights_in(grid, shape) if grid.is_file() else None for shape in shapes]
    means = [None if height is None else height.mean_m for height in heights]
    made: pd.DataFrame = table[wanted].assign(mean_height_m=means, note=found.note or None)
    return made
