"""What is told of a file: facts, faults, options, commands; nothing of it is raised."""

from __future__ import annotations

import json
import shlex
import zipfile
from pathlib import Path

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan import crs, intake
from geoplan.errors import DataError
from geoplan.intake import doors
from geoplan.intake.columns import LONGEST, fields_of, grouping_column
from geoplan.intake.steps import options_of, proposed, quoted, step, systems_in
from geoplan.reading import Notice, Reading
from tests.grids import write_grid
from tests.intake.files import PLOTS, USES, bow, frame_of, shapefile
from tests.small import SmallProject, box


def looked(path: Path, small: SmallProject, **options: str) -> intake.Inspected:
    """Return what is told of a file; its JSON is JSON."""
    told = intake.inspected(path, Reading(**options), project=small.load())
    assert json.loads(json.dumps(told.as_json(), allow_nan=False))["format"] == told.format
    return told


def codes(told: intake.Inspected, severity: str = "") -> list[str]:
    return [n.code for n in told.notices if severity in ("", n.severity)]


def test_an_honest_file_has_facts_and_nothing_to_decide(small: SmallProject) -> None:
    shapes = [*PLOTS, None]
    path = small.write_shapes(shapes, name="plots.gpkg", use=[*USES, None], size=[1, 2, 3, 4])
    told = looked(path, small)
    assert (told.format, told.rows, told.exit_code) == ("geopackage", 4, 0)
    assert [(f.name, f.type, f.empty, f.distinct) for f in told.fields] == [
        ("use", "text", 1, 3),
        ("size", "integer", 0, 4),
    ]
    assert (told.fields[1].least, told.fields[1].most) == (1, 4)
    assert told.shapes is not None
    assert told.place is not None
    assert told.system is not None
    assert dict(told.shapes.kinds) == {"Polygon": 3}
    assert (told.shapes.null, told.shapes.invalid) == (1, {})
    assert told.shapes.area_km2 == pytest.approx(250, abs=1e-6)
    assert [(c["adcode"], c["features"]) for c in told.place.counties] == [
        ("910103", 1),
        ("910104", 1),
        ("910202", 1),
    ]
    assert told.place.outside == 0
    assert told.place.share_outside == pytest.approx(0, abs=1e-9)
    assert (told.system.why, told.system.suggested) == ("stated", ())
    assert told.files == (("plots.gpkg", path.stat().st_size),)
    assert not codes(told, "error")


def test_four_faults_of_a_shapefile_are_named(tmp_path: Path, small: SmallProject) -> None:
    path = shapefile(tmp_path, frame_of([*PLOTS[:2], bow()], to="EPSG:4525"))
    told = looked(path, small)
    found = codes(told)
    assert {"crs.missing", "crs.zone_prefix", "encoding.detected", "repair.self_crossing"} <= {
        *found
    }
    assert told.exit_code == 1
    assert told.system is not None
    assert (told.system.stated, told.system.why) == (None, "assumed")
    assert told.system.suggested[0] == "EPSG:4525"
    assert told.proposed.assume_crs == "EPSG:4525"
    assert told.shapes is not None
    assert dict(told.shapes.invalid) == {"Self-intersection": 1}
    assert told.shapes.area_km2 == pytest.approx(212.5, rel=1e-6)
    # With what it proposes there is nothing left to decide.
    again = intake.inspected(path, told.proposed, project=small.load())
    assert (again.exit_code, again.system and again.system.why) == (0, "given")


def test_a_wrong_cpg_is_told_and_the_right_encoding_is_shown(
    tmp_path: Path, small: SmallProject
) -> None:
    names = ["生态保护红线", "永久基本农田", "城镇开发边界"]
    path = shapefile(tmp_path, frame_of(名称=names), without=[])
    path.with_suffix(".cpg").write_text("UTF-8")
    told = looked(path, small)
    assert (told.exit_code, told.proposed.encoding) == (1, "GB18030")
    assert told.notices[0].code.startswith("encoding.")
    assert {*told.fields[0].samples} == {*names}
    wrong = looked(path, small, encoding="UTF-8")
    assert (wrong.exit_code, wrong.fields) == (3, ())
    assert wrong.notices[0].code.startswith("encoding.")


def test_commands_can_be_copied(
    tmp_path: Path, small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a b's"
    folder.mkdir()
    path = shapefile(folder, frame_of(to="EPSG:4525"), "地 块.shp")
    told = looked(path, small)
    words = [each.argv for each in told.steps if each.argv]
    assert words[0][:5] == ("geoplan", "map", str(path), "--by", "用途")
    for each in told.steps:
        assert shlex.split(each.command) == list(each.argv)
    options = ("--assume-crs", "EPSG:4525")
    assert words[-1][-4:] == (*options, "--project", str(small.root))
    monkeypatch.chdir(small.root)
    assert looked(path, small).steps[-1].argv[-2:] == options


def test_where_it_lies_outside_is_told(small: SmallProject) -> None:
    shapes = [box(2.5, 0, 3.5, 1), box(5, 0, 6, 1)]
    path = small.write_shapes(shapes, name="far.gpkg", state=crs.DATA_CRS, use=["a", "b"])
    told = looked(path, small)
    assert told.place is not None
    assert told.place.outside >= 1
    assert told.place.share_outside == pytest.approx(0.75, abs=1e-6)


def test_features_count_in_each_county_that_they_lie_in(small: SmallProject) -> None:
    lines = [(0.5, 0.5), (1.5, 0.5)], [(0.0, 1.0), (1.0, 1.0)]
    ends = [[shapely.get_coordinates(box(x, y, x, y))[0] for x, y in line] for line in lines]
    path = small.write_shapes(list(map(shapely.LineString, ends)), name="ways.gpkg", n=[1, 2])
    told = looked(path, small)
    assert told.place is not None
    assert told.shapes is not None
    counts = {c["adcode"]: c["features"] for c in told.place.counties}
    # The second runs along a border: by rounding it is in one of both sides, or in both.
    assert (counts["910104"], told.place.outside) == (1, 0)
    assert told.shapes.length_km == pytest.approx(20, abs=0.5)
    assert told.shapes.area_km2 is None


def test_tables_without_places_say_which_columns_there_are(
    tmp_path: Path, small: SmallProject
) -> None:
    path = tmp_path / "no.csv"
    path.write_text("a,b\n1,2\n")
    told = looked(path, small)
    assert (told.exit_code, codes(told)) == (1, ["format.no_geometry"])
    assert [name for name, _ in told.layers[0].fields] == ["a", "b"]
    path.write_bytes("县名,人口\n南水,1\n无此县,2\n".encode("gbk"))
    told = looked(path, small)
    assert (told.exit_code, codes(told)) == (1, ["data.unit", "encoding.detected"])


def test_gaps_and_overlaps_are_facts_unless_they_are_asked_for(small: SmallProject) -> None:
    shapes = [box(0, 0, 1, 1), box(0.9, 0, 2, 1)]
    path = small.write_shapes(shapes, name="double.gpkg", use=["a", "b"])
    told = intake.inspected(path, project=small.load())
    assert codes(told) == ["coverage.overlap"]
    assert (told.notices[0].severity, told.exit_code) == ("info", 0)
    asked = intake.inspected(path, project=small.load(), coverage=True)
    assert codes(asked, "warning") == ["coverage.overlap"]
    assert not intake.inspected(path, project=small.load(), coverage=False).notices


def test_several_layers_are_listed_and_each_has_a_command(small: SmallProject) -> None:
    path = small.write_shapes(PLOTS, name="two.gpkg", use=list(USES))
    frame_of().to_file(path, layer="第二层")
    told = looked(path, small)
    assert [layer.name for layer in told.layers] == ["two", "第二层"]
    assert (told.exit_code, told.fields) == (1, ())
    assert told.steps[1].argv[-2:] == ("--layer", "第二层")
    chosen = looked(path, small, layer="第二层")
    assert (chosen.layer, chosen.rows, chosen.exit_code) == ("第二层", 3, 0)
    assert "第二层" in chosen.steps[0].argv


def test_what_is_refused_is_told_and_nothing_else(tmp_path: Path, small: SmallProject) -> None:
    path = tmp_path / "page.zip"
    path.write_text("<html>404</html>")
    told = looked(path, small)
    assert (told.exit_code, told.fields, told.steps) == (3, (), ())
    assert told.notices[0].code.startswith("refused")
    for text in ("https://a.b/c.shp", "/vsizip/a.zip"):
        with pytest.raises(DataError, match="there is no such file"):
            intake.inspected(Path(text), project=small.load())
    with pytest.raises(DataError, match="there is no such file"):
        intake.inspected(tmp_path / "none.shp", project=small.load())


def test_large_layers_are_looked_at_by_sample(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MOST_ROWS", 50)
    monkeypatch.setattr(doors, "SAMPLE", 40)
    shapes = [box(x / 30, y / 30, (x + 1) / 30, (y + 1) / 30) for x in range(30) for y in range(10)]
    columns = {"n": list(range(300)), "use": [USES[i % 3] for i in range(300)]}
    for name in ("many.gpkg", "many.parquet", "many.fgb"):
        told = looked(small.write_shapes(shapes, name=name, **columns), small)
        assert "format.sampled" in codes(told), name
        assert told.rows == 300
        assert told.shapes is not None
        assert 20 <= told.shapes.looked_at <= 100
        assert told.shapes.area_km2 is None, "the area of a part is not that of the layer"
        assert told.fields[0].distinct == told.shapes.looked_at
        least, most = told.fields[0].least, told.fields[0].most
        assert isinstance(least, int)
        assert isinstance(most, int)
        assert (least < 20, most > 280) == (True, True)


def test_large_shapefiles_are_sampled_as_they_are_read(
    small: SmallProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MOST_ROWS", 50)
    monkeypatch.setattr(doors, "SAMPLE", 40)
    shapes = [box(x / 30, 0, (x + 1) / 30, 1) for x in range(60)]
    frame = frame_of(shapes, 用途=["农田", "林地", "草地"] * 20)
    path = shapefile(tmp_path, frame, without=(".cpg", ".shx"))
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as made:
        for part in sorted(tmp_path.glob("地块.*")):
            made.write(part, part.name)
    told = looked(path, small, encoding="GBK")
    assert "format.sampled" in codes(told)
    assert set(told.fields[0].samples) == set(USES)
    # GDAL never opens an archive.
    told = looked(tmp_path / "packed.zip", small, encoding="GBK")
    assert told.shapes is not None
    assert ("format.sampled" in codes(told), told.shapes.looked_at) == (False, 60)


def test_a_text_is_a_table_where_it_says_places(small: SmallProject, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("ID\tX\tY\n1\t112.1\t37.1\n2\t112.2\t37.2\n", encoding="utf-8")
    assert (looked(path, small).format, looked(path, small).rows) == ("csv", 2)
    path.write_text("第一章 总则\n坚持生态优先，绿色发展。\n", encoding="utf-8")
    assert looked(path, small).format == "text"
    path.write_text("[属性描述]\n坐标系=2000国家大地坐标系\n", encoding="gbk")
    told = looked(path, small)
    assert (told.refused, codes(told, "error")) == (True, ["refused.boundary_points"])


def test_a_folder_of_parquet_files_is_a_layer(small: SmallProject, tmp_path: Path) -> None:
    folder = tmp_path / "plots.parquet"
    folder.mkdir()
    for n in range(2):
        frame_of(PLOTS[n : n + 1], use=[USES[n]]).to_parquet(folder / f"{n}.parquet")
    told = looked(folder, small)
    assert (told.format, told.rows, told.refused) == ("geoparquet", 2, False)
    assert [field.name for field in told.fields] == ["use"]


def test_ministry_codes_are_named(small: SmallProject) -> None:
    columns = {"BSM": ["1", "2"], "YSDM": ["a", "a"], "XJXZQDM": ["910103", "910104"]}
    columns |= {"XJXZQMC": ["南水县", "城区"], "LHLX": ["x", "x"], "MJ": [1e8, 1e8]}
    told = looked(small.write_shapes(PLOTS[:2], name="STBHHX.gpkg", **columns), small)
    assert told.becomes["code"] == "STBHHX"
    assert told.becomes["title"] == "生态保护红线"
    assert any("STBHHX" in each.what for each in told.steps)


def test_a_raster_says_what_takes_it(tmp_path: Path, small: SmallProject) -> None:
    path = tmp_path / "dem.tif"
    write_grid(path, np.ones((3, 4), dtype="float32"), nodata=-1)
    told = looked(path, small)
    assert (told.format, told.facts["width"], told.facts["height"]) == ("raster", 4, 3)
    assert told.steps[0].argv == ("geoplan", "zonal", str(path))


def test_layer_files_and_texts_say_what_they_are(tmp_path: Path, small: SmallProject) -> None:
    toml = tmp_path / "zones.toml"
    toml.write_text('id = "a"\n[[feature]]\nid = "b"\n', "utf-8")
    assert looked(toml, small).facts["is"] == "a layer file"
    toml.write_text("id = \n", "utf-8")
    assert looked(toml, small).exit_code == 3
    text = tmp_path / "规划.txt"
    text.write_text("第一章\n第二章", "utf-8")
    told = looked(text, small)
    assert (told.format, told.facts["lines"]) == ("text", 2)
    assert told.steps[0].argv[:4] == ("geoplan", "catalogue", "check", "--documents")
    assert looked(tmp_path, small).exit_code == 3


def test_fields_tell_of_any_values() -> None:
    table = gpd.GeoDataFrame(
        {
            "text": ["a", " ", None, "b" * 100],
            "list": [[1], [1], None, [2]],
            "float": [1.5, float("nan"), float("inf"), 2.0],
            "none": [None, None, None, None],
            "flag": [True, False, True, True],
        }
    )
    told = {field.name: field for field in fields_of(table)}
    assert (told["text"].empty, told["text"].distinct) == (2, 2)
    assert max(len(str(value)) for value in told["text"].samples) == LONGEST
    assert (told["list"].type, told["list"].distinct) == ("other", 2)
    assert (told["float"].least, told["float"].most) == (1.5, "inf")
    assert (told["none"].type, told["flag"].type) == ("empty", "yes/no")
    assert grouping_column(fields_of(table), 4) == "text"
    assert grouping_column((), 4) is None


def test_options_are_read_from_proposals() -> None:
    notices = [
        Notice("a", "error", "", proposal="--assume-crs EPSG:4525 (a name); or --assume-crs 2361"),
        Notice("b", "warning", "", proposal="--swap-xy --encoding GB18030"),
        Notice("c", "warning", "", proposal="look at them, or --layer x"),
        Notice("d", "error", "", proposal="--assume-crs EPSG:4526"),
    ]
    made = proposed(Reading(encoding="UTF-8"), notices)
    assert made == Reading(encoding="UTF-8", assume_crs="EPSG:4525", swap_xy=True)
    assert options_of(made) == [
        "--encoding", "UTF-8", "--assume-crs", "EPSG:4525", "--swap-xy",
    ]  # fmt: skip
    assert systems_in(notices[0].proposal) == ["EPSG:4525", "2361"]


def test_names_that_no_shell_takes_give_no_command() -> None:
    assert step("x", ["geoplan", "a\x1b[31m.shp"]).argv == ()
    assert step("x", ["geoplan", "a\nb.shp"]).command == ""
    words = ["geoplan", "map", "a b'\"$(x).shp"]
    assert shlex.split(quoted(words)) == words


def test_shapes_are_counted(small: SmallProject) -> None:
    point = shapely.Point(shapely.get_coordinates(box(0.5, 0.5, 1, 1))[0])
    told = looked(small.write_shapes([point, point], name="sites.gpkg", n=[1, 2]), small)
    assert told.shapes is not None
    assert dict(told.shapes.kinds) == {"Point": 2}
    assert told.shapes.area_km2 is None
    assert told.place is not None
    assert told.place.share_outside is None


def test_where_repairs_stop_the_rest_is_told(small: SmallProject) -> None:
    # Two rings that overlap within the county: half of the area would change.
    both = shapely.MultiPolygon([box(0.2, 0.2, 0.6, 0.6), box(0.4, 0.2, 0.8, 0.6)])
    bows = [bow(), bow()]
    path = small.write_shapes([both, *bows], name="odd.gpkg", use=["a", "b", "c"])
    told = looked(path, small)
    assert told.exit_code == 1
    assert "repair.limit" in codes(told, "error")
    assert [each.argv[-2:] for each in told.steps] == [("--repair-limit", "1")]
    assert told.shapes is not None
    assert told.shapes.area_km2 == pytest.approx(24 + 2 * 12.5, abs=1e-6)
    out = small.root / "all.gpkg"
    wanted = intake.Wanted(repair_limit=1.0)
    made = intake.convert(path, out, project=small.load(), wanted=wanted)
    assert made.area_km2 == pytest.approx(told.shapes.area_km2, abs=1e-9)
    # A shape that cannot be mended is left out, and the others are placed.
    endless = shapely.LinearRing([(0, 0), (np.inf, 0), (1, 1)])
    frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(endless), box(0, 0, 1, 1)], crs=crs.WORK_CRS)
    assert doors.sound(frame).area.sum() == pytest.approx(1e8, abs=1)


def test_where_no_option_helps_no_command_is_proposed(small: SmallProject) -> None:
    frames = [frame_of(to=f"EPSG:{code}") for code in (4525, 4526)]
    shapes = [frames[n % 2].geometry.iloc[n] for n in range(3)]
    mixed = gpd.GeoDataFrame({"n": list("aab")}, geometry=shapes, crs="EPSG:4525")
    mixed.to_file(small.root / "mixed.gpkg")
    told = looked(small.root / "mixed.gpkg", small)
    assert "crs.other_zone" in codes(told, "error")
    assert told.steps == ()


def test_shifted_coordinates_say_what_they_were_brought_from(small: SmallProject) -> None:
    path = small.write_shapes(PLOTS, name="web.geojson", state=crs.DATA_CRS, n=[1, 2, 3])
    told = intake.inspected(path, Reading(assume_crs="GCJ-02"), project=small.load())
    assert told.system is not None
    assert str(told.system.used).startswith("GCJ-02, brought to EPSG:4490")
