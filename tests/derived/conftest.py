"""A small project with axes, sites and lists, whose tables are made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geoplan.build import run_stages
from geoplan.config import Project
from tests.small import SmallProject, box, degrees, feature, layer, point


def _sketch() -> str:
    """Return the keys of a footprint: 20 km² about the middle of county 910201."""
    west, south, east, north = degrees(box(2.2, 1.2, 2.8, 1.8)).bounds
    made = f"west = {west}, south = {south}, east = {east}, north = {north}, area_km2 = 20.0"
    return f"footprint = {{ {made} }}\n"


def _sites() -> str:
    lon, lat = point(0.5, 0.5)
    return f'sites = [{{ name = "矿", unit = "南水", lon = {lon}, lat = {lat} }}]\n'


@pytest.fixture(scope="session")
def ready(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose units, layers and features are made; do not change it."""
    root = tmp_path_factory.mktemp("derived") / "project"
    small = SmallProject(Path(shutil.copytree(small_template, root)))
    works = layer(
        "works",
        feature("axis", "indicative", class_="line_work", axis=["东镇", "西镇"]),
        feature("sketch", "indicative", class_="redline") + _sketch(),
        feature("pit", "within", class_="mine") + _sites(),
        feature("field", "within", class_="mine", members=["西山"]),
        theme="works",
        document="plan-p",
    )
    small.write_layer(works, name="works")
    lists = layer("lists", feature("field", "within", class_="mine", members=["西山"]))
    small.write_layer(lists, name="lists", theme="zones")
    run_stages(small.load(), ["boundaries", "layers"])
    return small.load()
