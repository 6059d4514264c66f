"""The table `overlaps`: pairs of classes that share a place, by county and in total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from math import sqrt

import pandas as pd

from geoplan import geometry
from geoplan.overlay.coverage import rounded
from geoplan.overlay.gross import Gross
from geoplan.overlay.membership import Memberships
from geoplan.overlay.unit import Label, UnitResult
from geoplan.schema import Tables, frame, row_id

Pair = tuple[Label, Label]


def overlaps_table(
    tables: Tables, members: Memberships, *, results: list[UnitResult]
) -> pd.DataFrame:
    """Make the table `overlaps`.

    Pairs with shapes on both sides have an area, in km², with shares of
    either side and, where the overlap is whole counties, a relative
    uncertainty: one standard error, from the borders of those counties. The
    gross area is added over pairs of features: it is more than the net one
    where features of a class cover a place more than once. Pairs with a list
    on a side have the counties in which both are named, and no area.
    """
    errors = dict(zip(tables["units"]["adcode"], tables["units"]["uncertainty_km2"], strict=True))
    wholes = {r.adcode: sum(piece.area for piece in r.pieces) + r.dropped for r in results}
    net, pairs = _sums(results)
    gross = Gross(members, results)
    rows: list[dict[str, object]] = []
    for pair, by_unit in sorted(pairs.items()):
        known = {c: errors[c] for c, area in by_unit.items() if area == wholes[c]}
        added = {c: gross.of(pair, c, net=area) for c, area in by_unit.items()}
        rows += _area_rows(pair, by_unit, net, (known, added))
    return frame("overlaps", [*rows, *_list_rows(members, results)])


def _sums(
    results: list[UnitResult],
) -> tuple[dict[Label, dict[str, int]], dict[Pair, dict[str, int]]]:
    net: dict[Label, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    pairs: dict[Pair, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for result in results:
        for piece in result.pieces:
            for label in piece.labels:
                net[label][result.adcode] += piece.area
            for pair in combinations(piece.labels, 2):
                pairs[pair][result.adcode] += piece.area
    return net, pairs


def _area_rows(
    pair: Pair,
    by_unit: dict[str, int],
    net: dict[Label, dict[str, int]],
    more: tuple[dict[str, float], dict[str, int]],
) -> Iterator[dict[str, object]]:
    (a, b), (errors, gross) = pair, more
    for code, area in by_unit.items():
        sides = (net[a][code], net[b][code])
        areas = (area, gross[code])
        yield _row(pair, code, 1, areas=areas, sides=sides, error_km2=errors.get(code))
    sides = (sum(net[a].values()), sum(net[b].values()))
    squares = [errors[code] ** 2 for code in sorted(errors)]
    error = sqrt(sum(squares)) if len(squares) == len(by_unit) else None
    areas = (sum(by_unit.values()), sum(gross.values()))
    yield _row(pair, None, len(by_unit), areas=areas, sides=sides, error_km2=error)


def _row(
    pair: Pair,
    adcode: str | None,
    units: int,
    *,
    areas: tuple[int, int],
    sides: tuple[int, int],
    error_km2: float | None,
) -> dict[str, object]:
    drawn = "indicative" in (pair[0].basis, pair[1].basis)
    area, gross = areas
    figures: dict[str, float | None] = {
        "area_km2": geometry.km2(area),
        "area_gross_km2": geometry.km2(gross),
        "share_of_a": area / sides[0],
        "share_of_b": area / sides[1],
    }
    if drawn:
        figures = {name: rounded(value) for name, value in figures.items()}
    return {
        **_names(pair, adcode, "indicative" if drawn else "geometry"),
        "units": units,
        **figures,
        "uncertainty": None if drawn or error_km2 is None else error_km2 / geometry.km2(area),
    }


def _list_rows(members: Memberships, results: list[UnitResult]) -> Iterator[dict[str, object]]:
    present: dict[Label, set[str]] = defaultdict(set)
    for result in results:
        for piece in result.pieces:
            for label in piece.labels:
                present[label].add(result.adcode)
    counties = {result.adcode for result in results}
    for label, _, code in members.named():
        present[label] |= {code} & counties
    # A class may have exact shapes and lists: its pairs are told once for both.
    shared: dict[tuple[str, ...], tuple[Pair, set[str]]] = {}
    for pair in combinations(sorted(present), 2):
        both = present[pair[0]] & present[pair[1]]
        names = (*pair[0][:2], *pair[1][:2])
        if both and "list" in (pair[0].basis, pair[1].basis) and names[:2] != names[2:]:
            shared.setdefault(names, (pair, set()))[1].update(both)
    for pair, both in shared.values():
        total = _names(pair, None, "list")
        yield {**total, "units": len(both)}
        for code in sorted(both):
            yield {**total, "id": row_id(*pair[0], *pair[1], code), "adcode": code, "units": 1}


def _names(pair: Pair, adcode: str | None, basis: str) -> dict[str, object]:
    a, b = pair
    return {
        "id": row_id(*a, *b, adcode),
        "layer_a": a.layer,
        "class_a": a.class_,
        "layer_b": b.layer,
        "class_b": b.class_,
        "adcode": adcode,
        "basis": basis,
    }
