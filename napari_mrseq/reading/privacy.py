"""A header without pixels, without bulk, and without anything that names the patient."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataset import Dataset

# Elements above this many bytes (coil maps, tables, embedded files) say nothing about a sequence.
LARGEST_ELEMENT_BYTES = 64_000
# Deeper than any real header; bounds the work on a hostile one.
DEEPEST_SEQUENCE = 16

# Of the patient group only what describes a body, not a person: sex, age, size, weight.
_PATIENT_KEPT = {0x00100040, 0x00101010, 0x00101020, 0x00101030}
# Trial subject, request, visit, procedure, signatures, results.
_GROUPS_REMOVED = {0x0010, 0x0012, 0x0032, 0x0038, 0x0040, 0x0400, 0x4008}
# Application entities, accession number, institution, station, people, references, free text,
# serial number, study id.
_TAGS_REMOVED = {
    0x00020016, 0x00020017, 0x00020018, 0x00020100, 0x00020102,
    0x00080050, 0x00080080, 0x00080081, 0x00080082, 0x00080092, 0x00080094, 0x00080096,
    0x00081010, 0x00081040, 0x00081080, 0x00081084, 0x00081110, 0x00081120, 0x00084000,
    0x00181000, 0x00200010, 0x00204000, 0x00880140,
}  # fmt: skip
# Private groups that header rules read: Siemens, GE, Philips, UIH.
_PRIVATE_KEPT = {0x0019, 0x0021, 0x0029, 0x0043, 0x0051, 0x0065, 0x2001, 0x2005}
# Enhanced files of Philips keep Scanning Sequence and the like in this one, in each frame's groups.
_PRIVATE_SEQUENCES_KEPT = {0x2005140F}
# What names the patient: looked for in everything that is kept.
_IDENTITY = (0x00100010, 0x00100020, 0x00100030, 0x00101000, 0x00101001, 0x00101040, 0x00102154)
_SHORTEST_NAME = 4
_PER_FRAME_GROUPS = 0x52009230


def public_header(dataset: Dataset, frame: int = 0) -> Dataset:
    """Take pixels, bulk and everything that names the patient out of a header.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A whole header, changed in place.
    frame : int
        The frame of an enhanced file whose functional groups stay; those of others go.

    Returns
    -------
    pydicom.Dataset
        The same object.
    """
    if _PER_FRAME_GROUPS in dataset:
        groups = dataset[_PER_FRAME_GROUPS]
        groups.value = list(groups.value or ())[frame : frame + 1]
    names = _identity_words(dataset)
    _clean(dataset, names, 0)
    _clean(getattr(dataset, "file_meta", Dataset()), names, 0)
    return dataset


def _clean(dataset: Dataset, names: tuple[bytes, ...], depth: int) -> None:
    get_raw = partial(dataset.get_item, keep_deferred=True)
    for tag in list(dataset.keys()):
        element = _element(get_raw, tag)
        vr = getattr(element, "VR", None) or _dictionary_vr(tag)
        if (
            element is None
            or _is_deferred(element, vr)
            or _must_go(tag, vr, element.value, names)
            or (vr == "SQ" and depth >= DEEPEST_SEQUENCE)
            # Decoding here, not on first use, keeps what damaged elements raise inside reading.
            or (decoded := _element(dataset.__getitem__, tag)) is None
        ):
            del dataset[tag]
        elif decoded.VR == "SQ":
            for item in decoded.value or ():
                _clean(item, names, depth + 1)


def _is_deferred(element: Any, vr: str) -> bool:
    """Tell whether an element was too large to be read with the header."""
    return vr != "SQ" and element.value is None and getattr(element, "length", 0) > 0


def _element(read: Callable[[Any], Any], tag: Any) -> Any:
    """Return an element, None where it is damaged."""
    try:
        return read(tag)
    except Exception:  # pydicom raises many kinds
        return None


def _dictionary_vr(tag: Any) -> str:
    return dictionary_VR(tag) if dictionary_has_tag(tag) else "UN"


def _must_go(tag: Any, vr: str, value: Any, names: tuple[bytes, ...]) -> bool:
    if vr == "PN" or tag in _TAGS_REMOVED or tag.group >= 0x6000:
        return True
    if tag.group in _GROUPS_REMOVED and tag not in _PATIENT_KEPT:
        return True
    if tag.is_private and tag.group not in _PRIVATE_KEPT:
        return True
    if tag.is_private and vr == "SQ" and tag not in _PRIVATE_SEQUENCES_KEPT:
        return True
    written = value if isinstance(value, bytes) else str(value).encode() if vr != "SQ" else b""
    if len(written) > LARGEST_ELEMENT_BYTES:
        return True
    lowered = written.lower()
    # A sequence is cleaned item by item.
    return vr != "SQ" and any(name in lowered for name in names)


def _identity_words(dataset: Dataset) -> tuple[bytes, ...]:
    """Return the parts of the patient's names and numbers that are long enough to be told."""
    found: set[bytes] = set()
    for tag in _IDENTITY:
        value = getattr(_element(dataset.get_item, tag), "value", None)
        written = value if isinstance(value, bytes) else str(value or "").encode()
        for mark in (b"^", b"=", b"\\"):
            written = written.replace(mark, b" ")
        found.update(word.lower() for word in written.split())
    return tuple(sorted(word for word in found if len(word) >= _SHORTEST_NAME))
