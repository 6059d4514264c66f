"""``geoplan overlay``: what it writes and says, and what it says to wrong input."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import geopandas as gpd

from geoplan import crs
from tests.commands import Command
from tests.small import SmallProject
from tests.test_cli_tabulate import bow_tie, frame, plots, refused, save, square, zones


@pytest.fixture(autouse=True)
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with ``plots.parquet`` and ``zones.parquet``."""
    monkeypatch.chdir(tmp_path)
    save(plots(), "plots.parquet")
    save(zones(), "zones.parquet")


CUT = ("overlay", "plots.parquet", "zones.parquet", "--out", "out.parquet")


def test_pieces_are_written_and_counted(command: Command) -> None:
    result = command(*CUT)
    assert (result.code, result.out) == (0, "")
    assert re.sub(r"\[[\d. ]+\]", "[X Y]", result.err) == (
        "5 rows of plots.parquet; 6 pieces of 4.500000 km2; 0 slivers of 0.0000 m2 left out; "
        "1 invalid shapes repaired (plots.parquet, row 4: Self-intersection[X Y]); out.parquet\n"
    )
    made = gpd.read_parquet("out.parquet")
    assert list(made.columns) == ["use", "kind", "area_m2", "geometry"]
    assert made["use"].tolist()[:4] == ["=a", "b", "b", "b"]
    assert made["kind"].tolist()[:4] == ["x", "x", "y", "y"]
    assert made["kind"].isna().tolist() == [False] * 4 + [True] * 2
    assert made["area_m2"].tolist() == [1e6, 5e5, 5e5, 1e6, 1e6, 5e5]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("intersection", "4 pieces of 3.000000 km2; 0 slivers of 0.0000 m2 left out; 1.500000 km2"),
        ("difference", "2 pieces of 1.500000 km2; 0 slivers of 0.0000 m2 left out; 3.000000 km2"),
    ],
)
def test_what_is_left_out_is_told(command: Command, how: str, told: str) -> None:
    assert told in command(*CUT, "--how", how).err
    assert command(*CUT, "--how", how, "-q").err == ""


def test_slivers_are_told(command: Command) -> None:
    save(frame([square(0, 1.0000005)], kind=["x"]), "zones.parquet")
    assert "5 pieces of 4.500000 km2; 1 slivers of 0.5000 m2" in command(*CUT).err
    assert "0 slivers" in command(*CUT, "--sliver", "0.1").err


def test_overlapping_shapes_are_told(command: Command) -> None:
    save(frame([square(0, 2), square(1, 3)], kind=["x", "y"]), "zones.parquet")
    assert "shapes of the other layer overlap each other: pieces do too" in command(*CUT).err


def test_json_is_one_object(command: Command) -> None:
    told = json.loads(command(*CUT, "--json").out)
    assert (told["pieces"], told["area_m2"], told["streamed"]) == (6, 4.5e6, "plots.parquet")


def test_broken_input_leaves_no_folder(command: Command) -> None:
    table = zones()
    table.set_crs(None, allow_override=True).to_parquet("zones.parquet")
    refused(command(*CUT), 3, "zones.parquet: no coordinate system is stated")
    Path("zones.parquet").write_bytes(b"PAR1")
    refused(command(*CUT), 3, "zones.parquet: cannot be read")
    save(frame([bow_tie()], crs.WORK_CRS, kind=["x"]), "zones.parquet")
    assert command(*CUT).code == 0


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("plots.parquet", ("Missing argument",)),
        ("plots.parquet zones.parquet --how union", ("'union' is not known; allowed: identity",)),
        ("plots.parquet plots.parquet", ("same name: plots, plots; rename a file",)),
        ("plots.parquet zones.parquet --sliver -1", ("'--sliver'",)),
        ("plots.parquet zones.parquet --out t.csv", ("name of the folder has to end in .parquet",)),
        ("plots.parquet zones.parquet --out t/t.parquet", ("there is no folder",)),
        ("plots.parquet zones.parquet --out zones.parquet", ("is a file; pieces are a folder",)),
    ],
)
def test_wrong_use_is_one_message(command: Command, words: str, parts: tuple[str, ...]) -> None:
    refused(command("overlay", "--out", "out.parquet", *words.split()), 2, *parts)


def test_layers_of_the_project_go_by_id(
    command: Command, small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.root)
    assert command("run", "boundaries", "-q").code == 0
    assert command("run", "layers", "-q").code == 0
    unknown = command("tabulate", "zone", "counties", "--by", "name")
    refused(unknown, 2, "zone", "Did you mean zones?")
    by = ("--by", "counties.name", "--by", "zones.class")
    result = command("tabulate", "zones", "counties", *by, "--json")
    assert result.code == 0, result
    assert {row["area_m2"] for row in result.lines()} == {1e8}
    result = command("overlay", "counties", "zones", "--out", "out.parquet")
    assert (result.code, Path("out.parquet").is_dir()) == (0, True), result
