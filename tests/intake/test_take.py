"""Files are taken: what is open is refused with the options, the rest is mended and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import geopandas as gpd
import shapely

from geoplan import crs, intake
from geoplan.errors import (
    DataError,
    GeometryError,
    GeoplanError,
    ImplausibleCRSError,
    MissingCRSError,
    RefusedError,
    UsageError,
)
from geoplan.reading import Reading
from tests.intake.files import PLOTS, USES, bow, frame_of, shapefile, swapped
from tests.small import SmallProject, box


@pytest.fixture
def ground(small: SmallProject) -> intake.Ground:
    return intake.ground_of(small.load())


def codes(taken: intake.Taken | intake.Inspected) -> list[str]:
    return [notice.code for notice in taken.notices]


def km2(frame: gpd.GeoDataFrame) -> float:
    return float(shapely.area(crs.any_to_work(frame.geometry.to_numpy(), frame.crs)).sum() / 1e6)


def test_an_honest_file_is_taken_as_it_is(small: SmallProject, ground: intake.Ground) -> None:
    path = small.write_shapes(PLOTS, name="plots.gpkg", state=crs.DATA_CRS, use=list(USES))
    taken = intake.take(path, ground=ground)
    assert (taken.format, taken.notices, taken.repaired, taken.encoding) == (
        "geopackage",
        (),
        0,
        None,
    )
    assert list(taken.frame["use"]) == list(USES)
    assert km2(taken.frame) == pytest.approx(250, abs=1e-6)
    assert taken.digest == intake.digest_of(path)
    assert intake.rows_of(path) == 3


def test_without_a_system_nothing_is_computed_and_the_options_are_named(
    tmp_path: Path, ground: intake.Ground
) -> None:
    path = shapefile(tmp_path, frame_of(to="EPSG:4525"))
    with pytest.raises(MissingCRSError, match=r"--assume-crs EPSG:4525") as fault:
        intake.take(path, ground=ground)
    assert fault.value.code == "crs.missing"
    assert str(fault.value).startswith(f"{path}: ")


def test_what_a_person_says_decides(tmp_path: Path, ground: intake.Ground) -> None:
    path = shapefile(tmp_path, swapped(frame_of([*PLOTS[:2], bow()], to="EPSG:4525")))
    said = Reading(encoding="GB18030", assume_crs="EPSG:4525", swap_xy=True)
    taken = intake.take(path, said, ground=ground)
    assert list(taken.frame["用途"]) == list(USES)
    assert km2(taken.frame) == pytest.approx(100 + 100 + 2 * 6.25, rel=1e-6)
    assert (taken.encoding, taken.guessed, taken.repaired) == ("GB18030", False, 1)
    assert {"crs.assumed", "crs.axes_turned", "repair.self_crossing"} <= {*codes(taken)}
    (repair,) = [n for n in taken.notices if n.code == "repair.self_crossing"]
    assert repair.rows == (3,)
    assert repair.area_after_m2 == pytest.approx(12.5e6, rel=1e-6)


def test_an_encoding_that_was_found_out_is_told(tmp_path: Path, ground: intake.Ground) -> None:
    names = ["生态保护红线", "永久基本农田", "城镇开发边界"]
    path = shapefile(tmp_path, frame_of(名称=names), without=[".cpg"])
    taken = intake.take(path, ground=ground)
    assert (taken.encoding, taken.guessed) == ("GB18030", True)
    assert list(taken.frame["名称"]) == names
    assert "encoding.detected" in codes(taken)


def test_degrees_of_web_maps_are_moved_back(small: SmallProject, ground: intake.Ground) -> None:
    frame = frame_of()
    there = crs.shifted_from(frame.geometry.to_numpy(), "GCJ-02")
    moved = frame.set_geometry(gpd.GeoSeries(there, crs=crs.DATA_CRS))
    path = small.root / "web.gpkg"
    moved.to_file(path)
    back = intake.take(path, Reading(assume_crs="GCJ-02"), ground=ground).frame
    off = shapely.hausdorff_distance(back.geometry.to_numpy(), frame.geometry.to_numpy())
    assert off.max() < 1e-7


def test_names_of_units_become_their_polygons(tmp_path: Path, ground: intake.Ground) -> None:
    path = tmp_path / "产量.csv"
    path.write_text("县名,产量\n西山县,3\n东山,4\n合计,7\n", "utf-8")
    taken = intake.take(path, ground=ground)
    assert taken.format == "csv"
    sizes = shapely.area(crs.any_to_work(taken.frame.geometry.to_numpy(), taken.frame.crs))
    assert sizes[:2].tolist() == pytest.approx([1e8, 1e8], rel=1e-6)
    assert taken.frame.geometry.iloc[2] is None or taken.frame.geometry.iloc[2].is_empty
    assert "repair.null" in codes(taken) or any(c.startswith("format.") for c in codes(taken))


def _text(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def _wrong_system(folder: Path) -> Path:
    path = folder / "degrees.gpkg"
    frame_of().set_crs("EPSG:4525", allow_override=True).to_file(path)
    return path


def _infinite(folder: Path) -> Path:
    frame = frame_of()
    shapes = list(frame.geometry)
    with np.errstate(invalid="ignore"):
        bad = shapely.Polygon([(112, 36), (112.1, float("nan")), (112.1, 36.1)])
    made = frame.set_geometry(gpd.GeoSeries([shapes[0], bad, shapes[2]], crs=frame.crs))
    made.to_parquet(folder / "nan.parquet")
    return folder / "nan.parquet"


@pytest.mark.parametrize(
    ("make", "kind", "code"),
    [
        (_text("a.gpkg", b"<html>not found</html>"), RefusedError, "refused."),
        (_text("b.geojson", b""), GeoplanError, ""),
        (_text("c.csv", b"a,b\n1,2\n"), DataError, "format."),
        (_wrong_system, ImplausibleCRSError, "crs.degrees_as_metres"),
        (_infinite, GeometryError, "repair.not_finite"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_code(
    tmp_path: Path,
    ground: intake.Ground,
    make: Callable[[Path], Path],
    kind: type[GeoplanError],
    code: str,
) -> None:
    path = make(tmp_path)
    with pytest.raises(kind) as fault:
        intake.take(path, ground=ground)
    assert fault.value.code.startswith(code), fault.value.code
    assert str(fault.value).startswith(str(path))


def test_repairs_stop_at_their_limit(tmp_path: Path, ground: intake.Ground) -> None:
    # Two of three rows change by far more than a hundredth.
    twice = shapely.MultiPolygon([box(0, 0, 0.9, 1), box(0.1, 0, 1, 1)])
    frame_of([PLOTS[1], twice]).to_file(tmp_path / "a.gpkg")
    with pytest.raises(GeometryError, match="--repair-limit") as fault:
        intake.take(tmp_path / "a.gpkg", ground=ground)
    assert fault.value.code == "repair.limit"


def test_an_option_that_does_not_fit_is_wrong_use(tmp_path: Path, ground: intake.Ground) -> None:
    path = shapefile(tmp_path, frame_of(), without=[])
    for said, word in (
        (Reading(encoding="GB1803"), "GB1803"),
        (Reading(assume_crs="EPSG:1"), "EPSG:1"),
    ):
        with pytest.raises(UsageError, match=word):
            intake.take(path, said, ground=ground)


def test_coordinates_that_no_system_has_are_refused(small: SmallProject) -> None:
    frame = frame_of()
    away = shapely.transform(frame.geometry.iloc[2], lambda xy: xy + np.array([1000.0, 0.0]))
    frame.geometry = [*frame.geometry[:2], away]
    frame.to_file(small.root / "far.gpkg")
    with pytest.raises(ImplausibleCRSError, match=r"1 of 3 row\(s\)") as caught:
        intake.take(small.root / "far.gpkg", project=small.load())
    assert caught.value.code == "crs.outliers"
    told = intake.inspected(small.root / "far.gpkg", project=small.load())
    assert [n.rows for n in told.notices if n.code == "crs.outliers" and n.rows] == [(3,)]
