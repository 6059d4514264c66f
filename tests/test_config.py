"""geoplan.toml: found upward, checked as a whole, copied out by init."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan import config
from geoplan.config import FILE_NAME, init, load, shipped
from geoplan.errors import ConfigError, UsageError

MINIMAL = 'title = { zh = "图集", en = "Atlas" }\nscope = "140700"\n'


def write(folder: Path, text: str) -> Path:
    """Write the configuration of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def faults(folder: Path, text: str) -> str:
    """Return the message for a wrong configuration; it begins with the file."""
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load(folder)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    return message


def test_found_upward(tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    project = load(below)
    assert (project.root, project.file) == (tmp_path, path)
    assert project.config.scope == "140700"
    assert project.build_folder == tmp_path / "build"
    assert project.maps_folder == tmp_path / "maps"


def test_nearest_one_wins(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    write(tmp_path / "inner", MINIMAL.replace("140700", "140729"))
    assert load(tmp_path / "inner").config.scope == "140729"


def test_current_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, MINIMAL)
    monkeypatch.chdir(tmp_path)
    assert load().root == tmp_path


def test_without_a_file_the_shipped_one_holds(tmp_path: Path) -> None:
    project = load(tmp_path)
    assert project.root == tmp_path
    assert not project.file.exists()
    assert project.config == load(shipped()).config
    assert project.config.scope == "140000"
    assert project.folder("boundaries") == shipped() / "data" / "boundaries"
    assert project.folder("reference") == shipped() / "data" / "reference"
    assert project.layer_folders() == [shipped() / "layers"]


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no folder .*nowhere"):
        load(tmp_path / "nowhere")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    write(tmp_path, "\ufeff" + MINIMAL)
    assert load(tmp_path).config.scope == "140700"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('\nscop = "1"', "line 4: unknown key 'scop'. Did you mean scope"),
        ("[budgets]\npages = 1", "line 4: unknown key 'pages'. Did you mean page"),
        ("[colours]\nred = 1", "line 3: unknown key 'colours'"),
        ('focus = ["1407"]', "line 3: focus, value 1: "),
        ('focus = "140700"', "line 3: focus: "),
        ('as_of = "today"', "line 3: as_of: "),
        ("as_of = 2025-01-01", "line 3: as_of: "),
        ('audience = "everyone"', "line 3: audience: Input should be 'internal' or 'public'"),
        ('extend = "often"', "line 3: extend: "),
        ("[budgets]\npage = 0", "line 4: budgets.page: "),
        ("[sources]\nredline = 3", "line 4: sources.redline: "),
    ],
)
def test_wrong_key_or_value(tmp_path: Path, more: str, message: str) -> None:
    said = faults(tmp_path, MINIMAL + more + "\n")
    assert "1 fault(s)" in said
    assert message in said


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = 'title = { zh = "图集" }\nscope = 140700\n\nlayer = "x"\n[budgets]\npage = "big"\n'
    said = faults(tmp_path, text)
    assert "4 fault(s)" in said
    for part in (
        "line 1: title.en: Field required",
        "line 2: scope: ",
        "line 4: unknown key 'layer'. Did you mean layers",
        "line 6: budgets.page: ",
    ):
        assert part in said


def test_missing_keys(tmp_path: Path) -> None:
    said = faults(tmp_path, "")
    assert "title: Field required" in said
    assert "scope: Field required" in said


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    said = faults(tmp_path, MINIMAL + "focus = [\n")
    assert "not valid TOML" in said
    assert "line" in said or "end of document" in said
    assert "line 2" in faults(tmp_path, 'scope = "1"\nthis is no toml\n')


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(MINIMAL.encode("gbk"))
    with pytest.raises(ConfigError, match="cannot be read as UTF-8 text") as caught:
        load(tmp_path)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


def test_own_folders_come_first(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    for name in ("data/boundaries", "layers"):
        (tmp_path / name).mkdir(parents=True)
    project = load(tmp_path)
    assert project.folder("boundaries") == tmp_path / "data" / "boundaries"
    assert project.folder("reference") == shipped() / "data" / "reference"
    assert project.layer_folders() == [tmp_path / "layers"]


def test_own_layers_may_extend_the_shipped_ones(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL + "extend = true\n")
    (tmp_path / "layers").mkdir()
    assert load(tmp_path).layer_folders() == [shipped() / "layers", tmp_path / "layers"]


def test_shipped_layers_do_not_extend_themselves() -> None:
    project = load(shipped())
    extended = project.config.model_copy(update={"extend": True})
    again = config.Project(project.root, extended, project.file)
    assert again.layer_folders() == [shipped() / "layers"]


@pytest.mark.parametrize("key", ["boundaries", "reference"])
def test_a_named_folder_must_exist(tmp_path: Path, key: str) -> None:
    write(tmp_path, f'{MINIMAL}{key} = "mine"\n')
    folder = load(tmp_path).folder
    with pytest.raises(ConfigError, match=f"{key} = 'mine': there is no folder"):
        folder(key)  # type: ignore[arg-type]


def test_a_named_folder_of_layers_must_exist(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL + 'layers = "mine"\n')
    with pytest.raises(ConfigError, match="layers = 'mine': there is no folder"):
        load(tmp_path).layer_folders()


def test_configuration_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path).config.scope = "1"  # type: ignore[misc]


def test_init_copies_what_is_shipped(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "plans"
    assert init(folder) == [FILE_NAME, "data", "layers"]
    assert (folder / FILE_NAME).read_bytes() == (shipped() / FILE_NAME).read_bytes()
    for name in ("data", "layers"):
        copied = {p.relative_to(folder) for p in (folder / name).rglob("*") if p.is_file()}
        there = {p.relative_to(shipped()) for p in (shipped() / name).rglob("*") if p.is_file()}
        assert copied == {path for path in there if "__pycache__" not in path.parts}
    project = load(folder)
    assert project.folder("boundaries") == folder / "data" / "boundaries"


@pytest.mark.parametrize("name", [FILE_NAME, "data", "layers"])
def test_init_overwrites_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=f"{name} exist.*choose an empty folder"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text("utf-8") == "mine"
