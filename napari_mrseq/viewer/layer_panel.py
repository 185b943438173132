"""The Layer tab: controls, verdict, plot and slices of one layer, and what to do with them."""

from __future__ import annotations

from napari.layers import Image
from qtpy.QtCore import QEvent, QObject, QSize, Qt
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import QPushButton, QVBoxLayout, QWidget

from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.annotation import can_revert
from napari_mrseq.viewer.confidence_plot import ConfidencePlot
from napari_mrseq.viewer.controls import Controls
from napari_mrseq.viewer.export import ExportButton
from napari_mrseq.viewer.fitted_scroll_area import FittedScrollArea
from napari_mrseq.viewer.flow_layout import FlowLayout
from napari_mrseq.viewer.layer_state import LayerState, state_of
from napari_mrseq.viewer.result_panel import ResultPanel
from napari_mrseq.viewer.shortcuts import CORRECT_KEYS, EXPLAIN_KEYS, UNDO_KEYS, shown
from napari_mrseq.viewer.slice_table import SliceTable

SCROLL_BAR_WIDTH, MARGIN = 20, 4


class LayerPanel(QWidget):
    """Everything about one layer.

    Parameters
    ----------
    controls : Controls
        Stand at the top: layer, scope, Run and Cancel.
    """

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self._state: LayerState | None = None
        self.controls = controls
        self.result = ResultPanel()
        self.plot = ConfidencePlot()
        self.slices = SliceTable()
        self.explain_button = _button(
            "Explain",
            f"Show which parts of the slice in view point to its sequence ({shown(EXPLAIN_KEYS)})",
        )
        self.correct_button = _button(
            "Correct…",
            "Say what the series, or the slices selected in the table, really are "
            f"({shown(CORRECT_KEYS)}). Kept as long as the layer is open: Export writes it into a "
            "file",
        )
        self.undo_button = _button(
            "Undo", f"Undo the latest correction ({shown(UNDO_KEYS)} in this panel)"
        )
        # Here alone: on the canvas these keys are those of napari's labels.
        undo = QShortcut(QKeySequence(UNDO_KEYS), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.undo_button.click)
        self.revert_button = _button(
            "Revert", "Restore the layer's own name and metadata; corrections are removed as well"
        )
        self.export_button = ExportButton(self._verdicts)
        self._lay_out()

    def show_layer(self, layer: Image | None, device: str, index: int | None) -> None:
        """Show what is known of a layer, or why nothing is.

        `device` is what the last run ran on, `index` the slice in view.
        """
        self._state = state = None if layer is None else state_of(layer)
        if layer is None or state is None:
            self.result.show_nothing(layer, running=not self.controls.run.enabled)
        else:
            self.result.show_state(state, device, visible=layer.visible)
        self.plot.show_state(state, index)
        self.slices.show_state(state)
        self.slices.mark(index)
        judged = state is not None and state.verdict is not None
        self.correct_button.setEnabled(judged)
        self.undo_button.setEnabled(state is not None and bool(state.corrections))
        self.revert_button.setEnabled(layer is not None and can_revert(layer))
        self.export_button.setEnabled(judged)

    def show_result(self) -> None:
        """Scroll to the verdict, and to as much of what stands below it as there is room for."""
        for words in (self.result.header, self.result.verdict):
            self._scroll.ensureWidgetVisible(words)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the width in which no row of controls is broken."""
        row = max(self._buttons.sizeHint().width(), self.controls.sizeHint().width())
        return QSize(row + SCROLL_BAR_WIDTH + 2 * MARGIN, super().sizeHint().height())

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Make room where a control has become wider, as with larger letters."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            # A panel that scrolls sideways hides some of its controls.
            self._scroll.setMinimumWidth(self._page.minimumSizeHint().width() + SCROLL_BAR_WIDTH)
        return super().eventFilter(watched, event)

    def _verdicts(self) -> list[Verdict]:
        return [self._state.verdict] if self._state and self._state.verdict else []

    def _lay_out(self) -> None:
        self._page = QWidget()
        inner = QVBoxLayout(self._page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(4)
        for widget in (self.controls, self.result, self.plot):
            inner.addWidget(widget)
        self._scroll = FittedScrollArea(self._page)
        self._page.installEventFilter(self)
        # Slices and buttons stand below what scrolls: in a low window too they are in sight.
        self._buttons = FlowLayout(
            self.explain_button,
            self.correct_button,
            self.undo_button,
            self.revert_button,
            self.export_button,
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        outer.addWidget(self._scroll)
        outer.addWidget(self.slices, 1)
        outer.addLayout(self._buttons)


def _button(text: str, hint: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(hint)
    return button
