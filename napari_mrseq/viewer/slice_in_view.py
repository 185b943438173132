"""Which slice of a layer is on the screen, and how to bring one there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_mrseq.viewer.attachment import Attachment
from napari_mrseq.viewer.image_layers import explained_by, is_image
from napari_mrseq.viewer.layer_events import LayerEvents
from napari_mrseq.viewer.layer_state import pixels_of
from napari_mrseq.viewer.units import ratios

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.components import ViewerModel
    from napari.layers import Image
    from numpy.typing import ArrayLike, NDArray

NO_SLICE = (
    "No slice of this layer is in view alone: show it in 2-D, one slice thick, and move the "
    "slider onto it."
)
VIEW_EVENTS = ("point", "margin_left", "margin_right", "order", "ndisplay", "units")
# A layer that is moved or stretched shows another slice though no slider moved.
PLACE_EVENTS = ("scale", "translate", "rotate", "shear", "affine", "units")
# Images that are blended so hide what lies below them.
HIDING = ("opaque", "translucent", "translucent_no_depth")


def watch_view(viewer: ViewerModel, handler: Callable[..., None]) -> Attachment:
    """Call a handler whenever another slice of a layer may have come into view."""
    sliders = [(viewer.dims.events[name], handler) for name in VIEW_EVENTS]
    return Attachment(sliders, (LayerEvents(viewer, handler, "projection_mode", *PLACE_EVENTS),))


def stack_shape(layer: Image) -> tuple[int, ...]:
    """Return (slices), (volumes, slices) or, for a flat picture, nothing."""
    return tuple(pixels_of(layer).shape[: layer.ndim - 2])


def middle_slice(layer: Image) -> int:
    """Return the middle slice of the first volume."""
    stack = stack_shape(layer)
    return stack[-1] // 2 if stack else 0


def slice_in_view(viewer: ViewerModel, layer: Image) -> int | None:
    """Return the number of the slice in view, counted through all volumes.

    None in 3-D view, where the axes are rolled so that slices are seen edge on, where napari
    shows several slices as one, and where the slider stands outside the layer.
    """
    dims = viewer.dims
    # Transposed, a slice is the same.
    if sorted(dims.displayed) != [dims.ndim - 2, dims.ndim - 1]:
        return None
    return None if _is_thick(viewer, layer) else _slice_at_sliders(viewer, layer)


def _is_thick(viewer: ViewerModel, layer: Image) -> bool:
    """Tell whether what is seen is made of other slices too, as napari takes them."""
    stack, dims = stack_shape(layer), viewer.dims
    if layer.projection_mode == "none" or not any((*dims.margin_left, *dims.margin_right)):
        return False
    point, before, behind = map(np.asarray, (dims.point, dims.margin_left, dims.margin_right))
    first, place, end = (
        _place(viewer, layer, one)[: len(stack)] for one in (point - before, point, point + behind)
    )
    # napari takes the last slice only where the margin ends on it.
    last = np.round(end) - ~np.isclose(np.round(end), end)
    more_before = np.maximum(np.round(first), 0) < np.round(place)
    more_behind = np.minimum(last, np.subtract(stack, 1)) > np.round(place)
    return bool((more_before | more_behind).any())


def _slice_at_sliders(viewer: ViewerModel, layer: Image) -> int | None:
    stack = stack_shape(layer)
    if not stack:
        return 0
    place = np.round(_place(viewer, layer, viewer.dims.point))[: len(stack)].astype(int)
    if (place < 0).any() or (place >= stack).any():
        return None
    return int(np.ravel_multi_index(tuple(place), stack))


def _place(viewer: ViewerModel, layer: Image, point: ArrayLike) -> NDArray[np.float64]:
    """Return where a point of the sliders lies in a layer, in pixels along its axes."""
    # Fewer sliders than the layer has axes, once it is removed.
    point = np.asarray(point)[-layer.ndim :]
    # A layer in cm beside one in mm: napari counts the sliders in units of their own.
    scaled = point * ratios(viewer.dims.units, layer.units)[-len(point) :]
    return np.asarray(layer.world_to_data(scaled))


def bring_into_view(viewer: ViewerModel, layer: Image) -> None:
    """Move the sliders to a layer's middle slice where they stand outside of it."""
    if _slice_at_sliders(viewer, layer) is None:
        show_slice(viewer, layer, middle_slice(layer))


def show_slice(viewer: ViewerModel, layer: Image, index: int) -> None:
    """Move the sliders so that slice `index` of `layer`, counted through all volumes, is seen."""
    stack = stack_shape(layer)
    if not stack:
        return
    place = np.unravel_index(index, stack)
    world = layer.data_to_world([*place, 0, 0]) / ratios(viewer.dims.units, layer.units)
    first = viewer.dims.ndim - layer.ndim
    viewer.dims.set_point(
        [first + axis for axis in range(len(stack))], [world[axis] for axis in range(len(stack))]
    )


def is_covered(viewer: ViewerModel, layer: Image) -> bool:
    """Tell whether an opaque image lies over a layer; in a grid none does."""
    if viewer.canvas.grid.enabled:
        return False
    above = list(viewer.layers)[viewer.layers.index(layer) + 1 :]
    opaque = [one for one in above if is_image(one) and one.opacity == 1]
    return any(
        one.visible and one.blending in HIDING and slice_in_view(viewer, one) is not None
        for one in opaque
    )


def show_layer(viewer: ViewerModel, layer: Image) -> None:
    """Make one image layer the visible and active one, at a slice that it has."""
    from napari.layers import Image

    # The active one first: of it alone, becoming visible moves the sliders.
    viewer.layers.selection.active = layer
    for other in viewer.layers:
        # Its own heat maps stay with it.
        wanted = other == layer or explained_by(other) is layer
        # To set what is so already would draw the scene anew, and lose the tool in use.
        if isinstance(other, Image) and other.visible != wanted:
            other.visible = wanted
    bring_into_view(viewer, layer)
