"""Single header values, read from the raw bytes: most are looked at once, few are ever converted.

pydicom converts an element on first access, which costs more than reading the whole header. The
scan of a study looks at some eighty elements a file, so they are parsed here; whatever is
not plain goes through pydicom.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from functools import cache
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from napari_mrseq.elements import binary_numbers, decimal, is_binary

Direction = tuple[float, float, float]

# One object a tag: dictionaries then find it by identity, without a call of its comparison.
tag_object = cache(BaseTag)

# Longest value that is read with a header; no text or number is longer.
LARGEST_VALUE_BYTES = 1 << 22
_LARGEST_WHOLE = 1 << 32
_EMPTY = Dataset()


def numbers(dataset: Dataset, tag: int, vr: str | None = None) -> tuple[float, ...]:
    """Return the numbers of an element, empty where it is absent or holds no finite numbers.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Header as read; not changed.
    tag : int
        Group and element, ``0x00200032`` for example.
    vr : str, optional
        Value representation of a private element, used where the file doesn't give one.
    """
    element = dataset.get_item(tag_object(tag), keep_deferred=True)
    if element is None or element.value is None:
        return ()
    try:
        values = _parse(element.value, _vr_of(element, tag, vr), dataset)
    except (ValueError, TypeError):
        return ()
    return values if all(map(math.isfinite, values)) else ()


def number(dataset: Dataset, tag: int, vr: str | None = None) -> float | None:
    """Return the first number of an element, None where it has none."""
    values = numbers(dataset, tag, vr)
    return values[0] if values else None


def whole(dataset: Dataset, tag: int, vr: str | None = None) -> int | None:
    """Return the first number of an element as an integer, None where no such number is there."""
    return as_whole(number(dataset, tag, vr))


def as_whole(value: float | None) -> int | None:
    """Return a number as an integer, None where it is none or too large."""
    # No integer that is read here takes more than 32 bits (PS3.5, 6.2: only SV and UV have 64).
    return int(value) if value is not None and abs(value) <= _LARGEST_WHOLE else None


def triple(values: tuple[float, ...]) -> Direction | None:
    """Return three numbers, None where there are not exactly three."""
    return (values[0], values[1], values[2]) if len(values) == 3 else None


def text(dataset: Dataset, tag: int) -> str:
    """Return an element as text without padding, empty where it is absent.

    Meant for identifiers and code strings, which DICOM writes in ASCII; other bytes are replaced.
    """
    element = dataset.get_item(tag_object(tag), keep_deferred=True)
    if element is None or element.value is None:
        return ""
    value = element.value
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return str(value).strip("\0 ")


def words(dataset: Dataset, tag: int) -> tuple[str, ...]:
    """Return the values of a multi-valued code string in capitals."""
    value = text(dataset, tag)
    return tuple(word.strip().upper() for word in value.split("\\")) if value else ()


def raw_values(dataset: Dataset, tags: Iterable[int]) -> Hashable:
    """Return what elements hold as it is written, to be compared with that of another file."""
    found = (dataset.get_item(tag_object(tag), keep_deferred=True) for tag in tags)
    return tuple([e if e is None else (e.VR, _hashable(e.value)) for e in found])


def items(dataset: Dataset, tag: int) -> list[Dataset]:
    """Return the items of a sequence, empty where it is absent or no sequence."""
    value = dataset[tag].value if tag in dataset else None
    return [item for item in value or () if isinstance(item, Dataset)]


def first_item(dataset: Dataset, tag: int) -> Dataset:
    """Return the first item of a sequence; one without elements, not to be changed, if none."""
    return next(iter(items(dataset, tag)), _EMPTY)


def _hashable(value: Any) -> Hashable:
    return value if isinstance(value, bytes) else repr(value)


def _vr_of(element: Any, tag: int, vr: str | None) -> str:
    found = element.VR
    if found in (None, "UN"):
        return vr or dictionary_VR(BaseTag(tag))
    return str(found)


def _parse(value: Any, vr: str, dataset: Dataset) -> tuple[float, ...]:
    if isinstance(value, bytes):
        if is_binary(vr):
            little_endian = dataset.original_encoding[1] is not False
            return binary_numbers(value, vr, little_endian=little_endian)
        parts = [part.strip(b"\0 ") for part in value.split(b"\\")]
        try:
            # float() reads bytes too, which is twice as fast as to decode them.
            return tuple([float(part) for part in parts if part])
        except ValueError:
            value = [part.decode("latin-1") for part in parts]
    many = value if not isinstance(value, str) and hasattr(value, "__iter__") else [value]
    return tuple(
        decimal(part) if isinstance(part, str) else float(part)
        for part in many
        if part not in (None, "")
    )
