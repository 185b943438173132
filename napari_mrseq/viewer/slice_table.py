"""The slices of one series: what each is, which are odd; a click goes there."""

from __future__ import annotations

from functools import partial
from typing import Any

from qtpy.QtCore import QModelIndex, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from napari_mrseq.naming import CORRECTED
from napari_mrseq.sequences import UNKNOWN, colour_of, name_of
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.viewer.doubts import is_odd, mark_beside
from napari_mrseq.viewer.layer_state import LayerState, named_by_user
from napari_mrseq.viewer.shortcuts import COPY_KEYS, shown
from napari_mrseq.viewer.table import Table
from napari_mrseq.viewer.table_rows import KEY_ROLE, Cell, Row
from napari_mrseq.viewer.wording import alone_words, decision_words, runners_up, sure_words

# The header has no say in what a slice is called; the series is surer with it.
HEADINGS = ("Slice", "Sequence", "By pixels", "Note")
NOTE_COLUMN = 3


class SliceTable(QWidget):
    """Table of the slices of a layer that were judged, or named by the user."""

    slice_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._state: LayerState | None = None
        self._in_view: int | None = None
        self._asking = False
        # Rows are made again only for slices that were judged again, or where this has changed.
        self._context: Any = None
        self._known: dict[int, tuple[SliceVerdict | None, Row]] = {}
        self.only_odd = QCheckBox("only the odd ones")
        self.only_odd.setToolTip(
            "Show slices that look like another sequence, like none, are unsure, or were corrected"
        )
        self.table = Table(HEADINGS)
        self.table.setAccessibleName("Slices")
        # Numbers of slices and names of sequences differ at their beginnings.
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.proxy.setFilterKeyColumn(NOTE_COLUMN)
        self.table.setToolTip(
            f"A click or an arrow key shows the slice; {shown(COPY_KEYS)} copies selected rows"
        )
        for moved in (self.table.clicked, self.table.activated, self.table.row_walked):
            moved.connect(self._on_row)
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
        if state is not self._state:
            # Slices of another layer were chosen, by the same numbers.
            self.table.choose_nothing()
            self._context, self._known = None, {}
        self._state = state
        self._explain_emptiness()
        self.table.set_rows([] if state is None else self._rows(state))

    def mark(self, index: int | None) -> None:
        """Mark the slice in view once it is another; several rows that were chosen stay chosen."""
        moved = index != self._in_view
        self._in_view = index
        # A click has marked its row, be it of a slice that napari's slider can't reach.
        if not self._asking and (moved or not self.table.currentIndex().isValid()):
            self.table.mark(index)

    def chosen(self) -> list[int]:
        """Return the slices of the chosen rows, counted through all volumes."""
        return sorted(self.table.chosen())

    def _rows(self, state: LayerState) -> list[Row]:
        whole = state.verdict
        context = (state.corrections, whole and (whole.pixels, whole.decision))
        if context != self._context:
            self._context, self._known = context, {}
        # A person may have named slices that were never judged.
        indices = sorted({*state.judged, *named_by_user(state.corrections)})
        for index in indices:
            judged, known = state.judged.get(index), self._known.get(index)
            if known is None or known[0] is not judged:
                self._known[index] = (judged, _row(state, index))
        return [self._known[index][1] for index in indices]

    def _filter(self, only_odd: bool) -> None:
        self._explain_emptiness()
        self.table.proxy.setFilterRegularExpression("." if only_odd else "")
        self.table.mark(self._in_view)

    def _explain_emptiness(self) -> None:
        judged = len(self._state.judged) if self._state else 0
        none_odd = f"None of {judged} slices is odd." if judged > 1 else "The slice is not odd."
        self.table.empty_text = none_odd if judged else "Each slice appears here once classified."

    def _on_row(self, index: QModelIndex) -> None:
        self._asking = True
        self.slice_chosen.emit(index.data(KEY_ROLE))
        self._asking = False


def _row(state: LayerState, index: int) -> Row:
    judged = state.said(index)
    assert judged is not None
    number = str(judged.index + 1)
    if state.series.pixels.ndim == 4:
        number += f" (volume {judged.volume + 1})"
    return Row(
        key=index,
        cells=(
            Cell(number, index, hint=judged.sop_instance_uid or ""),
            Cell(name_of(judged.sequence), colour=colour_of(judged.sequence, judged.probabilities)),
            Cell(sure_words(judged), judged.confidence),
            Cell(_note(state, index, judged), hint=partial(_hint, judged)),
        ),
    )


def _hint(judged: SliceVerdict) -> str:
    if judged.failure:
        return judged.failure.words
    if not judged.probabilities:
        return "not judged"
    alone = judged.decision.resolved != "family"
    ranked = runners_up(judged.probabilities, judged.sequence, "slice", alone=alone)
    return "\n".join(filter(None, (ranked, alone_words(judged))))


def _note(state: LayerState, index: int, judged: SliceVerdict) -> str:
    if index not in state.judged:
        return f"✎ {CORRECTED}"
    if judged.overruled:
        return f"✎ was {decision_words(judged.overruled)}"
    if judged.failure:
        return "not read"
    if judged.sequence == UNKNOWN:
        return "? unknown"
    if state.verdict is None:
        return ""
    if is_odd(state.judged[index], state.verdict):
        return "▲ odd"
    return mark_beside(judged, state.verdict)
