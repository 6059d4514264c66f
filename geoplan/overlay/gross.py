"""Gross overlaps: what two classes share, added over their features."""

from __future__ import annotations

from collections import Counter, defaultdict

from geoplan import geometry
from geoplan.overlay.membership import Memberships
from geoplan.overlay.unit import Label, UnitResult


class Gross:
    """Gross areas of pairs of classes by county, in units of 1e-4 m²."""

    def __init__(self, members: Memberships, results: list[UnitResult]) -> None:
        self._met = {result.adcode: result.met for result in results}
        self._areas = {r.adcode: sum(piece.area for piece in r.pieces) + r.dropped for r in results}
        self._wholes: dict[str, Counter[Label]] = {
            code: Counter(label for label, _ in members.wholly_in(code)) for code in self._areas
        }
        self._drawn: dict[tuple[str, Label], int] = defaultdict(int)
        for result in results:
            for (label, _), area in result.gross.items():
                self._drawn[result.adcode, label] += area

    def of(self, pair: tuple[Label, Label], code: str, *, net: int) -> int:
        """Return the gross area that a pair shares in a county, `net` where no place counts twice.

        A feature that covers the county wholly shares with the other class all
        that this has there.
        """
        whole_a, whole_b = (self._wholes[code][label] for label in pair)
        drawn_a, drawn_b = (self._drawn.get((code, label), 0) for label in pair)
        # Drawn features that are not in `met` cover no place twice.
        found = self._met[code].get(pair, 0 if whole_a or whole_b else net)
        found += whole_a * whole_b * self._areas[code] + whole_a * drawn_b + whole_b * drawn_a
        return found if found - net > geometry.AREA_UNITS_PER_M2 else net
