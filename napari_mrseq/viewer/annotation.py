"""Verdict ↔ layer: the name, the metadata, and the way back."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from napari.experimental import unlink_layers
from napari.layers import Image, Layer

from napari_mrseq.correction import Correction
from napari_mrseq.exchange import with_exchanges
from napari_mrseq.naming import without_verdict
from napari_mrseq.series import Failure
from napari_mrseq.slice_verdict import SliceVerdict
from napari_mrseq.verdict import Verdict
from napari_mrseq.viewer.layer_series import is_same_series, series_of
from napari_mrseq.viewer.layer_state import (
    STATE_KEY,
    LayerState,
    Renaming,
    held_state,
    name_before,
    pixels_of,
    state_of,
)
from napari_mrseq.viewer.wording import layer_prefix, layer_suffix

RECORD_KEY = "mrseq"


def keep_slices(layer: Image, model_id: Mapping[str, str], slices: Iterable[SliceVerdict]) -> None:
    """Keep the verdicts of some slices, before the series itself has one."""
    state = _state_for(layer, model_id)
    state.add(slices)
    if held_state(layer) is not state:
        _write_metadata(layer, {**layer.metadata, STATE_KEY: state})


def annotate(layer: Image, verdict: Verdict) -> None:
    """Write what the program found into the layer's name and ``metadata["mrseq"]``.

    What the user corrected stays corrected.
    """
    state = _state_for(layer, verdict.model_id)
    state.add(verdict.slices)
    known = state.found.exchanged_with if state.found else None
    if known and not verdict.exchanged_with:
        # Judged anew, it was not held against another yet, which may be no layer.
        verdict = replace(verdict, exchanged_with=known)
    _write(layer, state, verdict)


def annotate_exchanges(layers: Iterable[Layer]) -> None:
    """Compare the headers of judged layers, and annotate those whose verdicts that changes.

    A header goes on being held against that of a series which is no layer any more, or never was.
    """
    states = [(layer, state_of(layer)) for layer in layers]
    judged = [(layer, state.found) for layer, state in states if state and state.found]
    here = [verdict for _, verdict in judged]
    others = filter(None, (verdict.exchanged_with for verdict in here))
    absent = [
        other
        for other in others
        if not any(is_same_series(other.series, one.series) for one in here)
    ]
    found = with_exchanges([*here, *absent])[: len(here)]
    for (layer, before), after in zip(judged, found, strict=True):
        if after is not before and not isinstance(after, Failure):
            annotate(layer, after)


def correct_layer(layer: Image, *corrections: Correction) -> None:
    """Overrule the program on some slices of a judged layer, or on the layer as a whole."""
    state = state_of(layer)
    if state is not None and state.found is not None:
        state.steps = (*state.steps, corrections)
        _write(layer, state, state.found)


def undo_correction(layer: Image) -> None:
    """Take back what was corrected last, all of it that was corrected together."""
    state = state_of(layer)
    if state is not None and state.found is not None:
        state.steps = state.steps[:-1]
        _write(layer, state, state.found)


def _write(layer: Image, state: LayerState, found: Verdict) -> None:
    verdict = found.corrected(state.corrections)
    state.found, state.verdict = found, verdict
    before, prefix, suffix = name_before(layer), layer_prefix(verdict), layer_suffix(verdict)
    state.renaming = Renaming(before, prefix + without_verdict(before) + suffix, prefix, suffix)
    layer.name = state.renaming.after
    # napari may have changed it: names are unique in a viewer.
    state.renaming = replace(state.renaming, after=layer.name)
    _write_metadata(layer, {**layer.metadata, STATE_KEY: state, RECORD_KEY: verdict.to_dict()})


def _write_metadata(layer: Layer, metadata: dict[str, Any]) -> None:
    """Replace a layer's metadata, and those of no layer that napari has linked with it."""
    # napari would hand all of them on: another series' verdict, header and pixels.
    unlink_layers([_itself(layer)], ["metadata"])
    layer.metadata = metadata


def _itself(layer: Layer) -> Any:
    """Return a layer without what napari wraps it in for plugins."""
    return getattr(layer, "__wrapped__", layer)


def can_revert(layer: Layer) -> bool:
    """Tell whether a layer has a verdict to take back, be it one on pixels it had before."""
    return held_state(layer) is not None


def revert(layer: Layer, lost: LayerState | None = None) -> None:
    """Give a layer its name and metadata back as they were before the first verdict.

    `lost` is its own state, where its metadata hold none or another layer's.
    """
    state = lost or held_state(layer)
    if state is None:
        return
    name = state.renaming.undone(layer.name)
    metadata = {k: v for k, v in layer.metadata.items() if k not in (STATE_KEY, RECORD_KEY)}
    if len(metadata) < len(layer.metadata):
        if state.record_before is not None:
            metadata[RECORD_KEY] = state.record_before
        _write_metadata(layer, metadata)
    layer.name = name


def _state_for(layer: Image, model_id: Mapping[str, str]) -> LayerState:
    """Return the state that verdicts of a model are added to, a new one where there is none."""
    known = state_of(layer)
    if known is not None and dict(known.model_id) == dict(model_id):
        return known
    if known is None:
        # What napari wraps a layer in is gone sooner than the layer.
        own = weakref.ref(_itself(layer))
        state = LayerState(series_of(layer), pixels_of(layer), own, model_id)
    else:
        # Slices of two models don't add up to one verdict: what the other said goes, not the
        # user's.
        revert(layer)
        state = LayerState(known.series, known.data, known.layer, model_id, steps=known.steps)
    earlier = held_state(layer)
    if earlier is None:
        state.record_before = layer.metadata.get(RECORD_KEY)
    else:
        # What a verdict on other pixels, or on a layer that this one was copied from, added to the
        # name can still be taken back.
        state.renaming = replace(earlier.renaming, before=name_before(layer), after=layer.name)
        state.record_before = earlier.record_before
    return state
