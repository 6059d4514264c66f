"""A small province with grids of 1 km whose scores are mental arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geoplan import raster
from geoplan.suitability import Options, Run, prepare, read_models
from tests.small import SOUTH, WEST, SmallProject, box, feature, layer

GRID = raster.snapped((WEST, SOUTH, WEST + 30_000, SOUTH + 20_000), 1_000)
"""30 x 20 cells of 1 km over all six counties."""

GROUND = 'assumption = { zh = "假设", en = "assumed" }'

MODEL = f"""
[[suitability]]
id = "test"
title = {{ zh = "试验适宜性", en = "Test" }}
purpose = "test"
max_cell_m = {{ value = 1000, {GROUND} }}
limits = {{ {GROUND} }}
[[suitability.input]]
id = "heat"
title = {{ zh = "热", en = "Heat" }}
unit = "m"
plausible = [-10, 1000]
[[suitability.input]]
id = "cover"
title = {{ zh = "覆盖", en = "Cover" }}
kind = "categorical"
classes = {{ 1 = "草", 2 = "林", 3 = "水" }}
[[suitability.class]]
id = "good"
title = {{ zh = "好", en = "Good" }}
from = 60
colour = "#00aa00"
[[suitability.class]]
id = "poor"
title = {{ zh = "差", en = "Poor" }}
from = 0
colour = "#eeeeee"
[[suitability.constraint]]
id = "water"
title = {{ zh = "水", en = "Water" }}
raster = "cover"
values = [3]
{GROUND}
[[suitability.constraint]]
id = "hot"
title = {{ zh = "过热", en = "Too hot" }}
raster = "heat"
above = 90
{GROUND}
[[suitability.factor]]
id = "heat"
title = {{ zh = "热", en = "Heat" }}
raster = "heat"
weight = {{ value = 0.75, {GROUND} }}
curve = [[0, 0], [100, 100]]
{GROUND}
[[suitability.factor]]
id = "cover"
title = {{ zh = "覆盖", en = "Cover" }}
raster = "cover"
weight = {{ value = 0.25, {GROUND} }}
scores = {{ 1 = 100, 2 = 0, 3 = 0 }}
{GROUND}
"""


def by_county(values: dict[str, float], *, other: float = 0) -> np.ndarray:
    """Return cells that have one value in each county: 10 x 10 cells a county."""
    from tests.small import CELLS

    made = np.full(GRID.shape, float(other))
    for code, value in values.items():
        column, row = CELLS[code]
        made[(1 - row) * 10 : (2 - row) * 10, column * 10 : (column + 1) * 10] = value
    return made


def write(
    path: Path, cells: np.ndarray, *, grid: raster.Grid = GRID, dtype: str = "float32", **tags: str
) -> Path:
    """Write cells as a raster; -1 is without data."""
    nodata = 255 if dtype == "uint8" else -1
    legend = [raster.Class(1, "草", "#00ff00")] if dtype == "uint8" else []
    raster.write_cog(
        path,
        grid,
        blocks=[(grid.whole, cells.astype(dtype))],
        dtype=dtype,
        nodata=nodata,
        about=raster.About(legend=legend, tags=tags),
    )
    return path


@pytest.fixture(scope="session")
def ready_template(tmp_path_factory: pytest.TempPathFactory, small_template: Path) -> SmallProject:
    """Return a small project with a model, its tables made; do not change it."""
    import shutil

    root = tmp_path_factory.mktemp("suit") / "project"
    made = SmallProject(Path(shutil.copytree(small_template, root)))
    made.write("layers/suitability.toml", MODEL)
    listed = feature("w", "within", class_="mine", members=["东山", "西山"])
    made.write_layer(layer("works-a", listed, theme="works"), name="works-a")
    made.write_shapes([box(0, 0, 0.5, 2)], name="west.gpkg")
    made.run("boundaries", "layers", "overlay")
    return made


@pytest.fixture
def scored(ready_template: SmallProject, tmp_path: Path) -> Callable[..., Run]:
    """Return a function that makes the test model ready with given cells."""

    def make(
        heat: np.ndarray | None,
        cover: np.ndarray | None,
        *,
        unit: str | None = "甲州市",
        synthetic: bool = False,
        **more: Any,
    ) -> Run:
        tags = {"GEOPLAN_SYNTHETIC": "1"} if synthetic else {}
        given: dict[str, Path] = {}
        if heat is not None:
            given["heat"] = write(tmp_path / "heat.tif", heat, **tags)
        if cover is not None:
            given["cover"] = write(tmp_path / "cover.tif", cover, dtype="uint8")
        project = ready_template.load()
        model = read_models(project)["test"]
        return prepare(model, given, unit=unit, project=project, options=Options(**more))

    return make
