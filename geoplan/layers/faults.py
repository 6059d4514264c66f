"""Faults of layer files, gathered with the files that have them, and raised as one error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from geoplan.errors import GeoplanError, LayerError, blaming, listed


class Faults:
    """Sentences about faults in the order in which they were found, and the files at fault."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.files: set[str] = set()
        self.elsewhere = False

    def add(self, sentences: Iterable[str], files: Sequence[str] = ()) -> None:
        """Add faults of layer files; without `files` they are of something else."""
        before = len(self.told)
        self.told += sentences
        if len(self.told) > before:
            self.files.update(files)
            self.elsewhere = self.elsewhere or not files

    def raise_any(self, place: str) -> None:
        """Raise `LayerError` with all faults, "3 fault(s) in `place`", if there are any."""
        if self.told:
            fault = LayerError(f"{len(self.told)} fault(s) in {place}:\n{listed(self.told)}")
            raise blaming(fault, () if self.elsewhere else self.files)


def together(faults: Sequence[GeoplanError]) -> LayerError:
    """Return several errors as one; layer files are at fault only where they are in all."""
    fault = LayerError("\n".join(map(str, faults)))
    known = all(part.files for part in faults)
    return blaming(fault, {name for part in faults for name in part.files} if known else ())


@contextmanager
def at_fault(file: str) -> Iterator[None]:
    """Say of every error that is raised inside that the layer file `file` is at fault."""
    try:
        yield
    except GeoplanError as fault:
        blaming(fault, (file,))
        raise
