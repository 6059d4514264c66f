"""Which findings about a text tell already of a figure that does not agree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geoplan.schema import Tables, line_numbers, records

KINDS = ("sums_differ", "figures_differ", "table_differs")
"""Findings that are about figures."""

_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?")


@dataclass(frozen=True)
class Faulty:
    """Findings by document and line, with the numbers that they print there."""

    places: Mapping[tuple[str, int], list[tuple[str, frozenset[float]]]]

    @classmethod
    def of(cls, tables: Tables) -> Faulty:
        """Index `findings`."""
        places: dict[tuple[str, int], list[tuple[str, frozenset[float]]]] = defaultdict(list)
        for row in records(tables["findings"]):
            if row["kind"] in KINDS:
                numbers = frozenset(
                    float(n.replace(",", "")) for n in _NUMBER.findall(row["printed"])
                )
                for line in line_numbers(row["lines"]):
                    places[row["document"], line].append((row["finding"], numbers))
        return cls(dict(places))

    def of_row(self, row: Mapping[str, Any]) -> str | None:
        """Return the findings that print the figure of a claim that does not agree, by spaces."""
        if row["status"] not in ("differs", "inconsistent"):
            return None
        found = {
            finding
            for line in line_numbers(row["lines"])
            for finding, numbers in self.places.get((row["document"], line), ())
            if abs(row["published"]) in numbers
        }
        return " ".join(sorted(found)) or None
