"""Work off the GUI thread, whose steps arrive on it. The one place where its signals are wired."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any

from napari.qt.threading import create_worker
from napari.utils.notifications import notification_manager

from napari_mrseq.errors import MrseqError
from napari_mrseq.viewer.activity import Activity


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
        # Qt holds a method weakly: work that nobody else holds would end unheard.
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
            self._cause = f"Broken off: {step.error or type(step.error).__name__}"
            _show_with_details(step.error)

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


def _show_with_details(error: Exception) -> None:
    """Show what nobody foresaw the way napari does, with the lines of code that it came from."""
    notification_manager.receive_error(type(error), error, error.__traceback__)
