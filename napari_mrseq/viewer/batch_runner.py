"""The classification of a folder off the GUI thread, headers first; what it finds is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from napari_mrseq.errors import MrseqError
from napari_mrseq.exchange import with_exchanges
from napari_mrseq.judging import Progress, classify_steps
from napari_mrseq.naming import counted
from napari_mrseq.series import Failure, Study
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.background import Background
from napari_mrseq.viewer.folder_reading import FolderReading

if TYPE_CHECKING:
    from napari_mrseq.model import Model


class BatchRunner:
    """One folder at a time.

    Attributes
    ----------
    folder : Path
        What was classified last.
    reading : FolderReading
        How far the headers are.
    """

    progressed = Signal(int, int)
    said = Signal(str)
    stopped = Signal(str)

    def __init__(self) -> None:
        self.folder = Path()
        self.reading = FolderReading()
        self._background = Background("Classifying a folder", self._on_step, self._on_end)
        self._outcomes: list[Verdict | Failure] = []
        self._failures: tuple[Failure, ...] = ()
        self._expected = 0

    @property
    def running(self) -> bool:
        """A run is under way."""
        return self._background.running

    @property
    def outcomes(self) -> list[Verdict | Failure]:
        """One a series judged so far, then what could not be read."""
        return [*self._outcomes, *self._failures]

    @property
    def verdicts(self) -> list[Verdict]:
        """Of the series judged so far."""
        return [one for one in self._outcomes if not isinstance(one, Failure)]

    @property
    def failures(self) -> list[Failure]:
        """What could not be read or judged, single slices too."""
        unread = [file for verdict in self.verdicts for file in verdict.unread]
        return [*(one for one in self.outcomes if isinstance(one, Failure)), *unread]

    def start(self, folder: Path, load: Callable[[], Model]) -> None:
        """Classify a folder; `load` returns the model and is called off the GUI thread."""
        self.folder, self._outcomes, self._failures = folder, [], ()
        self.reading = FolderReading()
        self._background.start(_classify, folder, load, self.reading)

    def cancel(self) -> None:
        """Stop; what is judged so far stays."""
        self.reading.cancelled = True
        self._background.stop()

    def close(self) -> None:
        """Stop, and let nothing of a run under way arrive any more."""
        self.reading.cancelled = True
        self._background.close()

    def _on_step(self, step: Study | Progress | Verdict | Failure) -> None:
        if isinstance(step, Progress):
            number, slices = len(self._outcomes) + 1, counted(step.total, "slice")
            self.said.emit(f"Series {number} of {self._expected}: {step.done} of {slices}")
            return
        if isinstance(step, Study):
            self._failures, self._expected = step.failures, len(step.series)
            self.said.emit("Loading the model…")
        else:
            self._outcomes.append(step)
        self.progressed.emit(len(self._outcomes), self._expected)
        self._background.activity.show(len(self._outcomes), max(self._expected, 1))

    def _on_end(self, cause: str) -> None:
        self._outcomes = with_exchanges(self._outcomes)
        self.stopped.emit(cause or self._summary())

    def _summary(self) -> str:
        named, failed = len(self.verdicts), len(self.failures)
        if self.reading.cancelled:
            return f"Cancelled. {named} series classified."
        if not named and all(Path(one.path) == self.folder for one in self.failures):
            return f"No MR image in {self.folder}."
        words = f"{named} series classified."
        return f"{words} {failed} could not be read: see below." if failed else words


def _classify(
    folder: Path, load: Callable[[], Model], reading: FolderReading
) -> Iterator[Study | Progress | Verdict | Failure]:
    """Read a folder and judge its series, one after the other; what can't be read is told.

    Parameters
    ----------
    folder : Path
        Whatever lies in it is read.
    load : callable
        Returns the model; takes seconds.
    reading : FolderReading
        Kept up to date while the headers are read, which yields nothing.

    Raises
    ------
    MrseqError
        If the model can't be loaded.
    """
    study = reading.read(folder)
    if study is None:
        return
    yield study
    if not study.series:
        return
    model = load()
    for one in study.series:
        try:
            yield (yield from classify_steps(one, model))
        except MrseqError as error:
            yield Failure.of(one, error)
