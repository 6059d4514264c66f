"""``datapackage.json``: what files hold, where it comes from, and on what terms (Frictionless)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from geoplan import schema
from geoplan.config import Config
from geoplan.publish import geojson
from geoplan.publish.audience import most_closed
from geoplan.publish.rows import rows_of
from geoplan.publish.words import pair, words
from geoplan.schema import Sensitivity
from geoplan.schema.fields import GIS, Field, field_of

NAME = "datapackage.json"

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "qml": "application/xml",
    "zip": "application/zip",
    "gdbtable": "application/octet-stream",
}
"""Media types by suffix: files of these are data; pages and pictures are not described."""

_TYPES = {"text": "string", "real": "number", "integer": "integer", "flag": "boolean"}
_UNITS = {"km2": "km²", "m2": "m²", "km": "km", "degree": "degree", "share": "1", "items": "1"}


@dataclass(frozen=True, kw_only=True)
class Held:
    """A file as it is: its hash, size in bytes, and sensitivity."""

    sha256: str
    bytes: int
    sensitivity: Sensitivity
    columns: tuple[str, ...] = ()
    """Of a file that holds one layer."""


def package_text(
    tables: schema.Tables,
    *,
    config: Config,
    as_of: str,
    files: Mapping[str, Held],
) -> str | None:
    """Return the package of `files` (by path, with ``/``); None where none of them is data.

    It holds no time and no path of a machine. Raises `StageError` where a
    column is not in the dictionary of fields.
    """
    data = {
        name: held
        for name, held in sorted(files.items())
        if _suffix(name) in MEDIA or ".gdb/" in name
    }
    if not data:
        return None
    sources = rows_of(tables, "sources")
    zh = config.title.zh
    content: dict[str, Any] = {
        "$schema": PROFILE,
        "name": f"geoplan-{config.scope}",
        "title": zh,
        "description": " ".join(pair(f"notice.{key}")[0] for key in ("county_level", "indicative")),
        "licenses": [
            {"name": _slug(row["source"]), "title": f"{row['title']}：{row['licence']}"}
            for row in sources
        ],
        "sources": [
            *({"title": row["title"], "notice": row["notice"]} for row in sources),
            *map(_document, rows_of(tables, "documents")),
        ],
        "sensitivity": most_closed(held.sensitivity for held in data.values()),
        "asOf": as_of,
        "resources": [_resource(name, held) for name, held in data.items()],
    }
    if config.compiled_by:
        content["contributors"] = [{"title": config.compiled_by, "roles": ["compiler"]}]
    if config.review_number:
        content["reviewNumber"] = config.review_number
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _document(row: Mapping[str, Any]) -> dict[str, str]:
    about = {"title": row["title"], "number": row["number"], "issuer": row["issuer"]}
    about |= {"date": row["date"], "hash": row["sha256"] and f"sha256:{row['sha256']}"}
    return {key: value for key, value in about.items() if value}


def _resource(name: str, held: Held) -> dict[str, Any]:
    suffix = _suffix(name)
    made: dict[str, Any] = {
        "name": _slug(name),
        "path": name,
        "format": suffix or "gdb",
        "mediatype": MEDIA.get(suffix, "application/octet-stream"),
        "bytes": held.bytes,
        "hash": f"sha256:{held.sha256}",
        "sensitivity": held.sensitivity,
    }
    path = PurePosixPath(name)
    columns = held.columns or _COLUMNS.get(name, ())
    if suffix == "csv" and str(path.parent) == "tables":
        made |= {"title": pair(f"table.{path.stem}")[0], "encoding": "utf-8"}
        made["schema"] = _schema(path.stem)
    elif columns:
        key = f"gis.{path.stem}"
        made["title"] = pair(key if key in words() else f"table.{path.stem}")[0]
        made["schema"] = {"fields": [_of_layer(c) for c in columns if c != "geometry"]}
    return made


_COLUMNS = {
    "data/units.geojson": geojson.UNITS,
    "data/features.geojson": geojson.FEATURE_PROPERTIES,
}


def _of_layer(column: str) -> dict[str, str]:
    kinds = {c.name: c.dtype for t in schema.TABLES.values() for c in t.columns}
    # Units that a feature names are codes there, and layers have numbers of features elsewhere.
    kind = "text" if column in ("units", "features") else kinds.get(column, "text")
    return _described(field_of(GIS, column), kind=_TYPES[kind])


def _schema(table: str) -> dict[str, Any]:
    known = schema.TABLES[table]
    fields = []
    for column in known.columns:
        if column.name == "geometry":
            continue
        about: dict[str, Any] = {
            **_described(field_of(table, column.name), kind=_TYPES[column.dtype])
        }
        rules: dict[str, Any] = {} if column.nullable else {"required": True}
        rules |= {"enum": list(column.allowed)} if column.allowed else {}
        # Texts that have to be there may be empty ones: a CSV cannot tell.
        if column.dtype == "text" and not column.allowed:
            rules.pop("required", None)
            # Keys are never missing: an empty one, as of a layer as a whole, is a text.
            about |= {"missingValues": []} if column.name in known.key else {}
        fields.append(about | ({"constraints": rules} if rules else {}))
        if column.name == "adcode" and "name" not in known.names:
            fields.append(
                {**_described(field_of(table, "unit_name"), kind="string"), "name": "name"}
            )
    return {"fields": fields, "primaryKey": list(known.key), "missingValues": [""]}


def _described(field: Field, *, kind: str) -> dict[str, str]:
    about = {"name": field.name, "type": kind, "title": _plain_head(field)}
    about["description"] = f"{field.note[0]}。{field.note[1]}."
    if field.measure:
        about["unit"] = _UNITS[field.measure]
    return about


def _plain_head(field: Field) -> str:
    """Return a head for data files, where shares are numbers from 0 to 1."""
    return field.zh.replace("（%）", "（0–1）") if field.measure == "share" else field.zh


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def _slug(name: str) -> str:
    """Return a name as packages want it: small letters, digits, dots, dashes, low lines."""
    return re.sub(r"[^a-z0-9._/-]+", "-", name.lower()).replace("/", "-")
