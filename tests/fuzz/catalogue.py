"""Target: what people write of plans; registries, layer files, texts, units and configuration."""

from __future__ import annotations

import shutil
from functools import cache
from hashlib import sha256
from pathlib import Path

from geoplan.boundaries import build_sources
from geoplan.errors import GeoplanError
from geoplan.gazetteer import load as load_gazetteer
from geoplan.layers import build_layers
from geoplan.schema import check
from tests.fuzz.parts import packed, unpacked
from tests.fuzz.target import Target, require
from tests.small import (
    SmallProject,
    claim,
    feature,
    layer,
    make_project,
    small_units,
    zones,
)

PLAN = (
    "第一章\n东山、西山建设基地。\n面积三十平方公里。\n二山一水，乙州市城区。\n第二章\n河口县。\n"
)

OTHER = layer(
    "other",
    feature("f", members=["东山"]),
    feature("g", "within", class_="mine", members=["南水县", "甲州市城区"]),
    claim("other/f", 100.0, id="c1"),
    theme="works",
)
LINE = layer(
    "line",
    feature("l", "passes", class_="line_work", members=["东山", "西山"]),
    theme="works",
)
NAMES = (
    *("layers/documents.toml", "layers/classes.toml", "layers/works/other.toml"),
    *("layers/zones/zones.toml", "layers/works/line.toml", "layers/findings.toml"),
    *("layers/rules.toml", "layers/overrides.toml", "layers/maps.toml", "layers/checks.toml"),
    *("geoplan.toml", "data/boundaries/gazetteer.csv", "data/boundaries/changes.csv"),
    *("data/boundaries/groups.csv", "data/boundaries/source.toml", "texts/a.txt"),
    "data/reference/places.csv",
)
"""Files that an input may hold; others are those of the small project."""

HASH = b"@sha256@"
"""Stands in a registry for the sha256 of the text of the plan."""


@cache
def _project() -> tuple[SmallProject, dict[str, bytes]]:
    """Return a project of this process, and its files."""
    import tempfile

    small = make_project(Path(tempfile.mkdtemp(prefix="geoplan-fuzz-")) / "project")
    small_units(small.root / "data" / "boundaries")
    kept = {n: (small.root / n).read_bytes() for n in NAMES if (small.root / n).exists()}
    return small, kept


def seeds() -> list[bytes]:
    """Return the small project, with texts and claims, in parts and as a whole."""
    _, kept = _project()
    documents = kept["layers/documents.toml"].replace(
        b'id = "plan-a"', b'id = "plan-a"\nsha256 = "' + HASH + b'"', 1
    )
    cited = {
        "layers/documents.toml": documents,
        "texts/a.txt": PLAN.encode(),
        "geoplan.toml": kept["geoplan.toml"] + b'documents = "texts"\n',
    }
    works = {"layers/works/other.toml": OTHER.encode(), "layers/works/line.toml": LINE.encode()}
    kept_texts = {n: c for n, c in kept.items() if n.startswith("data/boundaries")}
    return [
        packed({"layers/works/other.toml": OTHER.encode()}),
        packed({"layers/works/line.toml": LINE.encode()}),
        packed({**cited, **works}),
        packed({"layers/zones/zones.toml": zones().encode()}),
        packed({"layers/classes.toml": kept["layers/classes.toml"]}),
        packed(kept_texts),
        packed({**kept, **cited, **works}),
        *_shipped(),
    ]


def _shipped() -> list[bytes]:
    """Return layer files and registries as they are shipped, for their words."""
    root = Path(__file__).parents[2] / "layers"
    files = sorted(root.glob("*/*.toml"), key=lambda path: path.stat().st_size)[:25:5]
    made = [packed({"layers/works/other.toml": path.read_bytes()}) for path in files]
    for name in ("rules", "overrides", "maps", "checks", "findings"):
        if (root / f"{name}.toml").exists():
            text = (root / f"{name}.toml").read_bytes()[:4000].rpartition(b"\n[[")[0]
            made.append(packed({f"layers/{name}.toml": text}))
    return made


def run(data: bytes, folder: Path) -> str:
    """Read a project in which some files are those of the input."""
    small, kept = _project()
    given = {name: text for name, text in unpacked(data).items() if name in NAMES}
    text = given.get("texts/a.txt", b"")
    shutil.rmtree(small.root / "texts", ignore_errors=True)
    for name in NAMES:
        path = small.root / name
        content = given.get(name, kept.get(name))
        if content is None:
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(exist_ok=True)
        content = content.replace(HASH, sha256(text).hexdigest().encode())
        path.write_bytes(content)
    try:
        return _read(small)
    except GeoplanError as fault:
        require(str(fault).isprintable() or "\n" in str(fault), "a message that cannot be printed")
        return fault.code


def _read(small: SmallProject) -> str:
    boundaries = small.root / "data" / "boundaries"
    inputs = small.inputs()
    gazetteer = load_gazetteer(boundaries)
    build_sources(boundaries, small.root / "data" / "reference")
    tables = build_layers(inputs, units=small_units(boundaries), gazetteer=gazetteer)
    for name, table in tables.items():
        check(name, table)
    return f"read {len(tables['features'])}"


TARGET = Target(seeds, run, guided=("geoplan", "tomllib"))
