"""A small province for tests: six square counties of 100 km² in two cities.

Squares lie side by side in the equal-area system, so that every area is
mental arithmetic:

    910101 | 910102 | 910201
    -------+--------+-------
    910103 | 910104 | 910202
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, manifest
from geoplan.boundaries import build_units, read_source
from geoplan.build import STAGES, read_tables, run_stages
from geoplan.config import Project, load
from geoplan.gazetteer import load as load_gazetteer
from geoplan.kept import Kept
from geoplan.layers import LayerInputs, build_layers
from geoplan.schema import TABLES, Tables

WEST, SOUTH = 640_000.0, 4_000_000.0
SIDE = 10_000.0
CELLS = {
    "910101": (0, 1),
    "910102": (1, 1),
    "910103": (0, 0),
    "910104": (1, 0),
    "910201": (2, 1),
    "910202": (2, 0),
}
"""Column and row of each county, from the south-west."""

CITY_A, CITY_B, PROVINCE = "910100", "910200", "910000"

_GAZETTEER = """adcode,name,name_en,pinyin,level,parent,short,label_lon,label_lat
910000,试省,Test Province,shi sheng,province,,试,112.2,36.1
910100,甲州市,Jiazhou City,jia zhou shi,city,910000,甲州,112.1,36.1
910101,东山区,Dongshan District,dong shan qu,county,910100,东山,112.1,36.2
910102,西山县,Xishan County,xi shan xian,county,910100,西山,112.2,36.2
910103,南水县,Nanshui County,nan shui xian,county,910100,南水,112.1,36.1
910104,城区,Chengqu,cheng qu,county,910100,,112.2,36.1
910200,乙州市,Yizhou City,yi zhou shi,city,910000,乙州,112.3,36.1
910201,城区,Chengqu,cheng qu,county,910200,,112.3,36.2
910202,河口县,Hekou County,he kou xian,county,910200,河口,112.3,36.1
"""

_CHANGES = """date,kind,old_adcode,old_name,old_parent,new_adcode,share,note
2019-01-01,upgraded,910151,东山县,甲州市,910101,whole,
2018-01-01,split,910152,老县,甲州市,910102,part,
2018-01-01,split,910152,老县,甲州市,910103,part,
"""

_GROUPS = """group,reading,member,document,line,note
二山,,东山,plan-a,1,
二山,,西山,plan-a,1,
一水,a,南水,plan-a,2,窄
一水,b,南水,plan-a,2,宽
一水,b,甲州市城区,plan-a,2,宽
"""

_SOURCE = """title = "方格"
vintage = "2020-06-30"
licence = "made for tests"
displacement_km = 0.1
spacing_km = 10.0
"""

_DOCUMENTS = """[[document]]
id = "plan-a"
title = "甲州规划"
date = "2016-03-01"
scope = "910100"
period = ["2016", "2019"]

[[document]]
id = "plan-p"
title = "试省规划"
date = "2020-01-15"
scope = "910000"
period = ["2016", "2020"]
"""

_CLASSES = """[[theme]]
id = "zones"
title = { zh = "分区", en = "Zones" }

[[theme]]
id = "works"
title = { zh = "工程", en = "Works" }
"""

CLASS_IDS = ("zone_a", "zone_b", "mine", "line_work", "redline")

CONFIG = """title = { zh = "方格图集", en = "Atlas of squares" }
scope = "910000"
focus = ["910100"]
"""

ZONES = {"zone-a": ["二山"], "zone-b": ["南水县", "城区"]}
"""Features of the layer that every small project has: a partition of city A."""


def cell(adcode: str) -> shapely.Geometry:
    """Return the square of a county, in the work CRS."""
    column, row = CELLS[adcode]
    return box(column, row, column + 1, row + 1)


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """Return a rectangle in the work CRS; its sides count in sides of a county (10 km)."""
    return shapely.box(
        WEST + west * SIDE, SOUTH + south * SIDE, WEST + east * SIDE, SOUTH + north * SIDE
    )


def degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape of the work CRS in degrees."""
    return crs.work_to_data(np.array([shape]))[0]


def point(column: float, row: float) -> tuple[float, float]:
    """Return longitude and latitude of a place counted in sides of a county."""
    at = degrees(shapely.Point(WEST + column * SIDE, SOUTH + row * SIDE))
    return at.x, at.y


def feature(key: str, extent: str = "whole", *, class_: str = "zone_a", **more: Any) -> str:
    """Return the TOML text of one feature; `more` are further keys."""
    keys = {"id": key, "class": class_, "extent": extent, "section": "第一章", "lines": [7], **more}
    name = 'name = { zh = "要素", en = "Feature" }'
    return "\n".join(["[[feature]]", name, *_assigned(keys)]) + "\n"


def claim(of: str, value: float, measure: str = "km2", **more: Any) -> str:
    """Return the TOML text of one claim, of an area unless `more` says otherwise."""
    keys = {"of": of, "quantity": "area", "value": value, "measure": measure}
    keys |= {"section": "第一章", "lines": [8], **more}
    return "\n".join(["[[claim]]", *_assigned(keys)]) + "\n"


def layer(
    key: str, *parts: str, document: str = "plan-a", theme: str = "zones", **more: Any
) -> str:
    """Return the TOML text of a layer with features and claims."""
    head = {"id": key, "theme": theme, "document": document, **more}
    title = 'title = { zh = "图层", en = "Layer" }'
    return "\n".join([title, *_assigned(head), "", *parts])


def slot(key: str = "redline", *, slot: bool = True, path: str = "shapes.*", **columns: str) -> str:
    """Return the TOML text of a layer that takes its shapes from a file."""
    keys = {"path": path, "class_id": "redline", **columns}
    head = layer(key, document="plan-p", theme="works", slot=slot)
    return "\n".join([head, "[file]", *_assigned(keys)]) + "\n"


def _assigned(keys: Mapping[str, Any]) -> list[str]:
    # What JSON and TOML write alike is all that is needed here.
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]


def zones(*more: str) -> str:
    """Return the layer that every small project has, with further `more` at its end."""
    features = [feature(k, class_=k.replace("-", "_"), members=m) for k, m in ZONES.items()]
    return layer("zones", *features, *more, partition=True)


@dataclass(frozen=True)
class SmallProject:
    """A project folder of the small province."""

    root: Path

    def load(self) -> Project:
        """Load the project."""
        return load(self.root)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project, by its path relative to the root."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    def write_layer(self, text: str, *, name: str = "other", theme: str = "works") -> Path:
        """Write a layer file."""
        return self.write(f"layers/{theme}/{name}.toml", text)

    def write_shapes(
        self,
        shapes: Sequence[shapely.Geometry | None],
        *,
        name: str = "layers/works/shapes.gpkg",
        state: object = crs.WORK_CRS,
        **columns: Sequence[object],
    ) -> Path:
        """Write shapes of the work CRS as a file that states CRS `state`."""
        made = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs.WORK_CRS)
        made = made.set_crs(None, allow_override=True) if state is None else made.to_crs(state)
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            made.to_parquet(path)
        else:
            driver = "OpenFileGDB" if path.suffix == ".gdb" else None
            made.to_file(path, driver=driver)
        return path

    def inputs(self, *without: str) -> LayerInputs:
        """Return where the layers come from, with some files left out."""
        project = self.load()
        return LayerInputs(
            folders=project.layer_folders(),
            reference=project.folder("reference"),
            root=project.root,
            sources=project.config.sources,
            vintage=read_source(project.folder("boundaries")).vintage,
            as_of=project.config.as_of,
            without=frozenset(without),
            documents=project.documents_folder,
            mappings=project.mapping_folders(),
        )

    def layers(self, kept: Kept | None = None) -> dict[str, pd.DataFrame]:
        """Return the tables of the layers stage, on the boundaries that all projects share."""
        boundaries, inputs = self.load().folder("boundaries"), self.inputs()
        gazetteer = load_gazetteer(boundaries)
        units = small_units(boundaries)
        return build_layers(inputs, units=units, gazetteer=gazetteer, kept=kept)

    def run(self, *stages: str) -> dict[str, pd.DataFrame]:
        """Run stages (by default all but publish) and return all tables that are there."""
        run_stages(self.load(), stages or STAGES[:-1])
        there = {path.stem for path in (self.root / "build").glob("*.parquet")}
        return read_tables(self.load(), [n for n in TABLES if n in there | {"issues", "dropped"}])


_UNITS: list[gpd.GeoDataFrame] = []


def small_units(folder: Path) -> gpd.GeoDataFrame:
    """Return the table `units` of the small province, made once from `folder`."""
    if not _UNITS:
        _UNITS.append(build_units(folder, load_gazetteer(folder), scope=PROVINCE)[0])
    return _UNITS[0].copy()


def make_project(root: Path) -> SmallProject:
    """Fill `root` with a whole project: configuration, boundaries, reference and one layer."""
    project = SmallProject(root)
    project.write("geoplan.toml", CONFIG)
    for name, text in (("gazetteer", _GAZETTEER), ("changes", _CHANGES), ("groups", _GROUPS)):
        project.write(f"data/boundaries/{name}.csv", "\ufeff" + text)
    project.write("data/boundaries/source.toml", _SOURCE)
    counties = {"adcode": list(CELLS), "geometry": [degrees(cell(code)) for code in CELLS]}
    made = gpd.GeoDataFrame(counties, crs=crs.DATA_CRS)
    made.to_parquet(root / "data/boundaries/counties.parquet")
    places = [
        ("东镇", "town", "910101", *point(0.5, 1.5)),
        ("西镇", "town", "910102", *point(1.5, 1.5)),
        ("口镇", "town", "910202", *point(2.5, 0.5)),
        ("同名", "town", "910103", *point(0.5, 0.5)),
        ("同名", "town", "910202", *point(2.5, 0.2)),
    ]
    rows = [f"{n},{k},{a},{x:.9f},{y:.9f},test" for n, k, a, x, y in places]
    project.write(
        "data/reference/places.csv", "\n".join(["name,kind,adcode,lon,lat,source", *rows])
    )
    river = shapely.LineString([point(-1, 0.5), point(4, 0.5)])
    rivers = {"name": ["长河"], "name_en": ["Long River"], "geometry": [river]}
    gpd.GeoDataFrame(rivers, crs=crs.DATA_CRS).to_parquet(root / "data/reference/rivers.parquet")
    classes = "\n".join(
        f'[[class]]\nid = "{c}"\ntitle = {{ zh = "类", en = "{c}" }}\ncolour = "#80{i}040"\n'
        for i, c in enumerate(CLASS_IDS)
    )
    project.write("layers/documents.toml", _DOCUMENTS)
    project.write("layers/classes.toml", f"{_CLASSES}\n{classes}")
    project.write_layer(zones(), name="zones", theme="zones")
    return project


def write_manifest(folder: Path) -> None:
    """Write the manifest of a folder as a build does."""
    outputs = {name: {"sha256": digest} for name, digest in hashes(folder).items()}
    manifest.write(folder, {"inputs": {}}, outputs=outputs)


def assert_same(one: Tables, two: Tables) -> None:
    """Check that tables are the same, bit for bit."""
    assert list(one) == list(two)
    for name, table in one.items():
        plain = [pd.DataFrame(t) for t in (table, two[name])]
        if "geometry" in table:
            wkb = [shapely.to_wkb(np.asarray(t["geometry"])) for t in plain]
            assert list(wkb[0]) == list(wkb[1])
            plain = [t.drop(columns="geometry") for t in plain]
        pd.testing.assert_frame_equal(*plain, check_exact=True)


def hashes(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file of a folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(small: SmallProject) -> list[str]:
    """Return files and folders that a build left half-written."""
    names = [path.name for path in small.root.rglob("*")]
    return [n for n in names if n.endswith((".part", ".new")) or n == ".maps.old"]
