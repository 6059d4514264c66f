"""Why nothing is shown of a county: what all layers shown say of it together.

The same rule as that of the pages (``assets/js/42-states.js``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geoplan.publish.atlas import STATES, Atlas
from geoplan.publish.items import chains_of, inside_of, named_units
from geoplan.publish.pages import Page
from geoplan.publish.reach import reached
from geoplan.publish.rows import rows_of

SIGNS = {
    "not_concerned": "plain",
    "out_of_scope": "grey",
    "said": "dots",
    "no_data": "dots",
    "not_by_county": "dots",
}
"""How a county in each state is drawn; one that is concerned has a sign of its own."""


def county_states(atlas: Atlas, page: Page) -> dict[str, str]:
    """Return the state of each county of the page's scope; none where no layer is shown.

    A state is ``concerned`` or a key of `SIGNS`.
    """
    shown = {item.layer for item in atlas.items if item.key in page.on}
    layers = [row for row in rows_of(atlas.tables, "layers") if row["layer"] in shown]
    if not layers:
        return {}
    said = _said(atlas, {row["layer"]: row["scope"] for row in layers})
    return {
        code: combined(
            {row["layer"]: _state(atlas, row["layer"], code) for row in layers},
            slots={row["layer"] for row in layers if row["kind"] == "slot"},
            said=code in said,
        )
        for code in sorted(inside_of(atlas.tables)[page.scope])
    }


def combined(states: Mapping[str, str], *, slots: set[str], said: bool) -> str:
    """Return what layers say of a unit together: the most that any says.

    `states` are those of the layers by id, `slots` the layers that wait for
    data, `said` tells whether their texts speak of the unit without a place.
    """
    found = set(states.values())
    if "concerned" in found:
        return "concerned"
    if said:
        return "said"
    if "no_data" in found:
        silent = {layer for layer, state in states.items() if state == "no_data"}
        return "no_data" if silent <= slots else "not_by_county"
    return "not_concerned" if "not_concerned" in found else "out_of_scope"


def _state(atlas: Atlas, layer: str, code: str) -> str:
    return STATES[int(atlas.states[layer][atlas.order.units[code]])]


def _said(atlas: Atlas, scopes: Mapping[str, str]) -> set[str]:
    """Return the counties that texts speak of without a place, or as part of a unit above."""
    named, shaped = named_units(atlas.tables), reached(atlas.tables)
    chains = chains_of(atlas.tables)
    counties = [row["adcode"] for row in rows_of(atlas.tables, "units") if row["level"] == "county"]
    found: set[str] = set()
    for row in rows_of(atlas.tables, "features"):
        key = (row["layer"], row["feature"])
        if row["layer"] not in scopes or key in shaped or row["extent"] == "whole":
            continue
        units = _units(row, named.get(key, []), scopes)
        found |= {code for code in counties if _is_said(row, code, units, chains[code])}
    return found


def _units(row: dict[str, Any], named: list[str], scopes: Mapping[str, str]) -> set[str]:
    if not named and row["extent"] == "statement":
        return {scopes[row["layer"]]}
    return set(named)


def _is_said(row: dict[str, Any], code: str, units: set[str], chain: tuple[str, ...]) -> bool:
    """Of a list, what is said of a unit above; of a statement, what is said of the county too."""
    if code in units:
        return bool(row["extent"] == "statement")
    return not units.isdisjoint(chain)
