"""Views of a page: counties in the classes of one question, one view at a time.

Counts, comparisons and divisions of counties become views; the scripts of a
page show one of them below everything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from geoplan.publish.atlas import Atlas
from geoplan.publish.pages import Page
from geoplan.publish.views.bands import COUNTS, Group, grouped, ramp
from geoplan.publish.views.naming import Naming
from geoplan.publish.words import Pair, pair
from geoplan.sides import change_of, side_by_side

Feature = tuple[str, str]
"""Layer and feature."""

OUT, NONE = "#dadedd", "#fdfcf8"
"""Outside a plan's scope, the grey of that state on all maps; and nothing said."""

SIDES = {"both": "#5e3c99", "first_only": "#e9a03b", "second_only": "#8fb8de"}
"""Colours of what two periods say; told apart by colour-blind readers too."""

DIVIDED = (
    *("#77aadd", "#eedd88", "#ee8866", "#99ddff", "#44bb99", "#ffaabb", "#bbcc33", "#aaaa00"),
)
"""Light colours that colour-blind readers tell apart (Tol); his grey is kept for `OUT`."""


@dataclass(frozen=True)
class Band:
    """One class of a view."""

    title: Pair
    colour: str
    out: bool = False
    """Whether it is outside the scope: no value at all."""


@dataclass(frozen=True, kw_only=True)
class View:
    """One choropleth: counties of the page's unit by class, and the features behind each."""

    id: str
    title: Pair
    bands: tuple[Band, ...]
    of: Mapping[str, int]
    """Class of each county, by code."""
    why: Mapping[str, tuple[Feature, ...]]
    note: Pair | None = None
    theme: Pair | None = None
    document: str | None = None
    """The document that it counts."""
    measured: bool = False
    """Whether the area of its counties may be given: all that it shows are whole counties."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """The number written beside the name of each county, if there is one."""


def views_of(atlas: Atlas, page: Page) -> list[View]:
    """Return the views of a page, the first of which is shown at opening; most pages have none."""
    makers: dict[str, Callable[[Atlas, Page], list[View]]] = {
        "count": count_views,
        "compare": compare_views,
        "detail": division_views,
    }
    return makers[page.kind](atlas, page) if page.shows and page.kind in makers else []


def count_views(atlas: Atlas, page: Page) -> list[View]:
    """Return, for each document, how many classes name each county in its scope."""
    naming = Naming(atlas)
    made = []
    for document in page.shows.documents if page.shows else ():
        if document not in naming.documents:
            continue
        scope = naming.scope(document) & page.counties
        why: dict[str, list[Feature]] = defaultdict(list)
        for feature, counties in naming.counties.items():
            if naming.document_of(feature) == document:
                for code in counties:
                    why[code].append(feature)
        numbers = {c: len({naming.features[f]["class"] for f in why[c]}) for c in sorted(scope)}
        if any(numbers.values()):
            made.append(_count_view(naming, page, document, numbers, why=why))
    return made


def _count_view(
    naming: Naming,
    page: Page,
    document: str,
    numbers: Mapping[str, int],
    *,
    why: Mapping[str, list[Feature]],
) -> View:
    groups = grouped(sorted({n for n in numbers.values() if n}))
    colours = ramp(COUNTS, len(groups))
    bands = [Band(_count_title(g), c) for g, c in zip(groups, colours, strict=True)]
    place = {n: i for i, group in enumerate(groups) for n in range(group.least, group.most + 1)}
    if not all(numbers.values()):
        place[0] = len(bands)
        bands.append(Band(pair("view.count.none"), NONE))
    of = {code: place[n] for code, n in numbers.items()}
    _add_outside(bands, of, page)
    row = naming.documents[document]
    return View(
        id=document,
        title=(row["title"], row["title"]),
        note=pair("view.by_number"),
        document=document,
        bands=tuple(bands),
        of=of,
        why={code: tuple(why[code]) for code in numbers if numbers[code]},
        numbers={code: n for code, n in numbers.items() if n},
    )


def _count_title(group: Group) -> Pair:
    return pair("view.classes.one" if group.text == "1" else "view.classes", n=group.text)


def _add_outside(bands: list[Band], of: dict[str, int], page: Page) -> None:
    """Put the counties of the page that have no value yet outside the scope."""
    outside = sorted(page.counties - set(of))
    if outside:
        of.update(dict.fromkeys(outside, len(bands)))
        bands.append(Band(pair("state.out_of_scope"), OUT, out=True))


def compare_views(atlas: Atlas, page: Page) -> list[View]:
    """Return, for each class of a theme with counties named in both periods, who names which."""
    naming = Naming(atlas)
    earlier, later = _periods(page)
    inside = common_scope(naming, page)
    cells = side_by_side(
        (
            (naming.document_of(f), (*key_of(naming, f), code), f)
            for f, counties in naming.counties.items()
            for code in counties
            if code in inside
        ),
        first=earlier,
        second=later,
    )
    classes: dict[tuple[str, str], dict[str, tuple[list[Feature], list[Feature]]]]
    classes = defaultdict(dict)
    for (theme, cls, code), sides in cells.items():
        classes[theme, cls][code] = sides
    both = [key for key, found in classes.items() if _is_in_both(found)]
    return [
        _compare_view(atlas, page, key, classes[key], inside=inside)
        for key in sorted(both, key=theme_order(atlas))
    ]


def common_scope(naming: Naming, page: Page) -> frozenset[str]:
    """Return the counties of the page that lie in the scope of both periods."""
    first, second = (
        frozenset[str]().union(*(naming.scope(d) for d in side if d in naming.documents))
        for side in _periods(page)
    )
    return first & second & page.counties


def _is_in_both(found: Mapping[str, tuple[list[Feature], list[Feature]]]) -> bool:
    return all(any(sides[i] for sides in found.values()) for i in (0, 1))


def _compare_view(
    atlas: Atlas,
    page: Page,
    key: tuple[str, str],
    found: Mapping[str, tuple[list[Feature], list[Feature]]],
    *,
    inside: frozenset[str],
) -> View:
    order = list(SIDES)
    bands = [Band(pair(f"view.{change}"), SIDES[change]) for change in order]
    of = {code: order.index(change_of(found[code])) for code in sorted(found)}
    rest = sorted(inside - set(of))
    if rest:
        of.update(dict.fromkeys(rest, len(bands)))
        bands.append(Band(pair("view.neither"), NONE))
    _add_outside(bands, of, page)
    return View(
        id="/".join(key),
        title=class_title(atlas, key[1]),
        note=pair("view.by_number"),
        theme=theme_title(atlas, key[0]),
        bands=tuple(bands),
        of=of,
        why={code: (*sides[0], *sides[1]) for code, sides in sorted(found.items())},
    )


def division_views(atlas: Atlas, page: Page) -> list[View]:
    """Return, for each class that `views` names, which of its features names which county.

    The counties are those that the text lists; no area follows from a list.
    """
    naming = Naming(atlas)
    made = []
    for ref in page.shows.views if page.shows else ():
        features = [
            (item.layer, name)
            for item in atlas.items
            for name in item.features
            if f"{item.layer}/{item.cls}" == ref and item.basis != "indicative"
        ]
        why: dict[str, list[Feature]] = defaultdict(list)
        for feature in features:
            for code in naming.counties.get(feature, ()):
                why[code].append(feature)
        if why:
            made.append(_division(atlas, ref, naming, features, why=why))
    return made


def _division(
    atlas: Atlas,
    ref: str,
    naming: Naming,
    features: list[Feature],
    *,
    why: Mapping[str, list[Feature]],
) -> View:
    rows = [naming.features[feature] for feature in features]
    # Counties are filled as a whole: a shape of its own would be less than they are.
    measured = all(row["extent"] == "whole" for row in rows)
    bands = [
        Band((row["name"], row["name_en"]), DIVIDED[i % len(DIVIDED)]) for i, row in enumerate(rows)
    ]
    of = {code: features.index(found[0]) for code, found in why.items() if len(found) == 1}
    several = sorted(code for code, found in why.items() if len(found) > 1)
    if several:
        of.update(dict.fromkeys(several, len(bands)))
        bands.append(Band(pair("view.several"), "#999999"))
    note = pair("view.as_listed") if not measured else None
    return View(
        id=ref,
        title=class_title(atlas, ref.partition("/")[2]),
        note=note,
        bands=tuple(bands),
        of=dict(sorted(of.items())),
        why={code: tuple(found) for code, found in sorted(why.items())},
        measured=measured,
    )


def _periods(page: Page) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (page.shows.earlier, page.shows.later) if page.shows else ((), ())


def key_of(naming: Naming, feature: Feature) -> tuple[str, str]:
    """Return theme and class of a feature."""
    return str(naming.layers[feature[0]]["theme"]), str(naming.features[feature]["class"])


def theme_order(atlas: Atlas) -> Callable[[tuple[str, str]], Any]:
    """Return a sorting key for ``(theme, class)``, in the order of the registries."""
    themes = {row["theme"]: row["order"] for row in atlas.tables.rows("themes")}
    classes = {row["class"]: row["order"] for row in atlas.tables.rows("classes")}
    return lambda key: (themes.get(key[0], 0), key[0], classes.get(key[1], 0), key[1])


def class_title(atlas: Atlas, cls: str) -> Pair:
    """Return the title of a class, its id where it has none."""
    titles = {row["class"]: (row["title"], row["title_en"]) for row in atlas.tables.rows("classes")}
    return titles.get(cls, (cls, cls))


def theme_title(atlas: Atlas, theme: str) -> Pair:
    """Return the title of a theme, its id where it has none."""
    titles = {row["theme"]: (row["title"], row["title_en"]) for row in atlas.tables.rows("themes")}
    return titles.get(theme, (theme, theme))
