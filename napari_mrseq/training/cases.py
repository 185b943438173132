"""Labelled cases with what a model says of them: what all measures count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_mrseq.decision import by_class, decide, likeliest_known
from napari_mrseq.sequences import UNKNOWN, family_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.training.answers import Answers
    from napari_mrseq.training.catalogue import Row

# Upper ends of the parts of a stack, 0 to 1, and what they are called.
STACK_PARTS = (
    (0.1, "0 to 10 %"),
    (0.3, "10 to 30 %"),
    (0.7, "30 to 70 %"),
    (0.9, "70 to 90 %"),
    (1.0, "90 to 100 %"),
)
NOT_TOLD = "not told"


@dataclass(frozen=True, eq=False)
class Cases:
    """Slices or series, each with its truth and what a model says.

    Attributes
    ----------
    labels : (n,) array of str
        As the catalogue says.
    truths : (n,) array of str
        What the model could say at best: see `best_answer`.
    said : (n,) array of str
        What it says; `UNKNOWN` below its threshold.
    forced : (n,) array of str
        Family of the likeliest known class, whatever its probability.
    right : (n,) array of bool
        What is said is so: the member, or the family where only that is said.
    confidence : (n,) array
        Probability of what is said.
    known : (n,) array
        Score of being of a known kind; higher is more likely.
    groups : (n,) array of str
        Subjects, scanners or data sets: what is drawn together.
    facets : mapping of str to (n,) array of str
        Source, vendor, plane and position of each case.
    """

    labels: NDArray[np.str_]
    truths: NDArray[np.str_]
    said: NDArray[np.str_]
    forced: NDArray[np.str_]
    right: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    known: NDArray[np.float64]
    groups: NDArray[np.str_]
    facets: Mapping[str, NDArray[np.str_]]

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.labels)

    def subset(self, chosen: NDArray[np.bool_]) -> Cases:
        """Return some of the cases."""
        return Cases(
            labels=self.labels[chosen],
            truths=self.truths[chosen],
            said=self.said[chosen],
            forced=self.forced[chosen],
            right=self.right[chosen],
            confidence=self.confidence[chosen],
            known=self.known[chosen],
            groups=self.groups[chosen],
            facets={name: values[chosen] for name, values in self.facets.items()},
        )


def best_answer(label: str, classes: Sequence[str]) -> str:
    """Return what a model with these classes could say at best of a case.

    The label itself; where it is no class, the class of its family; where there is none,
    `UNKNOWN`.
    """
    if label in classes:
        return label
    family = family_of(label)
    return next((code for code in classes if family_of(code) == family), UNKNOWN)


def cases_of(
    answers: Answers, rows: Sequence[Row], classes: Sequence[str], threshold: float
) -> Cases:
    """Hold answers against their rows.

    Parameters
    ----------
    answers : Answers
        Of slices, or of series.
    rows : sequence of Row
        One an answer; of a series its first.
    classes : sequence of str
        Columns of the probabilities.
    threshold : float
        Below it nothing is named.
    """
    decided = [decide(by_class(classes, row), threshold) for row in answers.probabilities]
    truths = np.array([best_answer(str(label), classes) for label in answers.labels])
    # A family's plain member need not be a class of this model.
    said = np.array([best_answer(one.sequence, classes) for one in decided])
    families = np.array([family_of(code) for code in said])
    of_family = families == np.array([family_of(str(code)) for code in truths])
    only_family = np.array([one.resolved == "family" for one in decided])
    known = [likeliest_known(by_class(classes, row)) for row in answers.probabilities]
    return Cases(
        labels=answers.labels,
        truths=truths,
        said=said,
        forced=np.array([family for family, _ in known]),
        right=np.where(only_family, of_family, said == truths),
        confidence=np.array([one.confidence for one in decided]),
        known=np.array([share for _, share in known]),
        groups=np.array([row.group for row in rows]),
        facets=_facets(rows),
    )


def _facets(rows: Sequence[Row]) -> dict[str, NDArray[np.str_]]:
    return {
        "source": np.array([row.dataset or NOT_TOLD for row in rows]),
        "vendor": np.array([row.vendor or NOT_TOLD for row in rows]),
        "plane": np.array([row.plane or NOT_TOLD for row in rows]),
        "position": np.array([_stack_part(row.position) for row in rows]),
    }


def _stack_part(position: float | None) -> str:
    if position is None:
        return NOT_TOLD
    return next((name for end, name in STACK_PARTS if position <= end), NOT_TOLD)
