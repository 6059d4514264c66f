"""Neither GDAL reads what a file names or asks the network: proved in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from geoplan import vector
from geoplan.errors import DataError, RefusedError, StageError
from geoplan.vector import opened
from geoplan.vector.curves import configured

HEAD = """
import json, os, socket, sys, threading, time
from pathlib import Path

folder = Path(sys.argv[1])
asked = []
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()

def serve():
    while True:
        asked.append(server.accept()[0].close())

threading.Thread(target=serve, daemon=True).start()
url = f"http://127.0.0.1:{server.getsockname()[1]}"
found = {}

def tried(name, run):
    before = len(asked)
    try:
        run()
        told = "done"
    except Exception as fault:
        told = f"{type(fault).__module__}.{type(fault).__name__}: {fault}"
    time.sleep(0.05)
    found[name] = [len(asked) - before, told]
"""

VECTORS = """
import pyogrio
from geoplan import guard, vector

found["drivers"] = sorted(pyogrio.list_drivers())
link = {"type": "link", "properties": {"href": f"{url}/crs", "type": "ogcwkt"}}
point = {"type": "Point", "coordinates": [112, 37]}
row = {"type": "Feature", "properties": {}, "geometry": point}
linked = folder / "linked.geojson"
linked.write_text(json.dumps({"type": "FeatureCollection", "crs": link, "features": [row]}))
vrt = folder / "a.vrt"
vrt.write_text(
    "<OGRVRTDataSource><OGRVRTLayer name='canary'><SrcDataSource>"
    f"{folder / 'canary.csv'}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
)
named = folder / "vrt.geojson"
named.write_text(vrt.read_text())

# What our own functions say of them, and then GDAL alone, without a guard before it.
for path in (
    f"/vsicurl/{url}/a.geojson", f"/vsizip/{folder}/a.zip/a.geojson", "/vsistdin/a.geojson",
    f"{url}/a.geojson", f"GPKG:{folder}/a.gpkg:a", f"{folder}/a.zip!a.geojson", str(named),
    str(linked),
):
    tried(f"read {path.replace(url, '').replace(str(folder), '')}",
          lambda: vector.read_vector(Path(path)))
for path in (
    f"/vsicurl/{url}/a.geojson", f"/vsicurl_streaming/{url}/a.geojson", f"{url}/a.geojson",
    f"GeoJSON:{url}/a.geojson", f"WFS:{url}/wfs", f"OAPIF:{url}/", vrt.read_text(), str(vrt),
    f"/vsicurl?url={url}/a.geojson&empty_dir=yes", str(linked), f"CSW:{url}/", f"{url}/a.fgb",
):
    tried(f"gdal {path.replace(url, '').replace(str(folder), '')}",
          lambda: pyogrio.read_info(path))
found["canary"] = os.stat(folder / "canary.csv").st_atime
"""

RASTERS = """
from geoplan import raster
import rasterio
from geoplan.raster import opened

with rasterio.Env() as env:
    found["rasters"] = sorted(env.drivers())
tiles = f"<GDAL_WMS><Service name='TMS'><ServerUrl>{url}</ServerUrl></Service></GDAL_WMS>"
mosaic = folder / "b.vrt"
source = f"<SourceFilename>{folder / 'canary.csv'}</SourceFilename>"
mosaic.write_text(f"<VRTDataset>{source}</VRTDataset>")
for path in (f"/vsicurl/{url}/a.tif", f"{url}/a.tif", str(mosaic)):
    tried(f"look {path.replace(url, '').replace(str(folder), '')}",
          lambda: raster.look(Path(path)))
with opened.settled():
    for path in (
        f"/vsicurl/{url}/a.tif", f"{url}/a.tif", f"WMTS:{url}/", f"WCS:{url}/", tiles,
        "<VRTDataset rasterXSize='1' rasterYSize='1'></VRTDataset>", f"PLMosaic:url={url}",
    ):
        tried(f"rasterio {path.replace(url, '')}", lambda: rasterio.open(path))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Return what came of each name of a file: connections, and what was said."""
    folder = tmp_path_factory.mktemp("alone")
    canary = folder / "canary.csv"
    canary.write_text("a,b\n1,2\n")
    os.utime(canary, (1, canary.stat().st_mtime))
    clear = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HEAD + VECTORS + RASTERS, str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=clear,
        input="",
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, tuple[int, str]] = json.loads(done.stdout)
    return found


def test_only_drivers_that_are_needed_are_left(tried: dict[str, tuple[int, str]]) -> None:
    assert tried["drivers"] == sorted(opened.ALLOWED)
    left = set(tried["rasters"])
    assert {"GTiff", "COG", "HFA", "AAIGrid", "PNG"} <= left
    assert not left & {"VRT", "WMS", "WMTS", "WCS", "HTTP", "GTI", "STACTA", "GPKG", "GeoJSON"}


def test_nothing_was_asked_for(tried: dict[str, tuple[int, str]]) -> None:
    cases = {name: said for name, said in tried.items() if " " in name}
    assert len(cases) == 30
    assert {name: said for name, said in cases.items() if said[0]} == {}


def test_what_a_file_names_was_not_read(tried: dict[str, tuple[int, str]]) -> None:
    assert tried["canary"] == 1
    assert "not recognized" in tried["gdal /a.vrt"][1]


def test_own_functions_say_why(tried: dict[str, tuple[int, str]]) -> None:
    ours = {name: said[1] for name, said in tried.items() if name.startswith(("read ", "look "))}
    assert len(ours) == 11
    assert {said for said in ours.values() if not said.startswith("geoplan.errors.")} == set()
    assert {said for said in ours.values() if "canary" in said and ".vrt" not in said} == set()
    for name in ("read /vsicurl//a.geojson", "read /a.geojson", "look /a.tif"):
        assert "archives and addresses are not read: bring the file here" in ours[name]
    assert "names other files" in ours["read /vrt.geojson"]
    assert "is an address, which is not asked for" in ours["read /linked.geojson"]
    assert "is a VRT" in ours["look /b.vrt"]


def test_rasters_without_a_driver_are_not_opened(tried: dict[str, tuple[int, str]]) -> None:
    said = [said[1] for name, said in tried.items() if name.startswith("rasterio ")]
    assert len(said) == 7
    assert all(told.startswith("rasterio.errors.RasterioIOError") for told in said)


def test_drivers_that_cannot_be_taken_away_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened.pyogrio, "list_drivers", lambda: {"GPKG": "rw", "OGR_VRT": "r"})
    monkeypatch.delattr(opened._ogr, "_register_drivers")
    skipped = opened.pyogrio.get_gdal_config_option("GDAL_SKIP")
    with pytest.raises(StageError, match=r"pyogrio .*: drivers .* cannot be .* \(OGR_VRT\)"):
        opened._keep_allowed()
    opened.pyogrio.set_gdal_config_options({"GDAL_SKIP": skipped})


def test_settings_of_one_reading_are_not_those_of_another() -> None:
    seen: list[str | None] = []
    option = opened.pyogrio.get_gdal_config_option
    before = option("OGR_ARC_STEPSIZE")

    def other() -> None:
        with configured(OGR_ARC_STEPSIZE="2"):
            seen.append(str(option("OGR_ARC_STEPSIZE")))

    thread = threading.Thread(target=other)
    with configured(OGR_ARC_STEPSIZE="0.1"):
        thread.start()
        thread.join(0.1)
        assert (str(option("OGR_ARC_STEPSIZE")), seen) == ("0.1", [])
    thread.join()
    assert (seen, option("OGR_ARC_STEPSIZE")) == (["2"], before)


def test_settings_come_back() -> None:
    import pyogrio

    pyogrio.set_gdal_config_options({"GML_DOWNLOAD_SCHEMA": "YES"})
    with vector.settled():
        assert pyogrio.get_gdal_config_option("GML_DOWNLOAD_SCHEMA") == "NO"
    # Another thread may still read: they are not put back.
    assert pyogrio.get_gdal_config_option("GML_DOWNLOAD_SCHEMA") == "NO"


def test_the_environment_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyogrio

    monkeypatch.setenv("OGR_SQLITE_LOAD_EXTENSIONS", "/tmp/evil.so")
    monkeypatch.setenv("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".geojson")
    assert pyogrio.get_gdal_config_option("OGR_SQLITE_LOAD_EXTENSIONS") == ""
    assert pyogrio.get_gdal_config_option("CPL_VSIL_CURL_ALLOWED_EXTENSIONS") == ".none"


def test_a_path_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("GPKG:a.gpkg").write_text("a")
    assert vector.gdal_path(Path("GPKG:a.gpkg")) == str(tmp_path / "GPKG:a.gpkg")


def test_paths_that_mean_something_else(tmp_path: Path) -> None:
    (tmp_path / "a!b.geojson").write_text("{}")
    with pytest.raises(RefusedError, match=r"has a '!'.*, which cannot be read; rename") as caught:
        vector.gdal_path(tmp_path / "a!b.geojson")
    assert caught.value.code == "refused.name"
    with pytest.raises(DataError, match=r"there is no such file$") as missing:
        vector.gdal_path(tmp_path / "a.geojson")
    assert missing.value.code == "data.no_file"
    with pytest.raises(RefusedError, match="bring the file here") as address:
        vector.gdal_path(Path("/vsizip/a.zip"))
    assert address.value.code == "refused.address"
