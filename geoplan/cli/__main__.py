"""``python -m geoplan.cli`` is ``geoplan``."""

from geoplan.cli.door import main

main()
