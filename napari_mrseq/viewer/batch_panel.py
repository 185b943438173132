"""The Folder tab: a folder in, a table of its series out, without a layer for each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from qtpy.QtCore import QModelIndex, Qt, QTimer, QUrl, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QFileDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from napari_mrseq.belonging import study_of
from napari_mrseq.errors import ModelError
from napari_mrseq.series import Failure
from napari_mrseq.study_names import study_names
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.batch_runner import BatchRunner
from napari_mrseq.viewer.export import ExportButton
from napari_mrseq.viewer.flow_layout import FlowLayout
from napari_mrseq.viewer.shortcuts import COPY_KEYS, hand_keys_over, shown
from napari_mrseq.viewer.single_shot import SingleShot
from napari_mrseq.viewer.study_table import HEADINGS, NAME_COLUMN, study_cell, verdict_cells
from napari_mrseq.viewer.table import Table
from napari_mrseq.viewer.table_rows import KEY_ROLE, Cell, Row
from napari_mrseq.viewer.wording import description_of, series_name

if TYPE_CHECKING:
    from napari_mrseq.model import Model

HINT = "Choose a folder: every MR series in it is classified, none is opened as a layer."
# How often the panel looks how far the reading of headers is.
READING_MS = 100
FAILED_HEIGHT = 110
# The tables follow a run after this, or after so many times what they took to fill last.
TABLES_MS, TABLES_TIMES = 100, 20
# Before the series, behind how sure each is: that is in sight however narrow the panel.
STUDY_COLUMN = NAME_COLUMN


class BatchPanel(QWidget):
    """Classifies whole folders.

    Parameters
    ----------
    loader : callable
        Returns, when a run starts, a function that returns the chosen model; that one is called
        off the GUI thread. Raises ModelError where there is none.
    """

    verdict_chosen = Signal(object)
    run_finished = Signal()

    def __init__(self, loader: Callable[[], Callable[[], Model]]) -> None:
        super().__init__()
        self._loader = loader
        self.runner = BatchRunner()
        self.folder = QLineEdit()
        self.folder.setPlaceholderText("Folder")
        self.folder.setAccessibleName("Folder")
        self.folder.setToolTip("The folder to classify, subfolders included")
        self.browse_button = QPushButton("Choose…")
        self.browse_button.setToolTip("Choose the folder")
        self.run_button = QPushButton("Run")
        self.run_button.setToolTip("Classify every series in the folder with the model above")
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("Stop; what is classified so far stays")
        self.cancel_button.setEnabled(False)
        self.progress = QProgressBar()
        self.progress.setFormat("")
        self.progress.setAccessibleName("Progress of the run")
        self.status = QLabel(HINT)
        self.status.setWordWrap(True)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        headings = (*HEADINGS[:STUDY_COLUMN], "Study", "Series", *HEADINGS[NAME_COLUMN + 1 :])
        self.table = Table(headings, NAME_COLUMN + 1)
        self.table.setAccessibleName("Series of the folder")
        self.table.setToolTip("Double-click to open the series as a layer, or to go to it")
        self.table.empty_text = "Each series appears here once classified."
        self.failed_label = QLabel()
        self.failed = Table(("Not read", "Why"))
        self.failed.setAccessibleName("Not read")
        self.failed.setToolTip(f"{shown(COPY_KEYS)} copies the selected rows")
        self.failed.setMaximumHeight(FAILED_HEIGHT)
        self.export_button = ExportButton(
            lambda: self.runner.outcomes, lambda: [self.runner.folder]
        )
        self._timer = QTimer(self)
        self._timer.setInterval(READING_MS)
        self._tables_timer = SingleShot(self._show, self, TABLES_MS)
        self._lay_out()
        self._connect()
        self._show()

    def run(self) -> None:
        """Classify the folder in the line."""
        if self.runner.running:
            return
        wished = self.folder.text().strip()
        folder = _folder_of(self.folder.text())
        cause = _no_folder(folder) if wished else ""
        if not wished or cause:
            self._refuse(f"{wished} {cause}." if cause else "", HINT)
            return
        try:
            load = self._loader()
        except ModelError as error:
            self._refuse(f"{error}.")
            return
        # Locked last: from a button that is locked the keys go to the next that isn't.
        self.cancel_button.setEnabled(True)
        self.run_button.setEnabled(False)
        self.progress.setRange(0, 0)
        self.progress.setFormat("")
        self.status.setText("Reading the headers…")
        self._timer.start()
        self.runner.start(folder, load)
        self._show()

    def cancel(self) -> None:
        """Stop; what is classified so far stays."""
        self.status.setText("Stopping…")
        self.runner.cancel()

    def _lay_out(self) -> None:
        top = FlowLayout(self.folder, self.browse_button)
        buttons = FlowLayout(self.run_button, self.cancel_button, self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addLayout(top)
        layout.addLayout(buttons)
        layout.addWidget(self.progress)
        layout.addWidget(self.status)
        layout.addWidget(self._scrolled_tables(), 1)

    def _scrolled_tables(self) -> QScrollArea:
        # In a low panel they scroll: files not read must not make the window higher.
        page = QWidget()
        tables = QVBoxLayout(page)
        tables.setContentsMargins(0, 0, 0, 0)
        tables.addWidget(self.table, 1)
        tables.addWidget(self.failed_label)
        tables.addWidget(self.failed)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(page)
        return scroll

    def _connect(self) -> None:
        self.browse_button.clicked.connect(self._ask)
        self.folder.returnPressed.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.cancel_button.clicked.connect(self.cancel)
        self.table.row_opened.connect(self._on_row)
        self.export_button.said.connect(self.status.setText)
        self._timer.timeout.connect(self._show_reading)
        self.runner.progressed.connect(self._show_series)
        self.runner.said.connect(self._say)
        self.runner.progressed.connect(self._tables_timer.start_unless_running)
        self.runner.stopped.connect(self._on_stopped)

    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder to classify")
        if name:
            self.folder.setText(name)

    def _refuse(self, cause: str, hint: str = "") -> None:
        """Say why there is no run; what one before took minutes for isn't thrown away."""
        kept = f"The table still shows {self.runner.folder}." if self.runner.outcomes else hint
        self.status.setText(f"{cause} {kept}".strip())

    def _say(self, text: str) -> None:
        if not self.runner.reading.cancelled:
            self.status.setText(text)

    def _show_reading(self) -> None:
        reading = self.runner.reading
        if reading.total:
            self._show_progress(reading.done, reading.total, "files")

    def _show_series(self, done: int, total: int) -> None:
        self._timer.stop()
        self._show_progress(done, total, "series")

    def _show_progress(self, done: int, total: int, what: str) -> None:
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)
        self.progress.setFormat(f"{done} of {total} {what}")

    def _on_stopped(self, text: str) -> None:
        self._timer.stop()
        self.run_button.setEnabled(True)
        hand_keys_over(self.cancel_button, self.run_button)
        self.cancel_button.setEnabled(False)
        if self.progress.maximum() == 0:
            self.progress.setRange(0, 1)
        self.status.setText(text)
        self._show()
        self.run_finished.emit()

    def _show(self) -> None:
        self._tables_timer.stop()
        started = perf_counter()
        verdicts = self.runner.verdicts
        studies = study_names([one.series for one in verdicts], dated=True)
        self.table.setColumnHidden(STUDY_COLUMN, not studies)
        self.table.set_rows(
            [_row(name, one, studies) for name, one in zip(_names(verdicts), verdicts, strict=True)]
        )
        failed = self.runner.failures
        self.failed.set_rows([_failed_row(one, self.runner.folder) for one in failed])
        self.failed_label.setText(f"▲ Not read: {len(failed)}")
        for widget in (self.failed, self.failed_label):
            widget.setVisible(bool(failed))
        self.export_button.setEnabled(bool(self.runner.outcomes) and not self.runner.running)
        took_ms = round(1000 * (perf_counter() - started))
        self._tables_timer.setInterval(max(TABLES_MS, TABLES_TIMES * took_ms))

    def _on_row(self, index: QModelIndex) -> None:
        series = index.data(KEY_ROLE)
        (verdict,) = [one for one in self.runner.verdicts if one.series is series]
        self.verdict_chosen.emit(verdict)


def _folder_of(line: str) -> Path:
    """Return the folder that a line names: as it stands, or as file managers copy one.

    They put it between quotes, or give its address. Names may end in a space, too.
    """
    # Path.expanduser raises where there is no such user.
    folder = Path(os.path.expanduser(line))  # noqa: PTH111
    if not _no_folder(folder):
        return folder
    bare = line.strip().strip("\"'")
    address = QUrl(bare)
    name = address.toLocalFile() if address.isLocalFile() else os.path.expanduser(bare)  # noqa: PTH111
    return Path(name)


def _no_folder(folder: Path) -> str:
    """Return why a path can't be classified as a folder; ``""`` where it can."""
    try:
        return "" if folder.is_dir() else "is not a folder"
    except OSError as error:
        return f"can't be read: {error.strerror}"


def _names(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the names of series, with the first file where several bear their folder's alone.

    Others of one name in a study are numbered as napari numbers layers: ``"t1_se_tra [1]"``.
    """
    series = [one.series for one in verdicts]
    folders = Counter(one.path for one in series if description_of(one) is None)
    names, twins = [], Counter[tuple[str, str]]()
    for one in series:
        name = series_name(one)
        if description_of(one) is None and folders[one.path] > 1:
            name += f": {Path(one.files[0]).name}"
        before = twins[study_of(one), name]
        names.append(f"{name} [{before}]" if before else name)
        twins[study_of(one), name] += 1
    return names


def _row(name: str, verdict: Verdict, studies: Mapping[str, str]) -> Row:
    series = verdict.series
    cells, study = verdict_cells(name, verdict, series.files[0]), study_cell(series, studies)
    return Row(series, (*cells[:STUDY_COLUMN], study, *cells[STUDY_COLUMN:]))


def _failed_row(failure: Failure, folder: Path) -> Row:
    path = Path(failure.path)
    inside = path.is_relative_to(folder) and path != folder
    shown = str(path.relative_to(folder)) if inside else failure.path
    return Row(
        failure.path, (Cell(shown, hint=failure.path), Cell(failure.cause, hint=failure.cause))
    )
