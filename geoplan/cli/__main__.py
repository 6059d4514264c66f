"""``python -m geoplan.cli`` is ``geoplan``."""

from geoplan.cli import main

main()
