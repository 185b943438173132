"""How several studies are told apart: by the shortest part of their own folders."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from napari_mrseq.belonging import absolute, study_of
from napari_mrseq.naming import common_folder
from napari_mrseq.series import Series


def study_names(series: Sequence[Series]) -> dict[str, str]:
    """Return what tells the studies of some series apart; nothing where all are of one.

    That is ``"sub-01"``, of ``sub-01/dicom`` and ``sub-02/dicom``. Studies that lie in the same
    folder are numbered: ``"export (1)"``.

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
    files: dict[str, list[str]] = {}
    for one in series:
        if one.files:
            files.setdefault(study_of(one), []).append(str(absolute(one.files[0])))
    if len(files) < 2:
        return {}
    # Without the drive: they may lie on several.
    folders = {study: Path(*Path(common_folder(some)).parts[1:]) for study, some in files.items()}
    top = Path(os.path.commonpath(folders.values()))
    inner = {study: folder.relative_to(top).parts for study, folder in folders.items()}
    shared = Counter(parts[:depth] for parts in inner.values() for depth in range(len(parts) + 1))
    alike, numbers = Counter(inner.values()), Counter[tuple[str, ...]]()
    names = {}
    for study, parts in inner.items():
        depths = range(1, len(parts) + 1)
        apart = next((depth for depth in depths if shared[parts[:depth]] == 1), len(parts))
        names[study] = str(Path(*parts[:apart])) if parts else top.name
        if alike[parts] > 1:
            numbers[parts] += 1
            names[study] += f" ({numbers[parts]})"
    return names
