"""Notices of base data: those of what a page shows, borders first, words from the table alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.publish.frame import scripts, styles
from geoplan.publish.notices import notices
from geoplan.publish.words import words
from tests.publish import sample


def test_borders_come_first_and_what_is_not_drawn_is_not_named() -> None:
    shown = [notice for notice, _ in notices(sample.tables())]
    assert shown == ["某省界线，非法定界线", "点位：某库", "河流：某图"]


@pytest.mark.parametrize(
    ("drawn_by", "left"),
    [
        (("axis",), ["某省界线，非法定界线", "河流：某图"]),
        (("reference",), ["某省界线，非法定界线", "点位：某库"]),
        (("axis", "reference"), ["某省界线，非法定界线"]),
    ],
)
def test_without_such_shapes_there_is_no_notice(drawn_by: tuple[str, ...], left: list[str]) -> None:
    tables = sample.tables()
    features = tables["features"]
    tables["features"] = features[~features["drawn_by"].isin(drawn_by)]
    assert [notice for notice, _ in notices(tables)] == left


def test_sites_count_only_where_they_have_points() -> None:
    tables = sample.tables()
    features = tables["features"].copy()
    features = features[~features["drawn_by"].isin(("axis", "reference"))]
    for name, expected in (("two", 1), ("one", 2)):
        features.loc[features["feature"] == name, "drawn_by"] = "sites"
        assert len(notices(tables | {"features": features})) == expected


def test_pages_show_the_notices_with_and_without_scripts(atlas: Path) -> None:
    for name in ("overview.html", "corridor-108.html"):
        text = (atlas / name).read_text("utf-8")
        plain = text[text.index('<main id="plain"') : text.index("</main>")]
        assert "点位：某库" in plain
        assert '["点位：某库","Points © Some Base"]' in text
        assert "高程：某网格" not in text


def test_a_map_names_no_source_that_only_other_maps_show(atlas: Path) -> None:
    text = (atlas / "energy.html").read_text("utf-8")
    assert "河流：某图" in text
    assert "点位：某库" not in text


@pytest.mark.parametrize("word", ["天地图", "Tianditu", "山西", "Shanxi", "晋中", "GeoNames"])
def test_code_knows_no_province_and_no_source(word: str) -> None:
    assert word not in scripts() + styles()
    assert word not in " ".join(text for both in words().values() for text in both)
