"""Pictures of how pages looked when a person last looked at them, to compare with.

    python -m tests.browser.references

makes them anew in ``tests/references`` (`make references`): look at each before it is committed.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, sync_playwright

from geoplan.publish import publish
from tests.browser.states import NARROW, REPORTS, WIDE
from tests.publish import sample

FOLDER = Path(__file__).parents[1] / "references"
FONT, OTHER_FONT = "Noto Sans CJK SC", "Microsoft YaHei"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
COLOURS = 64
LEVELS, SHARE = 24, 0.01
"""By so much a pixel's colour may differ, and so many pixels by more."""

A3 = (1512, 1047)


@dataclass(frozen=True)
class View:
    """One picture: a page of the sample atlas at a size, with an anchor, on screen or in print."""

    page: str
    anchor: str = ""
    size: tuple[int, int] = WIDE
    media: str = "screen"


VIEWS = {
    "index": View("index"),
    "overview": View("overview"),
    "county": View("jinzhong", "#140729"),
    "theme": View("energy", "#lang=en"),
    "narrow": View("jinzhong", size=NARROW),
    "narrow-county": View("jinzhong", "#140728", size=NARROW),
    "print": View("jinzhong", size=A3, media="print"),
}


def fonts_differ() -> str:
    """Return why pictures made here would show other letters, or nothing."""
    if shutil.which("fc-list") is None:
        return "fontconfig is missing, so nobody knows which fonts there are"
    done = subprocess.run(
        ["fc-list", ":", "family"], capture_output=True, encoding="utf-8", check=True
    )
    families = {name for line in done.stdout.splitlines() for name in line.split(",")}
    if FONT not in families:
        return f"{FONT} is missing; on Debian: apt-get install fonts-noto-cjk"
    return f"{OTHER_FONT} is installed and comes before {FONT}" if OTHER_FONT in families else ""


def picture(browser: Browser, folder: Path, view: View, *, style: str = "") -> Image.Image:
    """Return a page as it looks now, half as large; `style` is added to it."""
    width, height = view.size
    with browser.new_context(
        viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        page.goto((folder / f"{view.page}.html").as_uri() + view.anchor)
        if view.page not in REPORTS:
            page.wait_for_selector("body.ready")
        page.emulate_media(media="print" if view.media == "print" else "screen")
        if style:
            page.add_style_tag(content=style)
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        page.wait_for_timeout(300)
        shot = page.screenshot(animations="disabled", caret="hide")
    full = Image.open(io.BytesIO(shot)).convert("RGB")
    return full.resize((width // 2, height // 2), Image.Resampling.BOX)


def difference(one: Image.Image, two: Image.Image) -> float:
    """Return the share of pixels whose colours differ by more than a little, after a small blur.

    Pictures of different size differ everywhere.
    """
    if one.size != two.size:
        return 1.0
    soft = [image.convert("RGB").filter(ImageFilter.GaussianBlur(1)) for image in (one, two)]
    bands = ImageChops.difference(*soft).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    counts = most.histogram()
    return sum(counts[LEVELS + 1 :]) / sum(counts)


def main() -> None:
    """Make all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    found = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        publish(sample.tables(), project=sample.project(folder), out=folder, as_of=sample.AS_OF)
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        for key, view in VIEWS.items():
            image = picture(browser, folder, view)
            few = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            few.save(FOLDER / f"{key}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    if fonts_differ():
        raise SystemExit(f"pictures made here would not fit those made elsewhere: {fonts_differ()}")
    main()
