"""Read ``suitability.toml`` of all folders of layers."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from geoplan.config import Bilingual, Project
from geoplan.errors import ConfigError, UsageError
from geoplan.strict import read_strict
from geoplan.suitability.model import (
    Backed,
    Cited,
    Constraint,
    Factor,
    File,
    Given,
    Grade,
    Input,
    Suitability,
)
from geoplan.toml import suggestion

FILE = "suitability.toml"

_MODELS: tuple[type[BaseModel], ...] = (
    *(File, Suitability, Input, Grade, Constraint, Factor),
    *(Backed, Given, Cited, Bilingual),
)


def keys() -> list[str]:
    """Return every key that may stand in the file."""
    fields = (field for model in _MODELS for field in model.model_fields.items())
    return list(dict.fromkeys(field.alias or name for name, field in fields))


def read_models(project: Project) -> dict[str, Suitability]:
    """Return the models of all folders of layers by id; later folders replace earlier ones.

    Raises `ConfigError` with every fault and its line.
    """
    found: dict[str, Suitability] = {}
    for folder in project.layer_folders():
        path = folder / FILE
        if not path.is_file():
            continue
        made = read_strict(path, File, keys=keys()).suitability
        ids = [model.id for model in made]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ConfigError(f"{path}: {', '.join(twice)} stand(s) there twice; give other ids")
        found |= {model.id: model for model in made}
    return found


def model_of(name: str, models: Mapping[str, Suitability]) -> Suitability:
    """Return a model by id; `UsageError` with suggestions where there is none."""
    if name not in models:
        raise UsageError(
            f"{name!r} is no model of layers/{FILE}.{suggestion(name, list(models))} "
            f"There are: {', '.join(models) or 'none'}"
        )
    return models[name]
