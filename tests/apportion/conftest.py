"""A small project with whole, delimited, sketched and listed features, made once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from geoplan.apportion import About, Apportioned, How, apportion
from geoplan.config import load
from tests.small import SmallProject, box, feature, layer, point, slot

INDICATORS = """
[[indicator]]
id = "people"
name = { zh = "常住人口", en = "Residents" }
measure = "10k_persons"
section = "第一章"
lines = [8]
readings = [
    { kind = "actual", year = "2015", printed = "100.7" },
    { kind = "target", year = "2019", printed = "110左右" },
    { kind = "actual_growth", year = "2015", printed = "9%" },
    { kind = "target", year = "2018", printed = "不低于105" },
]
[[indicator]]
id = "income"
name = { zh = "居民人均可支配收入", en = "Income per head" }
measure = "yuan"
section = "第一章"
lines = [8]
readings = [{ kind = "actual", year = "2015", printed = "20000" }]
[[indicator]]
id = "urban"
name = { zh = "城镇人口", en = "Urban" }
measure = "percent"
section = "第一章"
lines = [8]
readings = [{ kind = "actual", year = "2015", printed = "51.7" }]
"""


@pytest.fixture(scope="session")
def apportion_project(tmp_path_factory: pytest.TempPathFactory, small_template: Path) -> Path:
    """Return a project whose tables are made; do not change it.

    Redlines are a quarter of each county of the first city, zones are whole counties,
    `twice` covers 东山 by two classes, `sketch` is an ellipse of 10 km² in 东山.
    """
    folder = tmp_path_factory.mktemp("apportion") / "project"
    small = SmallProject(Path(shutil.copytree(small_template, folder)))
    small.write_layer(slot(), name="redline")
    small.write_layer(slot("waiting", path="not-yet.*"), name="waiting")
    small.write_shapes([box(0.5, 0.5, 1.5, 1.5)])
    both = [feature(c.replace("_", "-"), class_=c, members=["东山"]) for c in ("mine", "zone_a")]
    small.write_layer(layer("twice", *both, feature("one", class_="mine", members=["西山"])))
    (west, south), (east, north) = point(0.2, 1.2), point(0.8, 1.8)
    around = {"west": west, "south": south, "east": east, "north": north}
    ellipse = ", ".join(f"{k} = {v:.9f}" for k, v in (around | {"area_km2": 10.0}).items())
    drawn = feature("drawn", "indicative", class_="line_work") + f"footprint = {{ {ellipse} }}\n"
    listed = feature("w", "within", class_="mine", members=["西山"])
    small.write_layer(layer("sketch", drawn, listed, theme="works"), name="sketch")
    small.write_layer(layer("figures", INDICATORS, theme="works"), name="figures")
    small.run()
    return folder


@pytest.fixture
def run(apportion_project: Path, tmp_path: Path) -> Any:
    """Return a function that apportions a table of counts, its text or path."""

    def made(counts: str, to: str = "zones", **more: Any) -> Apportioned:
        known = {"column", "digits", "year", "source"}
        about = About(**{k: more.pop(k) for k in known & set(more)})
        if "\n" in counts:
            path = tmp_path / "counts.csv"
            path.write_text(counts, "utf-8")
            counts = str(path)
        how = How(to=to, about=about, scheduler="synchronous", **more)
        return apportion(counts, how=how, project=load(apportion_project))

    return made
