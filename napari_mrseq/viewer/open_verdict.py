"""The series of a verdict as a layer: the one that shows it already, or a new one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from napari.components import ViewerModel
from napari.layers import Image, Layer

from napari_mrseq.series import Series
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.image_layers import image_layers
from napari_mrseq.viewer.layer_data import SERIES_KEY, layer_of
from napari_mrseq.viewer.layer_series import is_as_opened, series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.slice_in_view import show_layer
from napari_mrseq.viewer.units import share_units


def open_verdict(viewer: ViewerModel, verdict: Verdict) -> None:
    """Show the series of a verdict: its layer, or a new one that is named so."""
    for layer in image_layers(viewer):
        if _is_of(layer, verdict.series):
            _bring_up_to_date(layer, verdict)
            show_layer(viewer, layer)
            return
    layer_data = layer_of(verdict.series)
    share_units([layer_data], viewer.layers)
    opened: Any = Layer.create(*layer_data)
    # Before the viewer has it: what follows the list of layers sees it named.
    annotate(opened, verdict)
    viewer.add_layer(opened)
    show_layer(viewer, opened)


def _is_of(layer: Image, series: Series) -> bool:
    """Tell whether a layer shows a series, be it one that was read another time."""
    known = layer.metadata.get(SERIES_KEY)
    same = isinstance(known, Series) and _identity(known) == _identity(series)
    return same and is_as_opened(layer)


def _identity(series: Series) -> tuple[object, ...]:
    files = [Path(file).absolute() for file in series.files]
    return series.kind, series.series_uid, series.part, series.pixels.shape, files


def _bring_up_to_date(layer: Image, verdict: Verdict) -> None:
    """Annotate a layer with a newer verdict, unless it was corrected by a person."""
    state = state_of(layer)
    found = state.found if state else None
    newer = found is None or (found is not verdict and found.made <= verdict.made)
    if newer and not (state and state.corrections):
        annotate(layer, replace(verdict, series=series_of(layer)))
