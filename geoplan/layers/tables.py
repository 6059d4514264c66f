"""Tables of what the registries and layer files say, without any geometry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import pandas as pd

from geoplan.errors import UnitError
from geoplan.gazetteer import Gazetteer
from geoplan.layers.faults import Faults
from geoplan.layers.figures import Indicator, Reading, parse_cell
from geoplan.layers.read import LayerFile
from geoplan.layers.registry import Document, Registry
from geoplan.schema import Kind, frame


def status_of(document: Document, as_of: str) -> str | None:
    """Return whether a document is in force at `as_of`: by its own word, else by its period."""
    if not document.plan:
        return None
    if document.status is not None:
        return document.status
    if document.period is not None and f"{document.period[1]}-12-31" < as_of:
        return "expired"
    return "in_force"


def documents(registry: Registry, as_of: str) -> pd.DataFrame:
    """Make the table `documents`, with the status of each at `as_of`."""
    return frame(
        "documents",
        [
            {
                "document": d.id,
                "title": d.title,
                "number": d.number,
                "issuer": d.issuer,
                "date": d.date,
                "scope": d.scope,
                "period_start": d.period[0] if d.period else None,
                "period_end": d.period[1] if d.period else None,
                "successor": d.successor,
                "status": status_of(d, as_of),
                "sha256": d.sha256,
            }
            for d in registry.document
        ],
    )


def themes(registry: Registry) -> pd.DataFrame:
    """Make the table `themes`, in the order of the registry."""
    return frame(
        "themes",
        [
            {
                "theme": t.id,
                "title": t.title.zh,
                "title_en": t.title.en,
                "also": " ".join(t.also) or None,
                "order": i,
            }
            for i, t in enumerate(registry.theme)
        ],
    )


def classes(registry: Registry) -> pd.DataFrame:
    """Make the table `classes`, in the order of the registry."""
    return frame(
        "classes",
        [
            {
                "class": c.id,
                "title": c.title.zh,
                "title_en": c.title.en,
                "today": c.today.zh if c.today else None,
                "today_en": c.today.en if c.today else None,
                "colour": c.colour,
                "pattern": c.pattern,
                "order": i,
            }
            for i, c in enumerate(registry.class_)
        ],
    )


def layers(
    files: Sequence[LayerFile],
    documents: Mapping[str, Document],
    *,
    counts: Mapping[str, int],
    as_of: str,
) -> pd.DataFrame:
    """Make the table `layers`; `counts` are features by layer, empty slots left out."""
    return frame(
        "layers",
        [
            {
                "layer": f.layer.id,
                "theme": f.layer.theme,
                "title": f.layer.title.zh,
                "title_en": f.layer.title.en,
                "document": f.layer.document,
                "scope": documents[f.layer.document].scope,
                "kind": _kind(f, counts),
                "status": status_of(documents[f.layer.document], as_of),
                "sensitivity": f.layer.sensitivity,
                "features": counts.get(f.layer.id, 0),
                "partition": " ".join(_divided(f)) or None,
                "note": f.layer.note.zh if f.layer.note else None,
                "note_en": f.layer.note.en if f.layer.note else None,
                "file": f.name,
            }
            for f in files
        ],
    )


def _divided(file: LayerFile) -> Iterable[str]:
    """Return the classes that divide the scope of the layer's document."""
    told = file.layer.partition
    return dict.fromkeys(f.class_ for f in file.layer.feature) if told is True else told or ()


def _kind(file: LayerFile, counts: Mapping[str, int]) -> Kind:
    if _is_open(file, counts):
        return "slot"
    return "raster" if file.layer.raster else "vector"


def _is_open(file: LayerFile, counts: Mapping[str, int]) -> bool:
    """Return whether a layer still waits for a file, or for one of its features."""
    waits = any(feature.slot for feature in file.layer.feature)
    return waits or (file.layer.slot and file.layer.id not in counts)


def stated(files: Sequence[LayerFile]) -> pd.DataFrame:
    """Make the table `stated`: claims as printed; `step` is one unit of the last digit."""
    return frame(
        "stated",
        [
            {
                "id": c.row_id(file.layer.id),
                "layer": file.layer.id,
                "of": c.of,
                "quantity": c.quantity,
                "published": float(c.value),
                "published_to": None if c.value_to is None else float(c.value_to),
                "step": 10.0 ** min(0, int(Decimal(str(c.value)).as_tuple().exponent)),
                "measure": c.measure,
                "relation": c.relation,
                "counter": c.counter,
                "year": c.year,
                "relative_to": c.relative_to,
                "document": file.layer.document,
                "section": c.section,
                "line": c.lines[0],
                "lines": " ".join(map(str, c.lines)),
                "label": c.label.zh if c.label else None,
                "label_en": c.label.en if c.label else None,
                "file_line": file.line("claim", i),
                "slug": c.id,
            }
            for file in files
            for i, c in enumerate(file.layer.claim)
        ],
    )


def indicators(
    files: Sequence[LayerFile], documents: Mapping[str, Document], *, gazetteer: Gazetteer
) -> pd.DataFrame:
    """Make the table `indicators`, one row for each reading.

    Raises `LayerError` with every unit that is unknown or more than one, and its line.
    """
    rows: list[dict[str, object]] = []
    faults = Faults()
    for file in files:
        document = documents[file.layer.document]
        for i, indicator in enumerate(file.layer.indicator):
            try:
                code = _unit_of(indicator, document, gazetteer)
            except UnitError as fault:
                faults.add([f"{file.at('indicator', i, 'unit')}: {fault}"], [file.name])
                continue
            common = {
                "layer": file.layer.id,
                "indicator": indicator.id,
                "adcode": code,
                "unit": gazetteer.units[code].name,
                "unit_en": gazetteer.units[code].name_en,
                "name": indicator.name.zh,
                "name_en": indicator.name.en,
                "group": indicator.group.zh if indicator.group else None,
                "group_en": indicator.group.en if indicator.group else None,
                "counter": indicator.counter,
                "constant_prices": indicator.constant_prices,
                "nature": indicator.nature,
                "note": indicator.note.zh if indicator.note else None,
                "note_en": indicator.note.en if indicator.note else None,
                "document": file.layer.document,
                "section": indicator.section,
                "line": indicator.lines[0],
                "lines": " ".join(map(str, indicator.lines)),
                "file_line": file.line("indicator", i),
            }
            rows += [common | _reading(indicator, reading) for reading in indicator.readings]
    faults.raise_any("units of indicators")
    return frame("indicators", rows)


def _unit_of(indicator: Indicator, document: Document, gazetteer: Gazetteer) -> str:
    if indicator.unit is None:
        return document.scope
    year = document.period[0] if document.period else None
    codes = gazetteer.resolve(indicator.unit, scope=document.scope, year=year).adcodes
    if len(codes) != 1:
        raise UnitError(f"{indicator.unit!r} is {len(codes)} units; an indicator is of one")
    return codes[0]


def _reading(indicator: Indicator, reading: Reading) -> dict[str, object]:
    measure = reading.measured_in(indicator.measure, indicator.growth)
    parsed = parse_cell(reading.printed, measure=measure)
    return {
        "measure": measure,
        "reading": reading.kind,
        "year": reading.year,
        "printed": reading.printed,
        "value": None if parsed.value is None else float(parsed.value),
        "value_to": None if parsed.value_to is None else float(parsed.value_to),
        "relation": parsed.relation,
        "cumulative": parsed.cumulative,
    }


def findings(registry: Registry, gazetteer: Gazetteer) -> pd.DataFrame:
    """Make the table `findings`, one row for each place of a finding.

    Raises `LayerError` with every unit that is unknown.
    """
    rows: list[dict[str, object]] = []
    faults = Faults()
    for finding in registry.finding:
        codes: list[str] = []
        for name in finding.units:
            try:
                codes += gazetteer.resolve(name, scope="").adcodes
            except UnitError as fault:
                faults.add([f"{registry.at('finding', finding.id)}: {fault}"])
        begins = registry.line("finding", finding.id)
        for i, place in enumerate(finding.place):
            rows.append(
                {
                    "finding": finding.id,
                    "place": i,
                    "kind": finding.kind,
                    "title": finding.title.zh,
                    "title_en": finding.title.en,
                    "detail": finding.detail.zh,
                    "detail_en": finding.detail.en,
                    "units": " ".join(sorted(set(codes))) or None,
                    "about": " ".join(finding.about) or None,
                    "printed": "、".join(place.printed),
                    "lines": " ".join(map(str, place.lines)),
                    "document": place.document,
                    "section": place.section,
                    "line": place.lines[0],
                    "file_line": begins,
                }
            )
    faults.raise_any("units of findings")
    return frame("findings", rows)
