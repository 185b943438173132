"""What reading makes of files that a test wrote, where all of them can be read."""

from __future__ import annotations

from pathlib import Path

from napari_mrseq.reading import read_study
from napari_mrseq.series import Series


def read_one(path: str | Path) -> Series:
    """Read the one series under a path."""
    study = read_study(path)
    assert study.failures == ()
    (series,) = study.series
    return series


def series_of(file: Path) -> tuple[Series, ...]:
    """Read all series of the folder of a file."""
    study = read_study(file.parent)
    assert study.failures == ()
    return study.series
