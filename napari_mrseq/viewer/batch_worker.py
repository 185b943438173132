"""A folder → verdicts, off the GUI thread: the headers first, then series after series."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from napari_mrseq.errors import MrseqError
from napari_mrseq.judging import Progress, classify_steps
from napari_mrseq.series import Failure, Series
from napari_mrseq.verdict import Verdict

if TYPE_CHECKING:
    from napari_mrseq.model import Model


@dataclass
class Reading:
    """How far reading is, written by the run and read by the GUI, which may cancel it."""

    done: int = 0
    total: int = 0
    cancelled: bool = False


@dataclass(frozen=True, eq=False)
class StudyRead:
    """The headers are read: these series will be judged, the failures can't be read."""

    series: tuple[Series, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, eq=False)
class SeriesDone:
    """One series is judged, or can't be."""

    outcome: Verdict | Failure


Event = StudyRead | Progress | SeriesDone


class _CancelledError(Exception):
    pass


def classify_folder(
    folder: Path, load: Callable[[], Model], reading: Reading
) -> Generator[Event, None, None]:
    """Judge every series of a folder; what can't be read is told, the rest goes on.

    Parameters
    ----------
    folder : Path
        Whatever lies in it is read.
    load : callable
        Returns the model; takes seconds.
    reading : Reading
        Kept up to date while the headers are read, which yields nothing.

    Raises
    ------
    MrseqError
        If the model can't be loaded.
    """
    # pydicom and nibabel: not before there is something to read.
    from napari_mrseq.reading import read_study

    def progress(done: int, total: int) -> None:
        reading.done, reading.total = done, total
        if reading.cancelled:
            raise _CancelledError

    try:
        study = read_study([folder], progress=progress)
    except _CancelledError:
        return
    yield StudyRead(study.series, study.failures)
    if not study.series:
        return
    model = load()
    for one in study.series:
        try:
            verdict = yield from classify_steps(one, model)
        except MrseqError as error:
            yield SeriesDone(Failure.of(one, error))
        else:
            yield SeriesDone(verdict)
