"""How much memory this process has held."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def peak_mib() -> int:
    """Return the most memory that this process held, in MiB, without what its parent did."""
    status = Path("/proc/self/status")
    if status.exists():
        held = re.search(r"^VmHWM:\s*(\d+) kB", status.read_text("ascii", "replace"), re.M)
        if held:
            return int(held[1]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
