"""What ``source.toml`` says about boundaries and reference data, and the table `sources`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field, ValidationError

from geoplan.config import Bilingual, Day
from geoplan.errors import DataError, listed
from geoplan.schema import frame
from geoplan.strict import Strict, Text
from geoplan.toml import UnreadableError, fault_lines, read

FILE_NAME = "source.toml"

Model = TypeVar("Model", bound=BaseModel)


class Credit(Strict):
    """A data set that maps must name: title, licence, and the words to show."""

    id: Text
    title: Bilingual
    licence: Text
    notice: Bilingual


class Credits(Strict):
    """``source.toml`` of reference data: nothing but credits."""

    source: tuple[Credit, ...] = ()


class Source(Credits):
    """``source.toml`` of a set of boundaries: vintage, error model, and credits."""

    title: Text
    vintage: Day
    licence: Text
    displacement_km: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
    """Median distance of a border from its true place."""
    spacing_km: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
    """Distance along a border over which displacements are alike."""

    def uncertainty_km2(self, perimeter_km: np.ndarray) -> np.ndarray:
        """Return the standard error of areas with these perimeters: d · √(perimeter · spacing)."""
        return np.asarray(self.displacement_km * np.sqrt(perimeter_km * self.spacing_km))


def read_source(folder: Path) -> Source:
    """Read ``source.toml`` of a folder of boundaries; raises `DataError` on any fault."""
    return _read(folder / FILE_NAME, Source)


def build_sources(boundaries: Path, reference: Path) -> pd.DataFrame:
    """Make the table `sources`: credits of boundaries and reference data, in their order.

    Boundaries without a credit of their own are named by their title.
    Raises `DataError` on any fault of a ``source.toml``, or an id that stands twice.
    """
    own = read_source(boundaries)
    named = list(own.source)
    if not named:
        title = Bilingual(zh=own.title, en=own.title)
        named.append(Credit(id="boundaries", title=title, licence=own.licence, notice=title))
    if (reference / FILE_NAME).exists():
        named += _read(reference / FILE_NAME, Credits).source
    ids = [credit.id for credit in named]
    repeated = sorted({i for i in ids if ids.count(i) > 1})
    if repeated:
        raise DataError(f"{reference / FILE_NAME}: source id(s) stand twice: {', '.join(repeated)}")
    return frame(
        "sources",
        [
            {
                "source": credit.id,
                "title": credit.title.zh,
                "title_en": credit.title.en,
                "licence": credit.licence,
                "notice": credit.notice.zh,
                "notice_en": credit.notice.en,
            }
            for credit in named
        ],
    )


def _read(file: Path, model: type[Model]) -> Model:
    try:
        text, said = read(file)
        return model.model_validate(said)
    except UnreadableError as fault:
        raise DataError(f"{file}: {fault}") from fault
    except ValidationError as fault:
        raise DataError(f"{file}:\n{listed(fault_lines(text, fault))}") from fault
