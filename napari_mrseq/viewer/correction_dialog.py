"""Correct…: what the series, or some of its slices, really is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_mrseq.decision import Correction
from napari_mrseq.sequences import SEQUENCES, name_of
from napari_mrseq.viewer.wording import said_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_mrseq.viewer.annotation import LayerState


class CorrectionDialog(QDialog):
    """Asks what a judged series is, or what some of its slices are.

    Parameters
    ----------
    name : str
        The layer's own name.
    state : LayerState
        What is known of it; judged already.
    chosen : sequence of int
        Slices chosen in the table, or the one in view, counted through all volumes; what
        the slice range starts with.
    """

    corrected = Signal(object)

    def __init__(
        self, name: str, state: LayerState, chosen: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Correct the sequence")
        per_volume = state.series.pixels.shape[-3]
        # A range lies in one volume: the one that the first chosen slice belongs to.
        self._start = min(chosen, default=0) // per_volume * per_volume
        self._count = state.series.slice_count
        self.sequence = QComboBox()
        self.sequence.setEditable(True)
        self.sequence.setToolTip("A sequence of the list, or a name of your own")
        for code in _codes(state):
            self.sequence.addItem(name_of(code), code)
        self.whole = QRadioButton("the whole series")
        self.some = QRadioButton("slices")
        self.first, self.last = QSpinBox(), QSpinBox()
        for box in (self.first, self.last):
            box.setRange(1, per_volume)
        inside = [one - self._start for one in chosen if 0 <= one - self._start < per_volume]
        self.first.setValue(min(inside, default=0) + 1)
        self.last.setValue(max(inside, default=0) + 1)
        (self.some if len(chosen) > 1 else self.whole).setChecked(True)
        self.buttons = QDialogButtonBox()
        self.apply_button, self.cancel_button = QPushButton("Correct"), QPushButton("Cancel")
        self.buttons.addButton(self.apply_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self._lay_out(name, state, per_volume)
        self._connect()

    def _lay_out(self, name: str, state: LayerState, per_volume: int) -> None:
        said = said_words(state.verdict) if state.verdict else ""
        what = QHBoxLayout()
        what.addWidget(QLabel("It really is"))
        what.addWidget(self.sequence, 1)
        range_ = QHBoxLayout()
        for widget in (self.some, self.first, QLabel("to"), self.last):
            range_.addWidget(widget)
        if self._count > per_volume:
            range_.addWidget(QLabel(f"of volume {self._start // per_volume + 1}"))
        range_.addStretch(1)
        layout = QVBoxLayout(self)
        now = QLabel(f"{name}: {said}")
        now.setWordWrap(True)
        layout.addWidget(now)
        layout.addLayout(what)
        layout.addWidget(self.whole)
        layout.addLayout(range_)
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        self.first.valueChanged.connect(lambda value: self.last.setMinimum(value))
        self.last.setMinimum(self.first.value())
        for box in (self.first, self.last):
            box.valueChanged.connect(lambda _: self.some.setChecked(True))
        self.sequence.editTextChanged.connect(self._allow)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)

    def _allow(self, text: str) -> None:
        self.apply_button.setEnabled(bool(text.strip()))

    def _accept(self) -> None:
        text = self.sequence.currentText().strip()
        place = self.sequence.findText(text)
        code = text if place < 0 else str(self.sequence.itemData(place))
        if self.whole.isChecked():
            correction = Correction(0, self._count - 1, code)
        else:
            first, last = self.first.value() - 1, self.last.value() - 1
            correction = Correction(self._start + first, self._start + last, code)
        self.corrected.emit(correction)
        self.accept()


def _codes(state: LayerState) -> list[str]:
    """Return the sequences to choose from: the likeliest first, then the rest of the vocabulary."""
    verdict = state.verdict
    ranked: list[str] = []
    if verdict is not None:
        probabilities = verdict.probabilities
        ranked = sorted(probabilities, key=lambda code: -probabilities[code])
        claim = [verdict.header.sequence] if verdict.header else []
        # What is said already is no correction: the header's claim is the likeliest one.
        ranked = [code for code in dict.fromkeys((*claim, *ranked)) if code != verdict.sequence]
        ranked.append(verdict.sequence)
    return list(dict.fromkeys((*ranked, *SEQUENCES)))
