"""What the maps of ``maps.toml`` show: parts of layers and documents, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from geoplan.publish.items import Item
from geoplan.publish.words import Pair


@dataclass(frozen=True, kw_only=True)
class Shows:
    """Names of what a listed map shows, as the table `maps` has them."""

    themes: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    """Layers (``layer``) and classes of layers (``layer/class``)."""
    on: tuple[str, ...] = ()
    outline: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    stops: str | None = None
    documents: tuple[str, ...] = ()
    """Documents of which everything, or all that counts, is shown."""
    earlier: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    note: Pair | None = None


def shows_of(row: dict[str, Any], plans: Iterable[str]) -> Shows:
    """Return what a row of `maps` shows; a count without documents is of all `plans`."""
    lists = {
        field.name: tuple((row[field.name] or "").split())
        for field in fields(Shows)
        if field.name not in ("stops", "note")
    }
    if row["kind"] == "count":
        lists["documents"] = lists["documents"] or tuple(plans)
    if row["kind"] == "compare":
        lists["documents"] = (*lists["earlier"], *lists["later"])
    note = (row["note"], row["note_en"] or row["note"]) if row["note"] else None
    return Shows(**lists, stops=row["stops"], note=note)


def own_layers(shows: Shows, layers: Iterable[dict[str, Any]]) -> frozenset[str]:
    """Return the layers that a map shows wholly: of its themes and documents, and by name."""
    return frozenset(
        row["layer"]
        for row in layers
        if row["theme"] in shows.themes
        or row["document"] in shows.documents
        or row["layer"] in shows.layers
    )


def matching(items: Iterable[Item], refs: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of items that refs name: a layer, one of its classes, one on one basis."""
    wanted = set(refs)
    return tuple(
        item.key
        for item in items
        if not wanted.isdisjoint(
            (item.layer, f"{item.layer}/{item.cls}", f"{item.layer}/{item.cls}/{item.basis}")
        )
    )
