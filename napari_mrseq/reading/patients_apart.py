"""Slices of several patients under one UID → kept apart, as archives and anonymisers mix them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from napari_mrseq.reading.frames import Frame
from napari_mrseq.reading.grouping import grouped
from napari_mrseq.reading.patient import PatientMark, numbered_patients

_SHARED_UID = (
    "another patient's {} has the same UID (the patient ID or the name is another): they are kept "
    "apart"
)


@dataclass(frozen=True)
class PatientSlices:
    """Slices of one series that are of one patient.

    Attributes
    ----------
    frames : list of Frame
        In the order given.
    patient : int
        Number of the patient among those whose files have the same study UID, from 0.
    warnings : list of str
        What was kept apart, in words for the user.
    """

    frames: list[Frame]
    patient: int
    warnings: list[str]


def patients_apart(series: Sequence[Sequence[Frame]]) -> list[PatientSlices]:
    """Split series by patient, and number the patients of each study.

    Archives mix them (RSNA anonymizer issue 18, CTK issue 275).

    Parameters
    ----------
    series : sequence of sequence of Frame
        The slices of each series.

    Returns
    -------
    list of PatientSlices
        Studies, and their series, in the order of the first of each.
    """
    found = []
    # Without a study's UID there is none to share.
    for study in grouped(range(len(series)), lambda i: series[i][0].origin.study_uid or i):
        parted = [[(part, _mark_of(part)) for part in _parts_of(series[i])] for i in study]
        numbers = numbered_patients(mark for parts in parted for _, mark in parts)
        several = len(set(numbers.values())) > 1
        for parts in parted:
            shared = "series" if len(parts) > 1 else "study" if several else ""
            warnings = [_SHARED_UID.format(shared)] if shared else []
            found += [PatientSlices(part, numbers[mark], warnings) for part, mark in parts]
    return found


def _parts_of(frames: Sequence[Frame]) -> list[list[Frame]]:
    numbers = numbered_patients(frame.origin.patient for frame in frames)
    return grouped(frames, lambda frame: numbers[frame.origin.patient])


def _mark_of(frames: Sequence[Frame]) -> PatientMark:
    """Return what all files together say of their patient."""
    return reduce(or_, dict.fromkeys(frame.origin.patient for frame in frames))
