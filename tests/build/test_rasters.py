"""Raster layers in a build: made anew where they changed, handed out, and absent without a word."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from geoplan.build import build, list_units, run_stages
from geoplan.build.reporting import Reports, report
from geoplan.errors import StageError
from geoplan.schema import records
from tests.grids import of_counties, raster_class, raster_layer, write_grid
from tests.small import CITY_A, SmallProject, hashes

Built = tuple[SmallProject, dict[str, str]]
CLASSES = raster_class(1, "zone_a") + raster_class(2, "zone_b")


@pytest.fixture
def with_rasters(built: Built) -> SmallProject:
    """Return a built project to which heights and classes were added, and that was built again."""
    small = built[0]
    elevation = raster_layer("elevation", path=None, reference="elevation.tif")
    small.write_layer(elevation, name="elevation")
    write_grid(small.root / "data/reference/elevation.tif", of_counties(c910101=900.0))
    land = raster_layer("land", kind="categorical", measure=None) + CLASSES
    small.write_layer(land, name="land", theme="works")
    grid = of_counties().astype("uint8") % 2 + 1
    write_grid(small.root / "layers/works/land.tif", grid, nodata=0)
    build(small.load())
    return small


def test_what_a_raster_is_of_units_is_published(with_rasters: SmallProject) -> None:
    small = with_rasters
    table = (small.root / "maps/tables/zonal.csv").read_text("utf-8-sig").splitlines()
    assert table[0].startswith("layer,adcode,name,class,measure,mean,min,q10,median,q90,max,")
    assert "elevation,910101,东山区,,m,900,900,900,900,900,900,,,16,1.000000" in table
    assert "land,910101,东山区,zone_b,,,,,,,,100.000000,1.000000,16,1.000000" in table
    rasters = (small.root / "maps/tables/rasters.csv").read_text("utf-8-sig")
    assert "data/reference/elevation.tif" in rasters
    assert str(small.root) not in rasters
    package = json.loads((small.root / "maps/datapackage.json").read_text("utf-8"))
    (zonal,) = [r for r in package["resources"] if r["path"] == "tables/zonal.csv"]
    assert zonal["schema"]["primaryKey"] == ["layer", "adcode", "class"]


def test_without_rasters_there_is_nothing_of_them(built: Built) -> None:
    names = [name for name in built[1] if "zonal" in name or "raster" in name]
    assert names == []


def test_a_raster_that_changed_makes_only_what_shows_it(with_rasters: SmallProject) -> None:
    small = with_rasters
    before = hashes(small.root / "maps")
    assert build(small.load()).made == ()
    grid = of_counties(c910202=1.0).astype("uint8") % 2 + 1
    write_grid(small.root / "layers/works/land.tif", grid, nodata=0)
    build(small.load())
    after = hashes(small.root / "maps")
    changed = {name for name in before if before[name] != after[name]}
    assert {"tables/zonal.csv", "tables/rasters.csv"} <= changed
    pages = {name for name in changed if name.endswith((".html", ".svg", ".csv", ".geojson"))}
    shown = {"works.html", "print/works.svg", "index.html"}
    assert pages <= {"tables/zonal.csv", "tables/rasters.csv"} | shown


def test_a_raster_that_moved_under_the_stages_is_noticed(with_rasters: SmallProject) -> None:
    small = with_rasters
    write_grid(small.root / "layers/works/land.tif", of_counties().astype("uint8"))
    with pytest.raises(StageError, match=r"land.tif: was changed since stage 'layers' read it"):
        run_stages(small.load(), ["overlay"])


def test_heights_come_from_the_zonal_figures(with_rasters: SmallProject) -> None:
    small = with_rasters
    (row,) = records(list_units(small.load(), "东山区"))
    assert row["mean_height_m"] == pytest.approx(900)
    how = Reports(unit=CITY_A, formats=("html",), out=small.root / "out")
    (file,) = report(small.load(), how=how)
    # 900, 2, 3 and 4 m in counties of one size.
    assert "227" in file.read_text("utf-8")


def test_gdal_stays_out_where_no_raster_is_read() -> None:
    code = (
        "import sys, geoplan.build.stages, geoplan.overlay, geoplan.layers, geoplan.intake;"
        "print(sorted({'rasterio', 'exactextract'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
