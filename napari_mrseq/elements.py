"""The bytes of a DICOM element that holds binary numbers (PS3.5, 6.2), unpacked in one place."""

from __future__ import annotations

import struct
from typing import Any

_CODES = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}


def is_binary(vr: str) -> bool:
    """Tell whether a value representation is one of binary numbers."""
    return vr in _CODES


def binary_numbers(value: bytes, vr: str, *, little_endian: bool) -> tuple[Any, ...]:
    """Return the numbers of an element; what is left over of a damaged one is passed over.

    Parameters
    ----------
    value : bytes
        As it lies in the file.
    vr : str
        A value representation that `is_binary`.
    little_endian : bool
        The order of its bytes.
    """
    code = _CODES[vr]
    size = struct.calcsize(code)
    count = len(value) // size
    return struct.unpack(f"{'<' if little_endian else '>'}{count}{code}", value[: count * size])
