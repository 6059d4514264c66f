"""Notices of the detective: what is wrong, on what grounds, and what to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

import pyproj

from geoplan.crs.candidates import has_zone, of_zone, width_of
from geoplan.crs.fits import Fit, options, twins
from geoplan.crs.odd_units import OddUnit
from geoplan.crs.shifted import SHIFT_ACCURACY_M
from geoplan.crs.systems import Bounds, name_of
from geoplan.reading import Notice, Severity

MOST = 8
"""Proposals in one notice."""


def numbers(xy: np.ndarray, *, of: int) -> str:
    """Return ranges and medians of coordinates, as evidence."""
    low, mid, high = np.quantile(xy, [0, 0.5, 1], axis=0)
    parts = [
        f"{axis} {low[i]:.10g} to {high[i]:.10g}, median {mid[i]:.10g}"
        for i, axis in enumerate("xy")
    ]
    return f"{'; '.join(parts)}; {of} coordinates"


def missing(evidence: str, proposals: Sequence[str]) -> Notice:
    """Return ``crs.missing``; without proposals the numbers tell nothing."""
    message = "no coordinate system is stated"
    if not proposals:
        message += ", and the numbers fit no usual system in the area of the units"
    proposal = options(p for p in proposals if p) or (
        "ask who made the file for its system, and give it with --assume-crs"
    )
    return Notice("crs.missing", "error", message, evidence, proposal)


def missing_of(fits: Sequence[Fit], evidence: str, *, area: Bounds) -> Notice:
    """Return ``crs.missing`` with all readings that put the data into the area."""
    systems = proposed(fits, area)
    message = (
        "no coordinate system is stated; the numbers fit the area of the units under "
        f"{len(systems)} system{'s' * (len(systems) > 1)}; none is chosen"
    )
    grounds = "; ".join(_grounds(each) for each in fits[:MOST])
    return Notice("crs.missing", "error", message, f"{evidence}; {grounds}", options(systems))


def proposed(fits: Sequence[Fit], area: Bounds) -> list[str]:
    """Return what may be written for readings, CGCS2000 before other datums of the same."""
    first = [each.said for each in fits[:MOST]]
    swap = "--swap-xy " if fits[0].swapped else ""
    others = [swap + each.said for each in twins(fits[0], area)]
    return [*first[:1], *(o for o in others if o not in first), *first[1:]]


def kind_of(fits: Sequence[Fit], evidence: str, *, area: Bounds) -> list[Notice]:
    """Return what the best reading means: zones, Web Mercator, axes."""
    best = fits[0]
    notices = []
    candidate = best.candidate
    if candidate.zone is not None:
        notices.append(zone_prefix(fits, evidence, area=area))
    elif candidate.kind in ("3-degree", "6-degree", "utm"):
        notices.append(_no_zone_prefix(fits, evidence))
    elif candidate.kind == "mercator":
        text = "the numbers are those of Web Mercator, in which web maps are drawn"
        notices.append(_notice("crs.web_mercator", "info", text, evidence, best.said))
    if best.swapped:
        notices.append(_turned(best.candidate.kind == "degrees", evidence, best.said))
    return notices


def zone_prefix(fits: Sequence[Fit], evidence: str, *, area: Bounds) -> Notice:
    """Return ``crs.zone_prefix``: which zone the first two digits of the eastings name."""
    best = fits[0]
    zone, meridian = best.candidate.zone or 0, best.candidate.meridian or 0.0
    text = (
        f"eastings of eight digits carry the number of their zone: {zone}, a zone of "
        f"{width_of(zone)}° about {meridian:g}°E"
    )
    swap = "--swap-xy " if best.swapped else ""
    systems = [swap + each.said for each in twins(best, area)] or [best.said]
    return Notice(
        "crs.zone_prefix", "info", text, f"{evidence}; {_grounds(best)}", options(systems)
    )


def _no_zone_prefix(fits: Sequence[Fit], evidence: str) -> Notice:
    plane = [f for f in fits if f.candidate.kind in ("3-degree", "6-degree", "utm")]
    zones = sorted({f.candidate.meridian for f in plane if f.candidate.meridian is not None})
    named = ", ".join(f"{meridian:g}°E" for meridian in zones)
    text = f"eastings of six digits do not tell their zone; central meridians that fit: {named}"
    if len(zones) > 1:
        text += "; none is chosen"
    grounds = "; ".join(_grounds(each) for each in plane[:MOST])
    said = options(each.said for each in plane[:MOST])
    return Notice("crs.no_zone_prefix", "info", text, f"{evidence}; {grounds}", said)


def elsewhere(
    stated: pyproj.CRS | None,
    place: tuple[float, float],
    *,
    far_km: float,
    others: Sequence[Fit],
) -> Notice:
    """Return ``crs.elsewhere``: the system may be right, but the data is not in the units."""
    as_said = f"as {name_of(stated)}" if stated is not None else "in the likeliest system"
    text = f"{as_said}, the data lies {far_km:.0f} km outside the area of the units"
    said = options(each.said for each in others[:MOST])
    if stated is None:
        proposal = f"if that is where it should lie: {said}"
    else:
        proposal = "if that is where it should lie, nothing is to be done"
        proposal += f"; if the stated system is wrong: {said}" if said else ""
    return Notice(
        "crs.elsewhere", "warning", text, f"median {place[0]:.4f}°E, {place[1]:.4f}°N", proposal
    )


def swapped(stated: pyproj.CRS, evidence: str) -> Notice:
    """Return that the numbers fit the stated system when their order is turned."""
    return _turned(stated.is_geographic, f"states {name_of(stated)}; {evidence}", "--swap-xy")


def contradicting(
    stated: pyproj.CRS, fits: Sequence[Fit], *, evidence: str, area: Bounds
) -> Notice:
    """Return which way the stated system contradicts numbers that fit another."""
    best = fits[0]
    code, text = _contradiction(stated, best)
    grounds = "; ".join(_grounds(each) for each in fits[:MOST])
    return Notice(
        code,
        "error",
        f"states {name_of(stated)}, in which the numbers do not lie where it is used: {text}",
        f"{evidence}; {grounds}",
        options(proposed(fits, area)[:MOST]),
    )


def off_borders(
    stated: pyproj.CRS, fits: Sequence[Fit], *, here_m: float, evidence: str, area: Bounds
) -> Notice:
    """Return ``crs.contradicting`` where another system makes shapes meet the units' borders."""
    text = (
        f"states {name_of(stated)}, in which the shapes lie beside the borders of the units; as "
        f"{fits[0].candidate.name} they meet them"
    )
    grounds = f"median distance from the borders {here_m:.0f} m as stated; {_grounds(fits[0])}"
    said = options(proposed(fits, area)[:MOST])
    return Notice("crs.contradicting", "error", text, f"{grounds}; {evidence}", said)


def implausible(
    stated: pyproj.CRS, why: Sequence[Notice], *, evidence: str, placed: bool
) -> Notice:
    """Return ``crs.implausible``: no usual place in the stated system, and none found otherwise."""
    fault = "do not lie where it is used" if placed else "have no place in it"
    text = f"states {name_of(stated)}, but the numbers {fault}"
    proposal = options(each.proposal for each in why) or (
        "ask who made the file for its system, and give it with --assume-crs"
    )
    return Notice("crs.implausible", "error", text, evidence, proposal)


def two_zones(zones: Mapping[int, int], evidence: str) -> Notice:
    """Return ``crs.other_zone`` for a file whose eastings name several zones."""
    counts = ", ".join(f"{count} name zone {zone}" for zone, count in sorted(zones.items()))
    several = [(zone, of_zone(zone)) for zone in sorted(zones)]
    told = ", ".join(f"zone {zone} with {known.said}" for zone, known in several if known)
    return Notice(
        "crs.other_zone",
        "error",
        f"eastings name {len(zones)} zones in one file, which no single system holds",
        f"of the coordinates looked at {counts}; {evidence}",
        f"save the rows of each zone as a file of its own, and read {told}",
    )


def zero(count: int, of: int) -> Notice:
    """Return ``crs.zero``: coordinates 0, 0, which mean that a place is not known."""
    return Notice(
        "crs.zero",
        "warning",
        f"{count} of {of} coordinates are 0, 0, which stands for no place",
        f"{count} of {of}",
        "leave those rows out, or look their places up",
        count=count,
    )


def outliers(first: np.ndarray, place: np.ndarray, *, count: int, of: int) -> Notice:
    """Return ``crs.outliers``: few coordinates far from all others."""
    there = f"{place[0]:.4g}°E, {place[1]:.4g}°N" if np.isfinite(place).all() else "nowhere"
    return Notice(
        "crs.outliers",
        "warning",
        f"{count} of {of} coordinates lie far from all others, more than ten times their extent",
        f"the first is {first[0]:.10g}, {first[1]:.10g}: {there}",
        "look at those rows: digits may be missing or of another system",
        count=count,
    )


def shifted(best: str, medians: Mapping[str, float], *, n: int, geographic: bool) -> Notice:
    """Return ``crs.gcj02`` or ``crs.bd09``: unshifted, shapes meet the borders they share."""
    code = {"GCJ-02": "crs.gcj02", "BD-09": "crs.bd09"}[best]
    told = ", ".join(f"{metres:.0f} m {name}" for name, metres in medians.items())
    step = f"--assume-crs {best}"
    if not geographic:
        step = f"bring the file to degrees (EPSG:4490), then {step}"
    step += "; or, if the file is right as it is, give the system that it states as --assume-crs"
    return Notice(
        code,
        "error",
        f"the coordinates look like {best}, as web maps of China have them: unshifted, they meet "
        "the borders of the units, moved elsewhere they do not",
        f"median distance of {n} vertices from the borders: {told}; the borders have tolerances "
        f"of their own, and the formula is right to about {SHIFT_ACCURACY_M[best]:g} m",
        step,
    )


def units(found: Sequence[OddUnit], evidence: str) -> Notice:
    """Return ``crs.units``: numbers that fit in another unit than metres and degrees."""
    names = ", ".join(dict.fromkeys(each.name for each in found))
    grounds = f"{found[0].inside:.0%} inside the area when they are read so"
    said = options(dict.fromkeys(each.proposal for each in found[:MOST]))
    text = f"the numbers are neither metres nor degrees; they fit as {names}"
    return _notice("crs.units", "error", text, f"{evidence}; {grounds}", said)


def packed(evidence: str) -> Notice:
    """Return ``crs.units`` for degrees with minutes and seconds as decimals."""
    text = "the numbers look like degrees, minutes and seconds packed as dd.mmss"
    grounds = f"{evidence}; no minutes and no seconds above 59"
    step = "turn degrees, minutes and seconds into decimal degrees and state EPSG:4490"
    return _notice("crs.units", "error", text, grounds, step)


def local(evidence: str, *, degrees: bool) -> Notice:
    """Return ``crs.local``: numbers too small for any system of the country."""
    text = "the numbers are too small for a system of the country: a local or site system"
    if degrees:
        text += ", or degrees outside the area of the units"
    step = "have the file brought to CGCS2000 by who made it; geoplan cannot place a local system"
    return _notice("crs.local", "error", text, evidence, step)


def _turned(degrees: bool, evidence: str, said: str) -> Notice:
    code = "crs.swapped" if degrees else "crs.north_first"
    what = "latitude comes before longitude" if degrees else "northings come before eastings"
    return _notice(code, "error", f"{what}: the numbers fit when they are turned", evidence, said)


def _contradiction(stated: pyproj.CRS, best: Fit) -> tuple[str, str]:
    kind, zone = best.candidate.kind, best.candidate.zone
    if best.swapped:
        code = "crs.swapped" if kind == "degrees" else "crs.north_first"
        return code, f"turned, they are {best.candidate.name}"
    if kind == "degrees":
        return "crs.degrees_as_metres", "they are degrees"
    if stated.is_geographic:
        return "crs.metres_as_degrees", f"they are metres, as in {best.candidate.name}"
    if zone is not None:
        other = f"their eastings name zone {zone}"
        return ("crs.other_zone" if has_zone(stated) else "crs.zone_prefix"), other
    if kind == "mercator":
        return "crs.web_mercator", "they are those of Web Mercator"
    if kind in ("3-degree", "6-degree", "utm") and has_zone(stated):
        return "crs.no_zone_prefix", "their eastings carry no number of a zone"
    return "crs.contradicting", f"they fit {best.candidate.name}"


def _grounds(each: Fit) -> str:
    lon, lat = each.middle
    text = f"as {each.candidate.name} {each.inside:.0%} inside, median {lon:.3f}°E, {lat:.3f}°N"
    return text if each.border_m is None else f"{text}, {each.border_m:.0f} m from the borders"


def _notice(code: str, severity: Severity, text: str, evidence: str, proposal: str) -> Notice:
    return Notice(code, severity, text, evidence, proposal)
