"""The panel's line says which file the slice in view can't be read from, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_mrseq.viewer.annotation import unread
from napari_mrseq.viewer.slice_in_view import slice_in_view

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_mrseq.viewer.controls import Controls


class UnreadNotice:
    """Follows the slice in view of the layer that the panel speaks of.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds layers and sliders.
    controls : Controls
        Name the layer, and hold the line.
    """

    def __init__(self, viewer: ViewerModel, controls: Controls) -> None:
        self._viewer, self._controls = viewer, controls
        self._words = ""
        viewer.layers.events.connect(self._on_layers)
        self._emitters = [viewer.layers.selection.events.active, viewer.dims.events.point]
        for emitter in self._emitters:
            emitter.connect(self._look)

    def close(self) -> None:
        """Let go of the viewer."""
        self._viewer.layers.events.disconnect(self._on_layers)
        for emitter in self._emitters:
            emitter.disconnect(self._look)

    def _on_layers(self, event: Any) -> None:
        # Of a slice that is new, why it can't be read is known once napari has asked for it.
        if event.type == "set_data":
            self._look()

    def _look(self) -> None:
        before, self._words = self._words, self._words_in_view()
        status = self._controls.status
        if self._words and self._words != before and self._controls.run.enabled:
            status.value = self._words
        elif before and not self._words and status.value == before:
            self._controls.show_nothing()

    def _words_in_view(self) -> str:
        layer = self._controls.layer.value
        index = None if layer is None else slice_in_view(self._viewer, layer)
        failure = None if index is None else unread(layer, index)
        return f"This slice can't be read: {failure.words}" if failure else ""
