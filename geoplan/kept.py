"""Results of earlier runs, found by what they were made of."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pandas as pd

from geoplan import files, vector
from geoplan.errors import DataError


class Kept:
    """Results of earlier runs, found by what they were made of; a folder that is safe to delete.

    Parameters
    ----------
    folder
        Made when something is written; None keeps nothing.
    salt
        What results depend on besides their input, such as a hash of the code
        and the versions of libraries; part of every key.
    digest
        Hash of the content of a file that results are made of; one that
        remembers hashes saves reading it.
    anew
        Whether to write only: what was kept before is replaced.
    """

    def __init__(
        self,
        folder: Path | None,
        salt: str = "",
        *,
        digest: Callable[[Path], str] = files.file_hash,
        anew: bool = False,
    ) -> None:
        self.folder = folder
        self.salt = salt
        self.digest = digest
        self.anew = anew
        self._used: set[str] = set()

    def key(self, *parts: bytes | str) -> str:
        """Return the sha256 of the salt and `parts`, in hexadecimal digits."""
        made = sha256()
        for part in (self.salt, *parts):
            content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            # With kind and length, so that no two lists of parts are the same bytes.
            made.update(b"%c%d:" % (b"t" if isinstance(part, str) else b"b", len(content)))
            made.update(content)
        return made.hexdigest()

    def read(self, name: str) -> pd.DataFrame | None:
        """Return the table `name`; None where there is none, or not every bit as it was written."""
        if self.folder is None or self.anew:
            return None
        path, seal = _paths(self.folder, name)
        try:
            # Parquet itself takes most flipped bits for other numbers.
            if seal.read_text("utf-8") != self._sealed(name, path):
                return None
            table = vector.read_table(path)
        except (OSError, ValueError, DataError):
            return None
        self._used |= {path.name, seal.name}
        return table

    def write(self, name: str, table: pd.DataFrame) -> None:
        """Keep `table` (no geometry but as WKB) as `name`, in place of what was kept before.

        Raises `OSError` where it cannot be written, with nothing left half-written.
        """
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path, seal = _paths(self.folder, name)
        # Without its seal, which comes last, a table is as good as none.
        vector.write_table(table, path)
        files.write_text(seal, self._sealed(name, path))
        self._used |= {path.name, seal.name}

    def prune(self, prefix: str = "") -> None:
        """Delete what was neither read nor written since this object was made.

        Only names that begin with `prefix`: a run that takes a part of the
        results only has no say in the others.
        """
        if self.folder is None or not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            # What a killed run left half-written has a point before its name.
            ours = path.name.lstrip(".").startswith(prefix)
            if ours and path.name not in self._used and path.is_file():
                with suppress(OSError):  # costs room, nothing else
                    path.unlink()

    def _sealed(self, name: str, path: Path) -> str:
        return self.key(name, files.file_hash(path))


def _paths(folder: Path, name: str) -> tuple[Path, Path]:
    """Return the table and the seal over its name and content."""
    return folder / f"{name}.parquet", folder / f"{name}.seal"
