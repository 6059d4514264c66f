"""What rows are called, as people say it."""

from __future__ import annotations

from geoplan.schema import TABLES
from geoplan.schema.wording import figure_words, reading_words
from geoplan.trace.index import Index, Row
from geoplan.trace.model import Pair
from geoplan.trace.parts import figure_of

TITLED = (
    *("features", "findings", "units", "documents", "layers", "classes", "themes"),
    *("maps", "sources"),
)
"""Tables whose rows have names or titles of their own."""


def name_of(index: Index, table: str, *, row: Row) -> Pair:
    """Return the name of a row of a table in Chinese and English."""
    if table in TITLED:
        return _own(row)
    if table in ("memberships", "coverage", "zonal"):
        part = index.one("features", row["layer"], row.get("feature") or "")
        what = _own(part) if part else _class(index, row["layer"], row["class"])
        return _joined(index.unit_name(row["adcode"]), what)
    if table in ("stated", "claims"):
        of = _of(index, row["of"])
        return _joined(_joined(of, figure_of(row)), figure_words(row))
    if table == "indicators":
        said = reading_words(row) or (row["printed"], row["printed"])
        return _joined(_joined((row["unit"], row["unit_en"]), _own(row)), said)
    if table in ("overlaps", "conflicts"):
        sides = [_class(index, row[f"layer_{s}"], row[f"class_{s}"]) for s in "ab"]
        both = (" × ".join(side[0] for side in sides), " × ".join(side[1] for side in sides))
        return _joined(index.unit_name(row["adcode"]), both)
    if table == "rasters":
        return index.title("layers", row["layer"])
    if table == "pieces":
        return _joined(index.unit_name(row["adcode"]), (row["classes"] or "—",) * 2)
    if table == "passages":
        title = index.title("documents", row["document"])[0]
        return f"《{title}》第{row['line']}行", f"{title}, line {row['line']}"
    text = str(row.get("subject") or "/".join(str(row[key]) for key in TABLES[table].key))
    return text, text


def _own(row: Row) -> Pair:
    zh = row.get("name") or row["title"]
    return zh, row.get("name_en") or row.get("title_en") or zh


def _class(index: Index, layer: str, cls: str) -> Pair:
    layer_title = index.title("layers", layer)
    return _joined(layer_title, index.title("classes", cls)) if cls else layer_title


def _of(index: Index, of: str) -> Pair:
    """Return the name of a layer, or of its feature or class behind a ``/``."""
    layer, _, part = of.partition("/")
    if not part:
        return index.title("layers", layer)
    feature = index.one("features", layer, part)
    if feature is not None:
        return _own(feature)
    # An indicator is no class; the figure beside it says what it is.
    return _class(index, layer, part if index.one("classes", part) else "")


def _joined(first: Pair, second: Pair) -> Pair:
    return f"{first[0]}：{second[0]}", f"{first[1]}: {second[1]}"
