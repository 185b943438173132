"""How much is to be judged: the layers and slices that a scope means."""

from __future__ import annotations

from napari.components import ViewerModel
from napari.layers import Image

from napari_mrseq.viewer.image_layers import image_layers
from napari_mrseq.viewer.layer_series import series_of
from napari_mrseq.viewer.layer_state import pixels_of, state_of
from napari_mrseq.viewer.slice_in_view import NO_SLICE, slice_in_view
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
        The layer chosen in the panel.
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


def job_for(layer: Image, wanted: tuple[int, ...] | None = None) -> Job:
    """Return the job of judging a layer: the wanted slices, all by default.

    Raises
    ------
    ValueError
        If the layer is no stack of slices.
    """
    state = state_of(layer)
    series = state.series if state else series_of(layer)
    return Job(
        layer=layer,
        data=pixels_of(layer),
        series=series,
        wanted=tuple(range(series.slice_count)) if wanted is None else wanted,
        known=dict(state.judged) if state else {},
        known_by=dict(state.model_id) if state else {},
    )
