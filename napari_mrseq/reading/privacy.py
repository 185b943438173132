"""A header without pixels, without bulk, and without anything that names the patient."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword
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
_NAMES = (0x00100010, 0x00101001, 0x00101005)
_IDENTITY = (*_NAMES, 0x00100020, 0x00100030, 0x00101000, 0x00101040, 0x00102154)
# Shorter words are looked for as whole words only, and only those of names.
_SHORTEST_PART = 4
_SHORTEST_NAME = 2
_TEXT_VRS = frozenset(("AE", "CS", "LO", "LT", "SH", "ST", "UC", "UT"))
# A number or a UID names nobody, though a patient's number may be written in it by chance.
_NUMBER_VRS = frozenset(
    (
        "AS",
        "AT",
        "DS",
        "FD",
        "FL",
        "IS",
        "SL",
        "SQ",
        "SS",
        "SV",
        "TM",
        "UI",
        "UL",
        "US",
        "UV",
    )
)
# Keys of sidecars that tell who the patient is, all that tell of a person, and what holds a name.
_PATIENT = r"t?patient(?!position|sex|age|size|weight)|otherpatient|subjectname"
_PATIENT_KEY = re.compile(rf"(?i){_PATIENT}")
_PERSONAL_KEY = re.compile(rf"(?i){_PATIENT}|accession|.*(physician|operator|person)")
_NAME_KEY = re.compile(r"(?i).*name")
# Dates, times and UIDs, which a patient's number may be part of by chance.
_NO_WORDS = re.compile(r"[-+.:/TZ\d\s]*")
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
    identity = _Identity.of(dataset)
    _clean(dataset, identity, 0)
    _clean(getattr(dataset, "file_meta", Dataset()), identity, 0)
    return dataset


def public_sidecar(sidecar: Mapping[str, Any]) -> dict[str, Any]:
    """Return a BIDS sidecar, with all that it nests, without what names a person."""
    told = list(_patient_entries(sidecar))
    names = [value for key, value in told if _NAME_KEY.match(key)]
    identity = _Identity.spelled(_words_in(names, names=True), _words_in(v for _, v in told))
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
    elif under and isinstance(value, str):
        yield under, value


def _public(value: Any, identity: _Identity, key: str = "") -> Any:
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


@dataclass(frozen=True)
class _Identity:
    """The words that name a patient.

    Attributes
    ----------
    pattern : re.Pattern
        Finds them in text.
    parts : tuple of bytes
        Those long enough to be told in bytes of any kind, in small letters.
    """

    pattern: re.Pattern[str]
    parts: tuple[bytes, ...]

    @classmethod
    def of(cls, dataset: Dataset) -> _Identity:
        """Gather what a header says about the patient."""
        found = {tag: _words_of(dataset, tag) for tag in _IDENTITY}
        return cls.spelled(
            {word for tag in _NAMES for word in found[tag]},
            {word for words in found.values() for word in words},
        )

    @classmethod
    def spelled(cls, names: set[str], words: set[str]) -> _Identity:
        """Gather words in small letters: those of names, and all."""
        parts = {word for word in names | words if len(word) >= _SHORTEST_PART}
        names = {word for word in names if _is_short_name(word)}
        # Parts of words: "T1_JANEROE" holds both names; "li" is a name where no letter is beside.
        choices = [re.escape(word) for word in sorted(parts, key=len, reverse=True)]
        choices += [rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])" for word in sorted(names)]
        pattern = re.compile("|".join(choices) or r"(?!)", re.IGNORECASE)
        return cls(pattern, tuple(sorted(word.encode() for word in parts)))

    def is_in(self, written: bytes) -> bool:
        """Tell whether bytes of no known kind hold a part of it."""
        lowered = written.lower()
        return any(part in lowered for part in self.parts)

    def cut_from(self, element: Any) -> None:
        """Take it out of an element of text."""
        value = element.value
        if isinstance(value, str):
            if self.pattern.search(value):
                element.value = self.cut_from_text(value)
        elif value:
            texts = [str(part) for part in value]
            if any(map(self.pattern.search, texts)):
                element.value = [self.cut_from_text(part) for part in texts]

    def cut_from_text(self, text: str) -> str:
        """Return a text without it; one without it as it is."""
        if not self.pattern.search(text):
            return text
        return " ".join(self.pattern.sub(" ", text).split())


def _clean(dataset: Dataset, identity: _Identity, depth: int) -> None:
    get_raw = partial(dataset.get_item, keep_deferred=True)
    for tag in list(dataset.keys()):
        element = _element(get_raw, tag)
        vr = getattr(element, "VR", None) or _dictionary_vr(tag)
        if (
            element is None
            or _is_deferred(element, vr)
            or _must_go(tag, vr, element.value, identity)
            or (vr == "SQ" and depth >= DEEPEST_SEQUENCE)
            # Decoding here, not on first use, keeps what damaged elements raise inside reading.
            or (decoded := _element(dataset.__getitem__, tag)) is None
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


def _must_go(tag: Any, vr: str, value: Any, identity: _Identity) -> bool:
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
    # A sequence is cleaned item by item, a text word by word.
    return vr not in _NUMBER_VRS and vr not in _TEXT_VRS and identity.is_in(written)


def _words_of(dataset: Dataset, tag: int) -> set[str]:
    """Return the words of an element in small letters, as written and as decoded."""
    raw = getattr(_element(dataset.get_item, tag), "value", None)
    decoded = getattr(_element(dataset.__getitem__, tag), "value", None)
    texts = [
        raw.decode("latin-1") if isinstance(raw, bytes) else str(raw or ""),
        str(decoded or ""),
    ]
    return _words_in(texts, names=tag in _NAMES)


def _words_in(texts: Iterable[str], *, names: bool = False) -> set[str]:
    """Return the words of texts in small letters; of names also the names in them."""
    words = {word.lower() for text in texts for word in re.split(r"[\^=\\\s\0]+", text) if word}
    if names:
        # "SMITH, JOHN", "Smith_John" and "Smith-Jones" hold names of their own, "O'Brien" is one.
        parted = [re.split(r"[\W_]+", word) for word in words]
        words |= {name for parts in parted for name in (*parts, "".join(parts)) if name.isalpha()}
    return words


def _is_short_name(word: str) -> bool:
    return _SHORTEST_NAME <= len(word) < _SHORTEST_PART and word.isalpha()
