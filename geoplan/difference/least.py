"""The least area of a difference polygon: one for all, or by land class as rules of surveys say."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from geoplan.config import Bilingual, Project, shipped
from geoplan.strict import Strict, Text, read_strict

FILE = "least_areas.toml"
"""File of the reference data that holds the rules."""


class Least(Strict):
    """A least area for land classes; the longest beginning of a code wins, an empty one is all."""

    id: Text
    title: Bilingual
    land: tuple[str, ...]
    area_m2: Annotated[float, Field(gt=0)]
    source: Text
    verified: bool = False


class Rules(Strict):
    """All rules of the file."""

    least: Annotated[tuple[Least, ...], Field(min_length=1)]

    def of(self, code: str) -> Least | None:
        """Return the rule of a land class, or None."""
        fitting = [(len(s), r) for r in self.least for s in r.land if code.startswith(s)]
        return max(fitting, key=lambda found: found[0])[1] if fitting else None


def read_rules(project: Project) -> Rules:
    """Return the rules of the project's reference data; the shipped ones where it has none.

    Raises `ConfigError` with every fault and its line.
    """
    path = project.folder("reference") / FILE
    if not path.is_file():
        path = shipped() / "data" / "reference" / FILE
    return read_strict(path, Rules, keys=[*Rules.model_fields, *Least.model_fields])
