"""What people write in ``suitability.toml``: all faults at once, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.config import load, shipped
from geoplan.errors import ConfigError, UsageError
from geoplan.suitability import model_of, read_models
from geoplan.suitability.model import Factor
from tests.small import SmallProject
from tests.suitability.conftest import GROUND, MODEL


def faults(small: SmallProject, text: str) -> str:
    """Return what is said of a file."""
    small.write("layers/suitability.toml", text)
    with pytest.raises(ConfigError) as told:
        read_models(small.load())
    return str(told.value)


def line(text: str, part: str) -> int:
    """Return the line in which `part` stands first."""
    return text[: text.index(part)].count("\n") + 1


def test_all_faults_are_told_with_their_lines(small: SmallProject) -> None:
    text = MODEL.replace("above = 90", "above = 90\nbelow = 3")
    text = text.replace(f"scores = {{ 1 = 100, 2 = 0, 3 = 0 }}\n{GROUND}", "scores = { grass = 1 }")
    text = text.replace("curve = [[0, 0], [100, 100]]", "curve = [[100, 0], [0, 101]]")
    text = text.replace('id = "water"', 'id = "water"\ncolor = "red"')
    told = faults(small, text)
    assert "4 fault(s)" in told
    assert f"line {line(text, 'color')}: unknown key 'color'. Did you mean colour" in told
    hot = line(text, 'id = "hot"') - 1
    assert f"line {hot}: suitability 1, constraint 2: needs one of above, below" in told
    assert f"line {line(text, 'curve')}: suitability 1, factor 1, curve 2, value 2" in told
    assert "needs a source = { title, clause, unverified } or an assumption" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("value = 0.25,", "value = 0.3,", "weights have to add up to 1; 0.75 + 0.3 = 1.05"),
        ("value = 0.25,", "value = 0,", "weight.value: Input should be greater than 0"),
        ("from = 60", "from = 0", "classes go from the best down"),
        ('id = "hot"', 'id = "water"', "water stand(s) there twice"),
        ('raster = "heat"\nabove', 'raster = "cold"\nabove', "'cold' is no input"),
        ("values = [3]", "values = [7]", "7 is/are no class of cover"),
        ("values = [3]", "above = 3", "cover is categorical: classes take values"),
        ("values = [3]", "values = []", "at least 1 item"),
        ("above = 90", "between = [9, 3]", "the lower value comes first"),
        ('raster = "cover"\nvalues', 'layer = "zones"\nvalues', "it takes no values"),
        ('raster = "cover"\nvalues', 'derived = "slope"\nvalues', "of goes with derived"),
        (
            'raster = "cover"\nvalues',
            'derived = "slope"\nraster = "heat"\nvalues',
            "needs one of raster, derived and layer",
        ),
        ("plausible = [-10, 1000]", "plausible = [5, 1]", "the lower value comes first"),
        ('kind = "categorical"', 'kind = "continuous"', "classes are for kind"),
        ("curve = [[0, 0], [100, 100]]", "curve = [[0, 0]]", "at least 2 items"),
        ("[100, 100]]", "[100, 100]]\nbuffer_m = 5", "buffer_m goes with layer"),
        ("[100, 100]]", "[100, 100]]\nflat = 5", "flat is the score of level ground"),
    ],
)
def test_one_fault(small: SmallProject, old: str, new: str, told: str) -> None:
    assert old in MODEL
    assert told in faults(small, MODEL.replace(old, new, 1))


def test_the_models_that_are_shipped(tmp_path: Path) -> None:
    models = read_models(load(tmp_path))
    assert list(models) == ["farming", "building", "wind", "photovoltaics"]
    for model in models.values():
        assert {c.id for c in model.constraint} >= {"ecological-redline", "steep"}
        for criterion in (*model.criteria, model.limits, model.max_cell_m):
            assert criterion.source or criterion.assumption
            # None was looked up: each says so.
            assert criterion.source is None or criterion.source.unverified
        for factor in model.factor:
            assert factor.weight.assumption
    assert {m.purpose for m in models.values()} == set(models)
    with pytest.raises(UsageError, match="Did you mean wind"):
        model_of("winds", models)


@pytest.mark.parametrize(
    ("model", "grades"), [("farming", [2, 6, 15, 25]), ("building", [3, 8, 15, 25])]
)
def test_slopes_are_graded_as_in_the_guide(tmp_path: Path, model: str, grades: list[int]) -> None:
    slope = next(f for f in read_models(load(tmp_path))[model].factor if f.id == "slope")
    assert isinstance(slope, Factor)
    assert [x for x, _ in slope.curve or ()][1:] == grades
    assert all(str(grade) in (slope.source.clause or "") for grade in grades if slope.source)


def test_own_models_replace_and_may_be_missing(small: SmallProject) -> None:
    assert read_models(small.load()) == {}
    small.write(
        "geoplan.toml", (small.root / "geoplan.toml").read_text("utf-8") + "extend = true\n"
    )
    small.write("layers/suitability.toml", MODEL.replace('id = "test"', 'id = "wind"'))
    models = read_models(small.load())
    assert list(models) == ["farming", "building", "wind", "photovoltaics"]
    assert models["wind"].title.zh == "试验适宜性"
    assert (shipped() / "layers/suitability.toml").is_file()
    assert "stand(s) there twice" in faults(small, MODEL * 2)
