"""``geoplan tabulate``: what it prints and writes, and what it says to wrong input."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

import geopandas as gpd
import shapely

from geoplan import crs
from tests.commands import Command, Result
from tests.small import box

AREAS = {
    ("=a", "x"): 1e6,
    ("b", "x"): 5e5,
    ("b", "y"): 1.5e6,
}
"""Area of each group, m²: squares of 1 km on two zones of 1.5 km²."""


def square(start: float, end: float) -> shapely.Geometry:
    """Return a strip 1 km high, from `start` to `end` in km."""
    return box(start / 10, 0, end / 10, 0.1)


def bow_tie() -> shapely.Geometry:
    """Return two triangles that a crossed ring makes, 0.5 km² beside the zones."""
    corners = shapely.get_coordinates(box(0, 0.2, 0.1, 0.3))[[0, 2, 1, 3, 0]]
    return shapely.Polygon(corners)


def frame(
    shapes: list[shapely.Geometry | None], state: object = crs.WORK_CRS, **columns: list[object]
) -> gpd.GeoDataFrame:
    """Return shapes of the work CRS as a table in CRS `state`."""
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.WORK_CRS).to_crs(state)


def plots(state: object = crs.WORK_CRS, **columns: list[object]) -> gpd.GeoDataFrame:
    """Return four squares, the last one beside the zones, and a bow-tie."""
    shapes = [*(square(i, i + 1) for i in range(4)), bow_tie()]
    return frame(shapes, state, **(columns or {"use": ["=a", "b", "b", None, "c"]}))


def zones(state: object = crs.WORK_CRS, **columns: list[object]) -> gpd.GeoDataFrame:
    """Return two zones that cover the first three squares."""
    shapes = [square(0, 1.5), square(1.5, 3)]
    return frame(shapes, state, **(columns or {"kind": ["x", "y"]}))


def save(table: gpd.GeoDataFrame, path: str) -> None:
    """Write a table in the format of the suffix."""
    table.to_parquet(path) if path.endswith(".parquet") else table.to_file(path)


def groups(result: Result) -> dict[tuple[object, ...], float]:
    """Return the areas that were printed with ``--json``, by their labels."""
    assert (result.code, "Traceback" in result.err) == (0, False), result
    made = {}
    for row in result.lines():
        *labels, area, _, _ = row.values()
        made[tuple(labels)] = float(str(area))
    return made


def refused(result: Result, code: int, *parts: str) -> None:
    """Check that a command ended with one message that has all parts, and left no file."""
    said = " ".join((result.out + result.err).replace("│", " ").split())
    assert result.code == code, said
    assert [part for part in parts if part not in said] == [], said
    assert "Traceback" not in said
    assert "a fault of geoplan itself" not in said
    assert [p.name for p in Path().iterdir() if p.name.startswith(("out.", ".out."))] == []


@pytest.fixture(autouse=True)
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with ``plots.parquet`` and ``zones.parquet``."""
    monkeypatch.chdir(tmp_path)
    save(plots(), "plots.parquet")
    save(zones(), "zones.parquet")


LAYERS = ("tabulate", "plots.parquet", "zones.parquet")
BOTH = (*LAYERS, "--by", "use", "--by", "kind")


def test_groups_are_printed_with_their_areas(command: Command) -> None:
    result = command(*BOTH)
    assert result.code == 0
    assert [line.split("\t") for line in result.out.splitlines()] == [
        ["use", "kind", "area_m2", "net_m2", "pieces"],
        ["=a", "x", "1000000.0000", "1000000.0000", "1"],
        ["b", "x", "500000.0000", "500000.0000", "1"],
        ["b", "y", "1500000.0000", "1500000.0000", "2"],
    ]
    assert re.sub(r"\[[\d. ]+\]", "[X Y]", result.err) == (
        "5 rows of plots.parquet; 3.000000 km2 in 3 groups; 1.500000 km2 outside of the other "
        "layers; 1 invalid shapes repaired (plots.parquet, row 4: Self-intersection[X Y])\n"
    )


def test_columns_stand_in_the_order_asked_for(command: Command) -> None:
    lines = command(*LAYERS, "--by", "zones.kind", "--by", "plots.use", "--json").lines()
    assert [list(row) for row in lines] == [
        ["zones.kind", "plots.use", "area_m2", "net_m2", "pieces"]
    ] * 3
    assert [row["zones.kind"] for row in lines] == ["x", "x", "y"]


def test_which_layer_comes_first_does_not_matter(command: Command) -> None:
    turned = command("tabulate", "zones.parquet", "plots.parquet", *BOTH[3:], "--json")
    assert turned == command(*BOTH, "--json")


def test_json_is_one_object_a_line(command: Command) -> None:
    save(zones(kind=[None, "y"]), "zones.parquet")
    assert command(*LAYERS, "--by", "kind", "--json").lines() == [
        {"kind": None, "area_m2": 1.5e6, "net_m2": 1.5e6, "pieces": 2},
        {"kind": "y", "area_m2": 1.5e6, "net_m2": 1.5e6, "pieces": 2},
    ]


def test_csv_opens_in_a_spreadsheet(command: Command) -> None:
    result = command(*BOTH, "--out", "out.csv")
    assert (result.code, result.out) == (0, "")
    assert result.err.endswith("; out.csv\n")
    assert Path("out.csv").read_bytes().decode("utf-8") == (
        "\ufeffuse,kind,area_m2,net_m2,pieces\n'=a,x,1000000,1000000,1\nb,x,500000,500000,1\nb,y,1500000,1500000,2\n"
    )


def test_parquet_keeps_labels_and_numbers(command: Command) -> None:
    assert command(*BOTH, "--out", "out.parquet", "--quiet") == Result(0, "", "")
    read = pd.read_parquet("out.parquet")
    assert read["area_m2"].tolist() == list(AREAS.values())
    assert list(zip(read["use"], read["kind"], strict=True)) == list(AREAS)
    assert read["pieces"].tolist() == [1, 1, 2]


def test_a_file_that_was_there_is_replaced(command: Command) -> None:
    Path("out.csv").write_text("old", encoding="utf-8")
    assert command(*BOTH, "--out", "out.csv").code == 0
    assert "old" not in Path("out.csv").read_text("utf-8")


def test_the_summary_tells_what_was_odd(command: Command) -> None:
    odd = [None, shapely.Polygon(), square(0, 1).centroid]
    save(frame([*plots().geometry, *odd], use=["a"] * 8), "plots.parquet")
    save(frame([square(0, 2), square(1, 3)], kind=["x", "y"]), "zones.parquet")
    result = command(*BOTH)
    assert "8 rows of plots.parquet; 4.000000 km2 in 2 groups" in result.err
    assert "1 invalid shapes repaired" in result.err
    assert "2 rows without a shape" in result.err
    assert "1 shapes that are no polygons" in result.err
    assert "shapes overlap each other in zones.parquet: see net_m2" in result.err


def test_invalid_shapes_of_a_held_layer_are_repaired_too(command: Command) -> None:
    save(frame([square(0, 3), bow_tie()], kind=["x", "y"]), "zones.parquet")
    result = command(*LAYERS, "--by", "kind", "--json")
    assert groups(result) == {("x",): 3e6, ("y",): 5e5}
    assert "2 invalid shapes repaired" in result.err


@pytest.mark.parametrize("suffix", ["parquet", "gpkg", "fgb", "shp", "geojson"])
def test_layers_of_any_format_and_system(command: Command, suffix: str) -> None:
    save(plots(crs.DATA_CRS), f"p.{suffix}")
    save(zones(crs.DATA_CRS), f"z.{suffix}")
    by = ("--by", "use", "--by", "kind", "--json")
    for layers in ((f"p.{suffix}", "zones.parquet"), ("plots.parquet", f"z.{suffix}")):
        made = groups(command("tabulate", *layers, *by))
        # An edge that is straight in degrees is not in metres: slivers at the borders.
        big = {label: area for label, area in made.items() if area > 1_000}
        assert big == pytest.approx(AREAS, rel=1e-4)


@pytest.mark.parametrize("stated", [True, False], ids=["with .cpg", "without .cpg"])
@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "held"])
def test_chinese_texts_of_a_shapefile(command: Command, streamed: bool, stated: bool) -> None:
    words = ["耕地", "林地", "耕地", "水域", "林地"]
    table = plots(dl=words) if streamed else zones(dl=words[:2])
    table.to_file("地类.shp", encoding="GBK")
    if not stated:
        Path("地类.cpg").unlink()
    other = "zones.parquet" if streamed else "plots.parquet"
    made = groups(command("tabulate", "地类.shp", other, "--by", "dl", "--json"))
    one = 1e6 if streamed else 1.5e6
    assert made == {("林地",): one, ("耕地",): 2e6 if streamed else one}


@pytest.mark.parametrize("memory", ["1MiB", "2GB"])
@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
def test_schedulers_and_memory_do_not_matter(command: Command, scheduler: str, memory: str) -> None:
    words = ("--scheduler", scheduler, "--workers", 2, "--memory", memory, "--json")
    assert groups(command(*BOTH, *words)) == AREAS


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("plots.parquet --by use", ("1 layer(s): an intersection is of at least two",)),
        ("plots.parquet zones.parquet", ("Missing option '--by'",)),
        ("--by use", ("Missing argument",)),
        (
            "plots.parquet zones.parquet --by kinds",
            ("column 'kinds' is in no layer", "Did you mean zones.kind?", "plots.use"),
        ),
        (
            "plots.parquet other.parquet --by use",
            ("column 'use' stands in 2 layers; write plots.use or other.use",),
        ),
        ("plots.parquet sub/plots.parquet --by use", ("same name: plots, plots; rename a file",)),
        ("plots.parquet zones.parquet --by use --by use", ("given twice: use, use",)),
        (
            "plots.parquet zones.parquet --by use --out t.xlsx",
            ("t.xlsx: a name has to end in .csv or .parquet",),
        ),
        ("plots.parquet zones.parquet --by use --out t/t.csv", ("there is no folder t; make it",)),
        ("plots.parquet zones.parquet --by use --out d.csv", ("d.csv: is a folder",)),
        ("plots.parquet zones.parquet --by use --json", ("--json prints, --out writes a file",)),
        ("plots.parquet zones.parquet --by use --memory lots", ("memory 'lots'", "512MiB or 2GB")),
        ("plots.parquet zones.parquet --by use --memory -1GB", ("memory '-1GB' is no amount",)),
        (
            "plots.parquet zones.parquet --by use --workers 0",
            ("'--workers'", "greater than or equal to 1"),
        ),
        (
            "plots.parquet zones.parquet --by use --scheduler dusk",
            ("scheduler 'dusk' is not known; allowed: threads, processes",),
        ),
        ("plots.parquet zones.parquet --by use --where x", ("No such option", "--where")),
    ],
)
def test_wrong_use_is_one_message(command: Command, words: str, parts: tuple[str, ...]) -> None:
    save(zones(use=["q", "q"]), "other.parquet")
    Path("sub").mkdir()
    Path("d.csv").mkdir()
    save(plots(), "sub/plots.parquet")
    refused(command("tabulate", "--out", "out.csv", *words.split()), 2, *parts)
    assert not Path("t.xlsx").exists()


def test_columns_of_the_result_are_no_columns_to_group_by(command: Command) -> None:
    save(zones(pieces=["q", "q"]), "zones.parquet")
    result = command(*LAYERS, "--by", "pieces", "--out", "out.csv")
    refused(result, 2, "area_m2, net_m2, pieces are columns of the result; rename")


@pytest.mark.parametrize("layers", ["bad.parquet zones.parquet", "plots.parquet bad.parquet"])
@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_files_that_cannot_be_used_are_named(command: Command, layers: str, out: str) -> None:
    words = ("tabulate", *layers.split(), "--by", "use", "--out", out)
    refused(command(*words), 3, "bad.parquet: there is no such file")
    table = plots()
    table.set_crs(None, allow_override=True).to_parquet("bad.parquet")
    refused(command(*words), 3, "bad.parquet: no coordinate system is stated", "--assume-crs EPSG:")
    pd.DataFrame({"use": ["a"]}).to_parquet("bad.parquet")
    refused(command(*words), 3, "bad.parquet: is no GeoParquet")
    table.to_parquet("bad.parquet", geometry_encoding="geoarrow")
    refused(command(*words), 3, "bad.parquet: geometry is ", "write it as WKB")
    content = Path("plots.parquet").read_bytes()
    Path("bad.parquet").write_bytes(content[: len(content) // 2])
    refused(command(*words), 3, "bad.parquet: cannot be read: ")
    Path("bad.parquet").write_bytes(b"")
    refused(command(*words), 3, "bad.parquet: cannot be read: ")


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_files_of_other_formats_cut_short_are_named(command: Command, suffix: str) -> None:
    save(plots(crs.DATA_CRS), f"whole.{suffix}")
    content = Path(f"whole.{suffix}").read_bytes()
    Path(f"bad.{suffix}").write_bytes(content[: len(content) * 2 // 3])
    for other in ("plots.parquet", "zones.parquet"):
        result = command("tabulate", f"bad.{suffix}", other, "--by", "use", "--out", "out.csv")
        refused(result, 3, f"bad.{suffix}: cannot be read: ")


def test_formats_that_are_not_known_are_refused(command: Command) -> None:
    Path("redline.dwg").write_bytes(b"AC1027")
    result = command(*LAYERS, "redline.dwg", "--by", "use", "--out", "out.csv")
    refused(result, 3, "redline.dwg: cannot be read: the name ends in '.dwg'", "as DXF", ".gpkg")


@pytest.mark.parametrize("name", ["plots.parquet", "zones.parquet"])
def test_coordinates_that_are_no_numbers_are_named_by_row(command: Command, name: str) -> None:
    table = plots() if name.startswith("plots") else zones()
    table.loc[1, "geometry"] = shapely.transform(
        table.geometry[1], lambda xy: np.where(np.arange(len(xy))[:, None] == 2, np.inf, xy)
    )
    save(table, name)
    parts = (name, "1 row(s) have", "no finite numbers", "row 1 (counted from 0); mend")
    refused(command(*BOTH, "--out", "out.csv"), 3, *parts)


def test_json_has_numbers_and_truth_values(command: Command) -> None:
    save(zones(n=[1, 2], x=[0.5, 2.0], yes=[True, False]), "zones.parquet")
    by = ("--by", "n", "--by", "x", "--by", "yes", "--json")
    first, second = command(*LAYERS, *by).lines()
    assert (first["n"], first["x"], first["yes"]) == (1, 0.5, True)
    assert (second["n"], second["x"], second["yes"]) == (2, 2.0, False)


def test_lists_are_nothing_to_group_by(command: Command) -> None:
    save(zones(kind=[["a"], ["b", "c"]]), "zones.parquet")
    result = command(*LAYERS, "--by", "kind", "--out", "out.csv")
    refused(result, 3, "zones.parquet", "column 'kind' holds list<", "only texts, numbers, dates")


def test_help_has_examples(command: Command) -> None:
    result = command("tabulate", "--help")
    assert result.code == 0
    assert "Examples: geoplan tabulate parcels.parquet zones.gpkg" in " ".join(result.out.split())


def test_a_geometry_that_cannot_be_read_is_named_by_row(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(plots(), "plots.parquet")
    for name, table in (("plots", plots()), ("zones", zones())):
        texts = list(shapely.to_wkb(table.geometry.to_numpy()))
        texts[1] = texts[1][:5] + b"\xff\xff\xff\xff" + texts[1][9:]
        save(zones(), "zones.parquet")
        save(plots(), "plots.parquet")
        stored = parquet.read_table(f"{name}.parquet")
        place = stored.schema.get_field_index("geometry")
        broken = stored.set_column(place, stored.schema.field(place), pa.array(texts))
        parquet.write_table(broken, f"{name}.parquet")
        result = command("tabulate", "plots.parquet", "zones.parquet", "--by", "kind")
        refused(result, 3, f"{name}.parquet", "1 row(s) have a geometry", "row 1 (counted from 0)")


def test_the_table_never_replaces_a_layer(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(plots(), "plots.parquet")
    save(zones(), "zones.parquet")
    before = Path("plots.parquet").read_bytes()
    layers = ("plots.parquet", "zones.parquet")
    result = command("tabulate", *layers, "--by", "kind", "--out", tmp_path / "plots.parquet")
    assert result.code == 2
    assert "is one of the layers" in result.err
    assert Path("plots.parquet").read_bytes() == before


def test_dates_are_printed_as_texts(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(plots(day=list(pd.to_datetime(["2020-01-01"] * 5))), "plots.parquet")
    save(zones(), "zones.parquet")
    result = command("tabulate", "plots.parquet", "zones.parquet", "--by", "day", "--json")
    assert groups(result) == {("2020-01-01 00:00:00",): pytest.approx(3e6)}


@pytest.mark.parametrize("amount", ["", "MB", "1e400", "-1GB", "many"])
def test_memory_has_to_be_an_amount(command: Command, tmp_path: Path, amount: str) -> None:
    for name, table in (("plots", plots()), ("zones", zones())):
        save(table, str(tmp_path / f"{name}.parquet"))
    paths = (tmp_path / "plots.parquet", tmp_path / "zones.parquet")
    result = command("tabulate", *paths, "--by", "kind", "--memory", amount)
    refused(result, 2, "is no amount", "512MiB")
