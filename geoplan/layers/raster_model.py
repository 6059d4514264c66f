"""What a layer file may say of a raster: where its cells are, and what their values mean."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from geoplan.layers.values import ClassId, Number, check_measure
from geoplan.schema import RasterKind
from geoplan.strict import Strict, Text

NO_MEASURE = "none"
"""What a layer file has for amounts that are plain numbers."""

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Value = Annotated[int, Field(ge=-(2**63), lt=2**64, strict=True)]


def _is_amount(text: str) -> str:
    return text if text == NO_MEASURE else check_measure(text)


class RasterClass(Strict):
    """A value of cells, and the class of ``classes.toml`` that it stands for."""

    value: Value
    class_: Annotated[ClassId, Field(alias="class")]


class Raster(Strict):
    """Cells in place of features: a file in ``data/reference`` or beside the layer file.

    Or a folder of tiles. Files elsewhere are named under ``[sources]`` in geoplan.toml.
    """

    reference: Text | None = None
    path: Text | None = None
    kind: RasterKind
    measure: Annotated[str, AfterValidator(_is_amount)] | None = None
    """Of amounts; `NO_MEASURE` for plain numbers."""
    nodata: Number | None = None
    band: Annotated[int, Field(ge=1, strict=True)] = 1
    assume_crs: Text | None = None
    """Coordinate system of a file that states none, such as ``EPSG:4490``."""
    class_: Annotated[tuple[RasterClass, ...], Field(alias="class")] = ()
    colours: tuple[Colour, ...] = ()
    """Of amounts, from low to high."""
    breaks: tuple[Number, ...] = ()
    """Values between two colours each, in `measure`."""

    @property
    def name(self) -> str:
        """The name of the file or folder, wherever it is."""
        return self.reference or self.path or ""

    @model_validator(mode="after")
    def _in_one_place(self) -> Self:
        if (self.reference is None) == (self.path is None):
            raise ValueError(
                "says where its cells are by one key: reference (a file in data/reference) "
                "or path (a file or folder beside the layer file)"
            )
        if self.name in (".", "..") or set(self.name) & set("/\\:*?"):
            raise ValueError(
                f"{self.name!r} is no plain name of a file or folder there; name those elsewhere "
                "under [sources] in geoplan.toml"
            )
        return self

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        amounts = {"measure": self.measure, "colours": self.colours, "breaks": self.breaks}
        if self.kind == "categorical":
            given = [key for key, value in amounts.items() if value]
            if given:
                raise ValueError(f"{', '.join(given)}: of amounts only; classes have their own")
            if not self.class_:
                raise ValueError(
                    "a categorical raster needs [[raster.class]]: a value and its class each"
                )
            values = [c.value for c in self.class_]
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"value(s) {', '.join(map(str, twice))} stand(s) twice in classes")
            return self
        if self.class_:
            raise ValueError('[[raster.class]] is for kind = "categorical"')
        if self.measure is None:
            raise ValueError(
                f'needs a measure: m, degree, percent, … or "{NO_MEASURE}" for plain numbers'
            )
        return self

    @model_validator(mode="after")
    def _has_a_ramp(self) -> Self:
        if len(self.colours) == 1:
            raise ValueError("colours: one colour shows nothing; give two or more, low to high")
        if self.breaks and len(self.breaks) != len(self.colours) - 1:
            raise ValueError(
                f"breaks: {len(self.breaks)} value(s) for {len(self.colours)} colours; "
                "one stands between two colours each"
            )
        if any(low >= high for low, high in zip(self.breaks, self.breaks[1:], strict=False)):
            raise ValueError("breaks: each must be above the one before")
        return self
