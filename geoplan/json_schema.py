"""JSON Schemas of the files that people write, for editors that complete and check them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from geoplan.config import Config
from geoplan.layers import Layer, Registry
from geoplan.mappings import Mapping
from geoplan.suitability import File

SCHEMAS: dict[str, type[BaseModel]] = {
    "geoplan": Config,
    "layer": Layer,
    "mapping": Mapping,
    "registry": Registry,
    "suitability": File,
}
"""Name of each kind of file, and its model."""


def write_schemas(folder: Path) -> list[Path]:
    """Write ``<name>.schema.json`` for every kind of file to `folder`; returns the paths."""
    written = []
    for name, model in SCHEMAS.items():
        path = folder / f"{name}.schema.json"
        text = json.dumps(model.model_json_schema(), ensure_ascii=False, indent=2)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
        written.append(path)
    return written


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
