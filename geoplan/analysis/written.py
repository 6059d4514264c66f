"""Checks that people wrote in ``checks.toml``, with the figures that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geoplan.analysis.arithmetic import Sum
from geoplan.analysis.numbers import Figure
from geoplan.schema import Tables, records
from geoplan.schema.measures import MEASURES


@dataclass(frozen=True)
class Listed:
    """A number of names, and the features that bear them."""

    result: Figure
    parts: Sequence[Figure]
    """Empty: features are no figures."""
    names: Sequence[str]
    check: str


def written_checks(tables: Tables, figures: Sequence[Figure]) -> Iterator[Sum | Listed]:
    """Yield the checks of the table `checks` whose figures are all there.

    A project may leave out layers: what their figures would make is not checked.
    """
    named = {figure.name: figure for figure in figures if figure.name is not None}
    features = {
        f"{row['layer']}/{row['feature']}": row["name"] for row in records(tables["features"])
    }
    for row in records(tables["checks"]):
        made = _counted(row, named, features) if row["kind"] == "count" else _sum(row, named)
        if made is not None:
            yield made


def _counted(
    row: Mapping[str, Any], named: Mapping[str, Figure], features: Mapping[str, str]
) -> Listed | None:
    parts = row["parts"].split()
    if row["result"] not in named or any(part not in features for part in parts):
        return None
    return Listed(named[row["result"]], (), [features[part] for part in parts], row["check"])


def _sum(row: Mapping[str, Any], named: Mapping[str, Figure]) -> Sum | None:
    parts = row["parts"].split()
    # Values of words (完成省定任务) are no figures.
    if any(name not in named for name in (*parts, *([row["result"]] if row["result"] else ()))):
        return None
    return Sum(
        row["kind"],
        named[row["result"]] if row["result"] else None,
        [named[part] for part in parts],
        int(row["years"]) if row["years"] else None,
        row["check"],
        MEASURES[row["measure"]] if row["measure"] else None,
    )
