"""How much is to be judged: the layers and slices that a scope means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mrseq.viewer.image_layers import image_layers
from napari_mrseq.viewer.runner import job_for
from napari_mrseq.viewer.slice_in_view import NO_SLICE, slice_in_view

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

    from napari_mrseq.viewer.worker import Job

WHOLE_STACK = "whole stack"
SLICE_IN_VIEW = "slice in view"
ALL_LAYERS = "all layers"
SCOPES = (WHOLE_STACK, SLICE_IN_VIEW, ALL_LAYERS)


def jobs_of(viewer: ViewerModel, layer: Image, scope: str) -> tuple[list[Job], list[str]]:
    """Return what is to be judged, `layer` first, and why the rest can't be.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Holds the layers and the slice in view.
    layer : Image
        The layer that the panel speaks of.
    scope : str
        One of `SCOPES`.
    """
    slices = None
    layers = [layer]
    if scope == SLICE_IN_VIEW:
        index = slice_in_view(viewer, layer)
        if index is None:
            return [], [NO_SLICE]
        slices = (index,)
    elif scope == ALL_LAYERS:
        layers += [other for other in image_layers(viewer) if other != layer]
    jobs, causes = [], []
    for one in layers:
        try:
            jobs.append(job_for(one, slices))
        except ValueError as error:
            causes.append(str(error))
    return jobs, causes
