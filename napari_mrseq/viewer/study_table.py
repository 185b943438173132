"""All series of the study, one row each; a double click shows the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal  # type: ignore[attr-defined]
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_mrseq.sequences import colour_of, name_of
from napari_mrseq.viewer.annotation import own_name, state_of
from napari_mrseq.viewer.table import KEY_ROLE, SORT_ROLE, Cell, Row, RowModel, Table
from napari_mrseq.viewer.wording import CONFLICT_MARK, header_words, odd_count, percent

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_mrseq.verdict import Verdict

HEADINGS = ("Sequence", "Sure", "Doubt", "Layer", "Header", "Plane", "Slices")
DOUBT_BELOW = 0.8


class StudyTable(QWidget):
    """Table of the layers of a viewer."""

    layer_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RowModel(HEADINGS)
        self.proxy = QSortFilterProxyModel()
        self.proxy.setSourceModel(self.model)
        self.proxy.setSortRole(SORT_ROLE)
        self.table = Table()
        self.table.setModel(self.proxy)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.table.setToolTip("A double click shows the layer")
        self.table.doubleClicked.connect(self._on_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)

    def show_layers(self, layers: list[Image]) -> None:
        """Show these layers with what is known of them."""
        self.model.set_rows([_row(layer) for layer in layers])
        self.table.resizeColumnsToContents()

    def _on_row(self, index: QModelIndex) -> None:
        self.layer_chosen.emit(index.data(KEY_ROLE))


def doubt(verdict: Verdict) -> str:
    """Return the gravest doubt about a series in a word; ``""`` where there is none."""
    if verdict.conflict:
        return CONFLICT_MARK
    if verdict.resolved == "unknown":
        return "? unknown"
    if odd_count(verdict):
        return f"▲ {odd_count(verdict)} odd"
    if verdict.resolved == "family":
        return "▲ family only"
    if verdict.confidence < DOUBT_BELOW:
        return "▲ unsure"
    return ""


def _row(layer: Image) -> Row:
    state = state_of(layer)
    name = Cell(own_name(layer))
    if state is None or state.verdict is None:
        nothing = Cell("")
        return Row(layer, (Cell("not yet run"), nothing, nothing, name, *[nothing] * 3))
    verdict = state.verdict
    claim = verdict.header
    return Row(
        layer,
        (
            Cell(name_of(verdict.sequence), colour=colour_of(verdict.sequence)),
            Cell(percent(verdict.confidence), verdict.confidence),
            Cell(doubt(verdict)),
            name,
            Cell(name_of(claim.sequence) if claim else "none", hint=header_words(claim)),
            Cell(verdict.series.plane or ""),
            Cell(str(verdict.series.slice_count), verdict.series.slice_count),
        ),
    )
