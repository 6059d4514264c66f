"""Pages with a base map: what they hold, and that only they are stale when it changes."""

from __future__ import annotations

from pathlib import Path

from geoplan.base_map import BaseMap
from geoplan.publish.making import Output
from geoplan.publish.outputs import outputs
from tests.publish import sample

TILES = BaseMap(kind="tiles", url="http://tiles/{z}/{x}/{y}.png?a=1&b=2", notice="</script>甲")


def made(folder: Path, base: BaseMap | None) -> dict[str, Output]:
    project = sample.project(folder, base_map=base)
    return {o.name: o for o in outputs(sample.tables(), project=project, as_of=sample.AS_OF)}


def test_only_maps_are_other_ones_with_a_base_map(tmp_path: Path) -> None:
    without, tiled = made(tmp_path, None), made(tmp_path, TILES)
    thin = made(tmp_path, TILES.model_copy(update={"opacity": 0.5}))
    changed = {name for name, output in tiled.items() if output.key != without[name].key}
    maps = {"overview.html", "jinzhong.html", "main-function-zone.html", "corridor-108.html"}
    assert changed == maps | {"energy.html"}
    assert {name for name, output in thin.items() if output.key != tiled[name].key} == changed


def test_a_page_names_no_host_but_that_of_its_base_map(tmp_path: Path) -> None:
    text = made(tmp_path, TILES)["jinzhong.html"].make()
    assert text.count("http://tiles/") == 1
    assert r"\u003c/script\u003e甲" in text
    assert "</script>甲" not in text
    assert '"base_map":null' in made(tmp_path, None)["jinzhong.html"].make()
