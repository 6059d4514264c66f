"""A whole run against plain numpy, and what is told of it in every output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geoplan.errors import DataError, UsageError
from geoplan.suitability import Made, Options, Run, make_files, page, prepare, read_models
from geoplan.suitability.model import Suitability
from geoplan.suitability.tables import ground_of, ranks, rule_text
from tests.small import CELLS, SmallProject, feature, layer
from tests.suitability.conftest import GRID, MODEL, by_county, write

Scored = Callable[..., Run]

FLAT = by_county({}, other=50), by_county({}, other=1)


def rounded(scores: np.ndarray) -> np.ndarray:
    """Return scores as whole numbers, a half upwards."""
    return np.asarray(np.floor(np.round(scores, 6) + 0.5))


def plain(heat: np.ndarray, cover: np.ndarray, weight: float) -> np.ndarray:
    """Return what a cell is by the test model: a score, -1 excluded, -2 without data."""
    of_cover = np.select([cover == 1, cover == 2, cover == 3], [100.0, 0.0, 0.0], np.nan)
    made = rounded(weight * np.clip(heat, 0, 100) + (1 - weight) * of_cover)
    made[np.isnan(made) | (heat == -1) | (cover == 255)] = -2
    made[(cover == 3) | (heat > 90)] = -1
    return made


def county(cells: np.ndarray, code: str) -> np.ndarray:
    """Return the cells of a county."""
    column, row = CELLS[code]
    return cells[(1 - row) * 10 : (2 - row) * 10, column * 10 : (column + 1) * 10]


@pytest.fixture(scope="module")
def noise() -> tuple[np.ndarray, np.ndarray]:
    """Return heat and cover at random, with gaps in both."""
    rng = np.random.default_rng(7)
    heat = np.round(rng.uniform(0, 100, GRID.shape), 1)
    heat[rng.random(GRID.shape) < 0.05] = -1
    cover = rng.choice([1, 2, 3, 255], GRID.shape, p=[0.5, 0.3, 0.15, 0.05])
    return heat.astype("float32").astype("float64"), cover.astype("float64")


@pytest.fixture
def made(scored: Scored, noise: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> Made:
    """Return a run over the whole province of random cells."""
    return make_files(scored(*noise, unit=None), tmp_path / "out")


def test_counties_are_what_numpy_says(made: Made, noise: tuple[np.ndarray, np.ndarray]) -> None:
    cells = plain(*noise, 0.75)
    table = made.tables.counties.set_index("adcode")
    for code in CELLS:
        own = county(cells, code)
        expected = [(own >= 60).sum(), ((own >= 0) & (own < 60)).sum()]
        expected += [(own == -1).sum(), (own == -2).sum()]
        found = table.loc[code, ["good_km2", "poor_km2", "excluded_km2", "nodata_km2"]]
        assert found.tolist() == pytest.approx([float(n) for n in expected], abs=1e-5)
        assert table.loc[code, "mean_score"] == pytest.approx(own[own >= 0].mean(), abs=1e-4)
    means = table.loc[list(CELLS), "mean_score"]
    assert table.loc[list(CELLS), "rank"].astype(int).tolist() == (
        means.rank(ascending=False).astype(int).tolist()
    )


def test_exclusion_is_what_numpy_says(made: Made, noise: tuple[np.ndarray, np.ndarray]) -> None:
    heat, cover = noise
    water, hot = cover == 3, heat > 90
    table = made.tables.exclusion
    assert table["area_alone_km2"].tolist() == pytest.approx([water.sum(), hot.sum()], abs=1e-5)
    in_order = [water.sum(), (hot & ~water).sum()]
    assert table["area_in_order_km2"].tolist() == pytest.approx(in_order, abs=1e-5)
    assert table["area_left_km2"].iloc[-1] == pytest.approx(600 - sum(in_order), abs=1e-5)
    unknown = [(cover == 255).sum(), (heat == -1).sum()]
    assert table["area_unknown_km2"].tolist() == pytest.approx(unknown, abs=1e-5)


def test_sensitivity_is_what_numpy_says(made: Made, noise: tuple[np.ndarray, np.ndarray]) -> None:
    first = plain(*noise, 0.75)
    for row, weight in zip(made.tables.sensitivity.itertuples(), (0.6, 0.9, 0.8, 0.7), strict=True):
        cells = plain(*noise, weight)
        assert row.good_km2 == pytest.approx((cells >= 60).sum(), abs=1e-5)
        changed = ((cells >= 60) != (first >= 60)) & (first >= 0)
        assert row.area_changed_km2 == pytest.approx(changed.sum(), abs=1e-5)
        assert row.excluded_km2 == made.tables.counties["excluded_km2"].iloc[-1]


def test_grids_are_what_numpy_says(made: Made, noise: tuple[np.ndarray, np.ndarray]) -> None:
    from geoplan import raster

    cells = plain(*noise, 0.75)
    found = {path.name: path for path in made.files}
    scores = raster.read(raster.look(found["test-score.tif"]))
    assert (np.ma.filled(scores.astype("int64"), -1) == np.maximum(cells, -1)).all()
    classes = raster.read(raster.look(found["test-class.tif"]))
    wanted = np.select([cells >= 60, cells >= 0, cells == -1], [1, 2, 0], 255)
    assert (classes.filled(255) == wanted).all()


def test_the_workbook_has_all_tables_with_notes(made: Made) -> None:
    path = next(path for path in made.files if path.suffix == ".xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["分县", "约束排除", "权重敏感性", "因子与依据", "输入栅格"]
    for sheet in book:
        texts = [str(row[0].value) for row in sheet.iter_rows(max_row=12)]
        assert any("粗略示例，不能用作双评价" in text for text in texts), sheet.title
    last = [cell.value for cell in list(book["分县"].iter_rows())[-1]]
    assert last[1] == "合计"
    assert last[2] == pytest.approx(600, abs=1e-6)


def test_every_row_of_a_table_says_that_it_is_coarse(made: Made) -> None:
    for path in made.files:
        if path.suffix != ".csv":
            continue
        table = pd.read_csv(path, dtype=str)
        assert len(table)
        assert table["note"].str.startswith("粗略示例，不能用作双评价").all(), path.name


def test_criteria_say_their_rule_and_ground(made: Made) -> None:
    table = made.tables.criteria.set_index("title")
    assert table["rule"].tolist() == [
        *("取值为 3", "大于 90", "0→0分，100→100分", "1→100分，2→0分，3→0分")
    ]
    assert table["ground"].tolist() == ["假设：假设"] * 4
    assert table.loc[["水", "过热"], "weight"].isna().all()
    assert table["weight_used"].tolist()[2:] == [0.75, 0.25]
    assert table["of"].tolist() == ["栅格 cover", "栅格 heat", "栅格 heat", "栅格 cover"]


def test_grounds_for_people(tmp_path: Path) -> None:
    from geoplan.config import load

    models = read_models(load(tmp_path))
    steep = next(c for c in models["farming"].constraint if c.id == "steep")
    told = ground_of(steep)
    assert told.startswith("《资源环境承载能力和国土空间开发适宜性评价指南（试行）》（自然资办函")
    assert told.endswith("坡度分级（凭记忆录入，待核原文）")
    aspect = next(f for f in models["photovoltaics"].factor if f.id == "aspect")
    assert rule_text(aspect).endswith("360→0分，平地→100分")
    redline = models["wind"].constraint[0]
    assert rule_text(redline) == "格网一半以上在范围内"
    assert "；假设：全部扣除" in ground_of(redline)


def test_equal_means_share_a_rank() -> None:
    assert ranks([50, 70, None, 50, 20]) == [2, 1, None, 2, 4]


def test_a_raster_layer_of_the_project_is_an_input(
    ready_template: SmallProject, tmp_path: Path
) -> None:
    small = SmallProject(copied(ready_template.root, tmp_path / "own"))
    write(small.root / "layers/works/dem.tif", FLAT[0])
    small.write_layer(
        layer("heights", "[raster]", 'path = "dem.tif"', 'kind = "continuous"', 'measure = "m"'),
        name="heights",
    )
    small.run("boundaries", "layers", "overlay")
    project = small.load()
    own = read_models(project)["test"]
    cover = write(tmp_path / "cover.tif", FLAT[1], dtype="uint8")
    given = {"heat": Path("heights"), "cover": cover}
    ready = prepare(own, given, unit="甲州市", project=project, options=Options())
    assert ready.bound.sources["heat"].path == small.root / "layers/works/dem.tif"
    with pytest.raises(UsageError, match="layer heights is continuous; cover is categorical"):
        prepare(
            own,
            {"heat": cover, "cover": Path("heights")},
            unit="甲州市",
            project=project,
            options=Options(),
        )


def copied(source: Path, target: Path) -> Path:
    """Copy a folder."""
    import shutil

    return Path(shutil.copytree(source, target))


def test_lists_of_the_plan_stand_beside_the_result(
    ready_template: SmallProject, tmp_path: Path
) -> None:
    small = SmallProject(copied(ready_template.root, tmp_path / "own"))
    small.write("layers/suitability.toml", MODEL.replace('purpose = "test"', BESIDE, 1))
    project = small.load()
    given = {"heat": write(tmp_path / "heat.tif", FLAT[0])}
    given["cover"] = write(tmp_path / "cover.tif", FLAT[1], dtype="uint8")
    own = read_models(project)["test"]
    ready = prepare(own, given, unit="东山", project=project, options=Options())
    tables, on = page._beside(ready)
    assert set(tables["features"]["class"]) == {"mine", "zone_b"}
    assert on == ("works-a|mine|list",), "zone_b names no county of the unit"
    files = make_files(ready, tmp_path / "out", project=project).files
    text = next(path for path in files if path.suffix == ".html").read_text("utf-8")
    assert "works-a" in text
    assert "只评价了1个县（市、区），图例不列占甲州市的比重。" in text


BESIDE = 'purpose = "test"\nbeside = ["mine", "zones/zone_b", "nowhere"]'


def test_a_result_is_as_secret_as_its_layers(
    ready_template: SmallProject, tmp_path: Path, scored: Scored
) -> None:
    assert page.sensitivity_of(scored(*FLAT)) == "internal"
    small = SmallProject(copied(ready_template.root, tmp_path / "own"))
    closed = layer("works-b", feature("x", members=["东山"]), theme="works", sensitivity="secret")
    small.write_layer(closed, name="works-b")
    small.run("boundaries", "layers", "overlay")
    project = small.load()
    text = read_models(project)["test"].model_dump(by_alias=True, exclude_none=True)
    ground = {"assumption": {"zh": "假设", "en": "assumed"}}
    title = {"zh": "密", "en": "Closed"}
    text["constraint"] += ({"id": "closed", "title": title, "layer": "works-b", **ground},)
    own = Suitability.model_validate(text)
    given = {name: tmp_path / f"{name}.tif" for name in ("heat", "cover")}
    ready = prepare(own, given, unit="甲州市", project=project, options=Options())
    assert page.sensitivity_of(ready) == "secret"


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        ("m", None),
        ("metre", None),
        ("meters", None),
        ("feet", "is in 'feet'; heat has to be in 'm'"),
    ],
)
def test_units_that_files_state(
    ready_template: SmallProject, tmp_path: Path, unit: str, told: str | None
) -> None:
    from geoplan import raster

    path = tmp_path / "heat.tif"
    raster.write_cog(
        path,
        GRID,
        blocks=[(GRID.whole, FLAT[0].astype("float32"))],
        dtype="float32",
        nodata=-1,
        about=raster.About(unit=unit),
    )
    cover = write(tmp_path / "cover.tif", FLAT[1], dtype="uint8")
    project = ready_template.load()
    own = read_models(project)["test"]
    given = {"heat": path, "cover": cover}
    if told is None:
        assert prepare(own, given, unit="东山", project=project, options=Options()).tasks
        return
    with pytest.raises(DataError, match=told):
        prepare(own, given, unit="东山", project=project, options=Options())
