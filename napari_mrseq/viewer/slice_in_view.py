"""Which slice of a layer is on the screen, and how to bring one there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from napari_mrseq.series import Series
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.image_layers import HEAT_KEY, image_layers
from napari_mrseq.viewer.layer_data import SERIES_KEY, layer_of
from napari_mrseq.viewer.layer_series import is_as_opened, series_of
from napari_mrseq.viewer.layer_state import pixels_of, state_of

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_mrseq.verdict import Verdict

NO_SLICE = "No slice of this layer is in view: show it in 2-D and move the slider onto it."


def stack_shape(layer: Image) -> tuple[int, ...]:
    """Return (slices), (volumes, slices) or, for a flat picture, nothing."""
    return tuple(pixels_of(layer).shape[: layer.ndim - 2])


def middle_slice(layer: Image) -> int:
    """Return the middle slice of the first volume."""
    stack = stack_shape(layer)
    return stack[-1] // 2 if stack else 0


def slice_in_view(viewer: ViewerModel, layer: Image) -> int | None:
    """Return the number of the slice in view, counted through all volumes.

    None in 3-D view, where the axes are rolled so that slices are seen edge on, and where the
    slider stands outside the layer.
    """
    dims = viewer.dims
    # Transposed, a slice is the same.
    if sorted(dims.displayed) != [dims.ndim - 2, dims.ndim - 1]:
        return None
    return _slice_at_sliders(viewer, layer)


def _slice_at_sliders(viewer: ViewerModel, layer: Image) -> int | None:
    stack = stack_shape(layer)
    if not stack:
        return 0
    point = viewer.dims.point[-layer.ndim :]
    place = np.round(layer.world_to_data(point))[: len(stack)].astype(int)
    if (place < 0).any() or (place >= stack).any():
        return None
    return int(np.ravel_multi_index(tuple(place), stack))


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
    world = layer.data_to_world([*place, 0, 0])
    first = viewer.dims.ndim - layer.ndim
    viewer.dims.set_point(
        [first + axis for axis in range(len(stack))], [world[axis] for axis in range(len(stack))]
    )


def show_layer(viewer: ViewerModel, layer: Image) -> None:
    """Make one image layer the visible and active one, at a slice that it has."""
    from napari.layers import Image

    # The active one first: of it alone, becoming visible moves the sliders.
    viewer.layers.selection.active = layer
    layer.visible = True
    for other in viewer.layers:
        if isinstance(other, Image) and other != layer:
            # Its own heat maps stay with it.
            mark = other.metadata.get(HEAT_KEY)
            other.visible = mark is not None and mark["layer"]() is layer
    bring_into_view(viewer, layer)


def _is_of(layer: Image, series: Series) -> bool:
    """Tell whether a layer shows a series, be it one that was read another time."""
    known = layer.metadata.get(SERIES_KEY)
    same = isinstance(known, Series) and _identity(known) == _identity(series)
    return same and is_as_opened(layer)


def _identity(series: Series) -> tuple[object, ...]:
    files = [Path(file).absolute() for file in series.files]
    return series.kind, series.series_uid, series.part, series.pixels.shape, files


def _bring_up_to_date(layer: Image, verdict: Verdict) -> None:
    """Annotate a layer with a newer verdict, unless a person had a word on it."""
    state = state_of(layer)
    found = state.found if state else None
    newer = found is None or (found is not verdict and found.made <= verdict.made)
    if newer and not (state and state.corrections):
        annotate(layer, replace(verdict, series=series_of(layer)))


def open_verdict(viewer: ViewerModel, verdict: Verdict) -> None:
    """Show the series of a verdict: its layer, or a new one that is named so."""
    from napari.layers import Image

    for layer in image_layers(viewer):
        if _is_of(layer, verdict.series):
            _bring_up_to_date(layer, verdict)
            show_layer(viewer, layer)
            return
    data, attributes, _ = layer_of(verdict.series)
    layer = Image(data, **attributes)
    # Before the viewer has it: what follows the list of layers sees it named.
    annotate(layer, verdict)
    viewer.add_layer(layer)
    show_layer(viewer, layer)
