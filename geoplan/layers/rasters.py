"""Layers of cells: found, looked at, and never read whole here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from geoplan.config import REFERENCE, layers_name
from geoplan.errors import DataError, UsageError
from geoplan.formats import files_of
from geoplan.kept import Kept
from geoplan.layers.faults import Faults
from geoplan.layers.inputs import LayerInputs
from geoplan.layers.raster_model import NO_MEASURE, Raster
from geoplan.layers.read import LayerFile
from geoplan.schema import frame, issue_row

Row = dict[str, Any]

APART = " | "
"""What stands between decisions in a cell."""


@dataclass(frozen=True)
class _Found:
    """The cells of a layer."""

    file: LayerFile
    raster: Raster
    path: Path
    name: str
    """As inputs call it: it holds no path of this machine."""


def read_rasters(
    files: Sequence[LayerFile], inputs: LayerInputs, *, kept: Kept
) -> tuple[pd.DataFrame, list[Row]]:
    """Return the table `rasters`, and what was decided of them as rows of `issues`.

    Raises `LayerError` with every fault of every raster and its line.
    """
    faults = Faults()
    rows: list[Row] = []
    for file in files:
        try:
            found = _find(file, inputs)
            rows += [] if found is None else [_row(found, kept)]
        except (DataError, UsageError, OSError) as fault:
            faults.add([f"{file.at('raster')}: {_in_words_of_files(fault)}"], [file.name])
    faults.raise_any("rasters of layers")
    return frame("rasters", rows), list(_issues(rows))


def content_hash(path: Path, kept: Kept) -> str:
    """Return the sha256 of a file, or one for the names and contents of several."""
    parts = files_of(path)
    if len(parts) == 1 and path.is_file():
        return kept.digest(path)
    folder = path if path.is_dir() else path.parent
    told = [f"{p.relative_to(folder).as_posix()}\0{kept.digest(p)}\n" for p in parts]
    return sha256("".join(told).encode()).hexdigest()


def _find(file: LayerFile, inputs: LayerInputs) -> _Found | None:
    """Return the cells of a layer; None where it has none, or is a slot without a file."""
    raster, layer = file.layer.raster, file.layer.id
    if raster is None:
        return None
    if layer in inputs.sources:
        path = inputs.root / inputs.sources[layer]
        if not path.exists():
            raise UsageError(f"geoplan.toml: sources.{layer}: there is no file or folder {path}")
        return _Found(file, raster, path, f"sources/{layer}/{path.name}")
    if raster.reference is not None:
        path, name = inputs.reference / raster.reference, REFERENCE + raster.reference
    else:
        path = file.path.parent / raster.name
        number = list(inputs.folders).index(file.path.parent.parent)
        name = f"{layers_name(number)}/{file.path.parent.name}/{raster.name}"
    if path.exists():
        return _Found(file, raster, path, name)
    if file.layer.slot:
        return None
    raise DataError(f"there is no file or folder {path}")


def _row(found: _Found, kept: Kept) -> Row:
    """Return the row of a raster, looked at now or in an earlier run."""
    digest = content_hash(found.path, kept)
    name = f"raster-{kept.key(found.path.name, digest, found.raster.model_dump_json())}"
    before = kept.read(name)
    if before is not None and list(before.columns) == ["row"]:
        made: Row = json.loads(before["row"].iloc[0])
    else:
        made = _looked(found.path, found.raster)
        kept.write(name, pd.DataFrame({"row": [json.dumps(made)]}))
    own = {"layer": found.file.layer.id, "path": found.name, "sha256": digest}
    return own | made | {"file_line": found.file.at("raster").line}


def _looked(path: Path, told: Raster) -> Row:
    from geoplan import crs, raster  # GDAL with it, which most builds do without

    found = raster.look(
        path, band=told.band, nodata=told.nodata, assume_crs=told.assume_crs, kind=told.kind
    )
    width, height = found.grid.cell_m
    return {
        "raster_kind": found.kind,
        "measure": None if told.measure in (None, NO_MEASURE) else told.measure,
        "crs": crs.name_of(found.grid.crs),
        "assumed_crs": told.assume_crs,
        "cell_width_m": width,
        "cell_height_m": height,
        "columns": found.grid.width,
        "rows": found.grid.height,
        "band": found.band,
        "cell_type": found.dtype,
        "nodata": found.nodata,
        "values": " ".join(f"{c.value}={c.class_}" for c in told.class_) or None,
        "colours": " ".join(told.colours) or None,
        "breaks": " ".join(f"{value:.15g}" for value in told.breaks) or None,
        "decisions": APART.join(map(_in_words_of_files, found.decisions)) or None,
        "synthetic": found.synthetic,
    }


def _in_words_of_files(told: object) -> str:
    """Return a message of the door with keys of layer files in place of options of commands."""
    said = str(told).replace("--assume-crs", "assume_crs")
    return said.replace("--nodata", "nodata =").replace("--kind", "kind =")


def _issues(rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        for said in (row["decisions"] or "").split(APART):
            if said:
                doubtful = "no data" in said
                yield issue_row(
                    "layers.raster",
                    row["layer"],
                    said,
                    severity="warning" if doubtful else "info",
                )
