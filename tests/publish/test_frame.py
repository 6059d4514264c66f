"""The page frame: nothing random, nothing linked, no text read as a template."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from geoplan.errors import StageError
from geoplan.publish import frame


def page(data: str = "{}") -> str:
    return frame.render(head="<title>t</title>", body="<p>{{ 7*7 }} {% raw %}</p>", data=data)


def test_braces_in_the_body_and_the_data_are_text() -> None:
    made = page('{"name":"{{ 6*9 }}"}')
    assert "<p>{{ 7*7 }} {% raw %}</p>" in made
    assert 'var GEOPLAN = {"name":"{{ 6*9 }}"};' in made


def test_two_renderings_are_equal_and_have_no_random_id() -> None:
    assert page() == page()
    assert re.search(r"_[0-9a-f]{32}", page()) is None
    assert '<div class="folium-map" id="map_atlas"' in page()


def test_the_library_comes_first_then_the_map_then_our_scripts() -> None:
    made = page()
    places = [made.index(t) for t in ("Leaflet 1.9.3", "var map_atlas = L.map(", "var GEOPLAN")]
    assert places == sorted(places)


def test_the_library_has_no_source_map_no_link_and_no_pictures() -> None:
    assert "sourceMappingURL" not in frame.leaflet_js()
    assert 'href="http' not in frame.leaflet_js()
    assert "url(" not in frame.leaflet_css()
    assert ".leaflet-pane" in frame.leaflet_css()
    assert "</script" not in frame.leaflet_js()


def test_styles_of_controls_survive_without_their_pictures() -> None:
    css = frame.leaflet_css()
    assert css.count("{") == css.count("}")
    assert ".leaflet-tooltip" in css


def test_our_scripts_are_one_scope_in_strict_mode() -> None:
    text = frame.scripts()
    assert text.startswith("(function () {\n'use strict';")
    assert text.rstrip().endswith("})();")
    for word in ("fetch(", "XMLHttpRequest", "innerHTML", "document.write", "eval(", "import "):
        assert word not in text, word


def test_no_name_is_defined_twice_in_the_scope_of_scripts() -> None:
    found = re.findall(r"^(?:function|var) (\w+)", frame.scripts(), flags=re.MULTILINE)
    names = Counter(found)
    assert len(names) > 100
    assert [name for name, times in names.items() if times > 1] == []


def test_scripts_and_styles_are_short_files() -> None:
    for path in sorted(frame.ASSETS.rglob("*.*")):
        if path.suffix in (".js", ".css", ".j2"):
            lines = path.read_text("utf-8").count("\n")
            assert lines <= 300, path.name


def test_an_unexpected_library_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_library", lambda name: "x { background: url(other.png) }")
    frame.leaflet_js.cache_clear()
    frame.leaflet_css.cache_clear()
    with pytest.raises(StageError, match="attribution link"):
        frame.leaflet_js()
    with pytest.raises(StageError, match="not inlined"):
        frame.leaflet_css()
    frame.leaflet_js.cache_clear()
    frame.leaflet_css.cache_clear()


def test_a_missing_library_file_is_named() -> None:
    with pytest.raises(StageError, match=r"no nothing\.js"):
        frame._library("nothing.js")


def test_templates_escape_what_is_put_into_them() -> None:
    made = frame.templates().from_string("{{ x }}").render(x="<b>")
    assert made == "&lt;b&gt;"
