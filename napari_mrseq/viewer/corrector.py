"""Correct…: a person overrules what the program found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from napari.layers import Image
from psygnal import Signal
from qtpy.QtWidgets import QWidget

from napari_mrseq.correction import Correction
from napari_mrseq.viewer.annotation import correct_layer
from napari_mrseq.viewer.correction_dialog import CorrectionDialog
from napari_mrseq.viewer.layer_state import LayerState, own_name, state_of

CHANGED = "The layer has changed: nothing corrected."


class Corrector:
    """Lets the user overrule verdicts.

    Parameters
    ----------
    parent : QWidget
        Of the dialogs.
    """

    changed = Signal()
    said = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self.dialog: CorrectionDialog | None = None

    def ask(self, layer: Image, slices: Sequence[int]) -> None:
        """Ask what a judged layer is, or some of its `slices`."""
        state = state_of(layer)
        if state is None or state.verdict is None:
            return
        self.dialog = CorrectionDialog(own_name(layer), state, slices, self._parent)
        self.dialog.corrected.connect(partial(self._correct, layer, state))
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        # Qt would keep it, and with it the layer, as long as the panel.
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _correct(
        self, layer: Image, asked: LayerState, corrections: tuple[Correction, ...]
    ) -> None:
        # A plugin, or a run with another model, may have come between.
        if state_of(layer) is not asked:
            self.said.emit(CHANGED, layer)
            return
        correct_layer(layer, *corrections)
        self.changed.emit()
