"""Correct…, Undo and the catalogue of what was corrected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtWidgets import QWidget

from napari_mrseq.viewer.annotation import correct_layer, undo_correction
from napari_mrseq.viewer.attempt import attempt
from napari_mrseq.viewer.correction_dialog import CorrectionDialog
from napari_mrseq.viewer.labels import write_labels
from napari_mrseq.viewer.layer_state import own_name, state_of
from napari_mrseq.viewer.save_dialog import ask_file

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_mrseq.correction import Correction
    from napari_mrseq.viewer.layer_state import LayerState

CATALOGUE_KIND = "Catalogue (*.csv)"
CHANGED = "The layer has changed: nothing corrected."


class Corrector:
    """Lets the user overrule verdicts.

    Parameters
    ----------
    parent : QWidget
        Of the dialogs.
    """

    changed = Signal()
    said = Signal(str)

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

    def undo(self, layer: Image) -> None:
        """Take the latest correction of a layer back, of all slices that it was of."""
        undo_correction(layer)
        self.changed.emit()

    def save_labels(self, layers: Callable[[], Sequence[Image]]) -> None:
        """Ask for a file and write what was corrected into it, for training."""
        title = "Corrections as training labels"
        file = ask_file(self._parent, title, "labels.csv", CATALOGUE_KIND, [".csv"])
        if file is None:
            return

        def write() -> str:
            count = write_labels(layers(), file)
            return f"{count} labelled slices in {file}; napari-mrseq train reads it"

        self.said.emit(attempt(write, file))

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
            self.said.emit(CHANGED)
            return
        correct_layer(layer, *corrections)
        self.changed.emit()
