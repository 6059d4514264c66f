"""The base map of ``geoplan.toml``: Tianditu with the user's key, or tiles of the user's network.

Pages ask for nothing before a reader switches it on, and then only the host
that is named here.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator

from geoplan.strict import Strict, Text

TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{set}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={set}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
"""A layer of the national service, by its name and the user's key, with Leaflet's places."""

SETS = {"vector": ("vec", "cva"), "image": ("img", "cia"), "terrain": ("ter", "cta")}
"""For each style the pictures and their names."""

OWN_ENDINGS = (".local", ".lan", ".internal", ".intranet", ".home.arpa")
PLACES = ("{z}", "{x}", "{y}")


class BaseMap(Strict):
    """``[base_map]``: which tiles a page may show below the plans."""

    kind: Literal["tianditu", "tiles"]
    """``tianditu`` asks for `key`, ``tiles`` for `url` and `notice`."""

    own_network: bool = False
    """Says that the host of `url` belongs to the user's own network."""

    key: str | None = None
    """The user's own key of Tianditu; it stands in every page."""

    style: Literal["vector", "image", "terrain"] = "vector"
    """Which map of Tianditu."""

    url: str | None = None
    """Template of a tile's address with ``{z}``, ``{x}`` and ``{y}``; EPSG:3857."""

    notice: Text | None = None
    """Whose map it is and its review number, as it stands on the map; 天地图 by default."""

    opacity: Annotated[float, Field(ge=0.1, le=1)] = 1.0

    @field_validator("key")
    @classmethod
    def _is_key(cls, key: str | None) -> str | None:
        if key is not None and not re.fullmatch("[0-9a-fA-F]{32}", key):
            raise ValueError("must be the key that Tianditu gave you: 32 digits from 0 to f")
        return key

    @field_validator("url")
    @classmethod
    def _is_allowed(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is not None:
            _check_template(url)
            _check_host(url, own=info.data.get("own_network") is True)
        return url

    @model_validator(mode="after")
    def _fits_its_kind(self) -> BaseMap:
        wanted = {"tianditu": ("key",), "tiles": ("url", "notice")}[self.kind]
        strange = {"tianditu": {"url", "own_network"}, "tiles": {"key", "style"}}[self.kind]
        missing = [name for name in wanted if getattr(self, name) is None]
        wrong = sorted(strange & self.model_fields_set)
        said = [f'kind = "{self.kind}" needs {" and ".join(missing)}'] if missing else []
        said += [f'kind = "{self.kind}" has no {" and no ".join(wrong)}'] if wrong else []
        if said:
            raise ValueError("; ".join(said))
        return self

    @property
    def urls(self) -> list[str]:
        """Templates of the layers, lowest first, with ``{z}``, ``{x}``, ``{y}`` and ``{s}``."""
        if self.kind == "tiles":
            return [self.url or ""]
        return [TIANDITU.format(set=name, key=self.key) for name in SETS[self.style]]

    def for_page(self) -> dict[str, Any]:
        """Return what the scripts of a page read."""
        return {
            "urls": self.urls,
            "subdomains": "01234567",
            "notice": self.notice or "天地图",
            "opacity": self.opacity,
            "max_zoom": 18,
        }


def _check_template(url: str) -> None:
    missing = [place for place in PLACES if place not in url]
    if missing:
        raise ValueError(f"needs {', '.join(PLACES)}; {', '.join(missing)} is missing")
    rest = url
    for place in PLACES:
        rest = rest.replace(place, "")
    strange = sorted(set(re.findall(r"[^!#-;=?-\[\]_a-z~]", rest)))
    if strange:
        raise ValueError(
            f"holds {' '.join(map(repr, strange))}; write other characters in percent form, "
            f"and no braces but {', '.join(PLACES)}"
        )


def _check_host(url: str, *, own: bool) -> None:
    """Refuse what leaves the user's network unless `own` says that it does not."""
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", url):
        return  # a path beside the page
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as fault:
        raise ValueError(f"is no address: {fault}") from fault
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must begin with http:// or https:// and a host, or be a path")
    if "@" in parts.netloc:
        raise ValueError("holds a user name or password, which every reader of a page would see")
    if any(place in parts.netloc for place in PLACES):
        raise ValueError("has a place for numbers in its host; they belong in the path")
    if not own and not _is_near(host):
        raise ValueError(
            f"{host} is not known to lie in your own network: allowed are private addresses, names "
            f"without dots, and names that end in {', '.join(OWN_ENDINGS)}; if it is yours, write "
            "own_network = true"
        )


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        # Browsers read a number without dots as an address.
        word = re.fullmatch(r"[a-z][a-z0-9-]*", host) is not None
        return word or host.endswith(OWN_ENDINGS)
