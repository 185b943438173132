"""A slice that could not be read is read again: when the user comes back, or once a run could."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from napari.components import ViewerModel
from napari.layers import Image
from napari.utils import resize_dask_cache

from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.image_layers import image_layers, is_image
from napari_mrseq.viewer.layer_series import is_as_opened
from napari_mrseq.viewer.layer_state import pixels_of, state_of
from napari_mrseq.viewer.shown_pixels import UNREAD_KEY, unread_in
from napari_mrseq.viewer.slice_in_view import slice_in_view


class Rereading(Attachment):
    """Keeps blanks out of napari's memory, and layers in step with what could be read since.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds layers and sliders.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        # Blanks may have been drawn while nobody looked.
        self._blank = WeakSet(one for one in image_layers(viewer) if self._is_blank(one))
        super().__init__((), (LayerEvents(viewer, self._on_layer, "set_data", "metadata"),))

    def _on_layer(self, event: Any) -> None:
        layer = event.source
        if not is_image(layer):
            return
        if event.type == "metadata":
            _heal(layer)
        elif self._is_blank(layer):
            self._blank.add(layer)
            # napari keeps all that was cut from a blank too, under names of dask's own.
            resize_dask_cache().cache.clear()
        else:
            self._blank.discard(layer)
        self._refresh_healed()

    def _refresh_healed(self) -> None:
        """Draw layers again that show a blank of what could be read since, be it in another."""
        for layer in [one for one in self._blank if not self._is_blank(one)]:
            self._blank.discard(layer)
            layer.refresh()

    def _is_blank(self, layer: Image) -> bool:
        """Tell whether what is seen of a layer is blank, in part at least."""
        return unread_in(pixels_of(layer), slice_in_view(self._viewer, layer)) is not None


def _heal(layer: Image) -> None:
    """Forget of slices that they can't be read, once a run could."""
    state, blanks = state_of(layer), layer.metadata.get(UNREAD_KEY, {})
    if state is None or not is_as_opened(layer):
        return
    for index in tuple(blanks):
        if index in state.judged and not state.judged[index].failure:
            blanks.pop(index, None)
