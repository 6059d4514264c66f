"""What differs between versions, as files: a workbook, CSV, a GeoPackage, a page with a map."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import geopandas as gpd

from geoplan import crs, vector
from geoplan.config import Project
from geoplan.errors import StageError, UsageError
from geoplan.files import check_target, write_bytes, write_text
from geoplan.own_map import Options, map_file
from geoplan.schema import records
from geoplan.sheet import csv_text
from geoplan.spreadsheet import Cell, Head, Sheet, workbook_bytes
from geoplan.versions.make import Compared
from geoplan.versions.transfers import CHANGES, LIST_CHANGES, NOTHING

SUFFIXES = (".xlsx", ".csv", ".gpkg")

MOST_SAID = 400
"""Characters that a county's changes take on a map; the table has all."""


PAGES = (".html", ".htm")


def check(out: Path | None, page: Path | None) -> None:
    """Raise `UsageError` unless a file and a page can be written there."""
    for path, ends in ((out, SUFFIXES), (page, PAGES)):
        if path is not None:
            check_target(path, ends)


def save(compared: Compared, path: Path) -> None:
    """Write what differs to a file, by its suffix, at once or not at all.

    The workbook has a sheet for each matrix, changes, names and borders; CSV has all rows;
    the GeoPackage has counties with their changes, and what moved between counties.
    Raises `UsageError` where the suffix is another, `StageError` where it cannot be written.
    """
    check_target(path, SUFFIXES)
    try:
        if path.suffix.lower() == ".csv":
            write_text(path.resolve(), csv_text(compared.changes))
        elif path.suffix.lower() == ".xlsx":
            title = f"{compared.old} → {compared.new}"
            write_bytes(path.resolve(), workbook_bytes(_sheets(compared), title=title))
        else:
            write_bytes(path.resolve(), vector.geopackage(_layers(compared)))
    except OSError as fault:
        raise StageError(f"{path}: cannot be written: {fault.strerror or fault}") from fault


def matrix(changes: pd.DataFrame) -> pd.DataFrame:
    """Return areas in km² by class before (rows) and after (columns), with sums.

    `changes` are rows of one group with an area.
    """
    made = changes.pivot_table(
        index="from_title", columns="to_title", values="area_km2", aggfunc="sum", fill_value=0.0
    )
    rows = list(dict.fromkeys(changes.sort_values("from", kind="stable")["from_title"]))
    columns = list(dict.fromkeys(changes.sort_values("to", kind="stable")["to_title"]))
    made = made.loc[rows, columns]
    made["合计"] = made.sum(axis=1)
    made.loc["合计"] = made.sum(axis=0)
    return made


def _sheets(compared: Compared) -> list[Sheet]:
    note = f"前：{compared.old}　后：{compared.new}"
    sheets = [_changes("变化清单", compared.changed, note)]
    measured = compared.changes[compared.changes["area_km2"].notna()]
    for (_, title, by), rows in measured.groupby(["group", "group_title", "by"], sort=False):
        table = matrix(rows)
        how = "县域口径" if by == "county" else "图形口径"
        heads = [Head("前 ＼ 后", width=28), *(Head(str(c), "0.00", 18) for c in table.columns)]
        cells: list[list[Cell]] = [
            [str(name), *map(float, row)]
            for name, row in zip(table.index, table.to_numpy(), strict=True)
        ]
        notes = [f"{title}　转移矩阵，平方公里（{how}，椭球面积）", note]
        last = frozenset([len(cells) - 1])
        sheets.append(Sheet(f"矩阵 {title}", heads, cells, notes, totals=last, frozen=1))
    sheets.append(_changes("分县全部", measured, note))
    if len(compared.silent):
        sheets.append(_changes("一期未列出", compared.silent, note))
    sheets += [*_names(compared), *_borders(compared)]
    sheets.append(Sheet("说明", [Head("说明", width=100)], [[line] for line in _notes(compared)]))
    return sheets


def _changes(name: str, changes: pd.DataFrame, note: str) -> Sheet:
    heads = [
        *(Head("图层或专题", width=28), Head("行政区代码", width=12), Head("行政区", width=12)),
        *(Head("变化", width=18), Head("前", width=32), Head("后", width=32)),
        *(Head("面积（平方公里）", "0.00", 16), Head("依据", width=10)),
    ]
    rows = [
        [
            *(row["group_title"], row["adcode"], row["name"], _change(row)),
            *(row["from_title"], row["to_title"], row["area_km2"], _BY[row["by"]]),
        ]
        for row in records(changes)
    ]
    return Sheet(name, heads, rows, [note], frozen=3)


def _change(row: dict[str, object]) -> str:
    words = LIST_CHANGES if row["by"] == "list" else CHANGES
    return words[str(row["change"])]


_BY = {"county": "整县", "shape": "图形", "list": "名单"}

_TABLES = {
    "units": "行政单元",
    "documents": "文件",
    "themes": "专题",
    "classes": "类别",
    "layers": "图层",
    "features": "要素",
}
_NAMED = {"renamed": "更名", "appeared": "新增", "went": "删除"}


def _names(compared: Compared) -> list[Sheet]:
    if compared.renamed.empty:
        return []
    heads = [Head("对象", width=12), Head("标识", width=48), Head("变化", width=10)]
    heads += [Head("前", width=36), Head("后", width=36)]
    rows = [
        [_TABLES[row["table"]], row["key"], _NAMED[row["change"]], row["old"], row["new"]]
        for row in records(compared.renamed)
    ]
    return [Sheet("名称与增删", heads, rows)]


def _borders(compared: Compared) -> list[Sheet]:
    if compared.borders is None:
        return []
    numbers = [Head(title, "0.0000", 16) for title in ("面积（平方公里）", "界线误差（平方公里）")]
    heads = [
        *(Head("原县代码"), Head("原县"), Head("现县代码"), Head("现县"), *numbers),
        Head("判断", width=18),
    ]
    rows = [
        [*row[:6], "超出界线误差" if row[6] else "在界线误差以内"]
        for row in compared.borders.pairs.itertuples(index=False, name=None)
    ]
    kept = compared.borders.kept
    titles = ("原面积", "现面积", "未变", "划出", "划入")
    sums = [Head("代码"), Head("县"), *(Head(f"{t}（平方公里）", "0.0000", 16) for t in titles)]
    return [
        Sheet("界线变化", heads, rows, frozen=4),
        Sheet("界线分县", sums, kept.itertuples(index=False, name=None), frozen=2),
    ]


def _notes(compared: Compared) -> list[str]:
    notes = [
        "“—”表示目录中没有，不表示规划没有。",
        "整县：规划写明全县域；名单：只知位于该县，没有面积。",
        "面积为椭球面积，县域口径；与勘界、调查控制面积不同。",
    ]
    if len(compared.scopes) > 1:
        notes.append("两期文件的层级或范围不同；省级规划一般不列到县，未再提及不等于取消。")
    if compared.sketches:
        notes.append(f"示意图形不比较（两方共{compared.sketches}个）。")
    if compared.borders is not None:
        notes.append("两版县界不同；划出、划入小于界线误差的，可能只是概化不同。")
    return notes


def _layers(compared: Compared) -> dict[str, pd.DataFrame]:
    outlines = dict(zip(compared.units["adcode"], compared.units["geometry"], strict=True))
    rows = compared.changed[compared.changed["adcode"].isin(list(outlines))]
    shapes = [outlines[code] for code in rows["adcode"]]
    layers: dict[str, pd.DataFrame] = {
        "changes": gpd.GeoDataFrame(rows, geometry=shapes, crs=crs.DATA_CRS)
    }
    if compared.borders is not None:
        layers["borders"] = compared.borders.polygons
        layers["border_counties"] = compared.borders.kept
    return layers


def save_map(compared: Compared, out: Path, *, project: Project, force: bool = False) -> None:
    """Write a page: counties that changed, by what became of them, with the changes in the popup.

    Of one layer or theme its classes are told, from and to; of several, how many changed.
    Raises as `geoplan.own_map.map_file`; `UsageError` where no county changed.
    """
    check_target(out, PAGES)
    counties = _counties(compared)
    if counties.empty:
        raise UsageError(f"{out}: no county changed between the two versions: no map is made")
    with TemporaryDirectory(prefix="geoplan-") as folder:
        path = Path(folder) / f"{out.stem}.gpkg"
        path.write_bytes(vector.geopackage({LAYER: counties}))
        title = f"{Path(compared.old).name} → {Path(compared.new).name} 变化"
        options = Options(layer=LAYER, title=title, name="说明", force=force)
        map_file(path, LAYER, project=project, out=out, options=options)


LAYER = "变化"
"""Layer and column of the map."""


def _counties(compared: Compared) -> gpd.GeoDataFrame:
    units = compared.units[compared.units["level"] == "county"]
    changes = compared.changed
    single = len(set(changes["group"])) == 1
    said: dict[str, list[dict[str, object]]] = {}
    for row in records(changes):
        said.setdefault(str(row["adcode"]), []).append(row)
    units = units[units["adcode"].isin(list(said))]
    told = [_told(said[code], single=single) for code in units["adcode"]]
    names = [f"{name}：{text}" for name, (_, text) in zip(units["name"], told, strict=True)]
    columns = {LAYER: [kind for kind, _ in told], "说明": names}
    return gpd.GeoDataFrame(columns, geometry=units["geometry"].to_numpy(), crs=crs.DATA_CRS)


def _told(rows: list[dict[str, object]], *, single: bool) -> tuple[str, str]:
    """Return how a county is coloured, and what its popup says."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        listed = row["by"] == "list" and row["change"] != "moved"
        name = row["from_title"] if row["to_title"] == NOTHING else row["to_title"]
        both = f"{row['from_title']} → {row['to_title']}"
        said = f"{name}（{_change(row)}）" if listed else both
        groups.setdefault(str(row["group_title"]), []).append(said)
    texts = ["、".join(said) if single else f"{g}：{'、'.join(said)}" for g, said in groups.items()]
    text = "；".join(texts)
    text = text if len(text) <= MOST_SAID else text[: MOST_SAID - 1] + "…"
    if not single:
        return next(f"变化{t}项" for least, t in _STEPS if len(rows) >= least), text
    if all(row["by"] == "list" for row in rows):
        kinds = sorted({_change(row) for row in rows})
        return "、".join(kinds), text
    row = max(rows, key=lambda r: (r["by"] != "list", float(str(r["area_km2"] or 0))))
    return f"{row['from_title']} → {row['to_title']}", text


_STEPS = ((21, "21及以上"), (11, "11至20"), (6, "6至10"), (3, "3至5"), (1, "1至2"))
