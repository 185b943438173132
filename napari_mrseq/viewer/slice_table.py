"""The slices of one series: what each is, which are odd; a click goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QModelIndex, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from napari_mrseq.correction import correct_slice
from napari_mrseq.sequences import UNKNOWN, colour_of, name_of
from napari_mrseq.viewer.table import KEY_ROLE, Cell, Row, SortedTable
from napari_mrseq.viewer.wording import (
    alone_words,
    decision_words,
    is_odd,
    percent,
    runners_up,
)

if TYPE_CHECKING:
    from napari_mrseq.verdict import SliceVerdict
    from napari_mrseq.viewer.annotation import LayerState

HEADINGS = ("Slice", "Sequence", "Sure", "Note")
NOTE_COLUMN = 3
LEAST_HEIGHT = 76


class SliceTable(QWidget):
    """Table of the judged slices of a layer."""

    slice_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._judged = 0
        self.only_odd = QCheckBox("only the odd ones")
        self.only_odd.setToolTip(
            "Show slices that look like another sequence, or like none, or were corrected"
        )
        self.table = SortedTable(HEADINGS)
        self.table.proxy.setFilterKeyColumn(NOTE_COLUMN)
        self.table.setToolTip("A click shows the slice; Ctrl+C copies the chosen rows")
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.clicked.connect(self._on_row)
        self.table.activated.connect(self._on_row)
        self.table.setMinimumHeight(LEAST_HEIGHT)
        # Takes the room that is left, and asks for none that would make the panel scroll.
        self.table.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.only_odd.toggled.connect(self._filter)
        top = QHBoxLayout()
        top.addWidget(QLabel("Slices"))
        top.addStretch(1)
        top.addWidget(self.only_odd)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.table)

    def show_state(self, state: LayerState | None) -> None:
        """Show the slices of a layer; none where it was not judged."""
        self._judged = 0 if state is None else len(state.judged)
        self._explain_emptiness()
        rows = [] if state is None else [_row(state, index) for index in sorted(state.judged)]
        self.table.set_rows(rows)

    def chosen(self) -> list[int]:
        """Return the slices of the chosen rows, counted through all volumes."""
        selection = self.table.selectionModel()
        rows = selection.selectedRows() if selection is not None else []
        return sorted(int(row.data(KEY_ROLE)) for row in rows)

    def _filter(self, only_odd: bool) -> None:
        self._explain_emptiness()
        self.table.proxy.setFilterRegularExpression("." if only_odd else "")

    def _explain_emptiness(self) -> None:
        none_odd = f"None of {self._judged} slices is odd."
        self.table.empty_text = none_odd if self._judged else "Every slice, once it is named."

    def _on_row(self, index: QModelIndex) -> None:
        self.slice_chosen.emit(index.data(KEY_ROLE))


def _row(state: LayerState, index: int) -> Row:
    judged = correct_slice(state.judged[index], state.corrections, index)
    named = not judged.overruled and judged.sequence != UNKNOWN
    number = str(judged.index + 1)
    if state.series.pixels.ndim == 4:
        number += f" (volume {judged.volume + 1})"
    return Row(
        key=index,
        cells=(
            Cell(number, index, hint=judged.sop_instance_uid or ""),
            Cell(name_of(judged.sequence), colour=colour_of(judged.sequence, judged.probabilities)),
            Cell(percent(judged.confidence) if named else "", judged.confidence),
            Cell(_note(state, judged), hint=_hint(judged)),
        ),
    )


def _hint(judged: SliceVerdict) -> str:
    if judged.failure:
        return judged.failure.words
    words = [runners_up(judged.probabilities, judged.sequence), alone_words(judged)]
    return "\n".join(filter(None, words))


def _note(state: LayerState, judged: SliceVerdict) -> str:
    if judged.overruled:
        return f"✎ was {decision_words(judged.overruled)}"
    if judged.failure:
        return "not read"
    if judged.sequence == UNKNOWN:
        return "? unsure"
    if state.verdict is not None and is_odd(judged, state.verdict):
        return "▲ odd"
    return ""
