"""The numbers that a DICOM element holds, binary (PS3.5, 6.2) or written, read in one place."""

from __future__ import annotations

import re
import struct
from typing import Any

_CODES = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}
# What goes on otherwise is a code (Hitachi's "2DSE" where Siemens has a b value) or a UID.
_DECIMAL = re.compile(
    r"\s*([-+]?(?:\d++(?:[.,]\d*+)?|[.,]\d++)(?:e[-+]?\d++)?+)(?=\s|\0|$|(?:ms|s|mm|T|deg)\b)",
    re.IGNORECASE,
)


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


def decimal(written: str) -> float:
    """Return the number that a text begins with, alone or before a unit: ``12.5``, ``12,5 ms``.

    Raises
    ------
    ValueError
        If it begins with none.
    """
    found = _DECIMAL.match(written)
    if found is None:
        raise ValueError(written)
    return float(found[1].replace(",", "."))
