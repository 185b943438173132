"""How right a model is, and how honest, by its answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.decision import by_class, decide, likeliest_known
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.training.confidence import (
    area_under_curve,
    calibration_error,
    error_by_chance,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.decision import Decision
    from napari_mrseq.model.card import Calibration
    from napari_mrseq.training.answers import Answers

OLD_TASK = ("T1", "T2", "FLAIR")
STACKS = ("dicom", "nifti")
# What slices are called where those around them had a say: see `napari_mrseq.stack`.
STACKED = "slices in their stack"
# The first and last tenth of a stack.
EDGE = 0.1


def figures_of(answers: Answers, classes: Sequence[str], threshold: float) -> dict[str, Any]:
    """Measure one kind of cases.

    Parameters
    ----------
    answers : Answers
        Of slices, or of series.
    classes : sequence of str
        Columns of the probabilities.
    threshold : float
        Below it the model says unknown.

    Returns
    -------
    dict
        Shares between 0 and 1. ``forced`` figures take the likeliest member of the likeliest known
        family, whatever its probability; ``said`` figures count what is above the threshold.
    """
    known = answers.labels != UNKNOWN
    kept = answers.subset(known)
    decisions = [decide(by_class(classes, row), threshold) for row in answers.probabilities]
    said = list(compress(decisions, known))
    guessed = _forced(kept.probabilities, classes)
    right = _families(guessed) == _families(kept.labels)
    named = np.array([_is_named(decision) for decision in said], dtype=bool)
    told = np.array([decision.family for decision in said])
    told_right = told == _families(kept.labels)
    member = np.array([decision.resolved == "member" for decision in said], dtype=bool)
    member_right = np.array([decision.sequence for decision in said]) == kept.labels
    # Both the truth and the word are T1: with or without an agent is asked, not which family.
    agent = (_families(kept.labels) == "T1") & (told == "T1")
    old = np.isin(_families(kept.labels), OLD_TASK)
    edges = (kept.positions <= EDGE) | (kept.positions >= 1 - EDGE)
    stacks, shots = np.isin(kept.origins, STACKS), kept.origins == "screenshot"
    confidence, word_right = _words(decisions, answers.labels)
    return {
        "cases": len(kept.labels),
        "forced": {
            "T1/T2/FLAIR, DICOM and NIfTI": _share(right, old & stacks),
            "T1/T2/FLAIR, ends of the stack": _share(right, old & stacks & edges),
            "T1/T2/FLAIR, all but noise and blank": _share(right, old & stacks & (kept.shown > 0)),
            "T1/T2/FLAIR, screenshots": _share(right, old & shots),
            "family, DICOM and NIfTI": _share(right, stacks),
            "family, DICOM and NIfTI, macro": _macro(right, kept.labels, stacks),
            "family, screenshots": _share(right, shots),
            "member, all": _share(guessed == kept.labels, np.ones_like(old)),
        },
        "said": {
            "named": _share(named, np.ones_like(named)),
            "right where named": _share(told_right, named),
            "right answers lost": _share(~named, right & (kept.shown > 0)),
            "contrast agent told": _share(member, agent),
            "contrast agent, right where told": _share(member_right, agent & member),
            "calibration error": _unless_empty(calibration_error, confidence, word_right),
            "calibration error by chance": _unless_empty(error_by_chance, confidence),
            "calibration error, known alone": _unless_empty(
                calibration_error, *_words(said, kept.labels)
            ),
        },
        "known against unknown, AUROC": _unknown_area(answers, classes),
        "recall": {
            label: {
                "cases": int((kept.labels == label).sum()),
                "member": _share(guessed == label, kept.labels == label),
                "family": _share(right, kept.labels == label),
            }
            for label in classes
            if (kept.labels == label).any()
        },
    }


def _words(
    said: Sequence[Decision], labels: NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return of all that is named how sure the word is, and whether it is right.

    A confidence is that of the word: of the member where the member is said, else of the family.
    To name what is unknown is an error.
    """
    named = [(one, str(label)) for one, label in zip(said, labels, strict=True) if _is_named(one)]
    right = [
        one.family == family_of(label) if one.resolved == "family" else one.sequence == label
        for one, label in named
    ]
    return np.array([one.confidence for one, _ in named]), np.array(right, dtype=bool)


def _is_named(decision: Decision) -> bool:
    return decision.resolved != "unknown"


def _unless_empty(measure: Callable[..., float], *arrays: NDArray[Any]) -> float | None:
    return measure(*arrays) if len(arrays[0]) else None


def figures_by_kind(
    calibration: Calibration,
    classes: Sequence[str],
    slices: Answers,
    stacked: Answers,
    series: Answers,
) -> dict[str, Any]:
    """Measure slices, each alone and in its stack, and series.

    Returns
    -------
    dict
        ``classes``; ``slices``, ``slices in their stack`` and ``series``: see `figures_of`;
        ``confusion``: counts of series, truth in rows, in the order of ``classes``.
    """
    return {
        "classes": list(classes),
        "slices": figures_of(slices, classes, calibration.threshold),
        STACKED: figures_of(stacked, classes, calibration.threshold),
        "series": figures_of(series, classes, calibration.series_threshold),
        "confusion": confusion(series, classes, calibration.series_threshold).tolist(),
    }


def confusion(answers: Answers, classes: Sequence[str], threshold: float) -> NDArray[np.int64]:
    """Count truth (rows) against what is said (columns), both in the order of `classes`."""
    matrix = np.zeros((len(classes), len(classes)), dtype=np.int64)
    place = {code: index for index, code in enumerate(classes)}
    for label, row in zip(answers.labels, answers.probabilities, strict=True):
        said = decide(dict(zip(classes, row, strict=True)), threshold).sequence
        if label in place and said in place:
            matrix[place[label], place[said]] += 1
    return matrix


def _forced(probabilities: NDArray[Any], classes: Sequence[str]) -> NDArray[np.str_]:
    guessed = []
    for row in probabilities:
        said = by_class(classes, row)
        family, _ = likeliest_known(said)
        guessed.append(max((c for c in said if family_of(c) == family), key=said.__getitem__))
    return np.array(guessed, dtype=str)


def _families(codes: NDArray[np.str_]) -> NDArray[np.str_]:
    return np.array([family_of(str(code)) for code in codes])


def _share(values: NDArray[Any], chosen: NDArray[Any]) -> float | None:
    return round(float(values[chosen].mean()), 4) if chosen.any() else None


def _macro(right: NDArray[Any], labels: NDArray[Any], chosen: NDArray[Any]) -> float | None:
    families = _families(labels)
    shares = [right[chosen & (families == f)].mean() for f in np.unique(families[chosen])]
    return round(float(np.mean(shares)), 4) if shares else None


def _unknown_area(answers: Answers, classes: Sequence[str]) -> float | None:
    """Tell known from unknown by what the threshold is held against; blank slices left out."""
    if UNKNOWN not in classes:
        return None
    seen = answers.subset(answers.shown > 0)
    scores = [likeliest_known(by_class(classes, row))[1] for row in seen.probabilities]
    area = area_under_curve(np.array(scores), seen.labels != UNKNOWN)
    return None if np.isnan(area) else round(area, 4)
