"""Every bad input: a clear message and code, nothing half-written, old maps as they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import geopandas as gpd

from geoplan.build import build
from geoplan.errors import (
    DataError,
    GeometryError,
    GeoplanError,
    LayerError,
    MissingCRSError,
    UnitError,
)
from tests.small import SmallProject, box, degrees, feature, hashes, layer, leftovers, slot

Built = tuple[SmallProject, dict[str, str]]


def _no_boundaries(small: SmallProject) -> None:
    (small.root / "data/boundaries/counties.parquet").unlink()


def _wrong_gazetteer(small: SmallProject) -> None:
    path = small.root / "data/boundaries/gazetteer.csv"
    path.write_text(path.read_text("utf-8").replace("name_en", "english", 1), encoding="utf-8")


def _overlapping_counties(small: SmallProject) -> None:
    path = small.root / "data/boundaries/counties.parquet"
    table = gpd.read_parquet(path)
    shapes = [degrees(box(0, 1, 1.5, 2)), *table.geometry.iloc[1:]]
    table.set_geometry(shapes, crs=table.crs).to_parquet(path)


def _unlisted_county(small: SmallProject) -> None:
    path = small.root / "data/boundaries/gazetteer.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("910202,", "910203,"), encoding="utf-8")


def _other(*parts: str) -> Callable[[SmallProject], None]:
    def spoil(small: SmallProject) -> None:
        small.write_layer(layer("other", *parts))

    return spoil


def _shapes(*shapes: Any, **keys: Any) -> Callable[[SmallProject], None]:
    def spoil(small: SmallProject) -> None:
        small.write_layer(slot(id="BSM") if "BSM" in keys else slot())
        small.write_shapes(shapes, **keys)

    return spoil


SQUARE = box(0, 0, 1, 1)
PARQUET = "layers/works/shapes.parquet"

BAD: dict[str, tuple[Callable[[SmallProject], None], type[GeoplanError], int, str]] = {
    "missing file": (_no_boundaries, DataError, 3, "counties.parquet: there is no such file"),
    "wrong column": (_wrong_gazetteer, DataError, 3, "columns missing: .'name_en'.; unknown"),
    "unknown unit": (_other(feature("f", members=["河口现"])), LayerError, 3, "Did you mean 河口"),
    "unknown key": (_other(feature("f", memberz=["东山"])), LayerError, 3, "line 13: unknown key"),
    "twice": (_other(feature("f", members=["东山", "东山县"])), LayerError, 3, "the same unit"),
    "broken layer": (_other("= ="), LayerError, 3, "not valid TOML"),
    "twice with its city": (
        _other(feature("f", members=["东山", "甲州"])),
        LayerError,
        3,
        "'东山' and '甲州' are the same unit twice",
    ),
    "outside its scope": (
        _other(feature("f", members=["河口"])),
        LayerError,
        3,
        "'河口' lies outside the scope of its document",
    ),
    "overlap": (_overlapping_counties, GeometryError, 3, "910101 and 910102 share 50"),
    "no row": (_unlisted_county, UnitError, 3, "no county of gazetteer.csv .'910202'."),
    "no CRS": (
        _shapes(SQUARE, name=PARQUET, state=None),
        MissingCRSError,
        3,
        "no coordinate system",
    ),
    "empty": (_shapes(name=PARQUET), DataError, 3, "the layer is empty"),
    "outside": (_shapes(box(8, 8, 9, 9)), DataError, 3, "outside the units"),
    "repeated id": (
        _shapes(SQUARE, SQUARE, BSM=[1, 1]),
        DataError,
        3,
        "repeats 1 value",
    ),
}


@pytest.mark.parametrize("name", list(BAD))
def test_bad_input_leaves_old_maps_and_nothing_half_written(built: Built, name: str) -> None:
    small, files = built
    spoil, error, code, message = BAD[name]
    spoil(small)
    with pytest.raises(error, match=message) as fault:
        build(small.load())
    assert fault.value.exit_code == code
    assert hashes(small.root / "maps") == files
    assert leftovers(small) == []
