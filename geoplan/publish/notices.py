"""What has to be said about base data: every source with its notice and licence."""

from __future__ import annotations

from collections.abc import Container

from geoplan import schema
from geoplan.publish.items import shape_of
from geoplan.publish.rows import rows_of

BOUNDARIES = "boundaries"
DRAWN_FROM = {"axis": "places", "buffer": "places", "sites": "places", "reference": "rivers"}
"""Which source of base data a feature's shape comes from, by ``drawn_by``."""


def notices(
    tables: schema.Tables, shown: Container[tuple[str, str]] | None = None
) -> list[list[str]]:
    """Return the notices of the data that shapes of a page show: ``[Chinese, English]`` each.

    `shown` are the features ``(layer, feature)`` that count; default: all.
    Boundaries come first, then what features are drawn from, in the order of
    the table ``sources``.
    """
    used = {
        DRAWN_FROM[row["drawn_by"]]
        for row in rows_of(tables, "features")
        if row["drawn_by"] in DRAWN_FROM
        and shape_of(row) is not None
        and (shown is None or (row["layer"], row["feature"]) in shown)
    }
    rows = rows_of(tables, "sources")
    told = [row for row in rows if row["source"] in used | {BOUNDARIES}]
    told.sort(key=lambda row: row["source"] != BOUNDARIES)
    return [[row["notice"], row["notice_en"]] for row in told]
