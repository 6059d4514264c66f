"""Coordinate systems: the door to pyproj.

Data is kept in CGCS2000 longitude and latitude, areas are taken in an Albers
equal-area projection on the same datum, lengths on the ellipsoid. Missing,
mismatching and implausible coordinate systems are three different errors.
"""

from geoplan.crs.checks import bounds_in_data, check_plausible, missing, require
from geoplan.crs.datums import datum_notice
from geoplan.crs.detective import suspected
from geoplan.crs.fits import placed
from geoplan.crs.ground import band_area_m2, directions, is_equal_area, radii_m, unit_m
from geoplan.crs.measured import (
    any_world_area_m2,
    geodesic_area_m2,
    geodesic_length_m,
    world_area_m2,
)
from geoplan.crs.moved import (
    any_to_work,
    bounds_to_any,
    bounds_to_data,
    comes_back,
    data_to_print,
    data_to_work,
    print_to_data,
    to_data,
    to_work,
    within_reach,
    work_to_any,
    work_to_data,
    xy_to_any,
    xy_to_work,
)
from geoplan.crs.shifted import (
    SHIFT_ACCURACY_M,
    SHIFTED,
    shift_name,
    shifted,
    shifted_from,
    unshifted,
)
from geoplan.crs.systems import (
    CENTRE_M,
    CRS,
    DATA_CRS,
    MERIDIAN_STEP,
    REACH_M,
    WORK_CRS,
    WORLD_CRS,
    Bounds,
    area_of_use,
    given,
    meridian_of,
    name_of,
    plane,
    print_crs,
    read,
)

__all__ = [
    "CENTRE_M",
    "CRS",
    "DATA_CRS",
    "MERIDIAN_STEP",
    "REACH_M",
    "SHIFTED",
    "SHIFT_ACCURACY_M",
    "WORK_CRS",
    "WORLD_CRS",
    "Bounds",
    "any_to_work",
    "any_world_area_m2",
    "area_of_use",
    "band_area_m2",
    "bounds_in_data",
    "bounds_to_any",
    "bounds_to_data",
    "check_plausible",
    "comes_back",
    "data_to_print",
    "data_to_work",
    "datum_notice",
    "directions",
    "geodesic_area_m2",
    "geodesic_length_m",
    "given",
    "is_equal_area",
    "meridian_of",
    "missing",
    "name_of",
    "placed",
    "plane",
    "print_crs",
    "print_to_data",
    "radii_m",
    "read",
    "require",
    "shift_name",
    "shifted",
    "shifted_from",
    "suspected",
    "to_data",
    "to_work",
    "unit_m",
    "unshifted",
    "within_reach",
    "work_to_any",
    "work_to_data",
    "world_area_m2",
    "xy_to_any",
    "xy_to_work",
]
