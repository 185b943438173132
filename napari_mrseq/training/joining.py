"""How a header's claim joins the pixels, fitted on series that were never trained on.

Labelled pictures have no headers, so each series is given every claim in turn: the right one as
often as headers are right, each wrong one as often as they are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.conflict import support
from napari_mrseq.decision import by_class, by_family
from napari_mrseq.model.card import Calibration
from napari_mrseq.sequences import UNKNOWN, family_of, plain_member
from napari_mrseq.training.catalogue import STACKS
from napari_mrseq.training.confidence import LEAST, rounded_down
from napari_mrseq.witnesses import joint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.answers import Answers

# About one series description in ten is wrong in published cohorts.
WRONG_HEADERS = 0.1
# How sure a header is of its claim: the middle of the rule table.
CLAIM_CONFIDENCE = 0.9
# Honest headers that may be accused by the pixels of their own series alone. Those of the rest of
# the study accuse more (`exchange.EXCHANGED`); both together are to stay near 2 %.
ACCUSED = 0.007
# Few honest series of a family say little of it: so many of all families stand beside them. However
# sure a network is of a family, this much support is no denial.
LIKENESS, MOST_DENIAL = 30, 0.3
POWERS = np.linspace(0.5, 3.0, 26)
# With fewer stacks than this all series count: screenshots, which have no headers, are harder.
FEWEST_STACKS = 50


def fit_join(series: Answers, classes: Sequence[str]) -> dict[str, Any]:
    """Fit how the two witnesses are joined, and when one contradicts the other.

    Parameters
    ----------
    series : Answers
        Calibrated answers on series never trained on.
    classes : sequence of str
        Columns of the probabilities.

    Returns
    -------
    dict
        Fields of a `Calibration`: ``join_power``, to which the network's probabilities are raised,
        the most likely one (see `witnesses.joint`); ``denial``, the largest one at which no more
        than `ACCUSED` of honest headers are accused (see `conflict.in_conflict`); ``denials``, the
        same for each family, of which `LIKENESS` further cases are taken to be as those of all.
    """
    cases = _cases(series, classes)
    if not cases:
        return {"join_power": 1.0, "denial": Calibration().denial, "denials": {}}
    likelihoods = [
        sum(weight * np.log(right) for right, weight in _joined(cases, power)) for power in POWERS
    ]
    supports = np.array([support(said, family_of(label)) for label, said in cases])
    families = np.array([family_of(label) for label, _ in cases])
    denials = {
        str(family): rounded_down(_denial(supports[families == family], supports))
        for family in np.unique(families)
    }
    return {
        "join_power": round(float(POWERS[int(np.argmax(likelihoods))]), 4),
        "denial": rounded_down(
            min(float(np.quantile(supports, ACCUSED, method="lower")), MOST_DENIAL)
        ),
        "denials": denials,
    }


def _denial(own: NDArray[np.float64], everyone: NDArray[np.float64]) -> float:
    """Return the support that all but `ACCUSED` of a family's honest headers have."""
    supports = np.concatenate((own, everyone))
    counts = np.concatenate((np.ones(len(own)), np.full(len(everyone), LIKENESS / len(everyone))))
    order = np.argsort(supports)
    below = np.cumsum(counts[order]) / counts.sum()
    limit = supports[order][np.searchsorted(below, ACCUSED)]
    return min(float(limit), MOST_DENIAL)


def _cases(series: Answers, classes: Sequence[str]) -> list[tuple[str, dict[str, float]]]:
    """Return label and probabilities of the series that a network can name."""
    known: NDArray[np.bool_] = np.isin(series.labels, [c for c in classes if c != UNKNOWN])
    stacks = known & np.isin(series.origins, STACKS)
    kept = series.subset(stacks if stacks.sum() >= FEWEST_STACKS else known)
    return [
        (str(label), by_class(classes, row))
        for label, row in zip(kept.labels, kept.probabilities, strict=True)
    ]


def _joined(
    cases: Sequence[tuple[str, dict[str, float]]], power: float
) -> Iterator[tuple[float, float]]:
    """Yield the probability of the right family after each claim, and how often it is made."""
    for label, said in cases:
        truth = family_of(label)
        families = [family for family in by_family(said) if family != family_of(UNKNOWN)]
        for family in families:
            claimed = label if family == truth else _member(family, said)
            after = by_family(joint(said, {claimed: CLAIM_CONFIDENCE}, power))
            wrong = WRONG_HEADERS / max(1, len(families) - 1)
            yield max(after[truth], LEAST), 1 - WRONG_HEADERS if family == truth else wrong


def _member(family: str, said: dict[str, float]) -> str:
    """Return the plain member of a family, or the first that the network knows."""
    members = [code for code in said if family_of(code) == family]
    return plain_member(family) if plain_member(family) in members else members[0]
