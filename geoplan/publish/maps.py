"""One map page as text, from the part of the tables that it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geoplan.config import Config
from geoplan.errors import StageError
from geoplan.publish import statics
from geoplan.publish.atlas import Atlas
from geoplan.publish.content import page_data, script_json
from geoplan.publish.frame import render, templates
from geoplan.publish.generalise import displayed, ground
from geoplan.publish.grids import Grid, image_grids
from geoplan.publish.image_data import definitions
from geoplan.publish.images import check_place
from geoplan.publish.notices import notices
from geoplan.publish.pages import Entry, Page
from geoplan.publish.picture import svg
from geoplan.publish.reports import common, unit_name
from geoplan.publish.views.tables import view_tables
from geoplan.publish.words import Pair, pair

TOLERANCES_M = (0.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0)
"""Steps of simplification that are tried until a page is within its budget."""


def map_text(atlas: Atlas, page: Page) -> str:
    """Return a map page, simplified as far as its budget asks for.

    Raises `StageError` where it cannot be brought within the budget.
    """
    budget = budget_of(page, atlas.config)
    head, body = page_html(atlas, page)
    sizes = []
    for tolerance, quoted in _steps(atlas):
        data = _page_json(atlas, page, tolerance, quoted=quoted)
        text = render(head=head, body=body, data=data, images=bool(page.images))
        sizes.append(len(text.encode("utf-8")))
        if sizes[-1] <= budget:
            return text
    raise StageError(
        f"{page.file} has {sizes[-1]} bytes even when simplified to {TOLERANCES_M[-1]:.0f} m "
        f"({sizes[0]} as it is); budgets.{_key_of(page)} allows {budget}: raise it, "
        "or narrow the scope"
    )


def budget_of(entry: Entry, config: Config) -> int:
    """Return how many bytes a map may have."""
    limit: int = getattr(config.budgets, _key_of(entry))
    return limit


def _key_of(entry: Entry) -> str:
    return "overview" if entry.kind == "overview" else "page"


def _steps(atlas: Atlas) -> Iterator[tuple[float, bool]]:
    """Yield how far shapes are simplified, and whether statements have their sentences.

    These go first: a reader finds them by their section, a border nowhere else.
    """
    if len(atlas.tables["passages"]):
        yield TOLERANCES_M[0], True
    for tolerance in TOLERANCES_M:
        yield tolerance, False


def _page_json(atlas: Atlas, page: Page, tolerance_m: float, *, quoted: bool) -> str:
    counties = ground(atlas.tables, tolerance_m)
    features, error = displayed(atlas.tables["features"], tolerance_m)
    worst = max(counties.error_m, error)
    data = page_data(atlas, page, ground=counties, features=features, error_m=worst, quoted=quoted)
    return script_json(data)


def page_html(
    atlas: Atlas,
    page: Page,
    *,
    pictured: Atlas | None = None,
    notes: Sequence[Pair] = (),
    grids: Sequence[Grid] = (),
) -> tuple[str, str]:
    """Return head and body of a map page.

    `pictured` is drawn in its static picture instead of `atlas`, if given; `notes`
    and `grids` stand below that picture, before what is said of the page's images.
    """
    check_place(page.images, atlas.meridian)
    shared = common(atlas)
    head = templates().get_template("head.html.j2").render(title=page.title, **shared)
    body = (
        templates()
        .get_template("page.html.j2")
        .render(
            page=page,
            rows=statics.layer_rows(atlas, page),
            units=statics.unit_rows(atlas, page),
            picture=svg(pictured or atlas, page, width=760, labels=True),
            scope=unit_name(atlas, page.scope),
            notices=notices(atlas.tables),
            system=pair("furniture.system.value", n=f"{atlas.meridian:g}"),
            **view_tables(atlas, page),
            notes=notes,
            definitions=definitions(page.images),
            grids=[*grids, *image_grids(atlas, page)],
            **shared,
        )
    )
    return head, body
