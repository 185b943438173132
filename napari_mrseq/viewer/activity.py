"""A bar in napari's activity dock."""

from __future__ import annotations

from typing import Any

from napari.utils.progress import progress

from napari_mrseq.viewer.single_shot import single_shot

DELAY_MS = 100


class Activity:
    """Shows how far something is, from its first report until it is closed.

    Parameters
    ----------
    text : str
        What stands beside the bar.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._bar: Any = None
        self._done, self._total = 0, 1
        self._open = False
        self._drawing = False
        # napari's bar handles other events while it is drawn: never in the midst of one of ours.
        self._timer = single_shot(self._draw, delay_ms=DELAY_MS)

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` steps are done."""
        self._done, self._total, self._open = done, total, True
        if not self._timer.isActive():
            self._timer.start()

    def close(self) -> None:
        """Take the bar away."""
        # Where nothing is open, Qt may be gone, and the timer with it.
        if not self._open:
            return
        self._open = False
        self._timer.stop()
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.close()

    def _draw(self) -> None:
        # A report that arrives among the events that the bar handles must not make a second one.
        if self._drawing:
            return
        self._drawing = True
        try:
            self._draw_once()
        finally:
            self._drawing = False

    def _draw_once(self) -> None:
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
