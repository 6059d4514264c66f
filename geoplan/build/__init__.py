"""The build: what is stale, and why; runs the stages and publishes as one step.

Names are imported when they are first used: that nothing has changed must be
known before pandas and GDAL are there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geoplan.build.exporting import Export as Export
    from geoplan.build.exporting import export as export
    from geoplan.build.handing_out import DataExport as DataExport
    from geoplan.build.handing_out import export_data as export_data
    from geoplan.build.keys import STAGES as STAGES
    from geoplan.build.keys import Stage as Stage
    from geoplan.build.pivoting import Pivot as Pivot
    from geoplan.build.pivoting import pivot as pivot
    from geoplan.build.rebuild import build as build
    from geoplan.build.rebuild import run_stages as run_stages
    from geoplan.build.reporting import Reports as Reports
    from geoplan.build.reporting import report as report
    from geoplan.build.review import changed_inputs as changed_inputs
    from geoplan.build.run import Built as Built
    from geoplan.build.run import Run as Run
    from geoplan.build.stages import layer_inputs as layer_inputs
    from geoplan.build.tables import read_tables as read_tables
    from geoplan.build.tables import summary as summary
    from geoplan.build.units import list_units as list_units

_HOMES = {
    "Export": "exporting",
    "export": "exporting",
    "DataExport": "handing_out",
    "export_data": "handing_out",
    "STAGES": "keys",
    "Stage": "keys",
    "Pivot": "pivoting",
    "pivot": "pivoting",
    "build": "rebuild",
    "run_stages": "rebuild",
    "Reports": "reporting",
    "report": "reporting",
    "changed_inputs": "review",
    "Built": "run",
    "Run": "run",
    "layer_inputs": "stages",
    "read_tables": "tables",
    "summary": "tables",
    "list_units": "units",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'geoplan.build' has no attribute {name!r}")
    return getattr(import_module(f"geoplan.build.{_HOMES[name]}"), name)
