"""Studies of one patient → one group: trained on one, a network has seen the patient of all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from napari_mrseq.reading.patient import studies_by_patient
from napari_mrseq.training.series_rows import Entry, Log

if TYPE_CHECKING:
    from napari_mrseq.series import Series


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
    if patients and len(patients[0]) == len(files):
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
