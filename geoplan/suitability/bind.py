"""What criteria need, and what there is: rasters by name, shapes by layer; all gaps at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from geoplan import raster
from geoplan.config import Project
from geoplan.derived.names import Named, shapes_of
from geoplan.errors import DataError, MissingCRSError, UsageError, listed
from geoplan.ledger.places import Place, place_of
from geoplan.schema import Tables, records
from geoplan.sources import is_file
from geoplan.suitability.model import Constraint, Factor, Input, Suitability
from geoplan.suitability.score import rescaled
from geoplan.toml import suggestion


@dataclass(frozen=True)
class Bound:
    """A model with all that it needs."""

    model: Suitability
    """Without the criteria that were left out."""
    weights: tuple[float, ...]
    """Of its factors; add up to 1."""
    without: tuple[Constraint | Factor, ...]
    """Criteria that were left out."""
    sources: dict[str, raster.Source]
    """Rasters by the names of inputs."""
    places: dict[str, Place]
    """Where layers are, by the ids of criteria."""
    far: dict[str, np.ndarray]
    """Shapes that distances are taken to (`crs.WORK_CRS`), by the ids of criteria."""
    far_notes: tuple[str, ...] = ()
    """What has to be known of those shapes: that some are sketches, or were left out."""
    layers: tuple[str, ...] = ()
    """Raster layers of the project that inputs are."""


def left_out(model: Suitability, without: Sequence[str]) -> tuple[Suitability, tuple[float, ...]]:
    """Return a model without some criteria, and its weights, which add up to 1 again.

    Raises `UsageError` where a name is unknown, or no factor is left.
    """
    ids = [criterion.id for criterion in model.criteria]
    for name in without:
        if name not in ids:
            raise UsageError(
                f"--without {name}: {model.id} has no such criterion.{suggestion(name, ids)} "
                f"It has: {', '.join(ids)}"
            )
    factors = tuple(f for f in model.factor if f.id not in without)
    if not factors:
        raise UsageError(f"{model.id}: no factor is left, so there is nothing to score by")
    constraints = tuple(c for c in model.constraint if c.id not in without)
    used = {c.input for c in (*constraints, *factors)}
    inputs = tuple(known for known in model.input if known.id in used)
    # Its weights stand as they are written; those in use are told apart.
    made = model.model_copy(update={"factor": factors, "constraint": constraints, "input": inputs})
    return made, rescaled([f.weight.value for f in factors])


@dataclass(frozen=True)
class Setting:
    """Where a model is run: the project, its tables, a grid about where the result will lie."""

    project: Project
    tables: Tables
    around: raster.Grid


def bound(
    model: Suitability, given: Mapping[str, Path], *, without: Sequence[str], setting: Setting
) -> Bound:
    """Return a model with its rasters looked at and its layers found.

    Parameters
    ----------
    given
        Files, folders of tiles, or ids of raster layers, by the names of inputs.

    Raises
    ------
    UsageError
        With everything that is missing and which criteria need it; where a name is unknown,
        or a layer is known by list only.
    DataError
        Where a raster is wrong.
    """
    names = [known.id for known in model.input]
    for name in given:
        if name not in names:
            raise UsageError(
                f"--raster {name}=…: {model.id} has no such input.{suggestion(name, names)} "
                f"It has: {', '.join(names) or 'none'}"
            )
    own, weights = left_out(model, without)
    gaps = [_gap(known, own) for known in own.input if known.id not in given]
    places: dict[str, Place] = {}
    far: dict[str, Named] = {}
    for criterion in own.criteria:
        if criterion.shapes is None:
            continue
        found = _named(criterion, setting) if criterion.of else _place(criterion, setting.tables)
        if isinstance(found, str):
            gaps.append(found)
        elif isinstance(found, Named):
            far[criterion.id] = found
        else:
            places[criterion.id] = found
    if gaps:
        raise UsageError(
            f"{model.id}: {len(gaps)} input(s) are missing:\n{listed(gaps)}\n"
            "Give them, or leave criteria out with --without ID, which is then said everywhere"
        )
    sources = {known.id: _looked(known, given[known.id], setting) for known in own.input}
    return Bound(
        own,
        weights,
        tuple(c for c in model.criteria if c.id in set(without)),
        sources,
        places,
        {name: found.shapes for name, found in far.items()},
        tuple(note for found in far.values() for note in found.notes),
        tuple(str(given[i.id]) for i in own.input if _row(given[i.id], setting) is not None),
    )


def _gap(known: Input, model: Suitability) -> str:
    users = [c.id for c in model.criteria if c.input == known.id]
    unit = f", {known.unit}" if known.unit else ""
    return (
        f"raster {known.id} ({known.title.zh}{unit}), needed by {', '.join(users)}: "
        f"give --raster {known.id}=FILE"
    )


def _place(criterion: Constraint | Factor, tables: Tables) -> Place | str:
    """Return where the layer of a criterion is, or what is missing."""
    name = criterion.layer or ""
    if is_file(name) and not Path(name).is_file():
        return f"file {name}, needed by {criterion.id}: there is no such file"
    try:
        found = place_of(name, tables)
    except UsageError:
        return (
            f"layer {name}, needed by {criterion.id}: the catalogue has no shapes of that name; "
            "fill its slot in geoplan.toml [sources]"
        )
    if found.measured:
        return found
    if found.listed:
        return (
            f"layer {name}, needed by {criterion.id}: is known by list only "
            f"({len(found.listed)} units): what lies somewhere in a county is not the county, so "
            "it excludes and scores nothing; needed are whole units or delimited shapes"
        )
    return (
        f"layer {name}, needed by {criterion.id}: has statements and sketches only "
        f"({found.statements}), which have no exact area; needed are whole units or delimited "
        "shapes"
    )


def _named(criterion: Constraint | Factor, setting: Setting) -> Named | str:
    """Return the shapes that a distance is taken to, or what is missing."""
    try:
        return shapes_of(criterion.of or "", setting.around, project=setting.project)
    except UsageError as fault:
        return f"shapes {criterion.of}, needed by {criterion.id}: {fault}"


def _looked(known: Input, path: Path, setting: Setting) -> raster.Source:
    try:
        found = _layer(known, path, setting) or raster.look(path, kind=known.kind)
    except MissingCRSError as fault:
        # The command has no option for it: the file has to say it.
        told = str(fault).replace(
            "say which one with --assume-crs", "state it: gdal_edit.py -a_srs"
        )
        raise MissingCRSError(told) from fault
    if known.unit and found.unit and not _same_unit(known.unit, found.unit):
        raise DataError(
            f"{path}: is in {found.unit!r}; {known.id} has to be in {known.unit!r}; convert it, "
            "or correct the unit in the file"
        )
    if known.classes and not found.legend:
        legend = tuple(raster.Class(int(v), t, "") for v, t in known.classes.items())
        return replace(found, legend=legend)
    return found


def _layer(known: Input, path: Path, setting: Setting) -> raster.Source | None:
    """Return a raster layer of the project by its id; None where the name is none."""
    row = _row(path, setting)
    if row is None:
        return None
    if row["raster_kind"] != known.kind:
        raise UsageError(f"layer {path} is {row['raster_kind']}; {known.id} is {known.kind}")
    return raster.look(
        setting.project.input_file(row["path"]),
        band=row["band"],
        nodata=row["nodata"],
        assume_crs=row["assumed_crs"],
        kind=known.kind,
    )


def _row(path: Path, setting: Setting) -> dict[str, Any] | None:
    """Return the row of a raster layer; None where there is none, or a file of that name."""
    rows = {row["layer"]: row for row in records(setting.tables["rasters"])}
    return None if path.exists() else rows.get(str(path))


def _same_unit(one: str, other: str) -> bool:
    def plain(text: str) -> str:
        text = text.casefold().translate(str.maketrans("²³·", "23 "))
        return "".join(c for c in text if c not in " ^*").removesuffix("s") or text

    names = {"metre": "m", "meter": "m"}
    return names.get(plain(one), plain(one)) == names.get(plain(other), plain(other))
