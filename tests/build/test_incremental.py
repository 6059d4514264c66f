"""A build costs what changed and changes only what differs: the right stages, the right files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geoplan.build import Built, Run, build, keys, rebuild, run_stages
from geoplan.build.hashes import Hashes
from geoplan.build.plan import plan
from geoplan.config import Project as Config
from geoplan.errors import ConfigError, DataError, StageError
from tests.small import SmallProject, box, feature, hashes, layer, slot

Project = Callable[..., SmallProject]
Built2 = tuple[SmallProject, dict[str, str]]

TABLE_STAGES = ("boundaries", "layers", "overlay", "analysis")


def state(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    """Return inode, size and times of everything in a folder: what any touch would change."""
    return {
        str(path.relative_to(folder)): (s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns)
        for path in [folder, *folder.rglob("*")]
        if (s := path.lstat())
    }


def edit(small: SmallProject, name: str, old: str, new: str) -> None:
    """Replace a text in a file of a project, which has to be there."""
    path = small.root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def changed(small: SmallProject, before: dict[str, str]) -> set[str]:
    """Return the published files that are not as they were."""
    now = hashes(small.root / "maps")
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def rebuilt(small: SmallProject, **how: bool) -> Built:
    """Build a project again."""
    return build(small.load(), Run(**how))


@pytest.fixture
def two(built: Built2) -> Built2:
    """Return a built project with a second layer, of another theme, and the hashes of its maps."""
    small, _ = built
    small.write_layer(layer("other", feature("f", members=["东山"]), theme="works"))
    rebuilt(small)
    return small, hashes(small.root / "maps")


def test_nothing_changed_touches_no_file(built: Built2) -> None:
    small, files = built
    rebuilt(small)  # what was copied is hashed once
    before = state(small.root)
    done = rebuilt(small)
    assert state(small.root) == before
    assert done == Built(kept=len(files) - 1)


def test_nothing_changed_is_known_without_large_libraries(built: Built2) -> None:
    small, _ = built
    script = (
        "import sys\nfrom geoplan.cli import main\nsys.argv = ['geoplan', 'build', '-q']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code)\n"
        "large = {'pandas', 'numpy', 'shapely', 'dask', 'folium', 'filelock'}\n"
        "print(sorted(large & set(sys.modules)))"
    )
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, "-c", script], cwd=small.root, capture_output=True, check=True
        )
    assert ended.stdout.split() == [b"0", b"[]"]
    assert ended.stderr == b""


ALL_TOLD = ("data/geoplan.xlsx", "datapackage.json")
"""Files that tell of all tables: they change with each."""

NOTE = 'note = { zh = "注", en = "Note" }\n'


def test_changed_text_of_one_layer_changes_the_files_that_show_it(two: Built2) -> None:
    small, files = two
    edit(small, "layers/works/other.toml", 'title = { zh = "图层"', NOTE + 'title = { zh = "图层"')
    done = rebuilt(small)
    assert done.ran == ("layers", "publish")
    shown = {"works.html", "overview.html", "jiazhou.html", "tables/layers.csv", *ALL_TOLD}
    # The line at which its feature begins is another one.
    shown |= {"tables/features.csv", "trace.html"}
    assert set(done.made) == shown
    assert changed(small, files) == {*shown, "manifest.json"}
    assert done.kept == len(files) - 1 - len(shown)


def test_changed_member_changes_overlaps_too(two: Built2) -> None:
    small, files = two
    edit(small, "layers/works/other.toml", '"东山"', '"东山", "西山"')
    done = rebuilt(small)
    assert done.ran == ("layers", "overlay", "analysis", "publish")
    assert set(done.made) == {
        *("works.html", "overview.html", "jiazhou.html", "index.html", "data/features.geojson"),
        *("tables/coverage.csv", "tables/memberships.csv", "tables/overlaps.csv"),
        *("tables/pieces.csv", "data/atlas.gpkg", "print/works.svg"),
        *("matrix.html", "trace.html", *ALL_TOLD),
    }
    assert changed(small, files) == {*done.made, "manifest.json"}


def test_comment_changes_the_manifest_alone(two: Built2) -> None:
    small, files = two
    with (small.root / "layers/works/other.toml").open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    done = rebuilt(small)
    assert done.ran == ("layers", "publish")
    assert done.made == ()
    assert changed(small, files) == {"manifest.json"}


def test_comment_in_the_configuration(two: Built2) -> None:
    small, files = two
    edit(small, "geoplan.toml", "scope", "# a comment\nscope")
    assert rebuilt(small).ran == ("publish",)
    assert changed(small, files) == {"manifest.json"}


def test_setting_changes_the_files_that_show_it(two: Built2) -> None:
    small, files = two
    edit(small, "geoplan.toml", "scope", 'compiled_by = "规划院"\nscope')
    done = rebuilt(small)
    assert done.ran == ("publish",)
    pages = {name for name in files if name.endswith(".html") or name.startswith("print/")}
    assert set(done.made) - {"README.md"} == {*pages, *ALL_TOLD}


def test_colour_of_a_class_changes_the_maps_that_show_it(two: Built2) -> None:
    small, files = two
    path = small.root / "layers/classes.toml"
    head, _, rest = path.read_text("utf-8").partition('id = "zone_b"')
    colour = re.search(r"#[0-9a-f]{6}", rest)
    assert colour is not None
    path.write_text(f'{head}id = "zone_b"{rest.replace(colour[0], "#123456", 1)}', encoding="utf-8")
    done = rebuilt(small)
    # Pictures of rasters have the colours of classes.
    assert done.ran == ("layers", "overlay", "publish")
    assert "tables/classes.csv" in done.made
    assert "zones.html" in done.made
    assert "works.html" not in done.made
    assert changed(small, files) == {*done.made, "manifest.json"}


def test_new_code_runs_everything_and_changes_nothing(
    two: Built2, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, files = two
    code = keys.code_hash
    monkeypatch.setattr(keys, "code_hash", lambda stage: f"new {code(stage)}")
    done = rebuilt(small)
    assert done.ran == (*TABLE_STAGES, "publish")
    assert done.made == ()
    assert changed(small, files) == {"manifest.json"}


def test_new_library_of_pages_runs_publishing_only(
    two: Built2, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, files = two
    version = keys._version
    monkeypatch.setattr(keys, "_version", lambda n: "99" if n == "folium" else version(n))
    assert rebuilt(small).ran == ("publish",)
    assert changed(small, files) == {"manifest.json"}
    assert '"folium": "99"' in (small.root / "maps/manifest.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("table", "ran"),
    [
        ("units", ("boundaries",)),
        ("features", ("layers",)),
        ("coverage", ("overlay",)),
        ("claims", ("analysis",)),
        ("issues-layers", ("layers",)),
    ],
)
def test_damaged_or_missing_table_is_made_again(
    two: Built2, table: str, ran: tuple[str, ...]
) -> None:
    small, files = two
    path = small.root / f"build/{table}.parquet"
    before = path.read_bytes()
    for damage in (before[:-1] + b"\0", None):
        path.unlink()
        if damage is not None:
            path.write_bytes(damage)
        assert rebuilt(small).ran == (*ran, "publish")
        assert path.read_bytes() == before
        assert hashes(small.root / "maps") == files


@pytest.mark.parametrize("name", ["works.html", "tables/coverage.csv", "manifest.json"])
@pytest.mark.parametrize("gone", [True, False])
def test_damaged_or_missing_output_is_made_again(two: Built2, name: str, *, gone: bool) -> None:
    small, files = two
    path = small.root / "maps" / name
    if gone:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    assert rebuilt(small).ran == ("publish",)
    assert hashes(small.root / "maps") == files


def test_maps_stay_where_the_build_folder_was_deleted(two: Built2) -> None:
    small, _ = two
    before = state(small.root / "maps")
    shutil.rmtree(small.root / "build")
    done = rebuilt(small)
    assert done.ran == (*TABLE_STAGES, "publish")
    assert done.made == ()
    kept = {name: mark[:3] for name, mark in state(small.root / "maps").items()}
    assert kept == {name: mark[:3] for name, mark in before.items()}


def test_maps_that_were_deleted_are_made_again_from_the_tables(two: Built2) -> None:
    small, files = two
    shutil.rmtree(small.root / "maps")
    assert rebuilt(small).ran == ("publish",)
    assert hashes(small.root / "maps") == files


def test_files_that_stay_are_not_written_again(two: Built2) -> None:
    small, _ = two
    before = state(small.root / "maps")
    edit(small, "layers/works/other.toml", 'title = { zh = "图层"', NOTE + 'title = { zh = "图层"')
    done = rebuilt(small)
    after = state(small.root / "maps")
    stayed = set(before) - {*done.made, "manifest.json", ".", "tables", "data"}
    assert "zones.html" in stayed
    assert all(before[name][:3] == after[name][:3] for name in stayed)


def test_files_that_stay_are_copied_where_there_are_no_links(
    two: Built2, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, files = two

    def refuse(*_: object) -> None:
        raise OSError(1, "not permitted")

    monkeypatch.setattr(os, "link", refuse)
    edit(small, "geoplan.toml", "scope", "# a comment\nscope")
    before = (small.root / "maps/zones.html").stat().st_mtime_ns
    rebuilt(small)
    assert changed(small, files) == {"manifest.json"}
    assert (small.root / "maps/zones.html").stat().st_mtime_ns == before


def test_moved_and_copied_projects_have_nothing_to_do(two: Built2, tmp_path: Path) -> None:
    small, files = two
    moved = SmallProject(small.root.rename(tmp_path / "搬走 moved"))
    assert rebuilt(moved).ran == ()
    copy = SmallProject(Path(shutil.copytree(moved.root, tmp_path / "copy")))
    assert rebuilt(copy).ran == ()
    assert hashes(copy.root / "maps") == files


def test_a_theme_that_goes_takes_its_page_with_it(two: Built2) -> None:
    small, files = two
    (small.root / "layers/works/other.toml").unlink()
    done = rebuilt(small)
    assert done.removed == ("matrix.html", "print/works.svg", "works.html")
    assert "works.html" in changed(small, files)
    assert not (small.root / "maps/works.html").exists()


def test_force_runs_everything_and_gives_the_same_bytes(two: Built2) -> None:
    small, files = two
    done = rebuilt(small, force=True)
    assert done.ran == (*TABLE_STAGES, "publish")
    assert done.made == ()
    assert hashes(small.root / "maps") == files


def test_many_small_builds_end_where_one_large_one_does(
    two: Built2, project_folder: Project
) -> None:
    small, _ = two
    small.write_layer(slot(), name="redline")
    rebuilt(small)
    small.write_shapes([box(0.2, 0.2, 0.8, 0.8)])
    rebuilt(small)
    edit(small, "layers/works/other.toml", '"东山"', '"西山"')
    rebuilt(small)
    small.write_shapes([box(0.2, 0.2, 1.8, 0.8)])
    rebuilt(small)
    small.write_layer(layer("third", feature("g", members=["口镇"])), name="third", theme="zones")
    edit(small, "layers/zones/third.toml", '"口镇"', '"西山"')
    rebuilt(small)
    edit(small, "geoplan.toml", "scope", 'compiled_by = "院"\nscope')
    rebuilt(small)
    cold = project_folder("cold")
    for name in ("layers", "geoplan.toml"):
        target = cold.root / name
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        source = small.root / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    rebuilt(cold)
    assert hashes(small.root / "maps") == hashes(cold.root / "maps")


@pytest.mark.parametrize("stage", ["boundaries", "layers", "overlay"])
def test_input_that_changes_during_a_stage_stops_the_build(
    two: Built2, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    small, files = two
    edit(small, "layers/works/other.toml", '"东山"', '"西山"')
    touched = "layers/zones/zones.toml"

    def hear(kind: str, facts: dict[str, object]) -> None:
        if kind == "ran" and facts["stage"] == stage:
            with (small.root / touched).open("a", encoding="utf-8") as file:
                file.write("# later\n")

    run = Run(on_event=hear, force=True)
    with pytest.raises(StageError, match=f"{touched}: changed during the build; the old maps stay"):
        build(small.load(), run)
    assert hashes(small.root / "maps") == files
    assert rebuilt(small).published


def test_input_that_changes_while_a_stage_reads_it_stops_the_stage(
    two: Built2, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, files = two
    from geoplan.build import stages

    read = stages.build_layers

    def slow(*args: object, **named: object) -> object:
        made = read(*args, **named)  # type: ignore[arg-type]
        with (small.root / "layers/zones/zones.toml").open("a", encoding="utf-8") as file:
            file.write("# later\n")
        return made

    monkeypatch.setattr(stages, "build_layers", slow)
    message = r"1 file\(s\) were written, layers/zones/zones\.toml, while stage 'layers' read"
    with pytest.raises(StageError, match=message):
        rebuilt(small, force=True)
    assert hashes(small.root / "maps") == files


def test_another_build_that_was_quicker_leaves_nothing_to_do(
    two: Built2, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, _ = two
    edit(small, "geoplan.toml", "scope", "# a comment\nscope")
    look, calls = rebuild.review, list[object]()

    def first_is_stale(project: Config, **known: Any) -> object:
        calls.append(known)
        found = look(project, **known)
        if len(calls) == 1:
            rebuilt(small)
        return found

    monkeypatch.setattr(rebuild, "review", first_is_stale)
    assert build(small.load()).ran == ()


def test_changes_of_the_last_build_are_noted(two: Built2) -> None:
    small, _ = two
    edit(small, "layers/works/other.toml", '"东山"', '"东山", "西山"')
    rebuilt(small)
    noted = json.loads((small.root / "build/changes.json").read_text("utf-8"))
    assert [part["part"] for part in noted["parts"]] == ["file layers/works/other.toml"]
    assert noted["rows"]["memberships"][1] == noted["rows"]["memberships"][0] + 1
    assert all(reasons for reasons in noted["made"].values())
    assert "zones.html" not in noted["made"]
    assert str(small.root) not in json.dumps(noted)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_layers_that_links_lead_to_are_inputs(two: Built2, tmp_path: Path) -> None:
    small, _ = two
    (small.root / "layers/works").rename(tmp_path / "shared")
    (small.root / "layers/works").symlink_to(tmp_path / "shared", target_is_directory=True)
    with pytest.raises(ConfigError, match="works: is a link that leads out of the project"):
        rebuilt(small)
    with (small.root / "geoplan.toml").open("a", encoding="utf-8") as file:
        file.write(f'allow_outside = ["{tmp_path.as_posix()}/shared"]\n')
    assert rebuilt(small).ran == ("publish",)  # which names the files that it was made from
    edit(small, "layers/works/other.toml", '"东山"', '"西山"')
    assert "works.html" in rebuilt(small).made
    inputs = json.loads((small.root / "maps/manifest.json").read_text("utf-8"))["inputs"]
    assert "layers/works/other.toml" in inputs


def test_every_file_that_the_stages_open_is_an_input(two: Built2) -> None:
    small, _ = two
    small.write_layer(slot(), name="redline")
    small.write_shapes([box(0.2, 0.2, 0.8, 0.8)], name="layers/works/shapes.parquet")
    script = (
        "import sys\nfrom pathlib import Path\nroot = Path(sys.argv[1])\nopened = set()\n"
        "def hook(event, args):\n"
        "    if event == 'open' and isinstance(args[0], (str, bytes)):\n"
        "        opened.add(str(args[0]))\n"
        "sys.addaudithook(hook)\n"
        "from geoplan.build import run_stages\nfrom geoplan.config import load\n"
        "run_stages(load(root), ['boundaries', 'layers'])\n"
        "print('\\n'.join(sorted(p for p in opened if p.startswith(str(root)))))"
    )
    words = [sys.executable, "-c", script, str(small.root)]
    told = subprocess.run(words, capture_output=True, check=True, encoding="utf-8").stdout
    paths = {Path(line).relative_to(small.root).as_posix() for line in told.splitlines()}
    read = {
        path
        for path in paths
        if not path.startswith(("build/", "maps/")) and "." in Path(path).name
    }
    assert "layers/works/redline.toml" in read
    known = set(keys.inputs(small.load(), "layers", hashes=Hashes(small.root)))
    assert read <= known


def test_one_stage_alone_does_not_claim_newer_inputs(two: Built2) -> None:
    small, files = two
    edit(small, "layers/works/other.toml", '"东山"', '"西山"')
    run_stages(small.load(), ["publish"])
    assert hashes(small.root / "maps") == files
    assert "works.html" in plan(small.load()).outputs
    assert "works.html" in rebuilt(small).made


def test_inputs_are_read_once_a_build(two: Built2, monkeypatch: pytest.MonkeyPatch) -> None:
    small, _ = two
    edit(small, "layers/works/other.toml", '"东山"', '"西山"')
    old = (small.root / "layers/works/other.toml").stat().st_mtime - 100
    os.utime(small.root / "layers/works/other.toml", (old, old))
    from geoplan.build import hashes as module

    monkeypatch.setattr(module, "_FINE_NS", -1_000_000_000)
    calls: list[Path] = []
    read = module.file_hash

    def counted(path: Path) -> str:
        calls.append(path)
        return read(path)

    monkeypatch.setattr(module, "file_hash", counted)
    rebuilt(small)
    assert [path.name for path in calls].count("other.toml") == 1


def test_force_replaces_results_that_are_kept(two: Built2) -> None:
    small, _ = two
    kept = sorted((small.root / "build/kept/overlay").glob("*.parquet"))
    assert kept
    before = kept[0].stat().st_mtime_ns
    rebuilt(small, force=True)
    assert kept[0].stat().st_mtime_ns > before


def test_input_that_changes_and_changes_back_stops_the_stage(
    two: Built2, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, _ = two
    from geoplan.build import stages

    read, path = stages.build_layers, small.root / "layers/zones/zones.toml"
    text = path.read_bytes()

    def disturbed(*args: Any, **named: Any) -> Any:
        path.write_bytes(text.replace("图层".encode(), "错层".encode()))
        made = read(*args, **named)
        path.write_bytes(text)
        return made

    edit(small, "layers/works/other.toml", '"东山"', '"西山"')
    monkeypatch.setattr(stages, "build_layers", disturbed)
    with pytest.raises(StageError, match=r"layers/zones/zones\.toml, while stage 'layers' read"):
        rebuilt(small)
    monkeypatch.undo()
    assert "zones.html" not in rebuilt(small).made


def test_other_tables_than_the_book_knows_make_any_file_stale(two: Built2) -> None:
    small, _ = two
    shutil.copytree(small.root / "build", small.root / "old")
    edit(small, "layers/works/other.toml", '"东山"', '"西山"')
    rebuilt(small)
    shutil.rmtree(small.root / "build")
    (small.root / "old").rename(small.root / "build")
    stale = set(plan(small.load()).outputs)
    assert set(hashes(small.root / "maps")) <= stale
    rebuilt(small)
    assert rebuilt(small).ran == ()


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_that_are_no_text_are_told(two: Built2) -> None:
    small, files = two
    name = os.fsencode(small.root / "layers/works") + b"/b\xff.toml"
    Path(os.fsdecode(name)).write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=r"1 file\(s\) have names that are not UTF-8, such as"):
        rebuilt(small)
    assert hashes(small.root / "maps") == files


@pytest.mark.skipif(os.name == "nt", reason="no pipes")
def test_a_pipe_among_the_layers_is_told(two: Built2) -> None:
    small, files = two
    os.mkfifo(small.root / "layers/works/z.toml")
    edit(small, "layers/works/other.toml", '"东山"', '"西山"')
    with pytest.raises(DataError, match=r"z\.toml: is no file but a pipe or device"):
        rebuilt(small)
    assert hashes(small.root / "maps") == files


def test_an_edit_of_rules_runs_layers_and_analysis_only(two: Built2) -> None:
    small, _ = two
    mine = feature("f", "within", class_="mine", members=["东山"])
    small.write_layer(layer("other", mine, theme="works"))
    rebuilt(small)
    rule = """[[rule]]
id = "zones"
title = { zh = "甲", en = "A" }
a = ["other/f"]
b = ["zone_a"]
grade = "coordinate"
reason = { zh = "甲", en = "A" }
source = { document = "plan-a", section = "一", lines = [7] }
"""
    small.write("layers/rules.toml", rule)
    done = rebuilt(small)
    assert done.ran == ("layers", "analysis", "publish")
    assert {"matters.html", "tables/conflicts.csv", "tables/rules.csv"} <= set(done.made)
    # Words of a rule are only shown: nothing is found anew.
    edit(small, "layers/rules.toml", 'reason = { zh = "甲"', 'reason = { zh = "乙"')
    done = rebuilt(small)
    assert done.ran == ("layers", "publish")
    assert "matters.html" in done.made
    assert "tables/conflicts.csv" not in done.made
