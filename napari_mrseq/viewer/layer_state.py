"""What is known of a layer: the verdicts on its pixels, what the user corrected, its own name."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from napari.layers import Image, Layer

from napari_mrseq.correction import Correction
from napari_mrseq.decision import Decision
from napari_mrseq.naming import without_verdict
from napari_mrseq.sequences import UNKNOWN
from napari_mrseq.series import Failure, Series
from napari_mrseq.slice_verdict import SliceVerdict, all_unread
from napari_mrseq.verdict import Verdict

STATE_KEY = "mrseq_state"


@dataclass(frozen=True)
class Renaming:
    """What a verdict made of a layer's name.

    Attributes
    ----------
    before, after : str
        The name without the verdict, and with it.
    prefix, suffix : str
        What was added.
    """

    before: str = ""
    after: str = ""
    prefix: str = ""
    suffix: str = ""

    def undone(self, name: str) -> str:
        """Return a name without what was added; what the user made of it since stays."""
        if self.after in name:
            # napari writes words behind the names of copies: "… copy", "… layer 3".
            return name.replace(self.after, self.before, 1)
        return name.removeprefix(self.prefix).removesuffix(self.suffix)


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
        What was found of the series, with what the user corrected.
    renaming : Renaming
        What the verdict made of the layer's name; nothing while only slices are judged.
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
    renaming: Renaming = Renaming()
    record_before: Any = None

    def __deepcopy__(self, _memo: object) -> LayerState:
        # Other plugins copy a layer's metadata to change them: they still hold this layer's state.
        return self

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What the user says, the latest last."""
        return tuple(chain.from_iterable(self.steps))

    @property
    def per_volume(self) -> int:
        """How many slices a volume has."""
        return self.series.slices_per_volume

    @property
    def failure(self) -> Failure | None:
        """Why no slice of the series can be read; None where one can, or was not tried yet."""
        if len(self.judged) < self.series.slice_count:
            return None
        lost = all_unread(self.judged.values())
        return lost and Failure.of(self.series, lost.error)

    @property
    def outcome(self) -> Verdict | Failure | None:
        """The verdict on the series, or why there can be none; None where it was not run."""
        return self.verdict or self.failure

    def said(self, index: int) -> SliceVerdict | None:
        """Return the verdict on a slice, with what the user corrected; None where there is none.

        The only slice of a series has that of the series: one picture doesn't get two figures.
        """
        judged = self.judged.get(index)
        if judged and self.verdict and self.series.slice_count == 1:
            whole = self.verdict
            return replace(judged, decision=whole.decision, overruled=whole.overruled)
        said = (judged or self._not_judged(index)).corrected(self.corrections, index)
        return said if judged or said.overruled else None

    def _not_judged(self, index: int) -> SliceVerdict:
        """Return what is said of a slice that nobody looked at, which a person may still name."""
        volume, place = divmod(index, self.per_volume)
        return SliceVerdict(place, volume, None, Decision(UNKNOWN, 0.0, "unknown"), {}, 0.0)

    def add(self, slices: Iterable[SliceVerdict]) -> None:
        """Keep the verdicts of some slices."""
        self.judged.update({one.number_in(self.series): one for one in slices})


def named_by_user(corrections: Iterable[Correction]) -> dict[int, str]:
    """Return what the user says of slices, by their number, the latest correction of each."""
    named: dict[int, str] = {}
    for one in corrections:
        named |= dict.fromkeys(range(one.first, one.last + 1), one.sequence)
    return named


def state_of(layer: Image) -> LayerState | None:
    """Return what is known of a layer, None where it was not judged or its data were replaced."""
    state = held_state(layer)
    # Equal, not the same: napari hands layers to plugins wrapped.
    if state is not None and state.layer() == layer and state.data is pixels_of(layer):
        return state
    return None


def outcome_of(layer: Image) -> Verdict | Failure | None:
    """Return the verdict on a layer, or why it can have none; None where it was not run."""
    state = state_of(layer)
    return state.outcome if state else None


def in_conflict(layer: Image) -> bool:
    """Tell whether the header of a layer contradicts its pixels."""
    outcome = outcome_of(layer)
    return isinstance(outcome, Verdict) and outcome.conflict


def held_state(layer: Layer) -> LayerState | None:
    """Return the state in a layer's metadata, be it another layer's or of other pixels."""
    state = layer.metadata.get(STATE_KEY)
    return state if isinstance(state, LayerState) else None


def pixels_of(layer: Image) -> Any:
    """Return a layer's pixels, the finest level where there are several."""
    return layer.data[0] if layer.multiscale else layer.data


def own_name(layer: Layer) -> str:
    """Return a layer's name without a verdict, be it one that its file was named by."""
    return without_verdict(name_before(layer))


def name_before(layer: Layer) -> str:
    """Return a layer's name without what a verdict added; a name given by the user since stays."""
    state, name = held_state(layer), str(layer.name)
    return state.renaming.undone(name) if state else name
