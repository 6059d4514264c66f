"""Builds of a part: broken layers left out, one theme only, strict ones, and what may be public."""

from __future__ import annotations

import re
import shutil
import sys
from typing import Any

import pytest

from geoplan.build import Run, build
from geoplan.build.book import Book
from geoplan.build.plan import plan
from geoplan.config import Project
from geoplan.errors import DataError, GeoplanError, LayerError, StageError, UsageError
from tests.small import SmallProject, box, feature, hashes, layer, slot

Two = tuple[SmallProject, dict[str, str]]

OTHER = "layers/works/other.toml"


@pytest.fixture
def two(built: Two) -> Two:
    """Return a built project with a layer of another theme, and the hashes of its maps."""
    small, _ = built
    small.write_layer(layer("other", feature("f", members=["东山"]), theme="works"))
    small.write_layer(layer("more", feature("g", members=["东山"]), theme="works"), name="more")
    build(small.load())
    return small, hashes(small.root / "maps")


def rebuilt(small: SmallProject, **how: Any) -> Any:
    """Build a project again."""
    return build(small.load(), Run(**how))


def changed(small: SmallProject, before: dict[str, str]) -> set[str]:
    """Return the published files that are not as they were."""
    now = hashes(small.root / "maps")
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def break_other(small: SmallProject) -> None:
    """Break one layer, and change another one."""
    small.write_layer("id = [", theme="works")
    retitle(small)


def retitle(small: SmallProject, title: str = "新") -> None:
    path = small.root / "layers/zones/zones.toml"
    text = re.sub(
        r'(?m)^title = \{ zh = "\w+"', f'title = {{ zh = "{title}"', path.read_text("utf-8")
    )
    path.write_text(text, encoding="utf-8")


def test_broken_layer_stops_the_build_and_is_named(two: Two) -> None:
    small, files = two
    break_other(small)
    with pytest.raises(LayerError, match=r"works/other\.toml: not valid TOML") as fault:
        rebuilt(small)
    assert fault.value.exit_code == 3
    assert hashes(small.root / "maps") == files


def test_broken_layer_is_left_out_and_other_pages_are_built(two: Two) -> None:
    small, files = two
    break_other(small)
    told: list[dict[str, Any]] = []

    def hear(kind: str, facts: dict[str, Any]) -> None:
        if kind == "left_out":
            told.append(facts)

    done = rebuilt(small, keep_going=True, on_event=hear)
    assert set(done.made) == {"zones.html", "print/zones.svg"}
    assert changed(small, files) == {"zones.html", "print/zones.svg", "manifest.json"}
    assert list(done.left_out) == [OTHER]
    assert "not valid TOML" in done.left_out[OTHER]
    assert not done.published
    assert [facts["files"] for facts in told] == [["works/other.toml"]]


def test_left_out_layer_is_told_until_it_is_mended(two: Two) -> None:
    small, _ = two
    before = (small.root / OTHER).read_text("utf-8")
    break_other(small)
    rebuilt(small, keep_going=True)
    once = hashes(small.root / "maps")
    again = rebuilt(small, keep_going=True)
    assert list(again.left_out) == [OTHER]
    assert hashes(small.root / "maps") == once
    with pytest.raises(LayerError):
        rebuilt(small)
    assert not plan(small.load()).fresh
    (small.root / OTHER).write_text(before, encoding="utf-8")
    assert rebuilt(small).published
    assert rebuilt(small).ran == ()


def test_mended_project_has_the_bytes_of_one_that_was_never_broken(two: Two) -> None:
    small, _ = two
    before = (small.root / OTHER).read_text("utf-8")
    retitle(small)
    rebuilt(small)
    files = hashes(small.root / "maps")
    retitle_back = (small.root / "layers/zones/zones.toml").read_text("utf-8")
    small.write_layer("id = [", theme="works")
    retitle(small, "又")
    rebuilt(small, keep_going=True)
    (small.root / OTHER).write_text(before, encoding="utf-8")
    (small.root / "layers/zones/zones.toml").write_text(retitle_back, encoding="utf-8")
    rebuilt(small)
    assert hashes(small.root / "maps") == files


def test_first_build_with_a_broken_layer_makes_what_does_not_show_it(small: SmallProject) -> None:
    small.write_layer('theme = "works"\nid = [', theme="works")
    done = rebuilt(small, keep_going=True)
    names = set(hashes(small.root / "maps"))
    assert "zones.html" in names
    assert "overview.html" not in names
    assert "tables/coverage.csv" not in names
    assert not done.published
    assert not plan(small.load()).fresh


def test_broken_shapes_of_a_layer_are_left_out_too(two: Two) -> None:
    small, _ = two
    small.write_layer(slot(), name="redline")
    path = small.write_shapes([box(0.2, 0.2, 0.8, 0.8)])
    rebuilt(small)
    files = hashes(small.root / "maps")
    path.write_bytes(path.read_bytes()[:1000])
    retitle(small)
    with pytest.raises(DataError, match=r"shapes\.gpkg"):
        rebuilt(small)
    done = rebuilt(small, keep_going=True)
    assert list(done.left_out) == ["layers/works/redline.toml"]
    assert changed(small, files) == {"zones.html", "print/zones.svg", "manifest.json"}


@pytest.mark.parametrize("name", ["layers/documents.toml", "data/boundaries/gazetteer.csv"])
def test_what_is_no_fault_of_a_layer_cannot_be_left_out(two: Two, name: str) -> None:
    small, files = two
    (small.root / name).write_text("id = [", encoding="utf-8")
    with pytest.raises(GeoplanError):
        rebuilt(small, keep_going=True)
    assert hashes(small.root / "maps") == files


def test_page_that_fails_is_left_as_it_was(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    small, files = two
    retitle(small)
    module = sys.modules["geoplan.publish.outputs"]
    render = module.map_text  # type: ignore[attr-defined]

    def fail(atlas: Any, page: Any, *more: Any, **named: Any) -> str:
        if page.file == "zones.html":
            raise StageError("zones.html has too many bytes")
        return render(atlas, page, *more, **named)

    monkeypatch.setattr(module, "map_text", fail)
    with pytest.raises(StageError, match="too many bytes"):
        rebuilt(small)
    assert hashes(small.root / "maps") == files
    done = rebuilt(small, keep_going=True)
    assert done.left_out == {"zones.html": "zones.html has too many bytes"}
    assert "zones.html" not in changed(small, files)
    assert "overview.html" in changed(small, files)
    monkeypatch.undo()
    assert "zones.html" in rebuilt(small).made


def test_page_that_fails_over_a_new_layer_is_tried_again(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, _ = two
    module = sys.modules["geoplan.publish.outputs"]
    render = module.map_text  # type: ignore[attr-defined]

    def fail(atlas: Any, page: Any) -> str:
        if page.file == "works.html":
            raise StageError("works.html has too many bytes")
        return render(atlas, page)

    monkeypatch.setattr(module, "map_text", fail)
    new = layer("newone", feature("n", members=["西山"]), theme="works")
    small.write_layer(new, name="newone")
    assert rebuilt(small, keep_going=True).left_out
    assert "works.html has too many bytes" in plan(small.load()).outputs["works.html"]
    with pytest.raises(StageError, match="too many bytes"):
        rebuilt(small)
    monkeypatch.undo()
    assert "works.html" in rebuilt(small).made
    assert "newone" in (small.root / "maps/works.html").read_text("utf-8")
    assert rebuilt(small).ran == ()


def test_page_that_should_show_a_new_layer_is_told_as_stale(two: Two) -> None:
    small, _ = two
    new = layer("newone", feature("n", members=["西山"]), theme="works")
    small.write_layer(new, name="newone")
    rebuilt(small, only=("zones",))
    assert "works.html" in plan(small.load()).outputs


def test_only_one_theme_leaves_all_other_files(two: Two) -> None:
    small, files = two
    retitle(small)
    done = rebuilt(small, only=("zones",))
    assert done.made == ("print/zones.svg", "zones.html")
    assert changed(small, files) == {"zones.html", "print/zones.svg", "manifest.json"}
    stale = plan(small.load()).outputs
    assert {"overview.html", "tables/layers.csv"} <= set(stale)
    assert not {"zones.html", "works.html"} & set(stale)
    done = rebuilt(small)
    assert {"overview.html", "tables/layers.csv"} <= set(done.made)
    assert not {"zones.html", "works.html"} & set(done.made)


def test_only_ends_with_the_bytes_of_one_build(two: Two) -> None:
    small, _ = two
    retitle(small)
    rebuilt(small, only=("zones",))
    retitle(small, "又")
    rebuilt(small, only=("works",))
    rebuilt(small)
    one = hashes(small.root / "maps")
    rebuilt(small, force=True)
    assert hashes(small.root / "maps") == one


def test_only_one_theme_of_a_project_that_was_never_built(small: SmallProject) -> None:
    done = rebuilt(small, only=("zones",))
    assert set(hashes(small.root / "maps")) == {"zones.html", "print/zones.svg", "manifest.json"}
    assert not done.published
    assert rebuilt(small).published


def test_unknown_theme_is_refused(two: Two) -> None:
    small, files = two
    retitle(small)
    with pytest.raises(UsageError, match="no theme dragons; there are: zones, works"):
        rebuilt(small, only=("dragons",))
    assert hashes(small.root / "maps") == files
    retitle(small, "图层")
    rebuilt(small)
    for check in (lambda: rebuilt(small, only=("no",)), lambda: plan(small.load(), only=("no",))):
        with pytest.raises(UsageError, match="no theme no; there are"):
            check()


def test_strict_build_publishes_nothing_where_plans_have_faults(two: Two) -> None:
    small, files = two
    retitle(small)
    assert rebuilt(small, strict=True).published
    files = hashes(small.root / "maps")
    small.write_layer(slot(), name="redline")
    small.write_shapes([box(0, 0, 1, 1), box(-1, 0, 0, 1)])  # one lies outside of the units
    done = rebuilt(small, strict=True)
    assert not done.published
    assert any("layers.outside_units: redline" in fault for fault in done.faults)
    assert hashes(small.root / "maps") == files
    assert rebuilt(small).published
    assert hashes(small.root / "maps") != files
    assert rebuilt(small, strict=True).faults == done.faults


PUBLIC = 'audience = "public"\nreview_number = "试S(2020)001号"\n'


def publish_it(small: SmallProject) -> None:
    path = small.root / "geoplan.toml"
    path.write_text(path.read_text("utf-8") + PUBLIC, encoding="utf-8")


@pytest.mark.parametrize("how", [{"only": ("zones",)}, {"keep_going": True}, {"force": True}])
def test_no_part_of_a_project_is_public_while_another_is_not(two: Two, how: Any) -> None:
    small, files = two
    small.write_layer(layer("other", feature("f", members=["东山"]), sensitivity="secret"))
    rebuilt(small)
    files = hashes(small.root / "maps")
    publish_it(small)
    with pytest.raises(GeoplanError, match=r"are not public: other .secret."):
        rebuilt(small, **how)
    assert hashes(small.root / "maps") == files


def test_a_file_that_was_internal_is_not_left_in_a_public_folder(two: Two) -> None:
    small, _ = two
    publish_it(small)
    small.write_layer("id = [", theme="works")
    rebuilt(small, keep_going=True)
    assert "works.html" not in hashes(small.root / "maps")
    assert "overview.html" not in hashes(small.root / "maps")
    said = Book(small.root / "build").facts("publish")
    assert {"works.html", "overview.html"} <= set(said["missing"])


def test_broken_layer_of_a_project_that_extends_the_shipped_ones(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, own = small.root / "base", small.root / "own"
    (small.root / "layers").rename(base)
    own.mkdir()
    monkeypatch.setattr(Project, "layer_folders", lambda self: [base, own])
    text = layer("other", feature("f", members=["东山"]), theme="works")
    small.write("own/works/other.toml", text)
    more = layer("more", feature("g", members=["东山"]), theme="works")
    small.write("own/works/more.toml", more)
    small.write("own/zones/third.toml", layer("third", feature("t", members=["西山"])))
    rebuilt(small)
    files = hashes(small.root / "maps")
    small.write("own/works/other.toml", text + "x = = 1")
    done = rebuilt(small, keep_going=True)
    assert list(done.left_out) == ["layers added/works/other.toml"]
    assert changed(small, files) == {"manifest.json"}
    assert "works.html" in plan(small.load()).outputs


def test_maps_put_back_from_a_copy_are_not_taken_for_new_ones(two: Two) -> None:
    small, _ = two
    shutil.copytree(small.root / "maps", small.root / "copy")
    retitle(small)
    rebuilt(small)
    files = hashes(small.root / "maps")
    shutil.rmtree(small.root / "maps")
    (small.root / "copy").rename(small.root / "maps")
    rebuilt(small, only=("works",))
    assert "zones.html" in plan(small.load()).outputs
    rebuilt(small)
    assert hashes(small.root / "maps") == files
