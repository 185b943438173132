"""Verdict ↔ layer: the name, the metadata, and the way back."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from napari_mrseq.correction import correct, correct_slice
from napari_mrseq.exchange import with_exchanges
from napari_mrseq.reading.geometry import ASSUMED_DISTANCE_MM, UNKNOWN_THICKNESS
from napari_mrseq.series import Failure, Series, series_from_array
from napari_mrseq.viewer.layer_data import SERIES_KEY
from napari_mrseq.viewer.shown_pixels import UNREAD_KEY, shows
from napari_mrseq.viewer.units import millimetres
from napari_mrseq.viewer.wording import layer_prefix, layer_suffix

if TYPE_CHECKING:
    from napari.layers import Image, Layer

    from napari_mrseq.decision import Correction
    from napari_mrseq.verdict import SliceVerdict, Verdict

RECORD_KEY = "mrseq"
STATE_KEY = "mrseq_state"


@dataclass
class LayerState:
    """What is known of a layer; lives in its metadata, so it goes when the layer goes.

    Attributes
    ----------
    series : Series
        What the network is shown.
    data : object
        The layer's data at that time; a layer whose data were replaced has no verdict.
    layer : weakref to Image
        Whose it is; another layer that was given its metadata has no verdict.
    model_id : mapping of str to str
        The model that judged the slices.
    judged : dict of int to SliceVerdict
        What the network says, by the slice's number, counted through all volumes.
    steps : tuple of tuple of Correction
        What the user says, the latest last; what was corrected together is undone together.
    found : Verdict or None
        What the program says of the series; None while only slices are judged.
    verdict : Verdict or None
        The word on the series: what was found, with what the user corrected.
    name_before, name_given : str or None
        The layer's name before the verdict and with it.
    prefix, suffix : str
        What the verdict added to it.
    record_before : object
        What ``metadata["mrseq"]`` held before; None where it held nothing.
    """

    series: Series
    data: Any
    layer: weakref.ref[Image]
    model_id: Mapping[str, str]
    judged: dict[int, SliceVerdict] = field(default_factory=dict)
    steps: tuple[tuple[Correction, ...], ...] = ()
    found: Verdict | None = None
    verdict: Verdict | None = None
    name_before: str | None = None
    name_given: str | None = None
    prefix: str = ""
    suffix: str = ""
    record_before: Any = None

    def __deepcopy__(self, _memo: object) -> LayerState:
        # Other plugins copy a layer's metadata to change them: they still hold this layer's state.
        return self

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What the user says, the latest last."""
        return tuple(chain.from_iterable(self.steps))

    @property
    def failure(self) -> Failure | None:
        """Why no slice of the series can be read; None where one can, or was not tried yet."""
        failures = [one.failure for one in self.judged.values()]
        if len(failures) < self.series.slice_count or not failures[0] or not all(failures):
            return None
        return Failure(self.series.path, failures[0].words, self.series)

    def said(self, index: int) -> SliceVerdict | None:
        """Return the word on a slice, with what the user corrected; None where there is none."""
        judged = self.judged.get(index)
        return None if judged is None else correct_slice(judged, self.corrections, index)

    def add(self, slices: Iterable[SliceVerdict]) -> None:
        """Keep the verdicts of some slices."""
        per_volume = self.series.pixels.shape[-3]
        self.judged.update({one.volume * per_volume + one.index: one for one in slices})

    def in_order(self) -> list[SliceVerdict]:
        """Return the judged slices in the order of the series."""
        return [self.judged[index] for index in sorted(self.judged)]


def state_of(layer: Image) -> LayerState | None:
    """Return what is known of a layer, None where it was not judged or its data were replaced."""
    state = held_state(layer)
    # Equal, not the same: napari hands layers to plugins wrapped.
    if state is not None and state.layer() == layer and state.data is pixels_of(layer):
        return state
    return None


def held_state(layer: Layer) -> LayerState | None:
    """Return the state in a layer's metadata, be it another layer's or of other pixels."""
    state = layer.metadata.get(STATE_KEY)
    return state if isinstance(state, LayerState) else None


def unread(layer: Image, index: int) -> Failure | None:
    """Return why a slice can't be read, as far as a run or a look at it has told."""
    state = state_of(layer)
    judged = state.judged.get(index) if state else None
    if judged is not None and judged.failure:
        return judged.failure
    if not shows(pixels_of(layer), layer.metadata.get(SERIES_KEY)):
        return None
    seen: Mapping[int, Failure] = layer.metadata.get(UNREAD_KEY, {})
    return seen.get(index)


def keep_slices(layer: Image, model_id: Mapping[str, str], slices: Iterable[SliceVerdict]) -> None:
    """Keep the verdicts of some slices, before the series itself has one."""
    state = _state_for(layer, model_id)
    state.add(slices)
    if layer.metadata.get(STATE_KEY) is not state:
        layer.metadata = {**layer.metadata, STATE_KEY: state}


def annotate(layer: Image, verdict: Verdict) -> None:
    """Write what the program found into the layer's name and ``metadata["mrseq"]``.

    What the user corrected stays corrected.
    """
    state = _state_for(layer, verdict.model_id)
    before, state.record_before = own_name(layer), _record_before(layer)
    state.add(verdict.slices)
    state.name_before = before
    _write(layer, state, verdict, state.steps)


def hold_together(layers: Iterable[Layer]) -> None:
    """Hold the headers of judged layers against each other, and annotate what that changes."""
    states = [(layer, state_of(layer)) for layer in layers]
    judged = [(layer, state.found) for layer, state in states if state and state.found]
    found = with_exchanges([verdict for _, verdict in judged])
    for (layer, before), after in zip(judged, found, strict=True):
        if after is not before and not isinstance(after, Failure):
            annotate(layer, after)


def correct_layer(layer: Image, *corrections: Correction) -> None:
    """Overrule the program on some slices of a judged layer, or on the layer as a whole."""
    state = state_of(layer)
    if state is not None and state.found is not None:
        state.name_before = own_name(layer)
        _write(layer, state, state.found, (*state.steps, corrections))


def undo_correction(layer: Image) -> None:
    """Take back what was corrected last, all of it that was corrected together."""
    state = state_of(layer)
    if state is not None and state.found is not None:
        state.name_before = own_name(layer)
        _write(layer, state, state.found, state.steps[:-1])


def _write(
    layer: Image, state: LayerState, found: Verdict, steps: tuple[tuple[Correction, ...], ...]
) -> None:
    state.steps = steps
    verdict = correct(found, state.corrections)
    state.found, state.verdict = found, verdict
    state.prefix, state.suffix = layer_prefix(verdict), layer_suffix(verdict)
    layer.name = state.prefix + str(state.name_before) + state.suffix
    # napari may have changed it: names are unique in a viewer.
    state.name_given = layer.name
    layer.metadata = {**layer.metadata, STATE_KEY: state, RECORD_KEY: verdict.to_dict()}


def can_revert(layer: Layer) -> bool:
    """Tell whether a layer has a verdict to take back, be it one on pixels it had before."""
    return held_state(layer) is not None


def revert(layer: Layer) -> None:
    """Give a layer its name and metadata back as they were before the first verdict."""
    if not can_revert(layer):
        return
    name = own_name(layer)
    metadata = {k: v for k, v in layer.metadata.items() if k not in (STATE_KEY, RECORD_KEY)}
    record = _record_before(layer)
    if record is not None:
        metadata[RECORD_KEY] = record
    layer.metadata = metadata
    layer.name = name


def _state_for(layer: Image, model_id: Mapping[str, str]) -> LayerState:
    """Return the state that verdicts of a model are added to, a new one where there is none."""
    state = state_of(layer)
    if state is None:
        # What napari wraps a layer in is gone sooner than the layer.
        own = weakref.ref(getattr(layer, "__wrapped__", layer))
        state = LayerState(series_of(layer), pixels_of(layer), own, model_id)
        _carry_name(layer, state)
        return state
    if dict(state.model_id) != dict(model_id):
        # Slices of two models don't add up to one verdict; name and record stay revertible.
        state.model_id, state.judged = model_id, {}
        state.found = state.verdict = None
    return state


def _carry_name(layer: Image, state: LayerState) -> None:
    """Keep what a verdict on other pixels added to a layer's name, or to that it was copied from.

    All of it can still be taken back.
    """
    earlier = held_state(layer)
    if earlier is not None and earlier.name_given is not None:
        state.name_before, state.name_given = own_name(layer), str(layer.name)
        state.prefix, state.suffix = earlier.prefix, earlier.suffix
        state.record_before = earlier.record_before


def _record_before(layer: Layer) -> Any:
    """Return ``metadata["mrseq"]`` as it was before the first verdict, also of other data."""
    earlier = held_state(layer)
    if earlier is not None and earlier.name_given is not None:
        return earlier.record_before
    return layer.metadata.get(RECORD_KEY)


def own_name(layer: Layer) -> str:
    """Return a layer's name without what a verdict added; a name given by the user since stays."""
    state = held_state(layer)
    return str(layer.name) if state is None else name_without(layer, state)


def name_without(layer: Layer, state: LayerState) -> str:
    """Return a layer's name without what a verdict added, also where the metadata have lost it."""
    name = str(layer.name)
    if state.name_given is None:
        return name
    if state.name_given in name and state.name_before is not None:
        # napari writes words behind the names of copies: "… copy", "… layer 3".
        return name.replace(state.name_given, state.name_before, 1)
    return name.removeprefix(state.prefix).removesuffix(state.suffix)


def series_of(layer: Image) -> Series:
    """Return the series behind a layer: the one it was read from, else its image as it is.

    Raises
    ------
    ValueError
        If the layer has more than four axes.
    """
    series = layer.metadata.get(SERIES_KEY)
    pixels = pixels_of(layer)
    if isinstance(series, Series) and shows(pixels, series):
        return series
    spacing = _spacing_mm(layer)
    made = series_from_array(pixels, name=own_name(layer), spacing=spacing, rgb=bool(layer.rgb))
    assumed = spacing is not None and layer.ndim < 3
    return replace(made, warnings=(UNKNOWN_THICKNESS,)) if assumed else made


def pixels_of(layer: Image) -> Any:
    """Return a layer's pixels, the finest level where there are several."""
    return layer.data[0] if layer.multiscale else layer.data


def _spacing_mm(layer: Image) -> tuple[float, float, float] | None:
    """Return the layer's scale in mm where its units are lengths, None in pixels.

    A picture alone has no distance to the next one: one is assumed, as it is for a single file.
    """
    axes = min(layer.ndim, 3)
    lengths = [millimetres(unit) for unit in layer.units[-axes:]]
    steps = [abs(float(s)) * mm for s, mm in zip(layer.scale[-axes:], lengths, strict=True) if mm]
    if len(steps) < axes:
        return None
    *between, row, column = steps
    return (between[0] if between else ASSUMED_DISTANCE_MM, row, column)
