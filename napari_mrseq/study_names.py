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
from napari_mrseq.reading.grouping import labelled
from napari_mrseq.series import Series


def study_day(series: Iterable[Series]) -> str:
    """Return the day of a study, ``"2024-01-02"``; ``""`` where no series of it tells one."""
    return min(filter(None, (day_of(acquired_at(one)) for one in series)), default="")


def study_names(series: Sequence[Series], *, dated: bool) -> dict[str, str]:
    """Return what tells the studies of some series apart; nothing where all are of one.

    That is ``"sub-01"``, of ``sub-01/dicom`` and ``sub-02/dicom``. Studies that lie in the same
    folder are numbered: ``"export (1)"``.

    Parameters
    ----------
    series : sequence of Series
        Those that were read from no file are of no study.
    dated : bool
        Whether a day that is one study's alone stands for its number, ``"export 2024-01-02"``: on a
        screen, not in files that may be published.

    Returns
    -------
    dict of str to str
        By study, as `study_of` names it, in the order of the series: a path below the folder that
        holds them all.
    """
    read = [one for one in series if one.kind != "layer"]
    studies = labelled(map(study_of, read), read)
    if len(studies) < 2:
        return {}
    # Without the drive: they may lie on several.
    folders = {study: Path(*Path(_folder(some)).parts[1:]) for study, some in studies.items()}
    top = Path(os.path.commonpath(folders.values()))
    inner = {study: folder.relative_to(top).parts for study, folder in folders.items()}
    shared = Counter(parts[:depth] for parts in inner.values() for depth in range(len(parts) + 1))
    alike = Counter(inner.values())
    several = [study for study, parts in inner.items() if alike[parts] > 1]
    days = {study: study_day(studies[study]) if dated else "" for study in several}
    marks = _marks({study: (inner[study], day) for study, day in days.items()})
    names = {}
    for study, parts in inner.items():
        depths = range(1, len(parts) + 1)
        apart = next((depth for depth in depths if shared[parts[:depth]] == 1), len(parts))
        names[study] = (str(Path(*parts[:apart])) if parts else top.name) + marks.get(study, "")
    return names


def _marks(places: Mapping[str, tuple[tuple[str, ...], str]]) -> dict[str, str]:
    """Return what stands behind the names of studies, of which each shares its folder.

    `places` are folders and days.
    """
    alike, numbers = Counter(places.values()), Counter[tuple[str, ...]]()
    marks = {}
    for study, (folder, day) in places.items():
        if day and alike[folder, day] == 1:
            marks[study] = f" {day}"
        else:
            numbers[folder] += 1
            marks[study] = f" ({numbers[folder]})"
    return marks


def _folder(series: Iterable[Series]) -> str:
    return common_folder([str(absolute(one.files[0])) for one in series])
