"""Files and studies of one patient told from those of another, without keeping who they are."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset

from napari_mrseq.reading.character_set import text_as
from napari_mrseq.reading.grouping import gathered, labelled
from napari_mrseq.reading.header import read_header
from napari_mrseq.reading.spelling import fold, words_of_name
from napari_mrseq.reading.tags import tag_object, text

_NAME, _NUMBER, _BIRTH_DATE, _SEX = 0x00100010, 0x00100020, 0x00100030, 0x00100040
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
    number = _written(header, _NUMBER).strip("\0 ").casefold().lstrip("0")
    names = fold(_written(header, _NAME))
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


@dataclass(frozen=True, slots=True)
class _Patient:
    """What a study says of its patient, to be compared with another; never shown."""

    number: frozenset[bytes]
    name: frozenset[bytes]
    birth_date: str
    sex: str

    def is_named_as(self, other: _Patient) -> bool:
        """Tell whether the names are the same, none being one, or the birth dates: names change."""
        return self.name == other.name or "" != self.birth_date == other.birth_date


def studies_by_patient(files: Mapping[str, str]) -> list[list[str]]:
    """Return the studies of each patient that has several.

    These have the patient's number in common, and the name or the birth date. A number that has no
    digit but 0 stands where one was taken away; so does any where birth date or sex differ.

    Parameters
    ----------
    files : mapping of str
        A DICOM file of each study, by its UID.

    Returns
    -------
    list of list of str
        UIDs of studies, sorted.
    """
    patients = {study: _patient_of(files[study]) for study in sorted(files)}
    told = [study for study, patient in patients.items() if patient.number]
    alike = [
        group
        for studies in labelled([patients[study].number for study in told], told).values()
        for group in gathered(studies, lambda a, b: patients[a].is_named_as(patients[b]))
    ]
    return [g for g in alike if len(g) > 1 and _is_one([patients[study] for study in g])]


def _is_one(patients: Sequence[_Patient]) -> bool:
    """Tell whether what studies say of their patients may be of one."""
    told = zip(*((patient.birth_date, patient.sex) for patient in patients), strict=True)
    return all(len({*values} - {""}) < 2 for values in told)


def _patient_of(path: str) -> _Patient:
    try:
        with Path(path).open("rb") as file:
            header = read_header(file, (_NAME, _NUMBER, _BIRTH_DATE, _SEX))
    except Exception:  # a damaged header can make pydicom raise nearly anything
        header = Dataset()
    mark = patient_mark(header)
    number = mark.numbers if re.search(r"[1-9]", text(header, _NUMBER)) else frozenset()
    return _Patient(number, mark.words, text(header, _BIRTH_DATE), text(header, _SEX))


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
    return text_as(value, "utf_8") or value.decode("latin-1")
