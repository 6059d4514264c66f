"""Nothing that a file holds is run, and geoplan listens on no network."""

from __future__ import annotations

import ast
import pickle
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import dask
import pyarrow as pa
import pytest
from pyarrow import parquet

import geopandas as gpd
import shapely

from geoplan import cluster, vector
from geoplan.errors import GeoplanError, UnitError, UsageError
from tests.test_floors import MODULES, Module, imported

RUNS = {
    *("pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "yaml"),
    *("code", "runpy", "jsonpickle"),
}
"""Libraries that run what a file says."""

CALLS = {
    *("eval", "exec", "compile", "read_pickle", "to_pickle", "loads_pickle", "os.system"),
    *("np.load", "numpy.load", "torch.load", "pd.read_pickle", "pd.eval", "os.popen"),
}

LISTENS = {
    *("LocalCluster", "Scheduler", "Worker", "Nanny", "Server", "SSHCluster", "HTTPServer"),
    *("ThreadingHTTPServer", "TCPServer", "socket", "create_server", "start_server", "bind"),
}


def called(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_nothing_from_files_is_run_and_nothing_listens(module: Module) -> None:
    roots = {name.partition(".")[0] for name in imported(module)}
    assert not roots & RUNS
    assert not roots & {"socketserver", "http", "asyncio"}
    for line, name in called(module):
        at = f"{module.name}:{line}: {name}"
        assert name not in CALLS, at
        assert name.rpartition(".")[2] not in LISTENS, at
        assert not name.endswith(".eval"), at  # of pandas, with texts as code


def test_the_search_finds_what_it_looks_for() -> None:
    text = "import pickle\nexec(read())\nfrom distributed import LocalCluster\nLocalCluster()"
    found = Module("geoplan.bad", ast.parse(text), 4)
    assert imported(found) & RUNS == {"pickle"}
    names = {name for _, name in called(found)}
    assert names & CALLS == {"exec"}
    assert names & LISTENS == {"LocalCluster"}


class Trap:
    """Makes a file where it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.file,))


@pytest.mark.filterwarnings("ignore")
def test_parquet_with_pickles_in_its_metadata(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    trap = pickle.dumps(Trap(sprung))
    frame = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.box(112, 37, 113, 38)], crs=4490)
    frame.to_parquet(tmp_path / "good.parquet")
    table = parquet.read_table(tmp_path / "good.parquet")
    hostile = {
        b"PANDAS": trap,
        b"pandas": b'{"index_columns": [], "columns": [{"name": "name", "metadata": '
        b'{"encoding": "pickle"}, "numpy_type": "object", "pandas_type": "pickle"}]}',
        b"ARROW:schema": trap,
        # The extension that old versions of pyarrow unpickled without asking.
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": trap,
    }
    kept = {b"geo": table.schema.metadata[b"geo"]}
    field = pa.field("name", pa.string(), metadata=hostile)
    schema = pa.schema([field, table.schema.field("geometry")], metadata=hostile | kept)
    path = tmp_path / "bad.parquet"
    parquet.write_table(table.cast(schema), path)
    for read in (vector.read_vector, vector.describe, vector.read_table):
        with suppress(GeoplanError):
            read(path)
    assert not sprung.exists()
    pickle.loads(trap)
    assert sprung.exists()  # it would have told


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an authority, a certificate of it, and one of another authority."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("tls")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for who in ("ca", "other"):
        names = ("-subj", f"/CN={who}", "-keyout", f"{who}.key", "-out", f"{who}.pem")
        run("req", "-x509", *new, "-days", "2", *names)
    run("req", *new, "-subj", "/CN=dask", "-keyout", "dask.key", "-out", "dask.csr")
    authority = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2")
    run("x509", "-req", "-in", "dask.csr", *authority, "-out", "dask.pem")
    return folder


def settings(folder: Path, name: str) -> dict[str, object]:
    """Return Dask's configuration for certificates, as docs/scaling.md says it."""
    own = {"cert": str(folder / f"{name}.pem"), "key": str(folder / f"{name}.key")}
    tls = {
        "ca-file": str(folder / "ca.pem"),
        **dict.fromkeys(("scheduler", "worker", "client"), own),
    }
    return {f"distributed.comm.tls.{key}": value for key, value in tls.items()} | {
        "distributed.comm.require-encryption": True
    }


def double(number: int) -> int:
    if number > 2:
        raise UnitError("too large")
    return number * 2


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_with_certificates(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster
    from distributed.security import Security

    with (
        dask.config.set(settings(certificates, "dask")),
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tls",
            host="127.0.0.1",
            dashboard_address=None,
            security=Security(),
        ) as running,
    ):
        address = running.scheduler_address
        assert address.startswith("tls://127.0.0.1:")
        assert cluster.run(double, [1, 2], scheduler=address) == [2, 4]
        with pytest.raises(UnitError, match="too large") as caught:
            cluster.run(double, [3], scheduler=address)
        assert caught.value.code == "data.unit"
        monkeypatch.setattr(cluster, "CONNECT_TIMEOUT", "1s")
        with (
            dask.config.set(settings(certificates, "other")),
            pytest.raises(UsageError, match="no Dask scheduler answers"),
        ):
            cluster.run(double, [1], scheduler=address)
        with pytest.raises(UsageError, match="no Dask scheduler answers"):
            cluster.run(double, [1], scheduler=address.replace("tls://", "tcp://"))
