"""The panel's line follows the view: why a slice can't be read, and nothing of what has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.heat_maps import AFTER_THE_GRID, gives_cells
from napari_mrseq.viewer.layer_series import is_as_opened, unread
from napari_mrseq.viewer.layer_state import own_name
from napari_mrseq.viewer.slice_in_view import NO_SLICE, slice_in_view, watch_view
from napari_mrseq.viewer.wording import sentence

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_mrseq.viewer.controls import Controls


class LineOfView(Attachment):
    """Follows the slice in view of the layer that the panel speaks of, and the grid.

    What the line says already stays before what is said of the slice.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds layers, sliders and grid.
    controls : Controls
        Name the layer, and hold the line.
    """

    def __init__(self, viewer: ViewerModel, controls: Controls) -> None:
        self._viewer, self._controls = viewer, controls
        # The line as it was written here last, and what others had said in it.
        self._line = self._said = ""
        looks = (viewer.layers.selection.events.active, viewer.layers.events.removed)
        grid = viewer.canvas.grid.events
        super().__init__(
            (
                *((one, self._look) for one in (*looks, controls.stopped)),
                *((one, self._on_grid) for one in (grid.enabled, grid.stride)),
            ),
            # Of a slice that is new, why it can't be read is known once napari has asked for it.
            (LayerEvents(viewer, self._look, "set_data"), watch_view(viewer, self._look)),
        )

    def _look(self) -> None:
        # While a run is under way the line is its own.
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
