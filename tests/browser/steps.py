"""Steps that several browser tests take."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.publish import sample

MAPS = ("overview", "jinzhong", "main-function-zone", "corridor-108", "energy")


def box(page: Page, key: str) -> str:
    return f'#tree input[data-items="{key}"]'


def unfold(page: Page, title: str) -> None:
    fold = page.locator("#tree section.theme", has=page.get_by_text(title, exact=True))
    button = fold.locator("button.fold")
    if button.get_attribute("aria-expanded") == "false":
        button.click()


def click_county(page: Page, code: str) -> None:
    """Click at the county's label point, as a reader would."""
    row = sample.units().set_index("adcode").loc[code]
    at = page.evaluate(
        "([x, y]) => { const p = map_atlas.latLngToContainerPoint([y, x]);"
        " const r = map_atlas.getContainer().getBoundingClientRect();"
        " return [p.x + r.left, p.y + r.top]; }",
        [row["label_lon"], row["label_lat"]],
    )
    page.mouse.click(at[0], at[1])


def drawn(page: Page) -> int:
    return page.locator(".folium-map path.item").count()


def bounds(page: Page, selector: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of an element; nothing of one that is hidden."""
    found: list[float] = page.evaluate(
        "name => { const r = document.querySelector(name).getBoundingClientRect();"
        " return [r.left, r.top, r.right, r.bottom]; }",
        selector,
    )
    return found[0], found[1], found[2], found[3]


def outline_points(page: Page, prefix: str) -> list[tuple[float, float]]:
    """Return points on the borders of the counties whose code begins with `prefix`."""
    points: list[list[float]] = page.evaluate(
        """prefix => [...document.querySelectorAll(`[class*="hit-${prefix}"]`)].flatMap(path => {
            const made = [], to = path.getScreenCTM();
            for (let i = 0; i < path.getTotalLength(); i += 4) {
                const p = path.getPointAtLength(i).matrixTransform(to);
                made.push([p.x, p.y]);
            }
            return made;
        })""",
        prefix,
    )
    return [(x, y) for x, y in points]
