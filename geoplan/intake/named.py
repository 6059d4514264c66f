"""Options of commands that take several files: ``--assume-crs parcels=EPSG:4525``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from geoplan.config import Project
from geoplan.errors import UsageError
from geoplan.intake.ground import Ground, ground_of
from geoplan.intake.judged import judged
from geoplan.intake.stored import lines_of, needs_taking, stored
from geoplan.reading import Reading
from geoplan.toml import suggestion


@dataclass(frozen=True)
class Options:
    """What a person says of several files; each text is ``NAME=VALUE``, or a value alone."""

    assume_crs: Sequence[str] = ()
    encoding: Sequence[str] = ()
    swap_xy: Sequence[str] = ()
    """Names of files alone."""
    layers: Mapping[str, str] = field(default_factory=dict)
    """Which layer of a file, by the file as it is given; alone it needs no taking."""


@dataclass(frozen=True)
class Replaced:
    """Layers that a command is given, with files in place of those that it cannot read itself."""

    layers: tuple[str, ...]
    told: tuple[str, ...]
    """What people have to know, a line each."""


def readings(files: Sequence[Path], options: Options) -> dict[Path, Reading]:
    """Return what is said of each of `files`, by what they are called.

    Raises
    ------
    UsageError
        A name that no file has, or a value without a name where there are several files.
    """
    made = {path: Reading() for path in files}
    for key in ("assume_crs", "encoding", "swap_xy"):
        for text in getattr(options, key):
            path, value = _of_file(files, text, f"--{key.replace('_', '-')}", bare=key == "swap_xy")
            more: dict[str, Any] = {key: True if key == "swap_xy" else value}
            if getattr(made[path], key):
                raise UsageError(f"--{key.replace('_', '-')} is given twice for {path.name}")
            made[path] = replace(made[path], **more)
    return made


def _with_layer(path: Path, said: Reading, options: Options) -> Reading:
    """Return what is said of a file, and which of its layers is meant."""
    layer = options.layers.get(str(path))
    return said if layer is None else replace(said, layer=layer)


def replaced(
    layers: Sequence[str | Path],
    options: Options,
    *,
    is_file: Callable[[str | Path], bool],
    project: Callable[[], Project],
) -> Replaced:
    """Return `layers` with files that the engine reads, where it does not read a given one.

    A file that is of a format of its own, or that something is said of, is taken
    (`intake.take`) and written to the build folder of the project. Of other files the
    coordinate system is judged (`intake.judged`); ids of layers stay as they are.

    Parameters
    ----------
    is_file
        Whether a layer is a file, and no id.
    project
        Loads the project; called only where there is a file.

    Raises
    ------
    UsageError, DataError
        As `readings`, `intake.take` and `intake.judged`.
    """
    files = [Path(layer) for layer in layers if is_file(layer)]
    said = readings(files, options)
    made: list[str] = []
    told: list[str] = []
    ground: Ground | None = None
    for layer in layers:
        path = Path(layer)
        taken = path in said and needs_taking(path, said[path])
        made.append(str(layer))
        if taken:
            found = stored(path, _with_layer(path, said[path], options), project=project())
            made[-1] = str(found.path)
            told += lines_of(path, found.notices)
        elif path in said:
            ground = ground or ground_of(project())
            which = options.layers.get(str(layer))
            told += lines_of(path, judged(path, layer=which, ground=ground))
    return Replaced(tuple(made), tuple(dict.fromkeys(told)))


def _of_file(files: Sequence[Path], text: str, option: str, *, bare: bool) -> tuple[Path, str]:
    """Return which file a text is about, and the value."""
    names: dict[str, Path] = {}
    for path in files:
        names |= {path.stem: path, path.name: path, str(path): path}
    if bare:
        name, value = text, ""
        if name in names:
            return names[name], value
        raise UsageError(f"{option} {text}: is no file of this command.{_files(name, files)}")
    name, equals, value = text.partition("=")
    if equals and name in names:
        return names[name], value
    # A PROJ string has signs of equality too, and begins with a plus.
    if equals and name.isidentifier():
        raise UsageError(
            f"{option} {text}: {name} is no file of this command.{_files(name, files)}"
        )
    if len(files) == 1:
        return files[0], text
    if not files:
        raise UsageError(f"{option} {text}: no layer of this command is a file")
    raise UsageError(
        f"{option} {text}: this command has {len(files)} files; say which: "
        f"{option} {files[0].stem}={text}"
    )


def _files(name: str, files: Sequence[Path]) -> str:
    stems = [path.stem for path in files]
    return f"{suggestion(name, stems)} There are: {', '.join(stems) or 'none'}"
