"""The panel's status line follows the view: it says why the slice in view can't be read."""

from __future__ import annotations

from napari.components import ViewerModel
from napari.layers import Image

from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.controls import Controls
from napari_mrseq.viewer.heat_maps import AFTER_THE_GRID, gives_cells
from napari_mrseq.viewer.layer_series import is_as_opened, unread
from napari_mrseq.viewer.layer_state import own_name
from napari_mrseq.viewer.slice_in_view import NO_SLICE, slice_in_view, watch_view
from napari_mrseq.viewer.wording import sentence


class StatusLine(Attachment):
    """Says why the slice in view of the chosen layer can't be read, behind what the line says.

    What it says of a view or a grid that has gone is taken away.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds layers, sliders and grid.
    controls : Controls
        Hold the chosen layer and the status line.
    """

    def __init__(self, viewer: ViewerModel, controls: Controls) -> None:
        self._viewer, self._controls = viewer, controls
        # The line as it was written here last, and the part of it that others had written.
        self._line = self._said = ""
        emitters = (viewer.layers.selection.events.active, viewer.layers.events.removed)
        grid = viewer.canvas.grid.events
        super().__init__(
            (
                *((one, self._update) for one in (*emitters, controls.stopped)),
                *((one, self._on_grid) for one in (grid.enabled, grid.stride)),
            ),
            # Of a slice that is new, why it can't be read is known once napari has asked for it.
            (LayerEvents(viewer, self._update, "set_data"), watch_view(viewer, self._update)),
        )

    def _update(self) -> None:
        # While a run is under way the line shows how far it is.
        if not self._controls.run.enabled:
            return
        status, layer = self._controls.status, self._controls.layer.value
        # The controls name a layer that was removed until they are offered the others.
        there = layer is not None and layer in self._viewer.layers
        index = slice_in_view(self._viewer, layer) if there else None
        # What others wrote since stays.
        said = self._said if status.value == self._line else status.value
        if said == NO_SLICE and (layer is None or index is not None):
            said = ""
        words = "" if index is None else _unread_words(layer, index, said)
        line = f"{sentence(said)} {words}" if said and words else said or words
        if line != status.value:
            status.value = line
        self._said, self._line = said, line

    def _on_grid(self) -> None:
        said: str = self._controls.status.value
        if not gives_cells(self._viewer) and said.endswith(AFTER_THE_GRID):
            self._controls.status.value = said.removesuffix(AFTER_THE_GRID).rstrip()


def _unread_words(layer: Image, index: int, said: str) -> str:
    failure = unread(layer, index)
    # A run says the same cause of a series of which nothing can be read.
    if failure is None or (f"{own_name(layer)}: " in said and failure.cause in said):
        return ""
    part = "" if is_as_opened(layer) else " is made of one that"
    return f"This slice{part} can't be read: {sentence(failure.words)}"
