"""Probabilities → a word: slices joined, members, families, unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mrseq.sequences import MEMBER_SHARE, UNKNOWN, family_of, plain_member

# No test on unseen hospitals has shown fewer than one error in a hundred: nothing is surer.
CEILING = 0.99
LEAST_PROBABILITY = 1e-7
# No family is named, and nothing is denied, where the likeliest is not this many times as likely as
# on a slice that shows nothing, whose classes are all alike.
CHANCES = 1.05
# A name with less than this is unsure.
DOUBT_BELOW = 0.8


@dataclass(frozen=True)
class Decision:
    """What a distribution over sequences says.

    Attributes
    ----------
    sequence : str
        Code of the sequence, `UNKNOWN` where the best guess is below the threshold.
    confidence : float
        Probability of what is said: of the member, or of the whole family where only that is
        told. For `UNKNOWN` the highest probability of any class.
    resolved : str
        ``"member"``, ``"family"`` or ``"unknown"``.
    """

    sequence: str
    confidence: float
    resolved: str

    @property
    def family(self) -> str:
        """Family of the sequence."""
        return family_of(self.sequence)


class Judged:
    """What verdicts on a slice and on a series have in common."""

    decision: Decision
    overruled: Decision | None

    @property
    def sequence(self) -> str:
        """Code of the sequence."""
        return self.decision.sequence

    @property
    def confidence(self) -> float:
        """Probability of what is said."""
        return self.decision.confidence

    @property
    def is_named(self) -> bool:
        """Whether the program itself has a name for it, and no person another."""
        return not self.overruled and self.sequence != UNKNOWN

    @property
    def is_unsure(self) -> bool:
        """Whether it has a name that the program is not sure of."""
        return self.is_named and self.confidence < DOUBT_BELOW


def by_class(classes: Sequence[str], row: NDArray[Any]) -> dict[str, float]:
    """Name the columns of a (classes,) array of probabilities."""
    return {code: float(p) for code, p in zip(classes, row, strict=True)}


def decide(probabilities: Mapping[str, float], threshold: float) -> Decision:
    """Turn a distribution into a word: the likeliest family's member, the family, or `UNKNOWN`.

    Parameters
    ----------
    probabilities : mapping of str to float
        One a class; they sum to 1.
    threshold : float
        Least probability at which a family is named, where `least_threshold` is no higher. Its
        member is named where it holds at least `MEMBER_SHARE` of the family's probability.
    """
    family, total = likeliest_family(probabilities)
    # What is shown counts: 99% falls below a threshold of 99.9%.
    least = max(threshold, least_threshold(probabilities))
    if family == family_of(UNKNOWN) or min(total, CEILING) < least:
        return Decision(UNKNOWN, min(max(probabilities.values()), CEILING), "unknown")
    members = {code: p for code, p in probabilities.items() if family_of(code) == family}
    code, best = max(members.items(), key=lambda item: item[1])
    if best >= MEMBER_SHARE * total:
        return Decision(code, min(best, CEILING), "member")
    return Decision(plain_member(family), min(total, CEILING), "family")


def least_threshold(classes: Collection[str]) -> float:
    """Return `CHANCES` times what the likeliest family has by chance: no threshold is lower."""
    _, chance = likeliest_known(dict.fromkeys(classes, 1 / len(classes)))
    return min(CHANCES * chance, CEILING)


def by_family(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Add up the probabilities of each family's members."""
    families: dict[str, float] = {}
    for code, probability in probabilities.items():
        families[family_of(code)] = families.get(family_of(code), 0.0) + probability
    return families


def likeliest_family(probabilities: Mapping[str, float]) -> tuple[str, float]:
    """Return the likeliest family, the unknown among them, and its probability."""
    return max(by_family(probabilities).items(), key=lambda item: item[1])


def likeliest_known(probabilities: Mapping[str, float]) -> tuple[str, float]:
    """Return the likeliest family that is not the unknown, and its probability.

    That probability is what a threshold is held against, and what tells known from unknown.
    """
    families = by_family(probabilities)
    families.pop(family_of(UNKNOWN), None)
    return max(families.items(), key=lambda item: item[1])


def tempered(log_probabilities: NDArray[Any], temperature: float) -> NDArray[np.float64]:
    """Return probabilities sharpened (below 1) or softened (above 1).

    Parameters
    ----------
    log_probabilities : (n, classes) array
        Need not be normalised.
    temperature : float
        Divides them.

    Returns
    -------
    (n, classes) array
        Rows sum to 1.
    """
    logits = log_probabilities / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def logs_of(probabilities: NDArray[Any]) -> NDArray[np.float64]:
    """Return logarithms that can be averaged: a class that is ruled out once is not for ever."""
    return np.asarray(np.log(probabilities.clip(LEAST_PROBABILITY)))


def aggregate(
    probabilities: NDArray[Any], weights: NDArray[Any], volumes: NDArray[Any], temperature: float
) -> NDArray[np.float64]:
    """Join the probabilities of slices into those of their series.

    Log-probabilities are averaged within a volume, each slice weighted by what it shows, and
    sharpened or softened by `temperature`; volumes are then averaged, since a 4-D series may
    hold several contrasts (b = 0 and b > 0).

    Parameters
    ----------
    probabilities : (n, classes) array
        Of the slices.
    weights : (n,) array
        How much each slice shows; where none shows anything, all vote alike.
    volumes : (n,) array
        Volume each slice belongs to.
    temperature : float
        Divides the averaged log-probabilities.

    Returns
    -------
    (classes,) array
        Sums to 1.
    """
    joined = []
    # A blank volume among others, as some scanners put first, says nothing.
    shown = np.unique(volumes[weights > 0])
    for volume in shown if shown.size else np.unique(volumes):
        rows, votes = probabilities[volumes == volume], weights[volumes == volume]
        votes = votes if votes.any() else np.ones_like(votes)
        logs = np.average(logs_of(rows), axis=0, weights=votes)
        joined.append(tempered(logs[None], temperature)[0])
    return np.asarray(np.mean(joined, axis=0))
