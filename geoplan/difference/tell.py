"""What is said of difference polygons: the explanation of each, the sheet, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from geoplan.difference.columns import KINDS, MADE, MARK, OUTSIDE, TITLES
from geoplan.difference.made import Made
from geoplan.difference.sides import Side
from geoplan.schema import records
from geoplan.spreadsheet import Cell, Head, Sheet, workbook_bytes

DIGITS = 12
"""Digits of a file's sha256 that people see."""


def explained(table: pd.DataFrame, names: Mapping[str, str], *, sides: tuple[Side, Side]) -> None:
    """Add name of the county and explanation to polygons."""
    table["XZQMC"] = [names.get(code, OUTSIDE) for code in table["XZQDM"]]
    texts = []
    a, b = sides
    for row in records(table[["CYLX", "A_FL", "A_MC", "B_FL", "B_MC", "MJ", "XZQMC"]]):
        one, two = _called(row["A_FL"], row["A_MC"]), _called(row["B_FL"], row["B_MC"])
        said = {
            KINDS["overlap"]: f"{one}与{two}重叠",
            KINDS["only-a"]: f"{one}不在“{b.source}”范围内",
            KINDS["only-b"]: f"{two}不在“{a.source}”范围内",
        }[row["CYLX"]]
        texts.append(f"{row['XZQMC']}：{said}，{row['MJ']:.2f}平方米")
    table["CYSM"] = texts


def _called(kind: str, name: str) -> str:
    return f"“{kind}（{name}）”" if name and name != kind else f"“{kind}”"


def about_rows(made: Made, sides: tuple[Side, Side]) -> list[tuple[str, str]]:
    """Return what people have to know, as pairs of item and value."""
    told = [
        (f"{letter}来源", side.source + (f"（sha256 {side.digest[:DIGITS]}）" * bool(side.digest)))
        for letter, side in zip("AB", sides, strict=True)
    ]
    told += [
        (f"{KINDS[kind]}合计（平方米）", f"{area:.2f}") for kind, area in made.totals_m2.items()
    ]
    told += [
        ("列入图斑", f"{made.polygons}个，{made.area_m2:.2f}平方米"),
        ("未列入图斑", f"{made.dropped}个，{made.dropped_m2:.2f}平方米"),
        ("面积口径", "椭球面积（CGCS2000，等积投影），平方米；不是勘界或调查控制面积"),
        ("密级", _SECRECY[max((side.sensitivity for side in sides), key=list(_SECRECY).index)]),
        ("坐标系", "CGCS2000（EPSG:4490）"),
        ("行政区", "按所用县级界线切分；界线经过概化，县界附近的归属须核实"),
        ("填写", "处理意见、核实单位、核实日期、备注由人填写，重新生成时保留"),
    ]
    if made.overlapping:
        told.append(("提示", "其中一方的图形互相重叠，同一地块会成为多个图斑，合计含重复面积"))
    return told


_SECRECY = {"public": "公开", "internal": "内部", "secret": "涉密"}

_WIDTHS = {"CYSM": 48, "A_LY": 24, "B_LY": 24, "BSM": 22, "CLYJ": 24, "BZ": 24, MARK: 24}


def workbook(
    table: pd.DataFrame,
    *,
    retired: pd.DataFrame,
    dropped: pd.DataFrame,
    about: Sequence[tuple[str, str]],
) -> bytes:
    """Return the sheets: polygons, sums by county, those left out, retired ones, and what it is."""
    sums, total = _sums(table)
    heads = [Head(t, "0.00" if t.endswith("）") else "", 16) for t in _SUM_HEADS]
    sheets = [
        _sheet("差异图斑", table),
        Sheet("分县汇总", heads, [*sums, total], totals=frozenset([len(sums)])),
        _sheet("未列入", dropped),
    ]
    if len(retired):
        sheets.append(_sheet("已消失", retired))
    sheets.append(Sheet("说明", [Head("项目", width=20), Head("内容", width=80)], about))
    return workbook_bytes(sheets, title="差异图斑")


_SUM_HEADS = ("行政区代码", "行政区名称", "差异类型", "图斑数", "面积（平方米）", "面积（公顷）")


def _sums(table: pd.DataFrame) -> tuple[list[list[Cell]], list[Cell]]:
    rows: list[list[Cell]] = []
    for (code, name, kind), part in table.groupby(["XZQDM", "XZQMC", "CYLX"], sort=True):
        area = float(part["MJ"].sum())
        rows.append([str(code), str(name), str(kind), len(part), area, area / 1e4])
    area = float(table["MJ"].sum())
    return rows, ["", "合计", "", len(table), area, area / 1e4]


def _sheet(name: str, table: pd.DataFrame) -> Sheet:
    known = [c for c in (*MADE, "YY") if c in table]
    own = [str(c) for c in table.columns if c not in (*known, "geometry")]
    columns = [*known, *own]
    heads = [
        Head(f"{TITLES.get(c, c)} {c}", "0.00" if c == "MJ" else "", _WIDTHS.get(c, 14))
        for c in columns
    ]
    rows = table[columns].itertuples(index=False, name=None)
    return Sheet(name, heads, rows, frozen=4)
