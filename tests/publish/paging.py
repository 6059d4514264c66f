"""All pages of an atlas in the order of its menu, each from all tables."""

from __future__ import annotations

from geoplan import schema
from geoplan.config import Config
from geoplan.publish.items import Item
from geoplan.publish.pages import Page, menu, page_of


def every_page(tables: schema.Tables, config: Config, *, items: list[Item]) -> list[Page]:
    """Return the pages that publishing makes."""
    return [page_of(entry, tables, items=items) for entry in menu(tables, config)]
