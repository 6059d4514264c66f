"""What links in folders of data may lead to: a layer from a stranger reads nothing elsewhere."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from geoplan.errors import ConfigError, coded


@dataclass(frozen=True)
class Walls:
    """The places of a project; links below its folders of data may lead to these only."""

    file: Path
    """The ``geoplan.toml`` that may allow more."""
    places: tuple[Path, ...]
    """Folders and files: the project, the shipped data, and what ``geoplan.toml`` names."""

    def checked(self, path: Path) -> Path:
        """Return `path`, a folder of data or a file that ``geoplan.toml`` names, there or not.

        It may lie anywhere and be a link itself, as a person named it. `ConfigError` where a
        link below a folder, or beside a file with its stem, leads out of all places.
        """
        found = first_outside(path, self.places)
        if found is None:
            return path
        link, target = found
        folder = target if target.is_dir() else target.parent
        fault = ConfigError(
            f"{link}: is a link that leads out of the project, to {target}; put the file itself "
            f"there, or, if you trust who made the link, allow the folder in {self.file}: "
            f'allow_outside = ["{folder.as_posix()}"]'
        )
        raise coded(fault, "usage.link_outside")


def first_outside(root: Path, places: tuple[Path, ...]) -> tuple[Path, Path] | None:
    """Return the first link that leads out of `places` and `root`, and what it leads to.

    Of a folder, all links below it, also in folders that links lead to; of a file, those
    beside it with its stem, such as the ``.dbf`` of a shapefile. A link that leads to
    nothing leads nowhere. None where there is none.
    """
    own, alone = Path(os.path.realpath(root)), not root.is_dir()
    # Beside a file lie others, which are none of its parts.
    stem = root.stem.lower().partition(".")[0] if alone else ""
    waiting = [Path(os.path.realpath(root.parent)) if alone else own] if root.exists() else []
    allowed = [own, *([own.parent, *waiting] if alone else []), *_real(places)]
    seen: set[Path] = set()
    while waiting:
        folder = waiting.pop()
        if folder in seen:
            continue
        seen.add(folder)
        for link in _entries(folder):
            if alone and (link.name == root.name or link.name.lower().partition(".")[0] != stem):
                continue
            target = Path(os.path.realpath(link))
            outside = not any(target.is_relative_to(place) for place in allowed)
            if target != link and outside and target.exists():
                return link, target
            if not alone and target.is_dir():
                waiting.append(target)
    return None


def _real(places: tuple[Path, ...]) -> list[Path]:
    return [Path(os.path.realpath(place)) for place in places]


def _entries(folder: Path) -> list[Path]:
    """Return what may be a link or a folder, sorted; nothing of a folder that cannot be read."""
    with suppress(OSError), os.scandir(folder) as entries:
        # Junctions of Windows are folders by name.
        found = (e for e in entries if e.is_symlink() or e.is_dir(follow_symlinks=False))
        return sorted(folder / entry.name for entry in found)
    return []
