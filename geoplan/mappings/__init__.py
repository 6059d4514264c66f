"""The ministry's field mappings: which layer a file is by its code, and what its fields say."""

from geoplan.mappings.areas import Fit, fits
from geoplan.mappings.examine import Examined, checked, class_of, examined
from geoplan.mappings.files import Mappings, read_mappings, shipped_mappings
from geoplan.mappings.match import Match, of
from geoplan.mappings.model import AreaUnit, Column, Dialect, Mapping, Role, normal
from geoplan.mappings.names import named

__all__ = [
    "AreaUnit",
    "Column",
    "Dialect",
    "Examined",
    "Fit",
    "Mapping",
    "Mappings",
    "Match",
    "Role",
    "checked",
    "class_of",
    "examined",
    "fits",
    "named",
    "normal",
    "of",
    "read_mappings",
    "shipped_mappings",
]
