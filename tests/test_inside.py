"""Links below folders of data lead to nothing outside of the project, unless a person allows it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import shapely

from geoplan.build import layer_inputs
from geoplan.build.keys import input_files
from geoplan.config import shipped
from geoplan.errors import ConfigError, LayerError
from geoplan.inside import Walls, first_outside
from tests.small import CONFIG, SmallProject, slot

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights there")

HALF = shapely.box(0.2, 0.2, 0.8, 0.8)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that belongs to somebody else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "secret.toml").write_text("secret", encoding="utf-8")
    return folder


def configure(small: SmallProject, text: str) -> None:
    small.write("geoplan.toml", CONFIG + text)


@pytest.mark.parametrize(
    "place", ["layers/zones/x.toml", "layers/documents.toml", "layers/zones/a.gdb/b.table"]
)
def test_a_link_to_a_file_elsewhere(small: SmallProject, elsewhere: Path, place: str) -> None:
    link = small.root / place
    link.parent.mkdir(exist_ok=True, parents=True)
    link.unlink(missing_ok=True)
    link.symlink_to(elsewhere / "secret.toml")
    with pytest.raises(ConfigError) as caught:
        small.load().layer_folders()
    assert caught.value.code == "usage.link_outside"
    assert f"{link}: is a link that leads out of the project, to {elsewhere}/secret.toml" in str(
        caught.value
    )
    assert f'allow_outside = ["{elsewhere.as_posix()}"]' in str(caught.value)
    for read in (layer_inputs, lambda p: input_files(p, "layers")):
        with pytest.raises(ConfigError, match="leads out of the project"):
            read(small.load())


@pytest.mark.parametrize(
    "place", ["layers/zones/tiles", "data/reference/tiles", "data/boundaries/more"]
)
def test_a_link_to_a_folder_elsewhere(small: SmallProject, elsewhere: Path, place: str) -> None:
    (small.root / place).parent.mkdir(exist_ok=True, parents=True)
    (small.root / place).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(ConfigError, match="leads out of the project"):
        input_files(small.load(), "layers")
    configure(small, f'allow_outside = ["{elsewhere.as_posix()}"]\n')
    assert input_files(small.load(), "layers")


def test_what_a_person_allows_is_judged_by_where_it_is(
    small: SmallProject, elsewhere: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/way").symlink_to(elsewhere)
    (small.root / "layers/zones/x.toml").symlink_to(elsewhere / "secret.toml")
    # A folder in which only a link leads there allows nothing; the link itself does.
    configure(small, f'allow_outside = ["{tmp_path / "mine"}"]\n')
    with pytest.raises(ConfigError, match="leads out of the project"):
        small.load().layer_folders()
    configure(small, f'allow_outside = ["{tmp_path / "mine" / "way"}"]\n')
    assert small.load().layer_folders()
    # Nor is a name enough that only begins alike.
    configure(small, f'allow_outside = ["{str(elsewhere)[:-1]}"]\n')
    with pytest.raises(ConfigError, match="leads out of the project"):
        small.load().layer_folders()


def test_links_within_the_project(small: SmallProject) -> None:
    (small.root / "shared").mkdir()
    (small.root / "layers/zones").rename(small.root / "shared/zones")
    (small.root / "layers/zones").symlink_to("../shared/zones", target_is_directory=True)
    (small.root / "layers/again").symlink_to(small.root / "layers", target_is_directory=True)
    (small.root / "layers/gone").symlink_to(small.root / "nothing")
    (small.root / "layers/itself").symlink_to("itself")
    assert small.load().layer_folders() == [small.root / "layers"]
    # One link after the other.
    (small.root / "shared/zones/b").symlink_to("/")
    with pytest.raises(ConfigError, match="leads out of the project, to /;"):
        small.load().layer_folders()


def test_what_geoplan_toml_names_may_lie_anywhere(small: SmallProject, elsewhere: Path) -> None:
    path = small.write_shapes([HALF], name="own/red.shp")
    path.parent.rename(elsewhere / "own")
    configure(small, f'documents = "{elsewhere}"\n[sources]\nredline = "{elsewhere}/own/red.shp"\n')
    project = small.load()
    assert project.documents_folder == elsewhere
    assert project.sources() == {"redline": f"{elsewhere}/own/red.shp"}
    # A person may name a link; the file behind it is meant.
    (small.root / "mine.shp").symlink_to(elsewhere / "own/red.shp")
    configure(small, '[sources]\nredline = "mine.shp"\n')
    assert small.load().sources()


def test_a_part_of_a_source_that_is_a_link(small: SmallProject, elsewhere: Path) -> None:
    path = small.write_shapes([HALF], name="own/red.shp")
    table = path.with_suffix(".dbf")
    table.rename(elsewhere / "other.dbf")
    table.symlink_to(elsewhere / "other.dbf")
    path.with_name("green.dbf").symlink_to(elsewhere / "other.dbf")  # is none of its parts
    configure(small, '[sources]\nredline = "own/red.shp"\n')
    with pytest.raises(ConfigError, match=r"red\.dbf: is a link that leads out of the project"):
        small.load().sources()
    table.unlink()
    table.symlink_to("parts.dbf")
    (elsewhere / "other.dbf").rename(table.with_name("parts.dbf"))
    assert small.load().sources()


def test_documents_that_are_links(small: SmallProject, elsewhere: Path) -> None:
    (small.root / "texts").mkdir()
    (small.root / "texts/plan.md").symlink_to(elsewhere / "secret.toml")
    configure(small, 'documents = "texts"\n')
    with pytest.raises(ConfigError, match=r"plan\.md: is a link that leads out"):
        _ = small.load().documents_folder


@pytest.mark.parametrize("path", ["../secret.toml", "/etc/passwd", "a/b.shp", "..", "C:x.shp"])
def test_a_layer_names_only_what_lies_beside_it(small: SmallProject, path: str) -> None:
    small.write_layer(slot(path=path))
    with pytest.raises(LayerError, match="path is relative to the layer file"):
        small.layers()


def test_the_shipped_project_has_no_links_outside() -> None:
    for folder in ("layers", "data"):
        assert first_outside(shipped() / folder, (shipped(),)) is None


def test_folders_that_are_not_there_or_cannot_be_read(tmp_path: Path) -> None:
    walls = Walls(tmp_path / "geoplan.toml", ())
    assert walls.checked(tmp_path / "none") == tmp_path / "none"
    (tmp_path / "a.shp").touch()
    assert walls.checked(tmp_path / "a.shp") == tmp_path / "a.shp"
    assert first_outside(tmp_path / "none.shp", ()) is None
