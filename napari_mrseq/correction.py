"""A person's word on some slices of a series."""

from __future__ import annotations

from dataclasses import dataclass

from napari_mrseq.decision import Decision


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
        return Decision(self.sequence, 1.0, "member")

    def covers(self, first: int, last: int) -> bool:
        """Tell whether it speaks of all these slices."""
        return self.first <= first and last <= self.last
