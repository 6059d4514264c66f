"""Two sides become difference polygons in a file that people go on working in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import geopandas as gpd

from geoplan import crs, folders, geometry, vector
from geoplan.boundaries import build_units
from geoplan.config import Project
from geoplan.difference.columns import ABOUT, DROPPED, KINDS, LAYER, PAIR, PEOPLE, RETIRED
from geoplan.difference.earlier import Earlier, Followed, follow, nothing, read_earlier
from geoplan.difference.least import read_rules
from geoplan.difference.made import Made
from geoplan.difference.pieces import Parts, ids_of, parts_of
from geoplan.difference.sides import Columns, Side, read_side
from geoplan.difference.tell import about_rows, explained, workbook
from geoplan.difference.workbook import read_filled
from geoplan.errors import UsageError, listed
from geoplan.files import check_target, write_bytes
from geoplan.gazetteer import load as load_gazetteer
from geoplan.schema import records
from geoplan.sources import is_file

SUFFIXES = tuple(vector.DRIVERS)
"""Formats of an output."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is wanted; what is left out has a default."""

    a: Columns = field(default_factory=Columns)
    b: Columns = field(default_factory=Columns)
    kinds: tuple[str, ...] = ("overlap",)
    """Of `geoplan.difference.KINDS`."""
    min_area: float | None = None
    """Square metres; default: by land class where there is one, else 1."""
    workers: int | None = None
    force: bool = False
    """Whether a file of other origin may be replaced; what it holds is lost."""


def difference(
    a: str, b: str, *, out: Path, project: Project, options: Options | None = None
) -> Made:
    """Write the difference polygons of two delimited sides, and a sheet beside.

    What people wrote into an earlier output at `out`, or into its sheet, stays; numbers
    too. By kind, areas of polygons and dropped ones add up to what the sides share.

    Parameters
    ----------
    a, b
        ``layer`` or ``layer/class`` of the project, or a file with polygons.
    out
        A ``.gpkg``, ``.shp`` or ``.gdb``; the sheet has its name and ends in ``.xlsx``.

    Raises
    ------
    UsageError
        An unknown layer, class, column or kind; a layer that is not delimited; a file at
        `out` that is not one of ours; cells of file and sheet that contradict each other.
    DataError, GeometryError, StageError
        See `read_side` and `parts_of`; also where nothing can be written.
    """
    chosen = options or Options()
    _check(a, b, out, project=project, chosen=chosen)
    with folders.reserved(out):
        earlier = nothing() if chosen.force else read_earlier(out)
        sheet = out.with_suffix(".xlsx")
        filled = {} if chosen.force else read_filled(sheet)
        counties = _counties(project)
        west, south, east, north = counties.total_bounds
        area = (float(west), float(south), float(east), float(north))
        sides = (
            read_side(a, project=project, columns=chosen.a, area=area),
            read_side(b, project=project, columns=chosen.b, area=area),
        )
        with TemporaryDirectory(prefix="geoplan-") as folder:
            parts = parts_of(
                sides,
                chosen.kinds,
                counties=counties,
                folder=Path(folder),
                workers=chosen.workers,
            )
        every = _described(parts, sides, counties)
        small = _too_small(parts, sides, project=project, chosen=chosen)
        earlier, loose = _with_sheet(earlier, filled, sheet=sheet)
        table, told = follow(every[small == ""], earlier)
        _place_loose(table, loose, sheet=sheet)
        dropped = every.drop(columns="TBBH")[small != ""].assign(YY=small[small != ""])
        return _write(out, sheet, (table, dropped, told), parts, sides, earlier)


def _check(a: str, b: str, out: Path, *, project: Project, chosen: Options) -> None:
    if out.suffix.lower() == ".gdb" and out.is_dir():
        pass  # a geodatabase is a folder
    else:
        check_target(out, SUFFIXES)
    project.check_outside(out)
    if out.resolve() in {Path(side).resolve() for side in (a, b) if is_file(side)}:
        raise UsageError(f"{out}: is one of the two sides; give another name with --out")
    if a == b or (is_file(a) and is_file(b) and Path(a).resolve() == Path(b).resolve()):
        raise UsageError(f"{a}: both sides are the same; give two layers or files")
    wrong = [kind for kind in chosen.kinds if kind not in KINDS]
    if wrong or not chosen.kinds:
        raise UsageError(f"kind {wrong} is not known; allowed: {', '.join(KINDS)}")
    least = chosen.min_area
    if least is not None and not (np.isfinite(least) and least >= 0):
        raise UsageError(f"--min-area {least}: a least area is a number of m2, 0 or more")


def _counties(project: Project) -> gpd.GeoDataFrame:
    folder = project.folder("boundaries")
    units, _ = build_units(folder, load_gazetteer(folder), scope=project.config.scope)
    own = units[units["level"] == "county"][["adcode", "name", "geometry"]]
    return gpd.GeoDataFrame(own.reset_index(drop=True), geometry="geometry", crs=crs.DATA_CRS)


def _described(
    parts: Parts, sides: tuple[Side, Side], counties: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return all polygons with what they are of, sorted: by county, pair, from north to south."""
    table = parts.table
    names = dict(zip(counties["adcode"], counties["name"], strict=True))
    made = pd.DataFrame(
        {"XZQDM": table["adcode"], "CYLX": table["kind"].map(KINDS), "TBBH": ""}
    ).astype(object)
    for letter, side, rows in zip("AB", sides, (table["a"], table["b"]), strict=True):
        there = rows.to_numpy() >= 0
        for column, cells in (("MC", side.names), ("FL", side.kinds)):
            values = np.array([*cells, ""], dtype=object)
            made[f"{letter}_{column}"] = np.where(there, values[rows.to_numpy()], "")
        made[f"{letter}_LY"] = side.source
    made["MJ"] = table["units"].to_numpy() / geometry.AREA_UNITS_PER_M2
    shapes = table.geometry.to_numpy()
    made["BSM"] = ids_of(made[list(PAIR)], shapes)
    explained(made, names, sides=sides)
    frame = gpd.GeoDataFrame(made, geometry=shapes, crs=crs.DATA_CRS)
    bounds = frame.geometry.bounds
    order = frame.assign(_n=-bounds["maxy"], _w=bounds["minx"]).sort_values(
        ["XZQDM", "CYLX", "A_FL", "A_MC", "B_FL", "B_MC", "_n", "_w", "BSM"], kind="stable"
    )
    parts.table["n"] = np.argsort(order.index.to_numpy())
    return gpd.GeoDataFrame(frame.loc[order.index].reset_index(drop=True))


def _too_small(
    parts: Parts, sides: tuple[Side, Side], *, project: Project, chosen: Options
) -> np.ndarray:
    """Return for each polygon why it is left out, or an empty text."""
    table = parts.table.sort_values("n")
    areas = table["units"].to_numpy() / geometry.AREA_UNITS_PER_M2
    land = next((i for i in (0, 1) if sides[i].land is not None), None)
    least = np.full(len(table), geometry.SLIVER_M2)
    why = np.full(len(table), "", dtype=object)
    if chosen.min_area is not None:
        least[:] = chosen.min_area
    elif land is not None:
        rules, codes = read_rules(project), sides[land].land or []
        for n, row in enumerate(table["ab"[land]].to_numpy()):
            rule = rules.of(codes[row]) if row >= 0 else None
            if rule is not None:
                least[n] = rule.area_m2
                why[n] = f"，{rule.title.zh}" + ("" if rule.verified else "（数值未核对）")
    small = areas < least
    texts = [f"小于{limit:g}平方米{more}" for limit, more in zip(least, why, strict=True)]
    return np.where(small, np.array([*texts, ""], dtype=object)[:-1], "")


def _with_sheet(
    earlier: Earlier, filled: dict[str, dict[str, str]], *, sheet: Path
) -> tuple[Earlier, dict[str, dict[str, str]]]:
    """Take over what the sheet has and the file lacks; also return what belongs to no row."""
    table, faults, known = earlier.table.copy(), [], set()
    for i, row in enumerate(records(table)):
        for column, text in filled.get(str(row["BSM"]), {}).items():
            if row[column] not in ("", text):
                faults.append(f"{row['BSM']}, {column}: {row[column]!r} and {text!r}")
            table.iloc[i, table.columns.get_loc(column)] = text
        known.add(str(row["BSM"]))
    if faults:
        raise UsageError(
            f"{sheet}: {len(faults)} cell(s) differ from those of the file beside it; write the "
            f"same in both, or empty one of them:\n{listed(faults, limit=10)}"
        )
    loose = {code: cells for code, cells in filled.items() if code not in known}
    return Earlier(gpd.GeoDataFrame(table), earlier.retired, earlier.others), loose


def _place_loose(table: gpd.GeoDataFrame, loose: dict[str, dict[str, str]], *, sheet: Path) -> None:
    """Put what only a sheet has, its file being gone, into the rows of the same polygons."""
    at = {code: i for i, code in enumerate(table["BSM"])}
    lost = sorted(set(loose) - set(at))
    if lost:
        raise UsageError(
            f"{sheet}: {len(lost)} row(s) that people filled belong to no polygon any more, such "
            f"as {lost[0]}; save the sheet under another name, then run again"
        )
    for code, cells in loose.items():
        for column, text in cells.items():
            table.iloc[at[code], table.columns.get_loc(column)] = text


def _write(
    out: Path,
    sheet: Path,
    tables: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Followed],
    parts: Parts,
    sides: tuple[Side, Side],
    earlier: Earlier,
) -> Made:
    table, dropped, told = tables
    retired = gpd.GeoDataFrame(
        pd.DataFrame(told.retired, columns=list(table.columns)), crs=crs.DATA_CRS
    )
    per_m2 = geometry.AREA_UNITS_PER_M2
    made = Made(
        out=out,
        sheet=sheet,
        polygons=len(table),
        area_m2=float(_units(table) / per_m2),
        dropped=len(dropped),
        dropped_m2=float(_units(dropped) / per_m2),
        totals_m2={kind: units / per_m2 for kind, units in parts.totals.items()},
        followed=told,
        repaired=parts.repaired,
        overlapping=parts.overlapping,
        cut=_long(table) + _long(retired) if out.suffix.lower() == ".shp" else 0,
    )
    about = about_rows(made, sides)
    layers: dict[str, pd.DataFrame] = {LAYER: table, RETIRED: retired, DROPPED: dropped}
    layers[ABOUT] = pd.DataFrame(about, columns=["item", "value"])
    book = workbook(table, retired=retired, dropped=dropped, about=about)
    vector.write_layers(out, layers, keep=earlier.others)
    write_bytes(sheet, book)
    return made


def _units(table: pd.DataFrame) -> int:
    return int(np.rint(table["MJ"].to_numpy(dtype=float) * geometry.AREA_UNITS_PER_M2).sum())


def _long(table: pd.DataFrame) -> int:
    texts: Sequence[str] = [c for c in (*PEOPLE, "CYSM", "A_MC", "B_MC") if c in table]
    long = [table[c].map(lambda t: len(str(t).encode()) > vector.LONGEST_CELL) for c in texts]
    return int(sum(cells.sum() for cells in long))
