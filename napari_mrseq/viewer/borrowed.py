"""Verdicts go from layers whose pixels are not those that were judged.

napari's copies, splits, merges, projections and conversions take name and metadata along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtCore import QObject, QTimer

from napari_mrseq.viewer.annotation import can_revert, revert, state_of
from napari_mrseq.viewer.image_layers import is_image

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Layer


class Borrowed:
    """Takes the verdict from layers that were given another's, or other pixels.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds the layers.
    parent : QObject
        Owns the timer.
    """

    reverted = Signal()

    def __init__(self, viewer: ViewerModel, parent: QObject) -> None:
        self._viewer = viewer
        # napari's list of layers is in the midst of taking the new one in.
        self._timer = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._look)
        viewer.layers.events.connect(self._on_event)
        # Copies may have been made while nobody looked.
        self._timer.start()

    def close(self) -> None:
        """Let go of the viewer."""
        self._viewer.layers.events.disconnect(self._on_event)

    def _on_event(self, event: Any) -> None:
        if event.type == "inserted":
            self._timer.start()
        elif event.type == "data":
            self._look()

    def _look(self) -> None:
        borrowed = [layer for layer in self._viewer.layers if _is_borrowed(layer)]
        for layer in borrowed:
            revert(layer)
        if borrowed:
            self.reverted.emit()


def _is_borrowed(layer: Layer) -> bool:
    """Tell whether a layer carries a verdict that was not found in its pixels."""
    return can_revert(layer) and not (is_image(layer) and state_of(layer) is not None)
