"""The door to numba: functions compiled once, kept for as long as the engine's source is the same.

numba looks only at the file of a function, not at those of the functions that
it calls; so what is kept is kept in a folder named after all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

_HERE = Path(__file__).parent


def _source_hash() -> str:
    """Return the hash of all modules of this folder that have compiled functions."""
    sources = (path.read_bytes() for path in sorted(_HERE.glob("*.py")))
    return sha256(b"".join(text for text in sources if b"@compiled" in text)).hexdigest()


# The types of numba do not know its settings.
_settings: Any = numba.config
_settings.CACHE_DIR = str(
    Path(_settings.CACHE_DIR or _HERE / "__pycache__") / f"numba-{_source_hash()[:16]}"
)


def compiled(function: Function) -> Function:
    """Compile a function for the types that it is called with; it runs without the GIL."""
    made: Any = numba.njit(cache=True, nogil=True)(function)
    return cast("Function", made)
