"""What Chrome 86 knows: names of CSS and of scripts, drawn from MDN's browser-compat-data (CC0).

    python -m tests.browser.chrome86 node_modules/@mdn/browser-compat-data/data.json

writes ``chrome86.json`` beside this file; tests read it by :func:`known`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")
VERSION = 86

Node = dict[str, Any]


@cache
def known() -> dict[str, Any]:
    """Return the lists of ``chrome86.json``."""
    loaded: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return loaded


def names_in_chrome(name: str, node: Node) -> list[str]:
    """Return the names under which Chrome 86 has what a node of the data describes."""
    told = node["__compat"]["support"]["chrome"]
    found = []
    for entry in told if isinstance(told, list) else [told]:
        added, removed = (str(entry.get(f"version_{k}", "")) for k in ("added", "removed"))
        gone = removed.isdecimal() and int(removed) <= VERSION
        added = added.lstrip("≤")
        if added.isdecimal() and int(added) <= VERSION and not gone and "flags" not in entry:
            found.append(entry.get("alternative_name", entry.get("prefix", "") + name))
    return found


def in_chrome(name: str, node: Node) -> bool:
    """Return whether Chrome 86 has what a node of the data describes by its own name."""
    return name in names_in_chrome(name, node)


def children(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield what a node holds and what is known of browsers about it."""
    for name, child in node.items():
        if name != "__compat" and "__compat" in child:
            yield name, child


def old_names(node: Node) -> list[str]:
    """Return the names of what a node holds, as Chrome 86 knows them."""
    return sorted({old for pair in children(node) for old in names_in_chrome(*pair)})


def newer_names(node: Node) -> list[str]:
    """Return the names of what a node holds and Chrome 86 does not know."""
    return sorted(name for name, child in children(node) if not in_chrome(name, child))


def script_names(data: Node) -> tuple[set[str], set[str], set[str], set[str]]:
    """Return interfaces and members that Chrome 86 has, and those that it has not."""
    has: tuple[set[str], set[str]] = (set(), set())
    lacks: tuple[set[str], set[str]] = (set(), set())
    for parent in (data["api"], data["javascript"]["builtins"]):
        for name, child in children(parent):
            (has if in_chrome(name, child) else lacks)[0].add(name)
            for member, below in children(child):
                bare = member.removesuffix("_static").removesuffix("_event")
                (has if in_chrome(member, below) else lacks)[1].add(bare)
    return (*has, *lacks)


def made(data: Node) -> dict[str, Any]:
    """Return the lists, from the whole of the data."""
    css = data["css"]
    properties = dict(children(css["properties"]))
    newer = {n: newer_names(node) for n, node in sorted(properties.items()) if in_chrome(n, node)}
    types = {**css["types"], **css["types"]["color"]}
    has, has_members, lacks, lacks_members = script_names(data)
    # What Window has is global.
    window = {name.removesuffix("_static") for name in newer_names(data["api"]["Window"])}
    return {
        "from": f"@mdn/browser-compat-data {data['__meta']['version']} (CC0), Chrome {VERSION}",
        "properties": old_names(css["properties"]),
        "newer_values": {name: values for name, values in newer.items() if values},
        "selectors": old_names(css["selectors"]),
        "at_rules": old_names(css["at-rules"]),
        "media": old_names(css["at-rules"]["media"]),
        "newer_functions": [name for name in newer_names(types) if name.islower()],
        "newer_globals": sorted((lacks - has) | (window - has_members)),
        "newer_members": sorted(
            name for name in lacks_members - has_members if name.isidentifier() and "_" not in name
        ),
    }


def main() -> None:
    """Write the lists, each on a line of its own."""
    data = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    text = json.dumps(made(data), ensure_ascii=False, separators=(",", ":"))
    FILE.write_text(text.replace("],", "],\n") + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
