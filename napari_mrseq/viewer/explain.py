"""Explain a slice: a heat map of what speaks for its sequence, as a layer over it."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal

from napari_mrseq.errors import ReadError
from napari_mrseq.sequences import name_of
from napari_mrseq.viewer.activity import Activity
from napari_mrseq.viewer.annotation import own_name, pixels_of, series_of, state_of
from napari_mrseq.viewer.background import Background
from napari_mrseq.viewer.image_layers import HEAT_KEY
from napari_mrseq.viewer.slice_in_view import NO_SLICE, slice_in_view, stack_shape
from napari_mrseq.viewer.wording import percent, slice_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from napari.components import ViewerModel
    from napari.layers import Image
    from numpy.typing import NDArray

    from napari_mrseq.model import Model
    from napari_mrseq.series import Series
    from napari_mrseq.viewer.models import Models

# From nothing over red to bright yellow: told by brightness alone as well.
HEAT_COLOURS = ((0.4, 0.0, 0.1, 0.0), (0.85, 0.2, 0.1, 0.55), (1.0, 0.95, 0.4, 0.9))
OPACITY = 0.6


@dataclass(frozen=True, eq=False)
class Heat:
    """Where a slice holds evidence, (row, column) in 0 to 1, and for which sequence."""

    code: str
    probability: float
    map: NDArray[np.float32]


class Explainer:
    """Makes heat maps of the slices of a viewer, one at a time, off the GUI thread."""

    started = Signal(str)
    stopped = Signal(str)

    def __init__(self, viewer: ViewerModel, models: Models) -> None:
        self._viewer = viewer
        self._models = models
        self._background = Background(self._on_heat, self._on_error, self._on_end)
        self._show: Callable[[Heat], str] | None = None
        self._outcome = ""
        self._activity = Activity("Explaining the slice")

    @property
    def running(self) -> bool:
        """A heat map is being made."""
        return self._background.running

    def start(self, layer: Image, model: str, device: str) -> None:
        """Explain the slice of a layer that is in view."""
        if self.running:
            return
        index = slice_in_view(self._viewer, layer)
        if index is None:
            self.stopped.emit(NO_SLICE)
            return
        try:
            self._start(layer, index, model, device)
        except ValueError as error:
            self.stopped.emit(str(error))

    def close(self) -> None:
        """Let go: nothing of a heat map under way arrives any more."""
        self._background.close()
        self._activity.close()

    def _start(self, layer: Image, index: int, model: str, device: str) -> None:
        state = state_of(layer)
        series = state.series if state else series_of(layer)
        judged = state.judged.get(index) if state else None
        known = judged.probabilities if judged else None
        self._show = partial(self._show_on, layer, pixels_of(layer), series, index)
        self._outcome = ""
        words = slice_words(series, index)
        loading = "" if self._models.holds(model, device) else "Loading the model, once. "
        self.started.emit(f"{loading}Looking for what speaks for this sequence in {words}…")
        self._activity.show(0, 0)
        load = partial(self._models.load, model, device)
        self._background.start(_heat_steps, series, index, known, load)

    def _on_heat(self, heat: Heat) -> None:
        if self._show is not None:
            self._outcome = self._show(heat)

    def _on_error(self, cause: str) -> None:
        self._outcome = f"Not explained: {cause}"

    def _on_end(self) -> None:
        self._activity.close()
        self._show = None
        self.stopped.emit(self._outcome)

    def _show_on(self, layer: Image, data: Any, series: Series, index: int, heat: Heat) -> str:
        """Lay a heat map over its slice and say what it shows, or why there is none."""
        where = slice_words(series, index)
        what = f"{name_of(heat.code)}, {percent(heat.probability)}"
        if layer not in self._viewer.layers or pixels_of(layer) is not data:
            return "The layer has changed: nothing to explain."
        if not heat.map.any():
            return f"Nothing in {where} speaks for any sequence."
        show_heat(self._viewer, layer, index, heat)
        return f"Bright is what speaks for {what}, {where}."


def _heat_steps(*args: Any) -> Iterator[Heat]:
    yield heat_of(*args)


def heat_of(
    series: Series, index: int, known: Mapping[str, float] | None, load: Callable[[], Model]
) -> Heat:
    """Find what in a slice speaks for its likeliest sequence.

    Parameters
    ----------
    series : Series
        Its slices.
    index : int
        The slice, counted through all volumes.
    known : mapping of str to float or None
        Its probabilities, where it was judged before.
    load : callable
        Returns the model.

    Raises
    ------
    MrseqError
        If the slice can't be read, the model can't be loaded or heat maps can't be made here.
    """
    model = load()
    from napari_mrseq.judging import is_as_shown, judge_slices
    from napari_mrseq.model.explanation import explain

    if known is None or set(known) != set(model.classes):
        judged = judge_slices(series, model, [index])[0]
        if judged.failure:
            raise ReadError(judged.failure.cause, judged.failure.path)
        known = judged.probabilities
    code = max(known, key=lambda one: known[one])
    spacing = series.spacing[1:] if series.spacing else None
    pixels = np.asarray(series.slice_pixels(index))
    heat = explain(model, pixels, code, pixel_spacing=spacing, as_shown=is_as_shown(series))
    return Heat(code, known[code], heat)


def show_heat(viewer: ViewerModel, layer: Image, index: int, heat: Heat) -> Image:
    """Lay a heat map over its slice; an earlier one of the same slice goes."""
    for earlier in heat_layers(viewer, layer):
        if earlier.metadata[HEAT_KEY]["slice"] == index:
            viewer.layers.remove(earlier)
    made = heat_layer(layer, index, heat)
    active = viewer.layers.selection.active
    viewer.add_layer(made)
    viewer.layers.selection.active = active
    return made


def heat_layer(layer: Image, index: int, heat: Heat) -> Image:
    """Return a translucent layer that lies where slice `index` of `layer` lies."""
    from napari.layers import Image
    from napari.utils.colormaps import Colormap

    stack = stack_shape(layer)
    place = [int(i) for i in np.unravel_index(index, stack)] if stack else []
    # Where the slice's first pixel lies, before the layer's own affine.
    corner = layer.affine.inverse(layer.data_to_world([*place, 0, 0]))
    number = f", slice {place[-1] + 1}" if place else ""
    return Image(
        heat.map.reshape((1,) * len(stack) + heat.map.shape),
        name=f"why {name_of(heat.code)}: {own_name(layer)}{number}",
        scale=layer.scale,
        rotate=layer.rotate,
        shear=layer.shear,
        affine=layer.affine,
        translate=corner,
        units=layer.units,
        axis_labels=layer.axis_labels,
        colormap=Colormap(HEAT_COLOURS, name="mrseq-heat"),
        contrast_limits=(0.0, 1.0),
        opacity=OPACITY,
        blending="translucent",
        rgb=False,
        metadata={HEAT_KEY: {"layer": weakref.ref(layer), "slice": index, "sequence": heat.code}},
    )


def heat_layers(viewer: ViewerModel, layer: Image) -> list[Image]:
    """Return the heat maps that lie over a layer."""
    marks = ((one, one.metadata.get(HEAT_KEY)) for one in viewer.layers)
    return [one for one, mark in marks if mark is not None and mark["layer"]() is layer]


def remove_heat(viewer: ViewerModel, layer: Image) -> None:
    """Take all heat maps of a layer away."""
    for one in heat_layers(viewer, layer):
        viewer.layers.remove(one)
