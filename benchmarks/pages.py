"""Measure how long the pages of the shipped atlas take to show, in headless Chromium.

    python -m benchmarks.pages [--repeat 5] [--maps FOLDER] [--out docs/benchmarks.md]

From navigation to the second frame after a page is ready, in a context of its
own each time; a page without a map is ready when it is read.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.measure import stamp
from benchmarks.report import save, table
from geoplan.build import build
from geoplan.config import Project, load, shipped

SIZES = ((1280, 800), (390, 844))
TARGET_S = 1.5
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")

Found = dict[str, list[list[tuple[float, float]]]]
"""For each page and size: seconds, and seconds of work, of every time."""

PAINTED = """
(function () {
  function look() {
    var made = document.body && (!document.getElementById('map_atlas')
      || document.body.classList.contains('ready'));
    if (!made) { requestAnimationFrame(look); return; }
    requestAnimationFrame(function () {
      requestAnimationFrame(function () { window.painted = performance.now(); });
    });
  }
  document.addEventListener('DOMContentLoaded', look);
}());
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; without one, say how to get it and leave."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("no Chromium was found; on Debian: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield started
        started.close()


def seconds(browser: Browser, path: Path, *, size: tuple[int, int]) -> tuple[float, float]:
    """Return the seconds from navigation to the second frame, and what the main thread worked."""
    with browser.new_context(viewport={"width": size[0], "height": size[1]}) as context:
        context.add_init_script(PAINTED)
        page = context.new_page()
        tools = context.new_cdp_session(page)
        tools.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(path.resolve().as_uri())
        page.wait_for_function("window.painted")
        metrics = {m["name"]: m["value"] for m in tools.send("Performance.getMetrics")["metrics"]}
        return float(page.evaluate("window.painted")) / 1000, float(metrics["TaskDuration"])


def measured(maps: Path, *, repeat: int) -> Found:
    """Return the seconds of every page, by size; pages take turns, so that load hits all."""
    paths = sorted(maps.glob("*.html"))
    found: Found = {path.name: [[] for _ in SIZES] for path in paths}
    with chromium() as browser:
        seconds(browser, paths[0], size=SIZES[0])  # the browser itself is warm
        for _ in range(repeat):
            for path in paths:
                for number, size in enumerate(SIZES):
                    found[path.name][number].append(seconds(browser, path, size=size))
    return found


def rows(maps: Path, found: Found) -> list[list[str]]:
    """Return a row for every page: its bytes, and median, maximum and work at each size."""
    made = []
    for name, sizes in found.items():
        row = [name, f"{(maps / name).stat().st_size / 1e6:.2f}"]
        for times in sizes:
            shown, worked = zip(*times, strict=True)
            figures = (statistics.median(shown), max(shown), statistics.median(worked))
            row += [f"{figure:.2f}" for figure in figures]
        made.append(row)
    return made


def slow(found: Found) -> str:
    """Return the names of pages whose median is above the aim at any size."""
    over = [
        name
        for name, sizes in found.items()
        if max(statistics.median(shown for shown, _ in times) for times in sizes) > TARGET_S
    ]
    return ", ".join(over) or "none"


def lines_of(maps: Path, *, repeat: int) -> list[str]:
    """Measure the pages of `maps`; return the section of the report."""
    loads = [os.getloadavg()[0]]
    found = measured(maps, repeat=repeat)
    loads.append(os.getloadavg()[0])
    kinds = ("median", "max", "work")
    head = [f"{kind} s at {w} × {h}" for w, h in SIZES for kind in kinds]
    about = (
        "Seconds from navigation to the second frame after everything is drawn: headless Chromium "
        f"that is running already, a context of its own each time, {repeat} times. Work is the "
        "time that the page's main thread computed, which other load does not lengthen. The aim "
        f"is {TARGET_S} s for every page; above it: {slow(found)}."
    )
    body = table(["page", "MB", *head], rows(maps, found))
    return ["## Opening a page", "", stamp(loads), "", about, "", *body]


def main() -> None:
    """Build the shipped atlas unless a folder of maps is given, measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--maps", type=Path, help="a published atlas")
    parser.add_argument("--out", type=Path, help="Markdown; written between marks")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        maps = given.maps
        if maps is None:
            known = load(shipped())
            project = Project(Path(folder), known.config, known.file)
            build(project)
            maps = project.maps_folder
        lines = lines_of(maps, repeat=given.repeat)
    print("\n".join(lines))
    if given.out:
        save(given.out, "pages", lines)


if __name__ == "__main__":
    main()
