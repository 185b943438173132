"""The header's claim on a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_mrseq.series import Series


@dataclass(frozen=True)
class HeaderClaim:
    """What the tags of a series say it is.

    Attributes
    ----------
    sequence : str
        Code of the vocabulary; `UNKNOWN` where no rule fits.
    confidence : float
        How often the rule is right, 0 to 1.
    evidence : tuple of str
        The tags that speak for it, in words: ``"TI 2000 ms > 1500 ms"``.
    agent : bool or None
        A contrast agent was given; None where the header doesn't say.
    warnings : tuple of str
        Contradictions inside the header.
    """

    sequence: str
    confidence: float
    evidence: tuple[str, ...] = ()
    agent: bool | None = None
    warnings: tuple[str, ...] = ()


def claim_of(series: Series) -> HeaderClaim | None:
    """Return what the header of a series claims, None where there is no header."""
    raise NotImplementedError
