"""Slope, aspect and distance in a model, layers of the project, the page and the command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from geoplan import raster
from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.suitability import Made, Options, make_files, prepare
from geoplan.suitability.model import Suitability
from tests.commands import Command
from tests.small import SOUTH, WEST, SmallProject
from tests.suitability.conftest import by_county, write

FINE = raster.snapped((WEST - 100, SOUTH - 100, WEST + 20_100, SOUTH + 20_100), 50)
"""404 x 404 cells of 50 m: the four counties of a city, and two cells around them."""

TEXT = {"zh": "试", "en": "test"}
GROUND = {"assumption": TEXT}


def model(*constraints: dict[str, object], factor: dict[str, object]) -> Suitability:
    """Return a model of one factor on heights."""
    own = {"id": "f", "title": TEXT, "weight": {"value": 1, **GROUND}, **GROUND}
    heights = {"id": "elevation", "title": TEXT, "unit": "m"}
    needed = any("elevation" in part.values() for part in (*constraints, factor))
    return Suitability.model_validate(
        {
            "id": "t",
            "title": TEXT,
            "purpose": "test",
            "max_cell_m": {"value": 1000, **GROUND},
            "limits": GROUND,
            "input": [heights] if needed else [],
            "class": [
                {"id": "good", "title": TEXT, "from": 60, "colour": "#00aa00"},
                {"id": "poor", "title": TEXT, "from": 0, "colour": "#eeeeee"},
            ],
            "constraint": [{"title": TEXT, **GROUND, **part} for part in constraints],
            "factor": [own | factor],
        }
    )


def made(
    own: Suitability, ready_template: SmallProject, tmp_path: Path, heights: np.ndarray | None
) -> list[list[float]]:
    """Return good, poor, excluded and unknown areas by county, in km², the total last."""
    given = {}
    if heights is not None:
        given["elevation"] = write(tmp_path / "dem.tif", heights, grid=FINE)
    options = Options(cell_m=50 if heights is not None else 500)
    ready = prepare(own, given, unit="甲州市", project=ready_template.load(), options=options)
    table = make_files(ready, tmp_path / "out").tables.counties
    columns = ["good_km2", "poor_km2", "excluded_km2", "nodata_km2"]
    return [[round(v, 3) for v in row] for row in table[columns].to_numpy().tolist()]


def ramp(rise: Sequence[float]) -> np.ndarray:
    """Return heights that rise eastwards by `rise` of each kilometre, on 50 m cells."""
    steps = np.repeat(np.asarray(rise, dtype=float), 20) * 50
    heights = np.concatenate([[0, 0], np.cumsum(steps), [0, 0]])
    heights[-2:] = heights[-3]
    return np.tile(heights, (404, 1))


def test_steep_ground_is_excluded(ready_template: SmallProject, tmp_path: Path) -> None:
    # West: level. East: one in one is 45 degrees. The border is between: 26.6 degrees.
    steep = {"id": "steep", "derived": "slope", "of": "elevation", "above": 25}
    slope = {"derived": "slope", "of": "elevation", "curve": [[0, 100], [45, 0]]}
    own = model(steep, factor=slope)
    areas = made(own, ready_template, tmp_path, ramp([0] * 10 + [1] * 10))
    # A column of cells of 50 m on each side of the border sees half of the step.
    assert areas[0] == pytest.approx([99.5, 0, 0.5, 0], abs=0.01)
    assert areas[1][2] == pytest.approx(99.5, abs=0.51)
    assert areas[1][0] + areas[1][1] <= 0.51
    assert areas[-1][3] == 0


def test_ground_faces_west_or_nowhere(ready_template: SmallProject, tmp_path: Path) -> None:
    aspect = {"derived": "aspect", "of": "elevation", "flat": 10}
    aspect |= {"curve": [[0, 0], [269, 0], [270, 100], [360, 0]]}
    own = model(factor=aspect)
    areas = made(own, ready_template, tmp_path, ramp([0] * 10 + [0.1] * 10))
    # Heights that rise to the grid's east face grid west: 4 degrees off true west here.
    assert areas[0][1] == pytest.approx(99, abs=1.01)
    assert areas[1][0] == pytest.approx(100, abs=0.01)


def test_distance_to_a_file(ready_template: SmallProject, tmp_path: Path) -> None:
    # West of 5 km is the shape; cells up to 2 km from it score 100, from 4 km on 0.
    name = str(ready_template.root / "west.gpkg")
    near = {"derived": "distance", "of": name, "curve": [[2000, 100], [4000, 0]]}
    far = {"id": "far", "derived": "distance", "of": name, "above": 9000}
    areas = made(model(far, factor=near), ready_template, tmp_path, None)
    # Scores of 60 and more: up to 2.8 km; the sixth column of 500 m has its middle at 2.75 km.
    assert areas[0] == pytest.approx([80, 20, 0, 0], abs=0.01)
    assert areas[1] == pytest.approx([0, 40, 60, 0], abs=0.01)


def test_shapes_that_are_missing_are_told_with_the_rest(
    ready_template: SmallProject, tmp_path: Path
) -> None:
    steep = {"id": "steep", "derived": "slope", "of": "elevation", "above": 25}
    near = {"derived": "distance", "of": "nowhere", "curve": [[0, 100], [4000, 0]]}
    with pytest.raises(UsageError, match="2 input\\(s\\) are missing") as told:
        made(model(steep, factor=near), ready_template, tmp_path, None)
    assert "shapes nowhere, needed by f" in str(told.value)


def page_and_more(project: Project, tmp_path: Path, unit: str) -> Made:
    """Return what a model makes of even ground, with its page."""
    from geoplan.suitability import read_models

    given = {"heat": write(tmp_path / "heat.tif", by_county({"910101": 80, "910102": 95}))}
    cover = by_county({"910103": 3}, other=1)
    given["cover"] = write(tmp_path / "cover.tif", cover, dtype="uint8", GEOPLAN_SYNTHETIC="1")
    own = read_models(project)["test"]
    ready = prepare(own, given, unit=unit, project=project, options=Options())
    return make_files(ready, tmp_path / "out", project=project)


def test_the_page_shows_what_the_tables_say(ready_template: SmallProject, tmp_path: Path) -> None:
    files = page_and_more(ready_template.load(), tmp_path, "二山").files
    page = next(path for path in files if path.suffix == ".html").read_text("utf-8")
    assert "二山试验适宜性（synthetic 合成数据）" in page
    assert "粗略示例，不能用作双评价" in page
    for words in ("约束排除：单独与依次", "权重增减两成的影响", "假设：假设", "东山区"):
        assert words in page
    assert page.count("data:image/png;base64,") == 2
    assert "http://" not in page.replace("http://www.w3.org/", "")


def test_the_page_has_the_same_bytes_again(ready_template: SmallProject, tmp_path: Path) -> None:
    one, other = (tmp_path / name for name in ("a", "b"))
    pages = []
    for folder in (one, other):
        folder.mkdir()
        files = page_and_more(ready_template.load(), folder, "甲州市").files
        pages.append(next(path for path in files if path.suffix == ".html").read_bytes())
    assert pages[0] == pages[1]


def test_the_command(ready_template: SmallProject, tmp_path: Path, command: Command) -> None:
    heat = write(tmp_path / "heat.tif", by_county({}, other=50))
    cover = write(tmp_path / "cover.tif", by_county({}, other=1), dtype="uint8")
    here = ("-C", ready_template.root)
    listed = command("suitability", *here, "--json").lines()
    assert [row["model"] for row in listed] == ["test"]
    words = ("suitability", "test", *here, "--unit", "甲州市", "--out", tmp_path / "out")
    rasters = ("--raster", f"heat={heat}", "--raster", f"cover={cover}")
    done = command(*words, *rasters, "--json")
    assert done.code == 0, done.err
    assert [row["good_km2"] for row in done.lines()] == pytest.approx([100] * 4 + [400], abs=1e-6)
    assert "粗略示例" in done.err
    shown = command(*words, *rasters)
    assert "合计" in shown.out
    assert "test.html" in shown.err
    missing = command(*words)
    assert missing.code == 2
    assert "raster heat" in missing.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tests"], "Did you mean test"),
        (["test"], "--out FOLDER"),
        (["--unit", "甲州市"], "no model is named"),
        (["test", "--out", "o", "--raster", "heat"], "write it as NAME=FILE"),
        (["test", "--out", "o", "--raster", "heat=a", "--raster", "heat=b"], "stands there twice"),
        (
            ["test", "--out", "o", "--raster", "cold=a"],
            "test has no such input. It has: heat, cover",
        ),
        (["test", "--out", "o", "--scheduler", "magic"], "scheduler 'magic' is not known"),
    ],
)
def test_wrong_words(
    ready_template: SmallProject,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    words: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command("suitability", *words, "-C", ready_template.root)
    assert done.code == 2
    assert told in done.err
    assert not (tmp_path / "o").exists()
