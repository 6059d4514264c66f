"""Edits of a project by chance: moves between which a build has to find out what changed.

Each move takes a source of chance and the folder of a project, and returns what it did.
It may leave a project that cannot be built: that has its words too. Beside the project
lie ``base``, the project as it was made, and ``copies`` of what it had built.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import geopandas as gpd
import shapely

from geoplan.build.clean import clean
from geoplan.config import load
from geoplan.errors import GeoplanError
from tests.edited_texts import (
    NOTHING,
    also,
    digit,
    drop_block,
    layers,
    one_of,
    other_id,
    read,
    refer,
    sensitivity,
    spoil,
    swap_blocks,
    value,
    words,
    write,
)
from tests.small import SmallProject, box

Move = Callable[[Random, Path], str]

BUILT = ("build", "maps")
COPIES = 3


def swap_files(random: Random, root: Path) -> str:
    """Give two layer files each the text of the other."""
    one, other = (one_of(random, layers(root), root) for _ in range(2))
    first, second = read(one), read(other)
    write(random, one, second)
    write(random, other, first)
    return f"{one.name} and {other.name}"


def rename(random: Random, root: Path) -> str:
    """Rename a layer file."""
    path = one_of(random, layers(root), root)
    made = path.rename(path.with_name(random.choice("az中 ") + path.name[-60:]))
    return f"{path.name} → {made.name}"


def other_folder(random: Random, root: Path) -> str:
    """Move a layer file to another folder."""
    path = one_of(random, layers(root), root)
    target = root / "layers" / random.choice(("zones", "works", "more")) / path.name
    if target.exists():
        return NOTHING
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    return str(target.relative_to(root))


def link(random: Random, root: Path) -> str:
    """Make a layer file, or the folder of a theme, a link to one that lies elsewhere."""
    path = one_of(random, layers(root), root)
    path = path if random.random() < 0.7 else path.parent
    other = root / "elsewhere" / path.name
    if path.is_symlink() or other.exists():
        return NOTHING
    other.parent.mkdir(exist_ok=True)
    path.rename(other)
    path.symlink_to(os.path.relpath(other, path.parent))
    return path.name


def delete(random: Random, root: Path) -> str:
    """Delete a layer file."""
    path = one_of(random, layers(root), root)
    path.unlink()
    return path.name


def restore(random: Random, root: Path) -> str:
    """Put a file of layers or data back as it was made."""
    base = root.parent / "base"
    files = [p for name in ("layers", "data") for p in sorted((base / name).rglob("*.*"))]
    path = random.choice(files)
    target = root / path.relative_to(base)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)
    return path.name


def table(random: Random, root: Path) -> str:
    """Change, drop or move a row of a table of boundaries or places."""
    names = ("boundaries/gazetteer", "boundaries/groups", "boundaries/changes", "reference/places")
    path = root / "data" / f"{random.choice(names)}.csv"
    head, *rows = path.read_text("utf-8-sig").splitlines()
    if not rows:
        return restore(random, root)
    row = rows.pop(random.randrange(len(rows)))
    what = random.choice(("changed", "dropped", "moved"))
    if what == "changed":
        cells = row.split(",")
        cells[random.randrange(len(cells))] += random.choice("x改1")
        row = ",".join(cells)
    if what != "dropped":
        rows.insert(random.randrange(len(rows) + 1), row)
    write(random, path, "\ufeff" + "\n".join((head, *rows)) + "\n")
    return f"{path.name}: {what} {row}"


def counties(random: Random, root: Path) -> str:
    """Reorder the counties, or cut the corner off one."""
    name = "data/boundaries/counties.parquet"
    made = gpd.read_parquet(root.parent / "base" / name)
    if random.random() < 0.4:
        made = made.iloc[::-1]
    else:
        shapes = list(made.geometry)
        i = random.randrange(len(shapes))
        x, y = shapes[i].exterior.coords[0]
        shapes[i] = shapely.difference(shapes[i], shapely.Point(x, y).buffer(0.001, 1))
        made = made.set_geometry(shapes, crs=made.crs)
    made.to_parquet(root / name)
    return name


def shapes(random: Random, root: Path) -> str:
    """Give the slot other shapes, in the one format or the other, or a broken file."""
    for path in (root / "layers").glob("*/shapes.*"):
        path.unlink()
    suffix = random.choice(("parquet", "gpkg"))
    west = random.randrange(4) / 4
    name = f"layers/works/shapes.{suffix}"
    (root / name).parent.mkdir(exist_ok=True)
    path = SmallProject(root).write_shapes([box(west, 0.5, west + 1, 1.5)], name=name)
    if random.random() < 0.2:
        path.write_bytes(path.read_bytes()[:-20])
        return f"{name} from {west}, broken"
    return f"{name} from {west}"


SETTINGS = {
    "title": ['{ zh = "图集", en = "Atlas" }', '{ zh = "册", en = "Book" }'],
    "focus": ["[]", '["910100"]', '["910200", "910100"]'],
    "as_of": ["", '"2015-01-01"', '"2030-01-01"'],
    "compiled_by": ["", '"某局"'],
    "review_number": ["", '"审字1"'],
    "audience": ["", "", '"public"'],
    "sources.redline": ["", '"own/x.gpkg"'],
    "budgets.page": ["", "150000", "900000"],
    "budgets.overview": ["", "150000"],
    "#": ["", "one", "two"],
}


def setting(random: Random, root: Path) -> str:
    """Change a key of the configuration, or a comment in it."""
    path = root / "geoplan.toml"
    key = random.choice(sorted(SETTINGS))
    said = random.choice(SETTINGS[key])
    lines = [line for line in read(path).splitlines() if not line.startswith(f"{key} = ")]
    if said:
        lines.append(f"{key} = {said}")
    write(random, path, "\n".join(lines) + "\n")
    if key == "sources.redline" and said:
        at = random.random()
        SmallProject(root).write_shapes([box(at, 0.5, at + 1, 1.5)], name="own/x.gpkg")
    return f"{key} = {said}"


def reset(random: Random, root: Path) -> str:
    """Make all that people write as it was at first."""
    base = root.parent / "base"
    for name in ("layers", "data"):
        shutil.rmtree(root / name)
        shutil.copytree(base / name, root / name)
    shutil.rmtree(root / "elsewhere", ignore_errors=True)
    shutil.copy(base / "geoplan.toml", root)
    return ""


def copy(random: Random, root: Path) -> str:
    """Keep a copy of what is built."""
    folder = root.parent / "copies" / str(random.randrange(COPIES))
    shutil.rmtree(folder, ignore_errors=True)
    for name in BUILT:
        if (root / name).exists():
            shutil.copytree(root / name, folder / name)
    return folder.name


def put_back(random: Random, root: Path) -> str:
    """Put an older copy of build/ or maps/ back."""
    folder = root.parent / "copies" / str(random.randrange(COPIES))
    name = random.choice(BUILT)
    if not (folder / name).exists():
        return NOTHING
    shutil.rmtree(root / name, ignore_errors=True)
    shutil.copytree(folder / name, root / name)
    return f"{name} of copy {folder.name}"


def damage(random: Random, root: Path) -> str:
    """Delete, empty or change a file of build/ or maps/."""
    files = [p for p in sorted((root / random.choice(BUILT)).rglob("*")) if p.is_file()]
    if not files:
        return NOTHING
    path = random.choice(files)
    what = random.choice(("deleted", "emptied", "a list", "another byte"))
    content = bytearray(path.read_bytes() or b" ")
    content[random.randrange(len(content))] ^= 0x10
    if what == "deleted":
        path.unlink()
    else:
        path.write_bytes({"emptied": b"", "a list": b"[]"}.get(what, bytes(content)))
    return f"{path.relative_to(root)}: {what}"


def tidy(random: Random, root: Path) -> str:
    """Clean."""
    try:
        gone = clean(load(root), maps=random.random() < 0.3)
    except GeoplanError as fault:
        return str(fault).partition(":")[2]
    return f"{len(gone)} gone"


SPOILS = frozenset({"put_back", "damage"})
"""Moves after which published files may be there that geoplan does not know for its own."""

MOVES: dict[Move, float] = {
    digit: 6,
    value: 6,
    words: 6,
    sensitivity: 3,
    drop_block: 4,
    swap_blocks: 3,
    swap_files: 2,
    rename: 3,
    other_folder: 2,
    link: 2,
    refer: 4,
    other_id: 2,
    also: 3,
    delete: 2,
    restore: 8,
    spoil: 4,
    table: 3,
    counties: 1,
    shapes: 3,
    setting: 5,
    reset: 2,
    copy: 3,
    put_back: 2,
    damage: 4,
    tidy: 1,
}
"""All moves, and how often each is drawn."""


def move(random: Random, root: Path) -> tuple[str, str]:
    """Make one of the moves; return its name, and what it did."""
    (chosen,) = random.choices(list(MOVES), list(MOVES.values()))
    return chosen.__name__, chosen(random, root)
