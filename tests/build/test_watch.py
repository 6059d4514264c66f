"""Watching: a build after every change of the project, and none after its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Empty, Queue

import pytest

from geoplan.build import Built, Run
from geoplan.build import watch as module
from geoplan.build.watch import _Heard, watch
from geoplan.errors import BusyError, GeoplanError, UsageError
from geoplan.folders import locked
from tests.small import SmallProject, feature, hashes, layer

Done = Built | GeoplanError
Copy = tuple[SmallProject, dict[str, str]]


class Watcher:
    """A watch that runs in a thread of its own."""

    def __init__(self, small: SmallProject) -> None:
        self.done: Queue[Done] = Queue()
        self.stop = threading.Event()
        self.small = small
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        with closing(watch(self.small.root, Run())) as following:
            for done in following:
                self.done.put(done)
                if self.stop.is_set():
                    return

    def next(self) -> Done:
        return self.done.get(timeout=60)

    def end(self) -> None:
        self.stop.set()
        path = self.small.root / "geoplan.toml"
        path.write_text(path.read_text("utf-8") + "\n# end\n", encoding="utf-8")
        self.thread.join(60)
        assert not self.thread.is_alive()


@pytest.fixture
def watcher(built: Copy) -> Iterator[Watcher]:
    """Return a watch of a built project."""
    made = Watcher(built[0])
    yield made
    made.end()


def zones(small: SmallProject) -> Path:
    return small.root / "layers/zones/zones.toml"


def test_edits_are_built_and_faults_told(watcher: Watcher) -> None:
    small = watcher.small
    assert isinstance(watcher.next(), Built)
    text = zones(small).read_text("utf-8")
    zones(small).write_text(text.replace("图层", "新图", 1), encoding="utf-8")
    done = watcher.next()
    assert isinstance(done, Built)
    assert "zones.html" in done.made
    files = hashes(small.root / "maps")
    zones(small).write_text("id = [", encoding="utf-8")
    fault = watcher.next()
    assert isinstance(fault, GeoplanError)
    assert "zones.toml" in str(fault)
    assert hashes(small.root / "maps") == files
    beside = small.root / "layers/zones/.zones.toml.swp"
    beside.write_text(text, encoding="utf-8")
    beside.replace(zones(small))  # as editors write
    assert isinstance(watcher.next(), Built)
    # What a build writes itself starts no other.
    with pytest.raises(Empty):
        watcher.done.get(timeout=2)


def test_a_folder_that_is_moved_away_is_noticed(watcher: Watcher, tmp_path: Path) -> None:
    small = watcher.small
    assert isinstance(watcher.next(), Built)
    small.write_layer(layer("other", feature("f", members=["东山"]), theme="works"))
    assert isinstance(watcher.next(), Built)
    (small.root / "layers/works").rename(tmp_path / "away")
    done = watcher.next()
    assert isinstance(done, Built)
    assert done.removed == ("print/works.svg", "works.html")


def test_a_build_that_finds_another_at_work_is_tried_again(
    built: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, _ = built
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    zones(small).write_text(zones(small).read_text("utf-8").replace("图层", "新图", 1), "utf-8")
    with closing(watch(small.root, Run())) as following:
        with locked(small.root / "build"):
            assert isinstance(next(following), BusyError)
        done = next(following)
    assert isinstance(done, Built)
    assert "zones.html" in done.made


def test_files_that_concern_a_project(built: Copy) -> None:
    small, _ = built
    heard = _Heard(small.load())
    root = small.root.resolve()
    for name in ("geoplan.toml", "layers/a/b.toml", "data/boundaries/x.csv", "layers/a/b.gpkg"):
        assert heard.concerns(root / name), name
    for name in (
        *("notes.docx", "other.toml", "maps/index.html", "build/units.parquet"),
        *("layers/a/.b.toml.swp", "layers/a/b.toml~", "maps/tables/units.csv"),
    ):
        assert not heard.concerns(root / name), name
    assert heard.concerns(root / "layers/a", is_folder=True)
    assert not heard.concerns(root / "notes", is_folder=True)
    assert not heard.concerns(root / "maps/tables", is_folder=True)


def test_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        next(watch(tmp_path / "missing", Run()))
