"""How several studies are told apart: by the shortest part of their folders, else by the day."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from napari_mrseq.belonging import absolute, study_of
from napari_mrseq.clock import day_of
from napari_mrseq.header import acquired_at
from napari_mrseq.naming import common_folder
from napari_mrseq.series import Series


def study_day(series: Iterable[Series]) -> str:
    """Return the day of a study, ``"2024-01-02"``; ``""`` where no series of it tells one."""
    return min(filter(None, (day_of(acquired_at(one)) for one in series)), default="")


def study_names(series: Sequence[Series]) -> dict[str, str]:
    """Return what tells the studies of some series apart; nothing where all are of one.

    That is ``"sub-01"``, of ``sub-01/dicom`` and ``sub-02/dicom``. Studies that lie in the same
    folder bear their day, ``"export 2024-01-02"``, those of one day, or of none, a number:
    ``"export (1)"``.

    Parameters
    ----------
    series : sequence of Series
        Those that were read from no file are of no study.

    Returns
    -------
    dict of str to str
        By study, as `study_of` names it, in the order of the series: a path below the folder that
        holds them all.
    """
    studies: dict[str, list[Series]] = {}
    for one in series:
        if one.files:
            studies.setdefault(study_of(one), []).append(one)
    if len(studies) < 2:
        return {}
    # Without the drive: they may lie on several.
    folders = {study: Path(*Path(_folder(some)).parts[1:]) for study, some in studies.items()}
    top = Path(os.path.commonpath(folders.values()))
    inner = {study: folder.relative_to(top).parts for study, folder in folders.items()}
    shared = Counter(parts[:depth] for parts in inner.values() for depth in range(len(parts) + 1))
    marks = _marks(inner, studies)
    names = {}
    for study, parts in inner.items():
        depths = range(1, len(parts) + 1)
        apart = next((depth for depth in depths if shared[parts[:depth]] == 1), len(parts))
        names[study] = (str(Path(*parts[:apart])) if parts else top.name) + marks.get(study, "")
    return names


def _marks(
    folders: Mapping[str, tuple[str, ...]], studies: Mapping[str, Sequence[Series]]
) -> dict[str, str]:
    """Return what stands behind the names of studies whose folder others share."""
    shared, numbers = Counter(folders.values()), Counter[tuple[str, ...]]()
    days = {study: study_day(studies[study]) for study, one in folders.items() if shared[one] > 1}
    dated = Counter((folders[study], day) for study, day in days.items())
    marks = {}
    for study, day in days.items():
        folder = folders[study]
        if day and dated[folder, day] == 1:
            marks[study] = f" {day}"
        else:
            numbers[folder] += 1
            marks[study] = f" ({numbers[folder]})"
    return marks


def _folder(series: Iterable[Series]) -> str:
    return common_folder([str(absolute(one.files[0])) for one in series])
