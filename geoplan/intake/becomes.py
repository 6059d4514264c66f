"""What a file would become by the ministry's code that it fits."""

from __future__ import annotations

from pathlib import Path

from geoplan.intake.model import Step
from geoplan.mappings import Match, Role


def step_of(match: Match | None, path: Path) -> Step | None:
    """Return where a file is put, and under which name, so that it becomes a plan layer."""
    if match is None:
        return None
    mapping = match.mapping
    becomes = f"{mapping.title.zh} (layer {mapping.layer})"
    folder = f"layers/{mapping.theme.id}/"
    if match.by == "name" and match.confirmed:
        return Step(f"put {path.name} into {folder}: `geoplan build` makes it {becomes}")
    if match.by == "name":
        return Step(
            f"if it is {becomes}: its columns are not those of the mapping; say which they are in "
            f"a layer file in {folder}"
        )
    name = f"{mapping.code}{path.suffix}"
    return Step(f"if it is {becomes}: call it {name}, put it into {folder}, then `geoplan build`")


def column_of(match: Match | None) -> str | None:
    """Return the column that a map is coloured by: that of classes, else of names."""
    if match is None:
        return None
    return match.column("class") or match.column("name")


def becomes(match: Match | None) -> dict[str, object]:
    """Return plain facts of a match; nothing where there is none."""
    if match is None:
        return {}
    mapping = match.mapping
    roles: tuple[Role, ...] = ("id", "name", "class", "unit_code", "unit_name", "area")
    columns = {role: match.column(role) for role in roles}
    return {
        "code": mapping.code,
        "title": mapping.title.zh,
        "by": match.by,
        "confirmed": match.confirmed,
        "dialect": match.dialect.id,
        "layer": mapping.layer,
        "theme": mapping.theme.title.zh,
        "folder": f"layers/{mapping.theme.id}",
        "class": mapping.class_,
        "columns": {role: column for role, column in columns.items() if column},
    }
