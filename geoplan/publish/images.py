"""Rasters on maps: a picture of bounded size, its legend, and what it says of units."""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from geoplan import schema
from geoplan.errors import StageError
from geoplan.pictured import COARSE_M, digits_of
from geoplan.publish.citations import citation
from geoplan.publish.items import ordered_layers
from geoplan.publish.rows import Row, rows_if_any, rows_of
from geoplan.publish.words import Pair, pair
from geoplan.schema import Sensitivity

WHOLE_KM = 2
"""Sides of cells from this many km on are told in whole ones."""


@dataclass(frozen=True)
class Swatch:
    """A colour of a picture and what it stands for: a step of values, or a class."""

    title: Pair
    colour: str
    id: str = ""
    """The class, as in `zonal`; empty for steps."""
    values: tuple[float, float] | None = None
    """Where a step begins and ends."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """A raster as a page shows it; `id` is its layer, in the tables of the page."""

    id: str
    title: Pair
    note: Pair
    """What has to be said of its grid: size of cells, and that it is coarse."""
    png: bytes
    """Palette PNG, transparent where there is no value."""
    size: tuple[int, int]
    """Width and height in pixels."""
    bounds: tuple[float, float, float, float]
    """West, south, east, north in metres of the page's print system (500 km added to east)."""
    meridian: float
    """Central meridian of that system in degrees: see `geoplan.crs.print_crs`."""
    legend: tuple[Swatch, ...]
    """Steps from low to high, or classes in their order."""
    unit: Pair = ("", "")
    """The measure of its values; empty for classes and plain numbers."""
    source: str
    """Its citation."""
    digits: int = 0
    """Decimals of its figures."""
    sensitivity: Sensitivity = "internal"
    coarse: bool = False
    """Whether its cells are so large that areas have three digits and no more."""
    synthetic: bool = False
    """Whether it is made up, which is said wherever it is shown."""

    @property
    def key(self) -> str:
        """What it is called among the items of a page."""
        return f"{self.id}|image"

    @property
    def categorical(self) -> bool:
        """Whether it shows classes."""
        return any(swatch.id for swatch in self.legend)

    @property
    def address(self) -> str:
        """Its bytes as an address."""
        return f"data:image/png;base64,{b64encode(self.png).decode('ascii')}"


def area_text(image: Image, km2: float | None) -> str:
    """Return an area in km² with as many digits as its cells allow, empty where there is none."""
    if km2 is None:
        return ""
    return _three_digits(km2) if image.coarse else f"{km2:.2f}"


def _three_digits(value: float) -> str:
    """Return three digits that tell, without an exponent; below a millionth it is 0."""
    text = f"{float(f'{value:.3g}'):.6f}"
    return text.rstrip("0").rstrip(".")


def step_swatches(edges: Sequence[float], colours: Sequence[str]) -> tuple[Swatch, ...]:
    """Return the steps between `edges`, from low to high, with their colours.

    The outer edges may be infinite.
    """
    made = []
    for low, high, colour in zip(edges[:-1], edges[1:], colours, strict=True):
        title = _step(_number(low), _number(high))
        made.append(Swatch(title, colour, values=(low, high)))
    return tuple(made)


def _number(value: float) -> str:
    return f"{value:.10g}".replace("-", "−") if math.isfinite(value) else ""


def _step(low: str, high: str) -> Pair:
    if low and high:
        text = low if low == high else f"{low}–{high}"
        return text, text
    if high:
        return pair("raster.below", value=high)
    return pair("raster.from", value=low) if low else ("", "")


def grid_note(cell_m: tuple[float, float], *, minutes: float | None, coarse_m: float) -> Pair:
    """Return what is said of a grid: size of its cells, and whether it is coarser than `coarse_m`.

    `cell_m` is width and height of a cell on the ground; `minutes` its side in
    minutes of arc, if it is a grid in degrees.
    """
    large = min(cell_m) >= 1000
    x, y = (f"{value / 1000:.1f}" if large else _three_digits(value) for value in cell_m)
    if min(cell_m) >= WHOLE_KM * 1000:
        x, y = (f"{value / 1000:.0f}" for value in cell_m)
    made = pair("raster.cell.km" if large else "raster.cell.m", x=x, y=y)
    if minutes is not None:
        made = _both(lambda i: pair("raster.cell.degrees", n=_arc(minutes), cell=made[i])[i])
    if max(cell_m) <= coarse_m:
        return made
    coarse = pair("raster.coarse", m=f"{coarse_m:g}")
    return f"{made[0]}，{coarse[0]}", f"{made[1]}; {coarse[1]}"


def _both(text: Callable[[int], str]) -> Pair:
    return text(0), text(1)


def _arc(minutes: float) -> str:
    # Files state steps such as 0.0166666: a minute all but its last digits.
    seconds = float(f"{minutes * 60:.4g}")
    if seconds >= 3600:
        return f"{minutes / 60:.4g}°"
    return f"{minutes:.4g}′" if seconds >= 60 else f"{seconds:.4g}″"


def check_place(images: Sequence[Image], meridian: float) -> None:
    """Raise `StageError` where a picture was made for maps about another meridian."""
    wrong = [image.id for image in images if image.meridian != meridian]
    if wrong:
        raise StageError(
            f"{len(wrong)} picture(s) lie in a system about another meridian than the page's "
            f"({meridian:g}°): {', '.join(wrong)}; make them anew with `geoplan build`"
        )


def images_of(tables: schema.Tables) -> tuple[Image, ...]:
    """Return the pictures of an atlas's tables, in the order of layers."""
    pictures = {row["layer"]: row for row in rows_if_any(tables, "pictures")}
    if not pictures:
        return ()
    rasters = {row["layer"]: row for row in rows_of(tables, "rasters")}
    documents = {row["document"]: row for row in rows_of(tables, "documents")}
    classes = {row["class"]: row for row in rows_of(tables, "classes")}
    return tuple(
        image_of(
            pictures[layer["layer"]],
            layer=layer,
            raster=rasters[layer["layer"]],
            source=citation(documents[layer["document"]], ""),
            classes=classes,
        )
        for layer in ordered_layers(tables)
        if layer["layer"] in pictures
    )


def opening_image(images: Sequence[Image]) -> tuple[str, ...]:
    """Return the key of the image that a page opens with: amounts before classes."""
    ordered = sorted(images, key=lambda image: image.categorical)
    return tuple(image.key for image in ordered[:1])


def image_of(
    row: Row, *, layer: Row, raster: Row, source: str, classes: Mapping[str, Row]
) -> Image:
    """Return the image of a row of `pictures`, with its rows of `layers` and `rasters`.

    `classes` are rows of that table by their class, `source` is its citation.
    """
    parts = [part.split(" ") for part in row["legend"].split(";")]
    steps = [part for part in parts if len(part) == 3]
    if steps:
        edges = [float(steps[0][0]), *(float(high) for _, high, _ in steps)]
        legend = step_swatches(edges, [colour for *_, colour in steps])
        known = [edge for edge in edges if math.isfinite(edge)]
        digits = digits_of(known[0], known[-1])
    else:
        titles = {name: (classes[name]["title"], classes[name]["title_en"]) for name, _ in parts}
        legend = tuple(Swatch(titles[name], colour, name) for name, colour in parts)
        digits = 0
    cell_m = (row["cell_width_m"], row["cell_height_m"])
    return Image(
        id=layer["layer"],
        title=(layer["title"], layer["title_en"]),
        note=grid_note(cell_m, minutes=row["cell_minutes"], coarse_m=COARSE_M),
        # The index shows no pictures.
        png=b64decode(row.get("png", "")),
        size=(row.get("width", 0), row.get("height", 0)),
        bounds=(row["west"], row["south"], row["east"], row["north"]),
        meridian=row["meridian"],
        legend=legend,
        unit=pair(f"measure.{raster['measure']}") if raster["measure"] else ("", ""),
        source=source,
        digits=digits,
        coarse=max(cell_m) > COARSE_M,
        synthetic=raster["synthetic"],
    )


def figures_of(tables: schema.Tables, code: str) -> dict[tuple[str, str], Row]:
    """Return what rasters say of a unit, by layer and class (empty for numbers)."""
    rows = rows_if_any(tables, "zonal")
    return {(r["layer"], r["class"] or ""): r for r in rows if r["adcode"] == code}


def fills_of_image(image: Image, rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return codes of units by the colour of their mean, or of their largest class."""
    found: dict[str, tuple[float, str]] = {}
    titles = {swatch.id: swatch.colour for swatch in image.legend if swatch.id}
    for row in rows:
        if row["layer"] != image.id:
            continue
        size, colour = row["area_km2"] or 0.0, titles.get(row["class"])
        if not image.categorical and row["mean"] is not None:
            colour = _colour_of(image, row["mean"])
        if colour and size >= found.get(row["adcode"], (0.0, ""))[0]:
            found[row["adcode"]] = size, colour
    fills: dict[str, list[str]] = {}
    for code, (_, colour) in sorted(found.items()):
        fills.setdefault(colour, []).append(code)
    return fills


def _colour_of(image: Image, value: float) -> str:
    steps = [(s.values, s.colour) for s in image.legend if s.values is not None]
    return next((colour for (_, high), colour in steps if value < high), steps[-1][1])
