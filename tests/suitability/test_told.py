"""What people have to know: coarse, made up, left out, decided on reading; in every output."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import shapely

from geoplan import raster
from geoplan.errors import MissingCRSError, UsageError
from geoplan.ledger.places import Place
from geoplan.suitability import Made, Options, Run, make_files, page, prepare, read_models
from geoplan.suitability.tables import input_rows
from geoplan.suitability.told import notes_of, title_of, warnings_of
from geoplan.suitability.write import check_folder, tags_of
from tests.commands import Command
from tests.small import SmallProject
from tests.suitability.conftest import GRID, write
from tests.suitability.conftest import by_county as squares
from tests.suitability.tiny import (
    amount,
    by_county,
    cited,
    constraint,
    factor,
    grid_of,
    made_over,
    model,
    run_of,
    run_over,
    saved,
    titled,
)

PLAIN = model(factor("a", 1))
BOTH = model(factor("a", 0.5), factor("b", 0.5))
EVEN = by_county(30, 40, 50, 70)

COARSE = "粗略示例，不能用作双评价"
SCREENING = "按下列阈值、权重与假设筛选，不是用地结论。"


def said(ready: Run) -> str:
    """Return all notes in Chinese, one a line."""
    return "\n".join(zh for zh, _ in notes_of(ready))


def said_in_english(ready: Run) -> str:
    """Return all notes in English, one a line."""
    return "\n".join(en for _, en in notes_of(ready))


@pytest.mark.parametrize(
    ("cell_m", "coarse"),
    [
        pytest.param(10, False, id="fine"),
        pytest.param(50, False, id="on the limit"),
        pytest.param(50.01, True, id="a hair above"),
        pytest.param(1_000, True, id="coarse"),
    ],
)
def test_coarse_cells_are_told(tmp_path: Path, cell_m: float, *, coarse: bool) -> None:
    ready = run_over(tmp_path, PLAIN, {"a": EVEN}, cell_m=cell_m)
    assert ready.coarse is coarse
    assert (COARSE in said(ready)) is coarse
    assert ("A rough sample" in said_in_english(ready)) is coarse
    assert len(warnings_of(ready)) == coarse
    assert SCREENING in said(ready), "always"


def test_a_coarse_input_makes_the_result_coarse_however_small_its_cells(tmp_path: Path) -> None:
    rough = saved(tmp_path / "a.tif", [[30] * 2] * 2, grid=grid_of(200, cells=2))
    fine = saved(tmp_path / "b.tif", EVEN, grid=grid_of(25))
    ready = run_of(BOTH, {"a": rough, "b": fine}, cell_m=25)
    assert ready.cell_m == 25
    assert round(ready.coarsest_m) == 200
    assert "最粗的格网约200米，粗于50米" in said(ready)
    assert "题a的格网约200米，比结果粗，重采样不增加细节。" in said(ready)
    assert "题b的格网" not in said(ready), "it is as fine as the result"


def test_no_note_is_there_twice_and_the_gravest_comes_first(tmp_path: Path) -> None:
    ready = made_up(tmp_path, PLAIN)
    notes = notes_of(ready)
    assert len({zh for zh, _ in notes}) == len(notes)
    assert "合成数据" in notes[0][0]
    assert COARSE in notes[1][0]
    assert notes[2][0] == SCREENING
    for zh, en in notes:
        assert zh.endswith("。")
        assert en.endswith(".")


def made_up(tmp_path: Path, own: Any, **more: Any) -> Run:
    """Return a run whose input `a` is made up; others are not."""
    grid = grid_of(more.get("cell_m", 1_000))
    names = [known.id for known in own.input]
    tags = {"a": {"GEOPLAN_SYNTHETIC": "1"}}
    sources = {
        name: saved(tmp_path / f"{name}.tif", EVEN, grid=grid, **tags.get(name, {}))
        for name in names
    }
    return run_of(own, sources, **more)


def outputs(made: Made) -> dict[str, Path]:
    """Return what was written by name."""
    return {path.name: path for path in made.files}


def rows_of(path: Path) -> list[str]:
    """Return the rows of a CSV file without its heads."""
    return path.read_text("utf-8-sig").splitlines()[1:]


def test_what_is_made_up_is_told_in_every_row_sheet_and_grid(tmp_path: Path) -> None:
    own = model(
        *(factor("a", 0.5), factor("b", 0.5)), constraints=[constraint("no", "b", above=60)]
    )
    ready = made_up(tmp_path, own, cell_m=10)
    assert ready.synthetic == ["a"]
    assert title_of(ready) == (
        "四方试验适宜性（synthetic 合成数据）",
        "Test: 四方 (synthetic data 合成数据)",
    )
    files = outputs(make_files(ready, tmp_path / "out"))
    tables = [path for path in files.values() if path.suffix == ".csv"]
    assert len(tables) == 4
    for path in tables:
        rows = rows_of(path)
        assert rows
        assert all("输入 a 是合成的，结果不代表实地，不得用于任何判断。" in row for row in rows)
    for name in ("t-score.tif", "t-class.tif"):
        found = raster.look(files[name])
        assert found.synthetic
        assert "（synthetic 合成数据）" in found.tags["GEOPLAN_TITLE"]
        assert "不得用于任何判断" in found.tags["GEOPLAN_NOTES"]
    book = openpyxl.load_workbook(files["t.xlsx"])
    assert len(book.sheetnames) == 5
    for sheet in book:
        texts = [str(cell.value) for row in sheet.iter_rows(max_row=14) for cell in row]
        assert any("synthetic 合成数据" in text for text in texts), sheet.title
    told = {row["input"]: row["synthetic"] for row in input_rows(ready)}
    assert told == {"a": "合成数据 synthetic", "b": ""}


def test_what_is_not_made_up_does_not_say_so(tmp_path: Path) -> None:
    made = made_over(tmp_path, PLAIN, {"a": EVEN}, cell_m=10)
    for path in made.files:
        assert "合成数据".encode() not in path.read_bytes()
    assert "合成" not in said(run_over(tmp_path, PLAIN, {"a": EVEN}, cell_m=10))


def test_a_made_up_input_that_is_left_out_does_not_count(tmp_path: Path) -> None:
    ready = made_up(tmp_path, BOTH, without=["a"])
    shown = replace(ready, bound=replace(ready.bound, sources={"b": ready.bound.sources["b"]}))
    assert shown.synthetic == []
    assert "合成" not in said(shown)


@pytest.mark.parametrize(
    ("without", "zh", "en"),
    [
        pytest.param(
            ["a"],
            "未参与评价：题a。其余因子的权重按比例放大。",
            "Left out: a. The other weights were scaled up.",
            id="a factor",
        ),
        pytest.param(["no"], "未参与评价：限no。", "Left out: no.", id="a constraint"),
        pytest.param(
            ["a", "no"],
            "未参与评价：限no、题a。其余因子的权重按比例放大。",
            "Left out: no, a. The other weights were scaled up.",
            id="both, in the order of the model",
        ),
    ],
)
def test_what_is_left_out_is_told_everywhere(
    tmp_path: Path, without: list[str], zh: str, en: str
) -> None:
    own = model(
        *(factor("a", 0.5), factor("b", 0.5)), constraints=[constraint("no", "b", above=60)]
    )
    made = made_over(tmp_path, own, {"a": EVEN, "b": EVEN}, without=without, cell_m=10)
    assert (zh, en) in made.notes
    files = outputs(made)
    for name in ("t-counties.csv", "t-criteria.csv"):
        assert all(row.endswith(zh) for row in rows_of(files[name]))
    tags = raster.look(files["t-score.tif"]).tags
    assert zh in tags["GEOPLAN_NOTES"]
    assert sorted(tags["GEOPLAN_WITHOUT"].split()) == sorted(without)
    book = openpyxl.load_workbook(files["t.xlsx"])
    assert any(row[0].value == zh for row in book["分县"].iter_rows(max_row=14))


def test_nothing_is_said_to_be_left_out_where_nothing_is(tmp_path: Path) -> None:
    ready = run_over(tmp_path, BOTH, {"a": EVEN, "b": EVEN})
    assert "未参与" not in said(ready)
    assert "GEOPLAN_WITHOUT" not in tags_of(ready)


def silent(tmp_path: Path, own: Any, **more: Any) -> Run:
    """Return a run on rasters that do not say which value is no data."""
    grid = grid_of(10)
    values = more.pop("values", EVEN)
    sources = {
        known.id: saved(tmp_path / f"{known.id}.tif", values, grid=grid, nodata=None)
        for known in own.input
    }
    return run_of(own, sources, cell_m=10, **more)


def test_what_was_decided_on_reading_is_told_by_input(tmp_path: Path) -> None:
    ready = silent(tmp_path, BOTH)
    assert ready.bound.sources["a"].decisions
    told = "读取时的认定：a.tif: states no nodata value; every cell counts。"
    assert f"输入“题a”{told}" in said(ready)
    assert "输入“题b”读取时的认定：b.tif: states no nodata" in said(ready)
    assert "Decided on reading a: a.tif: states no nodata value; every cell counts." in (
        said_in_english(ready)
    )


def test_decisions_are_in_grids_and_in_every_sheet(tmp_path: Path) -> None:
    files = outputs(make_files(silent(tmp_path, PLAIN), tmp_path / "out"))
    told = "a.tif: states no nodata value; every cell counts"
    for name in ("t-score.tif", "t-class.tif"):
        assert told in raster.look(files[name]).tags["GEOPLAN_NOTES"]
    for sheet in openpyxl.load_workbook(files["t.xlsx"]):
        texts = [str(row[0].value) for row in sheet.iter_rows(max_row=14)]
        assert any(told in text for text in texts), sheet.title


def test_what_looks_like_no_data_is_told_with_what_to_do(tmp_path: Path) -> None:
    ready = silent(tmp_path, PLAIN, values=by_county(-9999, 1, 2, 3))
    assert "-9999 looks like no data; if so, state it: gdal_translate -a_nodata -9999" in (
        said(ready)
    )
    assert "--nodata" not in said(ready), "the command has no such option"


def test_a_file_that_says_all_has_no_decisions(tmp_path: Path) -> None:
    assert "认定" not in said(run_over(tmp_path, PLAIN, {"a": EVEN}))


def test_inputs_left_out_have_no_decisions(tmp_path: Path) -> None:
    ready = silent(tmp_path, BOTH, without=["b"])
    assert "输入“题a”" in said(ready)
    assert "输入“题b”" not in said(ready)


def test_notes_of_shapes_that_do_not_count(tmp_path: Path) -> None:
    ready = run_over(tmp_path, PLAIN, {"a": EVEN})
    empty = shapely.Polygon()
    places = {
        "zone": Place("z", "区", frozenset("1"), frozenset("23"), empty, (), statements=4),
        "whole": Place("w", "全", frozenset("1"), frozenset(), empty, ()),
    }
    far = ("draft", "sketch")
    told = said(replace(ready, bound=replace(ready.bound, places=places, far_notes=far)))
    assert "zone：另有2个县只有名单，没有图形，未计入。" in told
    assert "zone：另有4项表述或示意图形，未计入。" in told
    assert "whole：" not in told
    assert "draft。\nsketch。" in told


@pytest.mark.parametrize(
    ("parts", "doubts"),
    [
        pytest.param({}, 0, id="assumptions only"),
        pytest.param({"limits": cited()}, 0, id="a source that was at hand"),
        pytest.param({"limits": cited(unverified=True)}, 1, id="limits"),
        pytest.param(
            {"max_cell_m": {"value": 5000, **cited(unverified=True)}}, 1, id="size of cells"
        ),
        pytest.param(
            {"factor": [factor("a", 1, **cited(unverified=True))]}, 1, id="curve of a factor"
        ),
        pytest.param(
            {"factor": [factor("a", 1, weight={"value": 1, **cited(unverified=True)})]},
            1,
            id="weight of a factor",
        ),
        pytest.param(
            {
                "limits": cited(unverified=True),
                "constraint": [constraint("no", "a", above=5, **cited(unverified=True))],
            },
            2,
            id="two",
        ),
    ],
)
def test_sources_from_memory_are_counted(
    tmp_path: Path, parts: dict[str, Any], doubts: int
) -> None:
    ready = run_over(tmp_path, model(factor("a", 1), **parts), {"a": EVEN})
    found = re.findall(r"有(\d+)项依据凭记忆录入", said(ready))
    assert found == ([str(doubts)] if doubts else [])


def test_the_note_of_a_model_and_its_classes_are_told(tmp_path: Path) -> None:
    own = model(factor("a", 1), note=titled("没有道路", "Without roads"))
    ready = run_over(tmp_path, own, {"a": EVEN})
    assert ("没有道路。", "Without roads.") in notes_of(ready)
    assert "级1≥60，级2≥0分" in said(ready)
    assert "坡度" not in said(ready), "no slope is taken"


def test_what_grids_say_of_themselves(tmp_path: Path) -> None:
    ready = run_over(tmp_path, BOTH, {"a": EVEN, "b": EVEN})
    tags = tags_of(ready)
    assert tags["GEOPLAN_MODEL"] == "t"
    assert json.loads(tags["GEOPLAN_WEIGHTS"]) == {"a": 0.5, "b": 0.5}
    inputs = json.loads(tags["GEOPLAN_INPUTS"])
    assert {name: [*files] for name, files in inputs.items()} == {"a": ["a.tif"], "b": ["b.tif"]}
    assert all(len(digest) == 64 for files in inputs.values() for digest in files.values())
    assert str(tmp_path) not in json.dumps(tags), "no path of a machine"
    assert "GEOPLAN_SYNTHETIC" not in tags


def test_texts_that_a_spreadsheet_would_run_are_guarded(tmp_path: Path) -> None:
    own = model(
        factor("a", 1, title=titled("=1+1")),
        constraints=[constraint("no", "a", above=60, title=titled("@SUM(A1)"))],
        inputs=[amount("a", title=titled("+cmd"))],
    )
    files = outputs(made_over(tmp_path, own, {"a": EVEN}))
    assert ",'=1+1," in files["t-criteria.csv"].read_text("utf-8")
    assert ",'@SUM(A1)," in files["t-exclusion.csv"].read_text("utf-8")
    book = openpyxl.load_workbook(files["t.xlsx"])
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds, "no formula"


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    check_folder(tmp_path)
    check_folder(tmp_path / "new" / "deep")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file; give the name of a folder"):
        check_folder(tmp_path / "file")


def test_files_of_other_models_stay_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/other.csv").write_text("mine")
    made = made_over(tmp_path, PLAIN, {"a": EVEN})
    assert (tmp_path / "out/other.csv").read_text() == "mine"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "other.csv",
        *(path.name for path in made.files),
    }


def given_of(tmp_path: Path, **more: Any) -> dict[str, Path]:
    """Return files for the inputs of the model of projects; `more` are tags."""
    heat = write(tmp_path / "heat.tif", squares({}, other=50), **more)
    cover = write(tmp_path / "cover.tif", squares({}, other=1), dtype="uint8")
    return {"heat": heat, "cover": cover}


def page_of(
    project: SmallProject, tmp_path: Path, given: dict[str, Path], change: Callable[[str], str]
) -> str:
    """Return the page of the test model, changed as a text before."""
    path = project.root / "layers/suitability.toml"
    before = path.read_text("utf-8")
    path.write_text(change(before), "utf-8")
    try:
        opened = project.load()
        own = read_models(opened)["test"]
        ready = prepare(own, given, unit="东山", project=opened, options=Options())
        files = outputs(make_files(ready, tmp_path / "out", project=opened))
    finally:
        path.write_text(before, "utf-8")
    return files["test.html"].read_text("utf-8")


BAD = "<script>alert(1)</script><img src=x onerror=alert(2)>&amp;"


def test_texts_of_models_and_names_of_files_are_escaped_on_the_page(
    ready_template: SmallProject, tmp_path: Path
) -> None:
    def change(text: str) -> str:
        text = text.replace('zh = "试验适宜性"', f"zh = '{BAD}'").replace(
            'zh = "热"', f"zh = '{BAD}'"
        )
        text = text.replace('zh = "假设"', f"zh = '{BAD}'").replace('en = "Water"', f"en = '{BAD}'")
        return text.replace('zh = "好"', f"zh = '{BAD}'")

    odd = tmp_path / "<i>\"heat' onload=x.tif"
    given = given_of(tmp_path)
    saved(odd, [[50] * 30] * 20, grid=GRID, nodata=None)
    text = page_of(ready_template, tmp_path, {**given, "heat": odd}, change)
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\"heat' onload" not in text
    assert "<i>" not in text
    assert "读取时的认定" in text, "the file states no nodata value"


def test_the_page_says_what_is_coarse_and_made_up(
    ready_template: SmallProject, tmp_path: Path
) -> None:
    given = given_of(tmp_path, GEOPLAN_SYNTHETIC="1")
    text = page_of(ready_template, tmp_path, given, str)
    assert "synthetic 合成数据：输入 heat 是合成的" in text
    assert COARSE in text
    assert SCREENING in text
    title = re.search(r"<title>(.*?)</title>", text)
    assert title is not None
    assert "合成数据" in title[1]


@pytest.mark.parametrize(
    ("sensitivity", "expected"), [("secret", "secret"), ("public", "internal")]
)
def test_a_result_of_a_secret_raster_layer_is_secret(
    ready_template: SmallProject, tmp_path: Path, sensitivity: str, expected: str
) -> None:
    opened = ready_template.load()
    own = read_models(opened)["test"]
    ready = prepare(own, given_of(tmp_path), unit="东山", project=opened, options=Options())
    assert ready.bound.layers == ()
    assert page.sensitivity_of(ready) == "internal"
    tables = {**ready.tables}
    row = tables["layers"].iloc[[0]].assign(layer="heights", sensitivity=sensitivity)
    tables["layers"] = row
    bound = replace(ready.bound, layers=("heights",))
    assert page.sensitivity_of(replace(ready, tables=tables, bound=bound)) == expected


def test_a_raster_without_a_coordinate_system_is_told_with_what_to_do(
    ready_template: SmallProject, tmp_path: Path
) -> None:
    rows = "\n".join([" ".join(["5"] * 4)] * 4)
    head = "ncols 4\nnrows 4\nxllcorner 0\nyllcorner 0\ncellsize 10\n"
    (tmp_path / "bare.asc").write_text(f"{head}{rows}\n")
    opened = ready_template.load()
    own = read_models(opened)["test"]
    given = {**given_of(tmp_path), "heat": tmp_path / "bare.asc"}
    with pytest.raises(MissingCRSError, match=r"state it: gdal_edit\.py -a_srs") as told:
        prepare(own, given, unit="东山", project=opened, options=Options())
    assert "--assume-crs" not in str(told.value)


def test_the_command_tells_decisions_unless_it_is_to_be_quiet(
    ready_template: SmallProject, tmp_path: Path, command: Command
) -> None:
    given = given_of(tmp_path)
    saved(given["heat"], [[50] * 30] * 20, grid=GRID, nodata=None)
    words = ("suitability", "test", "-C", ready_template.root, "--unit", "东山")
    rasters = [w for name, path in given.items() for w in ("--raster", f"{name}={path}")]
    done = command(*words, *rasters, "--out", tmp_path / "o")
    assert done.code == 0, done.err
    assert "输入“热”读取时的认定：heat.tif: states no nodata value; every cell counts。" in done.err
    assert "东山区" in done.out
    quiet = command(*words, *rasters, "--out", tmp_path / "o", "--quiet", "--cell", "500")
    assert quiet.code == 0, quiet.err
    assert "认定" not in quiet.err
    assert quiet.out == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["--cell", "30"], "no model is named; there are: test", id="cell alone"),
        pytest.param(["--without", "hot"], "no model is named", id="without alone"),
        pytest.param(["--force"], "no model is named", id="force alone"),
        pytest.param(
            ["test", "--out", "o", "--raster", "=a"], "write it as NAME=FILE", id="no name"
        ),
        pytest.param(
            ["test", "--out", "o", "--raster", "a="], "write it as NAME=FILE", id="no file"
        ),
        pytest.param(["test", "--out", "o", "--unit", "月亮"], "月亮", id="unknown unit"),
        pytest.param(
            ["test", "--out", "o", "--without", "cold"], "no such criterion", id="without"
        ),
        pytest.param(
            ["test", "--out", "o", "--without", "heat", "--without", "cover"],
            "no factor is left",
            id="all factors left out",
        ),
        pytest.param(["test", "--out", "o"], "2 input(s) are missing", id="no rasters"),
        pytest.param(
            ["test", "--out", "o", "--without", "water", "--without", "cover"],
            "1 input(s) are missing",
            id="what is left out is not missed",
        ),
        pytest.param(["test", "--out", "o", "--workers", "0"], "workers", id="no workers"),
    ],
)
def test_words_that_do_not_fit(
    ready_template: SmallProject,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    words: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command("suitability", *words, "-C", ready_template.root)
    assert done.code in (2, 3), done.err
    assert told in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "o").exists()


def test_the_list_of_models_names_inputs_and_criteria(
    ready_template: SmallProject, command: Command
) -> None:
    done = command("suitability", "-C", ready_template.root, "--json")
    assert done.lines() == [
        {
            "model": "test",
            "title": "试验适宜性",
            "inputs": "heat, cover",
            "constraints": "water, hot",
            "factors": "heat, cover",
        }
    ]
    shown = command("suitability", "-C", ready_template.root)
    assert "试验适宜性" in shown.out
    assert shown.code == 0


def test_where_nothing_is_scored_the_command_prints_no_number(
    ready_template: SmallProject, tmp_path: Path, command: Command
) -> None:
    given = given_of(tmp_path)
    write(given["cover"], squares({}, other=3), dtype="uint8")
    words = ("suitability", "test", "-C", ready_template.root, "--unit", "东山")
    rasters = [w for name, path in given.items() for w in ("--raster", f"{name}={path}")]
    done = command(*words, *rasters, "--out", tmp_path / "o", "--json")
    assert done.code == 0, done.err
    assert [row["mean_score"] for row in done.lines()] == [None, None]
    assert [row["rank"] for row in done.lines()] == [None, None]
    assert "NaN" not in done.out
    assert [row["excluded_km2"] for row in done.lines()] == pytest.approx([100, 100])
