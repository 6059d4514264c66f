"""The command line: each command parses, calls one public function, and prints."""

from geoplan.cli.commands import app
from geoplan.cli.door import main

__all__ = ["app", "main"]
