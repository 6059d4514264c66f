"""`geoplan pivot`: files for reports from the tables of the last build, and what it refuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geoplan.build import Pivot, build, pivot
from geoplan.config import load
from geoplan.errors import DataError, GeoplanError, UnitError, UsageError
from tests.commands import Command

ZONES = "jinzhong-main-function-zones"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a project of the shipped data, built."""
    folder = tmp_path_factory.mktemp("pivot")
    build(load(folder))
    return folder


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8-sig").splitlines()))


def test_files_of_every_format(project: Path, command: Command, tmp_path: Path) -> None:
    options = ("--unit", "晋中", "--theme", "main_function_zone", "--format", "csv,xlsx,html")
    done = command("pivot", "-C", project, *options, "--out", tmp_path)
    assert done.code == 0, done.err
    stem = "pivot-140700-main-function-zone"
    written = [Path(line).name for line in done.out.splitlines()]
    assert written[0] == f"{stem}-area-{ZONES}.csv"
    assert written[-2:] == [f"{stem}.xlsx", f"{stem}.html"]
    assert {path.name for path in tmp_path.iterdir()} == set(written)
    rows = rows_of(tmp_path / written[0])
    total = next(row for row in rows if row[1:2] == ["合计"])
    assert total[2:6] == ["3311.46", "5950.80", "7143.74", "0.00"]
    assert total[6] == total[7] == "16406.00"


def test_control_areas_by_name(project: Path, command: Command, tmp_path: Path) -> None:
    table = tmp_path / "control.csv"
    table.write_text("名称,控制面积（公顷）\n榆次,132800\n太谷县,105000\n灵石县,140000\n", "utf-8")
    out = tmp_path / "out"
    options = ("--layer", "jinzhong-108-corridor", "--unit", "140700", "--format", "csv")
    more = ("--control-area", table, "--out", out)
    done = command("pivot", "-C", project, *options, *more)
    assert done.code == 0, done.err
    assert "太谷县" in done.err
    assert "相差超过 5%，待核实：灵石县" in done.err
    assert "缺控制面积：榆社县、" in done.err
    area = rows_of(out / "pivot-140700-jinzhong-108-corridor-area-jinzhong-108-corridor.csv")
    yuci = next(row for row in area if row[0] == "140702")
    assert yuci[-2:] == ["1328.00", "1.0053"]
    name = "pivot-140700-jinzhong-108-corridor-adjusted-jinzhong-108-corridor.csv"
    other = rows_of(out / name)
    assert next(row for row in other if row[0] == "140702")[2] == "1328.00"
    assert next(row for row in other if row[1:2] == ["合计"])[2:] == [""] * 4


def test_wrong_control_areas_are_one_message(
    project: Path, command: Command, tmp_path: Path
) -> None:
    table = tmp_path / "control.csv"
    table.write_text("名称,控制面积（公顷）\n愉次区,132800\n太谷区,x\n", "utf-8")
    done = command("pivot", "-C", project, "--control-area", table)
    assert done.code == 3
    assert "2 row(s) are wrong" in done.err
    assert "榆次区" in done.err  # what was meant
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("options", "fault", "told"),
    [
        ({"theme": "no_such"}, UsageError, "no theme 'no_such'"),
        ({"layer": "jinzhong-main-function-zone"}, UsageError, ZONES),
        ({"theme": "energy", "layer": ZONES}, UsageError, "give one of them"),
        ({"formats": ("docx",)}, UsageError, "format 'docx' is not known"),
        ({"formats": ()}, UsageError, "no format is chosen"),
        ({"digits": 9}, UsageError, "0 to 6"),
        ({"unit": "晋中中"}, UnitError, "晋中"),
        ({"unit": "东山五县"}, UnitError, "东山五县"),
        ({"control_measure": "ha"}, UsageError, "without --control-area"),
        ({"control": Path("none.csv")}, DataError, "there is no such file"),
        ({"unit": "大同", "layer": ZONES}, DataError, "no class has an area or a list there"),
        ({"out": Path("maps")}, UsageError, "lies in the folder of maps"),
    ],
)
def test_what_is_refused(
    project: Path, options: dict[str, object], fault: type[GeoplanError], told: str
) -> None:
    if "out" in options:
        options = {"out": project / "maps" / "x"}
    with pytest.raises(fault, match=told):
        pivot(load(project), how=Pivot(**options))  # type: ignore[arg-type]


def test_nothing_is_built_yet(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run `geoplan build` first"):
        pivot(load(tmp_path), how=Pivot())


def test_same_tables_same_bytes(project: Path, tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        how = Pivot(formats=("csv", "xlsx", "html"), measure="10k_mu", out=tmp_path / name)
        made = pivot(load(project), how=how)
        assert len(made.files) > 20
        contents.append({path.name: path.read_bytes() for path in made.files})
    assert contents[0] == contents[1]
