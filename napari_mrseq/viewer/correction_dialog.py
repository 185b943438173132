"""Correct…: a person says what a series, or some of its slices, really is."""

from __future__ import annotations

from collections.abc import Sequence

from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_mrseq.correction import Correction
from napari_mrseq.naming import runs_of
from napari_mrseq.sequences import SEQUENCES, name_of
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.buddy import label_for
from napari_mrseq.viewer.wheel import pass_wheel_on
from napari_mrseq.viewer.wording import runs_words, said_words


class CorrectionDialog(QDialog):
    """Asks what a judged series is, or what some of its slices are.

    Parameters
    ----------
    name : str
        The layer's own name.
    verdict : Verdict
        What is said of it now.
    chosen : sequence of int
        Slices chosen in the table, or the one in view, counted through all volumes. Where they
        are no range of one volume, they can be corrected as they are; the range starts with them.
    """

    def __init__(self, name: str, verdict: Verdict, chosen: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Correct the sequence")
        self._series = verdict.series
        per_volume = self._series.slices_per_volume
        # A range lies in one volume: the one that the first chosen slice belongs to.
        self._start = min(chosen, default=0) // per_volume * per_volume
        self._codes = _codes(verdict)
        self._chosen = runs_of(chosen)
        self.sequence = QComboBox()
        line = QLineEdit()
        line.setPlaceholderText("choose or type a name")
        line.setAccessibleName("Name of the sequence")
        self.sequence.setLineEdit(line)
        # Else Qt would turn what was typed into a longer name, and keep names of the user's own.
        self.sequence.setCompleter(None)
        self.sequence.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.sequence.setToolTip("A sequence from the list, or a name of your own")
        self.sequence.addItems([name_of(code) for code in self._codes])
        # Return pressed by mistake must not overrule the program.
        self.sequence.setCurrentIndex(-1)
        self.whole = QRadioButton("the whole series")
        self.some = QRadioButton("slices")
        several = f"{len(chosen)} slices" if len(chosen) > 1 else "slice"
        self.chosen = QRadioButton(f"the {several} chosen in the table")
        self.first, self.last = QSpinBox(), QSpinBox()
        for box in (self.first, self.last):
            box.setRange(1, per_volume)
        self.first.setAccessibleName("First slice")
        self.last.setAccessibleName("Last slice")
        inside = [one - self._start for one in chosen if 0 <= one - self._start < per_volume]
        self.first.setValue(min(inside, default=0) + 1)
        self.last.setValue(max(inside, default=0) + 1)
        for turned in (self.sequence, self.first, self.last):
            pass_wheel_on(turned)
        self._scope_of(chosen, len(inside)).setChecked(True)
        self.chosen.setVisible(self.chosen.isChecked())
        self.summary = QLabel()
        self.buttons = QDialogButtonBox()
        self.apply_button, self.cancel_button = QPushButton("Correct"), QPushButton("Cancel")
        self.buttons.addButton(self.apply_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self._lay_out(f"{name}: {said_words(verdict)}", per_volume)
        self._connect()
        self._say()

    def _scope_of(self, chosen: Sequence[int], inside: int) -> QRadioButton:
        """Return what to start with: more than one slice was chosen on purpose."""
        if len(chosen) < 2 or len(chosen) == self._series.slice_count:
            return self.whole
        is_range = len(self._chosen) == 1 and inside == len(chosen)
        return self.some if is_range else self.chosen

    def _lay_out(self, said: str, per_volume: int) -> None:
        what = QHBoxLayout()
        what.addWidget(label_for(self.sequence, "Correct it to"))
        what.addWidget(self.sequence, 1)
        range_ = QHBoxLayout()
        for widget in (self.some, self.first, QLabel("to"), self.last):
            range_.addWidget(widget)
        if self._series.slice_count > per_volume:
            range_.addWidget(QLabel(f"of volume {self._start // per_volume + 1}"))
        range_.addStretch(1)
        layout = QVBoxLayout(self)
        now = QLabel(said)
        for label in (now, self.summary):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(now)
        layout.addLayout(what)
        layout.addWidget(self.whole)
        layout.addLayout(range_)
        layout.addWidget(self.chosen)
        layout.addWidget(self.summary)
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        self.first.valueChanged.connect(lambda value: self.last.setMinimum(value))
        self.last.setMinimum(self.first.value())
        for box in (self.first, self.last):
            box.valueChanged.connect(lambda _: self.some.setChecked(True))
            box.valueChanged.connect(self._say)
        for scope in (self.whole, self.some, self.chosen):
            scope.toggled.connect(self._say)
        self.sequence.editTextChanged.connect(self._say)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _say(self) -> None:
        """Say what Correct will do; it does nothing without a name."""
        code = self._code()
        own = "" if code in self._codes else " (a name of your own)"
        series = "the whole series"
        where = series if self.whole.isChecked() else runs_words(self._series, self._runs())
        self.summary.setText(f"{name_of(code)}{own} for {where}." if code else "")
        self.apply_button.setEnabled(bool(code))
        layout = self.layout()
        # Qt gives words that take another line no room once a window is open.
        if self.isVisible() and layout is not None:
            self.resize(self.size().expandedTo(QSize(0, layout.totalHeightForWidth(self.width()))))

    def _code(self) -> str:
        """Return the sequence whose name or code was typed, else the text itself."""
        text = self.sequence.currentText().strip()
        for form in (str, str.casefold):
            for code in self._codes:
                if form(text) in (form(name_of(code)), form(code)):
                    return code
        return text

    def _runs(self) -> list[tuple[int, int]]:
        if self.whole.isChecked():
            return [(0, self._series.slice_count - 1)]
        if self.chosen.isChecked():
            return self._chosen
        return [(self._start + self.first.value() - 1, self._start + self.last.value() - 1)]

    def corrections(self) -> list[Correction]:
        """Return what was said."""
        return [Correction(first, last, self._code()) for first, last in self._runs()]


def _codes(verdict: Verdict) -> list[str]:
    """Return the sequences to choose from: the likeliest first, then the rest of the vocabulary."""
    probabilities = verdict.probabilities
    ranked = sorted(probabilities, key=lambda code: -probabilities[code])
    claim = [verdict.header.sequence] if verdict.header else []
    # What is said already is no correction: the header's claim is the likeliest one.
    others = [code for code in (*claim, *ranked) if code != verdict.sequence]
    return list(dict.fromkeys((*others, verdict.sequence, *SEQUENCES)))
