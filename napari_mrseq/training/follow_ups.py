"""Studies of one patient → one group: trained on one, a network has seen the patient of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from napari_mrseq.reading.patient import studies_by_patient
from napari_mrseq.training.series_rows import Entry, Log

if TYPE_CHECKING:
    from napari_mrseq.series import Series
    from napari_mrseq.training.catalogue import Row


def joined_studies(series: Iterable[Series], log: Log) -> dict[str, Entry]:
    """Return what the rows of a study say of it that is joined to others of its patient.

    Parameters
    ----------
    series : iterable of Series
        All that is to be trained or measured on.
    log : callable
        Takes a line on how many studies are joined.

    Returns
    -------
    dict
        By the UID of the study: ``group``, the first of these UIDs, and ``study_uid``, its own.
    """
    files = {one.study_uid: one.files[0] for one in series if one.study_uid}
    patients = studies_by_patient(files)
    if _are_all(patients, files):
        log(
            f"all {len(files)} DICOM studies name one patient, as where an archive was made "
            "anonymous: each counts as a subject of its own"
        )
        return {}
    if patients:
        log(
            f"{sum(map(len, patients))} of {len(files)} DICOM studies are joined into "
            f"{len(patients)} by their patients' numbers, names and birth dates"
        )
    return {own: {"group": studies[0], "study_uid": own} for studies in patients for own in studies}


def rows_by_patient(rows: Mapping[str, Sequence[Row]], files: Mapping[str, str]) -> list[list[Row]]:
    """Return the rows of each patient, from those of each study and a file of it, by its UID."""
    patients = studies_by_patient(files)
    joined = [] if _are_all(patients, files) else patients
    in_several = {study for studies in joined for study in studies}
    alone = [[study] for study in rows if study not in in_several]
    return [[row for study in one for row in rows[study]] for one in (*joined, *alone)]


def _are_all(patients: Sequence[Sequence[str]], files: Mapping[str, str]) -> bool:
    """Tell whether all studies name one patient, as where an archive was made anonymous."""
    return bool(patients) and len(patients[0]) == len(files)
