"""Who may see an atlas: one rule for public maps, and the mark of secrecy."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geoplan.errors import ConfigError
from geoplan.publish import check_public, publish
from geoplan.publish.audience import secrecy
from tests.publish import sample

REVIEWED = {"audience": "public", "review_number": "晋S（2026）001号"}


def layers(sensitivity: str = "public", features: int = 1) -> pd.DataFrame:
    """Return the sample's layers with the empty place for the redline as given."""
    table = sample.tables()["layers"].copy()
    slot = table["layer"] == "redline"
    table.loc[slot, "sensitivity"] = sensitivity
    table.loc[slot, "features"] = features
    return table


@pytest.mark.parametrize("sensitivity", ["internal", "secret"])
def test_a_closed_layer_is_named_with_what_to_do(tmp_path: Path, sensitivity: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_public(layers(sensitivity), sample.project(tmp_path, **REVIEWED))
    text = str(caught.value)
    assert str(tmp_path / "geoplan.toml") in text
    assert f"1 of 9 layers are not public: redline ({sensitivity})" in text
    assert 'set audience = "internal"' in text
    assert "review_number" not in text


def test_a_missing_review_number_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="1 reason") as caught:
        check_public(layers(), sample.project(tmp_path, audience="public"))
    assert "review_number (审图号) is not set" in str(caught.value)


def test_an_empty_slot_is_no_obstacle_and_gives_no_mark(tmp_path: Path) -> None:
    check_public(layers("secret", features=0), sample.project(tmp_path, **REVIEWED))
    assert secrecy(layers("secret", features=0), "public") == "public"


def test_an_internal_atlas_may_hold_anything(tmp_path: Path) -> None:
    check_public(layers("secret"), sample.project(tmp_path))
    assert secrecy(layers("secret"), "internal") == "secret"
    assert secrecy(layers("public"), "internal") == "internal"


def test_a_public_atlas_with_an_empty_slot_says_public(tmp_path: Path) -> None:
    tables = sample.tables() | {"layers": layers("internal", features=0)}
    publish(tables, project=sample.project(tmp_path, **REVIEWED), out=tmp_path)
    cover = (tmp_path / "index.html").read_text("utf-8").split("</header>")[0]
    assert ">公开<" in cover
