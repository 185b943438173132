"""Layers come into a window: those of a study one after the other, and that of a verdict."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from napari.components import ViewerModel
from napari.layers import Image, Layer
from napari.utils.naming import inc_name_count

from napari_mrseq.series import Series
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.annotation import annotate
from napari_mrseq.viewer.background import Activity
from napari_mrseq.viewer.camera import keep_fitted
from napari_mrseq.viewer.image_layers import image_layers
from napari_mrseq.viewer.layer_data import SERIES_KEY, LayerData, layer_of
from napari_mrseq.viewer.layer_series import is_as_opened, is_same_series, series_of
from napari_mrseq.viewer.layer_state import state_of
from napari_mrseq.viewer.single_shot import SingleShot
from napari_mrseq.viewer.slice_in_view import bring_into_view, middle_slice, show_layer, show_slice
from napari_mrseq.viewer.units import share_units


class Opening(SingleShot):
    """Adds the layer of a study that is shown at once, and another one each time that Qt is idle.

    It goes with the window: one that is closed takes no more layers.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the layers go, above those that are there.
    layers : list of layer data tuples
        In their order; one of them is visible.
    on_end : callable, optional
        Called once all are there, never before this object is made.
    """

    def __init__(
        self, viewer: Any, layers: list[LayerData], on_end: Callable[[], None] | None = None
    ) -> None:
        window = viewer.window._qt_window
        super().__init__(self._add_next, window)
        self._viewer = viewer
        self._on_end, self._total = on_end, len(layers)
        shown = next(place for place, (_, said, _) in enumerate(layers) if said["visible"])
        # Each with whether it goes above those that are there.
        self._left = deque((data, False) for data in layers[:shown])
        self._left.extend((data, True) for data in layers[shown + 1 :])
        self._activity = activity = Activity("Opening the study")
        # Qt holds a method weakly, and this object goes with the window.
        window.destroyed.connect(lambda: activity.close())
        share_units(layers, viewer.layers)
        empty = not viewer.layers
        # The next one goes below it, and once none is left that does, above it.
        self._beside = viewer.add_layer(Layer.create(*_numbered(layers, shown)))
        if empty:
            show_slice(viewer, self._beside, middle_slice(self._beside))
            keep_fitted(viewer, self._beside)
        else:
            bring_into_view(viewer, self._beside)
        self.start()

    def _add_next(self) -> None:
        # One that is closed is destroyed only later; napari's own object lets go of it at once.
        if not hasattr(self._viewer.window, "_qt_window"):
            self._activity.close()
            return
        if self._left:
            self._insert(*self._left.popleft())
            self._activity.show(self._total - len(self._left), self._total)
            self.start()
            return
        self._activity.close()
        # What it holds of the study goes with it.
        self.deleteLater()
        if self._on_end is not None:
            self._on_end()

    def _insert(self, data: LayerData, above: bool) -> None:
        layers, layer = self._viewer.layers, Layer.create(*data)
        there = self._beside in layers
        place = layers.index(self._beside) + above if there else len(layers)
        selection = layers.selection
        chosen = list(selection)
        # For one of more axes than those there, napari fits the camera to all, hidden ones too.
        axes_come = self._viewer.dims.events.order.blocker(self._viewer.fit_to_view)
        # It chooses what comes: the controls in hand would go, and the sliders move.
        with axes_come, selection.events.blocker_all():
            layers.insert(place, layer)
            selection.clear()
            selection.update(chosen)
        if above:
            self._beside = layer


def _numbered(layers: list[LayerData], place: int) -> LayerData:
    """Return a layer with the name that napari gives it behind the others of its name."""
    pixels, said, kind = layers[place]
    name = said["name"]
    for _, other, _ in layers[:place]:
        if other["name"] == said["name"]:
            name = inc_name_count(name)
    return pixels, {**said, "name": name}, kind


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
    return isinstance(known, Series) and is_same_series(known, series) and is_as_opened(layer)


def _bring_up_to_date(layer: Image, verdict: Verdict) -> None:
    """Annotate a layer with a newer verdict, unless it was corrected by a person."""
    state = state_of(layer)
    found = state.found if state else None
    newer = found is None or (found is not verdict and found.made <= verdict.made)
    if newer and not (state and state.corrections):
        annotate(layer, replace(verdict, series=series_of(layer)))
