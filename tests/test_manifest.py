"""Manifests: what is published, the same anywhere, and every byte that differs is named."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from geoplan import manifest
from geoplan.errors import DataError
from tests.small import write_manifest


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """Return a published folder."""
    folder = tmp_path / "maps"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "单位.csv").write_bytes(b"a,b\n")
    (folder / "index.html").write_bytes(b"")
    write_manifest(folder)
    return folder


def faults(folder: Path) -> list[tuple[str, str]]:
    """Return outputs and faults."""
    return [(fault["output"], fault["fault"]) for fault in manifest.verify(folder)]


def test_manifest(maps: Path) -> None:
    raw = (maps / "manifest.json").read_bytes()
    assert raw.endswith(b"}\n")
    assert b"\r" not in raw
    assert "单位" in raw.decode()
    assert str(maps) not in raw.decode()
    content = json.loads(raw)
    assert content["outputs"] == {
        "index.html": {
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        },
        "tables/单位.csv": {"sha256": sha256(b"a,b\n").hexdigest()},
    }


def test_manifest_does_not_depend_on_the_order_of_anything(tmp_path: Path) -> None:
    texts = []
    for i, order in enumerate((["a", "b"], ["b", "a"])):
        (tmp_path / str(i)).mkdir()
        outputs = {name: {"sha256": "0"} for name in order}
        texts.append(manifest.write(tmp_path / str(i), {"inputs": outputs}, outputs=outputs))
    assert texts[0] == texts[1]


def test_whole_folder_and_a_copy_of_it(maps: Path, tmp_path: Path) -> None:
    assert faults(maps) == []
    assert faults(Path(shutil.copytree(maps, tmp_path / "网站 copy"))) == []


def test_every_changed_byte_is_named(maps: Path) -> None:
    file = maps / "tables" / "单位.csv"
    file.write_bytes(b"a;b\n")
    (found,) = manifest.verify(maps)
    assert found == {
        "output": "tables/单位.csv",
        "fault": "changed",
        "expected": sha256(b"a,b\n").hexdigest(),
        "found": sha256(b"a;b\n").hexdigest(),
    }


def test_missing_and_unknown_files_are_named(maps: Path) -> None:
    (maps / "index.html").unlink()
    (maps / "index.htm").write_text("x", encoding="utf-8")
    (maps / "Thumbs.db").write_bytes(b"")
    assert faults(maps) == [("index.htm", "unknown"), ("index.html", "missing")]


def test_folder_in_the_place_of_a_file(maps: Path) -> None:
    (maps / "index.html").unlink()
    (maps / "index.html").mkdir()
    assert faults(maps) == [("index.html", "missing")]


def test_any_flipped_byte_of_the_manifest_itself(maps: Path) -> None:
    file = maps / "manifest.json"
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            found = faults(maps)
        except DataError:
            continue
        assert ("manifest.json", "changed") in found, place


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"outputs": 3}', '{"outputs": {"a": 1}}'])
def test_what_is_no_manifest_is_told(maps: Path, text: str) -> None:
    (maps / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"cannot be read as a manifest.*run `geoplan build`"):
        manifest.verify(maps)
    assert manifest.outputs_of(maps) == {}


def test_no_folder_and_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such folder; run `geoplan build`"):
        manifest.verify(tmp_path / "maps")
    with pytest.raises(DataError, match=r"manifest\.json: cannot be read"):
        manifest.verify(tmp_path)
    assert manifest.names(tmp_path) == set()


def test_names_of_an_older_manifest_are_known(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"outputs": {"a.html": "0"}}', encoding="utf-8")
    assert manifest.names(tmp_path) == {"manifest.json", "a.html"}
    assert manifest.outputs_of(tmp_path) == {}


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "..", ".", "", "a//b", "C:x", "a\\b"])
def test_names_that_lead_out_of_the_folder_are_no_outputs(maps: Path, name: str) -> None:
    manifest.write(maps, {}, outputs={name: {"sha256": "0"}})
    assert manifest.names(maps) == set()
    assert manifest.outputs_of(maps) == {}
    with pytest.raises(DataError, match="outputs has the name"):
        manifest.verify(maps)
