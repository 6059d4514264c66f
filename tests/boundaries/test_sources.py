"""The table of credits: what maps must name."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.boundaries import build_sources
from geoplan.config import shipped
from geoplan.errors import DataError
from geoplan.schema import records

BOUNDARIES = """title = "方格"
vintage = "2020-06-30"
licence = "made for tests"
displacement_km = 0.1
spacing_km = 10.0
"""

PLACES = """[[source]]
id = "{id}"
title = {{ zh = "点", en = "Points" }}
licence = "CC BY"
notice = {{ zh = "点：某某", en = "Points: somebody" }}
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Folders of boundaries and reference data, the second without a source.toml."""
    boundaries, reference = tmp_path / "boundaries", tmp_path / "reference"
    for folder in (boundaries, reference):
        folder.mkdir()
    (boundaries / "source.toml").write_text(BOUNDARIES, encoding="utf-8")
    return boundaries, reference


def test_boundaries_without_a_credit_are_named_by_their_title(folders: tuple[Path, Path]) -> None:
    (row,) = records(build_sources(*folders))
    assert (row["source"], row["title"], row["notice_en"]) == ("boundaries", "方格", "方格")


def test_credits_of_both_folders_in_order(folders: tuple[Path, Path]) -> None:
    boundaries, reference = folders
    own = BOUNDARIES + PLACES.format(id="zz")
    (boundaries / "source.toml").write_text(own, encoding="utf-8")
    (reference / "source.toml").write_text(PLACES.format(id="aa"), encoding="utf-8")
    rows = records(build_sources(boundaries, reference))
    assert [row["source"] for row in rows] == ["zz", "aa"]
    assert [row["licence"] for row in rows] == ["CC BY", "CC BY"]


def test_an_id_twice_is_an_error(folders: tuple[Path, Path]) -> None:
    boundaries, reference = folders
    (reference / "source.toml").write_text(PLACES.format(id="boundaries"), encoding="utf-8")
    with pytest.raises(DataError, match="stand twice: boundaries"):
        build_sources(boundaries, reference)


def test_an_unknown_key_is_an_error_with_its_line(folders: tuple[Path, Path]) -> None:
    boundaries, reference = folders
    text = PLACES.format(id="a") + 'colour = "red"\n'
    (reference / "source.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"line 6: unknown key 'colour'"):
        build_sources(boundaries, reference)


def test_shipped_data_names_everybody_that_licences_ask_for() -> None:
    data = shipped() / "data"
    table = build_sources(data / "boundaries", data / "reference").set_index("source")
    assert "天地图" in table.loc["boundaries", "notice"]
    assert "GeoNames" in table.loc["places", "notice"]
    assert "CC BY 4.0" in table.loc["places", "notice"]
    assert "Natural Earth" in table.loc["rivers", "notice"]
