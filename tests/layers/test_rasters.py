"""Layers of cells: what their files may say, how they are found, and what is told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rasterio import Affine

from geoplan import raster
from geoplan.errors import ConfigError, LayerError
from geoplan.formats import RASTERS
from geoplan.kept import Kept
from geoplan.layers import content_hash
from geoplan.schema import records
from tests.grids import of_counties, raster_class, raster_layer, write_grid
from tests.small import CONFIG, SmallProject

CLASSES = {"kind": "categorical", "measure": None}
ONE = raster_class(1, "zone_a")


def row_of(small: SmallProject, **keep: Any) -> dict[str, Any]:
    (row,) = records(small.layers(**keep)["rasters"])
    return row


def beside(small: SmallProject, name: str = "dem.tif", **about: Any) -> Path:
    return write_grid(small.root / "layers/works" / name, of_counties(), **about)


def test_a_raster_is_a_layer_without_features(small: SmallProject) -> None:
    small.write_layer(raster_layer(colours=["#000000", "#ffffff"], breaks=[2.5]))
    path = beside(small, nodata=-1.0)
    tables = small.layers()
    (layer,) = [r for r in records(tables["layers"]) if r["layer"] == "dem"]
    assert (layer["kind"], layer["features"], layer["status"]) == ("raster", 0, "in_force")
    assert records(tables["rasters"]) == [
        {
            "layer": "dem",
            "raster_kind": "continuous",
            "measure": "m",
            "path": "layers/works/dem.tif",
            "sha256": content_hash(path, Kept(None)),
            "crs": records(tables["rasters"])[0]["crs"],
            "assumed_crs": None,
            "cell_width_m": pytest.approx(2500, 0.02),
            "columns": 12,
            "rows": 8,
            "band": 1,
            "cell_height_m": pytest.approx(2500, 0.02),
            "cell_type": "float64",
            "nodata": -1.0,
            "values": None,
            "colours": "#000000 #ffffff",
            "breaks": "2.5",
            "decisions": None,
            "synthetic": False,
            "file_line": 6,
        }
    ]
    assert "raster" not in set(tables["issues"]["check"])


def test_classes_name_values(small: SmallProject) -> None:
    classes = [raster_class(1, "zone_a"), raster_class(-7, "mine"), raster_class(3, "zone_a")]
    small.write_layer("".join([raster_layer(**CLASSES), *classes]))
    write_grid(small.root / "layers/works/dem.tif", of_counties().astype("int16"), nodata=0)
    row = row_of(small)
    assert (row["raster_kind"], row["values"]) == ("categorical", "1=zone_a -7=mine 3=zone_a")
    assert row["measure"] is None


def test_what_is_decided_is_told(small: SmallProject) -> None:
    small.write_layer(raster_layer(assume_crs="EPSG:4490", measure="none"))
    values = of_counties(c910101=-9999.0)
    degrees = {"transform": Affine(0.05, 0, 112.3, 0, -0.05, 37.4), "crs": None}
    write_grid(small.root / "layers/works/dem.tif", values, **degrees)
    row = row_of(small)
    assert (row["assumed_crs"], row["measure"]) == ("EPSG:4490", None)
    issues = [r for r in records(small.layers()["issues"]) if r["check"] == "raster"]
    assert {(r["subject"], r["severity"]) for r in issues} == {("dem", "info"), ("dem", "warning")}
    (doubt,) = [r["message"] for r in issues if r["severity"] == "warning"]
    assert doubt == "dem.tif: -9999 looks like no data; if so, say nodata = -9999"
    assert row["decisions"].split(" | ") == [r["message"] for r in issues_in_order(issues, row)]


def issues_in_order(issues: list[dict[str, Any]], row: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(issues, key=lambda r: row["decisions"].index(r["message"]))


def test_reference_data_and_sources_are_places_too(small: SmallProject) -> None:
    small.write_layer(raster_layer(path=None, reference="dem.tif"))
    write_grid(small.root / "data/reference/dem.tif", of_counties())
    row = row_of(small)
    project = small.load()
    assert row["path"] == "data/reference/dem.tif"
    assert project.input_file(row["path"]) == small.root / "data/reference/dem.tif"
    write_grid(small.root / "own/high.tif", of_counties(), cell=1250.0)
    small.write("geoplan.toml", CONFIG + '[sources]\ndem = "own/high.tif"\n')
    row = row_of(small)
    assert (row["path"], row["cell_width_m"]) == ("sources/dem/high.tif", pytest.approx(1250, 0.02))
    assert small.load().input_file(row["path"]) == small.root / "own/high.tif"
    small.write("geoplan.toml", CONFIG + '[sources]\ndem = "own/gone.tif"\n')
    with pytest.raises(LayerError, match=r"sources.dem: there is no file or folder .*gone.tif"):
        small.layers()


@pytest.mark.parametrize("name", ["elsewhere/dem.tif", "sources/other/dem.tif"])
def test_inputs_that_the_project_does_not_have_are_refused(small: SmallProject, name: str) -> None:
    with pytest.raises(ConfigError, match=f"no folder or source of the project holds {name}"):
        small.load().input_file(name)


def test_a_folder_of_tiles_is_one_raster(small: SmallProject) -> None:
    small.write_layer(raster_layer(path="tiles"))
    folder = small.root / "layers/works/tiles"
    write_grid(folder / "a.tif", of_counties()[:, :6])
    write_grid(folder / "b.tif", of_counties()[:, 6:], left=15_000.0)
    row = row_of(small)
    assert (row["columns"], row["path"]) == (12, "layers/works/tiles")
    digest = row["sha256"]
    write_grid(folder / "b.tif", of_counties()[:, 6:] + 1, left=15_000.0)
    assert row_of(small)["sha256"] != digest
    (folder / "b.tif").rename(folder / "c.tif")
    assert row_of(small)["columns"] == 12


def test_a_slot_waits_for_its_raster(small: SmallProject) -> None:
    small.write_layer(raster_layer(head="slot = true"))
    tables = small.layers()
    kinds = {r["layer"]: r["kind"] for r in records(tables["layers"])}
    assert (kinds["dem"], len(tables["rasters"])) == ("slot", 0)
    beside(small)
    tables = small.layers()
    kinds = {r["layer"]: r["kind"] for r in records(tables["layers"])}
    assert (kinds["dem"], len(tables["rasters"])) == ("raster", 1)


def test_what_was_looked_at_is_not_opened_again(
    small: SmallProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.write_layer(raster_layer())
    path = beside(small)
    first = row_of(small, kept=Kept(tmp_path / "kept"))
    monkeypatch.setattr(raster, "look", None)
    assert row_of(small, kept=Kept(tmp_path / "kept")) == first
    write_grid(path, of_counties(c910101=5.0))
    with pytest.raises(TypeError):
        small.layers(kept=Kept(tmp_path / "kept"))


FAULTS = {
    "no place": (raster_layer(path=None), "line 6: raster: says where its cells are by one key"),
    "two places": (raster_layer(reference="a.tif"), "line 6: raster: says where its cells are"),
    "elsewhere": (raster_layer(path="../a.tif"), "line 6: raster: '../a.tif' is no plain name"),
    "kind": (raster_layer(kind="other"), "line 8: raster.kind: Input should be 'continuous'"),
    "measure": (raster_layer(measure="metre"), "line 9: raster.measure: 'metre' is no measure."),
    "no measure": (raster_layer(measure=None), "line 6: raster: needs a measure: m, degree"),
    "no classes": (raster_layer(**CLASSES), "line 6: raster: a categorical raster needs"),
    "class of amounts": (raster_layer() + ONE, "line 6: raster: [[raster.class]] is for kind"),
    "twice": (raster_layer(**CLASSES) + ONE + ONE, "line 6: raster: value(s) 1 stand(s) twice"),
    "measured classes": (raster_layer(kind="categorical") + ONE, "raster: measure: of amounts"),
    "value": (
        raster_layer(**CLASSES) + raster_class('"a"', "zone_a"),
        "line 10: raster.class 1, value: must be a whole number",
    ),
    "unknown key": (raster_layer(resolution=5), "line 10: unknown key 'resolution'"),
    "band": (raster_layer(band=0), "line 10: raster.band: Input should be greater"),
    "colour": (raster_layer(colours=["red", "#000000"]), "line 10: raster.colours, value 1"),
    "one colour": (raster_layer(colours=["#000000"]), "line 6: raster: colours: one colour"),
    "breaks": (
        raster_layer(colours=["#000000", "#ffffff"], breaks=[1, 2]),
        "line 6: raster: breaks: 2 value(s) for 2 colours",
    ),
    "order": (
        raster_layer(colours=["#000000", "#777777", "#ffffff"], breaks=[2, 1]),
        "line 6: raster: breaks: each must be above",
    ),
    "partition": (raster_layer(head="partition = true"), "cells divide nothing"),
    "class": (
        raster_layer(**CLASSES) + ONE + raster_class(2, "zone_c"),
        "other.toml:14: class 'zone_c' is not in classes.toml. Did you mean zone_a",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_told_with_their_line(small: SmallProject, name: str) -> None:
    text, told = FAULTS[name]
    small.write_layer(text)
    with pytest.raises(LayerError) as caught:
        small.layers()
    assert told in str(caught.value)


def test_faults_of_all_rasters_come_at_once(small: SmallProject) -> None:
    beside(small, crs=None)
    small.write_layer(raster_layer(), name="dem")
    small.write_layer(raster_layer("gone"), name="gone")
    small.write_layer(raster_layer("text"), name="text")
    small.write("layers/works/text.tif", "no raster")
    small.write_layer(raster_layer("two", path="dem2.tif", band=2), name="two")
    beside(small, "dem2.tif")
    with pytest.raises(LayerError) as caught:
        small.layers()
    message = str(caught.value)
    assert message.startswith("4 fault(s) in rasters of layers:")
    assert "dem.toml:6: " in message
    assert "say which one with assume_crs (EPSG:4490" in message
    assert "gone.toml:6: there is no file or folder" in message
    assert "text.toml:6: " in message
    assert "has 1 band(s), 2 is none of them" in message
    assert caught.value.files == tuple(f"works/{n}.toml" for n in ("dem", "gone", "text", "two"))


def test_a_layer_is_of_one_sort(small: SmallProject) -> None:
    small.write_layer(raster_layer() + '[file]\npath = "a.gpkg"\nclass_id = "redline"\n')
    with pytest.raises(LayerError, match="a layer has a file or a raster, not both"):
        small.layers()


def test_formats_are_those_of_the_door() -> None:
    assert RASTERS == raster.SUFFIXES
