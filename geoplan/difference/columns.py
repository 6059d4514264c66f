"""The columns of difference polygons: names of ten bytes, so that every format takes them."""

from __future__ import annotations

from collections.abc import Mapping

LAYER, RETIRED, DROPPED, ABOUT = "CYTB", "retired", "dropped", "about"
"""Layers of an output: polygons; filled ones that are no more; those too small; what it is of."""

KINDS: Mapping[str, str] = {"overlap": "重叠", "only-a": "仅A", "only-b": "仅B"}
"""Kinds of difference, as commands and as tables call them."""

MADE = (
    *("BSM", "XZQDM", "XZQMC", "TBBH", "CYLX"),
    *("A_LY", "A_MC", "A_FL", "B_LY", "B_MC", "B_FL", "MJ", "CYSM"),
)
"""Columns that every run writes anew; `TBBH` stays as it was."""

MARK = "BGSM"
"""What became of a polygon since the file before; stays until somebody empties it."""

PEOPLE = ("CLYJ", "HSDW", "HSRQ", "BZ")
"""Columns for people, which no run empties."""

PAIR = ("CYLX", "A_FL", "A_MC", "B_FL", "B_MC", "XZQDM")
"""What a polygon is of, besides its shape."""

TITLES: Mapping[str, str] = {
    "BSM": "标识码",
    "XZQDM": "行政区代码",
    "XZQMC": "行政区名称",
    "TBBH": "图斑编号",
    "CYLX": "差异类型",
    "A_LY": "A来源",
    "A_MC": "A名称",
    "A_FL": "A分类",
    "B_LY": "B来源",
    "B_MC": "B名称",
    "B_FL": "B分类",
    "MJ": "面积（平方米）",
    "CYSM": "差异说明",
    "BGSM": "变更说明",
    "CLYJ": "处理意见",
    "HSDW": "核实单位",
    "HSRQ": "核实日期",
    "BZ": "备注",
    "YY": "未列入原因",
}
"""Heads of sheets; the code stands behind, by which a sheet that people filled is read again."""

OUTSIDE = "行政单元以外"
"""Name of the unit of what lies in no county."""
