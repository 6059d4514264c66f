"""Where something is: counties that are wholly so, shapes, or counties by list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, geometry, vector
from geoplan.errors import DataError, GeometryError, UsageError
from geoplan.overlay.membership import Memberships
from geoplan.schema import Tables
from geoplan.sources import is_file
from geoplan.toml import suggestion


@dataclass(frozen=True)
class Place:
    """Where a class, layer or file is, among some counties."""

    name: str
    """As given."""
    title: str
    whole: frozenset[str]
    """Counties that it covers wholly."""
    listed: frozenset[str]
    """Counties in which it lies somewhere, by list only."""
    shape: shapely.Geometry
    """Its delimited shapes in `crs.WORK_CRS`, merged; may be empty."""
    sources: tuple[str, ...]
    """Documents, or the file."""
    statements: int = 0
    """Features without any county, and sketches, which are not counted."""

    @property
    def measured(self) -> bool:
        """Whether it has an area."""
        return bool(self.whole) or not self.shape.is_empty

    @property
    def basis(self) -> str:
        """Return what is known of it, for people."""
        known = {"整县": self.whole, "图形": not self.shape.is_empty, "名单": self.listed}
        return "＋".join(word for word, there in known.items() if there) or "无县名"

    def counties(self, outlines: dict[str, shapely.Geometry]) -> frozenset[str]:
        """Return the counties in which it is, whatever the basis."""
        cut = {
            code
            for code, outline in outlines.items()
            if not self.shape.is_empty
            and geometry.area_units(np.array([self.shape.intersection(outline)]))[0] > _LEAST
        }
        return frozenset((self.whole | self.listed | cut) & set(outlines))


_LEAST = round(geometry.SLIVER_M2 * geometry.AREA_UNITS_PER_M2)


def place_of(name: str, tables: Tables) -> Place:
    """Return where `name` is: a class of all layers, a layer, ``layer/class``, or a file.

    Raises
    ------
    UsageError
        Where there is none of that name; with suggestions.
    DataError
        Where a file cannot be read, has no CRS or no polygons.
    """
    if is_file(name):
        west, south, east, north = gpd.GeoSeries(tables["units"]["geometry"]).total_bounds
        return _of_file(Path(name), (float(west), float(south), float(east), float(north)))
    features = _features(name, tables)
    members = Memberships.of(tables)
    wanted = set(zip(features["layer"], features["feature"], strict=True))
    whole: set[str] = set()
    listed: set[str] = set()
    for labels, found in ((members.wholly, whole), (members.listed, listed)):
        for label, every in labels.items():
            for feature, codes in every.items():
                # What is said of a city is not said of its counties.
                if label.basis != "indicative" and (label.layer, feature) in wanted:
                    found |= {c for c in codes if members.counties[c] == [c]}
    there = np.array([shape is not None for shape in features["geometry"]], dtype=bool)
    shaped = features[(features["extent"] == "delimited") & there]
    shapes = crs.data_to_work(np.array([geometry.polygonal(g) for g in shaped["geometry"]]))
    layers = tables["layers"].set_index("layer")
    documents = tables["documents"].set_index("document")["title"]
    used = dict.fromkeys(layers["document"].to_dict()[layer] for layer in features["layer"])
    without = features["extent"].isin(["statement", "indicative"])
    return Place(
        name,
        _title(name, tables),
        frozenset(whole),
        frozenset(listed - whole),
        _merged(shapes),
        tuple(f"《{documents[document]}》" for document in used),
        int(without.sum()),
    )


def _merged(shapes: np.ndarray) -> shapely.Geometry:
    fixed, _, _ = geometry.repair(np.asarray(shapes, dtype=object))
    return shapely.union_all(fixed) if len(fixed) else shapely.Polygon()


def _features(name: str, tables: Tables) -> pd.DataFrame:
    features = tables["features"]
    layer, slash, kind = name.partition("/")
    if not slash and name in set(tables["layers"]["layer"]):
        found = features[features["layer"] == name]
    elif not slash:
        found = features[features["class"] == name]
    else:
        found = features[(features["layer"] == layer) & (features["class"] == kind)]
    if found.empty:
        pairs = features["layer"] + "/" + features["class"]
        known = list(dict.fromkeys([*features["class"], *tables["layers"]["layer"], *pairs]))
        raise UsageError(
            f"{name!r} is no class, no layer, no layer/class and no file, or it has no features."
            f"{suggestion(name, known)} `geoplan catalogue` lists what there is"
        )
    return found


def _title(name: str, tables: Tables) -> str:
    classes = dict(zip(tables["classes"]["class"], tables["classes"]["title"], strict=True))
    layers = dict(zip(tables["layers"]["layer"], tables["layers"]["title"], strict=True))
    layer, slash, kind = name.partition("/")
    if slash:
        return f"{classes.get(kind, kind)}（{layers[layer]}）"
    return str(layers.get(name) or classes.get(name, name))


def _of_file(path: Path, area: crs.Bounds) -> Place:
    frame = vector.read_vector(path)
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame):
        raise DataError(f"{path}: has no features with a shape")
    lost = geometry.not_finite(frame.geometry.to_numpy())
    if len(lost):
        raise GeometryError(
            f"{path}: {len(lost)} of {len(frame)} features have coordinates that are no finite "
            f"numbers, the first is row {lost[0] + 1}; export the file again without them"
        )
    crs.check_plausible(frame, source=str(path), area=area)
    shapes = crs.to_work(frame[[shape is not None for shape in frame.geometry]]).geometry.to_numpy()
    pure = np.array([geometry.polygonal(shapely.force_2d(g)) for g in shapes], dtype=object)
    merged = _merged(pure)
    if merged.is_empty:
        raise DataError(f"{path}: has no polygons; a ledger needs areas, or a class by list")
    return Place(str(path), path.name, frozenset(), frozenset(), merged, (path.name,))
