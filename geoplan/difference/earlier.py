"""What an output holds already: numbers and what people wrote, found again after a rebuild."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

import geopandas as gpd
import shapely

from geoplan import crs, vector
from geoplan.difference.columns import ABOUT, DROPPED, LAYER, MADE, MARK, PAIR, PEOPLE, RETIRED
from geoplan.errors import UsageError
from geoplan.schema import records

MOST_CHANGED = 0.1
"""Share of the larger one that two polygons may not have in common and still be the same."""

_OURS = {LAYER, RETIRED, DROPPED, ABOUT}


@dataclass(frozen=True)
class Earlier:
    """The polygons of an output that is there, and layers in it that are not ours."""

    table: gpd.GeoDataFrame
    retired: gpd.GeoDataFrame
    others: tuple[str, ...] = ()

    @property
    def own(self) -> list[str]:
        """Columns that people fill: ours for them, and those that they added."""
        every = [*self.table.columns, *self.retired.columns]
        ours = (*MADE, MARK, *PEOPLE, "geometry")
        added = [c for c in every if c not in ours and str(c).lower() not in _GIS]
        return list(dict.fromkeys([*PEOPLE, *map(str, added)]))


_GIS = ("shape_length", "shape_leng", "shape_area", "objectid", "fid")
"""Columns that programs add themselves."""


@dataclass
class Followed:
    """What became of the polygons of an output."""

    same: int = 0
    moved: int = 0
    new: int = 0
    back: int = 0
    """How many were retired and are there again."""
    gone: int = 0
    retired: list[dict[str, object]] = field(default_factory=list)
    """Rows that people filled and that are no more, earlier ones too."""


def nothing() -> Earlier:
    """Return what an output holds that is not there."""
    empty = gpd.GeoDataFrame({c: [] for c in (*MADE, MARK, *PEOPLE)}, geometry=[], crs=crs.DATA_CRS)
    return Earlier(empty, empty)


def read_earlier(path: Path) -> Earlier:
    """Return the polygons of an output; `UsageError` where the file there is not one of ours."""
    if not path.exists():
        return nothing()
    try:
        names = vector.layers_in(path)
        single = path.suffix.lower() == ".shp"
        table = vector.read_vector(path, layer=None if single else LAYER)
    except Exception as fault:
        raise UsageError(_foreign(path, str(fault))) from fault
    missing = [c for c in (*MADE, *PEOPLE) if c not in table]
    if missing or not isinstance(table, gpd.GeoDataFrame):
        raise UsageError(_foreign(path, f"it lacks the columns {', '.join(missing)}"))
    aside = path.with_name(f"{path.stem}-{RETIRED}.shp") if single else path
    retired = table.iloc[:0]
    if aside.exists() and (single or RETIRED in names):
        retired = vector.read_vector(aside, layer=None if single else RETIRED)
    others = () if single else tuple(n for n in names if n not in _OURS)
    return Earlier(_plain(table), _plain(retired), others)


def _foreign(path: Path, why: str) -> str:
    return (
        f"{path}: exists and holds no difference polygons of geoplan ({why}); give another name "
        "with --out, or --force to replace it"
    )


def _plain(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    made = crs.to_data(table)
    if made.geometry.name != "geometry":
        made = made.rename_geometry("geometry")
    for column in made.columns:
        if column not in ("geometry", "MJ"):
            made[column] = made[column].map(_text)
    if MARK not in made:
        made[MARK] = ""
    return gpd.GeoDataFrame(made)


def _text(cell: object) -> str:
    if cell is None or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, float):
        return "" if np.isnan(cell) else f"{cell:.15g}"
    return str(cell)


def follow(table: gpd.GeoDataFrame, earlier: Earlier) -> tuple[gpd.GeoDataFrame, Followed]:
    """Give new polygons the numbers and the words of those that they were before.

    Unchanged ones are found by `BSM`. One that shares more than 90 % of the larger
    area with an earlier one of the same pair, kind and county keeps what people
    wrote and is marked. Rows that people filled and that nothing follows are retired.

    Returns
    -------
    table
        With `TBBH`, the mark and all columns for people.
    Followed
        Counts, and the rows to be retired.
    """
    own, told = earlier.own, Followed()
    old = _keyed(records(earlier.table))
    shelved = _keyed(records(earlier.retired))
    rows = records(table)
    taken = {row["BSM"]: str(row["BSM"]) for row in rows if row["BSM"] in old}
    told.same = len(taken)
    left = [i for i, row in enumerate(rows) if row["BSM"] not in taken]
    moved = _moved(rows, left, old={k: r for k, r in old.items() if k not in taken.values()})
    told.moved = len(moved)
    back = {row["BSM"] for row in rows if row["BSM"] in shelved} - {*moved, *taken}
    told.back = len(back)
    for row in rows:
        code = row["BSM"]
        before = old.get(taken.get(code, moved.get(code, "")))
        before = before or (shelved[code] if code in back else {})
        row.update({c: before.get(c) or "" for c in (*own, MARK)})
        row["TBBH"] = before.get("TBBH") or ""
        if code in moved:
            row[MARK] = f"图形有变化，原标识码{moved[code]}"
        elif code in back:
            row[MARK] = "曾消失，现又出现"
    told.new = len(rows) - told.same - told.moved - told.back
    followed = {*taken.values(), *moved.values()}
    gone = [row for code, row in old.items() if code not in followed]
    told.gone = len(gone)
    filled = [row for row in gone if any(row.get(c) for c in own)]
    for row in filled:
        row[MARK] = "该图斑已不存在，填写内容保留在此"
    told.retired = [*(r for code, r in shelved.items() if code not in back), *filled]
    _number(rows, [*old.values(), *shelved.values()])
    columns = list(dict.fromkeys([*MADE, MARK, *own, "geometry"]))
    made = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), crs=crs.DATA_CRS)
    return made, told


def _keyed(rows: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    """Return rows by `BSM`; of those that people split or drew, none takes the place of another."""
    made: dict[str, dict[str, object]] = {}
    for row in rows:
        code, count = str(row["BSM"]), 2
        while code in made:
            code, count = f"{row['BSM']}/{count}", count + 1
        made[code] = row
    return made


def _moved(
    rows: list[dict[str, object]], left: list[int], *, old: dict[str, dict[str, object]]
) -> dict[str, str]:
    """Return by new id the id of the polygon that each was, one for one, nearest first."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for i in left:
        groups[tuple(rows[i][c] for c in PAIR)].append(i)
    codes = [code for code, row in old.items() if tuple(row[c] for c in PAIR) in groups]
    if not codes or not left:
        return {}
    before = crs.data_to_work(np.array([old[code]["geometry"] for code in codes], dtype=object))
    after = crs.data_to_work(np.array([rows[i]["geometry"] for i in left], dtype=object))
    pairs = shapely.STRtree(before).query(after, predicate="intersects").T
    found = []
    for n, o in pairs:
        if all(rows[left[n]][c] == old[codes[o]][c] for c in PAIR):
            shared = shapely.area(shapely.intersection(after[n], before[o]))
            share = shared / max(shapely.area(after[n]), shapely.area(before[o]))
            if share > 1 - MOST_CHANGED:
                found.append((-share, str(rows[left[n]]["BSM"]), codes[o]))
    made: dict[str, str] = {}
    used: set[str] = set()
    for _, new, code in sorted(found):
        if new not in made and code not in used:
            made[new] = code
            used.add(code)
    return made


def _number(rows: list[dict[str, object]], known: list[dict[str, object]]) -> None:
    """Give rows without one the next numbers of their county; none is given twice."""
    last: dict[object, int] = defaultdict(int)
    for row in known:
        text = str(row.get("TBBH") or "")
        if text.isdigit():
            last[row["XZQDM"]] = max(last[row["XZQDM"]], int(text))
    for row in rows:
        if not row["TBBH"]:
            last[row["XZQDM"]] += 1
            row["TBBH"] = f"{last[row['XZQDM']]:04d}"
