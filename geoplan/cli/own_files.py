"""Options that say how a file of the user's own is read, shared by commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from geoplan.cli.say import say
from geoplan.errors import UsageError
from geoplan.reading import Reading

AssumeCRS = Annotated[
    str | None,
    typer.Option(
        "--assume-crs",
        help="The system that the numbers are in, whatever the file states: EPSG:4525, GCJ-02.",
    ),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of texts, whatever is stated: GB18030.")
]
SwapXY = Annotated[bool, typer.Option("--swap-xy", help="The first coordinate is the northing.")]
ColumnX = Annotated[str | None, typer.Option("--x", help="Column of a table: longitude, easting.")]
ColumnY = Annotated[str | None, typer.Option("--y", help="Column of a table: latitude, northing.")]
ColumnWKT = Annotated[str | None, typer.Option("--wkt", help="Column of a table with WKT.")]
ColumnUnit = Annotated[
    str | None, typer.Option("--unit", help="Column of a table with names or codes of units.")
]
LayerName = Annotated[
    str | None, typer.Option("--layer", help="One of several layers, or sheets of a workbook.")
]

SeveralCRS = Annotated[
    list[str] | None,
    typer.Option(
        "--assume-crs",
        help="The system that a file's numbers are in: EPSG:4525; of several files NAME=EPSG:4525.",
    ),
]
SeveralEncodings = Annotated[
    list[str] | None,
    typer.Option("--encoding", help="Encoding of a file's texts: GB18030, or NAME=GB18030."),
]
SeveralSwapped = Annotated[
    list[str] | None,
    typer.Option("--swap-xy", help="Name of a file whose first coordinate is the northing."),
]


@dataclass(frozen=True)
class Said:
    """What is said of several files, as options."""

    assume_crs: Sequence[str] | None = None
    encoding: Sequence[str] | None = None
    swap_xy: Sequence[str] | None = None
    layers: Mapping[str, str | None] = field(default_factory=dict)
    """Which layer of a file, for commands with an option for it."""


def readable(
    layers: Sequence[str | Path], folder: Path, said: Said, *, quiet: bool = False
) -> list[str]:
    """Return layers as the commands read them; what was noticed of files goes to stderr."""
    from geoplan.sources import is_file

    options = (said.assume_crs, said.encoding, said.swap_xy)
    if not any(options) and not any(is_file(layer) for layer in layers):
        return [str(layer) for layer in layers]
    from geoplan.config import load
    from geoplan.intake import Options, replaced

    wanted = {name: layer for name, layer in said.layers.items() if layer is not None}
    made = replaced(
        layers,
        Options(said.assume_crs or (), said.encoding or (), said.swap_xy or (), wanted),
        is_file=is_file,
        project=lambda: load(folder),
    )
    for line in () if quiet else made.told:
        say(line, err=True)
    return list(made.layers)


def split_systems(
    given: Sequence[str] | None, layer: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Return the system of the raster, and those of LAYER, which begin with its name.

    Raises `UsageError` where the raster is given several.
    """
    path = Path(layer or "")
    names = tuple(f"{name}=" for name in (path.stem, path.name, str(layer)) if layer)
    of_layer = tuple(text for text in given or () if text.startswith(names))
    of_raster = [text for text in given or () if text not in of_layer]
    if len(of_raster) > 1:
        raise UsageError(
            f"--assume-crs is given {len(of_raster)} times for the raster; of the layer it is "
            f"written --assume-crs {path.stem or 'NAME'}=EPSG:4525"
        )
    return (of_raster[0] if of_raster else None), of_layer


def reading_of(
    layer: str | None = None,
    encoding: str | None = None,
    assume_crs: str | None = None,
    swap_xy: bool = False,
    columns: tuple[str | None, str | None, str | None, str | None] = (None, None, None, None),
) -> Reading:
    """Return what a person says of one file; `columns` are those of `--x --y --wkt --unit`."""
    x, y, wkt, unit = columns
    return Reading(layer, encoding, assume_crs, swap_xy, x, y, wkt, unit)
