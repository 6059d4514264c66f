"""What people wrote that results rest on: features, figures, indicators and findings."""

from __future__ import annotations

from geoplan.publish.words import coded
from geoplan.schema import line_numbers, ref_of
from geoplan.schema.wording import figure_words, reading_words
from geoplan.trace.index import Index, Row
from geoplan.trace.model import Cited, Member, Origin, Pair, Part

FINDINGS_FILE = "findings.toml"


def feature_part(index: Index, row: Row, *, unit: str | None = None) -> Part:
    """Return a row of `features`, with its members; with a unit those that concern it."""
    members = tuple(
        Member(
            id=m["id"],
            adcode=m["adcode"],
            name=index.unit_name(m["adcode"]),
            evidence=m["evidence"],
        )
        for m in index.members_in(row, unit)
    )
    return _of_layer(
        index,
        row,
        ref=ref_of("features", row),
        name=(row["name"], row["name_en"]),
        kind=index.title("classes", row["class"]),
        extent=row["extent"],
        members=members,
    )


def figure_part(index: Index, row: Row) -> Part:
    """Return a row of `stated` or `claims`: a figure as the plan prints it."""
    written = index.one("stated", row["id"]) or row
    return _of_layer(
        index,
        {**row, "file_line": written.get("file_line", 0)},
        ref=ref_of("stated", row),
        name=figure_words(row),
        kind=figure_of(row),
    )


def figure_of(row: Row) -> Pair:
    """Return what a figure is of: its own label, or the word of its quantity."""
    if row["label"] is not None:
        return row["label"], row["label_en"]
    return coded("quantity", row["quantity"])


def indicator_part(index: Index, row: Row) -> Part:
    """Return a row of `indicators`: a reading as printed."""
    name = reading_words(row) or (row["printed"], row["printed"])
    kind = (row["name"], row["name_en"])
    return _of_layer(index, row, ref=ref_of("indicators", row), name=name, kind=kind)


def raster_part(index: Index, row: Row) -> Part:
    """Return a row of `rasters`: the cells that figures of units are made of."""
    told = f"{row['path']}  sha256 {row['sha256'][:12]}"
    return _of_layer(
        index,
        {**row, "section": "", "lines": ""},
        ref=ref_of("rasters", row),
        name=(told, told),
        kind=coded("raster_kind", row["raster_kind"]),
    )


def finding_part(index: Index, row: Row) -> Part:
    """Return a row of `findings`: a place of a finding about a text."""
    return Part(
        ref=ref_of("findings", row),
        name=(row["title"], row["title_en"]),
        layer="",
        layer_title=("", ""),
        kind=coded("finding", row["kind"]),
        origin=Origin(file=FINDINGS_FILE, line=row["file_line"]),
        cited=cited(index, row["document"], row=row),
    )


def _of_layer(
    index: Index,
    row: Row,
    *,
    ref: str,
    name: Pair,
    kind: Pair,
    **more: object,
) -> Part:
    layer = index.one("layers", row["layer"])
    file, document = (layer["file"], layer["document"]) if layer else ("", "")
    return Part(
        ref=ref,
        name=name,
        layer=row["layer"],
        layer_title=index.title("layers", row["layer"]),
        kind=kind,
        origin=Origin(file=file, line=row["file_line"]),
        cited=cited(index, document, row=row),
        **more,  # type: ignore[arg-type]
    )


def cited(index: Index, document: str, *, row: Row) -> Cited:
    """Return where a row says that it stands, with nothing of the text yet."""
    about = index.one("documents", document) or {}
    lines = tuple(line_numbers(row["lines"]))
    return Cited(
        document=document,
        title=about.get("title", document),
        number=about.get("number"),
        section=row["section"],
        lines=lines,
        sha256=about.get("sha256"),
        proof="no_text" if lines else "not_cited",
    )
