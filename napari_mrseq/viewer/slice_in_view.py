"""Which slice of a layer is on the screen, and how to bring one there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.image_layers import explained_by, is_image
from napari_mrseq.viewer.layer_state import pixels_of
from napari_mrseq.viewer.units import ratios

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.components import ViewerModel
    from napari.layers import Image
    from numpy.typing import ArrayLike, NDArray

NO_SLICE = (
    "No single slice of this layer is in view: show it in 2-D, one slice thick, and move the "
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


def _stack_axes(layer: Image) -> list[int]:
    return list(range(layer.ndim - 2))


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
    taken = _taken(viewer, layer, _stack_axes(layer))
    if taken is None or any(end - first != 1 for first, end in taken):
        return None
    stack = stack_shape(layer)
    return int(np.ravel_multi_index([first for first, _ in taken], stack)) if stack else 0


def is_seen(viewer: ViewerModel, layer: Image) -> bool:
    """Tell whether napari draws a layer that is visible: the sliders stand on it."""
    dims = viewer.dims
    # A layer with fewer axes than there are sliders has the last ones (`_world_to_layer_dims`).
    missing = dims.ndim - layer.ndim
    order = [axis - missing for axis in dims.order if axis >= missing]
    return _taken(viewer, layer, order[: -dims.ndisplay]) is not None


def _taken(viewer: ViewerModel, layer: Image, axes: list[int]) -> list[tuple[int, int]] | None:
    """Return the slices that napari makes a picture of along some axes, from the first to the end.

    None where there is none (`_slice_out_of_bounds`, `_data_slice_to_slices`).
    """
    dims = viewer.dims
    is_thick = layer.projection_mode != "none"
    before, behind = (is_thick * np.asarray(one) for one in (dims.margin_left, dims.margin_right))
    lowest = _place(viewer, layer, dims.point - before, axes)
    highest = _place(viewer, layer, dims.point + behind, axes)
    first, last = np.round(lowest), np.round(highest)
    count = np.take(pixels_of(layer).shape, axes)
    if ((last < 0) | (first >= count)).any():
        return None
    first, last = first.clip(0), last.clip(0)
    # The last slice only where the margin ends on it, but at least one.
    end = last + np.isclose(last, highest)
    end = np.minimum(end + (end == first), count)
    # Of a mirrored layer napari may ask from the end to the first.
    is_empty = bool((end <= first).any())
    return None if is_empty else [*zip(first.astype(int), end.astype(int), strict=True)]


def _place(
    viewer: ViewerModel, layer: Image, point: ArrayLike, axes: list[int]
) -> NDArray[np.float64]:
    """Return where a point of the sliders lies in a layer along `axes`, in pixels.

    The other axes are those that are drawn. Where a layer is turned or sheared out of its slices,
    napari leaves them out (`_SliceInput.data_slice`): their sliders move nothing.
    """
    # Fewer sliders than the layer has axes, once it is removed.
    point = np.asarray(point)[-layer.ndim :]
    # A layer in cm beside one in mm: napari counts the sliders in units of their own.
    scaled = point * ratios(viewer.dims.units, layer.units)[-len(point) :]
    moving = np.zeros(layer.ndim)
    moving[-len(scaled) :] = scaled
    moving[np.delete(np.arange(layer.ndim), axes)] = 0
    return np.asarray(layer.world_to_data(moving))[axes]


def bring_into_view(viewer: ViewerModel, layer: Image) -> None:
    """Move the sliders to a layer's middle slice where they stand outside of it."""
    if _taken(viewer, layer, _stack_axes(layer)) is None:
        show_slice(viewer, layer, middle_slice(layer))


def show_slice(viewer: ViewerModel, layer: Image, index: int) -> None:
    """Move the sliders so that slice `index` of `layer`, counted through all volumes, is seen."""
    stack = stack_shape(layer)
    if not stack:
        return
    axes = _stack_axes(layer)
    origin, *ends = (
        _place(viewer, layer, point, axes) for point in np.eye(layer.ndim + 1, layer.ndim, -1)
    )
    steps = np.column_stack([end - origin for end in ends[: len(stack)]])
    # Of a layer turned by 90 degrees no slider changes the slice: nothing to solve.
    world = np.linalg.lstsq(steps, np.unravel_index(index, stack) - origin, rcond=None)[0]
    first = viewer.dims.ndim - layer.ndim
    viewer.dims.set_point([first + axis for axis in axes], list(world))


def covering(viewer: ViewerModel, layer: Image) -> Image | None:
    """Return the opaque image that lies over the middle of a layer, the topmost of several.

    None where none does, as in 3-D, in a grid, and of images that stand beside each other.
    """
    if viewer.canvas.grid.enabled or viewer.dims.ndisplay == 3:
        return None
    above = list(viewer.layers)[viewer.layers.index(layer) + 1 :]
    images = (one for one in reversed(above) if is_image(one) and one.visible)
    opaque = (one for one in images if one.opacity == 1 and one.blending in HIDING)
    return next(
        (one for one in opaque if _lies_over(viewer, one, layer) and is_seen(viewer, one)), None
    )


def _lies_over(viewer: ViewerModel, upper: Image, layer: Image) -> bool:
    """Tell whether an image is drawn where the middle of a layer is drawn."""
    units = viewer.dims.units
    middle = (np.array(pixels_of(layer).shape[: layer.ndim]) - 1) / 2
    point = np.array(viewer.dims.point)
    point[-layer.ndim :] = layer.data_to_world(middle) / ratios(units, layer.units)
    place = upper.world_to_data(point[-upper.ndim :] * ratios(units, upper.units))
    shape = pixels_of(upper).shape[: upper.ndim]
    shown = [axis - viewer.dims.ndim for axis in viewer.dims.displayed]
    return all(-0.5 <= place[axis] <= shape[axis] - 0.5 for axis in shown if -axis <= upper.ndim)


def show_layer(viewer: ViewerModel, layer: Image) -> None:
    """Make one image layer the visible and active one, at a slice that it has."""
    from napari.layers import Image

    # The active one first: of it alone, becoming visible moves the sliders.
    viewer.layers.selection.active = layer
    for other in viewer.layers:
        # Its own heat maps stay with it.
        wanted = other == layer or explained_by(other) is layer
        # To set what is set already would redraw the scene, and lose the tool in use.
        if isinstance(other, Image) and other.visible != wanted:
            other.visible = wanted
    bring_into_view(viewer, layer)
