"""KML and GML: folders, columns, coordinates in the order that is meant, nothing followed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import shapely

from geoplan import vector
from geoplan.errors import DataError
from geoplan.reading import Reading
from geoplan.vector.markup import systems_named
from tests.corpus.formats import KML_RING, LINK, TRACK, gml, kml, placemark
from tests.vector.test_tables import told

SCHEMA = (
    '<Schema id="s" name="s"><SimpleField name="MJ" type="double"/>'
    '<SimpleField name="n" type="int"/><SimpleField name="t" type="bool"/>'
    '<SimpleField name="code" type="string"/></Schema>'
)


def data(**cells: object) -> str:
    """Return cells of a placemark by a schema."""
    inside = "".join(f'<SimpleData name="{k}">{v}</SimpleData>' for k, v in cells.items())
    return f'<ExtendedData><SchemaData schemaUrl="#s">{inside}</SchemaData></ExtendedData>'


def place(inside: str, name: str = "甲") -> str:
    """Return a placemark."""
    return f"<Placemark><name>{name}</name>{inside}</Placemark>"


POINT = "<Point><coordinates>112.5,37.5,900</coordinates></Point>"


def read(folder: Path, inside: str, layer: str | None = None) -> vector.Read:
    """Read a KML of some content."""
    path = folder / "图.kml"
    path.write_text(kml(inside), "utf-8")
    return vector.read(path, reading=Reading(layer=layer))


def test_folders_are_layers(tmp_path: Path) -> None:
    inside = (
        f"{place(POINT, '根')}<Folder><name>红线</name>{place(POINT, '一')}"
        f"<Folder><name>内</name>{place(POINT, '二')}</Folder>{place(POINT, '三')}</Folder>"
        f"<Folder>{place(POINT, '四')}</Folder><Folder><name>空</name></Folder>"
    )
    with pytest.raises(DataError, match=r"holds 4 layers: '图' .*'红线' .*'红线/内' .*'Folder'"):
        read(tmp_path, inside)
    names = {"图": ["根"], "红线": ["一", "三"], "红线/内": ["二"], "Folder": ["四"]}
    for layer, wanted in names.items():
        assert list(read(tmp_path, inside, layer).frame["name"]) == wanted


def test_columns_have_the_types_of_the_schema(tmp_path: Path) -> None:
    first = place(data(MJ="1.5", n="3", t="1", code="007") + POINT)
    second = place(data(MJ="", n=" 4 ", t="false") + POINT)
    frame = read(tmp_path, SCHEMA + first + second).frame
    assert frame["MJ"][0] == 1.5
    assert pd.isna(frame["MJ"][1])
    assert list(frame["n"]) == [3, 4]
    assert list(frame["t"]) == [True, False]
    assert frame["code"][0] == "007"
    assert frame.crs.to_epsg() == 4326


def test_a_column_that_breaks_its_type_stays_text(tmp_path: Path) -> None:
    frame = read(tmp_path, SCHEMA + place(data(n="3") + POINT) + place(data(n="x") + POINT)).frame
    assert list(frame["n"]) == ["3", "x"]


def test_plain_data_and_times(tmp_path: Path) -> None:
    extra = '<ExtendedData><Data name="name"><value>乙</value></Data></ExtendedData>'
    time = "<TimeSpan><begin>2020</begin><end>2021</end></TimeSpan>"
    frame = read(tmp_path, place(f"<description>说明</description>{time}{extra}{POINT}")).frame
    row = {column: frame[column][0] for column in frame.columns if column != "geometry"}
    assert row == {
        "name": "甲",
        "description": "说明",
        "begin": "2020",
        "end": "2021",
        "name_2": "乙",
    }


def shape(folder: Path, inside: str) -> shapely.Geometry | None:
    """Return the shape of a placemark."""
    made: shapely.Geometry | None = read(folder, place(inside)).frame.geometry[0]
    return made


LINE = "<LineString><coordinates>0,0 1,1</coordinates></LineString>"
RING = "<LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>"
HOLED = (
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 4,0 4,4 0,4 0,0</coordinates>"
    "</LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2 1,2"
    "</coordinates></LinearRing></innerBoundaryIs></Polygon>"
)


@pytest.mark.parametrize(
    ("inside", "wkt"),
    [
        (POINT, "POINT (112.5 37.5)"),
        (LINE, "LINESTRING (0 0, 1 1)"),
        (RING, "LINESTRING (0 0, 1 0, 1 1, 0 0)"),
        (HOLED, "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))"),
        (
            f"<MultiGeometry>{LINE}<MultiGeometry>{LINE}</MultiGeometry></MultiGeometry>",
            "MULTILINESTRING ((0 0, 1 1), (0 0, 1 1))",
        ),
        (f"<MultiGeometry>{HOLED}</MultiGeometry>", None),
        (
            f"<MultiGeometry>{LINE}{POINT}</MultiGeometry>",
            "GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1), POINT (112.5 37.5))",
        ),
    ],
)
def test_shapes(tmp_path: Path, inside: str, wkt: str | None) -> None:
    made = shape(tmp_path, inside)
    assert made is not None
    assert wkt is None or made.wkt == wkt
    assert shapely.area(made) in (0, 15)


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    made = read(tmp_path, placemark(KML_RING) + TRACK + LINK + place("", "空"))
    assert [s is None for s in made.frame.geometry] == [False, True, True]
    texts = "\n".join(n.message for n in made.notices if n.code == "format.left_out")
    assert "1 <NetworkLink> left out: links to other files, which are never followed" in texts
    assert "1 <Track>" in texts


def test_coordinates_that_are_none(tmp_path: Path) -> None:
    made = read(tmp_path, place(POINT) + place(POINT.replace("112.5", "x")))
    notice = told(made, "format.broken_shapes")
    assert (notice.rows, notice.count) == ((2,), 1)
    assert made.frame.geometry[1] is None


def test_kml_in_gbk(tmp_path: Path) -> None:
    text = kml("".join(place(POINT, f"榆次区{n}街道办事处") for n in range(5)))
    path = tmp_path / "a.kml"
    path.write_bytes(text.replace("UTF-8", "GBK").encode("gbk"))
    made = vector.read(path)
    assert made.frame["name"][4] == "榆次区4街道办事处"


EAST_NORTH = [
    ("urn:ogc:def:crs:EPSG::4490", "37 112", (112, 37), 4490),
    ("urn:x-ogc:def:crs:EPSG:4490", "37 112", (112, 37), 4490),
    ("http://www.opengis.net/def/crs/EPSG/0/4490", "37 112", (112, 37), 4490),
    ("EPSG:4490", "112 37", (112, 37), 4490),
    ("http://www.opengis.net/gml/srs/epsg.xml#4490", "112 37", (112, 37), 4490),
    *(
        (f"urn:ogc:def:crs:EPSG::{code}", "4100000 37500000", (37_500_000, 4_100_000), code)
        for code in (4513, 4525, 4547, 4491, 4502, 2349, 2401)
    ),
    ("EPSG:4525", "37500000 4100000", (37_500_000, 4_100_000), 4525),
    ("urn:ogc:def:crs:EPSG::32649", "500000 4100000", (500_000, 4_100_000), 32649),
]
"""Chinese zones of the EPSG have north first, UTM east; short names mean east first."""


@pytest.mark.parametrize(("system", "position", "xy", "code"), EAST_NORTH)
def test_gml_comes_out_east_north(
    tmp_path: Path, system: str, position: str, xy: tuple[float, float], code: int
) -> None:
    path = tmp_path / "a.gml"
    path.write_text(gml((system, position)), "utf-8")
    made = vector.read(path)
    assert (made.frame.geometry[0].x, made.frame.geometry[0].y) == xy
    assert made.frame.crs.to_epsg() == code
    assert list(made.frame["名称"]) == ["甲"]
    # GDAL would leave a file beside it.
    assert [each.name for each in tmp_path.iterdir()] == ["a.gml"]
    named = system.startswith(("urn", "http://www.opengis.net/def"))
    assert any(n.code == "format.axis_order" for n in made.notices) is named


def test_gml_without_a_system(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text(gml(("", "37 112")), "utf-8")
    assert vector.read(path).frame.crs is None


def test_a_schema_beside_it_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text(gml(("EPSG:4490", "112 37")), "utf-8")
    (tmp_path / "a.gfs").write_text("<GMLFeatureClassList/>")
    assert len(vector.read(path).frame) == 1


def test_systems_are_found_across_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_text(" " * ((1 << 20) - 10) + "srsName=\"EPSG:4490\" srsName='EPSG:4525'")
    assert systems_named(path) == ["EPSG:4490", "EPSG:4525"]
