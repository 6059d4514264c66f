"""Where features are, county by county, and the shapes that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

import shapely

from geoplan import crs, geometry
from geoplan.schema import Tables, line_numbers, records

LEAST_LENGTH_M = 1.0
"""A line that has less than this in a county is not in it."""

INDICATIVE_SHARE = 0.01
"""A shape of ours with less of its size in a county says nothing about that county."""


@dataclass(frozen=True)
class Feature:
    """What is asked of a row of `features`, and the document that says it."""

    layer: str
    feature: str
    cls: str
    name: str
    extent: str
    from_file: bool
    period: tuple[str | None, str | None]
    section: str
    line: int
    document: str
    status: str | None
    day: str
    """From when its document speaks, as text that sorts; empty where that is not known."""
    shape: shapely.Geometry | None
    """In the work CRS; of `delimited` and `indicative` features only."""

    @property
    def ref(self) -> str:
        """Return ``layer/feature``."""
        return f"{self.layer}/{self.feature}"


class Places:
    """Features by county, each with the part of its shape that lies there."""

    def __init__(self, tables: Tables) -> None:
        units = tables["units"]
        counties = units[units["level"] == "county"]
        self.codes: list[str] = counties["adcode"].tolist()
        self.outlines = dict(zip(self.codes, _work(counties["geometry"]), strict=True))
        self.areas = dict(zip(self.codes, counties["area_km2"].tolist(), strict=True))
        self._parents = dict(zip(units["adcode"], units["parent"], strict=True))
        # By name, so that the order of files and of features in them cannot matter.
        self.features = sorted(_features(tables), key=lambda feature: feature.ref)
        self.at = {feature.ref: i for i, feature in enumerate(self.features)}
        self.named = _named(tables, self.at)
        self.parts: dict[tuple[int, str], shapely.Geometry] = {}
        self.counties: dict[int, list[str]] = {}
        self._place()
        self.here: dict[str, list[int]] = defaultdict(list)
        for i in sorted(self.counties):
            for code in self.counties[i]:
                self.here[code].append(i)

    def chain(self, code: str) -> list[str]:
        """Return the code of a unit and of those that it lies in, upwards."""
        found = [code]
        while (parent := self._parents.get(found[-1])) in self._parents:
            found.append(str(parent))
        return found

    @cached_property
    def _inside(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for county in self.codes:
            for code in self.chain(county):
                found[code].append(county)
        return found

    def _place(self) -> None:
        """Note the counties of every feature: those of its shape, else those that it names.

        A list counts only for counties that it names: what lies in a city may
        lie anywhere in it. A whole city is its counties.
        """
        shaped = [i for i, f in enumerate(self.features) if f.shape is not None]
        entered = self._entered(shaped)
        for i, feature in enumerate(self.features):
            if feature.extent == "statement":
                continue
            if feature.shape is not None:
                found = set(entered.get(i, ()))
            elif feature.extent in ("whole", "indicative"):
                found = {c for code in self.named.get(i, ()) for c in self._inside.get(code, ())}
            else:
                found = {code for code in self.named.get(i, ()) if code in self.outlines}
            self.counties[i] = sorted(found)

    def _entered(self, shaped: Sequence[int]) -> dict[int, list[str]]:
        shapes = np.array([self.features[i].shape for i in shaped], dtype=object)
        outlines = np.array([self.outlines[code] for code in self.codes], dtype=object)
        i, j = shapely.STRtree(outlines).query(shapes, predicate="intersects")
        parts = shapely.intersection(shapes[i], outlines[j])
        dimensions = shapely.get_dimensions(shapes[i])
        size = np.where(dimensions == 2, shapely.area(parts), shapely.length(parts))
        whole = np.where(dimensions == 2, shapely.area(shapes[i]), shapely.length(shapes[i]))
        least = np.where(dimensions == 2, geometry.SLIVER_M2, LEAST_LENGTH_M)
        drawn = np.array([self.features[shaped[k]].extent == "indicative" for k in i], dtype=bool)
        kept = (dimensions == 0) | (size >= least) & (~drawn | (size >= INDICATIVE_SHARE * whole))
        found: dict[int, list[str]] = defaultdict(list)
        for k in np.flatnonzero(kept):
            place, code = shaped[int(i[k])], self.codes[int(j[k])]
            found[place].append(code)
            self.parts[place, code] = parts[k]
        return found

    def part(self, i: int, code: str) -> shapely.Geometry | None:
        """Return the shape of a feature in a county; whole counties are theirs; lists have none."""
        feature = self.features[i]
        if feature.shape is not None:
            return self.parts.get((i, code))
        return self.outlines[code] if feature.extent == "whole" else None

    def full(self, i: int) -> list[shapely.Geometry]:
        """Return all shapes of a feature: its own, or its counties."""
        feature = self.features[i]
        if feature.shape is not None:
            return [feature.shape]
        whole = feature.extent == "whole"
        return [self.outlines[code] for code in self.counties.get(i, ())] if whole else []

    def speaks_of(self, i: int, code: str) -> bool:
        """Return whether a feature, be it a statement, speaks of a county or a unit above it."""
        if code in self.counties.get(i, ()):
            return True
        return not set(self.named.get(i, ())).isdisjoint(self.chain(code))


def _work(column: pd.Series) -> np.ndarray:
    shapes = column.to_numpy(dtype=object, copy=True)
    shapes[~shapely.is_geometry(shapes) | shapely.is_empty(shapes)] = None
    return np.asarray(crs.data_to_work(shapes), dtype=object)


def _features(tables: Tables) -> Iterator[Feature]:
    of_layer = dict(zip(tables["layers"]["layer"], tables["layers"]["document"], strict=True))
    documents = {row["document"]: row for row in records(tables["documents"])}
    shapes = _work(tables["features"]["geometry"])
    plain = pd.DataFrame(tables["features"].drop(columns="geometry"))
    for row, shape in zip(records(plain), shapes, strict=True):
        document: dict[str, Any] = documents[of_layer[row["layer"]]]
        lines = line_numbers(row["lines"])
        drawn = row["extent"] in ("delimited", "indicative") and shape is not None
        yield Feature(
            layer=row["layer"],
            feature=row["feature"],
            cls=row["class"],
            name=row["name"],
            extent=row["extent"],
            from_file=row["drawn_by"] == "file",
            period=(row["period_start"], row["period_end"]),
            section=row["section"],
            line=lines[0] if lines else 0,
            document=document["document"],
            status=document["status"],
            day=document["period_start"] or document["date"] or "",
            shape=shape if drawn else None,
        )


def _named(tables: Tables, at: dict[str, int]) -> dict[int, list[str]]:
    members = tables["memberships"]
    found: dict[int, list[str]] = defaultdict(list)
    columns = (members[name] for name in ("layer", "feature", "adcode"))
    for layer, feature, code in zip(*columns, strict=True):
        if (i := at.get(f"{layer}/{feature}")) is not None:
            found[i].append(code)
    return dict(found)
