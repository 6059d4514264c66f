"""No file of an atlas refers to another host, or to a file that is not there."""

from __future__ import annotations

import re
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geoplan.publish import frame
from tests.browser import target

ADDRESSES = (
    *("href", "src", "xlink:href", "action", "formaction", "poster", "data", "srcset", "ping"),
    *("background", "manifest", "cite", "longdesc", "usemap", "code", "archive", "profile"),
)
NETWORK = (
    *("fetch", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts"),
    *("Worker", "SharedWorker", "serviceWorker", "RTCPeerConnection", "WebTransport"),
)
LARGEST = {"overview.html": 2_000_000}
LARGE = 1_500_000


class Reader(HTMLParser):
    """Reads addresses, styles and whatever else may ask for a file; also of SVG files."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.styles: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("base", "iframe", "frame", "object", "embed", "foreignobject", "set", "animate"):
            self.faults.append(tag)
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.faults.append("refresh")
        for name, value in attrs:
            if name in ADDRESSES:
                self.addresses.append(value or "")
            elif name.startswith("on"):
                self.faults.append(f"{tag} {name}")
            elif name == "style" or "url(" in (value or ""):
                self.styles.append(value or "")

    handle_startendtag = handle_starttag


def faults(text: str, folder: Path) -> list[str]:
    """Return what a page or picture asks for beyond itself and the files of its folder."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    found = reader.faults + [a for a in reader.addresses if not _is_own(a, folder)]
    for style in [*reader.styles, *target.contents(text, "style")]:
        inner = re.findall(r"url\(\s*['\"]?([^)'\"]*)", style)
        found += [a for a in inner if not a.startswith(("#", "data:"))]
        found += re.findall(r"@import|image-set\(|\bsrc\(", style)
    return found


def _is_own(address: str, folder: Path) -> bool:
    if address.startswith(("#", "data:")):
        return True
    parts = urllib.parse.urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith(("/", "\\")):
        return False
    return (folder / urllib.parse.unquote(parts.path)).is_file()


@pytest.mark.parametrize(
    "part",
    [
        '<img src="http://x.test/a.png">',
        '<a href="//x.test/">x</a>',
        '<a href="https://x.test">x</a>',
        '<a href="javascript:f()">x</a>',
        '<a href="missing.html">x</a>',
        '<a href="/etc/passwd">x</a>',
        '<link rel="stylesheet" href="x.css">',
        "<style>a { background: url(x.png) }</style>",
        "<style>@import 'x.css';</style>",
        '<p style="background: url(&quot;http://x.test/&quot;)">',
        '<svg><use xlink:href="other.svg#x"/></svg>',
        '<svg><rect fill="url(http://x.test/#a)"/></svg>',
        '<svg onload="f()"></svg>',
        '<meta http-equiv="Refresh" content="0;url=x">',
        '<base href="x/">',
        "<iframe></iframe>",
    ],
)
def test_what_asks_for_more_is_found(part: str, tmp_path: Path) -> None:
    assert faults(f"<html><body>{part}</body></html>", tmp_path)


def test_what_stands_in_the_page_or_beside_it_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "b c.html").touch()
    parts = (
        '<a href="b%20c.html#140702&amp;lang=en">http://x.test is text</a><link href="data:,">'
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="#a" fill="url(#b)"/></svg>'
        "<style>a { fill: url(#b) }</style><script>var a = 'http://x.test';</script>"
    )
    assert faults(parts, tmp_path) == []


@pytest.mark.parametrize("folder", ["atlas", "hostile", "shipped"])
def test_no_file_asks_for_more(folder: str, request: pytest.FixtureRequest) -> None:
    made: Path = request.getfixturevalue(folder)
    paths = [path for kind in ("html", "svg") for path in sorted(made.rglob(f"*.{kind}"))]
    assert paths
    found = {path.name: faults(path.read_text("utf-8"), path.parent) for path in paths}
    assert {name: what for name, what in found.items() if what} == {}
    for path in paths:
        if path.suffix == ".svg":
            text = path.read_text("utf-8")
            assert "<script" not in text, path.name
            assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {
                "http://www.w3.org/2000/svg",
                "http://www.w3.org/1999/xlink",
            }, path.name


def test_our_scripts_have_no_word_for_a_network() -> None:
    found = set(
        re.findall(r"[A-Za-z]+", frame.scripts().split("var WORDS", 1)[1].split("\n", 1)[1])
    )
    assert not found & set(NETWORK)
    assert not re.search(r"https?://(?!www\.w3\.org/)", frame.scripts())


def test_pages_are_small_enough_to_be_sent(shipped: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in shipped.glob("*.html")}
    assert len(sizes) > 20
    assert {n: s for n, s in sizes.items() if s > LARGEST.get(n, LARGE)} == {}
