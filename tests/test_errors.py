"""Errors: exit codes, pickling between workers, and lists of faults."""

from __future__ import annotations

import pickle

import pytest

from geoplan import errors
from geoplan.errors import GeoplanError, blaming, listed

EXIT_CODES = {
    "GeoplanError": 4,
    "StageError": 4,
    "UsageError": 2,
    "BusyError": 2,
    "ConfigError": 2,
    "DataError": 3,
    "LayerError": 3,
    "UnitError": 3,
    "GeometryError": 3,
    "MissingCRSError": 3,
    "MismatchedCRSError": 3,
    "ImplausibleCRSError": 3,
    "RefusedError": 3,
    "SchemaError": 3,
}
CLASSES: dict[str, type[GeoplanError]] = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, GeoplanError)
}


def test_every_error_has_a_known_exit_code() -> None:
    assert {name: error.exit_code for name, error in CLASSES.items()} == EXIT_CODES


@pytest.mark.parametrize("name", EXIT_CODES)
def test_errors_survive_pickling(name: str) -> None:
    error = CLASSES[name]("太谷县: line 7")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == "太谷县: line 7"
    assert isinstance(copy, GeoplanError)


@pytest.mark.parametrize("name", EXIT_CODES)
def test_files_at_fault_survive_pickling(name: str) -> None:
    error = CLASSES[name]("line 7")
    assert error.files == ()
    assert blaming(error, ["works/b.toml", "ecology/a.toml", "works/b.toml"]) is error
    copy = pickle.loads(pickle.dumps(error))
    assert copy.files == ("ecology/a.toml", "works/b.toml")
    assert str(copy) == "line 7"
    assert CLASSES[name]("another").files == ()


def test_crs_errors_are_three_different_ones() -> None:
    three = [CLASSES[f"{kind}CRSError"] for kind in ("Missing", "Mismatched", "Implausible")]
    assert not any(issubclass(a, b) for a in three for b in three if a is not b)


def test_faults_are_listed_one_per_line() -> None:
    assert listed(["first", "second"]) == "  - first\n  - second"
    assert listed([]) == ""


def test_long_lists_say_how_many_are_left_out() -> None:
    lines = listed([str(i) for i in range(25)]).split("\n")
    assert len(lines) == 21
    assert lines[19] == "  - 19"
    assert lines[20] == "  … and 5 more"
    assert listed(["a", "b"], limit=2).count("\n") == 1
    assert listed(["a", "b", "c"], limit=2).endswith("… and 1 more")
