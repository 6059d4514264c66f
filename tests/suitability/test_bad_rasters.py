"""A model that is given a raster that is wrong: one message, its exit code, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Command
from tests.raster.test_bad_commands import SOME, made, refused
from tests.small import SmallProject


@pytest.mark.parametrize("case", [name for name in SOME if name != "half of its cells"])
def test_inputs(case: str, tmp_path: Path, ready_template: SmallProject, command: Command) -> None:
    path = made(tmp_path, case)
    result = command(
        *("suitability", "test", "-C", ready_template.root, "--raster", f"heat={path}"),
        *("--without", "cover", "--without", "water", "--out", tmp_path / "out"),
    )
    refused(result, tmp_path, case, {tmp_path / "given"})
