"""What differs between versions, as it is written: matrices, names, borders, silence, maps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import geopandas as gpd
import pyogrio

from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.versions import Compared, check, save, save_map
from geoplan.versions import write as writing
from geoplan.versions.borders import Borders, border_changes
from geoplan.versions.renamed import COLUMNS as RENAMED
from geoplan.versions.transfers import COLUMNS
from geoplan.versions.write import matrix


def row(code: str, old: str, new: str, change: str = "moved", **more: Any) -> dict[str, Any]:
    """Return a row of changes of one group; ids of classes are their titles."""
    made = {"group": "g", "group_title": "组", "by": "county", "adcode": code, "name": f"县{code}"}
    made |= {"from": "" if old == "—" else old, "to": "" if new == "—" else new}
    return made | {"from_title": old, "to_title": new, "change": change, "area_km2": 10.0} | more


def made_of(
    rows: list[dict[str, Any]],
    units: gpd.GeoDataFrame,
    *,
    borders: Borders | None = None,
    **more: Any,
) -> Compared:
    """Return a comparison with these changes."""
    given = {
        "renamed": pd.DataFrame(columns=list(RENAMED)),
        "scopes": frozenset({"1"}),
        "sketches": 0,
    }
    given |= more
    changes = pd.DataFrame(rows, columns=list(COLUMNS))
    return Compared("旧/一期", "新/二期", changes, borders=borders, units=units, **given)


def sheets(compared: Compared, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the cells of a workbook by sheet."""
    save(compared, folder / "c.xlsx")
    book = openpyxl.load_workbook(folder / "c.xlsx")
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


# Matrices


def test_a_matrix_has_classes_in_the_order_of_ids_and_sums_on_both_sides() -> None:
    changes = pd.DataFrame(
        [
            row("1", "b", "a", area_km2=3.0),
            row("2", "a", "a", "same", area_km2=5.0),
            row("3", "a", "c", area_km2=2.0),
            row("4", "a", "c", area_km2=1.5),
            row("5", "—", "b", "appeared", area_km2=4.0),
        ]
    )
    table = matrix(changes)
    assert list(table.index) == ["—", "a", "b", "合计"]
    assert list(table.columns) == ["a", "b", "c", "合计"]
    assert table.loc["a"].tolist() == [5.0, 0.0, 3.5, 8.5]
    assert table.loc["合计"].tolist() == [8.0, 4.0, 3.5, 15.5]
    assert table["合计"].tolist() == [4.0, 8.5, 3.0, 15.5]


def test_whole_counties_and_shapes_have_a_matrix_each_and_lists_have_none(
    small_units: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    rows = [
        row("910101", "a", "b"),
        row("910101", "a", "b", by="shape", area_km2=2.5),
        row("910102", "a", "—", "went", by="list", area_km2=None),
        row("910103", "a", "—", "untold", by="list", area_km2=None),
    ]
    found = sheets(made_of(rows, small_units), tmp_path)
    tables = {name: cells for name, cells in found.items() if name.startswith("矩阵")}
    sums = [cells[-1] for cells in tables.values()]
    assert sums == [("合计", 10, 10), ("合计", 2.5, 2.5)]
    told = ["".join(str(cell or "") for cell in cells[0]) for cells in tables.values()]
    assert ["县域口径" in text for text in told] == [True, False]
    assert "图形口径" in told[1]
    listed = next(r for r in found["变化清单"] if r[1] == "910102")
    assert listed[3:] == ("未再提及", "a", "—", None, "名单")
    # Silence stands on a sheet of its own and is no change.
    assert not [r for r in found["变化清单"] if r[1] == "910103"]
    assert [r[1] for r in found["一期未列出"] if r[1] and r[1].isdigit()] == ["910103"]
    assert {"界线变化", "名称与增删"}.isdisjoint(found)


def test_names_and_notes_are_told_where_there_is_something(
    small_units: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    named = [
        ("units", "1", "太谷县", "太谷区", "renamed"),
        ("features", "p/a", "", "甲", "appeared"),
    ]
    rows = [row("910101", "a", "b")]
    more = {"renamed": pd.DataFrame(named, columns=list(RENAMED)), "sketches": 3}
    found = sheets(made_of(rows, small_units, scopes=frozenset({"1", "2"}), **more), tmp_path)
    assert ("行政单元", "1", "更名", "太谷县", "太谷区") in found["名称与增删"]
    assert ("要素", "p/a", "新增", "", "甲") in found["名称与增删"]
    notes = "".join(str(cells[0]) for cells in found["说明"])
    assert "示意图形不比较（两方共3个）" in notes
    assert "层级或范围不同" in notes
    plain = "".join(str(c[0]) for c in sheets(made_of(rows, small_units), tmp_path)["说明"])
    assert "示意图形" not in plain
    assert "层级或范围不同" not in plain


# Borders


def without(units: gpd.GeoDataFrame, code: str) -> gpd.GeoDataFrame:
    """Return units in which a county is missing."""
    return units[units["adcode"] != code].reset_index(drop=True)


def test_a_county_that_is_gone_went_to_no_county(small_units: gpd.GeoDataFrame) -> None:
    found = border_changes({"units": small_units}, {"units": without(small_units, "910103")})
    assert found is not None
    (pair,) = found.pairs.to_dict("records")
    assert (pair["from"], pair["to"], pair["to_name"]) == ("910103", "", "")
    assert pair["area_km2"] == pytest.approx(100, abs=1e-5)
    kept = found.kept.set_index("adcode").loc["910103"]
    assert kept["name"] == "南水县"
    assert kept[["old_km2", "new_km2", "kept_km2", "out_km2", "in_km2"]].tolist() == pytest.approx(
        [100, 0, 0, 100, 0], abs=1e-5
    )
    back = border_changes({"units": without(small_units, "910103")}, {"units": small_units})
    assert back is not None
    assert back.pairs[["from", "to"]].to_numpy().tolist() == [["", "910103"]]
    assert back.kept.set_index("adcode")["in_km2"]["910103"] == pytest.approx(100, abs=1e-5)


def test_a_county_that_was_joined_to_another_is_told_whole(small_units: gpd.GeoDataFrame) -> None:
    joined = without(small_units, "910104")
    at = joined.index[joined["adcode"] == "910103"][0]
    own = small_units.set_index("adcode").geometry
    whole = own["910103"].union(own["910104"])
    joined.loc[[at], "geometry"] = gpd.GeoSeries([whole], index=[at], crs=joined.crs)
    joined.loc[at, "area_km2"] = 200.0
    found = border_changes({"units": small_units}, {"units": joined})
    assert found is not None
    moved = found.pairs[found.pairs["area_km2"] > 1e-4].to_dict("records")
    assert [(r["from"], r["to"], r["above"]) for r in moved] == [("910104", "910103", True)]
    assert found.kept.set_index("adcode")["kept_km2"]["910103"] == pytest.approx(100, abs=1e-4)


def test_borders_are_sheets_and_layers(small_units: gpd.GeoDataFrame, tmp_path: Path) -> None:
    borders = border_changes({"units": small_units}, {"units": without(small_units, "910103")})
    compared = made_of([row("910101", "a", "b")], small_units, borders=borders)
    found = sheets(compared, tmp_path)
    (pair,) = (cells for cells in found["界线变化"] if cells[0] == "910103")
    assert [cell or "" for cell in pair[1:4]] == ["南水县", "", ""]
    assert pair[-1] == "超出界线误差"
    assert len([c for c in found["界线分县"] if c[0] and str(c[0]).isdigit()]) == 6
    assert any("两版县界不同" in str(cells[0]) for cells in found["说明"])
    save(compared, tmp_path / "c.gpkg")
    names = {str(name) for name, _ in pyogrio.list_layers(tmp_path / "c.gpkg")}
    assert names == {"changes", "borders", "border_counties"}
    drawn = pyogrio.read_dataframe(tmp_path / "c.gpkg", layer="borders")
    assert drawn["part_km2"].sum() == pytest.approx(100, abs=1e-5)


# The map


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what is handed to the page: counties by name with how they are coloured."""
    found: dict[str, Any] = {}

    def map_file(path: Path, by: str, *, project: Project, out: Path, options: Any) -> None:
        table = pyogrio.read_dataframe(path, layer=options.layer)
        found.update(zip(table[options.name], table[by], strict=True), title=options.title)

    monkeypatch.setattr(writing, "map_file", map_file)
    return found


def drawn(compared: Compared, found: dict[str, Any]) -> dict[str, str]:
    save_map(compared, Path("c.html"), project=None)  # type: ignore[arg-type]
    assert found.pop("title") == "一期 → 二期 变化"
    return {key.partition("：")[2]: kind for key, kind in found.items()}


def test_of_one_group_the_largest_change_colours_a_county(
    small_units: gpd.GeoDataFrame, shown: dict[str, Any]
) -> None:
    rows = [
        row("910101", "a", "b", by="shape", area_km2=1.0),
        row("910101", "b", "c", by="shape", area_km2=7.0),
        row("910101", "x", "—", "went", by="list", area_km2=None),
        row("910102", "x", "—", "went", by="list", area_km2=None),
        row("910102", "—", "y", "appeared", by="list", area_km2=None),
        row("910103", "a", "a", "same"),
    ]
    assert drawn(made_of(rows, small_units), shown) == {
        "a → b、b → c、x（未再提及）": "b → c",
        "x（未再提及）、y（新提及）": "新提及、未再提及",
    }


@pytest.mark.parametrize(
    ("count", "kind"),
    [(2, "1至2"), (3, "3至5"), (6, "6至10"), (10, "6至10"), (11, "11至20"), (21, "21及以上")],
)
def test_of_several_groups_changes_are_counted_and_long_texts_cut(
    small_units: gpd.GeoDataFrame, shown: dict[str, Any], count: int, kind: str
) -> None:
    groups = [{"group": f"g{i}", "group_title": f"{i}组" * 20} for i in range(count)]
    rows = [row("910101", "a", "b", **group) for group in groups]
    ((text, found),) = drawn(made_of(rows, small_units), shown).items()
    assert found == f"变化{kind}项"
    assert text.startswith("0组")
    assert (len(text) == writing.MOST_SAID) is (count >= 10)
    assert text.endswith("…") is (count >= 10)


def test_only_files_that_can_be_written_are_taken(tmp_path: Path) -> None:
    check(None, None)
    check(tmp_path / "c.CSV", tmp_path / "c.htm")
    for out, page in ((tmp_path / "c.html", None), (None, tmp_path / "c.csv")):
        with pytest.raises(UsageError, match="has to end in"):
            check(out, page)
