"""The benchmarks' own parts: seeded layers, comparison of results, the written report."""

from __future__ import annotations

import argparse
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rasterio
import shapely

from benchmarks import charts, data, outcome, pages, parcels, report, units, zonal, zones

Layers = tuple[np.ndarray, np.ndarray]
SOME = 80
"""So many of the zones are enough here."""

ROOM = 300_000
"""More parcels than there is room for at once along their edges."""


@pytest.fixture(scope="module")
def layers() -> Layers:
    """Return counties and some zones."""
    _, areas = zones.counties()
    return areas, zones.zones(shapely.union_all(areas))[2][:SOME]


@pytest.fixture(scope="module")
def twice(layers: Layers) -> parcels.Slots:
    """Return the slots of more parcels than there is room for at once."""
    return parcels.slots(ROOM, *layers)


def test_same_seed_same_bytes(tmp_path: Path, layers: Layers) -> None:
    for name in ("a", "b"):
        with data.LayerWriter(tmp_path / name, [], data.WORK_CRS) as writer:
            for _, shapes in parcels.parcels(3_000, parcels.slots(3_000, *layers)):
                writer.write({}, shapes)
    first, second = ((tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second
    with data.LayerWriter(tmp_path / "c", [], data.WORK_CRS) as writer:
        for _, shapes in parcels.parcels(3_000, parcels.slots(3_000, *layers, seed=1), seed=1):
            writer.write({}, shapes)
    assert (tmp_path / "c").read_bytes() != first


def picked(places: parcels.Slots, which: np.ndarray) -> parcels.Slots:
    """Return some of the slots."""
    return parcels.Slots(*(part[which] for part in vars(places).values()))


def test_as_many_straddle_at_every_size(layers: Layers, twice: parcels.Slots) -> None:
    for count, places in ((10_000, parcels.slots(10_000, *layers)), (ROOM, twice)):
        assert places.grids.prod(axis=1).sum() >= count
        few = picked(places, np.linspace(0, len(places.numbers) - 1, 60).astype(int))
        shapes = np.concatenate([shapes for _, shapes in parcels.parcels(count, few)])
        assert 0.18 < parcels.straddling(shapes, *layers) < 0.28
        assert 5_500 < shapely.area(shapes).mean() < 9_500


def test_a_second_survey_has_other_fields_in_the_same_places(twice: parcels.Slots) -> None:
    assert set(twice.surveys.tolist()) == {0, 1}
    number = twice.numbers[twice.surveys == 1][0]
    pair = picked(twice, np.flatnonzero(twice.numbers == number))
    ((values, shapes),) = parcels.parcels(ROOM, pair)
    assert len(set(values["id"].tolist())) == len(shapes)
    half = len(shapes) // 2
    assert shapely.envelope(shapely.union_all(shapes[:half])).intersects(shapes[half:]).all()
    assert not any(shapely.equals(shapes[:half], shapes[half:]))


def test_zones_drawn_coarser_are_the_same_zones(layers: Layers) -> None:
    areas, fine = layers
    coarse = zones.zones(shapely.union_all(areas), finest=900)[2][:SOME]
    many, few = (shapely.get_num_coordinates(each).sum() for each in (fine, coarse))
    assert many > 5 * few
    rings = [shapely.get_num_interior_rings(each) for each in (fine, coarse)]
    assert (rings[0] == rings[1]).all()
    assert shapely.area(coarse) == pytest.approx(shapely.area(fine), rel=0.05)
    apart = shapely.distance(shapely.centroid(fine), shapely.centroid(coarse))
    assert apart.max() < 0.05 * zones.CELL_M


def test_same_groups_do_not_differ() -> None:
    groups = {("a",): 1e6, ("b",): 2e6}
    assert outcome.differences(groups, dict(groups)) == (0.0, 0.0, [])


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        pytest.param({("a",): 1e6, ("b",): 2e6 + 1e-4}, 0, id="noise"),
        pytest.param({("a",): 1e6 + 4, ("b",): 2e6 - 4}, 2, id="groups-but-not-the-total"),
        pytest.param({("a",): 1e6, ("b",): 2e6, ("c",): 1.0}, 2, id="one-group-more"),
        pytest.param({("a",): 1e6}, 2, id="one-group-less"),
        pytest.param({}, 3, id="nothing"),
    ],
)
def test_groups_that_differ(found: outcome.Groups, faults: int) -> None:
    assert len(outcome.differences(found, {("a",): 1e6, ("b",): 2e6})[2]) == faults


def test_pieces_are_counted_and_added_up(tmp_path: Path) -> None:
    shapes = np.array([shapely.box(0, 0, 2, 2), shapely.box(0, 0, 0.5, 0.5), shapely.Polygon()])
    (tmp_path / "pieces").mkdir()
    for name in ("0", "1"):
        path = tmp_path / "pieces" / f"{name}.parquet"
        with data.LayerWriter(path, [], data.WORK_CRS) as writer:
            writer.write({}, shapes)
    found = outcome.of_pieces(tmp_path / "pieces")
    assert found == outcome.Outcome(8.0, 2)
    assert outcome.disagreement(found, found)[1] == []
    assert len(outcome.disagreement(found, outcome.Outcome(8.1, 3))[1]) == 2


def test_report_replaces_what_stands_between_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "benchmarks.md"
    report.save(path, "compare", ["old"])
    report.save(path, "curves", ["curves"])
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("# Benchmarks", "# Benchmarks\n\nWords."), encoding="utf-8")
    report.save(path, "compare", report.table(["a", "b"], [["x|y", 1]]))
    text = path.read_text(encoding="utf-8")
    assert "Words." in text
    assert "old" not in text
    assert text.count("begin -->") == 2
    assert report.between("curves", text) == "curves"
    assert report.between("compare", text) == "| a | b |\n| --- | --: |\n| x/y | 1 |"
    assert report.between("overlay", text) == ""


def test_unit_costs_are_of_the_least_and_the_most() -> None:
    assert units.slope([(3.0, 11.0), (1.0, 7.0), (2.0, 100.0)]) == (2.0, 5.0)


def test_a_chart_is_svg_with_units_at_its_axes() -> None:
    line = charts.Line("CPU", [(1e5, 4.0), (1e7, 40.0)])
    panels = [
        charts.Panel("Time", "parcels", "seconds", [line]),
        charts.Panel("Memory", "parcels", "MiB", [line], flat=True),
    ]
    tree = ET.fromstring(charts.figure(panels, "Curves"))
    texts = {element.text for element in tree.iter() if element.text}
    assert {"parcels", "seconds", "MiB", "1 M", "10", "0"} <= texts


def test_times_of_pages_become_rows(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"x" * 20_000)
    found = {"a.html": [[(1.0, 0.2), (1.2, 0.3), (9.0, 0.25)], [(1.5, 0.1)] * 3]}
    assert pages.rows(tmp_path, found) == [
        ["a.html", "0.02", "1.20", "9.00", "0.25", "1.50", "1.50", "0.10"]
    ]
    assert pages.slow(found) == "none"
    assert pages.slow({"b.html": [[(1.6, 0.1)], [(0.1, 0.1)]], **found}) == "b.html"


def zonal_run(engine: str, seconds: float, **columns: list[float]) -> zonal.Run:
    """Return a run on parcels; of rasterstats each second row."""
    every = 2 if engine == "rasterstats" else 1
    return zonal.Run(
        engine, "parcels", seconds, 1.0, 100.0, 0.5, engine, every, pd.DataFrame(columns)
    )


def test_zonal_statistics_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zonal, "MOST_FAR", 0.5)
    given = argparse.Namespace(cells=10, parcels=2)
    ours = zonal_run("geoplan", 2.0, mean=[1.0, 2.0], median=[1.0, 2.0])
    theirs = zonal_run("exactextract", 6.0, mean=[1.0, 2.0], median=[1.0, 2.1])
    slow = zonal_run("rasterstats", 30.0, mean=[1.0], median=[1.0])
    lines, faults = zonal.lines_of([ours, theirs, slow], given)
    assert faults == []
    assert "15.0 times as fast as rasterstats and 3.0 times as fast as exactextract" in lines[-1]
    assert "of 2 medians 1 are more than" in lines[-1]
    assert "| rasterstats, one of 2 rows, scaled | parcels | 30.0 | 1.0 | 100 |" in lines
    quick = zonal_run("rasterstats", 10.0, mean=[1.0], median=[1.0])
    off = zonal_run("exactextract", 6.0, mean=[1.1, 2.0], median=[1.0, 2.0])
    _, faults = zonal.lines_of([ours, off, quick], given)
    assert len(faults) == 2


def test_the_grid_of_zonal_statistics_is_seeded(tmp_path: Path) -> None:
    one, two = (zonal.terrain(tmp_path / n, 600, 0.0, 0.0) for n in ("a.tif", "b.tif"))
    assert one.read_bytes() == two.read_bytes()
    with rasterio.open(one) as source:
        cells = source.read(1, masked=True)
    assert cells.shape == (600, 600)
    assert 0.005 < cells.mask.mean() < 0.015
    assert cells.std() > 50
