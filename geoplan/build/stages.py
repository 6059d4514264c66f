"""The stages that make tables: what each reads, what it leaves, and how it is run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

import geopandas as gpd

from geoplan.analysis import build_analysis
from geoplan.boundaries import build_sources, build_units, read_source
from geoplan.build.book import Book
from geoplan.build.hashes import Hashes, mark_of
from geoplan.build.keys import (
    READERS,
    READS,
    Parts,
    Stage,
    input_files,
    key_of,
    source_name,
    tools,
)
from geoplan.build.review import parts_now
from geoplan.build.run import Run
from geoplan.build.tables import read_tables, write_tables
from geoplan.config import Project, layers_name
from geoplan.errors import ConfigError, GeoplanError, StageError, listed
from geoplan.formats import files_of
from geoplan.gazetteer import Gazetteer
from geoplan.gazetteer import load as load_gazetteer
from geoplan.kept import Kept
from geoplan.layers import (
    LayerInputs,
    build_layers,
    content_hash,
    layer_files,
    newest,
    read_registry,
)
from geoplan.publish import Cells, Cut, check_public
from geoplan.schema import Tables, records

KEPT = "kept"
"""Folder in the build folder with results of single layers and units."""


def run_stage(project: Project, stage: Stage, *, run: Run, book: Book, hashes: Hashes) -> None:
    """Run a stage that makes tables, and note in `book` what it was made of.

    Raises
    ------
    StageError
        If a file that it reads was changed meanwhile, or a table cannot be written.
    GeoplanError
        Of the stage itself.
    """
    parts, marks = parts_now(project, stage, book=book, hashes=hashes), _marks(project, stage)
    salt = key_of(tools(stage))
    folder = project.build_folder / KEPT / stage
    kept = Kept(folder, salt, digest=hashes.of, anew=run.force)
    facts: dict[str, Any] = {}
    if stage == "boundaries":
        made = _boundaries(project)
    elif stage == "layers":
        made, facts = _layers(project, run, kept)
    elif stage == "overlay":
        made = _overlay(project, run, kept)
    else:
        made = _analysis(project)
    _check_still(stage, marks, _marks(project, stage))
    book.forget([stage])
    files = write_tables(project, stage, tables=made)
    kept.prune()
    book.record(
        stage,
        parts,
        facts=facts,
        files={name: hashes.of(project.build_folder / name) for name in files},
        columns=_columns(made),
        rows={name: len(table) for name, table in made.items()},
    )


def _marks(project: Project, stage: Stage) -> dict[str, list[object]]:
    """Return what would tell that an input was written, even if it is as before again."""
    if stage not in READERS:
        return {}
    return {name: mark_of(path) for name, path in input_files(project, stage).items()}


def _check_still(
    stage: str, before: dict[str, list[object]], after: dict[str, list[object]]
) -> None:
    names = sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))
    if names:
        raise StageError(
            f"{len(names)} file(s) were written, {', '.join(names[:3])}{' …' * (len(names) > 3)}, "
            f"while stage {stage!r} read them; run it again"
        )


def _columns(made: Tables) -> Parts:
    """Return a digest of every column that a stage may compute with."""
    cells = Cells(made)
    wanted = {(table, c) for tables in READS.values() for table, cs in tables.items() for c in cs}
    return {
        f"column {table}.{column}": cells.digest({table: Cut((column,))})
        for table, column in sorted(wanted)
        if table in made
    }


def _boundaries(project: Project) -> dict[str, pd.DataFrame]:
    folder = project.folder("boundaries")
    gazetteer = load_gazetteer(folder)
    _check_scope(project, gazetteer)
    units, issues = build_units(folder, gazetteer, scope=project.config.scope)
    sources = build_sources(folder, project.folder("reference"))
    return {"units": units, "sources": sources, "issues": issues}


def _layers(
    project: Project, run: Run, kept: Kept
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    gazetteer = load_gazetteer(project.folder("boundaries"))
    units = gpd.GeoDataFrame(read_tables(project, ["units"])["units"])
    inputs = layer_inputs(project)
    broken: dict[str, dict[str, Any]] = {}
    while True:
        try:
            chosen = replace(inputs, without=frozenset(broken))
            tables = build_layers(chosen, units=units, gazetteer=gazetteer, kept=kept)
            break
        except GeoplanError as fault:
            # What is no fault of single layers, no layer can be left out for.
            if not run.keep_going or set(fault.files) <= set(broken):
                raise
            for name in fault.files:
                broken[name] = {"message": str(fault), "themes": _themes(inputs.folders, name)}
            run.tell("left_out", files=list(fault.files), message=str(fault))
    check_public(tables, project)
    facts = {
        "themes": list(tables["themes"]["theme"]),
        "as_of": newest(read_registry(inputs.folders), inputs),
        "layers": _files_of_layers(project, tables["layers"]),
        "left_out": {
            f"{layers_name(i)}/{name}": about
            for name, about in broken.items()
            for i, folder in enumerate(inputs.folders)
            if (folder / name).exists()
        },
    }
    return tables, facts


def _themes(folders: Sequence[Path], name: str) -> list[str]:
    """Return the themes that a broken layer file may be of: as it says, else as its folder."""
    texts = [(f / name).read_text("utf-8", "replace") for f in folders if (f / name).is_file()]
    said = [m for text in texts for m in re.findall(r"""^theme\s*=\s*["'](\w+)["']""", text, re.M)]
    return said or [name.partition("/")[0]]


def _files_of_layers(project: Project, layers: pd.DataFrame) -> dict[str, list[str]]:
    """Return the files of each layer, as `inputs` calls them."""
    found = {
        layer: [_input_name(project, path) for path in paths]
        for layer, paths in layer_files(project.layer_folders()).items()
    }
    for layer, source in project.config.sources.items():
        own = found.setdefault(layer, [])
        whole = project.root / source
        own += [source_name(layer, path, of=whole) for path in files_of(whole)]
    for layer, name in zip(layers["layer"], layers["file"], strict=True):
        if layer not in found:  # the file itself is the layer, by its name
            wholes = [f / name for f in project.layer_folders() if (f / name).exists()]
            paths = [path for whole in wholes for path in files_of(whole)]
            found[layer] = [_input_name(project, path) for path in paths]
    return found


def _input_name(project: Project, path: Path) -> str:
    for i, folder in enumerate(project.layer_folders()):
        if path.is_relative_to(folder):
            return f"{layers_name(i)}/{path.relative_to(folder).as_posix()}"
    raise StageError(f"{path} lies in no folder of layers; report this")


def layer_inputs(project: Project) -> LayerInputs:
    """Return where the layers of `project` come from."""
    return LayerInputs(
        folders=project.layer_folders(),
        reference=project.folder("reference"),
        root=project.root,
        sources=project.sources(),
        vintage=read_source(project.folder("boundaries")).vintage,
        as_of=project.config.as_of,
        documents=project.documents_folder,
        mappings=project.mapping_folders(),
    )


def _overlay(project: Project, run: Run, kept: Kept) -> dict[str, pd.DataFrame]:
    from geoplan.overlay import build_overlay  # Dask with it, which most builds do without

    def progress(done: int, total: int) -> None:
        run.tell("progress", stage="overlay", done=done, total=total)

    tables = read_tables(project, READS["overlay"])
    paths = raster_paths(project, tables["rasters"], kept=kept)
    made = build_overlay(
        tables,
        scheduler=run.scheduler,
        workers=run.workers,
        progress=progress,
        kept=kept,
        rasters=paths,
    )
    raster_paths(project, tables["rasters"], kept=kept)  # still what was read
    return made


def raster_paths(project: Project, rasters: pd.DataFrame, *, kept: Kept) -> dict[str, Path]:
    """Return the file or folder of each raster layer.

    Raises `StageError` where one is not as the stage `layers` found it.
    """
    found = {row["layer"]: project.input_file(row["path"]) for row in records(rasters)}
    for row in records(rasters):
        path = found[row["layer"]]
        if not path.exists() or content_hash(path, kept) != row["sha256"]:
            raise StageError(f"{path}: was changed since stage 'layers' read it; run it again")
    return found


def _analysis(project: Project) -> dict[str, pd.DataFrame]:
    return build_analysis(read_tables(project, READS["analysis"]))


def _check_scope(project: Project, gazetteer: Gazetteer) -> None:
    """Check that maps show a province or a city, and focus on cities in it."""
    config, faults = project.config, []
    for key, code in (("scope", config.scope), *(("focus", code) for code in config.focus)):
        unit = gazetteer.units.get(code)
        if unit is None:
            faults.append(f"{key}: {code} is no unit of the gazetteer")
        elif unit.level == "county":
            faults.append(f"{key}: {code} is a county, {unit.name}; a map shows a city or province")
        elif key == "focus" and not gazetteer.within(code, config.scope):
            faults.append(f"focus: {code}, {unit.name}, lies outside the scope {config.scope}")
    if faults:
        raise ConfigError(f"{project.file}: {len(faults)} fault(s):\n{listed(faults)}")
