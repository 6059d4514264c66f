"""Where the parts of a page lie: what overlaps, lies outside, is cut off, or is too small."""

from __future__ import annotations

from playwright.sync_api import Page

FUNCTIONS = """
const shown = node => {
    const style = getComputedStyle(node), r = node.getBoundingClientRect();
    return style.visibility !== 'hidden' && style.opacity !== '0' && r.width > 1 && r.height > 1;
};
const named = node => node.id ? '#' + node.id
    : node.tagName.toLowerCase() + [...node.classList].map(c => '.' + c).join('');
const called = node => {
    const holder = node.closest('[id]');
    const text = (node.textContent || node.getAttribute('aria-label') || '').trim();
    return (holder && holder !== node ? named(holder) + ' ' : '') + named(node)
        + (text ? ` "${text.slice(0, 40)}"` : '');
};
const inScroller = node => {
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(up).overflowX + getComputedStyle(up).overflowY)) {
            return true;
        }
    }
    return false;
};
const rounded = r => [r.left, r.top, r.right, r.bottom].map(Math.round).join(' ');
"""

OVERLAPS = """
const parts = [...document.body.children].flatMap(
        node => node.id === 'lower' ? [...node.children] : [node])
    .filter(node => !node.matches('.folium-map, .patterns, script, style, noscript, .skip'))
    .filter(shown);
const sheet = document.body.getAttribute('data-sheet');
// As long as a sheet is open, it lies over what stands in the lower part of the map.
const under = narrow && sheet ? ['scale', 'review'] : [];
const found = [];
parts.filter(node => !under.includes(node.id)).forEach((one, i, all) => {
    all.slice(i + 1).forEach(other => {
        const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 1 && high > 1) {
            found.push(`${named(one)} ${rounded(a)} over ${named(other)} ${rounded(b)}`);
        }
    });
});
return found;
"""

OUTSIDE = """
const wide = document.documentElement.clientWidth, high = window.innerHeight;
const map = document.querySelector('.folium-map');
const found = [...document.querySelectorAll('body *')]
    .filter(node => !node.closest('.leaflet-pane, svg, .skip, script, noscript') && shown(node))
    .filter(node => !inScroller(node)).filter(node => {
        const r = node.getBoundingClientRect();
        return r.left < -1 || r.right > wide + 1 || (map && (r.top < -1 || r.bottom > high + 1));
    }).map(node => `${called(node)} ${rounded(node.getBoundingClientRect())}`);
const page = document.documentElement.scrollWidth;
return page > wide ? found.concat(`the page is ${page} wide`) : found;
"""

CUT = """
const places = '.bar, #legend .head, #panel .head, #plate, #tabs, #corner, #status, #scale,'
    + ' #review, .cover, .caption';
return [...document.querySelectorAll(places)].flatMap(
        place => [place, ...place.querySelectorAll('*')])
    .filter(node => !node.closest('svg') && shown(node)).filter(node => {
        const style = getComputedStyle(node);
        return style.overflowX === 'hidden' && node.scrollWidth > node.clientWidth + 1
            || style.overflowY === 'hidden' && node.scrollHeight > node.clientHeight + 3;
    }).map(called);
"""

TARGETS = """
const controls = 'button, select, input, summary, [role=button], [role=option], nav a,'
    + ' #theme-list a';
return [...document.querySelectorAll(controls)]
    .filter(node => !node.closest('.leaflet-pane')).map(node => node.closest('label') || node)
    .filter(shown).map(node => [called(node), node.getBoundingClientRect(), node.matches(main)])
    .filter(([, r, large]) => Math.min(r.width, r.height) < (large ? 43.5 : 23.5))
    .map(([name, r]) => `${name} ${Math.round(r.width)} x ${Math.round(r.height)}`);
"""

SMALL = """
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const inert = node.closest('script, style, noscript, svg');
    if (!inert && walker.currentNode.data.trim() && shown(node)) {
        const size = parseFloat(getComputedStyle(node).fontSize);
        if (size < 11) { found.add(`${called(node)} ${size} px`); }
    }
}
return [...found];
"""


def _ask(page: Page, script: str, **values: object) -> list[str]:
    names = ", ".join(values)
    found: list[str] = page.evaluate(f"({{ {names} }}) => {{ {FUNCTIONS} {script} }}", values)
    return found


def overlaps(page: Page, *, narrow: bool) -> list[str]:
    """Return pairs of parts that lie over one another; menus and what was found are no parts."""
    return _ask(page, OVERLAPS, narrow=narrow)


def outside(page: Page) -> list[str]:
    """Return what reaches beyond the window and cannot be scrolled to."""
    return _ask(page, OUTSIDE)


def cut_off(page: Page) -> list[str]:
    """Return texts of headers and furniture that are not to be seen whole."""
    return _ask(page, CUT)


def small_targets(page: Page, *, main: str) -> list[str]:
    """Return controls that a finger misses: below 24 pixels, those that `main` selects below 44."""
    return _ask(page, TARGETS, main=main)


def small_texts(page: Page) -> list[str]:
    """Return texts below 11 pixels."""
    return _ask(page, SMALL)
