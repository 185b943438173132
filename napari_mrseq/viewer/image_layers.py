"""Which layers of a viewer are MR images, and which are heat maps laid over them."""

from __future__ import annotations

from typing import TypeGuard

from napari.components import ViewerModel
from napari.layers import Image, Layer

# Marks a heat map in its layer's metadata, and holds the slice it explains.
HEAT_KEY = "mrseq_heat_map"


def explained_by(heat: Layer) -> Image | None:
    """Return the layer that a heat map lies over; None once it is gone, and for other layers."""
    mark = heat.metadata.get(HEAT_KEY)
    return None if mark is None else mark["layer"]()


def image_layers(viewer: ViewerModel) -> list[Image]:
    """Return the image layers that can be classified, in the viewer's order."""
    return [layer for layer in viewer.layers if is_image(layer)]


def is_image(layer: Layer | None) -> TypeGuard[Image]:
    """Tell whether a layer is there and can be classified: an image, no heat map of ours."""
    return isinstance(layer, Image) and HEAT_KEY not in layer.metadata
