"""``geoplan map``: what it prints, and what it says to wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import Command
from tests.small import SmallProject, box


@pytest.fixture
def plots(small: SmallProject) -> Path:
    shapes = [box(0.2, 0.2, 0.7, 0.7), box(2.5, 0, 3.5, 1)]
    return small.write_shapes(shapes, name="plots.gpkg", use=["田", "林"])


def test_classes_and_the_step_are_printed(
    command: Command, small: SmallProject, plots: Path
) -> None:
    out = small.root / "page.html"
    result = command("map", plots, "--by", "use", "--out", out, "-C", small.root)
    assert result.code == 0, result
    assert [line.split("\t") for line in result.out.splitlines()] == [
        ["class", "features", "area_km2", "area_gross_km2"],
        ["林", "1", "50.000000", "50.000000"],
        ["田", "1", "25.000000", "25.000000"],
    ]
    size = out.stat().st_size
    assert result.err.strip() == (
        "2 of 2 polygons; 2 shapes, each shown as it is; Some shapes reach outside Test Province; "
        f"the area outside, 50.00 km², is not counted; {out}, {size} bytes"
    )


def test_json_is_one_object(command: Command, small: SmallProject, plots: Path) -> None:
    out = small.root / "page.html"
    result = command("map", plots, "--by", "use", "--out", out, "-C", small.root, "--json")
    said = json.loads(result.out)
    assert (said["out"], said["how"], said["bytes"]) == (str(out), "whole", out.stat().st_size)
    assert said["classes"][0]["class"] == "林"
    assert said["outside"] == pytest.approx(50, abs=1e-6)
    quiet = command("map", plots, "--by", "use", "--out", out, "-C", small.root, "-q")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--by", "uses"), 2, "Did you mean use?"),
        ((), 2, "--by"),
        (("--by", "use", "--sensitivity", "open"), 2, "'internal', 'public', 'secret'"),
        (("--by", "use", "--budget", "much"), 2, "write it as"),
        (("--by", "use", "--budget", "0"), 2, "--budget '0' is no amount; write it as 800kB"),
        (("--by", "use", "--budget", "1kB"), 4, "budget of 1000 bytes"),
        (("--by", "use", "--layer", "other"), 3, "has no layer 'other'"),
    ],
)
def test_wrong_use(
    command: Command, small: SmallProject, plots: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    out = small.root / "page.html"
    result = command("map", plots, *words, "--out", out, "-C", small.root)
    text = " ".join((result.out + result.err).replace("│", " ").split())
    assert (result.code, said in text, "Traceback" in text) == (code, True, False), text
    assert not out.exists()
