"""What the numbers of a file tell about its coordinate system; it proposes, people decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

import pyproj
import shapely

from geoplan.crs import told
from geoplan.crs.borders import Borders
from geoplan.crs.candidates import candidates, has_zone, of_zone, zone_of
from geoplan.crs.datums import datum_notice, unsure_notice
from geoplan.crs.fits import (
    Fit,
    body,
    distance_km,
    fits,
    inside,
    meets,
    middle,
    placed,
    sampled,
    twins,
)
from geoplan.crs.odd_units import odd_units, packed, unpacked
from geoplan.crs.systems import DATA_CRS, Bounds, area_of_use
from geoplan.crs.zones import zones_of
from geoplan.reading import Notice

CHINA = (70.0, 0.0, 140.0, 56.0)
"""West, south, east, north of where data of China lies; of systems made for the whole world."""

USE_MARGIN_DEGREES = 3.0
"""How far outside of where a system is used data is met: provinces are kept in one zone."""

FEW = 0.05
"""Share of coordinates up to which those far away are outliers and not the data itself."""


SHARED_M, OFF_M = 60.0, 300.0
"""Median distance from borders, in metres, up to which shapes share them, and from which not."""


@dataclass(frozen=True)
class Numbers:
    """Coordinates of a file, and what they are compared with."""

    every: np.ndarray
    """All that are finite and not 0, 0; (n, 2)."""
    area: Bounds
    borders: Borders | None

    @cached_property
    def xy(self) -> np.ndarray:
        """An even sample."""
        return sampled(self.every)

    @cached_property
    def fits(self) -> tuple[Fit, ...]:
        """The readings that put them into the area, the best first."""
        return fits(self.xy, area=self.area, borders=self.borders)

    @cached_property
    def said(self) -> str:
        """Ranges and medians."""
        return told.numbers(self.xy, of=len(self.every))


def suspected(
    stated: pyproj.CRS | None,
    xy: np.ndarray,
    *,
    area: Bounds,
    borders: shapely.Geometry | None = None,
    given: str | None = None,
) -> tuple[Notice, ...]:
    """Return what is wrong or doubtful about the coordinate system of a file.

    Nothing is decided here: every notice has its evidence and proposes options. Data in the
    system that it states, which meets the area, gives no notice (but ``crs.datum_shift`` where
    it has an old datum, and what borders tell).

    Parameters
    ----------
    stated
        What the file says, if it does.
    xy
        Its coordinates (n, 2) in the order of the file, all or an even sample.
    area
        West, south, east, north of the project's units in degrees.
    borders
        Their borders, lines or polygons in `DATA_CRS`, where the file's shapes may share them:
        GCJ-02 and BD-09 are found by them alone.
    given
        What a person says that `stated` is. What only borders tell against it is a warning then.
    """
    found = _found(stated, xy, area, borders)
    if given is None or borders is None or all(each.severity != "error" for each in found):
        return found
    sure = _found(stated, xy, area, None)
    codes = {each.code for each in sure}
    return (*sure, *(_overruled(each, given) for each in found if each.code not in codes))


def _overruled(notice: Notice, given: str) -> Notice:
    """Return a doubt as something to be known, as a person has said which system it is."""
    others, _, _ = notice.proposal.partition("; or, if the file is right")
    proposal = f"{given} was given, and is taken; if it is wrong: {others}"
    return replace(notice, severity="warning", proposal=proposal)


def _found(
    stated: pyproj.CRS | None, xy: np.ndarray, area: Bounds, borders: shapely.Geometry | None
) -> tuple[Notice, ...]:
    finite = xy[np.isfinite(xy).all(axis=1)] if len(xy) else xy.reshape(0, 2)
    zero = (finite == 0).all(axis=1)
    rest = finite[~zero]
    notices = [told.zero(int(zero.sum()), len(finite))] if zero.any() and len(rest) else []
    if len(rest):
        lines = None if borders is None else _borders_of(borders)
        numbers = Numbers(rest, area, lines)
        notices += _missing(numbers) if stated is None else _stated(stated, numbers)
    elif len(finite):
        notices.append(replace(told.zero(len(finite), len(finite)), severity="error"))
        if stated is None:
            notices.append(told.missing("all coordinates are 0, 0", ()))
    return tuple(notices)


def _missing(numbers: Numbers) -> list[Notice]:
    zones = zones_of(numbers.xy, area=numbers.area)
    if zones and not (numbers.fits and numbers.fits[0].inside > 1 - FEW):
        both = told.two_zones(zones, numbers.said)
        return [told.missing(numbers.said, (both.proposal,)), both]
    if packed_degrees(numbers):
        unit = told.packed(numbers.said)
        return [told.missing(numbers.said, (unit.proposal,)), unit]
    if not numbers.fits:
        found = _without_fit(numbers)
        proposals = [each.proposal for each in found if each.code != "crs.local"][:1]
        grounds = "; ".join([numbers.said, *(each.message for each in found)])
        return [told.missing(grounds, tuple(proposals)), *found]
    best = numbers.fits[0]
    notices = [told.missing_of(numbers.fits, numbers.said, area=numbers.area)]
    notices += told.kind_of(numbers.fits, numbers.said, area=numbers.area)
    unsure = unsure_notice(twins(best, numbers.area), best.middle, swapped=best.swapped)
    notices += [unsure] if unsure else []
    return [*notices, *_inside(best.candidate.system, numbers, swapped=best.swapped)]


@lru_cache(maxsize=4)
def _borders_of(lines: shapely.Geometry) -> Borders:
    """Return borders as they are looked up; most files are held against the same ones."""
    return Borders(lines)


def _stated(stated: pyproj.CRS, numbers: Numbers) -> list[Notice]:
    degrees = placed(numbers.xy, stated)
    box = body(degrees)
    here = meets(box, numbers.area)
    # Numbers of Web Mercator look like those of zones; where data is in its place, none of it is.
    if not here or (has_zone(stated) and inside(degrees, numbers.area) < 1 - FEW):
        zones = zones_of(numbers.xy, area=numbers.area)
        if zones:
            return [told.two_zones(zones, numbers.said)]
    if here:
        if stated.is_geographic and packed_degrees(numbers):
            return [told.packed(numbers.said)]
        other = _by_borders(stated, degrees, numbers)
        if other is not None:
            return [other]
        old = datum_notice(stated, middle(degrees))
        return [*([old] if old else []), *_inside(stated, numbers, swapped=False)]
    if box is not None and _in_use(box, stated, fitted=bool(numbers.fits)):
        far = distance_km(middle(degrees), numbers.area)
        others = tuple(each for each in numbers.fits if each.candidate.system != stated)
        return [told.elsewhere(stated, middle(degrees), far_km=far, others=others)]
    turned = body(placed(numbers.xy[:, ::-1], stated))
    if meets(turned, numbers.area):
        return [told.swapped(stated, numbers.said)]
    if numbers.fits:
        return [told.contradicting(stated, numbers.fits, evidence=numbers.said, area=numbers.area)]
    found = _without_fit(numbers)
    why = [each for each in found if each.code != "crs.elsewhere"]
    if box is not None and stated.is_geographic and not any(w.code == "crs.units" for w in why):
        far = distance_km(middle(degrees), numbers.area)
        return [told.elsewhere(stated, middle(degrees), far_km=far, others=())]
    return [told.implausible(stated, why, evidence=numbers.said, placed=box is not None), *why]


def _by_borders(stated: pyproj.CRS, degrees: np.ndarray, numbers: Numbers) -> Notice | None:
    """Return that shapes meet the borders of the units in another system than they state."""
    if numbers.borders is None:
        return None
    here = numbers.borders.median_m(degrees)
    if here is None or here < OFF_M or not numbers.fits:
        return None
    best = numbers.fits[0]
    if best.border_m is None or best.border_m > SHARED_M:
        return None
    return told.off_borders(
        stated, numbers.fits, here_m=here, evidence=numbers.said, area=numbers.area
    )


def _in_use(box: Bounds, stated: pyproj.CRS, *, fitted: bool) -> bool:
    """Return whether data lies where its stated system is used, so that the file may be right."""
    use = area_of_use(stated)
    if use is None or use[2] - use[0] > 90:
        # A system of the whole world fits everything: numbers that fit the area otherwise tell.
        use = CHINA if fitted else (-180, -90, 180, 90)
        return meets(box, use) and not (fitted and stated.is_geographic)
    by = USE_MARGIN_DEGREES
    return meets(box, (use[0] - by, use[1] - by, use[2] + by, use[3] + by))


def _inside(system: pyproj.CRS, numbers: Numbers, *, swapped: bool) -> list[Notice]:
    """Tell outliers, and shifted degrees, of data that lies in the area."""
    notices = []
    far = _far(numbers)
    if len(far) and len(far) <= FEW * len(numbers.every):
        there = placed(sampled(far)[:, ::-1] if swapped else sampled(far), system)
        notices.append(told.outliers(far[0], there[0], count=len(far), of=len(numbers.every)))
    if numbers.borders is not None:
        degrees = placed(numbers.xy[:, ::-1] if swapped else numbers.xy, system)
        shift = numbers.borders.shift_of(degrees)
        if shift is not None:
            best, medians, n = shift
            notices.append(told.shifted(best, medians, n=n, geographic=system.is_geographic))
    return notices


def _far(numbers: Numbers) -> np.ndarray:
    """Return coordinates far from the body of the data: ten times its size, at least 5°."""
    low, high = np.quantile(numbers.xy, FEW, axis=0), np.quantile(numbers.xy, 1 - FEW, axis=0)
    least = 5.0 if np.abs([low, high]).max() <= 360 else 500_000.0
    reach = np.maximum(10 * (high - low).max(), least)
    beyond = (numbers.every < low - reach) | (numbers.every > high + reach)
    return np.asarray(numbers.every[beyond.any(axis=1)])


def packed_degrees(numbers: Numbers) -> bool:
    """Return whether numbers are degrees packed as dd.mmss, which fit the area when unpacked."""
    if not (np.abs(numbers.xy) <= 360).all() or not packed(numbers.xy):
        return False
    plain = unpacked(numbers.xy)
    return meets(body(placed(plain, DATA_CRS)), numbers.area) or meets(
        body(placed(plain[:, ::-1], DATA_CRS)), numbers.area
    )


def _without_fit(numbers: Numbers) -> list[Notice]:
    """Tell what numbers may be that no usual system puts into the area."""
    units = odd_units(numbers.xy, area=numbers.area)
    if units:
        return [told.units(units, numbers.said)]
    x, y = np.median(numbers.xy, axis=0)
    for swapped, east in ((False, float(x)), (True, float(y))):
        zone = zone_of(east)
        known = None if zone is None else of_zone(zone)
        if known is not None:
            degrees = placed(numbers.xy[:, ::-1] if swapped else numbers.xy, known.system)
            if meets(body(degrees), CHINA):
                found = Fit(known, swapped, middle(degrees), 0.0)
                far = distance_km(found.middle, numbers.area)
                kinds = told.kind_of((found,), numbers.said, area=numbers.area)
                return [*kinds, told.elsewhere(None, found.middle, far_km=far, others=(found,))]
    degrees = placed(numbers.xy, DATA_CRS)
    if meets(body(degrees), CHINA) and np.abs(numbers.xy).max() > 20:
        plain = Fit(candidates(numbers.area)[0], swapped=False, middle=middle(degrees), inside=0.0)
        far = distance_km(plain.middle, numbers.area)
        return [told.elsewhere(None, plain.middle, far_km=far, others=(plain,))]
    if np.abs(numbers.xy).max() <= 100_000:
        return [told.local(numbers.said, degrees=abs(x) <= 180 and abs(y) <= 90)]
    return []
