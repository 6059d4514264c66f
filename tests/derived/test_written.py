"""Results are computed tile by tile, the same whoever computes, and whole or not there."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

import rasterio

from geoplan.config import Project
from geoplan.derived import How, Wanted, derive_distance, derive_shares, derive_terrain
from geoplan.derived import written as module
from geoplan.derived.written import Computed, Kind, check_out, digest_of, tags_of, titled, write
from geoplan.errors import DataError, StageError, UsageError
from geoplan.files import file_hash
from geoplan.raster import Grid, Window, look, read
from tests.raster.grids import LEFT, TOP, grid, numbered
from tests.raster.grids import write as save

KIND = Kind("float32", -9999.0, ("a",), "m")


def counted(window: Window, *, width: int) -> Computed:
    """Number cells over a grid; the first has no value."""
    rows = np.arange(window.row, window.row + window.height)[:, None]
    cols = np.arange(window.col, window.col + window.width)[None, :]
    cells = (rows * width + cols).astype("float32")
    cells[cells == 0] = KIND.nodata
    return Computed(cells, np.array([cells.size, 1.0]))


def failing(window: Window) -> Computed:
    raise DataError(f"row {window.row} is damaged")


def made(path: Path, on: Grid, how: How) -> module.Facts:
    tile = partial(counted, width=on.width)
    return write(path, on, tile=tile, kind=KIND, how=how, told={"a": "b"})


def test_tiles_make_the_grid_and_facts_are_of_all_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    on = grid(2_100, 1_030)  # 3 x 2 tiles, in three batches
    facts = made(tmp_path / "a.tif", on, How())
    assert (facts.known, facts.least, facts.most) == (on.width * on.height - 1, 1, 2_162_999)
    assert facts.mean == pytest.approx(2_163_000 / 2)
    assert facts.sums.tolist() == [2_163_000, 6]
    found = read(look(tmp_path / "a.tif"))
    expected = numbered(1_030, 2_100, "float32")
    assert np.array_equal(found.filled(0), expected)
    assert np.ma.getmaskarray(found).sum() == 1


def test_same_bytes_for_any_scheduler_and_workers(tmp_path: Path) -> None:
    on = grid(1_100, 40)
    ways = (How(), How("threads", 1), How("synchronous"), How("processes", 2))
    content = set()
    for number, how in enumerate(ways):
        made(tmp_path / f"{number}.tif", on, how)
        content.add((tmp_path / f"{number}.tif").read_bytes())
    assert len(content) == 1


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"before")
    with pytest.raises(DataError, match="row 0 is damaged"):
        write(path, grid(), tile=failing, kind=KIND, how=How(), told={})
    assert path.read_bytes() == b"before"
    assert [found.name for found in tmp_path.iterdir()] == ["a.tif"]


def test_a_scheduler_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="scheduler 'nobody' is not known"):
        made(tmp_path / "a.tif", grid(), How("nobody"))
    assert not list(tmp_path.iterdir())


def test_without_a_value_there_is_no_mean(tmp_path: Path) -> None:
    on = grid(1, 1)
    facts = made(tmp_path / "a.tif", on, How())
    assert facts.known == 0
    assert np.isnan([facts.least, facts.mean, facts.most]).all()


@pytest.mark.parametrize(
    ("name", "said"), [("a.png", "end the name in"), ("no/a.tif", "no folder")]
)
def test_where_it_cannot_be_written(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        check_out(tmp_path / name, project=None)


def test_tiles_that_are_read_are_not_replaced(tmp_path: Path) -> None:
    save(tmp_path / "1.tif", numbered())
    east = rasterio.Affine(100, 0, LEFT + 400, 0, -100, TOP)
    save(tmp_path / "2.tif", numbered(), transform=east)
    source = look(tmp_path)
    with pytest.raises(UsageError, match=r"2\.tif: is a file that is read"):
        check_out(tmp_path / "2.tif", sources=(source,), project=None)
    check_out(tmp_path / "3.tif", sources=(source,), project=None)
    one, both = look(tmp_path / "1.tif"), digest_of(source)
    assert digest_of(one) == file_hash(tmp_path / "1.tif")
    assert both not in (digest_of(one), file_hash(tmp_path / "2.tif"))


def test_tags_say_how_it_was_made_and_no_path(tmp_path: Path) -> None:
    source = look(save(tmp_path / "dem.tif", numbered()))
    tags = tags_of("slope", "Horn", sources=(source,), notes=("one", "two"))
    assert tags == {
        "GEOPLAN_DERIVED": "slope",
        "GEOPLAN_METHOD": "Horn",
        "GEOPLAN_SOURCE": f"dem.tif sha256 {file_hash(tmp_path / 'dem.tif')}",
        "GEOPLAN_NOTES": "one; two",
    }
    assert set(tags_of("a", "b")) == {"GEOPLAN_DERIVED", "GEOPLAN_METHOD"}


def test_titles_do_not_forget() -> None:
    assert titled("坡度") == "坡度"
    assert titled("坡度", synthetic=True, indicative=True) == "坡度（合成数据 synthetic，示意）"


def test_slope_over_tiles_of_a_folder_has_no_seam(tmp_path: Path) -> None:
    """Two files side by side are one DEM: the halo is read across the border."""
    heights = np.random.default_rng(7).normal(900, 30, (20, 24)).astype("float32")
    folder = tmp_path / "tiles"
    folder.mkdir()
    east = rasterio.Affine(100, 0, LEFT + 1_000, 0, -100, TOP)
    save(folder / "1.tif", heights[:, :10])
    save(folder / "2.tif", heights[:, 10:], transform=east)
    save(tmp_path / "whole.tif", heights)
    derive_terrain("slope", look(folder), out=tmp_path / "a.tif")
    derive_terrain("slope", look(tmp_path / "whole.tif"), out=tmp_path / "b.tif")
    one, two = read(look(tmp_path / "a.tif")), read(look(tmp_path / "b.tif"))
    assert one.count() == 18 * 22
    assert np.array_equal(one.filled(-1), two.filled(-1))


def test_slope_over_tiles_of_a_grid_has_no_seam(tmp_path: Path) -> None:
    heights = np.random.default_rng(8).normal(900, 30, (8, 1_030)).astype("float32")
    save(tmp_path / "dem.tif", heights)
    made = derive_terrain("percent", look(tmp_path / "dem.tif"), out=tmp_path / "a.tif")
    assert made.facts.known == 6 * 1_028
    found = read(look(tmp_path / "a.tif"))
    across, down = made.grid.cell_m
    z = heights.astype("float64")
    smooth = z[:-2] + 2 * z[1:-1] + z[2:]
    along = (smooth[:, 2:] - smooth[:, :-2]) / (8 * across)
    smooth = z[:, :-2] + 2 * z[:, 1:-1] + z[:, 2:]
    fall = (smooth[2:] - smooth[:-2]) / (8 * down)
    # At a place in the plane's west, its north is the true one to some degrees only.
    assert np.abs(found[1:-1, 1:-1] / (100 * np.hypot(along, fall)) - 1).max() < 0.005


def test_overviews_of_directions_are_directions(tmp_path: Path) -> None:
    """Of 350 and 10 degrees the mean is 180; the file has to show one of the two."""
    size = 1_200
    ridge = np.abs(np.arange(size) % 4 - 1.5) * 9  # slopes that face east and west by turns
    heights = (
        np.tile(ridge.astype("float32"), (size, 1)) - np.arange(size, dtype="float32")[:, None]
    )
    save(tmp_path / "dem.tif", heights[:, :size])
    derive_terrain("aspect", look(tmp_path / "dem.tif"), out=tmp_path / "a.tif")
    with rasterio.open(tmp_path / "a.tif") as file:
        every = set(np.round(np.unique(file.read(1)), 0))
    with rasterio.open(tmp_path / "a.tif", overview_level=0) as file:
        seen = set(np.round(np.unique(file.read(1)), 0))
    assert seen <= every


@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_distance_and_shares_go_to_other_processes(
    scheduler: str, tmp_path: Path, ready: Project
) -> None:
    wanted, how = Wanted("南水", 1_000), How(scheduler, 2)
    out = tmp_path / f"{scheduler}.tif"
    far = derive_distance("zones/zone-a", wanted, out=out, project=ready, how=how)
    assert far.facts.least == pytest.approx(far.grid.cell_m[1] / 2, rel=1e-3)
    shares = derive_shares("zones", wanted, out=out, project=ready, how=how)
    assert [a["exact_km2"] for a in shares.areas] == pytest.approx([0, 100], abs=1e-6)


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rasterio.shutil.copy", full)
    with pytest.raises(StageError, match=r"a\.tif: cannot be written: .*No space left"):
        made(tmp_path / "a.tif", grid(), How())
    assert not list(tmp_path.iterdir())
