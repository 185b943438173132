"""The camera fitted to a layer, for as long as nobody moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

# Of the canvas, as napari leaves it around what it fits.
MARGIN = 0.05


def keep_fitted(viewer: ViewerModel, layer: Image) -> None:
    """Fit the camera to the active layer, anew whenever the canvas takes another size.

    A window is laid out only after its first layer came. It ends once the camera is moved, or
    another layer becomes the active one.
    """
    camera, resized = viewer.scene.camera, viewer.canvas.events.size
    another = viewer.layers.selection.events.active
    fitted = _fit(viewer, layer)

    def end() -> None:
        resized.disconnect(refit)
        another.disconnect(end)

    def refit() -> None:
        nonlocal fitted
        if (camera.center, camera.zoom) == fitted:
            fitted = _fit(viewer, layer)
        else:
            end()

    resized.connect(refit)
    another.connect(end)


def _fit(viewer: ViewerModel, layer: Image) -> tuple[tuple[float, ...], float]:
    """Fit the camera to a layer, whatever lies hidden beside it; return its centre and zoom.

    `fit_to_view` fails for a layer with fewer axes than a 4-D one beside it.
    """
    camera, extent = viewer.scene.camera, layer.extent
    missing = viewer.dims.ndim - layer.ndim
    world = np.pad(extent.world, ((0, 0), (missing, 0)))[:, viewer.dims.displayed]
    step = np.pad(extent.step, (missing, 0), constant_values=1)[list(viewer.dims.displayed)]
    camera.center = tuple(world.mean(axis=0))
    # Extents go from centre to centre of the outermost pixels.
    size = (np.ptp(world, axis=0) + step)[-2:]
    room = np.array(viewer.canvas.viewbox_size(viewer.layers))
    camera.zoom = (1 - MARGIN) * float(np.min(room / size))
    return camera.center, camera.zoom
