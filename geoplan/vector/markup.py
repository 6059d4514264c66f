"""XML files, alone in a folder and in UTF-8, so that GDAL finds nothing beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from geoplan.errors import DataError, coded
from geoplan.reading import Notice

_SYSTEM = re.compile(rb"""srsName\s*=\s*["']([^"']*)["']""")
_NORTH_FIRST = re.compile(
    r"(?i)^(urn:(x-)?ogc:def:crs:EPSG:|https?://www\.opengis\.net/def/crs/EPSG/)"
)


@contextmanager
def alone(path: Path, encoding: str) -> Iterator[Path]:
    """Yield an XML file in a folder of its own, in UTF-8.

    Beside it GDAL would look for a schema, and write a file of its own.
    """
    with TemporaryDirectory(prefix="geoplan-") as folder:
        made = Path(folder, path.name)
        if encoding.upper() in ("UTF-8", "ASCII"):
            made.symlink_to(path.absolute())
        else:
            _in_utf8(path, made, encoding)
        yield made


def _in_utf8(path: Path, made: Path, encoding: str) -> None:
    try:
        text = path.read_bytes().decode(encoding).removeprefix("\ufeff")
    except UnicodeError as fault:
        told = f"{path}: its texts are not {encoding}; give the right one with --encoding"
        raise coded(DataError(told), "encoding.contradicted") from fault
    if text.lstrip().startswith("<?xml"):
        text = re.sub(
            r"^\s*<\?xml[^>]*\?>", '<?xml version="1.0" encoding="UTF-8"?>', text, count=1
        )
    made.write_text(text, "utf-8", newline="")


def systems_named(path: Path) -> list[str]:
    """Return the systems that a GML names (``srsName``), each once, in order."""
    found: dict[str, None] = {}
    tail = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            text = tail + piece
            found |= {m.decode("utf-8", "replace"): None for m in _SYSTEM.findall(text)}
            tail = text[-300:]
    return list(found)


def axes_of(path: Path) -> list[Notice]:
    """Tell how a GML orders its coordinates.

    Raises `DataError` where it names several systems: GDAL would read all in the first.
    """
    names = [name for name in systems_named(path) if name]
    numbers = {re.sub(r".*[:/#]", "", name) for name in names}
    if len(numbers) > 1:
        raise coded(
            DataError(
                f"{path}: names {len(numbers)} coordinate systems: {', '.join(names[:5])}; export "
                "each as a file of its own"
            ),
            "crs.several",
        )
    if any(_NORTH_FIRST.match(name) for name in names):
        text = (
            f"coordinates are in the order of axes that {names[0]} defines, and are read as east, "
            "north"
        )
        return [Notice("format.axis_order", "info", text, evidence=names[0])]
    return []
