"""A person's word on some slices of a series, and what several such words amount to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from napari_mrseq.decision import Decision
from napari_mrseq.sequences import UNKNOWN


@dataclass(frozen=True)
class Correction:
    """A person's word on some slices of a series.

    Attributes
    ----------
    first, last : int
        The slices, both included, counted from 0 through all volumes.
    sequence : str
        Code of the vocabulary, or a class of the user's own.
    """

    first: int
    last: int
    sequence: str

    @property
    def decision(self) -> Decision:
        """The person's word; no network is ever this sure (`decision.CEILING`)."""
        named = self.sequence != UNKNOWN
        return Decision(self.sequence, 1.0, "member" if named else "unknown")

    def covers(self, first: int, last: int) -> bool:
        """Tell whether it speaks of all these slices."""
        return self.first <= first and last <= self.last


def latest_on(corrections: Sequence[Correction], first: int, last: int) -> Correction | None:
    """Return the latest of the corrections that speak of all these slices."""
    return next((one for one in reversed(corrections) if one.covers(first, last)), None)


def latest_on_all(corrections: Sequence[Correction], count: int) -> Correction | None:
    """Return what was said of all slices: slice by slice the same, else at once."""
    last_words = [latest_on(corrections, number, number) for number in range(count)]
    if len({one and one.sequence for one in last_words}) == 1:
        return last_words[0]
    return latest_on(corrections, 0, count - 1)
