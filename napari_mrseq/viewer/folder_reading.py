"""Reading of a folder off the GUI thread, which sees how far it is and may cancel it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from napari_mrseq.series import Study


@dataclass
class FolderReading:
    """How far the headers of a folder are, written by the run and read by the GUI.

    Attributes
    ----------
    done, total : int
        Files.
    cancelled : bool
        Set by the GUI: no further header is read, no further series put together.
    """

    done: int = 0
    total: int = 0
    cancelled: bool = False

    def read(self, folder: str | Path) -> Study | None:
        """Return what lies in a folder, None where that was cancelled."""
        # pydicom and nibabel: not before there is something to read.
        from napari_mrseq.reading import read_study

        try:
            return read_study(folder, progress=self._count, go_on=self._go_on)
        except _CancelledError:
            return None

    def _count(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        self._go_on()

    def _go_on(self) -> None:
        if self.cancelled:
            raise _CancelledError


class _CancelledError(Exception):
    pass
