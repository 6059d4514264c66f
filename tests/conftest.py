"""Fixtures for all tests: a small province, and the tables of the shipped data."""

from __future__ import annotations

import logging
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

import geopandas as gpd

from geoplan import cli
from geoplan.build import STAGES, build, read_tables, run_stages
from geoplan.config import Project, load
from geoplan.schema import TABLES
from tests.commands import Command, Result
from tests.small import SmallProject, hashes, make_project
from tests.small import small_units as units_of_small


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


@pytest.fixture(scope="session")
def shipped_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project of the shipped data whose tables are made; do not change it."""
    project = load(tmp_path_factory.mktemp("shipped"))
    run_stages(project, STAGES[:-1])
    return project


@pytest.fixture(scope="session")
def shipped_tables(shipped_project: Project) -> dict[str, pd.DataFrame]:
    """Return all tables of the shipped data, made once; do not change them."""
    return read_tables(shipped_project, TABLES)


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
