"""Keys: whatever may change a byte is in them, and nothing else."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from geoplan.analysis import build_analysis
from geoplan.build import keys, layer_inputs
from geoplan.build.hashes import Hashes
from geoplan.build.keys import COMMON, READS, SETTINGS, STAGES, Stage, code_hash, key_of, made_of
from geoplan.config import Config
from geoplan.gazetteer import load
from geoplan.layers import build_layers
from geoplan.overlay import build_overlay
from geoplan.schema import TABLES, Tables
from tests.grids import of_counties, raster_class, raster_layer, write_grid
from tests.small import SmallProject, box, claim, feature, layer, slot, small_units
from tests.test_floors import MODULES, inner

Rich = tuple[Tables, dict[str, Path]]


def reached(start: str) -> set[str]:
    """Return all modules of the package that a module leads to."""
    graph = {module.name: inner(module) for module in MODULES}
    found, todo = set[str](), [start]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [other for other in graph if other in graph[name]]
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_code_hash_covers_all_code_that_a_stage_leads_to(stage: Stage) -> None:
    covered = {part.removesuffix(".py") for part in (*COMMON, stage)}
    parts = {name.partition(".")[2].partition(".")[0] for name in reached(f"geoplan.{stage}")}
    assert parts - {""} <= covered


def test_code_that_is_covered_is_there() -> None:
    package = Path(keys.__file__).parents[1]
    assert [part for part in (*COMMON, *STAGES) if not (package / part).exists()] == []


def test_code_hash_sees_code_but_not_line_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(shutil.copytree(Path(keys.__file__).parents[1], tmp_path / "geoplan"))
    monkeypatch.setattr(keys, "__file__", str(package / "build" / "keys.py"))
    found = []
    template = package / "publish/assets/page.html.j2"
    text = template.read_bytes()
    for changed in (text, text.replace(b"\n", b"\r\n"), text + b"<!-- -->"):
        template.write_bytes(changed)
        code_hash.cache_clear()
        found.append((code_hash("publish"), code_hash("overlay")))
    code_hash.cache_clear()
    assert found[0] == found[1]
    assert found[0][0] != found[2][0]
    assert found[0][1] == found[2][1]


def test_every_setting_is_read_by_a_stage_or_names_a_folder() -> None:
    read = {key for names in SETTINGS.values() for key in names}
    folders = {
        "allow_outside",
        "boundaries",
        "reference",
        "layers",
        "extend",
        "documents",
        "sources",
    }
    assert read | folders | {"build", "maps"} == set(Config.model_fields)


def test_columns_that_stages_read_are_columns() -> None:
    for tables in READS.values():
        for table, columns in tables.items():
            assert set(columns) <= set(TABLES[table].names)


def test_parts_hold_no_path_and_no_time(small: SmallProject) -> None:
    for stage in ("boundaries", "layers"):
        parts = made_of(small.load(), stage, hashes=Hashes(small.root))
        assert str(small.root) not in repr(parts)
        assert {name.partition(" ")[0] for name in parts} == {
            *("file", "setting", "library", "code")
        }


def test_parts_are_those_of_a_copy_elsewhere(small: SmallProject, tmp_path: Path) -> None:
    copy = SmallProject(Path(shutil.copytree(small.root, tmp_path / "另一处")))
    for stage in ("boundaries", "layers"):
        one = made_of(small.load(), stage, hashes=Hashes(small.root))
        assert made_of(copy.load(), stage, hashes=Hashes(copy.root)) == one


def test_layers_read_no_other_columns_of_units(small: SmallProject) -> None:
    small.write_layer(slot(), name="redline")
    small.write_shapes([box(0.2, 0.2, 1.8, 0.8)])
    project = small.load()
    gazetteer = load(project.folder("boundaries"))
    units = small_units(project.folder("boundaries"))
    units.attrs["table"] = "units"
    other = scrambled(units, READS["layers"]["units"])
    assert not other["name"].equals(units["name"])
    one, two = (
        build_layers(layer_inputs(project), units=table, gazetteer=gazetteer)
        for table in (units, other)
    )
    for name, table in one.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(two[name]))


def test_key_does_not_depend_on_order() -> None:
    assert key_of({"a": "1", "b": "2"}) == key_of({"b": "2", "a": "1"})
    assert key_of({"a": "1", "b": "2"}) != key_of({"a": "2", "b": "1"})


RULES = """
[[rule]]
id = "zones"
title = { zh = "甲", en = "A" }
a = ["zone_a"]
b = ["zone_b", "redline"]
grade = "coordinate"
reason = { zh = "甲", en = "A" }
source = { document = "plan-a", section = "一", lines = [7] }
"""

OVERRIDES = """
[[override]]
id = "no"
rule = "zones"
units = ["西山县"]
reason = { zh = "甲", en = "A" }
by = "某人"
date = "2020-01-01"
"""

FIGURES = """[[indicator]]
id = "value"
name = { zh = "产值", en = "Value" }
measure = "100m_yuan"
growth = "percent"
section = "第一章"
lines = [8]
readings = [
    { kind = "actual", year = "2010", printed = "100" },
    { kind = "actual", year = "2015", printed = "161" },
    { kind = "actual_growth", year = "2015", printed = "20" },
]
"""
CHECK = """[[check]]
id = "grown"
title = { zh = "增长", en = "Growth" }
kind = "equal"
result = "other/value@actual:2015"
parts = ["other/value@actual:2010"]
"""
FINDING = """[[finding]]
id = "growth"
kind = "figures_differ"
title = { zh = "增速", en = "Growth" }
detail = { zh = "不一致", en = "differs" }
[[finding.place]]
document = "plan-a"
section = "第一章"
lines = [8]
printed = ["20"]
"""


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory, small_template: Path) -> Rich:
    """Return the tables of a small project with something of everything, and its rasters."""
    folder = tmp_path_factory.mktemp("rich") / "project"
    small = SmallProject(Path(shutil.copytree(small_template, folder)))
    small.write_layer(slot(), name="redline")
    small.write_shapes([box(0.2, 0.2, 1.8, 0.8)])
    features = [
        feature("whole", members=["东山"]),
        feature("list", "within", members=["西山"], class_="zone_b"),
        feature("said", "statement", class_="zone_b"),
    ]
    small.write_layer(layer("other", *features, claim("other/whole", 100), FIGURES, theme="works"))
    small.write("layers/rules.toml", RULES)
    small.write("layers/overrides.toml", OVERRIDES)
    small.write("layers/checks.toml", CHECK)
    small.write("layers/findings.toml", FINDING)
    small.write_layer(raster_layer(colours=["#000000", "#ffffff"], breaks=[2.5]), name="dem")
    land = raster_layer("land", kind="categorical", measure=None) + raster_class(1, "zone_a")
    small.write_layer(land, name="land")
    paths = {name: small.root / f"layers/works/{name}.tif" for name in ("dem", "land")}
    write_grid(paths["dem"], of_counties())
    write_grid(paths["land"], of_counties().astype("uint8"), nodata=0)
    return small.run("boundaries", "layers", "overlay", "analysis"), paths


def scrambled(table: pd.DataFrame, kept: tuple[str, ...]) -> pd.DataFrame:
    """Return a table whose other columns hold other values that the schema allows."""
    made = table.copy()
    for name in table.columns:
        if name in kept or name == "geometry" or table.empty:
            continue
        column = next(c for c in TABLES[table.attrs["table"]].columns if c.name == name)
        if column.allowed:
            made[name] = column.allowed[-1]
        elif column.dtype == "text":
            made[name] = [f"x{i}" for i in range(len(made))]
        elif column.dtype == "flag":
            made[name] = ~made[name]
        else:
            made[name] = made[name].max() + 7 if len(made) else made[name]
    if "geometry" in made and "geometry" not in kept:
        made["geometry"] = made["geometry"].map(lambda shape: shape and shape.buffer(1e-3))
    return made


@pytest.mark.parametrize("stage", ["overlay", "analysis"])
def test_stages_read_no_other_columns_than_their_keys_say(stage: Stage, rich: Rich) -> None:
    wanted, (tables, paths) = READS[stage], rich
    as_is = {name: tables[name].copy() for name in wanted}
    other = {}
    for name, columns in wanted.items():
        as_is[name].attrs["table"] = name
        other[name] = scrambled(as_is[name], columns)
        assert any(not other[name][c].equals(as_is[name][c]) for c in other[name]) or set(
            columns
        ) == set(TABLES[name].names)
    overlay = partial(build_overlay, rasters=paths)
    derive = overlay if stage == "overlay" else build_analysis
    one, two = derive(as_is), derive(other)
    assert one.keys() == two.keys()
    for name, table in one.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(two[name]))
