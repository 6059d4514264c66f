"""Mappings as files: the shipped ones, a project's own, and all their faults at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan import mappings
from geoplan.config import load
from geoplan.errors import ConfigError

SMALL = """code = "ABC"
title = { zh = "甲", en = "A" }
layer = "abc"
theme = { id = "works", title = { zh = "工程", en = "Works" } }
class = "a"
[[draws]]
id = "a"
title = { zh = "甲", en = "A" }
colour = "#102030"
[[dialect]]
id = "one"
title = { zh = "一", en = "One" }
source = { title = { zh = "自编", en = "Our own" } }
[[dialect.field]]
name = "BSM"
title = { zh = "标识码", en = "Identifier" }
type = "text"
required = true
"""


def write(folder: Path, text: str, name: str = "abc") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_shipped_mapping_says_where_it_comes_from() -> None:
    shipped = mappings.shipped_mappings()
    assert list(shipped) == ["CZKFBJ", "DLTB", "STBHHX", "XZQ", "YJJBNT"]
    for mapping in shipped.values():
        assert all(dialect.source.unverified for dialect in mapping.dialect)
        for dialect in mapping.dialect:
            assert dialect.of("id") is not None
            assert dialect.of("area") is not None
    assert shipped["YJJBNT"].aliases == ("YJJBNTTB", "YJJBNTBHTB")
    assert len(shipped["STBHHX"].dialect) == 2


def test_codes_of_the_third_survey() -> None:
    codes = mappings.shipped_mappings()["DLTB"].by_value
    assert len(codes) == 69
    assert codes["0103"].title.zh == "旱地"
    # A code with a letter behind belongs to the class of the code before it.
    for value, code in codes.items():
        parent = codes.get(value[:4])
        if parent is not None:
            assert code.class_ == parent.class_


def test_a_projects_own_mapping_adds_and_replaces(tmp_path: Path) -> None:
    project = load(tmp_path)
    own = tmp_path / "data/mappings"
    own.mkdir(parents=True)
    write(own, SMALL)
    write(own, SMALL.replace('"ABC"', '"XZQ"').replace('"甲"', '"换"', 1), "xzq")
    found = mappings.read_mappings(project.mapping_folders())
    assert list(found) == ["ABC", "CZKFBJ", "DLTB", "STBHHX", "XZQ", "YJJBNT"]
    assert found["XZQ"].title.zh == "换"
    assert mappings.of("ABC", ["BSM"], known=found) is not None
    assert mappings.of("ABC", ["BSM"]) is None


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, SMALL.replace('class = "a"', 'class = "b"\ncolor = 1'))
    write(tmp_path, SMALL.replace('"text"', '"string"').replace('"BSM"', '"bsm"'), "def")
    write(tmp_path, "code = ", "ghi")
    with pytest.raises(ConfigError) as caught:
        mappings.read_mappings([tmp_path])
    text = str(caught.value)
    for said in (
        "abc.toml: 1 fault(s)",
        "unknown key 'color'. Did you mean colour",
        "def.toml: 2 fault(s)",
        "dialect 1, field 1, name",
        "dialect 1, field 1, type",
        "ghi.toml: not valid TOML",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('class = "a"', 'class = "b"', "class b is not among its draws"),
        ("required = true", "", "no field is required"),
        ("required = true", 'required = true\nrole = "area"', "units belong to fields"),
        ("required = true", 'required = true\nunits = ["m2"]', "units belong to fields"),
        ('id = "one"', 'id = "one"\ntelling = ["X"]', "telling names X, which is no field"),
        ('class = "a"', 'class = "a"\nmerged = true', "unknown key 'merged'. Did you mean merge"),
        ("[[draws]]", "[[codes]]\nvalue = '1'\ntitle = {zh='一', en='1'}\n[[draws]]", "together"),
    ],
)
def test_a_mapping_that_does_not_hold_together(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    write(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(ConfigError, match="fault"):
        mappings.read_mappings([tmp_path])
    with pytest.raises(ConfigError) as caught:
        mappings.read_mappings([tmp_path])
    assert message in str(caught.value)


def test_fields_that_a_shapefile_cannot_tell_apart(tmp_path: Path) -> None:
    field = SMALL[SMALL.index("[[dialect.field]]") :]
    two = [field.replace('"BSM"', f'"ABCDEFGHIJ{end}"') for end in "KL"]
    write(tmp_path, SMALL + "".join(two))
    with pytest.raises(ConfigError, match="as shapefiles cut them: ABCDEFGHIJ"):
        mappings.read_mappings([tmp_path])


def test_names_that_two_mappings_have(tmp_path: Path) -> None:
    write(tmp_path, SMALL.replace('layer = "abc"', 'layer = "abc"\naliases = ["DEF"]'))
    write(tmp_path, SMALL.replace('"ABC"', '"DEF"'), "def")
    with pytest.raises(ConfigError, match=r"def\.toml: DEF stands for ABC too"):
        mappings.read_mappings([tmp_path])


def test_one_code_in_two_files(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    write(tmp_path, SMALL, "def")
    with pytest.raises(ConfigError, match=r"def\.toml: code ABC stands in .*abc\.toml too"):
        mappings.read_mappings([tmp_path])


def test_codes_of_a_mapping_that_has_none(tmp_path: Path) -> None:
    write(tmp_path, SMALL.replace("required = true", 'required = true\ncodes = "ABC"'))
    with pytest.raises(ConfigError, match="codes are those of ABC, which is no mapping with codes"):
        mappings.read_mappings([tmp_path])
