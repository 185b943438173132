"""Work off the GUI thread: its steps arrive on it, and a bar shows how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any

from napari.qt.threading import create_worker
from napari.utils.notifications import notification_manager
from napari.utils.progress import progress
from qtpy.QtCore import QTimer

from napari_mrseq.errors import MrseqError

# Between drawings of a bar.
DELAY_MS = 100


class Activity:
    """A bar in napari's activity dock, from the first report until it is closed.

    Parameters
    ----------
    text : str
        What stands beside the bar.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._bar: Any = None
        self._done, self._total = 0, 1
        self._open = self._due = False

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` steps are done."""
        self._done, self._total, self._open = done, total, True
        self._draw_soon()

    def close(self) -> None:
        """Take the bar away."""
        # Where nothing is open, Qt may be gone, and the bar with it.
        if not self._open:
            return
        self._open = False
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.close()

    def _draw_soon(self) -> None:
        if not self._due:
            self._due = True
            # napari's bar handles other events while it is drawn: never while one of ours is
            # handled. A timer of ours might go before the window does, as the program ends.
            QTimer.singleShot(DELAY_MS, self._draw)

    def _draw(self) -> None:
        drawn = self._done, self._total
        try:
            if self._open:
                self._draw_bar()
        finally:
            # A report that came among the events that the bar handles must not make a second one.
            self._due = False
        if self._open and drawn != (self._done, self._total):
            self._draw_soon()

    def _draw_bar(self) -> None:
        bar = self._bar
        if bar is None:
            bar = progress(total=self._total, desc=self._text)
            # What it was for may have ended among the events that it handled.
            if not self._open:
                bar.close()
                return
            self._bar = bar
        if bar.total != self._total:
            bar.total = self._total
        bar.update(self._done - bar.n)


@dataclass(frozen=True, eq=False)
class _BrokenOff:
    error: Exception


class Background:
    """One piece of work at a time.

    Parameters
    ----------
    text : str
        What it is, beside the bar in the activity dock.
    on_step : callable
        Takes what the work yields.
    on_end : callable
        Called when the work is through, stopped or broken off; takes, as words, why it broke off.

    Attributes
    ----------
    activity : Activity
        The bar, which goes when the work ends.
    """

    def __init__(
        self, text: str, on_step: Callable[[Any], None], on_end: Callable[[str], None]
    ) -> None:
        self.activity = Activity(text)
        self._on_step, self._on_end = on_step, on_end
        self._worker: Any = None
        self._stop = Event()
        self._cause = ""

    @property
    def running(self) -> bool:
        """Work is under way."""
        return self._worker is not None

    def start(self, work: Callable[..., Iterator[Any]], *args: Any) -> None:
        """Begin; `work` yields its steps."""
        self._stop, self._cause = Event(), ""
        steps = _steps_of, work, args, self._stop
        worker = create_worker(*steps, _start_thread=False, _ignore_errors=True)
        # Qt holds a method weakly: the end of work that nobody else holds would go unnoticed.
        worker.yielded.connect(lambda step: self._on_yield(worker, step))
        worker.finished.connect(lambda: self._on_finish(worker))
        self._worker = worker
        worker.start()

    def stop(self) -> None:
        """Ask the work to stop after the step in hand."""
        # Not by napari's `quit`: it keeps all workers, and work cut off by it holds its data.
        self._stop.set()

    def close(self) -> None:
        """Stop after the step in hand, and let nothing of the work arrive any more."""
        self.stop()
        self._worker = None
        self.activity.close()

    def _on_yield(self, worker: Any, step: Any) -> None:
        # Work that was closed goes on to the end of its step, and others may have begun.
        if worker is not self._worker:
            return
        if not isinstance(step, _BrokenOff):
            self._on_step(step)
        elif isinstance(step.error, MrseqError):
            self._cause = str(step.error)
        else:
            self._cause = f"Stopped: {step.error or type(step.error).__name__}"
            # As napari shows its own errors, with the lines of code that they came from.
            notification_manager.receive_error(
                type(step.error), step.error, step.error.__traceback__
            )

    def _on_finish(self, worker: Any) -> None:
        # Its signals would hold this object, and all that it holds, for good.
        worker.yielded.disconnect()
        worker.finished.disconnect()
        if worker is self._worker:
            self._worker = None
            self.activity.close()
            self._on_end(self._cause)


def _steps_of(
    work: Callable[..., Iterator[Any]], args: tuple[Any, ...], stop: Event
) -> Iterator[Any]:
    # napari 0.9 can't take the error of a worker under PySide6: it comes as a last step.
    try:
        for step in work(*args):
            yield step
            if stop.is_set():
                return
    except Exception as error:
        yield _BrokenOff(error)
