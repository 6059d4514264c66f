"""A run as a page that opens offline: classes and scores on a map, beside the plans' own lists."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

import shapely

from geoplan import crs, geometry, raster, schema
from geoplan.config import Project
from geoplan.pictured import bounded
from geoplan.publish import (
    Image,
    RasterMap,
    Swatch,
    beside,
    grid_note,
    raster_text,
    step_swatches,
)
from geoplan.publish.words import Pair, pair
from geoplan.schema import Sensitivity
from geoplan.suitability.make import COARSE_M, Run, Sums
from geoplan.suitability.page_tables import grids_of
from geoplan.suitability.score import NODATA
from geoplan.suitability.tables import Tables
from geoplan.suitability.told import notes_of, title_of

EXCLUDED = "excluded"
"""Id of the class of cells that a constraint excludes."""

STEPS = (0, 20, 40, 60, 80, 100)
SCORES = ("#fff7ec", "#fdd49e", "#fc8d59", "#d7301f", "#7f0000")
"""Colours of scores, from low to high (ColorBrewer OrRd)."""

PAD = 0.03
"""How much of the longer side of the unit a picture shows beyond it."""

WHOLE = 0.999
"""Part of a unit from which on all of it was judged; borders are rounded."""


def page_text(
    ready: Run, sums: Sums, *, tables: Tables, folder: Path, project: Project, excluded: str
) -> str:
    """Return the page of a run whose grids lie in `folder`; `excluded` is a colour.

    Raises `StageError` where it does not get within `budgets.page`.
    """
    ids = [f"{ready.bound.model.id}-{what}" for what in ("class", "score")]
    plans, on = _beside(ready)
    unit = _unit(ready, project)
    plans["zonal"] = schema.frame("zonal", _by_class(ready, sums, ids[0], unit=unit))
    codes = tuple(county.adcode for county in ready.counties)
    digests = html.escape(" ".join(sorted(source.path.name for source in _sources(ready))))
    return raster_text(
        RasterMap(
            tables=plans,
            config=project.config,
            images=_images(ready, ids, folder=folder, excluded=excluded),
            file=f"{ready.bound.model.id}.html",
            origin=f'<meta name="geoplan-inputs" content="{digests}">',
            title=title_of(ready),
            sensitivity=sensitivity_of(ready),
            unit=unit,
            fit=codes,
            on=on,
            grids=grids_of(ready, tables),
            notes=(*notes_of(ready), *_of_unit(ready, unit)),
        )
    )


def sensitivity_of(ready: Run) -> Sensitivity:
    """Return who may read a result: what its most closed layer allows, never public by itself."""
    layers = ready.tables["layers"].set_index("layer")["sensitivity"].to_dict()
    features = ready.tables["features"]
    if any(layers[own] == "secret" for own in ready.bound.layers):
        return "secret"
    for criterion in ready.bound.model.criteria:
        name = criterion.layer or (criterion.of if criterion.derived == "distance" else None)
        layer, _, part = (name or "").partition("/")
        there = features[(features["layer"] == layer) | (features["class"] == (part or layer))]
        if any(layers[own] == "secret" for own in there["layer"]):
            return "secret"
    return "internal"


def _of_unit(ready: Run, unit: str) -> list[Pair]:
    """Return what the shares of the legend are of, where that is more than was judged."""
    if unit in {county.adcode for county in ready.counties}:
        return []
    row = ready.tables["units"].set_index("adcode").loc[unit]
    own = int(sum(county.area_units for county in ready.counties))
    if geometry.km2(own) > row["area_km2"] - 0.01:
        return []
    n = len(ready.counties)
    zh, _ = pair("suitability.of_unit", unit=row["name"], n=n)
    _, en = pair("suitability.of_unit", unit=row["name_en"], n=n)
    return [(zh, en)]


def _sources(ready: Run) -> list[raster.Source]:
    return [*ready.bound.sources.values()]


def _unit(ready: Run, project: Project) -> str:
    """Return the smallest unit above counties that holds all of them: maps are of such units."""
    above = ready.tables["units"].set_index("adcode")["parent"].to_dict()
    chains = []
    for county in ready.counties:
        chain = [county.adcode]
        while isinstance(above.get(chain[-1]), str):
            chain.append(above[chain[-1]])
        chains.append(chain[1:])
    shared = [code for code in chains[0] if all(code in chain for chain in chains)]
    return shared[0] if shared else project.config.scope


def _beside(ready: Run) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """Return the tables of what plans say of the purpose, and what of it is on at opening."""
    features = ready.tables["features"]
    pairs: set[tuple[str, str]] = set()
    for name in ready.bound.model.beside:
        layer, _, part = name.partition("/")
        own = (features["layer"] == layer) & ((features["class"] == part) | (part == ""))
        there = features[own | (features["class"] == name)]
        pairs |= set(zip(there["layer"], there["class"], strict=True))
    made = {**beside(ready.tables, {layer for layer, _ in pairs})}
    for table in ("features", "memberships", "coverage"):
        rows = made[table]
        kept = [key in pairs for key in zip(rows["layer"], rows["class"], strict=True)]
        # A list without entries would choose columns.
        made[table] = rows[np.array(kept, dtype=bool)].reset_index(drop=True)
    lists = schema.records(made["coverage"])
    codes = {county.adcode for county in ready.counties}
    on = {
        f"{row['layer']}|{row['class']}|{row['basis']}"
        for row in lists
        if row["adcode"] in codes and row["class"]
    }
    return made, tuple(sorted(on))


def _by_class(ready: Run, sums: Sums, image: str, *, unit: str) -> list[dict[str, Any]]:
    """Return rows of `zonal`: what each county has of each class, and the unit of the page."""
    areas = {c.adcode: own for c, own in zip(ready.counties, sums.areas[0], strict=True)}
    sizes = {code: int(own.sum()) for code, own in areas.items()}
    if unit not in areas:
        units = ready.tables["units"].set_index("adcode")["area_km2"]
        areas[unit] = sums.areas[0].sum(axis=0)
        sizes[unit] = round(units[unit] * geometry.AREA_UNITS_PER_KM2)
    numbers = {EXCLUDED: 0} | {g.id: i for i, g in enumerate(ready.bound.model.class_, 1)}
    rows = []
    for code, own in areas.items():
        covered = int(own.sum()) - int(own[NODATA])
        # A share of a city whose other counties were not judged would mislead.
        whole = int(own.sum()) > WHOLE * sizes[code]
        for name, number in numbers.items():
            area = int(own[ready.rule.classes == number].sum())
            rows.append(
                {
                    "layer": image,
                    "adcode": code,
                    "class": name,
                    "measure": "km2",
                    "area_km2": geometry.km2(area),
                    "share_of_unit": area / sizes[code] if whole else None,
                    "cells": covered / geometry.AREA_UNITS_PER_M2 / ready.cell_m**2,
                    "share_covered": covered / sizes[code],
                }
            )
    return rows


def _images(ready: Run, ids: Sequence[str], *, folder: Path, excluded: str) -> tuple[Image, ...]:
    """Return the pictures of classes and scores; `ids` are names of both grids."""
    grades = ready.bound.model.class_
    classes = (
        Swatch(pair("suitability.excluded"), excluded, EXCLUDED),
        *(Swatch((g.title.zh, g.title.en), g.colour, g.id) for g in grades),
    )
    numbers = [float(number) for number in range(len(classes))]
    steps = [float(step) for step in STEPS[1:-1]]
    return (
        _image(ready, ids[0], what="classes", legend=classes, breaks=numbers, folder=folder),
        _image(
            *(ready, ids[1]),
            what="scores",
            legend=step_swatches(STEPS, SCORES),
            breaks=steps,
            folder=folder,
        ),
    )


def _image(
    ready: Run,
    name: str,
    *,
    what: Literal["classes", "scores"],
    legend: tuple[Swatch, ...],
    breaks: Sequence[float],
    folder: Path,
) -> Image:
    west, south, east, north = ready.tables["units"]["geometry"].total_bounds.tolist()
    meridian = crs.meridian_of((west, south, east, north))
    system = crs.print_crs(meridian)
    outlines = np.array([county.outline for county in ready.counties], dtype=object)
    bounds = _padded(crs.work_to_any(outlines, system))
    source = raster.look(folder / f"{name}.tif")
    colours = [swatch.colour for swatch in legend]
    drawn = bounded(
        lambda longest_px: raster.picture(
            *(source, system),
            bounds=bounds,
            colours=colours,
            breaks=breaks,
            longest_px=longest_px,
        )
    )
    zh, en = title_of(ready)
    word = pair(f"suitability.{what}")
    return Image(
        id=name,
        title=(f"{zh}：{word[0]}", f"{en}: {word[1]}"),
        note=_note(ready),
        png=drawn.png,
        size=(drawn.width, drawn.height),
        bounds=drawn.bounds,
        meridian=meridian,
        legend=legend,
        unit=pair("suitability.score") if what == "scores" else ("", ""),
        source=pair("suitability.model", id=ready.bound.model.id)[0],
        sensitivity=sensitivity_of(ready),
        coarse=ready.coarse,
        synthetic=bool(ready.synthetic),
    )


def _note(ready: Run) -> Pair:
    cell = (ready.cell_m, ready.cell_m)
    if not ready.coarse or ready.cell_m > COARSE_M:
        return grid_note(cell, minutes=None, coarse_m=COARSE_M)
    zh, en = grid_note(cell, minutes=None, coarse_m=COARSE_M)
    coarse = pair("raster.coarse", m=f"{COARSE_M:g}")
    return f"{zh}，输入{coarse[0]}", f"{en}; inputs {coarse[1]}"


def _padded(shapes: np.ndarray) -> crs.Bounds:
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    pad = PAD * max(east - west, north - south)
    return west - pad, south - pad, east + pad, north + pad
