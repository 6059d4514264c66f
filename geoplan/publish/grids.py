"""Tables that stand on a page beside its map, in both languages: figures of rasters, and others."""

from __future__ import annotations

from dataclasses import dataclass

from geoplan.publish.atlas import Atlas
from geoplan.publish.images import Image, area_text
from geoplan.publish.items import chains_of
from geoplan.publish.pages import Page
from geoplan.publish.rows import Row, rounded, rows_if_any, rows_of
from geoplan.publish.statics import km2, percent
from geoplan.publish.words import Pair, pair


@dataclass(frozen=True)
class Head:
    """The head of a column; of an `area`, the unit of measure that a reader chose follows."""

    text: Pair
    area: bool = False


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """A cell; the first of a row is its head."""

    text: Pair
    number: bool = False
    """Whether it stands to the right."""
    km2: float | None = None
    """An area, which follows the unit of measure."""
    colour: str = ""
    """A swatch before the text."""
    link: str = ""
    """The code of a county that it leads to."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table with a title, one head a column, and notes below it."""

    title: Pair
    heads: tuple[Head, ...]
    rows: tuple[tuple[GridCell, ...], ...]
    notes: tuple[Pair, ...] = ()


def text_cell(text: Pair | str, *, colour: str = "", link: str = "") -> GridCell:
    """Return a cell of words; one text is the same in both languages."""
    said = (text, text) if isinstance(text, str) else text
    return GridCell(text=said, colour=colour, link=link)


def number_cell(text: str) -> GridCell:
    """Return a cell with a number as it is to be read."""
    return GridCell(text=(text, text), number=True)


def area_cell(value: float | None) -> GridCell:
    """Return a cell with an area in km², empty where there is none."""
    text = km2(value)
    return GridCell(text=(text, text), number=True, km2=rounded(value, 4))


COLUMNS = (
    *(("raster.mean", "mean"), ("raster.min", "min"), ("raster.q10", "q10")),
    *(("raster.q50", "median"), ("raster.q90", "q90"), ("raster.max", "max")),
)


def image_grids(atlas: Atlas, page: Page) -> list[Grid]:
    """Return what the rasters of `page` say of its units, the whole first; none without figures."""
    if not page.images:
        return []
    rows = rows_if_any(atlas.tables, "zonal")
    chains = chains_of(atlas.tables)
    units = [row for row in rows_of(atlas.tables, "units") if page.scope in chains[row["adcode"]]]
    units.sort(key=lambda row: (row["adcode"] != page.scope, row["adcode"]))
    made = []
    for image in page.images:
        of = {(r["adcode"], r["class"] or ""): r for r in rows if r["layer"] == image.id}
        there = [unit for unit in units if any(code == unit["adcode"] for code, _ in of)]
        if there:
            make = _classes if image.categorical else _values
            made.append(make(image, there, of))
    return made


Figures = dict[tuple[str, str], Row]


def _name(unit: Row) -> GridCell:
    link = unit["adcode"] if unit["level"] == "county" else ""
    return text_cell((unit["name"], unit["name_en"]), link=link)


def _covered(row: Row) -> GridCell:
    return number_cell(percent(row["share_covered"]))


def _title(image: Image) -> Pair:
    zh, en = pair("raster.by_unit")
    return f"{image.title[0]}：{zh}", f"{image.title[1]}: {en}"


def _notes(image: Image) -> tuple[Pair, ...]:
    made = (image.note, pair("raster.figures"))
    return (pair("raster.synthetic"), *made) if image.synthetic else made


def _values(image: Image, units: list[Row], of: Figures) -> Grid:
    zh, en = image.unit
    heads = [
        Head((f"{a}（{zh}）", f"{b} ({en})") if zh else (a, b)) for a, b in map(_word, COLUMNS)
    ]
    rows = []
    for unit in units:
        row = of.get((unit["adcode"], ""))
        if row is None:
            continue
        told = (row[name] for _, name in COLUMNS)
        values = [number_cell("" if v is None else f"{v:.{image.digits}f}") for v in told]
        rows.append((_name(unit), *values, _covered(row)))
    first, last = Head(pair("raster.unit")), Head(pair("raster.share_covered"))
    return Grid(
        title=_title(image), heads=(first, *heads, last), rows=tuple(rows), notes=_notes(image)
    )


def _word(column: tuple[str, str]) -> Pair:
    return pair(column[0])


def _with_km2(title: Pair) -> Pair:
    zh, en = pair("measure.km2")
    return f"{title[0]}（{zh}）", f"{title[1]} ({en})"


def _classes(image: Image, units: list[Row], of: Figures) -> Grid:
    shown = [s for s in image.legend if any(cls == s.id for _, cls in of)]
    rows = []
    for unit in units:
        cells: list[GridCell] = []
        for swatch in shown:
            row = of.get((unit["adcode"], swatch.id))
            km2 = row["area_km2"] if row else None
            # Coarse areas do not follow the unit of measure: it would give them digits.
            told = number_cell(area_text(image, km2)) if image.coarse else area_cell(km2)
            cells.append(told)
            cells.append(number_cell(percent(row["share_of_unit"]) if row else ""))
        found = next(row for (code, _), row in of.items() if code == unit["adcode"])
        rows.append((_name(unit), *cells, _covered(found)))
    heads = [Head(pair("raster.unit"))]
    for swatch in shown:
        title = _with_km2(swatch.title) if image.coarse else swatch.title
        heads += [Head(title, area=not image.coarse), Head(pair("legend.share"))]
    heads.append(Head(pair("raster.share_covered")))
    return Grid(title=_title(image), heads=tuple(heads), rows=tuple(rows), notes=_notes(image))
