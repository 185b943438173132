"""Files of one patient told from those of another, without keeping who they are."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.dataset import Dataset

from napari_mrseq.reading.spelling import fold, words_of_name
from napari_mrseq.reading.tags import tag_object

_PATIENT_ID, _PATIENT_NAME = 0x00100020, 0x00100010
# Another one each time the program runs: no mark tells anything outside it.
_SALT = secrets.token_bytes(16)
# How the word begins that stands where a name was taken away.
_NAMELESS = "anon"


@dataclass(frozen=True, slots=True)
class PatientMark:
    """What a file says of its patient, to be compared with another; never shown.

    Attributes
    ----------
    numbers : frozenset of bytes
        Patient ID, empty where blank; of several where files of one patient write it differently.
    words : frozenset of bytes
        Words of the name, umlauts both as one letter and as two.
    """

    numbers: frozenset[bytes]
    words: frozenset[bytes]

    def __or__(self, other: PatientMark) -> PatientMark:
        """Return what both say."""
        return PatientMark(self.numbers | other.numbers, self.words | other.words)

    def contradicts(self, other: PatientMark) -> bool:
        """Tell whether two files clearly are of different patients: what is blank fits anything."""
        if self.numbers & other.numbers:
            return False
        if self.numbers and other.numbers:
            # A number may be written anew where the name stays, but for a word that one leaves out.
            one_name = self.words <= other.words or other.words <= self.words
            return not (self.words or other.words) or not one_name
        return bool(self.words and other.words and not self.words & other.words)

    def shared_with(self, other: PatientMark) -> tuple[int, int]:
        """Count the numbers, and the words, that two files share."""
        return len(self.numbers & other.numbers), len(self.words & other.words)


def patient_mark(header: Dataset) -> PatientMark:
    """Return what a file says of its patient by number and name."""
    number = _written(header, _PATIENT_ID).strip("\0 ").casefold().lstrip("0")
    names = fold(_written(header, _PATIENT_NAME))
    words = {word for name in names for word in words_of_name(name)}
    return PatientMark(
        frozenset(map(_digest, [number] if number else [])),
        frozenset(_digest(word) for word in words if not word.startswith(_NAMELESS)),
    )


def numbered_patients(marks: Iterable[PatientMark]) -> dict[PatientMark, int]:
    """Number the patients that marks are of.

    A mark that fits several is of the one it shares most with, a blank one of the first.
    """
    patients: list[PatientMark] = []
    numbered = {}
    # Those that say most first: they tell what the others belong to.
    for mark in sorted(dict.fromkeys(marks), key=lambda one: (not one.numbers) + (not one.words)):
        fitting = [i for i, known in enumerate(patients) if not known.contradicts(mark)]
        if fitting:
            place = max(fitting, key=lambda i: patients[i].shared_with(mark))
            patients[place] |= mark
        else:
            place = len(patients)
            patients.append(mark)
        numbered[mark] = place
    return numbered


def _digest(word: str) -> bytes:
    return hashlib.blake2b(word.encode(errors="surrogatepass"), key=_SALT, digest_size=8).digest()


def _written(header: Dataset, tag: int) -> str:
    """Return an element as text, in whatever character set: the same in all files of a patient."""
    element = header.get_item(tag_object(tag), keep_deferred=True)
    if element is None or element.value is None:
        return ""
    value = element.value
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
