"""What is in a file, what is wrong with it, and what to do: nothing is changed or written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

import geopandas as gpd

from geoplan import crs, guard, vector
from geoplan.config import Project
from geoplan.errors import GeoplanError, UsageError
from geoplan.intake import doors
from geoplan.intake.becomes import becomes, column_of, step_of
from geoplan.intake.columns import fields_of, grouping_column
from geoplan.intake.ground import Ground, ground_of
from geoplan.intake.model import Inspected, Layer, Step, System, needs_decision
from geoplan.intake.other import other_file
from geoplan.intake.place import place_of, shapes_of
from geoplan.intake.steps import file_word, options_of, proposed, step, systems_in
from geoplan.intake.take import digest_of
from geoplan.mappings import Match
from geoplan.reading import Notice, Reading

OPEN = ("format.no_geometry", "format.several", "format.no_layer", "crs.", "encoding.", "data.unit")
"""Codes of what an option decides, or a mended cell, so that the file can be read then."""

NOT_OF_SEVERAL = ("layer", "x", "y", "wkt", "unit")
"""What is said of a file that commands of several layers have no option for."""

MOST_LAYERS = 5
"""Layers that have a command of their own."""


def inspected(
    path: Path,
    reading: Reading | None = None,
    *,
    project: Project | None = None,
    coverage: bool | None = None,
) -> Inspected:
    """Look at a file, and tell all that can be found out about it.

    What is wrong in the file is told as notices, not raised; it is read on as far as
    that is safe. Where the coordinate system has to be decided, the place and the areas
    are those of the first proposal, and said to be.

    Parameters
    ----------
    coverage
        Whether shapes should fill a place without gaps and overlaps. None: gaps and
        overlaps are told, without a proposal.

    Raises
    ------
    DataError
        Where there is no such file.
    UsageError
        Where an option does not fit the file.
    """
    guard.check_there(path)
    other = other_file(path)
    if other is not None:
        return other
    said = reading or Reading()
    try:
        start = doors.look(path, said)
    except UsageError:
        raise
    except doors.EncodingError as fault:
        decided = proposed(said, fault.notices)
        if decided.encoding in (None, said.encoding):
            return Inspected(path, "unreadable", notices=fault.notices, proposed=said, refused=True)
        again = inspected(path, decided, project=project, coverage=coverage)
        return replace(again, notices=_once([*fault.notices, *again.notices]))
    except GeoplanError as fault:
        notice = notice_of(fault, path)
        return Inspected(path, "unreadable", notices=(notice,), proposed=said, refused=True)
    rows = _rows_of(start.layers, said.layer)
    told = replace(start, files=_files(path), sha256=digest_of(path), proposed=said, rows=rows)
    try:
        return _looked(told, _Asked(project, ground_of(project), coverage))
    except UsageError:
        raise
    except GeoplanError as fault:
        return _without_rows(told, fault)


@dataclass(frozen=True)
class _Asked:
    """By what a file is looked at."""

    project: Project | None
    ground: Ground
    coverage: bool | None


def _used(frame: gpd.GeoDataFrame, said: Reading) -> str | None:
    """Return the system that coordinates are in; of shifted ones, what they were brought to."""
    if frame.crs is None:
        return None
    name = crs.name_of(frame.crs)
    shifted = said.assume_crs is not None and crs.shifted(said.assume_crs)
    return f"{said.assume_crs}, brought to {name}" if shifted else name


def _rows_of(layers: Sequence[Layer], wanted: str | None) -> int | None:
    """Return how many rows the layer has that will be looked at, where the file says it."""
    shaped = [layer for layer in layers if layer.kinds] or [*layers]
    chosen = [layer for layer in shaped if wanted in (None, layer.name)]
    return chosen[0].rows if len(chosen) == 1 else None


def notice_of(fault: GeoplanError, path: Path) -> Notice:
    """Return an error as something that was noticed of a file."""
    message = " ".join(str(fault).removeprefix(f"{path}: ").split())
    return Notice(fault.code, "error", message)


def _files(path: Path) -> tuple[tuple[str, int], ...]:
    files = vector.files_of(path)
    base = path.parent
    return tuple((f.relative_to(base).as_posix(), f.stat().st_size) for f in files)


def _without_rows(told: Inspected, fault: GeoplanError) -> Inspected:
    """Return what is known where rows cannot be read; several layers are a matter to decide."""
    notice = notice_of(fault, told.path)
    notices = (*told.notices, notice)
    shaped = [layer.name for layer in told.layers if layer.kinds]
    if len(shaped) < 2 or told.proposed.layer is not None:
        return replace(told, notices=_once(notices), refused=not fault.code.startswith(OPEN))
    again = [
        step(
            f"look at {name}",
            ["geoplan", "inspect", file_word(told.path), "--layer", name],
        )
        for name in shaped[:MOST_LAYERS]
    ]
    if len(shaped) > MOST_LAYERS:
        again.append(Step(f"or at another of the {len(shaped)} layers"))
    return replace(told, notices=notices, steps=tuple(again))


def _looked(told: Inspected, asked: _Asked) -> Inspected:
    """Return facts of the rows, read anew by the proposals where these decide something."""
    said = told.proposed
    found, notices = _read(told, asked)
    notices += doors.suspected(found.frame, asked.ground, given=said.assume_crs)
    stated = None if said.assume_crs or found.frame.crs is None else crs.name_of(found.frame.crs)
    decided = proposed(said, [n for n in (*told.notices, *notices) if needs_decision(n)])
    if decided != said:
        try:
            found, _ = _read(replace(told, proposed=decided), asked)
        except GeoplanError as fault:
            notices.append(notice_of(fault, told.path))
            decided = said
    frame = found.frame
    why = "given" if said.assume_crs else "stated" if stated is not None else "unknown"
    if decided.assume_crs != said.assume_crs:
        why = "assumed"
    elif why == "unknown" and frame.crs is not None:
        why = "format"
    fixed, more = _mended(frame, told.path)
    notices += more
    if asked.coverage is not False:
        notices += _softened(doors.coverage(fixed), asked=asked.coverage is True)
    by_code = doors.examined(fixed, told.path, layer=found.layer, project=asked.project)
    notices += by_code.notices
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    made = replace(
        told,
        format=found.format,
        layer=found.layer,
        rows=told.rows if found.sampled else len(frame),
        encoding=found.encoding,
        fields=fields_of(table),
        system=System(
            stated=stated,
            used=_used(frame, decided),
            why=why,
            suggested=_suggested(notices),
        ),
        place=place_of(fixed, asked.ground),
        shapes=shapes_of(frame, fixed, sampled=found.sampled),
        becomes=becomes(by_code.match),
        notices=_once([*told.notices, *notices]),
        proposed=decided,
    )
    return _steps(made, by_code.match, asked.project)


def _read(told: Inspected, asked: _Asked) -> tuple[doors.Read, list[Notice]]:
    """Return the rows, of a very large layer a sample, and what was noticed."""
    large = (told.rows or 0) > doors.MOST_ROWS and told.format in vector.SAMPLED
    # What is in an archive is read whole, as it is unpacked.
    if large and vector.kind_of(told.path) == told.format:
        found = doors.read_sample(told.path, told.proposed, told=told)
        text = (
            f"{told.rows} rows: shapes, columns and places were looked at in an even sample of "
            f"{len(found.frame)}"
        )
        notices = [Notice("format.sampled", "info", text, count=told.rows)]
    else:
        found, notices = doors.read(told.path, told.proposed, ground=asked.ground), []
    return found, [*notices, *found.notices]


def _mended(frame: gpd.GeoDataFrame, path: Path) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """Return the layer with sound shapes; where repairs stop, which is told, with all of them."""
    try:
        made = doors.mended(frame)
    except GeoplanError as fault:
        return doors.sound(frame), [notice_of(fault, path)]
    return made.frame, [*made.notices]


def _softened(notices: Iterable[Notice], *, asked: bool) -> list[Notice]:
    """Return what was noticed of a coverage; nobody said that it should be one: so as facts."""
    return [n if asked else replace(n, severity="info", proposal="") for n in notices]


def _suggested(notices: Iterable[Notice]) -> tuple[str, ...]:
    """Return all systems that notices propose, in their order."""
    return tuple(dict.fromkeys(text for n in notices for text in systems_in(n.proposal)))


def _once(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return notices without repetitions, errors first, else in their order."""
    rank = {"error": 0, "warning": 1, "info": 2}
    first: dict[tuple[object, ...], Notice] = {}
    for notice in notices:
        first.setdefault((notice.code, notice.message, notice.rows), notice)
    return tuple(sorted(first.values(), key=lambda n: rank[n.severity]))


def _undecided(notice: Notice) -> bool:
    """Return whether a file cannot be computed with, and no option changes that."""
    by_option = notice.proposal.startswith("--") or notice.code == "repair.limit"
    in_rows = notice.code.startswith(("crs.", "repair.")) and notice.code != "crs.missing"
    return notice.severity == "error" and in_rows and not by_option


def _steps(told: Inspected, match: Match | None, project: Project | None) -> Inspected:
    """Return what was told with commands to copy."""
    file = file_word(told.path)
    place = _place_of(project)
    options = [*options_of(told.proposed), *place]
    rows = told.shapes.looked_at if told.shapes else 0
    column = column_of(match) or grouping_column(told.fields, rows)
    by_code = step_of(match, told.path)
    made = [by_code] if by_code else []
    if any(_undecided(notice) for notice in told.notices):
        return replace(told, steps=(*told.steps, *made))  # no command would be taken
    out = f"{told.path.stem}-clean.gpkg"
    argv = ["geoplan", "convert", file, file_word(Path(out)), *options]
    if any(notice.code == "repair.limit" for notice in told.notices):
        what = "if those rows are to be mended all the same: write it clean, and use that file"
        made.append(step(what, [*argv, "--repair-limit", "1"]))
        return replace(told, steps=(*told.steps, *made))
    clean = step("write it clean, in CGCS2000 degrees", argv)
    areal = told.shapes is not None and told.shapes.area_km2 is not None
    tabulated = None
    if column is not None:
        made.append(step("make a map of it", ["geoplan", "map", file, "--by", column, *options]))
        if areal:
            tabulated = _tabulated(told, column, file, place)
    if tabulated is None or tabulated.argv[2:3] == (file,):
        made += [*([tabulated] if tabulated else []), clean]
    else:
        made += [clean, tabulated]
    return replace(told, steps=(*told.steps, *made))


def _tabulated(told: Inspected, column: str, file: str, place: list[str]) -> Step:
    """Return how a layer is tabulated: as it is, or as it was written clean.

    Commands of several layers have no options for a layer of a file and the columns of a table.
    """
    several = any(getattr(told.proposed, name) for name in NOT_OF_SEVERAL)
    name = f"{told.path.stem}-clean" if several else told.path.stem
    layer = file_word(Path(f"{name}.gpkg")) if several else file
    options = [] if several else options_of(told.proposed, file=name)
    by = ["--by", "counties.name", "--by", f"{name}.{column}"]
    what = "tabulate its area by county (after `geoplan build`)"
    if several:
        what = "then tabulate its area by county (after `geoplan build`)"
    return step(what, ["geoplan", "tabulate", layer, "counties", *by, *options, *place])


def _place_of(project: Project | None) -> list[str]:
    """Return the option that names a project, where commands would not find it from here."""
    here = Path.cwd()
    if project is None or project.root in (here, *here.parents):
        return []
    return ["--project", str(project.root)]
