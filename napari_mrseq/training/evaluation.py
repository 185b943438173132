"""How right a model is, and how honest, on labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_mrseq.decision import aggregate, by_class, decide, likeliest_known
from napari_mrseq.model.calibration import (
    area_under_curve,
    calibration_error,
    error_by_chance,
)
from napari_mrseq.sequences import UNKNOWN, family_of
from napari_mrseq.training.labelled_slices import read_slice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_mrseq.model import Model
    from napari_mrseq.model.card import Calibration
    from napari_mrseq.training.catalogue import Row

OLD_TASK = ("T1", "T2", "FLAIR")
STACKS = ("dicom", "nifti")
# The first and last tenth of a stack.
EDGE = 0.1


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model said of labelled cases (slices or series).

    Attributes
    ----------
    labels, origins : (n,) arrays of str
        The truth, and where the case comes from.
    probabilities : (n, classes) array
        What the model said.
    positions : (n,) array
        Place in the stack, 0 to 1; nan where unknown.
    shown : (n,) array
        How much a slice shows; 1 for series.
    """

    labels: NDArray[np.str_]
    origins: NDArray[np.str_]
    probabilities: NDArray[np.float64]
    positions: NDArray[np.float64]
    shown: NDArray[np.float64]

    def subset(self, chosen: NDArray[np.bool_]) -> Answers:
        """Return some of the cases."""
        return Answers(
            self.labels[chosen],
            self.origins[chosen],
            self.probabilities[chosen],
            self.positions[chosen],
            self.shown[chosen],
        )


def joined(parts: Sequence[Answers]) -> Answers:
    """Put the cases of several parts together."""
    return Answers(
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.origins for part in parts]),
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.shown for part in parts]),
    )


def answer_slices(
    model: Model, rows: Sequence[Row], progress: Callable[[int, int], None] | None = None
) -> Answers:
    """Let a model judge each picture."""
    probabilities, weights = [], []
    for index, row in enumerate(rows):
        read = read_slice(row)
        said, weight = model.examine(
            read.pixels[None], pixel_spacing=read.pixel_spacing, as_shown=read.as_shown
        )
        probabilities.append(said[0])
        weights.append(weight[0])
        if progress:
            progress(index + 1, len(rows))
    return Answers(
        labels=np.array([row.label for row in rows]),
        origins=np.array([row.origin for row in rows]),
        probabilities=np.array(probabilities, dtype=float),
        positions=np.array([np.nan if r.position is None else r.position for r in rows]),
        shown=np.array(weights, dtype=float),
    )


def series_members(rows: Sequence[Row]) -> list[list[int]]:
    """Return the places of each series' rows, in the order of `answer_series`."""
    members: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(rows):
        members.setdefault((row.series, row.label), []).append(index)
    return list(members.values())


def answer_series(slices: Answers, rows: Sequence[Row], temperature: float) -> Answers:
    """Join the answers on slices into one a series, as a verdict does."""
    members = series_members(rows)
    firsts = [indices[0] for indices in members]
    joined = [
        aggregate(slices.probabilities[i], slices.shown[i], np.zeros(len(i)), temperature)
        for i in members
    ]
    return Answers(
        labels=slices.labels[firsts],
        origins=slices.origins[firsts],
        probabilities=np.array(joined),
        positions=np.full(len(firsts), np.nan),
        shown=np.ones(len(firsts)),
    )


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
    guessed = _forced(kept.probabilities, classes)
    right = _families(guessed) == _families(kept.labels)
    said = [decide(dict(zip(classes, row, strict=True)), threshold) for row in kept.probabilities]
    named = np.array([decision.resolved != "unknown" for decision in said], dtype=bool)
    told = np.array([decision.family for decision in said])
    told_right = told == _families(kept.labels)
    confidence = np.array([decision.confidence for decision in said])
    # A confidence is that of the word: of the member where the member is said.
    only_family = np.array([decision.resolved == "family" for decision in said], dtype=bool)
    member_right = np.array([decision.sequence for decision in said]) == kept.labels
    word_right = np.where(only_family, told_right, member_right)
    old = np.isin(_families(kept.labels), OLD_TASK)
    edges = (kept.positions <= EDGE) | (kept.positions >= 1 - EDGE)
    stacks, shots = np.isin(kept.origins, STACKS), kept.origins == "screenshot"
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
            "calibration error": calibration_error(confidence[named], word_right[named])
            if named.any()
            else None,
            "calibration error by chance": error_by_chance(confidence[named])
            if named.any()
            else None,
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


def figures_by_kind(
    calibration: Calibration, classes: Sequence[str], slices: Answers, series: Answers
) -> dict[str, Any]:
    """Measure slices and series.

    Returns
    -------
    dict
        ``classes``; ``slices`` and ``series``: see `figures_of`; ``confusion``: counts of series,
        truth in rows, in the order of ``classes``.
    """
    return {
        "classes": list(classes),
        "slices": figures_of(slices, classes, calibration.threshold),
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
