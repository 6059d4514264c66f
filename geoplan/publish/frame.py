"""The frame of every map page: a folium map whose scripts, styles and data are all inside the file.

Leaflet comes from XStatic-Leaflet; controls are our own scripts and styles
in ``assets``. Element ids are fixed, so that the same data gives the same
bytes.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import folium
import jinja2
import xstatic.pkg.leaflet
from branca.element import Element, Figure

from geoplan.errors import StageError
from geoplan.publish.words import ASSETS, words_in

LINK_TO_LEAFLET = (
    '<a href="https://leafletjs.com" title="A JavaScript library for interactive maps">'
)

START_VIEW = [35.0, 105.0]
"""Somewhere in the country: a page moves to its scope as it starts."""

MIN_ZOOM, MAX_ZOOM = 6, 11.25
"""Zoom stops at about 1:200 000, beyond which generalised county lines mislead."""

_FIGURE = jinja2.Template(
    "<!DOCTYPE html>\n"
    '<html lang="zh-CN">\n'
    "<head>{{ this.header.render(**kwargs) }}</head>\n"
    "<body>{{ this.html.render(**kwargs) }}\n"
    "<script>{{ this.script.render(**kwargs) }}</script>\n"
    "</body>\n</html>\n"
)

_MAP = jinja2.Template(
    "{% macro html(this, kwargs) %}"
    '<div class="folium-map" id="{{ this.get_name() }}" role="application"></div>'
    "{% endmacro %}"
    "{% macro script(this, kwargs) %}"
    'var {{ this.get_name() }} = L.map("{{ this.get_name() }}", '
    "{{ this.settings|tojson }});"
    "{% endmacro %}"
)


class Literal(Element):
    """Text put into the page as it is: branca would read braces in it as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_: object) -> str:
        """Return the text."""
        return self.text


class AtlasMap(folium.Map):
    """A folium map without tiles, links to other hosts, jQuery and Bootstrap."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = _MAP

    @classmethod
    def _generate_id(cls) -> str:
        return "atlas"

    def __init__(self) -> None:
        super().__init__(location=START_VIEW, tiles=None, zoom_control=False)
        self.settings = {
            "center": START_VIEW,
            "zoom": 7,
            "minZoom": MIN_ZOOM,
            "maxZoom": MAX_ZOOM,
            "zoomSnap": 0.25,
            "zoomDelta": 0.5,
            "wheelPxPerZoomLevel": 120,
            "zoomControl": False,
            "attributionControl": True,
            "maxBoundsViscosity": 0.8,
        }


HOLES = ("\x02head\x03", "\x02body\x03", "\x02data\x03")
"""Where a page's own parts go; no library and no script of ours holds such characters."""


def render(*, head: str, body: str, data: str, images: bool = False) -> str:
    """Return one page: `head` and `body` are HTML, `data` is JSON safe in a script.

    Only pages with `images` have their scripts and styles. Raises `StageError`
    where the installed Leaflet is not the one expected.
    """
    first, second, third, last = shell(images=images)
    return "".join((first, _trimmed(head), second, _trimmed(body), third, data, last))


@cache
def shell(*, images: bool = False) -> tuple[str, str, str, str]:
    """Return what all pages, or all with images, have in common: what is around their own parts."""
    folders = ("js", "image") if images else ("js",)
    atlas = AtlasMap()
    figure = Figure()
    figure._template = _FIGURE
    figure.header = _parts(HOLES[0], f"<style>{leaflet_css()}\n{styles(*folders[1:])}</style>")
    figure.html = _parts(HOLES[1])
    figure.script = _parts(leaflet_js(), _switches())
    for part in (figure.header, figure.html, figure.script):
        part._parent = figure
    figure.add_child(atlas)
    atlas.render()  # type: ignore[no-untyped-call]
    figure.script.add_child(
        Literal(f"\nvar GEOPLAN = {HOLES[2]};\n{scripts(*folders)}"), name="own"
    )
    text = _trimmed(figure._template.render(this=figure, kwargs={}))
    first, second, third, last = re.split("|".join(HOLES), text)
    return first, second, third, last


def _trimmed(text: str) -> str:
    return re.sub(r"[ \t]+\n", "\n", text)


def _parts(*texts: str) -> Element:
    holder = Element()
    for i, text in enumerate(texts):
        holder.add_child(Literal(text), name=f"part{i}")
    return holder


def _switches() -> str:
    return "\nvar L_NO_TOUCH = false, L_DISABLE_3D = false;\n"


def _library(name: str) -> str:
    path = Path(xstatic.pkg.leaflet.BASE_DIR) / name
    if not path.is_file():
        raise StageError(f"XStatic-Leaflet has no {name} at {path}; install it again")
    return path.read_text("utf-8")


@cache
def leaflet_js() -> str:
    """Return Leaflet without its source map and without the link in its attribution."""
    text = _library("leaflet.js")
    if LINK_TO_LEAFLET not in text:
        raise StageError("Leaflet's attribution link is not where it was; see publish/frame.py")
    text = text.replace(LINK_TO_LEAFLET, "<a>")
    text = re.sub(r"//# sourceMappingURL=\S+", "", text)
    return text.replace("</script", "<\\/script")


@cache
def leaflet_css() -> str:
    """Return Leaflet's style without pictures, which no control of ours uses."""
    text = re.sub(r"[^;{}]*url\((?:images/[^)]*|#default#VML)\);?", "", _library("leaflet.css"))
    if "url(" in text:
        raise StageError("Leaflet's style refers to a file that is not inlined")
    return text


@cache
def scripts(*folders: str) -> str:
    """Return the scripts of maps, in one scope; `folders` are those of ``assets``, default: js."""
    joined = script_files(*(folders or ("js",)))
    marked = (ASSETS / "page.html.j2").read_text("utf-8")  # data-t, data-aria
    sheet = json.dumps(json.loads((ASSETS / "sheet.json").read_text("utf-8")))
    data = f"var WORDS = {spoken(joined + marked)}, SHEET = {sheet};"
    return f"(function () {{\n'use strict';\n{data}\n{joined}\n}})();\n"


def script_files(*folders: str) -> str:
    """Return the scripts of folders of ``assets`` in the order of names, the shared ones first.

    Lines that are comments stay in the source: a page has few bytes to spare.
    """
    own = [path for name in folders for path in (ASSETS / name).glob("*.js")]
    paths = [*sorted((ASSETS / "shared").glob("*.js")), *sorted(own, key=lambda path: path.name)]
    joined = "\n".join(path.read_text("utf-8") for path in paths)
    return re.sub(r"^[ \t]*//.*\n", "", joined, flags=re.MULTILINE)


def spoken(script: str) -> str:
    """Return the words that `script` may speak as JSON that can stand in a script."""
    found = json.dumps(words_in(script), ensure_ascii=False, separators=(",", ":"))
    return found.replace("<", "\\u003c")


@cache
def styles(*more: str) -> str:
    """Return our styles in the order of their names, then those of `more` folders of ``assets``."""
    paths = [path for name in ("css", *more) for path in sorted((ASSETS / name).glob("*.css"))]
    return "\n".join(path.read_text("utf-8") for path in paths)


@cache
def templates() -> jinja2.Environment:
    """Return the templates of ``assets``; everything put into them is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
