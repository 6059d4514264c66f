"""Tables of a run as they stand on its page, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from geoplan.publish import Grid, GridCell, Head, area_cell, number_cell, text_cell
from geoplan.publish.words import Pair, pair
from geoplan.schema import records
from geoplan.suitability.make import Run
from geoplan.suitability.model import Factor
from geoplan.suitability.tables import Tables, class_columns, ground_of, rule_text


def grids_of(ready: Run, tables: Tables) -> tuple[Grid, ...]:
    """Return counties, exclusion, sensitivity, and criteria with their grounds."""
    return (
        _counties(ready, tables),
        *([_exclusion(ready, tables)] if len(tables.exclusion) else []),
        *([_sensitivity(ready, tables)] if len(tables.sensitivity) else []),
        _criteria(ready),
    )


def _word(name: str) -> Pair:
    return pair(f"suitability.{name}")


def _heads(*names: str) -> tuple[Head, ...]:
    return tuple(Head(_word(name)) for name in names)


class _Areas:
    """Heads and cells of areas: in the reader's measure, or of coarse grids with three digits."""

    def __init__(self, ready: Run) -> None:
        self.coarse = ready.coarse
        self.titles = [(g.title.zh, g.title.en) for g in ready.bound.model.class_]
        self.columns = list(class_columns(ready))[: len(self.titles)]

    def head(self, title: Pair) -> Head:
        """Return the head of a column of areas."""
        if not self.coarse:
            return Head(title, area=True)
        zh, en = pair("measure.km2")
        return Head((f"{title[0]}（{zh}）", f"{title[1]} ({en})"))

    def cell(self, km2: float) -> GridCell:
        """Return an area; more digits than a coarse grid has would be made up."""
        return number_cell(f"{float(f'{km2:.3g}'):.10g}") if self.coarse else area_cell(km2)

    def heads(self) -> Iterator[Head]:
        """Yield the heads of classes."""
        yield from map(self.head, self.titles)

    def cells(self, row: Mapping[str, Any]) -> Iterator[GridCell]:
        """Yield the areas of classes."""
        for column in self.columns:
            yield self.cell(row[column])


def _counties(ready: Run, tables: Tables) -> Grid:
    areas = _Areas(ready)
    names = ready.tables["units"].set_index("adcode")["name_en"].to_dict()
    rows = []
    for row in records(tables.counties):
        code = row["adcode"]
        name = text_cell((row["name"], names[code]), link=code) if code else None
        mean = row["mean_score"]
        rows.append(
            (
                name or text_cell(_word("total")),
                areas.cell(row["area_km2"]),
                *areas.cells(row),
                *(areas.cell(row["excluded_km2"]), areas.cell(row["nodata_km2"])),
                number_cell("" if mean is None else f"{mean:.1f}"),
                number_cell("" if row["rank"] is None else str(row["rank"])),
            )
        )
    heads = (
        *(*_heads("county"), areas.head(_word("area")), *areas.heads()),
        *(areas.head(_word("excluded")), areas.head(_word("nodata")), *_heads("mean", "rank")),
    )
    return Grid(title=_word("by_county"), heads=heads, rows=tuple(rows))


def _exclusion(ready: Run, tables: Tables) -> Grid:
    areas = _Areas(ready)
    share = _heads("share")
    heads = (
        *(*_heads("constraint"), areas.head(_word("alone")), *share),
        *(areas.head(_word("in_order")), *share, areas.head(_word("left")), *share),
        areas.head(_word("unknown")),
    )
    rows = tuple(
        (
            text_cell(row["title"]),
            *(areas.cell(row["area_alone_km2"]), _share(row["share_alone"])),
            *(areas.cell(row["area_in_order_km2"]), _share(row["share_in_order"])),
            *(areas.cell(row["area_left_km2"]), _share(row["share_left"])),
            areas.cell(row["area_unknown_km2"]),
        )
        for row in records(tables.exclusion)
    )
    return Grid(title=_word("exclusion"), heads=heads, rows=rows)


def _share(value: float) -> GridCell:
    return number_cell(f"{value:.1%}")


def _sensitivity(ready: Run, tables: Tables) -> Grid:
    areas = _Areas(ready)
    rows = []
    for row in records(tables.sensitivity):
        still = _word("still")
        rows.append(
            (
                text_cell(row["title"]),
                number_cell(f"{row['weight']:.3g} → {row['weight_changed']:.3g}"),
                *areas.cells(row),
                *(areas.cell(row["area_changed_km2"]), _share(row["share_changed"])),
                text_cell(row["moved"] or still),
            )
        )
    heads = (
        *(*_heads("factor", "weight"), *areas.heads()),
        *(areas.head(_word("changed")), *_heads("share", "moved")),
    )
    return Grid(title=_word("sensitivity"), heads=heads, rows=tuple(rows))


def _criteria(ready: Run) -> Grid:
    used = dict(zip((f.id for f in ready.rule.factors), ready.rule.weights, strict=True))
    rows = []
    for criterion in (*ready.bound.model.criteria, *ready.bound.without):
        gone = criterion in ready.bound.without
        rows.append(
            (
                text_cell((criterion.title.zh, criterion.title.en)),
                text_cell(rule_text(criterion)),
                _weight(None if gone else used.get(criterion.id), gone=gone),
                text_cell(ground_of(criterion)),
                text_cell(ground_of(criterion.weight) if isinstance(criterion, Factor) else ""),
            )
        )
    names = ("criterion", "rule", "weight", "ground", "weight_ground")
    return Grid(title=_word("criteria"), heads=_heads(*names), rows=tuple(rows))


def _weight(used: float | None, *, gone: bool) -> GridCell:
    if gone:
        return text_cell(_word("left_out"))
    return number_cell("" if used is None else f"{used:.3g}")
