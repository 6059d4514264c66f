"""The sample atlas with two rasters in a theme of their own: heights and land cover.

Cells are a quarter of a degree. Heights rise by 100 m a column from 0 in the west; covers change
from row to row, and the northernmost row has none.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geoplan import crs, raster, schema
from geoplan.overlay.pictures import picture_row
from geoplan.publish.atlas import Atlas
from geoplan.publish.items import items
from geoplan.publish.pages import Page, menu, page_of
from geoplan.publish.rows import Shown
from tests.publish import sample

GRID = raster.Grid(crs.DATA_CRS, 111.0, 39.0, 0.25, 0.25, 16, 12)
EDGES = (0, 200, 400, 600, 800, 1000, 1200, 1400, 1600)
FOREST, FIELD = "#338855", "#e6d690"
LEGEND = ((1, "forest", FOREST), (2, "field", FIELD))


def heights() -> np.ndarray:
    """Return 0 m in the first column, 100 m more in each that follows."""
    return np.tile(np.arange(16, dtype="int16") * 100, (12, 1))


def covers() -> np.ndarray:
    """Return 1 and 2 by turns from row to row; 0, no data, in the first."""
    return np.repeat(np.array([0, *[1, 2] * 6][:12], dtype="uint8")[:, None], 16, axis=1)


def source(values: np.ndarray, folder: Path, *, name: str, kind: raster.Kind) -> raster.Source:
    """Return values as a raster in a file."""
    path = folder / f"{name}.tif"
    nodata = 0 if kind == "categorical" else -1
    whole = [(GRID.whole, values)]
    raster.write_cog(path, GRID, blocks=whole, dtype=str(values.dtype), nodata=nodata)
    return raster.look(path, kind=kind)


@cache
def pictures() -> list[dict[str, Any]]:
    """Return the rows of both rasters in `pictures`."""
    scope = sample.units()[sample.units()["adcode"] == "140000"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = [
            picture_row(
                "heights",
                source(heights(), folder, name="heights", kind="continuous"),
                scope=scope,
                colours=("#7fb38a", "#f6ecc6", "#8d6a57"),
            ),
            picture_row(
                "covers",
                source(covers(), folder, name="covers", kind="categorical"),
                scope=scope,
                classes=LEGEND,
            ),
        ]
    return [row for row in made if row]


def zonal() -> list[dict[str, Any]]:
    """Return figures that are easy to tell: the mean is the last digits of the code."""
    rows: list[dict[str, Any]] = []
    for unit in sample.units().to_dict("records"):
        mean = float(int(unit["adcode"]) % 1000)
        common = {"adcode": unit["adcode"], "cells": 12.5, "share_covered": 1.0}
        spread = {"min": mean - 99, "q10": mean - 50, "q90": mean + 50, "max": mean + 99}
        numbers = {"mean": mean, "median": mean + 1, "measure": "m"} | spread
        rows.append(common | {"layer": "heights", "class": ""} | numbers)
        for cls, share in (("field", 0.25), ("forest", 0.75)):
            figures = {"area_km2": unit["area_km2"] * share, "share_of_unit": share}
            rows.append(common | {"layer": "covers", "class": cls, "measure": "km2"} | figures)
    return rows


def tables(*, evil: str = "林地") -> dict[str, pd.DataFrame]:
    """Return the tables of the sample with the rasters; `evil` is the title of a class."""
    made = sample.tables()
    classes = [
        {"class": "forest", "title": evil, "title_en": evil, "colour": FOREST, "order": 90},
        {"class": "field", "title": "耕地", "title_en": "Fields", "colour": FIELD, "order": 91},
    ]
    facts: dict[str, Any] = {"theme": "terrain", "document": "facts", "kind": "raster"}
    facts |= {"scope": "140000", "sensitivity": "public"}
    layers = [
        {"layer": "heights", "title": "海拔（示例）", "title_en": "Heights (sample)"} | facts,
        {"layer": "covers", "title": "地表覆盖（示例）", "title_en": "Cover (sample)"} | facts,
    ]
    theme = {"theme": "terrain", "title": "地形", "title_en": "Terrain", "order": 9}
    rasters = [
        {"layer": "heights", "raster_kind": "continuous", "measure": "m", "synthetic": True},
        {"layer": "covers", "raster_kind": "categorical"},
    ]
    added = {
        "themes": [theme],
        "classes": [row | {"pattern": "solid"} for row in classes],
        "layers": layers,
        "rasters": rasters,
        "pictures": pictures(),
        "zonal": zonal(),
    }
    for name, rows in added.items():
        made[name] = sample.table(name, [*schema.records(made[name]), *rows])
    return made


def terrain(made: dict[str, pd.DataFrame] | None = None) -> tuple[Atlas, Page]:
    """Return the page of the theme, with what it is made of."""
    shown = Shown(made or tables())
    config = sample.project(Path()).config
    entries = menu(shown, config)
    atlas = Atlas(shown, config, items(shown), entries, sample.AS_OF, "internal")
    entry = next(entry for entry in entries if entry.theme == "terrain")
    return atlas, page_of(entry, shown, items=atlas.items)


def heights_colour(step: int) -> str:
    """Return the colour of a step of heights, from the lowest."""
    legend: str = next(row["legend"] for row in pictures() if row["layer"] == "heights")
    return legend.split(";")[step].split(" ")[2]
