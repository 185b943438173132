"""Export ▾: verdicts into files, the same bytes as the command line writes; how files are saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtGui import QAction  # type: ignore[attr-defined]
from qtpy.QtWidgets import QFileDialog, QMenu, QMessageBox, QPushButton, QWidget

from napari_mrseq.bids import sidecars_of, write_sidecars
from napari_mrseq.errors import MrseqError
from napari_mrseq.naming import common_folder
from napari_mrseq.report import FORMATS, records_of
from napari_mrseq.safe_writing import write_whole
from napari_mrseq.series import Failure
from napari_mrseq.verdict import Verdict

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
        """Write what is known into a CSV or JSON file.

        Raises
        ------
        MrseqError
            If the file's ending is none of the formats.
        """
        kind = file.suffix.lstrip(".").lower()
        if kind not in FILE_KINDS:
            raise MrseqError(f"{file.name}: end the name with {' or '.join(FILE_KINDS)}")
        slices = self.every_slice.isChecked()
        records = records_of(self._outcomes(), self._paths(), slices=slices)
        write_whole(file, FORMATS[kind](records))

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


def ask_file(
    parent: QWidget, title: str, suggested: str, kind: str, endings: Sequence[str]
) -> Path | None:
    """Ask for the name of a file to write, None where the user thinks better of it.

    Parameters
    ----------
    parent : QWidget
        Of the dialog.
    title, suggested, kind : str
        Its title, the name it starts with, and what it lists: ``"Table (*.csv)"``.
    endings : sequence of str
        Those a name may have; the first is added to any other name.
    """
    name, _ = QFileDialog.getSaveFileName(parent, title, suggested, kind)
    if not name:
        return None
    file = Path(name)
    if file.suffix.lower() in endings:
        return file
    # The dialog looked whether the name as typed is there, not this one.
    file = file.with_name(file.name + endings[0])
    return file if may_replace(parent, [file]) else None


def may_replace(parent: QWidget, files: Sequence[Path]) -> bool:
    """Ask whether files that are there already may be replaced; yes where none is."""
    there = [file for file in files if file.exists()]
    if not there:
        return True
    what = there[0].name if len(there) == 1 else f"{len(there)} files ({there[0].name}, …)"
    text = f"{what} in {common_folder([*map(str, there)])} will be replaced. Go on?"
    return QMessageBox.question(parent, "Replace?", text) == QMessageBox.StandardButton.Yes


def attempt(write: Callable[[], str], place: Path) -> str:
    """Write into a file or folder, and return what to tell the user.

    Parameters
    ----------
    write : callable
        Writes, and returns the words for what is done.
    place : Path
        What the user asked for; the system doesn't always name what failed.
    """
    try:
        return write()
    except MrseqError as error:
        return f"Not exported: {error}"
    except OSError as error:
        where = error.filename or place
        return f"Not exported: {where}: {error.strerror}. Choose another place."
