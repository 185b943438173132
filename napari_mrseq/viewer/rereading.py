"""A slice that could not be read is read again: when the user comes back, or once a run could."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.utils import resize_dask_cache

from napari_mrseq.viewer.annotation import pixels_of, state_of
from napari_mrseq.viewer.image_layers import is_image
from napari_mrseq.viewer.layer_data import SERIES_KEY
from napari_mrseq.viewer.shown_pixels import UNREAD_KEY, shows
from napari_mrseq.viewer.slice_in_view import slice_in_view

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_mrseq.series import Failure


class Rereading:
    """Keeps blanks out of napari's memory, and layers in step with what a run could read.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds layers and sliders.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        viewer.layers.events.connect(self._on_layers)

    def close(self) -> None:
        """Let go of the viewer."""
        self._viewer.layers.events.disconnect(self._on_layers)

    def _on_layers(self, event: Any) -> None:
        if event.type not in ("set_data", "metadata") or not is_image(event.sources[0]):
            return
        layer = event.sources[0]
        blanks = _blanks(layer)
        if event.type == "metadata":
            _heal(layer, blanks)
        elif blanks and slice_in_view(self._viewer, layer) in {None, *blanks}:
            # napari keeps all that was cut from a blank too, under names of dask's own.
            resize_dask_cache().cache.clear()


def _blanks(layer: Image) -> dict[int, Failure]:
    if not shows(pixels_of(layer), layer.metadata.get(SERIES_KEY)):
        return {}
    blanks: dict[int, Failure] = layer.metadata.get(UNREAD_KEY, {})
    return blanks


def _heal(layer: Image, blanks: dict[int, Failure]) -> None:
    """Show slices again that a run could read."""
    judged = getattr(state_of(layer), "judged", {})
    healed = [index for index in blanks if index in judged and not judged[index].failure]
    for index in healed:
        del blanks[index]
    if healed:
        layer.refresh()
