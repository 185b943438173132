"""Export ▾: verdicts into files, the same bytes as the command line writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QAction  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFileDialog, QMenu, QPushButton

from napari_mrseq.bids import sidecars_of, write_sidecars
from napari_mrseq.report import FORMATS, records_of
from napari_mrseq.safe_writing import write_whole
from napari_mrseq.series import Failure
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.saving import ask_file, attempt, may_replace

Outcomes = Sequence[Verdict | Failure]

FILE_KINDS = {"csv": "Table (*.csv)", "json": "JSON (*.json)"}


class ExportButton(QPushButton):
    """A button with the kinds of files that verdicts can be written to.

    Parameters
    ----------
    outcomes : callable
        Returns the verdicts, and what could not be read, in the order of the user.
    paths : callable
        Returns what the user asked for, which sets the order of the records; nothing where the
        outcomes are in their order.
    left_out : callable
        Returns what follows the name of a file that these outcomes were written to: what it lacks.
    """

    said = Signal(str)

    def __init__(
        self,
        outcomes: Callable[[], Outcomes],
        paths: Callable[[], Sequence[Path]] = tuple,
        left_out: Callable[[Outcomes], str] = lambda _written: "",
    ) -> None:
        super().__init__()
        self._outcomes, self._paths, self._left_out = outcomes, paths, left_out
        self.setText("Export ▾")
        self.setStyleSheet("QPushButton::menu-indicator { image: none; width: 0px; }")
        self.setToolTip("Write the verdicts to files, as the command line does")
        self.kinds = QMenu(self)
        self.kinds.setToolTipsVisible(True)
        self.add("CSV…", "A table, one row per series", partial(self._ask_file, "csv"))
        self.add("JSON…", "Everything that is known", partial(self._ask_file, "json"))
        self.add("BIDS sidecars…", "One JSON file per series, in a folder", self._ask_folder)
        self.kinds.addSeparator()
        self.every_slice = QAction("every slice as well", self, checkable=True)
        self.every_slice.setToolTip("Each of these gets a row or an entry per slice too")
        self.kinds.addAction(self.every_slice)
        self.setMenu(self.kinds)

    def add(self, text: str, hint: str, ask: Callable[[], None]) -> None:
        """Offer a kind of file; `ask` asks for its name and writes it."""
        action = QAction(text, self, toolTip=hint)
        action.triggered.connect(lambda _checked=False: ask())
        self.kinds.addAction(action)

    def export(self, file: Path) -> None:
        """Write what is known into a CSV or JSON file, as the ending of its name says."""
        slices = self.every_slice.isChecked()
        records = records_of(self._outcomes(), self._paths(), slices=slices)
        write_whole(file, FORMATS[file.suffix.lstrip(".").lower()](records))

    def sidecars(self) -> dict[str, str]:
        """Return the BIDS sidecars of what is known, by the names of their files."""
        return sidecars_of(self._verdicts(), slices=self.every_slice.isChecked())

    def _verdicts(self) -> list[Verdict]:
        return [one for one in self._outcomes() if not isinstance(one, Failure)]

    def _ask_file(self, kind: str) -> None:
        endings = [f".{kind}", *(f".{other}" for other in FILE_KINDS)]
        file = ask_file(self, "Export verdicts", "", FILE_KINDS[kind], endings)
        if file:
            self.said.emit(attempt(partial(self._write, file), file))

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder for BIDS sidecars")
        if name:
            folder = Path(name)
            sidecars = self.sidecars()
            if may_replace(self, [folder / name for name in sidecars]):
                self.said.emit(attempt(partial(self._write_sidecars, sidecars, folder), folder))
            else:
                self.said.emit("Nothing written.")

    def _write(self, file: Path) -> str:
        self.export(file)
        return f"Written to {file}{self._left_out(self._outcomes())}"

    def _write_sidecars(self, sidecars: dict[str, str], folder: Path) -> str:
        write_sidecars(sidecars, folder)
        return f"Sidecars written to {folder}{self._left_out(self._verdicts())}"
