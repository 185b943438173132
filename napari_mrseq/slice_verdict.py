"""The verdict on a slice, and what is to be said of slices that were not read or show nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from napari_mrseq.correction import Correction, latest_on
from napari_mrseq.decision import Decision, Judged
from napari_mrseq.header import HeaderClaim
from napari_mrseq.naming import run_words
from napari_mrseq.series import Failure, Series


@dataclass(frozen=True, eq=False)
class SliceVerdict(Judged):
    """What the network says of one slice, and the slices around it with it.

    Attributes
    ----------
    index, volume : int
        Place in the series, from 0.
    sop_instance_uid : str or None
        The instance the slice came from.
    decision : Decision
        What the probabilities amount to.
    probabilities : mapping of str to float
        One a class of the model; they sum to 1.
    weight : float
        How much the slice shows, 0 (black) to 1: its vote for the series.
    judged_alone : SliceVerdict or None
        The verdict without the rest of its stack, where that had a say (`napari_mrseq.stack`).
    overruled : Decision or None
        What the probabilities amount to where a person decided otherwise.
    failure : Failure or None
        Which file could not be decoded, and why, where the slice could not.
    """

    index: int
    volume: int
    sop_instance_uid: str | None
    decision: Decision
    probabilities: Mapping[str, float]
    weight: float
    judged_alone: SliceVerdict | None = None
    overruled: Decision | None = None
    failure: Failure | None = None

    @property
    def without_stack(self) -> SliceVerdict:
        """What is said of the slice alone."""
        return self.judged_alone or self

    def number_in(self, series: Series) -> int:
        """Return which slice of a series it is, counted through all volumes."""
        return self.volume * series.slices_per_volume + self.index

    def corrected(self, corrections: Sequence[Correction], number: int) -> SliceVerdict:
        """Return slice `number`, counted through all volumes, as a person corrected it."""
        word = latest_on(corrections, number, number)
        return replace(self, decision=word.decision, overruled=self.decision) if word else self

    def to_dict(self) -> dict[str, Any]:
        """Return the slice as an entry of ``slices`` in the record."""
        entry: dict[str, Any] = {
            "index": self.index,
            "volume": self.volume,
            "sop_instance_uid": self.sop_instance_uid,
            **word_record(self.decision),
        }
        if self.judged_alone:
            entry["alone"] = word_record(self.judged_alone.decision)
        if self.failure:
            entry["error"] = self.failure.words
        if self.overruled:
            entry["corrected"] = True
        return entry


def word_record(word: Decision | HeaderClaim) -> dict[str, Any]:
    """Return what a witness says as it stands in the record."""
    return {"sequence": word.sequence, "confidence": rounded(word.confidence)}


def rounded(probability: float) -> float:
    """Return a probability as precisely as the record gives it."""
    return round(float(probability), 4)


def all_unread(slices: Iterable[SliceVerdict]) -> Failure | None:
    """Return why the first slice could not be read, where none could."""
    failures = [one.failure for one in slices]
    return failures[0] if failures and all(failures) else None


def unread_words(series: Series, slices: Sequence[SliceVerdict]) -> tuple[str, ...]:
    """Say how many slices could not be read, and why the first of them could not."""
    lost = [(one, one.failure.words) for one in slices if one.failure]
    if not lost:
        return ()
    first, words = lost[0]
    number = first.number_in(series)
    alone = run_words(number, number, series.pixels.shape)
    which = alone if len(lost) == 1 else f"{len(lost)} slices"
    return (f"{which} could not be read: {words}",)


def empty_words(series: Series, slices: Sequence[SliceVerdict]) -> tuple[str, ...]:
    """Say where nothing is shown that could be judged: in some volumes, or anywhere."""
    # Of slices that could not be read something else is said.
    if any(one.failure for one in slices):
        return ()
    judged = {one.volume for one in slices}
    shown = {one.volume for one in slices if one.weight}
    if shown == judged:
        return ()
    if shown:
        empty = len(judged - shown)
        return (f"nothing that could be judged in {empty} of {len(judged)} volumes",)
    if not series.is_thumbnail:
        return ("no slice shows anything that could be judged",)
    stack, (rows, columns) = series.pixels.shape[:-2], series.pixels.shape[-2:]
    asked = series.kind == "layer" and max(stack) > 1
    doubt = "; is the first axis that of the slices?" if asked else ""
    return (f"slices of {rows} × {columns} pixels are too small to judge{doubt}",)
