"""Heat maps as layers: each lies over the slice that it explains, and goes with its layer."""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
from napari.components import ViewerModel
from napari.layers import Image, Layer
from napari.utils.colormaps import Colormap
from numpy.typing import NDArray
from qtpy.QtCore import QObject

from napari_mrseq.sequences import name_of
from napari_mrseq.viewer.attachment import Attachment, LayerEvents
from napari_mrseq.viewer.image_layers import HEAT_KEY, explained_by
from napari_mrseq.viewer.layer_state import own_name
from napari_mrseq.viewer.single_shot import SingleShot
from napari_mrseq.viewer.slice_in_view import PLACE_EVENTS, stack_shape

# From nothing over red to bright yellow: told by brightness alone as well.
HEAT_COLOURS = ((0.4, 0.0, 0.1, 0.0), (0.85, 0.2, 0.1, 0.55), (1.0, 0.95, 0.4, 0.9))
OPACITY = 0.6
AFTER_THE_GRID = "In a grid it is hidden: there it would stand beside its slice, not over it."


@dataclass(frozen=True, eq=False)
class Heat:
    """Where a slice holds evidence, (row, column) in 0 to 1, and for which sequence."""

    code: str
    probability: float
    map: NDArray[np.float32]


def show_heat(viewer: ViewerModel, layer: Image, index: int, heat: Heat) -> Image:
    """Lay a heat map over its slice; an earlier one of the same slice goes."""
    for earlier in heat_layers(viewer, layer):
        if earlier.metadata[HEAT_KEY]["slice"] == index:
            viewer.layers.remove(earlier)
    made = heat_layer(layer, index, heat)
    active = viewer.layers.selection.active
    # On top of all, it would lie over a picture that it doesn't explain.
    viewer.layers.insert(viewer.layers.index(layer) + 1, made)
    viewer.layers.selection.active = active
    return made


def heat_layer(layer: Image, index: int, heat: Heat) -> Image:
    """Return a translucent layer that lies where slice `index` of `layer` lies."""
    stack = stack_shape(layer)
    number = f", slice {index % stack[-1] + 1}" if stack else ""
    return Image(
        heat.map.reshape((1,) * len(stack) + heat.map.shape),
        name=f"why {name_of(heat.code)}: {own_name(layer)}{number}",
        **_place_of(layer, index),
        axis_labels=layer.axis_labels,
        colormap=Colormap(HEAT_COLOURS, name="mrseq-heat"),
        contrast_limits=(0.0, 1.0),
        opacity=OPACITY,
        blending="translucent",
        visible=layer.visible,
        rgb=False,
        metadata={HEAT_KEY: {"layer": weakref.ref(layer), "slice": index, "sequence": heat.code}},
    )


def _place_of(layer: Image, index: int) -> dict[str, Any]:
    """Return the attributes of a layer that lies where slice `index` lies."""
    place = np.unravel_index(index, stack_shape(layer))
    # Where the slice's first pixel lies, before the layer's own affine.
    corner = layer.affine.inverse(layer.data_to_world([*place, 0, 0]))
    return {**{one: getattr(layer, one) for one in PLACE_EVENTS}, "translate": corner}


def heat_layers(viewer: ViewerModel, layer: Image) -> list[Image]:
    """Return the heat maps that lie over a layer."""
    return [one for one in viewer.layers if explained_by(one) is layer]


def remove_heat(viewer: ViewerModel, layer: Image) -> None:
    """Take all heat maps of a layer away."""
    for one in heat_layers(viewer, layer):
        viewer.layers.remove(one)


def gives_cells(viewer: ViewerModel) -> bool:
    """Tell whether each layer stands in a cell of its own: a grid, unless the user pairs them."""
    return bool(viewer.canvas.grid.enabled) and abs(viewer.canvas.grid.stride) == 1


class HeatMaps(Attachment):
    """Heat maps move and go with their layer, and are hidden in a grid.

    There a map would stand beside the slice that it is to lie over.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds the layers.
    parent : QObject
        Owns the timer.
    """

    def __init__(self, viewer: ViewerModel, parent: QObject) -> None:
        self._viewer = viewer
        self._hidden: weakref.WeakSet[Layer] = weakref.WeakSet()
        # napari may not be done yet with removing several layers.
        self._timer = SingleShot(self._remove_orphans, parent)
        grid = viewer.canvas.grid.events
        super().__init__(
            (
                (viewer.layers.events.removed, self._on_removed),
                (viewer.layers.events.inserted, self._follow_grid),
                (grid.enabled, self._follow_grid),
                (grid.stride, self._follow_grid),
            ),
            (
                self._timer,
                LayerEvents(viewer, self._follow_grid, "visible"),
                LayerEvents(viewer, self._follow_place, *PLACE_EVENTS),
            ),
        )
        self._follow_grid()

    def _follow_grid(self) -> None:
        maps = [one for one in self._viewer.layers if HEAT_KEY in one.metadata]
        if gives_cells(self._viewer):
            for heat in [one for one in maps if one.visible]:
                heat.visible = False
                self._hidden.add(heat)
            return
        hidden = [one for one in maps if one in self._hidden]
        # Showing one calls this method again.
        self._hidden.clear()
        for heat in hidden:
            explained = explained_by(heat)
            heat.visible = explained is not None and explained.visible

    def _follow_place(self, event: Any) -> None:
        """Move heat maps where their layer was moved."""
        layer = event.source
        for heat in heat_layers(self._viewer, layer):
            index = heat.metadata[HEAT_KEY]["slice"]
            # What napari projects of a map has its metadata, and fewer axes; of other pixels that
            # the layer was given since, the slice may be none.
            if heat.ndim != layer.ndim or index >= math.prod(stack_shape(layer)):
                continue
            for name, value in _place_of(layer, index).items():
                setattr(heat, name, value)

    def _on_removed(self, event: Any) -> None:
        left = heat_layers(self._viewer, event.value)
        for heat in left:
            # Unseen at once: Mesa may crash where a map of one slice is drawn alone.
            heat.visible = False
        if left:
            self._timer.start()

    def _remove_orphans(self) -> None:
        for layer in list(self._viewer.layers):
            if HEAT_KEY in layer.metadata and explained_by(layer) not in self._viewer.layers:
                self._viewer.layers.remove(layer)
