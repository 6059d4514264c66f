"""``geoplan inspect``, ``convert``, and options of other commands, as a person runs them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan.config import Project
from tests.commands import Command
from tests.intake.files import PLOTS, bow, frame_of, shapefile, swapped
from tests.small import SmallProject

ROOT = Path(__file__).parents[1]


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    folder = tmp_path / "来料"
    folder.mkdir()
    return shapefile(folder, frame_of([*PLOTS[:2], bow()], to="EPSG:4525"))


def inspected(command: Command, *words: object) -> tuple[int, dict[str, Any]]:
    result = command("inspect", *words, "--json")
    assert not result.err, result.err
    return result.code, json.loads(result.out)


def test_a_person_reads_sections(command: Command, small: SmallProject, odd: Path) -> None:
    result = command("inspect", odd, "-C", small.root)
    assert (result.code, result.err) == (1, "")
    heads = [line for line in result.out.splitlines() if line and line[0].isupper()]
    assert heads == [
        *("File", "Layers", "Coordinate system", "Place", "Shapes", "Fields", "Noticed", "Next"),
    ]
    assert "error [crs.missing]" in result.out
    assert "do: --assume-crs EPSG:4525" in result.out
    assert f"geoplan convert '{odd}'" in result.out
    assert "encoding\tGB18030 (detected)" in result.out
    assert "\x1b" not in result.out


def test_exit_codes(command: Command, small: SmallProject, odd: Path, tmp_path: Path) -> None:
    fine = small.write_shapes(PLOTS, name="fine.gpkg", use=["a", "b", "c"])
    assert inspected(command, fine, "-C", small.root)[0] == 0
    assert inspected(command, odd, "-C", small.root)[0] == 1
    said = ["--assume-crs", "EPSG:4525", "--encoding", "GBK"]
    assert inspected(command, odd, "-C", small.root, *said)[0] == 0
    lost = tmp_path / "a.gpkg"
    lost.write_text("<!DOCTYPE html>")
    code, told = inspected(command, lost, "-C", small.root)
    assert (code, told["refused"], told["exit_code"]) == (3, True, 3)
    result = command("inspect", tmp_path / "none.gpkg", "-C", small.root)
    assert (result.code, "there is no such file" in result.err) == (3, True)


def test_a_hostile_name_prints_no_control_characters(
    command: Command, small: SmallProject, tmp_path: Path
) -> None:
    path = tmp_path / "a\x1b[31m b.parquet"
    frame_of(**{"列\x1b[2J": ["<b>\x07", "b", "c"]}).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.parquet").rename(path)
    result = command("inspect", path, "-C", small.root)
    assert "\x1b" not in result.out + result.err
    assert "\x07" not in result.out
    assert "rename the file first" in result.out


def test_convert_says_what_it_did(
    command: Command, small: SmallProject, odd: Path, tmp_path: Path
) -> None:
    out = tmp_path / "clean.gpkg"
    said = ["--assume-crs", "EPSG:4525", "--encoding", "GB18030", "-C", small.root]
    result = command("convert", odd, out, *said)
    assert (result.code, result.out) == (0, "")
    assert "repair.self_crossing" in result.err
    assert f"{out}: 3 rows, 212.5000" in result.err
    again = command("convert", odd, out, *said)
    assert (again.code, "--force" in again.err) == (2, True)
    told = command("convert", odd, out, *said, "--force", "--json")
    assert json.loads(told.out)["rows"] == 3
    refused = command("convert", odd, tmp_path / "b.gpkg", "-C", small.root)
    assert (refused.code, "--assume-crs EPSG:4525" in refused.err) == (3, True)
    assert not (tmp_path / "b.gpkg").exists()


def test_commands_take_files_with_a_word_on_their_state(
    command: Command, small: SmallProject, odd: Path, tmp_path: Path
) -> None:
    zones = small.write_shapes(PLOTS, name="zones.gpkg", use=["a", "b", "c"])
    turned = shapefile(tmp_path, swapped(frame_of(PLOTS, to="EPSG:4525")), "turned.shp")
    words = ["--by", "zones.use", "-C", small.root]
    bare = command("tabulate", odd, zones, *words)
    assert bare.code == 3
    assert "assume-crs" in bare.err or "coordinate system" in bare.err
    said = [*words, "--assume-crs", "地块=EPSG:4525"]
    result = command("tabulate", odd, zones, *said, "--json")
    assert [(r["zones.use"], round(float(str(r["area_m2"])) / 1e4)) for r in result.lines()] == [
        ("a", 10_000),
        ("b", 10_000),
    ], result
    assert "crosses" in result.err
    said = [*words, "--assume-crs", "turned=EPSG:4525", "--swap-xy", "turned"]
    result = command("tabulate", turned, zones, *said, "--json", "-q")
    areas = {r["zones.use"]: round(float(str(r["area_m2"])) / 1e4) for r in result.lines()}
    assert areas == {"a": 10_000, "b": 10_000, "c": 5_000}, result
    unclear = command("tabulate", odd, turned, "--by", "zones.use", "--assume-crs", "EPSG:4525")
    assert (unclear.code, "say which" in unclear.err) == (2, True)
    out = tmp_path / "cut.parquet"
    said = ["--out", out, "--assume-crs", "EPSG:4525", "-C", small.root]
    result = command("overlay", odd, "counties", *said)
    assert result.code in (0, 3), result  # without tables there are no counties


def test_map_takes_tables_and_formats_of_their_own(
    command: Command, small: SmallProject, tmp_path: Path
) -> None:
    table = tmp_path / "产量.csv"
    table.write_text("县名,产量\n南水县,3\n河口,4\n", "utf-8")
    page = tmp_path / "page.html"
    made = command("map", table, "--by", "产量", "--out", page, "-C", small.root, "--json")
    assert made.code == 0, made
    assert sum(row["area_km2"] for row in json.loads(made.out)["classes"]) == pytest.approx(200)
    drawing = tmp_path / "地块.kml"
    frame_of(Name=["a", "b", "c"]).to_file(drawing, driver="KML")
    made = command("map", drawing, "--by", "name", "--out", page, "-C", small.root, "--force")
    assert made.code == 0, made
    zoned = command("tabulate", drawing, table, "--by", "name", "-C", small.root, "--json")
    assert [row["name"] for row in zoned.lines()] == ["a", "b", "c"], zoned


# What must be shown: the counties, as they come from an office.


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, gpd.GeoDataFrame]:
    """Return a GBK shapefile in zone 37 without .prj and .cpg, one county crossing itself."""
    shipped = gpd.read_parquet(ROOT / "data" / "boundaries" / "counties.parquet")
    with (ROOT / "data" / "boundaries" / "gazetteer.csv").open(encoding="utf-8-sig") as file:
        names = {row["adcode"]: row["name"] for row in csv.DictReader(file)}
    frame = shipped.assign(县名=shipped["adcode"].map(names))
    moved = frame.to_crs("EPSG:4525")
    shapes = moved.geometry.to_numpy().copy()
    first, second, *rest = shapely.get_coordinates(shapes[5])
    along = (second - first) / np.hypot(*(second - first))
    across = np.array([-along[1], along[0]])
    middle = (first + second) / 2
    # A knot of a metre in an edge: its area is far below a millionth of the county.
    knot = [middle, middle + along + across, middle + along - across, middle - along / 2]
    shapes[5] = shapely.Polygon([first, *knot, second, *rest])
    folder = tmp_path_factory.mktemp("counties")
    return shapefile(
        folder, moved.set_geometry(gpd.GeoSeries(shapes, crs=moved.crs)), "县界.shp"
    ), (frame)


def test_counties_of_an_office_come_out_right(
    command: Command,
    counties: tuple[Path, gpd.GeoDataFrame],
    shipped_project: Project,
    tmp_path: Path,
) -> None:
    path, frame = counties
    root = shipped_project.root
    code, told = inspected(command, path, "-C", root)
    found = {notice["code"] for notice in told["notices"]}
    wanted = {"encoding.detected", "crs.missing", "crs.zone_prefix", "repair.self_crossing"}
    assert (code, wanted - found) == (1, set())
    assert told["notices"][0]["severity"] == "error"
    # Options as inspect gives them, copied.
    said = {step["argv"][1]: step["argv"] for step in told["steps"] if step["argv"]}
    options = said["convert"][4:]
    assert options[-2:] == ["--project", str(root)]
    options = options[:-2]
    assert options == ["--encoding", "GB18030", "--assume-crs", "EPSG:4525"]

    out = tmp_path / "counties.parquet"
    made = command("convert", path, out, *options, "-C", root)
    assert made.code == 0, made
    clean = gpd.read_parquet(out)
    assert clean["县名"].tolist() == frame["县名"].tolist()
    areas = _areas(clean)
    assert areas == pytest.approx(_areas(frame), rel=1e-6)

    words = ["--by", "县界.adcode", "--by", "counties.adcode", "-C", root, "--json", "-q"]
    table = command("tabulate", path, "counties", *words, *options)
    assert table.code == 0, table
    rows = table.lines()
    own = {r["县界.adcode"]: float(str(r["area_m2"])) for r in rows if _same(r)}
    assert own == pytest.approx(_areas(frame), rel=1e-6)

    page = tmp_path / "page.html"
    shown = command("map", path, "--by", "县名", "--out", page, "-C", root, "--json", *options)
    assert shown.code == 0, shown
    total = sum(row["area_gross_km2"] for row in json.loads(shown.out)["classes"])
    assert total == pytest.approx(sum(_areas(frame).values()) / 1e6, rel=1e-6)
    text = page.read_text("utf-8")
    assert "EPSG:4525" in text
    assert "�" not in text


def _same(row: dict[str, object]) -> bool:
    codes = [value for key, value in row.items() if key.endswith("adcode")]
    return codes[0] == codes[1]


def _areas(frame: gpd.GeoDataFrame) -> dict[str, float]:
    from geoplan import crs

    work = crs.any_to_work(frame.geometry.to_numpy(), frame.crs)
    return dict(zip(frame["adcode"], shapely.area(work).tolist(), strict=True))
