"""How cases are read in this process: the same way as commands read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geoplan import guard, intake, vector
from geoplan import manifest as manifests
from geoplan.boundaries import build_sources, build_units
from geoplan.config import load
from geoplan.gazetteer import load as load_gazetteer
from geoplan.intake import doors
from geoplan.layers import build_layers
from geoplan.reading import Notice, Reading
from tests.small import SmallProject


def project(root: Path) -> None:
    """Read all that a project says, as the stages do before anything is computed."""
    made = load(root)
    made.build_folder, made.maps_folder  # noqa: B018 - it is checked when it is asked for
    boundaries, reference = made.folder("boundaries"), made.folder("reference")
    gazetteer = load_gazetteer(boundaries)
    build_sources(boundaries, reference)
    units, _ = build_units(boundaries, gazetteer, scope=made.config.scope)
    build_layers(SmallProject(root).inputs(), units=units, gazetteer=gazetteer)


def manifest(root: Path) -> None:
    """Check a published folder against its manifest."""
    manifests.verify(root / "maps")


def file(path: Path, reading: Reading) -> Sequence[Notice]:
    """Take a file of the user's own; return what was noticed."""
    return intake.take(path, reading).notices


def formats(path: Path, reading: Reading) -> Sequence[Notice]:
    """Read a file whose shapes are for another table to judge."""
    guard.checked(path)
    return vector.read(path, reading=reading).notices


def fields(path: Path, reading: Reading) -> Sequence[Notice]:
    """Take a file and set it against the mapping that its name or its fields mean."""
    taken = intake.take(path, reading)
    found = doors.examined(taken.frame, path, layer=taken.layer, project=None)
    return [*taken.notices, *found.notices]
