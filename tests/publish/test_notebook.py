"""The notebook in docs: stripped of outputs, and every cell of it runs on a published folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

FILE = Path(__file__).parents[2] / "docs/read-the-tables.ipynb"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["cells"]
    return found


def test_it_holds_no_outputs() -> None:
    code = [cell for cell in cells() if cell["cell_type"] == "code"]
    assert len(code) >= 10
    assert not [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"]]
    assert len({cell["id"] for cell in cells()}) == len(cells())


def test_every_cell_runs_in_order(atlas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_MAPS", str(atlas))
    known: dict[str, Any] = {}
    for cell in cells():
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), known)
    assert set(known["resources"]["path"]) >= {"tables/units.csv", "data/atlas.gpkg"}
    # Sums, areas from shapes and sheets are what the tables say.
    wide, both = known["wide"], known["both"]
    assert wide.iloc[:-1].sum().round(6).tolist() == wide.iloc[-1].round(6).tolist()
    assert len(both)
    units = known["sheet"]("行政单元")
    table = pd.read_csv(atlas / "tables/units.csv", dtype="str", encoding="utf-8-sig")
    assert units["行政区划代码"].tolist() == table["adcode"].tolist()
    assert units["面积（平方公里）"].astype(float).round(6).tolist() == [
        float(area) for area in table["area_km2"]
    ]
