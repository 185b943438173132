"""The active layer is kept in view: no black canvas where the sliders stand outside of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from napari.components import ViewerModel

from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.camera import keep_fitted
from napari_mrseq.viewer.image_layers import is_image
from napari_mrseq.viewer.layer_data import SERIES_KEY, LayerData
from napari_mrseq.viewer.slice_in_view import bring_into_view


def keep_active_in_view(viewer: ViewerModel) -> Attachment:
    """Move the sliders onto the layer that becomes the active one, or is shown again.

    Where they stand on one of its slices they stay.
    """

    def bring_active() -> None:
        active = viewer.layers.selection.active
        if is_image(active) and active.visible:
            bring_into_view(viewer, active)

    def on_visible(event: Any) -> None:
        # That another layer is shown or hidden moves no slider.
        if event.source == viewer.layers.selection.active:
            bring_active()

    return Attachment(
        ((viewer.layers.selection.events.active, bring_active),),
        (LayerEvents(viewer, on_visible, "visible"),),
    )


def bring_when_added(layer: LayerData) -> None:
    """Choose a layer that napari is about to add, and move the sliders onto it.

    Whether the panel is there or not. In a viewer that was empty the camera is fitted to it too.

    Parameters
    ----------
    layer : layer data tuple
        As it is handed to napari.
    """
    from napari import Viewer, current_viewer
    from qtpy.QtCore import QTimer

    current = current_viewer()
    if current is None:
        return
    # napari tells a reader of no viewer, and the current one need not be that which opens.
    viewers: Iterable[Any] = getattr(Viewer, "_instances", [current])
    series = layer[1]["metadata"][SERIES_KEY]
    # napari fits it to the layer that comes first, which is hidden, and may lie elsewhere.
    empty = [id(viewer) for viewer in viewers if not viewer.layers]

    def move_sliders() -> None:
        for viewer in list(viewers):
            for added in viewer.layers:
                if added.metadata.get(SERIES_KEY) is series:
                    viewer.layers.selection.active = added
                    bring_into_view(viewer, added)
                    if id(viewer) in empty:
                        keep_fitted(viewer, added)

    QTimer.singleShot(0, move_sliders)
