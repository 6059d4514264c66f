"""Every script and style of every page is one that Chrome 86 understands, and asks no host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geoplan.publish import frame
from tests.browser import target

NEWER_SYNTAX = (
    *("a ||= b", "a ?? b", "class A { static { f(); } }", "class A { #x = 1 }", "#x in o"),
    *("1_000", "1n", "await f()", "/(?<n>a)/v", "/[/", "import.meta", "try { } catch { }"),
)

NEWER_NAMES = (
    *("list.at(-1)", "list.findLast(f)", "Object.hasOwn(o, 'x')", "structuredClone(o)"),
    *(
        "list.toSorted()",
        "crypto.randomUUID()",
        "new Intl.Segmenter()",
        "box.roundRect(0, 0, 1, 1)",
    ),
    *("node.checkVisibility()", "document.startViewTransition(f)", "Promise.withResolvers()"),
)

OLD_SYNTAX = (
    *("var f = () => 1", "let a", "const b = 1", "var t = `x`", "var {a} = b", "f(...c)"),
    *("class A {}", "async function f() {}", "function* g() {}", "var o = {a}"),
)

NEWER_STYLES = (
    *("a:has(b) { color: red }", ":is(a, b) { color: red }", "a:where(.b) { color: red }"),
    *("a { inset: 0 }", "a { aspect-ratio: 1 }", "a { overflow: clip }", "a { height: 100dvh }"),
    *(
        "a { color: color-mix(in srgb, red, blue) }",
        "a { & b { color: red } }",
        "a { b { top: 0 } }",
    ),
    *("@container (min-width: 1px) { a { top: 0 } }", "@layer x { a { top: 0 } }"),
    *("@media (width >= 1px) { a { top: 0 } }", "a:not(b, c) { top: 0 }", "a { translate: 1px }"),
    *("a { print-color-adjust: exact }", "a { color: oklch(1 1 1) }", "a:user-invalid { top: 0 }"),
    *("@media print { a { inset: 0 } }", "@import 'x.css';", "a { justify-content: end }"),
    *("a { colour: red }", "a { top: 0 } }", "@media (scripting: none) { a { top: 0 } }"),
)

OLD_STYLES = (
    *("a { height: 100vh; height: 100dvh }", "a { gap: 2px; display: flex }", "a { --x: 1dvh }"),
    *(
        "a { -webkit-print-color-adjust: exact; print-color-adjust: exact }",
        "a { accent-color: red }",
    ),
    *(
        "a:focus-visible::before { top: clamp(1px, 2vw, 3px) }",
        "a:not(.b):nth-of-type(2) { top: 0 }",
    ),
    *("@page { size: A3 landscape; margin: 10mm }", "@supports (top: 1dvh) { a { top: 0 } }"),
)


@pytest.mark.parametrize("script", NEWER_SYNTAX)
def test_newer_syntax_is_refused(script: str) -> None:
    assert target.syntax_faults(script)


@pytest.mark.parametrize("script", NEWER_NAMES)
def test_newer_names_are_refused(script: str) -> None:
    assert target.own_faults(script)


@pytest.mark.parametrize("script", OLD_SYNTAX)
def test_ours_is_the_syntax_of_2009(script: str) -> None:
    assert not target.syntax_faults(script)
    assert target.own_faults(script)


def test_names_of_our_own_are_no_names_of_browsers() -> None:
    script = "function structuredClone() { return feature.at && place.at.length; }"
    assert target.own_faults(script) == ()


@pytest.mark.parametrize("style", NEWER_STYLES)
def test_newer_styles_without_fallback_are_refused(style: str) -> None:
    assert target.style_faults(style)


@pytest.mark.parametrize("style", OLD_STYLES)
def test_older_styles_and_fallbacks_are_not(style: str) -> None:
    assert target.style_faults(style) == ()


def test_scripts_and_styles_are_found_and_data_left_out() -> None:
    page = (
        '<style>a{}</style><script>var GEOPLAN = {"x":"<\\/script>"};\nf(\'</b>\');</script>'
        "<p>text</p><script>g()</script>"
    )
    assert target.contents(page, "style") == ["a{}"]
    assert target.scripts(page) == ["var GEOPLAN = {};\nf('</b>');", "g()"]


def test_our_own_scripts_use_nothing_newer() -> None:
    assert target.own_faults(frame.scripts()) == ()


@pytest.mark.parametrize("folder", ["atlas", "shipped"])
def test_every_page_runs_in_chrome_86(folder: str, request: pytest.FixtureRequest) -> None:
    made: Path = request.getfixturevalue(folder)
    pages = sorted(made.glob("*.html"))
    assert pages
    for path in pages:
        text = path.read_text("utf-8")
        found = target.scripts(text)
        assert found, path.name
        for script in found:
            assert target.syntax_faults(script) == (), path.name
            if "Leaflet" not in script:
                assert target.own_faults(script) == (), path.name
        for style in target.contents(text, "style"):
            assert target.style_faults(style) == (), path.name
        for style in re.findall(r'\sstyle="([^"]*)"', text.split("<script", 1)[0]):
            assert target.style_faults(f"a {{ {style} }}") == (), path.name
