"""geoplan turns planning documents into audited maps."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geoplan.build import DataExport as DataExport
    from geoplan.build import Export as Export
    from geoplan.build import Pivot as Pivot
    from geoplan.build import Reports as Reports
    from geoplan.build import Run as Run
    from geoplan.build import export as export
    from geoplan.build import export_data as export_data
    from geoplan.build import list_units as list_units
    from geoplan.build import pivot as pivot
    from geoplan.build import report as report
    from geoplan.build import run_stages as run_stages
    from geoplan.catalogue import check_catalogue as check_catalogue
    from geoplan.catalogue import compare_catalogue as compare_catalogue
    from geoplan.catalogue import list_catalogue as list_catalogue
    from geoplan.config import init as init
    from geoplan.config import load as load
    from geoplan.engine import overlay_layers as overlay_layers
    from geoplan.errors import GeoplanError as GeoplanError
    from geoplan.own_map import map_file as map_file
    from geoplan.sources import resolved as resolved
    from geoplan.sources import tabulate as tabulate

__version__ = version("geoplan")

# Not `build`, `overlay`, `trace` and `difference`: those are names of modules, which would hide
# the functions. They stand in `geoplan.trace`, `geoplan.difference`, `geoplan.ledger`, `.versions`.
_HOMES = {
    "DataExport": "geoplan.build",
    "Export": "geoplan.build",
    "GeoplanError": "geoplan.errors",
    "Pivot": "geoplan.build",
    "Reports": "geoplan.build",
    "Run": "geoplan.build",
    "check_catalogue": "geoplan.catalogue",
    "compare_catalogue": "geoplan.catalogue",
    "export": "geoplan.build",
    "export_data": "geoplan.build",
    "init": "geoplan.config",
    "list_catalogue": "geoplan.catalogue",
    "list_units": "geoplan.build",
    "load": "geoplan.config",
    "map_file": "geoplan.own_map",
    "overlay_layers": "geoplan.engine",
    "pivot": "geoplan.build",
    "report": "geoplan.build",
    "resolved": "geoplan.sources",
    "run_stages": "geoplan.build",
    "tabulate": "geoplan.sources",
}


def __getattr__(name: str) -> object:
    # Imported when first used: GDAL and pandas take longer than many commands.
    if name not in _HOMES:
        raise AttributeError(f"module 'geoplan' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
