"""Values that people write in TOML files: texts on one line, tables without unknown keys."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from geoplan.errors import ConfigError, listed
from geoplan.toml import UnreadableError, fault_lines, read


def _is_plain(text: str) -> str:
    """Refuse blank texts, and characters that cannot be printed on one line."""
    if not text.strip():
        raise ValueError("is empty; write a text, or leave the key out")
    if text.isprintable():  # nearly always, and quickly told
        return text
    wrong = sorted({c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")})
    if wrong:
        shown = ", ".join(f"U+{ord(c):04X}" for c in wrong)
        raise ValueError(f"holds {shown}; write plain text on one line")
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_is_plain)]
"""A printable text on one line."""


class Strict(BaseModel):
    """A value that people write: unknown keys are errors, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Strict)


def read_strict(path: Path, model: type[Model], *, keys: Sequence[str]) -> Model:
    """Return what a TOML file says; `keys` are those that may stand in it, for suggestions.

    Raises `ConfigError` with every fault and its line.
    """
    try:
        text, said = read(path)
        return model.model_validate(said)
    except UnreadableError as fault:
        raise ConfigError(f"{path}: {fault}") from fault
    except ValidationError as fault:
        faults = fault_lines(text, fault, allowed=keys)
        raise ConfigError(f"{path}: {len(faults)} fault(s):\n{listed(faults)}") from fault
