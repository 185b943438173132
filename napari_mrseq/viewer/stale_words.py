"""The panel's line says no more what holds no longer: no slice in view, a map hidden in a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mrseq.viewer.attachment import Attachment
from napari_mrseq.viewer.heat_maps import AFTER_THE_GRID, gives_cells
from napari_mrseq.viewer.slice_in_view import NO_SLICE, slice_in_view, watch_view

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from napari_mrseq.viewer.controls import Controls


class StaleWords:
    """Takes away what the line says of the view once the view has changed.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds layers, sliders and grid.
    controls : Controls
        Name the layer, and hold the line.
    """

    def __init__(self, viewer: ViewerModel, controls: Controls) -> None:
        self._viewer, self._controls = viewer, controls
        grid = viewer.canvas.grid.events
        connections = (
            (viewer.layers.selection.events.active, self._on_view),
            (grid.enabled, self._on_grid),
            (grid.stride, self._on_grid),
        )
        self._attachment = Attachment(connections, (watch_view(viewer, self._on_view),))

    def close(self) -> None:
        """Let go of the viewer."""
        self._attachment.close()

    def _on_view(self) -> None:
        layer, status = self._controls.layer.value, self._controls.status
        if status.value != NO_SLICE:
            return
        if layer is None or slice_in_view(self._viewer, layer) is not None:
            status.value = ""

    def _on_grid(self) -> None:
        said: str = self._controls.status.value
        if not gives_cells(self._viewer) and said.endswith(AFTER_THE_GRID):
            self._controls.status.value = said.removesuffix(AFTER_THE_GRID).rstrip()
