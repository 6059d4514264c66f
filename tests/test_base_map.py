"""The base map of geoplan.toml: what is allowed, what is refused, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.base_map import OWN_ENDINGS, BaseMap
from geoplan.config import load
from geoplan.errors import ConfigError

KEY = "0123456789abcdef0123456789abcdef"
MINIMAL = 'title = { zh = "图集", en = "Atlas" }\nscope = "140000"\n'
PATH = "/{z}/{x}/{y}.png"


def read(folder: Path, more: str) -> BaseMap | None:
    (folder / "geoplan.toml").write_text(MINIMAL + more, encoding="utf-8")
    return load(folder).config.base_map


def tiles(url: str, more: str = "") -> str:
    return f'[base_map]\nkind = "tiles"\nurl = "{url}"\nnotice = "某院"\n{more}'


def refused(folder: Path, more: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, more)
    assert "1 fault(s)" in str(caught.value)
    return str(caught.value)


def test_there_is_none_by_default(tmp_path: Path) -> None:
    assert read(tmp_path, "") is None


def test_tianditu_with_a_key_has_a_map_and_its_names(tmp_path: Path) -> None:
    made = read(tmp_path, f'[base_map]\nkind = "tianditu"\nkey = "{KEY}"\nstyle = "image"\n')
    assert made is not None
    page = made.for_page()
    assert page["notice"] == "天地图"
    for url, name in zip(page["urls"], ("img", "cia"), strict=True):
        assert url.startswith(f"https://t{{s}}.tianditu.gov.cn/{name}_w/wmts?")
        assert url.endswith(f"&tk={KEY}")
        assert all(f"={place}" in url for place in ("{z}", "{x}", "{y}"))


def test_a_notice_replaces_the_default_one(tmp_path: Path) -> None:
    more = f'[base_map]\nkind = "tianditu"\nkey = "{KEY}"\nnotice = "天地图 甲号"\nopacity = 0.5\n'
    made = read(tmp_path, more)
    assert made is not None
    assert (made.for_page()["notice"], made.for_page()["opacity"]) == ("天地图 甲号", 0.5)


@pytest.mark.parametrize(
    "url",
    [
        f"http://10.1.2.3:8080{PATH}",
        f"http://192.168.0.9{PATH}",
        f"https://127.0.0.1{PATH}",
        f"http://[::1]:9000{PATH}",
        f"http://[fd00::5]{PATH}",
        f"http://tiles{PATH}",
        f"http://LOCALHOST{PATH}",
        *(f"http://map.office{ending}{PATH}" for ending in OWN_ENDINGS),
        "tiles/{z}/{x}/{y}.png",
        "../tiles/{z}-{x}-{y}.png?v=1",
    ],
)
def test_the_users_own_network_is_allowed(tmp_path: Path, url: str) -> None:
    made = read(tmp_path, tiles(url))
    assert made is not None
    assert made.for_page()["urls"] == [url]


@pytest.mark.parametrize(
    "host",
    [
        "tile.openstreetmap.org",
        "8.8.8.8",
        "134744072",
        "0x08080808",
        "a.local.example.com",
        "example.com.",
        "notlocal.evil",
        "[2001:4860:4860::8888]",
    ],
)
def test_other_hosts_need_the_users_word(tmp_path: Path, host: str) -> None:
    said = refused(tmp_path, tiles(f"http://{host}{PATH}"))
    assert "line 5: base_map.url: " in said
    assert "own_network = true" in said
    assert "private addresses" in said
    assert read(tmp_path, tiles(f"http://{host}{PATH}", "own_network = true\n")) is not None


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://tiles/{z}/{x}.png", "{y} is missing"),
        ("http://tiles", "{z}, {x}, {y} is missing"),
        (f"http://user:word@tiles{PATH}", "user name or password"),
        (f"http://user@tiles{PATH}", "user name or password"),
        (f"ftp://tiles{PATH}", "http:// or https://"),
        (f"javascript:alert(1){PATH}", "http:// or https://"),
        (f"file:///tiles{PATH}", "http:// or https://"),
        (f"//example.com{PATH}", "http:// or https://"),
        (f"http:{PATH}", "http:// or https://"),
        (f"http://[::1{PATH}", "is no address"),
        ("http://{z}.tiles/{x}/{y}", "place for numbers in its host"),
        (f"http://{{s}}.tiles{PATH}", "holds"),
        (f"http://tiles/a b{PATH}", "holds ' '"),
        (f"http://瓦片{PATH}", "holds"),
        (f"http:\\\\\\\\example.com{PATH}", "holds"),
        (f"http://tiles/<script>{PATH}", "holds '<' '>'"),
    ],
)
def test_what_is_no_address_of_tiles_is_refused(tmp_path: Path, url: str, message: str) -> None:
    said = refused(tmp_path, tiles(url))
    assert "base_map.url: " in said
    assert message in said


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('kind = "google"', "line 4: base_map.kind: Input should be 'tianditu' or 'tiles'"),
        ('kind = "tianditu"', 'kind = "tianditu" needs key'),
        ('kind = "tiles"', 'kind = "tiles" needs url and notice'),
        ('kind = "tianditu"\nkey = "abc"', "line 5: base_map.key: must be the key"),
        (f'kind = "tianditu"\nkey = "{KEY}"\nurl = "t{PATH}"', 'kind = "tianditu" has no url'),
        (
            f'kind = "tiles"\nurl = "t{PATH}"\nnotice = "甲"\nkey = "{KEY}"\nstyle = "image"',
            'kind = "tiles" has no key and no style',
        ),
        (f'kind = "tiles"\nurl = "t{PATH}"\nnotice = "  "', "base_map.notice: is empty"),
        (f'kind = "tianditu"\nkey = "{KEY}"\nopacity = 0', "line 6: base_map.opacity: "),
        (f'kind = "tianditu"\nkey = "{KEY}"\nlayer = "vec"', "line 6: unknown key 'layer'"),
    ],
)
def test_keys_fit_the_kind(tmp_path: Path, more: str, message: str) -> None:
    assert message in refused(tmp_path, f"[base_map]\n{more}\n")
