"""Thrift's compact protocol, as the footer of a Parquet file is written: read under limits."""

from __future__ import annotations

import struct

Value = bool | int | float | bytes | list["Value"] | dict[int, "Value"]

_TRUE, _FALSE, _BYTE, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = (
    *(1, 2, 3, 6, 7, 8, 9, 10),
    *(11, 12),
)
_DEEPEST = 24


class ThriftError(ValueError):
    """What cannot be read, or is above a limit."""


class Reader:
    """Reads one record.

    Parameters
    ----------
    content
        Bytes that begin with the record.
    values
        How many values it may have in all.
    """

    def __init__(self, content: bytes, *, values: int) -> None:
        self._content = content
        self._at = 0
        self._left = values

    def record(self, depth: int = 0) -> dict[int, Value]:
        """Return the fields of a record by number; raises `ThriftError`."""
        if depth > _DEEPEST:
            raise ThriftError("records are nested too deep")
        found: dict[int, Value] = {}
        number = 0
        while head := self._byte():
            step, kind = head >> 4, head & 15
            number = number + step if step else self._signed()
            found[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return found

    def _byte(self) -> int:
        if self._at >= len(self._content):
            raise ThriftError("ends within a value")
        self._at += 1
        return self._content[self._at - 1]

    def _varint(self) -> int:
        made = shift = 0
        while True:
            byte = self._byte()
            made |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return made
            if shift > 63:
                raise ThriftError("a number has too many bytes")

    def _signed(self) -> int:
        made = self._varint()
        return (made >> 1) ^ -(made & 1)

    def _taken(self, count: int) -> bytes:
        if count > len(self._content) - self._at:
            raise ThriftError(f"promises {count} bytes that are not there")
        self._at += count
        return self._content[self._at - count : self._at]

    def _value(self, kind: int, depth: int) -> Value:
        self._left -= 1
        if self._left < 0:
            raise ThriftError("has too many values")
        if depth > _DEEPEST:
            raise ThriftError("lists are nested too deep")
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind <= _I64:
            return self._signed()
        if kind == _DOUBLE:
            return float(struct.unpack("<d", self._taken(8))[0])
        if kind == _BINARY:
            return self._taken(self._varint())
        if kind in (_LIST, _SET):
            return self._many(depth)
        if kind == _MAP:
            return self._pairs(depth)
        if kind == _STRUCT:
            return self.record(depth + 1)
        raise ThriftError(f"has a value of unknown kind {kind}")

    def _many(self, depth: int) -> list[Value]:
        head = self._byte()
        count = head >> 4
        if count == 15:
            count = self._varint()
        if count > self._left:
            raise ThriftError(f"promises {count} values")
        return [self._value(head & 15, depth + 1) for _ in range(count)]

    def _pairs(self, depth: int) -> list[Value]:
        count = self._varint()
        if count > self._left:
            raise ThriftError(f"promises {count} values")
        kinds = self._byte() if count else 0
        return [self._value(k, depth + 1) for _ in range(count) for k in (kinds >> 4, kinds & 15)]
