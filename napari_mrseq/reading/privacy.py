"""A header without pixels, without bulk, and without anything that names the patient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pydicom.datadict import dictionary_has_tag, dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset

from napari_mrseq.reading.identity import Identity, element_by
from napari_mrseq.reading.layout import PER_FRAME_GROUPS

# Elements above this many bytes (coil maps, tables, embedded files) say nothing about a sequence.
LARGEST_ELEMENT_BYTES = 64_000
# Deeper than any real header; bounds the work on a hostile one.
DEEPEST_SEQUENCE = 16

# Of the patient group only what describes a body, not a person: sex, age, size, weight.
_PATIENT_KEPT = {0x00100040, 0x00101010, 0x00101020, 0x00101030}
# Trial subject, request, visit, procedure, what is drawn on images, signatures, results.
_GROUPS_REMOVED = {0x0010, 0x0012, 0x0032, 0x0038, 0x0040, 0x0070, 0x0400, 0x4008}
# Application entities, accession number, institution, station, people, references, serial number,
# gantry, equipment with who used it, study id.
_TAGS_REMOVED = {
    0x00020016, 0x00020017, 0x00020018, 0x00020100, 0x00020102,
    0x00080050, 0x00080080, 0x00080081, 0x00080082, 0x00080092, 0x00080094, 0x00080096,
    0x00081010, 0x00081040, 0x00081080, 0x00081084, 0x00081110, 0x00081120,
    0x00181000, 0x00181008, 0x0018A001, 0x00200010, 0x00880140,
}  # fmt: skip
# Private groups that header rules read: Siemens, GE, Philips, UIH.
_PRIVATE_KEPT = {0x0019, 0x0021, 0x0029, 0x0043, 0x0051, 0x0065, 0x2001, 0x2005}
# Enhanced files of Philips keep Scanning Sequence and the like in this one, in each frame's groups.
_PRIVATE_SEQUENCES_KEPT = {0x2005140F}
# Names of sequences, the only private texts that header rules read: people type into others.
_PRIVATE_TEXTS_KEPT = {0x0019100C, 0x0019109C, 0x0019109E, 0x20011020}
# What is longer, in an element of unknown kind, is text and no number or code.
_LONGEST_NUMBER = 8
_TEXT_VRS = {"AE", "CS", "LO", "LT", "SH", "ST", "UC", "UT"}
# A number or a UID names nobody, though a patient's number may be written in it by chance.
_NUMBER_VRS = {
    "AS", "AT", "DS", "FD", "FL", "IS", "SL", "SQ", "SS", "SV", "TM", "UI", "UL", "US", "UV",
}  # fmt: skip
# Keys of sidecars that tell who the patient is, all that tell of a person, and what holds a name.
_PATIENT = r"t?patient(?!position|sex|age|size|weight)|otherpatient|subject_?(name|id)"
_PATIENT_KEY = re.compile(rf"(?i){_PATIENT}")
_PERSONAL_KEY = re.compile(rf"(?i){_PATIENT}|accession|.*(physician|operator|person|comment)")
_NAME_KEY = re.compile(r"(?i).*name")
# Dates, times and UIDs, which a patient's number may be part of by chance.
_NO_WORDS = re.compile(r"[-+.:/TZ\d\s]*")


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
    if PER_FRAME_GROUPS in dataset:
        groups = dataset[PER_FRAME_GROUPS]
        groups.value = list(groups.value or ())[frame : frame + 1]
    identity = Identity.of(dataset)
    _clean(dataset, identity, 0)
    _clean(getattr(dataset, "file_meta", Dataset()), identity, 0)
    return dataset


def public_sidecar(sidecar: Mapping[str, Any]) -> dict[str, Any]:
    """Return a BIDS sidecar, with all that it nests, without what names a person."""
    told = list(_patient_entries(sidecar))
    names = [value for key, value in told if _NAME_KEY.match(key)]
    identity = Identity.spelled(names, [value for _, value in told])
    public: dict[str, Any] = _public(sidecar, identity)
    return public


def _patient_entries(value: Any, under: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a sidecar tells of the patient, wherever it nests it, with its key."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _patient_entries(inner, key if _PATIENT_KEY.match(key) else under)
    elif isinstance(value, list):
        for inner in value:
            yield from _patient_entries(inner, under)
    elif under and isinstance(value, str | int | float):
        yield under, str(value)


def _public(value: Any, identity: Identity, key: str = "") -> Any:
    if isinstance(value, Mapping):
        kept = {key: inner for key, inner in value.items() if not _PERSONAL_KEY.match(key)}
        return {key: _public(inner, identity, key) for key, inner in kept.items()}
    if isinstance(value, list):
        return [_public(inner, identity, key) for inner in value]
    if isinstance(value, str) and _is_free_text(key) and not _NO_WORDS.fullmatch(value):
        return identity.cut_from_text(value)
    return value


def _is_free_text(key: str) -> bool:
    """Tell whether people may type what a sidecar's key holds; unknown ones are taken to."""
    tag = tag_for_keyword(key)
    return tag is None or dictionary_VR(tag) in _TEXT_VRS - {"CS"}


def _clean(dataset: Dataset, identity: Identity, depth: int) -> None:
    get_raw = partial(dataset.get_item, keep_deferred=True)
    for tag in list(dataset.keys()):
        element = element_by(get_raw, tag)
        vr = getattr(element, "VR", None) or _dictionary_vr(tag)
        if (
            element is None
            or _is_deferred(element, vr)
            or _must_go(tag, vr, element.value, identity)
            or (vr == "SQ" and depth >= DEEPEST_SEQUENCE)
            # Decoding here, not on first use, keeps what damaged elements raise inside reading.
            or (decoded := element_by(dataset.__getitem__, tag)) is None
            or _is_private_text(decoded)
        ):
            del dataset[tag]
        elif decoded.VR == "SQ":
            for item in decoded.value or ():
                _clean(item, identity, depth + 1)
        elif decoded.VR in _TEXT_VRS and not _is_code(decoded):
            identity.cut_from(decoded)


def _is_code(element: Any) -> bool:
    """Tell whether the scanner wrote an element, not a person: SE is a sequence, and a name."""
    return bool(element.VR == "CS" and element.tag.group == 0x0018)


def _is_private_text(element: Any) -> bool:
    """Tell whether a private element holds words of people, or such as no rule reads."""
    tag, value = element.tag, element.value
    if not tag.is_private or tag.is_private_creator or tag in _PRIVATE_TEXTS_KEPT:
        return False
    if element.VR == "UN" and isinstance(value, bytes):
        return len(value) > _LONGEST_NUMBER and min(value.rstrip(b"\0"), default=0) >= ord(" ")
    return element.VR in _TEXT_VRS - {"CS"}


def _is_deferred(element: Any, vr: str) -> bool:
    """Tell whether an element was too large to be read with the header."""
    return vr != "SQ" and element.value is None and getattr(element, "length", 0) > 0


def _dictionary_vr(tag: Any) -> str:
    return dictionary_VR(tag) if dictionary_has_tag(tag) else "UN"


def _must_go(tag: Any, vr: str, value: Any, identity: Identity) -> bool:
    if vr == "PN" or tag in _TAGS_REMOVED or tag.group >= 0x6000:
        return True
    if "Comment" in keyword_for_tag(tag):
        return True
    if tag.group in _GROUPS_REMOVED and tag not in _PATIENT_KEPT:
        return True
    if tag.is_private and tag.group not in _PRIVATE_KEPT:
        return True
    if tag.is_private and vr == "SQ" and tag not in _PRIVATE_SEQUENCES_KEPT:
        return True
    # A sequence is cleaned item by item, however large, a text word by word.
    if vr == "SQ":
        return False
    written = value if isinstance(value, bytes) else str(value).encode()
    if len(written) > LARGEST_ELEMENT_BYTES:
        return True
    return vr not in _NUMBER_VRS and vr not in _TEXT_VRS and identity.is_in(written)
