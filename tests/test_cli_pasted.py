"""Commands that ``geoplan inspect`` prints are pasted, and do what they say."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Command
from tests.intake.files import PLOTS, frame_of, shapefile, swapped
from tests.small import SmallProject


def turned(folder: Path) -> list[object]:
    return [shapefile(folder, swapped(frame_of(PLOTS, to="EPSG:4525")), "北 先'\"$x.shp")]


def web(folder: Path) -> list[object]:
    path = folder / "(新) a & c.v1.kml"
    frame_of().to_file(path, driver="KML", layer="a")
    return [path]


def layer(folder: Path) -> list[object]:
    path = folder / "两 层.gpkg"
    frame_of(PLOTS[:1], 用途=["x"]).to_file(path, layer="甲")
    frame_of().to_file(path, layer="乙 b")
    return [path, "--layer", "乙 b"]


def table(folder: Path) -> list[object]:
    path = folder / "-表 1.csv"
    frame = frame_of()
    frame.to_csv(path, index=False)
    return [f"./{path.name}", "--wkt", "geometry", "--assume-crs", "EPSG:4490"]


@pytest.mark.parametrize("make", [turned, web, layer, table])
def test_pasted_commands_end_well_and_agree(
    make: Callable[[Path], list[object]],
    command: Command,
    published: tuple[SmallProject, dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "来 料"
    folder.mkdir()
    project = tmp_path / "a project's"
    shutil.copytree(published[0].root, project)
    monkeypatch.chdir(folder)
    words = make(folder)
    told = json.loads(command("inspect", *words, "--json", "-C", project).out)
    assert told["shapes"]["area_km2"] == pytest.approx(250, abs=1e-5)
    done = []
    for step in told["steps"]:
        if not step["command"]:
            continue
        argv = shlex.split(step["command"])
        done.append(argv[1])
        made = command(*argv[1:], *(["--json"] if argv[1] != "map" else []))
        assert made.code == 0, (step["command"], made)
        if argv[1] == "tabulate":
            assert sum(float(str(r["area_m2"])) for r in made.lines()) == pytest.approx(
                250e6, rel=1e-9
            )
        if argv[1] == "convert":
            assert made.lines()[0]["area_km2"] == pytest.approx(250, abs=1e-5)
    assert sorted(done) == ["convert", "map", "tabulate"]
