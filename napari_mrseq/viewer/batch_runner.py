"""Starts and stops the classification of a folder, and keeps what it finds. On the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from napari_mrseq.exchange import with_exchanges
from napari_mrseq.judging import Progress
from napari_mrseq.series import Failure
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.background import Background
from napari_mrseq.viewer.batch_worker import (
    Event,
    Reading,
    SeriesDone,
    StudyRead,
    classify_folder,
)
from napari_mrseq.viewer.wording import counted

if TYPE_CHECKING:
    from napari_mrseq.model import Model


class BatchRunner:
    """One folder at a time.

    Attributes
    ----------
    folder : Path
        What was classified last.
    reading : Reading
        How far the headers are.
    """

    progressed = Signal(int, int)
    said = Signal(str)
    changed = Signal()
    stopped = Signal(str)

    def __init__(self) -> None:
        self.folder = Path()
        self.reading = Reading()
        self._background = Background("Classifying a folder", self._on_event, self._on_end)
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
        self.reading, self._expected = Reading(), 0
        self._background.start(classify_folder, folder, load, self.reading)

    def cancel(self) -> None:
        """Stop; what is judged so far stays."""
        self.reading.cancelled = True
        self._background.stop()

    def close(self) -> None:
        """Stop, and let nothing of a run under way arrive any more."""
        self.reading.cancelled = True
        self._background.close()

    def _on_event(self, event: Event) -> None:
        match event:
            case StudyRead(series, failures):
                self._failures, self._expected = failures, len(series)
                self._show_progress()
                self.said.emit("Loading the model…")
                self.changed.emit()
            case SeriesDone(outcome):
                self._outcomes.append(outcome)
                self._show_progress()
                self.changed.emit()
            case Progress(done, total):
                number = len(self._outcomes) + 1
                self.said.emit(
                    f"Series {number} of {self._expected}: {done} of {counted(total, 'slice')}"
                )

    def _show_progress(self) -> None:
        self.progressed.emit(len(self._outcomes), self._expected)
        self._background.activity.show(len(self._outcomes), max(self._expected, 1))

    def _on_end(self, cause: str) -> None:
        self._outcomes = with_exchanges(self._outcomes)
        self.changed.emit()
        self.stopped.emit(cause or self._summary())

    def _summary(self) -> str:
        named, failed = len(self.verdicts), len(self.failures)
        if self.reading.cancelled:
            return f"Cancelled. {named} series classified."
        if not named and all(Path(one.path) == self.folder for one in self.failures):
            return f"No MR image in {self.folder}."
        words = f"{named} series classified."
        return f"{words} {failed} could not be read: see below." if failed else words
