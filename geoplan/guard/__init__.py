"""What a stranger's file may be: looked at by content and size before any library opens it."""

from geoplan.guard.archive import unpacked
from geoplan.guard.door import Checked, checked
from geoplan.guard.limits import LIMITS, Limits, size_text
from geoplan.guard.sniff import FORMATS, SUFFIXES, Format
from geoplan.guard.sqlite import untouched
from geoplan.guard.told import check_there, is_address, missing, plain_path, refusal, shown

__all__ = [
    "FORMATS",
    "LIMITS",
    "SUFFIXES",
    "Checked",
    "Format",
    "Limits",
    "check_there",
    "checked",
    "is_address",
    "missing",
    "plain_path",
    "refusal",
    "shown",
    "size_text",
    "unpacked",
    "untouched",
]
