"""Labelled cases with what a model says of them: what all figures count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_mrseq.decision import by_class, decide, likeliest_known
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.training.answers import Answers
from napari_mrseq.training.catalogue import known_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.model.card import Calibration


@dataclass(frozen=True, eq=False)
class Cases(Answers):
    """Answers on slices or series, each with its truth and the word that they come to.

    Attributes
    ----------
    truths : (n,) array of str
        What the model could say at best: see `best_answer`.
    said : (n,) array of str
        What it says; `UNKNOWN` below its threshold.
    guessed : (n,) array of str
        Likeliest member of the likeliest known family, whatever its probability.
    of_member : (n,) array of bool
        A member is said, not the family alone.
    right : (n,) array of bool
        What is said is so: the member, or the family where only that is said. To name what is
        unknown is wrong.
    confidence : (n,) array
        Probability of what is said.
    known : (n,) array
        Score of being of a known kind, which the threshold is held against.
    """

    truths: NDArray[np.str_]
    said: NDArray[np.str_]
    guessed: NDArray[np.str_]
    of_member: NDArray[np.bool_]
    right: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    known: NDArray[np.float64]

    @property
    def named(self) -> NDArray[np.bool_]:
        """Which are not called unknown."""
        return np.asarray(self.said != UNKNOWN)

    @property
    def family_guessed(self) -> NDArray[np.bool_]:
        """Of which the likeliest known family is that of the label."""
        return np.asarray(families_of(self.guessed) == families_of(self.labels))


def best_answer(label: str, classes: Sequence[str]) -> str:
    """Return what a model with these classes could say at best of a case.

    The label itself; where it is no class, the class of its family; where there is none,
    `UNKNOWN`.
    """
    # Only one of two models that are compared may have it as a class.
    label = known_label(label, classes)
    if label in classes:
        return label
    family = family_of(label)
    return next((code for code in classes if family_of(code) == family), UNKNOWN)


def families_of(codes: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return the family of each code."""
    return np.array([family_of(str(code)) for code in codes], dtype=str)


def cases_of(answers: Answers, classes: Sequence[str], threshold: float) -> Cases:
    """Turn answers into words, and hold them against the labels.

    Parameters
    ----------
    answers : Answers
        Of slices, or of series.
    classes : sequence of str
        Columns of the probabilities.
    threshold : float
        Below it nothing is named.
    """
    distributions = [by_class(classes, row) for row in answers.probabilities]
    decided = [decide(one, threshold) for one in distributions]
    known = [likeliest_known(one) for one in distributions]
    truths = np.array([best_answer(str(label), classes) for label in answers.labels], dtype=str)
    # A family's plain member need not be a class of this model.
    said = np.array([best_answer(one.sequence, classes) for one in decided], dtype=str)
    only_family = np.array([one.resolved == "family" for one in decided], dtype=bool)
    guessed = [
        max((code for code in one if family_of(code) == family), key=one.__getitem__)
        for one, (family, _) in zip(distributions, known, strict=True)
    ]
    return Cases(
        **vars(answers),
        truths=truths,
        said=said,
        guessed=np.array(guessed, dtype=str),
        of_member=np.array([one.resolved == "member" for one in decided], dtype=bool),
        right=np.where(only_family, families_of(said) == families_of(truths), said == truths),
        confidence=np.array([one.confidence for one in decided], dtype=float),
        known=np.array([share for _, share in known], dtype=float),
    )


def cases_by_kind(
    answers: Mapping[str, Answers], classes: Sequence[str], calibration: Calibration
) -> dict[str, Cases]:
    """Turn what `answer_all_ways` gives into words; series have a threshold of their own."""
    limits = {"series": calibration.series_threshold}
    return {
        kind: cases_of(some, classes, limits.get(kind, calibration.threshold))
        for kind, some in answers.items()
    }
