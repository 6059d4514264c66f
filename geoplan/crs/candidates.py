"""Which coordinate systems come into question for data of an area: PROJ's database is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pyproj
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from geoplan.crs.systems import WORK_CRS, Bounds

Kind = Literal["degrees", "3-degree", "6-degree", "utm", "mercator", "albers"]

KINDS: tuple[Kind, ...] = ("degrees", "3-degree", "6-degree", "mercator", "albers", "utm")
"""Kinds of systems, the most usual first."""

DATUMS = ("CGCS2000", "WGS 84", "Xian 1980", "Beijing 1954")
"""Datums of data in China, the most probable first."""

ALBERS = "+proj=aea +lat_0=0 +lon_0=105 +lat_1=25 +lat_2=47 +x_0=0 +y_0=0 +ellps=GRS80 +type=crs"
"""The equal-area system of maps of China, which has no code of EPSG."""

WIDER_DEGREES = 3.0
"""How far outside of its zone data is met: provinces are kept whole in one zone."""

_DEGREES = {"CGCS2000": 4490, "WGS 84": 4326, "Xian 1980": 4610, "Beijing 1954": 4214}
_ZONES = re.compile(
    r"(CGCS2000|Xian 1980|Beijing 1954) / (3-degree )?Gauss-Kruger (?:zone (\d+)|CM (\d+)E)"
)
_UTM = re.compile(r"(WGS 84) / UTM zone (\d+)N")


@dataclass(frozen=True)
class Candidate:
    """A coordinate system that numbers may be in."""

    option: str
    """As it is written after ``--assume-crs``."""
    name: str
    datum: str
    kind: Kind
    zone: int | None = None
    """Number before the eastings, where they carry one."""
    meridian: float | None = None
    """Central meridian in degrees."""

    @property
    def system(self) -> pyproj.CRS:
        """The system itself."""
        return _system(self.option)

    @property
    def numbers(self) -> tuple[str, float | None, int | None]:
        """What systems share that tell nothing apart: 3° or 6° about one meridian are the same."""
        both = self.kind in ("3-degree", "6-degree")
        return ("gauss-kruger" if both else self.kind, self.meridian, self.zone)

    @property
    def said(self) -> str:
        """The option with what it means: ``--assume-crs EPSG:4490 (CGCS2000)``."""
        quoted = f"'{self.option}'" if " " in self.option else self.option
        return f"--assume-crs {quoted} ({self.name})"


@cache
def candidates(area: Bounds) -> tuple[Candidate, ...]:
    """Return what data of `area` (west, south, east, north in degrees) may be in.

    Degrees; Gauss-Krüger of the zones that meet the area or lie beside it, with the number
    of the zone before the eastings and without; UTM, Web Mercator and Albers.
    """
    west, south, east, north = area
    found = [
        Candidate(f"EPSG:{code}", f"{datum} degrees", datum, "degrees")
        for datum, code in _DEGREES.items()
    ]
    for known, (low, lowest, high, highest) in _zones():
        beside = low <= east + WIDER_DEGREES and west - WIDER_DEGREES <= high
        if beside and lowest <= north and south <= highest:
            found.append(known)
    found.append(Candidate("EPSG:3857", "WGS 84 / Pseudo-Mercator", "WGS 84", "mercator"))
    found.append(Candidate(ALBERS, WORK_CRS.name, "CGCS2000", "albers", meridian=105.0))
    return tuple(sorted(found, key=_order))


@cache
def _zones() -> tuple[tuple[Candidate, Bounds], ...]:
    """Return Gauss-Krüger and UTM of all zones that the database has, and where they are used."""
    found = []
    for each in query_crs_info("EPSG", [PJType.PROJECTED_CRS]):
        known = _of_name(f"EPSG:{each.code}", each.name)
        use = each.area_of_use
        if known is not None and use is not None:
            found.append((known, (use.west, use.south, use.east, use.north)))
    return tuple(found)


def zone_of(easting: float) -> int | None:
    """Return the number of the zone before an easting of eight digits, else None."""
    zone, rest = divmod(easting, 1e6)
    known = 13 <= zone <= 23 or 25 <= zone <= 45
    return int(zone) if known and 100_000 <= rest <= 900_000 else None


def width_of(zone: int) -> int:
    """Return the width of a zone in degrees: in China its number alone tells it."""
    return 6 if zone <= 23 else 3


def of_zone(zone: int, *, datum: str = "CGCS2000") -> Candidate | None:
    """Return the system whose eastings carry the number of a zone in China, if there is one."""
    return next((c for c, _ in _zones() if c.zone == zone and c.datum == datum), None)


def _order(each: Candidate) -> tuple[int, int, int, str]:
    kind = KINDS.index(each.kind)
    return (DATUMS.index(each.datum), kind, len(each.option), each.option)


def _of_name(option: str, name: str) -> Candidate | None:
    match = _ZONES.fullmatch(name)
    if match:
        datum, narrow, zone, meridian = match.groups()
        kind: Kind = "3-degree" if narrow else "6-degree"
        if zone is None:
            return Candidate(option, name, datum, kind, meridian=float(meridian))
        middle = int(zone) * 3.0 if narrow else int(zone) * 6.0 - 3
        return Candidate(option, name, datum, kind, int(zone), middle)
    match = _UTM.fullmatch(name)
    if match:
        return Candidate(option, name, match[1], "utm", meridian=int(match[2]) * 6.0 - 183)
    return None


@cache
def _system(option: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(option)


def has_zone(system: pyproj.CRS) -> bool:
    """Return whether the eastings of a system carry the number of a zone."""
    operation = system.coordinate_operation
    return operation is not None and any(
        each.name == "False easting" and float(each.value) > 12e6 for each in operation.params
    )
