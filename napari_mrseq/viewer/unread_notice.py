"""The panel's line says which file the slice in view can't be read from, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mrseq.viewer.attachment import Attachment
from napari_mrseq.viewer.layer_events import LayerEvents
from napari_mrseq.viewer.layer_series import is_as_opened, unread
from napari_mrseq.viewer.slice_in_view import NO_SLICE, slice_in_view, watch_view

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_mrseq.viewer.controls import Controls


class UnreadNotice:
    """Follows the slice in view of the layer that the panel speaks of.

    What the line says already stays before it.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds layers and sliders.
    controls : Controls
        Name the layer, and hold the line.
    """

    def __init__(self, viewer: ViewerModel, controls: Controls) -> None:
        self._viewer, self._controls = viewer, controls
        self._before = self._line = ""
        # Of a slice that is new, why it can't be read is known once napari has asked for it.
        looks = LayerEvents(viewer, self._look, "set_data")
        emitters = (
            viewer.layers.selection.events.active,
            viewer.layers.events.removed,
            controls.stopped,
        )
        connections = [(one, self._look) for one in emitters]
        self._attachment = Attachment(connections, (looks, watch_view(viewer, self._look)))

    def close(self) -> None:
        """Let go of the viewer."""
        self._attachment.close()

    def _look(self) -> None:
        # While a run is under way the line is its own.
        if not self._controls.run.enabled:
            return
        status, words = self._controls.status, self._words_in_view()
        # What others wrote since stays.
        before = self._before if self._line and status.value == self._line else status.value
        # A slice is in view now.
        before = "" if words and before == NO_SLICE else before
        line = f"{before} {words}".strip() if words else before
        if line != status.value:
            status.value = line
        self._before, self._line = before, line if words else ""

    def _words_in_view(self) -> str:
        layer = self._controls.layer.value
        # The controls name a layer that was removed until they are offered the others.
        there = layer is not None and layer in self._viewer.layers
        index = slice_in_view(self._viewer, layer) if there else None
        failure = None if index is None else unread(layer, index)
        if not failure:
            return ""
        part = "" if is_as_opened(layer) else " is made of one that"
        return f"This slice{part} can't be read: {failure.words}"
