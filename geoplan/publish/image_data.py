"""Rasters as a page holds them: each picture once, and what its scripts read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geoplan.publish.images import Image
from geoplan.publish.rows import Row, rounded
from geoplan.publish.svg import element

FIGURES = ("mean", "min", "q10", "median", "q90", "max")
"""Columns of `zonal` that a raster of numbers has."""


def definitions(images: Sequence[Image]) -> str:
    """Return the pictures as elements, to which a page's map and its drawing refer.

    Empty where there are none.
    """
    parts = [
        element(
            "image",
            id=name_of(i),
            width=image.size[0],
            height=image.size[1],
            preserveAspectRatio="none",
            style="image-rendering:pixelated",
            href=image.address,
        )
        for i, image in enumerate(images)
    ]
    if not parts:
        return ""
    size = 'width="0" height="0" style="position:absolute" aria-hidden="true"'
    return f"<svg {size}><defs>{''.join(parts)}</defs></svg>"


def name_of(number: int) -> str:
    """Return the id of the element of a picture by its place in the page."""
    return f"raster-{number}"


def image_data(images: Sequence[Image]) -> list[dict[str, Any]]:
    """Return what the scripts read of images, besides the pictures themselves."""
    return [
        {
            "l": image.id,
            "k": image.key,
            "at": name_of(number),
            "b": [round(value, 2) for value in image.bounds],
            "n": list(image.note),
            "u": list(image.unit),
            "cat": int(image.categorical),
            "syn": int(image.synthetic),
            "dig": image.digits,
            "rough": int(image.coarse),
            "lg": [[list(s.title), s.colour, s.id] for s in image.legend],
        }
        for number, image in enumerate(images)
    ]


def zonal_data(
    images: Sequence[Image], rows: Sequence[Row], *, units: Mapping[str, int]
) -> list[list[Any]]:
    """Return the figures of images by unit, as lists; `units` are places of codes."""
    places = {image.id: (number, image.digits) for number, image in enumerate(images)}
    made = []
    for row in rows:
        if row["layer"] not in places or row["adcode"] not in units:
            continue
        number, digits = places[row["layer"]]
        made.append(
            [
                units[row["adcode"]],
                number,
                row["class"] or 0,
                rounded(row["area_km2"], 4),
                rounded(row["share_of_unit"], 6),
                rounded(row["share_covered"], 6),
                rounded(row["cells"], 2),
                *(rounded(row[name], digits) for name in FIGURES),
            ]
        )
    return made
