"""Verdicts as a person corrected them: of a series, and of a slice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from napari_mrseq.sequences import family_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_mrseq.correction import Correction
    from napari_mrseq.slice_verdict import SliceVerdict
    from napari_mrseq.verdict import Verdict


def correct(verdict: Verdict, corrections: Sequence[Correction]) -> Verdict:
    """Return a verdict as a person corrected it.

    A correction of all slices, at once or one after another, is the word on the series; of some,
    on these slices alone. A later one goes before an earlier one. Probabilities and the witnesses'
    words stay as they were.

    Parameters
    ----------
    verdict : Verdict
        What the program says, never corrected yet.
    corrections : sequence of Correction
        In the order they were made.
    """
    if not corrections:
        return verdict
    per_volume = verdict.series.slices_per_volume
    slices = tuple(
        correct_slice(one, corrections, one.volume * per_volume + one.index)
        for one in verdict.slices
    )
    corrected = replace(verdict, slices=slices, corrections=tuple(corrections))
    word = _word_on_all(corrections, verdict.series.slice_count)
    if word is None:
        return corrected
    claim = verdict.header
    agrees = claim is not None and family_of(claim.sequence) == family_of(word.sequence)
    return replace(
        corrected,
        decision=word.decision,
        overruled=verdict.decision,
        conflict=verdict.conflict and not agrees,
    )


def correct_slice(
    judged: SliceVerdict, corrections: Sequence[Correction], number: int
) -> SliceVerdict:
    """Return slice `number`, counted through all volumes, as a person corrected it."""
    word = _latest(corrections, number, number)
    if word is None:
        return judged
    return replace(judged, decision=word.decision, overruled=judged.decision)


def _word_on_all(corrections: Sequence[Correction], count: int) -> Correction | None:
    """Return what was said of all slices: slice by slice the same, else at once."""
    last_words = [_latest(corrections, number, number) for number in range(count)]
    if len({one and one.sequence for one in last_words}) == 1:
        return last_words[0]
    return _latest(corrections, 0, count - 1)


def _latest(corrections: Sequence[Correction], first: int, last: int) -> Correction | None:
    return next((one for one in reversed(corrections) if one.covers(first, last)), None)
