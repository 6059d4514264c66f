"""The table `coverage`: how much of each unit each class takes, and the four states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from geoplan import geometry
from geoplan.overlay.membership import Memberships
from geoplan.overlay.unit import LENGTH_UNITS_PER_KM, Label, UnitResult
from geoplan.schema import State, Tables, frame, records

INDICATIVE_DIGITS = 2
"""Significant digits of figures that come from indicative shapes."""

Key = tuple[str, Label]


@dataclass
class _Sums:
    """Sums by unit and label; areas and lengths as integers."""

    net: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    gross: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    length: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    features: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))


def coverage_table(
    tables: Tables, members: Memberships, *, results: list[UnitResult]
) -> pd.DataFrame:
    """Make the table `coverage`.

    Areas in km² and lengths in km, shares from 0 to 1; figures on an
    indicative basis have `INDICATIVE_DIGITS` significant digits. A unit
    above a layer's scope has no share: a city's plan says nothing about the
    rest of the province. A unit that a layer does not concern has one row
    with an empty class and the state of the layer there.
    """
    sums = _sum(members, results)
    areas = dict(zip(tables["units"]["adcode"], tables["units"]["area_km2"], strict=True))
    totals: dict[Label, int] = defaultdict(int)
    top = [code for code, parent in members.parents.items() if not parent]
    for (code, label), net in sums.net.items():
        if code in top:
            totals[label] += net
    scopes = dict(zip(tables["layers"]["layer"], tables["layers"]["scope"], strict=True))
    rows = []
    for key in sorted(sums.features):
        code, label = key
        inside = scopes[label.layer] in (code, *members.ancestors(code))
        rows.append(_row(key, sums, areas[code] if inside else None, totals[label]))
    return frame("coverage", [*rows, *_states(tables, members, sums)])


def _sum(members: Memberships, results: list[UnitResult]) -> _Sums:
    sums = _Sums()
    for result in results:
        units = [result.adcode, *members.ancestors(result.adcode)]
        whole = sum(piece.area for piece in result.pieces) + result.dropped
        for piece in result.pieces:
            for label in piece.labels:
                _add(sums.net, units, label, piece.area)
        for label, feature in members.wholly_in(result.adcode):
            _add(sums.gross, units, label, whole)
            _note(sums, units, label, feature)
        for (label, feature), area in result.gross.items():
            _add(sums.gross, units, label, area)
            _note(sums, units, label, feature)
        for (label, feature), length in result.lengths.items():
            _add(sums.length, units, label, length)
            _note(sums, units, label, feature)
    for label, feature, code in members.named():
        _note(sums, [code, *members.ancestors(code)], label, feature)
    return sums


def _add(sums: dict[Key, int], units: list[str], label: Label, amount: int) -> None:
    for code in units:
        sums[code, label] += amount


def _note(sums: _Sums, units: list[str], label: Label, feature: str) -> None:
    for code in units:
        sums.features[code, label].add(feature)


def _row(key: Key, sums: _Sums, unit_km2: float | None, total: int) -> dict[str, object]:
    code, label = key
    net, gross, length = sums.net.get(key), sums.gross.get(key), sums.length.get(key)
    figures = {
        "area_net_km2": None if net is None else geometry.km2(net),
        "area_gross_km2": None if gross is None else geometry.km2(gross),
        "length_km": None if length is None else length / LENGTH_UNITS_PER_KM,
        "share_of_unit": None if net is None or unit_km2 is None else geometry.km2(net) / unit_km2,
        "share_of_class": None if net is None else net / total,
    }
    if label.basis == "indicative":
        figures = {name: rounded(value) for name, value in figures.items()}
    return {
        "adcode": code,
        "layer": label.layer,
        "class": label.class_,
        "basis": label.basis,
        **figures,
        "count": len(sums.features[key]),
        "state": "concerned",
    }


def rounded(value: float | None) -> float | None:
    """Round to `INDICATIVE_DIGITS` significant digits."""
    return None if value is None else float(f"{value:.{INDICATIVE_DIGITS}g}")


def _states(tables: Tables, members: Memberships, sums: _Sums) -> Iterator[dict[str, object]]:
    concerned = {(code, label.layer) for code, label in sums.features}
    open_ended = _open_ended(tables)
    chains = {code: {code, *members.ancestors(code)} for code in members.parents}
    for layer in records(tables["layers"]):
        if not layer["features"] and layer["kind"] != "slot":  # indicators only: no places
            continue
        unknown = open_ended[layer["layer"]]
        for code, above in chains.items():
            if (code, layer["layer"]) in concerned:
                continue
            state: State = "not_concerned"
            if layer["scope"] not in above:
                state = "out_of_scope"
            elif layer["kind"] == "slot" or "" in unknown or unknown & above:
                state = "no_data"
            yield {
                "adcode": code,
                "layer": layer["layer"],
                "class": "",
                "basis": "list",
                "count": 0,
                "state": state,
            }


def _open_ended(tables: Tables) -> dict[str, set[str]]:
    """Return the units, by layer, inside which it is not known who is concerned.

    Those are units that a statement speaks of, and cities that stand in a
    list without their counties; "" where shapes are our own sketches, from
    which nobody's absence can be concluded.
    """
    found: dict[str, set[str]] = defaultdict(set)
    members, features = tables["memberships"], tables["features"]
    open_ = members[members["extent"].isin(["statement", "within", "passes"])]
    for layer, code in zip(open_["layer"], open_["adcode"], strict=True):
        found[layer].add(code)
    for layer in features["layer"][features["extent"] == "indicative"]:
        found[layer].add("")
    return found
