"""How to run: by whom, what of it, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from geoplan.errors import UsageError

Hear = Callable[[str, dict[str, Any]], None]
"""Called with the kind of an event and its facts; docs/automation.md lists them."""


@dataclass(frozen=True)
class Run:
    """How to run.

    Attributes
    ----------
    scheduler, workers
        See `geoplan.cluster.run`; they never change a byte of the result.
    on_event
        Hears what happens.
    only
        Themes whose pages are built; the other files stay as they are.
    keep_going
        Whether to leave out layers that are broken, keep the files that would
        show them as they are, and build the rest.
    force
        Whether to run everything, whatever is there.
    strict
        Whether to publish nothing where plans have faults.
    """

    scheduler: str = "threads"
    workers: int | None = None
    on_event: Hear | None = None
    only: tuple[str, ...] = ()
    keep_going: bool = False
    force: bool = False
    strict: bool = False

    def __post_init__(self) -> None:
        """Refuse what no scheduler understands; raises `UsageError`."""
        if self.scheduler != "threads":
            from geoplan.cluster import check_scheduler

            check_scheduler(self.scheduler)
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"workers = {self.workers}: at least 1 is needed")

    def tell(self, kind: str, **facts: Any) -> None:
        """Tell of an event."""
        if self.on_event is not None:
            self.on_event(kind, facts)


@dataclass(frozen=True)
class Built:
    """What a build did."""

    ran: tuple[str, ...] = ()
    """Stages that ran."""
    made: tuple[str, ...] = ()
    """Published files that were made anew and differ from before."""
    removed: tuple[str, ...] = ()
    kept: int = 0
    """Published files that stayed as they were."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Layer files, and pages, that are broken, with what is wrong; only with `keep_going`."""
    faults: tuple[str, ...] = ()
    """Faults of the plans themselves."""
    published: bool = True
    """Whether the published folder is as it would be built now."""
