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


FURNITURE = ("plate", "corner", "scale", "review", "legend")


def hidden_points(page: Page, prefix: str) -> dict[str, list[tuple[float, float]]]:
    """Return border points of counties that lie outside the map (``map``) or under furniture."""
    outline = outline_points(page, prefix)
    assert outline
    frame = bounds(page, ".folium-map")
    found = {"map": [point for point in outline if not within(point, frame)]}
    for name in FURNITURE:
        box = bounds(page, f"#{name}")
        found[name] = [point for point in outline if within(point, box)]
    return {name: points for name, points in found.items() if points}


def within(point: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    return box[0] < point[0] < box[2] and box[1] < point[1] < box[3]


def scope_prefix(page: Page) -> str:
    """Return how the codes of all counties in the page's scope begin."""
    code: str = page.evaluate("GEOPLAN.page.scope")
    return code.removesuffix("00").removesuffix("00")


RECORD = """() => {
    const put = DataTransfer.prototype.setData;
    window.copied = {};
    DataTransfer.prototype.setData = function (kind, text) {
        window.copied[kind] = text;
        return put.call(this, kind, text);
    };
}"""


def copied(page: Page) -> dict[str, str]:
    """Press the button as a keyboard does; return what it put on the clipboard, by kind."""
    page.evaluate(RECORD)
    page.focus("#panel .copy")
    page.keyboard.press("Enter")
    found: dict[str, str] = page.evaluate("() => window.copied")
    return found
