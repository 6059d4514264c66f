"""Values as whole numbers in the same order, so that they can be counted and halved exactly."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def bits_of(dtype: np.dtype | str) -> int:
    """Return how many bits the keys of a type have: 8, 16, 32 or 64."""
    kind = np.dtype(dtype)
    if kind == np.float16:
        return 32
    return 64 if kind.itemsize == 8 else kind.itemsize * 8


def key_of(values: Array) -> Array:
    """Return unsigned numbers in the order of values; equal ones for equal values.

    64-bit integers are taken as float64, as statistics of them are.
    """
    kind = values.dtype
    if kind.kind == "b":
        return values.astype("uint8")
    if kind == np.float16:
        values = values.astype("float32")
    elif kind.kind in "iu" and kind.itemsize == 8:
        values = values.astype("float64")
    bits = values.dtype.itemsize * 8
    unsigned, top = np.dtype(f"uint{bits}"), 1 << (bits - 1)
    sign = unsigned.type(top)
    if values.dtype.kind == "u":
        return values
    if values.dtype.kind == "i":
        return np.asarray(np.ascontiguousarray(values).view(unsigned) ^ sign)
    raw = np.ascontiguousarray(values + values.dtype.type(0)).view(unsigned)  # -0 becomes 0
    return np.asarray(np.where(raw & sign, ~raw, raw | sign))


def value_of(keys: Array, dtype: np.dtype | str) -> Array:
    """Return values of a type, as float64, for keys given as uint64."""
    kind = np.dtype(dtype)
    if kind.kind == "b":
        return keys.astype("float64")
    bits = bits_of(kind)
    narrow = keys.astype(f"uint{bits}")
    if kind.kind == "u" and kind.itemsize < 8:
        return narrow.astype("float64")
    sign = narrow.dtype.type(1 << (bits - 1))
    if kind.kind == "i" and kind.itemsize < 8:
        return np.asarray((narrow ^ sign).view(f"int{bits}").astype("float64"))
    raw = np.where(narrow & sign, narrow ^ sign, ~narrow)
    return np.asarray(raw.view(f"float{bits}").astype("float64"))
