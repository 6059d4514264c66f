"""Builds: whole or not at all, the same bytes again, and errors that leave old maps alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from filelock import FileLock

import geopandas as gpd

from geoplan.build import (
    STAGES,
    Run,
    build,
    list_units,
    publishing,
    read_tables,
    run_stages,
    summary,
)
from geoplan.build.book import Book
from geoplan.config import load
from geoplan.errors import (
    ConfigError,
    DataError,
    StageError,
    UnitError,
    UsageError,
)
from tests.small import SmallProject, box, feature, hashes, layer, leftovers, slot

Project = Callable[..., SmallProject]
Built = tuple[SmallProject, dict[str, str]]


def tables_of(small: SmallProject) -> dict[str, str]:
    """Return the hashes of the tables of a project."""
    found = hashes(small.root / "build")
    return {k: v for k, v in found.items() if k.endswith(".parquet") and "/" not in k}


def test_build_publishes_maps_and_tables(published: Built) -> None:
    small, files = published
    assert {"index.html", "overview.html", "manifest.json", "README.md"} <= set(files)
    assert {f"tables/{name}.csv" for name in ("coverage", "overlaps", "claims")} <= set(files)
    assert leftovers(small) == []


def test_manifest_names_inputs_versions_and_outputs_without_paths(
    published: Built,
) -> None:
    small, files = published
    text = (small.root / "maps/manifest.json").read_text("utf-8")
    manifest = json.loads(text)
    outputs = {name: about["sha256"] for name, about in manifest["outputs"].items()}
    assert outputs == {k: v for k, v in files.items() if k != "manifest.json"}
    assert {about["sensitivity"] for about in manifest["outputs"].values()} == {"internal"}
    assert all(len(about["key"]) == 64 for about in manifest["outputs"].values())
    names = {"geoplan.toml", "data/boundaries/counties.parquet", "layers/zones/zones.toml"}
    assert names <= set(manifest["inputs"])
    assert {"geoplan", "geopandas", "folium"} <= set(manifest["versions"])
    assert set(manifest["keys"]) == set(STAGES[:-1])
    assert str(small.root) not in text


def test_second_build_gives_the_same_bytes_in_another_folder(
    built: Built,
) -> None:
    small, files = built
    tables = tables_of(small)
    assert build(small.load(), Run(workers=1, force=True)).made == ()
    assert tables_of(small) == tables
    assert hashes(small.root / "maps") == files


def test_file_in_a_slot_is_an_input_of_the_manifest(
    built: Built,
) -> None:
    small, _ = built
    small.write_layer(slot())
    small.write_shapes([box(0, 0, 1, 1)], name="layers/works/shapes.gdb")
    build(small.load())
    inputs = json.loads((small.root / "maps/manifest.json").read_text("utf-8"))["inputs"]
    assert any(name.startswith("layers/works/shapes.gdb/") for name in inputs)


def test_file_of_sources_is_an_input_of_the_manifest(
    built: Built,
) -> None:
    small, _ = built
    small.write_layer(slot())
    path = small.write_shapes([box(0, 0, 1, 1)], name="own/shapes.gpkg")
    with (small.root / "geoplan.toml").open("a", encoding="utf-8") as file:
        file.write('[sources]\nredline = "own/shapes.gpkg"\n')
    build(small.load())
    inputs = json.loads((small.root / "maps/manifest.json").read_text("utf-8"))["inputs"]
    assert inputs["sources/redline/shapes.gpkg"] == sha256(path.read_bytes()).hexdigest()


def test_crash_in_the_middle_of_publishing_keeps_the_old_maps(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, files = built

    write, calls = publishing.write_flushed, list[Path]()

    def crash(path: Path, content: bytes) -> None:
        calls.append(path)
        if len(calls) < 3:
            write(path, content)
            return
        write(path, content[:99])
        raise OSError(28, "No space left on device", str(path))

    small.write_layer(layer("other", feature("f", members=["东山"])))
    monkeypatch.setattr(publishing, "write_flushed", crash)
    with pytest.raises(StageError, match=r"cannot be written: No space left .* old maps stay"):
        build(small.load())
    assert len(calls) == 3
    assert hashes(small.root / "maps") == files
    assert leftovers(small) == []


def test_build_killed_between_two_renames_is_put_right_by_the_next(
    built: Built,
) -> None:
    small, files = built
    (small.root / "maps").rename(small.root / ".maps.old")
    (small.root / f".maps.{'1234' * 8}.new").mkdir()
    run_stages(small.load(), ["boundaries"])
    assert hashes(small.root / "maps") == files


def test_maps_folder_with_foreign_files_is_refused(small: SmallProject) -> None:
    path = small.write("maps/notes.docx", "mine")
    with pytest.raises(ConfigError, match=r"holds 1 file.* that geoplan did not publish") as fault:
        build(small.load())
    assert fault.value.exit_code == 2
    assert path.read_text("utf-8") == "mine"
    assert not (small.root / "build/units.parquet").exists()


def test_two_builds_at_once_are_refused(small: SmallProject) -> None:
    (small.root / "build").mkdir()
    with (
        FileLock(small.root / "build/.lock", is_singleton=False),
        pytest.raises(UsageError, match="another build is running in this project"),
    ):
        build(small.load())
    assert not (small.root / "maps").exists()


def test_lock_is_free_again_after_a_build_that_failed(small: SmallProject) -> None:
    with pytest.raises(DataError):
        run_stages(small.load(), ["analysis"])
    run_stages(small.load(), ["boundaries"])
    assert (small.root / "build/units.parquet").exists()


@pytest.mark.parametrize(
    ("stage", "needed"),
    [
        ("layers", "boundaries"),
        ("overlay", "boundaries"),
        ("analysis", "boundaries"),
    ],
)
def test_stage_without_earlier_ones_says_which_to_run(
    small: SmallProject, stage: str, needed: str
) -> None:
    with pytest.raises(DataError, match=f"no such table; run `geoplan run {needed}` first"):
        run_stages(small.load(), [stage])


def test_stage_after_the_first_alone_names_the_next(small: SmallProject) -> None:
    run_stages(small.load(), ["boundaries"])
    with pytest.raises(DataError, match="run `geoplan run layers` first"):
        run_stages(small.load(), ["overlay"])


def test_unknown_stage_and_scheduler(small: SmallProject) -> None:
    with pytest.raises(UsageError, match=f"stage 'paint' is not known; there are: {STAGES[0]}"):
        run_stages(small.load(), ["boundaries", "paint"])
    assert not (small.root / "build").exists()
    with pytest.raises(UsageError, match="scheduler 'dragons' is not known"):
        run_stages(small.load(), STAGES, Run(scheduler="dragons"))


def configure(small: SmallProject, text: str) -> None:
    path = small.root / "geoplan.toml"
    path.write_text(path.read_text("utf-8") + text, encoding="utf-8")


def test_public_maps_need_a_review_number(small: SmallProject) -> None:
    configure(small, 'audience = "public"\n')
    with pytest.raises(ConfigError, match='audience = "public" needs review_number'):
        build(small.load())


@pytest.mark.parametrize("sensitivity", ["internal", "secret"])
def test_public_maps_of_data_that_is_not_public_are_refused(
    small: SmallProject, sensitivity: str
) -> None:
    configure(small, 'audience = "public"\nreview_number = "试S(2020)001号"\n')
    small.write_layer(layer("other", feature("f", members=["东山"]), sensitivity=sensitivity))
    with pytest.raises(ConfigError, match=f"are not public: other .{sensitivity}."):
        build(small.load())
    assert not (small.root / "maps").exists()


def test_public_maps_of_public_data_are_made(small: SmallProject) -> None:
    configure(small, 'audience = "public"\nreview_number = "试S(2020)001号"\n')
    assert build(small.load()).published
    assert "试S(2020)001号" in (small.root / "maps/overview.html").read_text("utf-8")


def test_stages_are_told_in_order(small: SmallProject) -> None:
    told: list[str] = []

    def hear(kind: str, facts: dict[str, object]) -> None:
        if kind == "stage":
            told.append(str(facts["stage"]))

    run_stages(small.load(), STAGES[:-1], run=Run(on_event=hear))
    assert told == list(STAGES[:-1])


def test_stages_one_by_one_give_the_tables_of_all_at_once(
    project_folder: Project,
) -> None:
    one, two = project_folder("one"), project_folder("two")
    run_stages(one.load(), STAGES[:-1])
    for stage in STAGES[:-1]:
        run_stages(two.load(), [stage])
    assert tables_of(one) == tables_of(two)


def test_stages_add_rows_to_issues_and_keep_those_of_others(small: SmallProject) -> None:
    small.write_layer(layer("other", feature("f", members=["东山县"])))
    run_stages(small.load(), STAGES[:-1])
    run_stages(small.load(), ["layers"])
    issues = read_tables(small.load(), ["issues"])["issues"]
    assert list(issues["check"]) == ["former_name"]


@pytest.mark.parametrize(
    ("text", "day"), [("", "2020-06-30"), ('as_of = "2018-01-01"\n', "2018-01-01")]
)
def test_day_of_judgement(small: SmallProject, text: str, day: str) -> None:
    configure(small, text)
    run_stages(small.load(), ["boundaries", "layers"])
    assert Book(small.root / "build").facts("layers")["as_of"] == day


def test_project_that_shows_one_city_of_the_shipped_plans(tmp_path: Path) -> None:
    config = 'title = { zh = "甲", en = "A" }\nscope = "140700"\n'
    (tmp_path / "geoplan.toml").write_text(config, encoding="utf-8")
    project = load(tmp_path)
    run_stages(project, STAGES[:-1])
    tables = read_tables(project, ["units", "coverage", "claims"])
    assert len(tables["units"]) == 12
    states = tables["coverage"].groupby("layer")["state"].agg(set)
    assert "out_of_scope" not in set().union(*states)
    assert "inconsistent" not in set(tables["claims"]["status"])


@pytest.mark.parametrize(
    ("name", "codes"),
    [("东山", ["910101"]), ("东山县", ["910101"]), ("二山", ["910101", "910102"])],
)
def test_units_that_a_name_stands_for(small: SmallProject, name: str, codes: list[str]) -> None:
    table = list_units(small.load(), name)
    assert list(table["adcode"]) == codes
    assert table["area_km2"].tolist() == pytest.approx([100.0] * len(codes))


def test_all_units_and_unknown_ones(small: SmallProject) -> None:
    assert len(list_units(small.load())) == 9
    with pytest.raises(UnitError, match="'东仙' is no unit or group"):
        list_units(small.load(), "东仙")


def test_tables_of_different_inputs_are_not_published_together(built: Built) -> None:
    small, files = built
    small.write_layer(layer("other", feature("f", members=["东山"])))
    run_stages(small.load(), ["layers"])
    with pytest.raises(DataError, match=r"tables of stage 'overlay' were made of other inputs"):
        run_stages(small.load(), ["publish"])
    assert hashes(small.root / "maps") == files
    run_stages(small.load(), ["overlay", "analysis", "publish"])
    assert hashes(small.root / "maps") != files


def test_layers_that_ran_on_old_boundaries_run_again(built: Built) -> None:
    small, _ = built
    table = small.root / "data/boundaries/counties.parquet"
    counties = gpd.read_parquet(table)
    corner = counties.geometry[0].boundary.interpolate(0).buffer(0.01)
    counties.loc[0, "geometry"] = counties.geometry[0].difference(corner)
    counties.to_parquet(table)
    run_stages(small.load(), ["layers"])
    assert {"boundaries", "layers"} <= set(build(small.load()).ran)
    assert build(small.load()).ran == ()


def test_linked_maps_folder_keeps_its_link(built: Built) -> None:
    small, files = built
    maps = small.root / "maps"
    maps.rename(small.root / "真")
    maps.symlink_to(small.root / "真", target_is_directory=True)
    for _ in range(2):
        run_stages(small.load(), ["publish"])
        assert maps.is_symlink()
        assert hashes(small.root / "真") == files


@pytest.mark.parametrize("name", [".", "..", "/", "layers", "layers/zones", "data", "a\\u0000"])
@pytest.mark.parametrize("key", ["build", "maps"])
def test_output_folders_are_of_their_own(small: SmallProject, key: str, name: str) -> None:
    configure(small, f'{key} = "{name}"\n')
    with pytest.raises(ConfigError, match=r"geoplan\.toml: (build|maps) = "):
        build(small.load())
    assert not (small.root / "units.parquet").exists()


def test_tables_and_maps_do_not_share_a_folder(small: SmallProject) -> None:
    configure(small, 'maps = "out"\nbuild = "out"\n')
    with pytest.raises(ConfigError, match="must be a folder of its own"):
        build(small.load())


def test_runs_that_no_scheduler_understands_are_refused(small: SmallProject) -> None:
    with pytest.raises(UsageError, match="workers = 0: at least 1"):
        Run(workers=0)
    with pytest.raises(UsageError, match="scheduler 'cloud' is not known"):
        Run("cloud")
    with pytest.raises(UsageError, match="give a list such as"):
        run_stages(small.load(), "layers")


def test_summary_counts_issues_and_what_was_left_out(built: Built) -> None:
    small, _ = built
    before = summary(small.load())
    small.write_layer(slot())
    small.write_shapes([box(0, 0, 1, 1), box(-1, 0, 0, 1)])
    run_stages(small.load(), ["layers"])
    after = summary(small.load())
    assert after["warning"] == before["warning"] + 1
    assert after["dropped_km2"] - before["dropped_km2"] == pytest.approx(100, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('scope = "999999"', "scope: 999999 is no unit"),
        ('scope = "910101"', "scope: 910101 is a county"),
        ('focus = ["910101"]', "focus: 910101 is a county"),
        (
            'scope = "910200"\nfocus = ["910100"]',
            "focus: 910100, .*, lies outside the scope 910200",
        ),
    ],
)
def test_maps_show_provinces_and_cities(small: SmallProject, text: str, message: str) -> None:
    title = 'title = { zh = "甲", en = "A" }\n'
    scope = "" if "scope" in text else 'scope = "910000"\n'
    (small.root / "geoplan.toml").write_text(title + scope + text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        build(small.load())
    assert not (small.root / "build/units.parquet").exists()
