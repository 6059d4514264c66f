"""How large, deep and many-parted a file may be before it is refused unread."""

from __future__ import annotations

from dataclasses import dataclass

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@dataclass(frozen=True)
class Limits:
    """Limits of what is read; counts, or bytes where the name says so."""

    zip_entries: int = 10_000
    """Entries of an archive."""
    zip_directory_bytes: int = 8 * MIB
    """The list of entries of an archive, which is read whole."""
    zip_entry_bytes: int = 8 * GIB
    """One entry, unpacked."""
    zip_total_bytes: int = 16 * GIB
    """All entries of an archive, unpacked."""
    zip_ratio: int = 1_000
    """How many times larger an entry may become, once it is above `small_bytes`."""
    small_bytes: int = 32 * MIB
    """Below this size, neither ratios nor counts of rows are looked at."""
    xml_bytes: int = 1 * GIB
    """KML and GML."""
    xml_elements: int = 8_000_000
    """Elements in all."""
    xml_names: int = 10_000
    """Different names of elements."""
    xml_depth: int = 100
    """Elements within elements."""
    xml_attributes: int = 200
    """Attributes of one element."""
    xml_token_bytes: int = 4 * MIB
    """One tag with its attributes, or one comment."""
    schema_bytes: int = 16 * MIB
    """A schema beside a GML."""
    workbook_bytes: int = 256 * MIB
    """All parts of a workbook that are XML together, unpacked."""
    workbook_text_bytes: int = 512 * MIB
    """Texts of all cells of a workbook, each as often as cells refer to it."""
    json_bytes: int = 2 * GIB
    """GeoJSON."""
    json_depth: int = 64
    """Lists and records within one another."""
    dxf_bytes: int = 512 * MIB
    """A drawing."""
    dxf_entities: int = 3_000_000
    """Entities of a drawing when every block is put where it is referred to."""
    dxf_inserts: int = 1_000_000
    """References to blocks of a drawing."""
    dxf_depth: int = 32
    """Blocks within blocks."""
    csv_bytes: int = 2 * GIB
    """A table as text."""
    sqlite_objects: int = 10_000
    """Tables, views, indexes and triggers of a GeoPackage."""
    sqlite_views: int = 1_000
    """Views of a GeoPackage."""
    sqlite_statement_bytes: int = 1 * MIB
    """The statement that made one of them."""
    sqlite_seconds: float = 5.0
    """How long a look at the structure of a GeoPackage may take."""
    folder_files: int = 20_000
    """Files of a file geodatabase."""
    head_bytes: int = 10 * MIB
    """Header of a FlatGeobuf."""
    footer_bytes: int = 64 * MIB
    """Footer of a Parquet file."""
    footer_values: int = 2_000_000
    """Values in the footer of a Parquet file."""
    columns: int = 4_000
    """Columns of a table."""
    parquet_ratio: int = 1_000
    """How many times larger a Parquet file may become, once it is above `small_bytes`."""
    rows_a_byte: int = 100
    """Rows that a byte of a Parquet file may stand for."""
    beside_bytes: int = 1 * MIB
    """A ``.prj`` or ``.cpg``."""


LIMITS = Limits()
"""The limits that hold unless a caller sets others."""


def size_text(count: float) -> str:
    """Return a number of bytes as people write it: ``3.5 MiB``."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            break
        count /= 1024
    return f"{count:.0f} bytes" if unit == "bytes" else f"{count:.1f} {unit}"
