"""A bar in napari's activity dock."""

from __future__ import annotations

from typing import Any


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

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` steps are done."""
        from napari.utils.progress import progress

        if self._bar is None:
            self._bar = progress(total=total, desc=self._text)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
