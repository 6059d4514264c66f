"""What pages ask of a browser: their scripts and styles, held against what Chrome 86 knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import esprima
import tinycss2
from tinycss2.ast import Node

from geoplan.publish import frame
from tests.browser.chrome86 import known

DATA = re.compile(r"^var GEOPLAN = .*;$", re.MULTILINE)
"""The data of a page, on a line of its own; parsing it takes long and says nothing of syntax."""


class _Contents(HTMLParser):
    def __init__(self, element: str) -> None:
        super().__init__(convert_charrefs=False)
        self.element = element
        self.found: list[str] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == self.element:
            self.open = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag != self.element

    def handle_data(self, data: str) -> None:
        if self.open:
            self.found[-1] += data


def contents(page: str, element: str) -> list[str]:
    """Return the texts of all elements of one name, such as ``script`` and ``style``."""
    parser = _Contents(element)
    parser.feed(page)
    parser.close()
    return parser.found


def scripts(page: str) -> list[str]:
    """Return the scripts of a page, its data left out."""
    return [DATA.sub("var GEOPLAN = {};", text) for text in contents(page, "script")]


def nodes(tree: Any) -> Iterator[Any]:
    """Yield every node of a parsed script."""
    if isinstance(tree, list):
        for part in tree:
            yield from nodes(part)
    elif isinstance(tree, esprima.nodes.Node):
        yield tree
        for part in vars(tree).values():
            yield from nodes(part)


def _is_modern(node: Any) -> bool:
    """Return whether a node is of a syntax newer than that of 2009, in which ours is written."""
    modern = ("Arrow", "Class", "Template", "Spread", "Rest", "Await", "Yield", "Import", "Export")
    flagged = any(getattr(node, flag, False) for flag in ("shorthand", "generator", "isAsync"))
    kind = getattr(node, "kind", None) in ("let", "const")
    return node.type.startswith(modern) or node.type.endswith("Pattern") or flagged or kind


@cache
def syntax_faults(script: str) -> tuple[str, ...]:
    """Return why a script does not run in Chrome 86; the parser knows what there was by 2017."""
    try:
        esprima.parseScript(script)
    except esprima.Error as fault:
        return (str(fault),)
    return ()


@cache
def own_faults(script: str) -> tuple[str, ...]:
    """Return syntax newer than ours, and names that Chrome 86 does not know, of our scripts."""
    lists, found = known(), []
    globals_, members = set(lists["newer_globals"]), set(lists["newer_members"])
    tree = esprima.parseScript(script, loc=True)
    own = {node.id.name for node in nodes(tree) if node.type.startswith("Function") and node.id}
    own |= {node.id.name for node in nodes(tree) if node.type == "VariableDeclarator"}
    for node in nodes(tree):
        line = node.loc.start.line
        if _is_modern(node):
            found.append(f"line {line}: {node.type}")
        if node.type == "Identifier" and node.name in globals_ - own:
            found.append(f"line {line}: {node.name}")
        if node.type in ("CallExpression", "NewExpression") and _method(node.callee) in members:
            found.append(f"line {line}: {_method(node.callee)}()")
    return tuple(found)


def _method(callee: Any) -> str | None:
    """Return the name of a method that is called, unless it is one of Leaflet itself."""
    if callee.type == "MemberExpression" and getattr(callee.object, "name", None) != "L":
        named = callee.property.value if callee.computed else callee.property.name
        return None if named is None or named in _leaflet() else str(named)
    return None


@cache
def _leaflet() -> frozenset[str]:
    """Return the names of Leaflet's own methods, some of which browsers have got since."""
    return frozenset(re.findall(r"[{,](\w+):function\(", frame.leaflet_js()))


HARMLESS = {
    "accent-color",
    "scrollbar-width",
    "scrollbar-color",
    "text-wrap",
    "forced-color-adjust",
}
"""Properties that only make a page nicer: where they are not known, nothing is lost."""

PREFIXED = {"print-color-adjust": "-webkit-print-color-adjust"}
"""Properties whose older name has to stand before them."""

NEWER_UNITS = re.compile(
    r"^([sld]v([whib]|min|max)|v[ib]|cq([whib]|min|max)|r?(lh|cap|ic)|rex|rch)$"
)

EITHER_WAY = {"align-self"}
"""`start` and `end` are newer in a flex container only; our items that have them lie in a grid."""

WIDER_SELECTORS = {"is", "where", "has", "not", "nth-child", "nth-last-child"}


@cache
def style_faults(style: str) -> tuple[str, ...]:
    """Return what of a style Chrome 86 does not know and has no fallback."""
    rules = tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
    return tuple(_rules(rules))


def _rules(rules: Iterable[Node]) -> Iterator[str]:
    for rule in rules:
        where = f"line {rule.source_line}: "
        if rule.type == "error":
            yield f"{where}{rule.message}"
        elif rule.type == "at-rule":
            yield from (where + fault for fault in _at_rule(rule))
        elif rule.type == "qualified-rule":
            yield from (where + fault for fault in _selector(rule.prelude))
            yield from (where + fault for fault in block_faults(rule.content))


def _at_rule(rule: Node) -> Iterator[str]:
    plain = rule.lower_at_keyword.removeprefix("-webkit-")
    if plain not in known()["at_rules"]:
        yield f"@{rule.lower_at_keyword}"
    elif plain == "import":
        yield "@import: another file"
    elif plain in ("media", "supports"):
        if plain == "media":
            yield from _media(rule.prelude)
        yield from _rules(tinycss2.parse_rule_list(rule.content, True, True))
    elif plain == "page":
        faults = block_faults(rule.content)
        yield from (fault for fault in faults if not fault.startswith("size: no such"))


def _media(prelude: list[Node]) -> Iterator[str]:
    for token in prelude:
        if token.type == "() block":
            words = [t for t in token.content if t.type not in ("whitespace", "comment")]
            first = words[0].lower_value if words and words[0].type == "ident" else ""
            if any(t.type == "literal" and t.value in "<>=" for t in words):
                yield f"@media {tinycss2.serialize([token])}: a range"
            elif re.sub("^(min|max)-", "", first) not in known()["media"]:
                yield f"@media {tinycss2.serialize([token])}"


def _selector(prelude: list[Node]) -> Iterator[str]:
    """Yield pseudo-classes that are not known; one such makes a whole list of selectors void."""
    for at, token in enumerate(prelude):
        if token.type == "literal" and token.value == "&":
            yield "nesting"
        if token.type == "function" and token.lower_name in WIDER_SELECTORS:
            inner = tinycss2.serialize(token.arguments)
            if token.lower_name in ("is", "where", "has") or re.search(r",|\bof\b|[ >+~]\S", inner):
                yield f":{token.lower_name}({inner})"
        colon = at > 0 and prelude[at - 1].type == "literal" and prelude[at - 1].value == ":"
        if colon and token.type == "ident":
            names = (token.lower_value, f":{token.lower_value}", f"::{token.lower_value}")
            if not set(names) & set(known()["selectors"]):
                yield f":{token.lower_value}"


def block_faults(content: list[Node]) -> Iterator[str]:
    """Yield declarations that are not known and that none of the same block stands in for."""
    before: set[str] = set()
    for part in tinycss2.parse_blocks_contents(content, True, True):
        if part.type != "declaration":
            yield "a rule in a rule: nesting" if part.type != "error" else part.message
            continue
        name, fault = part.lower_name, _declaration(part)
        if fault is None:
            before.add(name)
        elif name not in before and PREFIXED.get(name) not in before:
            yield fault


def _declaration(part: Node) -> str | None:
    name = part.lower_name
    if name.startswith("--") or name in HARMLESS:
        return None
    vendor = name.startswith("-")
    if name not in known()["properties"] and not vendor:
        return f"{name}: no such property"
    keywords = set() if name in EITHER_WAY else set(known()["newer_values"].get(name, ()))
    for token in _tokens(part.value):
        if token.type == "function" and token.lower_name in known()["newer_functions"]:
            return f"{name}: {token.lower_name}()"
        if token.type == "dimension" and NEWER_UNITS.fullmatch(token.lower_unit):
            return f"{name}: {token.representation}{token.unit}"
        if token.type == "ident" and token.lower_value in keywords:
            return f"{name}: {token.lower_value}"
    return None


def _tokens(value: Iterable[Node]) -> Iterator[Node]:
    for token in value:
        yield token
        if token.type == "function":
            yield from _tokens(token.arguments)
