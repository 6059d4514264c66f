"""The published folder as a whole: files, bytes, budgets, audience."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geoplan import schema
from geoplan.errors import ConfigError, StageError
from geoplan.publish import publish
from geoplan.publish.exports.styles import SHAPES
from tests.publish import sample

PAGES = (
    *("corridor-108.html", "energy.html", "index.html"),
    *("jinzhong.html", "main-function-zone.html", "overview.html"),
)
LOADS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+(\S+)")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.styles: list[str] = []
        self.tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag = tag
        for name, value in attrs:
            if name in ("src", "href", "data", "poster", "srcset", "action") and value:
                self.links.append((tag, value))
            if name == "style" and value:
                self.styles.append(value)

    def handle_data(self, data: str) -> None:
        if self.tag == "style":
            self.styles.append(data)


def links(path: Path) -> _Links:
    parser = _Links()
    parser.feed(path.read_text("utf-8"))
    return parser


def test_all_promised_files_are_written_and_returned(tmp_path: Path) -> None:
    made = publish(sample.tables(), project=sample.project(tmp_path), out=tmp_path / "maps")
    names = {path.relative_to(tmp_path / "maps").as_posix() for path in made}
    bare = {"rasters", "zonal"}  # no layer of the sample is a raster
    expected = {f"tables/{name}.csv" for name in set(schema.TABLES) - bare - set(schema.INNER)}
    expected |= {
        *PAGES,
        "indicators.html",
        "findings.html",
        "matrix.html",
        "matters.html",
        "figures.html",
        "trace.html",
        "README.md",
        "data/units.geojson",
        "data/features.geojson",
        "data/atlas.gpkg",
        "data/geoplan.xlsx",
        "datapackage.json",
        *(f"data/qml/{name}.qml" for name in SHAPES),
        *(f"print/{name.removesuffix('.html')}.svg" for name in set(PAGES) - {"index.html"}),
    }
    assert names == expected
    assert made == sorted(made)
    on_disk = {p.relative_to(tmp_path / "maps").as_posix() for p in tmp_path.rglob("*.*")}
    assert on_disk == expected


def test_a_theme_without_layers_has_no_page(atlas: Path) -> None:
    assert not (atlas / "empty.html").exists()


def test_same_tables_give_same_bytes(atlas: Path, tmp_path: Path) -> None:
    made = publish(
        sample.tables(), project=sample.project(tmp_path), out=tmp_path, as_of=sample.AS_OF
    )
    for path in made:
        assert path.read_bytes() == (atlas / path.relative_to(tmp_path)).read_bytes(), path.name


@pytest.mark.parametrize("name", PAGES)
def test_no_page_loads_anything_from_elsewhere(atlas: Path, name: str) -> None:
    found = links(atlas / name)
    outside = [
        (tag, link)
        for tag, link in found.links
        if re.match(r"(https?:|//|ftp:)", link)
        or (tag in ("script", "img", "iframe") and not link.startswith("data:"))
    ]
    assert outside == []
    loaded = [group for style in found.styles for group in LOADS.findall(style)]
    assert [u for u, _ in loaded if not u.startswith(("#", "data:"))] == []
    assert [i for _, i in loaded if i] == []


@pytest.mark.parametrize("name", PAGES)
def test_links_between_files_exist(atlas: Path, name: str) -> None:
    for tag, link in links(atlas / name).links:
        target = link.split("#")[0]
        if target and not link.startswith("data:"):
            assert (atlas / target).is_file(), (tag, link)


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_within_the_budget_and_say_their_language(atlas: Path, name: str) -> None:
    text = (atlas / name).read_text("utf-8")
    assert len(text.encode()) <= 1_500_000
    assert '<html lang="zh-CN">' in text
    assert '<meta name="renderer" content="webkit">' in text
    assert "\r" not in text
    for word in ("错误", "矛盾", "冲突", "jquery", "bootstrap", "cdn.", "sourceMappingURL"):
        assert word not in text, word


def test_a_small_budget_simplifies_and_says_so(atlas: Path, tmp_path: Path) -> None:
    page = "overview.html"
    full = (atlas / page).stat().st_size
    project = sample.project(tmp_path, overview=full - 4_000)
    publish(sample.tables(), project=project, out=tmp_path, as_of=sample.AS_OF)
    text = (tmp_path / page).read_text("utf-8")
    assert len(text.encode()) <= full - 4_000
    error = re.search(r'"error":(\d+)', text)
    assert error is not None
    assert 0 < int(error[1]) < 10_000


def test_an_impossible_budget_is_an_error_with_sizes(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"corridor-108\.html has \d+ bytes even .* allows 10000"):
        publish(sample.tables(), project=sample.project(tmp_path, page=10_000), out=tmp_path)


def test_missing_tables_are_named_at_once(tmp_path: Path) -> None:
    tables = sample.tables()
    del tables["claims"], tables["layers"]
    with pytest.raises(StageError, match=r"2 more table\(s\): layers, claims"):
        publish(tables, project=sample.project(tmp_path), out=tmp_path)


def test_a_public_atlas_needs_a_review_number_and_public_layers(tmp_path: Path) -> None:
    tables = sample.tables()
    tables["layers"].loc[0, "sensitivity"] = "internal"
    with pytest.raises(ConfigError, match="2 reason"):
        publish(tables, project=sample.project(tmp_path, audience="public"), out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_code_without_words_stops_the_build(tmp_path: Path) -> None:
    tables = sample.tables()
    tables["claims"].loc[0, "measure"] = "furlongs"
    with pytest.raises(StageError, match=r"1 code.*\n.*measure\.furlongs \(claims\.measure\)"):
        publish(tables, project=sample.project(tmp_path), out=tmp_path / "maps")
    assert not (tmp_path / "maps").exists()


def test_a_review_number_replaces_the_notice(tmp_path: Path) -> None:
    project = sample.project(tmp_path, audience="public", review_number="晋S（2026）001号")
    publish(sample.tables(), project=project, out=tmp_path)
    text = (tmp_path / "index.html").read_text("utf-8")
    assert "晋S（2026）001号" in text
    assert "未经地图审核" not in text


def test_an_unknown_focus_is_named(tmp_path: Path) -> None:
    project = sample.project(tmp_path)
    config = project.config.model_copy(update={"focus": ("149900",)})
    wrong = type(project)(project.root, config, project.file)
    with pytest.raises(ConfigError, match="149900"):
        publish(sample.tables(), project=wrong, out=tmp_path)


def test_the_inputs_are_not_changed(tmp_path: Path) -> None:
    tables = sample.tables()
    before = {name: list(frame.columns) for name, frame in tables.items()}
    publish(tables, project=sample.project(tmp_path), out=tmp_path)
    assert {name: list(frame.columns) for name, frame in tables.items()} == before


def test_the_readme_says_what_the_folder_is(atlas: Path) -> None:
    text = (atlas / "README.md").read_text("utf-8")
    assert "index.html" in text
    assert sample.AS_OF in text
    for row in sample.tables()["sources"].to_dict("records"):
        assert row["title"] in text
        assert row["notice"] in text
        assert row["licence"] in text


def test_the_readme_shows_hostile_titles_as_text(tmp_path: Path) -> None:
    tables = sample.tables()
    themes = tables["themes"]
    tables["themes"] = themes.assign(title=f"{sample.ATTACK} | `x`\n# y")
    publish(tables, project=sample.project(tmp_path), out=tmp_path)
    text = (tmp_path / "README.md").read_text("utf-8")
    assert "&lt;img src=x" in text
    assert "\\| \\`x\\` # y" in text
    assert "<img" not in text
    assert "<script" not in text
