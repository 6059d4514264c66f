"""The list of entries of an archive, and the names in it."""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from stat import S_IFMT, S_ISDIR, S_ISLNK, S_ISREG
from typing import NamedTuple

from geoplan.guard.limits import Limits, size_text
from geoplan.guard.told import refusal, shown

SKIPPED = re.compile(
    r"(^|/)(__MACOSX(/|$)|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE
)
"""What systems put into archives, and nobody means."""

_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE
)

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, signs that turn or join text, halves of characters; wide blanks (U+3000) are none."""

_METHODS = {0: "stored", 8: "deflated"}


class Named(NamedTuple):
    """The name of an entry, and how its bytes were read."""

    name: str
    encoding: str


@dataclass(frozen=True)
class Entry:
    """A file of an archive: its name with ``/``, and where its bytes are."""

    name: str
    encoding: str
    info: zipfile.ZipInfo


def entries_of(archive: zipfile.ZipFile, *, path: Path, limits: Limits) -> list[Entry]:
    """Return the files of an archive after a look at names, sizes and kinds of all entries.

    Raises
    ------
    RefusedError
        Names that lead outside or cannot stand on every system, two of the same name,
        links, encryption, methods that are not read, entries that share their bytes, sizes
        above the limits.
    """
    found: list[Entry] = []
    names: dict[str, str] = {}
    for info in archive.infolist():
        named = _spelled(info)
        _check_name(named.name, path)
        _check_kind(info, named.name, path)
        if named.name.endswith("/") or SKIPPED.search(named.name):
            continue
        key = named.name.casefold()
        if key in names:
            same = "twice" if names[key] == named.name else f"also as {shown(names[key])}"
            raise refusal(
                path,
                "zip_twice",
                f"holds {shown(named.name)} {same}; which one is meant cannot be told: unpack it "
                "and keep one",
            )
        names[key] = named.name
        _check_size(info, named.name, path, limits)
        found.append(Entry(named.name, named.encoding, info))
    total = sum(entry.info.file_size for entry in found)
    if total > limits.zip_total_bytes:
        raise refusal(
            path,
            "zip_bomb",
            f"would be {size_text(total)} when unpacked; {size_text(limits.zip_total_bytes)} are "
            "allowed",
        )
    _check_apart(archive, found, path)
    return found


def check_directory(path: Path, limits: Limits) -> None:
    """Check how many entries an archive has before its list is read.

    Raises `RefusedError` where it has no list, or too long a one.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - 66_000, 0))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise refusal(
            path,
            "damaged",
            "the archive has no list of its entries; it is cut short: copy it again",
        )
    count, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if wide >= 0 and len(tail) - wide >= 56:  # ZIP64
        count, length = struct.unpack("<QQ", tail[wide + 32 : wide + 48])
    if count > limits.zip_entries or length > limits.zip_directory_bytes:
        raise refusal(
            path,
            "zip_entries",
            f"holds {count} entries, and their list has {size_text(length)}; "
            f"{limits.zip_entries} entries and {size_text(limits.zip_directory_bytes)} are allowed",
        )


_WINDOWS = {0, 10, 11}
"""Systems that do not have ``\\`` in names, by their number in an archive."""


def _spelled(info: zipfile.ZipInfo) -> Named:
    """Return the name of an entry with ``/`` between folders, and without ``./`` before it.

    Some programs of Windows write what stands between folders there.
    """
    name, encoding = _named(info)
    if info.create_system in _WINDOWS:
        name = name.replace("\\", "/")
    while name.startswith("./") and len(name) > 2:
        name = name[2:]
    return Named(name, encoding)


def _named(info: zipfile.ZipInfo) -> Named:
    """Return the name of an entry; where it states no encoding, by what its bytes are."""
    if info.flag_bits & 0x800:
        return Named(info.orig_filename, "UTF-8")
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:  # pragma: no cover - cp437 is what it was decoded with
        return Named(info.orig_filename, "UTF-8")
    stated = _stated(info.extra, raw)
    if stated is not None:
        return Named(stated, "UTF-8")
    if raw.isascii():
        return Named(raw.decode("ascii"), "ASCII")
    for encoding in ("utf-8", "gb18030"):
        try:
            return Named(raw.decode(encoding), encoding.upper())
        except UnicodeDecodeError:
            continue
    return Named(info.orig_filename, "CP437")


def _stated(extra: bytes, raw: bytes) -> str | None:
    """Return the name in UTF-8 that an entry states beside the other (Info-ZIP, 0x7075)."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == 0x7075 and len(body) > 5 and body[0] == 1:
            if int.from_bytes(body[1:5], "little") != zlib.crc32(raw):
                return None
            try:
                return body[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None


def _check_name(name: str, path: Path) -> None:
    parts = name.removesuffix("/").split("/")
    why = ""
    if "\\" in name:
        why = "has a backslash"
    elif name.startswith("/") or re.match("[A-Za-z]:", name):
        why = "is absolute"
    elif ".." in parts:
        why = "leads outside of the archive"
    elif any(unicodedata.category(c) in _UNSEEN for c in name):
        why = "holds control characters"
    elif any(part in {"", "."} for part in parts):
        why = "has an empty part"
    elif any(part.endswith((" ", ".")) or set(part) & set('<>:"|?*') for part in parts):
        why = "cannot stand on Windows"
    elif any(_RESERVED.fullmatch(part) for part in parts):
        why = "is a name that Windows keeps for devices"
    elif max(len(part.encode("utf-8", "replace")) for part in parts) > 255 or len(name) > 1000:
        why = "is too long"
    if why:
        text = f"the name {shown(name)} of an entry {why}; rename it, and pack it again"
        raise refusal(path, "zip_name", text)


def _check_kind(info: zipfile.ZipInfo, name: str, path: Path) -> None:
    mode = info.external_attr >> 16
    if S_IFMT(mode) and not (S_ISREG(mode) or S_ISDIR(mode)):
        kind = "a link" if S_ISLNK(mode) else "no plain file"
        raise refusal(path, "zip_link", f"entry {shown(name)} is {kind}; pack the file itself")
    if info.flag_bits & 0x1:
        raise refusal(
            path, "encrypted", f"entry {shown(name)} is encrypted; unpack it with its password"
        )
    if info.compress_type not in _METHODS:
        raise refusal(
            path,
            "zip_method",
            f"entry {shown(name)} is packed by method {info.compress_type}; stored and deflated "
            "(the usual one) are read: pack it again",
        )


def _check_size(info: zipfile.ZipInfo, name: str, path: Path, limits: Limits) -> None:
    size, packed = info.file_size, info.compress_size
    if size > limits.zip_entry_bytes:
        raise refusal(
            path,
            "zip_bomb",
            f"entry {shown(name)} would be {size_text(size)} when unpacked; "
            f"{size_text(limits.zip_entry_bytes)} are allowed",
        )
    if size > limits.small_bytes and size > limits.zip_ratio * packed:
        raise refusal(
            path,
            "zip_bomb",
            f"entry {shown(name)} has {size_text(packed)} and would be {size_text(size)} when "
            f"unpacked; more than {limits.zip_ratio} times is no honest file",
        )


def _check_apart(archive: zipfile.ZipFile, entries: list[Entry], path: Path) -> None:
    """Refuse entries that share their bytes: a small file may so unpack to a huge one."""
    ends = 0
    for entry in sorted(entries, key=lambda entry: entry.info.header_offset):
        if entry.info.header_offset < ends:
            raise refusal(path, "zip_bomb", f"entry {shown(entry.name)} lies within another one")
        ends = entry.info.header_offset + 30 + entry.info.compress_size
    if ends > archive.start_dir:
        raise refusal(path, "damaged", "entries of the archive reach into its list of entries")
