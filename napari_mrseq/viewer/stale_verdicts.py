"""Verdicts are removed from layers whose pixels are not those that were judged.

napari's copies, splits, merges, projections and conversions take name and metadata along.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from napari.components import ViewerModel
from napari.layers import Layer
from psygnal import Signal
from qtpy.QtCore import QObject

from napari_mrseq.viewer.annotation import revert
from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.heat_maps import heat_layers, remove_heat
from napari_mrseq.viewer.image_layers import is_image
from napari_mrseq.viewer.layer_state import LayerState, held_state, state_of
from napari_mrseq.viewer.single_shot import SingleShot


class StaleVerdicts(Attachment):
    """Reverts layers that carry another layer's verdict, or one on pixels they no longer have.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds the layers.
    parent : QObject
        Owns the timer.
    """

    reverted = Signal(list)

    def __init__(self, viewer: ViewerModel, parent: QObject) -> None:
        self._viewer = viewer
        # Metadata that a plugin replaced no longer say what stands in the name.
        self._known: WeakKeyDictionary[Layer, LayerState] = WeakKeyDictionary()
        # napari is not done yet with adding the new layer to its list.
        self._timer = SingleShot(self._revert_stale, parent)
        super().__init__(
            ((viewer.layers.events.inserted, self._on_event),),
            (self._timer, LayerEvents(viewer, self._on_event, "metadata", "data")),
        )
        # Copies may have been made while nobody looked.
        self._timer.start()

    def _on_event(self, event: Any) -> None:
        if event.type == "data":
            self._drop_heat(event.source)
            self._revert_stale()
        else:
            self._timer.start()

    def _drop_heat(self, layer: Layer) -> None:
        """Take away what explains pixels that a layer no longer has."""
        if is_image(layer) and state_of(layer) is None and heat_layers(self._viewer, layer):
            remove_heat(self._viewer, layer)
            self.reverted.emit([layer])

    def _revert_stale(self) -> None:
        known = set(self._known)
        reverted = [layer for layer in self._viewer.layers if self._take_back(layer)]
        if reverted:
            # A copy never had a verdict of its own: what is said of a run still holds.
            self.reverted.emit([layer for layer in reverted if layer in known])

    def _take_back(self, layer: Layer) -> bool:
        """Remove what is no verdict on a layer, and tell whether there was anything."""
        state = held_state(layer)
        if state is not None and is_image(layer) and state_of(layer) is state:
            self._known[layer] = state
            return False
        lost, before = self._known.pop(layer, None), layer.name
        revert(layer, lost)
        return state is not None or bool(layer.name != before)
