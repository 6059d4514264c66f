"""The trace page as text."""

from __future__ import annotations

from functools import cache

from geoplan.publish.atlas import Atlas
from geoplan.publish.content import script_json
from geoplan.publish.frame import script_files, spoken
from geoplan.publish.reports import written
from geoplan.publish.tracing.data import trace_data

FILE = "trace.html"

MOST_BYTES = 1_500_000
"""Above it, counties of overlaps by list are left to the command `geoplan trace`."""

_SPOKEN = (
    *("trace", "extent", "basis", "state", "claim", "count", "grade", "finding", "reason"),
    *("measure", "legend", "nav"),
)
"""What the keys of words begin with that the page may say."""


def trace_text(atlas: Atlas) -> str:
    """Return the trace page; its data stands in it once."""
    text = ""
    for bare in (False, True):
        data = script_json(trace_data(atlas, bare=bare))
        text = written("trace.html.j2", atlas, data=data, scripts=scripts())
        if len(text.encode("utf-8")) <= MOST_BYTES:
            break
    return text


@cache
def scripts() -> str:
    """Return the scripts of the page, in one scope."""
    joined = script_files("trace")
    data = f"var WORDS = {spoken(joined)};"
    return f"(function () {{\n'use strict';\n{data}\n{joined}\n}})();\n"
