"""What a layer file may say of a raster: what is allowed, and every fault in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from geoplan.kept import Kept
from geoplan.layers import content_hash
from geoplan.layers.raster_model import NO_MEASURE, Raster
from geoplan.layers.rasters import _in_words_of_files, _issues, _looked
from tests.raster.grids import write

AMOUNTS: dict[str, Any] = {"path": "dem.tif", "kind": "continuous", "measure": "m"}
ONE, TWO = {"value": 1, "class": "wood"}, {"value": 2, "class": "field"}
CLASSES: dict[str, Any] = {"path": "land.tif", "kind": "categorical", "class": [ONE, TWO]}
BLACK, GREY, WHITE = "#000000", "#777777", "#ffffff"
EMPTY: dict[str, Any] = {"layer": "dem", "decisions": None}


def told(**keys: Any) -> str:
    """Return what is said of a table [raster] that is wrong."""
    with pytest.raises(ValidationError) as caught:
        Raster.model_validate({k: v for k, v in keys.items() if v is not None})
    return str(caught.value)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(AMOUNTS, id="amounts"),
        pytest.param(CLASSES, id="classes"),
        pytest.param(AMOUNTS | {"measure": NO_MEASURE}, id="plain numbers"),
        pytest.param(AMOUNTS | {"path": "高程 2020.tif"}, id="name in Chinese with a space"),
        pytest.param(AMOUNTS | {"path": "tiles"}, id="folder"),
        pytest.param(AMOUNTS | {"path": "..a"}, id="name that begins with dots"),
        pytest.param(AMOUNTS | {"nodata": 0}, id="nought is no data"),
        pytest.param(AMOUNTS | {"nodata": -32768.0}, id="no data below zero"),
        pytest.param(AMOUNTS | {"band": 7}, id="band"),
        pytest.param(AMOUNTS | {"assume_crs": "EPSG:4490"}, id="coordinate system"),
        pytest.param(AMOUNTS | {"colours": [BLACK, WHITE]}, id="colours without breaks"),
        pytest.param(AMOUNTS | {"colours": [BLACK, WHITE], "breaks": [0]}, id="break at nought"),
        pytest.param(CLASSES | {"class": [ONE, TWO | {"class": "wood"}]}, id="a class of two"),
        pytest.param(CLASSES | {"class": [ONE | {"value": -(2**63)}]}, id="least value"),
        pytest.param(CLASSES | {"class": [ONE | {"value": 2**64 - 1}]}, id="greatest value"),
    ],
)
def test_allowed(keys: dict[str, Any]) -> None:
    made = Raster.model_validate(keys)
    assert made.name == keys["path"]
    assert made.kind == keys["kind"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"path": None}, "says where its cells are by one key", id="no place"),
        pytest.param({"reference": "b.tif"}, "by one key: reference", id="two places"),
        pytest.param({"path": ""}, "path", id="empty name"),
        pytest.param({"path": "."}, "'.' is no plain name", id="this folder"),
        pytest.param({"path": ".."}, "'..' is no plain name", id="folder above"),
        pytest.param({"path": "a/b.tif"}, "'a/b.tif' is no plain name", id="folder below"),
        pytest.param({"path": "a\\b.tif"}, "is no plain name", id="folder of Windows"),
        pytest.param({"path": "C:b.tif"}, "is no plain name", id="drive"),
        pytest.param({"path": "*.tif"}, "is no plain name", id="pattern"),
        pytest.param({"path": "a?.tif"}, "is no plain name", id="pattern of one"),
        pytest.param({"kind": "discrete"}, "'continuous'", id="unknown kind"),
        pytest.param({"measure": None}, 'or "none" for plain numbers', id="no measure"),
        pytest.param({"measure": "ell"}, "'ell' is no measure", id="unknown measure"),
        pytest.param({"nodata": float("nan")}, "nodata", id="NaN"),
        pytest.param({"nodata": float("inf")}, "nodata", id="infinity"),
        pytest.param({"nodata": "0"}, "nodata", id="text for a number"),
        pytest.param({"band": 0}, "greater than or equal to 1", id="bands count from one"),
        pytest.param({"band": 1.5}, "valid integer", id="part of a band"),
        pytest.param({"band": True}, "valid integer", id="flag for a band"),
        pytest.param({"colours": [BLACK]}, "one colour shows nothing", id="one colour"),
        pytest.param({"colours": [BLACK, "#FFFFFF"]}, "colours", id="capitals"),
        pytest.param({"colours": [BLACK, "#fff"]}, "colours", id="short colour"),
        pytest.param({"colours": [BLACK, "white"]}, "colours", id="colour by name"),
        pytest.param({"breaks": [1]}, "1 value(s) for 0 colours", id="breaks without colours"),
        pytest.param({"class": [ONE]}, 'is for kind = "categorical"', id="classes of amounts"),
        pytest.param({"legend": "a"}, "legend", id="unknown key"),
    ],
)
def test_faults_of_amounts(changed: dict[str, Any], said: str) -> None:
    assert said in told(**(AMOUNTS | changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"class": None}, "needs [[raster.class]]", id="no classes"),
        pytest.param({"class": []}, "needs [[raster.class]]", id="empty classes"),
        pytest.param({"class": [ONE, ONE]}, "value(s) 1 stand(s) twice", id="twice"),
        pytest.param({"class": [TWO, ONE, TWO, ONE]}, "value(s) 1, 2 stand", id="two of them"),
        pytest.param({"class": [{"value": 1}]}, "class", id="no name"),
        pytest.param({"class": [{"class": "wood"}]}, "value", id="no value"),
        pytest.param({"class": [ONE | {"value": 1.0}]}, "valid integer", id="real value"),
        pytest.param({"class": [ONE | {"value": 2**64}]}, "less than", id="too great"),
        pytest.param({"class": [ONE | {"value": -(2**63) - 1}]}, "greater", id="too small"),
        pytest.param({"measure": "m"}, "measure: of amounts only", id="measure"),
        pytest.param({"measure": "none"}, "measure: of amounts only", id="no measure at all"),
        pytest.param({"colours": [BLACK, WHITE]}, "colours: of amounts only", id="colours"),
        pytest.param(
            {"measure": "m", "colours": [BLACK, WHITE], "breaks": [1]},
            "measure, colours, breaks: of amounts only",
            id="all three at once",
        ),
    ],
)
def test_faults_of_classes(changed: dict[str, Any], said: str) -> None:
    assert said in told(**(CLASSES | changed))


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        pytest.param([1], "1 value(s) for 3 colours", id="too few"),
        pytest.param([1, 2, 3], "3 value(s) for 3 colours", id="too many"),
        pytest.param([2, 1], "each must be above the one before", id="falling"),
        pytest.param([2, 2], "each must be above the one before", id="equal"),
        pytest.param([1, float("nan")], "breaks", id="NaN"),
        pytest.param([1, float("inf")], "breaks", id="infinite"),
    ],
)
def test_breaks_stand_between_colours_and_rise(breaks: list[float], said: str) -> None:
    assert said in told(**AMOUNTS, colours=[BLACK, GREY, WHITE], breaks=breaks)


@pytest.mark.parametrize(
    ("breaks", "written"),
    [
        pytest.param([2.0], "2", id="whole"),
        pytest.param([0.1], "0.1", id="tenth"),
        pytest.param([-2.5], "-2.5", id="below zero"),
        pytest.param([1234567.5], "1234567.5", id="more than six digits"),
        pytest.param([1000000.1, 1000000.2], "1000000.1 1000000.2", id="close to each other"),
    ],
)
def test_breaks_keep_their_digits(breaks: list[float], written: str, tmp_path: Path) -> None:
    path = write(tmp_path / "dem.tif", np.zeros((2, 2), dtype="float32"))
    colours = [BLACK, GREY, WHITE][: len(breaks) + 1]
    found = _looked(path, Raster.model_validate(AMOUNTS | {"colours": colours, "breaks": breaks}))
    assert found["breaks"] == written
    assert [float(text) for text in found["breaks"].split()] == breaks
    assert found["colours"].split() == colours


def test_what_is_looked_at_is_told_in_metres_and_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "dem.tif", np.zeros((2, 5), dtype="uint16"), nodata=65535)
    found = _looked(path, Raster.model_validate(AMOUNTS | {"measure": NO_MEASURE}))
    assert (found["columns"], found["rows"], found["band"]) == (5, 2, 1)
    assert (found["cell_type"], found["nodata"]) == ("uint16", 65535)
    assert (found["measure"], found["values"], found["colours"]) == (None, None, None)
    assert found["cell_width_m"] * found["cell_height_m"] == pytest.approx(10_000, rel=1e-4)
    assert found["synthetic"] is False


def test_classes_are_written_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "land.tif", np.ones((2, 2), dtype="uint8"), nodata=0)
    found = _looked(path, Raster.model_validate(CLASSES | {"class": [TWO, ONE]}))
    assert found["values"] == "2=field 1=wood"
    assert found["raster_kind"] == "categorical"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("say --nodata -9999", "say nodata = -9999", id="no data"),
        pytest.param("say --assume-crs", "say assume_crs", id="coordinate system"),
        pytest.param("for classes: --kind categorical", "for classes: kind = categorical", id="k"),
        pytest.param("nothing of options", "nothing of options", id="other words"),
    ],
)
def test_options_of_commands_become_keys_of_files(said: str, expected: str) -> None:
    assert _in_words_of_files(said) == expected


@pytest.mark.parametrize(
    ("decisions", "severities"),
    [
        pytest.param(None, [], id="nothing"),
        pytest.param("rows run upwards", ["info"], id="one"),
        pytest.param("a | b", ["info", "info"], id="two"),
        pytest.param("-9999 looks like no data | b", ["warning", "info"], id="doubtful first"),
    ],
)
def test_each_decision_is_an_issue(decisions: str | None, severities: list[str]) -> None:
    made = list(_issues([EMPTY | {"decisions": decisions}]))
    assert [row["severity"] for row in made] == severities
    assert {row["subject"] for row in made} <= {"dem"}
    assert [row["message"] for row in made] == (decisions.split(" | ") if decisions else [])


def tiles(folder: Path, **named: bytes) -> Path:
    """Return a folder with files; their names get the ending of a GeoTIFF."""
    folder.mkdir()
    for name, content in named.items():
        (folder / f"{name}.tif").write_bytes(content)
    return folder


def test_the_hash_of_a_folder_knows_names_and_contents(tmp_path: Path) -> None:
    kept = Kept(None)
    first = content_hash(tiles(tmp_path / "one", a=b"1", b=b"2"), kept)
    assert content_hash(tiles(tmp_path / "same", b=b"2", a=b"1"), kept) == first
    others = [
        tiles(tmp_path / "swapped", a=b"2", b=b"1"),
        tiles(tmp_path / "renamed", a=b"1", c=b"2"),
        tiles(tmp_path / "changed", a=b"1", b=b"3"),
        tiles(tmp_path / "more", a=b"1", b=b"2", c=b"3"),
    ]
    assert len({first, *(content_hash(folder, kept) for folder in others)}) == 5


def test_a_folder_of_one_tile_has_a_hash(tmp_path: Path) -> None:
    kept = Kept(None)
    first = content_hash(tiles(tmp_path / "one", a=b"1"), kept)
    assert len(first) == 64
    assert content_hash(tiles(tmp_path / "two", a=b"2"), kept) != first


def test_the_hash_of_a_file_is_that_of_its_bytes_whatever_its_folder(tmp_path: Path) -> None:
    kept = Kept(None)
    one, two = tiles(tmp_path / "one", a=b"1"), tiles(tmp_path / "two", a=b"1")
    assert content_hash(one / "a.tif", kept) == content_hash(two / "a.tif", kept)
    assert content_hash(one / "a.tif", kept) == kept.digest(one / "a.tif")
