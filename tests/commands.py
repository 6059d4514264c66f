"""Running commands in this process, through the real `main`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple


class Result(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Result]
