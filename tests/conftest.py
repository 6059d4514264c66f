"""Fixtures for all tests: a small province, and the tables of the shipped data."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

import geopandas as gpd
import pyproj

from geoplan import cli
from geoplan.build import STAGES, build, read_tables, run_stages
from geoplan.config import Project, load
from geoplan.publish import publish
from geoplan.schema import TABLES
from tests.commands import Command, Result
from tests.publish import listed, sample
from tests.small import SmallProject, hashes, make_project
from tests.small import small_units as units_of_small

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def small_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small project that others are copied from; do not change it."""
    return make_project(tmp_path_factory.mktemp("small")).root


@pytest.fixture
def project_folder(tmp_path: Path, small_template: Path) -> Callable[..., SmallProject]:
    """Return a factory of small projects; `name` is that of the folder."""

    def make(name: str = "project") -> SmallProject:
        return SmallProject(Path(shutil.copytree(small_template, tmp_path / name)))

    return make


@pytest.fixture
def small(project_folder: Callable[..., SmallProject]) -> SmallProject:
    """Return one small project."""
    return project_folder()


@pytest.fixture(scope="session")
def small_units(small_template: Path) -> gpd.GeoDataFrame:
    """Return the table `units` of the small province."""
    return units_of_small(small_template / "data" / "boundaries")


@pytest.fixture(scope="session")
def published(
    tmp_path_factory: pytest.TempPathFactory, small_template: Path
) -> tuple[SmallProject, dict[str, str]]:
    """Return a small project that was built once, and the hashes of its maps; do not change it."""
    folder = tmp_path_factory.mktemp("built") / "方 案 maps"
    small = SmallProject(Path(shutil.copytree(small_template, folder)))
    build(small.load())
    return small, hashes(small.root / "maps")


@pytest.fixture
def built(
    tmp_path: Path, published: tuple[SmallProject, dict[str, str]]
) -> tuple[SmallProject, dict[str, str]]:
    """Return a copy of the built project, to be spoilt, and the hashes of its maps."""
    copy = shutil.copytree(published[0].root, tmp_path / "a copy 副本")
    return SmallProject(Path(copy)), published[1]


@pytest.fixture(scope="session", autouse=True)
def systems_are_looked_up_once() -> Iterator[None]:
    """Look a coordinate system up in PROJ's registry once, not for every file that is written.

    For one that is not in there, as ours, it takes a tenth of a second each time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyproj.CRS, "to_epsg", cache(pyproj.CRS.to_epsg))
        yield


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Return a function that fills a folder once for all processes of this run of the tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base

    def fill(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / f"once-{name}", shared / f"once-{name}.done"
        with FileLock(shared / f"once-{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return fill


@pytest.fixture(scope="session")
def shipped_template(once: Once) -> Path:
    """Return a folder with the tables of the shipped data, to be copied; do not change it."""
    return once("shipped", lambda root: run_stages(load(root), STAGES[:-1]))


@pytest.fixture(scope="session")
def shipped_project(tmp_path_factory: pytest.TempPathFactory, shipped_template: Path) -> Project:
    """Return a project of the shipped data whose tables are made; do not change it."""
    folder = tmp_path_factory.mktemp("shipped") / "project"
    return load(Path(shutil.copytree(shipped_template, folder)))


@pytest.fixture(scope="session")
def shipped(once: Once, shipped_template: Path) -> Path:
    """Return the maps that the shipped data and configuration make; do not change them."""

    def make(root: Path) -> None:
        # The tables are there; only the maps are still to be made.
        shutil.copytree(shipped_template, root, dirs_exist_ok=True)
        build(load(root))

    return load(once("shipped-maps", make)).maps_folder


@pytest.fixture(scope="session")
def shipped_tables(shipped_project: Project) -> dict[str, pd.DataFrame]:
    """Return all tables of the shipped data, made once; do not change them."""
    return read_tables(shipped_project, TABLES)


@pytest.fixture(scope="session")
def atlas(once: Once) -> Path:
    """Return the folder of the published sample; do not change it."""
    return once("atlas", lambda out: _published(sample.tables(), out))


@pytest.fixture(scope="session")
def hostile(once: Once) -> Path:
    """Return the folder of the sample with names that try to run."""
    return once("hostile", lambda out: _published(sample.tables(attack=True), out))


@pytest.fixture(scope="session")
def listed_maps(once: Once) -> Path:
    """Return the maps of the sample with one of every listed kind."""
    return once("listed", lambda out: _published(listed.tables(), out))


def _published(tables: dict[str, pd.DataFrame], out: Path) -> None:
    publish(tables, project=sample.project(out), out=out, as_of=sample.AS_OF)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs a command in this process, through the real `main`."""

    def run(*words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["geoplan", *map(str, words)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as end:
            cli.main()
        return Result(int(end.value.code or 0), *capfd.readouterr())

    return run


@pytest.fixture(scope="module")  # its threads draw random numbers, which Hypothesis minds
def address() -> Iterator[str]:
    """Return the address of a running cluster with two workers."""
    from distributed import LocalCluster

    # Workers report failing tasks, which are meant here.
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
    # Another worker of the tests may have the usual port of the dashboard, which warns.
    with (
        warnings.catch_warnings(action="ignore"),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=False,
            protocol="tcp",
            host="127.0.0.1",
            dashboard_address=None,
        ) as running,
    ):
        yield running.scheduler_address
