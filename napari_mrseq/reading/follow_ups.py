"""Studies of one patient found among many, without keeping who that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset

from napari_mrseq.reading.grouping import gathered, labelled
from napari_mrseq.reading.header import read_header
from napari_mrseq.reading.patient import patient_mark
from napari_mrseq.reading.tags import text

_NAME, _NUMBER, _BIRTH_DATE, _SEX = 0x00100010, 0x00100020, 0x00100030, 0x00100040


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
    birth_dates = {patient.birth_date for patient in patients} - {""}
    sexes = {patient.sex for patient in patients} - {""}
    return len(birth_dates) < 2 and len(sexes) < 2


def _patient_of(path: str) -> _Patient:
    try:
        with Path(path).open("rb") as file:
            header = read_header(file, (_NAME, _NUMBER, _BIRTH_DATE, _SEX))
    except Exception:  # a damaged header can make pydicom raise nearly anything
        header = Dataset()
    mark = patient_mark(header)
    number = mark.numbers if re.search(r"[1-9]", text(header, _NUMBER)) else frozenset()
    return _Patient(number, mark.words, text(header, _BIRTH_DATE), text(header, _SEX))
