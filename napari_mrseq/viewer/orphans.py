"""Heat maps go when the layer goes that they explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QObject

from napari_mrseq.viewer.explain import heat_layers
from napari_mrseq.viewer.image_layers import HEAT_KEY
from napari_mrseq.viewer.single_shot import single_shot

if TYPE_CHECKING:
    from napari.components import ViewerModel


class Orphans:
    """Takes heat maps away whose layer was removed.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds the layers.
    parent : QObject
        Owns the timer.
    """

    def __init__(self, viewer: ViewerModel, parent: QObject) -> None:
        self._viewer = viewer
        # napari may be in the midst of removing several layers.
        self._timer = single_shot(self._remove, parent)
        viewer.layers.events.removed.connect(self._on_removed)

    def close(self) -> None:
        """Let go of the viewer."""
        self._timer.stop()
        self._viewer.layers.events.removed.disconnect(self._on_removed)

    def _on_removed(self, event: Any) -> None:
        left = heat_layers(self._viewer, event.value)
        for heat in left:
            # Unseen at once: Mesa may crash where a map of one slice is drawn alone.
            heat.visible = False
        if left:
            self._timer.start()

    def _remove(self) -> None:
        for layer in list(self._viewer.layers):
            mark = layer.metadata.get(HEAT_KEY)
            if mark is not None and mark["layer"]() not in self._viewer.layers:
                self._viewer.layers.remove(layer)
