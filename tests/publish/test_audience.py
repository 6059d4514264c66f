"""Who may see an atlas: one rule for public maps, and the mark of secrecy."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from geoplan.errors import ConfigError, StageError
from geoplan.publish import check_public, publish
from geoplan.publish.audience import sensitivities
from tests.publish import sample

REVIEWED = {"audience": "public", "review_number": "晋S（2026）001号"}


def tables(sensitivity: str = "public", features: int = 1) -> dict[str, pd.DataFrame]:
    """Return the sample's tables with the empty place for the redline as given."""
    table = sample.tables()["layers"].copy()
    slot = table["layer"] == "redline"
    table.loc[slot, "sensitivity"] = sensitivity
    table.loc[slot, "features"] = features
    return sample.tables() | {"layers": table}


@pytest.mark.parametrize("sensitivity", ["internal", "secret"])
def test_a_closed_layer_is_named_with_what_to_do(tmp_path: Path, sensitivity: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_public(tables(sensitivity), sample.project(tmp_path, **REVIEWED))
    text = str(caught.value)
    assert str(tmp_path / "geoplan.toml") in text
    assert f"1 of 9 layers are not public: redline ({sensitivity})" in text
    assert 'set audience = "internal"' in text
    assert "review_number" not in text


def test_a_missing_review_number_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="1 reason") as caught:
        check_public(tables(), sample.project(tmp_path, audience="public"))
    assert "review_number (审图号) is not set" in str(caught.value)


def test_an_empty_slot_is_no_obstacle_and_gives_no_mark(tmp_path: Path) -> None:
    check_public(tables("secret", features=0), sample.project(tmp_path, **REVIEWED))
    assert "redline" not in sensitivities(tables("secret", features=0))


def test_an_internal_atlas_may_hold_anything(tmp_path: Path) -> None:
    check_public(tables("secret"), sample.project(tmp_path))
    assert sensitivities(tables("secret"))["redline"] == "secret"


@pytest.mark.parametrize("table", ["indicators", "stated"])
def test_a_layer_with_figures_only_gives_them_away(tmp_path: Path, table: str) -> None:
    made = tables("secret", features=0)
    made[table] = pd.DataFrame({"layer": ["redline"]})
    with pytest.raises(ConfigError, match=r"not public: redline .secret."):
        check_public(made, sample.project(tmp_path, **REVIEWED))


def test_files_that_are_not_public_are_stopped_a_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["geoplan.publish.outputs"], "check_public", lambda *_: None)
    with pytest.raises(StageError, match=r"overview\.html.*: not public, in a public atlas"):
        publish(tables("secret"), project=sample.project(tmp_path, **REVIEWED), out=tmp_path)


def test_a_public_atlas_with_an_empty_slot_says_public(tmp_path: Path) -> None:
    publish(
        tables("internal", features=0), project=sample.project(tmp_path, **REVIEWED), out=tmp_path
    )
    cover = (tmp_path / "index.html").read_text("utf-8").split("</header>")[0]
    assert ">公开<" in cover
