"""What ``geoplan inspect`` prints to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from geoplan.cli.options import print_rows
from geoplan.cli.say import say

if TYPE_CHECKING:
    from geoplan.intake import Inspected
    from geoplan.reading import Notice

MOST_FIELDS = 40
"""Columns that are listed; JSON has all."""

MOST_COUNTIES = 12
"""Counties that are listed; JSON has all."""

Rows = list[tuple[str, str]]


def show(told: Inspected) -> None:
    """Print everything, section by section."""
    sections: list[tuple[str, Rows]] = [
        ("File", _file(told)),
        ("Layers", _layers(told)),
        ("Coordinate system", _system(told)),
        ("Place", _place(told)),
        ("Shapes", _shapes(told)),
        ("Contents", [(key, _plain(value)) for key, value in told.facts.items() if value]),
        ("Ministry's code", [(key, _plain(v)) for key, v in told.becomes.items() if v]),
    ]
    for title, rows in sections:
        if rows:
            _head(title)
            print_rows(["", ""], rows, right=[], heads=False)
    if told.fields:
        _head("Fields")
        _fields(told)
    _head("Noticed")
    for line in notice_lines(told.notices) or ["nothing"]:
        say(line)
    if told.steps:
        _head("Next")
        for step in told.steps:
            say(f"{step.what}:" if step.command else step.what)
            if step.command:
                say(f"  {step.command}")


def notice_lines(notices: Iterable[Notice]) -> list[str]:
    """Return lines that tell what was noticed: what, on what grounds, what to do."""
    lines = []
    said: set[str] = set()
    for notice in notices:
        rows = ""
        if notice.rows:
            first = ", ".join(map(str, notice.rows[:5]))
            more = (notice.count or len(notice.rows)) > len(notice.rows[:5])
            rows = f" (row{'s' if len(notice.rows) > 1 else ''} {first}{', …' if more else ''})"
        lines.append(f"{notice.severity} [{notice.code}] {notice.message}{rows}")
        if notice.evidence and notice.evidence not in said:
            lines.append(f"  because: {notice.evidence}")
        if notice.area_before_m2 is not None and notice.area_after_m2 is not None:
            before, after = notice.area_before_m2, notice.area_after_m2
            lines.append(f"  area: {before / 1e6:.6f} km2 before, {after / 1e6:.6f} km2 after")
        if notice.proposal and notice.proposal not in said:
            lines.append(f"  do: {notice.proposal}")
        said |= {notice.evidence, notice.proposal}
    return lines


def _head(title: str) -> None:
    say(f"\n{title}" if title != "File" else title)


def _file(told: Inspected) -> Rows:
    rows = [("name", str(told.path)), ("format", told.format)]
    rows += [("", f"{name}  {size:,} bytes") for name, size in told.files[:10]]
    if len(told.files) > 10:
        rows.append(("", f"… {len(told.files)} files in all"))
    if told.sha256:
        rows.append(("sha256", told.sha256))
    if told.encoding:
        how = f" ({told.encoding_how})" if told.encoding_how else ""
        rows.append(("encoding", f"{told.encoding}{how}"))
    if told.encoding_evidence and told.encoding_how != "stated":
        rows.append(("", told.encoding_evidence))
    return rows


def _layers(told: Inspected) -> Rows:
    rows = []
    for layer in told.layers:
        kinds = " ".join(layer.kinds) or "table without shapes"
        count = "?" if layer.rows is None else f"{layer.rows:,}"
        mark = " ← looked at" if layer.name == told.layer and len(told.layers) > 1 else ""
        rows.append((layer.name, f"{count} rows, {len(layer.fields)} fields, {kinds}{mark}"))
        if not told.fields and len(told.layers) == 1:
            rows.append(
                ("", f"fields: {', '.join(name for name, _ in layer.fields[:MOST_FIELDS])}")
            )
    return rows


def _system(told: Inspected) -> Rows:
    system = told.system
    if system is None:
        return []
    rows = [("stated", system.stated or "none")]
    if system.suggested:
        rows.append(("suggested", ", ".join(system.suggested)))
    if system.used is not None and system.why != "stated":
        rows.append((system.why, f"{system.used}: places and areas below are by this"))
    return rows


def _place(told: Inspected) -> Rows:
    place = told.place
    if place is None:
        return []
    if place.bounds is None:
        return [("where", "not known without a coordinate system")]
    west, south, east, north = place.bounds
    rows = [("degrees", f"{west:.5f} to {east:.5f} E, {south:.5f} to {north:.5f} N")]
    counties = [f"{c['name']} {c['features']}" for c in place.counties[:MOST_COUNTIES]]
    more = len(place.counties) - len(counties)
    if counties:
        rows.append(
            ("features by county", ", ".join(counties) + (f", … {more} more" if more > 0 else ""))
        )
    if place.outside:
        rows.append(("outside", f"{place.outside} features lie outside of {place.units}"))
    if place.share_outside and place.share_outside >= 0.0005:
        rows.append(("", f"{place.share_outside:.1%} of the area lies outside of {place.units}"))
    return rows


def _shapes(told: Inspected) -> Rows:
    shapes = told.shapes
    if shapes is None:
        return []
    kinds = ", ".join(f"{count} {kind}" for kind, count in shapes.kinds.items()) or "none"
    rows = [("kinds", kinds), ("vertices", f"{shapes.vertices:,}")]
    if told.rows is not None and shapes.looked_at < told.rows:
        rows.insert(0, ("looked at", f"{shapes.looked_at:,} of {told.rows:,} rows, an even sample"))
    odd = {"without a shape": shapes.null, "empty": shapes.empty, "with heights": shapes.with_z}
    rows += [(what, str(count)) for what, count in odd.items() if count]
    rows += [("invalid", f"{count}: {reason}") for reason, count in shapes.invalid.items()]
    if shapes.length_km is not None:
        rows.append(("length", f"{shapes.length_km:.3f} km on the ellipsoid"))
    if shapes.area_km2 is not None:
        rows.append(
            (
                "area",
                f"{shapes.area_km2:.6f} km2 on the ellipsoid (where shapes overlap, counted twice)",
            )
        )
    return rows


def _fields(told: Inspected) -> None:
    rows = []
    for field in told.fields[:MOST_FIELDS]:
        values = "; ".join(_plain(value) for value in field.samples)
        if field.least is not None:
            values = f"{_plain(field.least)} to {_plain(field.most)}"
        rows.append((field.name, field.type, field.empty, field.distinct, values))
    print_rows(["name", "type", "empty", "distinct", "values"], rows, right=["empty", "distinct"])
    if len(told.fields) > MOST_FIELDS:
        say(f"… {len(told.fields)} in all; --json has them")


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(v) for v in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(v)}" for key, v in value.items())
    return str(value)
