"""A run as files: grids, tables, a workbook; all of them or none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from geoplan import raster
from geoplan.config import Project
from geoplan.errors import StageError, UsageError
from geoplan.files import file_hash, write_bytes, write_text
from geoplan.schema import records
from geoplan.sheet import csv_text
from geoplan.spreadsheet import Cell, Head, Sheet, cell_of, workbook_bytes
from geoplan.suitability.make import Run, run
from geoplan.suitability.page import page_text
from geoplan.suitability.score import EXCLUDED, NODATA
from geoplan.suitability.tables import (
    CRITERIA,
    EXCLUSION,
    Tables,
    class_columns,
    input_rows,
    tables_of,
)
from geoplan.suitability.told import notes_of, title_of, warnings_of

EXCLUDED_COLOUR = "#8c8c8c"

EXCLUDED_TITLE = "约束排除"


@dataclass(frozen=True)
class Made:
    """What was written, and the tables in it."""

    files: tuple[Path, ...]
    tables: Tables
    notes: list[tuple[str, str]]


def make_files(ready: Run, folder: Path, *, project: Project | None = None) -> Made:
    """Run a model and write its files to a folder, all at once at the end or none.

    Writes ``ID-score.tif`` (0 to 100; 255 excluded or without data), ``ID-class.tif``
    (0 excluded, 1 the best class and so on, 255 without data), CSV tables, ``ID.xlsx``
    and, for a `project`, the page ``ID.html``.

    Raises `StageError` where they cannot be written, else as `geoplan.suitability.make.run`.
    """
    name = ready.bound.model.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{name}.", dir=folder) as hidden:
            beside = Path(hidden)
            cells = _Cells(beside / "cells", ready.rule.grid)
            sums = run(ready, keep=cells.put)
            tables = tables_of(ready, sums)
            _grids(ready, cells, beside)
            cells.close()
            _tables(ready, tables, beside)
            if project is not None:
                text = page_text(
                    *(ready, sums),
                    tables=tables,
                    folder=beside,
                    project=project,
                    excluded=EXCLUDED_COLOUR,
                )
                write_text(beside / f"{name}.html", text)
            made = sorted(beside.glob(f"{name}*"))
            for path in made:
                path.replace(folder / path.name)
    except OSError as fault:
        raise StageError(f"{folder}: cannot be written: {fault.strerror or fault}") from fault
    return Made(tuple(folder / path.name for path in made), tables, notes_of(ready))


def check_folder(folder: Path) -> None:
    """Raise `UsageError` where no folder can be made."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file; give the name of a folder")


def legend_of(ready: Run) -> tuple[raster.Class, ...]:
    """Return the classes of the result: number, title, colour."""
    grades = ready.bound.model.class_
    return (
        raster.Class(0, EXCLUDED_TITLE, EXCLUDED_COLOUR),
        *(raster.Class(i, g.title.zh, g.colour) for i, g in enumerate(grades, 1)),
    )


class _Cells:
    """Codes of all cells, on disk: a province at 30 m has 500 million."""

    def __init__(self, path: Path, grid: raster.Grid) -> None:
        self.path, self.grid = path, grid
        self.kept = np.memmap(path, dtype="uint8", mode="w+", shape=grid.shape)
        self.done: list[raster.Window] = []

    def put(self, window: raster.Window, codes: np.ndarray) -> None:
        self.kept[window.slices] = codes
        self.done.append(window)

    def blocks(self, table: np.ndarray) -> Iterator[tuple[raster.Window, np.ndarray]]:
        """Yield all cells as `table` has them for each code."""
        for window in self.done:
            yield window, table[self.kept[window.slices]]

    def close(self) -> None:
        del self.kept
        self.path.unlink()


def _grids(ready: Run, cells: _Cells, folder: Path) -> None:
    name, grid = ready.bound.model.id, ready.rule.grid
    title = title_of(ready)[0]
    tags = tags_of(ready)
    score = np.arange(256, dtype="uint8")
    score[EXCLUDED] = NODATA
    raster.write_cog(
        folder / f"{name}-score.tif",
        grid,
        blocks=cells.blocks(score),
        dtype="uint8",
        nodata=NODATA,
        about=raster.About(titles=(f"{title}：得分 0—100",), tags=tags),
    )
    raster.write_cog(
        folder / f"{name}-class.tif",
        grid,
        blocks=cells.blocks(ready.rule.classes),
        dtype="uint8",
        nodata=NODATA,
        about=raster.About(titles=(f"{title}：分级",), legend=legend_of(ready), tags=tags),
    )


def tags_of(ready: Run) -> dict[str, str]:
    """Return what the grids say of themselves: model, inputs with sha256, weights, notes."""
    model = ready.bound.model
    inputs = {
        name: {path.name: file_hash(path) for path in source.files}
        for name, source in ready.bound.sources.items()
    }
    weights = {f.id: round(w, 9) for f, w in zip(model.factor, ready.rule.weights, strict=True)}
    tags = {
        "GEOPLAN_MODEL": model.id,
        "GEOPLAN_TITLE": title_of(ready)[0],
        "GEOPLAN_INPUTS": json.dumps(inputs, ensure_ascii=False, sort_keys=True),
        "GEOPLAN_WEIGHTS": json.dumps(weights, ensure_ascii=False),
        "GEOPLAN_WITHOUT": " ".join(c.id for c in ready.bound.without),
        "GEOPLAN_NOTES": " ".join(zh for zh, _ in notes_of(ready)),
    }
    if ready.synthetic:
        tags["GEOPLAN_SYNTHETIC"] = "1"
    return {key: value for key, value in tags.items() if value}


def _tables(ready: Run, tables: Tables, folder: Path) -> None:
    name = ready.bound.model.id
    for part in ("counties", "exclusion", "sensitivity", "criteria"):
        table = getattr(tables, part).copy()
        table["note"] = " ".join(zh for zh, _ in warnings_of(ready))
        write_text(folder / f"{name}-{part}.csv", csv_text(table))
    sheets = [
        _sheet("分县", tables.counties, county_heads(ready), ready, sums=True),
        _sheet("约束排除", tables.exclusion, EXCLUSION, ready),
        _sheet("权重敏感性", tables.sensitivity, sensitivity_heads(ready), ready),
        _sheet("因子与依据", tables.criteria, CRITERIA, ready),
        _sheet("输入栅格", pd.DataFrame(input_rows(ready)), INPUTS, ready),
    ]
    content = workbook_bytes(sheets, title=title_of(ready)[0])
    write_bytes(folder / f"{name}.xlsx", content)


INPUTS = {
    "input": "编号",
    "title": "名称",
    "unit": "单位",
    "file": "文件",
    "cell_m": "格网（米）",
    "resampling": "重采样",
    "synthetic": "备注",
}


def county_heads(ready: Run) -> dict[str, str]:
    """Return the columns of the table of counties with their heads."""
    areas = {name: f"{title}（平方公里）" for name, title in class_columns(ready).items()}
    first = {"adcode": "行政区代码", "name": "县（市、区）", "area_km2": "面积（平方公里）"}
    return {**first, **areas, "mean_score": "平均分", "rank": "位次"}


def sensitivity_heads(ready: Run) -> dict[str, str]:
    """Return the columns of the table of sensitivity with their heads."""
    areas = {name: f"{title}（平方公里）" for name, title in class_columns(ready).items()}
    return {
        "title": "因子",
        "change": "权重变化",
        "weight": "原权重",
        "weight_changed": "变后权重",
        **areas,
        "area_changed_km2": "级别改变（平方公里）",
        "share_changed": "级别改变占比",
        "counties_moved": "位次变化县数",
        "moved": "位次变化",
    }


_WIDE = {
    "title": 22,
    "ground": 60,
    "weight_ground": 24,
    "rule": 50,
    "of": 30,
    "moved": 40,
    "file": 30,
}
_NUMBERS = {"mean_score": "0.0", "weight": "0.000", "weight_used": "0.000"}
_NUMBERS |= {"weight_changed": "0.000", "change": "+0%;-0%"}


def _sheet(
    name: str,
    table: pd.DataFrame,
    heads: dict[str, str],
    ready: Run,
    *,
    sums: bool = False,
) -> Sheet:
    columns = [Head(title, _form(c), _WIDE.get(c, 13), c in _WIDE) for c, title in heads.items()]
    rows: list[Sequence[Cell]] = [[cell_of(row[c]) for c in heads] for row in records(table)]
    notes = [title_of(ready)[0], *(zh for zh, _ in notes_of(ready))]
    last = frozenset([len(rows) - 1]) if sums else frozenset()
    return Sheet(name, columns, rows, notes, totals=last, filtered=False)


def _form(column: str) -> str:
    if column.endswith("_km2"):
        return "0.00"
    return "0.0%" if column.startswith("share") else _NUMBERS.get(column, "")
