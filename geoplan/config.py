"""``geoplan.toml``: one checked file per project, found upward from the current folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from geoplan.base_map import BaseMap
from geoplan.errors import ConfigError, DataError, UsageError
from geoplan.inside import Walls
from geoplan.strict import Strict, Text, read_strict

FILE_NAME = "geoplan.toml"

Adcode = Annotated[str, Field(pattern=r"^\d{6}$")]


def _is_day(text: str) -> str:
    """Refuse what is no day of the calendar, such as 2025-13-45."""
    try:
        date.fromisoformat(text)
    except ValueError as fault:
        raise ValueError(f"{text!r} is no day: {fault}") from fault
    return text


Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_is_day)]


class Bilingual(Strict):
    """A text in Chinese and English."""

    zh: Text
    en: Text


class Budgets(Strict):
    """Limits of what is published, in bytes."""

    page: Annotated[int, Field(gt=0)] = 1_500_000
    """Each map but the overview."""

    overview: Annotated[int, Field(gt=0)] = 2_000_000


class Config(Strict):
    """The keys of ``geoplan.toml``; unknown keys are errors."""

    title: Bilingual
    """Name of the atlas, on the index page."""

    scope: Adcode
    """Unit that the atlas shows; its counties are the units of analysis."""

    focus: tuple[Adcode, ...] = ()
    """Cities with an overview map of their own."""

    as_of: Day | None = None
    """Day against which documents are in force or expired; default: newest input's date."""

    audience: Literal["internal", "public"] = "internal"
    review_number: Text | None = None
    """审图号 of the map review, if there is one."""

    compiled_by: Text | None = None
    """编制单位, on every map."""

    compiled_on: Day | None = None
    """编制日期, on every map; never the clock."""

    boundaries: str = "data/boundaries"
    reference: str = "data/reference"
    layers: str = "layers"
    extend: bool = False
    """Whether the project's own layers are added to the shipped ones instead of replacing them."""

    documents: str | None = None
    """Folder with the plans' texts, recognised by sha256: maps then show the cited sentences."""

    sources: dict[str, str] = Field(default_factory=dict)
    """Files for layers that are slots, by layer id."""

    allow_outside: tuple[Text, ...] = ()
    """Folders elsewhere that links below the project's folders of data may lead to."""

    build: str = "build"
    maps: str = "maps"
    budgets: Budgets = Budgets()

    base_map: BaseMap | None = None
    """Tiles that a reader may switch on below the plans; none by default."""


REFERENCE = "data/reference/"
"""How names of inputs in the folder of reference data begin."""


MAPPINGS = "data/mappings"
"""Where field mappings lie: in what is shipped, and in a project."""


def layers_name(number: int) -> str:
    """Return what inputs call the folder of layers; with ``extend`` there are two."""
    return "layers" if number == 0 else "layers added"


@dataclass(frozen=True)
class Project:
    """A configuration together with the folder that its paths are relative to."""

    root: Path
    config: Config
    file: Path

    def folder(self, key: Literal["boundaries", "reference"]) -> Path:
        """Return the folder of data: the project's own if it exists, else the shipped one."""
        name: str = getattr(self.config, key)
        own = self.root / name
        if own.is_dir():
            return self._walls.checked(own)
        default: str = Config.model_fields[key].default
        if name != default:
            raise ConfigError(f"{self.file}: {key} = {name!r}: there is no folder {own}")
        return shipped() / default

    def layer_folders(self) -> list[Path]:
        """Return the folders of layers, later ones added to earlier ones."""
        own = self.root / self.config.layers
        default = shipped() / "layers"
        if not own.is_dir():
            if self.config.layers != "layers":
                raise ConfigError(
                    f"{self.file}: layers = {self.config.layers!r}: there is no folder {own}"
                )
            return [default]
        self._walls.checked(own)
        same = own.resolve() == default.resolve()
        return [default, own] if self.config.extend and not same else [own]

    def mapping_folders(self) -> list[Path]:
        """Return the folders of field mappings: the shipped one, and the project's own after it."""
        own, default = self.root / MAPPINGS, shipped() / MAPPINGS
        same = own.resolve() == default.resolve()
        return [default, *([own] if own.is_dir() and not same else [])]

    @property
    def documents_folder(self) -> Path | None:
        """Folder of the plans' texts, if one is configured; it may not be there."""
        own = self.config.documents
        return None if own is None else self._walls.checked(self.root / own)

    def sources(self) -> dict[str, str]:
        """Return ``[sources]``; `ConfigError` where what belongs to a file lies elsewhere."""
        for source in self.config.sources.values():
            self._walls.checked(self.root / source)
        return self.config.sources

    @property
    def _walls(self) -> Walls:
        """Where links may lead: what geoplan.toml names is the person's own word."""
        own = self.config
        named = [own.boundaries, own.reference, own.layers, *own.sources.values()]
        named += [*own.allow_outside, *([own.documents] if own.documents else [])]
        places = (self.root, shipped(), *(self.root / name for name in named))
        return Walls(self.file, places)

    @property
    def build_folder(self) -> Path:
        """Folder of the tables between stages; `ConfigError` if it is not one of its own."""
        return self._output("build")

    @property
    def maps_folder(self) -> Path:
        """Folder of what is published; `ConfigError` if it is not one of its own."""
        return self._output("maps")

    def input_file(self, name: str) -> Path:
        """Return the file, or the folder of tiles, that stages call `name` in tables and keys.

        Such as ``data/reference/rivers.parquet``, ``layers/terrain/dem.tif`` or
        ``sources/LAYER/dem.tif``. `ConfigError` where the project has no such place.
        """
        place, _, rest = name.partition("/")
        if place == "sources":
            layer, _, rest = rest.partition("/")
            if layer in self.config.sources:
                return (self.root / self.sources()[layer]).parent / rest
        for i, folder in enumerate(self.layer_folders()):
            if place == layers_name(i):
                return folder / rest
        if name.startswith(REFERENCE):
            return self.folder("reference") / name.removeprefix(REFERENCE)
        raise ConfigError(f"{self.file}: no folder or source of the project holds {name}")

    def check_outside(self, path: Path) -> None:
        """Raise `UsageError` where `path` lies in a folder to which only builds write."""
        for kind, own in (("maps", self.maps_folder), ("tables", self.build_folder)):
            if path.resolve().is_relative_to(own.resolve()):
                raise UsageError(f"{path}: lies in the folder of {kind}, {own}; give another")

    def _output(self, key: Literal["build", "maps"]) -> Path:
        name: str = getattr(self.config, key)
        others = ("boundaries", "reference", "layers", *({"build", "maps"} - {key}))
        try:
            path = (self.root / name).resolve()
            taken = [(self.root / getattr(self.config, other)).resolve() for other in others]
        except ValueError as fault:
            raise ConfigError(f"{self.file}: {key} = {name!r} is no path: {fault}") from fault
        # What contains the project is told of its own key.
        taken = [other for other in taken if not self.root.is_relative_to(other)]
        clash = any(path.is_relative_to(p) or p.is_relative_to(path) for p in taken)
        if clash or self.root.is_relative_to(path):
            raise ConfigError(
                f"{self.file}: {key} = {name!r} must be a folder of its own, which holds nothing "
                "else and lies in no other folder of the project"
            )
        return self.root / name


def shipped() -> Path:
    """Return the folder with the data that geoplan carries: in the wheel, or the source tree."""
    spec = find_spec("geoplan")
    if spec is None or spec.origin is None:
        raise DataError("the package geoplan is not installed as files; install its wheel")
    package = Path(spec.origin).parent
    for folder in (package / "shipped", package.parent):
        if (folder / "data" / "boundaries").is_dir():
            return folder
    raise DataError(f"the shipped data is missing beside {package}; install geoplan again")


def find_file(start: Path) -> Path | None:
    """Return the nearest ``geoplan.toml`` in `start` or a folder above it, or None."""
    for folder in (start, *start.parents):
        file = folder / FILE_NAME
        if file.exists() or file.is_symlink():  # what cannot be read is told, not passed over
            return file
    return None


def load(folder: str | Path | None = None) -> Project:
    """Load the project of `folder` (default: the current one).

    Without a ``geoplan.toml`` there or above, the folder itself is the
    project, with the shipped configuration and data.

    Raises
    ------
    UsageError
        If `folder` does not exist.
    ConfigError
        With every fault of the file and its line.
    """
    start = Path(folder or ".").resolve()
    if start.is_file():
        raise UsageError(f"{start}: is a file; give the folder that it lies in")
    if not start.is_dir():
        raise UsageError(f"there is no folder {start}")
    file = find_file(start)
    if file is None:
        return Project(start, _read(shipped() / FILE_NAME), start / FILE_NAME)
    return Project(file.parent, _read(file), file)


def init(folder: Path) -> list[str]:
    """Copy the shipped configuration, data and layers into `folder`; returns the names made.

    Raises `UsageError` if one of them is there already; nothing is overwritten.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; choose another name")
    taken = [name for name in _COPIED if (folder / name).exists()]
    if taken:
        raise UsageError(f"{folder}: {', '.join(taken)} exist(s) already; choose an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name in _COPIED:
        source = shipped() / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / name)
    return list(_COPIED)


_COPIED = (FILE_NAME, "data", "layers")


def _read(file: Path) -> Config:
    models = (Config, Budgets, Bilingual, BaseMap)
    return read_strict(file, Config, keys=[key for model in models for key in model.model_fields])
