"""The project that the soak edits, and moves that change what its layers and registries say."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from random import Random

from tests.small import SmallProject, box, claim, feature, layer, make_project, slot

NOTHING = "nothing to do"

_INDICATOR = """[[indicator]]
id = "gdp"
name = { zh = "产值", en = "Output" }
group = { zh = "经济", en = "Economy" }
measure = "100m_yuan"
readings = [
  { kind = "actual", year = "2015", printed = "8" },
  { kind = "target", year = "2020", printed = "9左右" },
]
section = "第二章"
lines = [9]
"""

_FINDING = """[[finding]]
id = "odd"
kind = "wording"
title = { zh = "题", en = "Title" }
detail = { zh = "详", en = "Detail" }
about = ["works-a/w1"]
[[finding.place]]
document = "plan-a"
section = "第一章"
lines = [7]
printed = ["要素"]
"""


def make_base(root: Path) -> SmallProject:
    """Make a small project with layers of most kinds, in two themes."""
    made = make_project(root)
    works = (
        feature("w1", class_="mine", members=["东山区"]),
        feature("w2", "statement", class_="mine"),
        feature("axis", "indicative", class_="line_work", axis=["东镇", "西镇"]),
        feature("strip", "indicative", class_="line_work", buffer_of="axis", buffer_km=2),
        claim("works-a/w1", 99.0),
        _INDICATOR,
    )
    places = feature("i1", "within", class_="zone_b", members=["西山县", "南水县"])
    road = 'waypoints = ["东山", { name = "外州" }, "南水县"]\n'
    passes = feature("r1", "passes", class_="line_work") + road
    halves = (("p1", "zone_a", "甲州市"), ("p2", "zone_b", "乙州市"))
    province = [feature(key, class_=class_, members=[name]) for key, class_, name in halves]
    made.write_layer(layer("works-a", *works, theme="works"), name="works-a")
    made.write_layer(layer("lists", places, passes, theme="works"), name="lists")
    text = layer("prov", *province, claim("prov/p1", 400.0), document="plan-p")
    made.write_layer(text, name="prov", theme="zones")
    made.write_layer(slot(), name="redline")
    made.write_shapes([box(0.5, 0.5, 2.5, 1.5)], name="layers/works/shapes.parquet")
    made.write("layers/findings.toml", _FINDING)
    return made


def layers(root: Path) -> list[Path]:
    """Return the layer files, of all themes."""
    return [path for path in sorted((root / "layers").glob("*/*.toml")) if path.is_file()]


def texts(root: Path) -> list[Path]:
    """Return layer files and registries."""
    return [*layers(root), *sorted((root / "layers").glob("*.toml"))]


def read(path: Path) -> str:
    """Return a text, also one that is broken."""
    return path.read_text("utf-8", "surrogateescape")


def write(random: Random, path: Path, text: str) -> None:
    """Write as editors do: in place or by a new file; sometimes the old time is set again."""
    before = path.stat()
    content = text.encode("utf-8", "surrogateescape")
    if random.random() < 0.3:
        new = path.with_name("new~")
        new.write_bytes(content)
        new.replace(path)
    else:
        path.write_bytes(content)
    if random.random() < 0.4:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(random: Random, path: Path, *, pattern: str, by: str) -> str:
    """Replace the first group of one of the places of a pattern."""
    text = read(path)
    found = list(re.finditer(pattern, text, re.M))
    if not found:
        return NOTHING
    one = random.choice(found)
    write(random, path, text[: one.start(1)] + by + text[one.end(1) :])
    return f"{path.name}: {one[1]!r} → {by!r}"


def _blocks(text: str) -> list[str]:
    """Return the head of a file and its tables of lists, one by one."""
    parts = re.split(r"^(?=\[\[\w+\]\])", text, flags=re.M)
    return [part if part.endswith("\n") else f"{part}\n" for part in parts]


def _ids(root: Path, table: str) -> list[str]:
    """Return ids that registries give to documents, themes or classes."""
    text = "".join(map(read, sorted((root / "layers").glob("*.toml"))))
    return re.findall(rf'^\[\[{table}\]\]\nid = "([\w-]+)"', text, re.M) or ["none"]


def one_of(random: Random, paths: list[Path], root: Path) -> Path:
    """Return one of the files; a layer of the base is put back where there is none."""
    if not paths:
        shutil.copytree(root.parent / "base/layers", root / "layers", dirs_exist_ok=True)
        paths = layers(root)
    return random.choice(paths)


def digit(random: Random, root: Path) -> str:
    """Change a digit: of a line, a year, an extent or a name."""
    path = one_of(random, texts(root), root)
    return _replaced(random, path, pattern=r"(\d)", by=str(random.randrange(10)))


def value(random: Random, root: Path) -> str:
    """Change a figure of a claim."""
    path = one_of(random, layers(root), root)
    by = str(random.randrange(1, 3000))
    return _replaced(random, path, pattern=r"^(?:value|buffer_km) = ([\d.]+)", by=by)


def words(random: Random, root: Path) -> str:
    """Put words before a text that people read."""
    path = one_of(random, texts(root), root)
    pattern = r'(?:zh|en|title|section|printed) = \[?"()'
    return _replaced(random, path, pattern=pattern, by=random.choice(("改", "<b>&amp;", "x ")))


def sensitivity(random: Random, root: Path) -> str:
    """Make a layer internal or public."""
    path = one_of(random, layers(root), root)
    said = random.choice(("internal", "public"))
    text = re.sub(r"^sensitivity = .*\n", "", read(path), flags=re.M)
    write(random, path, f'sensitivity = "{said}"\n{text}')
    return f"{path.name}: {said}"


def drop_block(random: Random, root: Path) -> str:
    """Take a feature, claim, class, document or finding out."""
    path = one_of(random, texts(root), root)
    blocks = _blocks(read(path))
    if len(blocks) < 3:
        return NOTHING
    gone = blocks.pop(random.randrange(1, len(blocks)))
    write(random, path, "".join(blocks))
    return f"{path.name}: without {gone[:60]!r}"


def swap_blocks(random: Random, root: Path) -> str:
    """Change the order of features, claims, classes or documents."""
    path = one_of(random, texts(root), root)
    head, *blocks = _blocks(read(path))
    random.shuffle(blocks)
    write(random, path, "".join((head, *blocks)))
    return path.name


def refer(random: Random, root: Path) -> str:
    """Give a layer another theme or document, or a feature another class."""
    path = one_of(random, layers(root), root)
    key = random.choice(("theme", "document", "class"))
    by = random.choice(_ids(root, key))
    return _replaced(random, path, pattern=rf'^{key} = "([\w-]*)"', by=by)


def other_id(random: Random, root: Path) -> str:
    """Rename a layer or a feature."""
    path = one_of(random, layers(root), root)
    return _replaced(random, path, pattern=r'^id = "[\w-]+()"', by=random.choice("abc"))


def also(random: Random, root: Path) -> str:
    """Let the map of a theme show a class of another layer, or no more."""
    path = root / "layers/classes.toml"
    shown = read(one_of(random, layers(root), root))
    names = [re.search(rf'^{key} = "([\w-]+)"', shown, re.M) for key in ("id", "class")]
    blocks = _blocks(read(path))
    themes = [i for i, block in enumerate(blocks) if block.startswith("[[theme]]")]
    if not themes or None in names:
        return NOTHING
    i = random.choice(themes)
    block = re.sub(r"^also = .*\n", "", blocks[i], flags=re.M).rstrip("\n") + "\n"
    label = "/".join(name[1] for name in names if name)
    blocks[i] = f'{block}also = ["{label}"]\n\n' if random.random() < 0.8 else f"{block}\n"
    write(random, path, "".join(blocks))
    return label


def spoil(random: Random, root: Path) -> str:
    """Break a layer file, seldom a registry: cut off, empty, no text, no TOML."""
    path = one_of(random, layers(root) if random.random() < 0.9 else texts(root), root)
    content = path.read_bytes()
    cut = content[: random.randrange(len(content) + 1)]
    path.write_bytes(random.choice((cut, b"", content + b"\xff\xfe", content + b"\nfoo = = 1\n")))
    return path.name
