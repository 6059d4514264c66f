"""Several files as one text of bytes, as fuzzers change it."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MARK = re.compile(rb"(?:^|\n)#=# ([ -~]{1,60}) #=#\n")


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return files as one text; names are ASCII."""
    return b"\n".join(b"#=# %s #=#\n%s" % (name.encode(), data) for name, data in files.items())


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the files of a text; what stands before the first is left out."""
    found = _MARK.split(data)
    names = (name.decode() for name in found[1::2])
    return dict(zip(names, found[2::2], strict=True))
